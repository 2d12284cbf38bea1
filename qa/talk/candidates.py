"""Feedback as the gold question that it would make: looked at by a person before it becomes one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from qa.errors import PinciteError
from qa.question import as_text
from qa.talk.answers import answer_of
from qa.talk.database import time_of
from qa.talk.turns import parsed

if TYPE_CHECKING:
    from qa.gold import Evidence, GoldQuestion


@dataclass(frozen=True, slots=True)
class Candidate:
    """A gold question as the feedback of this `id` makes it, with the turn that it is about.

    With neither answers nor evidence it says that the sources do not answer. Where `needs_correction`, nothing is known
    but that the answer was wrong, or it can no longer be read: somebody has to say what is right.
    """

    id: int
    kind: str
    conversation: str
    turn: int
    question: str
    answers: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    tags: tuple[str, ...]
    note: str
    at: datetime
    needs_correction: bool


def candidate_of(
    number: int,
    conversation: str,
    turn: int,
    kind: str,
    document: str,
    quote: str,
    short: str,
    note: str,
    at: int,
    asked: str,
    line: str | None,
) -> Candidate:
    """What a row of feedback, joined with that of its turn, makes."""
    from qa.gold.questions import OPEN, Evidence

    values = parsed(line)
    answers: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    needs_correction = kind == "wrong"
    if kind == "corrected":
        answers, evidence = (short,) if short else (), (Evidence(document, quote),)
    elif kind == "right":
        answer = answer_of(values) if values else None
        needs_correction = answer is None or (answer.answered and not answer.citations)
        if answer:
            answers = (answer.short,) if answer.short else ()
            cited = [Evidence(citation.document.source, citation.quote) for citation in answer.citations]
            evidence = tuple(dict.fromkeys(cited))
    return Candidate(
        id=number,
        kind=kind,
        conversation=conversation,
        turn=turn,
        question=_alone(values, asked),
        answers=answers,
        evidence=evidence,
        tags=(OPEN,) if kind == "open" else (),
        note=note,
        at=time_of(at),
        needs_correction=needs_correction,
    )


def question_of(
    candidate: Candidate,
    *,
    question: str | None = None,
    answers: Sequence[str] | None = None,
    evidence: Sequence[Evidence] | None = None,
    tags: Sequence[str] | None = None,
) -> GoldQuestion:
    """The gold question of a candidate, with what a person put in the place of its values.

    Raises PinciteError where it needs a correction and got none.
    """
    from qa.gold.questions import OPEN, GoldQuestion

    if candidate.needs_correction and not answers and not evidence:
        raise PinciteError(
            "What would be right is not known: give the answer and the words of the document that it rests on, or "
            "dismiss this feedback."
        )
    given = GoldQuestion(
        id="",
        question=candidate.question if question is None else question.strip(),
        answers=candidate.answers if answers is None else tuple(answers),
        evidence=candidate.evidence if evidence is None else tuple(evidence),
    )
    known = [tag for tag in candidate.tags if tag != OPEN or not given.answerable]
    return GoldQuestion(given.id, given.question, given.answers, given.evidence, tuple(known if tags is None else tags))


def _alone(values: Mapping[str, Any] | None, asked: str) -> str:
    """The question as it can be understood alone: what a follow-up was searched as, else what was typed."""
    searched = values.get("searched") if values else None
    return as_text(searched if isinstance(searched, str) and searched.strip() else asked).strip()
