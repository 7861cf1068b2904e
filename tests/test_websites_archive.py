"""The Wayback Machine's captures in the place of a site, and pages that people saved."""

from __future__ import annotations

import json
import os

import pytest

from made_up_sites import MadeUp, MadeUpArchive, records_in, site, store, wayback
from refusal import refused
from searchsets.sources.exchange import Odd
from searchsets.sources.websites.archive import question, read_listing
from searchsets.sources.websites.harvest import harvest_site
from searchsets.sources.websites.sites import Archive, Entries

PREFIX = "https://web.archive.org/web/"


def archived(**changed):
    entry = {"archive": Archive(("a.org/",), first="2002", last="2009"), "pace": 0}
    return site(**entry | changed)


def harvest(entry, web, folder):
    done = harvest_site(entry, web, folder, lambda message: None)
    return done, {one.accession: one for one in records_in(entry, folder)}


def titles(records):
    return {address: one.title for address, one in records.items()}


# The list of captures


def test_a_list_is_asked_for_by_dates_for_pages_and_pdfs_each_once():
    asked = question(Archive(("a.org/",), first="2002", last="2009"), "a.org/", "com%2Ca%29%2F+2")
    assert asked.startswith("https://web.archive.org/cdx/search/cdx?url=a.org%2F&matchType=prefix")
    for part in (
        "from=2002", "to=2009", "output=json", "collapse=urlkey", "filter=statuscode%3A200",
        "showResumeKey=true", "resumeKey=com%252Ca%2529%252F%2B2",
    ):  # fmt: skip
        assert part in asked
    assert "resumeKey" not in question(Archive(("a.org/",)), "a.org/", "").replace("showR", "")


def test_a_long_list_is_asked_for_in_parts_and_each_part_is_kept(tmp_path):
    captures = [
        ("20050102030405", f"http://a.org/{n}.pdf", "application/pdf", "") for n in range(7)
    ]
    web = MadeUpArchive(captures=captures, rows_a_list=3)
    entry = archived(starts=(), stay_on=("a.org",))
    done, records = harvest(entry, web, store(tmp_path))
    assert len(records) == 7 and done.state.name == "complete"
    lists = [one for one in web.asked if "/cdx/" in one]
    assert len(lists) == 3
    again = MadeUpArchive(captures=captures, rows_a_list=3)
    assert harvest(entry, again, store(tmp_path))[1] == records
    assert again.asked == []


def test_repeated_rows_and_what_is_no_page_are_passed_over():
    def rows(*found):
        from made_up_sites import answer

        return read_listing(answer("https://web.archive.org/cdx/search/cdx", wayback(list(found))))[
            0
        ]

    good = ["20050102030405", "http://A.org:80/x.pdf", "application/pdf", "200"]
    bad = [
        ["20050102030405", "http://a.org/y", "text/html", "302"],
        ["20050102030405", "http://a.org/y", "image/gif", "200"],
        ["-", "http://a.org/y", "text/html", "200"],
        ["20050102030405", "ftp://a.org/y", "text/html", "200"],
        ["20050102030405", "http://[/", "text/html", "200"],
        ["20050102030405", "http://me:pass@a.org/", "text/html", "200"],
    ]
    found = rows(good, good, *bad)
    assert [one.original for one in found] == ["http://a.org/x.pdf"] * 2


@pytest.mark.parametrize(
    "body", ["", "[]", "[]\n", '[["timestamp","original","mimetype","statuscode"]]']
)
def test_an_empty_list_is_no_fault(tmp_path, body):
    entry = archived(starts=(), stay_on=("a.org",))
    web = MadeUp(world={question(entry.archive, "a.org/", ""): body})
    done, records = harvest(entry, web, store(tmp_path))
    assert records == {} and "No document was found" in done.state.note


@pytest.mark.parametrize(
    "body",
    [
        "<html>Sorry",
        "{}",
        '[["a"],["b"]]',
        '[["timestamp","original","mimetype","statuscode"],["1"]]',
        "[" * 9,
    ],
)
def test_what_is_no_list_is_asked_for_again(body):
    from made_up_sites import answer

    with pytest.raises(Odd):
        read_listing(answer("https://web.archive.org/cdx/search/cdx", body))


def test_a_site_that_the_archive_does_not_give_is_blocked_by_its_own_words(tmp_path):
    error = "org.archive.wayback.exception.AdministrativeAccessControlException: Blocked Site Error"
    given = {"status": 403, "x_archive_wayback_runtime_error": error, "body": error}
    entry = archived()
    web = MadeUp(world={question(entry.archive, "a.org/", ""): given})
    done, _ = harvest(entry, web, store(tmp_path))
    assert done.state.name == "blocked"
    assert "Blocked Site Error" in done.state.note and "saved/" in done.state.note


def test_the_same_part_of_a_list_again_and_again_is_no_endless_loop(tmp_path):
    entry = archived(starts=(), stay_on=("a.org",))
    row = ["20050102030405", "http://a.org/x.pdf", "application/pdf", "200"]
    world = {question(entry.archive, "a.org/", key): wayback([row], "same") for key in ("", "same")}
    web = MadeUp(world=world)
    done, records = harvest(entry, web, store(tmp_path))
    assert len(web.pages_asked) == 2 and len(records) == 1
    assert done.state.name == "stopped" and "same part" in done.state.note


def test_the_archive_is_asked_no_more_than_twenty_times_a_minute(tmp_path):
    web = MadeUpArchive()
    harvest(archived(), web, store(tmp_path))
    assert web.interval == 3


def test_an_error_of_the_archive_is_no_list_and_is_asked_for_again_another_time(tmp_path):
    entry = archived(starts=(), stay_on=("a.org",))
    asked = question(entry.archive, "a.org/", "")
    done, _ = harvest(entry, MadeUp(world={asked: (400, "Bad")}), store(tmp_path))
    assert done.state.name == "stopped"
    row = ["20050102030405", "http://a.org/x.pdf", "application/pdf", "200"]
    done, records = harvest(entry, MadeUp(world={asked: wayback([row])}), store(tmp_path))
    assert done.state.name == "complete" and len(records) == 1


# Captured pages


def test_captured_pages_are_read_as_they_were_and_the_date_of_a_capture_is_none_of_the_document(
    tmp_path,
):
    captures = [
        ("20060102030405", "http://www.a.org:80/list", "text/html",
         "<a class=list href=/more>M</a><a href=/x.pdf>Plan of trusts</a><a href=/page>Page</a>"),
        ("20070102030405", "http://a.org/more", "text/html", "<a href='http://a.org/y.pdf'>Y</a>"),
        ("20080102030405", "http://a.org/x.pdf", "application/pdf", ""),
        ("20080102030406", "http://a.org/page.html", "text/html",
         "<h1>A page</h1><meta name=dc.date content='May 2003'>"),
        ("20080102030407", "http://a.org/z.pdf", "application/pdf", ""),
    ]  # fmt: skip
    documents = Entries(patterns=(r"\.pdf$", r"page\.html$"))
    web = MadeUpArchive(captures=captures)
    done, records = harvest(archived(documents=documents), web, store(tmp_path))
    assert titles(records) == {
        "http://a.org/x.pdf": "Plan of trusts",
        "http://a.org/y.pdf": "Y",
        "http://a.org/z.pdf": "z.pdf",
        "http://a.org/page.html": "A page",
    }
    assert {one.year for one in records.values()} == {None, 2003}
    raws = {address: json.loads(one.raw) for address, one in records.items()}
    assert raws["http://a.org/x.pdf"]["captured"] == "20080102030405"
    assert raws["http://a.org/z.pdf"]["title_from"] == "the name of its file"
    assert raws["http://a.org/z.pdf"]["found_on"] == ["the list of the archive's captures"]
    assert f"{PREFIX}20060102030405id_/http://www.a.org:80/list" in web.asked
    assert done.state.name == "complete"
    assert not any(one.startswith("http://a.org") for one in web.asked)


def test_the_archive_s_own_robots_txt_is_obeyed(tmp_path):
    captures = [("20060102030405", "http://a.org/list", "text/html", "<a href=x.pdf>X</a>")]
    web = MadeUpArchive(captures=captures)
    web.world["https://web.archive.org/robots.txt"] = "User-agent: *\nDisallow: /web/"
    done, records = harvest(archived(), web, store(tmp_path))
    assert done.walk.by_robots == {"http://a.org/list"} and records == {}
    assert not any("/web/" in one for one in web.asked)
    assert "robots.txt" in done.state.note and done.state.name == "stopped"


def test_a_capture_that_sends_on_to_another_is_followed_within_the_archive_only(tmp_path):
    captures = [("20060102030405", "http://a.org/list", "text/html", "")]
    web = MadeUpArchive(captures=captures)
    at = f"{PREFIX}20060102030405id_/http://a.org/list"
    other = f"{PREFIX}20060102030499id_/http://a.org/list"
    entry = archived()
    web.captures = []
    row = ["20060102030405", "http://a.org/list", "text/html", "200"]
    web.world[question(entry.archive, "a.org/", "")] = wayback([row])
    web.world[at] = {"status": 302, "location": "/web/20060102030499/http://a.org/list"}
    web.world[other] = {"body": "<a href='/x.pdf'>X</a><a class=list href=/y>Y</a>"}
    _, records = harvest(entry, web, store(tmp_path))
    assert list(records) == ["http://a.org/x.pdf"]
    web.world[at] = {"status": 302, "location": "http://b.org/"}
    done, _ = harvest(entry, web, store(tmp_path, "other"))
    assert "not followed" in done.state.note and "http://b.org/" not in web.asked


def test_the_archived_and_the_live_document_are_one(tmp_path):
    live = MadeUp(world={"http://a.org/list": '<a href="/x.pdf">X</a>'})
    captures = [("20060102030405", "http://a.org:80/x.pdf", "application/pdf", "")]
    _, first = harvest(site(), live, store(tmp_path))
    entry = archived(starts=(), stay_on=("a.org",))
    _, second = harvest(entry, MadeUpArchive(captures=captures), store(tmp_path, "archive"))
    assert list(first) == list(second) == ["http://a.org/x.pdf"]


# Saved pages


def save(tmp_path, name, text):
    folder = store(tmp_path) / "saved"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize(
    "head",
    [
        "<!-- saved from url=(0017)http://a.org/list -->",
        "<link rel=canonical href='http://a.org/list'>",
        "<base href='http://a.org/list'>",
        "<!-- saved from url=(0078)https://web.archive.org/web/2006/http://a.org/list -->",
    ],
)
def test_a_saved_page_tells_its_own_address_and_opens_a_blocked_site(tmp_path, head):
    wall = {"status": 405, "x_amzn_waf_action": "captcha"}
    web = MadeUp(world={"http://a.org/list": wall})
    done, records = harvest(site(), web, store(tmp_path))
    assert done.state.name == "blocked" and not records
    save(tmp_path, "My page (1).htm", f"<html>{head}<a href='x.pdf'>Plan</a>")
    web = MadeUp(world={"http://a.org/list": wall})
    done, records = harvest(site(), web, store(tmp_path))
    assert web.asked == []
    assert done.state.name == "complete" and titles(records) == {"http://a.org/x.pdf": "Plan"}


def test_a_table_says_the_addresses_of_saved_pages_and_goes_before_what_they_say(tmp_path):
    save(tmp_path, "one", "<base href='http://elsewhere.org/'><a href='http://a.org/x.pdf'>X</a>")
    save(tmp_path, "saved.csv", "file,address\none,http://a.org/list\n")
    web = MadeUp()
    _, records = harvest(site(), web, store(tmp_path))
    assert list(records) == ["http://a.org/x.pdf"] and web.asked == []
    assert json.loads(records["http://a.org/x.pdf"].raw)["found_on"] == ["http://a.org/list"]


def test_saved_pages_that_nothing_leads_to_are_read_too_and_a_document_among_them_is_one(tmp_path):
    save(tmp_path, "a.html", "<!-- saved from url=(0014)http://a.org/doc/7 --><h1>Seven</h1>")
    save(
        tmp_path,
        "b.html",
        "<!-- saved from url=(0014)http://a.org/other --><a href=/9.pdf>Nine</a>",
    )
    documents = Entries(patterns=(r"\.pdf$", r"/doc/\d+$"))
    web = MadeUp(world={"http://a.org/list": "<p>x"})
    done, records = harvest(site(documents=documents), web, store(tmp_path))
    assert titles(records) == {"http://a.org/doc/7": "Seven", "http://a.org/9.pdf": "Nine"}
    assert done.state.name == "complete"


def test_saved_files_that_are_no_pages_or_have_no_address_are_told_and_stop_nothing(tmp_path):
    save(tmp_path, "a.html", "<p>No address")
    save(tmp_path, "b.pdf", b"%PDF-1.4")
    save(tmp_path, "c.html", "<!-- saved from url=(0017)http://a.org/list --><a href=x.pdf>X</a>")
    save(tmp_path, "d.html", "<!-- saved from url=(0017)http://a.org/list -->again")
    save(tmp_path, "e.html", "<!-- saved from url=(0017)file:///etc/passwd -->again")
    os.mkdir(store(tmp_path) / "saved/c_files")
    done, records = harvest(site(), MadeUp(), store(tmp_path))
    assert list(records) == ["http://a.org/x.pdf"]
    assert done.state.name == "stopped"
    for word in ("a.html", "saved.csv", "b.pdf", "no HTML"):
        assert word in done.state.note


@pytest.mark.parametrize(
    ("row", "word"),
    [("no.html,http://a.org/", "no file"), ("a.html,javascript:x", "no address"),
     ("../a.html,http://a.org/", "no file")],
)  # fmt: skip
def test_a_table_of_saved_pages_that_is_wrong_is_refused(tmp_path, row, word):
    save(tmp_path, "a.html", "<p>x")
    save(tmp_path, "saved.csv", f"file,address\n{row}\n")
    with refused("saved.csv", word):
        harvest(site(), MadeUp(), store(tmp_path))
