"""What is printed: JSON for programs, text for people. Documents and file names are hostile input to a terminal too."""

from __future__ import annotations

import json
import os
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from qa.types import Citation, Hit

_WIDTH = 100


def print_json(value: Mapping[str, Any]) -> None:
    """Print one JSON document in UTF-8, whatever the terminal's own encoding."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    click.echo(text.encode("utf-8", "replace"))


def print_line(text: str = "", *, bold: bool = False, dim: bool = False, err: bool = False) -> None:
    color = False if os.environ.get("NO_COLOR") else None
    click.echo(click.style(plain(text), bold=bold or None, dim=dim or None), err=err, color=color)


def plain(text: str) -> str:
    """Text that cannot move the cursor, change colours or reverse its own order: such characters show as \\u...."""
    return "".join(f"\\u{ord(character):04x}" if _is_control(character) else character for character in text)


def wrapped(text: str, indent: str = "") -> str:
    """Running text at a readable width."""
    width = min(_WIDTH, max(40, _columns()))
    return textwrap.fill(" ".join(text.split()), width, initial_indent=indent, subsequent_indent=indent)


def print_citation(citation: Citation) -> None:
    page = f", page {citation.page}" if citation.page else ""
    print_line(
        f"[{citation.number}] {citation.document.source}{page}, line {citation.line}, "
        f"characters {citation.start} to {citation.end}",
        bold=True,
    )
    print_line(wrapped(f"“{citation.quote}”", "    "))


def print_hits(hits: Iterable[Hit]) -> None:
    for hit in hits:
        scores = ", ".join(f"{stage} {score:.2f}" for stage, score in hit.scores.as_dict().items())
        citation = hit.citation
        print_line(f"{hit.rank}. {citation.document.source}, line {citation.line}", bold=True)
        print_line(f"   score {hit.score:.2f} ({scores})", dim=True)
        print_line(wrapped(hit.passage.text, "   "))
        print_line()


def _columns() -> int:
    try:
        return os.get_terminal_size().columns
    except OSError:  # not a terminal
        return _WIDTH


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf") and character not in "\n\t"
