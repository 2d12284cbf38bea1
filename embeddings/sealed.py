"""A file that knows whether it is whole: a header, a payload, and the SHA-256 of every piece of it.

It is written beside the old one, synced, read back, and renamed, so that its path holds at every moment the old file or
the new one.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

_MAGIC = b"PINCITE SEALED 1\n"
_PIECE = 64 * 1024 * 1024
_BLOCK = 1024 * 1024

Payload = bytes | bytearray | memoryview | NDArray[Any]


class DamagedFileError(ValueError):
    """The file is not what was written."""


def write_sealed(path: Path, header: Mapping[str, Any], *payload: Payload) -> None:
    """Replace `path`; one process at a time may. The parts of the payload are written one behind the other.

    Raises OSError, with the old file untouched, where the disk does not take it.
    """
    views = [view.cast("B") for view in map(_view, payload) if view.nbytes]
    size = sum(len(view) for view in views)
    text = json.dumps({**header, "size": size, "pieces": _digests(views)}).encode()
    head = memoryview(_MAGIC + len(text).to_bytes(8, "big") + hashlib.sha256(text).digest() + text)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    try:
        with beside.open("wb") as stream:
            for view in (head, *views):
                stream.write(view)
            stream.flush()
            os.fsync(stream.fileno())
        if not _holds(beside, [head, *views]):
            raise OSError(f"{beside} could not be read back as it was written: check the disk.")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)


def read_sealed(path: Path) -> tuple[dict[str, Any], memoryview]:
    """Header and payload, in memory of its own that may be written.

    Raises FileNotFoundError, or DamagedFileError where any byte has changed.
    """
    with Sealed(path) as file:
        return file.header, file.read(0, file.header["size"])


class Sealed:
    """A sealed file that was found whole, open for reading parts of it.

    Whoever replaces the file does not change what is read here.
    """

    def __init__(self, path: Path) -> None:
        """Raises FileNotFoundError, or DamagedFileError where any byte has changed."""
        self._stream = path.open("rb")
        try:
            self.header = self._checked_header(path)
            self._start = self._stream.tell()
            self._check_pieces(path)
        except BaseException:
            self.close()
            raise

    def read(self, at: int, size: int) -> memoryview:
        """A part of the payload, in memory of its own."""
        content = bytearray(size)
        self._stream.seek(self._start + at)
        return memoryview(content)[: self._stream.readinto(content)]

    def mapped(self, at: int, size: int) -> memoryview:
        """A part of the payload, read from the file when it is looked at."""
        whole = mmap.mmap(self._stream.fileno(), 0, access=mmap.ACCESS_READ)
        return memoryview(whole)[self._start + at : self._start + at + size]

    def close(self) -> None:
        self._stream.close()

    def __enter__(self) -> Sealed:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _checked_header(self, path: Path) -> dict[str, Any]:
        head = self._stream.read(len(_MAGIC) + 40)
        size = int.from_bytes(head[len(_MAGIC) : len(_MAGIC) + 8], "big")
        remaining = os.fstat(self._stream.fileno()).st_size - len(head)
        text = self._stream.read(min(size, max(remaining, 0)))
        if not head.startswith(_MAGIC) or hashlib.sha256(text).digest() != head[-32:]:
            raise DamagedFileError(f"The header of {path} is damaged.")
        header: dict[str, Any] = json.loads(text)
        return header

    def _check_pieces(self, path: Path) -> None:
        """Compare every piece with its hash, some at the same time, without keeping them."""
        size, pieces = self.header["size"], self.header["pieces"]
        reading = threading.Lock()

        def digest(at: int) -> str:
            hasher = hashlib.sha256()
            for start in range(at, min(at + _PIECE, size), _BLOCK):
                with reading:
                    self._stream.seek(self._start + start)
                    block = self._stream.read(min(_BLOCK, at + _PIECE - start, size - start))
                hasher.update(block)
            return hasher.hexdigest()

        whole = os.fstat(self._stream.fileno()).st_size == self._start + size
        starts = range(0, size, _PIECE)
        if whole and len(starts) < 2:
            digests = [digest(at) for at in starts]
        elif whole:
            with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
                digests = list(pool.map(digest, starts))
        if not whole or digests != pieces:
            raise DamagedFileError(f"{path} is damaged.")


def _view(part: Any) -> memoryview:
    return memoryview(part)


def _digests(views: Iterable[memoryview]) -> list[str]:
    """The SHA-256 of every 64 MB of what the views hold together."""
    digests = []
    hasher, room = hashlib.sha256(), _PIECE
    for view in views:
        at = 0
        while at < len(view):
            taken = view[at : at + room]
            hasher.update(taken)
            at, room = at + len(taken), room - len(taken)
            if not room:
                digests.append(hasher.hexdigest())
                hasher, room = hashlib.sha256(), _PIECE
    if room < _PIECE:
        digests.append(hasher.hexdigest())
    return digests


def _holds(path: Path, views: Sequence[memoryview]) -> bool:
    with path.open("rb") as stream:
        for view in views:
            for at in range(0, len(view), _PIECE):
                part = view[at : at + _PIECE]
                if stream.read(len(part)) != part:
                    return False
        return not stream.read(1)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` last through a power failure."""
    if os.name == "nt":  # Windows cannot open folders
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
