"""Metrics of abstaining against values by hand, every order of equal confidences, and scikit-learn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby, permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score

from qa.evaluation.abstention import (
    Bin,
    aurc,
    auroc,
    brier,
    calibration,
    calibration_error,
    coverage_at,
    excess_aurc,
    risk_at,
    risk_coverage,
)
from qa.evaluation.statistics import Statistic, bootstrap, value_of

# Three confidences only, so that most of them are tied.
questions = st.lists(
    st.tuples(st.sampled_from([0.2, 0.5, 0.9]), st.sampled_from([0.0, 0.5, 1.0])), min_size=1, max_size=6
)
rights = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=40)

FIGURES: dict[str, Callable[[list[float], list[float]], Statistic]] = {
    "auroc": lambda confidence, loss: auroc(confidence, [value > 0 for value in loss]),
    "aurc": aurc,
    "excess_aurc": excess_aurc,
    "risk_at": lambda confidence, loss: risk_at(confidence, loss, 0.6),
    "coverage_at": lambda confidence, loss: coverage_at(confidence, loss, 0.4),
    "calibration_error": calibration_error,
    "brier": brier,
}


def value(statistic: Statistic, count: int) -> float:
    return value_of(statistic, count)


def orders(pairs: list[tuple[float, float]]) -> Iterator[list[float]]:
    """The losses, most confident first, in every order that equal confidences can have."""
    ranked = sorted(pairs, key=lambda pair: -pair[0])
    tied = [[loss for _, loss in block] for _, block in groupby(ranked, key=lambda pair: pair[0])]
    for order in product(*(permutations(block) for block in tied)):
        yield [loss for block in order for loss in block]


def risks(losses: list[float]) -> list[float]:
    """The definition: the mean loss of the first 1, 2 .. n."""
    return [sum(losses[:count]) / count for count in range(1, len(losses) + 1)]


def split(pairs: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [confidence for confidence, _ in pairs], [loss for _, loss in pairs]


def test_auroc_by_hand() -> None:
    # Right 0.9 and 0.4, wrong 0.6 and 0.4: of the four pairs 0.9 wins two, 0.4 loses one and shares one. 2.5 / 4.
    assert value(auroc([0.9, 0.6, 0.4, 0.4], [True, False, True, False]), 4) == 0.625
    assert value(auroc([0.9, 0.1], [True, False]), 2) == 1
    assert value(auroc([0.9, 0.1], [False, True]), 2) == 0
    assert value(auroc([0.5] * 5, [True, False, True, True, False]), 5) == 0.5


def test_auroc_needs_both_kinds() -> None:
    assert np.isnan(value(auroc([0.9, 0.1], [True, True]), 2))
    assert np.isnan(value(auroc([0.9, 0.1], [False, False]), 2))
    weights = np.array([[1.0, 1, 0], [1, 0, 1], [0, 1, 1]])
    assert auroc([0.9, 0.4, 0.1], [True, True, False])(weights) == pytest.approx([np.nan, 1, 1], nan_ok=True)


@given(rights)
def test_auroc_and_brier_are_those_of_scikit_learn(pairs: list[tuple[int, bool]]) -> None:
    confidence, right = np.array([number / 20 for number, _ in pairs]), np.array([is_right for _, is_right in pairs])
    assert value(brier(confidence, right), len(pairs)) == pytest.approx(
        brier_score_loss(right, confidence, pos_label=True), abs=1e-12
    )
    if 0 < right.sum() < len(right):
        expected = roc_auc_score(right, confidence)
        assert value(auroc(confidence, right), len(pairs)) == pytest.approx(expected, abs=1e-12)


def test_aurc_by_hand() -> None:
    # Losses 0, 1, 0, 1 from the most confident: risks 0, 1/2, 1/3, 1/2; their mean is (4/3) / 4.
    confidence, loss = [0.1, 0.9, 0.7, 0.3], [1.0, 0.0, 1.0, 0.0]
    assert value(aurc(confidence, loss), 4) == pytest.approx(1 / 3)
    # The best order 0, 0, 1, 1 has risks 0, 0, 1/3, 1/2: 5/24.
    assert value(excess_aurc(confidence, loss), 4) == pytest.approx(1 / 3 - 5 / 24)


def test_aurc_of_ties_by_hand() -> None:
    # All tied: at every coverage the expected risk is the mean loss.
    assert value(aurc([0.5] * 4, [1, 0, 0, 0]), 4) == pytest.approx(0.25)
    # A right one before a tied pair of which one is right: losses 0, 0, 1 or 0, 1, 0, areas 1/9 and (1/2 + 1/3) / 3.
    assert value(aurc([0.9, 0.5, 0.5], [0, 0, 1]), 3) == pytest.approx((1 / 9 + 5 / 18) / 2)


@given(questions)
def test_aurc_is_the_mean_over_every_order_of_ties(pairs: list[tuple[float, float]]) -> None:
    areas = [sum(risks(losses)) / len(losses) for losses in orders(pairs)]
    best = sum(risks(sorted(loss for _, loss in pairs))) / len(pairs)
    expected = sum(areas) / len(areas)
    assert value(aurc(*split(pairs)), len(pairs)) == pytest.approx(expected, abs=1e-12)
    assert value(excess_aurc(*split(pairs)), len(pairs)) == pytest.approx(expected - best, abs=1e-12)


@given(questions)
def test_the_risk_coverage_curve_is_the_mean_over_every_order_of_ties(pairs: list[tuple[float, float]]) -> None:
    coverage, risk = risk_coverage(*split(pairs))
    assert coverage == pytest.approx([count / len(pairs) for count in range(1, len(pairs) + 1)])
    assert risk == pytest.approx(np.mean([risks(losses) for losses in orders(pairs)], axis=0), abs=1e-12)


def test_the_curve_of_nothing_is_empty() -> None:
    coverage, risk = risk_coverage([], [])
    assert coverage.tolist() == risk.tolist() == []


@given(questions, st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.7, 1.0]))
def test_risk_at_a_coverage_is_read_off_the_curve(pairs: list[tuple[float, float]], coverage: float) -> None:
    coverages, risk = risk_coverage(*split(pairs))
    expected = next(r for c, r in zip(coverages, risk, strict=True) if c >= coverage - 1e-9)
    assert value(risk_at(*split(pairs), coverage), len(pairs)) == pytest.approx(expected, abs=1e-12)


def test_risk_at_a_coverage_by_hand() -> None:
    # Half of five is two and a half: three are taken, of which one is wrong.
    confidence, loss = [0.9, 0.8, 0.7, 0.6, 0.5], [0, 1, 0, 1, 1]
    assert value(risk_at(confidence, loss, 0.5), 5) == pytest.approx(1 / 3)
    assert value(risk_at(confidence, loss, 0.6), 5) == pytest.approx(1 / 3)
    # 0.28 of twenty-five is seven and not eight, though 0.28 * 25 is a little more in floating point.
    assert value(risk_at([-number for number in range(25)], [0] * 7 + [1] * 18, 0.28), 25) == 0


@given(questions, st.sampled_from([0.0, 0.1, 0.25, 1 / 3, 0.5, 1.0]))
def test_coverage_at_a_risk_is_read_off_the_curve(pairs: list[tuple[float, float]], risk: float) -> None:
    coverages, found = risk_coverage(*split(pairs))
    expected = max((c for c, r in zip(coverages, found, strict=True) if r <= risk + 1e-9), default=0.0)
    assert value(coverage_at(*split(pairs), risk), len(pairs)) == pytest.approx(expected, abs=1e-12)


def test_coverage_at_a_risk_by_hand() -> None:
    # Risks 0, 1/2, 1/3, 1/4, 2/5: a fifth is right, so are four fifths at 1/4, and all at 2/5.
    confidence, loss = [0.9, 0.8, 0.7, 0.6, 0.5], [0, 1, 0, 0, 1]
    assert value(coverage_at(confidence, loss, 0.2), 5) == pytest.approx(0.2)
    assert value(coverage_at(confidence, loss, 0.25), 5) == pytest.approx(0.8)
    assert value(coverage_at(confidence, loss, 0.4), 5) == pytest.approx(1)
    assert value(coverage_at([0.9], [1], 0.4), 1) == 0
    # A right one, then five tied of which three are wrong: risks 0, 0.3, 0.4, 0.45, 0.48, 0.5.
    confidence, loss = [0.9] + [0.5] * 5, [0, 1, 1, 1, 0, 0]
    assert value(coverage_at(confidence, loss, 0.4), 6) == pytest.approx(3 / 6)
    assert value(coverage_at(confidence, loss, 0.47), 6) == pytest.approx(4 / 6)
    assert value(coverage_at(confidence, loss, 0.2), 6) == pytest.approx(1 / 6)
    # Two wrong before four tied right ones: risks 1, 1, 2/3, 1/2, 2/5, 1/3.
    assert value(coverage_at([0.9, 0.9] + [0.5] * 4, [1, 1, 0, 0, 0, 0], 0.4), 6) == 1
    assert value(coverage_at([0.9, 0.9] + [0.5] * 4, [1, 1, 0, 0, 0, 0], 0.3), 6) == 0


def test_calibration_by_hand() -> None:
    # Bins hold their upper end: 0.1 is in the first, 0.3 in the third, 0 in the first as well.
    confidence, right = [0.0, 0.1, 0.3, 0.25, 1.0], [False, True, True, False, True]
    bins = calibration(confidence, right)
    assert bins == [
        Bin(0.0, 0.1, 2, pytest.approx(0.05), 0.5),
        Bin(0.2, 0.3, 2, pytest.approx(0.275), 0.5),
        Bin(0.9, 1.0, 1, 1.0, 1.0),
    ]
    # (2 * 0.45 + 2 * 0.225 + 1 * 0) / 5
    assert value(calibration_error(confidence, right), 5) == pytest.approx(0.27)
    # In one bin: mean confidence 0.33, share right 0.6.
    assert value(calibration_error(confidence, right, bins=1), 5) == pytest.approx(0.27)
    assert value(calibration_error([0.2, 0.8], [True, False], bins=1), 2) == pytest.approx(0)
    assert value(calibration_error([0.2, 0.8], [True, False], bins=2), 2) == pytest.approx(0.8)
    assert calibration([], []) == []


@given(rights, st.integers(1, 12))
def test_the_calibration_error_is_the_mean_gap_of_its_bins(pairs: list[tuple[int, bool]], bins: int) -> None:
    confidence, right = [number / 20 for number, _ in pairs], [is_right for _, is_right in pairs]
    found = calibration(confidence, right, bins)
    assert sum(bin_.count for bin_ in found) == len(pairs)
    expected = sum(bin_.count * abs(bin_.confidence - bin_.right) for bin_ in found) / len(pairs)
    assert value(calibration_error(confidence, right, bins), len(pairs)) == pytest.approx(expected, abs=1e-12)


def test_brier_by_hand() -> None:
    # 0.1 squared and 0.6 squared.
    assert value(brier([0.9, 0.6], [True, False]), 2) == pytest.approx((0.01 + 0.36) / 2)


@pytest.mark.parametrize("name", FIGURES)
@given(data=st.data(), pairs=questions)
def test_a_weight_is_how_often_a_question_is_there(
    name: str, data: st.DataObject, pairs: list[tuple[float, float]]
) -> None:
    weights = data.draw(st.lists(st.integers(0, 3), min_size=len(pairs), max_size=len(pairs)))
    repeated = [pair for pair, times in zip(pairs, weights, strict=True) for _ in range(times)]
    # Another row beside it changes nothing.
    weighted = FIGURES[name](*split(pairs))(np.array([weights, [1] * len(pairs)], dtype=np.float64))
    counted = value(FIGURES[name](*split(repeated)), len(repeated))
    assert weighted[0] == pytest.approx(counted, abs=1e-12, nan_ok=True)
    assert weighted[1] == pytest.approx(value(FIGURES[name](*split(pairs)), len(pairs)), abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_can_be_resampled(name: str) -> None:
    chance = np.random.default_rng(3)
    confidence = chance.random(60).round(2)
    loss = (chance.random(60) > confidence).astype(float)
    found = value(FIGURES[name](confidence.tolist(), loss.tolist()), 60)
    between = bootstrap(FIGURES[name](confidence.tolist(), loss.tolist()), range(60), seed=0)
    assert between is not None
    assert 0 <= between.low < found < between.high <= 1
