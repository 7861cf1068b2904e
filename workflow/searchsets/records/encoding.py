"""Tells the encoding of a file by its bytes, and reads what does not fit it without losing a byte."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

WINDOWS = "searchsets.windows"
"""Name of the error handler that reads bytes which are not UTF-8 as Windows-1252."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
# Text that was written as UTF-8 and read as Windows-1252 or Mac Roman before it came here, as the
# UTF-8 it now is: Ã with a sign of that block behind it, â€, ‚Ä, √ with ©, § and the like.
_MOJIBAKE = re.compile(
    rb"\xc3\x83(?:\xc2[\xa0-\xbf]|\xc5|\xc6|\xe2)|\xc3\xa2\xe2\x82\xac|\xe2\x80\x9a\xc3\x84"
    rb"|\xe2\x88\x9a(?:\xc2[\xa0-\xbf]|\xe2\x88\x82|\xc3[\x80-\xbf])"
)


BY_MARK = "its byte-order mark"
STATED = "stated in exports.csv"


class Encoding(NamedTuple):
    """An encoding by the name Python has for it, and why it is taken to be the file's."""

    name: str
    why: str
    is_guess: bool = False


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stray = error.object[error.start : error.end]
    try:
        return stray.decode("cp1252"), error.end
    except UnicodeDecodeError:
        return stray.decode("latin-1"), error.end


codecs.register_error(WINDOWS, _as_windows)


def detect(head: bytes) -> Encoding:
    """Return the encoding of a file, told by its beginning.

    A byte-order mark decides; else what is valid UTF-8 is UTF-8. Of the one-byte encodings the one
    is taken in which the signs beyond ASCII make words; the encodings of East Asia are told by the
    library charset-normalizer.

    Args:
        head: the first bytes, some megabytes at most; they may end within a sign.

    >>> detect("Où est le café?".encode("cp1252")).name
    'cp1252'
    >>> detect("Où est le café?".encode("mac-roman")).name
    'mac-roman'
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Encoding(name, BY_MARK)
    if wide := _wide(head):
        return Encoding(wide, "every other byte is 0")
    if head.isascii():
        return Encoding("utf-8", "its beginning is ASCII")
    if _is_utf8(head):
        return Encoding("utf-8", "its beginning is valid UTF-8")
    return _of_many(head)


def _wide(head: bytes) -> str:
    """Return the name of UTF-16 without a mark where the zeros of a file stand as in Latin text."""
    sample = head[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > len(sample) // 4 and even * 10 < odd:
        return "utf-16-le"
    if even > len(sample) // 4 and odd * 10 < even:
        return "utf-16-be"
    return ""


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _of_many(head: bytes) -> Encoding:
    beyond = sum(byte > 0x7F for byte in head[:1_000_000])
    multibyte = sum(map(len, _MULTIBYTE.findall(head[:1_000_000])))
    if multibyte > beyond / 2:
        return Encoding("utf-8", "most signs beyond ASCII are UTF-8; the others are read as cp1252")
    if name := _east_asian(head):
        return Encoding(name, "told by charset-normalizer", True)
    scores = {name: _words(head, name) for name in ("cp1252", "mac-roman", "latin-1")}
    best = max(scores, key=lambda name: scores[name])
    return Encoding(best, "its signs beyond ASCII make words in this encoding", True)


def _east_asian(head: bytes) -> str:
    # Only where most bytes beyond ASCII stand together can they be signs of several bytes.
    runs = re.findall(rb"[\x80-\xff]+", head[:100_000])
    if sum(len(run) for run in runs if len(run) > 3) * 2 < sum(map(len, runs)):
        return ""
    from charset_normalizer import from_bytes  # it takes a while to import, and is hardly needed

    wanted = ["gb18030", "gbk", "big5", "shift_jis", "euc_jp", "euc_kr"]
    best = from_bytes(head[:100_000], cp_isolation=wanted).best()
    return best.encoding.replace("_", "-") if best else ""


_COMMON = frozenset("éèêëàâáäãåæçìíîïñòóôöõøœùúûüýÿßÉÈÀÁÄÅÆÇÍÑÓÖØÚÜšžŠŽ‘’“”–—•…£§©°±®™«»·¿¡ªº€²³½¼¾×µ")


def _words(head: bytes, name: str) -> int:
    """Score a one-byte encoding: signs that texts have, less signs that stand wrong."""
    try:
        text = head[:1_000_000].decode(name)
    except UnicodeDecodeError:
        return -1_000_000
    score = 0
    for found in re.finditer(r"[^\x00-\x7f]", text):
        sign, at = found[0], found.start()
        before, behind = text[at - 1 : at], text[at + 1 : at + 2]
        score += 1 if sign in _COMMON else -2
        if before.islower() and (sign.isupper() or not (sign.isalpha() or behind in " \n,.;:)-s")):
            score -= 2  # a capital, or a sign that is no letter, within a word
    return score


def mojibake(chunk: bytes) -> int:
    """Return how many places of a UTF-8 text look as if it was once read in a wrong encoding.

    >>> mojibake("Ã©cole and â€œtrustâ€\\x9d".encode()), mojibake("école, Århus".encode())
    (3, 0)
    """
    return 0 if chunk.isascii() else len(_MOJIBAKE.findall(chunk))
