"""From a text to its passages and sentences, by offsets, so that nothing is lost and everything can be cited.

Blank lines separate paragraphs. Where lines are long, each is a paragraph of its own; short lines that follow each
other are one paragraph that was wrapped. Headings, captions and other one-line fragments travel with the paragraph they
belong to. Front matter is by itself, and so is each slide and each row. Passages come in order, do not overlap, and
leave out nothing but white space.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import ceil
from typing import Literal

from sentencex import get_sentence_boundaries

from qa.readers.extract import Heading
from qa.types import Document, Passage

MAX_BYTES = 1000
"""Longest passage, in UTF-8: about 200 tokens in any script, so that a 256-token encoder reads all of it."""

_LONG_LINE = 120
"""Lines beyond this many characters were not wrapped by hand or by an editor."""

_WINDOW = 20_000
"""Characters that are given to the sentence splitter at once."""

_HEADING = re.compile(r"\s{0,3}#{1,6}\s")
_UNDERLINE = re.compile(r"\s{0,3}(?:=+|-+)\s*")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s")
_TERMINALS = frozenset(".!?…。！？।")
_CLOSERS = "\"'”’»)]*_"

Span = tuple[int, int]
Kind = Literal["heading", "fragment", "item", "body"]


@dataclass(frozen=True, slots=True)
class _Paragraph:
    start: int
    end: int
    kind: Kind


def split(document: Document, headings: Sequence[Heading] = (), body_start: int = 0) -> list[Passage]:
    """The passages of a document, in order: `document.text[start:end] == text`.

    What stands before `body_start` is one passage, unless it is too long for that.
    """
    text = document.text
    passages = []
    paths = _paths(headings)
    starts = {heading.start for heading in headings}
    paragraphs = [_as_heading(each) if each.start in starts else each for each in _paragraphs(text, body_start)]
    groups = [group for section in _sections(document, paragraphs) for group in _groups(text, section)]
    if text[:body_start].strip():
        groups.insert(0, [_Paragraph(*_stripped(text, 0, body_start), "body")])
    for group in groups:
        last = next((paragraph for paragraph in reversed(group) if paragraph.kind != "heading"), group[-1])
        path = paths[bisect_right(paths, last.start, key=lambda entry: entry[0]) - 1][1]
        for start, end in _pieces(text, group[0].start, group[-1].end):
            passages.append(Passage(document.id, start, end, text[start:end], document.page(start), path))
    return passages


def sentences(text: str) -> list[Span]:
    """The sentences of a text as offsets, stripped of white space; a heading or caption is one by itself."""
    return [span for paragraph in _paragraphs(text) for span in _sentence_spans(text, paragraph.start, paragraph.end)]


def statements(text: str) -> list[Span]:
    """The sentences that can answer something: headings and questions only echo what is asked."""
    return [
        (start, end)
        for paragraph in _paragraphs(text)
        if paragraph.kind != "heading"
        for start, end in _sentence_spans(text, paragraph.start, paragraph.end)
        if not text[start:end].rstrip(_CLOSERS).endswith(("?", "？"))
    ]


def _paragraphs(text: str, at: int = 0) -> Iterator[_Paragraph]:
    block: list[Span] = []
    for line in text[at:].split("\n"):
        span = (at, at + len(line))
        at += len(line) + 1
        if line.strip():
            block.append(span)
        elif block:
            yield from _paragraphs_of_block(text, block)
            block = []
    if block:
        yield from _paragraphs_of_block(text, block)


def _paragraphs_of_block(text: str, block: list[Span]) -> Iterator[_Paragraph]:
    """Divide lines that no blank line divides."""
    width = max((end - start for start, end in block if end - start <= _LONG_LINE), default=0)
    begin = 0
    for at in range(1, len(block) + 1):
        if at == len(block) or not _continues(text, block[at - 1], block[at], width):
            start, end = _stripped(text, block[begin][0], block[at - 1][1])
            yield _Paragraph(start, end, _kind(text, start, end, one_line=at - begin == 1))
            begin = at


def _continues(text: str, line: Span, following: Span, width: int) -> bool:
    """Whether a line was wrapped: it is short, and what follows is neither a new item nor a new paragraph."""
    before, after = text[slice(*line)], text[slice(*following)]
    if len(before) > _LONG_LINE or len(after) > _LONG_LINE:
        return False
    if _UNDERLINE.fullmatch(before) or _HEADING.match(before) or _HEADING.match(after) or _ITEM.match(after):
        return False
    full = len(before.rstrip()) + 1 + len(after.split(maxsplit=1)[0]) > width
    return full or not _ends_sentence(before)


def _kind(text: str, start: int, end: int, *, one_line: bool) -> Kind:
    paragraph = text[start:end]
    if (_HEADING.match(paragraph) and one_line) or _UNDERLINE.fullmatch(paragraph.rpartition("\n")[2]):
        return "heading"
    if _ITEM.match(paragraph):
        return "item"
    if one_line and len(paragraph) <= _LONG_LINE and not _ends_sentence(paragraph):
        return "fragment"
    return "body"


def _as_heading(paragraph: _Paragraph) -> _Paragraph:
    return replace(paragraph, kind="heading")


def _sections(document: Document, paragraphs: list[_Paragraph]) -> Iterator[list[_Paragraph]]:
    """What must not share a passage with another: each slide, each row."""
    places = document.places
    starts = places.starts if places and places.unit in ("slide", "row") else ()
    for _, section in groupby(paragraphs, key=lambda paragraph: bisect_right(starts, paragraph.start)):
        yield list(section)


def _groups(text: str, paragraphs: list[_Paragraph]) -> list[list[_Paragraph]]:
    """Put fragments to what they belong to: headings and captions to what follows, list items to what precedes."""
    groups: list[list[_Paragraph]] = []
    waiting: list[_Paragraph] = []

    def joins_previous(paragraph: _Paragraph) -> bool:
        if waiting or not groups or paragraph.kind not in ("item", "fragment"):
            return False
        before = groups[-1][-1]
        invites = text[before.end - 1] == ":" or (before.kind == "item" and paragraph.kind == "item")
        return invites and _fits(text, groups[-1][0].start, paragraph.end)

    def settle() -> None:
        if not waiting:
            return
        if groups and _fits(text, groups[-1][0].start, waiting[-1].end):
            groups[-1].extend(waiting)
        else:
            groups.append(list(waiting))
        waiting.clear()

    for paragraph in paragraphs:
        if joins_previous(paragraph):
            groups[-1].append(paragraph)
        elif paragraph.kind in ("heading", "fragment"):
            if paragraph.kind == "heading" and any(earlier.kind == "fragment" for earlier in waiting):
                settle()
            if waiting and not _fits(text, waiting[0].start, paragraph.end):
                groups.append(list(waiting))
                waiting.clear()
            waiting.append(paragraph)
        else:
            groups.append([*waiting, paragraph])
            waiting.clear()
    settle()
    return groups


def _paths(headings: Sequence[Heading]) -> list[tuple[int, tuple[str, ...]]]:
    """For each offset at which it changes, the path of headings that holds from there, highest first."""
    paths: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    above: list[Heading] = []
    for heading in headings:
        above = [*(earlier for earlier in above if earlier.level < heading.level), heading]
        paths.append((heading.start, tuple(entry.text for entry in above)))
    return paths


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    """Cut what is too long for one passage at sentences, into pieces of about the same length."""
    if _fits(text, start, end):
        yield start, end
        return
    size = len(text[start:end].encode())
    goal = size / ceil(size / MAX_BYTES)
    piece: list[Span] = []
    filled = 0
    for sentence in _sentence_spans(text, start, end):
        for part in _cut(text, *sentence):
            if piece and (filled >= goal or not _fits(text, piece[0][0], part[1])):
                yield piece[0][0], piece[-1][1]
                piece = []
            piece.append(part)
            filled = len(text[piece[0][0] : part[1]].encode())
    if piece:
        yield piece[0][0], piece[-1][1]


def _sentence_spans(text: str, start: int, end: int) -> Iterator[Span]:
    """Sentences of `text[start:end]`, found in windows: the splitter's time can grow with the square of its input."""
    while start < end:
        window = text[start : min(end, start + _WINDOW)]
        found = get_sentence_boundaries("en", window)
        if len(found) > 1 and start + len(window) < end:
            found = found[:-1]  # it may go on behind the window
        for sentence in found:
            span = _stripped(text, start + sentence["start_index"], start + sentence["end_index"])
            if span[0] < span[1]:
                yield span
        start += found[-1]["end_index"] if found else len(window)


def _cut(text: str, start: int, end: int) -> Iterator[Span]:
    """Cut a sentence that is itself too long, between words where there are any."""
    while not _fits(text, start, end):
        reach = start + len(text[start : start + MAX_BYTES].encode()[:MAX_BYTES].decode(errors="ignore"))
        space = max(text.rfind(" ", start + 1, reach), text.rfind("\n", start + 1, reach))
        stop = space if space > start else reach
        yield _stripped(text, start, stop)
        start = stop
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _stripped(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))


def _fits(text: str, start: int, end: int) -> bool:
    # A character is at least a byte: a long text is refused without encoding it.
    return end - start <= MAX_BYTES and len(text[start:end].encode()) <= MAX_BYTES


def _ends_sentence(line: str) -> bool:
    return line.rstrip().rstrip(_CLOSERS)[-1:] in _TERMINALS
