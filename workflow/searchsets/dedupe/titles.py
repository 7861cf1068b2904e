"""Reads titles: what of a field is the title, what was put around it, and what kind of text it names.

Exports put notes into titles ("[Erratum appears in ...]", "[Review] [33 refs]", "[Spanish]"), give
them in two languages, or in brackets because they are translated. A title that begins with
"Erratum:" or ends with "- Reply" names another text than the one that it speaks of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from sys import intern

from searchsets.text import normalise

LONGEST_TITLE = 2_000
"""So many signs of a title are read: what goes on is no title."""
SHORT_WORDS = 3
"""Titles of fewer words ("Editorial", "Book reviews") name no work by themselves."""
_NONE = frozenset(("", "not available", "no title", "no title available", "title not available",
                   "untitled", "unknown", "unknown title", "na", "n a", "none"))  # fmt: skip
"""What stands where there is no title."""
SECOND_TITLE_WORDS = 4
"""So many words, in brackets or behind a mark, are a second title and not a note."""

KINDS = {
    "retraction": (
        r"^(?:retract(?:ed|ion)|withdrawn|withdrawal|expression of concern|notice of retraction)\b"
    ),
    "erratum": (
        r"^(?:(?:authors?|publishers?|editorial|published) )?"
        r"(?:erratum|errata|corrigend(?:um|a)|corrections?$|corrections? (?:to|of|for)\b)"
        r"|^(?:authors?|publishers?) corrections?\b|\b(?:erratum|corrigendum)$"
        r"|^(?:berichtigung|fe de erratas?|rectificati(?:f|on))\b"
    ),
    "reply": (
        r"^(?:(?:the )?authors? )?(?:in )?(?:reply|replies|response|rejoinder) (?:to|from|by)\b"
        r"|^(?:in )?(?:reply|rejoinder|response)$|^(?:the )?authors?s? (?:reply|response)\b"
        r"|\b(?:the )?authors? (?:respond|reply)$|\b(?:reply|rejoinder|authors? response)$"
        r"|\b(?:reply|response) to \w+(?: \w+)? et al$"
    ),
    "comment": (
        r"^(?:(?:invited|editorial|critical|a|some) )?comment(?:s|ary|aries)?(?: on| to)?\b"
        r"|^editorial note\b|^acp journal club\b|^summar(?:y|ies) for patients\b"
        r"|^(?:discussion|critique) of\b|^letters?(?: to the editor)? \w"
        r"|\b(?:commentary|comment|comments|letter|letter to the editor|discussion)$"
    ),
    "protocol": r"^protocol (?:for|of)\b|\b(?:study|trial) protocol\b|\bprotocol$",
    "summary": r"^(?:executive summary|plain language summary)\b|\bexecutive summary$",
    "supplement": r"^(?:supplement(?:ary material)?|appendix|addendum) (?:to|for)\b|\baddendum$",
}
"""Kinds of texts about another text, each with how its folded title says so."""
_KINDS = {kind: re.compile(pattern) for kind, pattern in KINDS.items()}
_WORDS_OF_KINDS = frozenset(
    (
        "retraction retracted withdrawn withdrawal concern erratum errata corrigendum corrigenda "
        "correction corrections reply replies response rejoinder comment comments commentary "
        "commentaries discussion critique letter letters protocol summary supplement supplementary "
        "appendix addendum berichtigung fe rectificatif rectification respond editorial acp summaries"
    ).split()
)
"""A title without any of these words is of no such kind: most need not be looked at closely."""
# "Correction: ", "Re: ": a mark that is none without its colon ("Correction of ..." aside).
_MARK = re.compile(r"\W*(?:((?i:correction|reply|response|re)):|(Re|RE)\b\.?\s+(?=[A-Z\d]))")
_MARKS = {"correction": "erratum", "reply": "reply", "response": "reply", "re": "comment"}
# "(vol 12, pg 34, 2005)": a notice about what stands there.
_ABOUT_PLACE = re.compile(
    r"(?i)[(\[]vol\.? ?\w+,? .{0,30}?\b(?:pg?|pp|pages?)\.? ?\w+.*?[)\]]"
    r"|\([^()]{4,}\((?:\w+ )?(?:\d{1,2},? )?\d{4}\)[^()]*(?:\([^()]*\))?[^()]*\)\W*$"
)

_LABEL_NOTE = re.compile(r"(?i)\[(?:meeting |conference )?abstracts?\]")
_NOTE = re.compile(
    r"(?i)\[(?:erratum|errata|corrigend|retract|comment|published|republished|update|see comment"
    r"|letter|editorial|review|abstract|meeting|conference|article in|in \w+\]|translat|original"
    r"|corrected|sic\]|\d* ?refs?\b|reply|summary|proceeding|discussion|withdrawn|online|author"
    r"|electronic|clinical trial|http)"
)
_LAST_BRACKET = re.compile(r"\s*\[([^\[\]]*)\]\W*$")
_FOREIGN_MARK = re.compile(
    r"\s*<(?:original|translated|english|vernacular)[^<>]*>\s*|\]\s*[A-Z]{2}:\s+", re.I
)
_TAIL = re.compile(
    r"(?:\.\.\.|…)\s*(?:includes? |see |comment|reply|discussion|[A-Z].*\d{4}.*;).*$"
    r"|\s*\((?:multiple|author'?s?) (?:letters?|reply)\)|\s*\[\d+\]\s*$|[\s*†‡]+$"
)
_LABELS = frozenset(("abstract", "abstracts", "demo", "demonstration", "extended", "industrial",
                     "invited", "keynote", "meeting", "paper", "panel", "poster", "presentation",
                     "session", "short", "summary", "talk", "track", "tutorial", "workshop"))  # fmt: skip
_SIGN = re.compile(r"[-+±<>≤≥−]")
_SIGNS = re.compile(r"[<>≤≥]|(?<=\w)\++|(?<=\w)[-−](?=[\s,.;:)]|$)")
"""Signs that tell one thing from another, and that folding takes away: "HER2+", "<5 months"."""
_FOREIGN_WORDS = frozenset(
    (
        "al am auf aus au aux avec bei bij con dans das de dei dem den der des di die dos du e "
        "ein eine el en et fur het il im la las le les los mit na nach o och og par para por sur "
        "uber un una une und van vom von y zu zum zur "
    ).split()
)
"""Little words of other languages; two of them in a title, and it is none in English."""
_IN_PARENTHESES = re.compile(r"\(([^()]+)\)")
_UNUSUAL = re.compile(r"[\[\]<>=*†‡…;]|\.\.\.|\(multiple|\(author|\(vol|\([^()]*\(", re.I)

_DIGITS = re.compile(r"\d{1,50}")  # no title means a longer number, and few computers take it
_NUMBER_WORDS = {
    word: number
    for number, words in enumerate(
        ("one first i", "two second ii", "three third iii", "four fourth iv", "five fifth v",
         "six sixth vi", "seven seventh vii", "eight eighth viii", "nine ninth ix", "ten tenth x"),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
_ROMAN = frozenset(("i", "v", "x"))
_COUNTED = frozenset(("part", "volume", "vol", "phase", "chapter", "section", "study", "paper",
                      "report", "number", "no", "issue", "type", "stage", "grade", "class", "book",
                      "level", "version", "wave", "series", "teil", "partie", "parte"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Title:
    """A title as it is compared.

    `words` are its folded words, `forms` the letters of it and of a second title in another
    language, each without blanks; `kind` is a key of `KINDS`, "notice" or empty; `numbers` are the
    numbers it holds, sorted, however they are written.
    """

    words: tuple[str, ...]
    forms: tuple[str, ...]
    kind: str
    numbers: tuple[int, ...]
    labels: frozenset[str] = frozenset()
    signs: tuple[str, ...] = ()
    foreign: bool = False


NO_TITLE = Title((), (), "", ())


def read_title(stated: str) -> Title:
    """Return a title as it is compared.

    >>> read_title("[Joint planning in two boroughs]. [Review] [33 refs]").words
    ('joint', 'planning', 'in', 'two', 'boroughs')
    >>> read_title("Erratum: Joint planning, Part II").kind, read_title("Joint planning II").numbers
    ('erratum', (2,))
    """
    stated, kind, second = stated[:LONGEST_TITLE], "", ""
    whole = stated
    if _UNUSUAL.search(stated):
        about = _ABOUT_PLACE.search(stated)
        if about:
            kind, stated = "notice", stated[: about.start()]
        stated, second = _without_notes(stated)
    stated, labels = _without_labels(stated) if "(" in stated else (stated, frozenset())
    if _LABEL_NOTE.search(whole):
        labels |= {"abstract"}
    folded = normalise(stated)
    if folded in _NONE:
        return NO_TITLE
    mark = _MARK.match(stated)
    words = tuple(map(intern, folded.split()))  # most words stand in many titles
    kind = _kind_of(folded, words) or (_MARKS[(mark[1] or mark[2]).lower()] if mark else kind)
    forms = tuple(dict.fromkeys(filter(None, (folded.replace(" ", ""), second.replace(" ", "")))))
    signs = tuple(_SIGNS.findall(stated.replace("±", "+-"))) if _SIGN.search(stated) else ()
    foreign = len(forms) > 1 or _is_foreign(whole, words)
    return Title(words, forms, kind, numbers_in(words), labels, signs, foreign)


_COLUMN = frozenset(
    (
        "a an and the of on in to for from with this s guest editorial editorials editors editor "
        "introduction preface foreword forward book books review reviews news letter letters "
        "comments comment message column report reports abstract abstracts panel keynote address "
        "chair chairs vice special issue section announcement announcements obituary obituaries "
        "errata erratum contents index discussion reply response author authors president "
        "presidents note notes program proceedings minutes summary overview conclusion conclusions "
        "acknowledgments acknowledgements reviewers list calendar events correspondence opinion "
        "viewpoint perspective commentary welcome publications received "
    ).split()
)


def is_column(words: tuple[str, ...]) -> bool:
    """Tell whether a title only names a part of a journal that comes again.

    >>> is_column(("guest", "editorial")), is_column(("editorial", "policies"))
    (True, False)
    """
    return _COLUMN.issuperset(words)


def _is_foreign(stated: str, words: tuple[str, ...]) -> bool:
    """Tell whether a title is translated (in brackets) or in another language than English."""
    if stated.lstrip(" \"'").startswith("[") or not all(map(str.isascii, words)):
        return True
    return len(_FOREIGN_WORDS.intersection(words)) > 1


def _without_notes(stated: str) -> tuple[str, str]:
    """Return a title without what was put around it, and a second title (folded), if it has one."""
    stated = stated.strip(" \"'")
    note = _NOTE.search(stated)
    while note:
        stated = stated[: note.start()] + _behind_bracket(stated, note.start())
        note = _NOTE.search(stated)
    stated = _TAIL.sub("", stated)
    first, *others = _FOREIGN_MARK.split(stated)
    second = normalise(max(others, key=len)) if others else ""
    bracket = _LAST_BRACKET.search(first)
    while bracket and bracket.start() > 0:
        first, inside = first[: bracket.start()], normalise(bracket[1])
        second = inside if len(inside.split()) >= SECOND_TITLE_WORDS else second
        bracket = _LAST_BRACKET.search(first)
    for mark in (";", " = "):
        if not second and mark in first:
            first, second = _halves(first, mark)
    return first, second


def _without_labels(stated: str) -> tuple[str, frozenset[str]]:
    """Return a title without what says how it was given: "(poster)", "(extended abstract)"."""
    labels: set[str] = set()
    for inside in _IN_PARENTHESES.finditer(stated):
        words = normalise(inside[1]).split()
        if words and _LABELS.issuperset(words):
            labels.update(words)
            stated = stated.replace(inside[0], " ")
    return stated, frozenset(labels)


def _behind_bracket(text: str, start: int) -> str:
    """Return what follows the bracket that opens at a place (one within another goes with it)."""
    depth = 0
    for place in range(start, len(text)):
        depth += {"[": 1, "]": -1}.get(text[place], 0)
        if depth == 0:
            return text[place + 1 :]
    return ""


def _halves(stated: str, mark: str) -> tuple[str, str]:
    """Return the two titles that a mark parts, if both are long enough to be one."""
    first, _, second = stated.partition(mark)
    long = all(len(normalise(half).split()) > SECOND_TITLE_WORDS for half in (first, second))
    return (first, normalise(second)) if long else (stated, "")


def _kind_of(folded: str, words: tuple[str, ...]) -> str:
    if _WORDS_OF_KINDS.isdisjoint(words):
        return ""
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(folded)), "")


def counts_on(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether one title is the other with nothing behind it but a number.

    >>> counts_on(("tides",), ("tides", "part", "ii")), counts_on(("tides",), ("tides", "of", "1999"))
    (True, False)
    """
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    behind = long[len(short) :]
    if not behind or long[: len(short)] != short:
        return False
    return all(word in _COUNTED or word in _NUMBER_WORDS or word.isdigit() for word in behind)


def numbers_in(words: tuple[str, ...]) -> tuple[int, ...]:
    """Return the numbers among folded words, sorted; "I", "V" and "X" only where they count.

    >>> numbers_in(("part", "two", "of", "3")), numbers_in(("i", "am", "first"))
    ((2, 3), (1,))
    """
    found = []
    last = len(words) - 1
    for place, word in enumerate(words):
        if word[0].isdigit():
            found += [int(number) for number in _DIGITS.findall(word)]
        elif word in _NUMBER_WORDS and (
            word not in _ROMAN
            or (place == last and place)
            or (place and words[place - 1] in _COUNTED)
        ):
            found.append(_NUMBER_WORDS[word])
    return tuple(sorted(found))
