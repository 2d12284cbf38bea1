"""Where words stand in a text, in time proportional to its length whatever is in it, and however long the words are."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property


class Haystack:
    """A text to look for words in."""

    def __init__(self, text: str) -> None:
        self.text = text

    def nearest(self, words: str, start: int) -> Iterator[int]:
        """Where words stand, the places nearest to `start` first; of two as near the earlier one. They may overlap."""
        behind = occurrences(self.text, words, start)
        before = self._before(words, start)
        left, right = next(before, -1), next(behind, -1)
        while left >= 0 or right >= 0:
            if left >= 0 and (right < 0 or start - left <= right - start):
                yield left
                left = next(before, -1)
            else:
                yield right
                right = next(behind, -1)

    def _before(self, words: str, start: int) -> Iterator[int]:
        """Where words begin before `start`, the last place first."""
        end = min(start + len(words) - 1, len(self.text))
        if self.text.find(words, 0, end) < 0:
            return
        # Looking backwards can take as long as the text and the words multiplied.
        for at in occurrences(self._reversed, words[::-1], len(self.text) - end):
            yield len(self.text) - at - len(words)

    @cached_property
    def _reversed(self) -> str:
        return self.text[::-1]


def occurrences(text: str, words: str, begin: int = 0) -> Iterator[int]:
    """Where words, which are not empty, stand in `text[begin:]`, one place after the other; they may overlap."""
    length = len(words)
    at = text.find(words, begin)
    if at < 0:
        return
    yield at
    period = _period(words)
    rest = words[length - period :]
    while at >= 0:
        if text.startswith(rest, at + length):
            at += period
        else:  # the next ones begin beyond half of these, because more in common would make them go on by a period
            at = text.find(words, at + 1)
        if at >= 0:
            yield at


def _period(words: str) -> int:
    """By how many characters words can be moved at least, one or more, so that they agree with themselves."""
    borders = [0] * len(words)
    border = 0
    for at in range(1, len(words)):
        while border and words[at] != words[border]:
            border = borders[border - 1]
        border += words[at] == words[border]
        borders[at] = border
    return len(words) - border
