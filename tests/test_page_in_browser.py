"""The page as a person uses it, in a headless Chromium: its views, filters, keys, and silence."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from browser import NEEDS_CHROMIUM, Page, browser
from searchsets.files import read_csv

pytestmark = NEEDS_CHROMIUM
PLACE = r"\d[\d,]*"


@pytest.fixture(scope="module")
def tab() -> Iterator[Page]:
    with browser() as opened:
        opened.resize(1280, 900)
        yield opened


@pytest.fixture
def page(tab: Page, screened_run: Path) -> Iterator[Page]:
    """The page of the screened run, freshly opened; at the end it must have been silent."""
    tab.requests.clear()
    tab.complaints.clear()
    tab.open(screened_run / "report.html")
    yield tab
    assert tab.complaints == []
    assert {urlsplit(url).scheme for url in tab.requests} == {"file"}
    assert all(url.partition("#")[0].endswith("/report.html") for url in tab.requests)


def number(text: str) -> int:
    return int(re.search(PLACE, text)[0].replace(",", ""))


def listed(page: Page) -> list[str]:
    """Return the ids of the records that the list shows."""
    return page.run(
        "[...document.querySelectorAll('.shown .records tbody td:first-child a')]"
        ".map((link) => new URLSearchParams(link.hash.split('?')[1]).get('id'))"
    )


def found(page: Page) -> int:
    return number(page.text(".shown [role=status]"))


def test_the_first_screen_is_the_overview_and_every_view_opens(page):
    assert "What this run shows" in page.text(".view.shown")
    names = page.run("[...document.querySelectorAll('nav.views a')].map((a) => a.hash)")
    assert len(names) > 9
    for name in names:
        page.go(name)
        assert page.run("document.querySelectorAll('.view.shown').length") == 1
        assert page.text(".view.shown h2").strip(), name
        assert page.run("document.querySelector('nav.views [aria-current]').hash") == name


def test_the_list_holds_every_record_of_every_work(page, screened_run):
    page.go("#records")
    finals = {row["record_id"] for row in read_csv(screened_run / "screening/final.csv")}
    assert set(listed(page)) == finals and found(page) == len(finals)


def test_every_number_that_opens_records_opens_as_many_as_it_says(page):
    links = page.run(
        '[...document.querySelectorAll(\'a.n[href^="#records"], svg a[href^="#records"]\')]'
        ".map((a) => [a.getAttribute('href'), a.textContent])"
    )
    asked = {(href, text.strip()) for href, text in links}
    assert len(asked) > 30
    for href, text in sorted(asked):
        page.run(f"location.hash = {href!r}")
        page.run("new Promise((done) => setTimeout(done))")
        if re.fullmatch(PLACE, text):
            assert found(page) == number(text), (href, text)


@pytest.mark.parametrize(
    "column", ["state", "source", "removed", "screening", "eligibility", "arm"]
)
def test_each_filter_shows_the_rows_that_the_files_have(page, screened_run, column):
    rows = read_csv(screened_run / "flow/records.csv")
    for value in {row[column] for row in rows}:
        page.go(f"#records?{column}={value}")
        assert set(listed(page)) == {row["record_id"] for row in rows if row[column] == value}


def test_filters_are_joined_and_stand_in_the_address_and_can_be_taken_back(page):
    page.go("#records?state=excluded|conflict&source=eric")
    both = set(listed(page))
    page.go("#records?state=excluded&source=eric")
    assert set(listed(page)) < both
    page.run("document.querySelector('.shown .chip').click()")
    page.settle()
    assert "state" not in page.run("location.hash")


def test_a_search_folds_case_accents_and_apostrophes_and_says_how_many(page):
    for asked, expected in (
        ("childrens TRUSTS", 1),
        ("children's trusts unal", 1),
        ("ejx", 0),
        ("goverN", 3),
    ):
        page.go("#records?source=eric")
        page.run("document.getElementById('q').focus()")
        page.run("document.getElementById('q').value = ''")
        page.type(asked)
        page.settle()
        assert found(page) == expected, asked
        assert parse_qs(page.run("location.hash").partition("?")[2])["q"] == [asked]


def test_years_can_be_spanned_and_what_is_unknown_is_no_year(page):
    page.go("#records?source=eric&year=2005..2006")
    assert set(listed(page)) == {"eric:EJ100001", "eric:EJ100004"}
    page.go("#records?source=eric&year=unknown")
    assert set(listed(page)) == {"eric:EJ100006"}


def test_a_list_is_sorted_by_its_headings_and_unknown_years_stand_last(page):
    page.go("#records?source=eric&sort=year")
    years = page.run(
        "[...document.querySelectorAll('.shown .records td:nth-child(2)')].map((td) => td.textContent)"
    )
    assert years == sorted(years) and years[-1] == "unknown"
    page.run("document.querySelector('.shown th[aria-sort=ascending] a').click()")
    page.settle()
    assert page.run(
        "document.querySelector('.shown th[aria-sort=descending]').textContent"
    ).startswith("Year")


def test_what_a_view_shows_can_be_had_as_csv(page):
    page.go("#records?source=assia")
    text = page.run(
        "(() => { let made; const real = URL.createObjectURL;"
        " URL.createObjectURL = (blob) => { made = blob; return real(blob); };"
        " HTMLAnchorElement.prototype.click = function () {};"
        " document.querySelector('.shown .tools button').click();"
        " URL.createObjectURL = real; delete HTMLAnchorElement.prototype.click; return made.text(); })()"
    )
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["id"] for row in rows} == set(listed(page))
    assert {row["source"] for row in rows} == {"assia"}


def test_a_record_shows_all_votes_in_order_its_criteria_its_sources_and_what_found_it(page):
    page.go("#record?id=eric:EJ100001")
    text = page.text(".shown")
    assert "Governing schools" in text and "In the place of" not in text
    acts = page.run(
        "[...document.querySelectorAll('.shown section:nth-of-type(3) tbody tr')]"
        ".map((tr) => tr.innerText)"
    )
    assert len(acts) == 5
    assert sum("taken back" in act for act in acts) == 1 and "wrong button" in " ".join(acts)
    assert "assia:" in text and "assia/found.ris" in text and "eric/answer.json" in text
    assert "A duplicate of another record" in text
    assert "#34" in page.run("document.querySelector('.view.shown').textContent")
    assert "What they are to each other" in text


def test_text_of_records_is_text_and_a_strange_address_is_no_link(page):
    page.go("#record?id=eric:EJ100005")
    assert "<img src=x onerror=alert(1)> School boards" in page.text(".shown h2")
    page.go("#record?id=eric:EJ100004")
    assert (
        page.run(
            "[...document.querySelectorAll('.shown a')]"
            ".filter((a) => a.protocol === 'javascript:').length"
        )
        == 0
    )


def test_a_record_that_is_not_there_is_said(page):
    page.go("#record?id=nobody")
    assert "No such record" in page.text(".shown")


@pytest.mark.parametrize(
    "place",
    [
        "#records?sort=constructor&line=__proto__.constructor.x&total=constructor&state=__proto__",
        "#records?page=-9&year=abc..&q=%00&key=|||&pair=|&outcome=&held=__proto__",
        "#record?id=__proto__", "#%", "#%E0%A4%A", "#what_if?combination=toString&window_from=x",
        "#claims?text=hasOwnProperty", "#disagreements?stage=constructor&page=x", "#no-such-view?a=b",
    ],
)  # fmt: skip
def test_an_address_of_nonsense_shows_a_view_and_breaks_nothing(page, place):
    page.go(place)
    assert page.run("document.querySelectorAll('.view.shown').length") == 1
    assert page.text(".view.shown").strip()


def test_what_is_not_understood_is_said_and_no_filter(page):
    page.go("#records?nonsense=1&year=abc")
    assert found(page) == page.run(
        "Number(document.querySelector('.shown .found').innerText.match(/of ([0-9]+)/)[1])"
    )
    assert "not understood: nonsense" in page.text(".shown .chips")
    assert "“abc” is no year" in page.text(".shown .beyond")
    page.go("#nowhere")
    assert "no place “nowhere”" in page.text("#trouble")
    page.go("#what_if?window_from=2010&window_until=2001")
    assert "the window ends before it begins" in page.text(".shown [role=status]")


def test_a_long_title_leaves_the_votes_in_sight(page):
    page.go("#disagreements")
    right = page.run(
        "Math.max(...[...document.querySelectorAll('.shown .votes')]"
        ".map((votes) => votes.getBoundingClientRect().right))"
    )
    assert right < 1280


def test_a_value_is_chosen_with_its_box_and_one_that_says_nothing_too(page, screened_run):
    page.go("#records")
    page.run("document.getElementById('facet-removed-').click()")
    page.settle()
    kept = {r["record_id"] for r in read_csv(screened_run / "flow/records.csv") if not r["removed"]}
    assert set(listed(page)) == kept
    assert page.run("document.activeElement.id") == "facet-removed-"
    page.run("document.getElementById('facet-removed-duplicate').click()")
    page.settle()
    assert found(page) == len(kept) + 1


def test_disagreements_show_the_votes_side_by_side_and_who_settled_them(page):
    page.go("#disagreements")
    assert found(page) == 2
    rows = page.run("[...document.querySelectorAll('.shown tbody tr')].map((tr) => tr.innerText)")
    assert any("R03" in row and "R02 excluded it" in row for row in rows)
    assert any("not settled" in row for row in rows)


def test_reviewers_and_reasons_count_what_the_log_has(page):
    page.go("#reviewers")
    assert "R03" in page.text(".shown") and "adjudicator" in page.text(".shown")
    page.go("#reasons")
    assert "before people screened" in page.text(".shown")


def test_it_can_be_used_by_keyboard_alone(page):
    page.press("/")
    assert page.run("document.activeElement.id") == "q"
    page.press("Escape", 27)
    page.press("ArrowDown", 40)
    first = page.run("document.activeElement.hash")
    page.press("ArrowDown", 40)
    assert page.run("document.activeElement.hash") != first
    page.press("ArrowUp", 38)
    page.press("Enter", 13, "\r")
    assert page.run("location.hash") == first
    page.press("j")
    second = page.run("location.hash")
    assert second != first
    page.press("k")
    assert page.run("location.hash") == first
    page.press("Escape", 27)
    assert page.run("location.hash").startswith("#records")
    page.press("?")
    assert page.run("document.getElementById('keys').open")


def test_a_screen_reader_is_told_names_states_and_changes(page):
    page.go("#records")
    assert page.run("document.documentElement.lang") == "en-GB"
    nameless = page.run(
        "[...document.querySelectorAll('.shown input, .shown button')]"
        ".filter((e) => !e.labels?.length && !e.textContent.trim() && !e.ariaLabel).length"
    )
    assert nameless == 0
    assert (
        page.run("document.querySelector('.shown [role=status]').getAttribute('aria-live')")
        == "polite"
    )
    assert page.run("[...document.querySelectorAll('.shown table')].every((t) => t.caption)")
    assert page.run("[...document.querySelectorAll('.shown th')].every((t) => t.scope)")


def test_focus_moves_to_the_heading_of_a_new_view(page):
    page.go("#records")
    page.go("#audit")
    assert page.run("document.activeElement.tagName") == "H2"


@pytest.mark.parametrize(
    "view",
    [
        "#overview",
        "#records",
        "#record?id=eric:EJ100001",
        "#record?id=eric:EJ100005",
        "#disagreements",
        "#sources",
        "#files",
        "#what_if",
        "#claims",
        "#review_tables",
    ],
)
def test_a_phone_need_not_scroll_sideways(page, view):
    page.resize(390, 800)
    page.go(view)
    assert page.run("document.documentElement.scrollWidth <= innerWidth")
    page.resize(1280, 900)


def test_dark_colours_are_dark_and_paper_is_white(page):
    page.resize(1280, 900, dark=True)
    back = page.run("getComputedStyle(document.body).backgroundColor")
    assert max(map(int, re.findall(r"\d+", back))) < 60
    page.resize(1280, 900)
    assert page.printed().startswith(b"%PDF")


def test_without_scripts_the_tables_stand_and_a_reader_is_told(screened_run):
    text = (screened_run / "report.html").read_text(encoding="utf-8")
    assert "<noscript>" in text and "tables/screening_log.csv" in text
