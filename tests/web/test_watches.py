"""Folders that are followed: what changes while something is indexed waits, and what failed is tried again."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from qa.web.library import followed
from qa.web.library.watches import Watches

SECONDS = 20


class Folder:
    """Changes that a test makes, and what is asked to be indexed."""

    def __init__(self) -> None:
        self.changes: queue.Queue[set[str] | Exception | None] = queue.Queue()
        self.asked: queue.Queue[tuple[str, set[str] | None, Callable[[str, bool], object]]] = queue.Queue()

    def watch(self, _paths: Sequence[str], ended: threading.Event) -> Iterator[set[str] | None]:
        while not ended.is_set():
            try:
                change = self.changes.get(timeout=0.01)
            except queue.Empty:
                continue
            if isinstance(change, Exception):
                raise change
            yield change

    def follow(self, path: str, changed: set[str] | None, ended: Callable[[str, bool], object]) -> None:
        self.asked.put((path, changed, ended))

    def next(self) -> tuple[set[str] | None, Callable[[str, bool], object]]:
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
    ended("", False)
    changed, ended = folder.next()
    assert changed == {"/docs/a", "/docs/b"}
    ended("", False)
    assert folder.asked.empty()


def test_what_failed_is_told_and_tried_again_with_the_next_change(watches: Watches, folder: Folder) -> None:
    watches.start("/docs")
    folder.changes.put({"/docs/a"})
    _, ended = folder.next()
    ended("Somebody else is writing.", True)
    assert [watch.told for watch in watches.all()] == ["Somebody else is writing."]
    folder.changes.put({"/docs/b"})
    changed, ended = folder.next()
    assert changed == {"/docs/a", "/docs/b"}
    ended("", False)
    assert [watch.told for watch in watches.all()] == [""]


def test_what_may_pass_is_tried_again_by_itself(folder: Folder) -> None:
    with closing(Watches(folder.follow, folder.watch, pause=0.01)) as watches:
        watches.start("/docs")
        folder.changes.put({"/docs/a"})
        for _ in range(3):
            changed, ended = folder.next()
            assert changed == {"/docs/a"}
            ended("Somebody else is writing.", True)
        changed, ended = folder.next()
        ended("", False)
        assert [watch.told for watch in watches.all()] == [""]
        handled(folder)
        assert folder.asked.empty()


def test_what_was_stopped_waits_for_the_next_change(folder: Folder) -> None:
    with closing(Watches(folder.follow, folder.watch, pause=0.01)) as watches:
        watches.start("/docs")
        folder.changes.put({"/docs/a"})
        folder.next()[1]("It was stopped.", False)
        handled(folder)
        assert folder.asked.empty()
        folder.changes.put({"/docs/b"})
        assert folder.next()[0] == {"/docs/a", "/docs/b"}


def test_all_that_failed_is_all_again(watches: Watches, folder: Folder) -> None:
    watches.start("/docs")
    folder.changes.put(None)
    _, ended = folder.next()
    ended("Somebody else is writing.", True)
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


def test_what_is_followed_is_kept_until_it_is_stopped(folder: Folder, tmp_path: Path) -> None:
    here, there = str(tmp_path), str(tmp_path / "gone")
    kept = partial(followed.keep, tmp_path)
    with closing(Watches(folder.follow, folder.watch, keep=kept)) as watches:
        watches.start(there)
        watches.start(here)
    assert followed.read(tmp_path) == (there, here)
    if sys.platform != "win32":
        assert (tmp_path / followed.FILE).stat().st_mode & 0o777 == 0o600
    with closing(Watches(folder.follow, folder.watch, keep=kept)) as watches:
        watches.resume(followed.read(tmp_path))
        folder.changes.put(None)
        assert folder.asked.get(timeout=SECONDS)[0] == here
        gone, _ = watches.all()
        assert "It is not there any more" in gone.told
        watches.start(there)  # it has come back
        assert [(watch.path, watch.told) for watch in watches.all()] == [(here, ""), (there, "")]
        watches.stop(next(watch.id for watch in watches.all() if watch.path == here))
    assert followed.read(tmp_path) == (there,)
    assert [file.name for file in tmp_path.iterdir()] == [followed.FILE]


@pytest.mark.parametrize("text", ["[", "{}", "[1]", '["docs"]', "[" * 200_000, "\xff"])
def test_a_broken_list_is_none_with_a_warning(text: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / followed.FILE).write_bytes(text.encode("latin-1"))
    assert followed.read(tmp_path) == ()
    assert "no folder is watched any more" in caplog.text


def test_a_list_that_cannot_be_kept_is_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    followed.keep(tmp_path / "none", ["/docs"])
    assert "could not be written" in caplog.text
    (tmp_path / followed.FILE).mkdir()
    followed.keep(tmp_path, ["/docs"])
    assert [file.name for file in tmp_path.iterdir()] == [followed.FILE]


def test_a_system_that_gives_up_is_told(watches: Watches, folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    watches.start("/docs")
    folder.changes.put(OSError("no more watches"))
    while not (told := watches.all()[0].told):
        threading.Event().wait(0.005)
    assert "does not say any more what changes here" in told
    assert "no more watches" in caplog.text
