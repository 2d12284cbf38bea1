"""Following folders: which files have changed, as the system tells it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence

_QUIET = 300
"""Milliseconds without a change after which those that came together are handed on."""

_WAIT = 1000
"""Milliseconds after which watching is under way at the latest, and in which it can be stopped."""


def changes(paths: Sequence[str | os.PathLike[str]], stop: threading.Event | None = None) -> Iterator[set[str] | None]:
    """Absolute paths of files below `paths` that were made, written, renamed or deleted, some at a time, until `stop`.

    First None: watching is under way, and whatever changed before has to be looked for.
    """
    from watchfiles import watch

    named = [os.path.abspath(os.path.expanduser(os.fspath(path))) for path in paths]
    stop = stop or threading.Event()
    first = True
    for found in watch(
        *{_folder(path) for path in named},
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
        elif found:
            yield {file for _, path in found for file in _files(path)}


def _folder(path: str) -> str:
    """What to watch: a file is replaced by another when it is saved, so that its folder tells of it."""
    while not os.path.isdir(path):
        path = os.path.dirname(path)
    return path


def _files(path: str) -> Iterator[str]:
    """The path itself, and all files in it: of a folder that was moved here the system names nothing else."""
    yield path
    if os.path.islink(path):  # it may lead to all of the disk
        return
    for parent, _, names in os.walk(path):
        yield from (os.path.join(parent, name) for name in names)
