"""Keeps answers as they were received, each in a file of its own in the format of web archives.

A file is an ISO 28500 (WARC) record, packed: the address that was asked, the time, the status, the
headers, the body as it came, and a hash of it. A file is there whole or not at all, also when the
power fails, so that a harvest that is interrupted anywhere goes on from what it has.
"""

from __future__ import annotations

import fcntl
import io
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from searchsets.errors import ReviewError
from searchsets.files import write_lasting
from searchsets.sources.exchange import Answer, Odd, Refused, unpacked
from searchsets.sources.links import refuse_links

_DAMAGED = (ArchiveLoadFailed, Odd, Refused, zlib.error, EOFError)
_FETCH_AGAIN = "delete this file and harvest again: only it is asked for"


def keep(path: Path, answer: Answer) -> None:
    """Write an answer to a file, so that it outlasts a failure of the power."""
    headers = [(name, value) for name, value in answer.headers if name.isascii()]
    reason = answer.reason.encode("ascii", "replace").decode()
    status = StatusAndHeaders(f"{answer.status} {reason}", headers, protocol="HTTP/1.1")
    packed = io.BytesIO()
    writer = WARCWriter(packed, gzip=True, warc_version="1.1")  # 1.0 has no parts of seconds
    record = writer.create_warc_record(
        answer.url,
        "response",
        payload=io.BytesIO(answer.body),
        length=len(answer.body),
        http_headers=status,
        warc_headers_dict={"WARC-Date": answer.time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")},
    )
    writer.write_record(record)
    write_lasting(path, packed.getvalue())


def kept(path: Path) -> Answer:
    """Return an answer as it was kept.

    Raises:
        ReviewError: the file is damaged, or was changed since.
    """
    try:
        with path.open("rb") as file:
            return _read(file)
    except OSError as error:
        raise ReviewError(f"cannot be read: {error.strerror or error}", str(path)) from None
    except (*_DAMAGED, ValueError, KeyError, StopIteration, AttributeError):
        raise ReviewError(
            "the stored answer is damaged: it is cut off, or was changed", str(path), _FETCH_AGAIN
        ) from None


def _read(file: IO[bytes]) -> Answer:
    record = next(iter(ArchiveIterator(file, check_digests="raise")))
    body = record.raw_stream.read()
    if record.http_headers is None or not record.digest_checker.passed:
        raise ValueError("it is no answer with a hash of its body")
    status, _, reason = record.http_headers.statusline.partition(" ")
    return Answer(
        record.rec_headers.get_header("WARC-Target-URI"),
        datetime.fromisoformat(record.rec_headers.get_header("WARC-Date")).astimezone(UTC),
        int(status),
        reason,
        tuple(record.http_headers.headers),
        body,
        unpacked(body, record.http_headers.get_header("Content-Encoding", "")),
    )


@contextmanager
def alone_in(folder: Path, levels: int) -> Iterator[None]:
    """Let one harvest at a time work in a folder, and tidy what an interrupted one left.

    Args:
        folder: the folder.
        levels: how many folders lie in the store down to it, which must be no links.

    Raises:
        ReviewError: another one is at work there, or nothing can be written.
    """
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        refuse_links(folder, levels)
        with _opened(folder / ".lock") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ReviewError(
                    "another harvest is at work here", str(folder), "wait for its end, or stop it"
                ) from None
            for left in folder.rglob(".*.part"):
                left.unlink()
            yield


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Open a file that need not be there, not what a link of its name leads to."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    try:
        yield handle
    finally:
        os.close(handle)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    # What goes wrong on the network is told otherwise: an OSError that is left is one of the disk.
    try:
        yield
    except OSError as error:
        raise ReviewError(
            f"cannot be written: {error.strerror or error}",
            str(error.filename or folder),
            "make room, or a folder that you may write to, and give the same command again: what "
            "came before is kept",
        ) from None
