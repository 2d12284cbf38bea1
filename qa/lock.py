"""One writer per store, by a file lock that the system drops with the process that holds it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import portalocker

from qa.errors import PinciteError


@contextmanager
def writer_lock(path: Path) -> Iterator[None]:
    """Hold the lock at `path`, or raise PinciteError at once with the process that holds it."""
    # Not truncated on opening: that would wipe out the number of the process that holds the lock.
    with path.open("a+") as file:
        try:
            portalocker.lock(file, portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING)
        except portalocker.AlreadyLocked as error:
            raise PinciteError(
                f"Another process{_holder(path)} is writing to {path.parent}: "
                "wait until it has finished, then try again."
            ) from error
        except portalocker.LockException as error:
            raise PinciteError(f"{path} cannot be locked ({error}): put the store on a local disk.") from error
        try:
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield
        finally:
            file.truncate(0)
            portalocker.unlock(file)


def _holder(path: Path) -> str:
    # Text for the message only: on Windows a locked file cannot be read at all.
    try:
        number = path.read_text(errors="replace").strip()
    except OSError:
        return ""
    return f" ({number})" if number.isdigit() else ""
