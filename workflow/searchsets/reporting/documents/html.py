"""Writes the review tables as one page that needs nothing else, for screens, readers and print."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape, unescape

from searchsets.reporting.documents.choice import Part, Sheet, shares

_STYLE = """\
:root{color-scheme:light dark}
body{font:16px/1.5 "Open Sans",system-ui,Arial,sans-serif;margin:0 auto;padding:1rem;max-width:90rem}
h1{font-size:1.5rem}h2{margin-top:2.5rem}h3{margin-top:2rem}
nav li{margin:.15rem 0}
figure{margin:1rem 0}figure img{max-width:100%;background:#fff}
.t{overflow-x:auto}.t:focus-visible{outline:3px solid #1f5f8b}
table{border-collapse:collapse;font-size:.85rem;width:100%}
caption{text-align:left;padding:.3rem 0;font-size:.9rem;max-width:60rem}
th,td{border:1px solid #8a8a8a;padding:.25rem .4rem;text-align:left;vertical-align:top;
overflow-wrap:anywhere;white-space:pre-line;min-width:4.5em}
thead th{background:#e6edf3;color:#111;position:sticky;top:0;overflow-wrap:normal}
.note{font-style:italic}
@media print{@page{size:A4 landscape;margin:15mm}body{font-size:10pt;max-width:none;padding:0}
nav{display:none}.t{overflow:visible}table{font-size:7.5pt}thead{display:table-header-group}
thead th{position:static}tr{break-inside:avoid}h2,h3,caption{break-after:avoid}
th,td{min-width:0}figure{break-inside:avoid}figure img{max-height:155mm}}
"""


def page_text(
    title: str,
    parts: Sequence[Part],
    methods: Mapping[str, Sequence[str]],
    figures: Mapping[str, str],
) -> str:
    """Return the page.

    Args:
        title: what the review is called.
        parts: the tables.
        methods: the sentences of the methods by section.
        figures: drawings (SVG) by what they show.
    """
    body = "\n".join([*_contents(parts), *_methods(methods), *_figures(figures), *_parts(parts)])
    return (
        f'<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Review tables: {escape(title)}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n"
        f"<main>\n<h1>Review tables: {escape(title)}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _contents(parts: Sequence[Part]) -> Iterator[str]:
    yield '<nav aria-label="Contents"><ul>'
    yield '<li><a href="#methods">Methods</a></li>'
    for part in parts:
        yield f"<li>{escape(part.title)}<ul>"
        for sheet in part.sheets:
            yield f'<li><a href="#table-{sheet.number}">{escape(sheet.numbered_title)}</a></li>'
        yield "</ul></li>"
    yield "</ul></nav>"


def _methods(methods: Mapping[str, Sequence[str]]) -> Iterator[str]:
    yield '<h2 id="methods">Methods</h2>'
    for section, sentences in methods.items():
        yield f"<h3>{escape(section)}</h3>"
        yield f"<p>{escape(' '.join(sentences))}</p>"


def _figures(figures: Mapping[str, str]) -> Iterator[str]:
    """Yield the drawings as pictures: their styles and ids stay apart from those of the page."""
    for shows, svg in figures.items():
        data = base64.b64encode(svg.encode()).decode()
        yield (
            f'<figure><img alt="{escape(described(shows, svg))}" src="data:image/svg+xml;base64,{data}">'
            f"<figcaption>{escape(shows)}</figcaption></figure>"
        )


_DESCRIBED = re.compile(r"<desc[^>]*>([^<]+)</desc>")


def described(shows: str, svg: str) -> str:
    """Return what a drawing shows, with its own description in words if it has one.

    >>> described("Years", "<svg><desc>2004: 3 &amp; more</desc></svg>")
    'Years. 2004: 3 & more'
    """
    found = _DESCRIBED.search(svg)
    return f"{shows}. {unescape(found[1])}" if found else shows


def _parts(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        yield f"<h2>{escape(part.title)}</h2>"
        for sheet in part.sheets:
            yield f'<h3 id="table-{sheet.number}">{escape(sheet.numbered_title)}</h3>'
            yield from _sheet(sheet)


def _sheet(sheet: Sheet) -> Iterator[str]:
    if not sheet.rows:
        yield f'<p>{escape(sheet.caption)}</p>\n<p class="note">{escape(sheet.note)}</p>'
        return
    yield f'<div class="t" role="region" tabindex="0" aria-labelledby="table-{sheet.number}">'
    yield f"<table><caption>{escape(sheet.caption)}</caption>"
    wide = "".join(f'<col style="width:{share:.2%}">' for share in shares(sheet))
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in sheet.headings)
    yield f"<colgroup>{wide}</colgroup><thead><tr>{head}</tr></thead><tbody>"
    for row in sheet.rows:
        yield "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
    yield "</tbody></table></div>"
    if sheet.note:
        yield f'<p class="note">{escape(sheet.note)}</p>'
