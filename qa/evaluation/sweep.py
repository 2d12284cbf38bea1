"""Which settings provably help: every combination on one gold set, compared question by question."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations, product
from statistics import fmean
from typing import Any

from qa.assistant import Assistant
from qa.errors import PinciteError
from qa.evaluation.comparison import ALPHA, Comparison, compared
from qa.evaluation.metrics import LOWER_IS_BETTER, PAIRED, PASSAGES, units_of
from qa.evaluation.report import Metric, Report
from qa.evaluation.run import Progress, evaluate, one_view
from qa.gold.questions import GoldQuestion
from qa.library import Library
from qa.retriever import MAX_K, STAGES, Retriever

Settings = Mapping[str, str]
"""A value for each factor, as it was written."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination. `tied` tells whether it cannot be told from the best one; `p` is by Holm over all pairs."""

    settings: Settings
    metric: Metric
    p: float
    tied: bool

    def as_dict(self) -> dict[str, Any]:
        return {"settings": dict(self.settings), **self.metric.as_dict(), "p": round(self.p, 4), "tied": self.tied}


@dataclass(frozen=True, slots=True)
class Effect:
    """Two values of a factor, each question's scores being its means over all settings of the other factors."""

    factor: str
    first: str
    second: str
    comparison: Comparison

    def as_dict(self) -> dict[str, Any]:
        return {
            "factor": self.factor,
            "first": self.first,
            "second": self.second,
            **self.comparison.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class Sweep:
    """Cells, best first, and effects in the order of the factors."""

    metric: str
    cells: tuple[Cell, ...]
    effects: tuple[Effect, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "metric": self.metric,
            "cells": [cell.as_dict() for cell in self.cells],
            "effects": [effect.as_dict() for effect in self.effects],
        }


def sweep(
    library: Library,
    gold: Sequence[GoldQuestion],
    factors: Mapping[str, Sequence[str]],
    metric: str,
    progress: Progress | None = None,
    *,
    seed: int = 0,
) -> Sweep:
    """Evaluate every combination of the factors' values in one metric; `progress` is called after each question.

    The best cell was chosen on these very questions, which flatters its figure; whether it is better than another one
    is tested with that many comparisons in mind (Holm). Raises PinciteError for a factor, value or metric that is none.
    """
    check_factors(factors, metric)
    answerers = {
        values: _answerer(library, dict(zip(factors, values, strict=True)), metric)
        for values in product(*factors.values())
    }
    figures: dict[Values, Metric] = {}
    scores: dict[Values, Scores] = {}
    units: dict[str, str] = {}
    with one_view(library):
        for values, each in answerers.items():
            report = evaluate(each, gold, progress, seed=seed)
            # Only what is compared is kept: a report has some 30 KB a question.
            scores[values] = _scores(report, metric)
            if not scores[values]:
                raise PinciteError(
                    f"No question of this gold set has a score in {metric}: choose another with --metric."
                )
            figures[values] = report.metrics[metric]
            units = units or units_of(report.per_question)
            del report
    pairs = _effects(factors, scores)
    effects = compared(pairs, units, seed=seed, lower_is_better=pairs if metric in LOWER_IS_BETTER else ())
    return Sweep(
        metric,
        tuple(_cells(list(factors), figures, scores, units, metric, seed)),
        tuple(Effect(*name, comparison) for name, comparison in effects.items()),
    )


Scores = Mapping[str, float]
"""One metric by question."""
Values = tuple[str, ...]
"""A value for each factor, in their order."""


def _cells(
    names: Sequence[str],
    figures: Mapping[Values, Metric],
    scores: Mapping[Values, Scores],
    units: Mapping[str, str],
    metric: str,
    seed: int,
) -> list[Cell]:
    sign = 1 if metric in LOWER_IS_BETTER else -1
    order = sorted(figures, key=lambda values: sign * figures[values].value)
    best = order[0]
    # Which is the best was seen on these questions too: every two are compared, and p is adjusted for all of that.
    pairs = {two: both for two in combinations(order, 2) if (both := _pairs(scores[two[1]], scores[two[0]]))}
    against = compared(pairs, units, seed=seed)
    p_values = {second: comparison.p for (first, second), comparison in against.items() if first == best}
    # The best itself has none, nor have those that share no question with it, of which nothing can be told.
    return [
        Cell(dict(zip(names, values, strict=True)), figures[values], p, p >= ALPHA)
        for values in order
        for p in [p_values.get(values, 1.0)]
    ]


def _effects(
    factors: Mapping[str, Sequence[str]], scores: Mapping[Values, Scores]
) -> dict[tuple[str, str, str], dict[str, tuple[float, float]]]:
    """For each two values of a factor, each question's means over the settings of the other factors.

    Two values that share no question (in `risk`, only those answered count) are left out.
    """
    pairs = {}
    for at, (factor, values) in enumerate(factors.items()):
        for first, second in combinations(values, 2):
            before, after = (_mean([scores[cell] for cell in scores if cell[at] == value]) for value in (first, second))
            pairs[factor, first, second] = _pairs(before, after)
    return {name: both for name, both in pairs.items() if both}


def _mean(scores: Sequence[Scores]) -> dict[str, float]:
    """Each question's mean, over the questions that have a score in every one."""
    return {id_: fmean(each[id_] for each in scores) for id_ in scores[0] if all(id_ in each for each in scores)}


def _pairs(before: Scores, after: Scores) -> dict[str, tuple[float, float]]:
    return {id_: (before[id_], after[id_]) for id_ in before if id_ in after}


def _scores(report: Report, metric: str) -> dict[str, float]:
    return {row.id: row.scores[metric] for row in report.per_question if metric in row.scores}


# --- factors


def _answerer(library: Library, settings: Settings, metric: str) -> Assistant | Retriever:
    """What the settings describe; nothing is read where only passages are judged."""
    retriever = Retriever(library, stage=settings.get("retriever", "fused"))  # type: ignore[arg-type]  # checked
    if metric in PASSAGES:
        return retriever
    read = {name: FACTORS[name](value) for name, value in settings.items() if name != "retriever"}
    return Assistant(library, retriever=retriever, **read)


def _stage(value: str) -> str:
    if value not in STAGES:
        raise ValueError(f"only {', '.join(STAGES)} can be had")
    return value


def _count(value: str) -> int:
    if value.isascii() and value.isdigit() and len(value) < 10 and 1 <= int(value) <= MAX_K:
        return int(value)
    raise ValueError(f"a whole number from 1 to {MAX_K} is needed")


def _share(value: str) -> float:
    with suppress(ValueError):
        if 0 <= (number := float(value)) <= 1:
            return number
    raise ValueError("a number from 0 to 1 is needed")


METRICS = tuple(name for name in PAIRED if "." not in name)
"""What can be compared: a stage has the same order whatever the settings are."""

FACTORS: Mapping[str, Callable[[str], Any]] = {"retriever": _stage, "k": _count, "threshold": _share}
"""What can be varied: whose order of the passages counts, how many are read, from which confidence on is answered."""


def check_factors(factors: Mapping[str, Sequence[str]], metric: str) -> None:
    """Raise PinciteError for what cannot be swept, before anything is asked."""
    if metric not in METRICS:
        raise PinciteError(f"There is no metric {metric} that settings could change, only {', '.join(METRICS)}.")
    for name, values in factors.items():
        if name not in FACTORS:
            raise PinciteError(f"There is no factor {name} to vary, only {', '.join(FACTORS)}.")
        if name != "retriever" and metric in PASSAGES:
            raise PinciteError(f"{name} cannot change {metric}, which is of the passages found: vary the retriever.")
        if not values:
            raise PinciteError(f"{name} has no value: give it at least one.")
        if len({_parsed(name, value) for value in values}) < len(values):
            raise PinciteError(f"{name}={','.join(values)}: a value stands twice.")
    if not any(len(values) > 1 for values in factors.values()):
        raise PinciteError("There is nothing to compare: give a factor two values, for example retriever=dense,fused.")


def _parsed(factor: str, value: str) -> Any:
    try:
        return FACTORS[factor](value)
    except ValueError as error:
        raise PinciteError(f"{factor}={value}: {error}.") from error
