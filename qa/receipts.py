"""What became of every file: the receipt of an `add`, and that of a `remove`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """A file and, where there is one, its document; `note` is what a person should know about it.

    `pages` is None for formats without pages; on `blank_pages` of them no text was found, so that they failed.
    """

    source: str
    id: str | None = None
    passages: int = 0
    characters: int = 0
    note: str = ""
    pages: int | None = None
    blank_pages: int = 0

    def as_dict(self) -> dict[str, Any]:
        facts = {"source": self.source, "id": self.id, "passages": self.passages, "characters": self.characters}
        pages = {} if self.pages is None else {"pages": self.pages, "blank_pages": self.blank_pages}
        return facts | pages | ({"note": self.note} if self.note else {})


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be indexed, and why."""

    source: str
    error: str

    def as_dict(self) -> dict[str, Any]:
        return {"source": self.source, "error": self.error}


@dataclass(frozen=True, slots=True)
class Receipt:
    """Every file that was looked at is in exactly one of these. `passages` counts those newly embedded or kept in
    added and updated files; `seconds` is wall time. `skipped` counts what was left alone in folders, by what it is:
    another format, hidden, a link, a folder that was not searched.
    """

    added: tuple[Entry, ...] = ()
    updated: tuple[Entry, ...] = ()
    unchanged: int = 0
    removed: tuple[Entry, ...] = ()
    failed: tuple[Failure, ...] = ()
    seconds: float = 0.0
    skipped: Mapping[str, int] = field(default_factory=dict)

    @property
    def passages(self) -> int:
        return sum(entry.passages for entry in self.added + self.updated)

    @property
    def has_news(self) -> bool:
        """Whether anything came, changed, went or failed."""
        return bool(self.added or self.updated or self.removed or self.failed)

    @property
    def indexed(self) -> bool:
        """Whether anything that was named is in the store now."""
        return bool(self.added or self.updated or self.unchanged)

    def as_dict(self) -> dict[str, Any]:
        return {
            "added": [entry.as_dict() for entry in self.added],
            "updated": [entry.as_dict() for entry in self.updated],
            "unchanged": self.unchanged,
            "removed": [entry.as_dict() for entry in self.removed],
            "failed": [failure.as_dict() for failure in self.failed],
            "skipped": dict(self.skipped),
            "passages": self.passages,
            "seconds": round(self.seconds, 3),
        }
