"""Intervals and tests against values worked out by hand, textbook examples and simulation."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation.statistics import Interval, bootstrap, holm, interval, randomisation, wilson

SIMULATIONS = int(os.environ.get("PINCITE_SIMULATIONS", "200"))


def test_wilson_by_hand() -> None:
    # 8 of 10, z = 1.96: centre 0.8 + 3.8415/20 = 0.99207, spread 1.96 * sqrt(0.016 + 0.0096036) = 0.31361,
    # scale 1.38415.
    result = wilson(8, 10)
    assert result.low == pytest.approx((0.99207 - 0.31361) / 1.38415, abs=1e-4)
    assert result.high == pytest.approx((0.99207 + 0.31361) / 1.38415, abs=1e-4)


def test_wilson_at_the_ends_stays_inside() -> None:
    assert wilson(0, 10) == Interval(0.0, pytest.approx(3.8415 / 13.8415, abs=1e-4))
    assert wilson(10, 10) == Interval(pytest.approx(10 / 13.8415, abs=1e-4), pytest.approx(1.0))


def test_shares_take_wilson_and_means_the_bootstrap() -> None:
    shares = [1.0] * 8 + [0.0] * 2
    assert interval(shares, range(10), seed=0) == wilson(8, 10)
    means = [0.5, *shares]
    assert interval(means, range(11), seed=0) == bootstrap(means, range(11), seed=0)


def test_shares_of_questions_that_hang_together_are_resampled_by_document() -> None:
    # 20 documents of 5 questions, all right or all wrong: what is known are 20 facts, not 100.
    groups = [document for document in range(20) for _ in range(5)]
    scores = [float(document < 10) for document in groups]
    together = interval(scores, groups, seed=0)
    assert together is not None
    assert together.high - together.low > 1.8 * (wilson(50, 100).high - wilson(50, 100).low)


def test_one_score_has_no_interval() -> None:
    assert interval([1.0], ["a"], seed=0) is None
    assert interval([1.0, 0.0], ["a", "a"], seed=0) is None
    assert interval([], [], seed=0) is None


def test_equal_scores_leave_nothing_to_resample() -> None:
    assert bootstrap([0.25] * 30, range(30), seed=0) == Interval(0.25, 0.25)


def test_the_bootstrap_is_near_the_normal_interval_where_that_is_right() -> None:
    scores = np.random.default_rng(1).normal(0.5, 0.1, 400)
    result = bootstrap(scores.tolist(), range(400), seed=0)
    half = 1.96 * scores.std(ddof=1) / 20
    assert result.low == pytest.approx(scores.mean() - half, abs=0.1 * half)
    assert result.high == pytest.approx(scores.mean() + half, abs=0.1 * half)


def test_the_seed_decides() -> None:
    scores = np.random.default_rng(2).random(50).tolist()
    assert bootstrap(scores, range(50), seed=3) == bootstrap(scores, range(50), seed=3)
    assert bootstrap(scores, range(50), seed=3) != bootstrap(scores, range(50), seed=4)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=30), st.integers(0, 5))
def test_an_interval_is_inside_the_scores_and_in_order(scores: list[float], seed: int) -> None:
    result = interval(scores, range(len(scores)), seed=seed)
    assert result is not None
    assert 0 <= result.low <= result.high <= 1


@pytest.mark.parametrize("count", [50, 200])
def test_intervals_cover_the_truth_as_often_as_they_say(count: int) -> None:
    # Scores like F1: 30 % nothing, 40 % all, the rest between; the mean is 0.4 + 0.3 * 0.5.
    chance = np.random.default_rng(count)
    covered = 0
    for seed in range(SIMULATIONS):
        kind = chance.random(count)
        scores = np.where(kind < 0.3, 0.0, np.where(kind < 0.7, 1.0, chance.beta(2, 2, count)))
        result = bootstrap(scores.tolist(), range(count), seed=seed)
        covered += result.low <= 0.55 <= result.high
    # Three standard errors of the share around 95 %.
    assert covered / SIMULATIONS == pytest.approx(0.95, abs=3 * (0.95 * 0.05 / SIMULATIONS) ** 0.5)


def test_five_wins_of_five_by_hand() -> None:
    # 2 of the 32 ways to give signs are as extreme: p = 0.0625.
    assert randomisation([0.2, 0.2, 0.2, 0.2, 0.2], seed=0) == pytest.approx(2 / 32, abs=0.01)


def test_no_difference_is_no_evidence() -> None:
    assert randomisation([0.0, 0.0, 0.0], seed=0) == 1.0
    assert randomisation([0.5, -0.5], seed=0) == 1.0


def test_p_is_never_nothing() -> None:
    assert randomisation([1.0] * 100, seed=0) == pytest.approx(1 / 10_001)


def test_false_alarms_come_as_often_as_they_should() -> None:
    chance = np.random.default_rng(7)
    rounds = 5 * SIMULATIONS
    alarms = sum(randomisation(chance.normal(0, 1, 30).tolist(), seed=seed) < 0.05 for seed in range(rounds))
    assert alarms / rounds == pytest.approx(0.05, abs=3 * (0.95 * 0.05 / rounds) ** 0.5)


def test_holm_by_hand() -> None:
    # 0.005 * 4, 0.01 * 3, 0.03 * 2, and 0.04 * 1 lifted to the one before it.
    p_values = {"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005}
    assert holm(p_values) == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06, "d": 0.02})
    assert list(holm(p_values)) == ["a", "b", "c", "d"]
    assert holm({"a": 0.7, "b": 0.6}) == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}
