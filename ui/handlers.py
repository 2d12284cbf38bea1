"""What happens when a question is sent: plain functions that know neither Gradio nor how an answer is found."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Protocol, TypedDict

from qa.errors import PinciteError
from qa.question import MAX_QUESTION, as_text
from qa.types import Answer
from ui import render

_SHOWN = 200
"""Characters shown of a question that is too long to be asked."""

_WRONG = "Something went wrong while answering. Please try again; the program's log says more."
_STOPPED = "Stopped before there was an answer."
_DELETED = "This conversation was deleted. With the next question a new one begins."

logger = logging.getLogger(__name__)

Stage = Callable[[str], object]
"""Told the name of each stage as it begins: "searching", then "reading"."""


class Part(TypedDict):
    type: str
    text: str


class Message(TypedDict):
    role: str
    content: list[Part]


@dataclass(frozen=True)
class Turn:
    """A question and its answer, or the sentence that was said in the place of one.

    `number` is the one by which a kept conversation knows it, from 1; 0 where it is not kept. `given` is what was said
    of it: right, wrong, corrected, unanswerable or open. `unkept` is why it could not be kept, where that failed.
    """

    question: str
    answer: Answer | None = None
    notice: str = ""
    number: int = 0
    given: str = ""
    unkept: str = ""
    # A conversation is shown anew at every step of its next question: each reply is rendered once.
    _shown: dict[tuple[object, ...], str] = field(default_factory=dict, init=False, repr=False, compare=False)


@dataclass(frozen=True)
class Talk:
    """A conversation as a page holds it; `id` is empty until something of it is kept.

    The first `left` turns are of one that was deleted meanwhile: they stay on the page, and nothing of them is kept.
    """

    id: str = ""
    turns: tuple[Turn, ...] = ()
    asking: str = ""
    stage: str = ""
    collection: str = field(default="", compare=False)
    left: int = 0

    @property
    def history(self) -> tuple[Answer, ...]:
        """The answers so far, the oldest first."""
        return tuple(turn.answer for turn in self.turns if turn.answer is not None)


class Desk(Protocol):
    """What answers from a collection, and keeps its conversations."""

    def ask(self, question: str, history: Sequence[Answer], stage: Stage) -> Answer: ...

    def keep(self, talk_id: str, turn: Turn) -> tuple[str, int]:
        """Keep a turn of a conversation; an empty id begins one. Gives its id, and the turn's number in it.

        The id is empty where the conversation was deleted meanwhile. Raises PinciteError where it cannot be kept now.
        """
        ...

    def kept(self, talk_id: str) -> Sequence[Turn] | None:
        """The turns of a conversation; None where there is none."""
        ...


def opened(desk: Desk, talk_id: str, collection: str = "") -> Talk:
    """The conversation of that id, or a new one; one that is gone says so."""
    if not talk_id:
        return Talk(collection=collection)
    try:
        turns = desk.kept(talk_id)
    except PinciteError as error:  # it may be read again by the next question
        return Talk(talk_id, (Turn("", notice=str(error)),), collection=collection)
    if turns is None:
        gone = "This conversation is not kept here: it was deleted, or its link is not whole."
        return Talk(turns=(Turn("", notice=gone),), collection=collection)
    return Talk(talk_id, tuple(turns), collection=collection)


async def converse(desk: Desk, question: str | None, talk: Talk) -> AsyncIterator[tuple[str | None, Talk]]:
    """What the question box and the conversation hold next: the question at once, each stage, and then its answer.

    None leaves the box as it is: after the first step it holds what was typed meanwhile.
    """
    asked = as_text(question or "").strip()
    if not asked:
        yield "", talk
        return
    if len(asked) > MAX_QUESTION:
        turn = Turn(asked[:_SHOWN].rstrip() + "…", notice=_too_long(asked))
        yield None, await asyncio.to_thread(_with, desk, talk, turn)
        return
    yield "", replace(talk, asking=asked, stage="searching")
    told: asyncio.Queue[str | Turn] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def tell(step: str | Turn) -> None:
        with suppress(RuntimeError):  # the page is closed
            loop.call_soon_threadsafe(told.put_nowait, step)

    # Whoever stops waits for nobody: what is still read then is read for itself.
    threading.Thread(target=lambda: tell(_turn(desk, asked, talk.history, tell)), daemon=True).start()
    while isinstance(step := await told.get(), str):
        yield None, replace(talk, asking=asked, stage=step)
    yield None, await asyncio.to_thread(_with, desk, talk, step)


def stopped(desk: Desk, talk: Talk) -> Talk:
    """The conversation after its last question was given up."""
    if not talk.asking:
        return talk
    return _with(desk, replace(talk, asking="", stage=""), Turn(talk.asking, notice=_STOPPED))


def messages(talk: Talk) -> list[Message]:
    """What the chat shows of a conversation: questions and what was said to them."""
    shown: list[Message] = []
    for place, turn in enumerate(talk.turns, start=1):
        if turn.question:
            shown.append(_message("user", render.question(turn.question)))
        shown.append(_message("assistant", _reply(turn, place, talk)))
    if talk.asking:
        shown += [
            _message("user", render.question(talk.asking)),
            _message("assistant", render.working(talk.stage)),
        ]
    return shown


def _turn(desk: Desk, question: str, history: Sequence[Answer], stage: Stage) -> Turn:
    """The answer, or the sentence that says why there is none; never an exception."""
    try:
        return Turn(question, desk.ask(question, history, stage))
    except PinciteError as error:
        return Turn(question, notice=str(error))
    except Exception:
        logger.exception("a question could not be answered")
        return Turn(question, notice=_WRONG)


def _with(desk: Desk, talk: Talk, turn: Turn) -> Talk:
    """The conversation with one more turn, which is kept if that can be done, with those before it that could not be.

    Nothing is kept without what came before it.
    """
    turns, talk_id = [*talk.turns, turn], talk.id
    for at, waiting in enumerate(turns):
        if at < talk.left or waiting.number or not waiting.question:
            continue
        try:
            talk_id, number = desk.keep(talk_id, waiting)
        except PinciteError as error:
            logger.warning("a conversation could not be kept: %s", error)
            turns[-1] = replace(turn, unkept=f"{error} It is tried again with the next question.")
            break
        if talk.id and not talk_id:
            turns[-1] = replace(turn, unkept=_DELETED)
            return replace(talk, id="", turns=tuple(turns), asking="", stage="", left=len(turns))
        turns[at] = replace(waiting, number=number, unkept="")
    return replace(talk, id=talk_id, turns=tuple(turns), asking="", stage="")


def _reply(turn: Turn, place: int, talk: Talk) -> str:
    lost = f'<p class="pc-flag" dir="auto">{_unkept(turn)}</p>' if turn.unkept else ""
    if turn.answer is None:
        return render.notice(turn.notice) + lost
    is_kept = talk.id and turn.number and place > talk.left
    kept = f"talk-{talk.id}-{turn.number}" if is_kept else ""
    where = place, kept, talk.collection
    try:
        if where not in turn._shown:
            shown = render.reply(turn.answer, place, kept=kept, given=turn.given, collection=talk.collection)
            turn._shown[where] = shown + lost
        return turn._shown[where]
    except Exception:  # one answer must not take the others with it
        logger.exception("an answer could not be shown")
        return render.notice(_WRONG)


def _unkept(turn: Turn) -> str:
    what = "answer" if turn.answer else "question"
    return render.plain(f"This {what} could not be kept: {turn.unkept}")


def _too_long(question: str) -> str:
    size = f"This question has {len(question):,} characters; the most is {MAX_QUESTION:,}."
    return f"{size} Please shorten it and ask again."


def _message(role: str, markup: str) -> Message:
    return {"role": role, "content": [{"type": "text", "text": markup}]}
