"""What a host lets programs read: the Robots Exclusion Protocol (RFC 9309)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchsets.sources.exchange import Answer

if TYPE_CHECKING:
    from protego import Protego

NAME = "searchsets"
"""The product token under which robots.txt may speak of this program (RFC 9309, 2.2.1)."""
_MOST_READ = 500 << 10  # 2.5: a crawler may read no more than 500 KiB


class Rules:
    """The rules of one robots.txt."""

    def __init__(self, answer: Answer):
        """Take what was answered: a file that is refused or not there allows all (2.3.1.3)."""
        text = answer.content[:_MOST_READ].decode("utf-8", "replace") if answer.status < 300 else ""
        self._rules = _parsed(text)

    def allows(self, address: str) -> bool:
        """Tell whether an address may be asked for."""
        return self._rules.can_fetch(address, NAME)

    @property
    def delay(self) -> float:
        """The seconds between two requests that the file asks for; 0 if it asks for none.

        Crawl-delay is no part of the RFC, and many hosts state it.
        """
        return max(0.0, float(self._rules.crawl_delay(NAME) or 0))


def _parsed(text: str) -> Protego:
    from protego import Protego  # it takes a while to import

    return Protego.parse(text)


def says_anything(answer: Answer) -> bool:
    """Tell whether robots.txt was answered so that it is known what is allowed.

    After an error of the server nothing may be asked for (2.3.1.4).
    """
    return 200 <= answer.status < 300 or 400 <= answer.status < 500
