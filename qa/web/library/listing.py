"""The documents of a collection as a list that is searched, sorted and shown a hundred at a time."""

from __future__ import annotations

import math
import threading
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePath
from typing import TYPE_CHECKING

from qa.sources import UPLOAD

if TYPE_CHECKING:
    from qa.library import Library
    from qa.record import SourceRow

ROWS = 100
"""Rows of a page."""

COLUMNS = ("title", "source", "kind", "passages", "date", "tags")

_LONGEST = 200
"""Characters of a search that are looked for."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A document; `sources` are the names of its files, `places` where they are: an upload has none.

    `paths` are those of all its sources in the record.
    """

    id: str
    title: str
    sources: tuple[str, ...]
    places: tuple[str, ...]
    kind: str
    passages: int
    date: str
    tags: tuple[str, ...]
    words: str
    paths: tuple[str, ...]

    @classmethod
    def of(cls, rows: Sequence[SourceRow]) -> Listed:
        """Of all sources of one document."""
        first, names = rows[0], tuple(row.name for row in rows)
        kind = PurePath(first.name).suffix.lstrip(".").upper()
        words = _folded(" ".join((first.title, *names, *first.tags)))
        paths = tuple(row.path for row in rows)
        places = tuple(path for path in paths if not path.startswith(UPLOAD))
        passages, date, tags = first.passages, first.date, first.tags
        return cls(first.document_id, first.title, names, places, kind, passages, date, tags, words, paths)

    def value(self, column: str) -> str | int:
        """What it is sorted by; empty where there is nothing."""
        if column == "passages":
            return self.passages
        if column == "source":
            return _folded(self.sources[0])
        if column == "tags":
            return _folded(" ".join(self.tags))
        return _folded(str(getattr(self, column)))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a list is wanted: all that has every word of `search`, sorted by `sort`, one page of it from 1 on."""

    search: str = ""
    sort: str = "title"
    descending: bool = False
    page: int = 1

    @classmethod
    def parse(cls, fields: Mapping[str, str]) -> Wanted:
        """What the fields of a form or an address say. What says nothing is as it is from the start.

        `searched` is the search whose page is named: another search begins with its first page.
        """
        search = fields.get("search", "")[:_LONGEST].strip()
        page = fields.get("page", "")
        same = fields.get("searched", search) == search
        return cls(
            search,
            fields["sort"] if fields.get("sort") in COLUMNS else "title",
            fields.get("order") == "descending",
            int(page) if same and page.isascii() and page.isdigit() and len(page) < 9 else 1,
        )


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of a page; `found` is how many there are on all `pages`, `total` how many there are in all."""

    rows: tuple[Listed, ...]
    found: int
    total: int
    passages: int
    number: int
    pages: int


class Listing:
    """The documents of a library as of its last change. Every method may be called from any thread."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._known: tuple[str, tuple[Listed, ...]] = "", ()

    @property
    def version(self) -> str:
        """What is another text when the list is another one. Raises PinciteError where the store fails."""
        with self._library.reading() as reading:
            return f"{reading.identity}-{reading.generation}"

    def documents(self) -> tuple[Listed, ...]:
        """All of them. Raises PinciteError where the store fails."""
        with self._lock, self._library.reading() as reading:
            version = f"{reading.identity}-{reading.generation}"
            if self._known[0] != version:
                self._known = version, tuple(_grouped(reading.sources()))
            return self._known[1]

    def get(self, document_id: str) -> Listed | None:
        """The document with this id. Raises PinciteError where the store fails."""
        return next((listed for listed in self.documents() if listed.id == document_id), None)

    def name(self, document_id: str) -> str:
        """The title of a document as it was last listed, or its id."""
        return next((listed.title for listed in self._known[1] if listed.id == document_id), document_id)

    def page(self, wanted: Wanted) -> Page:
        """What is wanted of it; of a page beyond the last that one. Raises PinciteError where the store fails."""
        documents = self.documents()
        words = _folded(wanted.search).split()
        found = [listed for listed in documents if all(word in listed.words for word in words)]
        rows = _sorted(found, wanted.sort, descending=wanted.descending)
        pages = max(math.ceil(len(rows) / ROWS), 1)
        number = min(max(wanted.page, 1), pages)
        shown = tuple(rows[(number - 1) * ROWS : number * ROWS])
        return Page(shown, len(rows), len(documents), sum(listed.passages for listed in documents), number, pages)


def _grouped(rows: Iterable[SourceRow]) -> Iterable[Listed]:
    by_id = sorted(rows, key=lambda row: row.document_id)  # stable: the names stay in order
    for _, same in groupby(by_id, key=lambda row: row.document_id):
        yield Listed.of(list(same))


def _sorted(rows: Iterable[Listed], column: str, *, descending: bool) -> list[Listed]:
    """Sorted, those that have nothing in the column last; those of the same value by title."""
    keyed = [(listed.value(column), listed) for listed in sorted(rows, key=lambda listed: listed.value("title"))]
    having = sorted((pair for pair in keyed if pair[0] != ""), key=lambda pair: pair[0], reverse=descending)
    return [listed for _, listed in having] + [listed for value, listed in keyed if value == ""]


def _folded(text: str) -> str:
    """The text as it is compared: letter case and ways to write the same letter make no difference."""
    return unicodedata.normalize("NFKC", text).casefold()
