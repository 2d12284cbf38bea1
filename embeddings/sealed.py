"""A file that knows whether it is whole: a header, a payload, and the SHA-256 of every piece of it.

It is written beside the old one, synced, read back, and renamed, so that its path holds at every moment the old file or
the new one.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

_MAGIC = b"PINCITE SEALED 1\n"
_PIECE = 64 * 1024 * 1024

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
    with path.open("rb") as stream:
        content = bytearray(os.fstat(stream.fileno()).st_size)
        data = memoryview(content)[: stream.readinto(content)]
    at = len(_MAGIC)
    size = int.from_bytes(data[at : at + 8], "big")
    digest, text = data[at + 8 : at + 40], data[at + 40 : at + 40 + size]
    if data[:at] != _MAGIC or hashlib.sha256(text).digest() != digest:
        raise DamagedFileError(f"The header of {path} is damaged.")
    header: dict[str, Any] = json.loads(bytes(text))
    payload = data[at + 40 + size :]
    if len(payload) != header["size"] or _digests([payload]) != header["pieces"]:
        raise DamagedFileError(f"{path} is damaged.")
    return header, payload


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
