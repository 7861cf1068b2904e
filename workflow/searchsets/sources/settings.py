"""Reads `config/sources.yaml`: who asks, and how each service is to be asked."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from searchsets.errors import ReviewError
from searchsets.settings import Document, read_document
from searchsets.sources.services import SERVICES, Service

_ISSN = re.compile(r"\d{4}-\d{3}[\dX]")


@dataclass(frozen=True)
class Sources:
    """What a person says of the services."""

    path: Path
    contact: str
    most: int
    journals: tuple[str, ...]
    services: dict[str, dict[str, Any]]
    """What differs from what is known of a service: its address, the seconds between requests."""

    def service(self, name: str, environment: Mapping[str, str] = os.environ) -> Service:
        """Return a service, ready to be asked.

        Raises:
            ReviewError: there is no such service.
        """
        if name not in SERVICES:
            raise ReviewError(
                f"no service is called {name!r}",
                None,
                f"known are: {', '.join(SERVICES)}, websites",
            )
        kind = SERVICES[name]
        own = self.services.get(name, {})
        key = environment.get(kind.key_variable, "").strip() if kind.key_variable else ""
        return kind(own.get("address", ""), self.contact, key, self.journals)

    def interval(self, service: Service) -> float:
        """Return the least seconds between two requests."""
        return self.services.get(service.name, {}).get("interval", service.interval)

    def permitted(self, service: Service) -> frozenset[str]:
        """Return the host of an address that a person wrote: it may be on the local network."""
        own = self.services.get(service.name, {}).get("address", "")
        return frozenset(filter(None, (urlsplit(own).hostname,)))

    def require_contact(self) -> None:
        """Refuse to ask anybody without saying who asks.

        Raises:
            ReviewError: no contact is named.
        """
        if not self.contact:
            raise ReviewError(
                "it does not say who asks",
                f"{self.path}: contact",
                "write an e-mail address or a web page there: services want to know whom to write "
                "to before they shut somebody out",
            )


def require_key(service: Service) -> None:
    """Refuse to ask a service that wants a key without one.

    Raises:
        ReviewError: the variable of the environment is not set.
    """
    if service.key_needed and not service.key:
        raise ReviewError(
            f"{service.label} wants a key, and the variable {service.key_variable} is not set",
            None,
            f"ask {service.label} for one (it is free), and give it for this session: "
            f"export {service.key_variable}=...; it is written into no file",
        )


def read_sources(path: Path) -> Sources:
    """Read `config/sources.yaml`.

    Raises:
        ReviewError: it is not as its schema says, or an ISSN is misspelt.
    """
    document = read_document(path, "sources")
    data = document.data
    return Sources(
        path,
        str(data.get("contact") or "").strip(),
        data.get("most", 20_000),
        tuple(_journals(document)),
        data.get("services") or {},
    )


def _journals(document: Document) -> Iterator[str]:
    rows = document.data.get("journals") or []
    for number, row in enumerate(rows):
        issn = row["issn"]
        if issn in [earlier["issn"] for earlier in rows[:number]]:
            raise ReviewError(
                f"the journal {issn} stands there twice",
                document.place(["journals", number, "issn"]),
                "keep one of the two",
            )
        if not is_issn(issn):
            raise ReviewError(
                f"{issn!r} is no ISSN: its last digit does not fit the others",
                document.place(["journals", number, "issn"]),
                "look it up on the journal's own page",
            )
        yield issn


def is_issn(text: str) -> bool:
    """Tell whether a text is an ISSN, by its last digit (ISO 3297).

    >>> is_issn("0141-1926"), is_issn("0141-1927")
    (True, False)
    """
    if not _ISSN.fullmatch(text):
        return False
    digits = [10 if sign == "X" else int(sign) for sign in text.replace("-", "")]
    return (
        sum(weight * digit for weight, digit in zip(range(8, 0, -1), digits, strict=True)) % 11 == 0
    )
