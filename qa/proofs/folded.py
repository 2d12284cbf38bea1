"""A text without what nobody sees: white space between words is one space, and letters with accents are one character.

Systems and programs rewrite both: lines are wrapped anew, and accents are encoded in another way (Unicode's canonical
equivalence, of which form NFC is taken).
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from unicodedata import combining, is_normalized, normalize

from qa.proofs.occurrences import Haystack

_WORD = re.compile(r"\S+")

_LONGEST_WORD = 10_000
"""Characters of what stands between white space, up to which accents in it are put together."""

_KEPT = 64
"""Words whose offsets are kept: one after the other is asked for many times."""

_ROW = re.compile(r"[^\w\s\0-\x7f]{64,}")
"""What may be a row of accents: none of them is a letter or ASCII."""


def folded(text: str) -> str:
    """The words of a text with one space between them, and their accents put together if that is quickly done."""
    words = " ".join(text.split())
    return normalize("NFC", words) if is_composable(words) else words


def is_composable(text: str) -> bool:
    """Whether accents can be put in order: the time for it grows with the square of their number on one letter."""
    return text.isascii() or not any(combining(character) for row in _ROW.findall(text) for character in row)


class Folded:
    """A text in which folded words are looked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._haystack = Haystack(folded(text))
        self._known: dict[int, tuple[int, ...]] = {}
        self._is_composed = not is_composable(text) or is_normalized("NFC", text)

    def nearest(self, words: str, start: int) -> Iterator[tuple[int, int]]:
        """Where folded words stand, as offsets into the text; the places nearest to `start` first.

        A span is empty where they begin or end within a letter and its accents, or in a very long word.
        """
        if words in self._haystack.text:
            for at in self._haystack.nearest(words, self._to_folded(start)):
                span = self._from_folded(at), self._from_folded(at + len(words))
                yield span if min(span) >= 0 else (0, 0)

    @cached_property
    def _starts(self) -> tuple[array[int], array[int]]:
        """Where words begin, in the text and in the folded one."""
        ours, theirs, at = array("I"), array("I"), 0
        for word in _WORD.finditer(self._text):
            ours.append(word.start())
            theirs.append(at)
            at += 1 + (word.end() - word.start() if self._is_composed else len(normalize("NFC", word[0])))
        return ours, theirs

    def _to_folded(self, offset: int) -> int:
        ours, theirs = self._starts
        word = bisect_right(ours, offset) - 1
        return theirs[word] + offset - ours[word] if word >= 0 else 0

    def _from_folded(self, offset: int) -> int:
        ours, theirs = self._starts
        word = bisect_right(theirs, offset) - 1
        within = offset - theirs[word]
        if self._is_composed:
            return ours[word] + within
        places = self._composed(word)
        place = places[within] if within < len(places) else -1
        return ours[word] + place if place >= 0 else -1

    def _composed(self, word: int) -> tuple[int, ...]:
        """The offsets in a word, of which those that were asked for last are kept."""
        if word not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            begin = self._starts[0][word]
            found = _WORD.match(self._text, begin, begin + _LONGEST_WORD)
            self._known[word] = _composed(found[0]) if found else ()
        return self._known[word]


def _composed(word: str) -> tuple[int, ...]:
    """The offset in a word of each letter of its NFC form, -1 for what is put to one there, and its length."""
    places: list[int] = []
    begin = 0
    for end in range(1, len(word) + 1):
        if end == len(word) or _is_apart(word[begin:end], word[end]):
            places += [begin, *[-1] * (len(normalize("NFC", word[begin:end])) - 1)]
            begin = end
    return (*places, len(word))


def _is_apart(before: str, character: str) -> bool:
    """Whether a character is not put together with those before it."""
    if character.isascii():
        return True
    together = normalize("NFC", before + character)
    return not combining(character) and together == normalize("NFC", before) + normalize("NFC", character)
