"""The process that is killed: it adds, changes and removes documents, and says after each that it is done."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.library import Library

WORDS = "lamp oil keeper boat storm gull rock tide glass wick bell fog".split()


class SmallEncoder:
    """A bag of words in 16 places: a pure function of the text."""

    name = location = "small"
    fingerprint = "small-16"
    dimension = 16

    def encode_query(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([self._vector(text) for text in texts])

    def encode_document(
        self, texts: Sequence[str], progress: Callable[[int], object] | None = None
    ) -> NDArray[np.float32]:
        if progress is not None:
            progress(len(texts))
        return self.encode_query(texts)

    def _vector(self, text: str) -> NDArray[np.float32]:
        vector = np.full(self.dimension, 0.1, dtype=np.float32)
        for word in re.findall(r"\w+", text):
            vector[hashlib.sha256(word.encode()).digest()[0] % self.dimension] += 1
        return (vector / np.linalg.norm(vector)).astype(np.float32)


def content(rng: random.Random, number: int) -> str:
    """A text of several passages that no other step has."""
    paragraphs = [" ".join(rng.choices(WORDS, k=8)).capitalize() + "." for _ in range(rng.randint(2, 9))]
    return "\n\n".join([f"Step {number} wrote this.", *paragraphs]) + "\n"


def work(store: Path, docs: Path, seed: int, done: Connection) -> None:
    """Change the store until killed. Before each step ("try", ...) is sent, after it has returned ("done", ...)."""
    rng = random.Random(seed)  # a seed makes a round repeatable
    names = [f"{number}.txt" for number in range(8)]
    held: set[str] = set()
    done.send(("ready",))
    with Library.open(store, encoder=SmallEncoder()) as library:
        number = 0
        while True:
            number += 1
            name = rng.choice(names)
            if name in held and rng.random() < 0.4:
                done.send(("try", number, {name: None}))
                library.remove(str(docs / name))
                held.remove(name)
            else:
                several = {name, *rng.sample(names, rng.randint(0, 3))}
                texts = {each: content(rng, number * 10 + place) for place, each in enumerate(sorted(several))}
                for each, text in texts.items():
                    (docs / each).write_text(text)
                done.send(("try", number, texts))
                library.add([docs / each for each in texts])
                held |= several
            done.send(("done", number))
