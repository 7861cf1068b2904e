"""Counts works by their year of publication, as a table and as a drawing of bars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from typing import Any

import pyarrow.parquet as pq

from searchsets.reporting.build import Build
from searchsets.reporting.drawing.bars import Scale
from searchsets.reporting.tables.model import Rows, Table, table
from searchsets.words import counted

UNKNOWN_YEAR = "not known"
INSIDE, OUTSIDE = "yes", "no"


def years(build: Build) -> Table:
    """How many works each year has: all, included, and the records behind them."""

    def rows() -> Rows:
        works = pq.read_table(
            build.folder / "works/works.parquet", columns=["work_id", "record_ids", "year"]
        ).to_pylist()
        counts = {name: Counter() for name in ("records", "works", "included")}
        for work in works:
            counts["records"][work["year"]] += len(work["record_ids"])
            counts["works"][work["year"]] += 1
            counts["included"][work["year"]] += work["work_id"] in build.included
        window = build.config["window"]
        for year in _all_years(counts["works"], window):
            yield {
                "year": year if year is not None else UNKNOWN_YEAR,
                "in_window": _in_window(year, window),
                **{name: count[year] for name, count in counts.items()},
            }

    return table(
        "years",
        "Works by year of publication, the records that they were made from, and how many of the "
        "works are included. In window: whether the year is in the window of this run, which "
        "counts and is no filter. Works whose year is not known stand in the last row.",
        ("year", "in_window", "records", "works", "included"),
        rows(),
    )


_LONGEST_RUN = 200  # years; a year that somebody mistyped must not make thousands of rows


def _all_years(found: Counter[int | None], window: dict[str, int]) -> list[int | None]:
    """Return the years to show: those of the window and all between the first and the last."""
    known = {year for year in found if year is not None} | {window["from"], window["until"]}
    first, last = min(known), max(known)
    run = range(first, last + 1) if last - first < _LONGEST_RUN else sorted(known)
    return [*run, *([None] if None in found else [])]


def _in_window(year: int | None, window: dict[str, int]) -> str | None:
    if year is None:
        return None
    return INSIDE if window["from"] <= year <= window["until"] else OUTSIDE


_HEIGHT, _BAR, _GAP, _LEFT, _TOP, _BOTTOM = 200, 22, 8, 44, 56, 60
_STYLE = (
    "text{font:12px 'Open Sans',Arial,sans-serif;fill:#1b1b1b}.h{font-weight:700;font-size:14px}"
    ".w{fill:#eef3f7}.all{fill:#9db8cf}.in{fill:#1f5f8b}.l{stroke:#666;stroke-width:1}"
)


def years_svg(made: Table) -> str:
    """Return the table of years as bars, all works behind and the included ones in front."""
    rows = made.rows
    step = _BAR + _GAP
    width = max(_LEFT + step * len(rows) + 20, 480)
    base = _TOP + _HEIGHT
    most = max((row["works"] for row in rows), default=0) or 1
    scale = Scale(_LEFT, width, base, _HEIGHT, most)
    bars = [_bars(row, _LEFT + step * place, scale) for place, row in enumerate(rows)]
    total = base + _BOTTOM + 14
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="t d" width="{width}" '
        f'height="{total}" viewBox="0 0 {width} {total}"><title id="t">Works by year of '
        f'publication</title><desc id="d">{escape(_described(rows))}</desc>'
        f'<style>{_STYLE}</style><rect width="{width}" height="{total}" fill="#fff"/>'
        f"{_window(rows, step, base)}"
        f'<text class="h" x="{_LEFT}" y="20">Works by year of publication</text>{_LEGEND}'
        f"{scale.marks()}{''.join(bars)}</svg>\n"
    )


_LEGEND = (
    f'<rect class="all" x="{_LEFT}" y="30" width="12" height="12"/>'
    f'<text x="{_LEFT + 17}" y="40">all works</text>'
    f'<rect class="in" x="{_LEFT + 90}" y="30" width="12" height="12"/>'
    f'<text x="{_LEFT + 107}" y="40">included</text>'
    f'<rect class="w" x="{_LEFT + 180}" y="30" width="12" height="12"/>'
    f'<text x="{_LEFT + 197}" y="40">window of this run</text>'
)


def _bars(row: dict[str, Any], x: int, scale: Scale) -> str:
    """Return the two bars of a year with their title, and the year turned below them."""
    said = f"{row['year']}: {counted(row['works'], 'work')}, {row['included']:,} included"
    shapes = "".join(
        f'<rect class="{kind}" x="{x}" y="{scale.base - tall}" width="{_BAR}" height="{tall}"/>'
        for kind, tall in (
            ("all", scale.tall(row["works"])),
            ("in", scale.tall(row["included"])),
        )
        if tall
    )
    label = scale.below(x + _BAR // 2 + 4, str(row["year"]))
    year = "unknown" if row["year"] == UNKNOWN_YEAR else row["year"]
    where = escape(f"../report.html#records?work_year={year}&by=work")
    return f'<a href="{where}"><title>{escape(said)}</title>{shapes}{label}</a>'


def _window(rows: Sequence[dict[str, Any]], step: int, base: int) -> str:
    inside = [place for place, row in enumerate(rows) if row["in_window"] == INSIDE]
    if not inside:
        return ""
    x = _LEFT + step * inside[0] - _GAP // 2
    wide = step * (inside[-1] - inside[0] + 1)
    return f'<rect class="w" x="{x}" y="{_TOP}" width="{wide}" height="{base - _TOP}"/>'


def _described(rows: Sequence[dict[str, Any]]) -> str:
    told = [f"{r['year']}: {r['works']}, {r['included']} included" for r in rows if r["works"]]
    return "Works of each year, and how many of them are included. " + "; ".join(told) + "."
