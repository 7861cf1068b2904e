"""Compares two records field by field; the answer is the same whichever comes first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, fields

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

from searchsets.dedupe.names import Name, same_name
from searchsets.dedupe.places import Number, Pages
from searchsets.dedupe.reading import Reading, doi_without_version
from searchsets.dedupe.titles import Title, numbers_in
from searchsets.dedupe.venues import Venue, same_venue

SAME, NEAR, OTHER, MISSING = "same", "near", "other", "missing"
"""What two values of a field can be to each other; missing: a record lacks the value."""
SPELLING, CONTAINED, LOOSE = "spelling", "contained", "loose"
"""Titles besides: spelled otherwise; one holds the other whole; alike in part."""
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
ARTICLE_NUMBER_DIGITS = 5
"""A page of so many digits is the number of an article, which no other one has."""
_ARTICLE_SPAN = 10
"""The number of pages for which an article number stands: enough to be no abstract."""
SLIP_SPAN = 4
"""From so many pages on, a last page one digit off is a slip."""
_LITTLE = frozenset(("a", "an", "the", "of", "in", "on", "and", "for", "to", "with", "by", "at", "from",
                     "s", "or", "as", "its", "via", "und", "et", "y", "e"))  # fmt: skip


@dataclass(slots=True)
class Evidence:
    """What the fields of two records are to each other: a level for each field.

    `similarity` is that of the titles (0 to 100); `words` are the words that one title has alone;
    `people` and `title_words` are the smaller numbers of authors and of words in the title; `span` is
    the number of pages; `frequency` says in how many places texts of this title stand.
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
        if self.start != SAME or self.span < 2 or not pages_agree or self.volume == OTHER:
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
        """Whether the place tells the text, whatever the titles (one may be a translation)."""
        if not self.stretch or self.year != SAME or OTHER in (self.issue, self.doi):
            return False
        if self.title == OTHER and self.volume == MISSING:
            return False  # a weekly without volumes has the same pages every week
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
    if a.isbn and b.isbn:
        e.isbn = OTHER if a.isbn.isdisjoint(b.isbn) else SAME
    if a.trial and b.trial:
        e.trial = OTHER if a.trial.isdisjoint(b.trial) else SAME
    e.publisher = SAME if a.publisher and a.publisher == b.publisher else MISSING
    e.url = SAME if a.url and a.url == b.url else MISSING
    return e


def title_of(a: Title, b: Title) -> tuple[str, float, tuple[str, ...]]:
    """Return what two titles are to each other, how similar, and the words that one has alone."""
    if not a.forms or not b.forms:
        return MISSING, 0.0, ()
    if not set(a.forms).isdisjoint(b.forms):
        level = SAME if a.labels == b.labels else CONTAINED
        return level, 100.0, tuple(sorted(a.labels ^ b.labels))
    similarity = max(fuzz.ratio(x, y) for x in a.forms for y in b.forms)
    alone, swapped = (), True
    if similarity >= LOOSE_TITLE:
        alone, swapped = words_alone(a.words, b.words, numbered=a.numbers == b.numbers)
    if similarity >= NEAR_TITLE and not swapped:
        return SPELLING, similarity, alone
    if is_contained(a, b):
        return CONTAINED, similarity, ()
    if similarity < NEAR_TITLE:
        return (LOOSE if similarity >= LOOSE_TITLE else OTHER), similarity, alone
    translated = len(a.forms) + len(b.forms) > 2
    return (SPELLING if translated else NEAR), similarity, alone


def is_contained(a: Title, b: Title) -> bool:
    """Tell whether one title holds the other whole."""
    if min(len(a.words), len(b.words)) < CONTAINED_WORDS:
        return False
    for x in a.forms:
        for y in b.forms:
            short, long = (x, y) if len(x) <= len(y) else (y, x)
            if len(short) >= CONTAINED_LETTERS and short in long:
                return True
    return False


def words_alone(
    a: tuple[str, ...], b: tuple[str, ...], *, numbered: bool = False
) -> tuple[tuple[str, ...], bool]:
    """Return the words that one title has alone, and whether they say something else.

    Words spelled alike ("labour", "labor"), parted otherwise ("in vitro", "invitro") or little
    ("the") say nothing else; "girls" in the place of "boys" does, and so does a word too many.

    Args:
        a: the words of one title.
        b: those of the other.
        numbered: the numbers in both agree, however they are written ("4th", "fourth").

    >>> words_alone(("labour", "law"), ("labor", "law"))
    (('labor', 'labour'), False)
    >>> words_alone(("girls", "at", "school"), ("boys", "at", "school"))
    (('boys', 'girls'), True)
    """
    only_a, only_b = list(a), []
    for word in b:  # faster than counting, for as few words as a title has
        if word in only_a:
            only_a.remove(word)
        else:
            only_b.append(word)
    alone = tuple(sorted(only_a + only_b))
    if "".join(only_a) == "".join(only_b):
        return alone, False
    only_a, only_b = _telling(only_a, numbered), _telling(only_b, numbered)
    if len(only_a) != len(only_b):
        return alone, True
    return alone, not (_are_slips(only_a, only_b) or _are_slips(only_b, only_a))


def _are_slips(some: list[str], others: list[str]) -> bool:
    """Tell whether each word has another one that it is a slip of."""
    left = list(others)
    for word in sorted(some):
        like = max(left, key=lambda other: (fuzz.ratio(word, other), other))
        if fuzz.ratio(word, like) <= SAME_WORD or _are_contrary(word, like):
            return False
        left.remove(like)
    return True


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
    if met == len(short) >= 2 or (first and met * 3 >= len(short) * 2):
        return SAME
    return NEAR if first or met * 2 >= len(short) else OTHER


def _met(some: tuple[Name, ...], others: tuple[Name, ...]) -> int:
    return sum(
        one.surname == beside.surname or any(same_name(one, other) for other in others)
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
        return MISSING
    if a.values.isdisjoint(b.values):
        return OTHER
    return SAME if a.supplement == b.supplement else NEAR


def pages_of(a: Pages, b: Pages) -> tuple[str, str]:
    """Return what two first pages and two last pages are to each other."""
    start, end = _page(a.starts, b.starts), _page(a.ends, b.ends)
    if start == OTHER and a.span == b.span > 2 and ("1" in a.starts) != ("1" in b.starts):
        return NEAR, MISSING  # one source counts the pages from 1
    if start == SAME and a.prefix and b.prefix and a.prefix[0] != b.prefix[0]:
        return NEAR, end
    return start, end


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
