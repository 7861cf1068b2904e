"""What a harvest kept is imported without the network: whole, each record once, the newest word on it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from loopback import Loopback, documents
from refusal import refused
from searchsets.cli import main
from searchsets.files import json_text, read_csv
from searchsets.records.shards import read_records
from searchsets.review import load_review
from searchsets.settings import read_document
from searchsets.sources.exchange import ENDING, Answer
from searchsets.sources.plan import PLAN, Plan, settle_plan
from searchsets.sources.services import SERVICES
from searchsets.sources.services.base import Query
from searchsets.sources.stage import import_with_harvests
from searchsets.sources.store import keep, kept
from searchsets.sources.stored import find_harvests

BEGUN = datetime(2026, 3, 1, tzinfo=UTC)


def body_of(source: str, page: list[dict], count: int) -> dict:
    """Return the JSON of an answer, as a service writes it."""
    return {
        "eric": {"response": {"numFound": count, "docs": page}},
        "openalex": {"meta": {"count": count, "next_cursor": None}, "results": page},
        "europepmc": {"hitCount": count, "resultList": {"result": page}},
        "govuk": {"total": count, "results": page},
    }[source]


def harvested(
    store: Path,
    pages: Iterable[list[dict]],
    *,
    source: str = "eric",
    strategy: str = "eric",
    name: str = "2002-2008",
    total: int | None = None,
    days: int = 0,
    forms: dict[str, tuple[str, ...]] | None = None,
) -> Path:
    """Put a harvest of one question into a store, as `searchsets harvest` leaves it."""
    pages = list(pages)
    count = sum(map(len, pages)) if total is None else total
    answers = {Query("governance", (2002, 2008)): [body_of(source, page, count) for page in pages]}
    return put(store, answers, source, strategy, name, days, forms)


def put(
    store: Path,
    answers: dict[Query, list[dict]],
    source: str,
    strategy: str,
    name: str,
    days: int = 0,
    forms: dict[str, tuple[str, ...]] | None = None,
) -> Path:
    """Put answers to questions into a store, received so many days after the first."""
    folder = store / source / strategy / name
    for query, bodies in answers.items():
        for number, data in enumerate(bodies, start=1):
            body = json.dumps(data).encode()
            time = BEGUN + timedelta(days=days, seconds=number)
            url = f"https://example.org/{number}"
            made = Answer(url, time, 200, "OK", (("Content-Type", "application/json"),), body, body)
            keep(folder / query.key / f"1-{number:06}{ENDING}", made)
    command = f"./run searchsets harvest {source} --strategy {strategy} --from 2002 --to 2008"
    plan = Plan(
        SERVICES[source](),
        strategy,
        tuple(answers),
        (2002, 2008),
        command=command,
        forms=forms or {},
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PLAN).write_text(json_text(plan.facts()), encoding="utf-8")
    return folder


def imported(store: Path, out: Path, source: str = "eric") -> list[dict]:
    import_with_harvests(source, [], store, out)
    return read_records(out).to_pylist()


def test_every_record_is_imported_and_names_its_answer(tmp_path):
    docs = documents("eric", 250)
    harvested(tmp_path / "store", [docs[:200], docs[200:]])
    rows = imported(tmp_path / "store", tmp_path / "out")
    assert sorted(row["record_id"] for row in rows) == sorted(f"eric:{doc['id']}" for doc in docs)
    for row in rows:
        stored = tmp_path / "store" / row["source_file"].removeprefix("harvest/")
        found = json.loads(kept(stored).content)["response"]["docs"][row["position"] - 1]
        assert f"eric:{found['id']}" == row["record_id"]
    [question] = read_csv(tmp_path / "out" / "questions.csv")
    assert (question["state"], question["announced"], question["records"]) == (
        "complete",
        "250",
        "250",
    )
    log = read_csv(tmp_path / "out" / "import_log.csv")
    assert [row["read"] for row in log] == ["200", "50"]
    assert not any(row["findings"] for row in log), "a page of an answer lacks nothing"


def test_of_what_was_said_twice_of_a_record_the_newest_counts(tmp_path):
    [old] = documents("openalex", 1)
    new = old | {"keywords": [{"display_name": "Added later"}], "relevance_score": 7}
    store = tmp_path / "store"
    harvested(store, [[old]], source="openalex", strategy="bei", days=1)
    harvested(store, [[new]], source="openalex", strategy="assia", days=2)
    harvested(store, [[old]], source="openalex", strategy="childdata", days=0)
    [row] = imported(store, tmp_path / "out", "openalex")
    assert row["keywords"] == ["Added later"]
    assert "assia" in row["source_file"]
    assert len(read_csv(tmp_path / "out" / "repeats.csv")) == 2


def test_two_records_of_one_number_that_are_not_one_stay_two(tmp_path):
    """Europe PMC numbers per collection: the number of a thesis may be that of an article."""
    one, other = documents("europepmc", 2)
    thesis = other | {"id": one["id"], "source": "ETH"}
    harvested(tmp_path / "store", [[one, thesis]], source="europepmc", strategy="bei")
    rows = imported(tmp_path / "store", tmp_path / "out", "europepmc")
    assert [row["record_id"] for row in rows] == [
        f"europepmc:{one['id']}",
        f"europepmc:{one['id']}~2",
    ]


def test_a_title_that_a_service_corrected_makes_no_second_record(tmp_path):
    [old] = documents("eric", 1)
    harvested(tmp_path / "store", [[old]], name="old")
    harvested(tmp_path / "store", [[old | {"title": "Corrected"}]], name="new", days=3)
    [row] = imported(tmp_path / "store", tmp_path / "out")
    assert row["title"] == "Corrected"


def test_the_year_that_a_page_of_gov_uk_states_outlasts_later_searches(tmp_path):
    result = {
        "title": "Trusts",
        "link": "/government/x",
        "public_timestamp": "2020-01-01T00:00:00Z",
    }
    page = {"base_path": "/government/x", "content_id": "1", "title": "Trusts: guidance",
            "document_type": "guidance", "first_published_at": "2007-05-01T00:00:00Z"}  # fmt: skip
    store = tmp_path / "store"
    harvested(store, [[result]], source="govuk", strategy="bei", name="first")
    put(store, {Query("/government/x"): [page]}, "govuk", "bei", "pages-of-original", days=1)
    harvested(store, [[result]], source="govuk", strategy="bei", name="later", days=9)
    [row] = imported(store, tmp_path / "out", "govuk")
    assert (row["record_id"], row["year"]) == ("govuk:/government/x", 2007)


def test_forms_that_came_back_and_were_not_asked_for_are_in_the_results(tmp_path):
    docs = [doc | {"title": "Trustees in centres"} for doc in documents("openalex", 3)]
    forms = {"trust": ("trust", "trusts"), "centre": ("centre", "centres")}
    harvested(tmp_path / "store", [docs], source="openalex", strategy="bei", forms=forms)
    imported(tmp_path / "store", tmp_path / "out", "openalex")
    told = [row["difference"] for row in read_csv(tmp_path / "out" / "differences.csv")]
    assert (
        [one for one in told if "is also" in one]
        == [one for one in told if one.startswith("trust* is also trustees")]
        != []
    )


def test_the_order_of_the_harvests_does_not_matter(tmp_path):
    docs = documents("openalex", 30)
    changed = [doc | {"type": "changed"} for doc in docs[10:20]]
    for run, order in (("a", ("x", "y")), ("b", ("y", "x"))):
        store = tmp_path / run
        for name in order:
            pages = {"x": [docs], "y": [changed]}[name]
            harvested(store, pages, source="openalex", strategy="bei", name=name, days=name == "y")
    first, second = (imported(tmp_path / run, tmp_path / f"{run}-out", "openalex") for run in "ab")
    assert first == second
    assert sum(row["type"] == "changed" for row in first) == 10


def test_an_interrupted_harvest_is_refused_with_the_command_that_goes_on(tmp_path):
    folder = harvested(tmp_path / "store", [documents("eric", 200)], total=450)
    with refused(folder, "1 of 1 questions", "harvest eric --strategy eric --from 2002 --to 2008"):
        imported(tmp_path / "store", tmp_path / "out")


def test_a_short_harvest_is_refused_unless_a_person_accepted_it(tmp_path):
    folder = harvested(tmp_path / "store", [documents("eric", 100), []], total=120)
    [question] = (path for path in folder.iterdir() if path.is_dir())
    (question / "accepted.json").write_text('{"total": 120, "came": 110}')  # of other numbers
    with refused(folder, "fewer records", "--accept-short"):
        imported(tmp_path / "store", tmp_path / "out")
    [harvest] = find_harvests(tmp_path / "store")
    harvest.answers[0].accept()
    assert len(imported(tmp_path / "store", tmp_path / "out")) == 100
    [row] = read_csv(tmp_path / "out" / "questions.csv")
    assert (row["state"], row["accepted"], row["announced"], row["records"]) == (
        "short", "yes", "120", "100",
    )  # fmt: skip


def test_a_missing_answer_makes_a_harvest_one_that_is_not_finished(tmp_path):
    docs = documents("eric", 450)
    folder = harvested(tmp_path / "store", [docs[:200], docs[200:400], docs[400:]])
    [gone] = folder.rglob(f"1-000002{ENDING}")
    gone.unlink()
    with refused(folder, "1 of 1 questions", "go on with it"):
        imported(tmp_path / "store", tmp_path / "out")


@pytest.mark.parametrize("damage", [b"", b"WARC/1.0\r\n", b"\x1f\x8b\x08"])
def test_a_damaged_answer_is_told_with_its_file(tmp_path, damage):
    folder = harvested(tmp_path / "store", [documents("eric", 20)])
    [path] = folder.rglob(f"*{ENDING}")
    path.write_bytes(damage)
    with refused(path, "damaged"):
        imported(tmp_path / "store", tmp_path / "out")


def test_a_changed_byte_is_noticed(tmp_path):
    folder = harvested(tmp_path / "store", [documents("eric", 20)])
    [path] = folder.rglob(f"*{ENDING}")
    whole = path.read_bytes()
    for at in range(40, len(whole), len(whole) // 20):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with refused(path, "damaged"):
            imported(tmp_path / "store", tmp_path / "out")


def test_a_plan_in_another_folder_is_refused(tmp_path):
    folder = harvested(tmp_path / "store", [documents("eric", 1)])
    moved = tmp_path / "store" / "eric" / "bei" / "2002-2008"
    moved.parent.mkdir()
    folder.rename(moved)
    with refused(moved, "another folder"):
        find_harvests(tmp_path / "store")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"source": "google"}', "{", "[" * 9999, "\0"])
def test_a_damaged_plan_is_told(tmp_path, text):
    folder = harvested(tmp_path / "store", [documents("eric", 1)])
    (folder / PLAN).write_text(text)
    with refused(folder / PLAN, "cannot be read"):
        find_harvests(tmp_path / "store")


@pytest.mark.parametrize(
    ("key", "value"),
    [("source", "google"), ("strategy", "../../x"), ("questions", [{"text": 7}]), ("from", "2002")],
)
def test_a_plan_that_somebody_made_up_is_told(tmp_path, key, value):
    folder = harvested(tmp_path / "store", [documents("eric", 1)])
    facts = json.loads((folder / PLAN).read_text()) | {key: value}
    (folder / PLAN).write_text(json.dumps(facts))
    with refused(folder / PLAN, key):
        find_harvests(tmp_path / "store")


def test_answers_without_a_plan_are_told(tmp_path):
    folder = harvested(tmp_path / "store", [documents("eric", 1)])
    (folder / PLAN).unlink()
    with refused(folder, PLAN):
        find_harvests(tmp_path / "store")


def test_pages_of_a_later_run_join_those_that_were_asked_for(tmp_path):
    for links in (["/a", "/b"], ["/b", "/c"]):
        queries = tuple(SERVICES["govuk"]().pages(links))
        settle_plan(Plan(SERVICES["govuk"](), "bei", queries), tmp_path, begun=True)
    asked = json.loads((tmp_path / PLAN).read_text())["questions"]
    assert [one["text"] for one in asked] == ["/a", "/b", "/c"]


def reviewed(store: Path):
    config = read_document(Path("config/config.yaml"), "config").data
    return load_review(config | {"harvest": str(store)})


def test_a_review_refuses_a_harvest_for_a_strategy_that_it_does_not_have(project, tmp_path):
    folder = harvested(tmp_path, [documents("eric", 1)], strategy="psycinfo")
    with refused(folder, "does not have"):
        reviewed(tmp_path)


def test_a_database_asked_only_for_anothers_strategy_is_refused(project, tmp_path):
    folder = harvested(tmp_path, [documents("eric", 1)], strategy="bei")
    with refused(folder, "not for its own", "harvest eric --strategy eric"):
        reviewed(tmp_path)
    harvested(tmp_path, [documents("eric", 1)])
    assert len(reviewed(tmp_path).harvests) == 2


def test_the_command_imports_what_was_harvested(project, tmp_path):
    harvested(tmp_path, [documents("openalex", 20)], source="openalex", strategy="bei")
    out = tmp_path / "out"
    done = CliRunner().invoke(
        main, ["records", "harvested", "openalex", "--store", str(tmp_path), "-o", str(out)]
    )
    assert done.exit_code == 0, done.output
    assert "20 records from 1 answers" in done.output


def test_recorded_answers_of_eric_give_the_hits_of_the_files(corpora, project, tmp_path):
    """Served page by page to the client, as ERIC serves them: the same hits on every line."""
    expected = json.loads((corpora / "eric/appendix1_eric_expected.json").read_text())["counts"]
    docs = {
        doc["id"]: doc
        for path in sorted((corpora / "eric/api_json").glob("*.json"))
        for doc in json.loads(path.read_text())["response"]["docs"]
    }
    config = tmp_path / "sources.yaml"
    invoke = CliRunner().invoke
    with Loopback({"eric": list(docs.values())}, compressed=True) as server:
        services = {"eric": {"address": f"{server.address}/eric/", "interval": 0}}
        config.write_text(json.dumps({"contact": "a@example.org", "services": services}))
        asked = ["harvest", "eric", "--strategy", "eric", "--from", "1850", "--to", "2024"]
        store = ["--store", str(tmp_path / "store")]
        done = invoke(main, [*asked, "--config", str(config), *store])
        assert done.exit_code == 0, done.output
        assert not server.asked_twice()
    records, known, out = tmp_path / "records/eric", tmp_path / "known", tmp_path / "search"
    for command in (
        ["records", "harvested", "eric", *store, "-o", str(records)],
        ["records", "known-items", "resources/known_items", "-o", str(known)],
        ["search", "search_strategies/eric.yaml", "--records", str(records),
         "--known-items", str(known), "-o", str(out)],
    ):  # fmt: skip
        done = invoke(main, command)
        assert done.exit_code == 0, done.output
    found = {f"#{row['line']}": int(row["hits"]) for row in read_csv(out / "hits.csv")}
    assert found == expected
