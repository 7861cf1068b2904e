"""Reads and writes what Rayyan puts into the notes of a record: who decided what, reasons, labels.

`RAYYAN-INCLUSION: {"Jane"=>"Included"} | RAYYAN-LABELS: a,b | RAYYAN-EXCLUSION-REASONS: c | USER-NOTES:
{"Jane"=>["d"]}` stands behind what the notes held when the record was imported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from searchsets.screening.exchange import ruby
from searchsets.screening.model import EXCLUDE, INCLUDE, UNCLEAR

INCLUSION, LABELS, REASONS, NOTES = (
    "RAYYAN-INCLUSION", "RAYYAN-LABELS", "RAYYAN-EXCLUSION-REASONS", "USER-NOTES",
)  # fmt: skip
DECISIONS = {"Included": INCLUDE, "Excluded": EXCLUDE, "Maybe": UNCLEAR}
WORDS = {decision: word for word, decision in DECISIONS.items()}
OUR_ID = "searchsets-record"
"""Before our id of a record in the notes that we write, so that votes find their way back."""

_HEAD = re.compile(
    rf"(?:(?<=[|\s])|\A)({INCLUSION}(?=:\s*\{{)|{LABELS}|{REASONS}|{NOTES}(?=:\s*\{{)):\s*"
)
_END = re.compile(rf"\s*\|\s*(?={INCLUSION}:|{LABELS}:|{REASONS}:|{NOTES}:)|\s*\Z")
_OUR_ID = re.compile(rf"(?:\A|[|\s]){OUR_ID}: (\S+)")
_ACCESSION = re.compile(r"(?:\A|\| )Accession: ([^|]+?)(?= \||\Z)")
_DOI = re.compile(r"(?:\A|\| )DOI: (\S+)")


@dataclass
class Notes:
    """What the notes of one record say."""

    inclusion: dict[str, str] = field(default_factory=dict)
    """Rayyan's word of each person's decision."""
    reasons: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    of_people: dict[str, list[str]] = field(default_factory=dict)
    before: str = ""
    """What the notes held when the record was imported."""

    @property
    def ids(self) -> tuple[str, ...]:
        """What may be our id, or an accession number, in what we wrote into the notes."""
        found = [*_OUR_ID.findall(self.before), *_ACCESSION.findall(self.before)]
        return tuple(dict.fromkeys(found))

    @property
    def doi(self) -> str:
        """The DOI that we wrote into the notes."""
        found = _DOI.search(self.before)
        return found[1] if found else ""


def parse(text: str) -> Notes:
    r"""Return what notes say; where Rayyan's data stand twice, what stands last holds.

    Raises:
        ruby.NoHash: who decided what is not whole.

    >>> parse('old | RAYYAN-INCLUSION: {"A|B"=>"Maybe"} | RAYYAN-EXCLUSION-REASONS: wrong date').inclusion
    {'A|B': 'Maybe'}
    """
    found = Notes()
    head = _HEAD.search(text)
    found.before = text[: head.start()].strip(" |\n") if head else text.strip()
    while head:
        name, at = head[1], head.end()
        if name in (INCLUSION, NOTES):
            value, at = ruby.parse(text, at)
            if name == INCLUSION:
                found.inclusion = {who: str(said) for who, said in value.items()}
            else:
                found.of_people = {who: _texts(said) for who, said in value.items()}
        else:
            end = _END.search(text, at)
            parts = text[at : end.start() if end else len(text)].split(",")
            many = list(dict.fromkeys(filter(None, map(str.strip, parts))))
            if name == LABELS:
                found.labels = many
            else:
                found.reasons = many
            at = end.start() if end else len(text)
        head = _HEAD.search(text, at)
    return found


def _texts(value: ruby.Value) -> list[str]:
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [value] if isinstance(value, str) else [str(value)]


def written(
    decisions: Mapping[str, str], reasons: Sequence[str], notes: Mapping[str, Sequence[str]]
) -> str:
    """Return notes as Rayyan writes them, of decisions, reasons and notes by person.

    >>> written({"R01": "exclude"}, ["wrong date"], {})
    'RAYYAN-INCLUSION: {"R01"=>"Excluded"} | RAYYAN-EXCLUSION-REASONS: wrong date'
    """
    parts = []
    if decisions:
        said = {who: WORDS[decision] for who, decision in decisions.items()}
        parts.append(f"{INCLUSION}: {ruby.written(said)}")
    if reasons:
        parts.append(f"{REASONS}: {','.join(map(_listed, reasons))}")
    if notes:
        parts.append(f"{NOTES}: {ruby.written(notes)}")
    return " | ".join(parts)


def _listed(reason: str) -> str:
    """Return a reason as it can stand in a list parted by commas: one line, no comma, no bar."""
    return " ".join(reason.replace(",", ";").replace("|", "/").split())
