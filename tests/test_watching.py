"""A folder is followed: what is made, written, moved and deleted in it, by the system's own notices."""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.library import Library
from qa.sources import SourceFile
from qa.watching import changes

SECONDS = 30
"""How long a notice may take; it usually takes two."""


class Watch:
    """Changes of a folder, gathered by a thread as they come."""

    def __init__(self, *paths: Path) -> None:
        self.stop = threading.Event()
        self._found: queue.Queue[set[str] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._follow, args=(paths,))
        self._thread.start()
        assert self._found.get(timeout=SECONDS) is None

    def _follow(self, paths: tuple[Path, ...]) -> None:
        for changed in changes(paths, self.stop):
            self._found.put(changed)

    def until(self, *wanted: Path) -> set[str]:
        """All that has changed by the time that the wanted ones have."""
        seen: set[str] = set()
        end = time.monotonic() + SECONDS
        while not {str(path) for path in wanted} <= seen:
            seen |= self._found.get(timeout=max(0.0, end - time.monotonic())) or set()
        return seen

    def close(self) -> None:
        self.stop.set()
        self._thread.join(SECONDS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path.resolve() / "docs"
    made.mkdir()
    (made / "tower.txt").write_text("The tower was built in 1890.")
    return made


@pytest.fixture
def watch(folder: Path) -> Iterator[Watch]:
    found = Watch(folder)
    yield found
    found.close()


def test_what_is_made_written_moved_and_deleted_is_followed(watch: Watch, folder: Path, library: Library) -> None:
    library.add([folder])
    (folder / "tower.txt").write_text("The tower was built in 1891.")
    (folder / "bridge.txt").write_text("The bridge is green.")
    receipt = library.add([folder], changed=watch.until(folder / "tower.txt", folder / "bridge.txt"))
    assert [[entry.source for entry in entries] for entries in (receipt.added, receipt.updated)] == [
        ["bridge.txt"],
        ["tower.txt"],
    ]

    (folder / "bridge.txt").rename(folder / "river.txt")
    receipt = library.add([folder], changed=watch.until(folder / "bridge.txt", folder / "river.txt"))
    (entry,) = receipt.added
    assert (entry.source, entry.note, receipt.removed[0].source) == (
        "river.txt",
        "the same content as bridge.txt",
        "bridge.txt",
    )
    assert len({row.document_id for row in library.sources()}) == 2

    (folder / "river.txt").unlink()
    receipt = library.add([folder], changed=watch.until(folder / "river.txt"))
    assert ([entry.source for entry in receipt.removed], receipt.unchanged) == (["river.txt"], 0)


def test_a_folder_that_was_moved_here_brings_its_files(watch: Watch, folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (outside / "deep").mkdir(parents=True)
    (outside / "deep" / "sea.txt").write_text("Gulls live on the rock.")
    outside.rename(folder / "inside")
    assert str(folder / "inside" / "deep" / "sea.txt") in watch.until(folder / "inside")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX file system")
def test_a_link_that_is_made_here_is_not_followed(watch: Watch, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "sea.txt").write_text("Gulls live on the rock.")
    (folder / "inside").symlink_to(tmp_path / "outside")
    (folder / "bridge.txt").write_text("The bridge is green.")
    assert str(folder / "inside" / "sea.txt") not in watch.until(folder / "inside", folder / "bridge.txt")


def test_what_happens_in_a_store_is_left_out(watch: Watch, folder: Path) -> None:
    store = folder / "deep" / "store"
    store.mkdir(parents=True)
    for name in ("LOCK", "store.db"):
        (store / name).write_text("")
    (folder / "first.txt").write_text("The bridge is green.")
    watch.until(folder / "first.txt")  # by now it is a store
    (store / "gold.jsonl").write_text("{}")
    (folder / "deep" / "bridge.txt").write_text("The bridge is green.")
    assert not any(path.startswith(str(store)) for path in watch.until(folder / "deep" / "bridge.txt"))


def test_a_single_file_is_followed_when_it_is_replaced(folder: Path, library: Library) -> None:
    file = folder / "tower.txt"
    library.add([file])
    watch = Watch(file)
    try:
        (folder / "new").write_text("The tower was built in 1892.")
        os.replace(folder / "new", file)
        receipt = library.add([file], changed=watch.until(file))
    finally:
        watch.close()
    assert [entry.source for entry in receipt.updated] == ["tower.txt"]


def test_only_what_has_changed_is_read(folder: Path, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "bridge.txt").write_text("The bridge is green.")
    library.add([folder])
    read: list[str] = []
    original = SourceFile.read
    monkeypatch.setattr(SourceFile, "read", lambda file: read.append(file.name) or original(file))
    library.add([folder], changed={str(folder / "bridge.txt"), str(folder / "gone.txt")})
    assert read == ["bridge.txt"]
