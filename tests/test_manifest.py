"""What a manifest and a crate say of a run."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pyarrow as pa

from reviews import files_of
from searchsets.files import json_text, sha256_of, write_text
from searchsets.review import load_review
from searchsets.settings import read_document


def test_the_manifest_names_no_time_no_machine_and_everything_that_makes_a_run(original):
    path = original / "results/original/manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for name, sha in manifest["inputs"].items():
        assert sha256_of(original / name) == sha
    published = files_of(path.parent)
    assert manifest["outputs"] == {
        name: sha
        for name, sha in published.items()
        if name not in ("manifest.json", ".published.json")
    }
    assert sorted(n for names in manifest["kinds"].values() for n in names) == sorted(
        manifest["inputs"]
    )
    assert manifest["decisions"]["final/published/lord-et-al-2009.csv"]["rows"] == 16
    assert sum(one["lines"] for one in manifest["strategies"].values()) == 305
    assert manifest["libraries"]["pyarrow"] == pa.__version__
    host = os.uname().nodename
    assert str(original) not in path.read_text("utf-8") and f'"{host}"' not in path.read_text(
        "utf-8"
    )


def test_the_crate_describes_every_file_and_what_is_not_known_is_left_out(original):
    results = original / "results/original"
    crate = json.loads((results / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    entities = {one["@id"]: one for one in crate["@graph"]}
    assert len(entities) == len(crate["@graph"])
    root = entities["./"]
    named = {part["@id"] for part in root["hasPart"]}
    assert named == files_of(results).keys() - {"ro-crate-metadata.json", ".published.json"}
    for name in named - {"manifest.json"}:
        assert entities[name]["sha256"] == sha256_of(results / name)
        assert entities[name]["contentSize"] == str((results / name).stat().st_size)
        assert entities[name]["encodingFormat"] != "application/octet-stream"
    assert "datePublished" not in root and "license" not in root
    assert {part["@id"] for part in entities["#run"]["result"]} == named
    referred = [one["@id"] for one in _references(crate["@graph"])]
    outside = {"https://w3id.org/ro/crate/1.1"}
    assert set(referred) <= entities.keys() | outside


def _references(value):
    if isinstance(value, dict):
        if set(value) == {"@id"}:
            yield value
        for one in value.values():
            yield from _references(one)
    elif isinstance(value, list):
        for one in value:
            yield from _references(one)


def test_what_the_configuration_says_of_publication_stands_in_the_crate(project):
    from searchsets.reporting.publishing.crate import crate_of

    config = read_document(Path("config/config.yaml"), "config").data
    said = {"date": "2027-03-01", "license": "https://creativecommons.org/licenses/by/4.0/",
            "publisher": "An institute", "authors": [{"name": "A"}, {
                "name": "B", "orcid": "https://orcid.org/0000-0002-1825-0097"}]}  # fmt: skip
    config = load_review(config | {"published": said}).config
    manifest = {"configuration": config, "outputs": {}, "inputs": {}, "libraries": {}, "code": {},
                "searchsets": "1", "python": "3.11"}  # fmt: skip
    entities = {one["@id"]: one for one in crate_of(manifest, {})["@graph"]}
    root = entities["./"]
    assert root["datePublished"] == "2027-03-01"
    assert entities[root["license"]["@id"]]["@type"] == "CreativeWork"
    assert [entities[a["@id"]]["name"] for a in root["author"]] == ["A", "B"]
    assert entities[root["publisher"]["@id"]]["name"] == "An institute"


def test_a_date_that_yaml_reads_as_one_is_taken(tmp_path, project):
    import datetime

    config = read_document(Path("config/config.yaml"), "config").data
    made = load_review(config | {"published": {"date": datetime.date(2027, 3, 1)}})
    assert made.config["published"] == {"date": "2027-03-01"}
    write_text(tmp_path / "a.json", json_text(made.config))
