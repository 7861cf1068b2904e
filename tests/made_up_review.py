"""A small made-up review, run stage by stage in a folder: two databases, known items, criteria."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from searchsets.dedupe.stage import write_works
from searchsets.files import json_text
from searchsets.records.exports import find_exports
from searchsets.records.known_items import SOURCE, open_known_items
from searchsets.records.reading import open_export
from searchsets.records.store import import_database
from searchsets.reporting.build import Build
from searchsets.screening.criteria.file import read_criteria
from searchsets.screening.outcomes.protocol import Protocol
from searchsets.screening.results import write_screening
from searchsets.screening.stage import screen
from searchsets.search.stage import write_search
from searchsets.strategy.file import read_strategy

ALPHA = """\
database: alpha
name: Alpha
description: made up
source: {citation: nobody, page: "1"}
searched: {from: "2008-01-01", until: "2008-09-05"}
sets:
  - name: One
    lines: |
      #1 Planning
      #2 joint (ft)
      #3 governance (ft)
      #4 #1 or #3
      #5 #2 and #4
      #6 #2 and #3
outputs:
  lines: [5]
  basis: inferred
  why: the last but one
  rival_readings:
    - {name: narrow, lines: [6], why: the last line}
    - {name: wide, lines: [2, 5], why: more}
errata:
  - {line: 4, kind: reading, text: '#1 or #3', read_as: '#1 or #2 or #3', why: a slip}
"""
BETA = """\
database: beta
name: Beta
description: made up
source: {citation: nobody, page: "1"}
searched: {from: "2008-01-01", until: "2008-09-05"}
sets:
  - name: One
    lines: |
      #1 Children
      #2 services (ft)
      #3 #1 and #2
outputs: {lines: [3], basis: inferred, why: the last line}
"""
CRITERIA = """\
source: nobody
criteria:
  - {id: governance, printed: on governance, question: "Governance?", order: 2,
     rule: {met_if: governance (ft)}}
  - {id: evaluation, printed: an evaluation, question: "Evaluation?", order: 3,
     rule: {met_if: evaluat* (ft)}}
  - {id: date, printed: since 2002, question: "When?", order: 1, rule: {published_from: 2002}}
combinations:
  - {id: all, says: everything, core: [governance, evaluation, date]}
  - {id: either, says: the date and one more, core: [date], any_of: [governance, evaluation]}
"""
KNOWN = (
    ("Joint governance of children's services", 2005, "key_source", 1),
    ("Planning for nobody", 2001, "key_source", 2),
    ("An evaluation of joint planning", 2004, "cited", None),
    ("Joint planning of children", 2008, "listed_only", None),
)
SHARED = "Joint governance of children's services in three English counties"
RECORDS = {
    "alpha": (
        (SHARED, "2005", "Planning"),
        ("Joint evaluation", "2003", "Planning"),
        ("Joint planning in towns", "1999", ""),
        ("Joint governance of planning", "", ""),
        ("Joint affairs of towns", "2007", "Budgets"),
        ("Governance alone, evaluated", "2004", "Planning"),
        ("Nothing of the kind", "2004", "Budgets"),
    ),
    "beta": (
        (SHARED, "2005", "Children"),
        ("Children and their services: an evaluation", "2003", ""),
        ("Services for the old", "2006", "Ageing"),
        ("Governance of services", "1998", "Children"),
    ),
}


def ris(rows) -> str:
    """Return records as an export in RIS."""
    return "".join(
        f"TY  - JOUR\nTI  - {title}\nAB  - It is about this, in full.\n"
        + (f"PY  - {year}\n" if year else "")
        + (f"KW  - {keyword}\n" if keyword else "")
        + "ER  - \n"
        for title, year, keyword in rows
    )


def json_records(rows, database: str) -> str:
    """Return records as a service answers them, with descriptors."""
    docs = [
        {
            "id": "EJ100000" if title == SHARED else f"EJ{number}{sum(map(ord, database)):05}",
            "title": title,
            "description": f"This is about {title}, in full.",
            "author": ["Somebody, Ann B."],
            "source": "Journal of Made-up Studies, v5 n2 p11-29",
            **({"publicationdateyear": int(year)} if year else {}),
            **({"subject": [subject]} if subject else {}),
        }
        for number, (title, year, subject) in enumerate(rows)
    ]
    return json.dumps({"response": {"numFound": len(docs), "docs": docs}})


def brought(folder: Path) -> None:
    """Write what people bring to the review."""
    (folder / "strategies").mkdir(parents=True)
    (folder / "strategies/alpha.yaml").write_text(ALPHA, encoding="utf-8")
    (folder / "strategies/beta.yaml").write_text(BETA, encoding="utf-8")
    (folder / "criteria.yaml").write_text(CRITERIA, encoding="utf-8")
    for name in ("known", "decisions", "extraction", "supplied"):
        (folder / name).mkdir()
    text = "".join(
        f"TY  - RPRT\nAU  - Nobody, A.\nPY  - {year}\nTI  - {title}\nC1  - {role}\n"
        + (f"C2  - {number}\n" if number else "")
        + "ER  - \n"
        for title, year, role, number in KNOWN
    )
    (folder / "known/items.ris").write_text(text, encoding="utf-8")


def export(folder: Path, *databases: str) -> None:
    """Write exports of some databases; the last record of alpha also as a platform's answer."""
    for database in databases:
        path = folder / "exports" / database / "corpus.json"
        path.parent.mkdir(parents=True)
        path.write_text(json_records(RECORDS[database], database), encoding="utf-8")
    if "alpha" in databases:
        answer = ris([("Told by the platform", "2002", "")])
        (folder / "exports/alpha/answer.ris").write_text(answer, encoding="utf-8")


def run_review(folder: Path, name: str = "build", **changes: Any) -> Build:
    """Run all stages up to screening in a folder that was `brought`, and return the build.

    Args:
        folder: where the review is.
        name: the folder of the run in it.
        changes: of the configuration: errata, outputs, combination, window, criteria.
    """
    build = folder / name
    config: dict[str, Any] = {
        "title": "Made up", "run": "test", "strategies": str(folder / "strategies"),
        "criteria": str(folder / "criteria.yaml"), "known_items": str(folder / "known"),
        "extraction": str(folder / "extraction"), "supplied": str(folder / "supplied"),
        "exports": str(folder / "exports"), "errata": "read", "outputs": {},
        "combination": "either", "window": {"from": 2002, "until": 2008},
        "published_review": {"called": "the report", "included_sources": "Appendix 4"}, **changes,
    }  # fmt: skip
    import_database(SOURCE, open_known_items(folder / "known"), build / "records" / SOURCE)
    folders, retrieved = [build / "records" / SOURCE], []
    for database in ("alpha", "beta"):
        records = _import(folder, build, database)
        _search(config, build, database, records)
        if records:
            folders.append(records)
            retrieved.append(build / "search" / database / "retrieved.csv")
    write_works(folders, retrieved, build / "works")
    criteria = read_criteria(Path(config["criteria"]))
    chosen = criteria.combination(config["combination"])
    made = screen(criteria, chosen, "test", build / "works", folders, None,
                  folder / "decisions", Protocol())  # fmt: skip
    write_screening(made, build / "screening")
    (build / "config.json").write_text(json_text(config), encoding="utf-8")
    return Build.read(build, build / "config.json")


def _import(folder: Path, build: Path, database: str) -> Path | None:
    if not (folder / "exports" / database).exists():
        return None
    found = find_exports(folder / "exports", folder / "none.csv", list(RECORDS))
    opened = [read for one in found if one.database == database for read in open_export(one)]
    import_database(database, opened, build / "records" / database)
    return build / "records" / database


def _search(config: Mapping[str, Any], build: Path, database: str, records: Path | None) -> None:
    path = Path(config["strategies"]) / f"{database}.yaml"
    strategy = read_strategy(path, literal=config["errata"] == "literal")
    reading = strategy.reading(config["outputs"].get(database, "default"))
    write_search(
        strategy, None, records, build / "records" / SOURCE, None, reading,
        build / "search" / database, config["errata"],
    )  # fmt: skip
