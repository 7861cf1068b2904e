"""Measures reading RIS beside rispy, on the same file, in one run: ./run bench records.

rispy is no dependency of searchsets: name the interpreter of an environment that has it, as
`RISPY_PYTHON=/path/to/python ./run bench records`. Without it only our own numbers are given.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from searchsets.records.convert import convert
from searchsets.records.reading import open_source
from searchsets.records.source import sources

SIZE = 100_000
ROUNDS = 9
_PEER = """
import sys, time, rispy
began = time.process_time()
with open(sys.argv[1], encoding="utf-8") as file:
    number = len(rispy.load(file))
print(number, time.process_time() - began)
"""


def write_ris(path: Path, size: int) -> None:
    """Write made-up records of about 2,000 characters and 22 lines, none of which come twice."""
    words = random.Random(1)
    filling = ["".join(words.choices("aeiorstnlm", k=words.randint(2, 10))) for _ in range(20_000)]
    with path.open("w", encoding="utf-8") as file:
        for number in range(size):
            said = words.choices(filling, k=230)
            names = [f"{a.title()}, {b.title()}" for a, b in zip(said[:4], said[4:8], strict=True)]
            file.write(
                f"TY  - JOUR\nTI  - {' '.join(said[8:22])} {number}\n"
                + "".join(f"AU  - {name}\n" for name in names)
                + f"JF  - {' '.join(said[22:25])}\nPY  - {words.randint(1990, 2009)}\n"
                f"VL  - {number % 90}\nIS  - {number % 12}\nSP  - {number}\nEP  - {number + 9}\n"
                f"SN  - 1234-{number % 9000 + 1000}\nAB  - {' '.join(said[25:222])}\n"
                + "".join(f"KW  - {word}\n" for word in said[222:])
                + f"DO  - 10.1000/{number}\nER  - \n\n"
            )


def normalised(path: Path) -> int:
    """Read every record with all that the importer does: as tables, counted, nothing written."""
    (source,) = sources(path, path.name)
    return sum(table.num_rows for table in open_source(source).tables())


def one_by_one(path: Path) -> int:
    """Read every record the slow way, as records of any other format are read."""
    (source,) = sources(path, path.name)
    read = open_source(source)
    read.extraction.by_columns = False
    return sum(1 for _ in read.take())


def to_parquet(path: Path) -> int:
    """Read every record and write it to a file of Parquet, as `records convert` does."""
    return convert([path], path.with_suffix(".parquet"), strict=True).written


def in_fresh_process(command: Sequence[str], path: Path) -> float:
    """Return the seconds that a command says it takes to read the records, imports not counted."""
    done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=True)
    number, seconds = done.stdout.split()
    assert int(number) == SIZE
    return float(seconds)


def one_way(name: str, path: Path) -> None:
    """Read the file one way, and print the records and the seconds of processor time."""
    began = time.process_time()
    print(WAYS[name](path), time.process_time() - began)


WAYS: dict[str, Callable[[Path], int]] = {
    "normalised, as tables": normalised,
    "normalised, to Parquet": to_parquet,
    "normalised, one by one": one_by_one,
}
_PEER_NAME = "rispy, fields only"


def main() -> None:
    """Write the file, read it each way in turn some times, and print the best of each."""
    commands = {name: [sys.executable, __file__, name] for name in WAYS}
    if "RISPY_PYTHON" in os.environ:
        commands[_PEER_NAME] = [os.environ["RISPY_PYTHON"], "-c", _PEER]
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.ris"
        write_ris(path, SIZE)
        print(f"{SIZE:,} records, {path.stat().st_size / 1e6:.0f} MB, processor time, one core")
        for _ in range(ROUNDS):
            for name, command in commands.items():
                seconds[name].append(in_fresh_process(command, path))
    peer = seconds.get(_PEER_NAME)
    for name, measured in seconds.items():
        speed, slowest = SIZE / min(measured), SIZE / max(measured)
        line = f"{name}: {speed:,.0f} records a second (slowest round {slowest:,.0f})"
        if peer:
            rounds = sorted(b / a for a, b in zip(measured, peer, strict=True))
            line += f", {rounds[len(rounds) // 2]:.2f} times rispy"
            line += f" (from {rounds[0]:.2f} to {rounds[-1]:.2f})"
        print(line)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        one_way(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
