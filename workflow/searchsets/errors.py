"""What a person can cause is told to that person: what happened, where, what to do."""

from __future__ import annotations

ERROR_NOTE = "SEARCHSETS_ERRORS"
"""The variable of the environment in which the workflow names a file: what is refused is repeated
there, as the last thing it prints, below the words of Snakemake."""


class ReviewError(Exception):
    """A fault in what people brought (a file, a line, a record), never a fault of the program.

    Args:
        what: what happened, quoting the value.
        where: the place, as `file`, `file:line` or `file:line:column`.
        remedy: what to do about it.

    >>> print(ReviewError("line #57 is not defined", "eric.yaml:31:9", "define it or mend it"))
    eric.yaml:31:9: line #57 is not defined
      -> define it or mend it
    """

    def __init__(self, what: str, where: str | None = None, remedy: str | None = None):
        self.what, self.where, self.remedy = what, where, remedy
        super().__init__(what)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f"\n  -> {self.remedy}" if self.remedy else ""
        return f"{place}{self.what}{advice}"


_LISTED = 20


def raise_all(errors: list[ReviewError]) -> None:
    """Raise nothing for no error, the error for one, and for several one that lists them."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        more = len(errors) - _LISTED
        said = [*map(str, errors[:_LISTED]), *([f"and {more:,} more errors"] if more > 0 else [])]
        raise ReviewError("\n".join(said))
