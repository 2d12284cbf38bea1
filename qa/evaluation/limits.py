"""What a run has to reach: floors, ceilings, no regression, no more than so many milliseconds."""

from __future__ import annotations

from collections.abc import Mapping

from qa.errors import PinciteError
from qa.evaluation.comparison import Comparison
from qa.evaluation.report import Report


def below(report: Report, floors: Mapping[str, float]) -> list[str]:
    """A sentence for each metric that is below its floor; one that no question counts in is 0."""
    values = {name: _shown(report, name) if name in report.metrics else 0.0 for name in floors}
    return [
        f"{name} is {values[name]:.4f}, below the {floor:g} asked for with --fail-under."
        for name, floor in floors.items()
        if not values[name] >= floor
    ]


def above(report: Report, ceilings: Mapping[str, float]) -> list[str]:
    """A sentence for each metric that is above its ceiling, or that no question counts in."""
    missed = []
    for name, ceiling in ceilings.items():
        if name not in report.metrics:
            missed.append(f"{name} cannot be said of these questions, and --fail-over asks for at most {ceiling:g}.")
        elif not (value := _shown(report, name)) <= ceiling:
            missed.append(f"{name} is {value:.4f}, above the {ceiling:g} asked for with --fail-over.")
    return missed


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


def _shown(report: Report, name: str) -> float:
    """The figure as it is printed and saved: a run keeps the limits that are copied from it."""
    return round(report.metrics[name].value, 4)
