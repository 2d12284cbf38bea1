"""Where quoted words stand in a text that may not be the one they were taken from.

Only the very words count. Other white space between them may differ, because lines are wrapped anew and formats with
layout are read anew; it never joins two words or parts one, so that no word and no number is another. And so may the
encoding of accents, which nobody sees. Who takes words that are written in another way, too, says where those stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, islice
from typing import Protocol
from unicodedata import normalize

from qa.proofs.folded import Folded, folded
from qa.proofs.occurrences import Haystack
from qa.types import CONTEXT

Span = tuple[int, int]

COMPARED = 1_000
"""Of the places where the same words stand, how many of the nearest are told apart by what stands around them."""

_LOOKED_AT = 100_000
"""Of the places where the same characters stand, how many of the nearest are looked at: in most they may be a part of
other words, as 10 is of 100."""

TELLING = 8
"""Letters and digits around words from which it is no chance that they are the same."""

_LONGEST_FOLDED = 5_000_000
"""Characters of a text, about two thousand pages, up to which words are looked for whatever white space is between."""

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
"""Scripts that put no space between words, so that every place is the border of one."""

_WITHIN = re.compile(
    rf"(?:[^\W{_UNSPACED}]|[\u0300-\u036f])\0[^\W{_UNSPACED}]"  # letters, with accents or without, and digits
    r"|\w\0[\u0300-\u036f]"  # a letter and its accent
    r"|\d[.,]\0\d|\d\0[.,]\d"  # 1,000 and 3.14
    r"|(?<![\w.])[-−]\0\d"  # a sign
)
"""Matches two characters before a place and two behind it where a word or a number goes on across it."""

_LAST, _FIRST = re.compile(r"\S+\Z"), re.compile(r"\A\S+")
"""What stands without white space at the end and at the beginning of a text."""


class Quoted(Protocol):
    """Words with the place in a text that they were taken from, and what stood around them there."""

    @property
    def start(self) -> int: ...
    @property
    def quote(self) -> str: ...
    @property
    def prefix(self) -> str: ...
    @property
    def suffix(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where words stand, and what speaks for it that it is they.

    They stand in `places`, of which no more than `COMPARED` + 1 are counted. Of the `known` letters and digits that
    stood around them `shared` still do, and as many in `rivals` of the other places. Where they stand in their place,
    none of it is counted.
    """

    span: Span
    places: int = 1
    known: int = 0
    shared: int = 0
    rivals: int = 0


class Text:
    """A text to look for quotes in. `is_same` where it comes from the very bytes that were cited."""

    def __init__(self, text: str, *, is_same: bool = False) -> None:
        self.text = text
        self.is_same = is_same
        self._haystack = Haystack(text)

    def find(self, quoted: Quoted, rewritten: Callable[[], Iterable[Span]] = tuple) -> Sighting | None:
        """Where a quote stands: in its place, else where most of what stood around it still does, else the nearest.

        Where the same words stand in its place, they are others if much more of what stood around it is elsewhere. A
        text that has changed has the words only where they begin and end as they did: it may now say 100 for 10.
        Where it does not have these very words, `rewritten` says where it has them in another writing, nearest first.
        """
        around = _Surroundings(self.text, quoted)
        place = quoted.start, quoted.start + len(quoted.quote)
        is_there = self.text.startswith(quoted.quote, quoted.start) and (self.is_same or around.are_borders(place))
        shared = around.shared(place) if is_there else 0
        if is_there and (self.is_same or shared == around.known):
            return Sighting(place)
        for writing in (self._verbatim, self._refolded, lambda _: rewritten()):
            looked_at = (span for span in islice(writing(quoted), _LOOKED_AT) if span[0] < span[1])
            spans = list(islice((span for span in looked_at if self.is_same or around.are_borders(span)), COMPARED + 1))
            if spans:
                best = around.chosen(spans)
                return Sighting(place) if is_there and best.shared < shared + TELLING else best
        return None

    def _verbatim(self, quoted: Quoted) -> Iterator[Span]:
        """Where the very words stand: first where all that stood around them does, then the nearest."""
        length = len(quoted.quote)
        prefix, suffix = _nearby(quoted)
        entire = self._haystack.nearest(prefix + quoted.quote + suffix, max(0, quoted.start - len(prefix)))
        kept = [at + len(prefix) for at in islice(entire, 1)] if prefix or suffix else []
        nearest = self._haystack.nearest(quoted.quote, quoted.start)
        return ((at, at + length) for at in chain(kept, (at for at in nearest if at not in kept)))

    def _refolded(self, quoted: Quoted) -> Iterator[Span]:
        """Where the words stand with other white space between them, or with accents encoded in another way."""
        words = folded(quoted.quote)
        can_differ = " " in words or words != quoted.quote or not words.isascii()
        if words and can_differ and len(self.text) <= _LONGEST_FOLDED:
            yield from self._folded.nearest(words, quoted.start)

    @cached_property
    def _folded(self) -> Folded:
        return Folded(self.text)


class _Surroundings:
    """What stood around a quote, held against what stands around places in a text."""

    def __init__(self, text: str, quoted: Quoted) -> None:
        self._text = text
        self._prefix, self._suffix = _nearby(quoted)
        self._letters = _letters(self._prefix), _letters(self._suffix)
        self.known = sum(map(len, self._letters))
        before, behind = quoted.quote[: -len(quoted.quote.lstrip())], quoted.quote[len(quoted.quote.rstrip()) :]
        self._last = _LAST.findall(self._prefix + before)
        self._first = _FIRST.findall(behind + self._suffix)

    def are_borders(self, span: Span) -> bool:
        """Whether a span cuts no word or number in two, but for one that the quote was cut out of."""
        text, (start, end) = self._text, span
        if _goes_on(text[max(0, start - 2) : start], text[start : start + 2]) and (
            not self._last or _LAST.findall(text[max(0, start - CONTEXT) : start]) != self._last
        ):
            return False
        return not _goes_on(text[max(0, end - 2) : end], text[end : end + 2]) or (
            bool(self._first) and _FIRST.findall(text[end : end + CONTEXT]) == self._first
        )

    def chosen(self, spans: Sequence[Span]) -> Sighting:
        """Of places, nearest first, the one with most of what stood around: letters first, then all characters."""
        compared = spans[:COMPARED]
        shared = [self.shared(span) for span in compared]
        most = max(shared)
        best = [span for span, letters in zip(compared, shared, strict=True) if letters == most]
        return Sighting(max(best, key=self._agreement), len(spans), self.known, most, len(best) - 1)

    def shared(self, span: Span) -> int:
        """How many letters and digits before and behind a span are those that stood there."""
        (start, end), (before, behind) = span, self._letters
        reach = 4 * (len(before) + len(behind)) + 16
        preceding = _letters(self._text[max(0, start - reach) : start])
        following = _letters(self._text[end : end + reach])
        return _same(before[::-1], preceding[::-1]) + _same(behind, following)

    def _agreement(self, span: Span) -> int:
        """How many characters on both sides are those that stood there."""
        start, end = span
        before = self._text[max(0, start - len(self._prefix)) : start]
        behind = self._text[end : end + len(self._suffix)]
        return _same(self._prefix[::-1], before[::-1]) + _same(self._suffix, behind)


def _nearby(quoted: Quoted) -> tuple[str, str]:
    return quoted.prefix[-CONTEXT:], quoted.suffix[:CONTEXT]


def _letters(text: str) -> str:
    return "".join(character for character in normalize("NFC", text).casefold() if character.isalnum())


def _same(one: str, other: str) -> int:
    """How many characters two texts have in common from their beginning."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


@lru_cache(maxsize=4096)
def _goes_on(before: str, behind: str) -> bool:
    """Whether a word or a number goes on from two characters to the next two."""
    return _WITHIN.search(f"{before}\0{behind}") is not None
