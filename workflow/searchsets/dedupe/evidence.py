"""Compares two records field by field; the answer is the same whichever comes first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, fields

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

from searchsets.dedupe.names import Name, same_name
from searchsets.dedupe.places import ARTICLE_NUMBER_DIGITS, Number, Pages
from searchsets.dedupe.reading import Reading, doi_without_version
from searchsets.dedupe.titles import Title, numbers_in
from searchsets.dedupe.venues import Venue, same_venue

SAME, NEAR, OTHER, MISSING = "same", "near", "other", "missing"
"""What two values of a field can be to each other; missing: a record lacks the value."""
SPELLING, CONTAINED, LOOSE = "spelling", "contained", "loose"
"""Titles besides: spelled otherwise; one holds the other whole; alike in part."""
TYPO, SLIP = "typo", "slip"
"""Titles whose words differ by a letter, or by a few: spelled otherwise if the place agrees, for
"zambian" can be a slip of "gambian", and can be another country."""
ALIKE = frozenset((SAME, SPELLING))

NEAR_TITLE = 88.0
"""Similarity of two titles (rapidfuzz `ratio` of their letters, 0 to 100) from which they are near."""
LOOSE_TITLE = 60.0
"""Similarity below which two titles are others."""
SAME_WORD = 75.0
"""Similarity of two words above which one counts as a slip of the other: three letters of four
("Iran", "Iraq"; "men", "women") are too few."""
CONTAINED_LETTERS, CONTAINED_WORDS = 20, 3
"""A title is found whole in another one if it has at least so many letters and words."""
TYPO_WORDS = 5
"""In a title of so many words, the others tell the text."""
TYPO_LETTERS = 5
"""A letter more or less in a word of so many, not the first, is a slip of typing."""
LONG_WORD = 8
"""In a word of so many, another letter behind the third is one too."""
_INFLECTION = re.compile(r"(?:es|s|ed|d|ing|ions?)$")
LONG_BEGINNING = 60
"""So many signs at the beginning are enough, wherever a word ends."""
_ARTICLE_SPAN = 10
"""The number of pages for which an article number stands: enough to be no abstract."""
LONGEST_STRETCH = 60
"""More pages are those of a whole issue, in which many texts stand."""
TELLING_SPAN = 3
"""So many pages are one text's."""
TELLING_LENGTH = 20
"""Of so many pages from 1 on, few texts of a journal have the same number."""
SLIP_SPAN = 4
"""From so many pages on, a last page one digit off is a slip."""
_LITTLE = frozenset(("a", "an", "the", "of", "in", "on", "and", "for", "to", "with", "by", "at", "from",
                     "s", "or", "as", "its", "via", "und", "et", "y", "e"))  # fmt: skip


@dataclass(slots=True)
class Evidence:
    """What the fields of two records are to each other: a level for each field.

    `similarity` is that of the titles (0 to 100); `words` are the words that one title has alone;
    `people` and `title_words` are the smaller numbers of authors and of words in the title; `span` is
    the number of pages; `frequency` says in how many places texts of this title stand; `foreign`
    whether one title at least is translated or in another language than English.
    """

    title: str = MISSING
    numbers: str = MISSING
    authors: str = MISSING
    year: str = MISSING
    venue: str = MISSING
    volume: str = MISSING
    issue: str = MISSING
    start: str = MISSING
    end: str = MISSING
    doi: str = MISSING
    eric: str = MISSING
    isbn: str = MISSING
    trial: str = MISSING
    abstract: str = MISSING
    publisher: str = MISSING
    url: str = MISSING
    similarity: float = 0.0
    words: tuple[str, ...] = ()
    people: int = 0
    title_words: int = 0
    span: int = 0
    frequency: int = 1
    foreign: bool = False

    @property
    def levels(self) -> dict[str, str]:
        """The level of each field that both records have."""
        return {name: level for name in FIELDS if (level := getattr(self, name)) != MISSING}

    @property
    def alike(self) -> bool:
        """Whether the titles are the same, or spelled otherwise."""
        return self.title in ALIKE

    @property
    def stretch(self) -> bool:
        """Whether it is the same stretch of the same volume: first and last page agree."""
        pages_agree = (
            self.end == SAME
            or (self.end == NEAR and self.span >= SLIP_SPAN)
            or (self.end == MISSING and self.span >= _ARTICLE_SPAN)
        )
        if self.start != SAME or not 2 <= self.span <= LONGEST_STRETCH or not pages_agree:
            return False
        if self.volume == OTHER:
            return False
        if self.volume != MISSING or self.venue == SAME:
            return True
        named = self.alike or self.title == CONTAINED
        return self.span > 2 and self.authors == SAME and named

    @property
    def placed(self) -> bool:
        """Whether volume and first page agree, or the whole stretch of pages."""
        return self.start == SAME and (self.volume in (SAME, NEAR) or self.stretch)

    @property
    def told_by_place(self) -> bool:
        """Whether the place tells the text although the titles are not alike.

        Two abstracts can share a page or two, and titles that are others must be translations.
        """
        if not self.stretch or self.year != SAME or OTHER in (self.issue, self.doi, self.numbers):
            return False
        if not self.alike and self.span < TELLING_SPAN:
            return False
        if self.title in (LOOSE, OTHER) and (not self.foreign or self.volume == MISSING):
            return False
        if self.authors == SAME:
            return True
        unsigned = self.authors == MISSING and self.title != OTHER
        return unsigned and self.venue == SAME and self.span >= SLIP_SPAN


FIELDS = tuple(one.name for one in fields(Evidence) if one.default == MISSING)
"""The fields that have a level, in the order in which they are told."""

_CONTRARY = tuple(
    "a ante anti bi contra de dis down endo exo extra fe hetero homo hyper hypo il im in inter intra ir "
    "macro micro mono multi non off on out over peri poly post pre pro re semi sub super sur trans un "
    "under uni up wo".split()
)
"""Beginnings that make another word of one: "hyper-" and "hypo-", "in-" and "out-", "fe-male"."""
_STEM_LETTERS = 3


def compare_fields(
    a: Reading, b: Reading, frequency: int = 1, aliases: Collection[tuple[str, str]] = ()
) -> Evidence:
    """Compare two records field by field.

    Args:
        a: one record.
        b: the other.
        frequency: in how many places (years, volumes, pages) texts of this title stand.
        aliases: pairs of venues that are known to be one (`alias_key`).
    """
    e = Evidence(frequency=frequency)
    e.title, e.similarity, e.words = title_of(a.title, b.title)
    e.title_words = min(len(a.title.words), len(b.title.words))
    e.start, e.end = pages_of(a.pages, b.pages)
    e.doi = doi_of(a.doi, b.doi)
    e.abstract = SAME if a.abstract and a.abstract == b.abstract else MISSING
    e.eric = _identifier(a.eric, b.eric)
    e.numbers = numbers_of(a.title, b.title)
    e.authors, e.people = authors_of(a.authors, b.authors), min(len(a.authors), len(b.authors))
    e.year = year_of(a.year, b.year)
    e.venue = venue_of(a, b, aliases)
    e.volume, e.issue = volume_of(a, b), number_of(a.issue, b.issue)
    e.span = _span(a.pages, b.pages, e.start)
    e.foreign = a.title.foreign or b.title.foreign
    if e.title in (TYPO, SLIP):
        told = e.stretch or SAME in (e.doi, e.eric) or (e.title == TYPO and _is_typo(e))
        e.title = SPELLING if told else NEAR
    if a.isbn and b.isbn:
        e.isbn = OTHER if a.isbn.isdisjoint(b.isbn) else SAME
    if a.trial and b.trial:
        e.trial = OTHER if a.trial.isdisjoint(b.trial) else SAME
    e.publisher = SAME if a.publisher and a.publisher == b.publisher else MISSING
    e.url = SAME if a.url and a.url == b.url else MISSING
    return e


def _is_typo(e: Evidence) -> bool:
    """Tell whether all else agrees where a letter is missing or too many in a word of a title."""
    agree = (
        e.authors == SAME and e.year == SAME and e.venue == SAME and OTHER not in (e.start, e.issue)
    )
    return e.placed or (agree and e.title_words >= TYPO_WORDS)


def title_of(a: Title, b: Title) -> tuple[str, float, tuple[str, ...]]:
    """Return what two titles are to each other, how similar, and the words that one has alone."""
    if not a.forms or not b.forms:
        return MISSING, 0.0, ()
    if a.forms[0] in b.forms or b.forms[0] in a.forms:
        level = SAME if a.labels == b.labels else CONTAINED
        return level, 100.0, tuple(sorted(a.labels ^ b.labels))
    (one, *seconds), (other, *others) = a.forms, b.forms
    pairs = ((one, other), *((x, other) for x in seconds), *((one, y) for y in others))
    similarity = max(fuzz.ratio(x, y) for x, y in pairs)  # two second titles say nothing
    alone: tuple[str, ...] = ()
    sense = NEAR
    if similarity >= LOOSE_TITLE:
        alone, sense = words_alone(a.words, b.words, numbered=a.numbers == b.numbers)
    if similarity >= NEAR_TITLE and sense != NEAR:
        return sense, similarity, alone
    if is_contained(a, b):
        return CONTAINED, similarity, ()
    if similarity < NEAR_TITLE:
        return (LOOSE if similarity >= LOOSE_TITLE else OTHER), similarity, alone
    translated = len(a.forms) + len(b.forms) > 2  # a second title agrees nearly
    return (SPELLING if translated else NEAR), similarity, alone


def is_contained(a: Title, b: Title) -> bool:
    """Tell whether one title holds all words of the other, side by side."""
    short, long = sorted((" ".join(a.words), " ".join(b.words)), key=lambda text: (len(text), text))
    if len(short) < CONTAINED_LETTERS or short.count(" ") + 1 < CONTAINED_WORDS:
        return False
    if len(short) >= LONG_BEGINNING and long.startswith(short):
        return True  # some sources forget the blank before a subtitle
    return f" {short} " in f" {long} "


def words_alone(
    a: tuple[str, ...], b: tuple[str, ...], *, numbered: bool = False
) -> tuple[tuple[str, ...], str]:
    """Return the words that one title has alone, and what the titles are to each other by them.

    Words spelled otherwise ("labour", "labor"), parted otherwise ("in vitro", "invitro") or little
    ("the") say nothing else: SPELLING. One letter makes a TYPO, some a SLIP. "Girls" in the place of
    "boys" says something else: NEAR; and so does a word too many.

    Args:
        a: the words of one title.
        b: those of the other.
        numbered: the numbers in both agree, however they are written ("4th", "fourth").

    >>> words_alone(("labour", "law"), ("labor", "law"))
    (('labor', 'labour'), 'spelling')
    >>> words_alone(("girls", "at", "school"), ("boys", "at", "school"))
    (('boys', 'girls'), 'near')
    """
    only_a, only_b = list(a), []
    for word in b:  # faster than counting, for as few words as a title has
        if word in only_a:
            only_a.remove(word)
        else:
            only_b.append(word)
    alone = tuple(sorted(only_a + only_b))
    if "".join(only_a) == "".join(only_b):
        return alone, SPELLING
    if any(len(w) == 1 for w in only_a) and any(len(w) == 1 for w in only_b):
        return alone, NEAR  # "vitamin A", "vitamin E"
    if len(only_a) != len(only_b) and _is_mistyped("".join(only_a) or " ", "".join(only_b) or " "):
        return alone, TYPO  # a blank is missing besides
    only_a, only_b = _telling(only_a, numbered), _telling(only_b, numbered)
    if len(only_a) != len(only_b):
        return alone, NEAR
    return alone, min(_slips(only_a, only_b), _slips(only_b, only_a), key=_SENSES.index)


_SENSES = (SPELLING, TYPO, SLIP, NEAR)
"""What the words of titles can make of them, from the least to the most."""


def _slips(some: list[str], others: list[str]) -> str:
    """Return the most that lies between each word and the one most like it."""
    left, most = list(others), SPELLING
    for word in sorted(some):
        like = max(left, key=lambda other: (fuzz.ratio(word, other), other))
        most = max(most, _slip(word, like), key=_SENSES.index)
        if most == NEAR:
            return NEAR
        left.remove(like)
    return most


def _slip(one: str, other: str) -> str:
    if _american(one) == _american(other):
        return SPELLING
    if fuzz.ratio(one, other) <= SAME_WORD or _are_contrary(one, other):
        return NEAR
    if _INFLECTION.sub("", one) == _INFLECTION.sub("", other):
        return TYPO
    return TYPO if _is_mistyped(one, other) else SLIP


def _is_mistyped(one: str, other: str) -> bool:
    """Tell whether a letter is missing, too many or swapped inside a word, or in a long one another.

    >>> _is_mistyped("achitecture", "architecture"), _is_mistyped("zambian", "gambian")
    (True, False)
    """
    if DamerauLevenshtein.distance(one, other) != 1 or one[0] != other[0]:
        return False
    if len(one) != len(other) or sorted(one) == sorted(other):
        return min(len(one), len(other)) >= TYPO_LETTERS
    return len(one) >= LONG_WORD and one[:3] == other[:3]


def _american(word: str) -> str:
    """Return a word in the spelling of America, in the singular.

    >>> _american("haemorrhages"), _american("behavioural"), _american("fulfilment")
    ('hemorrhag', 'behavioral', 'fulfilment')
    """
    for british, american in _SPELLINGS:
        word = word.replace(british, american)
    return word.removesuffix("es").removesuffix("s")


_SPELLINGS = (
    ("ae", "e"), ("oe", "e"), ("our", "or"), ("isation", "ization"), ("ise", "ize"), ("ising", "izing"),
    ("yse", "yze"), ("ll", "l"), ("tre", "ter"), ("mme", "m"), ("ogue", "og"), ("ence", "ense"),
    ("ph", "f"),
)  # fmt: skip


def _are_contrary(one: str, other: str) -> bool:
    """Tell whether two words are one stem behind beginnings that say something else.

    >>> _are_contrary("hypertension", "hypotension"), _are_contrary("oestrogen", "estrogen")
    (True, False)
    """
    stems = _stems(one)
    return not stems.isdisjoint(_stems(other)) and not _vowel_apart(one, other)


def _stems(word: str) -> set[str]:
    """Return a word, and what is left of it behind each beginning."""
    cut = {word[len(b) :] for b in _CONTRARY if word.startswith(b)}
    return {word, *(stem for stem in cut if len(stem) >= _STEM_LETTERS)}


def _vowel_apart(one: str, other: str) -> bool:
    """Tell whether only the spelling of a first vowel differs: "aetiology" and "etiology"."""
    short, long = sorted((one, other), key=len)
    return long[0] + short == long and short[0] == "e"


def _telling(words: list[str], numbered: bool) -> list[str]:
    return [w for w in words if w not in _LITTLE and not (numbered and numbers_in((w,)))]


def numbers_of(a: Title, b: Title) -> str:
    """Return what the numbers in two titles are to each other; near if one title has more."""
    if a.signs != b.signs and ((a.signs and b.signs) or "+" in "".join(a.signs + b.signs)):
        return OTHER
    if a.numbers == b.numbers:
        return SAME if a.numbers else MISSING
    if not a.numbers or not b.numbers:
        return NEAR
    x, y = Counter(a.numbers), Counter(b.numbers)
    return NEAR if not (x - y) or not (y - x) else OTHER


def authors_of(a: tuple[Name, ...], b: tuple[Name, ...]) -> str:
    """Return what two lists of authors are to each other; a list may be broken off ("et al.")."""
    if not a or not b:
        return MISSING
    if a is b or a == b:
        return SAME
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    first = same_name(a[0], b[0])
    met = _met(short, long)
    if len(short) == len(long):
        met = max(met, _met(long, short))  # one may name somebody twice
    if met * 3 >= len(short) * 2 and (first or met > 1):
        return SAME
    return NEAR if first or met * 2 >= len(short) else OTHER


def _met(some: tuple[Name, ...], others: tuple[Name, ...]) -> int:
    return sum(
        same_name(one, beside) or any(same_name(one, other) for other in others)
        for one, beside in zip(some, others, strict=False)  # most stand in the same order
    )


def year_of(a: int | None, b: int | None) -> str:
    """Return what two years are to each other; near is one apart."""
    if not a or not b:
        return MISSING
    apart = abs(a - b)
    return SAME if apart == 0 else NEAR if apart == 1 else OTHER


def venue_of(a: Reading, b: Reading, aliases: Collection[tuple[str, str]] = ()) -> str:
    """Return what two journals (books, meetings) are to each other."""
    if a.issn and b.issn and not a.issn.isdisjoint(b.issn):
        return SAME
    if not a.venue.key or not b.venue.key:
        return MISSING
    if same_venue(a.venue, b.venue):
        return SAME
    return SAME if alias_key(a.venue, b.venue) in aliases else OTHER


def alias_key(a: Venue, b: Venue) -> tuple[str, str]:
    """Return the keys of two venues in order."""
    return (a.key, b.key) if a.key <= b.key else (b.key, a.key)


def volume_of(a: Reading, b: Reading) -> str:
    """Return what two volumes are to each other; a year in the place of a volume says nothing."""
    level = number_of(a.volume, b.volume)
    if level == OTHER and (a.year in a.volume.values or b.year in b.volume.values):
        return MISSING
    return level


def number_of(a: Number, b: Number) -> str:
    """Return what two volumes or issues are to each other; near if only one is a supplement."""
    if not a.values or not b.values:
        unnumbered = (a.supplement and not a.values) != (b.supplement and not b.values)
        return NEAR if unnumbered and (a.values or b.values) else MISSING
    if a.values.isdisjoint(b.values):
        return OTHER
    return SAME if a.supplement == b.supplement else NEAR


def pages_of(a: Pages, b: Pages) -> tuple[str, str]:
    """Return what two first pages and two last pages are to each other."""
    start, end = _page(a.starts, b.starts), _page(a.ends, b.ends)
    if start == SAME and a.starts == ("1",) and not (end == SAME and a.span >= TELLING_LENGTH):
        return MISSING, MISSING  # some journals count the pages of each text from 1
    if start == OTHER and a.span == b.span > 2 and ("1" in a.starts) != ("1" in b.starts):
        return NEAR, MISSING  # one source counts the pages from 1
    if start == NEAR and end not in (SAME, NEAR) and not _is_swapped(a.starts, b.starts):
        return OTHER, end  # the next page is another text's
    if start == SAME and a.prefix and b.prefix and a.prefix[0] != b.prefix[0]:
        return NEAR, end
    return start, end


def _is_swapped(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Tell whether two digits of a page changed places."""
    return any(sorted(x) == sorted(y) for x in a for y in b)


def _page(a: tuple[str, ...], b: tuple[str, ...]) -> str:
    if not a or not b:
        return MISSING
    if a == b or any(page in b for page in a):
        return SAME
    slip = min(DamerauLevenshtein.distance(x, y) for x in a for y in b)
    return NEAR if slip == 1 and max(map(len, a + b)) > 2 else OTHER


def _span(a: Pages, b: Pages, start: str) -> int:
    """Return how many pages two texts take; an article number stands for enough of them."""
    if start == SAME and any(len(page) >= ARTICLE_NUMBER_DIGITS for page in a.starts):
        return _ARTICLE_SPAN
    return max(a.span, b.span)


def doi_of(a: str, b: str) -> str:
    """Return what two DOIs are to each other; near if they name versions of one text."""
    level = _identifier(a, b)
    if level == OTHER and doi_without_version(a) == doi_without_version(b):
        return NEAR
    return level


def _identifier(a: str, b: str) -> str:
    if not a or not b:
        return MISSING
    return SAME if a == b else OTHER
