"""Limits of a run: a sentence for each that is not kept, and none where it is kept by a hair."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import PinciteError
from qa.evaluation import Metric, Report, limits
from qa.evaluation.comparison import Comparison
from qa.evaluation.report import Latency


def report(**metrics: float) -> Report:
    latency = {"retrieve": Latency(1.0, 5.0), "read": Latency(2.0, 9.0), "total": Latency(3.0, 12.25)}
    return Report({name: Metric(value, None, 1, "a score") for name, value in metrics.items()}, (), latency)


def change(before: float, after: float, p: float, *, lower_is_better: bool = False) -> Comparison:
    return Comparison(before, after, p, wins=1, ties=0, losses=1, lower_is_better=lower_is_better)


def test_floors() -> None:
    made = report(f1=0.5, em=0.25)
    assert limits.below(made, {"f1": 0.5, "em": 0.2}) == []
    assert limits.below(made, {"f1": 0.6, "em": 0.2501}) == [
        "f1 is 0.5000, below the 0.6 asked for with --fail-under.",
        "em is 0.2500, below the 0.2501 asked for with --fail-under.",
    ]


@pytest.mark.parametrize("floor", [0.0, 0.1])
def test_a_floor_under_what_was_not_measured_is_refused(floor: float) -> None:
    """A limit that cannot be judged is neither kept nor missed."""
    with pytest.raises(
        PinciteError, match=r"^--fail-under f1: it was not measured\..* from a file\) does not have it\.$"
    ):
        limits.below(report(em=0.5), {"em": 0.6, "f1": floor})


def test_ceilings() -> None:
    made = report(risk=0.5, ece=0.25)
    assert limits.above(made, {"risk": 0.5, "ece": 0.3}) == []
    assert limits.above(made, {"risk": 0.4999, "ece": 0.1}) == [
        "risk is 0.5000, above the 0.4999 asked for with --fail-over.",
        "ece is 0.2500, above the 0.1 asked for with --fail-over.",
    ]


def test_a_ceiling_over_what_was_not_measured_is_refused() -> None:
    with pytest.raises(PinciteError, match=r"^--fail-over risk: it was not measured\."):
        limits.above(report(ece=0.5), {"ece": 0.4, "risk": 1.0})


@given(st.floats(0, 1))
def test_a_limit_that_is_copied_from_a_run_is_kept_by_it(value: float) -> None:
    printed = float(f"{value:.4f}")
    assert limits.below(report(f1=value), {"f1": printed}) == []
    assert limits.above(report(risk=value), {"risk": printed}) == []


def test_regressions_are_larger_than_their_margin_and_not_by_chance() -> None:
    compared = {"f1": change(0.8, 0.7, 0.01), "em": change(0.8, 0.7, 0.05), "mrr@10": change(0.7, 0.8, 0.01)}
    told = ["f1 became worse by 0.1000 (0.8000 to 0.7000, p 0.010), more than the 0.05 allowed with --max-drop."]
    assert limits.regressions(compared, {"f1": 0.05, "em": 0.05, "mrr@10": 0.0}) == told
    assert limits.regressions(compared, {"f1": 0.11, "em": 0.0, "mrr@10": 0.0}) == []
    assert limits.regressions(compared, {}) == []


def test_a_drop_of_what_is_better_low_is_a_rise() -> None:
    compared = {"risk": change(0.1, 0.4, 0.01, lower_is_better=True)}
    assert limits.regressions(compared, {"risk": 0.2}) == [
        "risk became worse by 0.3000 (0.1000 to 0.4000, p 0.010), more than the 0.2 allowed with --max-drop."
    ]
    assert limits.regressions({"risk": change(0.4, 0.1, 0.01, lower_is_better=True)}, {"risk": 0.2}) == []


def test_times() -> None:
    assert limits.too_slow(report(), 12.25) == []
    told = ["95 % of the questions took up to 12.2 ms, more than the 12 allowed with --max-p95-ms."]
    assert limits.too_slow(report(), 12) == told
    searched = Report({}, (), {"retrieve": Latency(1.0, 5.0)})
    assert limits.too_slow(searched, 5) == []
    assert len(limits.too_slow(searched, 4.9)) == 1


def test_no_times() -> None:
    with pytest.raises(PinciteError, match="predictions from a file have no times"):
        limits.too_slow(Report({}, ()), 100)
