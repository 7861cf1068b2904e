"""Finds one record of a finished run, and tells why each database's strategy finds it or not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from searchsets.errors import ReviewError
from searchsets.evidence.lines import Evidence
from searchsets.evidence.why import BlockAnswer, Explainer, Explanation
from searchsets.files import lasting_name, read_csv, sha256_of
from searchsets.records import clean
from searchsets.records.known_items import SOURCE, read_items
from searchsets.records.shards import read_shard
from searchsets.search.engine import SearchableRecords
from searchsets.search.stage import ENRICHED, MATCH, NO_MATCH, TITLE_ALONE, UNDECIDABLE
from searchsets.strategy.file import choose_reading, load_thesaurus, read_strategy
from searchsets.strategy.model import Strategy
from searchsets.text import normalise

_KEYS = ("record_id", "accession", "doi")
_SETTINGS = ("strategies", "errata", "outputs", "known_items")
_SHOWN = 10


@dataclass(frozen=True)
class Run:
    """A finished run: its folder, its configuration, and the hashes of what it was made from."""

    folder: Path
    config: dict[str, Any]
    inputs: dict[str, str]

    @classmethod
    def read(cls, folder: Path) -> Run:
        """Read the manifest of a run.

        Raises:
            ReviewError: there is no finished run in the folder.
        """
        try:
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            config = {key: manifest["configuration"][key] for key in _SETTINGS}
            return cls(folder, config, dict(manifest["inputs"]))
        except FileNotFoundError:
            raise ReviewError(
                "there is no finished run here",
                str(folder),
                "make it: ./run review, or name another",
            ) from None
        except (ValueError, KeyError, TypeError):
            raise ReviewError(
                "the manifest cannot be read", str(folder / "manifest.json"), "run the review again"
            ) from None

    def strategies(self, databases: tuple[str, ...]) -> Iterator[Strategy]:
        """Yield the strategies of some databases, or of all, as this run reads them."""
        folder = Path(self.config["strategies"])
        known = sorted(path.stem for path in folder.glob("*.yaml"))
        for database in databases:
            if database not in known:
                remedy = f"known are: {', '.join(known)}"
                raise ReviewError(f"there is no strategy of {database!r}", str(folder), remedy)
        for database in databases or known:
            literal = self.config["errata"] == "literal"
            yield read_strategy(folder / f"{database}.yaml", literal=literal)

    def has_changed(self, strategy: Strategy) -> bool:
        """Tell whether a strategy is another than the one this run was made from."""
        return self.inputs.get(lasting_name(strategy.path)) != sha256_of(strategy.path)


def find_record(run: Run, wanted: str) -> pa.Table:
    """Return the one record that is meant, as a table of one row.

    Args:
        run: where to look.
        wanted: a record id, an accession number, a DOI, or words of a title.

    Raises:
        ReviewError: no record is meant, or several are.
    """
    if not normalise(wanted):
        raise ReviewError(
            f"{wanted!r} names no record",
            str(run.folder / "records"),
            "give an id, an accession number, a DOI, or a title",
        )
    files = sorted((run.folder / "records").glob("*/part-*.parquet"))
    found = [(path, row) for path in files for row in _rows(read_shard(path, _KEYS), wanted)]
    if not found:
        found = [(path, row) for path in files for row in _with_title(path, wanted)]
    if len(found) != 1:
        raise _not_one(wanted, found, run)
    path, row = found[0]
    return read_shard(path).slice(row, 1)


def _rows(table: pa.Table, wanted: str) -> list[int]:
    """Return the rows whose id is the wanted one, else those whose accession number or DOI is."""
    for names in (("record_id",), ("accession", "doi")):
        flags = pa.array([False] * table.num_rows)
        for name in names:
            said = (clean.doi(wanted) if name == "doi" else "") or wanted.strip().lower()
            same = pc.equal(pc.utf8_lower(table[name]), said)
            flags = pc.or_(flags, same.fill_null(False).combine_chunks())
        rows = pc.indices_nonzero(flags).to_pylist()
        if rows:
            return rows
    return []


def _with_title(path: Path, wanted: str) -> Iterator[int]:
    words = normalise(wanted)
    if words:
        titles = read_shard(path, ["title"])["title"].to_pylist()
        for row, title in enumerate(titles):
            if words in normalise(title or ""):
                yield row


def _not_one(wanted: str, found: list[tuple[Path, int]], run: Run) -> ReviewError:
    if not found:
        return ReviewError(
            f"no record of this run has the id, accession number, DOI or title {wanted!r}",
            str(run.folder / "records"),
            "ids are in search/<database>/retrieved.csv and screening/final.csv",
        )
    shown = [
        "{record_id}: {title}".format(
            **read_shard(path, ["record_id", "title"]).slice(row, 1).to_pylist()[0]
        )
        for path, row in found[:_SHOWN]
    ]
    more = f"\n  and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
    return ReviewError(
        f"{len(found):,} records are meant by {wanted!r}",
        str(run.folder / "records"),
        "name one by its id:\n  " + "\n  ".join(shown) + more,
    )


def explanations(
    run: Run, record: pa.Table, databases: tuple[str, ...]
) -> Iterator[tuple[Strategy, str, Explanation]]:
    """Yield what each strategy makes of a record, for each text of it that there is.

    A known item has two: its title alone, and that with what else is said of it.
    """
    texts = _texts(run, record)
    for strategy in run.strategies(databases):
        name = run.config["outputs"].get(strategy.database, "default")
        reading = choose_reading({strategy.database: strategy}, strategy.database, name)
        thesaurus = load_thesaurus(strategy)
        for text, table in texts.items():
            evidence = Evidence(strategy, thesaurus, SearchableRecords(table), reading)
            yield strategy, text, Explainer(evidence).explain(0)


def _texts(run: Run, record: pa.Table) -> dict[str, pa.Table]:
    if record["database"][0].as_py() != SOURCE:
        return {"": record}
    enrichment = Path(run.config["known_items"]) / "enrichment.csv"
    folder = run.folder / "records" / SOURCE
    bare, enriched, _ = read_items(folder, enrichment if enrichment.exists() else None)
    mine = pc.equal(bare["record_id"], record["record_id"][0])
    texts = {TITLE_ALONE: bare.filter(mine), ENRICHED: enriched.filter(mine)}
    return texts if texts[TITLE_ALONE] != texts[ENRICHED] else {TITLE_ALONE: texts[TITLE_ALONE]}


def told(run: Run, record: pa.Table, databases: tuple[str, ...]) -> Iterator[str]:
    """Yield the answer to why a record was found or not, as lines for a person."""
    row = record.to_pylist()[0]
    yield f"{row['record_id']}: {row['title'] or 'no title'} ({row['year'] or 'no year'})"
    yield f"  {_extent(row)}"
    for strategy, text, why in explanations(run, record, databases):
        yield ""
        yield f"{strategy.name}{_OF_TEXT.get(text, '')}: {_verdict(run, row, strategy, why)}"
        if run.has_changed(strategy):
            yield "  NOTE: the strategy has changed since the run was made; this is by the new one"
        yield from _blocks(why)


_OF_TEXT = {TITLE_ALONE: ", by the title alone", ENRICHED: ", by what else is said of it too"}
_VERDICTS = {MATCH: "found", NO_MATCH: "not found", UNDECIDABLE: "cannot be judged"}
_ELSEWHERE = {
    MATCH: "would be found",
    NO_MATCH: "would not be found",
    UNDECIDABLE: "cannot be judged",
}


def _extent(row: dict[str, Any]) -> str:
    lacking = [field for field in ("title", "abstract", "descriptors") if not row[field]]
    return (
        f"it has no {', no '.join(lacking)}" if lacking else "it has title, abstract, descriptors"
    )


def _verdict(run: Run, row: dict[str, Any], strategy: Strategy, why: Explanation) -> str:
    """Say in one sentence what comes of a strategy, and what the run made of its own record."""
    own = row["database"] == strategy.database
    if not own:
        return _ELSEWHERE[why.state]
    retrieved = read_csv(run.folder / "search" / strategy.database / "retrieved.csv")
    basis = next((r["basis"] for r in retrieved if r["record_id"] == row["record_id"]), "")
    grounds = {
        "declared": "retrieved, because a file declares it to be the platform's answer",
        "strict": "retrieved, because its lines match",
        "fallback": "retrieved, because its lines match when descriptors are read as free text",
        "": "not retrieved",
    }
    return f"{_VERDICTS[why.state]}; in this run {grounds[basis]}"


def _blocks(why: Explanation) -> Iterator[str]:
    failed, unknown = why.in_the_way()
    if failed or unknown:
        names = [one.label for one in failed] + [f"{one.label} [not judged]" for one in unknown]
        others = len(why.changes) - 1
        more = f" ({others} other ways are as short)" if others > 1 else ""
        more = " (one other way is as short)" if others == 1 else more
        yield f"  In the way: {' and '.join(names)}{more}"
    for one in why.blocks:
        yield f"  {one.label}: {_answer(one)}"


def _answer(one: BlockAnswer) -> str:
    if one.state == MATCH:
        shown = [f"#{found.line} {found.term} in {found.quote}" for found in one.found[:3]]
        more = f"; and {len(one.found) - 3} more terms" if len(one.found) > 3 else ""
        return f"matches: {'; '.join(shown)}{more}"
    said = "does not match"
    if one.state == UNDECIDABLE:
        said = f"cannot be judged, for the record has no {', no '.join(one.lacking)}"
    near = "; ".join(map(str, one.nearest))
    return f"{said}; nearest: {near}" if near else f"{said}; nothing comes near"
