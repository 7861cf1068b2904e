"""./run verify: what it says of a run that is whole, edited, or of inputs that are others now."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner

from logs import changed
from loopback import documents
from reviews import files_of, review, spoil
from searchsets.cli import main
from searchsets.errors import ReviewError
from searchsets.files import json_text, read_csv, sha256_of, write_csv, write_text
from searchsets.reporting.verify import rebuild
from searchsets.reporting.verify.compare import first_difference
from searchsets.reporting.verify.model import Difference, InputChange, Place, Verification
from searchsets.reporting.verify.reach import REACH, STAGES, in_order, stage_of
from searchsets.reporting.verify.words import told
from searchsets.review import brought, load_review
from searchsets.screening.log.chain import chained
from searchsets.screening.log.reading import read_log
from searchsets.settings import read_document
from test_harvested import harvested

LOG = "resources/decisions/final/published/lord-et-al-2009.csv"


def command(folder: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "searchsets", "verify", *options]


def environment(folder: Path) -> dict[str, str]:
    """The checkout of the copy, and a temporary folder that can be looked at."""
    place = folder.parent / "temporary"
    place.mkdir(exist_ok=True)
    return os.environ | {"PYTHONPATH": str(folder / "workflow"), "TMPDIR": str(place)}


def verify(folder: Path, *options: str, ends: int) -> str:
    """Verify a run of a copy of the project; nothing of the copy may change by it."""
    before = files_of(folder)
    done = subprocess.run(
        command(folder, *options), cwd=folder, env=environment(folder), capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == ends, done.stdout + done.stderr
    after = files_of(folder)
    assert {n: h for n, h in after.items() if "__pycache__" not in n} == {
        n: h for n, h in before.items() if "__pycache__" not in n
    }
    assert list((folder.parent / "temporary").iterdir()) == []
    return done.stdout if ends < 2 else done.stderr


def found(folder: Path, *options: str, ends: int) -> dict:
    return json.loads(verify(folder, "--json", *options, ends=ends))


def of(differences: Sequence[dict], name: str) -> dict:
    [one] = [difference for difference in differences if difference["file"] == name]
    return one


def test_a_whole_run_is_verified_as_it_was_set_whatever_lies_beside_it(again):
    (again / "results/original/my notes.txt").write_text("mine", encoding="utf-8")
    spoil(again, "config/config.yaml", "combination: core_and_any", "combination: all")
    (again / "resources/exports/README.md").write_text("no input", encoding="utf-8")
    said = verify(again, ends=0)
    number = len(json.loads((again / "results/original/manifest.json").read_text())["outputs"])
    assert said.splitlines()[-1] == f"verified: {number} files the same"
    assert "made by no run, left alone: my notes.txt" in said
    assert "  combination: then core_and_any, now all" in said


def test_edits_of_published_files_are_told_with_the_cell(again):
    results = again / "results/original"
    table = results / "search/assia/hits.csv"
    rows = table.read_text(encoding="utf-8").splitlines()
    cells = rows[5].split(",")
    cells[-1] = "46"
    table.write_text("\n".join([*rows[:5], ",".join(cells), *rows[6:]]) + "\n", encoding="utf-8")
    changed(results / "tables/known_items.csv", lambda lines: lines[:3] + lines[4:])
    (results / "report.html").unlink()
    connection = sqlite3.connect(results / "review.sqlite")
    connection.execute("UPDATE final SET state = 'included' WHERE rowid = 1")
    connection.commit()
    connection.close()
    quick = verify(again, "--no-rebuild", ends=1)
    assert (
        quick.splitlines()[-1]
        == "NOT verified: 3 published files changed; 1 published file missing"
    )
    one = found(again, ends=1)
    assert set(one["changed"]) == {
        "search/assia/hits.csv",
        "tables/known_items.csv",
        "review.sqlite",
    }
    assert (one["missing"], one["inputs"]) == (["report.html"], [])
    assert len(one["differences"]) == 4
    hits = of(one["differences"], "search/assia/hits.csv")
    where = "line 6 (5), column known_items_undecidable"
    assert hits["place"] == {"where": where, "published": "46", "now": "47"}
    gone = of(one["differences"], "tables/known_items.csv")["place"]
    assert gone["where"] == "line 5, a new row" and gone["published"] == "(nothing)"
    database = of(one["differences"], "review.sqlite")["place"]
    assert database["where"].startswith("table final, row 1 (")
    assert database["where"].endswith("column state") and database["published"] == "included"
    removed = "the published file was removed after the run"
    assert of(one["differences"], "report.html")["causes"] == [removed]
    assert {cause for one in one["differences"] for cause in one["causes"]} == {
        "the published file was edited or damaged after the run", removed}  # fmt: skip


def test_what_follows_from_a_changed_input_is_told_with_that_input(again):
    """A line of a strategy and a cell of the extraction changed; a known item is gone."""
    spoil(
        again, "search_strategies/social_care_online.yaml", "#1 Governance (ft)", "#1 Trusts (ft)"
    )
    spoil(again, "resources/extraction/statements.csv", "crime_and_youth_offending,2,",
          "crime_and_youth_offending,3,")  # fmt: skip
    ris = again / "resources/known_items/lord-et-al-2009.ris"
    first, _, rest = ris.read_text("utf-8").partition("ER  - \n")
    assert "How Do They Manage?" in first and "listed_only" in first
    ris.write_text(rest.lstrip("\n"), encoding="utf-8")
    one = found(again, ends=1)
    changes = {row["file"]: row for row in one["inputs"]}
    strategy, items, table = (
        "search_strategies/social_care_online.yaml",
        "resources/known_items/lord-et-al-2009.ris",
        "resources/extraction/statements.csv",
    )
    assert set(changes) == {strategy, items, table}
    assert changes[strategy]["details"] == [
        "line #1 was 'Governance (ft)' and is now 'Trusts (ft)'"]  # fmt: skip
    assert (one["changed"], one["missing"], one["rebuilt"]) == ([], [], True)
    lines = of(one["differences"], "strategies/social_care_online/lines.csv")
    place = {
        "where": "line 2 (1), column text",
        "published": "Governance (ft)",
        "now": "Trusts (ft)",
    }
    assert lines["place"] == place
    assert lines["causes"] == [f"{strategy} changed"]
    records = of(one["differences"], "records/known_items/part-0000.parquet")
    assert records["place"]["where"] == "a record that is there no more"
    assert records["place"]["published"].startswith("known_items:")
    assert records["causes"] == [f"{items} changed"]
    read = of(one["differences"], "records/import_log.csv")["place"]
    assert (read["published"][:9], read["now"][:9]) == ("47 lines ", "46 lines ")
    shown = of(one["differences"], "tables/statements.csv")
    assert f"{table} changed" in shown["causes"]
    assert not any(d["file"].startswith("strategies/assia") for d in one["differences"])
    names = [difference["file"] for difference in one["differences"]]
    assert names == sorted(names, key=in_order)


def test_a_tampered_cell_of_a_decision_is_told_with_row_and_cell_and_stops_the_rebuild(again):
    spoil(again, LOG, "key source 4 of Appendix 4", "key source 5 of Appendix 4")
    said = verify(again, ends=1)
    assert f"  changed: {LOG}\n" in said
    assert "final/published/lord-et-al-2009.csv:5: row 4 is not as it was written" in said
    assert "lord-et-al-2009.csv:5, column note: was 'key source 4 of Appendix 4;" in said
    assert "the rebuild stopped:\n" in said and "row_changed" in said
    assert said.splitlines()[-1] == (
        "NOT verified: 1 input not as the manifest says; the rebuild stopped"
    )


def test_a_row_that_was_taken_out_of_the_decisions_is_told(again):
    changed(again / LOG, lambda rows: [*rows[:4], *rows[5:]])
    said = verify(again, "--no-rebuild", ends=1)
    assert "lord-et-al-2009.csv:6: row 5 is gone before this one" in said
    assert "the act lord-et-al-2009-5 is gone: include on known_items:35a7b4ad3e93" in said
    (again / LOG).unlink()
    said = verify(again, "--no-rebuild", ends=1)
    assert f"  missing: {LOG}\n    the file had 16 rows when the run was made" in said


def test_decisions_that_were_sealed_anew_are_held_against_the_manifest(again):
    """Chain and seal are right again: only what was kept elsewhere tells."""
    from logs import log_of
    from searchsets.screening.log.reading import read_log

    folder = again / "resources/decisions"
    events = read_log(folder).events
    shutil.rmtree(folder / "final")
    log_of(folder, *events[:-1])
    said = verify(again, "--no-rebuild", ends=1)
    assert (
        "row 16 of final/published/lord-et-al-2009.csv is not the one whose hash was kept" in said
    )


def test_of_a_chain_that_was_made_anew_the_edited_cell_is_told_and_not_the_hashes(again):
    events = read_log(again / "resources/decisions").events
    first, *others = sorted(events, key=lambda one: int(one.seq))
    acts = chained([first._replace(note="mine"), *others])
    write_csv(again / LOG, first._fields, [one._asdict() for one in acts])
    said = verify(again, "--no-rebuild", ends=1)
    assert said.count(", column ") == 1 and "column note: was " in said


def test_a_run_may_be_named_as_a_shell_completes_it(again):
    names = (
        "original/",
        "results/original/",
        "results//original//",
        "results/original/manifest.json",
    )
    for name in names:
        assert "not rebuilt; " in verify(again, name, "--no-rebuild", ends=0)


def test_new_inputs_that_are_no_whole_review_are_no_silent_pass(again):
    write_text(again / "search_strategies/new.yaml", "x: [")
    said = verify(again, "--no-rebuild", ends=1)
    assert "which are new cannot be told" in said and "search_strategies/new.yaml" in said
    assert said.splitlines()[-1] == "NOT verified: the inputs are no whole review"


def test_a_known_item_that_was_removed_is_named(again):
    path = again / "resources/known_items/lord-et-al-2009.ris"
    _, *others = path.read_text(encoding="utf-8").split("ER  - ")
    path.write_text("ER  - ".join(others).lstrip(), encoding="utf-8")
    said = verify(again, "--no-rebuild", ends=1)
    assert said.count(" is gone") == 1 and "the record known_items:" in said


def test_what_a_name_or_a_file_says_writes_no_line_of_the_report(again):
    results = again / "results/original"
    write_text(results / "x\nverified: 199 files the same", "")
    table = results / "tables/prisma.csv"
    table.write_bytes(b"\xff" + table.read_bytes())
    said = verify(again, ends=1)
    assert not any(line.startswith("verified") for line in said.splitlines())
    assert "  tables/prisma.csv: line 1" in said


def test_a_folder_that_is_linked_is_there(again, tmp_path):
    shutil.move(again / "results/original/tables", tmp_path / "elsewhere")
    (again / "results/original/tables").symlink_to(tmp_path / "elsewhere")
    assert "not rebuilt; " in verify(again, "--no-rebuild", ends=0)


def test_a_log_beside_the_database_is_no_silent_pass(again):
    database = again / "results/original/review.sqlite"
    script = ("import os, sqlite3, sys\n"
              "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
              "connection.execute('pragma journal_mode=wal')\n"
              "connection.execute(\"UPDATE final SET state = 'excluded'\")\n"
              "os._exit(0)")  # fmt: skip
    subprocess.run([sys.executable, "-c", script, str(database)], check=True)
    assert found(again, "--no-rebuild", ends=1)["changed"] == ["review.sqlite"]


@pytest.mark.parametrize("where", ["here", "in a stage"])
def test_a_full_disk_is_told_as_such_and_is_no_fault_of_the_run(tmp_path, monkeypatch, where):
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def lay_out(*_):
        if where == "here":
            raise full

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(rebuild, "_lay_out", lay_out)
    monkeypatch.setattr(rebuild, "_run", lambda *_: (1, [f"ERROR: a.csv: {full.strerror}\n"]))
    with pytest.raises(ReviewError, match=f"no room in {tmp_path}"), rebuild.told_of_room():
        with rebuild.rebuilt({"run": "original"}):
            pass
    assert list(tmp_path.iterdir()) == []


def test_one_fault_that_two_stages_met_is_told_once(tmp_path, monkeypatch):
    said = ["Building\n", "ERROR: a.csv:1: no\n", "  -> mend it\n"] * 2 + ["ERROR: b.csv: no\n"]

    def run(review, *_):
        write_text(
            review / "results/.build/errors.txt",
            "".join(one for one in said if one != "Building\n"),
        )
        return 1, said

    monkeypatch.setattr(rebuild, "_lay_out", lambda *_: None)
    monkeypatch.setattr(rebuild, "_run", run)
    with rebuild.rebuilt({"run": "original"}) as made:
        assert made.stopped == "ERROR: a.csv:1: no\n  -> mend it\nERROR: b.csv: no"


def test_criteria_versions_and_broken_inputs_are_told(again):
    spoil(again, "config/criteria.yaml", "published_from: 2002", "published_from: 2003")
    path = again / "results/original/manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["libraries"]["pyarrow"] = "1.0"
    path.write_text(json_text(manifest), encoding="utf-8")
    said = verify(again, "--no-rebuild", ends=1)
    assert "  changed: config/criteria.yaml\n    the criterion date changed" in said
    assert f"  libraries.pyarrow: then 1.0, now {pa.__version__}" in said
    spoil(
        again,
        "search_strategies/eric.yaml",
        "#20 Local authorit* (ft)",
        "#20 (Local authorit* (ft)",
    )
    said = verify(again, "--no-rebuild", ends=1)
    assert "search_strategies/eric.yaml:55:32:" in said and "never closed" in said


def holding(results: Path, text: str) -> list[str]:
    """Return the files of a run that hold a text; zip archives are looked into."""
    found = []
    for path in sorted(one for one in results.rglob("*") if one.is_file()):
        parts = [path.read_bytes()]
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                parts += [archive.read(name) for name in archive.namelist()]
        if any(text.encode() in part for part in parts):
            found.append(path.relative_to(results).as_posix())
    return found


def test_a_run_with_exports_from_elsewhere_and_harvests_can_be_verified_and_names_no_place(again):
    exports = again.parent / "brought"
    (exports / "eric").mkdir(parents=True)
    text = "".join(f"TY  - JOUR\nTI  - Governing {n}\nPY  - 2005\nER  - \n" for n in range(3))
    (exports / "eric/found.ris").write_text(text, encoding="utf-8")
    store = again / "resources/harvest"
    harvested(store, [documents("openalex", 20)], source="openalex", strategy="bei")
    done = review(again, "--config", f"exports={exports}", "run=brought")
    assert done.returncode == 0, done.stderr
    results = again / "results/brought"
    # The list of what this machine published stays here, and alone says where things lie.
    assert holding(results, str(again.parent)) == [".published.json"]
    databases = {row["database"]: row for row in read_csv(results / "tables/databases.csv")}
    assert databases["bei"]["put_exports_into"] == "your folder of exports/bei/"
    assert verify(again, "brought", ends=0).splitlines()[-1].startswith("verified: ")

    inputs = json.loads((results / "manifest.json").read_text(encoding="utf-8"))["kinds"]["harvest"]
    answer = again / next(name for name in inputs if not name.endswith("plan.json"))
    answer.write_bytes(answer.read_bytes() + b"\n")
    (exports / "eric/found.ris").write_text(text.rpartition("TY  - ")[0], encoding="utf-8")
    changes = {
        row["file"]: row["change"]
        for row in found(again, "brought", "--no-rebuild", ends=1)["inputs"]
    }
    assert changes == {
        "exports/eric/found.ris": "changed", answer.relative_to(again).as_posix(): "changed"}  # fmt: skip

    (results / ".published.json").unlink()  # as on another machine
    said = verify(again, "brought", ends=2)
    assert "exports was '(outside)/exports'" in said
    assert "--config exports=PATH" in said
    said = verify(again, "brought", "--no-rebuild", "--config", f"exports={exports}", ends=1)
    assert "changed: exports/eric/found.ris" in said


def test_runs_with_inputs_in_other_places_have_the_same_files_and_verify_each_other(again):
    made = []
    names = dict.fromkeys(("exports", "supplied", "criteria", "extraction"), "")
    config = read_document(again / "config/config.yaml", "config").data
    for person, folder in (("jane", "hers"), ("john", "his/own")):
        place = again.parent / person / folder
        for key in names:
            source = again / config[key]
            target = place / (f"{person}.yaml" if source.is_file() else f"{person}-{key}")
            place.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target)
            elif source.is_file():
                shutil.copy(source, target)
            names[key] = str(target)
        (Path(names["exports"]) / "eric").mkdir(parents=True, exist_ok=True)
        (Path(names["exports"]) / "eric/found.ris").write_text(
            "TY  - JOUR\nTI  - Governing\nPY  - 2005\nER  - \n", encoding="utf-8"
        )
        settings = [f"{key}={path}" for key, path in names.items()]
        done = review(again, "--config", *settings, "run=brought")
        assert done.returncode == 0, done.stderr
        results = again / "results/brought"
        files = files_of(results)
        files.pop(".published.json")
        made.append(files)
        assert holding(results, person) == [".published.json"]
        if person == "jane":
            shutil.rmtree(again / "results/.build/brought")
            shutil.move(results, again / "results/janes")
    assert made[0] == made[1]
    manifest = json.loads((results / "manifest.json").read_text(encoding="utf-8"))
    assert {"exports/eric/found.ris", "criteria.yaml"} <= manifest["inputs"].keys()
    assert {key: manifest["configuration"][key] for key in names} == {
        key: f"(outside)/{key}" for key in names
    }
    janes = again / "results/janes"
    (janes / ".published.json").unlink()
    shutil.rmtree(again.parent / "jane")
    here = [f"--config={key}={os.path.relpath(path, again)}" for key, path in names.items()]
    assert verify(again, "janes", *here, ends=0).splitlines()[-1].startswith("verified: ")


@pytest.mark.parametrize(
    ("number", "times"),
    [(signal.SIGINT, 40), (signal.SIGTERM, 1), (signal.SIGHUP, 1)],
)
def test_nothing_is_left_of_a_rebuild_that_is_interrupted(again, number, times):
    process = subprocess.Popen(
        command(again), cwd=again, env=environment(again), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # a shell may have it ignored
    )  # fmt: skip
    for line in process.stderr:  # the first command of the rebuild has begun
        if "records" in line or "strategy" in line or "search" in line:
            break
    for _ in range(times):  # a key that is held down
        if process.poll() is None:
            process.send_signal(number)
            time.sleep(0.03)
    process.communicate(timeout=120)
    assert process.returncode != 0
    assert list((again.parent / "temporary").iterdir()) == []
    deadline = time.monotonic() + 60
    while _below(again.parent / "temporary") and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _below(again.parent / "temporary") == []


def _below(place: Path) -> list[str]:
    """Processes that still work in a folder; where the system does not tell, none is found."""
    found = []
    for one in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if str(one.readlink()).startswith(str(place)):
                found.append(one.parent.name)
        except OSError:
            continue
    return found


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (shutil.rmtree, ["no finished run here", "make it: ./run review"]),
        (
            lambda run: (run / "manifest.json").unlink(),
            ["files here and no manifest.json", "from a copy; ./run review would write over"],
        ),
        (
            lambda run: (run / "manifest.json").write_text("{"),
            ["manifest cannot be read", "would write over"],
        ),
        (
            lambda run: (run / "manifest.json").write_text('{"inputs": {"a": 1}}'),
            ["cannot be read"],
        ),
        (
            lambda run: spoil(run, "manifest.json", '"tables/prisma.csv"', '"/etc/hostname"'),
            ["cannot be read"],
        ),
        (lambda run: (run / "manifest.json").write_text("[]"), ["manifest cannot be read"]),
        (
            lambda run: (run / "manifest.json").write_text(
                '{"inputs": {}, "outputs": {}, "configuration": {"run": 1}}'
            ),
            ["manifest cannot be read"],
        ),
    ],
)
def test_what_is_no_run_is_told(again, harm, told):
    harm(again / "results/original")
    said = verify(again, ends=2)
    assert said.count("ERROR: ") == 1 and all(words in said for words in told)


def test_what_a_run_says_of_itself_is_held_against_the_rebuild(again):
    """The manifest, and the crate with its hash in the manifest, say something that never was."""
    results = again / "results/original"
    manifest = json.loads((results / "manifest.json").read_text(encoding="utf-8"))
    lines = manifest["strategies"]["eric"]["lines"]
    manifest["strategies"]["eric"]["lines"] = 999
    spoil(results, "ro-crate-metadata.json", '"the review was run"', '"the review was not run"')
    manifest["outputs"]["ro-crate-metadata.json"] = sha256_of(results / "ro-crate-metadata.json")
    write_text(results / "manifest.json", json_text(manifest))
    said = verify(again, ends=1)
    assert (
        f"  manifest.json: key strategies.eric.lines\n    published: 999\n    rebuilt:   {lines}\n"
    ) in said
    assert (
        "  ro-crate-metadata.json: entity #run.name\n    published: the review was not run\n"
        in said
    )
    assert said.count("no input and no version that the manifest names has changed") == 2
    assert said.splitlines()[-1] == "NOT verified: 2 files rebuilt otherwise"


def test_a_database_that_is_written_otherwise_is_the_same_and_one_with_an_empty_index_is_not(again):
    database = again / "results/original/review.sqlite"
    _asked(database, "PRAGMA page_size = 8192", "VACUUM")
    said = verify(again, ends=0)
    assert "  review.sqlite: other bytes, the same content (written otherwise)\n" in said
    _asked(database, "INSERT INTO records_fts(records_fts) VALUES ('delete-all')")
    quick = verify(again, "--no-rebuild", ends=1)
    assert quick.splitlines()[-1] == "NOT verified: 1 published file changed"
    whole = shutil.copy(database, again.parent / "whole.sqlite")
    _asked(whole, "INSERT INTO records_fts(records_fts) VALUES ('rebuild')")
    assert first_difference(whole, database) is None
    place = first_difference(database, whole)
    assert place == Place("the full-text index records_fts does not hold what its rows say")


def _asked(database: Path, *statements: str) -> None:
    connection = sqlite3.connect(database, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize("cores", ["0", "-1", "x", "1.5", "", "²"])
def test_processors_that_are_none_are_told_as_such_before_anything_is_made(project, cores):
    done = CliRunner().invoke(main, ["verify", "no-such-run", "--cores", cores])
    assert done.exit_code == 2 and "no-such-run" not in done.output
    assert "'--cores'" in done.output and "1 or more" in done.output


def test_every_kind_of_input_reaches_a_stage_and_every_file_belongs_to_one(project):
    config = read_document(Path("config/config.yaml"), "config").data
    assert REACH.keys() >= brought(load_review(config)).keys()
    assert {stage for stages in REACH.values() for stage in stages} <= set(STAGES)
    assert [stage_of(name) for name in ("works/links.csv", "flow/records.csv")] == [
        "works", "reporting"]  # fmt: skip


def test_several_causes_are_told_as_candidates_and_one_as_the_cause():
    place = Place("line 2, column n", "1", "")
    one = Verification("results/a", 3, inputs=(InputChange("x.ris", "exports", "changed"),), rebuilt=True,
                       same=1, differences=(Difference("a.csv", "works", place, ("x.ris changed",)),
                                            Difference("b.csv", "works", place, ("p", "q"))))  # fmt: skip
    said = list(told(one))
    assert "    because x.ris changed" in said and "    rebuilt:   (empty)" in said
    assert said[said.index("    because of one or more of these:") :][1:3] == ["      p", "      q"]
    assert said[-1] == "NOT verified: 1 input not as the manifest says; 2 files rebuilt otherwise"
    assert not one.verified and json.loads(json_text(one.facts()))["differences"][1]["causes"] == [
        "p",
        "q",
    ]


def test_hashes_alone_do_not_verify_a_run():
    one = Verification("results/a", 3)
    assert list(told(one))[-1] == "not rebuilt; 3 files as the manifest says, and all inputs"
