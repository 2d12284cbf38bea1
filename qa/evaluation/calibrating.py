"""From a user's own questions to a threshold that keeps a promise: at most so many wrong among the answers given.

The threshold is found by fixed sequence testing from several starts (Angelopoulos et al. 2021, "Learn then Test", with
Bonferroni over the starts): each start begins at a number of surest answers fixed before any is judged, and goes on to
more answers while an exact binomial test rejects that the risk is larger than asked. What it accepts is under the asked
risk with the stated certainty, for questions like these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log, log1p
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import beta, binom

from qa.calibration import Calibration, logit
from qa.errors import PinciteError
from qa.evaluation.report import QuestionScore
from qa.reader.weights import fingerprint

CERTAINTY = 0.95
"""How sure a promise is."""

_STARTS = 4
_LEAST_RISK = 1e-6
_PULL = 1.0
"""How strongly the refitted confidence is held to the reader's own: as much as a question or two would."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What a threshold was found to do on `questions` questions, `answered` of which get an answer.

    With certainty `certainty`, at most `risk` of the answers given are wrong; `seen_risk` is the share among these.
    `coverage` is the share of questions answered, and `least_coverage` what it is at least with that certainty.
    """

    risk: float
    certainty: float
    questions: int
    answered: int
    seen_risk: float
    coverage: float
    least_coverage: float

    def as_dict(self) -> dict[str, Any]:
        return {name: round(getattr(self, name), 4) for name in self.__dataclass_fields__}


def calibrate(
    rows: Sequence[QuestionScore], *, risk: float, certainty: float = CERTAINTY
) -> tuple[Calibration, Promise]:
    """A calibration that keeps the risk of the answers given at or below `risk`, and what it promises.

    `rows` are judged by an assistant with the reader's own confidence. Raises PinciteError where they are too few for
    any promise, with the number that is missing, and where no threshold keeps this one.
    """
    judged = [row for row in rows if row.best is not None and row.best.right is not None and row.confidence is not None]
    refuse_too_few(len(judged), risk, certainty)
    confidence = [row.confidence or 0.0 for row in judged]
    right = np.array([bool(row.best and row.best.right) for row in judged])
    slope, offset = _platt(confidence, right)
    # What is compared with the threshold later, to the bit: what it cannot part here it cannot part then.
    probability = np.array([Calibration(0.0, slope, offset).probability(each) for each in confidence])
    # Where nothing was found, no threshold makes an answer.
    found = np.flatnonzero([bool(row.best and row.best.short) for row in judged])
    order = found[np.argsort(-probability[found], kind="stable")]
    answered = _accepted(probability[order], right[order], risk, certainty)
    if not answered:
        least = min(fewest(risk, certainty), len(order))
        wrong = int((~right[order][:least]).sum())
        raise PinciteError(
            f"No threshold keeps the promise of at most {percent(risk)} wrong answers: of the {least} surest answers "
            f"to these questions {wrong} are wrong. Allow more with --risk, or give more questions if that was chance."
        )
    threshold = float(probability[order][answered - 1])
    coverage = answered / len(judged)
    promise = Promise(
        risk,
        certainty,
        len(judged),
        answered,
        float((~right[order][:answered]).mean()),
        coverage,
        float(beta.ppf(1 - certainty, answered, len(judged) - answered + 1)),
    )
    return Calibration(threshold, slope, offset, fingerprint(), promise.as_dict()), promise


def refuse_too_few(known: int, risk: float, certainty: float = CERTAINTY) -> None:
    """Raise PinciteError where `known` questions whose right answer is known allow no promise, whatever the answers."""
    least = fewest(risk, certainty)
    if known < least:
        raise PinciteError(
            f"{known} questions whose right answer is known are too few to promise at most {percent(risk)} wrong "
            f"answers: it takes at least {least}, {least - known} more, with and without an answer in the documents."
        )


def fewest(risk: float, certainty: float = CERTAINTY) -> int:
    """The fewest questions with which a promise can be kept: all of the answers would have to be right."""
    if not _LEAST_RISK <= risk < 1 or not 0 < certainty < 1:
        raise PinciteError(f"--risk {risk:g}: a share between {_LEAST_RISK:f} and 1 is needed, for example 0.05.")
    return ceil(log((1 - certainty) / _STARTS) / log1p(-risk))


def percent(share: float) -> str:
    """A share as it was asked for, not rounded to a promise that was not made."""
    return f"{100 * share:g}%"


def _accepted(confidence: NDArray[np.float64], right: NDArray[np.bool_], risk: float, certainty: float) -> int:
    """How many of the answers, surest first, can be given; 0 where none can."""
    count = len(confidence)
    least = fewest(risk, certainty)
    if count < least:
        return 0
    wrong = np.cumsum(~right)
    level = (1 - certainty) / _STARTS
    # A threshold cannot part answers that are equally sure.
    ends = np.flatnonzero(np.append(confidence[:-1] != confidence[1:], True)) + 1
    rejected = binom.cdf(wrong[ends - 1], ends, risk) <= level
    best = 0
    for start in np.linspace(least, count, _STARTS, endpoint=False).astype(int):
        for at in range(int(np.searchsorted(ends, start)), len(ends)):
            if not rejected[at]:
                break
            best = max(best, int(ends[at]))
    return best


def _platt(confidence: Sequence[float], right: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and offset that fit the confidence to what was right, held to 1 and 0."""
    logits = np.array([logit(each) for each in confidence])
    signs = np.where(right, 1.0, -1.0)

    def loss(parameters: NDArray[np.float64]) -> float:
        slope, offset = parameters
        away = _PULL * ((slope - 1) ** 2 + offset**2)
        return float(np.logaddexp(0, -signs * (offset + slope * logits)).sum() + away)

    found = minimize(loss, np.array([1.0, 0.0]), bounds=[(0.05, 20.0), (-20.0, 20.0)])
    return round(float(found.x[0]), 6), round(float(found.x[1]), 6)
