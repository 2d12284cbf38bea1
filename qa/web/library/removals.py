"""Removing that can be undone: for a while nothing is done, and then it is done for good."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

SECONDS = 30.0
"""For so long a removal can be undone."""

_TICK = 0.25
"""Seconds between two looks at the clock while something is to be removed."""


class Removals:
    """Calls `remove` with the id of a document when its time is over. Every method may be called from any thread."""

    def __init__(self, remove: Callable[[str], object], clock: Callable[[], float] = time.monotonic) -> None:
        self._remove = remove
        self._clock = clock
        self._due: dict[str, float] = {}
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

    def begin(self, document_id: str) -> None:
        """Remove a document in `SECONDS`. A second time it changes nothing."""
        with self._lock:
            self._due.setdefault(document_id, self._clock() + SECONDS)
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
            due = [document_id for document_id, at in self._due.items() if at <= now]
            for document_id in due:
                # Before it can no longer be undone it is handed on, so that at no moment it seems to be kept.
                self._remove(document_id)
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
