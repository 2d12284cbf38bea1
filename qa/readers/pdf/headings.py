"""The headings of a document: those of its outline that stand in its text, else what is set in clearly larger type."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from ctypes import addressof
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.readers.extract import LONGEST, Heading
from qa.readers.pdf.file import said
from qa.readers.pdf.text import Block, Whole

if TYPE_CHECKING:
    from pypdfium2 import PdfBookmark, PdfDocument

_MOST_ENTRIES = 10_000
"""Entries of an outline that are read."""

_LARGER = 1.15
"""Size of a heading in that of the text, at least."""

_TITLE = 1.3
"""Size of a title in that of the text, at least."""

_DEEPEST = 6

_NUMBER = re.compile(
    r"^[\s\W]*(?:(?:chapter|section|part|appendix)\s+)?(?:[0-9]+(?:\.[0-9]+)*|[ivxlc]+\b|[a-z]\b)[\s.):—–-]*"
)
_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of an outline: its title, its level from 1 and the page that it leads to, from 1."""

    title: str
    level: int
    page: int | None


def outline_of(document: PdfDocument) -> list[Entry]:
    """What a file's outline lists; where it leads back to itself, it ends."""
    import pypdfium2.raw as pdfium
    from pypdfium2 import PdfBookmark

    entries: list[Entry] = []
    seen: set[int] = set()
    waiting = [(pdfium.FPDFBookmark_GetFirstChild(document, None), 1)]
    while waiting and len(entries) < _MOST_ENTRIES:
        mark, level = waiting.pop()
        if not mark or addressof(mark.contents) in seen:
            continue
        seen.add(addressof(mark.contents))
        entries.append(_entry(PdfBookmark(mark, document, level)))
        waiting.append((pdfium.FPDFBookmark_GetNextSibling(document, mark), level))
        waiting.append((pdfium.FPDFBookmark_GetFirstChild(document, mark), level + 1))
    return entries


def _entry(mark: PdfBookmark) -> Entry:
    dest = mark.get_dest()
    index = dest.get_index() if dest else None
    return Entry(said(mark.get_title)[:LONGEST], min(mark.level, _DEEPEST), None if index is None else index + 1)


def headings_of(outline: Sequence[Entry], whole: Whole) -> tuple[Heading, ...]:
    """The headings in the order of the text, each where its block begins."""
    found = {heading.start: heading for heading in _outlined(outline, whole.blocks)} or {
        heading.start: heading for heading in _larger(whole)
    }
    return tuple(found[start] for start in sorted(found))


def title_in(whole: Whole) -> str:
    """What is set in the largest type on the first page with text, where that is clearly larger than the text."""
    first = [block for block in whole.blocks if block.page == whole.blocks[0].page]
    sizes = [block.size for block in first if any(letter.isalpha() for letter in block.text)]
    size = max(sizes, default=0.0)
    return next((block.text for block in first if size > _TITLE * whole.body and block.size == size and block.text), "")


def _outlined(outline: Sequence[Entry], blocks: Sequence[Block]) -> Iterator[Heading]:
    places: dict[tuple[int, str], list[Block]] = defaultdict(list)
    for block in blocks:
        for key in {_key(block.text), _key(_unnumbered(block.text))} - {""}:
            places[block.page, key].append(block)
    for entry in outline:
        if entry.page is None:
            continue
        keys = [key for key in (_key(entry.title), _key(_unnumbered(entry.title))) if key]
        pages = (entry.page, entry.page + 1)
        found = [places[page, key][0] for page in pages for key in keys if (page, key) in places]
        for block in found[:1]:
            yield Heading(block.start, entry.level, block.text[:LONGEST])


def _larger(whole: Whole) -> Iterator[Heading]:
    """Short blocks that are larger than the text; the largest size is level 1."""
    blocks = [
        block
        for block in whole.blocks
        if block.size > _LARGER * whole.body and any(letter.isalpha() for letter in block.text)
    ]
    sizes: list[float] = []
    for size in sorted({block.size for block in blocks}, reverse=True):
        if not sizes or size < 0.95 * sizes[-1]:
            sizes.append(size)
    for block in blocks:
        level = sum(size > block.size * 1.02 for size in sizes) + 1
        yield Heading(block.start, min(level, _DEEPEST), block.text[:LONGEST])


def _key(text: str) -> str:
    return _LETTERS.sub("", text.casefold())


def _unnumbered(text: str) -> str:
    return _NUMBER.sub("", text.casefold(), count=1)
