"""What a reader gets out of a file."""

from __future__ import annotations

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that begins at `start` of the text; level 1 is the highest."""

    start: int
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Extract:
    """A file's title and canonical text, with its headings and page starts as offsets into the text.

    `body_start` is the offset behind what the text only says of itself: its front matter. `date` and `tags` are said
    there.
    """

    title: str
    text: str
    headings: tuple[Heading, ...] = ()
    page_starts: tuple[int, ...] = ()
    body_start: int = 0
    date: datetime.date | None = None
    tags: tuple[str, ...] = ()
