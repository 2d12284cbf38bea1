"""What a run has to reach: floors, ceilings, no regression, no more than so many milliseconds."""

from __future__ import annotations

from collections.abc import Mapping

from qa.errors import PinciteError
from qa.evaluation.comparison import Comparison
from qa.evaluation.report import Report


def below(report: Report, floors: Mapping[str, float]) -> list[str]:
    """A sentence for each metric that is below its floor. Raises PinciteError for one that was not measured."""
    values = {name: _shown(report, name, "--fail-under") for name in floors}
    return [
        f"{name} is {values[name]:.4f}, below the {floor:g} asked for with --fail-under."
        for name, floor in floors.items()
        if not values[name] >= floor
    ]


def above(report: Report, ceilings: Mapping[str, float]) -> list[str]:
    """A sentence for each metric that is above its ceiling. Raises PinciteError for one that was not measured."""
    values = {name: _shown(report, name, "--fail-over") for name in ceilings}
    return [
        f"{name} is {values[name]:.4f}, above the {ceiling:g} asked for with --fail-over."
        for name, ceiling in ceilings.items()
        if not values[name] <= ceiling
    ]


def regressions(compared: Mapping[str, Comparison], drops: Mapping[str, float]) -> list[str]:
    """A sentence for each metric that became worse by more than its margin, and not by chance."""
    return [
        f"{name} became worse by {-now.gain:.4f} ({now.before:.4f} to {now.after:.4f}, p {now.p:.3f}), more than the "
        f"{drop:g} allowed with --max-drop."
        for name, drop in drops.items()
        if (now := compared[name]).verdict == "worse" and -now.gain > drop
    ]


def too_slow(report: Report, milliseconds: float) -> list[str]:
    """A sentence where 95 % of the questions took longer than this; the whole way where it is known.

    Raises PinciteError where no times were taken.
    """
    stage = next((stage for stage in ("total", "retrieve") if stage in report.latency_ms), None)
    if stage is None:
        raise PinciteError("--max-p95-ms: predictions from a file have no times to be compared.")
    p95 = report.latency_ms[stage].p95
    if p95 <= milliseconds:
        return []
    return [f"95 % of the questions took up to {p95:.1f} ms, more than the {milliseconds:g} allowed with --max-p95-ms."]


def _shown(report: Report, name: str, option: str) -> float:
    """The figure as it is printed and saved: a run keeps the limits that are copied from it."""
    if name not in report.metrics:
        raise PinciteError(
            f"{option} {name}: it was not measured. No question of this gold set counts in it, or what was judged "
            "(passages alone, predictions from a file) does not have it."
        )
    return round(report.metrics[name].value, 4)
