"""Where the words of a citation stand in a text that may not be the one they were taken from.

Only the very words count. Other white space between them is the one thing that may differ, because lines are wrapped
anew and formats with layout are read anew; it never joins two words or parts one, so that no word and no number is
another.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, islice

from qa.types import CONTEXT, Citation

Span = tuple[int, int]

_COMPARED = 1_000
"""Of the places where the same words stand, how many of the nearest are told apart by what stands around them."""

_LONGEST_RESPACED = 5_000_000
"""Characters of a text, about two thousand pages, up to which words are looked for whatever white space is between."""

_SPACE = re.compile(r"\s+")

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
"""Scripts that put no space between words, so that every place is the border of one."""

_WITHIN = re.compile(
    rf"[^\W{_UNSPACED}]\0[^\W{_UNSPACED}]"  # letters and digits
    r"|\w\0[\u0300-\u036f]"  # a letter and its accent
    r"|\d[.,]\0\d|\d\0[.,]\d"  # 1,000 and 3.14
    r"|(?<![\w.])[-−]\0\d"  # a sign
)
"""Matches two characters before a place and two behind it where a word or a number goes on across it."""

_LAST, _FIRST = re.compile(r"\S+\Z"), re.compile(r"\A\S+")
"""What stands without white space at the end and at the beginning of a text."""


@dataclass(frozen=True, slots=True)
class _Quote:
    """Words with what stood before and behind them."""

    text: str
    prefix: str
    suffix: str


@dataclass(frozen=True)
class Text:
    """A text to look for quotes in. `is_same` where it comes from the very bytes that were cited."""

    text: str
    is_same: bool = False

    def find(self, cited: Citation) -> Span | None:
        """Where a quote stands: in its place, else where most of what stood around it still does, else the nearest.

        A text that has changed has the words only where they begin and end as they did: it may now say 100 for 10.
        """
        quote = _Quote(cited.quote, cited.prefix[-CONTEXT:], cited.suffix[:CONTEXT])
        at = self._kept(self.text, quote, cited.start)
        words = " ".join(quote.text.split())
        folds = bool(words) and len(self.text) <= _LONGEST_RESPACED
        if at is None and not (folds and words not in self._folded):  # else it is not in the text as it is, either
            at = self._told_apart(self.text, quote, cited.start)
            if at is None and folds:
                return self._respaced(words, quote, cited.start)
        return None if at is None else (at, at + len(quote.text))

    def _kept(self, text: str, quote: _Quote, start: int) -> int | None:
        """Where a quote stands in its place, or among all that stood around it."""
        if self._stands(text, quote, start):
            return start
        entire = quote.prefix + quote.text + quote.suffix
        before = islice(_nearest(text, entire, max(0, start - len(quote.prefix))), _COMPARED)
        found = (at + len(quote.prefix) for at in before)
        return next((at for at in found if self._is_whole(text, quote, at)), None)

    def _told_apart(self, text: str, quote: _Quote, start: int) -> int | None:
        """Of the places where a quote stands the one with most of what stood around it, of equal ones the nearest."""
        found = islice(_nearest(text, quote.text, start), _COMPARED)
        whole = (at for at in found if self._is_whole(text, quote, at))
        return max(whole, key=lambda at: _agreement(text, quote, at), default=None)

    def _stands(self, text: str, quote: _Quote, at: int) -> bool:
        return text.startswith(quote.text, at) and self._is_whole(text, quote, at)

    def _is_whole(self, text: str, quote: _Quote, at: int) -> bool:
        """Whether a quote cuts no word or number in two, but for one that it was cut out of."""
        if self.is_same:
            return True
        end = at + len(quote.text)
        before, behind = text[max(0, at - CONTEXT) : at], text[end : end + CONTEXT]
        begins = not _goes_on(before, quote.text) or _LAST.findall(before) == _LAST.findall(quote.prefix)
        return begins and (not _goes_on(quote.text, behind) or _FIRST.findall(behind) == _FIRST.findall(quote.suffix))

    def _respaced(self, words: str, quote: _Quote, start: int) -> Span | None:
        before, behind = quote.text[: -len(quote.text.lstrip())], quote.text[len(quote.text.rstrip()) :]
        wanted = _Quote(words, _SPACE.sub(" ", quote.prefix + before), _SPACE.sub(" ", behind + quote.suffix))
        start = self._to_folded(start)
        at = self._kept(self._folded, wanted, start)
        if at is None:
            at = self._told_apart(self._folded, wanted, start)
        return None if at is None else (self._from_folded(at), self._from_folded(at + len(words)))

    @cached_property
    def _folded(self) -> str:
        return " ".join(self.text.split())

    @cached_property
    def _starts(self) -> tuple[list[int], list[int]]:
        """Where words begin, in the text and in the folded one."""
        words = [word.span() for word in re.finditer(r"\S+", self.text)]
        lengths = accumulate((end - start + 1 for start, end in words), initial=0)
        return [start for start, _ in words], list(lengths)

    def _to_folded(self, offset: int) -> int:
        ours, folded = self._starts
        word = bisect_right(ours, offset) - 1
        return folded[word] + offset - ours[word] if word >= 0 else 0

    def _from_folded(self, offset: int) -> int:
        ours, folded = self._starts
        word = bisect_right(folded, offset) - 1
        return ours[word] + offset - folded[word]


def _nearest(text: str, words: str, start: int) -> Iterator[int]:
    """Where words stand, the places nearest to `start` first; of two as near the earlier one."""
    before = text.rfind(words, 0, start + len(words) - 1) if start else -1
    behind = text.find(words, start)
    while before >= 0 or behind >= 0:
        if before >= 0 and (behind < 0 or start - before <= behind - start):
            yield before
            before = text.rfind(words, 0, before + len(words) - 1) if before else -1
        else:
            yield behind
            behind = text.find(words, behind + 1)


def _agreement(text: str, quote: _Quote, at: int) -> int:
    """How many characters on both sides are those that stood there."""
    end = at + len(quote.text)
    before = text[max(0, at - len(quote.prefix)) : at]
    return _same(quote.prefix[::-1], before[::-1]) + _same(quote.suffix, text[end : end + len(quote.suffix)])


def _same(one: str, other: str) -> int:
    """How many characters two texts have in common from their beginning."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _goes_on(before: str, behind: str) -> bool:
    """Whether a word or a number goes on from one text to the next."""
    return _WITHIN.search(f"{before[-2:]}\0{behind[:2]}") is not None
