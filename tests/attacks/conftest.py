"""The whole page over a store whose every word is hostile, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from chromium import Watch, browsing
from hostility import attacks
from house import House, written
from shelves import Same, served

from qa.library import Library
from qa.sources import Upload
from qa.web.collections import Collections


@pytest.fixture(scope="module")
def strings() -> list[str]:
    return attacks()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, strings: list[str]) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house") / "store"
    uploads = [
        Upload(f"{text}.md", written(text, other))
        for text, other in zip(strings, [*strings[1:], strings[0]], strict=True)
    ]
    encoder: Any = Same()
    with Library.open(folder, encoder=encoder) as library:
        receipt = library.add([], uploads=uploads)
        assert len(receipt.added) == len(strings)
        house = House(folder, strings, library)
        collections = Collections(lambda _name: house.collection, lambda: house.names)
        with served(collections, status=lambda _name: house.status) as house.address:
            yield house


@pytest.fixture(scope="module")
def window() -> Iterator[Any]:
    with browsing() as window:
        yield window


@pytest.fixture
def watch(window: Any, house: House) -> Iterator[Watch]:
    watch = Watch(window, house.address)
    yield watch
    watch.close()
