"""Folders that are followed: what changes while something is indexed waits, and what failed is tried again."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

import pytest

from qa.web.library.watches import Watches

SECONDS = 20


class Folder:
    """Changes that a test makes, and what is asked to be indexed."""

    def __init__(self) -> None:
        self.changes: queue.Queue[set[str] | Exception | None] = queue.Queue()
        self.asked: queue.Queue[tuple[str, set[str] | None, Callable[[str], object]]] = queue.Queue()

    def watch(self, _paths: Sequence[str], ended: threading.Event) -> Iterator[set[str] | None]:
        while not ended.is_set():
            try:
                change = self.changes.get(timeout=0.01)
            except queue.Empty:
                continue
            if isinstance(change, Exception):
                raise change
            yield change

    def follow(self, path: str, changed: set[str] | None, ended: Callable[[str], object]) -> None:
        self.asked.put((path, changed, ended))

    def next(self) -> tuple[set[str] | None, Callable[[str], object]]:
        _, changed, ended = self.asked.get(timeout=SECONDS)
        return changed, ended


@pytest.fixture
def folder() -> Folder:
    return Folder()


@pytest.fixture
def watches(folder: Folder) -> Iterator[Watches]:
    with closing(Watches(folder.follow, folder.watch)) as watches:
        yield watches


def handled(folder: Folder) -> None:
    """Wait until every change was taken up: the one after it is asked for only then."""
    while not folder.changes.empty():
        threading.Event().wait(0.005)
    threading.Event().wait(0.03)


def test_what_changes_meanwhile_is_one_more_run(watches: Watches, folder: Folder) -> None:
    watches.start("/docs")
    folder.changes.put(None)
    changed, ended = folder.next()
    assert changed is None  # all, for what changed before is not known
    for name in ("/docs/a", "/docs/b"):
        folder.changes.put({name})
    handled(folder)
    assert folder.asked.empty()
    ended("")
    changed, ended = folder.next()
    assert changed == {"/docs/a", "/docs/b"}
    ended("")
    assert folder.asked.empty()


def test_what_failed_is_told_and_tried_again_with_the_next_change(watches: Watches, folder: Folder) -> None:
    watches.start("/docs")
    folder.changes.put({"/docs/a"})
    _, ended = folder.next()
    ended("Somebody else is writing.")
    assert [watch.told for watch in watches.all()] == ["Somebody else is writing."]
    folder.changes.put({"/docs/b"})
    changed, ended = folder.next()
    assert changed == {"/docs/a", "/docs/b"}
    ended("")
    assert [watch.told for watch in watches.all()] == [""]


def test_all_that_failed_is_all_again(watches: Watches, folder: Folder) -> None:
    watches.start("/docs")
    folder.changes.put(None)
    _, ended = folder.next()
    ended("Somebody else is writing.")
    folder.changes.put({"/docs/b"})
    changed, _ = folder.next()
    assert changed is None


def test_a_folder_is_followed_once_and_until_it_is_stopped(watches: Watches, folder: Folder) -> None:
    watches.start("/docs")
    watches.start("/docs")
    (watch,) = watches.all()
    watches.stop(watch.id)
    watches.stop(watch.id)
    assert watches.all() == ()
    watches.close()
    folder.changes.put({"/docs/a"})
    assert folder.asked.empty()


def test_a_system_that_gives_up_is_told(watches: Watches, folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    watches.start("/docs")
    folder.changes.put(OSError("no more watches"))
    while not (told := watches.all()[0].told):
        threading.Event().wait(0.005)
    assert "does not say any more what changes here" in told
    assert "no more watches" in caplog.text
