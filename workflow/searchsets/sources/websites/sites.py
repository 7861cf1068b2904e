"""Which websites are searched and how: `config/websites.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from searchsets.errors import ReviewError, raise_all
from searchsets.settings import Document, read_document
from searchsets.sources.websites.addresses import canonical, host_of, joined, port_of


@dataclass(frozen=True)
class Entries:
    """How a page lists documents: CSS selectors of an entry and, within it, of its parts."""

    entry: str = ""
    link: str = ""
    title: str = ""
    date: str = ""
    snippet: str = ""
    patterns: tuple[str, ...] = ()
    """Addresses that are documents wherever they are linked, as regular expressions."""
    read: bool = True
    """Whether the page of a document is asked for, to read its title, date and description."""


@dataclass(frozen=True)
class PageParts:
    """Where the page of a document states what; an empty selector stands for what is usual."""

    title: str = ""
    date: str = ""
    organisation: str = ""
    snippet: str = ""


@dataclass(frozen=True)
class Archive:
    """What is asked of a web archive in the place of a site that is gone."""

    of: tuple[str, ...]
    """Addresses of which the captures are listed."""
    match: str = "prefix"
    first: str = ""
    last: str = ""
    lists: tuple[str, ...] = ()
    """Captured addresses that are read as lists, besides the starts, as regular expressions."""


@dataclass(frozen=True)
class Site:
    """One website: where it begins, what is followed, what is a document, and how far."""

    name: str
    organisation: str
    starts: tuple[str, ...]
    depth: int
    most: int
    pace: float
    tried_live: bool
    title: str = ""
    note: str = ""
    report: str = ""
    lists: tuple[str, ...] = ()
    next: str = ""
    leave_out: tuple[str, ...] = ()
    stay_on: tuple[str, ...] = ()
    documents: Entries = field(default_factory=Entries)
    page: PageParts = field(default_factory=PageParts)
    archive: Archive | None = None

    @cached_property
    def hosts(self) -> frozenset[str]:
        """The hosts on which pages are asked for: those named, else those of the starts."""
        named = frozenset(host.lower() for host in self.stay_on)
        return named or frozenset(map(host_of, self.starts))

    @cached_property
    def _ports(self) -> frozenset[int | None]:
        """The usual ports, and those of the starts."""
        return frozenset((None, *map(port_of, self.starts)))

    def is_on(self, address: str) -> bool:
        """Tell whether a page of the site may be there; an archive takes www. for nothing."""
        host = host_of(address)
        if self.archive is None:  # a page may not send us to another service of the same machine
            return host in self.hosts and port_of(address) in self._ports
        return host.removeprefix("www.") in {one.removeprefix("www.") for one in self.hosts}

    def is_document(self, address: str) -> bool:
        """Tell whether an address is a document by the site's patterns."""
        return any(one.search(address) for one in self._patterns)

    def leaves_out(self, address: str) -> bool:
        """Tell whether a person wants an address left out."""
        return any(one.search(address) for one in self._left_out)

    def is_archived_list(self, address: str) -> bool:
        """Tell whether a captured address is read as a list."""
        return any(one.search(address) for one in self._archived_lists)

    @cached_property
    def _patterns(self) -> list[re.Pattern[str]]:
        return list(map(re.compile, self.documents.patterns))

    @cached_property
    def _left_out(self) -> list[re.Pattern[str]]:
        return list(map(re.compile, self.leave_out))

    @cached_property
    def _archived_lists(self) -> list[re.Pattern[str]]:
        return list(map(re.compile, self.archive.lists if self.archive else ()))


def read_sites(path: Path) -> list[Site]:
    """Read the websites that are searched.

    Args:
        path: `config/websites.yaml`, as `websites.schema.json` describes it; it need not exist.

    Raises:
        ReviewError: it is not as the schema says, or a name, an address, a selector or a regular
            expression in it is none; all faults are told.
    """
    if not path.exists():
        return []
    document = read_document(path, "websites")
    raise_all(list(_faults(document)))
    return [_site(entry) for entry in document.data["sites"]]


def _site(entry: Mapping[str, Any]) -> Site:
    made = {name: _frozen(value) for name, value in entry.items()}
    made["starts"] = tuple(map(canonical, made["starts"]))
    made["documents"] = Entries(**_parts(entry.get("documents", {})))
    made["page"] = PageParts(**_parts(entry.get("page", {})))
    if "archive" in entry:
        parts = _parts(entry["archive"])
        parts.pop("service", None)  # there is only one
        parts["first"], parts["last"] = (str(parts.pop(name, "")) for name in ("from", "to"))
        made["archive"] = Archive(**parts)
    return Site(**made)


def _parts(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _frozen(value) for name, value in entry.items()}


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Keys = list[str | int]


def _faults(document: Document) -> Iterator[ReviewError]:
    names: set[str] = set()
    for number, entry in enumerate(document.data["sites"]):
        keys: Keys = ["sites", number]
        if entry["name"] in names:
            yield ReviewError(
                f"the site {entry['name']!r} stands twice",
                document.place([*keys, "name"]),
                "give each site a name of its own: what was harvested is kept under it",
            )
        names.add(entry["name"])
        for where, address in _addresses(entry):
            if joined("", address) is None:
                yield ReviewError(
                    f"{address!r} is no address of a web page",
                    document.place([*keys, *where]),
                    "write it as in a browser: http:// or https://, without a name or a password",
                )
        yield from _faults_of_selectors(document, keys, entry)
        yield from _faults_of_patterns(document, keys, entry)


def _addresses(entry: Mapping[str, Any]) -> Iterator[tuple[Keys, str]]:
    for index, address in enumerate(entry["starts"]):
        yield ["starts", index], address
    for index, address in enumerate(entry.get("archive", {}).get("of", ())):
        yield ["archive", "of", index], address if "://" in address else f"http://{address}"


def _faults_of_selectors(
    document: Document, keys: Keys, entry: Mapping[str, Any]
) -> Iterator[ReviewError]:
    import soupsieve  # it takes a while to import

    found = [(["lists", index], one) for index, one in enumerate(entry.get("lists", ()))]
    found.append((["next"], entry.get("next", "")))
    for part, names in (
        ("documents", ("entry", "link", "title", "date", "snippet")),
        ("page", ("title", "date", "organisation", "snippet")),
    ):
        found += [([part, name], entry.get(part, {}).get(name, "")) for name in names]
    for where, selector in found:
        try:
            soupsieve.compile(selector or "a")
        except soupsieve.SelectorSyntaxError as error:
            yield ReviewError(
                f"{selector!r} is no CSS selector: {str(error).splitlines()[0]}",
                document.place([*keys, *where]),
                "write it as in a style sheet, for example `ul.publications > li`",
            )


def _faults_of_patterns(
    document: Document, keys: Keys, entry: Mapping[str, Any]
) -> Iterator[ReviewError]:
    for where, patterns in (
        (["leave_out"], entry.get("leave_out", ())),
        (["documents", "patterns"], entry.get("documents", {}).get("patterns", ())),
        (["archive", "lists"], entry.get("archive", {}).get("lists", ())),
    ):
        for index, pattern in enumerate(patterns):
            try:
                re.compile(pattern)
            except re.error as error:
                yield ReviewError(
                    f"{pattern!r} is no regular expression: {error}",
                    document.place([*keys, *where, index]),
                    r"write it as for example \.pdf$, and put a backslash before . ? + ( ) [ ]",
                )
