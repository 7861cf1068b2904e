"""The runs of a review by name: what each sets otherwise, and which repeats which.

`config/runs.yaml` holds them. What stands there of a run goes before `config/config.yaml`, and the
command line goes before both. A run that `updates` another begins from what that one left
(docs/updates.md).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from searchsets.errors import ReviewError
from searchsets.settings import Document, keys_of, read_document

RUNS = Path("config/runs.yaml")


@dataclass(frozen=True)
class Run:
    """One run as `runs.yaml` names it."""

    name: str
    settings: dict[str, Any]
    """What it sets otherwise than `config.yaml`, `updates` among it."""

    @property
    def updates(self) -> str:
        """The run that it repeats for later years; empty if it repeats none."""
        return self.settings.get("updates", "")


def read_runs(path: Path = RUNS) -> dict[str, Run]:
    """Return the runs that are named, none where there is no such file.

    Raises:
        ReviewError: not as the schema says, a setting that there is not, or runs that update each
            other in a circle.
    """
    if not path.exists():
        return {}
    document = read_document(path, "runs")
    known = keys_of("config") - {"run"}
    runs = {}
    for name, settings in document.data.items():
        if not isinstance(name, str):
            raise ReviewError(
                f"the name {name!r} is no text to YAML",
                str(path),
                f'write it in quotation marks: "{name}"',
            )
        unknown = next((key for key in settings or () if key not in known), None)
        if unknown is not None:
            raise ReviewError(
                f"the run {name!r} sets {unknown!r}, which is no setting of a run",
                document.place([name, unknown]),
                "the settings are those of config/config.yaml, with updates and limited",
            )
        runs[name] = Run(name, settings or {})
    for name in runs:
        _refuse_circle(document, runs, name)
    return runs


def _refuse_circle(document: Document, runs: Mapping[str, Run], name: str) -> None:
    met = [name]
    while (base := runs[met[-1]].updates if met[-1] in runs else "") and base not in met:
        met.append(base)
    if base:
        raise ReviewError(
            f"these runs update each other: {' -> '.join([*met, base])}",
            document.place([name, "updates"]),
            "an update names the run that was made before it",
        )


def settings_of(
    config: Mapping[str, Any], said: Mapping[str, Any], runs: Mapping[str, Run]
) -> dict[str, Any]:
    """Return the settings of the run that a configuration names.

    Args:
        config: `config.yaml` with the command line.
        said: what the command line says: it goes before everything.
        runs: the runs that are named.
    """
    run = runs.get(str(config.get("run")))
    if run is None:
        return dict(config)
    return _laid_over(_laid_over(config, run.settings), said)


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with others laid over them; of nested settings each by itself."""
    made = copy.deepcopy(dict(below))
    for key, value in above.items():
        nested = isinstance(value, Mapping) and isinstance(made.get(key), Mapping)
        made[key] = _laid_over(made[key], value) if nested else copy.deepcopy(value)
    return made


def later_than(runs: Mapping[str, Run], name: str) -> list[str]:
    """Return the runs that update a run, at once or by way of others: it knows nothing of theirs."""
    return sorted(one for one in runs if name in _bases(runs, one))


def _bases(runs: Mapping[str, Run], name: str) -> Iterator[str]:
    while (name := runs[name].updates if name in runs else "") != "":
        yield name


def in_order(runs: Mapping[str, Run]) -> list[str]:
    """Return the names of the runs so that each stands behind the one that it updates."""
    return sorted(runs, key=lambda name: (len(list(_bases(runs, name))), name))
