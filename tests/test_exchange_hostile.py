"""Files that are broken, or made to do harm: each is refused with its name and a remedy."""

from __future__ import annotations

import gzip
import json
import sqlite3
import struct
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from refusal import refused
from searchsets.cli.exchange import import_log
from searchsets.errors import ReviewError
from searchsets.screening.exchange import opening
from searchsets.screening.exchange.model import Asked
from searchsets.screening.exchange.reading import TOOLS, read

CONFIG = json.dumps({"version": "3.0.8", "project_file_version": 3, "mode": "oracle"})


def archive(folder: Path, **files: bytes | str) -> Path:
    path = folder / "some.asreview"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name.replace("__", "/").replace("_", "."), data)
    return path


@pytest.mark.parametrize("tool", ["", *TOOLS])
@pytest.mark.parametrize(
    "data",
    [b"", b"\n\n", b"\x00\x01\x02", b"PK\x03\x04", b"SQLite format 3\x00", b"%PDF-1.7", b"\x1f\x8bno",
     b"<html>", b"a,b\n1,2\n", b'"a', b"TY  - JOUR\nER  - \n", "é".encode("utf-16"), b"\xff\xfe\x00"],
)  # fmt: skip
def test_what_is_no_export_is_refused_and_never_breaks_the_program(tmp_path, tool, data):
    path = tmp_path / "file.csv"
    path.write_bytes(data)
    with refused(path):
        read(path, tool, Asked(decision="exclude"))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ReviewError, match=r"none\.csv"):
        read(tmp_path / "none.csv", "", Asked())
    with pytest.raises(ReviewError):
        read(tmp_path, "", Asked())


def test_an_archive_that_says_it_is_too_large_is_refused_before_it_is_unpacked(tmp_path):
    path = archive(tmp_path, project_json=CONFIG, results_db=b"x")
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", (1 << 30) + 1)
    path.write_bytes(data)
    with refused(path, "larger than 1 GB"):
        read(path, "", Asked())


@pytest.mark.parametrize("kind", ["gzip", "zip"])
def test_a_file_that_unpacks_to_more_than_it_says_is_refused_while_it_is_read(
    tmp_path, monkeypatch, kind
):
    monkeypatch.setattr(opening, "MOST", 1 << 21)
    text = b"id,reviewer,decision\n" + b"r1,R01,include\n" * 300_000
    path = tmp_path / "bomb.csv.gz"
    if kind == "gzip":
        path.write_bytes(gzip.compress(text))
        with refused(path, "unpacked"):
            read(path, "table", Asked())
    else:
        path = archive(tmp_path, articles_csv=text)
        with refused(path, "unpacked"):
            read(path, "rayyan", Asked())


def damaged(path: Path, name: str, data: bytes, kind: int) -> Path:
    """Write an archive with one file whose packed bytes are spoilt."""
    with zipfile.ZipFile(path, "w", kind) as made:
        made.writestr(name, data)
    spoilt = bytearray(path.read_bytes())
    spoilt[45 + len(name) : 60 + len(name)] = b"\xff" * 15
    path.write_bytes(spoilt)
    return path


@pytest.mark.parametrize("kind", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_file_in_an_archive_is_refused_however_it_is_packed(tmp_path, kind):
    path = damaged(tmp_path / "some.zip", "project.json", CONFIG.encode() * 50, kind)
    with refused(path, "the archive is damaged"):
        read(path, "", Asked())


def test_a_locked_file_in_an_archive_is_refused(tmp_path):
    path = archive(tmp_path, project_json=CONFIG, results_db=b"x")
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1  # of the first file: it needs a password
    path.write_bytes(data)
    with refused(path, "the archive is locked"):
        read(path, "", Asked())


def test_a_record_of_ris_that_has_no_end_is_refused_for_its_votes_may_be_cut_off(tmp_path):
    path = tmp_path / "out.ris"
    whole = "TY  - JOUR\nTI  - One\nKW  - searchsets vote: R01 | include\nER  - \n\n"
    path.write_text(whole + whole.partition("ER")[0], encoding="utf-8")
    for tool in ("rayyan", "eppi", "covidence"):
        with refused(f"{path}:6", "has no end"):
            read(path, tool, Asked())
    path.write_text(whole + whole, encoding="utf-8")
    assert [act.reviewer for act in read(path, "", Asked()).acts] == ["R01", "R01"]


def test_a_database_that_is_none_is_refused(tmp_path):
    for data in (b"no database", b"SQLite format 3\x00" + b"\xff" * 4096):
        path = archive(tmp_path, project_json=CONFIG, results_db=data)
        with refused(path, "cannot be read"):
            read(path, "", Asked())


def test_a_database_with_a_view_for_a_table_is_refused(tmp_path):
    base = sqlite3.connect(tmp_path / "b.db")
    base.executescript(
        "CREATE VIEW results AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) "
        "SELECT n AS record_id, 1 AS label FROM r; CREATE TABLE record (record_id);"
        "CREATE TABLE decision_changes (record_id, label, time);"
    )
    base.close()
    path = archive(tmp_path, project_json=CONFIG, results_db=(tmp_path / "b.db").read_bytes())
    with refused(path, "has no"):
        read(path, "", Asked())


def test_a_name_in_an_archive_that_leads_elsewhere_leads_nowhere(tmp_path):
    config = json.dumps(json.loads(CONFIG) | {"datasets": [{"name": "../../../elsewhere.csv"}]})
    path = tmp_path / "some.asreview"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("project.json", config)
        made.writestr("../../../elsewhere.csv", "record_id\nx\n")
        made.writestr("results.db", b"no database")
    before = {p for p in tmp_path.parent.rglob("*")}
    with refused(path):
        read(path, "", Asked())
    assert {p for p in tmp_path.parent.rglob("*")} == before


@pytest.mark.parametrize(
    "config", ["[]", "{", "null", '{"project_file_version": "3"}', "[" * 100_000]
)
def test_a_description_of_a_project_that_is_none_is_refused(tmp_path, config):
    path = archive(tmp_path, project_json=config, results_db=b"x")
    with refused(path):
        read(path, "", Asked())


def test_a_hash_within_hashes_without_end_is_refused(tmp_path):
    path = tmp_path / "articles.csv"
    path.write_text(f"key,title,notes\n1,T,RAYYAN-INCLUSION: {'{' * 100_000}\n", encoding="utf-8")
    with refused(path, "nested too deep"):
        read(path, "", Asked())


@pytest.mark.parametrize("encoding", ["mac-roman", "cp1252"])
def test_a_table_in_an_older_encoding_is_read_without_loss(tmp_path, encoding):
    path = tmp_path / "table.csv"
    text = (
        "id,reviewer,decision,note\n"
        + "r1,R01,include,“Où est le café?” – déjà vu, naïve\n".replace(", naïve", " naïve")
    )
    path.write_bytes(text.encode(encoding))
    [act] = read(path, "", Asked()).acts
    assert act.note == "“Où est le café?” – déjà vu naïve"


def test_the_command_ends_with_a_message_and_writes_nothing(tmp_path):
    (tmp_path / "file.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    done = CliRunner().invoke(
        import_log, [str(tmp_path / "file.csv"), "-o", str(tmp_path / "decisions")]
    )
    assert isinstance(done.exception, ReviewError) and not (tmp_path / "decisions").exists()
