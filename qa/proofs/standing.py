"""Whether the files that an answer cites are still those that were indexed, told while it is given.

Nobody waits for it: what cannot be known within some milliseconds is left open.
"""

from __future__ import annotations

import hashlib
import os
import stat
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import PurePath

from qa.errors import FileError
from qa.proofs.searching import Text
from qa.sources import UPLOAD
from qa.types import Citation, Verdict

Paths = Callable[[Citation], Sequence[str]]
"""From a citation to the paths of the files that have the name it gives, as the record holds them."""

_HASHED = 8_000_000
"""Bytes of files that are read for one answer: some six milliseconds."""

_READ_AGAIN = 1_000_000
"""Bytes of a changed file whose text is looked through."""

_PLAIN = (".markdown", ".md", ".txt")
"""Formats whose text is what the file says, so that it takes no parser to read it."""

_SETTLED = 3_000_000_000
"""Nanoseconds after which a change leaves another time: some file systems count in steps of two seconds."""

_KEPT = 10_000
"""Files whose hashes are kept."""

Stamp = tuple[int, ...]
State = tuple[Verdict | None, bool | None]
"""Of a quote in a file: its verdict, and whether the file has changed; None for what is not known."""

_UNKNOWN: State = (None, None)
_ORDER: tuple[Verdict | None, ...] = ("exact", "moved", None, "changed", "missing")


class Standing:
    """Looks at the files that are cited. Hashes are kept by path, size and times. For any number of threads."""

    def __init__(self) -> None:
        self._hashes: dict[str, tuple[Stamp, str]] = {}
        self._keeping = threading.Lock()

    def told(self, citations: Sequence[Citation], paths: Paths) -> tuple[Citation, ...]:
        """The citations with what became of them. What was uploaded stands in the record and cannot change."""
        look = _Look(self._hashes, self._keeping)
        states = ([look.state(path, citation) for path in paths(citation)] for citation in citations)
        best = (min(each, key=lambda state: _ORDER.index(state[0]), default=_UNKNOWN) for each in states)
        return tuple(
            replace(citation, verdict=verdict, file_changed=changed)
            for citation, (verdict, changed) in zip(citations, best, strict=True)
        )


class _Look:
    """One look at files, which reads no more of them than `_HASHED` bytes."""

    def __init__(self, hashes: dict[str, tuple[Stamp, str]], keeping: threading.Lock) -> None:
        self._hashes = hashes
        self._keeping = keeping
        self._left = _HASHED

    def state(self, path: str, citation: Citation) -> State:
        if path.startswith(UPLOAD):
            return "exact", False
        try:
            status = os.stat(path)
            if not stat.S_ISREG(status.st_mode):
                return "missing", None
            sha256 = self._sha256(path, status)
            if sha256 is None:
                return _UNKNOWN
            if sha256 == citation.document.sha256:
                return "exact", False
            return self._verdict(path, status, citation), True
        except (FileNotFoundError, NotADirectoryError):
            return "missing", None
        except (OSError, ValueError):  # it may be there, but not for us
            return _UNKNOWN

    def _sha256(self, path: str, status: os.stat_result) -> str | None:
        """The hash of a file; None where reading it would take too long."""
        stamp = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        with self._keeping:
            kept = self._hashes.get(path)
        if kept and kept[0] == stamp:
            return kept[1]
        data = self._bytes(path, status)
        if data is None:
            return None
        sha256 = hashlib.sha256(data).hexdigest()
        if len(data) == status.st_size and time.time_ns() - max(stamp[2:]) > _SETTLED:
            with self._keeping:
                if len(self._hashes) >= _KEPT:
                    self._hashes.clear()
                self._hashes[path] = stamp, sha256
        return sha256

    def _verdict(self, path: str, status: os.stat_result, citation: Citation) -> Verdict | None:
        """What became of a quote in a file that has changed; None where that is not quickly seen."""
        from qa.readers.text import read_text  # most answers need none

        if PurePath(path).suffix.lower() not in _PLAIN or status.st_size > _READ_AGAIN:
            return None
        data = self._bytes(path, status)
        if data is None:
            return None
        try:
            data.decode()  # to guess at another encoding would take long
            text = Text(read_text(data, path).text)
        except (FileError, UnicodeDecodeError):
            return None
        sighting = text.find(citation)
        if sighting is None:
            return "changed"
        span = sighting.span
        in_place = span == (citation.start, citation.end) and text.text[slice(*span)] == citation.quote
        return "exact" if in_place else "moved"

    def _bytes(self, path: str, status: os.stat_result) -> bytes | None:
        if status.st_size > self._left:
            return None
        self._left -= status.st_size
        with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb") as file:
            return file.read(status.st_size + 1)
