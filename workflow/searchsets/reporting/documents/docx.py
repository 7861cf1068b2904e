"""Writes the review tables as a Word document, the same byte for byte from the same tables.

Headings make Word's navigation, header rows are repeated on every page, short rows are not torn
apart. Rows are written as XML at once: cell by cell, python-docx takes minutes for a long table.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from searchsets.files import whole_file
from searchsets.reporting.documents.choice import MADE, Part, Sheet, shares

_TYPES = "[Content_Types].xml"  # the format wants it first
_PAGE, _MARGIN = (297, 210), 15  # A4 in landscape, in millimetres
_TWIPS = 56.6929  # in a millimetre
_FONT = "Arial"
_SHORT = 700  # characters of the longest cell of a row that stays on one page
_MANY = 11  # columns beyond which the letters are smaller
_LETTERS, _SMALL = 16, 13  # half points
_TOGETHER = 2  # rows that stay with the head of their table


def write_docx(
    path: Path,
    title: str,
    parts: Sequence[Part],
    methods: Mapping[str, Sequence[str]],
    figures: Mapping[str, tuple[bytes, str]],
) -> None:
    """Write the document.

    Args:
        path: the file.
        title: what the review is called.
        parts: the tables.
        methods: the sentences of the methods by section.
        figures: pictures (PNG) by what they show, each with its description in words.
    """
    document = Document()
    _set_up(document, title)
    document.add_heading(f"Review tables: {title}", 0)
    if methods:
        document.add_heading("Methods", 1)
    for section, sentences in methods.items():
        document.add_heading(section, 2)
        document.add_paragraph(" ".join(sentences))
    for shows, (picture, words) in figures.items():
        _add_figure(document, shows, picture, words)
    for part in parts:
        document.add_heading(part.title, 1)
        for sheet in part.sheets:
            _add_sheet(document, sheet)
    made = io.BytesIO()
    document.save(made)
    with whole_file(path) as temporary:
        temporary.write_bytes(_dated(made.getvalue()))


def _set_up(document, title: str) -> None:
    """Set page, letters, language, properties and the footer with the number of the page."""
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = map(Mm, _PAGE)
    section.left_margin = section.right_margin = Mm(_MARGIN)
    section.top_margin = section.bottom_margin = Mm(_MARGIN)
    properties = document.core_properties
    properties.title, properties.author, properties.language = title, "searchsets", "en-GB"
    properties.created = properties.modified = MADE
    properties.last_modified_by, properties.revision, properties.comments = "searchsets", 1, ""
    for style in document.styles:
        if style.element.rPr is not None or style.name in ("Normal", "Caption"):
            _set_letters(style)
    document.styles["Normal"].font.size = Pt(10)
    caption = document.styles["Caption"].font
    caption.size, caption.bold, caption.color.rgb = Pt(9), False, RGBColor(0x33, 0x33, 0x33)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    footer = section.footer.paragraphs[0]
    footer.text = "Page "
    for field, before in (("PAGE", ""), ("NUMPAGES", " of ")):
        footer.add_run(before)
        footer._p.append(_field(field, "1"))


def _set_letters(style) -> None:
    """Give a style letters that are on every machine, instead of those of the template's theme."""
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), _FONT)


def _field(instruction: str, shown: str):
    return parse_xml(
        f'<w:fldSimple {nsdecls("w")} w:instr=" {instruction} "><w:r><w:t>{shown}</w:t></w:r>'
        "</w:fldSimple>"
    )


def _add_figure(document, shows: str, picture: bytes, words: str) -> None:
    """Add a picture that fits the page, with its description for screen readers."""
    document.add_heading(shows, 1)
    added = document.add_picture(io.BytesIO(picture))
    widest, tallest = Mm(_PAGE[0] - 2 * _MARGIN), Mm(_PAGE[1] - 2 * _MARGIN - 30)
    scale = min(1.0, widest / added.width, tallest / added.height)
    added.width, added.height = int(added.width * scale), int(added.height * scale)
    for about in added._inline.iter(qn("wp:docPr")):
        about.set("descr", words)


def _add_sheet(document, sheet: Sheet) -> None:
    document.add_heading(sheet.title, 2)
    caption = document.add_paragraph("Table ", style="Caption")
    caption._p.append(_field(r"SEQ Table \* ARABIC", str(sheet.number)))
    caption.add_run(f". {sheet.caption}")
    caption.paragraph_format.keep_with_next = True
    if sheet.rows:
        document.element.body.insert(len(document.element.body) - 1, _table(sheet))
    note = document.add_paragraph(sheet.note)
    note.paragraph_format.space_before = Pt(4)


def _table(sheet: Sheet):
    """Return a table as XML, with fixed widths of its columns."""
    total = (_PAGE[0] - 2 * _MARGIN) * _TWIPS
    widths = [int(share * total) for share in shares(sheet)]
    size = _SMALL if len(widths) > _MANY else _LETTERS
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = "".join(
        _row(row, widths, size, with_next=place < _TOGETHER) for place, row in enumerate(sheet.rows)
    )
    return parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableGrid"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar>'
        '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" '
        'w:noHBand="1" w:noVBand="1"/>'
        f"<w:tblCaption w:val={_quoted(sheet.title)}/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
        f"{_row(sheet.headings, widths, size, head=True)}{rows}</w:tbl>"
    )


def _quoted(text: str) -> str:
    return '"' + escape(text, {'"': "&quot;", "\n": " "}) + '"'


def _row(
    cells: Sequence[str],
    widths: Sequence[int],
    size: int,
    *,
    head: bool = False,
    with_next: bool = False,
) -> str:
    is_short = head or max(map(len, cells)) < _SHORT
    kept = "<w:cantSplit/>" if is_short else ""
    repeated = "<w:tblHeader/>" if head else ""
    keep = "<w:keepNext/>" if head or (with_next and is_short) else ""
    made = "".join(_cell(c, w, size, head, keep) for c, w in zip(cells, widths, strict=True))
    return f"<w:tr><w:trPr>{kept}{repeated}</w:trPr>{made}</w:tr>"


def _cell(text: str, width: int, size: int, head: bool, keep: str) -> str:
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="E6EDF3"/>' if head else ""
    look = f'{"<w:b/>" if head else ""}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
    runs = "<w:r><w:br/></w:r>".join(
        f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{escape(line)}</w:t></w:r>'
        for line in text.split("\n")
    )
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr>'
        f'<w:p><w:pPr>{keep}<w:spacing w:before="0" w:after="0"/></w:pPr>{runs}</w:p></w:tc>'
    )


def _dated(data: bytes) -> bytes:
    """Return a zip archive with its files in the order of their names, all of one fixed date."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as read, zipfile.ZipFile(made, "w") as out:
        for name in sorted(read.namelist(), key=lambda name: (name != _TYPES, name)):
            entry = zipfile.ZipInfo(name, MADE.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0  # else it would say on which system it was made
            out.writestr(entry, read.read(name))
    return made.getvalue()
