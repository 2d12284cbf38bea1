"""From the paths a person names to the files that can be indexed. Never leaves the folders that were named."""

from __future__ import annotations

import glob
import os
import stat
import time
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from qa.errors import FileError, PinciteError
from qa.readers import READERS, formats
from qa.watching import is_store

_SUFFIX = 20
"""Characters that are shown of what stands behind the last dot of a name."""

_LARGEST = 300_000_000
"""Bytes of a file: SQLite holds texts up to a thousand million bytes, and a text can grow threefold in UTF-8."""

_ATTEMPTS, _PAUSE = 3, 0.2
"""How often a file is read that changes while it is read, and the seconds between."""

_FLAGS = os.O_RDONLY
for _flag in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):  # where the system has them
    _FLAGS |= getattr(os, _flag, 0)

UPLOAD = "upload:"
"""What the path of a source begins with that has no file: its bytes are kept in the record."""


class NothingFoundError(PinciteError):
    """A folder holds nothing that can be indexed."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What came without a file: piped in, pasted, or sent by a browser. The suffix of its name says its format."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to index: its absolute path, the name that is shown for it, and what was named to find it.

    Of an upload `data` are the bytes, and the path is no file's. It may be named itself where paths are.
    """

    path: str
    name: str
    root: str
    data: bytes | None = None

    def __fspath__(self) -> str:
        return self.path

    @classmethod
    def of(cls, upload: Upload) -> SourceFile:
        """Raises PinciteError where the name is empty."""
        name = upload.name.encode("utf-8", "replace").decode().replace("\0", " ").strip()
        if not name:
            raise PinciteError("An upload has no name: give it one that ends as its format does, for example notes.md.")
        return cls(UPLOAD + name, name, UPLOAD + name, upload.data)

    def read(self) -> bytes:
        """Its bytes. Raises FileError as `read_bytes` does."""
        if self.data is None:
            return read_bytes(self.path, follow=self.path == self.root)
        _check_size(len(self.data))
        return self.data


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found: files, the folders that were searched to the end, and (name, reason) of what could not be.

    `skipped` says how many files and folders in the folders were left alone, by what they are.
    """

    files: tuple[SourceFile, ...]
    folders: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]
    skipped: Mapping[str, int] = field(default_factory=dict)

    def among(self, paths: Container[str]) -> Discovery:
        """Of the files only those with one of these paths."""
        return replace(self, files=tuple(file for file in self.files if file.path in paths))


def discover(paths: Sequence[str | os.PathLike[str]]) -> Discovery:
    """Find the files below `paths`, which may be patterns such as `notes/*.md`. A link inside a folder is not followed,
    nor is a name that begins with a dot, nor a folder that is a store. A SourceFile among them is taken as it is.

    Raises PinciteError where a path does not exist or is a store, NothingFoundError where a folder holds nothing that
    can be read.
    """
    known = [path for path in paths if isinstance(path, SourceFile)]
    others = [os.path.abspath(os.path.expanduser(os.fspath(path))) for path in paths if path not in known]
    named = [name for path in others for name in _matching(path)]
    files = {file.path: file for file in known}
    failed: list[tuple[str, str]] = []
    folders: list[str] = []
    skipped: Counter[str] = Counter()
    for path in named:
        if is_store(path):
            raise PinciteError(f"{path} is a store of Pincite: name the folder of the documents.")
        if os.path.isdir(path):
            found, unread = _below(path, skipped)
        else:
            found, unread = [SourceFile(path, os.path.basename(path), path)], []
        if not found and not unread:
            raise NothingFoundError(
                f"There is nothing to index in {path}: it holds no {formats()} files. "
                f"To take out what was indexed from it: pincite remove {path}"
            )
        files.update({file.path: file for file in found})
        failed.extend(unread)
        if os.path.isdir(path) and not unread:
            folders.append(os.path.join(path, ""))
    return Discovery(tuple(files.values()), tuple(folders), tuple(failed), dict(skipped.most_common()))


def can_matter(path: str) -> bool:
    """Whether a change of this path, which is one in a folder, can change what is indexed from there.

    A name without a file may be that of a folder with files until now.
    """
    name = os.path.basename(path)
    is_read = os.path.splitext(name)[1].lower() in READERS
    return not name.startswith(".") and (is_read or not os.path.lexists(path))


def read_bytes(path: str, *, follow: bool = True) -> bytes:
    """The bytes of a regular file, all of one moment; that of a link only where these are to be followed.

    Raises FileError with a reason to show beside its name.
    """
    try:
        for attempt in range(_ATTEMPTS):
            time.sleep(_PAUSE if attempt else 0)
            if (data := _read_once(path, follow)) is not None:
                return data
    except PermissionError as error:
        raise FileError("it may not be read: check its permissions.") from error
    except OSError as error:
        raise FileError(f"it could not be read: {error.strerror}.") from error
    raise FileError("it changes while it is read. Index it again when nothing writes to it any more.")


def _read_once(path: str, follow: bool) -> bytes | None:
    """The bytes of a file; None where it changed meanwhile."""
    _check_kind(os.stat(path, follow_symlinks=follow))  # to open some devices does something
    flags = _FLAGS | (0 if follow else getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(os.open(path, flags), "rb") as file:
        before = os.fstat(file.fileno())
        _check_kind(before)
        _check_size(before.st_size)
        data = file.read(before.st_size + 1)
        after = os.fstat(file.fileno())
    is_same = before.st_mtime_ns == after.st_mtime_ns and len(data) == before.st_size == after.st_size
    return data if is_same else None


def _check_kind(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise FileError("it is not a regular file.")


def _check_size(size: int) -> None:
    if size > _LARGEST:
        raise FileError(f"it is larger than {_LARGEST // 10**6} MB: split it.")


def changed_on(path: str) -> date | None:
    """The day on which a file was last changed, in UTC: a store means the same wherever it is read."""
    try:
        return datetime.fromtimestamp(os.stat(path).st_mtime, UTC).date()
    except (OSError, OverflowError, ValueError):
        return None


def _matching(path: str) -> list[str]:
    """The path itself, or what a pattern of it matches, in order; `**` stands for any folders."""
    if os.path.exists(path):
        return [path]
    matches = sorted(glob.glob(path, recursive=True)) if glob.has_magic(path) else []
    if not matches:
        raise PinciteError(f"There is no file or folder {path}: check the name.")
    return matches


def _below(folder: str, skipped: Counter[str]) -> tuple[list[SourceFile], list[tuple[str, str]]]:
    found: list[SourceFile] = []
    unread: list[tuple[str, str]] = []

    def note(error: OSError) -> None:
        unread.append((os.path.relpath(error.filename, folder), f"the folder could not be read: {error.strerror}."))

    for parent, folders, names in os.walk(folder, onerror=note):
        reasons = {name: _skipped_folder(os.path.join(parent, name), name) for name in sorted(folders)}
        skipped.update(filter(None, reasons.values()))
        folders[:] = [name for name, reason in reasons.items() if not reason]
        for name in sorted(names):
            path = os.path.join(parent, name)
            if reason := _skipped(path, name):
                skipped[reason] += 1
            else:
                found.append(SourceFile(path, Path(path).relative_to(folder).as_posix(), folder))
    return found, unread


def _skipped_folder(path: str, name: str) -> str:
    """What a folder is that is not searched; nothing for one that is."""
    if name.startswith("."):
        return "hidden folder"
    if os.path.islink(path):
        return "link to a folder"
    return "store of Pincite" if is_store(path) else ""


def _skipped(path: str, name: str) -> str:
    """What a file is that is left alone; nothing for one to index."""
    suffix = os.path.splitext(name)[1].lower()
    if name.startswith("."):
        return "hidden"
    if suffix not in READERS:
        return suffix.encode("utf-8", "replace").decode()[:_SUFFIX] or "without a suffix"
    return "link" if os.path.islink(path) else ""
