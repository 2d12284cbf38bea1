"""A text with what may differ between two copies of the same words folded, and the way back to its offsets.

That is white space between words, which becomes one space, and how letters with accents are encoded (Unicode's
canonical equivalence, as its form NFC): systems and programs rewrite both, and neither can be seen.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property, lru_cache
from unicodedata import combining, is_normalized, normalize

from qa.proofs.occurrences import Haystack

_WORD = re.compile(r"\S+")


def folded(text: str) -> str:
    return normalize("NFC", " ".join(text.split()))


class Folded:
    """A text in which folded words are looked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._haystack = Haystack(folded(text))
        self._is_composed = is_normalized("NFC", text)

    def nearest(self, words: str, start: int) -> Iterator[tuple[int, int]]:
        """Where folded words stand, as offsets into the text; the places nearest to `start` first."""
        if words in self._haystack.text:
            for at in self._haystack.nearest(words, self._to_folded(start)):
                yield self._from_folded(at), self._from_folded(at + len(words))

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
        found = _WORD.match(self._text, ours[word])
        return ours[word] + (_composed(found[0])[within] if found else 0)


@lru_cache(maxsize=64)
def _composed(word: str) -> array[int]:
    """The offset in a word of each character of its NFC form, and its length."""
    places, begin = array("I"), 0
    for end in range(1, len(word) + 1):
        if end == len(word) or _is_apart(word[begin:end], word[end]):
            places.extend([begin] * len(normalize("NFC", word[begin:end])))
            begin = end
    places.append(len(word))
    return places


def _is_apart(before: str, character: str) -> bool:
    """Whether a character is not put together with those before it."""
    if character.isascii():
        return True
    return not combining(character) and normalize("NFC", before + character) == normalize("NFC", before) + normalize(
        "NFC", character
    )
