"""A harvest is whole or says what it lacks, whatever is answered and whenever it is interrupted."""

from __future__ import annotations

import errno
import gzip
import json
import os
import random
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests
from click.testing import CliRunner, Result

import loopback
import searchsets.sources.command
from asking import (
    BY_CURSOR,
    KEY,
    PATHS,
    STRATEGY,
    Asked,
    clear,
    every,
    everything_in,
    holds_key,
    make,
    names_of,
)
from conftest import PROJECT
from loopback import Loopback, Service, documents
from refusal import refused
from searchsets.cli import main
from searchsets.errors import ReviewError
from searchsets.records.shards import read_records
from searchsets.sources.answers import CUT, OPEN, SHORT
from searchsets.sources.exchange import ENDING
from searchsets.sources.harvest import accept_short
from searchsets.sources.services import SERVICES
from searchsets.sources.services.base import Query
from searchsets.sources.stage import import_with_harvests
from searchsets.sources.store import kept
from searchsets.sources.stored import find_harvests
from searchsets.sources.web import Web
from searchsets.strategy.model import Or, Term
from test_thesaurus import BOMB

ALL = list(PATHS)
KILLS = int(os.environ.get("SEARCHSETS_KILLS", "12"))
SEED = int(os.environ.get("SEARCHSETS_SEED", "20080815"))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every service give 20 records a page; do not wait for the disk."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    for service in SERVICES.values():
        monkeypatch.setattr(service, "rows", 20)


@pytest.fixture(params=ALL)
def asked(request: pytest.FixtureRequest, small: None, tmp_path: Path) -> Iterator[Asked]:
    """Each service in turn, with 50 documents: two full pages and one that is half full."""
    made = make(request.param, 50, tmp_path)
    with made.server:
        yield made


def whole(asked: Asked) -> set[str]:
    """Require that all is there that the service holds, once, and nothing else; return the ids."""
    stored = asked.stored()
    assert stored.all_ids == names_of(asked.name, asked.held.documents)
    assert not list(asked.folder.rglob("*.part"))
    return stored.all_ids


# What the services answer


def test_an_undisturbed_harvest_asks_each_page_once(asked):
    answers = asked.harvest()
    assert answers.state == "complete" == asked.stored().state
    assert len(whole(asked)) == 50
    assert asked.server.asked_twice() == []
    assert [page.records for page in answers.pages] == [20, 20, 10]
    assert (asked.progress.there, asked.progress.come) == (50, 50)


@pytest.mark.parametrize("number", [0, 1, 19, 20, 21, 40])
def test_the_end_is_found_wherever_it_lies(asked, number):
    asked.held.documents = documents(asked.name, number)
    assert asked.harvest().state == "complete"
    assert len(whole(asked)) == number
    assert asked.server.asked_twice() == []


LATER = datetime(2099, 1, 1, tzinfo=UTC)
ONCE = {
    "too many, 7 s": loopback.too_many(7),
    "too many, a date that has passed": loopback.too_many(datetime(2020, 1, 1, tzinfo=UTC)),
    "500": loopback.failing(500),
    "503": loopback.failing(503),
    "503, 3 s": loopback.failing(503, 3),
    "504": loopback.failing(504),
    "524 of a cache before the service": loopback.failing(524),
    "HTML": loopback.html_page(),
    "error told as data": loopback.json_error(),
    "no JSON": loopback.not_json(),
    "nothing": loopback.not_json(""),
    "JSON of another form": loopback.json_error([1, 2]),
    "cut off": loopback.cut_off(),
    "broken chunks": loopback.broken_chunks(),
    "broken gzip": loopback.broken_gzip(),
    "gzip that ends early": loopback.ended_gzip(),
    "closed without an answer": loopback.hung_up(),
    "slow": loopback.slow(0.001, 5),
    "short page": loopback.short_page(1),
    "empty page": loopback.empty_page(),
    "border repeated": loopback.repeated_border(),
    "list moved down": loopback.shifted(1),
    "list moved up": loopback.shifted(-1),
    "announced too many": loopback.wrong_total(7),
    "announced too few": loopback.wrong_total(-7),
    "announced none": loopback.wrong_total(-50),
}


@pytest.mark.parametrize("page", [1, 2, 3])
@pytest.mark.parametrize("fault", ONCE)
def test_what_goes_wrong_once_costs_nothing(asked, fault, page):
    asked.faults([None] * (page - 1) + [ONCE[fault]])
    assert asked.harvest().state == "complete"
    assert len(whole(asked)) == 50
    assert asked.progress.come == asked.stored().received


ALWAYS = {
    "too many": (loopback.too_many(1), "after asking 7 times: status 429"),
    "503": (loopback.failing(503), "after asking 7 times: status 503"),
    "504": (loopback.failing(504), "after asking 7 times: status 504"),
    "HTML": (loopback.html_page(), "an HTML page in the place of JSON"),
    "no JSON": (loopback.not_json(), "no JSON"),
    "nothing": (loopback.not_json(""), "an empty answer"),
    "XML that unfolds": (loopback.not_json(f"{BOMB}]><x>&a11;</x>"), "no JSON"),
    "cut off": (loopback.cut_off(), "the answer is broken off"),
    "broken chunks": (loopback.broken_chunks(), "the answer is broken off"),
    "broken gzip": (loopback.broken_gzip(), "the packed answer is damaged"),
    "gzip that ends early": (loopback.ended_gzip(), "the packed answer is cut off"),
    "closed": (loopback.hung_up(), "breaks the connection off"),
    "404": (loopback._instead(loopback.in_text("Resource not found.", 404)), "not found"),
    "403": (loopback.html_page(403), "status 403"),
    "302 to nowhere": (loopback.html_page(302), "status 302"),
}


@pytest.mark.parametrize("fault", ALWAYS)
def test_what_goes_wrong_always_is_told_and_what_came_is_kept(asked, fault):
    wrong, words = ALWAYS[fault]
    asked.faults(lambda number, path, params: wrong if number > 1 else None)
    with pytest.raises(ReviewError) as caught:
        asked.harvest()
    clear(caught.value)
    assert words in str(caught.value)
    before = asked.stored()
    assert (before.state, len(before.all_ids)) == (OPEN, 20)
    asked.heal()
    first = asked.asked()[0]
    assert asked.harvest().state == "complete"
    whole(asked)
    assert sum(one.params == first.params and one.path == first.path for one in asked.asked()) == 1


WRONG_LISTS = {
    "short pages": lambda number, path, params: loopback.short_page(1),
    "empty pages": lambda number, path, params: loopback.empty_page() if number > 1 else None,
    "borders repeated": lambda number, path, params: loopback.repeated_border(),
    "list moves down": lambda number, path, params: loopback.shifted(number),
    "list moves up": lambda number, path, params: loopback.shifted(-number),
    "announced too many": lambda number, path, params: loopback.wrong_total(5),
    "announced too few": lambda number, path, params: loopback.wrong_total(-5),
    "announced none": lambda number, path, params: loopback.wrong_total(-50),
    "announced more and more": loopback.growing_total(1),
    "announced less and less": loopback.growing_total(-1),
}


@pytest.mark.parametrize("fault", WRONG_LISTS)
def test_of_a_list_that_is_wrong_all_comes_or_what_is_missing_is_told(asked, fault):
    """Nothing is lost in silence; when the service is well again, the same command ends well."""
    asked.faults(WRONG_LISTS[fault])
    answers = asked.harvest()
    if answers.state == "complete":
        assert len(whole(asked)) == 50
    else:
        with pytest.raises(ReviewError) as caught:
            searchsets.sources.command.require_all([answers], asked.folder)
        clear(caught.value)
        came = len(answers.all_ids)
        announced = answers.total
        assert f"speaks of {announced:,} records and gave {came:,} different" in str(caught.value)
        assert came < announced
    asked.heal()
    assert asked.harvest().state == "complete"
    whole(asked)


@pytest.mark.parametrize("at", [2, 3])
def test_a_record_that_is_taken_out_meanwhile_hides_no_other(asked, at):
    """All after it move up by one: the first of the next page would be missed."""

    def taken_out(number: int, path: str, params: object) -> None:
        if number == at:
            del asked.held.documents[0]

    asked.faults(taken_out)
    assert asked.harvest().state == "complete"
    assert names_of(asked.name, asked.held.documents) <= asked.stored().all_ids


@pytest.mark.parametrize("at", [2, 3])
def test_a_record_that_comes_in_meanwhile_is_taken_too(asked, at):
    def put_in(number: int, path: str, params: object) -> None:
        if number == at:
            asked.held.documents.insert(0, documents(asked.name, 1, start=900)[0])

    asked.faults(put_in)
    assert asked.harvest().state == "complete"
    assert len(whole(asked)) == 51


@pytest.mark.parametrize("name", BY_CURSOR)
def test_a_forgotten_cursor_begins_the_list_anew(small, tmp_path, name):
    asked = make(name, 50, tmp_path)

    def forget(number: int, path: str, params: object) -> None:
        if number == 3:
            asked.server.expire_cursors()

    with asked.server:
        asked.faults(forget)
        assert asked.harvest().state == "complete"
        whole(asked)
        assert len(asked.stored().rounds) == 2


@pytest.mark.parametrize("name", BY_CURSOR)
def test_cursors_that_never_last_are_told_and_a_later_harvest_is_not_stuck(small, tmp_path, name):
    asked = make(name, 50, tmp_path)
    with asked.server:
        asked.faults(lambda number, path, params: asked.server.expire_cursors())
        for _ in range(2):
            with refused(tmp_path, "forgotten its place", "walk"):
                asked.harvest()
        asked.heal()
        assert asked.harvest().state == "complete"
        whole(asked)


def test_an_empty_page_before_the_end_is_asked_for_again_and_not_the_whole_list(asked):
    asked.faults([None, loopback.empty_page(), loopback.empty_page()])
    assert asked.harvest().state == "complete"
    assert len(asked.asked()) == 5
    assert len(asked.stored().rounds) == 1
    assert [page.records for page in asked.stored().pages] == [20, 20, 10]


@pytest.mark.parametrize("name", BY_CURSOR)
def test_a_cursor_that_is_refused_at_the_very_beginning_is_no_place_forgotten(
    small, tmp_path, name
):
    """There is no list to begin anew: it is told at once, and costs no walk."""
    refusals = {
        "openalex": loopback.in_json({"error": "Invalid", "message": "bad cursor"}, 400),
        "crossref": loopback.in_json({"message": [{"type": "cursor-invalid"}]}, 404),
        "europepmc": loopback.in_json({"errCode": 404, "errMsg": "bad cursor"}),
    }
    asked = make(name, 50, tmp_path)
    with asked.server:
        asked.faults([loopback._instead(refusals[name])])
        with refused(tmp_path, "after 0 records of walk 1"):
            asked.harvest()
        assert len(asked.asked()) == 1
        assert asked.harvest().state == "complete"
        whole(asked)
        assert len(asked.stored().rounds) == 1


def test_a_list_that_came_short_is_walked_once_more_by_the_same_command(small, tmp_path):
    asked = make("eric", 50, tmp_path)
    with asked.server:
        asked.faults(lambda number, path, params: loopback.wrong_total(2))
        assert asked.harvest().state == SHORT
        assert len(asked.stored().rounds) == 3
        for walks in range(4, 13):
            assert asked.harvest().state == SHORT
            assert len(asked.stored().rounds) == walks
        asked.heal()
        assert asked.harvest().state == "complete"
        assert asked.stored().state == "complete"


def test_a_service_in_another_order_of_keys_and_with_odd_numbers_is_read(small, tmp_path):
    """Numbers come as text now and then."""

    def as_text(answer: loopback.Answer) -> loopback.Answer:
        data = json.loads(answer.body)
        data["response"]["numFound"] = str(data["response"]["numFound"])
        return loopback.in_json(data)

    asked = make("eric", 50, tmp_path)
    with asked.server:
        asked.faults(lambda number, path, params: loopback.Fault(answer=as_text))
        assert asked.harvest().state == "complete"
        whole(asked)


@pytest.mark.parametrize("name", ALL)
def test_a_packed_answer_is_kept_as_it_came(small, tmp_path, name):
    asked = make(name, 50, tmp_path)
    asked.server.compressed = True
    with asked.server:
        asked.harvest()
        whole(asked)
        first = kept(asked.stored().pages[0].path)
    assert first.body[:2] == b"\x1f\x8b" and first.content[:1] == b"{"


# Ceilings


def of_year(year: int, name: str, number: int) -> list[dict]:
    """Make so many documents of one year: each eleventh is of the same one."""
    kind, first = loopback.KINDS[name], year - 2000
    return [kind.make(loopback.Work(first + 11 * one)) for one in range(number)]


def words_of(params: dict, held: list[dict]) -> list[dict]:
    """Select as DOAJ does by years; `alpha` is in the even documents, `beta` in the odd ones."""
    found = loopback.KINDS["doaj"].select(params, held)
    rests = {rest for rest, word in ((0, "alpha"), (1, "beta")) if word in params["query"]}
    return [one for one in found if int(one["id"], 16) % 2 in rests]


EITHER = Or((Term("alpha", free_text=True), Term("beta", free_text=True)))


@pytest.fixture
def doaj(tmp_path: Path) -> Iterator[Asked]:
    made = make("doaj", 0, tmp_path, words_of)
    made.query = Query("alpha OR beta", (2004, 2006), EITHER)
    with made.server:
        yield made


def test_more_than_the_ceiling_is_cut_by_years(doaj):
    doaj.held.documents = [*of_year(2004, "doaj", 600), *of_year(2006, "doaj", 700)]
    answers = doaj.harvest()
    assert answers.state == CUT == doaj.stored().state
    assert [part.query.years for part in answers.parts] == [(2004,) * 2, (2005,) * 2, (2006,) * 2]
    assert len(whole(doaj)) == 1300
    before = len(doaj.asked())
    doaj.harvest()
    assert len(doaj.asked()) == before


def test_a_year_beyond_the_ceiling_is_cut_by_words(doaj):
    doaj.held.documents = of_year(2005, "doaj", 1500)
    answers = doaj.harvest()
    cut = next(part for part in answers.parts if part.parts)
    assert [part.query.text for part in cut.parts] == ["alpha", "beta"]
    assert len(whole(doaj)) == 1500


def test_a_single_word_beyond_the_ceiling_is_refused_and_nothing_is_called_whole(doaj):
    doaj.held.documents = [one for one in of_year(2005, "doaj", 2202) if int(one["id"], 16) % 2]
    assert len(doaj.held.documents) > 1000
    with refused(doaj.folder, "records for one question and gives 1,000", "cannot be parted"):
        doaj.harvest()
    assert doaj.stored().state == OPEN


def test_exactly_the_ceiling_is_not_cut(doaj):
    doaj.held.documents = of_year(2005, "doaj", 1000)
    assert doaj.harvest().state == "complete"
    assert len(whole(doaj)) == 1000


def test_a_list_that_goes_on_at_the_ceiling_is_cut_although_fewer_were_announced(doaj):
    """Else 500 of 1,500 records would be lost without a word."""
    doaj.held.documents = [*of_year(2004, "doaj", 800), *of_year(2006, "doaj", 700)]
    doaj.faults(lambda number, path, params: loopback.wrong_total(-1000))
    assert doaj.harvest().state == CUT
    assert len(whole(doaj)) == 1500


def test_core_is_cut_at_ten_thousand(tmp_path):
    asked = make("core", 17_000, tmp_path, None)  # of eleven years; 10,820 in the seven asked for
    within = asked.server.services["core"].documents
    asked.server.services["core"].documents = [
        one for one in within if 2002 <= one["yearPublished"] <= 2008
    ]
    with asked.server:
        assert len(asked.held.documents) > 10_000
        assert asked.harvest(20_000).state == CUT
        whole(asked)
        assert all(int(one.params["offset"]) < 10_000 for one in asked.asked())


@pytest.mark.parametrize("name", ALL)
def test_more_records_than_most_stop_the_harvest_at_the_first_answer(small, tmp_path, name):
    asked = make(name, 50, tmp_path)
    with asked.server:
        with refused(tmp_path, "has 50 records for one question, more than 49", "--most"):
            asked.harvest(most=49)
        assert len(asked.asked()) == 1
        asked.harvest(most=50)
        whole(asked)
        assert asked.server.asked_twice() == []


def test_a_short_list_that_a_person_accepts_stays_accepted(small, tmp_path):
    asked = make("eric", 50, tmp_path)
    with asked.server:
        asked.faults(lambda number, path, params: loopback.wrong_total(1))
        answers = asked.harvest()
        assert accept_short([answers]) == 1
        number = len(asked.asked())
        assert asked.harvest().accepted
        assert len(asked.asked()) == number
    assert json.loads((answers.folder / "accepted.json").read_text()) == {"total": 51, "came": 50}


# Ids and names


def test_ids_that_look_like_paths_name_no_file(small, tmp_path):
    """Files are named by a hash of the question and by numbers, never by what a service sends."""
    asked = make("eric", 3, tmp_path / "here")
    odd = ["../../../etc/passwd", "/etc/passwd", "a\0b"]
    with asked.server:
        for one, name in zip(asked.held.documents, odd, strict=True):
            one["id"] = name
        asked.harvest()
        assert asked.stored().all_ids == set(odd)
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}
    key = asked.query.key
    page = f"here/{key}/1-000001{ENDING}"
    assert names == {"here", f"here/{key}", f"here/{key}/query.json", page}


def test_documents_without_an_id_are_told_apart_by_what_they_say(small, tmp_path):
    asked = make("eric", 45, tmp_path)
    with asked.server:
        for one in asked.held.documents:
            del one["id"]
        answers = asked.harvest()
    assert (answers.state, len(answers.all_ids)) == ("complete", 45)


# The store


@pytest.fixture
def eric(small: None, tmp_path: Path) -> Iterator[Asked]:
    made = make("eric", 90, tmp_path)
    with made.server:
        yield made


def page_of(asked: Asked, number: int) -> Path:
    return asked.folder / asked.query.key / f"1-{number:06}{ENDING}"


def damaged(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x10
    path.write_bytes(data)


DAMAGES = {
    "changed": damaged,
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:-40]),
    "empty": lambda path: path.write_bytes(b""),
    "another file": lambda path: path.write_text("<html>"),
    "another archive": lambda path: path.write_bytes(gzip.compress(b"WARC/1.0\r\n")),
}


@pytest.mark.parametrize("number", [1, 3, 5])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_answer_is_named_and_asked_for_again_once_it_is_deleted(eric, damage, number):
    """Only it: what stands before and after is kept."""
    eric.harvest()
    path = page_of(eric, number)
    DAMAGES[damage](path)
    for use in (eric.harvest, eric.stored):
        with refused(path, "damaged", "delete this file and harvest again"):
            use()
    path.unlink()
    assert eric.stored().state == OPEN
    before = len(eric.asked())
    assert eric.harvest().state == "complete"
    assert [one.params["start"] for one in eric.asked()[before:]] == [str(20 * (number - 1))]
    whole(eric)


@pytest.mark.parametrize("name", BY_CURSOR)
def test_an_answer_of_a_cursor_that_was_deleted_is_asked_for_again(small, tmp_path, name):
    asked = make(name, 90, tmp_path)
    with asked.server:
        asked.harvest()
        page_of(asked, 3).unlink()
        before = len(asked.asked())
        assert asked.harvest().state == "complete"
        assert len(asked.asked()) == before + 1
        page_of(asked, 2).unlink()
        asked.server.expire_cursors()  # then the list is begun anew
        assert asked.harvest().state == "complete"
        whole(asked)


def test_several_missing_answers_are_asked_for_and_no_others(eric):
    eric.harvest()
    for number in (1, 2, 4):
        page_of(eric, number).unlink()
    before = len(eric.asked())
    assert eric.harvest().state == "complete"
    assert [one.params["start"] for one in eric.asked()[before:]] == ["0", "20", "60"]
    assert (eric.progress.there, eric.progress.come) == (90, 90)
    whole(eric)


def test_every_change_of_a_kept_answer_is_noticed(eric):
    """A bit in any place, and an end at any place; a missing checksum at the end costs nothing."""
    eric.harvest()
    path = page_of(eric, 5)
    data, right = path.read_bytes(), kept(path)
    changed = [bytes([*data[:at], data[at] ^ 4, *data[at + 1 :]]) for at in range(0, len(data), 7)]
    for wrong in [*changed, *(data[:size] for size in range(0, len(data), 7))]:
        path.write_bytes(wrong)
        try:
            assert kept(path) == right
        except ReviewError as error:
            clear(error)


def test_what_is_kept_is_what_came(eric):
    eric.harvest()
    asked, answer = eric.asked()[0], kept(page_of(eric, 1))
    assert answer.url == f"{eric.server.address}/eric/?{urlencode(asked.params.pairs)}"
    assert (answer.status, answer.reason) == (200, "OK")
    assert json.loads(answer.content)["response"]["numFound"] == 90
    assert abs((datetime.now(UTC) - answer.time).total_seconds()) < 3600


def test_a_damaged_note_of_how_a_question_was_cut_is_named(doaj):
    doaj.held.documents = [*of_year(2004, "doaj", 600), *of_year(2006, "doaj", 700)]
    doaj.harvest()
    cut = doaj.folder / doaj.query.key / "cut.json"
    for wrong in ("[", "{}x", "[1]", '[{"text": "a"}]', "7"):
        cut.write_text(wrong)
        with refused(cut, "damaged", "delete it"):
            doaj.harvest()
    cut.unlink()
    before = len(doaj.asked())
    assert doaj.harvest().state == CUT
    assert len(doaj.asked()) == before
    whole(doaj)


def test_trouble_is_kept_to_be_looked_at_and_not_without_end(eric):
    eric.faults(lambda number, path, params: loopback.html_page())
    for _ in range(9):
        with pytest.raises(ReviewError):
            eric.harvest()
    kept_trouble = sorted((eric.folder / "trouble").iterdir())
    assert len(kept_trouble) == 100  # fifty answers, and why
    assert kept(kept_trouble[0]).content.startswith(b"<!DOCTYPE html>")
    assert "HTML page" in kept_trouble[1].read_text()
    eric.heal()
    eric.harvest()
    whole(eric)


# The command


class Command:
    """The command, in this process or in one of its own, against a server of this computer."""

    def __init__(self, folder: Path, address: str):
        folder.mkdir(exist_ok=True)
        self.folder, self.store = folder, folder / "harvest"
        self.config = folder / "sources.yaml"
        self.strategy = folder / "demo.yaml"
        self.strategy.write_text(STRATEGY)
        self.waits: list[float] = []
        self.configure(address)

    def configure(self, address: str, contact: str = "reviewer@example.org") -> None:
        services = {
            name: {"address": address + path, "interval": 0} for name, path in PATHS.items()
        }
        journals = [{"issn": "1000-0011"}]
        told = {"contact": contact, "services": services, "journals": journals}
        self.config.write_text(json.dumps(told))  # which is YAML too

    def line(self, name: str = "eric", *more: str) -> list[str]:
        return [
            "harvest", name, "--strategy", str(self.strategy), "--from", "2002", "--to", "2008",
            "--config", str(self.config), "--store", str(self.store), *more,
        ]  # fmt: skip

    def run(self, name: str = "eric", *more: str) -> Result:
        return CliRunner().invoke(main, self.line(name, *more))

    def records(self, name: str = "eric") -> Result:
        out = str(self.folder / "records" / name)
        return CliRunner().invoke(
            main, ["records", "harvested", name, "--store", str(self.store), "-o", out]
        )


@pytest.fixture
def server(small: None) -> Iterator[Loopback]:
    with Loopback({name: Service(documents(name, 50), every) for name in PATHS}) as made:
        yield made


@pytest.fixture
def command(server: Loopback, project: Path, tmp_path: Path, monkeypatch) -> Command:
    made = Command(tmp_path, server.address)
    patient = partial(Web, sleep=made.waits.append)
    monkeypatch.setattr(searchsets.sources.command, "Web", patient)
    monkeypatch.setenv("OPENALEX_API_KEY", "made-up")
    monkeypatch.setenv("CORE_API_KEY", "made-up")
    return made


def says(result: Result, *words: str) -> None:
    """Require of a command that it was refused in words for people."""
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    for word in ("ERROR: ", "-> ", *words):
        assert word in result.output


@pytest.mark.parametrize("name", ALL)
def test_what_was_harvested_is_imported_without_the_network(command, server, name):
    done = command.run(name)
    assert done.exit_code == 0, done.output
    asked = len(server.requests)
    imported = command.records(name)
    assert imported.exit_code == 0, imported.output
    records = read_records(command.folder / "records" / name)
    assert records.num_rows == 50
    assert len(server.requests) == asked


def test_a_harvest_that_is_whole_asks_nothing(command, server):
    assert command.run().exit_code == 0
    before = len(server.requests)
    again = command.run()
    assert again.exit_code == 0 and "0 answers" in again.output
    assert len(server.requests) == before


def test_without_a_contact_nothing_is_sent(command, server):
    command.configure(server.address, contact="")
    says(command.run(), "it does not say who asks", "contact")
    assert server.requests == []
    assert not command.store.exists()


def test_a_dry_run_sends_nothing_and_keeps_nothing(command, server):
    for name in ALL:
        result = command.run(name, "--dry-run")
        assert result.exit_code == 0 and "nothing was sent" in result.output
    assert server.requests == []
    assert not command.store.exists()


def test_how_many_there_are_is_no_harvest_yet(command, server):
    """Whoever finds it too much may leave it: the run knows of no harvest."""
    counted = command.run("eric", "--count")
    assert counted.exit_code == 0 and "50 records by 1 question" in counted.output
    assert len(server.requests) == 1
    assert find_harvests(command.store) == []
    assert command.run("eric").exit_code == 0
    assert len(find_harvests(command.store)) == 1
    assert not server.asked_twice()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(("eric", "--site", "nfer"), "--site has no meaning with eric"),
     (("websites", "--count"), "has no meaning with websites"),
     (("govuk", "--pages-of", "original"), "--from, --to has no meaning with --pages-of")],
)  # fmt: skip
def test_options_without_a_meaning_are_refused(command, server, arguments, told):
    says(command.run(*arguments), told)
    assert server.requests == []


@pytest.mark.parametrize(("name", "variable"), [("openalex", "OPENALEX_API_KEY"),
                                                ("core", "CORE_API_KEY")])  # fmt: skip
def test_keys_are_taken_from_the_environment_only(command, server, monkeypatch, name, variable):
    monkeypatch.delenv(variable)
    says(command.run(name), variable)
    assert server.requests == []
    told = json.loads(command.config.read_text())
    told["services"][name]["key"] = "made-up"
    command.config.write_text(json.dumps(told))
    says(command.run(name), "key")
    assert server.requests == []


@pytest.mark.parametrize("name", ["openalex", "core"])
def test_the_command_lets_no_key_into_its_words_or_its_store(command, server, monkeypatch, name):
    monkeypatch.setenv(f"{name.upper()}_API_KEY", KEY)
    telling = loopback._instead(loopback.in_text(f"the key {KEY} is busy", 503))
    refusing = loopback._instead(loopback.in_text(f"the key {KEY} is wrong", 403))
    server.faults[PATHS[name]] = [None, telling, refusing]
    result = command.run(name)
    says(result, "the key [key] is wrong", f"{name.upper()}_API_KEY")
    assert not holds_key(result.output)
    assert "the key [key] is busy" in everything_in(command.store)
    assert not holds_key(everything_in(command.store))


@pytest.mark.parametrize("key", ["schlüssel", "a\nb", "ключ"])
@pytest.mark.parametrize("name", ["openalex", "core"])
def test_a_key_that_cannot_be_sent_is_no_fault_of_the_program(command, monkeypatch, name, key):
    monkeypatch.setenv(f"{name.upper()}_API_KEY", key)
    result = command.run(name)
    assert result.exit_code in (0, 2), result.exception
    assert key not in result.output


@pytest.mark.parametrize("name", ["../eric", "/etc", "eric/../eric", "", "known"])
def test_a_source_that_is_none_is_refused(command, server, name):
    assert command.run(name).exit_code == 2
    assert server.requests == []


@pytest.mark.parametrize("name", ["../x", "/tmp/x", "a/b", "..", ".", "a\\b", " ", "-"])
def test_a_name_that_would_lead_elsewhere_is_refused(command, server, name):
    says(command.run("eric", "--name", name), "is no name of a harvest")
    assert server.requests == []
    assert not command.store.exists()


def test_pages_without_end_are_left_when_too_many_came(small, tmp_path):
    """Whatever number the service announces: a list that says it is empty may go on for ever."""
    eric = make("eric", 2000, tmp_path)
    with eric.server:
        eric.faults(lambda number, path, params: loopback.wrong_total(-2000))
        with refused(tmp_path, "more than 100"):
            eric.harvest(most=100)
        assert len(eric.asked()) < 10


def test_a_moment_in_which_there_are_none_makes_nothing_complete(small, tmp_path):
    """A walk that came short is not made whole by one in which the service knows of no record."""
    eric = make("eric", 8, tmp_path)
    with eric.server:
        eric.faults(lambda number, path, params: loopback.wrong_total(12 if number == 1 else -8))
        assert eric.harvest().state == SHORT
        assert eric.stored().total == 20


@pytest.mark.parametrize("name", ["accepted.json", "cut.json"])
def test_what_is_no_file_is_not_waited_for(command, server, name):
    assert command.run().exit_code == 0
    os.mkfifo(stored_question(command) / name)
    assert command.run().exit_code == 0
    assert command.records().exit_code == 0


def test_a_plan_that_is_no_file_is_told(command, server):
    assert command.run().exit_code == 0
    [plan] = command.store.rglob("plan.json")
    plan.unlink()
    os.mkfifo(plan)
    says(command.run(), "it is no file")


def test_a_question_that_is_a_link_is_not_written_to(command, server, tmp_path):
    assert command.run().exit_code == 0
    question = stored_question(command)
    elsewhere = question.rename(tmp_path / "elsewhere")
    (elsewhere / "1-000002.warc.gz").unlink()
    question.symlink_to(elsewhere)
    says(command.run(), "is a link to another")
    assert not (elsewhere / "1-000002.warc.gz").exists()


def test_the_command_that_the_import_tells_goes_on(command, server, monkeypatch):
    server.faults["/eric/"] = [None, *[loopback.failing(400)]]
    says(command.run(), "the service refuses")
    imported = command.records()
    assert imported.exit_code == 2
    told = re.search(r"go on with it: \./run searchsets (.*?); or move", imported.output)[1]
    done = CliRunner().invoke(main, shlex.split(told))
    assert done.exit_code == 0, done.output
    assert command.records().exit_code == 0


def stored_question(command) -> Path:
    [plan] = command.store.rglob("plan.json")
    [question] = (one for one in plan.parent.iterdir() if (one / "query.json").exists())
    return question


def test_a_store_that_somebody_else_made_does_no_harm(command, server, tmp_path):
    """Links that lead out, names of pages beyond all bounds, a question that is a part of itself."""
    assert command.run().exit_code == 0
    question = stored_question(command)
    mine = tmp_path / "mine.txt"
    mine.write_text("mine")
    lock = question.parent / ".lock"
    lock.unlink()
    lock.symlink_to(mine)
    says(command.run(), "cannot be written", str(lock))
    assert mine.read_text() == "mine"
    lock.unlink()
    (question / "999999999-000001.warc.gz").write_bytes(b"")
    os.mkfifo(question / "1-000099.warc.gz")
    assert command.records().exit_code == 0
    (question / "cut.json").write_text(f"[{(question / 'query.json').read_text()}]")
    result = command.records()
    assert result.exit_code == 2 and "cut.json: this file is damaged" in result.output


def test_a_folder_of_the_store_that_is_a_link_is_not_tidied(command, server, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / ".x.part").write_text("mine")
    folder = command.store / "eric/demo"
    folder.mkdir(parents=True)
    (folder / "2002-2008").symlink_to(mine)
    says(command.run(), "is a link to another")
    assert [path.name for path in mine.iterdir()] == [".x.part"]


def test_two_harvests_at_once_in_one_folder(command, server, monkeypatch):
    """The second is refused while the first is at work, and leaves it alone."""
    inner: list[Result] = []

    def meanwhile(number: int, path: str, params: object) -> None:
        if number == 2:
            program = [sys.executable, "-m", "searchsets", *command.line()]
            inner.append(subprocess.run(program, capture_output=True, text=True, cwd=PROJECT))

    monkeypatch.setenv("PYTHONPATH", str(PROJECT / "workflow"))
    server.faults["/eric/"] = meanwhile
    first = command.run()
    assert first.exit_code == 0, first.output
    assert inner[0].returncode == 2
    assert "another harvest is at work here" in inner[0].stderr and "-> wait" in inner[0].stderr
    assert len(server.asked("/eric/")) == 3


def test_what_an_interrupted_harvest_left_is_tidied(command):
    folder = command.store / "eric/demo/2002-2008/abc"
    folder.mkdir(parents=True)
    (folder / ".1-000001.warc.gz.77.part").write_bytes(b"half")
    (folder.parent / ".plan.json.77.part").write_bytes(b"half")
    assert command.run().exit_code == 0
    assert not list(command.store.rglob("*.part"))


def test_another_strategy_under_the_same_name_is_refused(command, server):
    assert command.run().exit_code == 0
    before = len(server.requests)
    command.strategy.write_text(STRATEGY.replace("Governance", "Commissioning"))
    says(command.run(), "asked other questions (the strategy was changed since)", "--name")
    assert len(server.requests) == before
    assert command.run("eric", "--name", "another").exit_code == 0
    plan = command.store / "eric/demo/2002-2008/plan.json"
    for wrong in ("", "[]", "{", '{"source": "eric"}', '{"source": "nobody", "questions": []}'):
        plan.write_text(wrong)
        says(command.run(), "plan cannot be read", str(plan))


def test_fewer_records_than_announced_are_refused_until_a_person_accepts_them(command, server):
    server.faults["/eric/"] = lambda number, path, params: loopback.wrong_total(5)
    says(command.run(), "speaks of 55 records and gave 50", "--accept-short")
    says(command.records(), "fewer records came", "--accept-short")
    accepted = command.run("eric", "--accept-short")
    assert accepted.exit_code == 0 and "accepted: 1 question" in accepted.output
    imported = command.records()
    assert imported.exit_code == 0 and "50 records" in imported.output
    (questions,) = (command.folder / "records/eric").glob("questions.csv")
    assert "short,yes,55" in questions.read_text()


def test_a_harvest_that_is_not_finished_is_not_imported(command, server):
    server.faults["/eric/"] = [None, *[loopback.failing(503)] * 7]
    says(command.run(), "status 503")
    says(command.records(), "1 of 1 questions", "searchsets harvest eric")


def test_most_stops_the_command_before_more_is_asked(command, server):
    for most in ("1", "49"):
        says(command.run("eric", "--most", most), f"more than {most}", "--most")
    assert len(server.requests) == 1
    assert command.run("eric", "--most", "50").exit_code == 0


@pytest.mark.parametrize("call", range(1, 11))
def test_a_full_disk_is_told_and_the_harvest_goes_on_when_there_is_room(
    command, server, monkeypatch, call
):
    """At each time that something is written: the file is named, and none is left half written."""
    calls, real = Counter(), os.fsync

    def full(descriptor: int) -> None:
        calls["fsync"] += 1
        if calls["fsync"] >= call:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        result = command.run()
    if calls["fsync"] >= call:
        says(result, "No space left on device", str(command.store), "make room")
        assert not list(command.store.rglob("*.part"))
    assert len(server.requests) <= 3
    assert command.run().exit_code == 0
    assert "50 records" in command.records().output


def test_a_full_disk_while_trouble_is_kept_is_no_trouble_of_the_network(
    command, server, monkeypatch
):
    def full(descriptor: int) -> None:
        if any("trouble" in path.name for path in command.store.rglob("*")):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    server.faults["/eric/"] = lambda number, path, params: loopback.html_page()
    monkeypatch.setattr(os, "fsync", full)
    says(command.run(), "No space left on device")
    assert len(server.requests) == 1


@pytest.mark.parametrize("error", [errno.EACCES, errno.EROFS])
def test_a_folder_that_may_not_be_written_to_is_told(command, server, monkeypatch, error):
    real = os.mkdir

    def forbidden(path: object, *more: object, **named: object) -> None:
        if str(path).startswith(str(command.store)):
            raise OSError(error, os.strerror(error), str(path))
        real(path, *more, **named)

    monkeypatch.setattr(os, "mkdir", forbidden)
    says(command.run(), os.strerror(error), str(command.store))
    assert server.requests == []


def test_the_message_of_an_error_steers_no_terminal(command, server):
    """What a service says is shown; what would colour a terminal or clear it is not."""
    nasty = "\x1b[2J\x1b]0;title\x07 made\nto fail \ud800"
    server.faults["/europepmc/"] = lambda number, path, params: loopback._instead(
        loopback.Answer(json.dumps({"errCode": 404, "errMsg": nasty}).encode())
    )
    server.faults["/eric/"] = lambda number, path, params: loopback._instead(
        loopback.Answer(json.dumps({"error": {"msg": nasty}}).encode())
    )
    for name in ("eric", "europepmc"):
        result = command.run(name)
        says(result, "made to fail")
        assert "\x1b" not in result.output and "\x07" not in result.output
    assert "\x1b" not in everything_in(command.store).replace("\\u001b", "")


# Kills

HELD = 3000
RIGHT = sum(2002 <= 2000 + number % 11 <= 2008 for number in range(1, HELD + 1))


@pytest.fixture(scope="module")
def process() -> Iterator[str]:
    """A server of its own, with 3,000 documents; its address."""
    program = [sys.executable, "tests/loopback.py", "--documents", str(HELD), "--pause", "0.004"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True, cwd=PROJECT) as started:
        try:
            yield started.stdout.readline().strip()
        finally:
            started.kill()


def seen(address: str) -> list[str]:
    """Return what the server was asked, in its order."""
    asked = requests.get(f"{address}/requests", timeout=30).json()
    return [urlencode(list(one["params"].items())) for one in asked if one["path"] == "/eric/"]


def started(command: Command, **environment: str) -> subprocess.Popen:
    program = [sys.executable, "-m", "searchsets", *command.line()]
    places = {"PYTHONPATH": f"{environment.pop('first', '')}{PROJECT / 'workflow'}"}
    return subprocess.Popen(
        program, cwd=PROJECT, env=os.environ | places | environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


def ended(process: subprocess.Popen) -> int:
    with process:
        words = process.stderr.read().decode()
        code = process.wait()
    assert "Traceback" not in words, words
    return code


def imported(command: Command) -> list[dict]:
    """Return what the import makes of a store, and how it is ordered."""
    out = command.folder / "imported"
    shutil.rmtree(out, ignore_errors=True)
    import_with_harvests("eric", [], command.store, out)
    return read_records(out).to_pylist()


def kept_questions(command: Command) -> set[str]:
    """Return what was asked for the answers that are kept whole."""
    pages = command.store.rglob(f"*{ENDING}")
    return {kept(path).url.partition("?")[2] for path in pages}


def test_killed_at_any_moment_a_harvest_goes_on_and_asks_nothing_again(process, tmp_path):
    """As often as SEARCHSETS_KILLS says, at moments of chance; equal to one that ran through.

    At most the one request that was under way at a kill may be sent again, and never one whose
    answer is kept.
    """
    reference = Command(tmp_path / "reference", process)
    begun = time.monotonic()
    assert ended(started(reference)) == 0
    lasts = time.monotonic() - begun
    right, whole_list = imported(reference), seen(process)
    assert len(right) == RIGHT and len(set(whole_list)) == len(whole_list)
    chance, killed, rounds = random.Random(SEED), 0, 0
    while killed < KILLS:
        rounds += 1
        command = Command(tmp_path / str(rounds), process)
        before, kills, done = len(seen(process)), [], False
        while not done:
            running = started(command)
            try:
                running.wait(chance.triangular(0.0, 1.1 * lasts, 0.8 * lasts))
            except subprocess.TimeoutExpired:
                running.send_signal(signal.SIGKILL)
            code = ended(running)
            assert code in (0, -signal.SIGKILL)
            done = code == 0
            if not done:
                killed += 1
                kills.append((len(seen(process)), kept_questions(command)))
            if killed >= KILLS and not done:
                assert ended(started(command)) == 0
                done = True
        asked = seen(process)
        assert set(asked[before:]) == set(whole_list), f"seed {SEED}, round {rounds}"
        assert len(asked) - before <= len(whole_list) + len(kills)
        for at, there in kills:
            assert not there & set(asked[at:]), f"seed {SEED}, round {rounds}: asked again"
        assert kept_questions(command) == kept_questions(reference)
        assert imported(command) == right
        assert not list(command.store.rglob("*.part"))
        shutil.rmtree(command.folder)
    print(f"{killed} kills in {rounds} harvests, of {len(whole_list)} answers each")


CRASH = """\
import os, signal
left = [int(os.environ["CRASH_AT"])]
def crashing(real):
    def called(*args, **named):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **named)
    return called
os.fsync, os.replace = crashing(os.fsync), crashing(os.replace)
"""


def test_killed_while_a_file_is_written_a_harvest_goes_on(process, tmp_path):
    """Before and after each step of writing: to the disk, to its name, to its folder."""
    command = Command(tmp_path, process)
    (tmp_path / "first").mkdir()
    (tmp_path / "first/sitecustomize.py").write_text(CRASH)
    first = f"{tmp_path / 'first'}{os.pathsep}"
    left = 0
    for call in (1, 2, 3, 4, 5, 6, 7, 9):
        assert ended(started(command, first=first, CRASH_AT=str(call))) == -signal.SIGKILL
        left += len(list(command.store.rglob("*.part")))
    assert left > 0, "no kill was in the midst of writing"
    assert ended(started(command)) == 0
    assert not list(command.store.rglob("*.part"))
    assert len(imported(command)) == RIGHT
