"""What the upper half of a report says: which figures stand large, which metrics together, what was compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qa.evaluation.comparison import Comparison
from qa.evaluation.metrics import FAMILIES
from qa.evaluation.report import Metric, Report

HEADLINES = {
    "ndcg@10": "relevant passages near the top",
    "recall@5": "evidence within the first five passages",
    "f1": "words shared with an acceptable answer",
    "citation_precision": "cited words that are evidence",
    "answered": "answerable questions that were answered",
    "abstained": "unanswerable questions left unanswered",
    "auroc": "right answers surer than wrong ones",
}
"""The figures that stand large, where they are there, with what they say in a few words."""


@dataclass(frozen=True, slots=True)
class Line:
    """One metric in the table; `explained` is False where the line above has the same definition."""

    name: str
    stage: str
    metric: Metric
    explained: bool


def divided(name: str) -> tuple[str, str]:
    """The stage of a metric, or "", and what it measures: `dense.ndcg@10` is of a stage, `risk@0.8` is not."""
    stage, _, measure = name.partition(".")
    return (stage, measure) if measure and stage.isalpha() else ("", name)


def families(metrics: Mapping[str, Metric]) -> dict[str, list[Line]]:
    """The metrics by family, those of one stage left out; what is in no family comes last."""
    known = {name for names in FAMILIES.values() for name in names}
    others = [name for name in metrics if name not in known and not divided(name)[0]]
    groups = {family: [name for name in names if name in metrics] for family, names in FAMILIES.items()}
    return {group: list(_lines(names, metrics)) for group, names in (groups | {"Others": others}).items() if names}


def by_stage(metrics: Mapping[str, Metric]) -> list[Line]:
    """The metrics of one stage alone, those of one measure under each other, in the order of the report."""
    names = [name for name in metrics if divided(name)[0]]
    measures = list(dict.fromkeys(divided(name)[1] for name in names))
    return list(_lines(sorted(names, key=lambda name: measures.index(divided(name)[1])), metrics))


def stages(metrics: Mapping[str, Metric]) -> dict[str, dict[str, Metric | None]]:
    """Each stage's metrics by measure, what was searched with first; every row has the same measures."""
    lines = by_stage(metrics)
    measures = list(dict.fromkeys(line.name for line in lines))
    rows = {line.stage: f"{line.stage}." for line in lines}
    if any(name in metrics for name in measures):
        rows = {"as searched": "", **rows}
    return {row: {name: metrics.get(prefix + name) for name in measures} for row, prefix in rows.items()}


def headlines(metrics: Mapping[str, Metric]) -> list[str]:
    """The names of the figures that stand large, recall@5 only where there is no ndcg@10.

    Where there is none of them, the first few that there are.
    """
    names = [name for name in HEADLINES if name in metrics]
    if "ndcg@10" in names and "recall@5" in names:
        names.remove("recall@5")
    return names or list(metrics)[:4]


def verdicts(comparison: Mapping[str, Comparison]) -> dict[str, list[tuple[str, Comparison]]]:
    """The metrics compared by their verdict: worse first, for that is what one must not miss."""
    return {
        verdict: [(name, each) for name, each in comparison.items() if each.verdict == verdict]
        for verdict in ("worse", "better", "cannot tell")
    }


def counts(report: Report) -> dict[str, int]:
    rows = report.per_question
    answerable = sum(row.answerable for row in rows)
    return {
        "questions": len(rows),
        "answerable": answerable,
        "unanswerable": len(rows) - answerable,
        "failed": sum(bool(row.error) for row in rows),
    }


def settings(made_from: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Each value of a JSON-like mapping with the names that lead to it."""
    for key, value in made_from.items():
        name = f"{above} › {key}" if above else str(key)
        if isinstance(value, Mapping):
            yield from settings(value, name)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield name, ", ".join(map(_written, value))
        else:
            yield name, _written(value)


def _written(value: Any) -> str:
    words = {None: "–", True: "yes", False: "no"}
    return words[value] if value is None or isinstance(value, bool) else str(value)


def _lines(names: Sequence[str], metrics: Mapping[str, Metric]) -> Iterator[Line]:
    above = ""
    for name in names:
        stage, measure = divided(name)
        metric = metrics[name]
        yield Line(measure, stage, metric, metric.definition != above)
        above = metric.definition
