"""Writes the entry of a new run that repeats an earlier one for later years, and its folders."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from searchsets.errors import ReviewError
from searchsets.files import write_text
from searchsets.records.exports import TABLE as EXPORTS_TABLE
from searchsets.runs import RUNS, Run, read_runs, settings_of
from searchsets.settings import Document, check_by_schema, read_document, usual
from searchsets.sources.services import SERVICES
from searchsets.strategy.file import load_strategies
from searchsets.strategy.model import Strategy

CONFIG = Path("config/config.yaml")
_OWN = ("exports", "harvest", "supplied")
"""What an update brings anew, each in a folder of its own: what the run before brought stays as it is."""
_PLAIN = re.compile(r"[\w./-]+")
_HEAD = """\
# The runs of this review, by name, each with what it sets otherwise than config.yaml.
# ./run runs makes them all, in their order. More: docs/updates.md.
"""


@dataclass(frozen=True)
class Update:
    """A run that is to repeat another.

    Args:
        name: its name.
        updates: the run that it repeats.
        first: the first year of publication that it is about.
        last: the last one.
        limited_by: by which field its searches are limited to later years; empty for whole searches.
        kept: what the run that it repeats sets otherwise than `config.yaml`.
    """

    name: str
    updates: str
    first: int
    last: int
    limited_by: str = ""
    kept: Mapping[str, Any] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The folder of what is brought for it."""
        return Path("resources", self.name)

    @property
    def settings(self) -> dict[str, Any]:
        """What it sets otherwise."""
        kept = {k: v for k, v in self.kept.items() if k not in ("updates", "window", "limited")}
        made: dict[str, Any] = {
            "updates": self.updates,
            "window": {"from": self.first, "until": self.last},
        } | kept
        made |= {name: (self.folder / name).as_posix() for name in _OWN}
        if self.limited_by:  # one year more: databases take in records late
            made["limited"] = {"by": self.limited_by, "from": self.first - 1}
        return made

    def entry(self) -> str:
        """Return its entry in `runs.yaml`."""
        lines = [f"{_as_text(self.name)}:"]
        for key, value in self.settings.items():
            shown = _as_text(value) if isinstance(value, str) else json.dumps(value)
            lines.append(f"  {key}: {shown}")
        return "\n".join(lines) + "\n"


def _write_entry(update: Update, runs: Mapping[str, Run]) -> None:
    """Write the entry behind the others; what was there stays if it cannot stand there.

    Raises:
        ReviewError: `runs.yaml` is written so that no entry can be put behind it.
    """
    before = text = RUNS.read_text(encoding="utf-8") if RUNS.exists() else _HEAD
    if update.updates not in runs:
        text += f"\n{_as_text(update.updates)}: {{}}\n"
    write_text(RUNS, f"{text.rstrip()}\n\n{update.entry()}")
    try:
        read_runs()
    except ReviewError:
        write_text(RUNS, before)
        raise ReviewError(
            "the file is written in another way than one entry below the other, and was left as it is",
            str(RUNS),
            "write this entry into it by hand:\n" + update.entry(),
        ) from None


def _as_text(name: str) -> str:
    """Return a text as YAML reads it as one: 2026, `on`, or anything with marks, in quotation marks.

    >>> print(*map(_as_text, ["original", "2026", "on", "config/a.yaml", "Trusts: a review"]))
    original "2026" "on" config/a.yaml "Trusts: a review"
    """
    plain = _PLAIN.fullmatch(name) and isinstance(yaml.safe_load(name), str)
    return name if plain else json.dumps(name, ensure_ascii=False)


def declare(update: Update) -> Iterator[str]:
    """Write a run's entry in `config/runs.yaml`, and its folders; yield what to tell the person.

    Raises:
        ReviewError: there is a run of that name, none of the name that it updates, or the years are
            in no order.
    """
    runs, config = read_runs(), usual("config") | read_document(CONFIG, "config").data
    if update.updates in runs:  # its criteria, strategies and the like hold on
        update = replace(update, kept=runs[update.updates].settings)
    base = _base_settings(update, runs, config)
    _check(update, runs, base)
    strategies = load_strategies(Path(base["strategies"]))
    _write_entry(update, runs)
    for name in _OWN:
        (update.folder / name).mkdir(parents=True, exist_ok=True)
    table = update.folder / "exports" / EXPORTS_TABLE
    if not table.exists():  # that of the first run names its files
        write_text(table, "file,represents\n")
    told = "\n".join(_to_bring(update, strategies.values()))
    write_text(update.folder / "README.md", f"{told}\n")
    yield f"{RUNS}: the run {update.name} is named; it updates {update.updates}"
    until = base["window"]["until"]
    if update.first > until + 1:
        yield (
            f"WARNING: {update.updates} ends with {until} and {update.name} begins with {update.first}: "
            "the years between are in neither"
        )


def _to_bring(update: Update, strategies: Iterable[Strategy]) -> Iterator[str]:
    """Yield the text that tells what is to be brought for a run, database by database."""
    yield f"# What is brought for the run {update.name}"
    yield ""
    how = (
        f"Its searches are limited by {update.limited_by.replace('_', ' ')} to {update.first - 1} and "
        "later: one year more than the window, because records come late. What"
        if update.limited_by
        else "Search again as a whole: what"
    )
    yield (
        f"It repeats the run {update.updates} for {update.first} to {update.last}. {how} was seen before "
        "is known by its ids, and nobody is asked about it again. A record that a database gives no more "
        "is told as gone only if that database was searched again."
    )
    yield ""
    for one in sorted(strategies, key=lambda strategy: strategy.database):
        yield f"- **{one.name}**: {_how_to_bring(update, one)}"
    places = f"`{update.folder}/harvest/` and `{update.folder}/supplied/`"
    yield f"- **Websites, organisations**: as for any run, into {places}."
    yield ""
    yield f"Then: `./run runs {update.name}`"


def _how_to_bring(update: Update, strategy: Strategy) -> str:
    name, store = strategy.database, f"{update.folder}/harvest"
    if strategy.is_closed:
        return (
            "not searchable any more, to our knowledge. Who may hold its records, and a letter that asks "
            f"for them: `results/{update.name}/handover/{name}/request.md`, after the first run. What "
            f"comes goes into `exports/{name}/`."
        )
    by_hand = f"search it, and put what it exports into `exports/{name}/`"
    if name in SERVICES:
        asked = f"./run searchsets harvest {name} --strategy {name} --store {store}"
        return f"`{asked}`; or {by_hand}."
    return f"{by_hand}."


def _base_settings(
    update: Update, runs: Mapping[str, Run], config: Mapping[str, Any]
) -> dict[str, Any]:
    if update.updates not in runs and update.updates != str(config["run"]):
        known = ", ".join(sorted({*runs, str(config["run"])}))
        raise ReviewError(
            f"there is no run {update.updates!r}", str(RUNS), f"the runs are: {known}"
        )
    return settings_of(dict(config) | {"run": update.updates}, {}, runs)


def _check(update: Update, runs: Mapping[str, Run], base: Mapping[str, Any]) -> None:
    if update.name in runs or update.name == update.updates:
        raise ReviewError(
            f"there is a run {update.name!r}", str(RUNS), "choose another name, or edit its entry"
        )
    if update.first > update.last:
        raise ReviewError(
            f"the years are from {update.first} to {update.last}",
            "--from, --to",
            "write them in order",
        )
    if update.first < 1000 or update.last > 9999:
        raise ReviewError(
            f"{update.first} to {update.last} are no years",
            "--from, --to",
            "write four digits each",
        )
    settings = dict(base) | {"run": update.name} | update.settings
    check_by_schema(Document(RUNS, settings, None), "config")
