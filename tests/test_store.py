"""Records as Parquet, and a log in which every count closes."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from searchsets.files import read_csv
from searchsets.records.exports import Export
from searchsets.records.model import COLUMNS, Record
from searchsets.records.reading import ReadFile, open_export
from searchsets.records.shards import Shards, read_records
from searchsets.records.store import BROKEN_COLUMNS, LOG_COLUMNS, gather_logs, import_database
from searchsets.records.tables import schema, table_of

ONE = "TY  - JOUR\nTI  - Trusts\nPY  - 2004\nAB  - Where they meet\nER  - \n"
TWO = "TY  - JOUR\nKW  - Governance\nUR  - https://search.ebscohost.com/1\nER  - \n"
STRAY = "AU  - Fox, C.\n"


def write_records(folder: Path, records: list[Record]) -> None:
    shards = Shards(folder)
    shards.write(table_of(records))
    shards.close()


def brought(folder: Path, name: str, text: str, **said: object) -> ReadFile:
    path = folder / "brought" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    [made] = open_export(Export("bei", path, f"bei/{name}", **said))
    return made


def log(folder: Path) -> list[dict[str, str]]:
    return read_csv(folder / "import_log.csv", LOG_COLUMNS)


def test_records_come_back_as_they_were_written(tmp_path):
    record = Record(
        "bei/a.ris", 3, title="Où?\n\x1b", authors=["Fox, C.", "漢"], year=2004, raw="{}"
    )
    write_records(tmp_path, [record])
    assert read_records(tmp_path).to_pylist() == [record.as_row()]


def test_the_columns_are_those_of_the_contract_in_their_order(tmp_path):
    write_records(tmp_path, [])
    assert read_records(tmp_path).schema == schema()
    assert schema().names == list(COLUMNS)


def test_a_year_nobody_gave_is_unknown_and_not_nought(tmp_path):
    write_records(tmp_path, [Record("bei/a.ris", 1)])
    assert read_records(tmp_path, ["year"]).to_pylist() == [{"year": None}]


def test_a_database_without_an_export_has_a_table_without_rows(tmp_path):
    assert import_database("bei", [], tmp_path) == (0, 0)
    assert read_records(tmp_path).num_rows == 0
    assert log(tmp_path) == []


def test_shards_of_an_earlier_import_do_not_stay(tmp_path):
    import_database("bei", [brought(tmp_path, "a.ris", ONE)], tmp_path / "out")
    shutil.copy(tmp_path / "out/part-0000.parquet", tmp_path / "out/part-0001.parquet")
    import_database("bei", [brought(tmp_path, "a.ris", ONE)], tmp_path / "out")
    assert read_records(tmp_path / "out").num_rows == 1


def test_records_with_lone_surrogates_can_be_kept(tmp_path):
    text = r'[{"id": "EJ1", "title": "a \ud800 b"}, {"broken": "\ud800"}]'
    assert import_database("eric", [brought(tmp_path, "a.json", text)], tmp_path / "out") == (1, 1)


def test_the_log_says_of_each_file_what_came_out_of_it(tmp_path):
    made = brought(tmp_path, "a.ris", ONE + STRAY + TWO, reported="3")
    import_database("bei", [made], tmp_path / "out")
    [row] = log(tmp_path / "out")
    data = (ONE + STRAY + TWO).encode()
    assert row["known_by"] and "a part" not in row["findings"]
    assert {name: row[name] for name in row if name not in ("known_by", "findings")} == {
        "flavour": "RIS of EBSCOhost", "platform": "EBSCOhost", "program": "", "source_databases": "",
        "encoding_known_by": "its beginning is ASCII", "line_ends": "LF", "start_marks": "2",
        "end_marks": "2", "repeated_accessions": "0",
        "database": "bei", "source_file": "bei/a.ris", "represents": "unknown", "format": "RIS", "encoding": "utf-8",
        "bytes": str(len(data)), "sha256": hashlib.sha256(data).hexdigest(), "announced": "", "reported": "3",
        "found": "3", "read": "2", "broken": "1", "identical_repeats": "0", "without_title": "1",
        "without_abstract": "1", "without_year": "1", "without_descriptors": "1",
    }  # fmt: skip


def test_what_the_service_announced_stands_in_the_log(tmp_path):
    text = json.dumps({"response": {"numFound": 9, "docs": [{"id": "EJ1", "title": "Trusts"}]}})
    import_database("eric", [brought(tmp_path, "a.json", text)], tmp_path / "out")
    [row] = log(tmp_path / "out")
    assert (row["announced"], row["found"], row["represents"]) == ("9", "1", "corpus")


def test_found_is_read_and_broken_and_read_is_kept_and_repeats(tmp_path):
    texts = {"a.ris": ONE + TWO + ONE, "b.ris": TWO + STRAY, "c.ris": ONE}
    made = [brought(tmp_path, name, text) for name, text in texts.items()]
    kept, broken = import_database("bei", made, tmp_path / "out")
    rows = log(tmp_path / "out")
    total = {
        name: sum(int(row[name]) for row in rows)
        for name in ("found", "read", "broken", "identical_repeats")
    }
    assert total == {"found": 6, "read": 5, "broken": 1, "identical_repeats": 3}
    assert (kept, broken) == (2, 1)
    assert read_records(tmp_path / "out").num_rows == kept
    assert len(read_csv(tmp_path / "out/repeats.csv")) == 3


def test_what_broke_stands_with_its_text_under_the_name_it_has_on_every_machine(tmp_path):
    import_database("bei", [brought(tmp_path, "a.ris", ONE + STRAY)], tmp_path / "out")
    [row] = read_csv(tmp_path / "out/broken.csv", BROKEN_COLUMNS)
    assert (row["database"], row["source_file"], row["line"]) == ("bei", "bei/a.ris", "6")
    assert row["raw"].strip() == STRAY.strip()


def test_the_order_in_which_files_come_changes_no_byte(tmp_path):
    exports = [("a.ris", ONE + TWO), ("b.ris", TWO + STRAY), ("c.ris", STRAY + ONE)]
    import_database("bei", [brought(tmp_path, *one) for one in exports], tmp_path / "first")
    import_database("bei", [brought(tmp_path, *one) for one in reversed(exports)], tmp_path / "second")
    for path in sorted((tmp_path / "first").iterdir()):
        assert path.read_bytes() == (tmp_path / "second" / path.name).read_bytes(), path.name


def test_logs_are_joined_in_the_order_of_databases_and_files(tmp_path):
    long = STRAY.replace("Fox", "F" * 200_000)
    texts = (("eric", "b.ris", ONE + STRAY), ("bei", "z.ris", ONE + long), ("assia", "a.ris", TWO))
    for database, name, text in texts:
        import_database(database, [brought(tmp_path, name, text)], tmp_path / database)
    folders = [tmp_path / name for name in ("eric", "bei", "assia")]
    gather_logs(folders, tmp_path / "log.csv", tmp_path / "broken.csv")
    assert [row["database"] for row in read_csv(tmp_path / "log.csv", LOG_COLUMNS)] == [
        "assia",
        "bei",
        "eric",
    ]
    assert [row["database"] for row in read_csv(tmp_path / "broken.csv", BROKEN_COLUMNS)] == [
        "bei",
        "eric",
    ]
