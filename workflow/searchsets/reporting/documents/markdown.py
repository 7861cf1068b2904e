"""Writes the review tables as Markdown, with the pipe tables that GitHub shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from searchsets.reporting.documents.choice import Part, Sheet

_SPECIAL = re.compile(r"[\\`*\[\]<>|#]|~~|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def escaped(text: str) -> str:
    """Return a text that Markdown shows as it is, in one line.

    >>> escaped("a|b"), escaped("children*"), escaped("one\\ntwo"), escaped("a_b")
    ('a\\\\|b', 'children\\\\*', 'one<br>two', 'a_b')
    """
    shown = _SPECIAL.sub(lambda found: f"\\{found[0]}", text.replace("&", "&amp;"))
    return "<br>".join(shown.split("\n"))


def tables_text(title: str, parts: Sequence[Part], methods: Mapping[str, Sequence[str]]) -> str:
    """Return all tables as one Markdown text, the methods in front."""
    blocks = [f"# {escaped(title)}", *_methods(methods)]
    for part in parts:
        blocks.append(f"## {escaped(part.title)}")
        for sheet in part.sheets:
            blocks += _sheet(sheet)
    return "\n\n".join(blocks) + "\n"


def methods_text(title: str, methods: Mapping[str, Sequence[str]], places: Sheet | None) -> str:
    """Return the methods as Markdown: a paragraph a section, then where each fact stands."""
    blocks = [f"# Methods: {escaped(title)}", *_methods(methods, level="##", headed=False)]
    if places:
        blocks += ["## Where each fact stands", *_rows(places)]
    return "\n\n".join(blocks) + "\n"


def _methods(
    methods: Mapping[str, Sequence[str]], level: str = "###", *, headed: bool = True
) -> Iterable[str]:
    if headed and methods:
        yield "## Methods"
    for section, sentences in methods.items():
        yield f"{level} {escaped(section)}"
        yield escaped(" ".join(sentences))


def _sheet(sheet: Sheet) -> Iterable[str]:
    yield f"### {escaped(sheet.numbered_title)}"
    yield escaped(sheet.caption)
    yield from _rows(sheet)


def _rows(sheet: Sheet) -> Iterable[str]:
    if sheet.rows:
        lines = [_line(sheet.headings), _line(["---"] * len(sheet.headings), raw=True)]
        yield "\n".join([*lines, *map(_line, sheet.rows)])
    if sheet.note:
        yield f"*{escaped(sheet.note)}*"


def _line(cells: Iterable[str], *, raw: bool = False) -> str:
    return "| " + " | ".join(cell if raw else escaped(cell) for cell in cells) + " |"
