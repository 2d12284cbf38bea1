"""The few pieces that plots are drawn with. Colours are classes: the page's policy allows no style on an element."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

Point = tuple[float, float]


def element(name: str, *children: str, **attributes: str | float) -> Markup:
    """An element; `class_` is the attribute class and `text_anchor` text-anchor. Text is escaped, markup is not."""
    written = "".join(f' {_attribute(key)}="{escape(_value(value))}"' for key, value in attributes.items())
    inside = "".join(str(escape(child)) for child in children)
    return Markup(f"<{name}{written}>{inside}</{name}>")  # noqa: S704 - its parts are escaped above


def picture(width: float, height: float, *children: str, name: str, title: str, description: str) -> Markup:
    """A drawing with a title and a description for those who do not see it; `name` is the stem of their ids."""
    return element(
        "svg",
        element("title", title, id=f"{name}-title"),
        element("desc", description, id=f"{name}-description"),
        *children,
        viewBox=f"0 0 {_value(width)} {_value(height)}",
        role="img",
        aria_labelledby=f"{name}-title",
        aria_describedby=f"{name}-description",
        class_="plot",
    )


def small(width: float, height: float, *children: str, description: str, class_: str) -> Markup:
    """A drawing of one figure, beside its number."""
    return element(
        "svg",
        *children,
        viewBox=f"0 0 {_value(width)} {_value(height)}",
        role="img",
        aria_label=description,
        class_=class_,
    )


def line(start: Point, end: Point, class_: str) -> Markup:
    return element("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], class_=class_)


def path(points: Iterable[Point], class_: str) -> Markup:
    """Straight lines from point to point."""
    drawn = " ".join(f"{_value(x)},{_value(y)}" for x, y in points)
    return element("polyline", points=drawn, class_=class_)


def dot(at: Point, radius: float, class_: str) -> Markup:
    return element("circle", cx=at[0], cy=at[1], r=radius, class_=class_)


def text(at: Point, words: str, class_: str = "tick", anchor: str = "middle") -> Markup:
    return element("text", words, x=at[0], y=at[1], text_anchor=anchor, class_=class_)


@dataclass(frozen=True, slots=True)
class Frame:
    """The rectangle of a plot, in the units of its drawing: across from 0 to 1, upwards from 0 to `highest`."""

    left: float
    top: float
    width: float
    height: float
    highest: float = 1.0

    def at(self, x: float, y: float) -> Point:
        return self.left + x * self.width, self.top + (1 - y / self.highest) * self.height

    def axes(self, across: str, upwards: str) -> Markup:
        """Grid, ticks at every fifth of both axes, and what the axes say; that of the upward one is at the very top."""
        drawn = []
        for step in range(6):
            share = step / 5
            drawn.append(line(self.at(0, share * self.highest), self.at(1, share * self.highest), "grid"))
            x, y = self.at(share, 0)
            drawn.append(text((x, y + 16), percent(share)))
            x, y = self.at(0, share * self.highest)
            drawn.append(text((x - 7, y + 4), percent(share * self.highest), anchor="end"))
        drawn.append(line(self.at(0, 0), self.at(1, 0), "axis"))
        drawn.append(text((self.left + self.width / 2, self.top + self.height + 36), across, "axis-name"))
        drawn.append(text((8, 14), upwards, "axis-name", "start"))
        return Markup("").join(drawn)


def percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: str | float) -> str:
    """Numbers with two decimals at most, the same on every machine."""
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
