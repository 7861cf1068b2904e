"""How far two screeners agree: the figures of real logs, and where there is no figure."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searchsets.screening.agreement import (
    Pair,
    agreement_rows,
    figures,
    fleiss_kappa,
    implausible,
    krippendorff_alpha,
    together_rows,
)
from searchsets.screening.model import Event
from test_log import event

# Real dual logs (table M5 of the reference on screening; kappa as statsmodels gives it): both
# keep, only the first, only the second, neither; agreement, kappa, PABAK, AC1, positive and
# negative agreement.
LOGS = {
    "dimitrov_2024 title and abstract": (
        (14, 3, 3, 1478), ("0.9960", "0.8215", "0.9920", "0.9959", "0.8235", "0.9980")),
    "dimitrov_2024 full text": (
        (6, 1, 0, 11), ("0.9444", "0.8800", "0.8889", "0.8968", "0.9231", "0.9565")),
    "class_size_2018 R01 R02": (
        (242, 76, 31, 6770), ("0.9850", "0.8112", "0.9699", "0.9837", "0.8190", "0.9922")),
    "class_size_2018 R01 R06": (
        (7, 9, 17, 418), ("0.9424", "0.3211", "0.8847", "0.9370", "0.3500", "0.9698")),
    "caregiver_ratio_qual_2022": (
        (44, 39, 79, 1001), ("0.8985", "0.3738", "0.7971", "0.8790", "0.4272", "0.9443")),
}  # fmt: skip
FIGURES = ("agreement", "kappa", "pabak", "ac1", "positive_agreement", "negative_agreement")
COUNTS = ("both_keep", "only_a_keeps", "only_b_keeps", "neither_keeps")


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


def figures_of(row: dict) -> dict:
    return {name: row[name] for name in FIGURES}


def test_where_nobody_keeps_anything_kappa_and_positive_agreement_are_empty():
    row = figures_of(only_row(votes(0, 0, 0, 7)))
    assert row == dict(
        zip(FIGURES, ("1.0000", None, "1.0000", "1.0000", None, "1.0000"), strict=True)
    )


def test_where_both_keep_everything_kappa_and_negative_agreement_are_empty():
    row = figures_of(only_row(votes(7, 0, 0, 0)))
    assert row == dict(
        zip(FIGURES, ("1.0000", None, "1.0000", "1.0000", "1.0000", None), strict=True)
    )


def resampled(pair: Pair, seed: int = 7, times: int = 4_000) -> list[float]:
    """Return kappa of as many tables drawn with replacement from the records of a pair, in order."""
    drawn = np.random.default_rng(seed).multinomial(
        pair.records,
        np.array([pair.both, pair.only_a, pair.only_b, pair.neither]) / pair.records,
        times,
    )
    kappas = [figures(Pair("", "", "a", "b", *map(int, one)))["kappa"] for one in drawn]
    return sorted(kappa for kappa in kappas if kappa is not None)


@pytest.mark.parametrize("counts", [log[0] for log in LOGS.values()], ids=LOGS)
def test_the_interval_of_kappa_is_about_that_of_resampled_records(counts):
    pair = Pair("", "", "a", "b", *counts)
    found = figures(pair)
    kappas = resampled(pair)
    low, high = kappas[len(kappas) // 40], kappas[-len(kappas) // 40]
    wide = high - low
    assert abs(found["kappa_low"] - low) < max(0.25 * wide, 0.01)
    assert abs(found["kappa_high"] - high) < max(0.25 * wide, 0.01)


@given(st.tuples(*[st.integers(0, 40)] * 4).filter(any))
def test_the_interval_holds_kappa_and_no_figure_leaves_its_range(counts):
    found = figures(Pair("", "", "a", "b", *counts))
    if found["kappa"] is not None:
        assert -1 <= found["kappa_low"] <= found["kappa"] <= found["kappa_high"] <= 1
    for name in ("agreement", "positive_agreement", "negative_agreement"):
        assert found[name] is None or 0 <= found[name] <= 1
    assert -1 <= found["pabak"] <= 1 and -1 <= found["ac1"] <= 1


@given(st.tuples(*[st.integers(0, 12)] * 4).filter(any))
def test_who_stands_first_changes_nothing_but_the_sides(counts):
    a, b, c, d = counts
    one, other = (figures(Pair("", "", "a", "b", *n)) for n in ((a, b, c, d), (a, c, b, d)))
    assert {n: v for n, v in one.items() if n != "bias_index"} == pytest.approx(
        {n: v for n, v in other.items() if n != "bias_index"}, nan_ok=True
    )
    assert one["bias_index"] == -other["bias_index"]


RATINGS = st.lists(st.lists(st.booleans(), min_size=2, max_size=5), min_size=1, max_size=12)


def slow_alpha(ratings: list[list[bool]]) -> Fraction | None:
    """Krippendorff's alpha from its coincidence matrix, value by value, in exact fractions."""
    together: dict[tuple[bool, bool], Fraction] = {}
    for votes_on in ratings:
        for i, one in enumerate(votes_on):
            for j, other in enumerate(votes_on):
                if i != j:
                    key = one, other
                    together[key] = together.get(key, Fraction(0)) + Fraction(1, len(votes_on) - 1)
    total = {v: sum(n for (one, _), n in together.items() if one == v) for v in (True, False)}
    n = sum(total.values())
    differing = together.get((True, False), Fraction(0)) + together.get((False, True), Fraction(0))
    expected = 2 * total[True] * total[False]
    return 1 - (n - 1) * differing / expected if expected else None


@given(RATINGS)
def test_alpha_is_what_the_coincidence_matrix_gives(ratings):
    found = krippendorff_alpha([(sum(one), len(one)) for one in ratings])
    exact = slow_alpha(ratings)
    assert found is None if exact is None else found == pytest.approx(float(exact))


def slow_fleiss(ratings: list[list[bool]]) -> Fraction | None:
    """Fleiss's kappa as the share of agreeing pairs of votes, pair by pair, in exact fractions."""
    n, m = len(ratings), len(ratings[0])
    pairs_of = [(a, b) for one in ratings for a, b in permutations(one, 2)]
    same = Fraction(sum(a == b for a, b in pairs_of), len(pairs_of))
    share = Fraction(sum(map(sum, ratings)), n * m)
    by_chance = share**2 + (1 - share) ** 2
    return (same - by_chance) / (1 - by_chance) if by_chance != 1 else None


@given(
    st.integers(2, 5).flatmap(
        lambda m: st.lists(st.lists(st.booleans(), min_size=m, max_size=m), min_size=1, max_size=12)
    )
)
def test_fleiss_is_what_counting_pairs_of_votes_gives(ratings):
    found = fleiss_kappa([sum(one) for one in ratings], len(ratings[0]))
    exact = slow_fleiss(ratings)
    assert found is None if exact is None else found == pytest.approx(float(exact))


# Krippendorff, Content Analysis (2004), section 11.3.1: ten units, two coders, two values; .095.
FIRST = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
SECOND = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]


def test_alpha_of_the_example_in_the_book():
    tallies = [(a + b, 2) for a, b in zip(FIRST, SECOND, strict=True)]
    assert round(krippendorff_alpha(tallies), 3) == 0.095


def test_all_screeners_together_have_a_row_for_each_stage_and_round():
    third = [event(n, reviewer="R03", record_id=f"eric:{n}", decision="include") for n in (1, 2)]
    [row] = together_rows(votes(1, 1, 0, 2) + third)
    assert (row["screeners"], row["records"], row["records_of_two_or_more"]) == (3, 4, 4)
    assert (row["fleiss_votes"], row["fleiss_records"]) == (3, 2)
    assert row["krippendorff_alpha"] is not None


PERFECT = Pair("title_abstract", "main", "R02", "R03", 160, 0, 0, 5378)
USUAL = Pair("title_abstract", "main", "R01", "R02", 242, 76, 31, 6770)


def test_a_pair_that_never_differs_on_many_kept_records_is_implausible():
    [(pair, chance)] = implausible([PERFECT, USUAL])
    assert pair is PERFECT and chance < 1e-6
    assert [pair for pair, _ in implausible([PERFECT])] == [PERFECT]


@pytest.mark.parametrize(
    "pair",
    [USUAL, Pair("title_abstract", "main", "R01", "R02", 9, 0, 0, 5000),
     Pair("title_abstract", "main", "R01", "R02", 0, 0, 0, 5000),
     Pair("title_abstract", "main", "R01", "R02", 160, 1, 0, 5000)],
)  # fmt: skip
def test_a_pair_that_differs_or_shares_few_kept_records_is_plausible(pair):
    assert not list(implausible([pair]))


def test_another_perfect_pair_is_no_excuse():
    other = Pair("title_abstract", "main", "R04", "R05", 200, 0, 0, 1000)
    assert len(list(implausible([PERFECT, other]))) == 2


def test_pairs_of_other_rounds_do_not_count_as_comparison():
    loose = Pair("title_abstract", "pilot", "R01", "R02", 1, 30, 30, 5)
    few = Pair("title_abstract", "main", "R02", "R03", 20, 0, 0, 100)
    assert not list(implausible([few, loose]))
    assert list(implausible([few, Pair("title_abstract", "main", "R01", "R02", 1, 30, 30, 5)]))


def test_how_many_votes_were_corrected_stands_beside_the_figures():
    standing, corrected = (
        votes(2, 1, 1, 3),
        [event(1, reviewer="R02"), event(99, record_id="eric:99")],
    )
    [row] = agreement_rows(standing, corrected)
    assert (row["corrected"], only_row(standing)["corrected"]) == (1, 0)
    settled = [event(1, reviewer="R02", role="consensus")]  # a correction of what is no vote
    [row] = agreement_rows(standing, settled)
    assert row["corrected"] == 0


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


def test_a_vote_in_doubt_keeps_the_record():
    row = only_row([event(1), event(2, reviewer="R02", decision="unclear")])
    assert (row["both_keep"], row["agreement"]) == (1, "1.0000")
    row = only_row([event(1, decision="exclude"), event(2, reviewer="R02", decision="unclear")])
    assert (row["only_b_keeps"], row["agreement"]) == (1, "0.0000")
