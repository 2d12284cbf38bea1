"""What happens when a question is sent: plain functions that know neither Gradio nor how an answer is found."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import TypedDict

from qa.errors import PinciteError
from qa.question import MAX_QUESTION, as_text
from qa.types import Answer
from ui import render

Ask = Callable[[str], Answer]

_SHOWN = 200
"""Characters shown of a question that is too long to be asked."""

logger = logging.getLogger(__name__)


class Part(TypedDict):
    type: str
    text: str


class Message(TypedDict):
    role: str
    content: list[Part]


Talk = list[Message]
"""The turns of a conversation, a question and its reply by turns, as the chat shows them."""


def converse(ask: Ask, question: str | None, talk: Talk) -> Iterator[tuple[str | None, Talk]]:
    """What the input box and the chat hold next: the question at once, and then its reply under it.

    None leaves the box as it is: after the first step it holds what was typed meanwhile.
    """
    asked = as_text(question or "").strip()
    turn = len(talk) // 2 + 1
    if not asked:
        yield "", talk
    elif len(asked) > MAX_QUESTION:
        shown = render.question(asked[:_SHOWN].rstrip() + "…")
        yield None, [*talk, _message("user", shown), _message("assistant", render.notice(_too_long(asked)))]
    else:
        begun = [*talk, _message("user", render.question(asked))]
        yield "", begun
        yield None, [*begun, _message("assistant", reply(ask, asked, turn))]


def reply(ask: Ask, question: str, turn: int) -> str:
    """The rendered answer, or the sentence that says why there is none; never an exception."""
    try:
        return render.reply(ask(question), turn)
    except PinciteError as error:
        return render.notice(str(error))
    except Exception:
        logger.exception("a question could not be answered")
        return render.notice("Something went wrong while answering. Please try again; the program's log says more.")


def _too_long(question: str) -> str:
    size = f"This question has {len(question):,} characters; the most is {MAX_QUESTION:,}."
    return f"{size} Please shorten it and ask again."


def _message(role: str, markup: str) -> Message:
    return {"role": role, "content": [{"type": "text", "text": markup}]}
