"""A deterministic encoder, whose rankings can be worked out by hand."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence

import numpy as np

from embeddings.encoder import Vectors


class WordEncoder:
    """A bag of words as a unit vector: a pure function of the text, so that rankings can be worked out by hand.

    Each word adds one to a place given by its hash. Texts that share words are near, others are at right angles unless
    two hashes meet. A text without words points at place 0.
    """

    name = location = "words"
    fingerprint = "words-64"
    dimension = 64

    def __init__(self) -> None:
        self.encoded: list[str] = []
        """Every document text that was encoded, in order: what was not embedded again is not here."""

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vector(text) for text in texts])

    def encode_document(self, texts: Sequence[str], progress: Callable[[int], object] | None = None) -> Vectors:
        self.encoded.extend(texts)
        if progress is not None:
            progress(len(texts))
        return np.stack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> Vectors:
        vector = np.zeros(self.dimension, dtype=np.float32)
        for word in re.findall(r"\w+", text.casefold()):
            vector[hashlib.sha256(word.encode()).digest()[0] % self.dimension] += 1
        if not vector.any():
            vector[0] = 1
        return (vector / np.linalg.norm(vector)).astype(np.float32)
