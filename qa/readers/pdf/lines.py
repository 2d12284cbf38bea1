"""From words to the pieces of lines that they stand in, and which of those stand side by side."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from unicodedata import bidirectional

from qa.readers.pdf.words import SLANTED, Word

SPREAD = 0.9
"""Ems between two words beyond which they may belong to two columns or cells."""

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_ITEM = re.compile(r"[•◦▪▫‣⁃∙○●■□➢✓–—*-]|\(?(?:[0-9]{1,3}|[a-zA-Z]|[ivx]{1,5})[.)]|[0-9]{1,3}(?:\.[0-9]{1,3})+\.?")
_LABEL = re.compile(r"[0-9]{1,3}|[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Segment:
    """Words of one line that follow each other in the content without a wide gap.

    `base` and `size` are those of most of its characters, `number` is that of its first word.
    """

    words: tuple[Word, ...]
    left: float
    right: float
    base: float
    size: float

    @property
    def number(self) -> int:
        return self.words[0].number

    @property
    def middle(self) -> float:
        return self.base - 0.29 * self.size

    @property
    def text(self) -> str:
        return joined(self.words)


Row = list[Segment]
"""What stands side by side, from the left."""


def joined(words: Iterable[Word]) -> str:
    return "".join(word.text if word.is_glued else f" {word.text}" for word in words).strip()


def segments(words: Sequence[Word]) -> Iterator[Segment]:
    """The pieces of lines that words of one turn stand in, in the order of the content."""
    chain: list[Word] = []
    for word in words:
        if chain and not _follows(chain[-1], word):
            yield segment(chain)
            chain = []
        chain.append(word)
    if chain:
        yield segment(chain)


def segment(words: Sequence[Word]) -> Segment:
    """Words of one line as one piece."""
    base, size = _main(words)
    return Segment(tuple(words), min(word.left for word in words), max(word.right for word in words), base, size)


def rows(pieces: Iterable[Segment]) -> list[Row]:
    """Put pieces that stand side by side together, from the top; a marker and what it marks are one piece."""
    found: list[Row] = []
    top = bottom = 0.0
    for piece in sorted(pieces, key=lambda piece: (piece.middle, piece.left)):
        upper, lower = piece.base - 0.8 * piece.size, piece.base + 0.22 * piece.size
        shared = min(bottom, lower) - max(top, upper)
        if found and shared > 0.5 * min(bottom - top, lower - upper):
            found[-1].append(piece)
        else:
            found.append([piece])
            top, bottom = upper, lower
    return [_marked(sorted(row, key=lambda piece: piece.left)) for row in found]


def merged(row: Row) -> Segment:
    """A row as one piece, in the direction in which its script runs."""
    pieces = row[::-1] if _runs_leftwards(row) else row
    words = [word for piece in pieces for word in piece.words]
    is_even = len(row) == 1 and all(word.size == row[0].size for word in words)
    return row[0] if is_even else segment(_raised(words))


def begins_item(text: str) -> bool:
    """Whether a line's first word is a bullet or the number of an item."""
    first = text.split(maxsplit=1)
    return len(first) == 2 and _ITEM.fullmatch(first[0]) is not None


def _follows(before: Word, word: Word) -> bool:
    if word.is_glued or word.turn == SLANTED:
        return True
    size = max(before.size, word.size)
    shared = min(before.bottom, word.bottom) - max(before.top, word.top)
    is_level = shared > 0.5 * min(before.bottom - before.top, word.bottom - word.top)
    return is_level and -0.6 * size < word.left - before.right < SPREAD * size


def _main(words: Sequence[Word]) -> tuple[float, float]:
    """Baseline and size of most characters."""
    first = words[0]
    if all(word.base == first.base and word.size == first.size for word in words):
        return first.base, first.size
    weights: dict[tuple[float, float], int] = defaultdict(int)
    for word in words:
        weights[round(word.base, 1), round(word.size, 1)] += len(word.text)
    return max(weights, key=lambda key: weights[key])


def _marked(row: Row) -> Row:
    """Put the bullets and numbers of items to what stands behind them."""
    found = row[:1]
    for piece in row[1:]:
        before = found[-1]
        is_marker = _ITEM.fullmatch(before.text) or (len(row) == 2 and _LABEL.fullmatch(before.text))
        is_behind = before.words[-1].number + 1 == piece.number and piece.left - before.right < 4 * piece.size
        if is_marker and is_behind and not piece.text[0].isdecimal():
            found[-1] = segment(before.words + piece.words)
        else:
            found.append(piece)
    return found


def _raised(words: list[Word]) -> list[Word]:
    """Write raised digits as superscripts, with a space between the mark of a note and its first word."""
    base, size = _main(words)
    found: list[Word] = []
    for number, word in enumerate(words):
        if word.size < 0.9 * size and word.base < base - 0.15 * size and word.text.isdecimal():
            word = replace(word, text=word.text.translate(_SUPERSCRIPTS))
        elif number == 1 and _is_mark(found[0]):
            word = replace(word, is_glued=False)
        found.append(word)
    return found


def _is_mark(word: Word) -> bool:
    return word.text.strip("⁰¹²³⁴⁵⁶⁷⁸⁹") == ""


def _runs_leftwards(row: Row) -> bool:
    if all(piece.text.isascii() for piece in row):
        return False
    letters = [bidirectional(word.text[0]) for piece in row for word in piece.words]
    return 2 * sum(letter in ("R", "AL") for letter in letters) > len(letters)
