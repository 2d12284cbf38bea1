"""One turn of a conversation: a question and the answer to it, or the sentence that was shown instead."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from qa.question import MAX_QUESTION, as_text
from qa.talk.answers import answer_of
from qa.talk.database import now
from qa.types import Answer

UNREADABLE = "The answer that was given here can no longer be read. Ask the question again."


@dataclass(frozen=True, slots=True)
class Turn:
    """`question` is as it was typed, `answer` as `exports.json` gives it, None where there is none.

    `notice` is the sentence that was shown instead. `number` counts from 1, and is 0 for a turn that is not kept yet.
    """

    question: str
    answer: Mapping[str, Any] | None = None
    notice: str = ""
    at: datetime = field(default_factory=now)
    number: int = 0

    def read(self) -> Answer | None:
        """The answer as it is shown, None where there is none or it cannot be read."""
        try:
            return None if self.answer is None else answer_of(self.answer)
        except ValueError:
            return None


def as_kept(text: str) -> str:
    """What was typed, as far as it could be asked, without what no file takes."""
    return as_text(text if len(text) <= MAX_QUESTION else text[:MAX_QUESTION] + "…")


def as_line(answer: Mapping[str, Any]) -> str:
    """An answer as one line of JSON, as `pincite ask --save` writes it. Raises ValueError where it is no JSON."""
    line = json.dumps(dict(answer), ensure_ascii=False, allow_nan=False)
    return line.encode("utf-8", "replace").decode("utf-8")


def parsed(line: str | None) -> Mapping[str, Any] | None:
    """The answer that was kept, None where there is none or it cannot be read."""
    if line is None:
        return None
    try:
        values = json.loads(line)
        answer_of(values)
    except (ValueError, RecursionError):
        return None
    return dict(values)
