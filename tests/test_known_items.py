"""The review's own literature: its roles, and what others say of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest

from refusal import refused
from searchsets.files import read_csv
from searchsets.records.known_items import (
    SOURCE,
    Enrichment,
    KnownItem,
    enrich,
    open_known_items,
    read_enrichment,
    read_items,
    roles,
)  # fmt: skip
from searchsets.records.store import import_database

HEADER = "record,field,value,source\n"


def item(title: str, *lines: str) -> str:
    return "\n".join(["TY  - RPRT", f"TI  - {title}", *lines, "ER  - ", ""])


def imported(folder: Path, *items: str) -> Path:
    """Import known items from a file of their own, as the command does."""
    brought = folder / "brought"
    brought.mkdir()
    (brought / "sources.ris").write_text("\n".join(items), encoding="utf-8")
    import_database(SOURCE, open_known_items(brought), folder / "records")
    return folder / "records"


def table(folder: Path, *items: str) -> pa.Table:
    return read_items(imported(folder, *items), None)[0]


def statements(folder: Path, *rows: str) -> Path:
    path = folder / "enrichment.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_known_items_are_a_source_of_their_own(tmp_path):
    [row] = table(tmp_path, item("Trusts", "C1  - cited")).to_pylist()
    assert row["database"] == "known_items"
    assert row["record_id"].startswith("known_items:")
    assert row["source_file"] == "known_items/sources.ris"


def test_roles_come_key_sources_first_by_their_number(tmp_path):
    made = table(
        tmp_path,
        item("A", "C1  - listed_only"), item("B", "C1  - key_source", "C2  - 10"),
        item("C", "C1  - cited"), item("D", "C1  - key_source", "C2  - 9"),
    )  # fmt: skip
    titles = dict(zip(made["record_id"].to_pylist(), made["title"].to_pylist(), strict=True))
    found = [(titles[one.record_id], one.role, one.number) for one in roles(made)]
    assert found == [
        ("D", "key_source", 9),
        ("B", "key_source", 10),
        ("C", "cited", None),
        ("A", "listed_only", None),
    ]


@pytest.mark.parametrize("lines", [[], ["C1  - "], ["C1  - keysource"]])
def test_an_item_without_a_known_role_is_refused_by_its_place(tmp_path, lines):
    made = table(tmp_path, item("Trusts", *lines))
    with refused(
        "known_items/sources.ris: record 1", "'Trusts'", "C1  - ", "key_source, cited, listed_only"
    ):
        roles(made)


@pytest.mark.parametrize("number", ["first", "", "²", "1.5"])
def test_a_key_source_without_a_number_is_refused(tmp_path, number):
    with refused("sources.ris", "has the number", "C2  - "):
        roles(table(tmp_path, item("Trusts", "C1  - key_source", f"C2  - {number}")))


def test_two_key_sources_of_one_number_are_refused(tmp_path):
    with refused("sources.ris", "has the number '5'", "of its own"):
        roles(
            table(
                tmp_path,
                item("Trusts", "C1  - key_source", "C2  - 5"),
                item("Centres", "C1  - key_source", "C2  - 5"),
            )
        )


def test_a_review_need_not_have_known_items(tmp_path):
    (tmp_path / "README.md").write_text("what goes here", encoding="utf-8")
    assert open_known_items(tmp_path) == open_known_items(tmp_path / "none") == []
    assert import_database(SOURCE, [], tmp_path / "records") == (0, 0)
    assert roles(read_items(tmp_path / "records", None)[0]) == []


def test_known_items_in_another_form_are_refused_and_not_passed_over(tmp_path):
    (tmp_path / "items.nbib").write_text("PMID- 1\nTI  - Trusts\n", encoding="utf-8")
    with refused(tmp_path, "no .ris file", "items.nbib", "`C1  - `", "listed_only"):
        open_known_items(tmp_path)


def test_one_item_of_any_role_is_enough(tmp_path):
    made = table(tmp_path, item("Ours", "C1  - listed_only"))
    assert [one.role for one in roles(made)] == ["listed_only"]


def test_all_ris_files_of_the_folder_are_read(tmp_path):
    for name in ("b.ris", "a.ris"):
        (tmp_path / name).write_text(item(name), encoding="utf-8")
    assert [one.name for one in open_known_items(tmp_path)] == [
        "known_items/a.ris",
        "known_items/b.ris",
    ]


def test_statements_are_read_with_who_makes_them(tmp_path):
    [made] = read_enrichment(
        statements(tmp_path, "known_items:1, keywords ,Trusts,Appendix 4"), {"known_items:1"}
    )
    assert made == Enrichment("known_items:1", "keywords", "Trusts", "Appendix 4")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("known_items:2,keywords,Trusts,Appendix 4", ("known_items:2", "known_items.csv")),
        ("known_items:1,title,Trusts,Appendix 4", ("'title'", "abstract, descriptors, keywords")),
        ("known_items:1,keywords,Trusts,", ("no source", "looked up")),
        ("known_items:1,abstract,,Appendix 4", ()),
    ],
)
def test_a_statement_that_cannot_be_used_is_refused_with_its_line(tmp_path, row, words):
    path = statements(tmp_path, "known_items:1,keywords,Boards,Appendix 4", row)
    with refused(f"{path}:3", *words):
        read_enrichment(path, {"known_items:1"})


def test_a_table_without_its_columns_is_refused(tmp_path):
    (tmp_path / "enrichment.csv").write_text("record,field,value\n", encoding="utf-8")
    with refused(tmp_path / "enrichment.csv", "'source'", "record, field, value, source"):
        read_enrichment(tmp_path / "enrichment.csv", set())


def test_statements_add_to_lists_set_the_abstract_and_leave_the_reference_as_it_was(tmp_path):
    folder = imported(tmp_path, item("Trusts", "KW  - Boards", "C1  - cited"))
    record_id = read_items(folder, None)[0]["record_id"][0].as_py()
    path = statements(
        tmp_path, f"{record_id},keywords,Trusts,A", f"{record_id},descriptors,Governance,B",
        f"{record_id},abstract,Where.,C", f"{record_id},indexed_in,eric,D",
    )  # fmt: skip
    plain, enriched, made = read_items(folder, path)
    assert (plain["keywords"].to_pylist(), plain["abstract"].to_pylist()) == ([["Boards"]], [""])
    [row] = enriched.to_pylist()
    assert (row["keywords"], row["descriptors"], row["abstract"]) == (
        ["Boards", "Trusts"],
        ["Governance"],
        "Where.",
    )
    assert [one.field for one in made] == ["keywords", "descriptors", "abstract", "indexed_in"]


def test_without_statements_items_are_what_their_references_say(tmp_path):
    plain, enriched, made = read_items(imported(tmp_path, item("Trusts")), tmp_path / "none.csv")
    assert enriched == plain == enrich(plain, [])
    assert made == []


def test_the_sixteen_key_sources_of_the_review_are_all_there_in_order(project, tmp_path):
    import_database(SOURCE, open_known_items(project / "resources/known_items"), tmp_path)
    made, _, said = read_items(tmp_path, project / "resources/known_items/enrichment.csv")
    found: list[KnownItem] = roles(made)
    assert [one.number for one in found if one.role == "key_source"] == list(range(1, 17))
    assert Counter(one.role for one in found).total() == made.num_rows
    assert len(said) == len(read_csv(project / "resources/known_items/enrichment.csv"))
