"""Passages without end: the real ones first, then mixtures of them, text and vector alike.

A mixture has some sentences in a row of each of two or three real passages. Its vector is the sum of theirs, each
weighed by the characters that it gave, with a little noise.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from benchmarks.curves.real import Half, Real
from qa.passages import sentences

TOGETHER = 20
"""Passages of a document."""

NOISE = 0.1
"""The length of the noise, where that of a vector is 1."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Mixture:
    """Documents by number, of which each is the same in whatever order they are asked for."""

    real: Real
    seed: int

    def document(self, number: int, passages: int = TOGETHER) -> tuple[list[str], Half]:
        """The texts of a document's passages, and their vectors."""
        chance = random.Random(f"{self.seed} {number}")
        noise = self._noise(number)
        first = number * TOGETHER
        found = [self._passage(first + at, chance, noise[at]) for at in range(passages)]
        return [text for text, _ in found], np.stack([row for _, row in found])

    def _passage(self, number: int, chance: random.Random, noise: Floats) -> tuple[str, Half]:
        if number < len(self.real.texts):
            return self.real.texts[number], self.real.rows[number]
        parts = chance.sample(range(len(self.real.texts)), chance.choice((2, 3)))
        pieces = [_some(self._sentences[part], len(parts), chance) for part in parts]
        weights = np.array([len(piece) for piece in pieces], dtype=np.float32)
        row = weights / weights.sum() @ self.real.rows[parts].astype(np.float32)
        row = row / np.linalg.norm(row) + noise
        return " ".join(pieces), (row / np.linalg.norm(row)).astype(np.float16)

    def _noise(self, number: int) -> Floats:
        shape = (TOGETHER, self.real.model.dimension)
        drawn = np.random.default_rng((self.seed, number)).standard_normal(shape, dtype=np.float32)
        found: Floats = NOISE * drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
        return found

    @cached_property
    def _sentences(self) -> list[list[str]]:
        return [[text[start:end] for start, end in sentences(text)] for text in self.real.texts]


def _some(whole: list[str], parts: int, chance: random.Random) -> str:
    """As many sentences in a row as make that part of a passage, one at least."""
    count = max(1, round(len(whole) / parts))
    start = chance.randrange(len(whole) - count + 1)
    return " ".join(whole[start : start + count])
