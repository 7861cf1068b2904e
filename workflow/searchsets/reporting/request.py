"""Writes the letter that asks for the records of a database that nobody can search any more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.files import write_text
from searchsets.records.formats import READ
from searchsets.strategy.model import Strategy
from searchsets.words import ended

_FENCE = "````"
"""What encloses the lines; longer than what a line of a strategy would hold by chance."""


def request_text(strategy: Strategy, first: int, last: int) -> str:
    """Return a letter that asks for the records of a closed database, as Markdown.

    Names and addresses of persons are left to fill in: the file of the strategy has none.

    Args:
        strategy: the strategy of the database.
        first: the first year of publication that is wanted.
        last: the last one.

    Raises:
        ReviewError: the strategy does not say that its database is closed.
    """
    if not strategy.is_closed:
        raise ReviewError(
            f"{strategy.name} is not closed, as far as its strategy knows",
            str(strategy.path),
            "export records from it; or write under available: closed: unknown, and a note",
        )
    parts = [*_preface(strategy), *_letter(strategy, first, last), *_lines(strategy)]
    return "\n\n".join(parts) + "\n"


def _preface(strategy: Strategy) -> Iterator[str]:
    known = strategy.available
    yield f"# A request for the records of {strategy.name}"
    yield ended(f"This database is not searchable. {known['note'].strip()}")
    yield "Somebody may hold its records all the same. Whom to ask, to our knowledge, not verified:"
    asked = [*known.get("may_hold", ()), *_authors(strategy)]
    yield "\n".join(f"- {name}" for name in asked)
    if replaced := known.get("replaced_by"):
        yield ended(
            "What is said to have taken its place, and may hold a part of its records: "
            f"{'; '.join(replaced)}"
        )
    yield (
        "Fill in what stands in square brackets. What comes goes into the folder of exports, in a "
        f"folder `{strategy.database}`, and is used as any other export; "
        "`./run searchsets records check FILE` tells first whether it can be read. Keep the answer, "
        "and say in the review whom you asked and when, also where nobody answered."
    )
    yield "---"


def _authors(strategy: Strategy) -> Iterator[str]:
    citation = " ".join(strategy.source["citation"].split())
    yield f"the authors of the published review, who may have kept what they found: {citation}"


def _letter(strategy: Strategy, first: int, last: int) -> Iterator[str]:
    citation = ended(" ".join(strategy.source["citation"].split()))
    searched = strategy.searched
    yield "[Your name]  \n[Your institution and address]  \n[Your e-mail address]  \n[Date]"
    yield "[Name and address of whom you ask]"
    yield f"**Records of {strategy.name}**"
    yield "Dear [name],"
    yield (
        f"We are repeating a published review: {citation} It searched {strategy.name} "
        f"{_period(searched)}. As far as we know the database cannot be searched any more. Do you "
        "hold its records, or know who does?"
    )
    yield "We would be grateful for one of these, the first that you can give:"
    yield "\n".join(
        (
            f"1. all records of {strategy.name}, as they were when it was closed, or at an earlier day;",
            f"2. its records of what was published from {first} to {last};",
            "3. its records that the search lines below find, or any of them; please say which.",
        )
    )
    yield (
        "Of each record we need the title, and would like authors, year, the journal or publisher, "
        "the abstract, the indexing terms, and its number in the database. Indexing terms matter "
        "most: most lines of the search are made of them."
    )
    yield (
        f"Any of these formats can be read: {READ}. A spreadsheet or a dump of the database will do, "
        "too, where it has a column of titles."
    )
    yield (
        "We would use the records for this review alone, and publish of them no more than [what you "
        "will publish: for example titles and numbers]. Please tell us of any condition."
    )
    yield "With kind regards,"
    yield "[Your name]"


def _period(searched: dict[str, str]) -> str:
    first, last = searched["from"], searched["until"]
    if not first[:4].isdecimal() or not last[:4].isdecimal():
        return "(when is not reported)"
    return f"on {first}" if first == last else f"between {first} and {last}"


def _lines(strategy: Strategy) -> Iterator[str]:
    outputs = ", ".join(f"#{number}" for number in strategy.reading().lines)
    yield "---"
    yield f"## The search lines of {strategy.name}"
    yield (
        f"As the review prints them; what it took is {outputs}. A line without a sign is an indexing "
        "term; `(ft)` is free text, `(exp)` a term with all its narrower terms, `*` any ending of a "
        "word, `#1` what line 1 finds."
    )
    rows = [_FENCE]
    heading = ""
    for line in strategy.lines.values():
        if line.set and line.set != heading:
            rows += [""] * (len(rows) > 1) + [line.set]
        heading = line.set
        rows.append(f"#{line.number} {line.text}")
    yield "\n".join([*rows, _FENCE])
    readings = [one for one in strategy.errata if one.kind == "reading"]
    for one in readings:
        yield f"Line #{one.line} is probably meant as `{one.read_as}`."


def write_request(strategy: Strategy, first: int, last: int, out: Path) -> None:
    """Write the letter of `results/<run>/handover/<database>/request.md`; errors as in `request_text`."""
    write_text(out, request_text(strategy, first, last))
