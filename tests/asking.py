"""What the tests of the harvest share: a service on this computer, asked as the command asks it."""

from __future__ import annotations

import gzip
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from loopback import Loopback, Service, documents
from searchsets.errors import ReviewError
from searchsets.sources.answers import Answers
from searchsets.sources.harvest import Harvest
from searchsets.sources.services import SERVICES
from searchsets.sources.services.base import Query
from searchsets.sources.web import Web
from searchsets.strategy.model import Term
from test_strategy_file import HEAD, TAIL

CONTACT = "reviewer@example.org"
KEY = "made-up/key+of=nobody"
"""Holds signs that are written otherwise in an address."""
PATHS = {
    "eric": "/eric/", "openalex": "/openalex/works", "crossref": "/crossref/works",
    "europepmc": "/europepmc/search", "core": "/core/search/works/",
    "doaj": "/doaj/search/articles/", "govuk": "/govuk/search.json",
}  # fmt: skip
KEYS = {"eric": "id", "openalex": "id", "crossref": "DOI", "core": "id", "doaj": "id",
        "govuk": "link"}  # fmt: skip
BY_CURSOR = [name for name in PATHS if SERVICES[name].by_cursor]
STRATEGY = f"{HEAD}      #1 Governance (ft)\n{TAIL}"


class Clock:
    """A time in which one can wait without waiting."""

    def __init__(self) -> None:
        self.now, self.waits = 1000.0, []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


class Counted:
    """A progress bar that is only looked at."""

    def __init__(self) -> None:
        self.there = self.come = 0

    def there_are(self, records: int) -> None:
        self.there += records

    def came(self, records: int) -> None:
        self.come += records


def names_of(service: str, held: list[dict]) -> set[str]:
    """Return the ids that a service gives documents, as a harvest counts them."""
    if service == "europepmc":
        return {f"{one['source']}:{one['id']}" for one in held}
    return {str(one[KEYS[service]]) for one in held}


def every(params: dict, held: list[dict]) -> list[dict]:
    """Find all documents, whatever is asked."""
    return held


@dataclass
class Asked:
    """One service on a server of this computer, its documents, and the folder of a harvest."""

    name: str
    server: Loopback
    folder: Path
    waits: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    query: Query = field(
        default_factory=lambda: Query(
            "governance", (2002, 2008), Term("governance", free_text=True), "1000-0011"
        )
    )

    @property
    def held(self) -> Service:
        return self.server.services[self.name]

    @property
    def service(self):
        address = self.server.address + PATHS[self.name]
        return SERVICES[self.name](address, CONTACT, KEY, ("1000-0011",))

    def web(self, **options: object) -> Web:
        given = {
            "interval": 0.0,
            "permitted": frozenset(["127.0.0.1"]),
            "sleep": self.waits.append,
            "say": self.said.append,
            "secrets": (KEY,),
        }
        return Web(CONTACT, **{**given, **options})

    def harvest(self, most: int = 20_000, **options: object) -> Answers:
        """Ask all that is not there yet."""
        self.progress = Counted()
        done = Harvest(self.service, self.folder, self.web(**options), most, self.progress)
        return done.run([self.query])[0]

    def stored(self) -> Answers:
        """Read what is kept, as the import does: by a service that knows no contact and no key."""
        plain = Query.of_facts(self.query.facts())
        return Answers.read(self.folder, SERVICES[self.name](), plain)

    def faults(self, plan: list | Callable) -> None:
        """Plan what goes wrong."""
        self.server.faults[PATHS[self.name]] = plan

    def heal(self) -> None:
        self.server.faults.clear()

    def asked(self) -> list:
        return self.server.asked(PATHS[self.name])


def make(name: str, number: int, folder: Path, select: Callable | None = every) -> Asked:
    """Return a service that holds so many documents; its server is still to be entered."""
    return Asked(name, Loopback({name: Service(documents(name, number), select)}), folder)


def told(error: BaseException) -> str:
    """Return all that anybody could see of an error."""
    return "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))


def everything_in(folder: Path) -> str:
    """Return all that stands in the files of a folder, and their names, unpacked."""
    texts = []
    for path in sorted(folder.rglob("*")):
        texts.append(path.name)
        if path.is_file():
            data = path.read_bytes()
            texts.append(
                (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("latin-1")
            )
    return "\n".join(texts)


def holds_key(text: str) -> bool:
    """Tell whether the key stands in a text, in any way of writing it that is known here."""
    ways = {KEY, quote(KEY, safe=""), quote(KEY, safe="").lower(), KEY.replace("/", "\\/")}
    return any(way in text for way in ways)


def clear(error: ReviewError) -> None:
    """Require of a refusal that it says where and what to do, and is one a person can read."""
    assert error.where and error.remedy, f"says not where, or not what to do: {error}"
    assert all(sign.isprintable() or sign == "\n" for sign in str(error))
