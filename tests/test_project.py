"""What holds for the project as a whole: its lock, its commands, its documentation, its schemas."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib

import pytest

from conftest import PROJECT
from searchsets.cli import main
from searchsets.dedupe.versions import KINDS
from searchsets.settings import SCHEMAS

LOCK = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
PROJECT_FILE = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
RESULTS = (PROJECT / "results/README.md").read_text(encoding="utf-8")


def test_the_lock_names_no_address_and_gives_a_hash_for_every_package():
    assert "://" not in LOCK
    packages = re.findall(r"(?m)^\S+==", LOCK)
    assert len(packages) > 40
    assert LOCK.count(" \\\n    --hash=sha256:") >= len(packages)


@pytest.mark.parametrize(
    "requirement",
    [*PROJECT_FILE["project"]["dependencies"], *PROJECT_FILE["dependency-groups"]["dev"]],
)
def test_every_declared_package_is_locked(requirement):
    name = re.match(r"[A-Za-z0-9-]+", requirement)[0]
    assert re.search(rf"(?m)^{name}==", LOCK)


def commands(group, path=()):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


def test_every_command_says_what_it_is_for():
    for path, command in commands(main):
        assert command.help and command.help.rstrip().endswith("."), path


def test_every_field_of_every_schema_is_described():
    def undescribed(schema, path):
        for name, field in schema.get("properties", {}).items():
            if "description" not in field and "$ref" not in field:
                yield f"{path}.{name}"
            yield from undescribed(field, f"{path}.{name}")
        for part in (schema.get("items"), *schema.get("$defs", {}).values()):
            if isinstance(part, dict):
                yield from undescribed(part, path)

    for path in (PROJECT / "workflow/schemas").glob("*.json"):
        assert list(undescribed(json.loads(path.read_text(encoding="utf-8")), path.name)) == []


def test_every_result_file_is_explained(tmp_path):
    golden = PROJECT / "tests/golden/original"
    for path in golden.rglob("*.csv"):
        folder = path.relative_to(golden).parts[0]
        assert path.name in RESULTS or folder == "tables", path


def test_the_configuration_knows_the_kinds_of_versions_that_there_are():
    schema = json.loads((SCHEMAS / "config.schema.json").read_text(encoding="utf-8"))
    collapse = schema["properties"]["dedupe"]["properties"]["collapse"]
    assert collapse["items"]["enum"] == list(KINDS)


def test_every_setting_is_explained_where_it_is_set():
    text = (PROJECT / "config/config.yaml").read_text(encoding="utf-8")
    schema = json.loads(
        (PROJECT / "workflow/schemas/config.schema.json").read_text(encoding="utf-8")
    )
    for name in schema["properties"]:
        assert re.search(rf"(?m)^{name}:", text), name


@pytest.mark.parametrize("arguments", [[], ["help"], ["dance"]])
def test_run_explains_itself(arguments):
    done = subprocess.run(
        [PROJECT / "run", *arguments], capture_output=True, text=True, check=False, cwd="/"
    )
    assert "./run review" in done.stdout + done.stderr
    assert done.returncode == (2 if arguments == ["dance"] else 0)


def test_the_readme_names_the_two_commands_and_only_files_that_exist():
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert "```console\n./run review\n./run test\n```" in readme
    for link in re.findall(r"\]\(([^)#]+)\)", readme):
        assert (PROJECT / link).exists(), link


def test_no_file_names_a_path_of_a_machine_or_a_registry():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=False
    ).stdout.split("\n")
    if not tracked[0]:
        pytest.skip("not a git checkout")
    words = re.compile(r"/(?:work|home|root)/[a-z]|py" + r"pi\.org|python" + r"hosted")
    for name in filter(None, tracked):
        if (PROJECT / name).suffix in (
            ".py",
            ".md",
            ".yaml",
            ".smk",
            ".toml",
            ".cff",
            ".lock",
            ".csv",
            "",
        ):
            found = words.search((PROJECT / name).read_text("utf-8", "replace"))
            assert found is None or found[0].startswith("/home/m"), (name, found)


def test_a_stage_that_has_no_use_for_pandas_does_not_wait_for_it(tmp_path):
    path = tmp_path / "a.ris"
    path.write_text("TY  - JOUR\nTI  - Trusts\nER  - \n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "searchsets", "records", "check", str(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "pyarrow" in imported and "pandas.core" not in imported
    assert "1 records found" in done.stdout
