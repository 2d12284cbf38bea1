"""What people said of answers, looked at in the Evaluate view: accepted as a gold question, or dismissed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from qa.gate import Route
from qa.talk import Candidate, Conversation, Conversations, Feedbacks
from qa.web.evaluation import evaluated, goldforms
from qa.web.evaluation.gold import document_names, looking
from qa.web.responses import collection_of, fragment, posted, shown

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

    from qa.gold import Evidence, GoldQuestion
    from qa.web.collections import Collection, Collections
    from ui import feedback as shown_feedback

ROUTES = (
    Route(("GET",), r"/evaluate/feedback"),
    Route(("POST",), r"/evaluate/feedback/[0-9]{1,18}/(accept|dismiss)"),
)


def add_to(site: FastAPI, collections: Collections) -> None:
    """Put it into `site`."""
    from ui import feedback

    def part(request: Request) -> Response:
        collection = collection_of(request, collections)
        candidates = Feedbacks(collection.folder).candidates()
        links_of = goldforms.places([_question(each) for each in candidates], collection)
        talks = {each.conversation: None for each in candidates}
        known = {id_: Conversations(collection.folder).get(id_) for id_ in talks}
        rows = [_as_shown(each, links_of, _answer(each, known[each.conversation])) for each in candidates]
        return fragment(feedback.review(rows, document_names(collection)))

    def accept(request: Request, fields: Mapping[str, str]) -> Response:
        collection = collection_of(request, collections)
        feedbacks = Feedbacks(collection.folder)
        kept = _accepted(feedbacks, int(request.path_params["number"]), collection, goldforms.given(fields))
        said = f"Accepted as gold question {kept.id}."
        return fragment(feedback.looked_at(said, len(feedbacks.candidates())), said=said)

    def dismiss(request: Request, _fields: Mapping[str, str]) -> Response:
        feedbacks = Feedbacks(collection_of(request, collections).folder)
        there = feedbacks.dismiss(int(request.path_params["number"]))
        said = "Dismissed." if there else "This was looked at already."
        return fragment(feedback.looked_at(said, len(feedbacks.candidates())), said=said)

    site.add_route("/evaluate/feedback", shown(part), ["GET"])
    site.add_route("/evaluate/feedback/{number}/accept", posted(accept), ["POST"])
    site.add_route("/evaluate/feedback/{number}/dismiss", posted(dismiss), ["POST"])


def _accepted(feedbacks: Feedbacks, number: int, collection: Collection, form: goldforms.Given) -> GoldQuestion:
    """The gold question that a candidate became, with what the form says in the place of its values."""
    from qa.gold.adding import add_question

    asked = goldforms.question_of(form)
    if form.unanswerable and any(each.id == number and each.needs_correction for each in feedbacks.candidates()):
        # That no answer would have been right is a correction too, though one without words.
        kept = add_question(collection.gold, asked, None)
        feedbacks.dismiss(number)
        return kept
    with looking(collection, asked) as reading:
        return feedbacks.accept(
            number,
            collection.gold,
            reading,
            question=form.question,
            answers=form.answers,
            evidence=form.evidence,
            tags=form.tags,
        )


def _question(candidate: Candidate) -> GoldQuestion:
    from qa.gold import GoldQuestion

    return GoldQuestion("", candidate.question, candidate.answers, candidate.evidence, candidate.tags)


def _answer(candidate: Candidate, conversation: Conversation | None) -> str | None:
    """What was answered, in short, "" where nothing was; None where it can no longer be read."""
    from qa.evaluation.asking import short

    turns = conversation.turns if conversation else ()
    answer = next((turn.read() for turn in turns if turn.number == candidate.turn), None)
    if answer is None:
        return None
    return short(answer) if answer.answered else ""


def _as_shown(candidate: Candidate, links_of: Mapping[Evidence, str], answer: str | None) -> shown_feedback.Candidate:
    from ui.feedback import Candidate as Shown

    question = goldforms.as_shown(_question(candidate), candidate.id, links_of)
    at = evaluated.at(candidate.at)
    return Shown(candidate.id, candidate.kind, at, candidate.note, question, answer, candidate.needs_correction)
