"""Walks over a site from its starts: the lists first, then the pages of the documents they name.

The walk is the same whether the answers are asked for or were kept, so what a harvest finds is
what is read of it, wherever it was interrupted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from searchsets.sources.websites.addresses import ending_of
from searchsets.sources.websites.found import Facts, Listed, facts_of, files_of, lists_of
from searchsets.sources.websites.kept import Got, Kept
from searchsets.sources.websites.pages import Page, Unreadable, kind_of, read_page
from searchsets.sources.websites.sites import Site
from searchsets.sources.websites.walls import challenge_of, needs_javascript

_FILES = frozenset(
    "doc docx dot rtf odt xls xlsx ods csv ppt pptx pps odp zip gz rar exe jpg jpeg gif png svg "
    "tif tiff bmp ico mp3 mp4 wmv avi mov wav swf css js xml rss ics".split()
)
"""Endings of files that are neither pages nor PDFs."""
LISTED_BY_ARCHIVE = "the list of the archive's captures"
NO_JAVASCRIPT = "it holds no text unless its scripts are run"


@dataclass
class Document:
    """A document that the site leads to: the lists that name it, and what its page states."""

    address: str
    listed: list[Listed] = field(default_factory=list)
    found_on: list[str] = field(default_factory=list)
    facts: Facts | None = None
    files: list[str] = field(default_factory=list)
    captured: str = ""
    """When the archive captured it, or the first list that names it: never its own date."""


@dataclass(frozen=True)
class NotTaken:
    """An address that is no record, or a page that cannot be read, and why."""

    address: str
    found_on: str
    text: str
    reason: str


@dataclass
class Walk:
    """What a walk met."""

    site: Site
    documents: dict[str, Document] = field(default_factory=dict)
    not_taken: dict[str, NotTaken] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    """Addresses that are wanted and not there, and why."""
    by_robots: set[str] = field(default_factory=set)
    beyond: int = 0
    """Addresses that were left because the most pages of the site were reached."""
    had: set[str] = field(default_factory=set)
    """Addresses of the pages that were had, each counted once."""

    @property
    def pages(self) -> int:
        """How many pages were had."""
        return len(self.had)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left to ask for."""
        return not self.waiting and not self.beyond

    def leave(self, address: str, found_on: str, text: str, reason: str) -> None:
        """Note an address that is no record; the first note of an address stays."""
        self.not_taken.setdefault(address, NotTaken(address, found_on, text, reason))


@dataclass(frozen=True)
class _Step:
    address: str
    depth: int
    found_on: str


OnPage = Callable[[int, int], None]
"""Called after each page with the pages had and those known to be left."""


def walk(site: Site, kept: Kept, on_page: OnPage = lambda had, left: None) -> Walk:
    """Walk over a site.

    Args:
        site: where it begins, what is followed, what is a document.
        kept: gives the answers, or why there is none.
        on_page: is told how far it is.
    """
    made = Walk(site)
    _walk_lists(made, kept, on_page)
    _add_captures(made, kept)
    _walk_documents(made, kept, on_page)
    return made


def _walk_lists(made: Walk, kept: Kept, on_page: OnPage) -> None:
    site = made.site
    # What people saved is read whether or not a page leads to it.
    documents = [one for one in kept.saved.pages if site.is_document(one)]
    lists = [one for one in kept.saved.pages if not site.is_document(one)]
    made.documents |= {address: Document(address) for address in documents}
    starts = map(kept.known_as, (*site.starts, *_archived_lists(site, kept)))
    begin = dict.fromkeys((*starts, *lists))
    steps = deque(_Step(address, 0, "") for address in begin)
    seen = set(begin)
    while steps:
        step = steps.popleft()
        page = _page(made, kept, step)
        if page is None:
            continue
        on_page(made.pages, len(steps))
        if page.address != step.address:
            if page.address in seen and page.address not in begin:
                continue  # it sends on to a page that is read by itself
            seen.add(page.address)
        found = lists_of(page, site)
        _add_documents(made, page, found.documents, kept)
        for href, text in found.nowhere:
            made.leave(href, page.address, text, "its link leads to no web page")
        # A next page is as far from the start as the first one.
        further = [(one, step.depth) for one in found.next]
        further += [(one, step.depth + 1) for one in found.further if step.depth < site.depth]
        for link, depth in further:
            address = kept.known_as(link)
            if address not in seen and _is_wanted(site, address):
                seen.add(address)
                steps.append(_Step(address, depth, page.address))


def _archived_lists(site: Site, kept: Kept) -> Iterator[str]:
    if site.archive is None:
        return
    for capture in kept.captures.captures.values():
        is_page = capture.mimetype == "text/html" and not site.is_document(capture.original)
        if is_page and site.is_archived_list(capture.original):
            yield capture.original


def _is_wanted(site: Site, address: str) -> bool:
    """Tell whether a page may be asked for: on a host of the site, not left out, no file."""
    ours = site.is_on(address) and not site.leaves_out(address)
    return ours and not site.is_document(address) and ending_of(address) not in _FILES | {"pdf"}


def _page(made: Walk, kept: Kept, step: _Step) -> Page | None:
    """Return the page of a step, or note why there is none."""
    got = _got(made, kept, step)
    if got is None:
        return None
    kind = kind_of(got.answer)
    if got.answer.status != 200:
        made.leave(step.address, step.found_on, "", f"it answers {got.answer.status}")
    elif kind == "pdf":
        # Only its answer told that this is no list but a document.
        listed = made.documents.setdefault(step.address, Document(step.address))
        listed.found_on += [step.found_on] if step.found_on else []
    elif kind != "html":
        made.leave(step.address, step.found_on, "", f"it is no page and no PDF ({kind})")
    else:
        return _read(made, got, step)
    return None


def _got(made: Walk, kept: Kept, step: _Step) -> Got | None:
    if made.pages >= made.site.most and step.address not in made.had:
        made.beyond += 1
        return None
    got = kept.get(step.address)
    if isinstance(got, Got):
        made.had.add(step.address)
        return got
    if got.by_robots:
        made.by_robots.add(step.address)
    if got.waits:
        made.waiting[step.address] = got.why
    else:
        made.leave(step.address, step.found_on, "", got.why)
    return None


def _read(made: Walk, got: Got, step: _Step) -> Page | None:
    try:
        page = read_page(got.answer, got.address)
        empty = needs_javascript(page)
    except (Unreadable, RecursionError) as error:
        made.leave(step.address, step.found_on, "", f"the page cannot be read: {error}")
        return None
    if why := NO_JAVASCRIPT if empty else challenge_of(got.answer):
        made.leave(step.address, step.found_on, "", why)
        return None
    return page


def _add_documents(made: Walk, page: Page, found: list[Listed], kept: Kept) -> None:
    for one in found:
        if made.site.leaves_out(one.address):
            continue
        if (ending := ending_of(one.address)) in _FILES:
            text = one.title or one.link_text
            made.leave(one.address, page.address, text, f"a file of the kind {ending}")
            continue
        address = kept.known_as(one.address)
        document = made.documents.setdefault(address, Document(address))
        document.listed.append(one)
        if page.address not in document.found_on:
            document.found_on.append(page.address)
        if capture := kept.captures.of(address):
            document.captured = capture.timestamp


def _add_captures(made: Walk, kept: Kept) -> None:
    """Add the captured documents that no page led to, and say what is not listed yet."""
    if made.site.archive is None:
        return
    listing = kept.captures
    if not listing.is_whole:
        made.waiting[LISTED_BY_ARCHIVE] = listing.why
    for capture in listing.captures.values():
        address = capture.original
        if made.site.is_document(address) and not made.site.leaves_out(address):
            document = made.documents.setdefault(address, Document(address))
            document.captured = capture.timestamp
            if not document.found_on:
                document.found_on.append(LISTED_BY_ARCHIVE)


def _walk_documents(made: Walk, kept: Kept, on_page: OnPage) -> None:
    """Read the pages of the documents that have one; a PDF is not asked for."""
    pages = [one for one in made.documents.values() if _has_page(made.site, one, kept)]
    for number, document in enumerate(pages, start=1):
        step = _Step(document.address, 0, document.found_on[0] if document.found_on else "")
        got = _got(made, kept, step)
        if got is None:
            continue
        on_page(made.pages, len(pages) - number)
        document.captured = document.captured or got.captured
        _add_facts(made, document, got, step)


def _has_page(site: Site, document: Document, kept: Kept) -> bool:
    if document.address in kept.saved.pages:
        return True
    capture = kept.captures.of(document.address)
    is_pdf = ending_of(document.address) == "pdf" or (capture and capture.mimetype != "text/html")
    return site.documents.read and not is_pdf and site.is_on(document.address)


def _add_facts(made: Walk, document: Document, got: Got, step: _Step) -> None:
    """Take what the page of a document states; one that cannot be read leaves what lists say."""
    kind = kind_of(got.answer)
    if got.answer.status != 200:
        made.leave(step.address, step.found_on, "", f"its page answers {got.answer.status}")
    elif kind == "html" and (page := _read(made, got, step)):
        document.facts = facts_of(page, made.site)
        files = files_of(page, made.site)
        document.files = [one for one in files if one != document.address]
    elif kind not in ("html", "pdf"):
        made.leave(step.address, step.found_on, "", f"it is no page and no PDF ({kind})")
        del made.documents[document.address]
