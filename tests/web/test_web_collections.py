"""The collections of a page: each is opened once, when it is asked for, and all are closed."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from qa.errors import PinciteError
from qa.web.collections import Collection, Collections


class House:
    """Counts what is opened and closed."""

    def __init__(self, *names: str) -> None:
        self.names = list(names)
        self.opened: list[str] = []
        self.closed: list[str] = []
        self.broken = ""

    def open(self, name: str) -> Collection:
        if name == self.broken:
            raise PinciteError("The store is damaged.")
        self.opened.append(name)

        def closed(what: str) -> Any:
            return SimpleNamespace(close=lambda: self.closed.append(f"{what} of {name}"))

        assistant: Any = SimpleNamespace(library=closed("library"))
        return Collection(name, Path("stores") / name, assistant, closed("documents"))


def test_each_is_opened_once_and_only_when_it_is_asked_for() -> None:
    house = House("birds", "nests")
    collections = Collections(house.open, lambda: house.names)
    house.broken = "none"
    assert house.opened == []
    assert collections.get("birds") is collections.get("birds")
    assert collections.get().name == ""
    assert house.opened == ["birds", ""]
    assert collections.get("birds").gold == Path("stores") / "birds" / "gold.jsonl"


def test_one_that_comes_later_can_be_asked_for() -> None:
    house = House()
    collections = Collections(house.open, lambda: house.names)
    house.broken = "none"
    with pytest.raises(PinciteError, match="There is no such collection"):
        collections.get("birds")
    house.names.append("birds")
    assert collections.names == ("birds",)
    assert collections.get("birds").name == "birds"


@pytest.mark.parametrize("name", ["other", "..", "../birds", "Birds", " birds", "birds\0"])
def test_a_name_that_is_none_of_them_opens_nothing(name: str) -> None:
    house = House("birds")
    with pytest.raises(PinciteError):
        Collections(house.open, lambda: house.names).get(name)
    assert house.opened == []


def test_one_that_cannot_be_opened_says_why_and_is_tried_again() -> None:
    house = House("birds")
    house.broken = "birds"
    collections = Collections(house.open, lambda: house.names)
    for _ in range(2):
        with pytest.raises(PinciteError, match="The store is damaged"):
            collections.get("birds")
    house.broken = "none"
    assert collections.get("birds").name == "birds"


def test_all_that_were_opened_are_closed() -> None:
    house = House("birds", "nests")
    house.broken = "none"
    collections = Collections(house.open, lambda: house.names)
    collections.get()
    collections.get("nests")
    collections.close()
    assert house.closed == ["documents of ", "library of ", "documents of nests", "library of nests"]
    collections.close()
    assert len(house.closed) == 4


def test_threads_share_one() -> None:
    house = House()
    house.broken = "none"
    collections = Collections(house.open)
    begin = threading.Barrier(8)
    got: list[Collection] = []

    def ask() -> None:
        begin.wait(10)
        got.append(collections.get())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert house.opened == [""]
    assert len({id(each) for each in got}) == 1


def test_collections_are_made_where_that_can_be() -> None:
    house = House()
    with pytest.raises(PinciteError, match="Collections cannot be made here"):
        Collections(house.open).make("birds")
    assert Collections(house.open, make=lambda name: name.title()).make("birds") == "Birds"
