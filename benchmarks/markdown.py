"""The pieces that the pages of the benchmarks are put together from, in markdown."""

from __future__ import annotations

import textwrap
from collections.abc import Container, Sequence

_WIDTH = 120


def section(title: str, said: str, *parts: str, level: int = 2) -> str:
    return "\n\n".join([f"{'#' * level} {title}", prose(said), *filter(None, parts)])


def prose(text: str) -> str:
    """A paragraph, in lines of a readable width."""
    return textwrap.fill(" ".join(text.split()), _WIDTH, break_long_words=False, break_on_hyphens=False)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows that are short are filled up, and a bar in a cell does not end it."""
    full = [[*row, *[""] * (len(head) - len(row))] for row in rows]
    lines = [head, ["---"] * len(head), *([cell.replace("|", "\\|") for cell in row] for row in full)]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)


def image(name: str, plots: Container[str], description: str) -> str:
    """A plot beside the page; nothing where it was not drawn."""
    return f"![{description}](performance/{name}.svg)" if name in plots else ""
