"""The collections that a page is about: each is a store of its own, with what answers from it and shows it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import PinciteError

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.documents import Documents


@dataclass(frozen=True)
class Collection:
    """One of them, in the `folder` of its store; `name` is empty for the one that a page begins with."""

    name: str
    folder: Path
    assistant: Assistant
    documents: Documents

    @property
    def gold(self) -> Path:
        """The file of its gold questions from use, which need not be there."""
        return self.folder / "gold.jsonl"


class Collections:
    """Opens each collection when it is first asked for. Every method may be called from any thread."""

    def __init__(
        self,
        opened: Callable[[str], Collection],
        names: Callable[[], Sequence[str]] = lambda: (),
        make: Callable[[str], str] | None = None,
    ) -> None:
        """`opened` opens the one of a name, or raises PinciteError; `names` are those there are, beside the first.

        `make` makes a new one and gives back its name, or raises PinciteError.
        """
        self._open = opened
        self._names = names
        self._make = make
        self._opened: dict[str, Collection] = {}
        self._opening = threading.Lock()

    @property
    def names(self) -> tuple[str, ...]:
        """All but the first, whose name is empty."""
        return tuple(self._names())

    def make(self, name: str) -> str:
        """Make a collection and give back its name. Raises PinciteError where that cannot be."""
        if self._make is None:
            raise PinciteError("Collections cannot be made here.")
        return self._make(name)

    def get(self, name: str = "") -> Collection:
        """The collection of that name. Raises PinciteError where there is none, or where it cannot be opened."""
        with self._opening:
            if name not in self._opened:
                if name and name not in self.names:
                    raise PinciteError("There is no such collection: choose one of those in the list.")
                self._opened[name] = self._open(name)
            return self._opened[name]

    def close(self) -> None:
        """Close all that were opened."""
        with self._opening:
            for collection in self._opened.values():
                collection.documents.close()
                collection.assistant.library.close()
            self._opened.clear()
