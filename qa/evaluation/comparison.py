"""Whether a run is better than an earlier one on the same questions, or whether that cannot be told."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from qa.errors import PinciteError
from qa.evaluation.metrics import LOWER_IS_BETTER, PAIRED, units_of
from qa.evaluation.report import Report
from qa.evaluation.saved import SavedRun, fingerprint
from qa.evaluation.statistics import detectable_paired, holm, randomisation

ALPHA = 0.05

Name = TypeVar("Name", bound=Hashable)
Verdict = Literal["better", "worse", "cannot tell"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One metric in two runs; `p` is a paired randomisation test's, adjusted by Holm over the metrics compared.

    Wins are questions that did better than before. `detectable` is the smallest difference that these questions would
    show four times in five, going by how much they differ.
    """

    before: float
    after: float
    p: float
    wins: int
    ties: int
    losses: int
    detectable: float | None = None
    lower_is_better: bool = False

    @property
    def gain(self) -> float:
        """How much better it became; negative where it became worse."""
        return self.before - self.after if self.lower_is_better else self.after - self.before

    @property
    def verdict(self) -> Verdict:
        if self.p >= ALPHA or self.gain == 0:
            return "cannot tell"
        return "better" if self.gain > 0 else "worse"

    def as_dict(self) -> dict[str, Any]:
        return {
            "before": round(self.before, 4),
            "after": round(self.after, 4),
            "p": round(self.p, 4),
            "wins": self.wins,
            "ties": self.ties,
            "losses": self.losses,
            "detectable": None if self.detectable is None else round(self.detectable, 4),
            "verdict": self.verdict,
        }


def compare(report: Report, baseline: SavedRun, *, seed: int, metrics: Sequence[str] = ()) -> dict[str, Comparison]:
    """Compare a report with an earlier run, metric by metric: those asked for, else all that are not of one stage.

    Raises PinciteError where the two runs did not ask the same questions, or have a metric that is asked for in one
    of them only.
    """
    refuse_other_questions({row.id: fingerprint(row) for row in report.per_question}, baseline)
    # As they are saved: a run must equal itself.
    rows = {row.id: {name: round(score, 4) for name, score in row.scores.items()} for row in report.per_question}
    pairs = {name: _pairs(name, rows, baseline.scores) for name in metrics or _of_no_stage(report)}
    for name, both in pairs.items():
        if not both and metrics:
            raise PinciteError(f"The runs cannot be compared in {name}: no question has it in both of them.")
    return compared(
        {name: both for name, both in pairs.items() if both},
        units_of(report.per_question),
        seed=seed,
        lower_is_better=LOWER_IS_BETTER,
    )


Pairs = Mapping[str, tuple[float, float]]
"""Before and after by question."""


def compared(
    pairs: Mapping[Name, Pairs], units: Mapping[str, str], *, seed: int, lower_is_better: Collection[Name] = ()
) -> dict[Name, Comparison]:
    """Compare scores of the same questions, by name of what is compared; `units` are what hangs together.

    Each p-value is adjusted for all that is compared in one call.
    """
    p_values: dict[Name, float] = {}
    for name, both in pairs.items():
        groups = [units[id_] for id_ in both]
        p_values[name] = randomisation([after - before for before, after in both.values()], seed=seed, groups=groups)
    adjusted = holm(p_values)
    return {
        name: _comparison(both, units, adjusted[name], lower_is_better=name in lower_is_better)
        for name, both in pairs.items()
    }


def _of_no_stage(report: Report) -> list[str]:
    return [name for name in report.metrics if name in PAIRED and "." not in name]


def _pairs(
    name: str, rows: Mapping[str, Mapping[str, float]], before: Mapping[str, Mapping[str, float]]
) -> dict[str, tuple[float, float]]:
    """Of the questions that count in a metric in both runs."""
    return {
        id_: (before[id_][name], scores[name]) for id_, scores in rows.items() if name in scores and name in before[id_]
    }


def _comparison(both: Pairs, units: Mapping[str, str], p: float, *, lower_is_better: bool) -> Comparison:
    sign = -1 if lower_is_better else 1
    gains = [sign * (after - before) for before, after in both.values()]
    return Comparison(
        before=sum(before for before, _ in both.values()) / len(both),
        after=sum(after for _, after in both.values()) / len(both),
        p=p,
        wins=sum(gain > 0 for gain in gains),
        ties=sum(gain == 0 for gain in gains),
        losses=sum(gain < 0 for gain in gains),
        detectable=detectable_paired(gains, [units[id_] for id_ in both]),
        lower_is_better=lower_is_better,
    )


def refuse_other_questions(asked: Mapping[str, str], baseline: SavedRun) -> None:
    """Raise PinciteError where an earlier run did not ask the same; `asked` has their fingerprints by id."""
    different = sorted(asked.keys() ^ baseline.scores.keys())
    changed = sorted(id_ for id_, now in asked.items() if baseline.questions.get(id_, now) != now)
    for what, names in (("differ in", different), ("ask differently, or want other answers or evidence, in", changed)):
        if names:
            listed = ", ".join(names[:5]) + ("..." if len(names) > 5 else "")
            questions = f"{len(names)} question" + ("s" if len(names) > 1 else "")
            raise PinciteError(
                f"The runs cannot be compared: they {what} {questions} ({listed}). Compare runs of the same gold file, "
                "or keep a new run of this one with --save to compare with from now on."
            )
