"""Says which records stand behind a cell of a table: their address in the page's view of records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, quote_plus, urlencode

from searchsets.records.known_items import ROLES
from searchsets.records.known_items import SOURCE as KNOWN_ITEMS
from searchsets.reporting.tables.duplicates import ALL
from searchsets.reporting.tables.exclusions import WHERE
from searchsets.reporting.tables.screening_words import STATES
from searchsets.reporting.tables.years import UNKNOWN_YEAR
from searchsets.screening.outcomes.outcome import EXCLUDED
from searchsets.screening.outcomes.states import INCLUDED, NOT_SCREENED
from searchsets.search.stage import ENRICHED, TITLE_ALONE

Row = Mapping[str, str]
_STATE_OF = {words: state for state, words in STATES.items()}

# The columns of the lines of strategies, and on which bases a line finds what they count.
_BASES = {
    "hits": "strict",
    "hits_fallback": "fallback",
    "hits_declared": "declared",
    "known_items_title": "strict, title",
    "known_items_title_fallback": "fallback, title",
    "known_items_enriched": "strict, enriched",
    "known_items_enriched_fallback": "fallback, enriched",
}


def _line(column: str) -> Callable[[Row], dict[str, str]]:
    return lambda row: {"line": f"{row['database']}.{row['line']}.{_BASES[column]}"}


_ON_ANY_BASIS = "strict|fallback|declared"


def line_address(database: str, line: int | str, year: str) -> str:
    """Return the address of what a line finds of some years, on any basis.

    >>> line_address("eric", 53, "2003..2010")
    '#records?line=eric.53.strict%7Cfallback%7Cdeclared&year=2003..2010'
    """
    return f"#records?{urlencode(_of_line_in(database, line, year))}"


def _of_line_in(database: str, line: int | str, year: str) -> dict[str, str]:
    return {"line": f"{database}.{line}.{_ON_ANY_BASIS}", "year": year}


def _of_years(column: str) -> Callable[[Row], dict[str, str]]:
    """Return what opens the records that a line finds by the years of use of its term."""

    def asked(row: Row) -> dict[str, str]:
        first, last = row["used_from"], row["used_to"]
        if column == "found_in_use" and not first and not last:
            return {}
        span = {
            "found_before": f"..{int(first) - 1}" if first else "",
            "found_in_use": f"{first}..{last}",
            "found_after": f"{int(last) + 1}.." if last else "",
            "found_no_year": "unknown",
        }[column]
        return _of_line_in(row["database"], row["line"], span)

    return asked


# The name of a record stands in these columns of tables that give its id, too.
_NAMING = ("work", "record", "cited_as", "selected_source", "title")


def _record(row: Row) -> str:
    return record_address(row["record_id"]) if row.get("record_id") else ""


def _evidence(row: Row) -> dict[str, str]:
    """Return what opens the known items that a line finds; other records need not be in the run."""
    over, _, text = row["over"].partition(":")
    if over != KNOWN_ITEMS:
        return {}
    bases = "|".join(f"{basis}, {text}" for basis in ("strict", "fallback"))
    return {"line": f"{row['database']}.{row['line']}.{bases}"}


def _key_sources(column: str) -> Callable[[Row], dict[str, str]]:
    return lambda row: {"key": row[column].replace("; ", "|")}


def _pair(how: str) -> Callable[[Row], dict[str, str]]:
    names = ("stage", "round", "reviewer_a", "reviewer_b")
    return lambda row: {"pair": "|".join([*(row[name] for name in names), how])}


def _of_source(source: str, how: str, **more: str) -> dict[str, str]:
    return {how: source, **more} if source != ALL else {}


def _overlap(column: str) -> Callable[[Row], dict[str, str]]:
    """Return what opens the works that two databases hold; of known items no work is held."""

    def asked(row: Row) -> dict[str, str]:
        a, b = row["database_a"], row["database_b"]
        if row["over"] != "works":
            return {}
        one = {
            "both": {"held": f"{a}|{b}"},
            "only_a": {"held": a, "lacks": b},
            "only_b": {"held": b, "lacks": a},
        }[column]
        return one | _BY_WORK

    return asked


def _excluded(row: Row) -> dict[str, str]:
    return {
        "state": EXCLUDED,
        "decided_by": row["decided_by"],
        "decided_at": _STAGE_OF[row["stage"]],
        "reason": row["reason_code"],
        **_BY_WORK,
    }


def _of_stage(row: Row) -> dict[str, str]:
    """Return the works behind a row of the flow from stage to stage."""
    if row["what"] == "differed":
        return {"differed": row["stage"], **_BY_WORK}
    if row["what"] not in ("entered", "passed", "excluded", "not retrieved", "conflict"):
        return {}
    parts = [row["stage"], row["what"], row["reason"]]
    return {"outcome": "|".join(part for part in parts if part), **_BY_WORK}


def _year(row: Row) -> dict[str, str]:
    return {"work_year": "unknown" if row["year"] == UNKNOWN_YEAR else row["year"]}


_BY_WORK = {"by": "work"}
_INCLUDED = {"state": INCLUDED, **_BY_WORK}
# The figures of the first screen that count records.
_FIGURES = {
    "known_items": {"source": KNOWN_ITEMS},
    "included": _INCLUDED,
    "undecided": {"state": NOT_SCREENED, **_BY_WORK},
    "works": _BY_WORK,
    "excluded_by_rule": {"removed": "rule"},
    **{role: {"known": role} for role in ROLES},
    **{
        f"{figure}_{text}_{basis}": {"total": total, "text": text, "basis": basis}
        for figure, total in (
            ("matched", "key_sources_matched"),
            ("unjudged", "key_sources_undecidable"),
        )
        for text in (TITLE_ALONE, ENRICHED)
        for basis in ("strict", "fallback")
    },
}
_STAGE_OF = {words: stage for stage, words in WHERE.items()}
_OPENED: dict[tuple[str, str], Callable[[Row], dict[str, str]]] = {
    ("summary", "value"): lambda row: _FIGURES.get(row["figure"], {}),
    # Several values are joined by a bar in both.
    ("prisma", "this_run"): lambda row: dict(parse_qsl(row["filter"], keep_blank_values=True)),
    ("screening_states", "works"): lambda row: {"state": _STATE_OF[row["state"]], **_BY_WORK},
    ("screening_flow", "n"): _of_stage,
    ("excluded_reasons", "works"): _excluded,
    ("screening_agreement", "records"): _pair("any"),
    **{
        ("screening_agreement", how): _pair(how)
        for how in ("both_keep", "only_a_keeps", "only_b_keeps", "neither_keeps")
    },
    ("duplicates_balance", "records"): lambda row: _of_source(row["database"], "source"),
    ("databases", "retrieved"): lambda row: _of_source(row["database"], "source"),
    **{
        (table, column): lambda row, how=how: _of_source(row["database"], how, **_BY_WORK)
        for table in ("duplicates_balance", "databases")
        for column, how in (("works", "held"), ("shared", "shared"), ("only_here", "only"))
    },
    ("evidence", "found"): _evidence,
    ("databases_summary", "retrieved"): lambda row: {"source": row["source"]},
    ("databases_summary", "works"): lambda row: {"held": row["source"], **_BY_WORK},
    ("databases_summary", "only_here"): lambda row: {"only": row["source"], **_BY_WORK},
    ("databases_summary", "included"): lambda row: {"held": row["source"], **_INCLUDED},
    ("databases_summary", "included_only_here"): lambda row: {"only": row["source"], **_INCLUDED},
    **{("databases_overlap", column): _overlap(column) for column in ("both", "only_a", "only_b")},
    ("years", "works"): lambda row: _year(row) | _BY_WORK,
    ("years", "records"): lambda row: _year(row),
    ("years", "included"): lambda row: _year(row) | _INCLUDED,
    **{
        ("vocabulary", column): _of_years(column)
        for column in ("found_before", "found_in_use", "found_after", "found_no_year")
    },
    ("statements", "counted"): _key_sources("sources"),
    ("combinations", "include"): _key_sources("would_include"),
    **{("strategies", column): _line(column) for column in _BASES},
}


def opens(table: str, column: str, row: Row) -> str:
    """Return the address of the records that a cell counts; empty where it counts no records.

    >>> opens("screening_states", "works", {"state": "Included", "works": "3"})
    '#records?state=included&by=work'
    """
    if column in _NAMING:
        return _record(row)
    asked = _OPENED.get((table, column))
    if asked is None or not row[column].isdecimal() or row[column] == "0":
        return ""
    said = asked(row)
    return f"#records?{urlencode(said)}" if said else ""


def record_address(record_id: str) -> str:
    """Return the address of a record's page.

    >>> record_address("eric:EJ1 2")
    '#record?id=eric%3AEJ1+2'
    """
    return f"#record?id={quote_plus(record_id)}"
