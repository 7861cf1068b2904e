"""Makes records out of gold sets: in another order, with fields emptied, as a chain, as ten copies.

Everything is drawn with a seed, so that two runs measure the same.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import replace

from dedupe_tools import COLUMNS, GoldSet, Row

ADDED = 1_000
CHAIN = 10_000
TITLE_WORDS = 12
DRIFT = 50
"""After so many records of the chain the year is one later."""
COPIES = 10
STEP = 17
"""What a copy's volume and pages are further on than those of the copy before."""


def reordered(rows: Sequence[Row]) -> dict[str, list[list[Row]]]:
    """Return the same records in other orders: by what was done, the rows of each file."""
    half = len(rows) // 2
    return {
        "shuffled": [shuffled(rows, 1)],
        "shuffled again": [shuffled(rows, 2)],
        "last source first": [sorted(rows, key=lambda r: (r["source"], r["id"]), reverse=True)],
        "in two files": [[*rows[:half]], [*rows[half:]]],
    }


def shuffled(rows: Sequence[Row], seed: int) -> list[Row]:
    """Return the records in an order drawn by a seed."""
    return random.Random(seed).sample(rows, len(rows))


def emptied(gold: GoldSet, field: str) -> GoldSet:
    """Return a set with copies of some of its records at its end, one field of them emptied.

    A copy is of the work that it was copied from.
    """
    drawn = random.Random(field).choices(range(len(gold.rows)), k=ADDED)
    added = [
        gold.rows[place] | {"id": f"added-{number:05}", field: ""}
        for number, place in enumerate(drawn)
    ]
    return replace(
        gold,
        rows=gold.rows + added,
        adjudged=gold.adjudged + [gold.adjudged[place] for place in drawn],
        published=gold.published + [gold.published[place] for place in drawn],
    )


def chain() -> Iterator[Row]:
    """Yield records that are each a near copy of the one before: one word of the title is another."""
    drawn = random.Random(1)
    title = [word(drawn) for _ in range(TITLE_WORDS)]
    for number in range(CHAIN):
        title[number % TITLE_WORDS] = word(drawn)
        yield dict.fromkeys(COLUMNS, "") | {
            "id": f"chain-{number:05}",
            "entrytype": "article",
            "title": " ".join(title).capitalize(),
            "author": "Lord, Pippa",
            "year": str(1820 + number // DRIFT),
            "journal": "Journal of Governance",
        }


def word(drawn: random.Random) -> str:
    """Return a made-up word of three syllables."""
    return "".join(drawn.choice("bdfgklmnprstvz") + drawn.choice("aeiou") for _ in range(3))


def multiplied(gold: GoldSet) -> Iterator[tuple[Row, str]]:
    """Yield the records of all copies of a set, each with its work; no two copies share a work."""
    for number in range(COPIES):
        for row, work in zip(gold.rows, gold.adjudged, strict=True):
            yield copied(row, number), f"{work}-{number}"


def copied(row: Row, number: int) -> Row:
    """Return a record as one of another work: other title, volume, pages and DOI."""
    further = STEP * number
    return row | {
        "id": f"{row['id']}-{number}",
        "title": row["title"].translate(enciphered(number)),
        "volume": re.sub(r"\d+", lambda found: str(int(found[0]) + further), row["volume"]),
        "pages": re.sub(
            r"(\d+)-(\d+)", lambda found: moved(*found.groups(), further), row["pages"]
        ),
        "doi": row["doi"] and f"{row['doi']}.{number}",
    }


def enciphered(number: int) -> dict[int, str]:
    """Return which letter stands for which in the titles of a copy: words of another language.

    >>> "Tides".translate(enciphered(0)), "Tides".translate(enciphered(1))
    ('Tides', 'Ujeft')
    """
    return {
        ord(letter): alphabet[(place + number) % len(alphabet)]
        for alphabet in (string.ascii_lowercase, string.ascii_uppercase)
        for place, letter in enumerate(alphabet)
    }


def moved(start: str, end: str, further: int) -> str:
    """Return pages further on; an end that was shortened is shortened again.

    >>> moved("2000", "2004", 17), moved("2000", "4", 17), moved("95", "8", 17)
    ('2017-2021', '2017-21', '112-5')
    """
    shortened = len(end) < len(start)
    whole = start[: len(start) - len(end)] + end if shortened else end
    first, last = str(int(start) + further), str(int(whole) + further)
    if shortened:
        digits = len(end)
        while first[:-digits] != last[:-digits]:
            digits += 1
        return f"{first}-{last[-digits:]}"
    return f"{first}-{last}"
