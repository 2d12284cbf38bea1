"""The files below one folder: what a name stands for there, and what has a hash. Nothing outside is ever read."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Sequence
from io import BufferedReader
from pathlib import Path
from unicodedata import normalize

from qa.errors import FileError, PinciteError
from qa.sources import discover

_LARGEST = 300_000_000
"""Bytes of a file: no larger one was ever indexed."""

_FLAGS = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):  # where the system has them
    _FLAGS |= getattr(os, _flag, 0)


class Folder:
    """A folder whose regular files may be read. Links below it are not followed, wherever they lead."""

    def __init__(self, root: Path) -> None:
        self.root = os.path.realpath(root)

    def path(self, source: str) -> str:
        """The file that a name with slashes stands for. Raises FileError, which says why, where it stands for none."""
        separated = source.replace("\\", "/") if os.name == "nt" else source
        parts = [part for part in separated.split("/") if part not in ("", ".")]
        if separated.startswith("/") or ".." in parts or any(os.path.splitdrive(part)[0] for part in parts):
            raise FileError(f"this name leads out of {self.root}, where nothing is read.")
        path = os.path.join(self.root, *parts)
        try:
            if not os.path.lexists(path):
                path = self._spelled(parts)
            if not self._is_straight(path):
                raise FileError("it is a link, or behind one, and links are not followed.")
            if not stat.S_ISREG(os.stat(path).st_mode):
                raise FileError("it is not a regular file.")
        except OSError as error:
            raise FileError(f"it cannot be looked at: {error.strerror or error}.") from error
        return path

    def name(self, path: str) -> str:
        """What a file of this folder is called."""
        return os.path.relpath(path, self.root).replace(os.sep, "/")

    def read(self, path: str) -> bytes:
        """The bytes of a file that `path` or `with_hashes` gave. Raises FileError where it cannot be read."""
        try:
            with self._open(path) as file:
                return file.read(_LARGEST)
        except OSError as error:
            raise FileError(f"it could not be read: {error.strerror or error}.") from error

    def with_hashes(self, wanted: Iterable[str]) -> dict[str, str]:
        """For each SHA-256 that a file has which could be indexed, the first such file."""
        left = set(wanted)
        found: dict[str, str] = {}
        try:
            files = discover([self.root]).files if left else ()
        except PinciteError:  # nothing in it can be read
            return {}
        for file in files:
            if not left:
                break
            try:
                with self._open(file.path) as stream:
                    sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            except (FileError, OSError):
                continue
            if sha256 in left:
                left.remove(sha256)
                found[sha256] = file.path
        return found

    def _spelled(self, parts: Sequence[str]) -> str:
        """The path of these names where their accents are encoded in another way, as systems and archives do.

        Raises FileError where there is none, or more than one.
        """
        path = self.root
        for part in parts:
            names = os.listdir(path) if os.path.isdir(path) and self._is_straight(path) else []
            same = [name for name in names if normalize("NFC", name) == normalize("NFC", part)]
            if part not in same and len(same) != 1:
                raise FileError(f"there is no such file in {self.root}.")
            path = os.path.join(path, part if part in same else same[0])
        return path

    def _open(self, path: str) -> BufferedReader:
        """Open a file without waiting, and look at what was opened before anything of it is read."""
        file = os.fdopen(os.open(path, _FLAGS), "rb")
        try:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or not self._is_straight(path):
                raise FileError("it is not a regular file.")
            if not os.path.samestat(status, os.stat(path)):
                raise FileError("another file took its place while it was opened.")
            if status.st_size > _LARGEST:
                raise FileError(f"it is larger than {_LARGEST // 10**6} MB.")
        except BaseException:
            file.close()
            raise
        return file

    def _is_straight(self, path: str) -> bool:
        """Whether no link is on the way to a file."""
        return os.path.normcase(os.path.realpath(path)) == os.path.normcase(path)
