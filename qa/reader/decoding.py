"""From the network's logits to spans of the passage: whole words, no stray punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.reader.windows import Window

Row = NDArray[np.float32]

_LONGEST = 40
"""Tokens of an answer at most."""

_CANDIDATES = 4
"""Spans of a window that are looked at; they do not overlap."""

_TRIES = 20

_TRIMMED = " \t\r\n\f\v,;:.!?…·-–—*_|"
_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"), ("“", "”"), ("«", "»"), ("‘", "’"), ('"', '"'))
_ABBREVIATION = re.compile(r"(?<!\w)(?:(?:[^\W\d_]{1,4}\.){2,}|(?:Jr|Sr|Inc|Ltd|Co|Corp)\.)\Z")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span of a passage, and by how much it beats the null answer (Devlin et al. 2019, section 4.3), in logits."""

    start: int
    end: int
    margin: float

    def overlaps(self, other: Candidate) -> bool:
        return self.start < other.end and other.start < self.end


def candidates(window: Window, passage: str, start: Row, end: Row) -> list[Candidate]:
    """The best spans of a window that do not overlap, best first. `start` and `end` are the logits of its tokens."""
    count = len(window.offsets)
    if not count:
        return []
    inside = slice(window.first, window.first + count)
    # Row i, column d: the span from token i to token i + d.
    widths = min(_LONGEST, count)
    ends = np.full(count + widths - 1, -np.inf, dtype=np.float32)
    ends[:count] = end[inside]
    scores = start[inside][:, None] + np.lib.stride_tricks.sliding_window_view(ends, widths)
    null = float(start[0] + end[0])
    firsts = np.arange(count)[:, None]
    lasts = firsts + np.arange(widths)[None, :]
    found: list[Candidate] = []
    for _ in range(_TRIES):
        first, extent = divmod(int(scores.argmax()), widths)
        best = float(scores[first, extent])
        if not np.isfinite(best) or len(found) == _CANDIDATES:
            break
        span = tidy(passage, window.offsets[first][0], window.offsets[first + extent][1])
        if span is None:
            scores[first, extent] = -np.inf
            continue
        candidate = Candidate(*span, best - null)
        if not any(candidate.overlaps(better) for better in found):
            found.append(candidate)
        scores[(firsts <= first + extent) & (lasts >= first)] = -np.inf
    return found


def merged(found: Sequence[Candidate]) -> list[Candidate]:
    """The candidates of all windows of a passage, best first, without those that a better one overlaps."""
    kept: list[Candidate] = []
    for candidate in sorted(found, key=lambda each: (-each.margin, each.start, each.end)):
        if not any(candidate.overlaps(better) for better in kept):
            kept.append(candidate)
    return kept


def tidy(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A span widened to whole words, without stray punctuation at its ends; None where nothing is left."""
    while start > 0 and _joined(text, start):
        start -= 1
    while end < len(text) and _joined(text, end):
        end += 1
    before = (-1, -1)
    while before != (start, end):
        before = start, end
        while start < end and _trimmed(text[start]) and not _signs(text, start):
            start += 1
        while start < end and _trimmed(text[end - 1]) and not _abbreviates(text, start, end):
            end -= 1
        start, end = _unbracketed(text, start, end)
    return (start, end) if start < end else None


def _joined(text: str, at: int) -> bool:
    """Whether a word goes on across `at`: letters with their marks and digits, not those of scripts without spaces."""
    return all(_of_word(each) for each in (text[at - 1], text[at]))


def _of_word(character: str) -> bool:
    # Latin and Greek have more letters behind the scripts of Asia: Vietnamese is written with them.
    spaced = character < "\u0e00" or "\u1e00" <= character < "\u2000"
    return spaced and (character.isalnum() or unicodedata.category(character).startswith("M"))


def _trimmed(character: str) -> bool:
    # What cannot be seen is nothing to say: spaces of every width, control and format characters.
    return character in _TRIMMED or not character.isprintable()


def _signs(text: str, at: int) -> bool:
    """Whether a dash or point belongs to the number behind it: -5, .5, but not 1990-1995."""
    return text[at] in "-–.−" and text[at + 1 : at + 2].isdigit() and not text[at - 1 : at].isalnum()


def _abbreviates(text: str, start: int, end: int) -> bool:
    """Whether the full stop at the end belongs to the word: U.S., Jr."""
    return _ABBREVIATION.search(text, start, end) is not None


def _unbracketed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without a bracket or quotation mark whose other half is outside, and without a pair around everything."""
    for opening, closing in _BRACKETS:
        inside = text[start:end]
        if opening == closing:
            if inside.count(opening) % 2:
                if inside.startswith(opening):
                    start += 1
                elif inside.endswith(opening):
                    end -= 1
            elif inside.startswith(opening) and inside.endswith(opening) and inside.count(opening) == 2:
                start, end = start + 1, end - 1
            continue
        if inside.startswith(opening) and inside.count(opening) > inside.count(closing):
            start += 1
        elif inside.endswith(closing) and inside.count(closing) > inside.count(opening):
            end -= 1
        elif inside.startswith(opening) and inside.endswith(closing) and inside.count(opening) == 1:
            start, end = start + 1, end - 1
    return start, end
