"""The text of a document put together from its pages, and where in it pages and blocks begin."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate

from qa.readers.extract import LONGEST
from qa.readers.pdf.hyphens import divides, stays, words
from qa.readers.pdf.joints import HYPHEN, PARAGRAPH
from qa.readers.pdf.pages import Page, joint_of


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, item or row: where it begins, on which page, and its text if that is short.

    `size` is that of its first line, 0 for rows of tables.
    """

    start: int
    page: int
    size: float
    text: str


@dataclass(frozen=True, slots=True)
class Whole:
    """The text of a document. Page i begins at `page_starts[i - 1]`; `body` is the size of most of it."""

    text: str
    page_starts: tuple[int, ...]
    blocks: tuple[Block, ...]
    body: float


@dataclass(slots=True)
class Parts:
    """A document's text so far; a hyphen that may go is a part of its own.

    `pages` and `blocks` hold which part each begins with, `written` its words, `sizes` its characters by size.
    """

    parts: list[str] = field(default_factory=list)
    hyphens: list[int] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    blocks: list[tuple[int, int, float]] = field(default_factory=list)
    written: set[str] = field(default_factory=set)
    sizes: Counter[float] = field(default_factory=Counter)
    lines: int = 0
    before: Page | None = None


def add(so_far: Parts, page: Page) -> None:
    """Put a page's lines behind what is there."""
    so_far.lines += len(page.lines)
    first = joint_of(so_far.before, page) if page.lines and so_far.parts else ""
    for line, joint in zip(page.lines, [first, *page.joints[1:]], strict=False):
        if joint == HYPHEN:
            so_far.parts[-1] = so_far.parts[-1][:-1]
            so_far.hyphens.append(len(so_far.parts))
        if joint:
            so_far.parts.append(joint)
        if line is page.lines[0]:
            so_far.pages.append(len(so_far.parts))
        if joint == PARAGRAPH or not so_far.parts:
            so_far.blocks.append((len(so_far.parts), page.number, line.size if line.before is None else 0.0))
        so_far.parts.append(line.text)
        so_far.written |= words(line.text, is_behind=joint == HYPHEN)
        so_far.sizes[round(line.size, 1)] += len(line.text)
    if page.lines:
        so_far.before = page
    else:
        so_far.pages.append(len(so_far.parts))


def whole(so_far: Parts) -> Whole:
    """The text of all pages, once it is known which words the document writes."""
    parts = so_far.parts
    is_divided = divides(len(so_far.hyphens), so_far.lines)
    for at in so_far.hyphens:
        parts[at] = HYPHEN if stays(parts[at - 1], parts[at + 1], so_far.written, is_divided=is_divided) else ""
    starts = [0, *accumulate(len(part) for part in parts)]
    text = "".join(parts)
    ends = [starts[part] for part, _, _ in so_far.blocks[1:]] + [len(text)]
    blocks = tuple(
        Block(starts[part], page, size, _short(text, starts[part], end))
        for (part, page, size), end in zip(so_far.blocks, ends, strict=True)
    )
    body = max(so_far.sizes, key=lambda size: so_far.sizes[size], default=0.0)
    return Whole(text, tuple(starts[part] for part in so_far.pages), blocks, body)


def _short(text: str, start: int, end: int) -> str:
    return " ".join(text[start:end].split()) if end - start <= LONGEST + 2 else ""
