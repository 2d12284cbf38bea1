"""From the paths a person names to the files that can be indexed. Never leaves the folders that were named."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from qa.errors import FileError, PinciteError
from qa.readers import READERS, formats

_LARGEST = 300_000_000
"""Bytes of a file: SQLite holds texts up to a thousand million bytes, and a text can grow threefold in UTF-8."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to index: its absolute path, the name that is shown for it, and what was named to find it."""

    path: str
    name: str
    root: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found: files, the folders that were searched to the end, and (name, reason) of what could not be."""

    files: tuple[SourceFile, ...]
    folders: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]


def discover(paths: Sequence[str | os.PathLike[str]]) -> Discovery:
    """Find the files below `paths`. A link inside a folder is not followed, nor is a name that begins with a dot.

    Raises PinciteError where a path does not exist, or a folder holds nothing that can be read.
    """
    named = [os.path.abspath(os.path.expanduser(os.fspath(path))) for path in paths]
    for path in named:
        if not os.path.exists(path):
            raise PinciteError(f"There is no file or folder {path}: check the name.")
    files: dict[str, SourceFile] = {}
    failed: list[tuple[str, str]] = []
    folders: list[str] = []
    for path in named:
        found, unread = _below(path) if os.path.isdir(path) else ([SourceFile(path, os.path.basename(path), path)], [])
        if not found and not unread:
            raise PinciteError(
                f"There is nothing to index in {path}: it holds no {formats()} files. "
                f"To take out what was indexed from it: pincite remove {path}"
            )
        files.update({file.path: file for file in found})
        failed.extend(unread)
        if os.path.isdir(path) and not unread:
            folders.append(os.path.join(path, ""))
    return Discovery(tuple(files.values()), tuple(folders), tuple(failed))


def read_bytes(path: str) -> bytes:
    """The bytes of a regular file. Raises FileError with a reason to show beside its name."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise FileError("it is not a regular file.")
        if status.st_size > _LARGEST:
            raise FileError(f"it is larger than {_LARGEST // 10**6} MB: split it.")
        return Path(path).read_bytes()
    except PermissionError as error:
        raise FileError("it may not be read: check its permissions.") from error
    except OSError as error:
        raise FileError(f"it could not be read: {error.strerror}.") from error


def changed_on(path: str) -> date | None:
    """The day on which a file was last changed, in UTC: a store means the same wherever it is read."""
    try:
        return datetime.fromtimestamp(os.stat(path).st_mtime, UTC).date()
    except (OSError, OverflowError, ValueError):
        return None


def _below(folder: str) -> tuple[list[SourceFile], list[tuple[str, str]]]:
    found: list[SourceFile] = []
    unread: list[tuple[str, str]] = []

    def note(error: OSError) -> None:
        unread.append((os.path.relpath(error.filename, folder), f"the folder could not be read: {error.strerror}."))

    for parent, folders, names in os.walk(folder, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = os.path.join(parent, name)
            if _is_candidate(name) and not os.path.islink(path):
                found.append(SourceFile(path, Path(path).relative_to(folder).as_posix(), folder))
    return found, unread


def _is_candidate(name: str) -> bool:
    return not name.startswith(".") and os.path.splitext(name)[1].lower() in READERS
