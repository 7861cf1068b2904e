"""Measures reading RIS beside rispy, on the same file, in one run: ./run bench records.

rispy is no dependency of searchsets: name the interpreter of an environment that has it, as
`RISPY_PYTHON=/path/to/python ./run bench records`. Without it only our own numbers are given.
"""

from __future__ import annotations

import os
import random
import resource
import subprocess
import tempfile
import time
from pathlib import Path

from searchsets.records.formats.tagged import RIS, Tagged
from searchsets.records.reading import open_source
from searchsets.records.source import sources

SIZE = 100_000
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


def parsed_only(path: Path) -> int:
    """Read the fields of every record, as rispy does, and no more."""
    reader = Tagged(RIS)
    (source,) = sources(path, path.name)
    source.examine()
    found = 0
    for stretch in reader.stretches(source.chunks()):
        found += sum(1 for _ in reader.parse(stretch.data.decode()))
    return found


def normalised(path: Path) -> int:
    """Read every record with all that the importer does."""
    (source,) = sources(path, path.name)
    return sum(1 for _ in open_source(source).take())


def main() -> None:
    """Write the file, read it each way in turn, and print records a second and ratios."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.ris"
        write_ris(path, SIZE)
        print(f"{SIZE:,} records, {path.stat().st_size / 1e6:.0f} MB, processor time, one core")
        speeds = {}
        for name, read in (("fields only", parsed_only), ("normalised records", normalised)):
            began = time.process_time()
            assert read(path) == SIZE
            speeds[name] = SIZE / (time.process_time() - began)
        if python := os.environ.get("RISPY_PYTHON"):
            done = subprocess.run(
                [python, "-c", _PEER, str(path)], capture_output=True, text=True, check=True
            )
            number, seconds = done.stdout.split()
            assert int(number) == SIZE
            speeds["rispy"] = SIZE / float(seconds)
    for name, speed in speeds.items():
        ratio = f", {speed / speeds['rispy']:.2f} times rispy" if "rispy" in speeds else ""
        print(f"{name}: {speed:,.0f} records a second{ratio}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of ours: {peak:.0f} MB")


if __name__ == "__main__":
    main()
