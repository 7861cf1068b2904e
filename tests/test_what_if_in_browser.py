"""What the page counts under other choices is what the reference in Python counts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from browser import NEEDS_CHROMIUM, Page, browser
from searchsets.files import read_csv
from searchsets.reporting.choices.files import read_choices
from searchsets.reporting.choices.model import YEAR, Data
from searchsets.reporting.choices.totals import COLUMNS, totals

pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def page(screened_run: Path) -> Iterator[Page]:
    with browser() as opened:
        opened.open(screened_run / "report.html")
        yield opened
        assert opened.complaints == []


@pytest.fixture(scope="module")
def data(screened_run: Path) -> Data:
    return read_choices(screened_run / "choices")


def some_settings(data: Data, number: int) -> Iterator[dict[str, str | int | None]]:
    """Yield settings that differ from those of the run in anything up to everything."""
    dice = random.Random(8)
    for _ in range(number):
        settings = {}
        for option in dice.sample(data.options, dice.randint(0, len(data.options))):
            values = [one.value for one in option.values]
            if option.kind == YEAR:
                values += [None, dice.randint(1995, 2010)]
            settings[option.id] = dice.choice(values)
        yield settings


def address(view: str, settings: dict[str, str | int | None]) -> str:
    return f"#{view}?" + urlencode({k: "" if v is None else v for k, v in settings.items()})


def shown_totals(page: Page) -> list[str]:
    return page.run(
        "[...document.querySelectorAll('.shown .totals tbody tr')].map((tr) => tr.cells[2].innerText)"
    )


def names_of(data: Data) -> list[str]:
    searches = [one.name for one in data.searches]
    return [*COLUMNS, *(f"{kind}_{one}" for one in searches for kind in ("records", "undecidable"))]


def test_the_totals_of_any_choice_are_those_of_the_reference(page, data):
    for settings in some_settings(data, 60):
        page.go(address("what_if", settings))
        numbers = totals(data, settings).numbers()
        expected = [
            "unknown" if numbers[name] is None else f"{numbers[name]:,}" for name in names_of(data)
        ]
        assert shown_totals(page) == expected, settings


def test_a_total_opens_the_records_or_works_that_it_counts(page, data):
    settings = {"combination": "all", f"basis.{data.databases[0]}": "strict"}
    ids = totals(data, settings).ids
    for name in (
        "works_to_screen",
        "suggested_unclear",
        "included",
        "known_items_matched",
        "records",
    ):
        page.go(address("records", settings | {"total": name}))
        opened = page.run(
            "[...document.querySelectorAll('.shown .records tbody td:first-child a')]"
            ".map((link) => new URLSearchParams(link.hash.split('?')[1]).get('id'))"
        )
        if name in ("known_items_matched", "records"):
            assert set(opened) == set(ids[name])
        else:
            of_work = {one.record_id: one.work_id for one in data.works}
            assert {of_work.get(one, of_work.get(one)) for one in opened} >= set(ids[name])


def test_a_choice_is_made_with_the_form_and_stands_in_the_address(page):
    page.go("#what_if")
    page.run(
        "(() => { const field = document.querySelector('[name=combination]'); field.value = 'all';"
        " field.dispatchEvent(new Event('change', { bubbles: true })); })()"
    )
    page.settle()
    assert "combination=all" in page.run("location.hash")
    assert "1 choice other than in this run" in page.text(".shown [role=status]")


def test_claims_of_the_run_are_told_as_its_table_tells_them(page, screened_run):
    page.go("#claims")
    shown = page.run(
        "[...document.querySelectorAll('.shown .claimed li')].map((li) =>"
        " [li.querySelector('strong').innerText, li.querySelector('div').innerText,"
        " li.closest('.claimed').querySelector('h3').innerText])"
    )
    words = {
        "yes": "It can be claimed",
        "no": "It cannot be claimed",
        "cannot be told": "It cannot be told",
    }
    table = read_csv(screened_run / "tables/claims.csv")
    assert {(says, because, group.partition(" (")[0]) for says, because, group in shown} == {
        (row["says"], row["because"], words[row["holds"]]) for row in table
    }


def test_a_claim_is_told_anew_under_another_choice(page, data):
    settings = {"combination": "all"}
    page.go(address("claims", settings))
    unclear = totals(data, settings).numbers()["suggested_unclear"]
    assert f"does not say enough: {unclear}." in page.text(".shown")
