"""Following folders: which files have changed, as the system tells it."""

from __future__ import annotations

import os
import threading
from collections.abc import Container, Iterator, Sequence

_QUIET = 300
"""Milliseconds without a change after which those that came together are handed on."""

_WAIT = 1000
"""Milliseconds after which watching is under way at the latest, and in which it can be stopped."""


def is_store(folder: str) -> bool:
    """Whether a store of ours is in this folder."""
    return all(os.path.isfile(os.path.join(folder, name)) for name in ("store.db", "LOCK"))


def changes(paths: Sequence[str | os.PathLike[str]], stop: threading.Event | None = None) -> Iterator[set[str] | None]:
    """Absolute paths of files below `paths` that were made, written, renamed or deleted, some at a time, until `stop`.
    What happens in a store of ours is left out: what is indexed would change it again.

    First None: watching is under way, and whatever changed before has to be looked for.
    """
    from watchfiles import watch

    named = [os.path.abspath(os.path.expanduser(os.fspath(path))) for path in paths]
    folders = {_folder(path) for path in named}
    stop = stop or threading.Event()
    first = True
    for found in watch(
        *folders,
        watch_filter=None,
        debounce=max(_QUIET, 1600),
        step=_QUIET,
        rust_timeout=_WAIT,
        yield_on_timeout=True,
        stop_event=stop,
        raise_interrupt=True,
    ):
        if first:
            first = False
            yield None
        elif found and (files := {file for _, path in found for file in _files(path, folders)}):
            yield files


def _folder(path: str) -> str:
    """What to watch: a file is replaced by another when it is saved, so that its folder tells of it."""
    while not os.path.isdir(path):
        path = os.path.dirname(path)
    return path


def _files(path: str, folders: Container[str]) -> Iterator[str]:
    """The path itself, and all files in it: of a folder that was moved here the system names nothing else."""
    if _is_in_store(path, folders):
        return
    yield path
    if os.path.islink(path):  # it may lead to all of the disk
        return
    for parent, folders, names in os.walk(path):
        folders[:] = [name for name in folders if not is_store(os.path.join(parent, name))]
        yield from (os.path.join(parent, name) for name in names)


def _is_in_store(path: str, folders: Container[str]) -> bool:
    """Whether a path stands in a store that is below one of the folders, or is that store."""
    while path not in folders and (parent := os.path.dirname(path)) != path:
        if is_store(path):
            return True
        path = parent
    return False
