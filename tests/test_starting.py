"""`searchsets new`: a folder that runs at once, names no machine, and takes nothing from anybody."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from click.testing import CliRunner

from refusal import refused
from reviews import ELSEWHERE, PROJECT, files_of, review
from searchsets.cli import main
from searchsets.errors import ReviewError
from searchsets.files import read_csv
from searchsets.review import load_review
from searchsets.starting import make
from searchsets.starting.make import new_review


def checkout(folder: Path) -> Path:
    """Make what `run` takes for the program: it says where it was called, and with what."""
    folder.mkdir(parents=True)
    (folder / "Snakefile").touch()
    (folder / "run").write_text('#!/bin/sh\necho "$PWD: $*"\n', encoding="utf-8")
    (folder / "run").chmod(0o755)
    return folder


def run(folder: Path, *words: str, cwd: Path | None = None, **environment: str):
    return subprocess.run(
        [folder / "run", *words], cwd=cwd or folder, env=os.environ | environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new review, run as it was made."""
    folder = tmp_path_factory.mktemp("started") / "school-meals"
    new_review(folder)
    done = review(folder, *ELSEWHERE)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_first_run_shows_what_the_example_holds(started):
    results = started / "results/original"
    figures = {row["figure"]: row["value"] for row in read_csv(results / "tables/summary.csv")}
    # Five records, of which one on prices is not found; two are one article, and the known item too;
    # one is in French.
    assert {name: figures[name] for name in ("retrieved", "works", "excluded_by_rule")} == {
        "retrieved": "4", "works": "3", "excluded_by_rule": "1",
    }  # fmt: skip
    assert (figures["key_source"], figures["matched_title_strict"]) == ("1", "1")


def test_the_page_of_a_new_review_with_known_items_speaks_of_no_published_review(started):
    text = (started / "results/original/report.html").read_text(encoding="utf-8")
    page = BeautifulSoup(text, "html.parser")
    for part in page.select("script, style, table[data-table^=checklist_]"):
        part.decompose()
    told = " ".join(page.get_text(" ").split())
    assert "key source" in told and "Known items" in told
    for words in ("the report ", "published review", "review published", "reference list"):
        assert words not in told, words
    assert not list((started / "results/original/figures").glob("prisma_published*"))


def test_what_a_person_brings_stands_beside_what_git_keeps(started):
    for name in (".gitignore", "README.md", "run", "config/config.yaml", "config/criteria.yaml",
                 "search_strategies/example.yaml", "resources/exports/README.md"):  # fmt: skip
        assert (started / name).is_file(), name
    assert os.access(started / "run", os.X_OK)
    assert "/results/" in (started / ".gitignore").read_text(encoding="utf-8")


def test_the_new_folder_names_no_place_but_the_way_to_the_program(tmp_path):
    program = checkout(tmp_path / "programs/search sets")
    new_review(tmp_path / "mine", checkout=program)
    for path in (tmp_path / "mine").rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert str(tmp_path) not in text and "@" not in text.replace("$@", ""), path
    assert "home='../programs/search sets'" in (tmp_path / "mine/run").read_text(encoding="utf-8")


def test_nothing_is_written_beside_the_new_folder(tmp_path):
    program = checkout(tmp_path / "program")
    before = files_of(tmp_path)
    made = new_review(tmp_path / "mine", checkout=program)
    after = files_of(tmp_path)
    assert {f"mine/{path.as_posix()}" for path in made} == after.keys() - before.keys()
    assert before.items() <= after.items()


@pytest.mark.parametrize("title", ['What: "this" #1?', "- 'yes'", "Ä & <b>", "no", "@home@"])
def test_a_title_may_hold_anything_that_stands_on_a_line(tmp_path, title):
    new_review(tmp_path / "mine", title)
    config = yaml.safe_load((tmp_path / "mine/config/config.yaml").read_text(encoding="utf-8"))
    assert config["title"] == title


def test_without_a_title_the_name_is_the_title(tmp_path, monkeypatch):
    new_review(tmp_path / "school-meals_2027")
    text = (tmp_path / "school-meals_2027/config/config.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["title"] == "School meals 2027"
    monkeypatch.chdir(tmp_path / "school-meals_2027")
    assert load_review(yaml.safe_load(text)).strategies.keys() == {"example"}


@pytest.mark.parametrize("name", ["", ".", "..", "a/..", "-x", ".hidden", "a\nb", "/"])
def test_a_name_that_is_none_or_a_folder_that_is_not_empty_is_refused(tmp_path, monkeypatch, name):
    (tmp_path / "here").mkdir()
    (tmp_path / "here/kept.txt").write_text("mine", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    before = files_of(tmp_path)
    with pytest.raises(ReviewError):
        new_review(Path(name))
    assert files_of(tmp_path) == before


def test_an_empty_folder_is_taken_and_what_is_in_the_way_is_not_touched(tmp_path):
    (tmp_path / "empty").mkdir()
    new_review(tmp_path / "empty")
    with refused(tmp_path / "empty", "is not empty"):
        new_review(tmp_path / "empty")
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "away")
    for name in ("file", "link"):
        with refused(tmp_path / name, "is no folder"):
            new_review(tmp_path / name)
    with refused(tmp_path / "none/mine", "does not exist"):
        new_review(tmp_path / "none/mine")
    assert not (tmp_path / "away").exists() and not (tmp_path / "none").exists()


@pytest.mark.parametrize("title", ["", "  ", "two\nlines"])
def test_a_title_that_is_none_is_refused_before_anything_is_made(tmp_path, title):
    with refused("--title", "is no title"):
        new_review(tmp_path / "mine", title)
    assert not (tmp_path / "mine").exists()


def test_a_disk_that_is_full_leaves_the_folder_empty(tmp_path, monkeypatch):
    written = []

    def fills(path: Path, text: str) -> None:
        if len(written) == 5:
            raise OSError(28, "No space left on device", str(path))
        written.append(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    monkeypatch.setattr(make, "write_text", fills)
    done = CliRunner().invoke(main, ["new", str(tmp_path / "mine")])
    assert done.exit_code == 2 and "No space left" in done.output
    assert list((tmp_path / "mine").iterdir()) == []


def test_a_program_that_was_installed_without_its_folder_says_so(tmp_path):
    with pytest.raises(ReviewError, match="installed without it"):
        new_review(tmp_path / "mine", checkout=tmp_path)


def test_the_command_says_what_to_do_next(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["new", "mine", "--title", "Mine"])
    assert done.exit_code == 0
    assert "cd mine && ./run review" in done.output and "mine/README.md" in done.output


# ---- its own `run` ----------------------------------------------------------------------------


def test_run_calls_the_program_from_the_folder_of_the_review(tmp_path):
    new_review(tmp_path / "mine", checkout=checkout(tmp_path / "program"))
    mine = (tmp_path / "mine").resolve()
    for task in ("review", "verify", "snakemake"):
        done = run(mine, task, "--config", "run=a b", cwd=tmp_path)
        assert done.stdout == f"{mine}: {task} --config run=a b\n"
    done = run(mine, "searchsets", "why", "x", cwd=mine / "config")  # a file is meant as seen there
    assert done.stdout == f"{mine / 'config'}: searchsets why x\n"


def test_run_refuses_what_is_no_task_of_a_review(tmp_path):
    new_review(tmp_path / "mine", checkout=checkout(tmp_path / "program"))
    done = run(tmp_path / "mine", "test")
    assert (done.returncode, done.stdout) == (2, "") and "knows no task 'test'" in done.stderr
    assert run(tmp_path / "mine").returncode == 0


def test_run_says_what_to_do_if_the_program_moved_and_finds_it_again(tmp_path):
    program = checkout(tmp_path / "program")
    new_review(tmp_path / "mine", checkout=program)
    program.rename(tmp_path / "elsewhere")
    done = run(tmp_path / "mine", "review")
    assert done.returncode == 2 and "SEARCHSETS_HOME" in done.stderr
    done = run(tmp_path / "mine", "review", SEARCHSETS_HOME=str(tmp_path / "elsewhere"))
    assert done.stdout.endswith("mine: review\n")


def test_run_of_the_program_runs_the_review_that_a_person_is_in(tmp_path):
    """With a stand-in for Python, which says where it was called and with what."""
    program = tmp_path / "program"
    python = program / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\n[ "$1" = -c ] || echo "$PWD: $*"\n', encoding="utf-8")
    python.chmod(0o755)
    for name in ("requirements.lock", ".venv/ready", "Snakefile", "config/config.yaml"):
        (program / name).parent.mkdir(exist_ok=True)
        (program / name).touch()
    (program / "run").write_bytes((PROJECT / "run").read_bytes())
    (program / "run").chmod(0o755)
    new_review(tmp_path / "mine", checkout=program)
    mine = (tmp_path / "mine").resolve()
    program = program.resolve()
    elsewhere = f"--snakefile {program}/Snakefile --workflow-profile {program}/profiles/default"
    assert run(mine, "review", "-n").stdout == f"{mine}: -m snakemake {elsewhere} -n\n"
    assert run(mine, "verify").stdout == f"{mine}: -m searchsets verify\n"
    for cwd in (program, tmp_path):  # where there is no other review, it is the program's own
        assert run(program, "review", cwd=cwd).stdout == f"{program}: -m snakemake\n"
