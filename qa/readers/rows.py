"""Rows of a file as one text: a block each, so that a row can be found and cited by itself.

A row is written as a sentence, `name: Ann; born: 1950; city: Leeds.`: without the marks between its cells the trained
reader mistakes where one ends, and without the last it trusts its answer less.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from io import StringIO

from qa.readers.extract import Heading
from qa.types import Places

_LONG = 1000
"""Characters that rows have on average where most are no longer one passage."""

_LONGEST_HEADING = 100
_BLANK_LINES = re.compile(r"\n\s*\n")
_CLOSED = (".", "!", "?", "…", "。", "！", "？")


def joined(rows: Iterable[tuple[int, str]]) -> tuple[str, Places]:
    """The blocks of numbered rows with blank lines between them, and the way back to the rows."""
    text = StringIO()  # unlike a list, it holds no object a row
    starts = array("q")
    numbers = array("q")
    for number, block in rows:
        if starts:
            text.write("\n\n")
        starts.append(text.tell())
        numbers.append(number)
        text.write(block)
    return text.getvalue(), Places("row", tuple(starts), tuple(numbers))


def headings(text: str, places: Places, *, titled: bool = False) -> tuple[Heading, ...]:
    """The first line of each row as its heading, where the rows have titles or are long.

    Then all passages of a row are found by what the row is about.
    """
    if not titled and len(text) <= _LONG * len(places.starts):
        return ()
    return tuple(Heading(start, 1, _first_line(text, start)) for start in places.starts)


def sentence(cells: Iterable[tuple[str, str]], *, closed: bool = True) -> str:
    """The filled cells, each behind its name if it has one; without the full stop at the end unless `closed`."""
    parts: list[str] = []
    for name, text in cells:
        if filled := one_block(text):
            if parts:
                parts.append(" " if parts[-1].endswith(_CLOSED) else "; ")
            parts.append(f"{name}: {filled}" if name else filled)
    if parts and closed and not parts[-1].endswith(_CLOSED):
        parts.append(".")
    return "".join(parts)


def one_block(text: str) -> str:
    """A text without the blank lines in it, which would end its row."""
    text = text.strip()
    return _BLANK_LINES.sub("\n", text) if "\n" in text else text


def line_end(text: str, at: int) -> int:
    """The offset behind the line that begins at `at`."""
    return text.find("\n", at) + 1 or len(text)


def _first_line(text: str, start: int) -> str:
    line = text[start : start + _LONGEST_HEADING + 1].partition("\n")[0]
    return line if len(line) <= _LONGEST_HEADING else line[: _LONGEST_HEADING - 1] + "…"
