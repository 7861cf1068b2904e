"""Real exports, held against what was counted in their bytes without a parser."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from searchsets.errors import ReviewError
from searchsets.records.exports import Export
from searchsets.records.extraction import CUT_OFF as ENDS_INSIDE
from searchsets.records.identity import identify
from searchsets.records.reading import ReadFile, read_export

CUT_OFF = "jabref_1.ris"
_COUNTED = re.compile(r"(?m)^\| (\S+\.\w+) \| (\d+)[^|]*\|(.*)")


def counted(readme: Path) -> dict[Path, tuple[int, str]]:
    """Return the true number of records of each file that a README counts, and what it notes."""
    rows = _COUNTED.findall(readme.read_text(encoding="utf-8"))
    found = {readme.parent / name: (int(records), notes) for name, records, notes in rows}
    assert found, readme
    return found


def imported(path: Path) -> ReadFile:
    [made] = read_export(Export("test", path, path.name))
    assert made.extraction.found == len(made.records) + len(made.broken)
    return made


def read(path: Path) -> int:
    return len(imported(path).records)


def exports(corpora: Path, pattern: str) -> dict[Path, int]:
    return {
        path: records
        for readme in sorted((corpora / "exports").glob(f"{pattern}/README.md"))
        for path, (records, _) in counted(readme).items()
        if path.name != CUT_OFF
    }


def eric(corpora: Path, *folders: str) -> dict[Path, tuple[int, str]]:
    found = counted(corpora / "eric/README.md")
    return {path: said for path, said in found.items() if path.parent.name in folders}


def test_every_record_of_the_exports_of_all_platforms_is_read(corpora):
    truth = exports(corpora, "*")
    assert {path: read(path) for path in truth} == truth
    assert len(truth) == len([*(corpora / "exports").glob("*/*")]) - len(
        [*(corpora / "exports").glob("*/README.md")]
    ) - 1


def test_every_row_of_the_csv_of_eric_is_read_with_its_number_authors_and_descriptors(corpora):
    truth = exports(corpora, "eric_csv")
    assert {path: read(path) for path in truth} == truth
    for path in truth:
        assert all(
            one.accession and one.authors and one.descriptors for one in imported(path).records
        )


def test_every_record_of_eric_is_read(corpora):
    truth = eric(corpora, "api_json", "api_flat", "ris_vive", "uk_tlrp")
    assert len(truth) == 13
    assert {path: read(path) for path in truth} == {
        path: records for path, (records, _) in truth.items()
    }


def test_the_answers_of_eric_have_the_abstracts_descriptors_and_totals_that_were_counted(corpora):
    for path, (_, notes) in eric(corpora, "api_json").items():
        made = imported(path)
        said = re.search(r"with description (\d+), with subject (\d+)", notes)
        assert said is not None
        assert sum(bool(one.abstract) for one in made.records) == int(said[1]), path
        assert sum(bool(one.descriptors) for one in made.records) == int(said[2]), path
        total = re.search(r"numFound=(\d+)", notes)
        assert made.extraction.reader.announced == (int(total[1]) if total else None), path


def test_every_record_that_came_from_eric_by_ebsco_has_its_eric_number(corpora):
    for path, (_, notes) in eric(corpora, "ris_vive").items():
        codes = re.search(r"'eric': (\d+)", notes)
        assert sum(bool(one.accession) for one in imported(path).records) == (
            int(codes[1]) if codes else 0
        ), path


def test_of_a_file_whose_records_have_no_end_each_is_told_as_broken(corpora):
    done = imported(corpora / "exports/ris_edge" / CUT_OFF)
    assert (done.extraction.found, len(done.records), len(done.broken)) == (11, 1, 10)


def test_of_an_answer_of_eric_cut_in_the_middle_the_whole_records_are_read(corpora, tmp_path):
    data = (corpora / "eric/api_json/ajs.json").read_bytes()
    (tmp_path / "cut.json").write_bytes(data[: len(data) // 2])
    done = imported(tmp_path / "cut.json")
    assert len(done.records) > 100
    assert done.extraction.cut_off and done.broken[-1].reason == ENDS_INSIDE


def test_the_ids_of_real_records_are_unique_and_all_are_accounted_for(corpora):
    truth = eric(corpora, "api_json", "api_flat", "ris_vive")
    records = [one for path in truth for one in imported(path).records]
    kept, repeats = identify("eric", records)
    assert len({one.record_id for one in kept}) == len(kept)
    assert len(kept) + len(repeats) == len(records)


def test_an_abstract_that_says_not_available_is_none(corpora):
    for path in (corpora / "exports/ris_endnote").glob("*.ris"):
        assert not any(one.abstract == "NA" for one in imported(path).records), path


def test_the_journal_of_a_record_from_scopus_is_not_scopus(corpora):
    for path in (corpora / "exports/csv_scopus").glob("*.csv"):
        assert "Scopus" not in {one.container for one in imported(path).records}, path


def items_of(answer: dict) -> list[dict]:
    """The records in a service's answer, by the structure that the service documents."""
    body = answer.get("response", {}).get("body", answer)
    if not isinstance(body, dict):
        return []  # an error, in words
    message = body.get("message", {})
    if isinstance(message, dict) and "DOI" in message:
        return [message]
    if isinstance(message, dict) and "items" in message:
        return message["items"]
    return body.get("resultList", {}).get("result", []) or body.get("results", [])


@pytest.mark.parametrize("service", ["crossref", "europepmc", "doaj"])
def test_every_record_of_the_answers_of_services_is_read(corpora, service):
    read_in_all = 0
    for path in sorted((corpora / "apis" / service).glob("*.json")):
        truth = items_of(json.loads(path.read_text(encoding="utf-8")))
        try:
            made = imported(path)
        except ReviewError:
            assert not truth, path
            continue
        read_in_all += len(made.records)
        assert len(made.records) == len(truth), path
        assert all(one.title or one.doi or one.accession for one in made.records), path
        assert made.represents.kind == "corpus"
    assert read_in_all > 0
