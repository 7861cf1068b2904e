"""Walks over a site from its starts: the lists first, then the pages of the documents they name.

The walk is the same whether the answers are asked for or were kept, so what a harvest finds is
what is read of it, wherever it was interrupted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from searchsets.sources.exchange import Answer
from searchsets.sources.websites.addresses import ending_of
from searchsets.sources.websites.folder import SiteFolder
from searchsets.sources.websites.found import Listed, facts_of, files_of, lists_of
from searchsets.sources.websites.model import Document, Got, LostList, Missing, NotTaken, Walk
from searchsets.sources.websites.pages import HtmlPage, Unreadable, kind_of, read_page
from searchsets.sources.websites.sites import Site
from searchsets.sources.websites.walls import NO_JAVASCRIPT, challenge_of, needs_javascript

_FILES = frozenset(
    "doc docx dot rtf odt xls xlsx ods csv ppt pptx pps odp zip gz rar exe jpg jpeg gif png svg "
    "tif tiff bmp ico mp3 mp4 wmv avi mov wav swf css js xml rss ics".split()
)
"""Endings of files that are neither pages nor PDFs."""
_GONE = frozenset((404, 410))
LISTED_BY_ARCHIVE = "the list of the archive's captures"
_BEYOND = Missing("the most pages are reached", waits=True)


@dataclass(frozen=True)
class _Step:
    address: str
    found_on: str = ""


OnPage = Callable[[int, int], None]
"""Called after each page with the pages had and those known to be left."""


def walk(site: Site, folder: SiteFolder, on_page: OnPage = lambda had, left: None) -> Walk:
    """Walk over a site.

    Args:
        site: where it begins, what is followed, what is a document.
        folder: gives the answers, or why there is none.
        on_page: is told how far it is.
    """
    made = Walk(site)
    _walk_lists(made, folder, on_page)
    _add_captures(made, folder)
    _walk_documents(made, folder, on_page)
    return made


def _walk_lists(made: Walk, folder: SiteFolder, on_page: OnPage) -> None:
    """Read all lists within the depth, each as few steps from a start as there is a way to it."""
    found = [_Step(address) for address in _first_lists(made, folder)]
    seen: set[str] = set()
    read: set[str] = set()
    passed: dict[str, NotTaken] = {}
    for _ in range(made.site.depth + 1):
        queue: deque[_Step] = deque()
        _enqueue(queue, found, seen)
        found = []
        while queue:
            step = queue.popleft()
            page = None if step.address in read else _page(made, folder, step)
            if page is None or page.address in read:  # several addresses may send on to one
                continue
            on_page(made.pages, len(queue))
            read.add(page.address)
            seen.add(page.address)
            lists = lists_of(page, made.site)
            _add_documents(made, page, lists.documents, folder)
            for href, text in lists.nowhere:
                made.leave_entry(href, page.address, text)
            # A next page is as far from the start as the first one.
            _enqueue(queue, _wanted(made, folder, page, lists.next, passed, is_next=True), seen)
            found += _wanted(made, folder, page, lists.further, passed)
    for one in passed.values():
        if one.address not in made.documents:
            made.leave(one.address, one.found_on, one.text, one.reason)


def _enqueue(queue: deque[_Step], steps: Iterable[_Step], seen: set[str]) -> None:
    for step in steps:
        if step.address not in seen:
            seen.add(step.address)
            queue.append(step)


def _first_lists(made: Walk, folder: SiteFolder) -> Iterator[str]:
    """Yield the starts, the captured lists, and what people saved, whether a page leads there."""
    site = made.site
    yield from folder.starts
    for capture in folder.captures.captures.values():
        is_page = capture.mimetype == "text/html" and not site.is_document(capture.original)
        if is_page and site.is_archived_list(capture.original):
            yield capture.original
    for address in folder.saved.pages:
        if site.is_document(address):
            made.documents[address] = Document(address)
        else:
            yield address


def _wanted(
    made: Walk,
    folder: SiteFolder,
    page: HtmlPage,
    links: list[str],
    passed: dict[str, NotTaken],
    *,
    is_next: bool = False,
) -> Iterator[_Step]:
    """Yield the pages among links that may be asked for, and note why others may not be.

    What `next` names is the rest of a list: where it may not be asked for, a list is lost.
    """
    for address in map(folder.known_as, links):
        if made.site.leaves_out(address):
            continue
        why = "" if address in folder.saved.pages else _no_list(made.site, address)
        if not why:
            yield _Step(address, page.address)
            continue
        passed.setdefault(address, NotTaken(address, page.address, "", why))
        if is_next:
            made.lists_lost.setdefault(address, LostList(address, why))


def _no_list(site: Site, address: str) -> str:
    """Return why an address is not asked for as a list, or nothing."""
    if not site.is_on(address):
        return "it is on no host of the site"
    if site.is_document(address):
        return "it is a document by `patterns`"
    ending = ending_of(address)
    return f"a file of the kind {ending}" if ending in _FILES | {"pdf"} else ""


def _page(made: Walk, folder: SiteFolder, step: _Step) -> HtmlPage | None:
    """Return the page of a list, or note why there is none."""
    got = _got(made, folder, step)
    is_start = step.address in folder.starts
    if isinstance(got, Missing):
        if not got.waits and (is_start or not got.is_gone):
            made.lists_lost[step.address] = LostList(step.address, got.why, is_start)
        return None
    if got.answer.status == 200 and kind_of(got.answer) == "pdf":
        # Only its answer told that this is no list but a document.
        document = made.documents.setdefault(step.address, Document(step.address))
        document.found_on += [step.found_on] if step.found_on else []
        return None
    try:
        return _read(got)
    except Unreadable as error:
        made.leave(step.address, step.found_on, "", str(error))
        # A capture is listed because it is there: an archive that says 404 does not give it.
        is_gone = got.answer.status in _GONE and made.site.archive is None
        if is_start or not is_gone:
            lost = LostList(step.address, str(error), is_start, got.file)
            made.lists_lost[step.address] = lost
        return None


def _got(made: Walk, folder: SiteFolder, step: _Step) -> Got | Missing:
    answered = made.pages + len(made.refused)
    if answered >= made.site.most and step.address not in made.had | made.refused:
        made.beyond += 1
        return _BEYOND
    got = folder.get(step.address)
    if isinstance(got, Got):
        made.had.add(step.address)
        return got
    if got.by_robots:
        made.by_robots.add(step.address)
    if got.refused:
        made.refused.add(step.address)
    if got.is_wall or (got.refused and step.address in folder.starts):
        made.walls[step.address] = got.why
    if got.waits:
        made.waiting[step.address] = got.why
    else:
        made.leave(step.address, step.found_on, "", got.why)
    return got


def _fault(answer: Answer) -> str:
    """Return why an answer is no page, by its head, or nothing."""
    if answer.status != 200:
        return f"it answers {answer.status}"
    kind = kind_of(answer)
    return "" if kind == "html" else f"it is no page and no PDF ({kind})"


def _read(got: Got) -> HtmlPage:
    """Return an answer as a page.

    Raises:
        Unreadable: it is none, or shows nothing to a program.
    """
    if why := _fault(got.answer):
        raise Unreadable(why)
    try:
        page = read_page(got.answer, got.address)
        why = NO_JAVASCRIPT if needs_javascript(page) else challenge_of(got.answer)
    except (Unreadable, RecursionError) as error:
        raise Unreadable(f"the page cannot be read: {error}") from None
    if why:
        raise Unreadable(why)
    return page


def _add_documents(made: Walk, page: HtmlPage, found: list[Listed], folder: SiteFolder) -> None:
    for one in found:
        taken = _taken(made, page, one)
        if taken is None:
            continue
        address = folder.known_as(taken.address)
        document = made.documents.setdefault(address, Document(address))
        document.listed.append(taken)
        if page.address not in document.found_on:
            document.found_on.append(page.address)
        if capture := folder.captures.of(address):
            document.captured = capture.timestamp


def _taken(made: Walk, page: HtmlPage, one: Listed) -> Listed | None:
    """Return an entry under the first of its addresses that may be a record; note the others."""
    addresses = [one.address, *one.files]
    for number, address in enumerate(addresses, start=1):
        if made.site.leaves_out(address):
            continue
        if (ending := ending_of(address)) in _FILES:
            text = one.title or one.link_text
            made.leave(address, page.address, text, f"a file of the kind {ending}")
            continue
        return replace(one, address=address, files=addresses[number:])
    return None


def _add_captures(made: Walk, folder: SiteFolder) -> None:
    """Add the captured documents that no page led to, and say what is not listed yet."""
    if made.site.archive is None:
        return
    listing = folder.captures
    if listing.lack:
        made.waiting[LISTED_BY_ARCHIVE] = listing.lack.why
        if listing.lack.is_wall:
            made.walls[LISTED_BY_ARCHIVE] = listing.lack.why
    for capture in listing.captures.values():
        address = capture.original
        if made.site.is_document(address) and not made.site.leaves_out(address):
            document = made.documents.setdefault(address, Document(address))
            document.captured = capture.timestamp
            if not document.found_on:
                document.found_on.append(LISTED_BY_ARCHIVE)


def _walk_documents(made: Walk, folder: SiteFolder, on_page: OnPage) -> None:
    """Read the pages of the documents that have one; a PDF is not asked for."""
    pages = [one for one in made.documents.values() if _has_page(made.site, one, folder)]
    for number, document in enumerate(pages, start=1):
        step = _Step(document.address, document.found_on[0] if document.found_on else "")
        got = _got(made, folder, step)
        if isinstance(got, Missing):
            continue
        on_page(made.pages, len(pages) - number)
        document.captured = document.captured or got.captured
        _add_facts(made, document, got, step)


def _has_page(site: Site, document: Document, folder: SiteFolder) -> bool:
    if document.address in folder.saved.pages:
        return True
    capture = folder.captures.of(document.address)
    is_pdf = ending_of(document.address) == "pdf" or (capture and capture.mimetype != "text/html")
    return site.documents.read and not is_pdf and site.is_on(document.address)


def _add_facts(made: Walk, document: Document, got: Got, step: _Step) -> None:
    """Take what the page of a document states; one that cannot be read leaves what lists say."""
    kind = kind_of(got.answer)
    if got.answer.status == 200 and kind == "pdf":
        return
    try:
        page = _read(got)
    except Unreadable as error:
        is_file = got.answer.status == 200 and kind != "html"
        why = str(error) if is_file else f"its page is not read: {error}"
        text = next((one.title or one.link_text for one in document.listed), "")
        made.leave(step.address, step.found_on, text, why)
        if is_file:
            del made.documents[document.address]
        return
    document.facts = facts_of(page, made.site)
    files = files_of(page, made.site)
    document.files = [one for one in files if one != document.address]
