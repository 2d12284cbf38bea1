"""Gold questions as the forms of the page send them, and as its parts show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from qa import links
from qa.errors import PinciteError

if TYPE_CHECKING:
    from qa.gold import Evidence, GoldQuestion
    from qa.record import Reading
    from qa.web.collections import Collection
    from ui import gold as shown_gold

NAMES = 500
"""Names of documents that a form offers."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a form says of a gold question; `unanswerable` where it says that the documents do not answer it."""

    question: str
    answers: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    tags: tuple[str, ...]
    unanswerable: bool


def given(fields: Mapping[str, str]) -> Given:
    """What a form says. Raises PinciteError where it says two things at once, or quotes no document."""
    answers = tuple(dict.fromkeys(line.strip() for line in fields.get("answers", "").splitlines() if line.strip()))
    tags = tuple(dict.fromkeys(tag.strip() for tag in fields.get("tags", "").split(",") if tag.strip()))
    evidence = _evidence(fields)
    unanswerable = fields.get("unanswerable", "") == "on"
    if unanswerable and (answers or evidence):
        raise PinciteError(
            "It says that the documents do not answer the question, and gives an answer or words of one: take one of "
            "the two away."
        )
    question = fields.get("question", "").replace("\r\n", "\n").strip()
    return Given(question, answers, evidence, tags, unanswerable)


def question_of(form: Given) -> GoldQuestion:
    """The gold question, without an id. Raises PinciteError where the form does not say what would be right."""
    from qa.gold import GoldQuestion

    asked = GoldQuestion("", form.question, form.answers, form.evidence, form.tags)
    if not asked.answerable and not form.unanswerable and not asked.is_open:
        raise PinciteError(
            "What would be right is missing: give an answer or the words of a document, or say that the documents do "
            "not answer it."
        )
    return asked


def _evidence(fields: Mapping[str, str]) -> tuple[Evidence, ...]:
    from qa.gold import Evidence

    found: list[Evidence] = []
    for number in count():
        if f"document-{number}" not in fields:
            return tuple(found)
        document = fields[f"document-{number}"].strip()
        quote = fields.get(f"quote-{number}", "").replace("\r\n", "\n").strip("\n")
        grade = fields.get(f"grade-{number}", "")
        if quote.strip() and not document:
            raise PinciteError("The words have no document: name the one in which they stand.")
        if document:
            known = int(grade) if grade.isascii() and grade.isdigit() and len(grade) < 5 else 1
            found.append(Evidence(document, quote if quote.strip() else "", max(known, 1)))
    raise AssertionError("unreachable")


def as_shown(question: GoldQuestion, at: int, links_of: Mapping[Evidence, str]) -> shown_gold.Question:
    """A question for the page; `links_of` leads to where its evidence stands."""
    from ui.gold import Evidence, Question

    evidence = tuple(
        Evidence(each.document, each.quote, each.grade, links_of.get(each, "")) for each in question.evidence
    )
    return Question(
        question.id, at, question.question, question.answers, evidence, question.tags, is_open=question.is_open
    )


def places(questions: Sequence[GoldQuestion], collection: Collection) -> dict[Evidence, str]:
    """The address of each evidence in its document, as far as it stands there."""
    try:
        with collection.assistant.library.reading() as reading:
            return _places(questions, reading, collection.name)
    except PinciteError:  # nothing is indexed
        return {}


def _places(questions: Sequence[GoldQuestion], reading: Reading, collection: str) -> dict[Evidence, str]:
    from qa.gold.anchors import Anchors

    anchors = Anchors(reading)
    found = {}
    for entry in (entry for question in questions for entry in question.evidence):
        place = next(iter(anchors.locate(entry).places), None)
        document = reading.document(place.document_id) if place else None
        if place is not None and place.whole and document is not None:
            found[entry] = links.address(document.id, collection=collection)
        elif place is not None and document is not None:
            found[entry] = links.document_link(document.cite(place.start, place.end), collection)
    return found
