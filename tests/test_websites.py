"""Harvesting websites and reading what was kept: what is asked, and what becomes a record."""

from __future__ import annotations

import json

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from made_up_sites import (
    ARCHIVED,
    GOVUK,
    GOVUK_DOCUMENT,
    NFER,
    NFER_DOCUMENT,
    SHIPPED,
    MadeUp,
    MadeUpArchive,
    answer,
    records_in,
    said,
    site,
    store,
)
from searchsets.sources.websites.addresses import canonical
from searchsets.sources.websites.folder import SiteFolder
from searchsets.sources.websites.found import facts_of, lists_of
from searchsets.sources.websites.harvest import harvest_site
from searchsets.sources.websites.pages import Unreadable, read_page
from searchsets.sources.websites.sites import Entries, PageParts
from searchsets.sources.websites.states import state_row
from searchsets.sources.websites.walk import walk
from test_thesaurus import BOMB


def harvest(entry, web, folder):
    """Harvest, and return what came: the harvest, the records by address, what was said."""
    messages = []
    done = harvest_site(entry, web, folder, messages.append)
    return done, {one.accession: one for one in records_in(entry, folder)}, messages


def raw(record):
    return json.loads(record.raw)


# What becomes a record


def test_a_pdf_becomes_a_record_from_its_link_and_is_not_asked_for(tmp_path):
    web = MadeUp(
        world={"http://a.org/list": '<a href="p.pdf">Plan for <b>trusts</b> (PDF, 2 MB)</a>'}
    )
    done, records, _ = harvest(site(), web, store(tmp_path))
    assert web.asked == ["http://a.org/robots.txt", "http://a.org/list"]
    record = records["http://a.org/p.pdf"]
    assert (record.title, record.year, record.publisher) == (
        "Plan for trusts",
        None,
        "The Small Council",
    )
    assert record.url == record.accession
    assert raw(record)["found_on"] == ["http://a.org/list"]
    assert raw(record)["link_texts"] == ["Plan for trusts (PDF, 2 MB)"]
    assert done.state.name == "complete"


def test_a_document_of_several_lists_is_one_record_that_names_them_all(tmp_path):
    link = '<a href="/p.pdf?utm_source=x#page=3">Plan</a>'
    world = {
        "http://a.org/list": f'{link}<a class="list" href="/two">More</a>',
        "http://a.org/two": '<a href="HTTP://A.org:80/p.pdf">The whole plan</a>',
    }
    _, records, _ = harvest(site(), MadeUp(world=world), store(tmp_path))
    assert list(records) == ["http://a.org/p.pdf"]
    assert raw(records["http://a.org/p.pdf"])["found_on"] == [
        "http://a.org/list",
        "http://a.org/two",
    ]
    assert raw(records["http://a.org/p.pdf"])["link_texts"] == ["Plan", "The whole plan"]


@pytest.mark.parametrize(
    ("page", "year"),
    [
        ('<meta name="DC.Date.Issued" content="2007-05-01">', 2007),
        ("<time datetime='2006-01-02'>x</time><time>March 2006</time>", 2006),
        ("<time datetime='2006-01-02'>x</time><time>March 2009</time>", None),
        ("<time>yesterday</time>", None),
        ("<p>Copyright 2004</p>", None),
        ('<meta name="citation_date" content="03/12/07">', None),
    ],
)
def test_the_year_is_what_the_page_states_as_a_date_and_is_never_guessed(tmp_path, page, year):
    documents = Entries(entry="li", link="a")
    world = {"http://a.org/list": '<li><a href="/d">D</a></li>', "http://a.org/d": page}
    _, records, _ = harvest(site(documents=documents), MadeUp(world=world), store(tmp_path))
    assert records["http://a.org/d"].year == year


def test_a_title_is_text_and_nothing_in_it_is_run_or_taken_away(tmp_path):
    documents = Entries(entry="li", link="a")
    world = {
        "http://a.org/list": '<li><a href="/d">D</a></li>',
        "http://a.org/d": "<title>&lt;script&gt;go(1)&lt;/script&gt; AT&amp;amp;T\n\x00 x</title>",
    }
    _, records, _ = harvest(site(documents=documents), MadeUp(world=world), store(tmp_path))
    assert records["http://a.org/d"].title == "<script>go(1)</script> AT&amp;T x"


def test_a_description_that_all_pages_share_is_of_the_site_and_no_abstract(tmp_path):
    meta = '<meta name="description" content="{}"><h1>{}</h1>'
    world = {
        "http://a.org/list": "".join(f'<li><a href="/{n}">D</a><p>Of {n}</p></li>' for n in "123"),
        "http://a.org/1": meta.format("The council's site", "One"),
        "http://a.org/2": meta.format("The council's site", "Two"),
        "http://a.org/3": meta.format("About three", "Three"),
    }
    documents = Entries(entry="li", link="a", snippet="p")
    _, records, _ = harvest(site(documents=documents), MadeUp(world=world), store(tmp_path))
    found = [records[f"http://a.org/{n}"].abstract for n in "123"]
    assert found == ["Of 1", "Of 2", "About three"]
    assert raw(records["http://a.org/3"])["abstract_from"] == "description"
    assert records["http://a.org/1"].title == "One"


def test_a_title_and_a_time_that_pages_share_are_of_the_site(tmp_path):
    page = "<meta property=og:title content='Our council'><h1>{}</h1><time>28 November 2026</time>"
    world = {
        "http://a.org/list": "<li><a href=/1>Plan one</a></li><li><a href=/2>Plan two</a></li>",
        "http://a.org/1": page.format("One"),
        "http://a.org/2": page.format("Our council"),
    }
    documents = Entries(entry="li", link="a")
    _, records, _ = harvest(site(documents=documents), MadeUp(world=world), store(tmp_path))
    assert [(one.title, one.year) for one in records.values()] == [
        ("One", None),
        ("Plan two", None),
    ]


def test_links_that_say_nothing_give_no_title_and_the_name_of_the_file_is_said_to_be_it(tmp_path):
    page = '<a href="/x/Governance%20guidance.pdf">Download PDF</a>'
    _, records, _ = harvest(site(), MadeUp(world={"http://a.org/list": page}), store(tmp_path))
    (record,) = records.values()
    assert record.title == "Governance guidance.pdf"
    assert raw(record)["title_from"] == "the name of its file"


def test_files_that_are_neither_page_nor_pdf_are_listed_and_not_taken(tmp_path):
    documents = Entries(entry="li", link="a")
    world = {
        "http://a.org/list": '<li><a href="/a.doc">Word</a></li><li><a href="/b">B</a></li>'
        '<li><a href="mailto:x@y.org">Ask us</a></li>',
        "http://a.org/b": {"body": b"PK\x03\x04", "content_type": "application/zip"},
    }
    done, records, _ = harvest(site(documents=documents), MadeUp(world=world), store(tmp_path))
    assert records == {}
    reasons = {one.address: one.reason for one in done.walk.not_taken.values()}
    assert reasons == {
        "http://a.org/a.doc": "a file of the kind doc",
        "http://a.org/b": "it is no page and no PDF (application/zip)",
        "mailto:x@y.org": "its link leads to no web page",
    }


def test_an_address_that_turns_out_to_be_a_pdf_keeps_its_record(tmp_path):
    documents = Entries(entry="li", link="a")
    world = {
        "http://a.org/list": '<li><a href="/download/23">Research on centres</a></li>',
        "http://a.org/download/23": {"body": b"%PDF-1.4", "content_type": "application/pdf"},
    }
    _, records, _ = harvest(site(documents=documents), MadeUp(world=world), store(tmp_path))
    assert records["http://a.org/download/23"].title == "Research on centres"


# Where it goes


def test_it_follows_lists_to_the_depth_and_next_pages_without_a_step(tmp_path):
    world = {
        "http://a.org/list": '<a class="next" href="?p=2">2</a><a class="list" href="/1">x</a>',
        "http://a.org/list?p=2": '<a class="next" href="?p=3">3</a>',
        "http://a.org/list?p=3": '<a class="next" href="?p=1">1</a>',
        "http://a.org/list?p=1": '<a class="next" href="?p=2">2</a>',
        "http://a.org/1": '<a class="list" href="/2">x</a>',
        "http://a.org/2": '<a class="list" href="/3">x</a>',
    }
    web = MadeUp(world=world)
    done, _, _ = harvest(site(), web, store(tmp_path))
    assert sorted(web.pages_asked) == sorted(world)
    assert len(web.asked) == len(set(web.asked))
    assert done.walk.is_whole


def test_an_endless_calendar_is_stopped_at_the_most_pages_and_that_is_said(tmp_path):
    class Calendar(dict):
        def get(self, url, default=None):
            month = int(url.partition("m=")[2] or 0)
            return f'<a class="next" href="?m={month + 1}">Next month</a>'

    web = MadeUp(world=Calendar())
    done, _, _ = harvest(site(most=7), web, store(tmp_path))
    assert len(web.pages_asked) == 7
    assert done.state.name == "stopped"
    assert "most of 7 pages" in done.state.note and "raise `most`" in done.state.note


def test_it_stays_on_the_site_and_asks_for_no_file_and_nothing_left_out(tmp_path):
    links = "http://b.org/x javascript:go() file:///etc/passwd data:text/html,x mailto:a@b.org \
        http://me:pw@a.org/x /x.doc /x.pdf /logout http://[ http://a.org:99999/ ftp://a.org/".split()
    page = "".join(f'<a class="list" href="{link}">x</a>' for link in links)
    web = MadeUp(world={"http://a.org/list": page})
    done, records, _ = harvest(site(leave_out=("logout",)), web, store(tmp_path))
    assert web.pages_asked == ["http://a.org/list"]
    assert list(records) == ["http://a.org/x.pdf"]
    assert done.state.name == "complete"


def test_a_redirect_is_followed_within_the_site_only_and_never_to_this_machine(tmp_path):
    def moved(to):
        return {"status": 302, "location": to}

    documents = Entries(entry="li", link="a")
    world = {
        "http://a.org/list": "".join(f'<li><a href="/{n}">D{n}</a></li>' for n in "12345"),
        "http://a.org/1": moved("/one"),
        "http://a.org/one": "<h1>One</h1>",
        "http://a.org/2": moved("http://b.org/"),
        "http://a.org/3": moved("http://127.0.0.1/admin"),
        "http://a.org/4": moved("/4"),
        "http://a.org/5": moved("http://[bad"),
    }
    web = MadeUp(world=world)
    done, records, _ = harvest(site(documents=documents), web, store(tmp_path))
    assert records["http://a.org/1"].title == "One"
    assert {records[f"http://a.org/{n}"].title for n in "2345"} == {"D2", "D3", "D4", "D5"}
    assert not any("b.org" in one or "127" in one for one in web.asked)
    assert "not followed" in done.walk.not_taken["http://a.org/3"].reason
    assert done.state.name == "complete"


def test_pages_are_kept_under_names_of_our_own_below_the_folder_of_the_site(tmp_path):
    links = ["/../../../x", "/a%00b", "/%2e%2e/etc", "/" + "y" * 900, "/c:d"]
    page = "".join(f'<a class="list" href="{link}">x</a>' for link in links)
    harvest(site(), MadeUp(world={"http://a.org/list": page}), store(tmp_path))
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != ".lock"]
    assert len(files) == 7
    assert all(path.parent == store(tmp_path) / "pages" for path in files)
    assert all(path.name.startswith("a-org-") and len(path.name) < 60 for path in files)


# How it behaves


def test_robots_txt_is_obeyed_with_wildcards_and_its_delay(tmp_path):
    robots = "User-agent: *\nDisallow: /\n\nUser-agent: searchsets\nDisallow: /*private*.html$\n\
Crawl-delay: 7\nAllow: /"
    links = ["/ok.html", "/x/private-1.html", "/private-2.html?x"]
    page = "".join(f'<a class="list" href="{link}">x</a>' for link in links)
    web = MadeUp(world={"http://a.org/list": page, "http://a.org/robots.txt": robots})
    done, _, messages = harvest(site(), web, store(tmp_path))
    assert "http://a.org/x/private-1.html" not in web.asked
    assert "http://a.org/private-2.html?x" in web.asked
    assert done.walk.by_robots == {"http://a.org/x/private-1.html"}
    assert web.interval == 7 and "7 seconds" in said(messages)
    assert max(web.slept) > 6


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_robots_txt_that_is_not_there_allows_all(tmp_path, status):
    web = MadeUp(world={"http://a.org/robots.txt": (status, ""), "http://a.org/list": "<p>x"})
    harvest(site(), web, store(tmp_path))
    assert web.pages_asked == ["http://a.org/list"]


@pytest.mark.parametrize(
    "answered",
    [
        (500, ""),
        (503, ""),
        requests.ConnectionError(),
        {"status": 302, "location": "http://b.org/"},
    ],
)
def test_of_a_host_whose_robots_txt_is_not_known_nothing_is_asked(tmp_path, answered):
    web = MadeUp(world={"http://a.org/robots.txt": lambda: answered, "http://a.org/list": "<p>x"})
    if isinstance(answered, dict):
        web.world["http://a.org/robots.txt"] = answered
    done, _, _ = harvest(site(), web, store(tmp_path))
    assert web.pages_asked == []
    if isinstance(answered, Exception):  # nothing was answered, so nothing is known
        assert done.state.name == "not harvested" and "robots.txt" in done.why_ended
    else:
        assert done.state.name == "stopped" and "robots.txt" in done.state.note
    web.world["http://a.org/robots.txt"] = ""
    assert harvest(site(), web, store(tmp_path))[0].walk.pages == 1


def test_robots_txt_of_another_day_is_asked_for_again_before_anything_else(tmp_path, monkeypatch):
    from datetime import timedelta

    from searchsets.sources.websites import harvest as module

    world = {"http://a.org/list": '<a class="list" href="/1">x</a>', "http://a.org/1": (503, "")}
    harvest(site(), MadeUp(world=world), store(tmp_path))
    monkeypatch.setattr(module, "_ROBOTS_LAST", timedelta(0))
    web = MadeUp(world=world | {"http://a.org/robots.txt": "User-agent: *\nDisallow: /1"})
    done, _, _ = harvest(site(), web, store(tmp_path))
    assert web.asked == ["http://a.org/robots.txt"]
    assert done.walk.by_robots == {"http://a.org/1"}


@pytest.mark.parametrize(
    "wall",
    [
        {"status": 405, "x_amzn_waf_action": "captcha"},
        {"status": 202, "x_amzn_waf_action": "challenge"},
        {"status": 403, "cf_mitigated": "challenge", "body": "<p>x"},
        {
            "status": 503,
            "body": "<title>Just a moment</title><div id=cf-chl-x>Checking your browser",
        },
        {"body": "<h1>Are you a robot?</h1><div class='g-recaptcha'></div>"},
        {"body": "<script src=app.js></script><div id=root></div><noscript>Enable it</noscript>"},
        {"status": 403, "body": "Forbidden"},
    ],
)
def test_a_site_that_keeps_programs_out_is_left_alone_and_a_person_is_told_what_to_do(
    tmp_path, wall
):
    entry = site(starts=("http://a.org/list", "http://a.org/other"))
    web = MadeUp(world={"http://a.org/list": wall, "http://a.org/other": "<p>x"})
    done, _, _ = harvest(entry, web, store(tmp_path))
    assert set(web.pages_asked) == {"http://a.org/list"}
    assert done.state.name == "blocked"
    assert "small/saved/" in done.state.note and "http://a.org/list" in done.state.note


def test_a_page_that_has_a_captcha_below_its_text_is_a_page(tmp_path):
    page = (
        f"<p>{'Governance of trusts. ' * 200}</p><a href='x.pdf'>X</a><div class=g-recaptcha></div>"
    )
    done, records, _ = harvest(site(), MadeUp(world={"http://a.org/list": page}), store(tmp_path))
    assert len(records) == 1 and done.state.name == "complete"


def test_one_page_that_gives_no_answer_does_not_stop_the_others_and_is_asked_for_again(tmp_path):
    page = "".join(f'<a class="list" href="/{n}">x</a>' for n in "123")
    world = {"http://a.org/list": page, "http://a.org/2": '<a href="2.pdf">Two</a>'}
    world |= {"http://a.org/1": (500, ""), "http://a.org/3": '<a href="3.pdf">Three</a>'}
    web = MadeUp(world=dict(world))
    done, records, _ = harvest(site(), web, store(tmp_path))
    assert list(records) == ["http://a.org/2.pdf", "http://a.org/3.pdf"]
    assert done.state.name == "stopped" and "http://a.org/1" in done.state.note
    again = MadeUp(world=world | {"http://a.org/1": '<a href="1.pdf">One</a>'})
    done, records, _ = harvest(site(), again, store(tmp_path))
    assert again.asked == ["http://a.org/1"]
    assert len(records) == 3 and done.state.name == "complete"


def test_a_site_that_gives_no_answers_at_all_is_given_up_soon(tmp_path):
    page = "".join(f'<a class="list" href="/{n}">x</a>' for n in range(50))
    world = {"http://a.org/list": page} | {f"http://a.org/{n}": (500, "") for n in range(50)}
    web = MadeUp(world=world)
    done, _, messages = harvest(site(), web, store(tmp_path))
    assert len(set(web.pages_asked)) == 4
    assert "in a row" in said(messages) and done.state.name == "stopped"


def test_a_start_that_is_not_there_leaves_no_site_complete(tmp_path):
    done, _, _ = harvest(site(), MadeUp(), store(tmp_path))
    assert done.state.name == "stopped"
    assert "The start http://a.org/list is not read: it answers 404" in done.state.note


# Pages as they are


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('<meta charset="windows-1252"><a href="x.pdf">Café</a>'.encode("cp1252"), "text/html"),
        ('<a href="x.pdf">Café</a>'.encode("utf-8-sig"), "text/html; charset=latin-1"),
        ('<a href="x.pdf">Café</a>'.encode("utf-16"), "text/html"),
        ('<a href="x.pdf">Café</a>'.encode("cp1252"), "text/html; charset=utf-8"),
        ('<a href="x.pdf">Café</a>'.encode(), "text/html; charset=no-such"),
        ('<meta charset="utf-16"><a href="x.pdf">Café</a>'.encode(), ""),
    ],
)
def test_the_encoding_is_that_of_the_mark_the_header_or_the_page(tmp_path, body, kind):
    page = {"body": body, "content_type": kind}
    _, records, _ = harvest(site(), MadeUp(world={"http://a.org/list": page}), store(tmp_path))
    assert [one.title for one in records.values()] == ["Café"]


LINK = b"<a href='x.pdf'>Plan of the council</a>"


@pytest.mark.parametrize(
    ("body", "is_read"),
    [
        (LINK + b"<div>" * 4000, True),
        (b"<div>" * 4000 + LINK, True),
        (LINK + b"<div>" * 100_000, False),
        (LINK + b"<!--" * 200_000, True),
        (LINK + b"<![CDATA[" * 100_000, True),
        (LINK + b"<a b='\"" * 100_000, True),
        (LINK + b"<a" * 100_000, True),
        (LINK + b"<" * 300_000, True),
        (LINK + b"&#" * 200_000, True),
        (LINK + b"<script>" * 50_000, True),
        (LINK + b" " * (11 << 20), False),
        (LINK + b"\x00<\xff" * 1000, True),
        (LINK + b"<![if !IE]><p>x<![endif]>", True),
        (b"", False),
    ],
)
def test_no_page_holds_up_or_stops_the_harvest(tmp_path, body, is_read):
    web = MadeUp(world={"http://a.org/list": {"body": body}})
    _, records, _ = harvest(site(), web, store(tmp_path))
    assert [one.title for one in records.values()] == ["Plan of the council"] * is_read


@pytest.mark.parametrize("kind", ["text/html", "application/xhtml+xml", ""])
def test_entities_that_a_page_declares_are_not_unfolded(tmp_path, kind):
    body = f"{BOMB}]><html><a href='x.pdf'>Plan &a11; of the council</a></html>".encode()
    web = MadeUp(world={"http://a.org/list": {"body": body, "content_type": kind}})
    _, records, _ = harvest(site(), web, store(tmp_path))
    # Beautiful Soup leaves the semicolon out: the parser does not say whether there was one.
    assert [one.title for one in records.values()] == ["Plan &a11 of the council"]


def test_entries_that_are_never_closed_keep_their_own_texts(tmp_path):
    page = "".join(f"<li><a href='/{n}'>Plan {n}</a><p>About {n}" for n in range(3))
    documents = Entries(entry="li", link="a", snippet="p", read=False, patterns=(r"\.pdf$",))
    web = MadeUp(world={"http://a.org/list": f"<ul>{page}</ul>"})
    _, records, _ = harvest(site(documents=documents), web, store(tmp_path))
    assert [(one.title, one.abstract) for one in records.values()] == [
        ("Plan 0", "About 0"), ("Plan 1", "About 1"), ("Plan 2", "About 2"),
    ]  # fmt: skip


def test_links_are_seen_from_the_base_that_a_page_states(tmp_path):
    page = '<base href="http://a.org/deep/"><a href="x.pdf">Plan</a>'
    _, records, _ = harvest(site(), MadeUp(world={"http://a.org/list": page}), store(tmp_path))
    assert list(records) == ["http://a.org/deep/x.pdf"]


# The sites that ship


def test_the_entry_of_the_nfer_reads_pages_of_its_shape(tmp_path):
    at = "https://www.nfer.ac.uk"
    world = {
        f"{at}/publications/": NFER,
        f"{at}/publications/?page=2": "<article class='publication'></article>",
        f"{at}/publications/lead-member": NFER_DOCUMENT,
    }
    done, records, _ = harvest(SHIPPED["nfer"], MadeUp(world=world), store(tmp_path, "nfer"))
    first, second = records.values()
    assert (second.title, second.year, second.authors, second.abstract) == (
        "The role of the lead member for children's services",
        2008,
        ["White, R.", "Harland, J."],
        "A study of lead members.",
    )
    assert raw(second)["files"] == [f"{at}/media/00RCP.pdf"]
    assert first.url == f"{at}/media/cyc.pdf" and first.year is None
    assert first.title == "Changing children's services"
    assert done.state.name == "complete"


def test_the_entry_of_govuk_reads_pages_of_its_shape(tmp_path):
    one, two = SHIPPED["govuk"].starts
    page = "https://www.gov.uk/government/publications/trusts"
    world = {one: GOVUK, two: "<p>Nothing", page: GOVUK_DOCUMENT}
    world["https://www.gov.uk/search/research-and-statistics?page=2"] = "<p>No more"
    done, records, _ = harvest(SHIPPED["govuk"], MadeUp(world=world), store(tmp_path, "govuk"))
    (record,) = records.values()
    assert (record.title, record.year, record.publisher, record.abstract) == (
        "Children's trusts: a review", 2006, "Department for Education", "A review of trusts.",
    )  # fmt: skip
    assert done.state.name == "complete"


@pytest.mark.parametrize("name", sorted(ARCHIVED))
def test_the_entries_of_archived_sites_read_pages_of_their_shape(tmp_path, name):
    entry = SHIPPED[name]
    start, page, document = ARCHIVED[name]
    captures = [
        (f"2006010203040{n}", one, "text/html", "<p>x") for n, one in enumerate(entry.starts)
    ]
    captures = [one for one in captures if one[1] != start]
    captures += [("20070809101112", start, "text/html", page)]
    captures += [("20080910111213", document, "application/pdf", "%PDF-")]
    web = MadeUpArchive(captures=captures)
    done, records, _ = harvest(entry, web, store(tmp_path, name))
    (record,) = records.values()
    assert record.url == document and record.year is None
    assert raw(record)["captured"] == "20080910111213"
    assert raw(record)["title_from"] == "the words of its link"
    assert done.state.name == "complete", done.state.note
    assert not any(document in one for one in web.asked)


def test_a_row_of_a_site_tells_how_far_it_is_and_of_one_not_harvested_nothing_is_known(tmp_path):
    entry = site()
    folder = SiteFolder(entry, store(tmp_path))
    row = state_row(walk(entry, folder), folder)
    assert row["state"] == "not harvested" and row["pages"] is None
    harvest(entry, MadeUp(world={"http://a.org/list": '<a href="x.pdf">X</a>'}), store(tmp_path))
    folder = SiteFolder(entry, store(tmp_path))
    row = state_row(walk(entry, folder), folder)
    assert (row["state"], row["pages"], row["documents"], row["saved_pages"]) == (
        "complete",
        1,
        1,
        0,
    )
    assert row["first_asked"] <= row["last_asked"] and row["last_asked"].endswith("Z")


def test_reading_asks_for_nothing_and_changes_nothing(tmp_path, monkeypatch):
    entry = site()
    harvest(entry, MadeUp(world={"http://a.org/list": '<a href="x.pdf">X</a>'}), store(tmp_path))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    monkeypatch.setattr("socket.socket", None)
    assert len(records_in(entry, store(tmp_path))) == 1
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_selectors_of_the_page_go_before_what_pages_usually_state(tmp_path):
    parts = PageParts(title=".t", date=".d", organisation=".o", snippet=".s")
    page = "<meta name=citation_title content=No><b class=t>Plan</b><i class=d>May 2005</i>\
<i class=o>The Board</i><p class=s>Of plans."
    documents = Entries(entry="li", link="a")
    world = {"http://a.org/list": '<li><a href="/d">D</a></li>', "http://a.org/d": page}
    entry = site(documents=documents, page=parts)
    _, records, _ = harvest(entry, MadeUp(world=world), store(tmp_path))
    (record,) = records.values()
    assert (record.title, record.year, record.publisher, record.abstract) == (
        "Plan", 2005, "The Board", "Of plans.",
    )  # fmt: skip


def test_an_answer_of_the_network_is_what_the_walk_reads(tmp_path):
    web = MadeUp(
        world={"http://a.org/list": lambda: answer("http://a.org/list", b"<a href=x.pdf>X")}
    )
    _, records, _ = harvest(site(), web, store(tmp_path))
    assert list(records) == ["http://a.org/x.pdf"]


def test_a_site_that_wants_very_long_waits_is_left_and_that_is_said(tmp_path):
    robots = "User-agent: *\nCrawl-delay: 86400"
    web = MadeUp(world={"http://a.org/list": "<p>x", "http://a.org/robots.txt": robots})
    done, _, _ = harvest(site(), web, store(tmp_path))
    assert web.pages_asked == [] and "86,400 seconds" in done.why_ended


def test_pages_in_frames_are_followed_where_a_selector_says_so(tmp_path):
    world = {
        "http://a.org/list": "<frameset><frame src='menu.html'></frameset>",
        "http://a.org/menu.html": "<a href=x.pdf>Plan</a>",
    }
    entry = site(lists=("frame",))
    _, records, _ = harvest(entry, MadeUp(world=world), store(tmp_path))
    assert list(records) == ["http://a.org/x.pdf"]


FRAGMENTS = st.lists(
    st.sampled_from(
        ["<a href='x.pdf'>", "</a>", "<li>", "<", ">", "<!--", "-->", "<script>", "</script>", "&#",
         "&#xD800;", "<base href='http://[", "'>", '"', "<title>", "<meta charset=punycode>",
         "<meta name=description content=", "<![CDATA[", "]]>", "<?", "<time datetime=", "\x00", "é",
         "\ud83d", "text", "<a href=http://[>", "<a href=//a:99999/>", "<p>", "<!DOCTYPE", "</"]
    ),
    max_size=30,
)  # fmt: skip


@given(FRAGMENTS, st.sampled_from(["", "text/html; charset=utf-16", "text/html; charset=hex"]))
def test_whatever_a_page_holds_it_is_read_or_said_to_be_unreadable(fragments, kind):
    body = "".join(fragments).encode("utf-8", "surrogatepass")
    entry = site(documents=Entries(entry="li", patterns=(r"\.pdf$",)))
    try:
        page = read_page(answer("http://a.org/", body, content_type=kind), "http://a.org/")
    except Unreadable:
        return
    for one in lists_of(page, entry).documents:
        assert one.address == canonical(one.address)
        json.dumps(vars(one)).encode()
    facts_of(page, entry)
    page.text.encode()


def test_no_other_port_of_a_host_is_asked():
    made = site(stay_on=("a.example",), starts=("http://a.example:8080/",))
    assert made.is_on("http://a.example/x") and made.is_on("http://a.example:8080/x")
    assert not made.is_on("http://a.example:22/x")
