"""A stretch of a document's text as blocks of HTML, with passages marked in it, every character of it as it is.

Blocks are what blank lines and the starts of pages divide. What stands between them is kept between the elements, so
that the text of the markup is the text of the document.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from qa.types import Document, Passage
from ui.render import plain

Span = tuple[int, int]

_LONGEST_ROW = 200
"""Characters up to which lines that are aligned with each other are not broken, but moved sideways."""

_SIGNS = re.compile(r"\s*#{1,6}\s+")
_UNDERLINE = re.compile(r"\s{0,3}(?:=+|-+)\s*")
_COLUMNS = re.compile(r"\S\t|\S {3,}\S")
_FENCE = re.compile(r"\s{0,3}(?:```|~~~)")
_INDENT = re.compile(r" {4}|\t")
_WRAP = re.compile(r"(?<=[^\n]{60})\n {0,4}(?=\S)(?!(?:[-*+•–]|[0-9]{1,3}[.)]|#{1,6})\s|[|>=]|```|~~~|---)")
"""A line end that only keeps lines short, with the indent behind it: after many characters, and before no list item,
table, quotation or heading."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the text that is marked. `anchor` is its id on the page, `label` what it is called."""

    start: int
    end: int
    anchor: str
    label: str


@dataclass(frozen=True, slots=True)
class _Block:
    """What no blank line divides. A heading has its `depth`, from 1; its words begin at `words`, behind its signs."""

    start: int
    end: int
    words: int
    depth: int = 0


def headings_of(passages: Sequence[Passage]) -> dict[str, int]:
    """The headings above passages, each with its depth."""
    return {name: depth for passage in passages for depth, name in enumerate(passage.headings, start=1)}


def markup(document: Document, span: Span, marks: Sequence[Mark], headings: Mapping[str, int]) -> str:
    """`document.text[start:end]` with `marks`, which are in order and do not overlap; the first has the focus."""
    start, end = span
    text = document.text
    pages = {page: number for number, page in enumerate(document.page_starts, start=1) if start <= page < end}
    borders = [start, *pages, end]
    blocks = [block for stretch in pairwise(borders) for block in _blocks(text, stretch, headings)]
    pieces = deque(_pieces(marks, blocks))
    focus = pieces[0].anchor if pieces else ""
    shown = []
    at = start
    for block in blocks:
        shown.append(_between(text, (at, block.start), pages))
        inside = []
        while pieces and pieces[0].start < block.end:
            inside.append(pieces.popleft())
        shown.append(_shown(text, block, inside, focus))
        at = block.end
    return "".join([*shown, _between(text, (at, end), pages)])


def _between(text: str, span: Span, pages: dict[int, int]) -> str:
    """White space between blocks, with the pages that begin in it, which are taken from `pages`."""
    shown = []
    at, end = span
    while pages and (page := next(iter(pages))) <= end:
        number = pages.pop(page)
        shown.append(plain(text[at:page]))
        shown.append(f'<div class="pd-page" id="page-{number}"><span>Page {number}</span></div>')
        at = page
    return "".join([*shown, plain(text[at:end])])


def _blocks(text: str, span: Span, headings: Mapping[str, int]) -> Iterator[_Block]:
    at, end = span
    lines: list[Span] = []
    for line in text[at:end].split("\n"):
        if line.strip():
            lines.append((at, at + len(line)))
        elif lines:
            yield from _divided(text, lines, headings)
            lines = []
        at += len(line) + 1
    if lines:
        yield from _divided(text, lines, headings)


def _divided(text: str, lines: Sequence[Span], headings: Mapping[str, int]) -> Iterator[_Block]:
    """Lines that no blank line divides, divided at their headings."""
    begin = at = 0
    while at < len(lines):
        size, depth = _heading(text, lines, at, headings)
        if depth:
            if begin < at:
                yield _Block(lines[begin][0], lines[at - 1][1], lines[begin][0])
            start, end = lines[at][0], lines[at + size - 1][1]
            signs = _SIGNS.match(text, start, end)
            yield _Block(start, end, signs.end() if signs else start, depth)
            begin = at + size
        at += size
    if begin < len(lines):
        yield _Block(lines[begin][0], lines[-1][1], lines[begin][0])


def _heading(text: str, lines: Sequence[Span], at: int, headings: Mapping[str, int]) -> tuple[int, int]:
    """How many lines the heading at line `at` has, and its depth; (1, 0) where there is none."""
    line = text[slice(*lines[at])]
    underlined = at + 1 < len(lines) and bool(_UNDERLINE.fullmatch(text[slice(*lines[at + 1])]))
    if not (_SIGNS.match(line) or underlined or len(lines) == 1):
        return 1, 0
    depth = headings.get(" ".join(line.strip().strip("#").split()), 0)
    return (2 if underlined and depth else 1), depth


def _pieces(marks: Sequence[Mark], blocks: Sequence[_Block]) -> Iterator[Mark]:
    """The marks, divided by the blocks that they reach into; the first piece of each has its anchor."""
    spans = [span for block in blocks for span in ((block.start, block.words), (block.words, block.end))]
    for mark in marks:
        for start, end in spans:
            if max(start, mark.start) < min(end, mark.end):
                yield replace(mark, start=max(start, mark.start), end=min(end, mark.end))
                mark = replace(mark, anchor="")


def _shown(text: str, block: _Block, pieces: Sequence[Mark], focus: str) -> str:
    start, end = block.start, block.end
    if block.depth:
        tag = f"h{min(block.depth + 1, 6)}"
        signs = _marked(text, (start, block.words), pieces, focus)
        signs = f'<span class="pd-signs">{signs}</span>' if signs else ""
        return f'<{tag} dir="auto">{signs}{_marked(text, (block.words, end), pieces, focus)}</{tag}>'
    lines = text[start:end].split("\n")
    aligned = _are_aligned(lines)
    if aligned or _are_rows(lines):
        wide = " pd-wide" if aligned and max(map(len, lines)) <= _LONGEST_ROW else ""
        return f'<div class="pd-rows{wide}" dir="auto">{_marked(text, (start, end), pieces, focus)}</div>'
    wraps = [(start + wrap.start(), start + wrap.end()) for wrap in _WRAP.finditer(text[start:end])]
    return f'<p dir="auto">{_marked(text, (start, end), pieces, focus, wraps)}</p>'


def _are_aligned(lines: Sequence[str]) -> bool:
    """Whether lines are columns or code, whose white space says something."""
    if _FENCE.match(lines[0]) or all(map(_INDENT.match, lines)):
        return True
    return len(lines) > 1 and 2 * sum(bool(_COLUMNS.search(line)) for line in lines) > len(lines)


def _are_rows(lines: Sequence[str]) -> bool:
    """Whether lines are rows of cells, whose ends say something."""
    cells = [{line.count(comma) for line in lines} for comma in ",;"]
    return len(lines) > 1 and (
        all(line.lstrip().startswith("|") for line in lines)
        or (len(lines) > 2 and any(len(counts) == 1 and min(counts) > 1 for counts in cells))
    )


def _marked(text: str, span: Span, pieces: Sequence[Mark], focus: str, wraps: Sequence[Span] = ()) -> str:
    at, end = span
    shown = []
    for piece in pieces:
        if at <= piece.start < end:
            named = f' id="{piece.anchor}" tabindex="0" role="group" aria-label="{piece.label}"' if piece.anchor else ""
            focused = " autofocus" if piece.anchor and piece.anchor == focus else ""
            words = _flowing(text, (piece.start, piece.end), wraps)
            shown.append(f"{_flowing(text, (at, piece.start), wraps)}<mark{named}{focused}>{words}</mark>")
            at = piece.end
    return "".join([*shown, _flowing(text, (at, end), wraps)])


def _flowing(text: str, span: Span, wraps: Sequence[Span]) -> str:
    """Text, with the line ends in it at `wraps` made to flow."""
    shown = []
    at, end = span
    for start, stop in wraps:
        start, stop = max(start, at), min(stop, end)
        if start < stop:
            shown.append(f'{plain(text[at:start])}<span class="pc-wrap">{plain(text[start:stop])}</span>')
            at = stop
    return "".join([*shown, plain(text[at:end])])
