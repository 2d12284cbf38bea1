"""Simulate evaluations whose truth is known, and count how often the statistics say what they should.

    python -m benchmarks.simulate_statistics --simulations 2000

Prints a markdown table, a row a cell: how often a 95 % interval holds the truth, how often the paired test raises a
false alarm, and how often it finds a difference of the size that is called detectable.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from qa.evaluation import abstention
from qa.evaluation.statistics import (
    Interval,
    Statistic,
    bootstrap,
    detectable_paired,
    interval,
    mean_of,
    randomisation,
)

Floats = NDArray[np.float64]
Chance = np.random.Generator
_LARGE = 1000  # an evaluation of so many questions takes some time


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of evaluation: `simulate` draws one with a seed and says whether it went as named.

    None where the method declines to say anything. `low` and `high` are what the share that goes so should be between;
    not so where it is not `relied_on`, which docs/statistics.md gives the reason for.
    """

    kind: str
    name: str
    questions: int
    simulate: Callable[[int], bool | None]
    low: float = 0.93
    high: float = 0.97
    relied_on: bool = True

    @property
    def quick(self) -> bool:
        return self.questions < _LARGE

    def count(self, simulations: int, seed: int = 0) -> tuple[float, float]:
        """The share of simulations that go so, of those that say anything, and the share that say nothing."""
        # Each simulation has its own stream, and the method, which is given the same number, another.
        results = [self.simulate(seed + 1_000_000 + number) for number in range(simulations)]
        told = [result for result in results if result is not None]
        return (sum(told) / len(told) if told else float("nan")), 1 - len(told) / simulations


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulations", type=int, default=2000, help="a quarter of it for evaluations of 1,000")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print("| what | cell | simulations | should be | is | says nothing |\n|---|---|---|---|---|---|")
    for cell in cells():
        simulations = options.simulations if cell.quick else options.simulations // 4
        share, silent = cell.count(simulations, options.seed)
        mark = "" if cell.low <= share <= cell.high else " (!)"
        wanted = f"{cell.low:.0%} to {cell.high:.0%}"
        print(
            f"| {cell.kind} | {cell.name} | {simulations} | {wanted} | {share:.1%}{mark} | {silent:.1%} |", flush=True
        )


def cells() -> list[Cell]:
    """Every cell, in the order of the table."""
    return [*_shares(), *_means(), *_document_means(), *_rankings(), *_calibrations(), *_differences(), *_tests()]


def _shares() -> list[Cell]:
    def simulate(share: float, count: int, seed: int) -> bool | None:
        chance = _chance(seed)
        scores = (chance.random(count) < share).astype(float)
        return _holds(interval(scores.tolist(), range(count), seed=seed), share)

    return [
        Cell("share (Wilson)", f"{share} of {count} questions", count, partial(simulate, share, count))
        for share in (0.1, 0.5, 0.9)
        for count in (50, 200, 1000)
    ]


def _means() -> list[Cell]:
    def simulate(none: float, full: float, count: int, seed: int) -> bool | None:
        scores = _like_f1(_chance(seed), none, full, count)
        return _holds(interval(scores.tolist(), range(count), seed=seed), full + (1 - none - full) / 2)

    return [
        Cell("mean (BCa)", f"F1-like, {truth:.2f}, {count} questions", count, partial(simulate, none, full, count))
        for none, full, truth in ((0.3, 0.4, 0.55), (0.05, 0.8, 0.875), (0.7, 0.1, 0.2))
        for count in (50, 200, 1000)
    ]


def _document_means() -> list[Cell]:
    def simulate(mean: float, documents: int, shares: bool, seed: int) -> bool | None:
        scores, groups = _documents(_chance(seed), mean, documents, shares)
        return _holds(interval(scores.tolist(), groups.tolist(), seed=seed), mean)

    return [
        Cell(
            "mean over documents (bootstrap-t)",
            f"{name}, {documents} documents",
            7 * documents,
            partial(simulate, mean, documents, shares),
        )
        for name, mean, shares in (
            ("share, 0.9", 0.9, True),
            ("F1-like, 0.9", 0.9, False),
            ("F1-like, 0.5", 0.5, False),
        )
        for documents in (20, 40, 100)
    ]


def _rankings() -> list[Cell]:
    def simulate_auroc(area: float, positive: float, documents: bool, count: int, seed: int) -> bool | None:
        chance = _chance(seed)
        groups = np.sort(chance.integers(0, count // 5, count)) if documents else np.arange(count)
        # Confidences are normal for both kinds, sqrt(2) * norm.ppf(area) apart: that is the binormal model's area.
        # A document's own part makes its confidences, and its rights and wrongs, alike.
        alike = 0.5 if documents else 0.0
        drawn = [np.sqrt(alike) * chance.normal(size=count)[groups] + np.sqrt(1 - alike) * chance.normal(size=count)]
        drawn.append(
            np.sqrt(alike) * chance.normal(size=count)[groups] + np.sqrt(1 - alike) * chance.normal(size=count)
        )
        right = drawn[0] < norm.ppf(positive)
        confidence = drawn[1] + right * np.sqrt(2) * norm.ppf(area)
        return _holds(bootstrap(abstention.auroc(confidence, right), groups.tolist(), seed=seed), area)

    def simulate(figure: Callable[[Floats, Floats], Statistic], truth: float, count: int, seed: int) -> bool | None:
        confidence, right = _calibrated(_chance(seed), count)
        return _holds(bootstrap(figure(confidence, 1 - right), range(count), seed=seed), truth)

    # Confidences are uniform and mean what they say: the q most confident have a risk of q / 2. The area below that is
    # 1/4; the best order, with half of all answers right, has 1/2 + log(1/2) / 2.
    figures: list[tuple[str, Callable[[Floats, Floats], Statistic], float]] = [
        ("AURC", abstention.aurc, 0.25),
        ("E-AURC", abstention.excess_aurc, 0.25 - (0.5 + np.log(0.5) / 2)),
        ("risk at coverage 0.5", lambda confidence, loss: abstention.risk_at(confidence, loss, 0.5), 0.25),
        ("coverage at risk 0.25", lambda confidence, loss: abstention.coverage_at(confidence, loss, 0.25), 0.5),
    ]
    areas = [
        Cell(
            "AUROC (BCa)",
            f"{area}, {positive:.0%} positive, {count} questions{' of documents' * documents}",
            count,
            partial(simulate_auroc, area, positive, documents, count),
        )
        for area, positive, documents in ((0.8, 0.5, False), (0.7, 0.8, False), (0.95, 0.5, False), (0.8, 0.5, True))
        for count in (50, 200, 1000)
    ]
    return areas + [
        Cell(f"{name} (BCa)", f"{count} questions", count, partial(simulate, figure, truth, count))
        for name, figure, truth in figures
        for count in (50, 200, 1000)
    ]


def _calibrations() -> list[Cell]:
    def simulate(power: float, brier: bool, truth: float, count: int, seed: int) -> bool | None:
        confidence, right = _calibrated(_chance(seed), count, power)
        figure = abstention.brier if brier else abstention.calibration_error
        return _holds(bootstrap(figure(confidence, right), range(count), seed=seed), truth)

    # Confidences c are uniform and right with probability c, or c squared: the error is then the mean of c - c * c, 1/6
    # (in every bin of one sign). The Brier score is the mean of c * (1 - c), 1/6 too.
    kinds = (
        ("Brier (BCa)", "calibrated", 1, True, 1 / 6),
        ("calibration error (BCa, not given)", "well calibrated", 1, False, 0.0),
        ("calibration error (BCa, not given)", "too sure by 0.17", 2, False, 1 / 6),
    )
    return [
        Cell(
            kind,
            f"{name}, {count} questions",
            count,
            partial(simulate, power, brier, truth, count),
            relied_on=brier,
        )
        for kind, name, power, brier, truth in kinds
        for count in (50, 200, 1000)
    ]


def _differences() -> list[Cell]:
    def simulate(count: int, documents: bool, seed: int) -> bool | None:
        differences, groups = _pairs(_chance(seed), count, documents, gain=0.1)
        return _holds(bootstrap(mean_of(differences), groups.tolist(), seed=seed), 0.1)

    return [
        Cell(
            "difference of two runs (BCa)",
            f"{count} questions{' of documents' * documents}",
            count,
            partial(simulate, count, documents),
        )
        for documents in (False, True)
        for count in (50, 200, 1000)
    ]


def _tests() -> list[Cell]:
    def alarm(count: int, documents: bool, seed: int) -> bool:
        differences, groups = _pairs(_chance(seed), count, documents)
        return randomisation(differences.tolist(), groups.tolist(), seed=seed) < 0.05

    def found(count: int, documents: bool, seed: int) -> bool:
        gain = _detectable(count, documents)
        differences, groups = _pairs(_chance(seed), count, documents, gain)
        return randomisation(differences.tolist(), groups.tolist(), seed=seed) < 0.05

    kinds = [(count, documents) for documents in (False, True) for count in (100, 200)]
    return [
        Cell(
            kind, f"{count} questions{' of documents' * documents}", count, partial(simulate, count, documents), *wanted
        )
        for kind, simulate, wanted in (
            ("false alarm, no difference (randomisation)", alarm, (0.04, 0.06)),
            ("detectable difference found (randomisation)", found, (0.76, 0.84)),
        )
        for count, documents in kinds
    ]


@cache
def _detectable(count: int, documents: bool) -> float:
    """What is detectable with so many questions, on the average of 200 pairs of runs."""
    pairs = [_pairs(_chance(seed), count, documents) for seed in range(200)]
    told = [detectable_paired(differences.tolist(), groups.tolist()) or 0.0 for differences, groups in pairs]
    return sum(told) / len(told)


def _chance(seed: int) -> Chance:
    return np.random.default_rng([seed, 1])


def _holds(between: Interval | None, truth: float) -> bool | None:
    return None if between is None else between.low <= truth <= between.high


def _like_f1(chance: Chance, none: float, full: float, count: int) -> Floats:
    """Scores that are 0, 1, or anything between around 1/2."""
    kind = chance.random(count)
    return np.where(kind < none, 0.0, np.where(kind < none + full, 1.0, chance.beta(2, 2, count)))


def _documents(chance: Chance, mean: float, documents: int, shares: bool) -> tuple[Floats, NDArray[np.intp]]:
    """Scores of questions about documents of different difficulty, six questions a document on average.

    The correlation within a document is 0.2. Four scores in ten are anything between 0 and 1, unless all are shares.
    """
    groups = np.repeat(np.arange(documents), chance.geometric(0.2, documents) + 1)
    level = chance.beta(4 * mean, 4 * (1 - mean), documents)[groups]
    scores = (chance.random(len(groups)) < level).astype(np.float64)
    if not shares:
        between = level + (2 * chance.beta(2, 2, len(groups)) - 1) * np.minimum(level, 1 - level)
        scores = np.where(chance.random(len(groups)) < 0.4, between, scores)
    return scores, groups


def _pairs(chance: Chance, count: int, documents: bool, gain: float = 0.0) -> tuple[Floats, NDArray[np.intp]]:
    """Differences of two runs, `gain` on average: half of the questions fare alike, a document's move together."""
    groups = np.sort(chance.integers(0, count // 5, count)) if documents else np.arange(count)
    differences = _like_f1(chance, 0.4, 0.4, count) - _like_f1(chance, 0.4, 0.4, count)
    differences *= chance.random(count) < 0.5
    if documents:
        differences += 0.2 * chance.choice([-1, 1], count)[groups]
    return differences + gain, groups


def _calibrated(chance: Chance, count: int, power: float = 1) -> tuple[Floats, Floats]:
    """Uniform confidences, and answers that are right with that probability, or a power of it."""
    confidence = chance.random(count)
    return confidence, (chance.random(count) < confidence**power).astype(np.float64)


if __name__ == "__main__":
    main()
