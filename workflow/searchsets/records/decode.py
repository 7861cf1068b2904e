"""Turns the bytes of an export into text, or says plainly why they are none."""

from __future__ import annotations

import codecs
import re
from itertools import accumulate

from searchsets.errors import ReviewError

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
)
_EXPORT_AS_TEXT = "export the records as RIS, CSV or ERIC JSON; unpack an archive first"


def decode(data: bytes, name: str, encoding: str = "") -> tuple[str, str]:
    """Return (text with LF line ends, name of the encoding).

    Args:
        data: the bytes of the file.
        name: the file, for messages.
        encoding: the encoding that `exports.csv` states, if it does.

    Raises:
        ReviewError: the file is empty, binary, or not in the stated encoding (UTF-8 where none
            is stated).
    """
    if not data.strip():
        raise ReviewError(
            "the file is empty", name, "export it again, or take it out of the folder"
        )
    for start, what in _BINARY:
        if data.startswith(start):
            raise ReviewError(f"this is {what}, not a text of records", name, _EXPORT_AS_TEXT)
    marked = next((known for mark, known in _BYTE_ORDER_MARKS if data.startswith(mark)), "")
    used = marked or encoding or "utf-8"
    try:
        text = data.decode(used)
    except UnicodeDecodeError as error:
        skipped = len(data) - len(error.object)  # utf-8-sig counts behind its mark
        raise _not_in_encoding(data, name, used, skipped + error.start) from None
    except (LookupError, ValueError):
        raise ReviewError(
            f"{encoding!r} is no encoding that Python knows",
            name,
            "in exports.csv write utf-8, cp1252, latin-1, mac-roman or utf-16",
        ) from None
    if not text.strip():
        raise ReviewError(
            "the file is empty", name, "export it again, or take it out of the folder"
        )
    if "\x00" in text:
        raise _binary(data, name)
    return text.replace("\r\n", "\n").replace("\r", "\n"), used


def line_offsets(data: bytes, encoding: str) -> list[int]:
    r"""Return the byte at which each line of a file begins.

    >>> line_offsets("\ufeffé\r\nx".encode(), "utf-8-sig")
    [3, 7]
    """
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", data.decode(encoding))
    # A codec that writes a byte-order mark of its own would count it again for every line.
    unmarked = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
    sizes = [len(line.encode(unmarked.get(encoding, encoding))) for line in lines]
    mark = len(data) - sum(sizes)
    return list(accumulate(sizes[:-1], initial=mark))


def _not_in_encoding(data: bytes, name: str, used: str, offset: int) -> ReviewError:
    line = data.count(b"\n", 0, offset) + 1
    if b"\x00" in data[:4096] and not used.startswith(("utf-16", "utf-32")):
        return _binary(data, name)
    return ReviewError(
        f"is not {used} text (byte {offset} is 0x{data[offset]:02x})",
        f"{name}:{line}",
        "state its encoding in exports.csv (column encoding: cp1252 for Windows, mac-roman for "
        "older Macs, latin-1), or save it as UTF-8",
    )


def _binary(data: bytes, name: str) -> ReviewError:
    # In UTF-16 every other byte of plain text is 0.
    if data[:4096].count(0) * 3 > len(data[:4096]):
        return ReviewError(
            "the file is binary, or UTF-16 without its mark",
            name,
            f"if it is text, state its encoding in exports.csv (utf-16-le); else {_EXPORT_AS_TEXT}",
        )
    return ReviewError("the file is binary, not a text of records", name, _EXPORT_AS_TEXT)
