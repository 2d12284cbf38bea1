"""Intervals and tests against values worked out by hand, textbook examples and simulation."""

from __future__ import annotations

import importlib.util
import os
import sys
from math import nan, sqrt
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap as scipy_bootstrap
from scipy.stats import norm

from qa.evaluation import abstention
from qa.evaluation.statistics import (
    Interval,
    Weights,
    bootstrap,
    detectable,
    detectable_paired,
    holm,
    interval,
    mean_of,
    randomisation,
    value_of,
    wilson,
)

SIMULATIONS = int(os.environ.get("PINCITE_SIMULATIONS", "0"))
"""How many simulations a cell; 0 for a few of the quick ones."""

scores_and_groups = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 6)), min_size=2, max_size=30)


def _simulations() -> ModuleType:
    file = Path(__file__).parents[2] / "benchmarks" / "simulate_statistics.py"
    spec = importlib.util.spec_from_file_location("simulate_statistics", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


CELLS = [cell for cell in _simulations().cells() if cell.relied_on and (SIMULATIONS or cell.questions <= 140)]


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
    assert interval(means, range(11), seed=0) == bootstrap(mean_of(means), range(11), seed=0)


def test_shares_of_questions_that_hang_together_are_resampled_by_document() -> None:
    # 20 documents of 5 questions, all right or all wrong: what is known are 20 facts, not 100.
    groups = [document for document in range(20) for _ in range(5)]
    scores = [float(document < 10) for document in groups]
    together = interval(scores, groups, seed=0)
    assert together is not None
    assert together.high - together.low > 1.8 * (wilson(50, 100).high - wilson(50, 100).low)


def test_all_right_is_as_sure_as_there_are_documents() -> None:
    groups = [document for document in range(20) for _ in range(5)]
    assert interval([1.0] * 100, groups, seed=0) == wilson(20, 20)
    assert interval([0.0] * 100, groups, seed=0) == wilson(0, 20)


def test_an_interval_over_documents_is_no_wider_than_if_each_were_one_question() -> None:
    # 20 documents of 5 questions, one of them all wrong: a third of the samples (0.95 to the power of 20) are all right
    # and know nothing of their error. Wilson's 19 of 20 is the least that is known.
    groups = [document for document in range(20) for _ in range(5)]
    result = interval([float(document > 0) for document in groups], groups, seed=0)
    assert result is not None
    assert result.low == pytest.approx(wilson(19, 20).low)
    assert 0.95 < result.high <= wilson(19, 20).high
    # Four fifths of each document but one, which has none: more is known than of 20 questions.
    scores = [float(document > 0 and number % 5 > 0) for number, document in enumerate(groups)]
    spread = interval(scores, groups, seed=0)
    assert spread is not None
    assert spread.high < wilson(0.76 * 20, 20).high - 0.05


def test_one_score_has_no_interval() -> None:
    assert interval([1.0], ["a"], seed=0) is None
    assert interval([1.0, 0.0], ["a", "a"], seed=0) is None
    assert interval([], [], seed=0) is None
    assert bootstrap(mean_of([]), [], seed=0) is None
    assert bootstrap(mean_of([0.2, 0.7]), ["a", "a"], seed=0) is None


def test_equal_scores_say_nothing_of_how_sure_they_are() -> None:
    assert interval([0.25] * 30, range(30), seed=0) is None
    assert interval([0.25] * 30, [number // 2 for number in range(30)], seed=0) is None
    assert bootstrap(mean_of([1.0] * 30), range(30), seed=0) is None


def test_groups_are_told_apart_by_what_they_are() -> None:
    # The number 1 and the text "1" are two groups.
    assert interval([1.0, 0.0], [1, "1"], seed=0) == wilson(1, 2)
    assert bootstrap(mean_of([0.4, 0.0]), [1, "1"], seed=0) is not None


def test_a_figure_without_questions_is_not_a_number() -> None:
    assert np.isnan(value_of(mean_of([]), 0))
    assert value_of(mean_of([0.25, 0.75, 0.8]), 3) == pytest.approx(0.6)
    assert mean_of([0.25, 0.75])(np.array([[3.0, 1.0], [0.0, 0.0]])) == pytest.approx([0.375, nan], nan_ok=True)


def test_the_bootstrap_is_near_the_normal_interval_where_that_is_right() -> None:
    scores = np.random.default_rng(1).normal(0.5, 0.1, 400)
    result = bootstrap(mean_of(scores), range(400), seed=0)
    assert result is not None
    half = 1.96 * scores.std(ddof=1) / 20
    assert result.low == pytest.approx(scores.mean() - half, abs=0.1 * half)
    assert result.high == pytest.approx(scores.mean() + half, abs=0.1 * half)


def test_skewed_scores_have_the_interval_of_scipy() -> None:
    # Both are BCa; Student's tails make ours 1.3 % wider with 200 questions, and 2,000 samples leave some noise.
    scores = np.random.default_rng(4).beta(0.3, 2, 200)
    theirs = scipy_bootstrap((scores,), np.mean, n_resamples=9999, random_state=np.random.default_rng(0))
    ours = bootstrap(mean_of(scores), range(200), seed=0)
    assert ours is not None
    width = theirs.confidence_interval.high - theirs.confidence_interval.low
    assert ours.low == pytest.approx(theirs.confidence_interval.low, abs=0.06 * width)
    assert ours.high == pytest.approx(theirs.confidence_interval.high, abs=0.06 * width)
    # That is not the symmetric one.
    assert ours.high - scores.mean() > 1.1 * (scores.mean() - ours.low)


def test_few_groups_have_the_tails_of_students_distribution() -> None:
    # Twenty scores spread as a normal distribution is: so is their resampled mean, but for being too narrow. The
    # interval is t(19) = 2.093 of the usual standard errors; without Student it would be 9 % narrower, and without the
    # root that makes up for the resamples' narrowness 2.5 %.
    scores = norm.ppf((np.arange(20) + 0.5) / 20)
    result = bootstrap(mean_of(scores), range(20), seed=0)
    assert result is not None
    assert result.high - result.low == pytest.approx(2 * 2.093 * scores.std(ddof=1) / sqrt(20), rel=0.015)


def test_unequal_groups_count_as_fewer() -> None:
    # A figure that sees only the first question of each of 20 documents, so that their sizes change nothing but the
    # tails. Sizes 1 and 9 are Kish's 100 squared / (10 + 10 * 81) = 12.2 documents. Student's quantiles are 2.196 for
    # 11.2 degrees of freedom and 2.093 for 19, times the roots of 12.2 / 11.2 and 20 / 19: 2.292 and 2.147.
    scores = norm.ppf((np.arange(20) + 0.5) / 20)

    def width(sizes: list[int]) -> float:
        first = np.cumsum(sizes) - sizes
        groups = np.repeat(np.arange(20), sizes).tolist()
        result = bootstrap(lambda weights: mean_of(scores)(weights[:, first]), groups, seed=0)
        assert result is not None
        return result.high - result.low

    assert width([1, 9] * 10) / width([5] * 20) == pytest.approx(2.292 / 2.147, abs=0.02)


def test_many_documents_have_the_normal_interval() -> None:
    # 400 documents of three questions; the standard error of the mean is that of the documents' own means.
    means = np.random.default_rng(9).beta(3, 3, 400)
    scores = (means[:, None] + np.array([-0.1, 0, 0.1])).clip(0, 1)
    result = interval(scores.ravel().tolist(), np.repeat(np.arange(400), 3).tolist(), seed=0)
    assert result is not None
    half = 1.96 * scores.mean(axis=1).std(ddof=1) / 20
    assert result.low == pytest.approx(scores.mean() - half, abs=0.1 * half)
    assert result.high == pytest.approx(scores.mean() + half, abs=0.1 * half)


def test_samples_that_equal_the_figure_count_half() -> None:
    # Half right: 18 % of the resampled shares are 1/2 too. The interval is symmetric about it.
    result = bootstrap(mean_of([0.0, 1.0] * 10), range(20), seed=0)
    assert result is not None
    assert result.low + result.high == pytest.approx(1, abs=0.03)


def test_every_group_is_left_out_once() -> None:
    # 900 questions do not fit into one piece. The jackknife's rows are those with a 0 and else 1 only.
    left_out: list[int] = []

    def mean(weights: Weights) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        left_out.extend(int(row.argmin()) for row in weights if row.max() == 1 and row.min() == 0)
        return weights[:, 0] / weights.sum(axis=1)

    assert bootstrap(mean, range(900), seed=0) is not None
    assert sorted(left_out) == list(range(900))


def test_samples_without_a_figure_are_left_out() -> None:
    # One sample in nine has neither of the two wrong answers. Of the others none has an AUROC near 0: the least
    # sure right answer is drawn at most a few times.
    confidence = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.15, 0.25]
    result = bootstrap(abstention.auroc(confidence, [True] * 8 + [False] * 2), range(10), seed=0)
    assert result is not None
    assert result.low > 0.3


def test_a_copy_of_every_question_adds_nothing_if_the_copies_hang_together() -> None:
    chance = np.random.default_rng(5)
    scores, right = chance.random(40).tolist(), chance.random(40) < 0.6
    for once, twice in (
        (mean_of(scores), mean_of(scores * 2)),
        (abstention.auroc(scores, right), abstention.auroc(scores * 2, [*right, *right])),
    ):
        alone = bootstrap(once, range(40), seed=0)
        copied = bootstrap(twice, [*range(40), *range(40)], seed=0)
        assert alone is not None
        assert copied is not None
        assert (copied.low, copied.high) == pytest.approx((alone.low, alone.high), abs=1e-9)


def test_a_figure_that_hangs_on_one_question_has_no_interval() -> None:
    # Without the only wrong answer there is no AUROC; with two there is one.
    confidence = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.65]
    one = abstention.auroc(confidence, [True] * 6 + [False])
    assert bootstrap(one, range(7), seed=0) is None
    assert bootstrap(abstention.auroc(confidence, [True] * 5 + [False] * 2), range(7), seed=0) is not None
    assert bootstrap(abstention.auroc(confidence, [True] * 7), range(7), seed=0) is None


def test_memory_is_bounded_for_many_questions() -> None:
    widest = 0

    def first(weights: Weights) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        nonlocal widest
        widest = max(widest, weights.size)
        return weights[:, 0] / weights.sum(axis=1)

    assert bootstrap(first, range(5000), seed=0) is not None
    assert widest <= 100_000


def test_the_seed_decides() -> None:
    scores = mean_of(np.random.default_rng(2).random(50))
    assert bootstrap(scores, range(50), seed=3) == bootstrap(scores, range(50), seed=3)
    assert bootstrap(scores, range(50), seed=3) != bootstrap(scores, range(50), seed=4)


@given(scores_and_groups, st.integers(0, 5))
def test_an_interval_is_inside_the_scores_and_in_order(pairs: list[tuple[float, int]], seed: int) -> None:
    scores = [score for score, _ in pairs]
    for groups in (list(range(len(pairs))), [group for _, group in pairs]):
        result = interval(scores, groups, seed=seed)
        assert result is None or 0 <= result.low <= result.high <= 1


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell.kind}, {cell.name}")
def test_the_statistics_say_what_they_should_as_often_as_they_should(cell: object) -> None:
    simulations = SIMULATIONS or 50
    if cell.questions >= 1000:
        simulations = max(20, simulations // 4)
    share, silent = cell.count(simulations)
    # Three standard errors around what is wanted.
    low, high = (bound * (1 - bound) / simulations for bound in (cell.low, cell.high))
    assert cell.low - 3 * sqrt(low) <= share <= cell.high + 3 * sqrt(high)
    assert silent <= 0.02


def test_five_wins_of_five_by_hand() -> None:
    # 2 of the 32 ways to give signs are as extreme: p = 0.0625.
    assert randomisation([0.2, 0.2, 0.2, 0.2, 0.2], seed=0) == pytest.approx(2 / 32, abs=0.01)


def test_differences_of_one_document_share_a_sign() -> None:
    # Two documents: of the four ways to give signs two are as extreme. One: all are.
    assert randomisation([0.2] * 5, ["a", "a", "b", "b", "b"], seed=0) == pytest.approx(2 / 4, abs=0.02)
    assert randomisation([0.2] * 5, ["a"] * 5, seed=0) == 1.0
    # 0.1 + 0.2 of one and -0.3 of the other cancel out.
    assert randomisation([0.1, 0.2, -0.3], ["a", "a", "b"], seed=0) == 1.0
    assert randomisation([0.3, 0.1, -0.2], range(3), seed=1) == randomisation([0.3, 0.1, -0.2], seed=1)


def test_no_difference_is_no_evidence() -> None:
    assert randomisation([0.0, 0.0, 0.0], seed=0) == 1.0
    assert randomisation([0.5, -0.5], seed=0) == 1.0
    assert randomisation([], seed=0) == 1.0


def test_p_is_never_nothing() -> None:
    assert randomisation([1.0] * 100, seed=0) == pytest.approx(1 / 10_001)


def test_holm_by_hand() -> None:
    # 0.005 * 4, 0.01 * 3, 0.03 * 2, and 0.04 * 1 lifted to the one before it.
    p_values = {"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005}
    assert holm(p_values) == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06, "d": 0.02})
    assert list(holm(p_values)) == ["a", "b", "c", "d"]
    assert holm({"a": 0.7, "b": 0.6}) == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}


def test_detectable_by_hand() -> None:
    # 100 differences, half 0.1 and half -0.1: standard deviation 0.1 * sqrt(100 / 99), standard error a tenth of it.
    # Student's quantiles with 99 degrees of freedom are 1.9842 and 0.8453.
    differences = [0.1, -0.1] * 50
    expected = (1.9842 + 0.8453) * 0.01 * sqrt(100 / 99)
    assert detectable_paired(differences, range(100)) == pytest.approx(expected, abs=1e-6)
    assert detectable(differences, range(100)) == pytest.approx(sqrt(2) * expected, abs=1e-6)


def test_detectable_counts_documents() -> None:
    # Four documents with sums 1, 0, 1, 0 of two each, mean 1/4: deviations from their share 1/2, -1/2, 1/2, -1/2,
    # so that the error is sqrt(1 * 4/3) / 8. Student's quantiles with 3 degrees of freedom are 3.1824 and 0.9785.
    half = 0.5
    found = detectable_paired([half, half, 0, 0, half, half, 0, 0], ["a", "a", "b", "b", "c", "c", "d", "d"])
    assert found == pytest.approx((3.1824 + 0.9785) * sqrt(4 / 3) / 8, abs=1e-4)


def test_no_difference_that_cannot_be_is_called_detectable() -> None:
    # 1 and 0: the error is 1/2 and Student's quantiles with 1 degree of freedom are 12.7062 and 1.3764, together 7.04.
    assert detectable_paired([1, 0], range(2)) is None
    # A tenth of it: 0.704 between runs that are compared, but sqrt(2) * 0.704 = 0.996; of 0.11 it is 1.095.
    assert detectable_paired([0.1, 0], range(2)) == pytest.approx(0.7041, abs=1e-3)
    assert detectable([0.1, 0], range(2)) == pytest.approx(0.9958, abs=1e-3)
    assert detectable([0.11, 0], range(2)) is None


def test_nothing_can_be_said_of_what_is_detectable_without_spread() -> None:
    assert detectable_paired([0.0] * 10, range(10)) is None
    assert detectable([1.0] * 10, range(10)) is None
    assert detectable([1.0, 0.0], ["a", "a"]) is None
    assert detectable([], []) is None
