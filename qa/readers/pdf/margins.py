"""What stands in the margins beside the lines: notes in small type, and the numbers of lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from qa.readers.pdf.lines import SPREAD, Row, Segment, segment
from qa.readers.pdf.words import Word

_SMALL = 0.8
"""Size of a note, in that of the text, at most."""

_FEWEST = 5
"""Lines with numbers that are numbered."""

_SHARE = 0.3
"""Share of numbered lines at least that go on with a sentence; the first columns of tables are numbered too."""


def notes_in(pieces: Sequence[Segment], body: float) -> list[Segment]:
    """The small pieces that stand wholly left or right of the text."""
    large = [piece for piece in pieces if piece.size > _SMALL * body]
    left = min((piece.left for piece in large), default=0.0)
    right = max((piece.right for piece in large), default=0.0)
    return [
        piece
        for piece in pieces
        if piece.size <= _SMALL * body and (piece.right < left - body / 2 or piece.left > right + body / 2)
    ]


def line_numbers(rows: Sequence[Row]) -> set[int]:
    """Which words, by their place in the content, number the lines of a page at its left margin."""
    found = [words for row in rows if (words := _numbered(row))]
    numbers = [int(words[0].text) for words in found]
    steps = {after - before for before, after in pairwise(numbers)}
    going_on = sum(words[1].text[0].islower() for words in found)
    is_numbering = len(found) >= _FEWEST and len(steps) == 1 and min(steps) > 0 and going_on > _SHARE * len(found)
    return {words[0].number for words in found} if is_numbering else set()


def without(pieces: Sequence[Segment], numbers: set[int]) -> list[Segment]:
    """The pieces without these words."""
    kept = [[word for word in piece.words if word.number not in numbers] for piece in pieces]
    return [
        piece if len(words) == len(piece.words) else segment(words)
        for piece, words in zip(pieces, kept, strict=True)
        if words
    ]


def _numbered(row: Row) -> list[Word]:
    """The number at the beginning of a row and the word behind the gap that follows."""
    words = [word for piece in row[:2] for word in piece.words[:2]][:2]
    is_apart = len(words) == 2 and words[1].left - words[0].right > SPREAD * words[1].size
    return words if is_apart and words[0].text.isdecimal() and len(words[0].text) < 5 else []
