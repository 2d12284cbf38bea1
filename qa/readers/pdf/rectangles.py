"""Where on its pages a piece of a document's text stands, worked out again from the file's bytes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.readers.pdf.file import opened
from qa.readers.pdf.order import Line
from qa.readers.pdf.pages import Page
from qa.readers.pdf.reading import pages_of
from qa.readers.pdf.words import Word, shown


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A part of a line on a page, from 1, in points from the upper left corner of the page as it is shown."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


def rectangles(data: bytes, text: str, page_starts: Sequence[int], start: int, end: int) -> list[Rectangle]:
    """The lines that the words of `text[start:end]` stand on, each as far as these words reach.

    `text` and `page_starts` are what `read_pdf` made of the same bytes. Letters that cannot be found again, since
    another version read them in another way, are left out.

    Raises FileError where the bytes cannot be read, ValueError where there is no such span.
    """
    if not 0 <= start < end <= len(text):
        raise ValueError(f"no such span: [{start}:{end}] of {len(text)} characters")
    first, last = (max(1, bisect_right(page_starts, at)) for at in (start, end - 1))
    with opened(data) as document:
        found: list[Rectangle] = []
        for page in pages_of(document, first, min(last, len(document))):
            ends = [*page_starts, len(text)]
            begin, stop = ends[page.number - 1], ends[page.number]
            inside = max(start, begin), min(end, stop)
            before, wanted = _letters(text[begin : inside[0]]), _letters(text[slice(*inside)])
            found += _lines(page, len(before), wanted)
    return found


def _lines(page: Page, at: int, wanted: str) -> Iterator[Rectangle]:
    """The rectangles of the letters that stand at a place among those of a page, or of the same letters next to it."""
    words = [(line, word) for line in page.lines for word in line.words]
    owners = [number for number, (_, word) in enumerate(words) for _ in _letters(word.text)]
    letters = "".join(_letters(word.text) for _, word in words)
    places = [place for place in (letters.find(wanted, at), letters.rfind(wanted, 0, at + len(wanted))) if place >= 0]
    if not wanted or not places:
        return
    place = min(places, key=lambda place: abs(place - at))
    chosen = words[owners[place] : owners[place + len(wanted) - 1] + 1]
    line: Line | None = None
    group: list[Word] = []
    for owner, word in chosen:
        if line is not owner and group:
            yield _around(page, group)
            group = []
        line = owner
        group.append(word)
    yield _around(page, group)


def _around(page: Page, words: Sequence[Word]) -> Rectangle:
    boxes = [shown(word, page.sheet) for word in words]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Rectangle(page.number, min(lefts), min(tops), max(rights), max(bottoms))


def _letters(text: str) -> str:
    """What of a text is the same however its words are joined: its letters and digits."""
    return "".join(letter for letter in text if letter.isalnum())
