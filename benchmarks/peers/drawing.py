"""The plots of the page as SVG files: they stand alone, bring their colours, and follow a dark page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10

from markupsafe import Markup

from qa.evaluation.page.svg import dot, element, line, text

WIDTH, _LEFT, _RIGHT, _TOP, _STEP = 640.0, 150.0, 90.0, 44.0, 30.0
_AREA = WIDTH - _LEFT - _RIGHT

_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1d1e22; }
.title { font-weight: 600; }
.tick { font-size: 11px; fill: #5b5f68; }
.grid { stroke: #e3dfd6; }
.bar { fill: #8b877d; }
.own { fill: #3d4bb8; stroke: none; }
.range { stroke: #8b877d; stroke-width: 3; }
.own-range { stroke: #3d4bb8; stroke-width: 3; }
.dot { fill: #8b877d; }
.curve { fill: none; stroke: #8b877d; stroke-width: 2; }
.own-curve { fill: none; stroke: #3d4bb8; stroke-width: 2; }
.dashed { stroke-dasharray: 6 4; }
.mark { stroke: #b3412e; stroke-dasharray: 4 3; }
.paper { fill: #ffffff; }
@media (prefers-color-scheme: dark) {
  text { fill: #e9e9ec; }
  .tick { fill: #a6abb5; }
  .grid { stroke: #2e3138; }
  .bar, .dot { fill: #7d828d; }
  .range, .curve { stroke: #7d828d; }
  .own { fill: #aab5ff; }
  .own-range, .own-curve { stroke: #aab5ff; }
  .mark { stroke: #f0907f; }
  .paper { fill: #141518; }
}
"""


def bars(title: str, values: Mapping[str, float], *, own: str, marks: Mapping[str, float] | None = None) -> Markup:
    """A bar a name, its figure behind it; names that begin with `own` stand out, `marks` are lines to compare with."""
    marks = marks or {}
    highest = _round_up(max([*values.values(), *marks.values()]))
    drawn: list[Markup] = []
    bottom = _TOP + _STEP * len(values)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = _LEFT + share * _AREA
        drawn += [line((x, _TOP - 6), (x, bottom), "grid"), text((x, bottom + 16), f"{share * highest:,g}", "tick")]
    for number, (name, value) in enumerate(values.items()):
        y = _TOP + _STEP * number
        kind = "own" if name.startswith(own) else "bar"
        length = value / highest * _AREA
        drawn.append(text((_LEFT - 8, y + 15), name, "name", "end"))
        drawn.append(element("rect", x=_LEFT, y=y, width=max(length, 1.0), height=_STEP - 10, class_=kind))
        drawn.append(text((_LEFT + length + 6, y + 15), shown(value), "value", "start"))
    for number, (name, value) in enumerate(marks.items()):
        x = _LEFT + value / highest * _AREA
        drawn.append(line((x, _TOP - 6), (x, bottom), "mark"))
        anchor = "end" if value > highest / 2 else "start"
        drawn.append(text((x, bottom + 32 + 14 * number), f"{name}: {shown(value)}", "tick", anchor))
    said = "; ".join(f"{name} {shown(value)}" for name, value in {**values, **marks}.items())
    return svg_file(title, said, bottom + 26 + 14 * len(marks), drawn)


def ranges(title: str, values: Mapping[str, Sequence[float]], *, own: str) -> Markup:
    """A line from the least to the most of some percentiles a name, on a logarithmic scale, with a dot at each."""
    every = [value for each in values.values() for value in each]
    low, high = floor(log10(min(every))), ceil(log10(max(every)))
    high = max(high, low + 1)
    drawn: list[Markup] = []
    bottom = _TOP + _STEP * len(values)

    def across(value: float) -> float:
        return _LEFT + (log10(value) - low) / (high - low) * _AREA

    for power in range(low, high + 1):
        x = across(10.0**power)
        drawn += [line((x, _TOP - 6), (x, bottom), "grid"), text((x, bottom + 16), f"{10.0**power:,g}", "tick")]
    for number, (name, each) in enumerate(values.items()):
        y = _TOP + _STEP * number + 10
        mine = name.startswith(own)
        drawn.append(text((_LEFT - 8, y + 5), name, "name", "end"))
        drawn.append(line((across(min(each)), y), (across(max(each)), y), "own-range" if mine else "range"))
        drawn += [dot((across(value), y), 5, "own" if mine else "dot") for value in each]
        drawn.append(text((across(max(each)) + 10, y + 5), shown(each[0]), "value", "start"))
    said = "; ".join(f"{name} {', '.join(map(shown, each))}" for name, each in values.items())
    return svg_file(title, said, bottom + 26, drawn)


def shown(value: float) -> str:
    """Three digits that mean something, thousands set apart."""
    if value >= 100 or value == 0:
        return f"{value:,.0f}"
    return f"{value:.{max(0, 2 - floor(log10(value)))}f}"


def _round_up(value: float) -> float:
    """The next 1, 2, 4 or 8 times a power of ten, so that its quarters are short."""
    power = 10.0 ** floor(log10(value))
    return power * next(step for step in (1, 2, 4, 8, 10) if step * power >= value)


def svg_file(title: str, said: str, height: float, drawn: Sequence[Markup]) -> Markup:
    """What was drawn on paper of its own, with a title, and what it says for those who do not see it."""
    return element(
        "svg",
        element("title", title),
        element("desc", said),
        element("style", Markup(_STYLE)),  # noqa: S704 - it is ours
        element("rect", width=WIDTH, height=height, class_="paper"),
        text((12, 20), title, "title", "start"),
        *drawn,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH:g} {height:g}",
        width=WIDTH,
        height=height,
        role="img",
    )
