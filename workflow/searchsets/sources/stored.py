"""The harvests that are kept: what each asked whom for, and whether it is whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searchsets.errors import ReviewError
from searchsets.sources.exchange import ENDING, TROUBLE, printable
from searchsets.sources.links import refuse_links
from searchsets.sources.plan import PLAN, read_facts
from searchsets.sources.services import SERVICES, Service
from searchsets.sources.services.base import Query

if TYPE_CHECKING:
    from searchsets.sources.answers import Answers

FOLDERS = 3
"""So many folders lie in the store down to a harvest: of the source, of the strategy, its own."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
NAMED = "harvest/"
"""How the names of stored answers begin, where a record says which file it is from."""


@dataclass(frozen=True)
class StoredHarvest:
    """One harvest: `<store>/<source>/<strategy>/<name>/`, with its plan."""

    folder: Path
    facts: dict[str, Any]

    @property
    def source(self) -> str:
        """The service that was asked."""
        return self.facts["source"]

    @property
    def strategy(self) -> str:
        """The strategy that it was asked for."""
        return self.facts["strategy"]

    @property
    def name(self) -> str:
        """The name of the harvest."""
        return self.folder.name

    @property
    def is_stand_in(self) -> bool:
        """Whether another source than the strategy's own database was asked."""
        return self.source != self.strategy

    @property
    def service(self) -> Service:
        """The service, as one that reads what it once answered."""
        return SERVICES[self.source]()

    @cached_property
    def answers(self) -> list[Answers]:
        """What is kept, question by question."""
        from searchsets.sources.answers import Answers  # who reads no answers needs no archives

        queries = [Query.of_facts(one) for one in self.facts["questions"]]
        return [Answers.read(self.folder, self.service, query) for query in queries]

    @property
    def named(self) -> dict[str, str]:
        """How tables name it."""
        return {"source": self.source, "strategy": self.strategy, "harvest": self.name}

    @property
    def questions(self) -> list[Answers]:
        """Every question, those included that one was cut into; each once."""
        found = [one for top in self.answers for one in top.each()]
        return list({one.query.key: one for one in found}.values())

    @property
    def files(self) -> list[Path]:
        """All its files that the import reads."""
        return sorted(
            path
            for path in self.folder.rglob("*")
            if path.is_file() and not path.name.startswith(".") and path.parent.name != TROUBLE
        )

    def require_whole(self) -> None:
        """Refuse a harvest that is not finished: nothing is left out in silence.

        Raises:
            ReviewError: it was interrupted, or fewer records came than there are.
        """
        from searchsets.sources.answers import OPEN, SHORT

        command = printable(self.facts["command"], most=500)
        open_ones = sum(one.state == OPEN for one in self.answers)
        if open_ones:
            raise ReviewError(
                f"{open_ones} of {len(self.answers)} questions of this harvest are not answered in "
                "full",
                str(self.folder),
                f"go on with it: {command}; or move the folder out of the store",
            )
        if any(one.state == SHORT and not one.accepted for one in self.answers):
            raise ReviewError(
                "fewer records came than the service speaks of",
                str(self.folder),
                f"ask again: {command}; add --accept-short if it stays so",
            )


def require_name(name: str) -> str:
    """Return the name of a harvest, if it is one.

    Raises:
        ReviewError: it is no plain name of a folder.
    """
    if not _NAME.fullmatch(name):
        raise ReviewError(
            f"{name!r} is no name of a harvest", None, "write letters, digits, - and _ only"
        )
    return name


def find_harvests(store: Path) -> list[StoredHarvest]:
    """Return the harvests of a store, in the order of their folders; none where there is no store.

    A harvest of which it was only asked how many records there are, or that no answer came to, is
    none yet.

    Raises:
        ReviewError: a plan is damaged, missing, or lies in another folder than its own.
    """
    found = []
    for path in sorted(store.glob(f"*/*/*/*/*{ENDING}")):
        if not (path.parent.parent / PLAN).exists():
            raise ReviewError(
                f"there are answers here, and no {PLAN} that says what was asked",
                str(path.parent.parent),
                "give the harvest command again, which writes it anew; or move the folder away",
            )
    for path in sorted(store.glob(f"*/*/*/{PLAN}")):
        refuse_links(path.parent, FOLDERS)
        made = StoredHarvest(path.parent, read_facts(path))
        require_name(made.name)
        if path.parent.parts[-3:-1] != (made.source, made.strategy):
            raise ReviewError(
                f"this harvest of {made.source} for {made.strategy} lies in another folder",
                str(path.parent),
                f"put it back into {store / made.source / made.strategy}",
            )
        if made.facts["begun"] and any(path.parent.glob(f"*/*{ENDING}")):
            found.append(made)
    return found
