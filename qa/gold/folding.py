"""Texts without what differs between two copies of the same words, and the way back to the original's offsets."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d"
_LETTERS = {
    **dict.fromkeys("`´‘’‚‛′‵", "'"),
    **dict.fromkeys("“”„‟″‶«»〝〞", '"'),
}
_KEPT_APART = ("<super>", "<sub>", "<fraction>", "<circle>", "<square>")
"""Decompositions that change what is said: 10² is not 102."""

_RUN = re.compile(rf"(?P<words>[A-Za-z0-9]+(?: [A-Za-z0-9]+)*)|(?P<dash>[{re.escape(_DASHES)}]+)|(?P<space>\s+)")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]"
)
"""Scripts in which a word may stand right beside the next, or whose words take endings: any place is a border there."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` is folded; its character at `n` comes from `original[starts[n]:ends[n]]`."""

    text: str
    starts: array[int]
    ends: array[int]

    def is_border(self, at: int) -> bool:
        """Whether neither a word nor what was one character of the original is cut in two at `at`."""
        if at <= 0 or at >= len(self.text):
            return True
        before, after = self.text[at - 1], self.text[at]
        return self.starts[at - 1] != self.starts[at] and not (in_words(before) and in_words(after))

    def original(self, start: int, end: int) -> Span:
        """The offsets of folded `text[start:end]`, which must not be empty, in the original."""
        return self.starts[start], self.ends[end - 1]

    def places(self, wanted: str) -> Iterator[Span]:
        """Where folded words stand as whole words, as offsets into the original; they do not overlap."""
        at = self.text.find(wanted) if wanted else -1
        while at >= 0:
            end = at + len(wanted)
            whole = self.is_border(at) and self.is_border(end)
            if whole:
                yield self.original(at, end)
            at = self.text.find(wanted, end if whole else at + 1)


def fold(text: str) -> Folded:
    """Fold case, Unicode forms, ligatures, typographic quotes and dashes, and white space.

    White space becomes one space between words and nothing beside punctuation, or where words have no spaces between
    them. What is left are the same words in the same order.
    """
    parts: list[str] = []
    starts, ends = array("I"), array("I")
    last, gap = "", None
    for start, end, folded in _pieces(text):
        if not folded:
            gap = gap or (start, end) if text[start].isspace() else gap
            continue
        if gap and in_words(last) and in_words(folded[0]):
            parts.append(" ")
            starts.append(gap[0])
            ends.append(gap[1])
        parts.append(folded)
        if folded.isascii() and len(folded) == end - start:  # words: no letter of a cluster with marks is ASCII alone
            starts.extend(range(start, end))
            ends.extend(range(start + 1, end + 1))
        else:
            starts.extend([start] * len(folded))
            ends.extend([end] * len(folded))
        last, gap = folded[-1], None
    return Folded("".join(parts), starts, ends)


@lru_cache(maxsize=4096)
def in_words(character: str) -> bool:
    """Whether white space beside a character tells words apart. The empty text is in no word."""
    return bool(character) and unicodedata.category(character)[0] in "LMN" and not _UNSPACED.match(character)


def _pieces(text: str) -> Iterator[tuple[int, int, str]]:
    """Offsets and folded form of one piece after the other; "" for white space and for what cannot be seen."""
    at = 0
    while at < len(text):
        run = _RUN.match(text, at)
        end = run.end() if run else at + 1
        if run and run.lastgroup == "space":
            yield at, end, ""
        elif run and run.lastgroup == "dash":
            yield at, end, "-"
        elif run:
            yield at, end, run[0].lower()
        else:
            while end < len(text) and _is_mark(text[end]):
                end += 1  # in an order of their own, which the letter before does not change
            yield at, end, _folded(text[at:end])
        at = end


@lru_cache(maxsize=4096)
def _is_mark(character: str) -> bool:
    return character > "\u02ff" and unicodedata.combining(unicodedata.normalize("NFD", character)[0]) > 0


@lru_cache(maxsize=8192)
def _folded(cluster: str) -> str:
    """A letter with its marks: decomposed, without case, as the caseless matching of Unicode has it."""
    plain = unicodedata.normalize("NFD", "".join(map(_plain, cluster)))
    return unicodedata.normalize("NFD", plain.casefold()).replace(" ", "")


def _plain(character: str) -> str:
    if character in _LETTERS:
        return _LETTERS[character]
    if unicodedata.category(character) == "Cf":
        return ""
    if unicodedata.decomposition(character).startswith(_KEPT_APART):
        return character
    return unicodedata.normalize("NFKD", character)
