"""The fuzzer of the readers: some executions of it, and that it notices what it is there for."""

from __future__ import annotations

import random
import sys
from importlib import util
from pathlib import Path

import pytest

from conftest import PROJECT
from searchsets.errors import ReviewError
from searchsets.records.extraction import Extraction
from searchsets.records.formats.tagged import Tagged

RIS = b"TY  - JOUR\nTI  - One\nER  - \nTY  - JOUR\nTI  - Two\n  wrapped\nER  - \n"


def _load():
    spec = util.spec_from_file_location("fuzz_readers", PROJECT / "fuzz" / "readers.py")
    module = util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


readers = _load()


def run(tmp_path: Path, executions: int, seed: int = 1):
    made = readers.Run(seed, tmp_path / "kept", is_quick=True)
    made.go(lambda run: run.executions < executions, lambda run: None)
    return made


def test_some_hundred_damaged_files_break_no_promise(tmp_path):
    made = run(tmp_path, 300)
    assert not made.findings, "\n".join(readers.report(made))
    assert sum(counts["executions"] for counts in made.by_seed.values()) == 300
    assert len(made.by_format) > 8


@pytest.mark.parametrize("name", readers.seeds())
def test_every_seed_is_small_and_whole(tmp_path, name):
    data = readers.seeds()[name]
    outcome = readers.fault_of(tmp_path / "seed", readers.Case(data, chunk=7))
    assert len(data) < 2048
    assert isinstance(outcome, readers.Outcome), outcome
    assert (outcome.refused, outcome.broken) == (0, 0) and 2 <= outcome.records <= 4


@pytest.mark.parametrize("name", readers.SHAPES)
def test_damage_beside_records_leaves_records_to_be_expected(name):
    places = readers.spans(name)
    assert len(readers.well_formed(name)) == len(places)
    for number in range(20):
        case = readers.between_records(name, random.Random(number), 0)
        assert len(case.expected) <= len(places) and case.loose[0] <= case.loose[1]


def test_an_execution_is_the_same_whenever_it_runs():
    assert [readers.case_of(5, number) for number in range(30)] == [
        readers.case_of(5, number) for number in range(30)
    ]


def test_a_reader_that_loses_a_record_is_noticed(tmp_path, monkeypatch):
    whole = Tagged.parse

    def parse(self, text):
        return [] if "wrapped" in text else whole(self, text)

    monkeypatch.setattr(Tagged, "parse", parse)
    fault = readers.fault_of(tmp_path / "input", readers.Case(RIS))
    assert isinstance(fault, readers.Fault) and fault.kind == "count: more"


def test_a_record_lost_beside_damage_is_noticed_though_the_counts_agree(tmp_path, monkeypatch):
    [_, expected] = readers.read(_source(tmp_path, RIS)).records
    monkeypatch.setattr(Extraction, "found", property(lambda self: self.read + len(self.broken)))
    whole = Tagged.parse
    monkeypatch.setattr(
        Tagged, "parse", lambda self, text: [] if "wrapped" in text else whole(self, text)
    )
    fault = readers.fault_of(tmp_path / "input", readers.Case(RIS, expected=(expected,)))
    assert isinstance(fault, readers.Fault) and fault.kind == "lost"


def test_columns_that_differ_from_lines_are_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr("searchsets.records.columnar.Columnar._pages", _no_pages)
    data = b"TY  - JOUR\nTI  - One\nSP  - 22\nEP  - 29\nER  - \n"
    fault = readers.fault_of(tmp_path / "input", readers.Case(data))
    assert isinstance(fault, readers.Fault) and fault.kind == "twin" and "pages" in fault.said


def _no_pages(self):
    import pyarrow as pa

    return pa.repeat("", self._block.size)


def test_what_is_raised_and_what_takes_too_long_are_noticed(tmp_path, monkeypatch):
    def parse(self, text):
        raise KeyError(text)

    monkeypatch.setattr(readers, "HANG", 0.3)
    monkeypatch.setattr(Tagged, "parse", parse)
    fault = readers.fault_of(tmp_path / "input", readers.Case(RIS))
    assert fault.kind == "raised KeyError in extraction.py:_records"

    def forever(self, text):
        while True:
            pass

    monkeypatch.setattr(Tagged, "parse", forever)
    assert readers.fault_of(tmp_path / "input", readers.Case(RIS)).kind == "hang"


def test_a_refusal_that_says_not_what_to_do_is_noticed(tmp_path, monkeypatch):
    def parse(self, text):
        raise ReviewError("no", "nowhere")

    monkeypatch.setattr(Tagged, "parse", parse)
    assert readers.fault_of(tmp_path / "input", readers.Case(RIS)).kind == "refusal"


def test_a_failing_input_is_made_small_and_kept(tmp_path, monkeypatch):
    whole = Tagged.parse
    monkeypatch.setattr(
        Tagged, "parse", lambda self, text: [] if "governors" in text else whole(self, text)
    )
    data = readers.seeds()["medline.nbib"]
    monkeypatch.setattr(
        readers, "case_of", lambda seed, number, is_quick: ("medline.nbib", readers.Case(data))
    )
    made = run(tmp_path, 3)
    [(key, finding)] = made.findings.items()
    assert (key, finding.met) == ("count: more: MEDLINE", 3)
    kept = next((tmp_path / "kept").glob("count-more-MEDLINE*.input")).read_bytes()
    assert kept == finding.case.data and len(kept) < 30
    assert "seed 1, execution 0" in "\n".join(readers.report(made))


def _source(tmp_path: Path, data: bytes):
    path = tmp_path / "input"
    path.write_bytes(data)
    return readers.sources(path, "fuzz/input")[0]
