"""Measures the search beside SQLite FTS5 and pandas on the same records and terms, one core each.

    ./run bench [--records N]

Each contestant runs in a process of its own, so that its memory is its own. The real ERIC records
of SEARCHSETS_CORPORA are multiplied with new ids; without them records are made up from the words
of the strategies. FTS5 and searchsets must find
the same number of records for every term, or the benchmark fails.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import re
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from searchsets.evidence.forms import Forms
from searchsets.evidence.lines import Evidence
from searchsets.evidence.overlap import overlaps
from searchsets.records.exports import Export
from searchsets.records.reading import read_export
from searchsets.records.tables import schema
from searchsets.search.engine import SearchableRecords, words_pattern
from searchsets.search.evaluate import evaluate, prepare
from searchsets.strategy.file import load_strategies, load_thesaurus
from searchsets.strategy.model import TEXT_FIELDS, Term, leaves
from searchsets.text import normalise

# pandas is imported above for the contestant of that name, and because pyarrow imports it at its
# first use: a third of a second that is no part of anybody's search.
HERE = Path(__file__).parent
COLUMNS = ["record_id", *TEXT_FIELDS]
PANDAS_SHARE = 10  # pandas is measured on a tenth of the records and multiplied: it takes minutes

Found = dict[str, int]


def main() -> None:
    """Make the records, run each contestant, and write the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--records", type=int, default=100_000)
    options.add_argument("--only", choices=CONTESTANTS)
    options.add_argument("--file", type=Path)
    chosen = options.parse_args()
    if chosen.only:
        print(json.dumps(CONTESTANTS[chosen.only](chosen.file)))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "records.parquet"
        made_of = make_records(file, chosen.records)
        results = {name: measured(name, file) for name in CONTESTANTS}
    same_answers(results)
    text = report(results, chosen.records, made_of)
    (HERE / "results.md").write_text(text, encoding="utf-8")
    print(text)


def make_records(file: Path, size: int) -> str:
    """Write so many records, and say what they are made of."""
    corpora = os.environ.get("SEARCHSETS_CORPORA")
    rows = real_records(Path(corpora)) if corpora else made_up_records()
    table = pa.Table.from_pylist(rows, schema=schema()).select(COLUMNS)
    copies = -(-size // table.num_rows)
    whole = pa.concat_tables([table] * copies).slice(0, size)
    ids = pa.array([f"bench:{number}" for number in range(size)])
    pq.write_table(whole.set_column(0, "record_id", ids), file)
    kind = "real ERIC records" if corpora else "made-up records"
    return f"{table.num_rows:,} {kind}, multiplied with new ids"


def real_records(corpora: Path) -> list[dict]:
    """Return the ERIC records of the corpora."""
    paths = sorted((corpora / "eric/api_json").glob("*.json"))
    read = [one for path in paths for one in read_export(Export("bench", path, path.name))]
    return [record.as_row() for one in read for record in one.records]


def made_up_records(size: int = 5_000) -> list[dict]:
    """Return records of about 800 characters, made of the words of the strategies and of filling."""
    words = random.Random(1)
    terms = [term.text.strip("*") for term in all_terms()]
    filling = ["".join(words.choices("aeiorstnlm", k=words.randint(2, 10))) for _ in range(5_000)]
    return [
        {
            "title": " ".join(words.choices(filling, k=9) + words.choices(terms, k=1)),
            "abstract": " ".join(words.choices(filling, k=100) + words.choices(terms, k=1)),
            "descriptors": words.choices(terms, k=8),
            "keywords": [],
        }
        for _ in range(size)
    ]


def all_terms() -> list[Term]:
    """Return the terms of all strategies."""
    lines = (
        line
        for s in load_strategies(Path("search_strategies")).values()
        for line in s.lines.values()
    )
    return [leaf for line in lines for leaf in leaves(line.expression) if isinstance(leaf, Term)]


def free_text() -> list[str]:
    """Return the distinct free-text terms of all strategies."""
    return sorted({term.text for term in all_terms() if term.free_text})


def measured(name: str, file: Path) -> dict:
    """Run one contestant in a process of its own, on one core."""
    print(f"{name} ...", file=sys.stderr)
    command = [sys.executable, __file__, "--only", name, "--file", str(file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def timed(work: Callable[[], dict], **more) -> dict:
    """Return what the work returns with its wall time, and the most memory the process ever had."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    start = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": seconds, "megabytes": memory / 1024, **result, **more}


def whole_search(file: Path) -> dict:
    """Ours, all of it: free text, descriptors and the lines of six strategies, three-valued."""
    strategies = load_strategies(Path("search_strategies"))
    thesauri = {name: load_thesaurus(strategy) for name, strategy in strategies.items()}
    table = pq.ParquetFile(file).read()

    def work() -> dict:
        records = SearchableRecords(table)
        prepare(strategies.values(), records)
        done = [evaluate(s, thesauri[name], records) for name, s in strategies.items()]
        return {"hits": sum(int(r.strict.sure.sum()) for results in done for r in results.values())}

    return timed(work)


def all_evidence(file: Path) -> dict:
    """Ours, with all evidence: the search, what each line brings, forms, overlap between lines."""
    strategies = load_strategies(Path("search_strategies"))
    thesauri = {name: load_thesaurus(strategy) for name, strategy in strategies.items()}
    table = pq.ParquetFile(file).read()

    def work() -> dict:
        records = SearchableRecords(table)
        prepare(strategies.values(), records)
        rows = 0
        for name, strategy in strategies.items():
            known = Evidence(strategy, thesauri[name], records, strategy.reading())
            made = list(known.contributions())
            found = {one.line.number: one.found for one in made}
            rows += len(made) + len(list(Forms(known).forms())) + len(list(overlaps(found)))
        return {"rows": rows}

    return timed(work)


def our_free_text(file: Path) -> dict:
    """Ours, the free-text terms alone: the work that the peers do."""
    table, terms = pq.ParquetFile(file).read(), free_text()

    def work() -> dict:
        records = SearchableRecords(table)
        records.prepare(TEXT_FIELDS, terms)
        return {"found": {term: int(records.phrase(TEXT_FIELDS, term).sum()) for term in terms}}

    return timed(work)


def folded_texts(file: Path, size: int | None = None) -> list[str]:
    """Return each record as one folded text for the peers; they are not charged for the folding."""
    rows = pq.ParquetFile(file).read().slice(0, size).to_pylist()
    values = ([r["title"], r["abstract"], *r["descriptors"], *r["keywords"]] for r in rows)
    # A word that no term holds parts the values, so that no phrase runs across.
    return [f" {' zzzgapzzz '.join(normalise(v or '') for v in value)} " for value in values]


def sqlite_fts5(file: Path) -> dict:
    """SQLite FTS5 from cold: index, then one query a term.

    It cannot truncate inside a phrase; such a query asks for all its words, and the records it
    gives are then checked by a regular expression, so that the answer is the same.
    """
    texts, terms = folded_texts(file), free_text()

    def work() -> dict:
        base = sqlite3.connect(":memory:")
        base.execute("create virtual table t using fts5(x, tokenize='unicode61')")
        base.executemany("insert into t(x) values (?)", ((text,) for text in texts))
        indexed = time.perf_counter()
        found = {term: fts5_count(base, term) for term in terms}
        return {"found": found, "queries": time.perf_counter() - indexed}

    return timed(work)


def fts5_count(base: sqlite3.Connection, term: str) -> int:
    """Return how many records FTS5 finds for a term."""
    words = normalise_words(term)
    inside = any(word.endswith("*") for word in words[:-1])
    query = " AND ".join(quoted(word) for word in words) if inside else phrase(words)
    if not inside:
        return base.execute("select count(*) from t where t match ?", [query]).fetchone()[0]
    pattern = re.compile(peer_pattern(term))
    rows = base.execute("select x from t where t match ?", [query])
    return sum(bool(pattern.search(text)) for (text,) in rows)


def normalise_words(term: str) -> list[str]:
    """Return the words of a term, a `*` at the end of a word kept."""
    return [normalise(word) + ("*" if word.endswith("*") else "") for word in term.split()]


def quoted(word: str) -> str:
    """Return a word as FTS5 wants it."""
    return f'"{word[:-1]}"*' if word.endswith("*") else f'"{word}"'


def phrase(words: list[str]) -> str:
    """Return words as a phrase of FTS5; only its last word may be truncated."""
    joined = " ".join(word.rstrip("*") for word in words)
    return f'"{joined}"*' if words[-1].endswith("*") else f'"{joined}"'


def peer_pattern(term: str) -> str:
    """Return a term as a regular expression over a folded text."""
    return f" {words_pattern(term)} "


def pandas_contains(file: Path) -> dict:
    """pandas.Series.str.contains, one pass a term, on a share of the records."""
    size = pq.ParquetFile(file).metadata.num_rows // PANDAS_SHARE
    texts, terms = pd.Series(folded_texts(file, size), dtype=object), free_text()

    def work() -> dict:
        patterns = {term: peer_pattern(term) for term in terms}
        return {
            "share": {t: int(texts.str.contains(p, regex=True).sum()) for t, p in patterns.items()}
        }

    done = timed(work)
    return done | {"seconds": done["seconds"] * PANDAS_SHARE, "extrapolated": True}


CONTESTANTS: dict[str, Callable[[Path], dict]] = {
    "searchsets, whole search": whole_search,
    "searchsets, whole search and all evidence": all_evidence,
    "searchsets, free text": our_free_text,
    "SQLite FTS5, free text": sqlite_fts5,
    "pandas str.contains, free text": pandas_contains,
}


def same_answers(results: dict[str, dict]) -> None:
    """Stop where two contestants found different numbers of records for a term."""
    ours = results["searchsets, free text"]["found"]
    theirs = results["SQLite FTS5, free text"]["found"]
    differing = {term: (ours[term], theirs[term]) for term in ours if ours[term] != theirs[term]}
    if differing:
        sys.exit(f"different answers: {differing}")


def report(results: dict[str, dict], size: int, made_of: str) -> str:
    """Return the results as a table in Markdown, with the machine they were measured on."""
    unit = results["searchsets, free text"]["seconds"]
    rows = [
        f"| {name} | {one['seconds']:.2f} s{' (extrapolated)' if one.get('extrapolated') else ''} "
        f"| {one['seconds'] / unit:.1f} | {one['megabytes']:.0f} MB |"
        for name, one in results.items()
    ]
    machine = f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    return "\n".join(
        [
            "# Search: measured",
            "",
            f"{size:,} records ({made_of}); {len(free_text())} distinct free-text terms; one core; "
            f"{machine}.",
            "",
            "| what | time | ratio to our free text | peak memory of the process |",
            "| --- | ---: | ---: | ---: |",
            *rows,
            "",
            "FTS5 is charged for its index and its queries "
            f"({results['SQLite FTS5, free text']['queries']:.2f} s of it), not for folding the text, "
            f"which we do while searching; pandas was measured on one record in {PANDAS_SHARE}. FTS5 and "
            "searchsets found the same number of records for every term.",
            "",
        ]
    )


if __name__ == "__main__":
    main()
