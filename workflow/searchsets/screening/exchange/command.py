"""What `screening import` and `screening export` do: read, match, write, and say what came."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from searchsets.dedupe.material import take
from searchsets.screening.criteria.file import read_criteria
from searchsets.screening.exchange.importing import Import, prepared
from searchsets.screening.exchange.model import Asked
from searchsets.screening.exchange.reading import read
from searchsets.screening.exchange.writing import WRITERS, export
from searchsets.screening.log.reading import Log, read_log
from searchsets.screening.log.writing import append
from searchsets.screening.outcomes.protocol import Protocol
from searchsets.screening.stage import read_alone
from searchsets.text import folded
from searchsets.words import counted

Say = Callable[[str], None]
_SHOWN = 20


@dataclass(frozen=True)
class Order:
    """What a person ordered of an import.

    Args:
        tool: the tool that the file is from; None: its content tells.
        stage: the stage of decisions whose file names none.
        round: the round of all decisions.
        records: our records, as files or folders; none: ids stay as they are.
        people: pseudonyms by name.
        codes: what codes mean, by their names.
        decision: what all records of a file are, where it holds no votes.
        criteria: the criteria, for tags that name one.
        run: the run that has the records.
        skip_unmatched: leave out what is none of our records.
    """

    tool: str | None
    stage: str
    round: str
    records: Sequence[Path] = ()
    people: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    decision: str | None = None
    criteria: Path | None = None
    run: str = ""
    skip_unmatched: bool = False

    def asked(self) -> Asked:
        """Return what is said about the file."""
        criteria = read_criteria(self.criteria).criteria if self.criteria else ()
        codes = {folded(code): meant for code, meant in self.codes.items()}
        ids = tuple(one.id for one in criteria)
        return Asked(self.stage, self.round, codes, self.decision or "", ids)


def import_file(file: Path, order: Order, decisions: Path, say: Say) -> None:
    """Bring the decisions of another tool's file to the log.

    Raises:
        ReviewError: anything in the file is wrong or cannot be told; nothing is written then.
    """
    asked = order.asked()
    found = read(file, order.tool or "", asked)
    made = prepared(
        found, asked, read_log(decisions).events,
        take(order.records, (), say) if order.records else None, order.people, order.run, str(file),
        skip_unmatched=order.skip_unmatched,
    )  # fmt: skip
    if made.fresh:
        append(decisions, made.fresh)
    for message in found.messages:
        say(f"{file.name}: {message}")
    _tell(made, say)


def _tell(made: Import, say: Say) -> None:
    for one in made.unmatched[:_SHOWN]:
        say(f"WARNING: none of our records, or several: {one.place or one.key}: {one.title}")
    if len(made.unmatched) > _SHOWN:
        say(f"WARNING: {len(made.unmatched):,} records in all were left out")
    for name, pseudonym in made.names.items():
        say(f"{name} is {pseudonym} in the log; the name is kept nowhere: note it down")
    if made.changed:
        say(f"{counted(made.changed, 'decision')} in place of what the same person had said")
    say(made.summary())


def export_file(
    decisions: Path,
    tool: str,
    records: Sequence[Path],
    protocol: Protocol,
    stage: str | None,
    out: Path,
    say: Say,
) -> None:
    """Write records with what was decided on them for another tool.

    Args:
        decisions: the folder of the log.
        tool: one of `WRITERS`.
        records: our records, as files or folders.
        protocol: under which it is told what was decided.
        stage: only the decisions of this stage; None: those of all.
        out: the file to write.
        say: tells the person.
    """
    made = read_alone(decisions, protocol)
    if stage:
        made = replace(made, log=Log([one for one in made.log.files if one.stage == stage]))
    table = take(records, (), say)
    number = export(tool, table, made.standing, made.decisions, out)
    say(WRITERS[tool].tells)
    say(f"{table.num_rows:,} records written to {out}, {number:,} of them with a decision")
