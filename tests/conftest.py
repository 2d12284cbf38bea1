"""What the tests share: a deterministic encoder, a library over hand-written documents, a home of their own."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from quoting import QuotingReader

from embeddings.encoder import Vectors
from qa.library import Library
from qa.sandbox import Sandbox

os.environ["HF_HUB_OFFLINE"] = "1"


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


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is compiled is compiled once for all tests, and not kept in the user's own cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PINCITE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True, scope="session")
def _one_parser() -> Iterator[None]:
    """Files are parsed in one process for all tests, which a run of `add` otherwise starts for itself."""

    class Shared(Sandbox):
        def __exit__(self, *_error: object) -> None:
            pass

    with closing(Shared()) as sandbox, pytest.MonkeyPatch.context() as patch:
        patch.setattr("qa.library.Sandbox", lambda: sandbox)
        yield


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's own store."""
    monkeypatch.setenv("PINCITE_STORE", str(tmp_path / "default-store"))
    monkeypatch.delenv("PINCITE_COLLECTION", raising=False)


@pytest.fixture(autouse=True)
def _quoting(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are whole sentences, chosen by words, unless a test is about the trained reader."""
    if request.node.get_closest_marker("trained") is None:
        monkeypatch.setattr("qa.assistant.SpanReader", lambda: QuotingReader(WordEncoder()))


@pytest.fixture
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture
def library(tmp_path: Path, encoder: WordEncoder) -> Iterator[Library]:
    """An empty library with the deterministic encoder."""
    with Library.open(tmp_path / "store", encoder=encoder) as library:
        yield library
