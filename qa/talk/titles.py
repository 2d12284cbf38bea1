"""Titles of conversations: one line in which every character can be seen."""

from __future__ import annotations

import unicodedata

LONGEST = 200
"""Characters of a title."""

HEADLINE = 80
"""Characters of a title that is made of a question."""

_LOOKED_AT = 10_000
_JOINERS = "\u200c\u200d"
"""Which only shape letters and emoji."""


def title_of(text: str) -> str:
    """What was typed as a title, cut at a word where it is too long. Empty where nothing of it can be seen."""
    return _cut(_visible(text), LONGEST)


def headline(question: str) -> str:
    """The title that a question gives its conversation."""
    return _cut(_visible(question), HEADLINE)


def _visible(text: str) -> str:
    """Without control characters and what turns the direction of the text around it or cannot be seen."""
    running = " ".join(text[:_LOOKED_AT].split())
    return " ".join("".join(character for character in running if _is_seen(character)).split())


def _is_seen(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character) not in ("Cc", "Cf", "Cs")


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    words, space, _ = text[:longest].rpartition(" ")
    return (words if space else text[: longest - 1]) + "…"
