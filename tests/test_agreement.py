"""How far two screeners agree: the figures of real logs, and where there is no figure."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searchsets.screening.agreement import agreement_rows
from searchsets.screening.events import Event
from test_events import event

# Real dual logs (table M5 of the reference on screening; kappa as statsmodels gives it): both
# include, only the first, only the second, neither; agreement, kappa, positive agreement.
LOGS = {
    "dimitrov_2024 title and abstract": ((14, 3, 3, 1478), ("0.9960", "0.8215", "0.8235")),
    "dimitrov_2024 full text": ((6, 1, 0, 11), ("0.9444", "0.8800", "0.9231")),
    "class_size_2018 R01 R02": ((242, 76, 31, 6770), ("0.9850", "0.8112", "0.8190")),
    "class_size_2018 R01 R06": ((7, 9, 17, 418), ("0.9424", "0.3211", "0.3500")),
    "caregiver_ratio_qual_2022": ((44, 39, 79, 1001), ("0.8985", "0.3738", "0.4272")),
}
FIGURES = ("agreement", "kappa", "positive_agreement")
COUNTS = ("both_include", "only_a_includes", "only_b_includes", "neither_includes")


def votes(both: int, only_a: int, only_b: int, neither: int) -> list[Event]:
    """Return the votes of R01 and R02 on as many records as the four counts come to."""
    pairs = [("include", "include")] * both + [("include", "exclude")] * only_a
    pairs += [("exclude", "include")] * only_b + [("exclude", "exclude")] * neither
    return [
        event(number, reviewer=reviewer, record_id=f"eric:{number}", decision=decision)
        for number, pair in enumerate(pairs, start=1)
        for reviewer, decision in zip(("R01", "R02"), pair, strict=True)
    ]


def only_row(events: list[Event]) -> dict:
    [row] = agreement_rows(events)
    return row


@pytest.mark.parametrize(("counts", "figures"), LOGS.values(), ids=LOGS)
def test_the_figures_of_real_logs(counts, figures):
    row = only_row(votes(*counts))
    assert tuple(row[name] for name in COUNTS) == counts
    assert row["records"] == sum(counts)
    assert tuple(row[name] for name in FIGURES) == figures


@given(st.tuples(*[st.integers(0, 12)] * 4).filter(any))
@example((0, 0, 1, 2))
def test_kappa_is_what_exact_fractions_give(counts):
    both, only_a, only_b, neither = counts
    n = sum(counts)
    a, b = Fraction(both + only_a, n), Fraction(both + only_b, n)
    by_chance = a * b + (1 - a) * (1 - b)
    kappa = only_row(votes(*counts))["kappa"]
    if by_chance == 1:
        assert kappa is None
    else:
        exact = (Fraction(both + neither, n) - by_chance) / (1 - by_chance)
        assert abs(Fraction(kappa) - exact) <= Fraction(1, 20_000)
        assert kappa.startswith("-") == (round(exact, 4) < 0)


def test_where_nobody_includes_kappa_and_positive_agreement_are_empty():
    row = only_row(votes(0, 0, 0, 7))
    assert tuple(row[name] for name in FIGURES) == ("1.0000", None, None)


def test_where_both_include_everything_kappa_is_empty():
    row = only_row(votes(7, 0, 0, 0))
    assert tuple(row[name] for name in FIGURES) == ("1.0000", None, "1.0000")


def test_only_shared_records_count():
    alone = [event(99, record_id="eric:99"), event(98, record_id="eric:98", reviewer="R02")]
    assert only_row(votes(2, 1, 1, 3) + alone) == only_row(votes(2, 1, 1, 3))


def test_reviewers_who_share_nothing_have_no_row():
    assert not list(agreement_rows([event(1), event(2, reviewer="R02", record_id="eric:2")]))


def test_every_pair_that_shares_records_has_a_row():
    three = [event(1, reviewer=reviewer) for reviewer in ("R03", "R01", "R02")]
    pairs = [(row["reviewer_a"], row["reviewer_b"]) for row in agreement_rows(three)]
    assert pairs == [("R01", "R02"), ("R01", "R03"), ("R02", "R03")]


def test_stages_and_rounds_are_kept_apart():
    pilot, title = event(2, reviewer="R02", round="pilot"), event(3, reviewer="R03", stage="title")
    assert not list(agreement_rows([event(1), pilot, title]))


@pytest.mark.parametrize("role", ["adjudicator", "consensus", "rule", "model", "published_outcome"])
def test_only_screeners_vote(role):
    assert not list(agreement_rows([event(1), event(2, reviewer="R02", role=role)]))


@pytest.mark.parametrize("decision", ["not_retrieved", "duplicate", "conflict_of_interest"])
def test_what_says_nothing_about_inclusion_is_no_vote(decision):
    assert not list(agreement_rows([event(1), event(2, reviewer="R02", decision=decision)]))


def test_an_unclear_vote_is_no_inclusion():
    row = only_row([event(1), event(2, reviewer="R02", decision="unclear")])
    assert (row["only_a_includes"], row["agreement"]) == (1, "0.0000")
