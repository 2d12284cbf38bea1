"""The bullets and numbers of lists, which are not in a page's text but shown by a browser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

BULLET = "•"

_INTEGER = re.compile(r"\s*([-+]?\d{1,9})", re.ASCII)
_ROMAN = tuple(
    zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        "m cm d cd c xc l xl x ix v iv i".split(),
        strict=True,
    )
)


@dataclass(slots=True)
class Numbering:
    """How a list counts: its next number and the style of it, as the attribute `type` says; no style means bullets."""

    number: int = 1
    style: str = ""

    def marker(self, value: str) -> str:
        """What stands before the next item, whose own attribute `value` may set the number."""
        if not self.style:
            return BULLET
        self.number = _integer(value, self.number)
        marker = f"{_written(self.number, self.style)}."
        self.number += 1
        return marker


def numbering(name: str, found: Mapping[str, str]) -> Numbering:
    """That of a list element. One that counts down to 1 has bullets: its first number is that of its items."""
    if name != "ol" or ("reversed" in found):
        return Numbering()
    style = found.get("type", "1")
    return Numbering(_integer(found.get("start", ""), 1), style if style in ("1", "a", "A", "i", "I") else "1")


def _integer(text: str, otherwise: int) -> int:
    found = _INTEGER.match(text)
    return int(found[1]) if found else otherwise


def _written(number: int, style: str) -> str:
    if style in "aA" and number > 0:
        written = _letters(number)
    elif style in "iI" and 0 < number < 4000:
        written = _roman(number)
    else:
        return str(number)
    return written.upper() if style.isupper() else written


def _letters(number: int) -> str:
    written = ""
    while number:
        number, letter = divmod(number - 1, 26)
        written = chr(ord("a") + letter) + written
    return written


def _roman(number: int) -> str:
    written = ""
    for size, sign in _ROMAN:
        times, number = divmod(number, size)
        written += sign * times
    return written
