"""Asks over the network, politely: says who asks, keeps the pace, waits when it is told to.

Only `searchsets harvest` uses this; no other command sends anything.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import quote, urljoin, urlsplit

import requests
import urllib3
from requests.utils import requote_uri

from searchsets import __version__
from searchsets.errors import ReviewError
from searchsets.sources.exchange import (
    MOVED,
    PORTS,
    Answer,
    Odd,
    Refused,
    Request,
    brief,
    printable,
    unpacked,
)
from searchsets.sources.guard import GuardedAdapter, LocalAddress, refuse_local_name

Read = TypeVar("Read")

CONNECT_SECONDS, READ_SECONDS, ANSWER_SECONDS = 20, 90, 600
"""So long is waited for a connection, for the next bytes, and for the whole of an answer."""
MOST_BYTES = 64 << 20
"""No answer of a service is as large as this on the wire."""
LONGEST_WAIT = 900
"""A service that asks for more seconds than this is asked again by a person, later."""
TRIES = 7
_REDIRECTS = 5
_PIECE = 1 << 16
_BUSY = frozenset((408, 425, 429))
_BLOT = "[key]"
_NOT_KEPT = frozenset(("set-cookie", "set-cookie2"))
_SECONDS = re.compile(r"\d+(\.\d+)?", re.ASCII)
# What goes wrong on the way. A key that cannot be sent, or a host that is no name, is a UnicodeError.
_ON_THE_WAY = (requests.RequestException, urllib3.exceptions.HTTPError, OSError, UnicodeError)


@dataclass
class Web:
    """One session with the services: who asks, how fast, and how patiently.

    Args:
        contact: an address at which the services can reach the person who asks.
        interval: the least number of seconds between two requests; headers may ask for more.
        permitted: hosts that may be on the local network, because a person named them.
        tries: how often one question is sent before giving up.
        sleep: waits some seconds.
        say: tells the person why it takes longer.
        on_trouble: is given each answer that was none, and why.
        most_bytes: a larger answer is not taken.
        follow_redirects: whether redirects are followed; else one is an answer as any other.
        secrets: keys, which are taken out of an answer that repeats them.
    """

    contact: str
    interval: float = 1.0
    permitted: frozenset[str] = frozenset()
    tries: int = TRIES
    sleep: Callable[[float], None] = time.sleep
    say: Callable[[str], None] = lambda message: None
    on_trouble: Callable[[Answer, str], None] = lambda answer, why: None
    most_bytes: int = MOST_BYTES
    secrets: tuple[str, ...] = ()
    follow_redirects: bool = True
    _next: float = field(default=0.0, init=False)
    """When the next request may be sent."""
    _asked_to_wait: float = field(default=0.0, init=False)
    """For how many seconds the last answer asked to wait."""

    def __post_init__(self) -> None:
        self._session = requests.Session()
        self._session.headers.update(
            {
                "User-Agent": f"searchsets/{__version__} (literature review; {self.contact})",
                "Accept-Encoding": "gzip, deflate",
            }
        )
        self._session.auth = lambda prepared: prepared  # else passwords of ~/.netrc would go along
        # Else the library reads where a redirect leads although it is not to follow: a body of any
        # size, and addresses that are none.
        self._session.get_redirect_target = lambda response: None
        self._adapter = GuardedAdapter(self.permitted)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, self._adapter)

    def ask(self, request: Request, read: Callable[[Answer], Read]) -> tuple[Answer, Read]:
        """Ask until an answer can be read.

        Args:
            request: what is asked.
            read: reads the answer, or raises `Odd` (ask again) or `Refused` (do not).

        Raises:
            ReviewError: no good answer came, and why.
        """
        reason = ""
        for number in range(self.tries):
            if number:
                wait = self._wait(number, reason, request)
                self.say(f"{_host(request.address)}: {reason}; asking again in {wait:.0f} s")
                self.sleep(wait)
            self._asked_to_wait = 0.0
            try:
                answer = self._received(request)
                return answer, self._read(answer, read)
            except Odd as error:
                reason = str(error)
        raise ReviewError(
            f"no answer that can be used, after asking {self.tries} times: {reason}",
            brief(request.url),
            "what came is kept: give the same command again later, and it goes on from there",
        )

    def _wait(self, number: int, reason: str, request: Request) -> float:
        wait = max(self._asked_to_wait, min(2.0 ** (number - 1), 60.0))
        if wait > LONGEST_WAIT:
            raise ReviewError(
                f"{reason}: the service asks to wait for {wait / 60:,.0f} minutes",
                brief(request.url),
                "what came is kept: give the same command again after that time",
            )
        return wait

    def _received(self, request: Request) -> Answer:
        try:
            return self._send(request)
        except _ON_THE_WAY as error:
            raise Odd(_plainly(error)) from None

    def _read(self, answer: Answer, read: Callable[[Answer], Read]) -> Read:
        try:
            if answer.status in _BUSY or answer.status >= 500:
                self._asked_to_wait = seconds_to_wait(answer)
                raise Odd(f"status {answer.status} {answer.reason}".strip())
            return read(answer)
        except Odd as error:
            self.on_trouble(answer, str(error))
            raise
        except Refused as error:
            self.on_trouble(answer, str(error))
            raise ReviewError(
                f"the service refuses: {error}",
                brief(answer.url),
                "what came before is kept; mend what it says and give the command again",
            ) from None

    def _send(self, request: Request) -> Answer:
        """Send a request, and where it is moved to on the same host; nobody else gets the key."""
        shown, sent = request.url, request.whole_url
        for _ in range(_REDIRECTS):
            answer = self._exchange(shown, sent, request.secret_headers)
            moved = answer.status in MOVED and answer.header("location")
            if not moved or not self.follow_redirects:
                return answer
            to = _redirected(shown, answer.header("location"))
            if urlsplit(to).scheme not in PORTS or not same_host(shown, to):
                raise _refused(shown, f"it sends on to {printable(to)}, which is not followed")
            shown = to
            # The key was blotted out of where it leads, if it stood there: the service wants it again.
            sent = to.replace(_BLOT, quote(self.secrets[0], safe="")) if self.secrets else to
        raise Odd(f"it sends from one address to the next, more than {_REDIRECTS} times")

    def _exchange(self, shown: str, sent: str, headers: Mapping[str, str]) -> Answer:
        host = urlsplit(sent).hostname or ""
        if host not in self.permitted:
            try:
                refuse_local_name(host)
            except LocalAddress as error:
                raise _refused(shown, str(error)) from None
        self._keep_pace()
        try:
            with (
                self._limited(),
                self._session.get(
                    sent,
                    headers=headers,
                    stream=True,
                    allow_redirects=False,
                    timeout=(CONNECT_SECONDS, READ_SECONDS),
                ) as response,
            ):
                body = self._body(response)
        except LocalAddress as error:
            raise _refused(shown, str(error)) from None
        self._next = max(self._next, time.monotonic() + pause_after(response.headers))
        try:
            content = unpacked(body, response.headers.get("Content-Encoding", ""))
        except Refused as error:
            raise _refused(shown, str(error)) from None
        answer = Answer(
            shown,
            datetime.now(UTC),
            response.status_code,
            printable(response.reason or ""),
            tuple((k, v) for k, v in response.headers.items() if k.lower() not in _NOT_KEPT),
            body,
            content,
        )
        for secret in self.secrets:
            answer = without(answer, secret)
        return answer

    def _keep_pace(self) -> None:
        if (wait := self._next - time.monotonic()) > 0:
            self.sleep(wait)
        self._next = time.monotonic() + self.interval

    @contextmanager
    def _limited(self) -> Iterator[None]:
        """End an exchange that takes too long: head, body or trailers may trickle without end."""
        late = threading.Event()

        def cut() -> None:
            late.set()
            self._adapter.cut()

        timer = threading.Timer(ANSWER_SECONDS, cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        except _ON_THE_WAY:
            if late.is_set():
                raise Odd(f"the answer did not end within {ANSWER_SECONDS} seconds") from None
            raise
        else:
            if late.is_set():  # a body that ends with the connection would else seem to be whole
                raise Odd(f"the answer did not end within {ANSWER_SECONDS} seconds")
        finally:
            timer.cancel()

    def _body(self, response: requests.Response) -> bytes:
        parts, size = [], 0
        # read1 gives what is there: a body that trickles would else be waited for without end.
        while part := response.raw.read1(_PIECE, decode_content=False):
            parts.append(part)
            size += len(part)
            if size > self.most_bytes:
                raise _refused(
                    response.url.partition("?")[0],
                    f"the answer is larger than {self.most_bytes >> 20} MB: it was not taken",
                )
        return b"".join(parts)


def without(answer: Answer, secret: str) -> Answer:
    """Return an answer in which a secret is blotted out, if it repeats it; it is then unpacked."""
    told = _told(secret)
    answer = replace(
        answer,
        reason=told.sub(_BLOT, answer.reason),
        headers=tuple((name, told.sub(_BLOT, value)) for name, value in answer.headers),
    )
    content = answer.content.decode("latin-1")  # in which any bytes are a text, and come back
    if not told.search(content):
        return answer
    content = told.sub(_BLOT, content).encode("latin-1")
    headers = tuple(pair for pair in answer.headers if pair[0].lower() != "content-encoding")
    return replace(answer, headers=headers, body=content, content=content)


def _told(secret: str) -> re.Pattern[str]:
    """Return what finds a secret, also as it stands in an address, in JSON or in HTML.

    >>> bool(_told("a/b").search("?key=a%2fb")), bool(_told("a/b").search('"a&#x2F;b"'))
    (True, True)
    """
    signs = [
        sign
        if sign.isascii() and sign.isalnum()
        else rf"(?:\\?{re.escape(sign)}|%{ord(sign):02x}|\\u{ord(sign):04x}|&#?\w+;)"
        for sign in secret
    ]
    return re.compile("".join(signs), re.IGNORECASE)


def same_host(one: str, other: str) -> bool:
    """Tell whether two addresses are of one host, the second no less protected than the first.

    >>> same_host("http://a.org/x", "https://a.org/y"), same_host("https://a.org", "http://a.org")
    (True, False)
    """
    first, second = urlsplit(one), urlsplit(other)
    safe = second.scheme == "https" or first.scheme == second.scheme
    ports = tuple(part.port or PORTS.get(part.scheme) for part in (first, second))
    return (
        first.hostname == second.hostname and safe and (ports[0] == ports[1] or ports == (80, 443))
    )


def seconds_to_wait(answer: Answer) -> float:
    """Return for how many seconds an answer asks to wait, as a number or until a date (RFC 9110)."""
    for name in ("retry-after", "x-ratelimit-retry-after"):
        said = answer.header(name).strip()
        if _SECONDS.fullmatch(said):
            return float(said)
        for date in (parsedate_to_datetime, datetime.fromisoformat):
            try:
                until = date(said)
                until = until if until.tzinfo else until.replace(tzinfo=UTC)
                return max(0.0, (until - _clock_of(answer)).total_seconds())
            except (ValueError, TypeError, OverflowError):  # written in another way
                continue
    return 0.0


def _clock_of(answer: Answer) -> datetime:
    """Return what time it was for the service when it answered: our own clock may be wrong."""
    try:
        said = parsedate_to_datetime(answer.header("date"))
        return said if said.tzinfo else said.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return answer.time


def pause_after(headers: Mapping[str, str]) -> float:
    """Return how many seconds to the next request a service's headers ask for.

    >>> pause_after({"x-rate-limit-limit": "5", "x-rate-limit-interval": "1s"})
    0.2
    """
    try:
        limit = float(headers.get("x-rate-limit-limit", ""))
        interval = float(headers.get("x-rate-limit-interval", "").rstrip("s "))
        return min(interval / limit, 60.0) if limit > 0 and interval > 0 else 0.0
    except ValueError:
        return 0.0


def _redirected(shown: str, location: str) -> str:
    try:
        to = requote_uri(urljoin(shown, location))
        _ = urlsplit(to).port
    except ValueError:  # brackets or a port that are none
        raise _refused(
            shown, f"it sends on to {printable(location)!r}, which is no address"
        ) from None
    return to


def _refused(where: str, what: str) -> ReviewError:
    return ReviewError(
        what,
        brief(where),
        "nothing was taken from it; look at the address in a browser, if it matters",
    )


def _host(address: str) -> str:
    return urlsplit(address).hostname or address


def _plainly(error: Exception) -> str:
    """Return in plain words what went wrong; messages of the library hold whole addresses, and keys."""
    for kind, words in (
        (requests.exceptions.SSLError, "its certificate is not valid"),
        (requests.exceptions.ProxyError, "the proxy does not answer"),
        (requests.Timeout, "it does not answer in time"),
        (urllib3.exceptions.TimeoutError, "it does not answer in time"),
        (urllib3.exceptions.ProtocolError, "the answer is broken off before its end"),
        (requests.ConnectionError, "it cannot be reached, or breaks the connection off"),
    ):
        if isinstance(error, kind):
            return words
    return f"the connection fails ({type(error).__name__})"
