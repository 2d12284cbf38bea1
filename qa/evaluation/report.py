"""What an evaluation found: metrics with their definitions, and a row a question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qa.evaluation.statistics import Interval
from qa.gold.questions import Evidence
from qa.types import Citation, Hit


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure over `count` questions, in 0..1, with its 95 % interval where there is more than one question.

    `detectable` is the smallest difference between two runs that these questions would show four times in five; None
    where that cannot be said, or there is none.
    """

    value: float
    interval: Interval | None
    count: int
    definition: str
    lower_is_better: bool = False
    detectable: float | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "value": round(self.value, 4),
            "low": round(self.interval.low, 4) if self.interval else None,
            "high": round(self.interval.high, 4) if self.interval else None,
            "count": self.count,
            "better": "lower" if self.lower_is_better else "higher",
            "detectable": None if self.detectable is None else round(self.detectable, 4),
            "definition": self.definition,
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """The best answer that was found, whether it was given or not; `right` is None where the right one is not known."""

    short: str
    confidence: float | None
    right: bool | None

    def as_dict(self) -> dict[str, Any]:
        confidence = None if self.confidence is None else round(self.confidence, 4)
        return {"short": self.short, "confidence": confidence, "right": self.right}


@dataclass(frozen=True, slots=True)
class QuestionScore:
    """One question: what was answered, its score in every metric that it counts in, and what went wrong.

    `best` is the best answer found, given or not, and `given_gold` the one that the reader finds in the passages of the
    evidence (None where that was not tried). `cause` is one of `failures.CAUSES` or "". `ranks` has, for each stage,
    the rank of the first relevant passage (None beyond 100). `wanted` is the evidence, `lost_quotes` the quotes that
    are not in the store, `hits` are the passages found; `ranking` and `relevant` name what was found and what should
    have been, with score and grade, for trec_eval. `error` is the sentence that came instead of an answer.
    """

    id: str
    question: str
    tags: tuple[str, ...]
    answers: tuple[str, ...]
    answerable: bool
    answered: bool
    short: str
    scores: Mapping[str, float]
    best: Candidate | None = None
    given_gold: Candidate | None = None
    cause: str = ""
    ranks: Mapping[str, int | None] = field(default_factory=dict)
    wanted: tuple[Evidence, ...] = ()
    lost_quotes: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    ranking: Mapping[str, float] = field(default_factory=dict)
    relevant: Mapping[str, int] = field(default_factory=dict)
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    error: str = ""

    @property
    def confidence(self) -> float | None:
        """The probability that the best answer found is right; None where nothing was said about it."""
        return self.best.confidence if self.best else None

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "question": self.question,
            "tags": list(self.tags),
            "answers": list(self.answers),
            "answerable": self.answerable,
            "answered": self.answered,
            "short": self.short,
            "confidence": None if self.confidence is None else round(self.confidence, 4),
            "best": self.best.as_dict() if self.best else None,
            "given_gold": self.given_gold.as_dict() if self.given_gold else None,
            "cause": self.cause,
            "ranks": dict(self.ranks),
            "lost_quotes": list(self.lost_quotes),
            "scores": {name: round(score, 4) for name, score in self.scores.items()},
            "timings_ms": {name: round(value, 1) for name, value in self.timings_ms.items()},
            "error": self.error,
        }


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds that a stage took, over the questions."""

    p50: float
    p95: float

    def as_dict(self) -> dict[str, float]:
        return {"p50": round(self.p50, 1), "p95": round(self.p95, 1)}


@dataclass(frozen=True, slots=True)
class Report:
    """Metrics by name, in the order of the stages, and the questions in the order of the gold file.

    Metrics of one retrieval stage alone have its name before theirs: `dense.ndcg@10`. `latency_ms` is by stage,
    `causes` counts the failures by their cause.
    """

    metrics: Mapping[str, Metric]
    per_question: tuple[QuestionScore, ...]
    latency_ms: Mapping[str, Latency] = field(default_factory=dict)

    @property
    def causes(self) -> dict[str, int]:
        """How many questions failed of each cause, most frequent first."""
        counted = Counter(row.cause for row in self.per_question if row.cause)
        return dict(sorted(counted.items(), key=lambda entry: (-entry[1], entry[0])))

    def as_dict(self) -> dict[str, Any]:
        return {
            "questions": len(self.per_question),
            "metrics": {name: metric.as_dict() for name, metric in self.metrics.items()},
            "latency_ms": {stage: latency.as_dict() for stage, latency in self.latency_ms.items()},
            "causes": self.causes,
            "per_question": [row.as_dict() for row in self.per_question],
        }
