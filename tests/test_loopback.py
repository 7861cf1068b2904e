"""The server for tests of clients: each page of each service, each fault as a client sees it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

import loopback
from loopback import Loopback, Service, at_path, documents

KEY = {"Authorization": "Bearer made-up"}


@pytest.fixture
def get() -> Iterator[Callable[..., requests.Response]]:
    """Ask for a URL with params in one session, and follow no redirect."""
    with requests.Session() as session:

        def asked(url: str, headers: dict | None = None, /, **params: object) -> requests.Response:
            return session.get(
                url, params=params, headers=headers, timeout=5, allow_redirects=False
            )

        yield asked


# How each service is paged: its path, id, params of the first page, and the params that come next.


def _by(name: str, step: int, first: int = 0):
    return lambda number, answer: {name: first + number * step}


PAGED = {
    "eric": ("/eric/", "response.docs", "id", {"search": "x", "format": "json", "rows": 40},
             _by("start", 40)),
    "openalex": ("/openalex/works", "results", "id", {"per-page": 40, "cursor": "*"},
                 lambda number, answer: {"cursor": answer["meta"]["next_cursor"]}),
    "crossref": ("/crossref/works", "message.items", "DOI", {"rows": 40, "cursor": "*"},
                 lambda number, answer: {"cursor": answer["message"]["next-cursor"]}),
    "europepmc": ("/europepmc/search", "resultList.result", "id",
                  {"query": "x", "pageSize": 40, "cursorMark": "*"},
                  lambda number, answer: {"cursorMark": answer["nextCursorMark"]}),
    "core": ("/core/search/works/", "results", "id", {"q": "x", "limit": 40, "scroll": "true"},
             lambda number, answer: {"scrollId": answer["scrollId"]}),
    "doaj": ("/doaj/search/articles/x%2Fy", "results", "id", {"pageSize": 40}, _by("page", 1, 1)),
    "govuk": ("/govuk/search.json", "results", "_id", {"q": "x", "count": 40}, _by("start", 40)),
    "cdx": ("/cdx/search/cdx", "", "", {"url": "example.gov.uk", "matchType": "domain",
            "output": "json", "limit": 40, "showResumeKey": "true"},
            lambda number, answer: {"resumeKey": answer[-1][0]}),
}  # fmt: skip


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("service", PAGED)
def test_paging_to_the_end_gives_each_document_once(get, service, compressed):
    path, where, key, params, following = PAGED[service]
    held, got = documents(service, 90), []
    with Loopback({service: held}, compressed=compressed) as server:
        for number in range(1, 5):
            answer = get(server.address + path, KEY, **params)
            assert (answer.headers.get("Content-Encoding") == "gzip") is compressed
            answer = answer.json()
            got += at_path(answer, where) if where else [row for row in answer[1:] if len(row) > 1]
            if service == "cdx" and len(answer[-1]) > 1:
                break
            params = params | following(number, answer)
    if service == "cdx":
        assert got == [[one[name] for name in loopback._CDX_COLUMNS] for one in held]
    else:
        assert [one[key] for one in got] == [one[key] for one in held]
    assert server.asked_twice() == []


@pytest.mark.parametrize(
    ("path", "params", "years"),
    [
        ("/eric/", {"search": "a AND (publicationdateyear:2004 OR publicationdateyear:2006)"},
         {2004, 2006}),
        ("/eric/", {"search": "publicationdateyear:[2002 TO 2004]"}, {2002, 2003, 2004}),
        ("/openalex/works", {"filter": "from_publication_date:2002-01-01,"
                                       "to_publication_date:2003-12-31"}, {2002, 2003}),
        ("/crossref/works", {"filter": "from-pub-date:2008,until-pub-date:2008"}, {2008}),
        ("/europepmc/search", {"query": "a AND PUB_YEAR:[2009 TO *]"}, {2009, 2010}),
        ("/europepmc/search", {"query": "PUB_YEAR:2004"}, {2004}),
        ("/core/search/works/", {"q": "a AND yearPublished>=2002 AND yearPublished<=2003"},
         {2002, 2003}),
        ("/doaj/search/articles/bibjson.year:2004 OR bibjson.year:2005", {}, {2004, 2005}),
        ("/doaj/search/articles/a AND bibjson.year:[2002 TO 2003]", {}, {2002, 2003}),
        ("/govuk/search.json", {"filter_public_timestamp": "from:2002-01-01,to:2002-12-31"},
         {2002}),
    ],
)  # fmt: skip
def test_a_query_that_names_years_finds_documents_of_those(path, params, years):
    service = path.split("/")[1]
    with Loopback({service: documents(service, 22)}) as server:
        params = params | ({"format": "json"} if service == "eric" else {})
        answer = requests.get(server.address + path, params=params, headers=KEY, timeout=5).json()
    totals = ["response.numFound", "meta.count", "message.total-results", "hitCount", "totalHits"]
    counts = [at_path(answer, one) for one in [*totals, "total"]]
    assert 2 * len(years) in counts  # two of each year


def test_limits_are_those_of_the_services(get):
    held = {name: documents(name, 3) for name in loopback.KINDS}
    held["govuk"] = Service(held["govuk"], content={
        "/a": loopback.content_item("/a", "A"), "/old": "/a",
        "/gone": loopback.gone_item("/gone"), "/told": loopback.gone_item("/told", "Withdrawn"),
    })  # fmt: skip
    held["cdx"] = Service(held["cdx"], blocked={"blocked.example"})
    with Loopback(held | {"site": {"/a.pdf": ("application/pdf", b"%PDF")}}) as server:
        at = server.address
        assert "error" in get(f"{at}/eric/", format="json").json()
        assert get(f"{at}/openalex/works", **{"per-page": 101}).status_code == 400
        assert get(f"{at}/openalex/works", page=101, **{"per-page": 100}).status_code == 400
        assert get(f"{at}/crossref/works", rows=1001).status_code == 400
        assert get(f"{at}/crossref/works", filter="colour:red").status_code == 400
        assert get(f"{at}/crossref/works").headers["x-rate-limit-limit"] == "5"
        assert get(f"{at}/crossref/works/10.5555/MADE-UP.2").json()["message-type"] == "work"
        assert get(f"{at}/crossref/works/10.5555/no").text == "Resource not found."
        assert "errMsg" in get(f"{at}/europepmc/search", query="x", pageSize=1001).json()
        nothing = get(f"{at}/europepmc/search", query="PUB_YEAR:1990").json()
        assert nothing["hitCount"] == 0 and "nextCursorMark" not in nothing
        assert get(f"{at}/core/search/works/", q="x").status_code == 429
        assert get(f"{at}/core/search/works/", KEY, q="x", offset=10_000).status_code == 400
        assert get(f"{at}/doaj/search/articles/x", page=11, pageSize=100).status_code == 400
        assert get(f"{at}/govuk/search.json", q="x", colour="red").status_code == 422
        assert get(f"{at}/govuk/search.json", q="x" * 513).status_code == 422
        moved = get(f"{at}/govuk/content/old")
        assert (moved.status_code, moved.headers["Location"]) == (303, "/govuk/content/a")
        statuses = [get(f"{at}/govuk/content/{one}").status_code for one in ("gone", "told", "no")]
        assert statuses == [410, 200, 404]
        assert get(f"{at}/cdx/search/cdx", url="http://blocked.example/a").status_code == 403
        assert get(f"{at}/cdx/search/cdx", url="elsewhere.example", output="json").json() == []
        assert get(f"{at}/site/a.pdf").content == b"%PDF"


def test_a_cursor_that_expired_is_refused(get):
    with Loopback({"crossref": documents("crossref", 9)}) as server:
        url = f"{server.address}/crossref/works"
        cursor = get(url, rows=5, cursor="*").json()["message"]["next-cursor"]
        assert "+" in cursor
        server.expire_cursors()
        answer = get(url, rows=5, cursor=cursor)
    assert answer.status_code == 404
    assert answer.json()["message"][0]["type"] == "cursor-invalid"


@pytest.fixture
def ask_eric(get):
    """Ask once for a page of ERIC's that goes wrong."""

    def asked(fault: loopback.Fault, start: int = 0) -> requests.Response:
        with Loopback({"eric": documents("eric", 30)}) as server:
            server.faults["/eric/"] = [fault]
            return get(f"{server.address}/eric/", search="x", format="json", rows=10, start=start)

    return asked


def test_statuses_and_other_answers(ask_eric):
    assert ask_eric(loopback.too_many(7)).headers["Retry-After"] == "7"
    when = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    later = ask_eric(loopback.failing(503, when))
    assert (later.status_code, later.headers["Retry-After"]) == (
        503,
        "Fri, 02 Jan 2026 03:04:05 GMT",
    )
    assert ask_eric(loopback.failing(504)).text.startswith("<html>")
    assert ask_eric(loopback.html_page()).text.startswith("<!DOCTYPE html>")
    assert "error" in ask_eric(loopback.json_error()).json()
    assert ask_eric(loopback.redirected("http://127.0.0.1:1/", 307)).status_code == 307
    for fault in (loopback.not_json(), loopback.ended_gzip()):
        with pytest.raises(requests.JSONDecodeError):
            ask_eric(fault).json()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (loopback.cut_off(), requests.exceptions.ChunkedEncodingError),
        (loopback.broken_chunks(), requests.exceptions.ChunkedEncodingError),
        (loopback.broken_gzip(), requests.exceptions.ContentDecodingError),
        (loopback.hung_up(), requests.exceptions.ConnectionError),
    ],
)
def test_answers_that_break_on_the_way(ask_eric, fault, error):
    with pytest.raises(error):
        ask_eric(fault)


@pytest.mark.parametrize("fault", [loopback.slow(0.02, 5), loopback.late(0.1)])
def test_answers_that_take_long(ask_eric, fault):
    began = time.monotonic()
    assert len(ask_eric(fault).json()["response"]["docs"]) == 10
    assert time.monotonic() - began > 0.08


def test_pages_that_are_wrong(ask_eric):
    held = [one["id"] for one in documents("eric", 30)]

    def page(fault: loopback.Fault) -> tuple[int, list[int]]:
        response = ask_eric(fault, start=10).json()["response"]
        return response["numFound"], [held.index(one["id"]) for one in response["docs"]]

    assert page(loopback.NO_FAULT) == (30, list(range(10, 20)))
    assert page(loopback.wrong_total(-5)) == (25, list(range(10, 20)))
    assert page(loopback.growing_total(2)(3, "/eric/", {})) == (34, list(range(10, 20)))
    assert page(loopback.short_page(3)) == (30, list(range(10, 17)))
    assert page(loopback.empty_page()) == (30, [])
    assert page(loopback.repeated_border()) == (30, list(range(9, 20)))
    assert page(loopback.shifted(2)) == (30, list(range(8, 18)))


@pytest.mark.parametrize(
    ("fault", "size", "stated_at_most"),
    [
        (loopback.huge(5_000_001), 5_000_001, 5_000_001),
        (loopback.huge(5_000_001, stated=False), 5_000_001, 0),
        (loopback.gzip_bomb(40 << 20), 40 << 20, 50_000),
    ],
)
def test_bodies_that_are_too_large(fault, size, stated_at_most):
    with Loopback({}) as server:
        server.faults["/"] = [fault]
        with requests.get(f"{server.address}/a", stream=True, timeout=5) as answer:
            assert int(answer.headers.get("Content-Length", 0)) <= stated_at_most
            assert sum(map(len, answer.iter_content(1 << 20))) == size


def test_a_client_may_leave_a_body_that_is_too_large():
    with Loopback({}) as server:
        server.faults["/"] = [loopback.huge(2 << 30)]
        with requests.get(f"{server.address}/a", stream=True, timeout=5) as answer:
            assert next(answer.iter_content(10)) == b" " * 10


def test_faults_by_a_function_and_what_was_asked(get):
    def second(number: int, path: str, params: loopback.Params) -> loopback.Fault | None:
        return loopback.too_many() if number == 2 else None

    with Loopback({"eric": Service(documents("eric", 9), lambda params, held: held[:4])}) as server:
        server.faults = second
        url = f"{server.address}/eric/"
        asked = [get(url, {"User-Agent": "me"}, search="x", format="json") for _ in range(3)]
        again = f"{server.address}/requests"
        assert len(get(again).json()) == 3
    assert [one.status_code for one in asked] == [200, 429, 200]
    assert asked[0].json()["response"]["numFound"] == 4
    assert [one.headers["user-agent"] for one in server.asked("/eric/")] == ["me"] * 3
    assert server.asked_twice() == ["/eric/?search=x&format=json"]


def test_it_starts_and_stops_at_once_though_a_client_waits():
    began = time.monotonic()
    for _ in range(10):
        with Loopback({"eric": []}) as server, requests.Session() as session:
            session.get(f"{server.address}/eric/", timeout=5)
    assert time.monotonic() - began < 1


def test_a_process_of_its_own_survives_a_client_that_goes_away(get):
    program = [sys.executable, loopback.__file__, "--documents", "500"]
    with subprocess.Popen(program, stdout=-1, stderr=-1, text=True) as process:
        address = process.stdout.readline().strip()
        url = f"{address}/eric/?search=x&format=json&rows=200"
        with requests.get(url, stream=True, timeout=5) as answer:
            answer.raw.read(10)
        assert get(url).json()["response"]["numFound"] == 500
        process.kill()
        assert process.stderr.read() == ""


def test_files_of_answers_are_served_with_each_id_once(tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_text('{"response": {"docs": [{"id": "EJ1"}, {"id": "EJ2"}, {"id": "EJ1"}]}}')
    assert loopback.documents_in([path, path]) == [{"id": "EJ1"}, {"id": "EJ2"}]
