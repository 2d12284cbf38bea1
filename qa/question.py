"""What may be asked."""

from __future__ import annotations

from qa.errors import PinciteError

MAX_QUESTION = 2000
"""Longest question, in characters: encoders read no further than about half of this."""


def as_text(question: str) -> str:
    """What was typed, without what no store or model takes: half surrogate pairs and NUL."""
    return question.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")


def checked(question: str) -> str:
    """A question as it is searched. Raises PinciteError where it is empty or too long."""
    text = as_text(question).strip()
    if not text:
        raise PinciteError("The question is empty: ask something.")
    if len(text) > MAX_QUESTION:
        raise PinciteError(
            f"The question is {len(text):,} characters long, and the longest that can be asked is {MAX_QUESTION:,}: "
            "shorten it, or index the text and ask about it."
        )
    return text
