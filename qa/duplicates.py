"""Passages that say the same in nearly the same words: copies, quotations, earlier versions of a text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
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
class _Rows:
    """What is compared of a passage: its rows of three words (shingles, Broder 1997), hashed."""

    all: frozenset[int]
    sketch: list[int]

    @classmethod
    def of(cls, text: str) -> _Rows | None:
        words = _WORD.findall(text.casefold())
        if len(words) < _SHORTEST:
            return None
        hashes = np.array([crc32(word.encode("utf-8", "replace")) for word in words], dtype=np.uint64)
        rows = np.unique((hashes[:-2] * _FACTOR + hashes[1:-1]) * _FACTOR + hashes[2:]).tolist()
        return cls(frozenset(rows), rows[:_SKETCH])

    def is_like(self, other: _Rows) -> bool:
        both = len(self.all & other.all)
        return both >= _ALIKE * (len(self.all) + len(other.all) - both)


class _Alike:
    """The groups whose passages have the same numbers: two sentences that differ in a number say different things."""

    def __init__(self) -> None:
        self._new: list[tuple[int, str]] = []
        self._rows: dict[int, _Rows] = {}
        self._having: dict[int, list[int]] = defaultdict(list)

    def add(self, group: int, text: str) -> None:
        # Its rows are found when there is something to compare them with: most passages have their own numbers.
        self._new.append((group, text))

    def find(self, text: str) -> int | None:
        """The earliest group that a text belongs to."""
        if not self._new and not self._rows:
            return None
        for group, first in self._new:
            if rows := _Rows.of(first):
                self._rows[group] = rows
                for row in rows.sketch:
                    self._having[row].append(group)
        self._new.clear()
        own = _Rows.of(text)
        if own is None:
            return None
        near = sorted({group for row in own.sketch for group in self._having.get(row, ())})
        return next((group for group in near if own.is_like(self._rows[group])), None)


def grouped(passages: Iterable[tuple[int, str]], k: int) -> list[list[int]]:
    """The first `k` groups of near-duplicates, by number: each group has the first of its passages first.

    No more passages are looked at than it takes to have `k` groups.
    """
    groups: list[list[int]] = []
    by_numbers: dict[tuple[str, ...], _Alike] = defaultdict(_Alike)
    for number, text in passages:
        alike = by_numbers[tuple(_NUMBER.findall(text))]
        found = alike.find(text)
        if found is not None:
            groups[found].append(number)
            continue
        if len(groups) == k:
            break
        alike.add(len(groups), text)
        groups.append([number])
    return groups
