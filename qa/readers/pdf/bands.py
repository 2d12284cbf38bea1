"""Bands of a page: rows that follow each other and that the same gutters part, whether of columns or of a table."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import groupby, pairwise

from qa.readers.pdf.lines import Row, Segment

_MOST_PLACES = 60
"""Places at which a column may begin that are tried, those of most lines first."""

_NARROWEST = 0.25
"""Ems that a gutter is wide at least, where the lines that it parts come closest."""

_FEWEST = 2
"""Rows with text on both sides of a gutter."""

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Band:
    """Rows that follow each other, and the gutters between their columns, from the left."""

    rows: list[Row]
    gutters: list[Span]

    def column(self, piece: Segment) -> int:
        return bisect_right(self.gutters, (piece.left, piece.left))

    def columns(self, part: Sequence[Row]) -> list[list[Segment]]:
        """The pieces of some of its rows, column by column; columns that are empty there are left out."""
        columns: list[list[Segment]] = [[] for _ in range(len(self.gutters) + 1)]
        for row in part:
            for piece in row:
                columns[self.column(piece)].append(piece)
        return [column for column in columns if column]


@dataclass(frozen=True, slots=True)
class _Place:
    """A place where a column may begin: `parted[i]` of the first i rows have text on both sides of a gutter there."""

    left: float
    parted: list[int]

    def strength(self, rows: Sequence[Row], begin: int, end: int) -> tuple[bool, int]:
        """Whether the content goes down one side and then the other there, and how many of the rows are parted."""
        parted = self.parted[end] - self.parted[begin]
        if parted < _FEWEST:
            return False, parted
        pieces = sorted((piece for row in rows[begin:end] for piece in row), key=lambda piece: piece.number)
        sides = [piece.left >= self.left for piece in pieces]
        turns = sum(before != side for before, side in pairwise(sides))
        return turns <= 1 + len(pieces) // 10, parted


def bands(rows: Sequence[Row]) -> Iterator[Band]:
    """All rows in order, cut into bands; what no gutter parts comes in bands without gutters."""
    at = 0
    for begin, end in sorted(_chosen(rows)):
        if at < begin:
            yield Band(list(rows[at:begin]), [])
        yield Band(list(rows[begin:end]), gutters_of(rows[begin:end]))
        at = end
    if at < len(rows):
        yield Band(list(rows[at:]), [])


def _chosen(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """The runs of rows that a gutter parts: columns first, then by how many; of the others what these leave."""
    waiting: list[tuple[bool, int, int, int, int]] = []
    places = list(_places(rows))

    def offer(number: int, begin: int, end: int) -> None:
        are_columns, parted = places[number][0].strength(rows, begin, end)
        if parted >= _FEWEST:
            heappush(waiting, (not are_columns, -parted, begin, end, number))

    for number, (_, runs) in enumerate(places):
        for run in runs:
            offer(number, *run)
    taken = [False] * len(rows)
    chosen = []
    while waiting:
        _, _, begin, end, number = heappop(waiting)
        free = [list(run) for is_taken, run in groupby(range(begin, end), key=lambda at: taken[at]) if not is_taken]
        if len(free) == 1 and len(free[0]) == end - begin:
            chosen.append((begin, end))
            taken[begin:end] = [True] * (end - begin)
        else:
            for part in free:
                offer(number, part[0], part[-1] + 1)
    return chosen


def _places(rows: Sequence[Row]) -> Iterator[tuple[_Place, list[tuple[int, int]]]]:
    """Each place where a column may begin, with the runs of rows that leave room for a gutter before it."""
    beside = [is_beside(row, following) for row, following in pairwise(rows)] + [False]
    if not any(beside) and all(len(row) == 1 for row in rows):
        return
    lefts = Counter(round(piece.left) for row in rows for piece in row)
    for left, _ in sorted(lefts.items(), key=lambda item: (-item[1], item[0]))[:_MOST_PLACES]:
        sides = [_sides(row, left - 1) for row in rows]
        parted = [0]
        for at, side in enumerate(sides):
            other = sides[at + 1] if beside[at] else ""
            parted.append(parted[-1] + (len(side) > 1 or bool(side and other and side != other)))
        if parted[-1] < _FEWEST:
            continue
        runs = [list(run) for is_free, run in groupby(range(len(rows)), key=lambda at: sides[at] != "") if is_free]
        yield _Place(left - 1, parted), [(run[0], run[-1] + 1) for run in runs]


def _sides(row: Row, left: float) -> str:
    """On which sides of a place a row has text, "<", ">" or "<>"; "" where there is no room for a gutter before it."""
    sides = ""
    for piece in row:
        if piece.left >= left:
            return sides + ">"
        if piece.right > left - max(2.0, _NARROWEST * piece.size):
            return ""
        sides = "<"
    return sides


def is_beside(row: Row, following: Row) -> bool:
    """Whether a row begins before the one above it has ended, as where columns do not have the same lines."""
    return following[0].base - row[0].base < 0.8 * max(row[0].size, following[0].size)


def gutters_of(rows: Sequence[Row]) -> list[Span]:
    """What no piece of these rows covers."""
    pieces = sorted((piece for row in rows for piece in row), key=lambda piece: piece.left)
    gutters = []
    reached = pieces[0].right
    for piece in pieces:
        if piece.left - reached >= 2:
            gutters.append((reached, piece.left))
        reached = max(reached, piece.right)
    return gutters
