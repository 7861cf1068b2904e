"""What is sent, to whom, how often; how large an answer may be; and that nothing else is sent."""

from __future__ import annotations

import ast
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain, repeat
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote, urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

import loopback
import searchsets.sources.web
from asking import (
    CONTACT,
    KEY,
    PATHS,
    STRATEGY,
    Clock,
    clear,
    every,
    everything_in,
    holds_key,
    make,
    names_of,
    told,
)
from conftest import PROJECT
from loopback import MEBIBYTE, Loopback, Service, documents
from refusal import refused
from searchsets import __version__
from searchsets.errors import ReviewError
from searchsets.sources.answers import OPEN
from searchsets.sources.exchange import Answer, Odd, Refused, Request, printable, unpacked
from searchsets.sources.guard import is_open
from searchsets.sources.services import SERVICES
from searchsets.sources.services.base import CursorGone, Page, Position, Query
from searchsets.sources.store import keep, kept
from searchsets.sources.web import LONGEST_WAIT, Web, pause_after, same_host, seconds_to_wait

ALL = list(PATHS)
HERE = frozenset(["127.0.0.1"])
SITE = {"/a": ("text/plain", b"right")}


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback({"site": SITE}) as made:
        yield made


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of the session, which goes on by waiting alone."""
    made = Clock()
    monkeypatch.setattr(
        searchsets.sources.web, "time", SimpleNamespace(monotonic=made.monotonic, sleep=made.sleep)
    )
    return made


def web(**options: object) -> Web:
    given = {"interval": 0.0, "permitted": HERE, "sleep": lambda seconds: None}
    return Web(CONTACT, **{**given, **options})


def content(answer: Answer) -> bytes:
    """Read an answer of 200, and ask again for any other."""
    if answer.status != 200:
        raise Odd(f"status {answer.status}")
    return answer.content


def ask(server: Loopback, path: str = "/site/a", read: Callable = content, **options: object):
    return web(**options).ask(Request(f"{server.address}{path}"), read)


def answer_of(body: bytes, status: int = 200, **headers: str) -> Answer:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    url = "http://service.example/a?cursor=x"
    return Answer(url, datetime.now(UTC), status, "Made up", named, body, body)


# Politeness


def test_it_is_said_who_asks(server):
    ask(server)
    (request,) = server.requests
    assert request.headers["user-agent"] == (
        f"searchsets/{__version__} (literature review; {CONTACT})"
    )
    assert request.method == "GET"
    assert "authorization" not in request.headers


@pytest.mark.parametrize("name", ALL)
def test_services_are_told_the_contact_and_only_those_that_need_it_a_key(tmp_path, name):
    asked = make(name, 1, tmp_path)
    with asked.server:
        asked.harvest()
    (request,) = asked.asked()
    assert CONTACT in request.headers["user-agent"]
    assert request.params.get("mailto") == (CONTACT if name == "crossref" else None)
    assert request.params.get("api_key") == (KEY if name == "openalex" else None)
    assert request.headers.get("authorization") == (f"Bearer {KEY}" if name == "core" else None)


def test_requests_are_no_closer_than_the_interval(server, clock):
    session = web(interval=2.5, sleep=clock.sleep)
    for _ in range(3):
        session.ask(Request(f"{server.address}/site/a"), content)
    assert clock.waits == [2.5, 2.5]


def test_redirects_keep_the_pace_too(server, clock):
    server.faults["/"] = [loopback.redirected("/site/a")]
    ask(server, interval=2.5, sleep=clock.sleep)
    assert clock.waits == [2.5]
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("limit", "interval", "pause"),
    [("5", "1s", 0.2), ("10", "1s", 0.1), ("1", "60s", 60.0), ("1", "86400s", 60.0),
     ("0", "1s", 0.0), ("-1", "1s", 0.0), ("nan", "1s", 0.0), ("many", "1s", 0.0),
     ("5", "", 0.0), ("", "1s", 0.0), ("1e-300", "1s", 60.0), ("inf", "1s", 0.0)],
)  # fmt: skip
def test_the_pace_that_headers_ask_for(limit, interval, pause):
    headers = {"x-rate-limit-limit": limit, "x-rate-limit-interval": interval}
    assert pause_after(headers) == pause


def test_the_pace_of_headers_is_kept(tmp_path, clock, monkeypatch):
    """Crossref says how many requests a second it allows: ten, to whom it knows."""
    monkeypatch.setattr(SERVICES["crossref"], "rows", 20)
    asked = make("crossref", 50, tmp_path)
    with asked.server:
        asked.harvest(sleep=clock.sleep)
    assert clock.waits == pytest.approx([0.1, 0.1])


def test_waits_grow_where_a_service_says_nothing(server, clock):
    server.faults["/"] = lambda number, path, params: loopback.failing(503)
    with refused(server.address, "after asking 7 times: status 503", "again later"):
        ask(server, sleep=clock.sleep)
    assert clock.waits == [1, 2, 4, 8, 16, 32]
    assert len(server.requests) == 7


def test_waits_are_as_a_service_says(server, clock):
    now = datetime.now(UTC)
    server.faults["/"] = [loopback.too_many(30), loopback.failing(503, now + timedelta(seconds=90)),
                          loopback.too_many(1), loopback.too_many(now)]  # fmt: skip
    said: list[str] = []
    assert ask(server, sleep=clock.sleep, say=said.append)[1] == b"right"
    assert clock.waits[0] == 30
    assert 30 < clock.waits[1] <= 90  # a date: what is left of it
    assert clock.waits[2:] == [4, 8]  # never shorter than it would be by itself
    assert said[0] == "127.0.0.1: status 429 Too Many Requests; asking again in 30 s"


@pytest.mark.parametrize("fault", [
    loopback.too_many(LONGEST_WAIT + 1),
    loopback.failing(503, datetime.now(UTC) + timedelta(hours=5)),
    loopback.too_many(10**30),
])  # fmt: skip
def test_a_service_that_asks_for_hours_is_left_alone(server, clock, fault):
    server.faults["/"] = [fault]
    with refused(server.address, "asks to wait for", "minutes", "after that time"):
        ask(server, sleep=clock.sleep)
    assert (len(server.requests), clock.waits) == (1, [])


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("7", 7), ("0", 0), ("1.5", 1.5), (" 7 ", 7), ("", 0), ("soon", 0), ("-7", 0), ("٣", 0),
     ("Fri, 01 Jan 2100 00:00:00 GMT", None), ("2100-01-01T00:00:00+00:00", None),
     ("2100-01-01T00:00:00", None), ("Fri, 01 Jan 2010 00:00:00 GMT", 0),
     ("Wed, 01 Jan 2020 00:00:00 +999999999999999999", 0), ("Wed, 01 Jan 99999 00:00:00 GMT", 0)],
)  # fmt: skip
@pytest.mark.parametrize("name", ["Retry_After", "X_RateLimit_Retry_After"])
def test_how_long_an_answer_asks_to_wait(said, seconds, name):
    answer = answer_of(b"", 429, **{name: said})
    if seconds is None:
        until = datetime(2100, 1, 1, tzinfo=UTC)
        seconds = (until - answer.time).total_seconds()
    assert seconds_to_wait(answer) == seconds


def test_an_answer_that_will_not_get_better_is_asked_for_once(server):
    def refuse(answer: Answer) -> None:
        raise Refused("the question is wrong")

    with refused(server.address, "the service refuses: the question is wrong"):
        ask(server, read=refuse)
    assert len(server.requests) == 1


def test_cookies_are_kept_in_no_file(server, tmp_path):
    cookie = {"Set-Cookie": "session=made-up-cookie; Path=/"}
    server.faults["/"] = [
        loopback._instead(loopback.Answer(b"busy", 503, headers=cookie)),
        loopback._instead(loopback.Answer(b"right", 200, headers=cookie)),
    ]
    trouble: list[Answer] = []
    answer, _ = ask(server, on_trouble=lambda answer, why: trouble.append(answer))
    for number, one in enumerate([answer, *trouble]):
        keep(tmp_path / f"{number}.warc.gz", one)
    assert len(trouble) == 1
    assert "cookie" not in everything_in(tmp_path).lower()


def test_passwords_of_netrc_are_not_sent(server, tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("default login me password made-up\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with requests.Session() as session:
        session.get(f"{server.address}/site/a", timeout=5)
    ask(server)
    sent = ["authorization" in one.headers for one in server.requests]
    assert sent == [True, False]  # the library would have sent them


# Where to


LOCAL = ["127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
         "0.0.0.0", "100.64.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "224.0.0.1",
         "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::",
         "255.255.255.255", "ff02::1", "192.0.2.1", "2001:db8::1"]  # fmt: skip


@pytest.mark.parametrize("address", LOCAL)
def test_an_address_of_the_local_network_is_not_open(address):
    assert not is_open(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111",
                                     "64:ff9b::808:808", "2002:808:808::"])  # fmt: skip
def test_an_address_of_the_internet_is_open(address):
    assert is_open(address)


@pytest.mark.parametrize("host", [
    "localhost", "LOCALHOST", "localhost.", "a.localhost", "printer.local", "metadata.internal",
    *(f"[{one}]" if ":" in one else one for one in LOCAL if "%" not in one),
])  # fmt: skip
def test_a_local_address_that_nobody_named_is_not_connected_to(server, host, monkeypatch):
    def connected(*args: object) -> None:
        raise AssertionError("a connection was made")

    monkeypatch.setattr(socket, "getaddrinfo", connected)
    address = f"http://{host}:{urlsplit(server.address).port}/site/a"
    with refused(host, "of this machine or its network"):
        web(permitted=frozenset()).ask(Request(address), content)
    assert server.requests == []


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Names and the addresses they lead to; all others are numbers."""
    known: dict[str, str] = {}
    real = socket.getaddrinfo

    def look_up(host: object, *more: object, **named: object):
        return real(known.get(str(host), host), *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


@pytest.mark.parametrize("host", ["service.example", "2130706433", "127.1", "0x7f.1"])
def test_a_name_that_leads_to_the_local_network_is_left_before_anything_is_sent(
    server, names, host
):
    """Also numbers written in a way that only the system understands."""
    names["service.example"] = "127.0.0.1"
    address = f"http://{host}:{urlsplit(server.address).port}/site/a"
    with refused(host, "leads to 127.0.0.1, an address of the local network"):
        web(permitted=frozenset()).ask(Request(address), content)
    assert server.requests == []


def test_a_name_that_a_person_wrote_may_be_local(server, names):
    names["service.example"] = "127.0.0.1"
    address = f"http://service.example:{urlsplit(server.address).port}/site/a"
    assert web(permitted=frozenset(["service.example"])).ask(Request(address), content)[1]
    assert len(server.requests) == 1


ELSEWHERE = [
    "http://127.0.0.2/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/",
    "http://localhost/", "http://other.example/", "//other.example/", "https://other.example/",
    "http://127.0.0.1.other.example/", "http://127.0.0.1@other.example/", "http://127.0.0.1/",
    "http://127.0.0.1:1/", "https://127.0.0.1:1/", "file:///etc/passwd", "ftp://127.0.0.1/a",
    "javascript:alert(1)", "data:text/plain,a", "gopher://127.0.0.1/",
    "http://127.0.0.1:99999999/", "http://127.0.0.1:x/", "http://[::1", "http://[a]/",
    "http://\x1b[2J.example/", "http://" + "a" * 5000 + ".example/", "http://%/", "http://a..b/",
]  # fmt: skip


@pytest.mark.parametrize("to", ELSEWHERE)
def test_a_redirect_to_elsewhere_is_not_followed(server, to, monkeypatch):
    """Elsewhere: another host, another port of it, another scheme, or no address at all."""
    server.faults["/"] = [loopback.redirected(to)]
    asked: list[object] = []
    real = socket.getaddrinfo

    def look_up(host: object, *more: object, **named: object):
        asked.append(host)
        return real(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(ReviewError) as caught:
        ask(server)
    clear(caught.value)
    assert "it sends on to" in str(caught.value) and len(str(caught.value)) < 600
    assert len(server.requests) == 1
    assert set(asked) == {"127.0.0.1"}


@pytest.mark.parametrize(
    "address", ["http://169.254.169.254/latest", "http://[::1]/", "http://10.0.0.1/"]
)
def test_a_local_address_is_not_asked(address):
    with refused(urlsplit(address).hostname, "is an address of this machine or its network"):
        web().ask(Request(address), content)


def test_a_name_of_the_local_network_is_not_asked(server, names):
    names["inner.example"] = "127.0.0.1"
    port = urlsplit(server.address).port
    with refused("inner.example", "leads to 127.0.0.1"):
        web().ask(Request(f"http://inner.example:{port}/site/a"), content)
    assert not server.requests


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("to", ["/site/a", "a", "//{host}/site/a", "http://{host}/site/a?b=c%20d"])
def test_a_redirect_on_the_same_host_is_followed(server, status, to):
    server.faults["/"] = [loopback.redirected(to.format(host=server.address[7:]), status)]
    answer, found = ask(server, "/site/b")
    assert found == b"right"
    assert urlsplit(answer.url).path == "/site/a"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("https://a.org/x", "https://a.org/y", True), ("https://a.org/", "https://A.ORG/", True),
     ("http://a.org/", "https://a.org/", True), ("https://a.org/", "http://a.org/", False),
     ("https://a.org/", "https://a.org:443/", True), ("http://a.org:80/", "https://a.org/", True),
     ("https://a.org/", "https://a.org:8443/", False), ("http://a.org:81/", "http://a.org/", False),
     ("http://a.org/", "http://a.org:81/", False), ("https://a.org/", "https://b.org/", False),
     ("https://a.org/", "https://a.org.b.org/", False), ("https://a.org/", "https:///", False)],
)  # fmt: skip
def test_what_is_the_same_host(one, other, same):
    assert same_host(one, other) is same


def test_a_redirect_in_a_circle_ends(server):
    server.faults["/"] = lambda number, path, params: loopback.redirected(f"/site/{number}")
    with refused(server.address, "from one address to the next, more than 5 times"):
        ask(server, tries=2)
    assert len(server.requests) == 10


def test_a_key_in_a_header_goes_to_no_other_host(server, names):
    names["other.example"] = "127.0.0.1"
    port = urlsplit(server.address).port
    server.faults["/"] = [loopback.redirected(f"http://other.example:{port}/site/a")]
    request = Request(f"{server.address}/site/a", secret_headers={"Authorization": KEY})
    with refused(server.address, "is not followed"):
        web(permitted=HERE | {"other.example"}).ask(request, content)
    assert [one.headers.get("authorization") for one in server.requests] == [KEY]


# How large


BOUNDED = r"""
import re, sys
sys.path[:0] = [{workflow!r}]
from searchsets.errors import ReviewError
from searchsets.sources.exchange import Request
from searchsets.sources.web import Web
web = Web("me@example.org", 0, frozenset(["127.0.0.1"]), sleep=lambda seconds: None)
try:
    web.ask(Request({address!r}), lambda answer: answer.content)
except ReviewError as error:
    print(error.what)
# Not ru_maxrss: that is also the memory of the process that began this one.
print(re.search(r"VmHWM:\s*(\d+)", open("/proc/self/status").read())[1])
"""


def moved(fault: loopback.Fault) -> loopback.Fault:
    """The same body, of a redirect."""

    def answer(right: loopback.Answer) -> loopback.Answer:
        made = fault.answer(right)
        return loopback.replace(made, status=302, headers=made.headers | {"Location": "/site/a"})

    return loopback.Fault(answer=answer)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted otherwise elsewhere")
@pytest.mark.parametrize(
    ("fault", "words", "megabytes"),
    [(loopback.huge(2 << 30), "larger than 64 MB", 300),
     (loopback.huge(2 << 30, stated=False), "larger than 64 MB", 300),
     (loopback.gzip_bomb(2 << 30), "unpacked the answer is larger than 256 MB", 500),
     (moved(loopback.huge(2 << 30)), "larger than 64 MB", 300),
     (moved(loopback.gzip_bomb(2 << 30)), "unpacked the answer is larger than 256 MB", 500)],
)  # fmt: skip
def test_an_answer_that_is_too_large_is_not_taken_and_costs_little_memory(
    server, fault, words, megabytes
):
    server.faults["/"] = [fault]
    script = BOUNDED.format(workflow=str(PROJECT / "workflow"), address=f"{server.address}/site/a")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert not done.stderr
    said, memory = done.stdout.splitlines()
    assert words in said
    assert int(memory) < megabytes * 1024
    assert len(server.requests) == 1


@pytest.mark.parametrize("fault", [loopback.gzip_bomb(300 * MEBIBYTE), loopback.huge(65 << 20)])
def test_too_large_an_answer_stops_a_harvest_and_is_not_kept(tmp_path, fault):
    asked = make("eric", 5, tmp_path)
    with asked.server:
        asked.faults([fault])
        with refused("", "it was not taken"):
            asked.harvest()
        assert asked.stored().state == OPEN
        assert len(asked.asked()) == 1
        asked.harvest()
    assert asked.stored().all_ids == names_of("eric", asked.held.documents)


def test_a_body_that_trickles_without_end_is_left(server, monkeypatch):
    """Not only after 64 KiB of it, which may take weeks."""
    monkeypatch.setattr(searchsets.sources.web, "ANSWER_SECONDS", 0.05)
    sent: list[int] = []

    def trickle(wire: loopback.Wire, answer: loopback.Answer) -> None:
        wire.close_connection = True
        wire.head(loopback.replace(answer, body=loopback.Stream(lambda: iter(()), 2000)))
        for number in range(2000):
            wire.wait(0.01)
            sent.append(number)
            wire.wfile.write(b" ")

    server.faults["/"] = [loopback.Fault(wire=trickle)]
    with refused(server.address, "did not end within 0.05 seconds"):
        ask(server, tries=1)
    assert len(sent) < 1000


def greeted(*said: bytes) -> Iterator[str]:
    """Serve, to whoever connects, the same pieces of bytes without end."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            line, _ = listener.accept()
            with line, suppress(OSError):
                line.recv(4096)
                for piece in chain(said, repeat(said[-1])):
                    line.sendall(piece)
                    time.sleep(0.005)

    threading.Thread(target=serve, daemon=True).start()
    with listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


@pytest.mark.parametrize(
    "said",
    [(b"HTTP/1.1 100 Continue\r\n\r\n",), (b"HTTP/1.1 200 OK\r\n", b"X"),
     (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n"),
     (b"HTTP/1.0 200 OK\r\n\r\n", b"body that ends with the connection")],
)  # fmt: skip
def test_an_answer_without_an_end_is_left(monkeypatch, said):
    """Whatever part of it has none: greetings, head, trailers, body."""
    monkeypatch.setattr(searchsets.sources.web, "ANSWER_SECONDS", 0.2)
    for address in greeted(*said):
        with refused(address, "after asking 1 times"):
            web(tries=1).ask(Request(address), content)


def test_a_key_is_sent_again_where_a_service_moves_a_question(server):
    """Its redirect repeats the key, which is blotted out of all that is kept and told."""
    request = Request(f"{server.address}/site/b", (("q", "x"),), (("api_key", KEY),))
    to = f"/site/a?q=x&api_key={quote(KEY, safe='')}"
    server.faults["/"] = [loopback.redirected(to)]
    answer, _ = web(secrets=(KEY,)).ask(request, content)
    assert [one.params["api_key"] for one in server.requests] == [KEY, KEY]
    assert KEY not in answer.url and quote(KEY, safe="") not in answer.url


def test_how_long_to_wait_is_told_by_the_clock_of_the_service():
    """Ours may be hours behind."""
    answer = answer_of(b"", 429, Date="Mon, 01 Jan 2035 00:00:00 GMT",
                       Retry_After="Mon, 01 Jan 2035 00:00:10 GMT")  # fmt: skip
    assert seconds_to_wait(answer) == 10


@pytest.mark.parametrize("name", ALL)
def test_an_answer_of_very_many_values_is_refused(name, monkeypatch):
    """A few hundred packed kilobytes may hold so many that they fill the memory."""
    monkeypatch.setattr(searchsets.sources.services.base, "_MOST_VALUES", 1000)
    for bomb in (b"[" + b"{}," * 1001 + b"{}]", b"[" + (b"[" * 31 + b"]" * 31 + b",") * 99 + b"0]"):
        with pytest.raises(Refused, match="more than 1,000 values"):
            SERVICES[name]().read(answer_of(bomb))


@pytest.mark.parametrize("packing", ["gzip", "x-gzip", "GZIP", "deflate", "raw deflate"])
def test_what_is_packed_is_unpacked(packing):
    import zlib

    bits = {"deflate": 15, "raw deflate": -15}.get(packing, 31)
    packer = zlib.compressobj(wbits=bits)
    body = b"right " * 5_000_000
    packed = packer.compress(body) + packer.flush()
    assert unpacked(packed, packing.removeprefix("raw ")) == body
    for damaged in (packed[:-1], packed[: len(packed) // 2], b"\xff" + packed):
        with pytest.raises(Odd):
            unpacked(damaged, packing.removeprefix("raw "))
    with pytest.raises(Refused):
        unpacked(packed, packing.removeprefix("raw "), most=len(body) - 1)
    assert unpacked(packed, packing.removeprefix("raw "), most=len(body)) == body


def test_a_packing_that_was_not_asked_for_is_odd():
    with pytest.raises(Odd, match="which was not asked for"):
        unpacked(b"right", "br")


# What cannot be read


@cache
def genuine(name: str) -> dict:
    """Return an answer of a service, as the server of the tests gives it."""
    with Loopback({name: Service(documents(name, 3), every)}) as server:
        service = SERVICES[name](server.address + PATHS[name], CONTACT, KEY, ("1000-0011",))
        request = service.request(Query("a", (2002, 2003), None, "1000-0011"), Position())
        headers = dict(request.secret_headers)
        return requests.get(request.whole_url, headers=headers, timeout=5).json()


def reads(name: str, body: bytes, status: int = 200) -> Page | None:
    """Read an answer; it is a page, or refused in one of the ways that are told to people."""
    try:
        page = SERVICES[name]().read(answer_of(body, status))
    except (Odd, Refused, CursorGone) as error:
        assert len(str(error)) < 400
        assert str(error).isprintable()
        return None
    assert isinstance(page.total, int) and page.total >= 0
    assert all(isinstance(one, str) for one in page.ids)
    page.cursor.encode()
    return page


HUGE_INTEGER = b"1" * 100_000
BODIES = [
    b"", b"null", b"[]", b"{}", b"0", b'"a"', b"true", b"\xff\xfe", b"\0" * 100, b"<html>",
    b"[" * 200_000, b'{"a":' * 200_000, HUGE_INTEGER, b'{"response":' + HUGE_INTEGER + b"}", b"NaN",
    b"Infinity", b"\xef\xbb\xbf{}", b"{}{}", b'"\\ud800"', b'{"error": "\\ud800\\u001b[2J"}',
    b'{"errCode": "\\ud800", "errMsg": "\\u001b[2Jcursor"}', b'{"base_path": 7, "title": 7}',
]  # fmt: skip


@pytest.mark.parametrize("status", [200, 400, 404, 410])
@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
@pytest.mark.parametrize("name", ALL)
def test_a_body_of_any_kind_is_refused_and_none_is_a_page(name, body, status):
    page = reads(name, body, status)
    assert page is None or (name, page.ids) == ("govuk", ("7",))


@pytest.mark.parametrize("name", ALL)
def test_records_that_are_deeply_nested_are_read_or_refused(name):
    """At any depth: the parser of JSON goes deeper than what is then done with its values."""
    text = json.dumps(genuine(name))
    start = re.search(r'"(id|DOI|link)": (?=[\w"])', text).end()
    value = re.match(r'"[^"]*"|\w+', text[start:])[0]
    for depth in (*range(10, 500, 15), *range(500, 1000), 5_000, 100_000):
        nested = "[" * depth + "]" * depth
        for made in (nested, f'"", "a": {nested}'):  # the id itself; another value, and no id
            reads(name, f"{text[:start]}{made}{text[start + len(value) :]}".encode())


@pytest.mark.parametrize("number", ["-1", "1.5", "true", "null", '"many"', "[]", "1e400", "NaN",
                                    "1" * 5000, f'"{"1" * 5000}"'])  # fmt: skip
@pytest.mark.parametrize("name", ALL)
def test_a_number_of_records_that_is_none_is_refused(name, number):
    total = r'"(numFound|count|total-results|hitCount|totalHits|total)": 3'
    text, changes = re.subn(total, rf'"\1": {number}', json.dumps(genuine(name)), count=1)
    assert changes == 1
    assert reads(name, text.encode()) is None


@pytest.mark.parametrize("mark", ["7", "{}", "[1]", "true", '"\\ud800"', "1.5"])
@pytest.mark.parametrize("name", ["openalex", "crossref", "europepmc"])
def test_a_mark_that_cannot_be_sent_is_refused(name, mark):
    text, changes = re.subn(
        r'"(next_cursor|next-cursor|nextCursorMark)": "[^"]*"',
        lambda found: f'"{found[1]}": {mark}', json.dumps(genuine(name)),
    )  # fmt: skip
    assert changes == 1
    assert reads(name, text.encode()) is None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def places(value: object, path: tuple = ()) -> Iterator[tuple]:
    """Yield the way to each value within a value."""
    yield path
    if isinstance(value, (dict, list)):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, one in inner:
            yield from places(one, (*path, key))


def changed(value: object, path: tuple, to: object) -> object:
    if not path:
        return to
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(value[path[0]], path[1:], to)
    return copy


@pytest.mark.parametrize("name", ALL)
@given(data=st.data())
def test_whatever_stands_in_an_answer_it_is_a_page_or_refused(name, data):
    path = data.draw(st.sampled_from([one for one in places(genuine(name)) if len(one) < 5]))
    reads(name, json.dumps(changed(genuine(name), path, data.draw(VALUES))).encode())


@given(st.text(), st.integers(1, 300))
def test_what_is_shown_of_a_service_is_one_line_without_signs_that_steer(text, most):
    shown = printable(text, most)
    assert shown.isprintable() and len(shown) <= most + 1


@pytest.mark.parametrize("headers", [
    (("X-Odd", "caf\xe9 \x1b[2J"),), (("Content-Type", ""),), ((" ", "a"),), (("A:B", "c: d"),),
    (("Content-Length", "7"), ("Transfer-Encoding", "chunked")), (("X", "a" * 60_000),),
])  # fmt: skip
@pytest.mark.parametrize("reason", ["OK", "", "Not \x1b found", "caf\xe9"])
@pytest.mark.parametrize("body", [b"", b"\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"\0\xff" * 999])
def test_an_odd_answer_is_kept_and_read_again(tmp_path, headers, reason, body):
    """No header, reason or body may make a file that calls itself damaged."""
    answer = Answer(
        "http://a.example/b?c=%20d", datetime.now(UTC), 200, reason, headers, body, body
    )
    keep(tmp_path / "a.warc.gz", answer)
    again = kept(tmp_path / "a.warc.gz")
    assert (again.url, again.status, again.body, again.content) == (answer.url, 200, body, body)
    assert again.time == answer.time


# Keys


def echo(told: str, status: int = 200, **headers: str) -> loopback.Fault:
    return loopback._instead(loopback.in_text(told, status, **headers))


def in_reason(wire: loopback.Wire, answer: loopback.Answer) -> None:
    wire.send_response(403, f"Wrong {KEY}")
    wire.send_header("Content-Length", "0")
    wire.end_headers()


IN_URL = quote(KEY, safe="")
TELLING = {
    "in an error": echo(f"the key {KEY} is wrong", 403),
    "in an error that may pass": echo(f"the key {KEY} is busy", 503),
    "in an address": echo(f"http://a.example/?api_key={IN_URL}&b", 403),
    "in small letters": echo(f"?api_key={IN_URL.lower()}", 403),
    "in JSON": loopback._instead(loopback.Answer(json.dumps(
        {"message": KEY.replace("/", "\x00")}).replace("\\u0000", "\\/").encode(), 400)),
    "in HTML": echo(f"<html>{KEY.replace('/', '&#x2F;').replace('+', '&plus;')}</html>", 403),
    "in a header": echo("{}", 403, X_Key=KEY),
    "in the reason": loopback.Fault(wire=in_reason),
    "in a redirect": loopback.redirected(f"/nowhere?api_key={IN_URL}"),
    "in a redirect to elsewhere": loopback.redirected(f"http://a.example/?api_key={IN_URL}"),
    "in a redirect to no address": loopback.redirected(f"http://[{KEY}"),
    "in a file": loopback.redirected(f"file:///{KEY}"),
}  # fmt: skip


@pytest.mark.parametrize("name", ["openalex", "core"])
@pytest.mark.parametrize("where", TELLING)
def test_a_key_that_a_service_repeats_is_told_to_nobody(tmp_path, name, where):
    """Neither in the store, nor in a message, nor in a traceback."""
    asked = make(name, 3, tmp_path)
    with asked.server:
        asked.faults(lambda number, path, params: TELLING[where])
        with pytest.raises(ReviewError) as caught:
            asked.harvest()
        sent = [one.params.get("api_key") or one.headers["authorization"] for one in asked.asked()]
    assert sent[0].endswith(KEY)
    seen = [told(caught.value), *asked.said, everything_in(tmp_path)]
    assert not any(map(holds_key, seen))
    assert "&#x2F;key" not in "".join(seen)
    clear(caught.value)


@pytest.mark.parametrize("name", ["openalex", "core"])
def test_a_key_within_records_is_blotted_out_and_they_are_kept(tmp_path, name):
    """As they came otherwise, also when the answer was packed."""
    asked = make(name, 3, tmp_path)
    asked.held.documents[0]["title"] = f"About {KEY} and {IN_URL}"
    asked.server.compressed = True
    with asked.server:
        assert asked.harvest().state == "complete"
    stored = everything_in(tmp_path)
    assert not holds_key(stored)
    assert "About [key] and [key]" in stored
    assert len(asked.stored().all_ids) == 3


@pytest.mark.parametrize("name", ["openalex", "core"])
@pytest.mark.parametrize(
    "fault", [loopback.hung_up(), loopback.cut_off(), loopback.broken_chunks()]
)
def test_a_connection_that_fails_tells_no_key(tmp_path, name, fault):
    """The messages of the libraries hold the whole address."""
    asked = make(name, 3, tmp_path)
    with asked.server:
        asked.faults(lambda number, path, params: fault)
        with pytest.raises(ReviewError) as caught:
            asked.harvest()
    with pytest.raises(ReviewError) as refused_now:
        asked.harvest(tries=2)  # nobody is there any more
    for error in (caught.value, refused_now.value):
        assert not holds_key(told(error)) and not holds_key("".join(asked.said))


def test_a_request_shows_no_secret():
    for name in ("openalex", "core", "crossref"):
        service = SERVICES[name]("", CONTACT, KEY, ("1000-0011",))
        request = service.request(Query("a", (2002, 2003), None, "1000-0011"), Position())
        assert not holds_key(repr(request)) and not holds_key(request.url)
        assert CONTACT not in repr(request) and quote(CONTACT) not in request.url


# Nothing else is sent


OFFLINE = """\
import socket
def refuse(*args, **named):
    raise SystemExit("SENT OUT")
class Closed(socket.socket):
    connect = connect_ex = sendto = refuse
socket.socket = Closed
socket.getaddrinfo = socket.gethostbyname = socket.create_connection = refuse
"""


@pytest.fixture
def offline(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess]:
    """Run a command where nothing can be sent."""
    (tmp_path / "first").mkdir()
    (tmp_path / "first/sitecustomize.py").write_text(OFFLINE)
    path = os.pathsep.join([str(tmp_path / "first"), str(PROJECT / "workflow")])

    def run(*words: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "searchsets", *words], cwd=PROJECT, capture_output=True,
            text=True, env=os.environ | {"PYTHONPATH": path},
        )  # fmt: skip

    return run


def test_no_command_but_the_harvest_needs_the_network(offline, tmp_path):
    """From a store to what a strategy finds; and the same lock does stop a harvest."""
    strategy = tmp_path / "demo.yaml"
    strategy.write_text(STRATEGY)
    store, out = tmp_path / "harvest", tmp_path / "out"
    config = tmp_path / "sources.yaml"
    address = {"address": "http://127.0.0.1:1/eric/", "interval": 0}
    config.write_text(json.dumps({"contact": CONTACT, "services": {"eric": address}}))
    (tmp_path / "known").mkdir()
    harvest = ["harvest", "eric", "--strategy", str(strategy), "--from", "2002", "--to", "2008",
               "--config", str(config), "--store", str(store)]  # fmt: skip
    asked = make("eric", 30, tmp_path / "unused")
    with asked.server:
        address["address"] = f"{asked.server.address}/eric/"
        config.write_text(json.dumps({"contact": CONTACT, "services": {"eric": address}}))
        assert "SENT OUT" in offline(*harvest).stderr
        assert asked.server.requests == []
        done = subprocess.run(
            [sys.executable, "-m", "searchsets", *harvest], cwd=PROJECT, capture_output=True,
            env=os.environ | {"PYTHONPATH": str(PROJECT / "workflow")},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    assert len(asked.server.requests) == 1
    records, known = str(out / "records"), str(out / "known")
    commands = [
        ["--help"],
        [*harvest, "--dry-run"],
        ["strategy", "lines", str(strategy), "-o", str(out / "lines")],
        ["strategy", "compare", str(strategy), str(strategy)],
        ["records", "harvested", "eric", "--store", str(store), "-o", records],
        ["records", "import", "eric", "--exports", str(tmp_path / "known"), "--table",
         "config/exports.csv", "--store", str(store), "-o", str(out / "import")],
        ["records", "known-items", str(PROJECT / "resources/known_items"), "-o", known],
        ["search", str(strategy), "--records", records, "--known-items", known,
         "-o", str(out / "search")],
    ]  # fmt: skip
    for words in commands:
        ran = offline(*words)
        assert "SENT OUT" not in ran.stderr + ran.stdout, words
        assert ran.returncode == 0, (words, ran.stderr)


NETWORK = {"requests", "urllib3", "socket", "ssl", "http", "ftplib", "smtplib", "telnetlib",
           "httpx", "aiohttp", "asyncio", "socketserver", "xmlrpc", "webbrowser", "pycurl",
           "imaplib", "poplib", "nntplib"}  # fmt: skip
MAY = {"sources/web.py", "sources/guard.py"}


def imports(path: Path) -> set[str]:
    """Return what a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return found


def test_only_the_session_and_its_guard_import_what_can_send():
    package = PROJECT / "workflow/searchsets"
    senders = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for name in imports(path)
        if name.partition(".")[0] in NETWORK or name.startswith("urllib.request")
    }
    assert senders == MAY
