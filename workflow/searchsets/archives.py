"""Opens zip archives that somebody sent: they may be damaged, locked, or made to fill a disk."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Iterator

DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError,
    ValueError, OSError,
)  # fmt: skip
"""What opening and unpacking raise of an archive that is damaged, or packed in an unknown way."""
# From each piece bzip2 and LZMA unpack all that is in it, which may be ten thousand times as much.
_PIECE = 1 << 12
_LOCKED = 0x1


class TooLarge(Exception):
    """An archive takes more unpacked than it may."""


class Locked(Exception):
    """A file of an archive is encrypted."""


def members(archive: zipfile.ZipFile, most: int) -> dict[str, int]:
    """Return the files of an archive with their sizes unpacked; nothing is unpacked.

    No more comes out of a file than its archive says here, else it counts as damaged: so nothing
    that is unpacked later takes more than this allows.

    Args:
        archive: the archive.
        most: how many bytes all files together may take.

    Raises:
        TooLarge: they take more.
    """
    listed = [one for one in archive.infolist() if not one.is_dir()]
    if sum(one.file_size for one in listed) > most:
        raise TooLarge
    return {one.filename: one.file_size for one in listed}


def pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Yield a file of an archive, unpacked, in small pieces.

    Raises:
        Locked: it is encrypted.
    """
    if archive.getinfo(name).flag_bits & _LOCKED:
        raise Locked
    with archive.open(name) as packed:
        while piece := packed.read(_PIECE):
            yield piece


def read_part(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a file of an archive, unpacked; errors as in `pieces`."""
    return b"".join(pieces(archive, name))
