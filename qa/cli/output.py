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
    """Print one line; what would break it or colour it is shown as its code."""
    color = False if os.environ.get("NO_COLOR") else None
    click.echo(click.style(plain(text), bold=bold or None, dim=dim or None), err=err, color=color)


def print_text(text: str, indent: str = "") -> None:
    """Print running text in lines of a readable width."""
    width = min(_WIDTH, max(40, _columns()))
    for line in textwrap.wrap(" ".join(text.split()), width, initial_indent=indent, subsequent_indent=indent):
        print_line(line)


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def plain(text: str) -> str:
    """Text that cannot move the cursor, begin a line, change colours or reverse its own order.

    Characters that could are shown as their code.
    """
    return "".join(_code(character) if _is_control(character) else character for character in text)


def print_citation(citation: Citation) -> None:
    place = f"{citation.where}, characters {citation.start} to {citation.end}"
    print_line(f"[{citation.number}] {citation.document.source}, {place}", bold=True)
    print_text(f"“{citation.quote}”", "    ")


def print_hits(hits: Iterable[Hit]) -> None:
    for hit in hits:
        scores = ", ".join(f"{stage} {score:.2f}" for stage, score in hit.scores.as_dict().items())
        citation = hit.citation
        print_line(f"{hit.rank}. {citation.document.source}, {citation.where}", bold=True)
        matched = f"; words {', '.join(hit.matched)}" if hit.matched else ""
        print_line(f"   score {hit.score:.2f} ({scores}){matched}", dim=True)
        print_text(hit.passage.text, "   ")
        for other in hit.duplicates:
            print_line(f"   also in {other.document.source}, {other.where}", dim=True)
        print_line()


def _columns() -> int:
    try:
        return os.get_terminal_size().columns
    except OSError:  # not a terminal
        return _WIDTH


def _is_control(character: str) -> bool:
    # Joiners only shape letters and emoji.
    return unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") and character not in "\u200c\u200d"


def _code(character: str) -> str:
    return f"\\u{ord(character):04x}" if ord(character) <= 0xFFFF else f"\\U{ord(character):08x}"
