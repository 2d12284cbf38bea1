"""Markdown: its text unchanged, with what its front matter says and the headings that CommonMark sees below that."""

from __future__ import annotations

from itertools import pairwise
from pathlib import PurePath

from qa.readers.extract import Extract, Heading, shortened
from qa.readers.frontmatter import read_front_matter
from qa.readers.text import decode

_PARSED = 5_000_000
"""Characters up to which headings are found: the parser takes sixty times as much memory."""


def read_markdown(data: bytes, name: str) -> Extract:
    text, notes = decode(data)
    front = read_front_matter(text)
    headings: tuple[Heading, ...] = ()
    if len(text) <= _PARSED:
        headings = _headings(text, front.end)
    else:
        notes += (f"Its headings were not read: it has more than {_PARSED // 10**6} million characters.",)
    title = shortened(front.title) or next((heading.text for heading in headings if heading.level == 1), "")
    return Extract(
        title=title or PurePath(name).stem,
        text=text,
        headings=headings,
        body_start=front.end,
        date=front.date,
        tags=front.tags,
        notes=notes,
    )


def _headings(text: str, body_start: int) -> tuple[Heading, ...]:
    from markdown_it import MarkdownIt  # asking needs no parser

    starts = _line_starts(text)
    blanked = "\n" * text.count("\n", 0, body_start) + text[body_start:]  # its lines keep their numbers
    tokens = MarkdownIt("commonmark").disable(["inline"]).parse(blanked)  # what stands in a line is not looked at
    return tuple(
        Heading(starts[opening.map[0]], int(opening.tag[1:]), shortened(inline.content))
        for opening, inline in pairwise(tokens)
        if opening.type == "heading_open" and opening.map
    )


def _line_starts(text: str) -> list[int]:
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts
