"""Reads plain tables of decisions: one row for each act or code, or one for each record's labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.screening.exchange.coding import (
    Coding,
    acts_of,
    counts_of,
    decisions_of,
    says_reason,
    unsettled_said,
)
from searchsets.screening.exchange.model import (
    PUBLISHED,
    Asked,
    Foreign,
    Found,
    decision_of,
    require_votes,
    year_of,
)
from searchsets.screening.exchange.opening import Row, rows
from searchsets.screening.model import (
    ADJUDICATOR,
    CONSENSUS,
    DECISIONS,
    EXCLUDE,
    FINAL,
    PUBLISHED_OUTCOME,
    SCREENER,
    STAGES,
    UNCLEAR,
    Event,
)
from searchsets.text import folded

TOOL = "table"
# What a column may be called, in small letters; the first that is there is taken.
NAMES = {
    "id": ("record_id", "id", "record", "item_id", "itemid", "key"),
    "reviewer": ("reviewer", "screener", "coder", "user", "reviewer_id"),
    "decision": ("decision", "label", "vote", "judgement", "judgment"),
    "stage": ("stage", "phase", "level"),
    "role": ("role",),
    "reason": ("reason", "exclusion_reason", "exclusion reason", "reason_code"),
    "note": ("note", "notes", "comment"),
    "code": ("code",),
    "complete": ("is_completed_coding", "completed", "is_complete"),
    "time": ("decided_at", "time", "date"),
    "title": ("title",),
    "year": ("year", "published year"),
    "doi": ("doi",),
}
# Columns that hold 1 or 0 for a record, and the stage they are labels of; none: as a person says.
LABELS = {
    "title_abstract_included": "title_abstract", "included_title_abstract": "title_abstract",
    "full_text_included": "full_text", "final_included": FINAL, "label_included": "",
    "included": "", "included_label": "", "included_final": FINAL,
}  # fmt: skip
_OF_ALL = "final"
"""What tables call the role, and the reviewer, of a decision of all together."""
_ROLES = {_OF_ALL: CONSENSUS, CONSENSUS: CONSENSUS, ADJUDICATOR: ADJUDICATOR, "": SCREENER,
          SCREENER: SCREENER, "third reviewer": ADJUDICATOR, "reviewer": SCREENER}  # fmt: skip
_DECISIONS = {folded(name): name for name in DECISIONS}
_NEEDED = (
    "the first row must name the columns id, reviewer, decision (and stage, role, reason), or "
    "id, reviewer, code, is_completed_coding, or id and a column of labels such as included"
)


def has(names: Sequence[str], what: str) -> bool:
    """Tell whether a table has one of the columns that mean something."""
    return any(name in NAMES[what] for name in names)


def is_table(names: Sequence[str]) -> bool:
    """Tell by the names of its columns, in small letters, whether a table is one of decisions."""
    of_acts = has(names, "reviewer") and (has(names, "decision") or has(names, "code"))
    return has(names, "id") and (of_acts or any(name in LABELS for name in names))


def read(path: Path, asked: Asked) -> Found:
    """Return the acts of a table of decisions.

    Raises:
        ReviewError: a column is missing, or a decision cannot be told.
    """
    table = rows(path)
    if not table:
        raise ReviewError("the table has no rows", str(path), "export it again")
    names = list(table[0].cells)
    if not is_table(names):
        shown = ", ".join(filter(None, names)) or "none"
        raise ReviewError(
            f"it is no table of decisions: its columns are {shown}", f"{path}:1", _NEEDED
        )
    found = Found(TOOL)
    for row in table:
        if not row.get(*NAMES["id"]):
            raise ReviewError("the row names no record", row.place, "fill in its id")
        _add_record(found, row)
    if has(names, "reviewer") and has(names, "code"):
        _read_codes(found, table, asked, path)
    elif has(names, "reviewer") and has(names, "decision"):
        found.acts = _said_once([_act(row, asked) for row in table])
    else:
        _read_labels(found, table, asked)
    return require_votes(found, str(path), _NEEDED)


def _add_record(found: Found, row: Row) -> None:
    key = row.get(*NAMES["id"])
    if key not in found.records:
        title, doi = row.get(*NAMES["title"]), row.get(*NAMES["doi"])
        found.records[key] = Foreign(
            key, (key,), title, year_of(row.get(*NAMES["year"])), doi, row.place
        )


def _read_codes(found: Found, table: Sequence[Row], asked: Asked, path: Path) -> None:
    codings: list[Coding] = []
    codes = dict(asked.codes)
    for row in table:
        who, code = row.get(*NAMES["reviewer"]), row.get(*NAMES["code"])
        said = row.get(*NAMES["decision"])
        code = code or said
        if not who or not code:
            raise ReviewError("the row names no reviewer, or no code", row.place, "fill it in")
        if said and folded(code) not in asked.codes:  # the row itself says what its code means
            meant = decision_of(said, asked.codes) or _refuse(said, row)
            if codes.setdefault(folded(code), meant) != meant:
                raise ReviewError(
                    f"the code {code!r} means {meant} here and {codes[folded(code)]} further up",
                    row.place,
                    f'say what it means: --code "{folded(code)}={meant}"',
                )
        complete = folded(row.get(*NAMES["complete"])) in ("1", "1.0", "true", "yes")
        key = row.get(*NAMES["id"])
        codings.append(Coding(key, who, code, complete, row.get(*NAMES["note"])))
    found.acts, unsettled = acts_of(codings, decisions_of(counts_of(codings), codes, str(path)))
    if unsettled:
        found.messages.append(unsettled_said(unsettled))


def _refuse(said: str, row: Row) -> str:
    raise ReviewError(
        f"{said!r} is no decision",
        row.place,
        "write include, exclude or unclear; or say which of them it means: "
        f'--code "{folded(said)}=DECISION"',
    )


def _act(row: Row, asked: Asked) -> Event:
    said = row.get(*NAMES["decision"])
    decision = _DECISIONS.get(folded(said)) or decision_of(said, asked.codes)
    role_said = folded(row.get(*NAMES["role"]))
    role = _ROLES.get(role_said)
    if role is None:
        raise ReviewError(
            f"unknown role {role_said!r}",
            row.place,
            "write screener, adjudicator, consensus or final",
        )
    who = row.get(*NAMES["reviewer"]) or (_OF_ALL if role == CONSENSUS else "")
    if not who:
        raise ReviewError("the row names no reviewer", row.place, "fill in who decided")
    reason = row.get(*NAMES["reason"])
    is_final = role == CONSENSUS and reason != "" and (decision == EXCLUDE)
    return Event(
        record_id=row.get(*NAMES["id"]), stage=_stage(row.get(*NAMES["stage"]), row), reviewer=who,
        role=role, decision=decision or _refuse(said, row), reason_code=reason if is_final else "",
        note="; ".join(filter(None, ("" if is_final else reason, row.get(*NAMES["note"])))),
        decided_at=row.get(*NAMES["time"]),
    )  # fmt: skip


def _said_once(acts: Sequence[Event]) -> list[Event]:
    """Return one act where one person says contrary things on one record: it is unclear.

    Where the rows have times, the later one corrects the earlier, and both stay.
    """
    said: dict[tuple[str, ...], list[Event]] = {}
    for act in acts:
        said.setdefault((act.record_id, act.stage, act.reviewer, act.role), []).append(act)
    made = []
    for several in said.values():
        decisions = list(dict.fromkeys(act.decision for act in several))
        if len(decisions) == 1 or all(act.decided_at for act in several):
            made += several
            continue
        notes = [act.note for act in several if act.note]
        note = "; ".join([f"contrary rows: {', '.join(decisions)}", *notes])
        made.append(several[0]._replace(decision=UNCLEAR, reason_code="", note=note))
    return made


def _stage(said: str, row: Row) -> str:
    stage = folded(said.replace("-", " ")).replace(" ", "_")
    if stage and stage not in STAGES:
        raise ReviewError(
            f"unknown stage {said!r}", row.place, f"the stages are: {', '.join(STAGES)}"
        )
    return stage


def _read_labels(found: Found, table: Sequence[Row], asked: Asked) -> None:
    """Take labels without people: each is the outcome that somebody published."""
    columns = {name: stage for name, stage in LABELS.items() if name in table[0].cells}
    reached = {name: stage or asked.stage for name, stage in columns.items()}
    for row in table:
        earlier = ""
        for name in sorted(columns, key=lambda one: STAGES.index(reached[one])):
            said = row.get(name)
            decision = decision_of(said, asked.codes) or _refuse(said, row) if said else ""
            if not decision or decision == earlier == EXCLUDE:  # nobody is excluded twice
                continue
            earlier = decision
            reason = row.get(*NAMES["reason"]) if earlier == EXCLUDE else ""
            found.acts.append(
                Event(
                    record_id=row.get(*NAMES["id"]), stage=columns[name], reviewer=PUBLISHED,
                    role=PUBLISHED_OUTCOME, decision=earlier,
                    reason_code=reason if reason and says_reason(reason) else "",
                )
            )  # fmt: skip
    found.messages.append("the table names no people: its labels are taken as a published outcome")
