"""Whether the confidence knows which answers are right: metrics of abstaining and of calibration.

Confidence is higher where surer; a loss is 0..1, 0 for a right answer. Each figure is a `Statistic`, so that it can be
resampled. Equal confidences have no order: every figure is what the random orders of them give on average, exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qa.evaluation.statistics import Statistic, Weights, divide, mean_of

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Bin:
    """The questions with a confidence above `low` and up to `high`: their mean confidence, and the share right."""

    low: float
    high: float
    count: int
    confidence: float
    right: float


def auroc(confidence: ArrayLike, positive: ArrayLike) -> Statistic:
    """The chance that a positive question has a higher confidence than another one, ties counting half.

    The area under the ROC curve (Hanley and McNeil 1982). NaN without questions of both kinds.
    """
    ties = _Ties.of(confidence)
    positives = np.asarray(positive, dtype=np.float64)

    def area(weights: Weights) -> NDArray[np.float64]:
        ordered = weights[:, ties.order]
        above = ties.sums(ordered * positives[ties.order])
        others = ties.sums(ordered) - above
        lower = others.sum(axis=1, keepdims=True) - np.cumsum(others, axis=1)
        won = (above * (lower + others / 2)).sum(axis=1)
        return divide(won, above.sum(axis=1) * others.sum(axis=1))

    return area


def aurc(confidence: ArrayLike, loss: ArrayLike) -> Statistic:
    """The area under the risk-coverage curve: the mean over i = 1..n of the mean loss of the i most confident.

    Lower is better (AURC, Geifman et al. 2019). Some scale it by n / (n - 1); this is not scaled.
    """
    ties = _Ties.of(confidence)
    losses = np.asarray(loss, dtype=np.float64)

    def area(weights: Weights) -> NDArray[np.float64]:
        blocks = _Blocks.of(ties, losses, weights)
        # A block's part is the sum over j = 1..count of (lost before + j * rho) / (before + j), rho its mean loss,
        # which is its loss + (lost before - rho * before) * (1 / (before + 1) + ... + 1 / after).
        harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, blocks.after.max(initial=0) + 1))])
        between = np.diff(harmonic[np.rint(blocks.after).astype(np.intp)], prepend=0, axis=1)
        parts = (blocks.lost_before - blocks.rho * blocks.before) * between
        return divide(blocks.lost.sum(axis=1) + parts.sum(axis=1), blocks.after[:, -1])

    return area


def excess_aurc(confidence: ArrayLike, loss: ArrayLike) -> Statistic:
    """AURC less that of the best order, least loss first; lower is better (E-AURC, Geifman et al. 2019)."""
    own, best = aurc(confidence, loss), aurc(-np.asarray(loss, dtype=np.float64), loss)

    def excess(weights: Weights) -> NDArray[np.float64]:
        return own(weights) - best(weights)

    return excess


def risk_at(confidence: ArrayLike, loss: ArrayLike, coverage: float) -> Statistic:
    """The mean loss of the most confident questions: the fewest, and at least one, that are this share of all."""
    ties = _Ties.of(confidence)
    losses = np.asarray(loss, dtype=np.float64)

    def risk(weights: Weights) -> NDArray[np.float64]:
        blocks = _Blocks.of(ties, losses, weights)
        taken = np.maximum(1, np.ceil(coverage * blocks.after[:, -1:] - _ROUNDING))
        at = np.minimum((blocks.after < taken).sum(axis=1, keepdims=True), blocks.after.shape[1] - 1)
        before, lost_before, rho = (
            np.take_along_axis(values, at, axis=1) for values in (blocks.before, blocks.lost_before, blocks.rho)
        )
        risks: NDArray[np.float64] = ((lost_before + (taken - before) * rho) / taken)[:, 0]
        return np.where(blocks.after[:, -1] > 0, risks, np.nan)

    return risk


def coverage_at(confidence: ArrayLike, loss: ArrayLike, risk: float) -> Statistic:
    """The largest coverage at which the mean loss of the most confident is no more than `risk`; 0 where none is.

    Read off the curve of `risk_coverage`, in which the losses of equal confidences are already averaged.
    """
    ties = _Ties.of(confidence)
    losses = np.asarray(loss, dtype=np.float64)

    def coverage(weights: Weights) -> NDArray[np.float64]:
        blocks = _Blocks.of(ties, losses, weights)
        whole = blocks.lost_before + blocks.lost <= risk * blocks.after + _ROUNDING
        # After i questions, inside a block, the risk is rho + (lost before - rho * before) / i. If it is too high only
        # towards the end it rises, and i is at most (rho * before - lost before) / (rho - risk).
        part = divide(blocks.rho * blocks.before - blocks.lost_before, np.maximum(blocks.rho - risk, 0))
        part = np.floor(np.nan_to_num(part) + _ROUNDING)
        reached = np.where(part > blocks.before, np.minimum(part, blocks.after), 0)
        reached = np.where(whole, blocks.after, reached)
        return divide(reached.max(axis=1, initial=0), blocks.after[:, -1])

    return coverage


def calibration_error(confidence: ArrayLike, right: ArrayLike, bins: int = 10) -> Statistic:
    """The expected calibration error: how far the mean confidence of a bin is from its share right, over questions.

    Bins of equal width, as in Guo et al. (2017); lower is better. With few questions a bin it is too large even where
    the confidence is perfect, so that no interval of it can be relied on (docs/statistics.md).
    """
    gap = np.asarray(confidence, dtype=np.float64) - np.asarray(right, dtype=np.float64)
    gaps = np.where(_bin_of(confidence, bins)[:, None] == np.arange(bins), gap[:, None], 0.0)

    def error(weights: Weights) -> NDArray[np.float64]:
        return divide(np.abs(weights @ gaps).sum(axis=1), weights.sum(axis=1))

    return error


def brier(confidence: ArrayLike, right: ArrayLike) -> Statistic:
    """The mean of (confidence - 1 if right, else 0) squared (Brier 1950). Lower is better."""
    return mean_of((np.asarray(confidence, dtype=np.float64) - np.asarray(right, dtype=np.float64)) ** 2)


def risk_coverage(confidence: ArrayLike, loss: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The risk-coverage curve: coverages 1/n, 2/n .. 1, and the mean loss of as many most confident questions.

    Defined by Geifman and El-Yaniv (2017); they call the mean loss of the questions that are answered the risk.
    """
    ties = _Ties.of(confidence)
    count = len(ties.order)
    blocks = _Blocks.of(ties, np.asarray(loss, dtype=np.float64), np.ones((1, count)))
    taken = np.arange(1, count + 1)
    at = np.searchsorted(blocks.after[0], taken)
    lost = blocks.lost_before[0][at] + (taken - blocks.before[0][at]) * blocks.rho[0][at]
    return taken / count, lost / taken


def calibration(confidence: ArrayLike, right: ArrayLike, bins: int = 10) -> list[Bin]:
    """The bins of `calibration_error`, lowest first, those without a question left out."""
    confidences, rights = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=np.float64)
    at = _bin_of(confidence, bins)
    return [
        Bin(
            low=index / bins,
            high=(index + 1) / bins,
            count=int((at == index).sum()),
            confidence=float(confidences[at == index].mean()),
            right=float(rights[at == index].mean()),
        )
        for index in map(int, np.unique(at))
    ]


def _bin_of(confidence: ArrayLike, bins: int) -> NDArray[np.intp]:
    """The bin of each question, of shape (questions,): each holds its upper end, and the first holds 0 as well."""
    return np.searchsorted(np.arange(1, bins) / bins, np.asarray(confidence, dtype=np.float64))


@dataclass(frozen=True, slots=True)
class _Ties:
    """Questions from the most confident to the least, and where in that order each new confidence begins."""

    order: NDArray[np.intp]
    starts: NDArray[np.intp]

    @staticmethod
    def of(confidence: ArrayLike) -> _Ties:
        values = np.asarray(confidence, dtype=np.float64)
        order = np.argsort(-values, kind="stable")
        return _Ties(order, np.flatnonzero(np.diff(values[order], prepend=np.inf)))

    @property
    def none(self) -> bool:
        return len(self.starts) == len(self.order)

    def sums(self, ordered: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sums over equal confidences, of shape (samples, confidences), from values in this order."""
        return ordered if self.none else np.add.reduceat(ordered, self.starts, axis=1)


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Questions of equal confidence in each sample, of shape (samples, confidences), from the most confident.

    `before` and `after` are how many questions there are without and with the block, `lost_before` is the loss of those
    before it, `lost` its own, and `rho` its mean loss, anything where the sample has none of its questions.
    """

    before: NDArray[np.float64]
    after: NDArray[np.float64]
    lost_before: NDArray[np.float64]
    lost: NDArray[np.float64]
    rho: NDArray[np.float64]

    @staticmethod
    def of(ties: _Ties, losses: NDArray[np.float64], weights: Weights) -> _Blocks:
        ordered, loss = weights[:, ties.order], losses[ties.order]
        counts, lost = ties.sums(ordered), ties.sums(ordered * loss)
        after = np.cumsum(counts, axis=1)
        if ties.none:
            rho = np.broadcast_to(loss, counts.shape)
        else:
            rho = np.divide(lost, counts, out=np.zeros(lost.shape), where=counts > 0)
        return _Blocks(after - counts, after, np.cumsum(lost, axis=1) - lost, lost, rho)
