"""Which hyphens at the ends of lines belong to their words.

In this order: what the document writes within its lines decides (`well-known` keeps its hyphen, `important` loses it).
Beside a capital or digit, and behind a part that has one already, a hyphen stays (`Anglo-American`, `COVID-19`,
`state-of-the`), as it does behind `self-` and the like, and between two words of four letters or more that the document
writes elsewhere (`region-wide`). Where so few lines end with a hyphen that nothing divides words there, all stay. All
others go.
"""

from __future__ import annotations

import re
from collections.abc import Set

_OPENING = frozenset("quasi self two three well".split())

_FEW = 0.02
"""Share of lines that end with a hyphen, up to which words are not divided."""

_ENOUGH = 50
"""Lines from which on that share says something."""

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_BEFORE = re.compile(r"[^\W_]+(?:-[^\W_]+)*$")
_BEHIND = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


def words(line: str, *, is_behind: bool) -> set[str]:
    """The words that stand on a line whole, in lower case, with their hyphens.

    `is_behind` says that the line above ends with a hyphen, so that its first word may be a part of one.
    """
    found = _WORD.findall(line.lower())
    return set(found[is_behind : len(found) - line.endswith("-")])


def divides(hyphens: int, lines: int) -> bool:
    """Whether a document divides words at the ends of its lines."""
    return lines < _ENOUGH or hyphens > _FEW * lines


def stays(before: str, behind: str, written: Set[str], *, is_divided: bool) -> bool:
    """Whether the hyphen between the end of a line and the beginning of the next belongs to the word."""
    first, second = _BEFORE.search(before), _BEHIND.match(behind)
    if first is None or second is None:
        return True
    start, end = first[0], second[0]
    if f"{start}{end}".lower() in written:
        return False
    if f"{start}-{end}".lower() in written or not is_divided:
        return True
    if not start[-1].islower() or not end[0].islower() or "-" in start or start.lower() in _OPENING:
        return True
    return min(len(start), len(end)) > 3 and {start.lower(), end.lower()} <= written
