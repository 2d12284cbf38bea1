"""The drawings of a report: how far the confidence can be trusted, and each figure with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite

import numpy as np
from markupsafe import Markup

from qa.evaluation.abstention import Bin, calibration, risk_coverage
from qa.evaluation.page.svg import Frame, Point, dot, element, line, path, percent, picture, small, text
from qa.evaluation.report import Latency, Metric, QuestionScore
from qa.evaluation.statistics import wilson

_BARS = 20
_LETTER = 6.6
"""About as wide as a letter of a name in a plot is."""
_FEW = 40
"""A curve of no more points than this shows them."""

Rows = Sequence[QuestionScore]


def risk_coverage_plot(rows: Rows) -> Markup | None:
    """Risk (share wrong) against coverage (share given), giving the most confident answers first.

    Over rows of known confidence whose best answer is known to be right or wrong; None where there is none. The
    operating point is [share answered, share wrong of those]; in random order the risk is that of all at any coverage.
    """
    judged = _judged(rows)
    if not judged:
        return None
    wrong = np.array([not right for _, _, right in judged], dtype=np.float64)
    coverage, risk = risk_coverage(np.array([confidence for _, confidence, _ in judged]), wrong)
    overall = float(wrong.mean())
    given = [not right for row, _, right in judged if row.answered]
    frame = Frame(48, 32, 328, 224, _ceiling(max(*map(float, risk), overall, _mean(given))))
    curve = [frame.at(float(x), float(y)) for x, y in zip(coverage, risk, strict=True)]
    drawn = [
        frame.axes("share of answers given", "share of those that is wrong"),
        line(frame.at(0, overall), frame.at(1, overall), "reference"),
        _reference_name(frame, overall),
        path(curve, "curve"),
        *(dot(point, 2, "curve-point") for point in curve if len(curve) <= _FEW),
    ]
    said = f"Giving all {len(judged)} answers, {percent(overall)} are wrong. "
    if given:
        share = len(given) / len(judged)
        drawn += [
            dot(frame.at(share, _mean(given)), 6, "operating"),
            _operating_name(frame, (share, _mean(given)), overall),
        ]
        said += f"This run gave {percent(share)} of them, and {percent(_mean(given))} of those are wrong."
    else:
        said += "This run gave none of them."
    return picture(400, 300, *drawn, name="risk-coverage", title="Risk and coverage", description=said)


def calibration_plot(rows: Rows) -> Markup | None:
    """Share right against confidence, in ten bins of equal width with 95 % Wilson whiskers; rows as for the risk."""
    judged = _judged(rows)
    if not judged:
        return None
    bins = calibration(
        np.array([confidence for _, confidence, _ in judged]), np.array([right for _, _, right in judged]), bins=10
    )
    frame = Frame(48, 44, 328, 212)
    drawn = [frame.axes("confidence", "share that is right"), line(frame.at(0, 0), frame.at(1, 1), "reference")]
    drawn.append(text((2, frame.top - 11), "answers", "count", "start"))
    drawn += [_reliability(frame, each) for each in bins]
    said = "A dot on the diagonal says what it promises. " + " ".join(
        f"{percent(each.low)} to {percent(each.high)}: {each.count} answers, confidence {percent(each.confidence)}, "
        f"{percent(each.right)} right."
        for each in bins
    )
    return picture(400, 300, *drawn, name="calibration", title="Calibration", description=said)


def distributions_plot(rows: Rows) -> Markup | None:
    """Histograms of the confidence: where the best answer is right, where it is wrong, where there is none to find."""
    groups = {
        "right": [confidence for row, confidence, right in _judged(rows) if row.answerable and right],
        "wrong": [confidence for row, confidence, right in _judged(rows) if row.answerable and not right],
        "unanswerable": [row.confidence for row in rows if row.confidence is not None and not row.answerable],
    }
    if not any(groups.values()):
        return None
    counts = {name: np.histogram(values, _BARS, (0, 1))[0].tolist() for name, values in groups.items()}
    highest = max(max(bars) / max(1, sum(bars)) for bars in counts.values())
    drawn, said = [], []
    for at, (name, bars) in enumerate(counts.items()):
        frame = Frame(18, 22 + at * 84, 360, 62, highest)
        drawn.append(_histogram(frame, name, bars))
        middle = f", half of it above {percent(float(np.median(groups[name])))}" if groups[name] else ""
        said.append(f"{name}: {len(groups[name])} questions{middle}.")
    for step in range(6):
        drawn.append(text((18 + 360 * step / 5, 268), percent(step / 5)))
    drawn.append(text((198, 288), "confidence", "axis-name"))
    return picture(
        400, 300, *drawn, name="distributions", title="Confidence by outcome", description=" ".join(said).capitalize()
    )


def whisker(metric: Metric) -> Markup:
    """A figure on the line from 0 to 1: a dot, and its 95 % interval as a bar."""
    frame = Frame(6, 2, 148, 14)
    middle = 0.5
    drawn = [line(frame.at(0, middle), frame.at(1, middle), "scale")]
    drawn += [line(_moved(frame.at(at, middle), -4), _moved(frame.at(at, middle), 4), "scale") for at in (0, 0.5, 1)]
    said = f"{metric.value:.3f}"
    if metric.interval:
        low, high = _within(metric.interval.low), _within(metric.interval.high)
        drawn.append(line(frame.at(low, middle), frame.at(high, middle), "interval"))
        said += f", 95 % interval {metric.interval.low:.3f} to {metric.interval.high:.3f}"
    if isfinite(metric.value):
        drawn.append(dot(frame.at(_within(metric.value), middle), 4, "figure"))
    return small(160, 18, *drawn, description=said, class_="whisker")


def latency_bar(stage: str, latency: Latency, longest: float) -> Markup:
    """A bar to the median, and a line on to the time that one question in twenty takes longer than."""
    frame = Frame(2, 2, 236, 14)
    share = [min(1.0, value / longest) if longest > 0 else 0.0 for value in (latency.p50, latency.p95)]
    (x, y), (width, _) = frame.at(0, 0.75), frame.at(share[0], 0)
    drawn = [
        line(frame.at(share[0], 0.5), frame.at(share[1], 0.5), "scale"),
        line(_moved(frame.at(share[1], 0.5), -4), _moved(frame.at(share[1], 0.5), 4), "scale"),
        element("rect", x=x, y=y, width=width - x, height=frame.height / 2, class_="bar"),
    ]
    said = f"{stage}: {latency.p50:.1f} ms in the middle, {latency.p95:.1f} ms at the 95th percentile"
    return small(240, 18, *drawn, description=said, class_="latency-bar")


def share_bar(count: int, most: int) -> Markup:
    """A bar as long as a count is of the greatest one; the number stands beside it."""
    return element(
        "svg",
        element("rect", x=0, y=0, width=100 * count / most, height=8, class_="bar"),
        viewBox="0 0 100 8",
        preserveAspectRatio="none",
        aria_hidden="true",
        class_="share",
    )


def _judged(rows: Rows) -> list[tuple[QuestionScore, float, bool]]:
    """The rows whose best answer has a confidence and is known to be right or wrong, with both."""
    return [
        (row, row.best.confidence, row.best.right)
        for row in rows
        if row.best and row.best.confidence is not None and row.best.right is not None
    ]


def _reliability(frame: Frame, each: Bin) -> Markup:
    # The count is exact: the share was made from whole answers.
    between = wilson(round(each.right * each.count), each.count)
    at = _within(each.confidence)
    middle, _ = frame.at((each.low + each.high) / 2, 0)
    return Markup("").join(
        [
            line(frame.at(at, between.low), frame.at(at, between.high), "interval"),
            dot(frame.at(at, each.right), 4.5, "figure"),
            text((middle, frame.top - 11), str(each.count), "count"),
        ]
    )


def _histogram(frame: Frame, name: str, bars: Sequence[int]) -> Markup:
    total = max(1, sum(bars))
    drawn = [line(frame.at(0, 0), frame.at(1, 0), "axis"), text((frame.left, frame.top - 5), name, "group", "start")]
    drawn.append(text((frame.left + frame.width, frame.top - 5), f"{sum(bars)} questions", anchor="end"))
    for (low, high), count in zip(pairwise(step / _BARS for step in range(_BARS + 1)), bars, strict=True):
        if count:
            (x, y), (end, ground) = frame.at(low, count / total), frame.at(high, 0)
            said = element("title", f"{name}, confidence {low:.2f} to {high:.2f}: {count} questions")
            size = {"width": end - x - 2, "height": ground - y}
            drawn.append(element("rect", said, x=x + 1, y=y, class_=f"bar {name}", **size))
    return Markup("").join(drawn)


def _reference_name(frame: Frame, overall: float) -> Markup:
    x, y = frame.at(0, overall)
    return text((x + 6, max(y - 7, frame.top + 10)), f"random order: {percent(overall)}", "reference-name", "start")


def _operating_name(frame: Frame, given: Point, overall: float) -> Markup:
    """Words below the operating point, where a curve that rises leaves room, and not on the line of random order."""
    words = f"given: {percent(given[1])} wrong"
    (x, y), (end, ground) = frame.at(*given), frame.at(1, 0)
    across = frame.at(0, overall)[1]
    below = y + 20
    if abs(below - 4 - across) < 12:
        below = across + 16
    if below > ground - 5:
        below = min(y, across if abs(across - y) < 24 else y) - 12
    return text((min(x + 4, end - _LETTER * len(words)), below), words, "operating-name", "start")


def _ceiling(value: float) -> float:
    """The top of an axis: the least of some round numbers that is not below the value."""
    return next((top for top in (0.05, 0.1, 0.2, 0.5) if value <= top), 1.0)


def _mean(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


def _within(value: float) -> float:
    return min(1.0, max(0.0, value))


def _moved(at: Point, down: float) -> Point:
    return at[0], at[1] + down
