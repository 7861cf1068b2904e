"""Says which records stand behind a cell of a table: their address in the page's view of records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, quote_plus, urlencode

from searchsets.reporting.duplicate_tables import ALL
from searchsets.reporting.screening_words import STATES

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


# The name of a record stands in these columns of tables that give its id, too.
_NAMING = ("work", "record", "cited_as", "selected_source", "title")


def _record(row: Row) -> str:
    return record_address(row["record_id"]) if row.get("record_id") else ""


_OPENED: dict[tuple[str, str], Callable[[Row], dict[str, str]]] = {
    # Several values are joined by a bar in both.
    ("prisma", "this_run"): lambda row: dict(parse_qsl(row["filter"], keep_blank_values=True)),
    ("screening_states", "works"): lambda row: {"state": _STATE_OF[row["state"]], "by": "work"},
    ("duplicates_balance", "records"): lambda row: (
        {} if row["database"] == ALL else {"source": row["database"]}
    ),
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
    return f"#records?{urlencode(asked(row))}"


def record_address(record_id: str) -> str:
    """Return the address of a record's page.

    >>> record_address("eric:EJ1 2")
    '#record?id=eric%3AEJ1+2'
    """
    return f"#record?id={quote_plus(record_id)}"
