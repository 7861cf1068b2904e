"""The clients of the services, held against answers that the services once gave."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reads import read_bytes
from searchsets.settings import SCHEMAS
from searchsets.sources.exchange import Answer, Odd, Refused
from searchsets.sources.services import SERVICES
from searchsets.sources.services.base import CursorGone, Position, Query
from searchsets.strategy.model import Or, Term

RECORDED = {
    "crossref": ("apis/crossref/cursor_max_1.json", "apis/crossref/cursor_max_2.json",
                 "apis/crossref/works_query.json"),
    "europepmc": ("apis/europepmc/search_core.json", "apis/europepmc/search_lite.json",
                  "apis/europepmc/search_page2.json"),
    "doaj": ("apis/doaj/article_search.json",),
    "govuk": ("apis/govuk/search_new_policies_for_dwp.json",),
    "eric": ("eric/api_json/bjse.json", "eric/api_json/aje.json"),
}  # fmt: skip


def service(name: str, **more):
    return SERVICES[name](contact="a@example.org", key="sesame", **more)


def answer(content: bytes, status: int = 200, url: str = "https://example.org/x") -> Answer:
    return Answer(url, datetime(2026, 1, 1, tzinfo=UTC), status, "", (), content, content)


def body_of(path: Path) -> tuple[int, bytes]:
    """Return the status and body of a recorded answer, without the exchange around it."""
    data = json.loads(path.read_text(encoding="utf-8"))
    response = data.get("response")
    if isinstance(response, dict) and "body" in response:
        status = response["status"]
        body = response["body"]
        text = body if isinstance(body, str) else json.dumps(body)
        return int(status["code"] if isinstance(status, dict) else status), text.encode()
    return 200, path.read_bytes()


@pytest.mark.parametrize(
    ("name", "file"), [(name, file) for name, files in RECORDED.items() for file in files]
)
def test_a_recorded_answer_is_read(corpora, name, file):
    status, body = body_of(corpora / file)
    page = service(name).read(answer(body, status))
    assert page.total >= len(page.ids) > 0
    assert len(set(page.ids)) == len(page.ids)


def test_a_recorded_answer_without_records_is_read(corpora):
    _, body = body_of(corpora / "apis/europepmc/search_no_results.json")
    page = service("europepmc").read(answer(body))
    assert (page.total, page.ids, page.cursor) == (0, (), "")


def test_recorded_errors_of_crossref(corpora):
    status, body = body_of(corpora / "apis/crossref/error_bad_cursor.json")
    with pytest.raises(CursorGone):
        service("crossref").read(answer(body, status))
    for file, word in (("error_404.json", "Resource not found"), ("error_bad_filter.json", "400")):
        status, body = body_of(corpora / "apis/crossref" / file)
        with pytest.raises(Refused, match=word):
            service("crossref").read(answer(body, status))


@pytest.mark.parametrize("file", ["publication.json", "best-practice-research.json"])
def test_recorded_pages_of_gov_uk_say_when_they_were_published(corpora, tmp_path, file):
    data = (corpora / f"apis/govuk/content_publication__{file}").read_bytes()
    told = json.loads(data)
    assert service("govuk").read(answer(data)).ids == (told["base_path"],)
    [record] = read_bytes(tmp_path / "page.json", data).records
    assert record.accession == told["base_path"]
    assert record.year == int(told["first_published_at"][:4])
    assert record.url == f"https://www.gov.uk{told['base_path']}"


def test_pages_that_are_gone_hold_no_record(corpora):
    for file in ("content_gone__gone.json", "content_redirect__redirect.json"):
        body = (corpora / "apis/govuk" / file).read_bytes()
        assert service("govuk").read(answer(body)).ids == ()


def test_a_page_that_is_gone_is_an_answer_and_a_search_that_is_gone_is_none():
    page = "https://www.gov.uk/api/content/government/x"
    assert service("govuk").read(answer(b"", 410, page)).ids == ()
    with pytest.raises(Refused, match="410"):
        service("govuk").read(answer(b"", 410, "https://www.gov.uk/api/search.json?q=x"))


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"null", b"<!DOCTYPE html><html>Busy</html>", b'{"response": 7}',
     b'{"meta": {"count": -1}, "results": []}', b"[" * 100_000, b'{"total": "many"}',
     b'{"error": {"msg": "no"}}', b'{"errCode": 404, "errMsg": "no"}'],
)  # fmt: skip
def test_what_is_no_answer_is_told_as_that(name, content):
    with pytest.raises(Odd):
        service(name).read(answer(content))


@pytest.mark.parametrize("name", SERVICES)
def test_a_question_holds_no_secret_and_the_request_does(name):
    asked = service(name)
    request = asked.request(Query("governance", (2002, 2008), None, "0141-1926"), Position())
    assert "sesame" not in request.url
    assert "sesame" not in repr(request)
    sent = request.whole_url + str(dict(request.secret_headers))
    assert ("sesame" in sent) == asked.key_needed


def test_the_schemas_name_every_service():
    plan = json.loads((SCHEMAS / "plan.schema.json").read_text(encoding="utf-8"))
    assert plan["properties"]["source"]["enum"] == list(SERVICES)
    config = json.loads((SCHEMAS / "sources.schema.json").read_text(encoding="utf-8"))
    [names] = config["properties"]["services"]["patternProperties"]
    assert names == f"^({'|'.join(SERVICES)})$"


def test_the_years_are_asked_for():
    asked = {name: service(name).request(Query("x", (2002, 2003)), Position()) for name in SERVICES}
    assert "publicationdateyear:2002 OR publicationdateyear:2003" in str(asked["eric"])
    assert "from_publication_date:2002-01-01,to_publication_date:2003-12-31" in str(
        asked["openalex"]
    )
    assert "from-pub-date:2002,until-pub-date:2003" in str(asked["crossref"])
    assert "PUB_YEAR:[2002 TO 2003]" in str(asked["europepmc"])
    assert "yearPublished>=2002 AND yearPublished<=2003" in str(asked["core"])
    assert "bibjson.year%3A2002%20OR%20bibjson.year%3A2003" in asked["doaj"].url
    assert "2002" not in asked["govuk"].url


def test_a_larger_list_is_cut_by_year_and_then_by_words():
    words = Or(tuple(Term(word, free_text=True) for word in ("boards", "trusts", "teams")))
    doaj = service("doaj")
    [query] = doaj.queries(words, (2002, 2004))
    years = doaj.narrower(query)
    assert [one.years for one in years] == [(2002, 2002), (2003, 2003), (2004, 2004)]
    assert [one.text for one in doaj.narrower(years[0])] == ["boards", "trusts OR teams"]
    assert doaj.narrower(doaj.narrower(years[0])[0]) == []


def test_each_document_has_a_name_even_without_an_id():
    body = json.dumps({"response": {"numFound": 2, "docs": [{"title": "a"}, {"title": "b"}]}})
    assert len(set(service("eric").read(answer(body.encode())).ids)) == 2
