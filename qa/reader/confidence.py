"""How good a passage's answer is, and how likely the best answer of all is right: two fitted logistic regressions.

Both are fitted by `benchmarks/training/fitting.py` on questions that the network was not trained on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Any

from qa import lexical
from qa.reader.reading import Reading, agree


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic regression over named features."""

    weights: Mapping[str, float]
    intercept: float

    def logit(self, features: Mapping[str, float]) -> float:
        return self.intercept + sum(weight * features[name] for name, weight in self.weights.items())

    def probability(self, features: Mapping[str, float]) -> float:
        return sigmoid(self.logit(features))


@dataclass(frozen=True, slots=True)
class Confidence:
    """What was fitted: for a passage, for the answer, and the confidence from which on an answer is given."""

    passage: Logistic
    answer: Logistic
    threshold: float

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Confidence:
        passage, answer = (Logistic(row[name]["weights"], row[name]["intercept"]) for name in ("passage", "answer"))
        return cls(passage, answer, row["threshold"])


def passage_features(question: Sequence[str], readings: Sequence[Reading], reading: Reading) -> dict[str, float]:
    """What tells a passage that answers from one that does not. `question` are the words that carry its subject."""
    best = max(each.margin for each in readings)
    return {
        "margin": reading.margin,
        "behind": reading.margin - best,
        "answerable": reading.answerable,
        "relevance": reading.relevance,
        "fused": reading.hit.score,
        "dense": reading.hit.scores.dense,
        "words": _share(question, [reading]),
    }


def answer_features(question: Sequence[str], ordered: Sequence[Reading], scores: Sequence[float]) -> dict[str, float]:
    """What tells a right answer from a wrong one. `ordered` are the readings best first, `scores` their logits."""
    best, rest = ordered[0], ordered[1:]
    same = [sigmoid(score) for each, score in zip(rest, scores[1:], strict=True) if agree(best, each)]
    other = [sigmoid(score) for each, score in zip(rest, scores[1:], strict=True) if not agree(best, each)]
    here = best.candidates[1].margin if len(best.candidates) > 1 else -30.0
    return {
        "score": scores[0],
        "margin": best.margin,
        "answerable": best.answerable,
        "relevance": best.relevance,
        "elsewhere": max(other, default=0.0),
        "agreeing": sum(same),
        "lead": min(best.margin - here, 10.0),
        "words": _share(question, [best]),
        "unknown": 1.0 - _share(question, ordered),
        "length": log(best.candidates[0].end - best.candidates[0].start),
        "dense": best.hit.scores.dense,
        "first": float(best.hit.rank == 1),
    }


def sigmoid(logit: float) -> float:
    """The probability that a logit stands for, without overflow."""
    if logit >= 0:
        return 1 / (1 + exp(-logit))
    return exp(logit) / (1 + exp(logit))


def stems(text: str) -> set[str]:
    """The words of a text without their usual English endings: enough to compare a question with a passage."""
    return {_stem(word) for word in lexical.WORD.findall(text)}


def _share(wanted: Sequence[str], readings: Sequence[Reading]) -> float:
    """The share of the question's words that stand in one of the passages."""
    if not wanted:
        return 1.0
    found = set().union(*(stems(reading.hit.passage.text) for reading in readings))
    return sum(_stem(word) in found for word in wanted) / len(wanted)


def _stem(word: str) -> str:
    word = word.casefold()
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
