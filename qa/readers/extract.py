"""What a reader gets out of a file."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from qa.types import Places

LONGEST = 200
"""Characters of a heading or title that are kept: each passage carries the headings above it."""


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
    there. `places` is the way back from the text to the file, where lines of the text are not those of the file.
    `blank_pages` are the pages, from 1, on which no text was found; `notes` are sentences for the receipt: an encoding
    that was guessed, what was left out and why.
    """

    title: str
    text: str
    headings: tuple[Heading, ...] = ()
    page_starts: tuple[int, ...] = ()
    body_start: int = 0
    date: datetime.date | None = None
    tags: tuple[str, ...] = ()
    places: Places | None = None
    blank_pages: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


def shortened(text: str) -> str:
    """A heading or title on one line, cut where it is endless, as a paragraph taken for a heading is."""
    line = " ".join(text[: 2 * LONGEST].split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def listed(numbers: Sequence[int]) -> str:
    """The first three of some numbers, and how many more there are."""
    shown = ", ".join(map(str, numbers[:3]))
    return shown if len(numbers) <= 3 else f"{shown} and {len(numbers) - 3:,} more"
