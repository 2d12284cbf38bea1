"""Conversations: what the chat asks and keeps, their list, their exports, and what is said of their answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from qa import exports
from qa.errors import EmptyStoreError, PinciteError
from qa.gate import Route
from qa.proofs import Standing
from qa.talk import (
    LISTED,
    Conversations,
    CorrectionKeptError,
    DeletedError,
    Feedback,
    Feedbacks,
    Kind,
    Turn,
    as_json_lines,
    as_markdown,
    file_name,
    look_again,
)
from qa.web.responses import COLLECTION, collection_of, fragment, posted, sentence, shown

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

    from qa.types import Answer
    from qa.web.collections import Collection, Collections
    from ui import handlers

_ID = r"[\w-]{16,64}"
ROUTES = (
    Route(("GET",), r"/talk"),
    Route(("POST",), rf"/talk/{_ID}/(title|delete|feedback)"),
    Route(("GET",), rf"/talk/{_ID}\.(md|jsonl)"),
)

_NONE = "There is no such conversation: it may have been deleted."
_TOLD = {
    "right": "Noted as right. It can become a gold question in Evaluate.",
    "wrong": "Noted as wrong. “Correct it” shows what would be right.",
    "corrected": "The correction is kept, to be reviewed in Evaluate.",
    "unanswerable": "Noted that the sources do not say, to be reviewed in Evaluate.",
    "open": "Kept as an open question, to be seen in Evaluate.",
    "none": "Taken back.",
}


def desks(collections: Collections) -> Callable[[str], handlers.Desk]:
    """What answers from the collection of a name, and keeps its conversations.

    For a collection that cannot be opened it is one that says why to every question.
    """

    standing = Standing()

    def desk(name: str) -> handlers.Desk:
        try:
            return _Desk(collections.get(name), standing)
        except PinciteError as error:
            return _Closed(str(error))

    return desk


class _Closed:
    def __init__(self, told: str) -> None:
        self._told = told

    def ask(self, *_asked: Any, **_more: Any) -> Answer:
        raise PinciteError(self._told)

    def keep(self, talk_id: str, _turn: handlers.Turn) -> tuple[str, int]:
        return talk_id, 0

    def kept(self, *_talk: Any, **_more: Any) -> Sequence[handlers.Turn] | None:
        raise PinciteError(self._told)


class _Desk:
    def __init__(self, collection: Collection, standing: Standing) -> None:
        self._assistant = collection.assistant
        self._standing = standing
        self._conversations = Conversations(collection.folder)
        self._feedbacks = Feedbacks(collection.folder)

    def ask(self, question: str, history: Sequence[Answer], stage: Callable[[str], object]) -> Answer:
        try:
            return self._assistant.ask(question, history=history, stage=stage)
        except EmptyStoreError:
            raise PinciteError("There are no documents here yet: add some in Library, and ask again.") from None

    def keep(self, talk_id: str, turn: handlers.Turn) -> tuple[str, int]:
        kept = talk_id or self._conversations.begin().id
        answer = exports.json(turn.answer) if turn.answer else None
        try:
            return kept, self._conversations.append(kept, Turn(turn.question, answer, turn.notice))
        except DeletedError:
            return "", 0

    def kept(self, talk_id: str) -> Sequence[handlers.Turn] | None:
        from ui.handlers import Turn as Shown

        conversation = self._conversations.get(talk_id)
        if conversation is None:
            return None
        given = self._feedbacks.given(talk_id)
        answers = self._as_it_stands({turn.number: answer for turn in conversation.turns if (answer := turn.read())})
        return [
            Shown(
                turn.question,
                answers.get(turn.number),
                turn.notice,
                turn.number,
                given[turn.number].kind if turn.number in given else "",
            )
            for turn in conversation.turns
        ]

    def _as_it_stands(self, answers: Mapping[int, Answer]) -> Mapping[int, Answer]:
        """The answers with what has become of the words they cite, as far as the documents can be read."""
        try:
            with self._assistant.library.reading() as reading:
                return dict(zip(answers, look_again(list(answers.values()), reading, self._standing), strict=True))
        except PinciteError:
            return answers


def add_to(site: FastAPI, collections: Collections) -> None:
    """Put the list of conversations, their exports and what is said of them into `site`."""
    from starlette.responses import PlainTextResponse, Response

    def listed(request: Request) -> Response:
        return _listed(request, collections, shown=request.query_params.get("shown", ""))

    def title(request: Request, fields: Mapping[str, str]) -> Response:
        conversations = Conversations(collection_of(request, collections).folder)
        kept = conversations.rename(request.path_params["id"], fields.get("title", ""))
        return _listed(request, collections, f"Renamed to {kept}.")

    def delete(request: Request, _fields: Mapping[str, str]) -> Response:
        talk_id = request.path_params["id"]
        gone = Conversations(collection_of(request, collections).folder).delete(talk_id)
        return _listed(request, collections, "The conversation is deleted." if gone else _NONE, shown=talk_id)

    def feedback(request: Request, fields: Mapping[str, str]) -> Response:
        kind = fields.get("kind", "")
        try:
            _give(collection_of(request, collections), request.path_params["id"], kind, fields)
        except CorrectionKeptError as error:
            return sentence(str(error), 409)
        return PlainTextResponse(_TOLD[kind])

    def export(request: Request) -> Response:
        conversation = Conversations(collection_of(request, collections).folder).get(request.path_params["id"])
        if conversation is None:
            return sentence(_NONE, 404)
        form = request.path_params["form"]
        written = as_markdown(conversation) if form == "md" else as_json_lines(conversation)
        kind = "text/markdown" if form == "md" else "application/jsonl"
        named = {"content-disposition": f'attachment; filename="{file_name(conversation)}.{form}"'}
        return Response(written.encode("utf-8", "replace"), media_type=f"{kind}; charset=utf-8", headers=named)

    site.add_route("/talk", shown(listed), ["GET"])
    site.add_route("/talk/{id}.{form}", shown(export), ["GET"])
    site.add_route("/talk/{id}/title", posted(title), ["POST"])
    site.add_route("/talk/{id}/delete", posted(delete), ["POST"])
    site.add_route("/talk/{id}/feedback", posted(feedback), ["POST"])


def _listed(request: Request, collections: Collections, said: str = "", *, shown: str = "") -> Response:
    """The list; `shown` is the conversation that the page shows, of which it is told where that is not kept."""
    from ui.talks import Entry, listed

    conversations = Conversations(collection_of(request, collections).folder)
    whole = request.query_params.get("all", "") == "1"
    found = conversations.list(None if whole else LISTED + 1)
    entries = [
        Entry(kept.id, kept.title or "Conversation", kept.changed.astimezone().date())
        for kept in (found if whole else found[:LISTED])
    ]
    markup = listed(
        entries,
        datetime.now().astimezone().date(),
        request.query_params.get(COLLECTION, ""),
        whole=whole,
        more=len(found) > len(entries),
        gone="" if not shown or conversations.has(shown) else shown,
    )
    return fragment(markup, said=said)


def _give(collection: Collection, talk_id: str, kind: str, fields: Mapping[str, str]) -> None:
    """Keep what somebody says of a turn, or take it back. Raises PinciteError where that cannot be."""
    turn = fields.get("turn", "")
    if kind not in _TOLD or not (turn.isascii() and turn.isdigit() and len(turn) < 9):
        raise PinciteError("What is said of this answer could not be read: load the page anew and try again.")
    feedbacks = Feedbacks(collection.folder)
    if kind == "none":
        feedbacks.take_back(talk_id, int(turn))
        return
    given = Feedback(cast(Kind, kind))
    if kind == "corrected":
        given = _correction(collection, fields.get("document", ""), fields.get("quote", ""))
    feedbacks.give(talk_id, int(turn), given)


def _correction(collection: Collection, document_id: str, words: str) -> Feedback:
    """Words that somebody selected in a document, as they stand in it."""
    from qa.links import Target
    from qa.relocation import locate  # brings numpy

    document = collection.documents.document(document_id)
    if document is None:
        raise PinciteError("This document is not there any more: open the source anew.")
    found = locate(document.text, Target(0, len(words), words))
    if not found.is_shown and not found.places:
        raise PinciteError("These words are not in the document as they were selected: select a shorter part of it.")
    quote = document.text[found.start : found.end] if found.is_shown else words
    return Feedback("corrected", document=document.source, quote=quote, answer=quote)
