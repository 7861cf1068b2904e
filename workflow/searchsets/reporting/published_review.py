"""What the results call the published review that a run repeats, and what is known without a search.

A review may repeat a published one or be new; the results speak of a published review only if the
configuration names one (`published_review`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class PublishedReview:
    """A published review that is run again, as the configuration names it and its parts.

    Args:
        called: what sentences call it: the report.
        included_sources: where it describes the sources that it includes.
        statements: where it tells of its sources as a whole.
        points: where it makes its points.
        features: what it calls the groups of its points.
        strictness: what it says of how it applied its criteria, as the end of a sentence.
        registers: what it calls the registers of studies that it searched.
        other_methods: what it calls where it looked besides databases, by method.
    """

    called: str
    included_sources: str = ""
    statements: str = ""
    points: str = ""
    features: str = "features"
    strictness: str = ""
    registers: str = "Registers"
    other_methods: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Words:
    """Words for what a run holds, with a published review or without one."""

    review: PublishedReview | None = None

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Words:
        """Return the words of a run, by its configuration."""
        said = config.get("published_review")
        return cls(PublishedReview(**said) if said else None)

    @property
    def of_review(self) -> str:
        """What sentences call the review.

        >>> Words().of_review, Words(PublishedReview("the report")).of_review
        ('the review', 'the report')
        """
        return self.review.called if self.review else "the review"

    @property
    def capital(self) -> str:
        """The same as the beginning of a sentence."""
        return self.of_review[:1].upper() + self.of_review[1:]

    @property
    def known_items(self) -> str:
        """What the known items are, as the beginning of a label.

        >>> Words().known_items, Words(PublishedReview("the report")).known_items
        ('Known items', "The report's own reference list")
        """
        return f"{self.capital}'s own reference list" if self.review else "Known items"

    @property
    def works_known(self) -> str:
        """What the works among the known items are called, behind a number."""
        return f"works of {self.of_review}'s reference list" if self.review else "known items"

    @property
    def known_source(self) -> str:
        """What the known items are called as a source of records."""
        own = f"Works of {self.of_review}'s own reference list"
        return own if self.review else "Known items"

    @property
    def known_arm(self) -> str:
        """How the known items came in, as the heading of their part of the flow."""
        if not self.review:
            return "Known items, which no search of this run brought"
        return (
            f"In {self.of_review}’s own reference list; by which route each was found is not "
            "reported"
        )

    @property
    def known_route(self) -> str:
        """The same in the shortest words."""
        return "route not reported" if self.review else "known items"

    @property
    def as_printed(self) -> str:
        """How lines and criteria stand in the files: as a published review printed them, or written."""
        return "as printed" if self.review else "as written"

    @property
    def printed(self) -> str:
        """What would tell how a line was meant."""
        return f"{self.capital} as printed" if self.review else "A record of what was typed"

    @property
    def came_in(self) -> str:
        """The same of one record."""
        if not self.review:
            return "A known item, which no search brought"
        return f"Named in {self.of_review}; its route is not reported"

    @property
    def description(self) -> str:
        """What is said of a known item besides its reference."""
        return f"{self.of_review}'s description" if self.review else "what else is said of it"

    @property
    def included_sources(self) -> str:
        """Where a published review describes the sources that it includes; empty if not said."""
        return self.review.included_sources if self.review else ""

    @property
    def statements(self) -> str:
        """Where it tells of its sources as a whole; empty if not said."""
        return self.review.statements if self.review else ""

    @property
    def points(self) -> str:
        """Where it makes its points; empty if not said."""
        return self.review.points if self.review else ""

    @property
    def features(self) -> str:
        """What the groups of points of a published review are called."""
        return self.review.features if self.review else "features"

    @property
    def roles(self) -> dict[str, str]:
        """What the known items of each role are called."""
        place = f" of {self.included_sources}" if self.included_sources else ""
        return {
            "key_source": f"key sources{place}",
            "cited": "works cited that are no key source",
            "listed_only": "works listed and never cited",
        }
