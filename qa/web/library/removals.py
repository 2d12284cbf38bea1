"""Removing that can be undone: for a while nothing is done, and then it is done for good."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from qa.sources import UPLOAD

if TYPE_CHECKING:
    from qa.library import Library
    from qa.receipts import Entry

SECONDS = 30.0
"""For so long a removal can be undone."""

_TICK = 0.25
"""Seconds between two looks at the clock while something is to be removed."""


def take_out(library: Library, document_id: str, paths: Sequence[str]) -> tuple[Entry, ...]:
    """Remove of a document the sources with these paths: what was indexed since it was to be removed stays.

    Raises PinciteError as `Library.remove` does.
    """
    rows = [row for row in library.sources() if row.document_id == document_id]
    wanted = [row for row in rows if row.path in paths]
    if not wanted:
        return ()
    if len(wanted) == len(rows):
        return library.remove(document_id)
    return library.remove(*(row.name if row.path.startswith(UPLOAD) else row.path for row in wanted))


class Removals:
    """Calls `remove` with the id of a document and the paths of its sources when its time is over.

    Every method may be called from any thread.
    """

    def __init__(
        self, remove: Callable[[str, Sequence[str]], object], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._remove = remove
        self._clock = clock
        self._due: dict[str, float] = {}
        self._paths: dict[str, Sequence[str]] = {}
        self._changes = 0
        self._lock = threading.Lock()
        self._begun = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None

    @property
    def changes(self) -> int:
        """How often something was begun, undone or done: what was shown before is out of date then."""
        return self._changes

    @property
    def left(self) -> dict[str, float]:
        """Of each document that is to be removed the seconds in which that can be undone."""
        now = self._clock()
        with self._lock:
            return {document_id: max(due - now, 0.0) for document_id, due in self._due.items()}

    @property
    def paths(self) -> dict[str, Sequence[str]]:
        """Of each document that is to be removed its sources as they were when that was asked for."""
        with self._lock:
            return {document_id: self._paths[document_id] for document_id in self._due}

    def begin(self, document_id: str, paths: Sequence[str]) -> None:
        """Remove a document in `SECONDS`. A second time it changes nothing."""
        with self._lock:
            if document_id not in self._due:
                self._due[document_id], self._paths[document_id] = self._clock() + SECONDS, paths
            self._changes += 1
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._watch, name="removals", daemon=True)
                self._thread.start()
        self._begun.set()

    def undo(self, document_id: str) -> bool:
        """Keep a document after all; False where its time was over."""
        with self._lock:
            self._changes += 1
            return self._due.pop(document_id, None) is not None

    def carry_out(self) -> None:
        """Remove what is due by now."""
        now = self._clock()
        with self._lock:
            self._hand_on([document_id for document_id, at in self._due.items() if at <= now])

    def hurry(self, is_wanted: Callable[[str], bool]) -> None:
        """Remove now what has a source of such a path. It is about to be indexed again: later that would be lost."""
        with self._lock:
            self._hand_on([document_id for document_id in self._due if any(map(is_wanted, self._paths[document_id]))])

    def _hand_on(self, due: Sequence[str]) -> None:
        for document_id in due:
            # Before it can no longer be undone it is handed on, so that at no moment it seems to be kept.
            self._remove(document_id, self._paths[document_id])
            del self._due[document_id]
        self._changes += len(due)

    def close(self) -> None:
        """Wait no longer; what is `left` then is for whoever closes it to remove."""
        self._closed = True
        self._begun.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        while not self._closed:
            self._begun.wait()
            self._begun.clear()
            while self.left and not self._closed:
                self.carry_out()
                time.sleep(_TICK)
