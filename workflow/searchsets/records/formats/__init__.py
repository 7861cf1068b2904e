"""The formats of records that are read: one module a family, each cutting and parsing its own way."""

from __future__ import annotations

from collections.abc import Mapping

from searchsets.errors import ReviewError
from searchsets.records.formats.base import Reader
from searchsets.records.source import Source

READ = (
    "RIS, MEDLINE (.nbib), Web of Science, Ovid, EndNote (.enw, XML), CSV or TSV with a title column, "
    "BibTeX, PubMed XML or its abstracts as text, ERIC XML or JSON, JSON of OpenAlex or Crossref, "
    "CSL-JSON, MARC, Parquet"
)
"""The formats, for messages."""


def reader_for(source: Source, columns: Mapping[str, str] | None = None) -> tuple[Reader, str]:
    """Return a reader for a text, and the sign by which its format is known.

    The format is told by what the text holds, never by its name.

    Args:
        source: the text, examined.
        columns: for a table, which column holds which field, where a person says so.

    Raises:
        ReviewError: the text is of no format that is read.
    """
    if source.is_binary:
        from searchsets.records.formats.marc import Marc

        return Marc(), "a MARC leader, and MARC's signs between fields and records"
    from searchsets.records.formats.bibtex import BibTeX
    from searchsets.records.formats.json_items import JsonItems
    from searchsets.records.formats.ovid import Ovid
    from searchsets.records.formats.pubmed_text import PubMedText
    from searchsets.records.formats.table import Table
    from searchsets.records.formats.tagged import begins, dialect_of, without_beginnings
    from searchsets.records.formats.xml_items import XmlItems

    head = source.text_head()
    for kind in (JsonItems, XmlItems):
        if sign := kind.recognise(head):
            return kind(), sign
    # A cell of a table may hold a line of any format, and an abstract of BibTeX one of another.
    if sign := Table.recognise_first_line(head) or Table.recognise(head):
        return Table(columns), sign
    if (sign := BibTeX.recognise(head)) and BibTeX.begins(head) < begins(head):
        return BibTeX(), sign
    if found := dialect_of(head):
        return found
    if sign := Ovid.recognise(head):
        return Ovid(), sign
    if sign := PubMedText.recognise(head):
        return PubMedText(), sign
    if columns:
        return Table(columns), "columns named in columns.csv"
    if found := without_beginnings(head):
        return found
    raise ReviewError(
        "no record was found: the text is of no format that is read",
        source.where,
        f"export the records as {READ}",
    )
