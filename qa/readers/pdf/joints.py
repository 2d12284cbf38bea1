"""What stands between the lines of a page: the end of a paragraph, of a line, a space, or nothing.

A paragraph ends where the next line is further down than lines are, begins an item or is of another size; where a
sentence ends and the next word would still have fitted on its line; and where a sentence ends and the next line is
indented. A hyphen at a line's end is a joint of its own, `HYPHEN`: only the whole document tells whether it stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from qa.readers.pdf.lines import begins_item
from qa.readers.pdf.order import LEADER, Line

PARAGRAPH = "\n\n"
HYPHEN = "-"
"""The line before ends with a hyphen, which may go."""

_LOOSE = 1.3
"""How much further than usual the next line is in another paragraph."""

_LONG = 12
"""Ems of a line at least that is full, where nothing beside it tells how long lines are."""

_ENTRY = re.compile(rf"{LEADER}\S+$")
"""The end of an entry of a table of contents."""

_CLOSERS = "\"'”’»)]*†‡⁰¹²³⁴⁵⁶⁷⁸⁹"
_TERMINALS = ".!?:…。！？："


def joints(lines: Sequence[Line], body: float) -> list[str]:
    """What stands before each line of a page but the first; `body` is the size of most of its text."""
    pitch = _pitch(lines)
    edges = _edges(lines, pitch)
    found: list[str] = []
    begin = 0
    for at in range(1, len(lines)):
        found.append(_joint(lines, begin, at, pitch, edges[at - 1], body))
        if found[-1] == PARAGRAPH:
            begin = at
    return found


def goes_on(before: Line, line: Line, edge: float | None = None) -> str:
    """What stands between the last line of a column or page and the first of the next."""
    if not _is_alike(before, line) or before.before or line.before or begins_item(line.text) or is_ended(before):
        return PARAGRAPH
    is_full = before.right - before.left > _LONG * before.size
    if line.text[0].islower() or (is_full and not _fits(before, line, before.margins[1] if edge is None else edge)):
        return wrapped(before, line)
    return PARAGRAPH


def is_ended(line: Line) -> bool:
    """Whether a sentence, or what introduces a list, ends with a line."""
    return line.text.rstrip(_CLOSERS)[-1:] in _TERMINALS


def wrapped(before: Line, line: Line) -> str:
    """What stands between two lines of one paragraph."""
    end, start = before.text[-2:], line.text[0]
    if end[-1] == "-" and end[0].isalpha() and start.isalpha():
        return HYPHEN
    if end[-1] in "-–—/" and end != end[-1] and not end[0].isspace() and start.isalnum():
        return ""
    return "" if _is_unspaced(end[-1]) and _is_unspaced(start) else " "


def _joint(lines: Sequence[Line], begin: int, at: int, pitch: float, edge: float, body: float) -> str:
    before, line = lines[at - 1], lines[at]
    if line.before is not None:
        return wrapped(before, line) if line.before == " " else line.before
    if before.before is not None or not _is_alike(before, line):
        return PARAGRAPH
    down = line.base - before.base
    if down <= 0 or line.left > before.margins[1] or line.right < before.margins[0]:  # another column
        return goes_on(before, line, edge)
    if _ENTRY.search(before.text):
        return "\n"
    fits = _fits(before, line, edge)
    if down > _LOOSE * pitch * line.size:
        is_formula_between = down < 2 * pitch * line.size and line.text[0].islower() and not fits
        return goes_on(before, line, edge) if is_formula_between else PARAGRAPH
    if min(before.size, line.size) > 1.15 * body:
        return wrapped(before, line)
    is_sentence = is_ended(before)
    if begins_item(line.text) and (is_sentence or fits or line.left < before.left - line.size / 2):
        return PARAGRAPH
    if fits and not _is_hyphenated(before):
        return PARAGRAPH if is_sentence else "\n"
    indent = (line.left - before.left) / line.size
    if is_sentence and (indent > 0.8 or (indent < -0.8 and at - begin > 1)):
        return PARAGRAPH
    return wrapped(before, line)


def _is_alike(before: Line, line: Line) -> bool:
    return abs(before.size - line.size) < 0.1 * max(before.size, line.size)


def _fits(before: Line, line: Line, edge: float) -> bool:
    """Whether the first word of a line would have fitted on the line before, so that this was ended on purpose."""
    width = line.words[0].right - line.words[0].left
    for word in line.words[1:]:
        if not word.is_glued:
            break
        width = word.right - line.words[0].left
    return before.right + width + 0.8 * line.size < edge


def _pitch(lines: Sequence[Line]) -> float:
    """Ems from one baseline to the next, of most lines."""
    found = [
        (line.base - before.base) / line.size
        for before, line in pairwise(lines)
        if _is_alike(before, line) and 0 < line.base - before.base < 3 * line.size and line.margins == before.margins
    ]
    return max(1.0, median(found)) if len(found) > 2 else 1.3


def _edges(lines: Sequence[Line], pitch: float) -> list[float]:
    """Where each line could have gone on to, to the right: the end of the longest line around it, or of the column."""
    edges: list[float] = []
    begin = 0
    for at in range(1, len(lines) + 1):
        if at < len(lines) and _is_near(lines[at - 1], lines[at], pitch):
            continue
        left, right = lines[begin].margins
        longest = max(line.right for line in lines[begin:at])
        is_column = at - begin > 2 and longest - left > 0.7 * (right - left)
        edges += [longest if is_column else right] * (at - begin)
        begin = at
    return edges


def _is_near(before: Line, line: Line, pitch: float) -> bool:
    down = line.base - before.base
    return line.margins == before.margins and _is_alike(before, line) and 0 < down <= _LOOSE * pitch * line.size


def _is_hyphenated(line: Line) -> bool:
    return len(line.text) > 1 and line.text[-1] == "-" and line.text[-2].isalpha()


def _is_unspaced(letter: str) -> bool:
    """Whether a letter is of a script that is written without spaces: Chinese and Japanese."""
    return "\u3000" <= letter <= "\u9fff" or "\uf900" <= letter <= "\ufaff" or "\uff00" <= letter <= "\uff60"
