"""What the tests share: a deterministic encoder, a library over hand-written documents, a home of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings
from quoting import QuotingReader
from wordencoder import WordEncoder

from qa.library import Library
from qa.sandbox import Sandbox

os.environ["HF_HUB_OFFLINE"] = "1"

# How long an example takes says how busy the machine is.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


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
