"""What the protocol of a review asks of its screening: how many people, and what is finished."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from searchsets.screening.model import PEOPLE, SCREENED_STAGES


@dataclass(frozen=True)
class Protocol:
    """What screening is held against.

    Args:
        screeners: how many different people must screen each record, by stage; a stage that is not
            named asks for as many as screened any record of a round of it, at most two, so that
            all records are screened alike.
        open_stages: stages that are still going on: a gap there is told and is no error.
        voting_roles: whose decisions count as those of screeners and adjudicators. A rule or a
            model counts only if the protocol names it here.
        accepted_criteria: versions of the criteria, besides the present one, under which decisions
            stay valid.
        last_search: date of the last search (ISO 8601, may be a year or month alone), if known.
        severities: severity by the code of a check, where it is not the default.
        all_stages: whether the review goes through to the full text: then a finished stage that
            nobody began is a gap too. A log by itself may be of one stage alone.
    """

    screeners: Mapping[str, int] = field(default_factory=dict)
    open_stages: Collection[str] = SCREENED_STAGES
    voting_roles: Collection[str] = PEOPLE
    accepted_criteria: Collection[str] = ()
    last_search: str = ""
    severities: Mapping[str, str] = field(default_factory=dict)
    all_stages: bool = False

    def required(self, stage: str, most: int) -> int:
        """Return how many people must screen each record of a stage.

        Args:
            stage: the stage.
            most: how many people screened any one record in one round of it.
        """
        return self.screeners.get(stage, max(1, min(2, most)))

    def is_closed(self, stage: str) -> bool:
        """Tell whether a stage is finished, so that nothing may be missing there."""
        return stage not in self.open_stages
