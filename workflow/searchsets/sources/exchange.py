"""What is asked and what is answered: the vocabulary of everything that goes over the network."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

ENDING, TROUBLE = ".warc.gz", "trouble"
"""How the names of files that hold an answer end; the folder of answers that were none."""
MOST_UNPACKED = 256 << 20
"""No answer of a service is as large as this when it is unpacked."""
MOVED = frozenset((301, 302, 303, 307, 308))
"""The statuses of answers that send on to another address."""
PORTS = {"http": 80, "https": 443}
"""The schemes of addresses that are asked, and their usual ports."""
_BLOCK = 1 << 24
_BRIEF = 120


class Odd(Exception):
    """An answer that is none: the service may give a better one when it is asked again."""


class Refused(Exception):
    """An answer that will not become better by asking again."""


@dataclass(frozen=True)
class Request:
    """What is asked. `secret` goes with it and is kept nowhere: keys, and who asks."""

    address: str
    params: tuple[tuple[str, str], ...] = ()
    secret: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    secret_headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def url(self) -> str:
        """The address with what is asked, without anything secret."""
        return f"{self.address}?{urlencode(self.params)}" if self.params else self.address

    @property
    def whole_url(self) -> str:
        """The address as it is sent."""
        params = (*self.params, *self.secret)
        return f"{self.address}?{urlencode(params)}" if params else self.address


@dataclass(frozen=True)
class Answer:
    """What was answered, as it was received."""

    url: str
    """The address that answered, redirects followed, without anything secret."""
    time: datetime
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    """The body as it came, perhaps packed."""
    content: bytes
    """The body, unpacked."""

    def header(self, name: str) -> str:
        """Return a header, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name), "")


def unpacked(body: bytes, encoding: str, most: int = MOST_UNPACKED) -> bytes:
    """Return a body without its packing.

    Raises:
        Odd: it is damaged, or packed in another way than was asked for.
        Refused: unpacked it would be larger than `most` bytes.
    """
    method = encoding.strip().lower()
    if method in ("", "identity") or not body:
        return body
    if method not in ("gzip", "x-gzip", "deflate"):
        raise Odd(f"the answer is packed by {encoding!r}, which was not asked for")
    # `deflate` is sent with and without the two bytes of zlib before it.
    bare = method == "deflate" and body[0] & 0x0F != 8
    opener = zlib.decompressobj(-zlib.MAX_WBITS if bare else 32 + zlib.MAX_WBITS)
    parts, size = [], 0
    try:
        while body and not opener.eof:
            parts.append(opener.decompress(body, _BLOCK))
            body, size = opener.unconsumed_tail, size + len(parts[-1])
            if size > most:
                raise Refused(
                    f"unpacked the answer is larger than {most >> 20} MB: it was not taken"
                )
    except zlib.error as error:
        raise Odd(f"the packed answer is damaged: {error}") from None
    if not opener.eof:
        raise Odd("the packed answer is cut off")
    return b"".join(parts)


def brief(address: str) -> str:
    """Return an address for a message: one with a whole strategy in it would hide what is said.

    >>> brief("https://example.org/search?q=" + "x" * 500)[-12:]
    'xxxxxxxxx...'
    """
    return address if len(address) <= _BRIEF else f"{address[:_BRIEF]}..."


def printable(text: str, most: int = 160) -> str:
    """Return words of a service as they may be shown: one line, without what steers a terminal.

    >>> printable("it\\n \\x1b[31m failed", 8)
    'it [31m …'
    """
    shown = "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
    return shown[:most] + ("…" if len(shown) > most else "")
