"""Places told by a table of names: what is evidence, what is not, and how a row is refused."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import PROJECT, records_table
from searchsets.errors import ReviewError
from searchsets.records.exports import Export
from searchsets.records.reading import read_export
from searchsets.screening.criteria.file import Criteria, Criterion
from searchsets.screening.criteria.judge import judge, read_texts
from searchsets.screening.criteria.places import Name, Places, read_places
from searchsets.search.engine import SearchableRecords
from searchsets.text import normalise

TABLE = PROJECT / "config/places/uk.csv"
HEADER = "name,kind,nation,needs,note\n"


def judgement(places: Places, table: pa.Table) -> list[str]:
    rule = Criterion("uk", "", "", None, None, places=places)
    return [
        one.judgement for one in judge(Criteria("", (rule,), (), (), ""), SearchableRecords(table))
    ]


def named(places: Places, text: str) -> list[str]:
    """Return the mentions in a text as it has them after normalising."""
    words = normalise(text).split()
    return [" ".join(words[first:last]) for first, last in places.mentions(words)]


def written(folder: Path, *rows: str) -> Path:
    path = folder / "places.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


# The slow twin: every name is held against every place of a text, with nothing looked up.


def same_word(wanted: str, word: str, is_last: bool) -> bool:
    if wanted.endswith("*"):
        return word[: len(wanted) - 1] == wanted[:-1]
    return word == wanted or (is_last and word == wanted + "s")


def ends_of(phrase: str, words: list[str], start: int) -> list[int]:
    """Return where a phrase ends that begins at a word: one place, or none."""
    wanted = normalise(phrase.replace("*", "TRUNCATED")).replace("truncated", "*").split()
    found = words[start : start + len(wanted)]
    holds = len(found) == len(wanted) and all(
        same_word(want, word, place == len(wanted) - 1)
        for place, (want, word) in enumerate(zip(wanted, found, strict=True))
    )
    return [start + len(wanted)] if holds else []


def spans(phrase: str, words: list[str]) -> list[tuple[int, int]]:
    return [(start, end) for start in range(len(words)) for end in ends_of(phrase, words, start)]


def is_named(places: Places, text: str) -> bool:
    words = normalise(text).split()
    apart = [span for phrase in places.apart for span in spans(phrase, words)]
    for name in places.names:
        for start, end in spans(name.text, words):
            if any(first <= start and end <= last for first, last in apart):
                continue
            beside = [
                place
                for need in name.needs
                for first, last in spans(need.replace("~", ""), words)
                for place in (("behind",) * (first == end) + ("before",) * (last == start))
                if not (place == "behind" and need.endswith("~"))
                and not (place == "before" and need.startswith("~"))
            ]
            if beside or not name.needs:
                return True
    return False


SMALL = Places(
    (
        Name("Wales", "nation", "Wales", ()),
        Name("England", "nation", "England", ()),
        Name("Essex County Council", "authority", "England", ()),
        Name("Essex", "authority", "England", ()),
        Name(
            "Reading",
            "authority",
            "England",
            ("~ council", "borough of ~", "LEA", "local authorit*"),
        ),
        Name("LEA", "term", "United Kingdom", ("officer*",)),
        Name("St. Helens", "authority", "England", ("~ council",)),
        Name("local education authorit*", "term", "United Kingdom", ()),
    ),
    (
        "New South Wales",
        "New England",
        "Essex County",
        "England Patriot*",
        "Mount St Helens Council",
    ),
)
WORDS = st.sampled_from(
    ["Wales", "Wales's", "New", "South", "England", "England's", "Essex", "County", "Council",
     "councils", "Reading", "borough", "of", "LEA", "LEAs", "officers", "local", "education",
     "authorities", "authority", "St.", "St", "Helens", "Mount", "Patriots", "and", "schools", ",",
     "-", "’", "Wáles"]
)  # fmt: skip
TEXTS = st.lists(WORDS, max_size=14).map(" ".join)


@given(TEXTS)
def test_a_place_is_named_where_a_slow_reading_finds_it(text):
    assert bool(named(SMALL, text)) == is_named(SMALL, text)


@given(TEXTS, st.none() | TEXTS, st.lists(TEXTS, max_size=2), st.lists(TEXTS, max_size=2))
def test_a_record_is_met_where_one_of_its_texts_names_a_place(
    title, abstract, descriptors, keywords
):
    record = {
        "title": title,
        "abstract": abstract,
        "descriptors": descriptors,
        "keywords": keywords,
    }
    texts = [title, abstract or "", *descriptors, *keywords]
    met = any(is_named(SMALL, text) for text in texts)
    assert judgement(SMALL, records_table(record)) == ["met" if met else "unclear"]


def test_real_rows_are_found_where_a_slow_reading_finds_them():
    places = read_places(TABLE)
    pieces = [name.text.replace("*", "") for name in places.names] + [*places.apart]
    pieces = [piece.replace("*", "s") for piece in pieces]
    pieces += [
        need.replace("~", "").replace("*", "") for name in places.names for need in name.needs
    ]
    chance = random.Random(2009)
    for _ in range(150):
        text = " ".join(chance.choices(pieces, k=6))
        assert bool(named(places, text)) == is_named(places, text), text


@pytest.mark.parametrize(
    ("text", "mentions"),
    [("Schools in New South Wales", []), ("In New South Wales and Wales", ["wales"]),
     ("New England's and England's schools", ["englands"]), ("Essex County, New Jersey", []),
     ("Essex County Council", ["essex county council"]), ("Reading council", ["reading council"]),
     ("a council reading", []), ("The Borough of Reading", ["borough of reading"]),
     ("Reading. Council", ["reading council"]), ("reading for councils and LEAs", []),
     ("LEA Reading", ["lea reading"]), ("England and England", ["england", "england"])],
)  # fmt: skip
def test_each_mention_counts_for_itself(text, mentions):
    assert named(SMALL, text) == mentions


def test_a_name_and_its_neighbour_stand_in_one_value():
    keywords = {"keywords": ["Reading", "Council"]}
    assert judgement(SMALL, records_table(keywords)) == ["unclear"]
    assert judgement(SMALL, records_table({"keywords": ["Reading Council"]})) == ["met"]


def test_the_evidence_quotes_the_mention_that_counts_and_names_its_field():
    record = {
        "title": "New England",
        "abstract": "Of New South Wales; of Wales.",
        "keywords": ["Essex"],
    }
    assert SMALL.quotation(read_texts(record)).startswith("abstract: ")
    assert SMALL.quotation(read_texts({"keywords": ["UK", "Essex"]})) == "keywords: Essex"


# The table of the project.


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_name_is_found_by_itself_or_next_to_each_word_that_it_needs():
    for name in read_places(TABLE).names:
        text = name.text.replace("*", "")
        for need in name.needs or ("",):
            beside = need.replace("*", "")
            told = beside.replace("~", text) if "~" in beside else f"{text} {beside}"
            only = Places((name,), (), "")
            assert named(only, told), (name.text, need)
            assert is_named(only, told), (name.text, need)


def test_no_ambiguous_name_is_evidence_by_itself():
    places = read_places(TABLE)
    for name in places.names:
        if name.needs:
            text = name.text.replace("*", "")
            assert not named(places, f"about {text} then"), name.text


def test_no_name_is_taken_away_by_a_phrase_that_is_apart():
    places = read_places(TABLE)
    for name in places.names:
        if not name.needs:
            assert named(places, name.text.replace("*", "")), name.text


def test_what_stands_apart_holds_a_name_and_is_no_evidence():
    places = read_places(TABLE)
    for phrase in places.apart:
        assert not named(places, phrase.replace("*", "s")), phrase


def test_the_rows_stand_in_order_and_say_why_a_name_needs_others():
    kinds = [row["kind"] for row in rows()]
    assert [kind for kind, _ in dict.fromkeys((kind, 0) for kind in kinds)] == [
        "list", "nation", "region", "authority", "city", "term", "not",
    ]  # fmt: skip
    assert kinds == sorted(kinds, key=list(dict.fromkeys(kinds)).index)
    assert not [row["name"] for row in rows() if row["needs"] and not row["note"]]
    assert {row["nation"] for row in rows() if row["kind"] not in ("not", "list")} == {
        "United Kingdom", "England", "Wales", "Scotland", "Northern Ireland",
    }  # fmt: skip


def test_only_the_rows_of_a_nation_speak_for_it():
    england = read_places(TABLE, "England")
    assert named(england, "United Kingdom (England)")
    assert not named(england, "United Kingdom (Scotland), Cardiff and New England")


@pytest.mark.parametrize("keyword", ["United Kingdom (England)", "United Kingdom", "Great Britain"])
def test_the_places_that_eric_indexes_are_known(keyword):
    assert judgement(read_places(TABLE), records_table({"keywords": [keyword]})) == ["met"]


# Rows that cannot be used.


@pytest.mark.parametrize(
    ("row", "told"),
    [("Leeds,town,England,,", "'town' is no kind of place"), (",city,England,,", "no words"),
     ("Lee*,city,England,,", "first word of 'Lee*' is truncated"),
     ("New L?eds,city,England,,", "'New L?eds' is truncated"),
     ("Leeds,city,England,@council,", "'@council' is no list"),
     ("Leeds,city,England,a ~ b,", "'a ~ b'"), ("Leeds,city,England,~ ~,", "'~ ~'"),
     ("Leeds,city,England,-,", "no words"), ("Leeds,not,England,,", "no nation"),
     ("all,list,,,", "has no words"), ("uk,term,England,,", "stands twice, here and in line 2"),
     ("U.K,city,,co*uncil,", "'co*uncil' is truncated")],
)  # fmt: skip
def test_a_row_that_cannot_be_used_is_told_with_its_line(tmp_path, row, told):
    path = written(tmp_path, "UK,nation,United Kingdom,,", row)
    with pytest.raises(ReviewError) as error:
        read_places(path)
    assert str(error.value).startswith(f"{path}:3: ")
    assert told in str(error.value)
    assert "->" in str(error.value)


def test_a_list_stands_for_its_words_wherever_it_is_in_the_table(tmp_path):
    table = written(
        tmp_path, "Bury,city,England,@near|town hall,", "near,list,,~ council|borough of ~,"
    )
    assert read_places(table).names[0].needs == ("~ council", "borough of ~", "town hall")


def test_the_version_of_a_table_is_that_of_its_rows_in_any_order_without_their_notes(tmp_path):
    one, other = "UK,nation,United Kingdom,,", "Bath,city,England,~ council,a word"
    version = read_places(written(tmp_path, one, other)).version
    assert read_places(written(tmp_path, other.replace("a word", ""), one)).version == version
    assert read_places(written(tmp_path, one, other.replace("council", "LEA"))).version != version


# Real records.


def eric(corpora: Path, pattern: str) -> list:
    records = []
    for path in sorted((corpora / "eric").glob(pattern)):
        [made] = read_export(Export("eric", path, path.name))
        records += made.records
    return records


def test_the_places_of_real_records_agree_with_the_index_of_eric(corpora):
    records = [record.__dict__ | {"year": None} for record in eric(corpora, "api_flat/*.json")]
    placed = [any(k.startswith("United Kingdom") for k in row["keywords"]) for row in records]
    assert sum(placed) == 25
    places = read_places(TABLE)
    assert judgement(places, records_table(*records)).count("met") >= 25
    unindexed = records_table(*(row | {"keywords": []} for row in records))
    met = [one == "met" for one in judgement(places, unindexed)]
    both = sum(a and b for a, b in zip(met, placed, strict=True))
    # Of the twelve that are not found the abstracts name no place; four name one in passing.
    assert (sum(met), both) == (17, 13)


def test_a_journal_of_britain_has_many_works_on_it_and_one_of_america_few(corpora):
    places = read_places(TABLE)
    shares = {}
    for name in ("bjse", "aje"):
        records = [record.__dict__ for record in eric(corpora, f"api_json/{name}.json")]
        found = judgement(places, records_table(*records))
        shares[name] = found.count("met") / len(found)
    assert shares["bjse"] > 0.25
    assert shares["aje"] < 0.03
