"""The one error that a person is meant to read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


class PinciteError(Exception):
    """Something a person can put right: what happened, to which file or setting, what to do.

    The doors (command line, page, HTTP) show its sentence and nothing else. Any other exception is a bug
    and keeps its trace.
    """


class FileError(PinciteError):
    """One file that cannot be indexed; the sentence is shown beside its name, and the other files go on."""


class DamagedStoreError(PinciteError):
    """The store's own file is not what was written to it."""


def explained(work: Callable[[], _T]) -> _T:
    """Do what `embeddings` does; its errors are built-in ones with a sentence, and come out as PinciteError."""
    try:
        return work()
    except (OSError, ValueError) as error:
        raise PinciteError(str(error)) from error


class EmptyStoreError(PinciteError):
    """There is nothing in the store that is asked: nothing was put in yet, or all was removed."""
