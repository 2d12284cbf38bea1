"""Passages that say the same in nearly the same words: copies, quotations, earlier versions of a text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zlib import crc32

import numpy as np

_ALIKE = 0.8
"""The share of rows that both have, of those that either has (Jaccard), from which two passages are near-duplicates."""

_SKETCH = 8
"""Of two that are alike one in 400,000 has none of its so many smallest rows among the other's."""

_SHORTEST = 8
"""Words of a passage below which likeness says nothing."""

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""Odd, so that what is multiplied with it, without what does not fit, stays told apart."""

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class _Print:
    """What is compared of a passage: its rows of three words (shingles, Broder 1997), hashed, and its numbers.

    Two sentences that differ in a number say different things.
    """

    rows: frozenset[int]
    sketch: list[int]
    numbers: list[str]

    @classmethod
    def of(cls, text: str) -> _Print | None:
        words = _WORD.findall(text.casefold())
        if len(words) < _SHORTEST:
            return None
        hashes = np.array([crc32(word.encode("utf-8", "replace")) for word in words], dtype=np.uint64)
        rows = np.unique((hashes[:-2] * _FACTOR + hashes[1:-1]) * _FACTOR + hashes[2:]).tolist()
        return cls(frozenset(rows), rows[:_SKETCH], _NUMBER.findall(text))

    def is_like(self, other: _Print) -> bool:
        both = len(self.rows & other.rows)
        return self.numbers == other.numbers and both >= _ALIKE * (len(self.rows) + len(other.rows) - both)


def grouped(passages: Iterable[tuple[int, str]], k: int) -> list[list[int]]:
    """The first `k` groups of near-duplicates, by number: each group has the first of its passages first.

    No more passages are looked at than it takes to have `k` groups.
    """
    groups: list[list[int]] = []
    prints: list[_Print | None] = []
    having: dict[int, list[int]] = defaultdict(list)
    for number, text in passages:
        own = _Print.of(text)
        found = next((at for at in _near(own, having) if own and (first := prints[at]) and own.is_like(first)), None)
        if found is not None:
            groups[found].append(number)
            continue
        if len(groups) == k:
            break
        for row in own.sketch if own else ():
            having[row].append(len(groups))
        groups.append([number])
        prints.append(own)
    return groups


def _near(own: _Print | None, having: dict[int, list[int]]) -> Iterator[int]:
    """The groups that share a row of the sketch, the earliest first."""
    if own is not None:
        yield from sorted({at for row in own.sketch for at in having.get(row, ())})
