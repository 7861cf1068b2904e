"""Opens what people bring: plain files, gzip and zip, read as one stream of UTF-8 with LF line ends."""

from __future__ import annotations

import codecs
import gzip
import lzma
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from searchsets.errors import ReviewError
from searchsets.records.encoding import BY_MARK, STATED, Encoding, detect

HEAD = 1 << 22
_CHUNK = 1 << 20
_PIECE, _SMALL = 1 << 16, 1 << 8
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_BINARY = (
    (_ZIP, "an Excel workbook or a zip archive within an archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"%PDF", "a PDF"),
    (b"SQLite format 3", "an SQLite database"),
    (b"{\\rtf", "a Word document (RTF)"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
)
_EXPORT_AS_TEXT = "export the records as RIS, CSV or another format of records (docs/formats.md)"
_AGAIN = "export or download it again"
# UnicodeDecodeError: the name of a member is no text.
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, UnicodeDecodeError)


@dataclass
class Source:
    """One text of records: a file, or a member of a zip archive."""

    path: Path
    name: str
    """The name it has on every machine: `<database>/<file>`, and `/<member>` within an archive."""
    member: str = ""
    stated: str = ""
    """The encoding that a person states."""
    head: bytes = b""
    """The first bytes as they are, unpacked."""
    encoding: Encoding = field(default_factory=lambda: Encoding("utf-8", ""))
    line_ends: str = ""
    on_bytes: Callable[[int], None] = field(default=lambda number: None, repr=False)
    """Called with the number of bytes of the file that were read since the last call."""

    @property
    def where(self) -> str:
        """The place for messages."""
        return f"{self.path}/{self.member}" if self.member else str(self.path)

    def examine(self) -> None:
        """Look at the beginning: what it is, in which encoding, with which line ends.

        Raises:
            ReviewError: it is empty, no text, or in no encoding that Python knows.
        """
        with self.opened() as stream:
            self.head = stream.read(HEAD)
        if not self.head.strip():
            raise ReviewError("the file is empty", self.where, "export it again, or take it away")
        for start, what in _BINARY:
            if self.head.startswith(start):
                raise ReviewError(
                    f"this is {what}, not a text of records", self.where, _EXPORT_AS_TEXT
                )
        if self.is_parquet:
            return
        self.encoding = self._encoding()
        wide = self.encoding.name.startswith(("utf-16", "utf-32"))
        self.line_ends = _line_ends(
            self.head.decode(self.encoding.name, "replace").encode() if wide else self.head
        )

    def _encoding(self) -> Encoding:
        found = detect(self.head)
        if not self.stated or found.why == BY_MARK:
            return found
        try:
            codecs.getincrementaldecoder(self.stated)
            b"a\0\0\0".decode(self.stated)
        except UnicodeDecodeError:  # an encoding, only not of these bytes
            return Encoding(self.stated, STATED)
        except (LookupError, ValueError):
            raise ReviewError(
                f"{self.stated!r} is no encoding that Python knows",
                self.where,
                "in exports.csv write utf-8, cp1252, latin-1, mac-roman or utf-16",
            ) from None
        return Encoding(self.stated, STATED)

    @property
    def is_parquet(self) -> bool:
        """Whether it is a table in Parquet, which is no stream of bytes."""
        return self.head.startswith(b"PAR1")

    @property
    def is_binary(self) -> bool:
        """Whether the bytes are to be taken as they are (MARC)."""
        return b"\x1d" in self.head and b"\x1e" in self.head and self.head[:5].isdigit()

    def text_head(self) -> str:
        """Return the beginning as normalised text.

        Raises:
            ReviewError: it is binary.
        """
        text = self._fed(self._normaliser(), self.head).decode("utf-8", "replace").lstrip("\ufeff")
        if "\x00" in text[:4096] or not text.strip():
            what = "the file is binary, not a text of records" if text.strip() else "is empty"
            raise ReviewError(what, self.where, _EXPORT_AS_TEXT)
        return text

    def chunks(self) -> Iterator[bytes]:
        """Yield the text as UTF-8 with LF line ends, without a byte-order mark at its beginning.

        Raises:
            ReviewError: the archive is damaged, or the text is not in its stated encoding.
        """
        if self.is_binary:
            yield from self._raw()
            return
        normaliser = self._normaliser()
        for data in self._raw():
            if made := self._fed(normaliser, data):
                yield made
        if made := self._fed(normaliser, b"", final=True):
            yield made

    def _fed(self, normaliser: Normaliser, data: bytes, final: bool = False) -> bytes:
        try:
            return normaliser.feed(data, final)
        except UnicodeError as error:
            what, line = f"is not {self.encoding.name} text: {error}", 1
            if isinstance(error, UnicodeDecodeError):
                at, byte = normaliser.taken + error.start, error.object[error.start]
                what = f"is not {self.encoding.name} text (byte {at} is 0x{byte:02x})"
                line = normaliser.lines + error.object.count(b"\n", 0, error.start) + 1
            raise ReviewError(
                what,
                f"{self.where}:{line}",
                "state another encoding in exports.csv (cp1252 for Windows, mac-roman for older "
                "Macs), or none: it is then told by the bytes",
            ) from None

    def _normaliser(self) -> Normaliser:
        return Normaliser(self.encoding.name, strict=self.encoding.why == STATED)

    def _raw(self) -> Iterator[bytes]:
        with self.opened() as stream:
            while data := stream.read(_CHUNK):
                yield data

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """Open the file, unpacked.

        Raises:
            ReviewError: it cannot be opened, or is a damaged or locked archive.
        """
        try:
            with self.path.open("rb") as file:
                if self.member:
                    with zipfile.ZipFile(file) as archive, archive.open(self.member) as inner:
                        yield _unzipped(inner, self, file)
                else:
                    yield _unzipped(file, self, file)
        except _DAMAGED as error:
            raise ReviewError(f"the archive is damaged: {error}", self.where, _AGAIN) from None
        except (RuntimeError, NotImplementedError) as error:  # a password, an unknown method
            raise ReviewError(
                f"the archive cannot be unpacked: {error}", self.where, "unpack it by hand"
            ) from None
        except OSError as error:
            raise ReviewError(
                f"cannot be read: {error.strerror or error}",
                str(self.path),
                "look whether it is there and may be opened",
            ) from None

    def original_offsets(self, offsets: Iterable[int]) -> dict[int, int]:
        """Return where in the file (unpacked) the given bytes of its normalised text stand."""
        wanted = sorted(set(offsets))
        found: dict[int, int] = {}
        if self.is_binary:
            return {offset: offset for offset in wanted}
        normaliser = self._normaliser()
        before = after = 0  # bytes of the file taken, bytes of the text made
        for data in self._raw():
            after = _locate(normaliser, data, before, after, wanted, found)
            before += len(data)
            if not wanted:
                break
        return found | {offset: before for offset in wanted}


def _locate(
    normaliser: Normaliser,
    data: bytes,
    before: int,
    after: int,
    wanted: list[int],
    found: dict[int, int],
    size: int = _PIECE,
) -> int:
    """Move the wanted bytes of the text that these bytes make to those found; return the text's size.

    Bytes are taken in pieces; a piece in which something is wanted again in smaller ones.
    """
    for at in range(0, len(data), size):
        piece = data[at : at + size]
        state = normaliser.state()
        made = len(normaliser.feed(piece))
        if wanted and wanted[0] < after + made and size > _SMALL:
            normaliser.restore(state)
            after = _locate(normaliser, piece, before + at, after, wanted, found, _SMALL)
            continue
        while wanted and wanted[0] < after + made:
            target = wanted.pop(0)
            found[target] = before + at + _place(normaliser, state, piece, target - after)
        after += made
    return after


def _place(normaliser: Normaliser, state: tuple, piece: bytes, target: int) -> int:
    """Return which byte of a piece makes a byte of its text; leave the normaliser behind the piece."""

    def made_of(size: int) -> int:
        normaliser.restore(state)
        return len(normaliser.feed(piece[:size]))

    low, high = 0, len(piece)  # so many bytes make too little, and enough
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if made_of(middle) > target else (middle, high)
    made_of(low)
    place = low - normaliser.held()
    made_of(len(piece))
    return place


def _unzipped(stream: IO[bytes], source: Source, file: IO[bytes]) -> IO[bytes]:
    counted = _Counted(stream, source, file)
    start = counted.read(2)
    counted.back(start)
    return gzip.GzipFile(fileobj=counted) if start == _GZIP else counted


class _Counted:
    """A stream that tells its source how far the file behind it has been read."""

    def __init__(self, stream: IO[bytes], source: Source, file: IO[bytes]):
        self._stream, self._source, self._file = stream, source, file
        self._back, self._at = b"", 0

    def back(self, data: bytes) -> None:
        """Put bytes back, to be read again."""
        self._back = data

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        if self._back:
            data, self._back = self._back, b""
            if 0 < size <= len(data):
                data, self._back = data[:size], data[size:]
                return data
            return data + self._stream.read(size - len(data) if size > 0 else size)
        data = self._stream.read(size)
        at = self._file.tell()
        self._source.on_bytes(at - self._at)
        self._at = at
        return data


class Normaliser:
    """Makes UTF-8 with LF line ends of the bytes of a file, piece by piece."""

    def __init__(self, encoding: str, *, strict: bool = False):
        """Take the encoding; `strict` raises where bytes are none of it."""
        self._decoder = None
        self._strict = strict
        if encoding.lower().replace("_", "-") not in ("utf-8", "utf-8-sig", "utf8", "ascii"):
            made = codecs.getincrementaldecoder(encoding)
            self._decoder = made("strict" if strict else "replace")
        elif strict:
            self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._open = b""  # a CR, whose LF may follow; at the beginning, part of a byte-order mark
        self._begun = False
        self.taken = 0
        self.lines = 0

    def feed(self, data: bytes, final: bool = False) -> bytes:
        """Return the text that these bytes complete.

        Raises:
            UnicodeDecodeError: only if strict.
        """
        taken = len(data)
        if self._decoder is not None:
            data = self._decoder.decode(data, final).encode("utf-8", "replace")
        data = self._open + data
        self._open = b""
        if not self._begun:
            if codecs.BOM_UTF8.startswith(data) and not final and len(data) < 3:
                self._open = data
                self.taken += taken
                return b""
            data = data.removeprefix(codecs.BOM_UTF8)
            self._begun = True
        if b"\r" in data:
            if data.endswith(b"\r") and not final:
                data, self._open = data[:-1], b"\r"
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        self.taken += taken
        if self._strict:  # only then may an error have to name a line
            self.lines += data.count(b"\n")
        return data

    def held(self) -> int:
        """Return how many bytes are held back that are the beginning of a sign, or of a mark."""
        if self._decoder:
            return len(self._decoder.getstate()[0])
        return 0 if self._begun else len(self._open)

    def state(self) -> tuple:
        """Return what `restore` needs to go on from here."""
        decoder = self._decoder.getstate() if self._decoder else None
        return decoder, self._open, self._begun, self.taken, self.lines

    def restore(self, state: tuple) -> None:
        """Go back to an earlier state."""
        decoder, self._open, self._begun, self.taken, self.lines = state
        if self._decoder:
            self._decoder.setstate(decoder)


def _line_ends(head: bytes) -> str:
    pairs = head.count(b"\r\n")
    counts = {"CRLF": pairs, "LF": head.count(b"\n") - pairs, "CR": head.count(b"\r") - pairs}
    return " and ".join(name for name, number in counts.items() if number > 0) or "none"


def sources(path: Path, name: str, stated: str = "") -> list[Source]:
    """Return the texts of a file: itself, or the members of a zip archive in their order.

    Args:
        path: the file.
        name: the name it has on every machine.
        stated: the encoding that a person states, if any.

    Raises:
        ReviewError: it cannot be read, or is an archive that is damaged or holds no text.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4)
        if start != _ZIP:
            return [Source(path, name, stated=stated)]
        with zipfile.ZipFile(path) as archive:
            members = [one.filename for one in archive.infolist() if not one.is_dir()]
    except (*_DAMAGED, NotImplementedError) as error:
        raise ReviewError(f"the archive is damaged: {error}", str(path), _AGAIN) from None
    except OSError as error:
        raise ReviewError(
            f"cannot be read: {error.strerror or error}",
            str(path),
            "look whether it is there and may be opened",
        ) from None
    if "[Content_Types].xml" in members:
        raise ReviewError(
            "this is an Excel workbook or a Word document, not a text of records",
            str(path),
            "save it as CSV UTF-8, or " + _EXPORT_AS_TEXT,
        )
    texts = [one for one in members if not _is_beside_the_point(one)]
    if not texts:
        raise ReviewError("the archive holds no file of records", str(path), _AGAIN)
    if twice := sorted(one for one, number in Counter(texts).items() if number > 1):
        raise ReviewError(
            f"the archive holds {twice[0]!r} twice",
            str(path),
            "unpack it, and give the files names of their own",
        )
    return [Source(path, f"{name}/{one}", one, stated) for one in sorted(texts)]


def _is_beside_the_point(member: str) -> bool:
    name = member.rpartition("/")[2].lower()
    if name.startswith("readme") and name.endswith((".txt", ".md", "readme")):
        return True
    return member.startswith("__MACOSX/") or name.startswith(".") or name == "thumbs.db"
