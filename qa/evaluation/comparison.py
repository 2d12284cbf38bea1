"""Whether a run is better than an earlier one on the same questions, or whether that cannot be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from qa.errors import PinciteError
from qa.evaluation.report import Report
from qa.evaluation.statistics import holm, randomisation

_ALPHA = 0.05

Verdict = Literal["better", "worse", "cannot tell"]
Scores = Mapping[str, Mapping[str, float]]
"""Each question's scores by metric."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One metric in two runs; `p` is a paired randomisation test's, adjusted by Holm over the metrics compared."""

    before: float
    after: float
    p: float
    wins: int
    ties: int
    losses: int

    @property
    def verdict(self) -> Verdict:
        if self.p >= _ALPHA:
            return "cannot tell"
        return "better" if self.after > self.before else "worse"

    def as_dict(self) -> dict[str, Any]:
        return {
            "before": round(self.before, 4),
            "after": round(self.after, 4),
            "p": round(self.p, 4),
            "wins": self.wins,
            "ties": self.ties,
            "losses": self.losses,
            "verdict": self.verdict,
        }


def compare(report: Report, baseline: Scores, *, seed: int) -> dict[str, Comparison]:
    """Compare a report with the scores of an earlier run, metric by metric.

    Raises PinciteError where the two runs did not ask the same questions.
    """
    # As they are saved: a run must equal itself.
    rows = {row.id: {name: round(score, 4) for name, score in row.scores.items()} for row in report.per_question}
    if rows.keys() != baseline.keys():
        different = sorted(rows.keys() ^ baseline.keys())
        raise PinciteError(
            f"The runs cannot be compared: they differ in {len(different)} questions ({', '.join(different[:5])}...). "
            "Compare runs of the same gold file."
        )
    pairs = {name: _pairs(name, rows, baseline) for name in report.metrics}
    pairs = {name: both for name, both in pairs.items() if both}
    p_values = holm({name: randomisation([b - a for a, b in both], seed=seed) for name, both in pairs.items()})
    return {name: _comparison(both, p_values[name]) for name, both in pairs.items()}


def _pairs(name: str, rows: Scores, baseline: Scores) -> list[tuple[float, float]]:
    """Before and after of the questions that count in a metric in both runs."""
    return [
        (baseline[id_][name], scores[name]) for id_, scores in rows.items() if name in scores and name in baseline[id_]
    ]


def _comparison(pairs: list[tuple[float, float]], p: float) -> Comparison:
    return Comparison(
        before=sum(before for before, _ in pairs) / len(pairs),
        after=sum(after for _, after in pairs) / len(pairs),
        p=p,
        wins=sum(after > before for before, after in pairs),
        ties=sum(after == before for before, after in pairs),
        losses=sum(after < before for before, after in pairs),
    )
