"""How sure a figure is, and whether two differ by more than chance. Everything random takes a seed.

`docs/statistics.md` says in plain words what each is, and how often the intervals hold the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm, t

LEVEL = 0.95
_POWER = 0.8
_RESAMPLES = 2000
_ROUNDS = 10_000
_LEFT_OUT = 1000  # more than so many groups are left out by the handful
_PIECE = 2**16  # numbers in a piece: half a megabyte, which a processor's cache holds
_SAME = 1e-12  # figures that differ by less differ by rounding

_Name = TypeVar("_Name", bound=Hashable)

Weights = NDArray[np.float64]
"""How often each question was drawn, whole numbers, of shape (samples, questions)."""

Statistic = Callable[[Weights], NDArray[np.float64]]
"""A figure over questions, of shape (samples,): one a row of the weights, NaN where a row leaves it undefined."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Both ends included."""

    low: float
    high: float


def mean_of(scores: ArrayLike) -> Statistic:
    """The mean of one score a question."""
    values = np.asarray(scores, dtype=np.float64)

    def mean(weights: Weights) -> NDArray[np.float64]:
        return divide(weights @ values, weights.sum(axis=1))

    return mean


def value_of(statistic: Statistic, count: int) -> float:
    """The figure itself, every question counted once; NaN where it is undefined or there is no question."""
    return float(statistic(np.ones((1, count)))[0]) if count else float("nan")


def divide(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """The quotients, NaN where it would be by zero."""
    quotients = np.full(above.shape, np.nan)
    np.divide(above, below, out=quotients, where=below != 0)
    return quotients


def interval(scores: Sequence[float], groups: Sequence[Hashable], *, seed: int) -> Interval | None:
    """A 95 % interval for the mean of scores in 0..1.

    Wilson's for independent scores that are all 0 or 1, by bootstrap for other independent scores. Scores of one group
    hang together: then groups are resampled whole, and the bootstrap is studentised. None for fewer than two groups,
    and where scores that all are the same say nothing of how sure their mean is.
    """
    count = len(set(groups))
    if count < 2:
        return None
    share = all(score in (0.0, 1.0) for score in scores)
    if count == len(scores):
        return wilson(sum(scores), count) if share else bootstrap(mean_of(scores), groups, seed=seed)
    return _studentised(scores, groups, seed=seed)


def wilson(successes: float, count: float) -> Interval:
    """Wilson's score interval for a share (Wilson 1927), without continuity correction; `count` is more than 0."""
    z = float(norm.ppf((1 + LEVEL) / 2))
    share = successes / count
    centre = share + z * z / (2 * count)
    spread = z * sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    scale = 1 + z * z / count
    return Interval(max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale))


def bootstrap(statistic: Statistic, groups: Sequence[Hashable], *, seed: int) -> Interval | None:
    """The bias-corrected and accelerated bootstrap interval (Efron 1987) of a figure over questions.

    Groups are resampled whole. The tails are those of Student's distribution, because so few groups vary less in their
    resamples than they would (Hesterberg 2015); unequal groups count as fewer (Kish 1965). Samples in which the figure
    is undefined are left out. None for fewer than two groups, where the figure is undefined or would be without one of
    them, and where all samples agree: then they say nothing of how sure it is.
    """
    unit = _units(groups)
    count = int(unit.max(initial=-1)) + 1
    if count < 2:
        return None
    value = value_of(statistic, len(unit))
    without = np.concatenate([statistic(weights) for weights in _leaving_out(unit, count)])
    if np.isnan(value) or np.isnan(without).any():
        return None
    values = np.concatenate([statistic(drawn[:, unit]) for drawn in _samples(count, len(unit), seed)])
    values = values[~np.isnan(values)]
    if np.ptp(values) < _SAME:
        return None
    below = ((values < value - _SAME).sum() + 0.5 * (np.abs(values - value) <= _SAME).sum()) / len(values)
    # Never infinite; then the acceleration, at most 1/6, leaves the denominator below positive.
    bias = norm.ppf(np.clip(below, 0.5 / len(values), 1 - 0.5 / len(values)))
    effective = _effective(np.bincount(unit).astype(np.float64))
    width = float(t.ppf((1 + LEVEL) / 2, effective - 1)) * sqrt(effective / (effective - 1))
    tails = bias + width * np.array([-1, 1])
    low, high = np.quantile(values, norm.cdf(bias + tails / (1 - _acceleration(without) * tails)))
    return Interval(float(low), float(high))


def _studentised(scores: Sequence[float], groups: Sequence[Hashable], *, seed: int) -> Interval | None:
    """The bootstrap-t interval of a mean in 0..1 (Efron and Tibshirani 1993, chapter 12), resampling groups.

    Each sample's mean is measured in standard errors of that sample, which is what makes up for few, skewed groups.
    No end is farther out than if all scores were 0 or 1 and the same throughout a group: no scores are less sure.
    """
    sums, sizes = _totals(scores, groups)
    mean, error = _mean_and_error(sums, sizes)
    effective = _effective(sizes)
    worst = wilson(mean * effective, effective)
    if error < _SAME:
        return worst if mean in (0.0, 1.0) else None
    products = np.stack([sums, sizes, sums**2, sums * sizes, sizes**2], axis=1)
    drawn = np.concatenate([drawn @ products for drawn in _samples(len(sums), len(sums), seed)])
    means = drawn[:, 0] / drawn[:, 1]
    squares = drawn[:, 2] - 2 * means * drawn[:, 3] + means**2 * drawn[:, 4]
    errors = np.sqrt(np.maximum(squares, 0) * len(sums) / (len(sums) - 1)) / drawn[:, 1]
    errors = np.maximum(errors, 1e-6 * error)  # a sample of equal scores does not know its own
    low, high = np.quantile((means - mean) / errors, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(max(worst.low, mean - float(high) * error), min(worst.high, mean - float(low) * error))


def randomisation(differences: Sequence[float], groups: Sequence[Hashable] | None = None, *, seed: int) -> float:
    """The p-value of Fisher's paired randomisation test: how often random signs give as large a sum, two-sided.

    Differences of one group hang together and share a sign; without groups each has its own. The observed assignment
    counts as one of the rounds, so that p is never 0 (Phipson and Smyth 2010).
    """
    values = _totals(differences, range(len(differences)) if groups is None else groups)[0]
    observed = abs(values.sum())
    chance = np.random.default_rng(seed)
    as_large = 0
    for rounds in _pieces(_ROUNDS, len(values)):
        signs = chance.integers(0, 2, (rounds, len(values)), dtype=np.int8) * 2.0 - 1
        as_large += int((np.abs(signs @ values) >= observed - _SAME).sum())
    return (as_large + 1) / (_ROUNDS + 1)


def holm(p_values: Mapping[_Name, float]) -> dict[_Name, float]:
    """p-values adjusted for asking several questions at once (Holm 1979), in the order given."""
    adjusted: dict[_Name, float] = {}
    highest = 0.0
    for rank, name in enumerate(sorted(p_values, key=lambda name: p_values[name])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[name]))
        adjusted[name] = highest
    return {name: adjusted[name] for name in p_values}


def detectable_paired(differences: Sequence[float], groups: Sequence[Hashable]) -> float | None:
    """The true difference of two runs that questions like these would show four times in five.

    That is (1.96 + 0.84) standard errors of the mean difference, and more for few groups (quantiles of Student's
    distribution): a two-sided test at 5 % then has a power of 80 %. None for fewer than two groups, where the
    differences are all the same, and where so few questions would not show even the largest one there is, 1.
    """
    if len(set(groups)) < 2:
        return None
    sums, sizes = _totals(differences, groups)
    _, error = _mean_and_error(sums, sizes)
    freedom = _effective(sizes) - 1
    smallest = float(t.ppf((1 + LEVEL) / 2, freedom) + t.ppf(_POWER, freedom)) * error
    return smallest if error >= _SAME and smallest <= 1 else None


def detectable(scores: Sequence[float], groups: Sequence[Hashable]) -> float | None:
    """The same where only one run is known: as if the other were independent of it and its scores as spread.

    An upper bound, because two runs on the same questions mostly succeed and fail together.
    """
    alone = detectable_paired(scores, groups)
    return None if alone is None or sqrt(2) * alone > 1 else sqrt(2) * alone


def _units(groups: Sequence[Hashable]) -> NDArray[np.intp]:
    """The number of each question's group, of shape (questions,), counted from 0 as they come."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(group, len(numbers)) for group in groups], dtype=np.intp)


def _totals(scores: Sequence[float], groups: Sequence[Hashable]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The sum of the scores of each group, and how many they are."""
    unit = _units(groups)
    sums = np.bincount(unit, np.asarray(scores, dtype=np.float64))
    return sums.astype(np.float64), np.bincount(unit).astype(np.float64)


def _mean_and_error(sums: NDArray[np.float64], sizes: NDArray[np.float64]) -> tuple[float, float]:
    """The mean over all scores and its standard error, as that of a ratio of two sums over groups (Cochran 1977)."""
    mean = float(sums.sum() / sizes.sum())
    squares = float(((sums - mean * sizes) ** 2).sum())
    return mean, sqrt(squares * len(sums) / (len(sums) - 1)) / float(sizes.sum())


def _pieces(rows: int, columns: int) -> Iterator[int]:
    """How many rows at a time, so that memory stays bounded."""
    at_a_time = max(1, _PIECE // max(1, columns))
    for start in range(0, rows, at_a_time):
        yield min(at_a_time, rows - start)


def _samples(count: int, columns: int, seed: int) -> Iterator[Weights]:
    """How often each of `count` groups is drawn, in pieces of shape (samples, count).

    `columns` is how wide the caller makes them.
    """
    chance = np.random.default_rng(seed)
    for samples in _pieces(_RESAMPLES, columns):
        drawn = chance.integers(0, count, (samples, count)) + count * np.arange(samples)[:, None]
        yield np.bincount(drawn.ravel(), minlength=samples * count).reshape(samples, count).astype(np.float64)


def _leaving_out(unit: NDArray[np.intp], count: int) -> Iterator[Weights]:
    """Weights that leave out one group each, or a handful where there are many, in pieces."""
    handfuls = min(count, _LEFT_OUT)
    start = 0
    for samples in _pieces(handfuls, len(unit)):
        yield (unit % handfuls != np.arange(start, start + samples)[:, None]).astype(np.float64)
        start += samples


def _acceleration(without: NDArray[np.float64]) -> float:
    """Efron's acceleration from the jackknife: a sixth of the skewness of what each group brings."""
    skew = without.mean() - without
    spread = float((skew**2).sum()) ** 1.5
    return float((skew**3).sum()) / (6 * spread) if spread else 0.0


def _effective(sizes: NDArray[np.float64]) -> float:
    """How many groups of equal size would be worth these (Kish 1965), at least 2."""
    return max(2.0, float(sizes.sum()) ** 2 / float((sizes**2).sum()))
