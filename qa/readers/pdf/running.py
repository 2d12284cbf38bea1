"""What runs along the pages of a document: headers, footers, page numbers, stamps.

A line at the upper or lower edge of a page runs if a page nearby has the same at the same place. Numbers in it may
differ by as much as the pages do; where such a number begins or ends the line, the rest may differ too. Only the pages
nearby are asked, so that any page can be read again without the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.readers.pdf.lines import Row, Segment, joined

REACH = 4
"""Pages before and behind a page that are compared with it."""

_MOST_LINES = 3
"""Lines of a header or footer."""

_APART = 1.5
"""Ems from the baseline of a header to that of the text, at least."""

_WIDER = 1.25
"""The same in distances of the lines that follow: the first row of a table stands apart, but no further than others."""

_SHARE = 0.3
"""Share of many pages nearby that have a line too, since left and right pages may differ. Of few, one will do."""

_NUMBER = re.compile(r"[0-9]{1,6}")
_ROMAN = re.compile(r"[^\w]*([ivxlc]{1,8})[^\w]*")
_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(frozen=True, slots=True)
class Edge:
    """A line at an edge: `side`, its distance from there, and its text with `#` for each of its numbers."""

    side: str
    distance: float
    size: float
    text: str
    pattern: str
    numbers: tuple[int, ...]
    pieces: tuple[Segment, ...]


def edges(rows: Sequence[Row], height: float, body: float) -> list[list[Edge]]:
    """The lines that may run along the pages: of the upper and of the lower edge, each from the outermost inwards."""
    return [
        list(_outermost(rows, "top", 0.0, body)),
        list(_outermost(rows[::-1], "bottom", height, body)),
    ]


def edge(side: str, distance: float, pieces: Sequence[Segment]) -> Edge:
    text = joined(word for piece in pieces for word in piece.words)
    roman = _ROMAN.fullmatch(text)
    numbers = (_roman(roman[1]),) if roman else tuple(int(number) for number in _NUMBER.findall(text))
    pattern = "#" if roman else _NUMBER.sub("#", text)
    return Edge(side, distance, pieces[0].size, text, pattern, numbers, tuple(pieces))


def running(own: Sequence[Edge], nearby: Sequence[tuple[int, Sequence[Edge]]]) -> list[Edge]:
    """Those of a page's edges, from the outermost, that others have too, which come with their distance in pages."""
    found = []
    for line in own:
        alike = sum(any(_is_same(line, other, distance) for other in others) for distance, others in nearby)
        if alike < (1 if len(nearby) <= REACH else _SHARE * len(nearby)):
            break
        found.append(line)
    return found


def _outermost(rows: Sequence[Row], side: str, start: float, body: float) -> Iterator[Edge]:
    """The lines from an edge to the gap behind the last of a header or footer."""
    gaps = [abs(following[0].base - row[0].base) for row, following in pairwise(rows[: _MOST_LINES + 4])]
    allowed = 1 if len(rows) == 1 else 0
    for place, gap in enumerate(gaps[:_MOST_LINES]):
        others = gaps[:place] + gaps[place + 1 : place + 4]
        if gap > max(_APART * rows[place][0].size, _WIDER * min(others, default=0.0)):
            allowed = place + 1
    for row in rows[:allowed]:
        if max(piece.size for piece in row) > 1.15 * body:
            return
        yield edge(side, abs(row[0].base - start), row)


def _is_same(line: Edge, other: Edge, distance: int) -> bool:
    is_there = line.side == other.side and abs(line.distance - other.distance) < 3 and abs(line.size - other.size) < 0.5
    if not is_there or not line.numbers or not other.numbers:
        return is_there and line.pattern == other.pattern
    if line.pattern == other.pattern and all(
        a - b in (0, distance) for a, b in zip(line.numbers, other.numbers, strict=True)
    ):
        return True
    return any(
        line.pattern[end] == other.pattern[end] == "#" and line.numbers[end] - other.numbers[end] == distance
        for end in (0, -1)
    )


def _roman(text: str) -> int:
    values = [_VALUES[letter] for letter in text]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))
