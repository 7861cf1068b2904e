"""Real logs of real reviews: what they come to is what their authors reported.

The logs are those of shared corpora that the project does not hold; without them these tests are
skipped.
"""

from __future__ import annotations

import csv
import gzip
import os
from collections import Counter
from pathlib import Path

import pytest

from logs import CLOSED, codes, found_in, only
from searchsets.cli import main
from searchsets.screening.agreement import agreement_rows, together_rows
from searchsets.screening.log.reading import read_log
from searchsets.screening.log.writing import append
from searchsets.screening.outcomes.protocol import Protocol
from searchsets.screening.stage import read_alone

CORPORA = os.environ.get("SEARCHSETS_CORPORA")
pytestmark = pytest.mark.skipif(
    not CORPORA, reason="SEARCHSETS_CORPORA does not name the folder of the shared corpora"
)
EXPORTS = ("base.csv", "cinahl.csv", "embase.csv", "github.csv", "ieee.csv", "medline.csv",
           "psychinfo.csv", "scopus.csv", "pubmed_abstracts.txt")  # fmt: skip


def of(name: str) -> Path:
    return Path(CORPORA or "") / "screening" / name


def run(*arguments: object) -> None:
    main([str(argument) for argument in arguments], standalone_mode=False)


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The logs of three reviews, read by the command as a user would."""
    made = {}
    for name in ("dimitrov_2024", "class_size_2018", "caregiver_ratio_qual_2022"):
        made[name] = tmp_path_factory.mktemp(name)
        run("screening", "import", of(name) / "decisions.csv.gz", "--stage", "title_abstract",
            "-o", made[name])  # fmt: skip
    return made


def test_a_review_is_replayed_to_its_flow(logs):
    made = read_alone(logs["dimitrov_2024"], CLOSED)
    n = {(row["stage"], row["what"], row["reason"]): row["n"] for row in made.flow}
    expected = {"entered": 1498, "by two or more": 1498, "differed": 6, "differed, settled": 6,
                "passed": 16, "excluded": 1482, "passed, then lost": 1}  # fmt: skip
    assert {what: n["title_abstract", what, ""] for what in expected} == expected
    expected = {"entered": 18, "entered: passed": 15, "entered: returned": 1, "entered: directly": 2,
                "passed": 7, "excluded": 11}  # fmt: skip
    assert {what: n["full_text", what, ""] for what in expected} == expected
    assert n["full_text", "excluded", "Not SNHL only"] == 9
    assert n["full_text", "excluded", "Wrong age cohort"] == 2
    labels = csv.DictReader(
        gzip.open(of("dimitrov_2024") / "records.csv.gz", "rt", encoding="utf-8")
    )
    included = {row["id"] for row in labels if row["label_included"] == "1"}
    assert {row["record_id"] for row in made.finals if row["state"] == "included"} == included


def test_the_record_that_vanished_and_the_one_that_came_back_are_told(logs):
    found = found_in(logs["dimitrov_2024"])
    assert only(found, "stage_transfer_loss")["record_id"] == "dim00043"
    assert only(found, "returned")["record_id"] == "dim00023"
    assert sorted(codes(found, "error")) == ["returned", "stage_transfer_loss"]
    directly = {row["record_id"] for row in found if row["check"] == "entered_directly"}
    assert directly == {"dimx01", "dimx02"}


def test_the_same_flow_from_the_raw_exports(logs, tmp_path):
    """All nine exports are read and deduplicated together with the list that was screened.

    The numbers of the published review are those of its own deduplication: six pairs of the list
    that it screened are one work to ours, so that works are fewer by six.
    """
    exports = [of("dimitrov_2024") / "search_exports" / f"{name}.gz" for name in EXPORTS]
    screened = of("dimitrov_2024") / "records.csv.gz"
    run("dedupe", *exports, screened, "-o", tmp_path / "works")
    # Files of PubMed share their ids: so the name of the file stands before each id of a record.
    renamed = (
        e._replace(record_id=f"records:{e.record_id}")
        for e in read_log(logs["dimitrov_2024"]).events
    )
    append(tmp_path / "log", list(renamed))
    made = read_alone(tmp_path / "log", CLOSED, works=tmp_path / "works")
    listed = [sum(i.startswith("records:") for i in ids) for ids in made.members.values()]
    assert (sum(listed), sum(n > 1 for n in listed), max(listed)) == (1500, 6, 2)
    n = {(row["stage"], row["what"], row["reason"]): row["n"] for row in made.flow}
    expected = {
        "entered": 1492,
        "by two or more": 1492,
        "differed": 6,
        "passed": 16,
        "excluded": 1476,
    }
    assert {what: n["title_abstract", what, ""] for what in expected} == expected
    expected = {
        "entered": 18,
        "entered: passed": 15,
        "entered: returned": 1,
        "passed": 7,
        "excluded": 11,
    }
    assert {what: n["full_text", what, ""] for what in expected} == expected


# Table M5 of the reference on screening: n, a, b, c, d, po, kappa, PABAK, AC1, p_pos, p_neg.
M5 = [
    ("dimitrov_2024", "title_abstract", "R1", "R2",
     "1498 14 3 3 1478 .9960 .8215 .9920 .9959 .8235 .9980"),
    ("dimitrov_2024", "full_text", "R1", "R2",
     "18 6 1 0 11 .9444 .8800 .8889 .8968 .9231 .9565"),
    ("class_size_2018", "title_abstract", "R01", "R02",
     "7119 242 76 31 6770 .9850 .8112 .9699 .9837 .8190 .9922"),
    ("class_size_2018", "title_abstract", "R01", "R06",
     "451 7 9 17 418 .9424 .3211 .8847 .9370 .3500 .9698"),
    ("caregiver_ratio_qual_2022", "title_abstract", "R01", "R02",
     "1163 44 39 79 1001 .8985 .3738 .7971 .8790 .4272 .9443"),
]  # fmt: skip
FIGURES = ("records", "both_keep", "only_a_keeps", "only_b_keeps", "neither_keeps", "agreement",
           "kappa", "pabak", "ac1", "positive_agreement", "negative_agreement")  # fmt: skip


@pytest.mark.parametrize(("name", "stage", "a", "b", "figures"), M5)
def test_agreement_is_that_of_table_m5(logs, name, stage, a, b, figures):
    rows = agreement_rows(read_alone(logs[name], CLOSED).standing)
    [row] = [r for r in rows if (r["stage"], r["reviewer_a"], r["reviewer_b"]) == (stage, a, b)]
    assert [str(row[name]).removeprefix("0") or "0" for name in FIGURES] == [
        figure or "0" for figure in (f.removeprefix("0") for f in figures.split())
    ]


def test_the_pair_that_never_differs_is_found_and_no_other(logs):
    told = {
        name: [f for f in found_in(log) if f["check"] == "implausible_agreement"]
        for name, log in logs.items()
    }
    assert {name: len(found) for name, found in told.items()} == {
        "dimitrov_2024": 0, "class_size_2018": 1, "caregiver_ratio_qual_2022": 0
    }  # fmt: skip
    assert "R02 and R03 agree on 5,538 of 5,538" in told["class_size_2018"][0]["message"]


@pytest.mark.parametrize(
    ("name", "included", "excluded"),
    [("class_size_2018", 373, 7690), ("caregiver_ratio_qual_2022", 86, 1080)],
)
def test_what_people_settled_is_the_outcome(logs, name, included, excluded):
    made = read_alone(logs[name], Protocol(screeners={"title_abstract": 1}))
    states = Counter(row["state"] for row in made.finals)
    assert (states["awaiting full text"], states["excluded"]) == (included, excluded)
    labels = csv.DictReader(gzip.open(of(name) / "records.csv.gz", "rt", encoding="utf-8"))
    kept = {row["id"] for row in labels if row["label_included"] == "1"}
    assert {row["record_id"] for row in made.finals if row["state"] != "excluded"} == kept


def test_all_screeners_together(logs):
    [row] = together_rows(read_alone(logs["class_size_2018"], CLOSED).standing)
    assert (row["screeners"], row["records_of_two_or_more"]) == (13, 8063)
    assert 0 < float(row["krippendorff_alpha"]) < 1
