"""Compares what a record states of its language or type with what a criterion asks for.

Sources write one language as `en`, `eng` or `English`, and one type as `JOUR`, `article` or
`Journal Articles`. What a record does not state, or states in words that say nothing, is unclear.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from searchsets.text import normalise

# Names and codes: ISO 639-1, 639-2 (T and B), the English name, and names that exports were seen with.
LANGUAGES = """
afrikaans af afr; albanian sq sqi alb; arabic ar ara; armenian hy hye arm; azerbaijani az aze
basque eu eus baq euskara; belarusian be bel; bengali bn ben; bosnian bs bos; bulgarian bg bul
catalan ca cat; chinese zh zho chi mandarin cantonese; croatian hr hrv; czech cs ces cze
danish da dan dansk; dutch nl nld dut nederlands flemish; english en eng anglais englisch ingles inglese
estonian et est; filipino fil tagalog tl tgl; finnish fi fin suomi; french fr fra fre francais
galician gl glg; georgian ka kat geo; german de deu ger deutsch; greek el ell gre; hebrew he heb
hindi hi hin; hungarian hu hun magyar; icelandic is isl ice; indonesian id ind; irish ga gle
italian it ita italiano; japanese ja jpn; kazakh kk kaz; korean ko kor; latin la lat
latvian lv lav; lithuanian lt lit; macedonian mk mkd mac; malay ms msa may; maltese mt mlt
norwegian no nor nb nob nn nno norsk; persian fa fas per farsi; polish pl pol polski
portuguese pt por portugues; romanian ro ron rum; russian ru rus; serbian sr srp
slovak sk slk slo; slovenian sl slv slovene; spanish es spa espanol castilian; swahili sw swa
swedish sv swe svenska; thai th tha; turkish tr tur turkce; ukrainian uk ukr; urdu ur urd
vietnamese vi vie; welsh cy cym wel; xhosa xh xho; zulu zu zul
"""
# What the fields `type` of the import tables (records/flavours) hold, one kind of document a line:
# RIS, EndNote, Zotero, BibTeX, CSL, Crossref, OpenAlex, ERIC, ProQuest, EBSCO, Web of Science, MARC.
TYPES = """
article: jour, ejour, jfull, journal article, journal articles, journal-article, journalArticle,
  article-journal, academic journal, scholarly journals, research article, journal
report: rprt, reports, techreport, technical report, research report, report-series, report
  series, report component
book: books, ebook, edbook, edited-book, edited book, monograph, reference book, reference-book
chapter: chap, echap, book chapter, book-chapter, book section, bookSection, inbook, incollection,
  book part
thesis: thes, phdthesis, mastersthesis, dissertation, dissertations, dissertations theses,
  doctoral dissertation, masters thesis
conference paper: conf, cpaper, conference, conferencePaper, conference proceedings,
  inproceedings, proceedings, proceedings-article, proceedings paper, paper-conference, speeches
  meeting papers
book review: book reviews, book product reviews, review-book
news: newspaper article, newspaperArticle, article-newspaper, newspapers
magazine: mgzn, magazine article, magazineArticle, article-magazine, magazines
web page: elec, web, webpage, website, online
law: stat, statute, legislation, bill, legal legislative regulatory materials
preprint: posted-content, posted content
unpublished: unpb, unpublished work, unpublished paper, manuscript
dataset: data, dataset, data set, numerical quantitative data
"""
SAYS_NOTHING = frozenset(
    ["gen", "generic", "misc", "miscellaneous", "other", "others", "unknown", "undefined", "none",
     "null", "na", "n a", "not available", "not specified", "unspecified", "und", "mul", "zxx", "mis",
     "multilingual", "multiple languages", "document", "text", "am", "work"]
)  # fmt: skip
"""Values that are stated and tell nothing; MARC's `am`, printed text, may be a book or a report."""


@dataclass(frozen=True)
class Wanted:
    """The values of a field that a rule asks for (none: any), and those that it refuses."""

    field: Literal["language", "type"]
    accepted: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def compare(wanted: Wanted, stated: str | None) -> tuple[Literal["met", "not met", "unclear"], str]:
    """Return what a stated value comes to, and the sentence that shows it.

    >>> compare(Wanted("language", ("English",)), "eng; fre")
    ('met', 'language: eng; fre')
    >>> compare(Wanted("type", (), ("news",)), "Newspaper Article")
    ('not met', 'type: Newspaper Article')
    >>> compare(Wanted("type", ("article",)), None)
    ('unclear', 'no type is stated')
    """
    shown = f"{wanted.field}: {(stated or '').strip()}"
    parts = _parts(wanted.field, stated or "")
    if not parts:
        return "unclear", f"no {wanted.field} is stated"
    forms = [_FORMS[wanted.field](part) for part in parts if part not in SAYS_NOTHING]
    if not forms:
        return "unclear", f"{shown}, which says nothing"
    if any(one & forms_of(wanted.field, wanted.refused) for one in forms):
        return "not met", shown
    accepted = forms_of(wanted.field, wanted.accepted)
    if not accepted or any(one & accepted for one in forms):
        return "met", shown
    if wanted.field == "language" and any(one.isdisjoint(KNOWN_LANGUAGES) for one in forms):
        return "unclear", f"{shown}, which is not known as a language here"
    return "not met", shown


def _parts(field: str, stated: str) -> list[str]:
    """Return the values that stand in one field, in lower case with their signs.

    >>> _parts("type", "Journal Articles; Reports - Research"), _parts("language", "en-GB and fr")
    (['journal articles', 'reports - research'], ['en-gb', 'fr'])
    """
    parts = re.split(r"[;,|\n]" if field == "type" else r"[;,|/&+\n]|\band\b", stated.lower())
    return [part for part in (" ".join(part.split()) for part in parts) if normalise(part)]


@cache
def forms_of(field: str, values: tuple[str, ...]) -> frozenset[str]:
    """Return the one form of each value that a rule names.

    >>> sorted(forms_of("language", ("en", "English", "Klingon")))
    ['english', 'klingon']
    """
    known = _known(field)
    return frozenset(known.get(normalise(value), normalise(value)) for value in values)


def _language_forms(part: str) -> frozenset[str]:
    """Return how a language is known; `en-GB` and `English (British)` are English.

    >>> sorted(_language_forms("en-gb")), sorted(_language_forms("fre"))
    (['english'], ['french'])
    """
    known = _known("language")
    whole = normalise(part)
    first = re.match(r"([a-z]{2,3})[-_]\w+$|(\w+) *\(", part)
    head = normalise(next(filter(None, first.groups()))) if first else whole
    return frozenset([known.get(whole) or known.get(head) or whole])


def _type_forms(part: str) -> frozenset[str]:
    """Return all that a type is known as: `Reports - Research` is that, and reports.

    >>> sorted(_type_forms("reports - research")), sorted(_type_forms("JOUR"))
    (['report', 'reports research'], ['article'])
    """
    known = _known("type")
    forms = (normalise(part), normalise(part.partition(" - ")[0]))
    return frozenset(known.get(form, form) for form in forms)


_FORMS: dict[str, Callable[[str], frozenset[str]]] = {
    "language": cache(_language_forms),
    "type": cache(_type_forms),
}


@cache
def _known(field: str) -> dict[str, str]:
    """Return the one name for each name or code that is known of a field."""
    found: dict[str, str] = {}
    if field == "language":
        for row in LANGUAGES.replace("\n", ";").split(";"):
            names = row.split()
            found.update(dict.fromkeys(names, names[0]) if names else {})
    else:
        for row in re.split(r"\n(?! )", TYPES.strip()):
            name, _, others = row.partition(":")
            values = (name, *others.split(","))
            found.update(dict.fromkeys(map(normalise, values), name))
    return found


KNOWN_LANGUAGES = frozenset(_known("language").values())
