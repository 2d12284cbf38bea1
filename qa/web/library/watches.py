"""Folders that the page follows: what changes in them is indexed while the program runs, also when it runs again."""

from __future__ import annotations

import logging
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from qa import watching

Follow = Callable[[str, set[str] | None, Callable[[str, bool], object]], object]
"""Indexes what has changed below a path, None for all. It calls back with the sentence that says why it failed, empty
where it did not, and with whether to try again after a while."""
Changes = Callable[[Sequence[str], threading.Event], Iterator[set[str] | None]]

_PAUSE = 5.0
_LONGEST_PAUSE = 300.0
"""Seconds until what failed is tried again: at first, and at most. Each time it is twice as long."""

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
    """What is still to be indexed: `paths`, or all that there is. `busy` while a part of it is being indexed.

    `timer` waits until it is tried again; after that `pause` is the next time to wait.
    """

    pause: float
    paths: set[str] = field(default_factory=set)
    all: bool = False
    busy: bool = False
    timer: threading.Timer | None = None

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
    """Every method may be called from any thread. What changes while something is indexed waits until that is done.

    `keep` is called with the paths of all that are followed whenever that changes.
    """

    def __init__(
        self,
        follow: Follow,
        changes: Changes = watching.changes,
        pause: float = _PAUSE,
        keep: Callable[[Sequence[str]], object] = lambda _: None,
    ) -> None:
        self._follow = follow
        self._changes = changes
        self._pause = pause
        self._keep = keep
        self._lock = threading.Lock()
        self._watches: dict[str, Watch] = {}
        self._threads: list[threading.Thread] = []

    def all(self) -> tuple[Watch, ...]:
        """Those that there are, in the order in which they were begun."""
        with self._lock:
            return tuple(replace(watch) for watch in self._watches.values())

    def start(self, path: str) -> None:
        """Follow a file or folder, if it is not followed yet."""
        self._begin(path)
        with self._lock:
            self._keep([watch.path for watch in self._watches.values()])

    def _begin(self, path: str) -> None:
        with self._lock:
            known = next((watch for watch in self._watches.values() if watch.path == path), None)
            if known is not None and not known.ended.is_set():
                return
            if known is not None:
                del self._watches[known.id]
            watch = Watch(path)
            self._watches[watch.id] = watch
            thread = threading.Thread(target=self._run, args=(watch,), name="watch", daemon=True)
            self._threads.append(thread)
        thread.start()

    def resume(self, paths: Sequence[str]) -> None:
        """Follow what was followed before. What is not there is named, and not followed."""
        for path in paths:
            if os.path.exists(path):
                self._begin(path)
                continue
            watch = Watch(path, "It is not there any more. Stop watching it, or add it again when it is back.")
            watch.ended.set()
            with self._lock:
                self._watches[watch.id] = watch

    def stop(self, watch_id: str) -> None:
        """Follow it no longer; what was indexed stays."""
        with self._lock:
            watch = self._watches.pop(watch_id, None)
            if watch is not None:
                watch.ended.set()
                self._keep([each.path for each in self._watches.values()])

    def close(self) -> None:
        """Follow nothing any more, and wait until the threads have ended. What is kept of them stays."""
        with self._lock:
            for watch in self._watches.values():
                watch.ended.set()
            self._watches.clear()
        for thread in self._threads:
            thread.join()

    def _run(self, watch: Watch) -> None:
        changed = _Changed(self._pause)
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

        def ended(told: str, again: bool) -> None:
            with self._lock:
                changed.busy, watch.told = False, told
                if not told:
                    changed.pause = self._pause
                else:  # it is tried again with the next change at the latest
                    changed.add(taken)
                    if again:
                        self._try_later(watch, changed)
            if not told:
                self._hand_on(watch, changed)

        self._follow(watch.path, taken, ended)

    def _try_later(self, watch: Watch, changed: _Changed) -> None:
        if changed.timer is not None or watch.ended.is_set():
            return

        def try_again() -> None:
            with self._lock:
                changed.timer = None
            self._hand_on(watch, changed)

        changed.timer = threading.Timer(changed.pause, try_again)
        changed.timer.daemon = True
        changed.timer.start()
        changed.pause = min(2 * changed.pause, _LONGEST_PAUSE)
