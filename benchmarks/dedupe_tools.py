"""Reads the gold sets of deduplication, and runs the tools on files of records.

Each tool runs in a process and a folder of its own. It is charged from its start to its end, with
starting Python and reading and writing the files.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from dedupe_score import Pair

HERE = Path(__file__).parent
PEER_PYTHON = "BIB_DEDUPE_PYTHON"
COLUMNS = (
    "id", "source", "entrytype", "title", "author", "year", "journal", "volume", "number", "pages",
    "doi", "abstract", "isbn",
)  # fmt: skip

Row = dict[str, str]

# A process as small as this tells the memory of what it runs: the most of its children is not
# blurred by what the benchmark itself holds.
WRAPPER = """
import json, resource, subprocess, sys, time
began = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                      stderr=subprocess.PIPE)
seconds = time.perf_counter() - began
memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
said = done.stderr.decode("utf-8", "replace")[-2000:]
print(json.dumps({"code": done.returncode, "said": said, "seconds": seconds,
                  "megabytes": memory / (2**20 if sys.platform == "darwin" else 2**10)}))
"""

# The columns as bib-dedupe names them. What a record stands in is `journal` in the gold sets, whatever
# its type; bib-dedupe looks for it in `booktitle` where the type is one of proceedings, and would lose
# it. No search_set: no two records are apart because they come from one source. Its pairs that are no
# match but a "maybe" are its review queue.
PEER = """
import json, sys

import pandas as pd
from bib_dedupe.bib_dedupe import block, cluster, match, prep

*files, answer = sys.argv[1:]
read = [pd.read_csv(file, dtype=str, keep_default_na=False) for file in files]
records = pd.concat(read, ignore_index=True).drop(columns="source")
records = records.rename(columns={"id": "ID", "entrytype": "ENTRYTYPE"})
records = records.assign(search_set="", booktitle=records["journal"])
matched = match(block(prep(records, verbosity_level=0)))
maybe = matched.loc[matched["duplicate_label"] == "maybe", ["ID_1", "ID_2"]]
with open(answer, "w") as file:
    json.dump({"clusters": cluster(matched), "doubtful": maybe.values.tolist()}, file)
"""


@dataclass(frozen=True)
class GoldSet:
    """The records of a set as they are in its file, and two truths about each, in the same order."""

    name: str
    file: Path
    rows: list[Row]
    adjudged: list[str]
    published: list[str]

    @property
    def ids(self) -> list[str]:
        """The ids of the records, in the order of the file."""
        return [row["id"] for row in self.rows]


@dataclass(frozen=True)
class Answer:
    """What a tool made of some records, and what it took."""

    seconds: float
    megabytes: float
    work_of: dict[str, str]
    doubtful: list[Pair]

    def labels(self, ids: Iterable[str]) -> list[str]:
        """Return the cluster of each record; one that the tool joined with none is its own."""
        return [self.work_of[record] for record in ids]


Tool = Callable[[Sequence[Path]], Answer]


class Failed(Exception):
    """A tool ended with an error, or its answer cannot be counted."""

    def __init__(self, message: str, code: int = 0):
        super().__init__(message)
        self.code = code


# ---- gold sets --------------------------------------------------------------------------------


def corpora() -> Path:
    """Return the folder of the gold sets, or stop and say how to name it."""
    folder = os.environ.get("SEARCHSETS_CORPORA")
    if not folder or not (gold := Path(folder).absolute() / "dedupe").is_dir():
        stop(
            "SEARCHSETS_CORPORA is not set, or has no folder `dedupe`: it names the folder of the "
            "shared corpora, whose gold sets deduplication is measured on."
        )
    return gold


def stop(sentence: str) -> NoReturn:
    """Say what is missing, and end."""
    print(sentence, file=sys.stderr)
    sys.exit(2)


def read_set(name: str) -> GoldSet:
    """Read a gold set."""
    folder = corpora() / name
    file = packed(folder / "records.csv")
    rows = [*read_rows(file)]
    truth = {row["id"]: row for row in read_rows(packed(folder / "truth.csv"))}
    return GoldSet(
        name,
        file,
        rows,
        adjudged=[truth[row["id"]]["cluster_adj"] for row in rows],
        published=[truth[row["id"]]["cluster"] for row in rows],
    )


def packed(path: Path) -> Path:
    """Return a file, or the same with `.gz` where it is there packed."""
    return path if path.exists() else path.with_name(f"{path.name}.gz")


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a CSV file, all text, empty where missing."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def write_rows(path: Path, rows: Iterable[Row]) -> Path:
    """Write records as a CSV file in the layout of the gold sets, and return its path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    return path


# ---- tools ------------------------------------------------------------------------------------


def ours(files: Sequence[Path]) -> Answer:
    """Deduplicate with searchsets."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "works"
        command = [sys.executable, "-m", "searchsets", "dedupe", *map(str, files), "-o", str(out)]
        path = str(HERE.parent / "workflow")
        cost = run("searchsets dedupe", command, Path(folder), {"PYTHONPATH": path})
        work_of = {row["record_id"]: row["work_id"] for row in read_rows(out / "links.csv")}
        rows = [*read_rows(out / "uncertain.csv")]
    return checked(
        files, Answer(*cost, work_of, [(row["record_id_a"], row["record_id_b"]) for row in rows])
    )


def peer_python() -> str:
    """Return the interpreter that is named, so that it is found from any folder."""
    return os.path.abspath(shutil.which(os.environ[PEER_PYTHON]) or os.environ[PEER_PYTHON])


def peer_version() -> str | None:
    """Return the version of bib-dedupe, or nothing where no interpreter is named that has it."""
    if PEER_PYTHON not in os.environ:
        return None
    asked = "from importlib.metadata import version; print(version('bib-dedupe'))"
    try:
        done = subprocess.run(
            [peer_python(), "-c", asked], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        stop(f"{PEER_PYTHON} names no interpreter that has bib-dedupe.")
    return done.stdout.strip()


def peer(files: Sequence[Path]) -> Answer:
    """Deduplicate with bib-dedupe; a record that it does not name is a work of its own."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        command = [peer_python(), "-c", PEER, *map(str, files), str(answer)]
        cost = run("bib-dedupe", command, Path(folder), {})
        said = json.loads(answer.read_text(encoding="utf-8"))
    work_of = {row["id"]: row["id"] for file in files for row in read_rows(file)}
    for cluster in said["clusters"]:
        work_of |= dict.fromkeys(cluster, cluster[0])
    doubtful = [(a, b) for a, b in said["doubtful"]]
    return checked(files, Answer(*cost, work_of, doubtful))


def run(name: str, command: list[str], folder: Path, more: dict[str, str]) -> tuple[float, float]:
    """Run a command quietly in a folder, and return its seconds and its peak memory in MB.

    The peak is that of the largest process the command consists of.
    """
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | more
    done = subprocess.run(
        [sys.executable, "-c", WRAPPER, *command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    if told["code"]:
        code, said = told["code"], told["said"].strip()
        raise Failed(f"{name} ended with exit code {code} and said: {said}", code)
    return told["seconds"], told["megabytes"]


def checked(files: Sequence[Path], answer: Answer) -> Answer:
    """Return an answer that places every record and no other, or stop."""
    asked = {row["id"] for file in files for row in read_rows(file)}
    named = {record for pair in answer.doubtful for record in pair}
    if asked != answer.work_of.keys():
        differing = asked ^ answer.work_of.keys()
        raise Failed(f"{len(differing):,} records are lost or unknown, as {min(differing)}")
    if unknown := named - asked:
        raise Failed(f"{len(unknown):,} records of the review queue are unknown, as {min(unknown)}")
    return answer
