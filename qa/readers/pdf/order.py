"""The order in which the lines of a page are read: columns one after the other, tables row by row.

Whether gutters part columns or the cells of a table, the content itself mostly says: it goes down a column before it
begins the next, but through a table row by row. Where it goes through lines one by one, columns are told from tables by
their prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from qa.readers.pdf.bands import Band, Span, bands, gutters_of, is_beside
from qa.readers.pdf.lines import Row, Segment, joined, merged, rows
from qa.readers.pdf.words import Word

CELLS = " | "
"""Between two cells of a row."""

LEADER = " … "
"""For the dots that lead from an entry of a table of contents to its page."""

_LEADER = re.compile(r"\s*(?:\.\s?){4,}")

_DEEPEST = 6
"""Columns within columns that are looked for."""

_PITCH = 1.5
"""Ems from one baseline to the next within a cell at most."""

_CELL_LINES, _MOST_LINES = 8, 30
"""Lines of the smallest and of the largest cell in a row of a table at most; what is longer is a column."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is read. `margins` are the left and right ends of the column that it stands in.

    `before` is what stands between it and the line before where that is known: it is part of a table then.
    """

    words: tuple[Word, ...]
    text: str
    left: float
    right: float
    base: float
    size: float
    margins: Span
    before: str | None = None


def in_order(pieces: Sequence[Segment], depth: int = 0) -> Iterator[Line]:
    """The lines that these pieces make up, in the order in which they are read."""
    if not pieces:
        return
    margins = min(piece.left for piece in pieces), max(piece.right for piece in pieces)
    for band in bands(rows(pieces)):
        if band.gutters and depth < _DEEPEST:
            yield from _parted(band, margins, depth)
        else:
            for row in band.rows:
                yield _line(merged(row), margins)


def _parted(band: Band, margins: Span, depth: int) -> Iterator[Line]:
    """The lines of a band with gutters."""
    strips = _strips(band)
    if sum(len(strip) == 1 for strip in strips) > 0.8 * len(strips) and _is_prose(band):
        strips = [band.rows]
    inner = [at for at, strip in enumerate(strips) if len(band.columns(strip)) > 1]
    if not inner:
        yield from _one_by_one(band, strips, margins, depth)
        return
    begin, end = inner[0], inner[-1] + 1
    yield from _one_by_one(band, strips[:begin], margins, depth)
    part = [row for strip in strips[begin:end] for row in strip]
    yield from _table_or_columns(Band(part, gutters_of(part)), strips[begin:end], margins, depth)
    yield from _one_by_one(band, strips[end:], margins, depth)


def _table_or_columns(band: Band, strips: list[list[Row]], margins: Span, depth: int) -> Iterator[Line]:
    are_cells = [_is_row_of_cells(band, strip) for strip in strips]
    if sum(are_cells) >= max(2, len(strips) / 2) and _is_wide(band):
        for strip, is_row in zip(strips, are_cells, strict=True):
            if is_row or len(strip) == 1:
                yield from _cells(band, strip, margins)
            else:
                yield from _one_by_one(band, [strip], margins, depth)
    else:
        yield from _one_by_one(band, strips, margins, depth)


def _one_by_one(band: Band, strips: list[list[Row]], margins: Span, depth: int) -> Iterator[Line]:
    for strip in strips:
        if len(strip) == 1:
            yield _line(merged(strip[0]), margins)
        else:
            for column in band.columns(strip):
                yield from in_order(column, depth + 1)


def _strips(band: Band) -> list[list[Row]]:
    """Cut a band where all that comes earlier in the content stands above all that comes later.

    What only goes on with the last cell or column, or only begins the first, is not cut off.
    """
    strips: list[list[Row]] = []
    for strip in _cut(band):
        if strips and _belong(band, strips[-1], strip):
            strips[-1] += strip
        else:
            strips.append(strip)
    return strips


def _cut(band: Band) -> Iterator[list[Row]]:
    places = {id(piece): place for place, row in enumerate(band.rows) for piece in row}
    pieces = sorted((piece for row in band.rows for piece in row), key=lambda piece: piece.number)
    lowest = [places[id(piece)] for piece in pieces]
    highest = lowest[:]
    for at in range(len(pieces) - 1, 0, -1):
        highest[at - 1] = min(highest[at - 1], highest[at])
    begin, reached = 0, -1
    for at in range(len(pieces) - 1):
        reached = max(reached, lowest[at])
        if reached < highest[at + 1]:
            yield band.rows[begin : reached + 1]
            begin = reached + 1
    yield band.rows[begin:]


def _belong(band: Band, strip: list[Row], following: list[Row]) -> bool:
    """Whether lines of one column follow closely, or are closely followed by several columns that begin with it."""
    last, first = strip[-1][-1], following[0][0]
    if is_beside(strip[-1], following[0]):  # the lines of one column stand between those of the other
        pieces = (piece for row in following for piece in row)
        first = next((piece for piece in pieces if band.column(piece) == band.column(last)), first)
    if first.base - last.base > _PITCH * last.size or band.column(first) != band.column(last):
        return False
    before = {band.column(piece) for row in strip for piece in row}
    behind = {band.column(piece) for row in following for piece in row}
    return len(behind) == 1 or (len(before) == 1 and len(following) > 1)


def _is_prose(band: Band) -> bool:
    """Whether the lines of every column go on with what the line above has begun."""
    for column in band.columns(band.rows):
        texts = [merged(row).text for row in rows(column)]
        going_on = sum(text[0].islower() for text in texts)
        if len(texts) < 4 or going_on < 0.4 * len(texts) or median(len(text) for text in texts) < 15:
            return False
    return True


def _is_row_of_cells(band: Band, strip: list[Row]) -> bool:
    columns = band.columns(strip)
    lines = [len(rows(column)) for column in columns]
    return len(lines) > 1 and min(lines) <= _CELL_LINES and max(lines) <= _MOST_LINES


def _is_wide(band: Band) -> bool:
    """Whether the gaps between cells are wider than those between words, which justified lines can stretch."""
    gaps, spaces = [], []
    for row in band.rows:
        gaps += [after.left - before.right for before, after in pairwise(row)]
        for piece in row:
            spaces += [after.left - before.right for before, after in pairwise(piece.words) if not after.is_glued]
    size = band.rows[0][0].size
    return bool(gaps) and median(gaps) > max(1.2 * size, 2.2 * median(spaces or [0.3 * size]))


def _cells(band: Band, strip: list[Row], margins: Span) -> Iterator[Line]:
    """The lines of a row of a table, cell by cell."""
    before = "\n\n"
    for column in band.columns(strip):
        for row in rows(column):
            line = _line(merged(row), margins, before)
            yield line
            before = " "
        before = " " if line.text.endswith(":") else CELLS


def _line(piece: Segment, margins: Span, before: str | None = None) -> Line:
    text = _LEADER.sub(LEADER, joined(piece.words))
    return Line(piece.words, text, piece.left, piece.right, piece.base, piece.size, margins, before)
