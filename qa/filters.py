"""Which documents a search may look into."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from qa.errors import PinciteError
from qa.tags import MOST, normalised_tags

_PERIOD = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")


@dataclass(frozen=True, slots=True)
class Filter:
    """The documents that meet all that is asked here; empty, it is all documents.

    `documents` are names as in `qa/names.py` (id, path, shown source, file name, title or folder), of which a document
    must have any one. `since` and `until` are inclusive, and a document without a date meets neither. `tags` are
    normalised, and a document must have all of them.
    """

    documents: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    tags: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is filtered."""
        return bool(self.documents or self.since or self.until or self.tags)

    @classmethod
    def parse(
        cls,
        documents: Sequence[str] = (),
        since: str | None = None,
        until: str | None = None,
        tags: Sequence[str] = (),
    ) -> Filter:
        """A filter as a person writes it. A year or month begins with its first day and ends with its last.

        Raises PinciteError for an empty name or tag, for what is no date, and where `since` is after `until`.
        """
        if isinstance(documents, str) or isinstance(tags, str):
            raise PinciteError("documents and tags are lists: write [name], not name.")
        if not all(name.strip() for name in documents):
            raise PinciteError("A document's name is empty: write its path, file name, title or id, or a folder.")
        first = None if since is None else _period("since", since)[0]
        last = None if until is None else _period("until", until)[1]
        if first and last and first > last:
            raise PinciteError(f"since {since} is after until {until}, so that no document can meet both: swap them.")
        return cls(tuple(dict.fromkeys(documents)), first, last, checked_tags(tags))


ALL = Filter()
"""Lets every document through."""


def checked_tags(texts: Sequence[str]) -> tuple[str, ...]:
    """Tags as a person gives them, normalised. Raises PinciteError where nothing is left of one, and for too many."""
    for text in texts:
        if not normalised_tags([text]):
            raise PinciteError(f"{text!r} is not a tag: write letters or numbers, for example minutes.")
    if len(texts) > MOST:
        raise PinciteError(f"These are {len(texts)} tags, and a document has at most {MOST}: give fewer.")
    return normalised_tags(texts)


def _period(name: str, text: str) -> tuple[date, date]:
    """The first and last day of a year, month or day."""
    try:
        if not (match := _PERIOD.fullmatch(text.strip())):
            raise ValueError
        year, month, day = match.groups()
        first = date(int(year), int(month or 1), int(day or 1))
        last = first.replace(month=int(month or 12), day=1)
        return first, last.replace(day=int(day or monthrange(last.year, last.month)[1]))
    except ValueError:
        raise PinciteError(
            f"{name} {text!r} is not a date: write a year, a month or a day, for example 2024, 2024-05 or 2024-05-31."
        ) from None
