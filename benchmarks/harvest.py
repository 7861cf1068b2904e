"""Measures the harvest beside the clients of OpenAlex and Crossref that others use.

Each program runs in a process of its own against a server on this machine that behaves as the service
does, and says which records it got. Undisturbed, the time and the memory count; disturbed in one of
several ways, whether all records came, and if not, whether that was said.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parent.parent
sys.path[:0] = [str(PROJECT / "tests"), str(PROJECT / "workflow")]

import loopback  # noqa: E402 (from the tests, which are on the path only now)
from loopback import Loopback, Service, documents  # noqa: E402

RECORDS, DISTURBED = 20_000, 2_000
_MOST_SECONDS = 60
PEERS = os.environ.get("HARVEST_PEERS_PYTHON", "")

OURS = """
import sys, tempfile
from pathlib import Path
from searchsets.sources.harvest import Harvest
from searchsets.sources.services import SERVICES
from searchsets.sources.services.base import Query
from searchsets.sources.web import Web

class Quiet:
    def there_are(self, records): pass
    def came(self, records): pass

name, address, out = sys.argv[1:]
service = SERVICES[name](address, "me@example.org", "key", ("1000-0011",))
web = Web("me@example.org", 0, frozenset(["127.0.0.1"]), sleep=lambda seconds: None)
query = Query("governance", (2000, 2010), None, "1000-0011")
with tempfile.TemporaryDirectory() as folder:
    [answers] = Harvest(service, Path(folder), web, 10 ** 6, Quiet()).run([query])
if answers.state != "complete":
    sys.exit("it tells that fewer came than the service speaks of")
Path(out).write_text("\\n".join(answers.all_ids))
"""
PYALEX = """
import sys
from pathlib import Path
from urllib.parse import urlparse
import pyalex
name, address, out = sys.argv[1:]
pyalex.config.retry_http_codes = [429, 500, 502, 503, 504]
# It knows the service by its name only, and tries again over https only: both are put right.
mount = pyalex.api.requests.Session.mount
def mount_both(session, prefix, adapter):
    mount(session, prefix, adapter)
    mount(session, "http://", adapter)
pyalex.api._get_requests_session.__globals__["requests"].Session.mount = mount_both
whole = pyalex.api.urlunparse
where = urlparse(address)
pyalex.api.urlunparse = lambda parts: whole((where.scheme, where.netloc, where.path, *parts[3:]))
pyalex.config.api_key = "key"
pyalex.config.max_retries = 6
pyalex.config.retry_backoff_factor = 0
pages = pyalex.Works().filter(publication_year="2000-2010").paginate(per_page=100, n_max=None)
Path(out).write_text("\\n".join(work["id"] for page in pages for work in page))
"""
HABANERO = """
import sys
from pathlib import Path
from habanero import Crossref
name, address, out = sys.argv[1:]
asked = {"from_pub_date": "2000", "until_pub_date": "2010"}
client = Crossref(base_url=address.removesuffix("/works"), mailto="me@example.org")
answers = client.works(filter=asked, cursor="*", limit=1000, cursor_max=10 ** 6)
answers = answers if isinstance(answers, list) else [answers]
Path(out).write_text("\\n".join(i["DOI"] for a in answers for i in a["message"]["items"]))
"""
PROGRAMS = {
    "openalex": {"searchsets": OURS, "pyalex": PYALEX},
    "crossref": {"searchsets": OURS, "habanero": HABANERO},
}
PATHS = {"openalex": "/openalex/works", "crossref": "/crossref/works"}
KEYS = {"openalex": "id", "crossref": "DOI"}
FAULTS = {
    "429, Retry-After 1 s": [None, loopback.too_many(1)],
    "504": [None, loopback.failing(504)],
    "a page of HTML with status 200": [None, loopback.html_page()],
    "a body that is cut off": [None, loopback.cut_off(0.5)],
    "the connection is closed": [None, loopback.hung_up()],
    "an empty page before the end": [None, loopback.empty_page()],
    "a page shorter than asked": [None, loopback.short_page(5)],
    "records moved up between pages": [None, loopback.shifted(5)],
    "5 more announced than there are": lambda number, path, params: loopback.wrong_total(5),
}


@dataclass
class Run:
    """What one program got: ids, or what it said instead; and what it took."""

    ids: list[str]
    error: str
    seconds: float
    megabytes: int


def run(program: str, python: str, name: str, address: str) -> Run:
    """Run one program in a process of its own."""
    measured = (
        f"{program}\nimport re\n"
        'print(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1])\n'
    )
    environment = os.environ | {"PYTHONPATH": str(PROJECT / "workflow")}
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "ids.txt"
        begun = time.perf_counter()
        try:
            done = subprocess.run(
                [python, "-c", measured, name, address, str(out)],
                capture_output=True, text=True, env=environment, timeout=_MOST_SECONDS,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Run([], f"it does not end within {_MOST_SECONDS} seconds", _MOST_SECONDS, 0)
        seconds = time.perf_counter() - begun
        if done.returncode:
            return Run([], _brief(done.stderr), seconds, 0)
        memory = int(done.stdout.split()[-1]) // 1024
        return Run(out.read_text().splitlines(), "", seconds, memory)


def _brief(stderr: str) -> str:
    """Return the kind of error that a program ended with, which is the same in every run."""
    lines = stderr.strip().splitlines()
    named = [
        found[0] for line in lines if (found := re.match(r"[\w.]+(?:Error|Exception)\b", line))
    ]
    return named[-1].rpartition(".")[2] if named else lines[-1][:60]


def served(name: str, number: int) -> Loopback:
    """Return a server that holds so many records, all of which answer every question."""
    return Loopback({name: Service(documents(name, number), lambda params, found: found)})


def told(result: Run, server: Loopback, name: str) -> str:
    """Say what came of a disturbed run."""
    if result.error:
        return f"stops ({result.error})".replace("|", "/")
    there = {document[KEYS[name]].lower() for document in server.services[name].documents}
    lost = there.difference(one.lower() for one in result.ids)
    doubled = len(result.ids) - len(set(result.ids))
    if lost:
        return f"**{len(lost)} lost in silence**"
    return "complete" if not doubled else f"complete, {doubled} twice"


def undisturbed(name: str) -> list[str]:
    """Return the rows of the table of time and memory."""
    rows, first = [], None
    with served(name, RECORDS) as server:
        for program, text in PROGRAMS[name].items():
            python = sys.executable if program == "searchsets" else PEERS
            result = run(text, python, name, f"{server.address}{PATHS[name]}")
            if result.error or len(set(result.ids)) != RECORDS:
                rows.append(f"| {name} | {program} | {told(result, server, name)} | | |")
                continue
            first = first or result.seconds
            rows.append(
                f"| {name} | {program} | {result.seconds:.1f} s | {result.seconds / first:.2f} | "
                f"{result.megabytes} MB |"
            )
    return rows


def disturbed(name: str) -> list[str]:
    """Return the rows of the table of faults."""
    rows = []
    for fault, plan in FAULTS.items():
        said = []
        for program, text in PROGRAMS[name].items():
            python = sys.executable if program == "searchsets" else PEERS
            with served(name, DISTURBED) as server:
                server.faults[PATHS[name]] = list(plan) if isinstance(plan, list) else plan
                result = run(text, python, name, f"{server.address}{PATHS[name]}")
                said.append(told(result, server, name))
        rows.append(f"| {name} | {fault} | {' | '.join(said)} |")
    return rows


def versions() -> str:
    """Return the versions of the peers."""
    asked = (
        "from importlib.metadata import version as v;"
        "print('pyalex', v('pyalex'), 'and habanero', v('habanero'))"
    )
    return subprocess.run([PEERS, "-c", asked], capture_output=True, text=True).stdout.strip()


def main() -> None:
    """Measure, and write `harvest.md`."""
    if not PEERS:
        sys.exit(
            "Set HARVEST_PEERS_PYTHON to the interpreter of an environment that has pyalex and habanero."
        )
    lines = [
        "# The harvest beside clients of the same services",
        "",
        f"Made by `./run bench harvest` with Python {platform.python_version()}, {versions()}, on "
        f"{os.cpu_count()} cores, against a server on the same machine.",
        "",
        f"## Undisturbed: {RECORDS:,} records",
        "",
        "searchsets keeps every answer on the disk, synced, and reads what it kept; the others keep "
        "records in memory.",
        "",
        "| service | program | time | ratio | memory |",
        "| --- | --- | --- | --- | --- |",
        *(row for name in PROGRAMS for row in undisturbed(name)),
        "",
        f"## Disturbed: {DISTURBED:,} records",
        "",
        "Waits are left out of ours, and pyalex is told to try again six times, without waiting, after "
        "any of these statuses.",
        "",
        "| service | what happens | searchsets | pyalex, habanero |",
        "| --- | --- | --- | --- |",
        *(row for name in PROGRAMS for row in disturbed(name)),
        "",
    ]
    (Path(__file__).parent / "harvest.md").write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
