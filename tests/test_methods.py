"""The methods of a run in sentences: what happened and what did not, each with its source."""

from __future__ import annotations

import re

from screened import event, screened, work
from searchsets.files import write_csv
from searchsets.reporting.build import Build
from searchsets.reporting.tables.log import agreement
from searchsets.reporting.tables.methods import methods
from searchsets.reporting.tables.model import Table
from searchsets.reporting.tables.stopping import stopping
from searchsets.screening.agreement import COLUMNS as AGREEMENT_COLUMNS


def of(name: str, *rows: dict) -> Table:
    columns = tuple(dict.fromkeys(column for row in rows for column in row))
    return Table(name, "", columns, list(rows))


def base(build: Build, *more: Table) -> tuple[Table, ...]:
    """Return the tables that every run has, with made-up numbers; later ones take their place."""
    figures = {"records": 51, "works": 50, "merges": 1, "people": 0, "questions": 7}
    tables = [
        of("strategies", *({"line": n} for n in range(305))),
        of("databases", {"database": "eric", "name": "ERIC", "export": "no", "retrieved": None}),
        of("duplicates", *({"figure": name, "number": n} for name, n in figures.items())),
        of("screening"),
        of("screening_states", {"state": "Included", "works": 3}),
        of("excluded_reasons"),
        of("known_items"),
        stopping(build),
        *more,
    ]
    return tuple({one.name: one for one in tables}.values())


def told(build: Build, *more: Table) -> dict[str, list[str]]:
    """Return where each sentence has its facts from, by the sentence."""
    return {row["sentence"]: row["from"] for row in methods(build, base(build, *more)).rows}


def test_what_did_not_happen_is_said(tmp_path):
    sentences = told(screened(tmp_path, [work(1, "not screened")]))
    assert {
        "No database was searched in this run.",
        "No open service was asked.",
        "No website was searched in this run.",
        "No request to an organisation is recorded in this run.",
        "Nobody screened in this run.",
        "No agreement can be told: no two people screened the same work.",
    } <= set(sentences)


def test_every_sentence_says_where_its_facts_stand(tmp_path):
    build = screened(tmp_path, [work(1, "not screened")])
    assert all(places and all(places) for places in told(build).values())


def test_numbers_are_those_of_the_tables(tmp_path):
    sentences = told(screened(tmp_path, [work(1, "not screened")]))
    [deduplicated] = [one for one in sentences if one.startswith("Deduplication")]
    assert re.findall(r"\d+", deduplicated)[1:] == ["50", "51", "1", "0", "7"]
    assert "tables/duplicates.csv: number (figure=works)" in sentences[deduplicated]
    assert any("305 lines" in one for one in sentences)


def test_databases_that_were_searched_are_named_with_what_came_and_the_others_too(tmp_path):
    found = of("databases",
               {"database": "eric", "name": "ERIC", "export": "yes", "retrieved": 1234},
               {"database": "bei", "name": "BEI", "export": "no", "retrieved": None})  # fmt: skip
    sentences = told(screened(tmp_path, [work(1, "not screened")]), found)
    assert "Records were brought from 1 of 2 databases: ERIC (1,234 retrieved)." in sentences
    assert "Nothing was brought from BEI." in sentences
    assert "No database was searched in this run." not in sentences


def flow_of(stage: str, entered: int, two: int, differed: int, settled: int) -> Table:
    numbers = {"entered": entered, "by two or more": two, "differed": differed,
               "differed, settled": settled}  # fmt: skip
    rows = (
        {"stage": stage, "what": what, "reason": "", "n": str(n)} for what, n in numbers.items()
    )
    return of("screening_flow", *rows)


def test_screening_is_told_with_its_people_and_their_agreement(tmp_path):
    acts = [event(1, "R01", "include", blinded="true"), event(1, "R02", "exclude"),
            event(1, "R03", "include", role="adjudicator"),
            event(9, "R09", "include"), event(1, "R08", "include", standing="no")]  # fmt: skip
    build = screened(tmp_path, [work(1, "included", "full_text")], acts)
    pair = {"stage": "full_text", "round": "main", "reviewer_a": "R01", "reviewer_b": "R02",
            "records": 9, "kappa": "0.4000", "kappa_low": "-0.1", "kappa_high": "0.9",
            "positive_agreement": "0.5000"}  # fmt: skip
    write_csv(tmp_path / "screening/agreement.csv", AGREEMENT_COLUMNS, [pair])
    sentences = told(build, flow_of("full_text", 1, 1, 1, 1), agreement(build))
    assert (
        "At full text, 2 people screened, and 1 person settled disagreements. Works with a decision "
        "there: 1; that two or more screened: 1; on which they differed: 1; of these settled: 1."
    ) in sentences
    assert "Recorded as done blind to the others: 1 of 2 standing acts of screeners." in sentences
    assert (
        "At full text, round main, R01 and R02 both screened 9 records: kappa 0.40 (95 % interval "
        "-0.10 to 0.90), positive agreement 0.50."
    ) in sentences
    assert agreement(build).rows[0]["kappa"] == "0.4000"
    assert "Nobody screened in this run." not in sentences


def test_a_model_in_the_log_is_told_and_none_is_claimed_where_the_order_is_unknown(tmp_path):
    flow = flow_of("full_text", 1, 0, 0, 0)
    works = [work(1, "included", "full_text")]
    ranked = [event(1, "R01", "include", order_policy="model:svm@1a")]
    sentences = told(screened(tmp_path / "a", works, ranked), flow)
    assert "Models took part in the screening or in its order: model:svm@1a." in sentences
    sentences = told(screened(tmp_path / "b", works, [event(1, "R01", "include")]), flow)
    assert "The order of reading is not recorded for 1 standing act of screeners." in sentences
    sentences = told(screened(tmp_path / "c", works))
    assert not any("model" in one for one in sentences)


def test_who_settles_a_disagreement_is_no_screener_in_the_order_of_reading(tmp_path):
    acts = [event(1, "R01", "include"), event(1, "R02", "exclude"),
            event(1, "R03", "include", role="adjudicator"),
            event(1, "R02", "include", standing="no")]  # fmt: skip
    build = screened(tmp_path, [work(1, "included", "full_text")], acts)
    [row] = [row for row in stopping(build).rows if row["stage"] == "full_text"]
    assert (row["records_read"], row["acts"], row["reviewers"]) == (1, 2, 2)


def test_what_was_decided_by_consensus_alone_is_told_without_a_screener(tmp_path):
    acts = [event(1, "R01", "include", role="consensus")]
    build = screened(tmp_path, [work(1, "included", "full_text")], acts)
    sentences = told(build, flow_of("full_text", 1, 0, 0, 0))
    assert any(
        one.startswith("At full text, nobody screened, and some works were decided by consensus.")
        for one in sentences
    )
    assert not any("blind" in one for one in sentences)


def test_the_window_is_called_that_of_the_run_and_not_of_the_review(tmp_path):
    """The report asks for research since 2002; the last year is a setting of the run."""
    sentences = told(screened(tmp_path, [work(1, "not screened")]))
    assert any(one.startswith("The window of this run is 2002 to 2008:") for one in sentences)
    assert not any("asked for the years" in one for one in sentences)
