"""The bibliographies of included and excluded works: complete, and read back as they were."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screened import screened, work
from searchsets.records.reading import open_source
from searchsets.records.source import sources
from searchsets.records.tables import records_of
from searchsets.reporting.documents.bibliography import FORMATS, write_bibliographies

FIELDS = ("title", "authors", "year", "container", "volume", "issue", "pages", "doi", "url")
NAMES = (
    st.text(st.sampled_from("abcdeÉøß'- "), max_size=12)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
TITLES = st.text(st.sampled_from("abc déøß&%$#_{}<>: -"), min_size=1, max_size=30).map(
    lambda text: " ".join(f"T{text}x".split())
)


def read_back(path: Path) -> list:
    [source] = sources(path, path.name, "")
    return [record for part in open_source(source).tables() for record in records_of(part)]


def test_each_included_and_each_excluded_report_stands_once_and_no_other_work(tmp_path):
    build = screened(tmp_path / "run", [
        work(1, "included", "full_text"), work(2, "excluded", "full_text"),
        work(3, "excluded", "title_abstract"), work(4, "not screened"), work(5, "excluded", "final"),
    ])  # fmt: skip
    assert write_bibliographies(build, tmp_path / "out") == {"included": 1, "excluded": 2}
    ids = {
        name: [
            item["id"] for item in json.loads((tmp_path / f"out/{name}.json").read_text("utf-8"))
        ]
        for name in ("included", "excluded")
    }
    assert ids == {"included": ["eric:1"], "excluded": ["eric:2", "eric:5"]}


def test_a_run_without_any_has_empty_files(tmp_path):
    build = screened(tmp_path / "run", [work(1, "not screened")])
    write_bibliographies(build, tmp_path / "out")
    assert (tmp_path / "out/included.ris").read_text("utf-8") == ""
    assert json.loads((tmp_path / "out/excluded.json").read_text("utf-8")) == []


def test_csl_json_has_what_citation_processors_ask_for(tmp_path):
    record = {"authors": ["Fox, C.", "Audit Commission"], "year": 2004, "type": "JOUR",
              "container": "Journal", "doi": "10.1/x"}  # fmt: skip
    build = screened(tmp_path / "run", [work(1, "included", "full_text", record=record)])
    write_bibliographies(build, tmp_path / "out")
    [item] = json.loads((tmp_path / "out/included.json").read_text("utf-8"))
    assert item["author"] == [{"family": "Fox", "given": "C."}, {"literal": "Audit Commission"}]
    assert item["issued"] == {"date-parts": [[2004]]} and item["type"] == "article-journal"
    assert (item["id"], item["DOI"], item["container-title"]) == ("eric:1", "10.1/x", "Journal")


@settings(max_examples=40)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "title": TITLES,
                "authors": st.lists(
                    st.tuples(NAMES, NAMES).map(", ".join), max_size=3, unique=True
                ),
                "year": st.one_of(st.none(), st.integers(1900, 2030)),
                "type": st.just("JOUR"),
                "container": st.sampled_from(["", "Journal of Care"]),
                "volume": st.sampled_from(["", "3"]),
                "issue": st.sampled_from(["", "2"]),
                "pages": st.sampled_from(["", "1-9"]),
                "doi": st.sampled_from(["", "10.1000/a_b"]),
                "url": st.sampled_from(["", "http://example.org/a_b?c=d&e=f"]),
            }
        ),
        min_size=1,
        max_size=4,
    )
)
def test_our_own_readers_find_the_same_records_in_every_format(tmp_path_factory, records):
    folder = tmp_path_factory.mktemp("bibliography")
    works = [work(n, "included", "full_text", record=one) for n, one in enumerate(records)]
    write_bibliographies(screened(folder / "run", works), folder / "out")
    expected = sorted(([one[name] for name in FIELDS] for one in records), key=str)
    for ending in FORMATS:
        back = read_back(folder / f"out/included.{ending}")
        found = sorted(([getattr(one, name) for name in FIELDS] for one in back), key=str)
        assert found == expected, ending


@pytest.mark.parametrize("ending", FORMATS)
def test_the_order_is_that_of_a_list_of_references(tmp_path, ending):
    names = ["Young, A.", "Abbott, B.", "Moore, C."]
    works = [
        work(n, "included", "full_text", record={"authors": [one]}) for n, one in enumerate(names)
    ]
    write_bibliographies(screened(tmp_path / "run", works), tmp_path / "out")
    back = read_back(tmp_path / f"out/included.{ending}")
    assert [one.authors for one in back] == [["Abbott, B."], ["Moore, C."], ["Young, A."]]
