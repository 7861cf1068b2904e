"""Measures deduplication on gold sets, beside bib-dedupe: ./run bench dedupe [PART ...]

The parts are quality, order and scale; without one all are measured. SEARCHSETS_CORPORA names the
folder of the shared corpora. bib-dedupe is no dependency of searchsets: name the interpreter of an
environment that has it, as

    SEARCHSETS_CORPORA=/path BIB_DEDUPE_PYTHON=/path/to/python ./run bench dedupe

Without it only our own numbers are given. What was measured replaces its part of dedupe.md, unless
--sets, --quick or --no-peer narrow it: then it is only printed.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from operator import add
from pathlib import Path
from typing import TypeVar

from dedupe_made import ADDED, CHAIN, COPIES, chain, emptied, multiplied, reordered
from dedupe_score import Queue, Score, differing, newly_wrong, pairs, queue, score, share
from dedupe_tools import (
    Answer,
    Failed,
    GoldSet,
    Row,
    Tool,
    corpora,
    ours,
    peer,
    peer_version,
    read_rows,
    read_set,
    write_rows,
)

HERE = Path(__file__).parent
EXPORTS = ("haematology", "respiratory", "digital_work", "copper", "tafenoquine")
"""Exports of real searches; they are added up."""
ADDED_COLUMNS = ("no title: new", "no title: touching", "no author: new", "no author: touching")
ORDERED = (*EXPORTS, "dblp_acm")
CASES = "bibdedupe_cases"
SETS = (*ORDERED, "cora", CASES)
SYNTHETIC = "synthetic_100k"
OURS, PEER = "searchsets", "bib-dedupe"


@dataclass(frozen=True)
class Measured:
    """What a tool made of a gold set, against both truths, and what it took."""

    records: int
    adjudged: Score
    published: Score
    queue: Queue
    seconds: float
    megabytes: float

    def __add__(self, other: Measured) -> Measured:
        return Measured(
            self.records + other.records,
            self.adjudged + other.adjudged,
            self.published + other.published,
            self.queue + other.queue,
            self.seconds + other.seconds,
            max(self.megabytes, other.megabytes),
        )


Made = TypeVar("Made")
Tools = dict[str, Tool]
Beside = dict[str, Measured]
"""What ours made of a set, and the peer where it was run, by name."""


def main() -> None:
    """Measure the parts that are asked for, print each, and write them unless they are narrowed."""
    chosen = options()
    corpora()
    try:
        for part in chosen.parts or PARTS:
            text = f"## {part.capitalize()}\n\n{PARTS[part](chosen)}"
            print(text, flush=True)
            if not chosen.narrowed:
                write_part(HERE / "dedupe.md", text)
    except Failed as failed:
        sys.exit(str(failed))


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="./run bench dedupe", description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; else all")
    parser.add_argument("--sets", default="", help="only these for quality and order: copper,cora")
    parser.add_argument("--no-peer", action="store_true", help="without bib-dedupe")
    parser.add_argument(
        "--peer-scale", action="store_true", help="bib-dedupe on 100,000 records too"
    )
    parser.add_argument("--quick", action="store_true", help="without the million records")
    chosen = parser.parse_args()
    chosen.sets = [name for name in chosen.sets.split(",") if name]
    for given, known in ((chosen.parts, PARTS), (chosen.sets, SETS)):
        if unknown := [name for name in given if name not in known]:
            parser.error(f"{unknown[0]} is not known; known are {', '.join(known)}")
    chosen.narrowed = bool(chosen.sets or chosen.quick or chosen.no_peer)
    chosen.sets = chosen.sets or SETS
    chosen.peer_version = None if chosen.no_peer else peer_version()
    chosen.tools = {OURS: ours} | ({PEER: peer} if chosen.peer_version else {})
    return chosen


# ---- running ----------------------------------------------------------------------------------


def tell(text: str) -> None:
    """Say how far we are; the results alone go to the output."""
    print(text, file=sys.stderr, flush=True)


def on_files(tool: Tool, *contents: Iterable[Row]) -> Answer:
    """Run a tool on records, each of the contents as a file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return tool(
            [
                write_rows(Path(folder) / f"records-{number}.csv", rows)
                for number, rows in enumerate(contents, start=1)
            ]
        )


def by_each(what: str, tools: Tools, work: Callable[[Tool], Made]) -> dict[str, Made]:
    """Do a work with each tool; a peer that fails is left out, and why is said."""
    done = {}
    for name, tool in tools.items():
        tell(f"{what}, {name} ...")
        try:
            done[name] = work(tool)
        except Failed as failed:
            if name == OURS:
                raise
            tell(f"Left out: {failed}")
    return done


# ---- quality ----------------------------------------------------------------------------------


def quality(chosen: argparse.Namespace) -> str:
    """Measure how right each tool is on the gold sets, and on single cases."""
    names = [name for name in SETS if name in chosen.sets and name != CASES]
    found: dict[str, Beside] = {
        name: by_each(name, chosen.tools, partial(measured, read_set(name))) for name in names
    }
    exports = [found[name] for name in EXPORTS if name in found]
    if len(exports) > 1:
        found[f"the {len(exports)} exports together"] = together(exports)
    blocks = quality_tables(found) if found else []
    if CASES in chosen.sets:
        blocks.append(cases(chosen.tools))
    beside = BESIDE.format(version=chosen.peer_version) if chosen.peer_version else NO_PEER
    return "\n".join([beside + QUALITY, *blocks])


def measured(gold: GoldSet, tool: Tool) -> Measured:
    """Run a tool on a gold set as it is, and count."""
    answer = tool([gold.file])
    labels = answer.labels(gold.ids)
    return Measured(
        len(gold.rows),
        score(labels, gold.adjudged),
        score(labels, gold.published),
        queue(gold.ids, labels, gold.adjudged, answer.doubtful),
        answer.seconds,
        answer.megabytes,
    )


def together(several: Sequence[Beside]) -> Beside:
    """Return what each tool made of several sets, added up, if it was run on all of them."""
    return {
        name: reduce(add, (one[name] for one in several))
        for name in (OURS, PEER)
        if all(name in one for one in several)
    }


def quality_tables(found: dict[str, Beside]) -> list[str]:
    """Return the tables: against each truth, what each tool took, and what it leaves to a person."""
    truths: dict[str, Callable[[Measured], Score]] = {
        "as judged again (`cluster_adj`)": lambda one: one.adjudged,
        "as published (`cluster`)": lambda one: one.published,
    }
    against = [
        f"Against the truth {name}:\n\n{truth_table(found, t)}" for name, t in truths.items()
    ]
    return [*against, f"What it took, and the review queue:\n\n{cost_table(found)}"]


def truth_table(found: dict[str, Beside], truth: Callable[[Measured], Score]) -> str:
    """Return what is right and wrong against one truth, a row a set."""
    columns: dict[str, Callable[[Score], str]] = {
        "pairs wrong": lambda one: f"{one.pairs.wrong:,}",
        "pairs missed": lambda one: f"{one.pairs.missed:,}",
        "precision": lambda one: decimal(one.pairs.precision),
        "recall": lambda one: decimal(one.pairs.recall),
        "impure clusters": lambda one: f"{one.impure:,}",
        "works lost": lambda one: f"{one.records.lost:,}",
        "duplicates left": lambda one: f"{one.records.left:,}",
    }
    rows = []
    for name, both in found.items():
        scores = [truth(one) for one in both.values()]
        true_pairs = scores[0].pairs.right + scores[0].pairs.missed
        cells = [" / ".join(map(cell, scores)) for cell in columns.values()]
        rows.append([name, f"{both[OURS].records:,}", f"{true_pairs:,}", *cells])
    return table(["set", "records", "true pairs", *columns], rows)


def cost_table(found: dict[str, Beside]) -> str:
    """Return time, memory and review queue, a row a set."""
    columns: dict[str, Callable[[Measured], str]] = {
        "seconds": lambda one: f"{one.seconds:.1f}",
        "peak MB": lambda one: f"{one.megabytes:,.0f}",
        "records in the queue": lambda one: percent(one.queue.records, one.records),
        "pairs in the queue": lambda one: f"{one.queue.pairs:,}",
        "missed pairs it holds": lambda one: f"{one.queue.held:,} of {one.adjudged.pairs.missed:,}",
    }
    rows = [
        [name, *(" / ".join(map(cell, both.values())) for cell in columns.values())]
        for name, both in found.items()
    ]
    return table(["set", *columns], rows)


def cases(tools: Tools) -> str:
    """Judge each pair of the hand-written cases alone, and say which are not as expected."""
    folder = corpora() / CASES
    records = {row["id"]: row for row in read_rows(folder / "records.csv")}
    asked = [*read_rows(folder / "pairs.csv")]

    def unexpected(tool: Tool) -> list[str]:
        return [said for case in asked if (said := misjudged(tool, case, records))]

    told = [
        f"- {name}: {len(asked) - len(wrong)} of {len(asked)} as expected"
        + "".join(f"; {said}" for said in wrong)
        for name, wrong in by_each(f"{len(asked)} cases", tools, unexpected).items()
    ]
    return "The hand-written cases, each pair alone:\n\n" + "\n".join(told) + "\n"


def misjudged(tool: Tool, case: Row, records: dict[str, Row]) -> str:
    """Return what is wrong with the judgement of a case, or nothing."""
    both = case["id_a"], case["id_b"]
    first, second = on_files(tool, [records[one] for one in both]).labels(both)
    if (first == second) == (case["duplicate"] == "1"):
        return ""
    return f"{case['case']} {'joined wrongly' if first == second else 'not joined'}"


# ---- order ------------------------------------------------------------------------------------


def order(chosen: argparse.Namespace) -> str:
    """Measure what the order of the records and records without title or author change."""
    golds = [read_set(name) for name in ORDERED if name in chosen.sets]
    rows = [[gold.name, *order_cells(gold), *added_cells(gold)] for gold in golds]
    changes = [*reordered([]), *ADDED_COLUMNS]
    return "\n".join([ORDER, table(["set", *changes], rows), chained()])


def order_cells(gold: GoldSet) -> Iterator[str]:
    """Yield how many pairs are joined otherwise, for each other order of the same records."""
    plain = on_files(ours, gold.rows).labels(gold.ids)
    for name, contents in reordered(gold.rows).items():
        tell(f"{gold.name}, {name} ...")
        pairs_changed = differing(plain, on_files(ours, *contents).labels(gold.ids))
        yield f"{pairs_changed:,}"


def added_cells(gold: GoldSet) -> Iterator[str]:
    """Yield the wrong pairs that come of records without a title, and without an author."""
    plain = on_files(ours, gold.rows).labels(gold.ids)
    size = len(gold.rows)
    for field in ("title", "author"):
        tell(f"{gold.name}, {ADDED:,} records without {field} ...")
        more = emptied(gold, field)
        labels = on_files(ours, more.rows).labels(more.ids)
        yield f"{newly_wrong(plain, labels[:size], gold.adjudged):,}"
        wrong = pairs(labels, more.adjudged).wrong - pairs(labels[:size], gold.adjudged).wrong
        yield f"{wrong:,}"


def chained() -> str:
    """Say how a chain of near copies ends."""
    tell(f"a chain of {CHAIN:,} records ...")
    try:
        ended = f"exit code 0, {len(set(on_files(ours, chain()).work_of.values())):,} clusters"
    except Failed as failed:
        tell(str(failed))
        ended = f"exit code {failed.code}"
    return f"A chain of {CHAIN:,} records, each a near copy of the one before: {ended}.\n"


# ---- scale ------------------------------------------------------------------------------------


def scale(chosen: argparse.Namespace) -> str:
    """Measure a hundred thousand made-up records, and ten times as many."""
    gold = read_set(SYNTHETIC)
    tools = chosen.tools if chosen.peer_scale else {OURS: ours}
    once = by_each(SYNTHETIC, tools, partial(measured, gold))
    rows = [scale_row(name, one) for name, one in once.items()]
    if not chosen.quick:
        many = million(gold)
        rows.append(scale_row(OURS, many, f"{many.seconds / (COPIES * once[OURS].seconds):.2f}"))
    columns = "records", "seconds", "peak MB", "pairs wrong", "pairs missed", "times linear"
    return f"{SCALE}\n{table(['tool', *columns], rows)}"


def million(gold: GoldSet) -> Measured:
    """Run ours on copies of a set that are other works."""
    tell(f"{COPIES} copies of it ...")
    ids = [{"id": row["id"]} for row, _ in multiplied(gold)]
    truth = [work for _, work in multiplied(gold)]
    with tempfile.TemporaryDirectory() as folder:
        file = write_rows(Path(folder) / "records.csv", (row for row, _ in multiplied(gold)))
        return measured(GoldSet(f"{SYNTHETIC}, {COPIES} times", file, ids, truth, truth), ours)


def scale_row(name: str, one: Measured, ratio: str = "") -> list[str]:
    """Return a row of the table."""
    wrong, missed = one.adjudged.pairs.wrong, one.adjudged.pairs.missed
    cost = f"{one.seconds:.0f}", f"{one.megabytes:,.0f}"
    return [name, f"{one.records:,}", *cost, f"{wrong:,}", f"{missed:,}", ratio]


# ---- what is written --------------------------------------------------------------------------


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of Markdown; all columns but the first are numbers."""
    marks = ["---"] + ["---:"] * (len(header) - 1)
    return "".join(f"| {' | '.join(row)} |\n" for row in [header, marks, *rows])


def decimal(value: float | None) -> str:
    """Return a share with four places, or an empty place where it is unknown."""
    return "" if value is None else f"{value:.4f}"


def percent(part: int, whole: int) -> str:
    """Return a share in per cent."""
    return f"{100 * (share(part, whole) or 0):.1f} %"


def write_part(path: Path, text: str) -> None:
    """Put a part into the file, in the place of the same part as it was measured before."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    sections = {one.split("\n", 1)[0]: one for one in re.split(r"(?m)^(?=## )", before)[1:]}
    sections[text.split("\n", 1)[0]] = f"{text.rstrip()}\n\n"
    headings = [f"## {part.capitalize()}" for part in PARTS]
    whole = HEADER + "".join(sections.get(heading, "") for heading in headings)
    path.write_text(f"{whole.rstrip()}\n", encoding="utf-8")


PARTS: dict[str, Callable[[argparse.Namespace], str]] = {
    "quality": quality,
    "order": order,
    "scale": scale,
}

HEADER = """\
# Deduplication, measured

`./run bench dedupe`: searchsets on gold sets whose duplicates are known. Clusters are compared, by
transitive closure of what a tool joins. **Pairs**: joined wrongly are two records of two works,
missed are two records of one work. **Impure** clusters hold records of more than one work.
**Records**, by the convention of bib-dedupe and ASySD: the first of each cluster in the order of the
file is kept; a work of which none is kept is lost, a record kept beyond the first is a duplicate left.
This count hides a wrong merge where another record of the work is kept: judge by pairs. Seconds are
from start to end of a process, with starting Python and reading the file; the peak of memory is that
of the largest process. An empty place is unknown.

"""
BESIDE = """\
Two numbers in one place are searchsets / bib-dedupe {version}. The gold sets name in `journal` what a
record stands in; bib-dedupe looks for it in `booktitle` if that is proceedings: it is given it there too.
"""
NO_PEER = "bib-dedupe was not run; BIB_DEDUPE_PYTHON names the interpreter that has it.\n"
QUALITY = """\
`cora` is a set of damaged citations to try the limits with; it is no aim. The review queue is what is
left to a person (of bib-dedupe, its pairs labelled "maybe"); it holds a missed pair if the two records
come together once its true pairs are joined.
"""
ORDER = f"""\
searchsets on the same records in another order: how many pairs are joined otherwise than in the order
of the file (0: the clusters are the same). Then with {ADDED:,} records added that are copies without
a title, or without an author: wrong pairs of the records of the set that were not joined before, and
wrong pairs that touch an added record (which is rightly joined with the work it was copied from, and
with nothing else).
"""
SCALE = """\
Made-up records, and ten copies of them that are other works: the words of each title in another cipher,
volume and pages further on, and a DOI of its own. Times linear: the seconds beside ten times those
of one copy.
"""

if __name__ == "__main__":
    main()
