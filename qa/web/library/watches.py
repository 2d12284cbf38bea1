"""Folders that the page follows: what changes in them is indexed, for as long as the program runs."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from qa import watching

Follow = Callable[[str, set[str] | None, Callable[[str], object]], object]
"""Indexes what has changed below a path, None for all, and calls back with the sentence that says why it failed."""
Changes = Callable[[Sequence[str], threading.Event], Iterator[set[str] | None]]

_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Watch:
    """One folder that is followed; `told` says what is wrong with it."""

    path: str
    told: str = ""
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    ended: threading.Event = field(default_factory=threading.Event)


@dataclass(slots=True)
class _Changed:
    """What is still to be indexed: `paths`, or all that there is. `busy` while a part of it is being indexed."""

    paths: set[str] = field(default_factory=set)
    all: bool = False
    busy: bool = False

    def add(self, paths: set[str] | None) -> None:
        if paths is None:
            self.all = True
        else:
            self.paths |= paths

    def take(self) -> set[str] | None:
        taken, self.paths = None if self.all else self.paths, set()
        self.all = False
        return taken


class Watches:
    """Every method may be called from any thread. What changes while something is indexed waits until that is done."""

    def __init__(self, follow: Follow, changes: Changes = watching.changes) -> None:
        self._follow = follow
        self._changes = changes
        self._lock = threading.Lock()
        self._watches: dict[str, Watch] = {}
        self._threads: list[threading.Thread] = []

    def all(self) -> tuple[Watch, ...]:
        """Those that there are, in the order in which they were begun."""
        with self._lock:
            return tuple(replace(watch) for watch in self._watches.values())

    def start(self, path: str) -> None:
        """Follow a file or folder, if it is not followed yet."""
        with self._lock:
            if any(watch.path == path for watch in self._watches.values()):
                return
            watch = Watch(path)
            self._watches[watch.id] = watch
            thread = threading.Thread(target=self._run, args=(watch,), name="watch", daemon=True)
            self._threads.append(thread)
        thread.start()

    def stop(self, watch_id: str) -> None:
        """Follow it no longer; what was indexed stays."""
        with self._lock:
            watch = self._watches.pop(watch_id, None)
        if watch is not None:
            watch.ended.set()

    def close(self) -> None:
        """Follow nothing any more, and wait until the threads have ended."""
        for watch in self.all():
            self.stop(watch.id)
        for thread in self._threads:
            thread.join()

    def _run(self, watch: Watch) -> None:
        changed = _Changed()
        try:
            for paths in self._changes([watch.path], watch.ended):
                with self._lock:
                    changed.add(paths)
                self._hand_on(watch, changed)
        except Exception:
            _logger.exception("%s is not followed any more", watch.path)
            watch.told = "The system does not say any more what changes here. Stop watching it, and begin again."

    def _hand_on(self, watch: Watch, changed: _Changed) -> None:
        """Have what has changed indexed, unless that is under way: it is called again when that has ended."""
        with self._lock:
            if changed.busy or watch.ended.is_set() or not (changed.all or changed.paths):
                return
            changed.busy, taken = True, changed.take()

        def ended(told: str) -> None:
            with self._lock:
                changed.busy, watch.told = False, told
                if told:  # it is tried again with the next change
                    changed.add(taken)
            if not told:
                self._hand_on(watch, changed)

        self._follow(watch.path, taken, ended)
