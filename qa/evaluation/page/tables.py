"""What the upper half of a report says: which figures stand large, which metrics together, what was compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qa.evaluation.comparison import Comparison
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

_FAMILIES = ("Passages", "Passages, by stage", "Answers", "Citations", "Abstention")
_OF_ABSTENTION = (
    "abstained answered auroc aurc brier calibration confidence coverage e_aurc ece excess_aurc risk".split()
)
_OF_PASSAGES = ("hit", "map", "mrr", "ndcg", "passage", "precision@", "recall@", "rprec", "success")


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


def family(name: str) -> str:
    """What a metric is about, by its name; what is not known by its name is about answers."""
    if divided(name)[0]:
        return "Passages, by stage"
    if name.startswith(("cit", "joint")):
        return "Citations"
    if name.startswith(tuple(_OF_ABSTENTION)):
        return "Abstention"
    return "Passages" if name.startswith(_OF_PASSAGES) or "@" in name else "Answers"


def families(metrics: Mapping[str, Metric]) -> dict[str, list[Line]]:
    """The metrics by family, those of one measure at several stages under each other."""
    groups = {
        group: sorted((name for name in metrics if family(name) == group), key=_by_measure(metrics))
        for group in _FAMILIES
    }
    return {group: list(_lines(names, metrics)) for group, names in groups.items() if names}


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


def _by_measure(metrics: Mapping[str, Metric]) -> Callable[[str], int]:
    """A key that keeps the order of the report, and puts metrics of one measure where the first of them is."""
    first: dict[str, int] = {}
    for at, name in enumerate(metrics):
        first.setdefault(divided(name)[1], at)
    return lambda name: first[divided(name)[1]]


def _lines(names: Sequence[str], metrics: Mapping[str, Metric]) -> Iterator[Line]:
    above = ""
    for name in names:
        stage, measure = divided(name)
        metric = metrics[name]
        yield Line(measure, stage, metric, metric.definition != above)
        above = metric.definition
