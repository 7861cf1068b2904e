"""Reads a thesaurus from a table: one row a relation, or one row a term."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from searchsets.errors import ReviewError
from searchsets.files import read_csv_with_lines
from searchsets.strategy.thesaurus.model import RELATIONS, Row, Thesaurus, thesaurus_of
from searchsets.strategy.thesaurus.safe import name_of
from searchsets.text import normalise

TERM_COLUMNS = frozenset(("term", "descriptor", "name", "heading", "preferred term", "main term"))
"""What the column of the term is called in a table with one row a term, normalised."""
RELATION_COLUMNS = {
    name: relation
    for relation, names in {
        "NT": ("nt", "narrower", "narrower term", "narrower terms"),
        "BT": ("bt", "broader", "broader term", "broader terms", "all broader terms"),
        "UF": ("uf", "used for", "use for", "used for term", "used for terms", "synonyms"),
        "USE": ("use", "use term", "use terms"),
        "RT": ("rt", "related", "related term", "related terms"),
    }.items()
    for name in names
}
"""What the columns of its relations are called, normalised; other columns are not read."""
_BETWEEN_NAMES = re.compile(r"[|;\n]")


def read_table(path: Path) -> Thesaurus:
    """Read a CSV table with the columns `term,relation,target`, or with a column a relation.

    In the second kind a cell holds names parted by `|`, `;` or line ends. It is made for lists of
    ERIC's descriptors as CSV; of ERIC's own download none could be seen, so the names of columns
    are those of the standard and of the thesaurus as displayed.

    Raises:
        ReviewError: not readable, of neither kind, an empty term, or an unknown relation.
    """
    rows = read_csv_with_lines(path)
    if not rows:
        raise ReviewError("the table has no rows below its header", str(path), "bring the whole file")
    columns = list(rows[0][1])
    if {"term", "relation", "target"} <= set(columns):
        return thesaurus_of(_relations(path, rows))
    term = [name for name in columns if normalise(name) in TERM_COLUMNS]
    relations = {name: RELATION_COLUMNS.get(normalise(name), "") for name in columns}
    if not term or not any(relations.values()):
        raise ReviewError(
            f"this is no thesaurus: the header has {', '.join(columns)}",
            f"{path}:1",
            "the first row must name the columns term,relation,target; or term and one or more of "
            "Narrower Terms, Broader Terms, Used For, Use",
        )
    terms = [(line, name_of(row[term[0]], f"{path}:{line}"), row) for line, row in rows]
    return thesaurus_of(
        (
            (name, relation, target)
            for line, name, row in terms
            for column, relation in relations.items()
            if relation
            for target in _names(row[column])
        ),
        terms=(name for _, name, row in terms if not _is_sent_on(row, relations)),
    )


def _names(cell: str) -> Iterator[str]:
    for name in _BETWEEN_NAMES.split(cell):
        if normalise(name):
            yield " ".join(name.split())


def _is_sent_on(row: Mapping[str, str], relations: Mapping[str, str]) -> bool:
    return any(row[column].strip() for column, relation in relations.items() if relation == "USE")


def _relations(path: Path, rows: list[tuple[int, dict[str, str]]]) -> Iterator[Row]:
    for line, row in rows:
        where = f"{path}:{line}"
        relation = row["relation"].strip().upper()
        if relation not in RELATIONS:
            raise ReviewError(
                f"{row['relation']!r} is no relation between terms",
                where,
                f"the relations are {', '.join(RELATIONS)}",
            )
        yield name_of(row["term"], where), relation, name_of(row["target"], where)
