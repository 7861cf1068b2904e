"""Compares what truncated terms find beside search-query, record by record: ./run bench peers.

search-query is no dependency of searchsets: name the interpreter of an environment that has it, and
the folder of the shared corpora, as

    SEARCH_QUERY_PYTHON=/path/to/python SEARCHSETS_CORPORA=/path ./run bench peers [--csv FILE]

Each term is looked for in title and abstract of the real ERIC records, by searchsets, by the slow
twin of its tests (word by word) and by search-query. Every difference is given a reason that is
tried on the record's text; a difference without one, or between searchsets and its twin, fails the
comparison. The differences are written to FILE, one a row, and the summary to truncation.md.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

import pyarrow as pa

from searchsets.records.exports import Export
from searchsets.records.identity import identify
from searchsets.records.reading import read_export
from searchsets.records.tables import schema
from searchsets.search.engine import SearchableRecords
from searchsets.search.evaluate import evaluate
from searchsets.strategy.file import read_strategy
from searchsets.text import APOSTROPHES, normalise, normalise_term, word_places

HERE = Path(__file__).parent
TERMS = ("children* centre*", "school* govern*", "plan", "Multi agency")
SEARCHED = ("title", "abstract")

Row = dict[str, Any]
Answers = dict[str, dict[str, str]]
"""By term and record: yes, no or undecidable."""
YES, NO, UNDECIDABLE = "yes", "no", "undecidable"

STRATEGY = """\
database: eric
name: Truncated terms
description: terms whose answers differ between programs
source: {citation: none, page: none}
searched: {from: not reported, until: not reported}
sets:
  - name: Terms
    lines: |
"""
OUTPUTS = "outputs: {lines: [1], basis: inferred, why: none is a result}\n"

# search-query parses the query as Web of Science has it and evaluates what it makes of it. While it
# parses it prints advice, which must not mix with the answer.
PEER = """
import contextlib, json, sys
from importlib.metadata import version
from search_query.parser import parse

asked = json.load(sys.stdin)
found = {}
with contextlib.redirect_stdout(sys.stderr):
    for term in asked["terms"]:
        query = parse(f'TI="{term}" OR AB="{term}"', platform="wos").translate("generic")
        found[term] = [
            number for number, record in asked["records"].items()
            if query.selects(record_dict=record)
        ]
print(json.dumps({"version": version("search-query"), "found": found}))
"""


@dataclass(frozen=True)
class Difference:
    """A record that one program finds by a term and the other does not, and why."""

    term: str
    record_id: str
    searchsets: str
    word_by_word: str
    search_query: str
    reason: str
    evidence: str


def main() -> None:
    """Ask all three, explain every difference, and write the rows and the summary."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--csv", type=Path, help="where to write the differences, one a row")
    chosen = options.parse_args()
    rows = real_records(Path(setting("SEARCHSETS_CORPORA", "the folder of real records")))
    ours, twin = searchsets_says(rows), twin_says(rows)
    if ours != twin:
        sys.exit(f"searchsets and its twin differ: {different(ours, twin)}")
    version, peer = search_query_says(rows)
    differences = sorted(all_differences(rows, ours, twin, peer), key=astuple)
    if chosen.csv:
        write_rows(chosen.csv, differences)
    text = REPORT.format(
        records=len(rows),
        silent=sum(not normalise(row["abstract"] or "") for row in rows),
        version=version,
        counts="".join(count_rows(ours, twin, peer)),
        differences=len(differences),
        reasons="".join(reason_rows(differences)),
    )
    (HERE / "truncation.md").write_text(text, encoding="utf-8")
    print(text)
    unexplained = [one for one in differences if one.reason == UNEXPLAINED]
    if unexplained:
        sys.exit(f"{len(unexplained)} differences are not explained, as {unexplained[0]}")


def setting(name: str, what: str) -> str:
    """Return a variable of the environment, or stop and say what it should name."""
    return os.environ.get(name) or sys.exit(f"{name} is not set: it names {what}")


def real_records(corpora: Path) -> list[Row]:
    """Return the ERIC records of the corpora, each once."""
    paths = sorted((corpora / "eric/api_json").glob("*.json"))
    read = [one for path in paths for one in read_export(Export("eric", path, path.name))]
    kept, _ = identify("eric", [record for one in read for record in one.records])
    return [record.as_row() for record in kept]


# ---- the three answers ------------------------------------------------------------------------


def searchsets_says(rows: list[Row]) -> Answers:
    """Return what searchsets says of each term and record."""
    lines = [f"      #{n} {term} [ti,ab]\n" for n, term in enumerate(TERMS, start=1)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "eric.yaml"
        path.write_text(STRATEGY + "".join(lines) + OUTPUTS, encoding="utf-8")
        strategy = read_strategy(path)
    searchable = SearchableRecords(pa.Table.from_pylist(rows, schema=schema()))
    results = evaluate(strategy, None, searchable)
    answers: Answers = {}
    for number, term in enumerate(TERMS, start=1):
        truth = results[number].strict
        both = zip(truth.sure.tolist(), truth.possible.tolist(), strict=True)
        said = [YES if sure else UNDECIDABLE if possible else NO for sure, possible in both]
        answers[term] = dict(zip(searchable.ids, said, strict=True))
    return answers


def twin_says(rows: list[Row]) -> Answers:
    """Return what the twin of the tests says, one record and one word at a time."""
    sys.path.insert(0, str(HERE.parent / "tests"))
    import brute_force

    lines = {number: f"{term} [ti,ab]" for number, term in enumerate(TERMS, start=1)}
    answers: Answers = {term: {} for term in TERMS}
    for row in rows:
        for number, (strict, _) in brute_force.evaluate(lines, row).items():
            said = {True: YES, False: NO, None: UNDECIDABLE}[strict]
            answers[TERMS[number - 1]][row["record_id"]] = said
    return answers


def search_query_says(rows: list[Row]) -> tuple[str, Answers]:
    """Return the version of search-query, and what it says; it has no third value."""
    python = setting("SEARCH_QUERY_PYTHON", "the interpreter of an environment with search-query")
    records = {row["record_id"]: {field: row[field] or "" for field in SEARCHED} for row in rows}
    done = subprocess.run(
        [python, "-c", PEER],
        input=json.dumps({"terms": TERMS, "records": records}),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    answer = json.loads(done.stdout)
    found = {term: set(ids) for term, ids in answer["found"].items()}
    return answer["version"], {
        term: {record_id: YES if record_id in found[term] else NO for record_id in records}
        for term in TERMS
    }


def different(one: Answers, other: Answers) -> list[tuple[str, str]]:
    """Return the terms and records of which two say different things."""
    return [
        (term, key) for term in TERMS for key in one[term] if one[term][key] != other[term][key]
    ]


# ---- reasons ----------------------------------------------------------------------------------

ACROSS_WORDS = "`.*` runs across words"
INSIDE_WORD = "no word boundary: begins inside a longer word"
LONGER_WORD = "no word boundary: ends inside a longer word"
SIGN_KEPT = "a hyphen or other sign is not read as a blank"
APOSTROPHE_KEPT = "an apostrophe is not left out"
MARK_KEPT = "a letter with a mark is not read as the letter"
UNEXPLAINED = "not explained"
WITHIN_WORD = r"[^\W_]*"


def all_differences(
    rows: list[Row], ours: Answers, twin: Answers, peer: Answers
) -> Iterator[Difference]:
    """Yield a row for each record that only one of searchsets and search-query finds by a term."""
    for term in TERMS:
        for row in rows:
            key = row["record_id"]
            said = ours[term][key], twin[term][key], peer[term][key]
            if (said[0] == YES) != (said[2] == YES):
                explain = why_too_much if said[2] == YES else why_missed
                reason, evidence = explain(term, [row[field] or "" for field in SEARCHED])
                yield Difference(term, key, *said, reason, evidence)


def why_too_much(term: str, texts: Iterable[str]) -> tuple[str, str]:
    """Say why search-query finds a term where it does not stand, and in what words.

    The mildest of its faults that suffices is the reason: texts are tried first with `*` kept within
    words, and as search-query reads it only where the term stands nowhere even then.

    >>> why_too_much("plan", ["An explanation"]), why_too_much("plan", ["Planning"])
    (('no word boundary: begins inside a longer word', 'explanation'),
     ('no word boundary: ends inside a longer word', 'planning'))
    >>> why_too_much("school* govern*", ["Schools and their governors"])
    ('`.*` runs across words', 'schools and their govern')
    """
    value = term.lower()
    lowered = [text.lower() for text in texts]
    for text in lowered:
        if found := re.search(r"[^\W_]*" + with_star(value, WITHIN_WORD) + r"[^\W_]*", text):
            begins = re.search(r"(?<![^\W_])" + with_star(value, WITHIN_WORD), found[0])
            return (LONGER_WORD if begins else INSIDE_WORD), found[0]
    for text in lowered:
        if "*" in value and (found := re.search(with_star(value, ".*?"), text)):
            return ACROSS_WORDS, found[0]
    return UNEXPLAINED, ""


def with_star(value: str, pattern: str) -> str:
    """Return a regular expression: a pattern in place of each `*`, and all else for itself."""
    return pattern.join(map(re.escape, value.split("*")))


def why_missed(term: str, texts: Iterable[str]) -> tuple[str, str]:
    """Say why search-query does not find a term where it stands, and in what words.

    >>> why_missed("Multi agency", ["On multi-agency work"])
    ('a hyphen or other sign is not read as a blank', 'multi-agency')
    >>> why_missed("childrens centre*", ["Children's centres"])
    ('an apostrophe is not left out', "Children's centres")
    """
    patterns = normalise_term(term).split()
    for text in texts:
        places = word_places(text)
        for first in range(len(places) - len(patterns) + 1):
            run = places[first : first + len(patterns)]
            if all(map(fits, patterns, (word for word, _, _ in run))):
                return why_unread(stretch := text[run[0][1] : run[-1][2]]), stretch
    return UNEXPLAINED, ""


def fits(pattern: str, word: str) -> bool:
    """Tell whether a word is one that a pattern with `*` stands for."""
    return re.fullmatch(with_star(pattern, WITHIN_WORD), word) is not None


def why_unread(stretch: str) -> str:
    """Name what search-query does not fold in words that we find."""
    if any(sign in APOSTROPHES for sign in stretch):
        return APOSTROPHE_KEPT
    if any(not sign.isalnum() and sign != " " for sign in stretch) or "  " in stretch:
        return SIGN_KEPT
    marked = any(unicodedata.normalize("NFKD", sign) != sign for sign in stretch)
    return MARK_KEPT if marked and normalise(stretch) != stretch.lower() else UNEXPLAINED


# ---- what is written --------------------------------------------------------------------------


def write_rows(path: Path, differences: list[Difference]) -> None:
    """Write the differences as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow([field.name for field in fields(Difference)])
        rows.writerows(map(astuple, differences))


def count_rows(ours: Answers, twin: Answers, peer: Answers) -> Iterator[str]:
    """Yield a row of the table for each term: how many records each finds."""
    for term in TERMS:
        found = [
            {key for key, said in answers[term].items() if said == YES}
            for answers in (peer, ours, twin)
        ]
        undecidable = Counter(ours[term].values())[UNDECIDABLE]
        counts = [*map(len, found), len(found[0] & found[1]), undecidable]
        yield f"| `{term}` | {' | '.join(map(str, counts))} |\n"


def reason_rows(differences: list[Difference]) -> Iterator[str]:
    """Yield a row of the table for each term and reason, with the first record as an example."""
    by_reason: dict[tuple[str, str, str], list[Difference]] = {}
    for one in differences:
        found_by = "search-query" if one.search_query == YES else "searchsets"
        by_reason.setdefault((one.term, found_by, one.reason), []).append(one)
    for (term, found_by, reason), given in sorted(by_reason.items()):
        example = f"{given[0].record_id}: {shortened(given[0].evidence)}"
        yield f"| `{term}` | {found_by} | {len(given)} | {reason} | {example} |\n"


def shortened(text: str, most: int = 60) -> str:
    """Return a text on one line of a table, its middle left out if it is long."""
    line = " ".join(text.split()).replace("|", "/")
    return line if len(line) <= most else f"{line[: most // 2]} […] {line[-most // 2 :]}"


REPORT = """\
# Truncation, beside search-query

`./run bench peers`: each term in title and abstract of {records:,} real ERIC records ({silent} have
no abstract), by searchsets, by the slow twin of its tests, and by search-query {version} (the query
as of Web of Science, `TI="…" OR AB="…"`, parsed and evaluated by it).

| term | search-query | searchsets | word by word | found by both | undecidable |
| --- | ---: | ---: | ---: | ---: | ---: |
{counts}
Undecidable: not found, and the record has no abstract to say so (search-query says no).
Each of the {differences} differences was looked into by rule, on the text of the record:

| term | found only by | records | why | for instance |
| --- | --- | ---: | --- | --- |
{reasons}"""


if __name__ == "__main__":
    main()
