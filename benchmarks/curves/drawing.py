"""Curves over the number of passages as an SVG file; both axes are logarithmic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from markupsafe import Markup

from benchmarks.peers.drawing import WIDTH, shown, svg_file
from qa.evaluation.page.svg import Frame, Point, dot, line, path, text

_HEIGHT = 330.0
_FRAME = Frame(left=58, top=50, width=WIDTH - 58 - 172, height=_HEIGHT - 50 - 44)
_LABEL = 17.0
"""From the line of one label to that of the next."""

_FEW = 2
"""Powers of ten up to which there are lines between them too."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Points by number of passages; `own` ones stand out, `dashed` ones stand back."""

    name: str
    points: Sequence[Point]
    own: bool = True
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class _Axis:
    """From a power of ten to another."""

    low: int
    high: int

    @classmethod
    def of(cls, values: Sequence[float]) -> _Axis:
        low = floor(log10(min(values)))
        return cls(low, max(ceil(log10(max(values))), low + 1))

    def share(self, value: float) -> float:
        return (log10(value) - self.low) / (self.high - self.low)

    def ticks(self, steps: Sequence[int] = (1,)) -> list[float]:
        found = [step * 10.0**power for power in range(self.low, self.high) for step in steps]
        return [*found, 10.0**self.high]


def curves(title: str, across: str, given: Sequence[Curve]) -> Markup:
    """A line with dots a curve, its name and last figure behind it; those without points are left out."""
    drawn_curves = [curve for curve in given if curve.points]
    sizes = _Axis.of([x for curve in drawn_curves for x, _ in curve.points])
    values = _Axis.of([y for curve in drawn_curves for _, y in curve.points])
    drawn = _grid(across, sizes, values)
    ends: list[tuple[float, str]] = []
    for curve in drawn_curves:
        points = [_FRAME.at(sizes.share(x), values.share(y)) for x, y in curve.points]
        kind = ("own-curve" if curve.own else "curve") + (" dashed" if curve.dashed else "")
        drawn.append(path(points, kind))
        drawn += [dot(point, 3.5, "own" if curve.own else "dot") for point in points]
        ends.append((points[-1][1], f"{curve.name}: {shown(curve.points[-1][1])}"))
    x = _FRAME.left + _FRAME.width + 12
    drawn += [text((x, y + 4), words, "name", "start") for y, words in _apart(ends)]
    return svg_file(title, "; ".join(map(_said, drawn_curves)), _HEIGHT, drawn)


def _grid(across: str, sizes: _Axis, values: _Axis) -> list[Markup]:
    drawn = []
    for size in sizes.ticks():
        x, bottom = _FRAME.at(sizes.share(size), 0)
        drawn += [line((x, _FRAME.top), (x, bottom), "grid"), text((x, bottom + 18), f"{size:,.0f}")]
    for value in values.ticks((1, 2, 5) if values.high - values.low <= _FEW else (1,)):
        start, end = _FRAME.at(0, values.share(value)), _FRAME.at(1, values.share(value))
        drawn += [line(start, end, "grid"), text((start[0] - 7, start[1] + 4), f"{value:,g}", anchor="end")]
    drawn.append(text((_FRAME.left + _FRAME.width / 2, _HEIGHT - 8), across))
    return drawn


def _apart(ends: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """Labels from top to bottom, pushed down where they would meet."""
    found: list[tuple[float, str]] = []
    for y, words in sorted(ends):
        found.append((max(y, found[-1][0] + _LABEL) if found else y, words))
    return found


def _said(curve: Curve) -> str:
    return f"{curve.name}: " + ", ".join(f"{shown(y)} at {x:,.0f}" for x, y in curve.points)
