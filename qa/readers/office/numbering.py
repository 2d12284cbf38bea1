"""The numbers and bullets that Word puts before list items and headings: not in the text, but counted by its rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.readers.office.ooxml import whole_number

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_LEVELS = 9
_LONGEST = 60
"""Characters of a label that are kept."""

_ROMAN = tuple(
    zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), "m cm d cd c xc l xl x ix v iv i".split(), strict=True)
)


@dataclass(frozen=True, slots=True)
class _Level:
    """How one level of a list counts. `style` is the paragraph style that stands on it."""

    form: str
    text: str
    first: int
    plain: bool
    style: str


@dataclass(frozen=True, slots=True)
class _List:
    """What a paragraph's number stands for: an abstract list, which levels begin anew and where, all levels."""

    abstract: str
    anew: dict[int, int]
    levels: dict[int, _Level]


class Numbering:
    """The lists of one document, and how far each has counted."""

    def __init__(self, root: Element | None) -> None:
        self._lists: dict[str, _List] = {}
        """By the number that paragraphs name."""
        self._counts: dict[str, list[int | None]] = {}
        """By the number of an abstract list: lists of the same one go on counting where another stopped."""
        self._begun: set[str] = set()
        if root is not None:
            self._read(root)

    def _read(self, root: Element) -> None:
        abstract = {each.get("abstractNumId", ""): each for each in root.iterfind("abstractNum")}
        levels = {id_: _levels(each) for id_, each in abstract.items()}
        named = {name: id_ for id_, each in abstract.items() if (name := _value(each, "styleLink"))}
        for num in root.iterfind("num"):
            id_ = _value(num, "abstractNumId")
            if id_ in abstract:
                id_ = named.get(_value(abstract[id_], "numStyleLink"), id_)
            overrides = num.findall("lvlOverride")
            anew = {_number(each, "ilvl"): _value(each, "startOverride") for each in overrides}
            self._lists[num.get("numId", "")] = _List(
                id_,
                {at: whole_number(first) for at, first in anew.items() if first},
                levels.get(id_, {}) | {at: level for each in overrides for at, level in _levels(each).items()},
            )

    def level_of(self, number: str, style: str) -> int:
        """The level of a list that a paragraph style stands on."""
        list_ = self._lists.get(number)
        return next((at for at, level in list_.levels.items() if level.style == style), 0) if list_ else 0

    def label(self, number: str, at: int) -> str:
        """Count one item of a list, and give what stands before it."""
        list_ = self._lists.get(number)
        level = list_.levels.get(at) if list_ else None
        if list_ is None or level is None:
            return ""
        counts = self._counts.setdefault(list_.abstract, [None] * _LEVELS)
        if number not in self._begun:
            self._begun.add(number)
            if at in list_.anew:
                counts[at] = list_.anew[at] - 1
        before = counts[at]
        counts[at] = level.first if before is None else before + 1
        counts[at + 1 :] = [None] * (_LEVELS - at - 1)
        if level.form == "bullet":
            return "•"

        def count(match: re.Match[str]) -> str:
            which = int(match[1]) - 1
            of = list_.levels.get(which, level)
            counted = counts[which]
            return _formatted(of.first if counted is None else counted, "decimal" if level.plain else of.form)

        return re.sub("%([1-9])", count, level.text)[:_LONGEST].strip()


def _levels(element: Element) -> dict[int, _Level]:
    levels = {_number(level, "ilvl"): _level(level) for level in element.iterfind("lvl")}
    return {at: level for at, level in levels.items() if 0 <= at < _LEVELS}


def _level(level: Element) -> _Level:
    return _Level(
        form=_value(level, "numFmt") or "decimal",
        text=_value(level, "lvlText")[:_LONGEST],
        first=whole_number(_value(level, "start"), 1),
        plain=level.find("isLgl") is not None,
        style=_value(level, "pStyle"),
    )


def _formatted(number: int, form: str) -> str:
    if form == "none":
        return ""
    if form == "decimalZero":
        return f"{number:02}"
    if form in ("lowerLetter", "upperLetter") and 1 <= number <= 26 * 5:
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters.upper() if form == "upperLetter" else letters
    if form in ("lowerRoman", "upperRoman") and 1 <= number <= 3999:
        return _roman(number).upper() if form == "upperRoman" else _roman(number)
    return str(number)


def _roman(number: int) -> str:
    digits = []
    for value, digit in _ROMAN:
        digits.append(digit * (number // value))
        number %= value
    return "".join(digits)


def _number(element: Element, name: str) -> int:
    return whole_number(element.get(name))


def _value(element: Element, name: str) -> str:
    child = element.find(name)
    return "" if child is None else child.get("val", "")
