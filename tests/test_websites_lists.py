"""No list of a website is lost in silence: which lists are read, and what is said of the others."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from made_up_sites import MadeUp, MadeUpArchive, answer, records_in, said, site, store
from searchsets.sources.websites.archive import question
from searchsets.sources.websites.folder import SiteFolder
from searchsets.sources.websites.harvest import harvest_site
from searchsets.sources.websites.model import Got
from searchsets.sources.websites.sites import Archive, Entries
from searchsets.sources.websites.walk import walk

LIST, TWO = "http://a.org/list", "http://a.org/list?p=2"
FIRST = '<a href="one.pdf">One</a><a class="next" href="?p=2">Next</a>'
SECOND = '<a href="two.pdf">Two</a>'
EMPTY = "<script src=app.js></script><div id=root></div>"
TITLES = ["One", "Two"]


def harvest(entry, web, folder):
    messages = []
    done = harvest_site(entry, web, folder, messages.append)
    return done, [one.title for one in records_in(entry, folder)], messages


def kept_in(part, folder):
    return [one for one in (folder / part).iterdir() if ".robots." not in one.name]


# Lists that are not read


@pytest.mark.parametrize("refusal", [(401, ""), (403, "Forbidden"), (405, ""), (451, ""), EMPTY])
def test_a_list_that_is_refused_leaves_the_site_stopped_and_is_asked_for_again(tmp_path, refusal):
    folder = store(tmp_path)
    web = MadeUp(world={LIST: FIRST, TWO: refusal})
    done, titles, _ = harvest(site(), web, folder)
    assert titles == ["One"]
    assert done.state.name == "stopped" and f"The list {TWO} is not read" in done.state.note
    assert len(kept_in("pages", folder)) == len(kept_in("trouble", folder)) == 1
    again = MadeUp(world={LIST: FIRST, TWO: SECOND})
    done, titles, _ = harvest(site(), again, folder)
    assert again.asked == [TWO]
    assert titles == TITLES and done.state.name == "complete"
    assert kept_in("trouble", folder) == []


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ((400, "Bad"), "it answers 400"),
        ((202, "Wait"), "it answers 202"),
        ({"body": "<rss>", "content_type": "text/xml"}, "no page and no PDF (text/xml)"),
        ({"body": b" " * (11 << 20)}, "larger than 10 MB"),
        ({"status": 302, "location": "http://login.org/"}, "which is not followed"),
    ],
)
def test_a_list_that_is_no_page_leaves_the_site_stopped_and_is_named(tmp_path, bad, words):
    done, titles, _ = harvest(site(), MadeUp(world={LIST: FIRST, TWO: bad}), store(tmp_path))
    assert titles == ["One"] and done.state.name == "stopped"
    assert f"The list {TWO} is not read" in done.state.note and words in done.state.note
    left_out = site(leave_out=(r"\?p=2$",))
    done, _, _ = harvest(left_out, MadeUp(), store(tmp_path))
    assert done.state.name == "complete"


def test_an_answer_of_a_list_that_cannot_be_read_is_asked_for_again_when_its_file_is_deleted(
    tmp_path,
):
    folder = store(tmp_path)
    done, _, _ = harvest(site(), MadeUp(world={LIST: FIRST, TWO: (400, "")}), folder)
    file = done.walk.lists_lost[TWO].file
    assert f"delete small/{file} to ask again" in done.state.note
    (folder / file).unlink()
    done, titles, _ = harvest(site(), MadeUp(world={TWO: SECOND}), folder)
    assert done.state.name == "complete" and titles == TITLES


@pytest.mark.parametrize("status", [404, 410])
def test_a_list_that_is_not_there_is_no_list(tmp_path, status):
    web = MadeUp(world={LIST: FIRST, TWO: (status, "gone")})
    done, _, _ = harvest(site(), web, store(tmp_path))
    assert done.state.name == "complete"
    assert done.walk.not_taken[TWO].reason == f"it answers {status}"


def test_a_list_that_robots_txt_forbids_leaves_the_site_stopped(tmp_path):
    robots = {"http://a.org/robots.txt": "User-agent: *\nDisallow: /*p="}
    done, _, _ = harvest(site(), MadeUp(world=robots | {LIST: FIRST}), store(tmp_path))
    assert done.state.name == "stopped" and done.walk.by_robots == {TWO}
    assert f"The list {TWO} is not read: robots.txt allows" in done.state.note


def test_a_next_page_on_another_host_is_a_list_that_is_lost_and_a_further_list_is_not(tmp_path):
    page = "<a class=next href='http://www.a.org/2'>N</a><a class=list href='http://b.org/'>B</a>"
    entry = site()
    done, _, _ = harvest(entry, MadeUp(world={LIST: page}), store(tmp_path))
    assert list(done.walk.lists_lost) == ["http://www.a.org/2"] and done.state.name == "stopped"
    assert "on no host of the site" in done.state.note
    reasons = {one.address: one.reason for one in done.walk.not_taken.values()}
    assert reasons["http://b.org/"] == "it is on no host of the site"


def test_a_start_that_sends_on_to_a_refusal_is_blocked(tmp_path):
    moved = {"status": 301, "location": "/new"}
    web = MadeUp(world={LIST: moved, "http://a.org/new": (403, "")})
    entry = site(starts=(LIST, "http://a.org/other"))
    done, _, _ = harvest(entry, web, store(tmp_path))
    assert done.state.name == "blocked" and "http://a.org/other" not in web.asked


def test_a_challenge_on_any_page_blocks_and_one_refused_list_does_not(tmp_path):
    page = f"{FIRST}<a class=list href=/more>Further</a>"
    more = {"http://a.org/more": '<a href="x.pdf">Third</a>'}
    wall = {"status": 403, "cf_mitigated": "challenge"}
    done, titles, _ = harvest(
        site(), MadeUp(world={LIST: page, TWO: wall} | more), store(tmp_path, "wall")
    )
    assert (done.state.name, titles) == ("blocked", ["One"])
    done, titles, _ = harvest(
        site(), MadeUp(world={LIST: page, TWO: (403, "")} | more), store(tmp_path)
    )
    assert (done.state.name, titles) == ("stopped", ["One", "Third"])


def test_refused_addresses_count_among_the_most_that_are_asked_for(tmp_path):
    page = "".join(f"<a class=list href=/{n}>x</a>" for n in range(50))
    world = {LIST: page} | {f"http://a.org/{n}": (403, "") for n in range(50)}
    web = MadeUp(world=world)
    done, _, _ = harvest(site(most=10), web, store(tmp_path))
    assert len(web.pages_asked) == 10 and done.walk.beyond == 41
    assert "47 more" not in done.state.note and "6 more lists are not read" in done.state.note


def test_a_refused_page_of_a_document_leaves_its_record_and_is_asked_for_again(tmp_path):
    entry = site(documents=Entries(entry="li", link="a"))
    world = {LIST: "<li><a href=/d>Plan of trusts</a></li>", "http://a.org/d": (403, "")}
    done, titles, _ = harvest(entry, MadeUp(world=world), store(tmp_path))
    assert (done.state.name, titles) == ("complete", ["Plan of trusts"])
    assert "pages of 1 documents were refused" in done.state.note
    again = MadeUp(world={"http://a.org/d": "<meta name=citation_title content='Plan'>"})
    done, titles, _ = harvest(entry, again, store(tmp_path))
    assert titles == ["Plan"] and again.asked == ["http://a.org/d"] and done.state.note == ""


def test_a_capture_that_the_archive_lists_and_does_not_give_is_a_lost_list(tmp_path):
    row = ["20060102030405", LIST, "text/html", "200"]
    captures = [
        ("20060102030405", LIST, "text/html", "<a class=list href=/a>A</a><a class=list href=/b>"),
        ("20060102030405", "http://a.org/a", "text/html", ""),
    ]
    entry = site(archive=Archive(("a.org/",)), pace=0)
    web = MadeUpArchive(captures=captures)
    web._exchange(*[question(entry.archive, "a.org/", "")] * 2, {})
    assert row[1] in web.world[question(entry.archive, "a.org/", "")]
    gone = f"https://web.archive.org/web/{row[0]}id_/http://a.org/a"
    web.captures, web.world[gone] = [], (404, "")
    done, _, _ = harvest(entry, web, store(tmp_path))
    assert list(done.walk.lists_lost) == ["http://a.org/a"]
    assert done.walk.not_taken["http://a.org/b"].reason == "the archive lists no capture of it"


# What was answered before


@pytest.mark.parametrize(
    "old", [{"status": 403, "cf_mitigated": "challenge"}, {"body": "<h1>Are you a robot?</h1>"}]
)
def test_a_challenge_of_another_day_does_not_end_a_harvest_whose_network_fails(tmp_path, old):
    entry = site(starts=(LIST, "http://a.org/other"))
    harvest(entry, MadeUp(world={LIST: old}), store(tmp_path))
    world = {LIST: requests.ConnectionError(), "http://a.org/other": SECOND}
    web = MadeUp(world=world)
    done, titles, messages = harvest(entry, web, store(tmp_path))
    assert "http://a.org/other" in web.asked and titles == ["Two"]
    assert "nothing more is asked" not in said(messages)
    assert "cannot be reached" in done.why_ended


def test_a_wall_at_an_address_that_is_no_longer_wanted_is_none(tmp_path):
    wall = {"status": 403, "cf_mitigated": "challenge"}
    harvest(site(), MadeUp(world={LIST: FIRST, TWO: wall}), store(tmp_path))
    entry = site(leave_out=(r"p=2",), starts=(LIST, "http://a.org/x"))
    done, _, _ = harvest(entry, MadeUp(world={"http://a.org/x": (500, "")}), store(tmp_path))
    assert done.state.name == "stopped"


# Documents that lists name in odd ways


def test_a_pdf_beside_a_word_file_or_an_address_left_out_is_not_lost(tmp_path):
    page = (
        "<li><a href=a.doc>Word</a> <a href=a.pdf>PDF</a></li>"
        "<li><a href=/cart>Buy</a> <a href=b.pdf>B</a></li>"
    )
    entry = site(documents=Entries(entry="li", patterns=(r"\.(pdf|doc)$",)), leave_out=("/cart$",))
    harvest(entry, MadeUp(world={LIST: page}), store(tmp_path))
    found = [one.url for one in records_in(entry, store(tmp_path))]
    assert found == ["http://a.org/a.pdf", "http://a.org/b.pdf"]


def test_entries_without_a_link_or_with_one_for_scripts_are_each_listed_as_not_taken(tmp_path):
    page = "<li>In print</li><li>Also in print</li><li><a href='#'>A</a></li><li><a href=#>B</a>"
    entry = site(documents=Entries(entry="li"))
    done, titles, _ = harvest(entry, MadeUp(world={LIST: page}), store(tmp_path))
    left = {(one.address, one.text, one.reason) for one in done.walk.not_taken.values()}
    no_link, nowhere = "its entry has no link", "its link leads to no web page"
    assert titles == [] and left == {
        ("", "In print", no_link), ("", "Also in print", no_link),
        ("#", "A", nowhere), ("#", "B", nowhere),
    }  # fmt: skip


def test_files_that_lists_name_as_lists_are_listed_as_not_taken_unless_they_are_documents(tmp_path):
    page = (
        "<a class=list href=a.doc>A</a><a class=list href=b.pdf>B</a><li><a class=list href=c.pdf>C"
    )
    entry = site(documents=Entries(entry="li"))
    done, titles, _ = harvest(entry, MadeUp(world={LIST: page}), store(tmp_path))
    reasons = {one.address: one.reason for one in done.walk.not_taken.values()}
    assert titles == ["C"] and done.state.name == "complete"
    assert reasons == {
        "http://a.org/a.doc": "a file of the kind doc",
        "http://a.org/b.pdf": "a file of the kind pdf",
    }


def test_a_page_that_sends_its_readers_on_is_followed_and_one_of_frames_is_no_wall(tmp_path):
    world = {
        LIST: "<meta http-equiv=Refresh content=\"0; URL='/home'\"><meta http-equiv=refresh>",
        "http://a.org/home": "<script>x</script><frameset><frame src=menu></frameset>",
        "http://a.org/menu": SECOND,
    }
    entry = site(lists=("frame",))
    done, titles, _ = harvest(entry, MadeUp(world=world), store(tmp_path))
    assert (done.state.name, titles) == ("complete", ["Two"])


# How far the lists go


def test_a_list_first_met_at_the_end_of_its_steps_is_followed_when_a_next_page_is_nearer(tmp_path):
    world = {
        LIST: "<a class=list href=/far>F</a><a class=next href=/2>N</a>",
        "http://a.org/far": "<a class=list href=/shared>S</a>",
        "http://a.org/2": "<a class=next href=/3>N</a>",
        "http://a.org/3": "<a class=list href=/shared>S</a>",
        "http://a.org/shared": "<a class=list href=/last>L</a>",
        "http://a.org/last": SECOND,
    }
    done, titles, _ = harvest(site(depth=2), MadeUp(world=world), store(tmp_path))
    assert titles == ["Two"] and done.state.name == "complete"


NUMBER = st.integers(0, 8)
PAGE = st.tuples(NUMBER, NUMBER)
PAGES = st.lists(st.one_of(*[PAGE] * 7, NUMBER), min_size=9, max_size=9)
"""Of each page its next page and a further list, or the page that it sends on to."""


class Given(SiteFolder):
    """A folder in which all pages are there."""

    made: list

    def get(self, address):
        number = int(address.rpartition("/")[2])
        for _ in range(len(self.made)):
            if isinstance(self.made[number], int):
                number = self.made[number]
        if isinstance(self.made[number], int):
            return super().get(address)
        following, further = self.made[number]
        body = f"<a class=next href=/{following}>x</a><a class=list href=/{further}>x</a>"
        there = f"http://a.org/{number}"
        return Got(answer(there, f"{body}<a href=/{number}.pdf>x</a>"), there, "")


def lists_within(depth, pages):
    """Return the pages whose lists are read: by relaxing every link as often as there are pages."""
    steps = {0: 0}
    for _ in range(len(pages) + 1):
        for page, at in list(steps.items()):
            found = pages[page]
            ways = [found] if isinstance(found, int) else found
            for more, to in enumerate(ways):  # no step, and one step
                steps[to] = min(steps.get(to, 99), at + more)
    return {page for page, at in steps.items() if at <= depth and not isinstance(pages[page], int)}


@settings(max_examples=1_000)  # a hundred do not find the case above
@given(PAGES, st.integers(1, 2))
def test_all_lists_within_the_depth_by_the_cheapest_way_are_read(pages, depth):
    folder = Given(site(starts=("http://a.org/0",), depth=depth), Path("/nowhere"))
    folder.made = pages
    read = {one.rpartition("/")[2] for one in walk(folder.site, folder).documents}
    assert read == {f"{page}.pdf" for page in lists_within(depth, pages)}
