"""The parts of a long document, of which two at a time are shown."""

from __future__ import annotations

from bisect import bisect_right

from qa.types import Document

PART = 25_000
"""Characters of a part: some ten printed pages."""

_REACH = 4_000
"""Characters before a part's end in which a better place for it is looked for."""

Span = tuple[int, int]


def around(document: Document, offset: int) -> Span:
    """The two parts that have most around `offset`."""
    part = _part(document, offset)
    middle = (_border(document, part) + _border(document, part + 1)) // 2
    return _from(document, part - 1 if part and offset < middle else part)


def beginning(document: Document, offset: int) -> Span:
    """The part that holds `offset`, and the one behind it."""
    return _from(document, _part(document, offset))


def before(document: Document, span: Span) -> int | None:
    """Where the two parts before these begin; None where there are none."""
    return _border(document, max(0, _part(document, span[0]) - 2)) if span[0] else None


def _from(document: Document, part: int) -> Span:
    length = len(document.text)
    return (0, length) if length <= 2 * PART else (_border(document, part), _border(document, part + 2))


def _part(document: Document, offset: int) -> int:
    """The number of the part that holds `offset`, or the last one, from 0."""
    offset = max(0, min(offset, len(document.text) - 1))
    part = offset // PART
    return part + 1 if _border(document, part + 1) <= offset else part


def _border(document: Document, part: int) -> int:
    """Where a part begins: with a page, or behind a paragraph, a line or a word, as far as there are any."""
    at, text, pages = part * PART, document.text, document.page_starts
    if at >= len(text) or at == 0:
        return min(at, len(text))
    page = pages[max(0, bisect_right(pages, at) - 1)] if pages else 0
    if at - _REACH < page <= at:
        return page
    for border in ("\n\n", "\n", " "):
        found = text.rfind(border, at - _REACH, at)
        if found >= 0:
            return found + len(border)
    return at
