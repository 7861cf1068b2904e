"""ASReview: projects of version 3 and exported tables; the projects here have the schema of 3.0.8."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from pathlib import Path

import pytest

from refusal import refused
from searchsets.screening.exchange import asreview, asreview_table
from searchsets.screening.exchange.model import Asked

SCHEMA = """
CREATE TABLE record (dataset_row INTEGER NOT NULL, dataset_id VARCHAR NOT NULL, title VARCHAR NOT NULL,
  abstract VARCHAR NOT NULL, authors JSON NOT NULL, keywords JSON NOT NULL, year INTEGER, doi VARCHAR,
  url VARCHAR, included INTEGER, record_id INTEGER NOT NULL, duplicate_of INTEGER,
  group_id INTEGER NOT NULL GENERATED ALWAYS AS (COALESCE(duplicate_of, record_id)) VIRTUAL,
  PRIMARY KEY (record_id));
CREATE TABLE results (record_id INTEGER UNIQUE, label INTEGER, classifier TEXT, querier TEXT,
  balancer TEXT, feature_extractor TEXT, training_set INTEGER, time FLOAT, note TEXT, tags JSON,
  user_id INTEGER);
CREATE TABLE decision_changes (record_id INTEGER, label INTEGER, time FLOAT, user_id INTEGER);
"""
DATA = (
    "record_id,title,year\neric:EJ1,On trusts,2004\neric:EJ2,Joint planning,2005\n"
    "eric:EJ3,Other,2006\n"
)
TAGS = [
    {"export": "why", "values": [{"export": "uk", "label": "UK", "checked": True},
                                 {"export": "x", "label": "Nice one", "checked": True},
                                 {"export": "y", "label": "Not set", "checked": False}]},
    {"export": "date", "values": [{"export": "not", "label": "not met", "checked": True}]},
]  # fmt: skip


def project(
    folder: Path, results=(), changes=(), *, included=(None,) * 3, config=None, duplicate=None
) -> Path:
    """Make a project; results are (record, label, querier, time, note, tags, user)."""
    file = folder / "results.db"
    file.unlink(missing_ok=True)
    base = sqlite3.connect(file)
    base.executescript(SCHEMA)
    for number, (title, year) in enumerate(
        [("On trusts", 2004), ("Joint planning", 2005), ("Other", 2006)]
    ):
        base.execute(
            "INSERT INTO record (dataset_row, dataset_id, title, abstract, authors, keywords, year, "
            "included, record_id, duplicate_of) VALUES (?, 'd', ?, '', '[]', '[]', ?, ?, ?, ?)",
            (number, title, year, included[number], number, duplicate if number == 2 else None),
        )
    base.executemany(
        "INSERT INTO results (record_id, label, querier, time, note, tags, user_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)", results,
    )  # fmt: skip
    base.executemany("INSERT INTO decision_changes VALUES (?, ?, ?, ?)", changes)
    base.commit()
    base.close()
    path = folder / "demo.asreview"
    made = {"version": "3.0.8", "project_file_version": 3, "mode": "oracle",
            "datasets": [{"id": "d", "name": "recs.csv"}]} | (config or {})  # fmt: skip
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.json", json.dumps(made))
        archive.write(file, "results.db")
        archive.writestr("data/recs.csv", DATA)
    return path


def test_a_label_is_the_vote_of_its_user_with_time_and_note_on_the_record_of_the_data(tmp_path):
    path = project(
        tmp_path, [(0, 1, "max", 0.0, "page 3", None, 4), (1, 0, "max", 61.5, None, None, None)]
    )
    found = asreview.read(path, Asked())
    first, second = found.acts
    assert (first.reviewer, first.role, first.decision) == (
        "asreview-user-4",
        "screener",
        "include",
    )
    assert (first.note, first.decided_at) == ("page 3", "1970-01-01T00:00:00Z")
    assert (second.reviewer, second.decision) == ("asreview-user", "exclude")
    assert found.records["0"].ids == ("eric:EJ1",) and found.tool_version == "3.0.8"


def test_a_changed_label_is_an_earlier_act_and_one_that_replaces_it(tmp_path):
    path = project(tmp_path, [(0, 1, "max", 90.0, None, None, 4)], [(0, 0, 30.0, 4)])
    earlier, later = asreview.read(path, Asked()).acts
    assert earlier.decision == "exclude"
    assert (later.decision, later.decided_at) == ("include", "1970-01-01T00:01:30Z")


def test_when_a_label_was_changed_in_place_is_unknown_for_asreview_keeps_the_first_time(tmp_path):
    path = project(tmp_path, [(0, 1, "max", 30.0, None, None, 4)], [(0, 0, 30.0, 4)])
    earlier, later = asreview.read(path, Asked()).acts
    assert (earlier.decided_at, later.decided_at) == ("1970-01-01T00:00:30Z", "")


def test_who_replaces_the_label_of_another_person_settles_it(tmp_path):
    path = project(tmp_path, [(0, 1, "max", 30.0, None, None, 5)], [(0, 0, 30.0, 4)])
    _, later = asreview.read(path, Asked()).acts
    assert (later.reviewer, later.role) == ("asreview-user-5", "adjudicator")
    assert later.note == "replaces the label of asreview-user-4"


def test_that_a_record_was_shown_and_waits_is_no_act(tmp_path):
    path = project(
        tmp_path, [(0, 1, "max", 1.0, None, None, 4), (1, None, "max", None, None, None, 4)],
        [(0, None, None, 4)],
    )  # fmt: skip
    assert len(asreview.read(path, Asked()).acts) == 1


def test_a_label_that_was_taken_back_is_left_out_and_counted(tmp_path):
    path = project(tmp_path, [(0, 1, "max", 1.0, None, None, 4)], [(1, 0, 2.0, 4)])
    found = asreview.read(path, Asked())
    assert [act.record_id for act in found.acts] == ["0"]
    assert found.messages == ["left out: 1 label, taken back"]


def test_prior_knowledge_that_came_with_the_data_is_left_out_and_counted(tmp_path):
    results = [(0, 1, None, 1.0, None, None, None), (1, 0, "max", 2.0, None, None, None)]
    found = asreview.read(project(tmp_path, results, included=(1, None, None)), Asked())
    assert [act.record_id for act in found.acts] == ["1"]
    assert "left out: 1 label, came with the data as prior knowledge" in found.messages[0]


def test_prior_knowledge_that_a_person_changed_is_that_persons_vote_alone(tmp_path):
    path = project(
        tmp_path, [(0, 0, None, 1.0, None, None, 7)], [(0, 1, 1.0, None)], included=(1, None, None)
    )
    [act] = asreview.read(path, Asked()).acts
    assert (act.reviewer, act.role, act.decision) == ("asreview-user-7", "screener", "exclude")


def test_prior_knowledge_that_a_person_picked_is_that_persons_act(tmp_path):
    found = asreview.read(project(tmp_path, [(0, 1, None, 1.0, None, None, 4)]), Asked())
    assert [act.reviewer for act in found.acts] == ["asreview-user-4"]


def test_a_repeated_record_that_was_labelled_with_another_is_no_second_vote(tmp_path):
    results = [(0, 1, "max", 1.0, None, None, 4), (2, 1, "max", 1.0, None, None, 4)]
    found = asreview.read(project(tmp_path, results, duplicate=0), Asked())
    assert len(found.acts) == 1 and "left out: 1 record, labelled with the one" in found.messages[0]


def test_tags_named_like_criteria_go_to_the_grid_and_others_to_the_note(tmp_path):
    path = project(tmp_path, [(0, 1, "max", 1.0, "see p. 3", json.dumps(TAGS), 4)])
    [act] = asreview.read(path, Asked(criteria=("uk", "date"))).acts
    assert (act.criteria, act.note) == ("uk=met;date=not", "see p. 3; tags: Nice one")
    [act] = asreview.read(path, Asked()).acts
    assert (act.criteria, act.note) == ("", "see p. 3; tags: UK, Nice one, not met")


def test_a_simulation_is_refused_for_nobody_decided(tmp_path):
    path = project(tmp_path, [(0, 1, "max", 1.0, None, None, 4)], config={"mode": "simulate"})
    with refused(path, "the project is a simulation"):
        asreview.read(path, Asked())


def test_a_project_of_an_earlier_version_is_refused_with_the_remedy(tmp_path):
    path = project(tmp_path, config={"project_file_version": 2})
    with refused(path, "version 2, not 3", "open it in ASReview 3"):
        asreview.read(path, Asked())


def test_a_project_without_labels_is_refused(tmp_path):
    path = project(tmp_path)
    with refused(path, "no decision in 3 records"):
        asreview.read(path, Asked())


@pytest.mark.parametrize("label", [2, "yes", 0.5])
def test_what_is_no_label_is_refused(tmp_path, label):
    path = project(tmp_path, [(0, label, "max", 1.0, None, None, 4)])
    with refused(path, f"the label of the record 0 is {label!r}"):
        asreview.read(path, Asked())


def test_an_exported_table_gives_one_vote_a_group_with_the_name_of_its_user(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(
        ",record_id,title,year,asreview_group_id,asreview_label,asreview_time,asreview_note,"
        "asreview_tag_why_uk,asreview_user_name,asreview_user_email\n"
        '0,eric:EJ1,On trusts,2004,0,1,2026-11-28 05:42:22,"a, b",1,Jane Doe,jane@example.org\n'
        "3,eric:EJ4,On trusts,2004,0,1,2026-11-28 05:42:22,,,Jane Doe,jane@example.org\n"
        "1,eric:EJ2,Joint planning,2005,1,0,2026-11-28 05:42:23,,0,,\n"
        "2,eric:EJ3,Other,2006,2,,,,,,\n",
        encoding="utf-8",
    )
    found = asreview_table.read(path, Asked(criteria=("uk",)))
    first, second = found.acts
    assert (first.reviewer, first.decision, first.note, first.criteria) == (
        "Jane Doe", "include", "a, b", "uk=met",
    )  # fmt: skip
    assert first.decided_at == "2026-11-28T05:42:22Z"
    assert (second.reviewer, second.decision) == ("asreview-user", "exclude")
    assert found.records[second.record_id].ids == ("eric:EJ2",)
    assert any("keeps neither changed labels" in one for one in found.messages)
