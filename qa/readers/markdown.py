"""Markdown: its text unchanged, with the headings that CommonMark sees in it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import PurePath

from qa.readers.extract import Extract, Heading
from qa.readers.text import decode

_LONGEST = 200
"""Characters of a heading or title that are kept."""


def read_markdown(data: bytes, name: str) -> Extract:
    text = decode(data)
    headings = _headings(text)
    title = next((heading.text for heading in headings if heading.level == 1), "")
    return Extract(title=title or PurePath(name).stem, text=text, headings=headings)


def _headings(text: str) -> tuple[Heading, ...]:
    from markdown_it import MarkdownIt  # asking needs no parser

    starts = _line_starts(text)
    tokens = MarkdownIt("commonmark").parse(text)
    return tuple(
        Heading(starts[opening.map[0]], int(opening.tag[1:]), _shortened(inline.content))
        for opening, inline in pairwise(tokens)
        if opening.type == "heading_open" and opening.map
    )


def _shortened(content: str) -> str:
    # Each passage carries the headings above it, so that a paragraph taken for a heading would be stored many times.
    text = " ".join(content[: 2 * _LONGEST].split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _line_starts(text: str) -> list[int]:
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts
