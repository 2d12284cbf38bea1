"""How sure a figure is, and whether two differ by more than chance. Everything random takes a seed."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.stats import norm

LEVEL = 0.95
_RESAMPLES = 2000
_ROUNDS = 10_000


@dataclass(frozen=True, slots=True)
class Interval:
    """Both ends included."""

    low: float
    high: float


def interval(scores: Sequence[float], groups: Sequence[Hashable], *, seed: int) -> Interval | None:
    """A 95 % interval for the mean of scores in 0..1.

    Wilson's for independent scores that are all 0 or 1, else by bootstrap. Scores of one group hang together: groups
    are resampled whole. None for fewer than two groups.
    """
    if len(set(groups)) < 2:
        return None
    if all(score in (0.0, 1.0) for score in scores) and len(set(groups)) == len(scores):
        return wilson(sum(map(int, scores)), len(scores))
    return bootstrap(scores, groups, seed=seed)


def wilson(successes: int, count: int) -> Interval:
    """Wilson's score interval for a share (Wilson 1927), without continuity correction."""
    z = float(norm.ppf((1 + LEVEL) / 2))
    share = successes / count
    centre = share + z * z / (2 * count)
    spread = z * sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    scale = 1 + z * z / count
    return Interval(max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale))


def bootstrap(scores: Sequence[float], groups: Sequence[Hashable], *, seed: int) -> Interval:
    """The bias-corrected and accelerated bootstrap interval of a mean (Efron 1987), resampling groups."""
    _, unit = np.unique([str(group) for group in groups], return_inverse=True)
    sums, sizes = np.bincount(unit, np.asarray(scores, dtype=np.float64)), np.bincount(unit)
    mean = float(sums.sum() / sizes.sum())
    chance = np.random.default_rng(seed)
    drawn = chance.integers(0, len(sums), (_RESAMPLES, len(sums)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    without = (sums.sum() - sums) / (sizes.sum() - sizes)
    skew = without.mean() - without
    spread = (skew**2).sum() ** 1.5
    if spread == 0:
        return Interval(mean, mean)
    acceleration = (skew**3).sum() / (6 * spread)
    below = ((means < mean).sum() + 0.5 * (means == mean).sum()) / _RESAMPLES
    bias = norm.ppf(below)
    tails = bias + norm.ppf([(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    low, high = np.quantile(means, norm.cdf(bias + tails / (1 - acceleration * tails)))
    return Interval(float(low), float(high))


def randomisation(differences: Sequence[float], *, seed: int) -> float:
    """The p-value of Fisher's paired randomisation test: how often random signs give as large a sum, two-sided.

    The observed assignment counts as one of the rounds, so that p is never 0 (Phipson and Smyth 2010).
    """
    values = np.asarray(differences, dtype=np.float64)
    observed = abs(values.sum())
    chance = np.random.default_rng(seed)
    signs = chance.integers(0, 2, (_ROUNDS, len(values)), dtype=np.int8) * 2 - 1
    as_large = (np.abs(signs @ values) >= observed - 1e-12).sum()
    return float((as_large + 1) / (_ROUNDS + 1))


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """p-values adjusted for asking several questions at once (Holm 1979), in the order given."""
    adjusted: dict[str, float] = {}
    highest = 0.0
    for rank, name in enumerate(sorted(p_values, key=lambda name: p_values[name])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[name]))
        adjusted[name] = highest
    return {name: adjusted[name] for name in p_values}
