"""From the pieces of text of a page to its blocks: white space as CSS shows it, table rows, the line of each word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

CELLS = " | "
"""Between two cells of a row."""

_SPACES = "\t\n\x0b\f\r \x85\u00a0\u2028\u2029\u202f"  # the wider and thinner spaces of typography stay
_RUN = re.compile(f"[{_SPACES}]+")
_IN_PRE = dict.fromkeys(map(ord, _SPACES.replace("\t", "").replace("\n", "")), " ")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b\u2060\ufeff]"  # controls, soft hyphens, spaces and joiners of no width
    "|(?<=[\x00-\u024f])[\u200c\u200d]|[\u200c\u200d](?=[\x00-\u024f])"  # joiners mean something in other scripts only
)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item, row or the like. `level` is that of a heading, else 0.

    `lines` are the lines of the file that its words stand on: (offset into `text`, line) wherever that changes.
    `rank` says why it may not belong to what the page says, 0 where nothing speaks against it.
    """

    text: str
    lines: tuple[tuple[int, int], ...]
    level: int = 0
    rank: int = 0
    is_pre: bool = False


@dataclass(slots=True)
class _Draft:
    level: int
    rank: int
    is_pre: bool
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    lines: list[tuple[int, int]] = field(default_factory=list)
    begins_line: bool = True
    is_spaced: bool = False

    def append(self, piece: str) -> None:
        self.pieces.append(piece)
        self.length += len(piece)

    def append_words(self, words: str, line: int) -> None:
        if not self.lines or self.lines[-1][1] != line:
            self.lines.append((self.length, line))
        self.append(words)
        self.begins_line = False


@dataclass(slots=True)
class _Row:
    """The cells of a row begin at these places among the blocks."""

    rank: int
    cells: list[int] = field(default_factory=list)
    holds_table: bool = False


class Flow:
    """Takes text as it comes and keeps finished blocks. Text of another rank does not break the block around it."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._drafts: dict[int, _Draft] = {}
        self._marker = ("", 0)
        self._rows: list[_Row] = []

    def add(self, lines: Sequence[str], first: int, *, level: int, rank: int, is_pre: bool) -> None:
        """Text that stands on these lines of the file, of which the first has this number."""
        for line, text in enumerate(lines, first):
            seen = _UNSEEN.sub("", text)
            if is_pre:
                self._add_pre(seen.translate(_IN_PRE), line, level, rank, breaks=line > first)
            else:
                self._add_words(_RUN.sub(" ", seen), line, level, rank, breaks=line > first)

    def break_line(self, rank: int) -> None:
        """A second break is the end of a paragraph."""
        draft = self._drafts.get(rank)
        if draft is None:
            return
        if draft.begins_line and not draft.is_pre:
            self.end_block()
        else:
            draft.append("\n")
            draft.begins_line, draft.is_spaced = True, False

    def begin_item(self, marker: str, rank: int) -> None:
        """The next block of this rank begins with the bullet or number of a list item."""
        self.end_block()
        self._marker = (marker, rank)

    def end_item(self) -> None:
        self.end_block()
        self._marker = ("", 0)

    def end_block(self, rank: int = 0) -> None:
        """End what has this rank or a higher one."""
        for draft in [draft for draft in self._drafts.values() if draft.rank >= rank]:
            text = "".join(draft.pieces).rstrip()
            if text:  # what CSS shows as text may be a wide space
                lines = tuple(place for place in draft.lines if place[0] < len(text))
                self.blocks.append(Block(text, lines, draft.level, draft.rank, draft.is_pre))
            del self._drafts[draft.rank]

    def begin_row(self, rank: int) -> None:
        self.end_block()
        self._rows.append(_Row(rank))

    def begin_cell(self) -> None:
        self.end_block()
        self._rows[-1].cells.append(len(self.blocks))

    def end_row(self) -> None:
        """A row becomes one block, unless a cell holds more than a line of text: then its table only lays out."""
        self.end_block()
        row = self._rows.pop()
        if self._rows:
            self._rows[-1].holds_table = True
        if row.holds_table or not row.cells:
            return
        begin = row.cells[0]
        own = [block for block in self.blocks[begin:] if block.rank == row.rank]
        others = [block for block in self.blocks[begin:] if block.rank != row.rank]
        if len(own) > 1 and self._is_simple(row):
            self.blocks[begin:] = [_joined(own), *others]

    def _is_simple(self, row: _Row) -> bool:
        for begin, end in zip(row.cells, [*row.cells[1:], len(self.blocks)], strict=True):
            own = [block for block in self.blocks[begin:end] if block.rank == row.rank]
            if len(own) > 1 or any(block.level or block.is_pre for block in own):
                return False
        return True

    def _add_words(self, text: str, line: int, level: int, rank: int, breaks: bool) -> None:
        draft = self._drafts.get(rank)
        words = text.strip(" ")
        if not words:
            if draft and (text or breaks):
                draft.is_spaced = True
            return
        if draft is None:
            draft = self._begin(line, level, rank, is_pre=False)
        elif not draft.begins_line and (draft.is_spaced or breaks or text[0] == " "):
            draft.append(" ")
        draft.append_words(words, line)
        draft.is_spaced = text[-1] == " "

    def _add_pre(self, text: str, line: int, level: int, rank: int, breaks: bool) -> None:
        draft = self._drafts.get(rank)
        if draft is None:
            if not text.strip():
                return
            draft = self._begin(line, level, rank, is_pre=True)
        elif breaks:
            draft.append("\n")
        if text:
            draft.append_words(text, line)

    def _begin(self, line: int, level: int, rank: int, *, is_pre: bool) -> _Draft:
        draft = self._drafts[rank] = _Draft(level, rank, is_pre)
        if self._marker[0] and self._marker[1] == rank:
            if not level:
                draft.append_words(f"{self._marker[0]} ", line)
                draft.begins_line = True
            self._marker = ("", 0)
        return draft


def _joined(cells: Sequence[Block]) -> Block:
    lines: list[tuple[int, int]] = []
    at = 0
    for cell in cells:
        lines.extend((at + offset, line) for offset, line in cell.lines)
        at += len(cell.text) + len(CELLS)
    return Block(CELLS.join(cell.text.replace("\n", " ") for cell in cells), tuple(lines), rank=cells[0].rank)
