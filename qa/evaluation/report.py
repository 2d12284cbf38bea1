"""What an evaluation found: metrics with their definitions, and a row a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qa.evaluation.statistics import Interval
from qa.types import Hit


@dataclass(frozen=True, slots=True)
class Metric:
    """A mean over `count` questions, every score in 0..1, with its 95 % interval where there is more than one."""

    value: float
    interval: Interval | None
    count: int
    definition: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "value": round(self.value, 4),
            "low": round(self.interval.low, 4) if self.interval else None,
            "high": round(self.interval.high, 4) if self.interval else None,
            "count": self.count,
            "definition": self.definition,
        }


@dataclass(frozen=True, slots=True)
class QuestionScore:
    """One question: what was answered, and its score in every metric that it counts in.

    `hits` are the passages found; `error` is the sentence that came instead of an answer, where one did.
    """

    id: str
    question: str
    tags: tuple[str, ...]
    answerable: bool
    answered: bool
    short: str
    confidence: float
    lost_quotes: tuple[str, ...]
    scores: Mapping[str, float]
    hits: tuple[Hit, ...] = ()
    error: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "question": self.question,
            "tags": list(self.tags),
            "answerable": self.answerable,
            "answered": self.answered,
            "short": self.short,
            "confidence": round(self.confidence, 4),
            "lost_quotes": list(self.lost_quotes),
            "scores": {name: round(score, 4) for name, score in self.scores.items()},
            "error": self.error,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """Metrics by name, in the order of the stages, and the questions in the order of the gold file."""

    metrics: Mapping[str, Metric]
    per_question: tuple[QuestionScore, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "questions": len(self.per_question),
            "metrics": {name: metric.as_dict() for name, metric in self.metrics.items()},
            "per_question": [row.as_dict() for row in self.per_question],
        }
