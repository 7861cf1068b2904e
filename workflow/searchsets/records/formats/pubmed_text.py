"""Reads PubMed's download "Abstract (text)": numbered records in paragraphs, each ended by its PMID."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from searchsets.records.formats.base import (
    Fields,
    MarksByLine,
    Parsed,
    Reader,
    Stretch,
    Unreadable,
    each_line,
)

_BLANK = b" \t\n\r\x0b\x0c"
_GAP = 2  # so many blank lines part two records, and stand nowhere within one

_NUMBERED = (
    rb"(?:\xef\xbb\xbf)?(\d{1,9})\. (?=[^ \t\n])"  # a mark may stand where files were joined
)
_ENDING = rb"PMID: (\d{1,9})(?:[ \t]+\[[^\]\n]*\])?[ \t]*"
_NUMBER_LINE = re.compile(_NUMBERED)
_ENDING_LINE = re.compile(_ENDING + rb"(?:\n|$)")
_LINES = re.compile(rb"(?m)^(?:" + _ENDING + rb"$|" + _NUMBERED + rb")")
# What follows the number: `Ear Hear. 2019 Jul/Aug;40(4):918-926.`, up to the year.
_CITATION = rb"[^\n]{2,300}?\. (?:1[5-9]|20)\d\d\b"
_HEAD_LINE = re.compile(_CITATION)

_NUMBER = re.compile(r"\ufeff?\d{1,9}\. (?=[^ \t\n])", re.ASCII)
_PMID = re.compile(f"(?m)^{_ENDING.decode()}$", re.ASCII)
# A long DOI stands on the line under its name.
_IDS = re.compile(
    r"\n[ \t]*\n((?:(?:DOI|PMCID):[ \t]*\S[^\n]*\n|DOI:[ \t]*\n10\.[^\n]*\n){0,9}"
    rf"{_ENDING.decode()})(?=\n|$)",
    re.ASCII,
)
# Where files were joined without a line end: `PMID: 1011. Ear Hear. 2019`, `None.1. Ear Hear. 2019`.
_GLUED_TO_PMID = re.compile(rf"(?m)^{_ENDING.decode()}(?=1\. )", re.ASCII)
_GLUED = re.compile(rf"(?<=\S)(?=1\. {_CITATION.decode()})", re.ASCII)
_ID = re.compile(r"(?m)^(DOI|PMCID|PMID):\s+(\S+)")
_BETWEEN = re.compile(r"\n(?:[ \t]*\n)+")
_FROM_GAP = re.compile(r"\n(?:[ \t]*\n){2,}")
_HEAD_OF_LOST = re.compile(rf"{_CITATION.decode()}[^\n]{{0,300}}?[;:]", re.ASCII)
_HEAD = re.compile(
    r"""(?P<Journal>.+?)\.\ (?P<Date>(?:1[5-9]|20)\d\d\b[^;:.]*)
    (?:;(?P<Volume>[^();:]*?)\s*(?:\((?P<Issue>[^()]*(?:\([^()]*\)[^()]*)*)\))?)?
    (?::(?P<Pages>[^;:]+?))?
    (?=[.;](?:\ |$)|$)""",
    re.VERBOSE | re.ASCII,
)
_LONGEST_HEAD = 2_000
_HEAD_DOI = re.compile(r"\bdoi: (10\.\S+)")
# `RETRACTED ARTICLE` stands above the citation, in capitals.
_REMARK = re.compile(r"[A-Z][A-Z ]+")
_LANGUAGE = re.compile(r"\[Article in ([^;\]]+)")
_AUTHOR_INFORMATION = "Author information:"
_COLLABORATORS = "Collaborators:"
_CONFLICT = "Conflict of interest statement:"
# `Comment in`, `Update of`, `Erratum for`: indented citations follow on the next line.
_NOTE = re.compile(r"([A-Z][a-z]+(?: [a-z]+){0,5})[ \t]*\n {4}")
# Types of `OtherAbstract` in PubMed's XML; the text sets them before the abstract.
_OTHER_ABSTRACT = re.compile(
    r"(?:Publisher|PIP|KIE|NASA|AAMC|Plain[- ]language[- ]summary): ?\s*", re.IGNORECASE
)
_NO_ABSTRACT = re.compile(r"Abstract available .{0,60}from the publisher\.?$")
_COPYRIGHT = re.compile(
    r"©|\((?:c|C)\) ?(?:1[5-9]|20)\d\d|^.{0,60}\b[Cc]opyright\b|^Published|^The Author(?:\(s\)|s)[.,]"
    r"|\b[Pp]ublished by [A-Z]|(?i:\ball rights reserved\b)"
)
_NAME_ALONE = re.compile(
    r"(?:[A-Z]\S{0,30}|of|and|the|for|&)(?: (?:[A-Z]\S{0,30}|of|and|the|for|&)){0,9}"
)
_MARK = re.compile(r"\((?:\d{1,4}|[^\w\s]|[a-z])\)")
_SUFFIXES = frozenset(("Jr", "Sr", "II", "III", "IV", "1st", "2nd", "3rd", "4th", "5th", "6th"))
_TOP = 3  # of these one may tell the language, one the authors, one where they work
_LITTLE = 20  # so few signs are no record


class PubMedText(Reader):
    """Reads one file of PubMed's abstracts as text.

    `announced` is the highest number of the file (of each of the files that were joined): records
    that someone took out leave a gap in the numbers.
    """

    format = "PubMed abstract text"
    flavours = "pubmed_text"
    header = ""

    def __init__(self) -> None:
        self.announced: int | None = None

    @classmethod
    def recognise(cls, head: str) -> str:
        r"""Say by which signs a text is of this format, or nothing.

        A number alone is none: many texts number their paragraphs. A paragraph of ids must end one.

        >>> PubMedText.recognise("1. Ear Hear. 2019;40:9.\n\nTrusts.\n\nDOI: 10.1000/a\nPMID: 77\n")
        'a record numbered 1 that ends with PMID: 77'
        >>> PubMedText.recognise("1. Fox C. Trusts. Ear Hear. 2019;40:9. PMID: 77\n")
        ''
        """
        state = _Numbering()
        first = next((line for line in each_line([head.encode()]) if state.begins(line)), None)
        if first is None:
            return ""
        ids = _IDS.search(head, head.index(first.decode()))
        if ids is None:
            return ""
        return f"a record numbered {state.number} that ends with PMID: {ids[2]}"

    def marks(self) -> NumberMarks:
        """Return a counter of the numbers that begin records, and of the PMIDs that end them."""
        return NumberMarks()

    def stretches(self, chunks: Iterable[bytes]) -> Iterator[Stretch]:
        """Cut the file before the number of every record."""
        state = _Numbering()
        kept: list[bytes] = []
        offset, begun, announced = 0, 1, 0
        for count, line in enumerate(each_line(chunks), start=1):
            former = state.number
            if state.begins(line):
                if kept:
                    data = b"".join(kept)
                    yield Stretch(data, offset, begun)
                    offset += len(data)
                kept, begun = [], count
                # Where files were joined the numbers begin again.
                announced += state.number - (former if state.number > former else 0)
                self.announced = announced
            kept.append(line)
        if kept:
            yield Stretch(b"".join(kept), offset, begun)

    def parse(self, text: str) -> Iterator[Parsed | Unreadable]:
        """Return the record of a stretch, and what stands outside it, in their order."""
        number = _NUMBER.match(text)
        if number is None:
            yield from _before(text)
            return
        ends = _ids_of(text)
        lost = _lost_begin(text, ends[0] if ends else len(text))
        if ends is None or lost:
            reason = "the record has no end (no PMID before the next record)"
            yield Unreadable(reason, text[: lost or len(text)], cut_off=not lost)
            if lost:
                yield from _outside(text, lost)
            return
        behind = _behind(text, ends[1])
        record = text[:behind].strip()
        yield Parsed(_fields(record[number.end() :], ends[0] - number.end()), record)
        yield from _outside(text, behind)


class _Numbering:
    """Tells which lines begin a record, one line after the other.

    An abstract may hold a line that begins with `12. `: a record begins behind the PMID of the one
    before, after blank lines, its number follows on, and its first line looks like a citation. Where
    records were taken out or files joined, where blank lines or a PMID are lost, the other signs do.
    """

    def __init__(self) -> None:
        self.number = 0
        """That of the record which began last."""
        self._blank = _GAP
        self._ended = True

    def begins(self, line: bytes) -> bool:
        """Look at the next line: whether it begins a record."""
        if not line.strip(_BLANK):
            self._blank += 1
            return False
        found = _NUMBER_LINE.match(line)
        is_begin = bool(found) and begins_record(
            blank=self._blank,
            ended=self._ended,
            follows=int(found[1]) == self.number + 1,
            is_head=bool(_HEAD_LINE.match(line, found.end())),
        )
        self._blank = 0
        if is_begin:
            self.number, self._ended = int(found[1]), False
        elif _ENDING_LINE.match(line):
            self._ended = True
        return is_begin


def begins_record(*, blank: int, ended: bool, follows: bool, is_head: bool) -> bool:
    """Return whether a numbered line begins a record.

    >>> begins_record(blank=1, ended=False, follows=True, is_head=True)  # a list in an abstract
    False
    >>> begins_record(blank=1, ended=True, follows=True, is_head=False)
    True

    Args:
        blank: so many blank lines stand before it.
        ended: the record before has ended with its PMID.
        follows: its number is the next one.
        is_head: it looks like a citation.
    """
    gap = min(blank, _GAP)
    if ended:
        return gap + follows + is_head >= _GAP
    return gap == _GAP and (follows or is_head)


class NumberMarks(MarksByLine):
    """Counts numbers and PMIDs by searching whole blocks, and what stands before each."""

    def __init__(self) -> None:
        super().__init__(0)
        self._number, self._ended, self._blank = 0, True, _GAP

    def _count(self, lines: bytes) -> None:
        for found in _LINES.finditer(lines):
            if found[1]:
                self.ends += 1
                self._ended = True
                continue
            number = int(found[2])
            if begins_record(
                blank=self._blank_before(lines, found.start()),
                ended=self._ended,
                follows=number == self._number + 1,
                is_head=bool(_HEAD_LINE.match(lines, found.end())),
            ):
                self.starts += 1
                self._number, self._ended = number, False
        self._blank = self._blank_before(lines, len(lines))

    def _blank_before(self, lines: bytes, at: int) -> int:
        """Return how many blank lines stand before a place at which a line begins."""
        text = at
        while text and lines[text - 1] in _BLANK:
            text -= 1
        newlines = lines.count(b"\n", text, at)
        return newlines - 1 if text else newlines + self._blank


def _before(text: str) -> Iterator[Unreadable]:
    """Report what stands before the first record, unless it is a mere remark."""
    if _PMID.search(text) or _BETWEEN.search(text.strip()):
        yield from _outside(text, 0)


def _outside(text: str, at: int) -> Iterator[Unreadable]:
    """Report what stands in no record from a place onwards."""
    rest = text[at:].strip()
    if len(rest) < _LITTLE and not _PMID.search(rest):
        return
    begins = text.index(rest, at)
    of_record = "a record that no number begins" if _PMID.search(rest) else "text"
    reason = f"{of_record}, outside any record"
    yield Unreadable(reason, rest, text.count("\n", 0, begins), begins=False)


def _ids_of(text: str) -> tuple[int, int] | None:
    """Return where the ids of a record begin, and where its PMID ends, if it has one.

    The first PMID in a paragraph of ids; where a blank line is lost, the first one on a line alone.
    """
    found = _IDS.search(text)
    if found:
        return found.start(1), found.end()
    alone = _PMID.search(text)
    return alone and alone.span()


def _lost_begin(text: str, end: int) -> int:
    """Return where a record begins within another, as the PMID and the number between are lost, or 0."""
    begins = (gap.end() for gap in _FROM_GAP.finditer(text, 0, end))
    lost = next((at for at in begins if _HEAD_OF_LOST.match(text, at)), 0)
    glued = _GLUED_TO_PMID.search(text, 0, lost or end)
    return glued.end() if glued else lost


def _behind(text: str, end: int) -> int:
    """Return where a record ends of which the PMID ends at a place: a statement may follow it."""
    begins = end + len(text[end:]) - len(text[end:].lstrip())
    if not text.startswith(_CONFLICT, begins):
        return end
    gap = _FROM_GAP.search(text, begins)
    ends = gap.start() if gap else len(text)
    if not _PMID.search(text, begins, ends):
        return ends
    # Another record follows without a gap: the statement is one paragraph, or less.
    first = _BETWEEN.search(text, begins)
    ends = first.start() if first else ends
    glued = _GLUED.search(text, begins, ends)
    return glued.start() if glued else ends


def _fields(record: str, ids: int) -> Fields:
    """Return the fields of a record without its number, by the names that PubMed gives them."""
    paragraphs = [part for part in _BETWEEN.split(record[:ids]) if part.strip()]
    fields: Fields = {}
    for name, value in _ID.findall(record[ids:].split(_CONFLICT)[0]):
        fields.setdefault(name, [value])
    if paragraphs and _REMARK.fullmatch(paragraphs[0].strip()) and len(paragraphs) > 1:
        fields["Remark"] = [paragraphs.pop(0).strip()]
    if paragraphs:
        fields |= _head(paragraphs.pop(0))
    if "Citation" in fields and paragraphs:
        fields["Title"] = [_line(paragraphs.pop(0))]
    _take_authors(paragraphs, fields)
    _take_rest(paragraphs, fields)
    return fields


def _line(paragraph: str) -> str:
    return " ".join(paragraph.split())


def _head(paragraph: str) -> Fields:
    """Return the parts of a citation; a head that is none is the title (of a chapter, a book).

    >>> _head("Hear Res. 2015 Dec;330(Pt A):62-77.")["Issue"]
    ['Pt A']
    """
    said = _line(paragraph)
    found = _HEAD.match(said[:_LONGEST_HEAD])
    parts = found.groupdict() if found else {}
    fields = {name: [value.strip()] for name, value in parts.items() if value}
    if doi := _HEAD_DOI.search(said):
        fields["doi"] = [doi[1]]
    return {"Citation": [said], **fields} if fields else {"Title": [said]}


def _take_authors(paragraphs: list[str], fields: Fields) -> None:
    """Take what stands between the title and the abstract: language, authors, where they work."""
    titles: list[str] = []
    for at, one in enumerate(paragraphs[:_TOP]):
        if said := _LANGUAGE.match(_line(one)):
            fields["Article in"] = [name.strip() for name in said[1].split(",")]
            titles = paragraphs[:at]
            del paragraphs[: at + 1]
            break
    about = next((at for at, one in enumerate(paragraphs[:_TOP]) if _is_about_authors(one)), None)
    if about or (about is None and paragraphs and is_authors(paragraphs[0])):
        last = about - 1 if about else 0
        titles += paragraphs[:last]
        fields["Authors"] = authors_of(paragraphs[last])
        del paragraphs[: last + 1]
    if titles:
        fields["Original title"] = [_line("\n".join(titles))]


def _is_about_authors(paragraph: str) -> bool:
    return paragraph.startswith((_AUTHOR_INFORMATION, _COLLABORATORS))


def _take_rest(paragraphs: list[str], fields: Fields) -> None:
    """Take notes, abstracts and the copyright, in the order in which they stand."""
    abstract: list[str] = []
    other: list[str] = []
    last = len(paragraphs) - 1
    for number, one in enumerate(paragraphs):
        if _is_about_authors(one):
            name, _, said = one.partition(":")
            fields.setdefault(name, []).append(_line(said))
        elif note := _NOTE.match(one):
            fields.setdefault(note[1], []).append(_line(one[note.end() :]))
        elif number == last and (abstract or other) and _is_copyright(one):
            fields["Copyright"] = [_line(one)]
        elif said := _OTHER_ABSTRACT.match(one):
            other.append(one[said.end() :])
        else:
            # What follows an abstract of the publisher is more of it, in another language.
            (other or abstract).append(one)
    if abstract:
        fields["Abstract"] = ["\n".join(abstract)]
    if other and not _NO_ABSTRACT.match(_line(other[0])):
        fields["Other abstract"] = ["\n".join(other)]


def _is_copyright(paragraph: str) -> bool:
    said = _line(paragraph)
    return bool(_COPYRIGHT.search(said) or _NAME_ALONE.fullmatch(said))


def authors_of(paragraph: str) -> list[str]:
    r"""Return the authors, persons and groups, without the marks of where they work.

    >>> authors_of("Wang \nX(#)(1)(2), Figueiredo Rde S; Noise, Ears and Work Group(3).")
    ['Wang X', 'Figueiredo Rde S', 'Noise, Ears and Work Group']
    """
    made: list[str] = []
    for part in _line(paragraph).removesuffix(".").split("; "):
        names = [_without_marks(one) for one in part.split(", ")]
        persons = sum(map(_is_person, names))
        made += names if 2 * persons >= len(names) else [_without_marks(part)]
    return [one for one in made if one]


def is_authors(paragraph: str) -> bool:
    """Return whether a paragraph is a list of authors: at least half of the names end in initials.

    >>> is_authors("Healy EW, Yoho SE."), is_authors("We read letters, and notes.")
    (True, False)
    """
    said = _line(paragraph)
    names = [_without_marks(one) for one in re.split("[,;] ", said.removesuffix("."))]
    return said.endswith(".") and 2 * sum(map(_is_person, names)) >= len(names)


def _without_marks(name: str) -> str:
    end = len(name)
    while found := _MARK.match(name, max(name.rfind("(", 0, end), 0)):
        if found.end() != end:
            break
        end = found.start()
    return name[:end].strip()


def _is_person(name: str) -> bool:
    """Tell whether a name ends in initials: `Tikka C`, `Van de Heyning P`, `Smith AB Jr`."""
    words = name.split()
    if len(words) > 2 and words[-1] in _SUFFIXES:
        words.pop()
    return (
        2 <= len(words) <= 7
        and len(words[-1]) <= 4
        and words[-1][0].isupper()
        and (words[-1].isalpha() or "-" in words[-1])
    )
