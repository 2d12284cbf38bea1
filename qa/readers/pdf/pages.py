"""A page as it is read: its lines in order, what stands between them, and without what runs along the pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qa.readers.pdf.joints import PARAGRAPH, goes_on, is_ended, joints
from qa.readers.pdf.lines import Segment, rows, segments
from qa.readers.pdf.margins import line_numbers, notes_in, without
from qa.readers.pdf.order import Line, in_order
from qa.readers.pdf.running import Edge, edge, edges, running
from qa.readers.pdf.words import SLANTED, Sheet

_SMALL = 0.92
"""Size of a footnote, in that of the text, at most."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A page before it is known what runs along the pages: the pieces of its lines, and what may run, edge by edge.

    `number` counts from 1. `asides` are the pieces that are turned otherwise, a list for each turn. `is_numbered` says
    that its lines had numbers, which are left out.
    """

    number: int
    sheet: Sheet
    body: float
    pieces: tuple[Segment, ...]
    asides: tuple[tuple[Segment, ...], ...]
    edges: tuple[tuple[Edge, ...], ...]
    is_numbered: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of a page in order; `joints[i]` stands before `lines[i]`, what stands before the first is not known.

    `last` is the line that may go on with the next page; `left_out` are the lines that run along the pages.
    """

    number: int
    sheet: Sheet
    lines: tuple[Line, ...]
    joints: tuple[str, ...]
    last: Line | None
    left_out: tuple[Edge, ...]
    is_numbered: bool


def drafted(number: int, sheet: Sheet) -> Draft:
    turns = Counter[int]()
    for word in sheet.words:
        turns[word.turn] += len(word.text) if word.turn != SLANTED else 0
    pieces = {turn: list(segments([word for word in sheet.words if word.turn == turn])) for turn in sorted(turns)}
    main = max(turns, key=lambda turn: turns[turn], default=0)
    text = pieces.pop(main, [])
    numbers = line_numbers(rows(text))
    text = without(text, numbers)
    body = _body(text)
    asides = [tuple(found) for found in pieces.values() if found]
    height = sheet.width if main % 2 else sheet.height
    found = edges(rows(text), height, body) + [[edge("aside", 0.0, aside)] for aside in asides]
    return Draft(number, sheet, body, tuple(text), tuple(asides), tuple(tuple(part) for part in found), bool(numbers))


def finished(draft: Draft, nearby: Sequence[Draft]) -> Page:
    """A page with its lines in order, without what runs along it and the pages nearby."""
    others = [(draft.number - other.number, [line for part in other.edges for line in part]) for other in nearby]
    left_out = [line for own in draft.edges for line in running(own, others)]
    gone = {word.number for line in left_out for piece in line.pieces for word in piece.words}
    pieces = [piece for piece in draft.pieces if piece.number not in gone]
    if not pieces and all(_is_bare(page) for page in nearby):
        left_out, gone, pieces = [], set(), list(draft.pieces)
    marginal = {id(piece) for piece in notes_in(pieces, draft.body)}
    lines = list(in_order([piece for piece in pieces if id(piece) not in marginal]))
    notes = {id(note) for note in _footnotes(lines, draft.body)}
    asides = [[line for line in lines if id(line) in notes]] if notes else []
    asides += [list(in_order([piece for piece in pieces if id(piece) in marginal]))] if marginal else []
    asides += [_turned(aside, draft.body) for aside in draft.asides if aside[0].number not in gone]
    lines = [line for line in lines if id(line) not in notes]
    return _arranged(draft, lines, asides, tuple(left_out))


def _turned(pieces: Sequence[Segment], body: float) -> list[Line]:
    """The lines of what is turned otherwise than the text, as parts of a table are: no headings, however large."""
    lines = list(in_order(pieces))
    return [replace(line, before=joint) for line, joint in zip(lines, [PARAGRAPH, *joints(lines, body)], strict=True)]


def _is_bare(draft: Draft) -> bool:
    """Whether a page holds nothing but what may run along the pages."""
    return len(draft.pieces) <= sum(len(line.pieces) for part in draft.edges[:2] for line in part)


def _arranged(draft: Draft, lines: list[Line], asides: list[list[Line]], left_out: tuple[Edge, ...]) -> Page:
    """Put asides to the end of the page, but before its last paragraph where that may go on with the next page."""
    between = joints(lines, draft.body)
    ends_open = bool(lines) and not is_ended(lines[-1])
    begins = [at + 1 for at, joint in enumerate(between) if joint == PARAGRAPH]
    at = begins[-1] if asides and ends_open and begins else len(lines)
    before = ["", *between] if lines else []
    all_lines, all_joints = lines[:at], before[:at]
    for aside in asides:
        all_lines += aside
        all_joints += [PARAGRAPH, *joints(aside, draft.body)]
    all_lines += lines[at:]
    all_joints += before[at:]
    last = lines[-1] if lines and (at < len(lines) or not asides) else None
    return Page(draft.number, draft.sheet, tuple(all_lines), tuple(all_joints), last, left_out, draft.is_numbered)


def joint_of(before: Page | None, page: Page) -> str:
    """What stands between two pages that follow each other."""
    if before is None or before.last is None:
        return PARAGRAPH
    return goes_on(before.last, page.lines[0])


def _body(pieces: Sequence[Segment]) -> float:
    """The size of most characters, 0 where there are none."""
    sizes = Counter[float]()
    for piece in pieces:
        sizes[round(piece.size, 1)] += sum(len(word.text) for word in piece.words)
    return max(sizes, key=lambda size: sizes[size], default=0.0)


def _footnotes(lines: Sequence[Line], body: float) -> list[Line]:
    """The small lines at the end of each column, from the first that begins with a mark."""
    return [line for column in _columns(lines) for line in _notes(column, body)]


def _columns(lines: Sequence[Line]) -> Iterator[list[Line]]:
    column: list[Line] = []
    for line in lines:
        if column and (line.margins != column[-1].margins or line.base < column[-1].base):
            yield column
            column = []
        column.append(line)
    if column:
        yield column


def _notes(column: list[Line], body: float) -> list[Line]:
    begin = len(column)
    while begin and column[begin - 1].size <= _SMALL * body and column[begin - 1].before is None:
        begin -= 1
    while begin < len(column) and not _is_mark(column[begin]):
        begin += 1
    return column[begin:]


def _is_mark(line: Line) -> bool:
    mark = line.words[0].text
    return mark[0] in "⁰¹²³⁴⁵⁶⁷⁸⁹*†‡§" or (mark.isdecimal() and line.words[0].size < 0.95 * line.size)
