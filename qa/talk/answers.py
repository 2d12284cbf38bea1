"""From the JSON object of an answer back to the answer, so that it can be shown again.

What is read may be anything: every value is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

from qa.proofs.saved import Fields, citation_of, document_of, place_of
from qa.types import Answer, Citation, DocumentRef, Hit, Passage, StageScores, Verdict

Documents = dict[DocumentRef, DocumentRef]
"""Each document once: an answer names the same ones many times."""


def answer_of(values: Mapping[str, Any]) -> Answer:
    """The answer that `exports.json` made these values of, but for what they leave out.

    Passages have no headings, and the citations of passages nothing around them; scores have four digits. Raises
    ValueError where it is no answer.
    """
    if not isinstance(values, Mapping):
        raise ValueError("it is no object.")
    fields = Fields(values, "the answer")
    documents: Documents = {}
    answered = fields.flag("answered")
    citations = tuple(_cited(each, documents) for each in fields.objects("citations"))
    if len({citation.number for citation in citations}) < len(citations):
        raise ValueError("two citations have the same number.")
    return Answer(
        question=fields.text("question"),
        asked=fields.text("asked", ""),
        answered=answered,
        text=fields.text("text"),
        short=fields.text("short"),
        confidence=_probability(fields),
        citations=citations,
        hits=tuple(_hit(each, documents) for each in fields.objects("hits")),
        missing=fields.texts("missing"),
    )


def _probability(fields: Fields) -> float:
    confidence = fields.real("confidence")
    if not 0 <= confidence <= 1:
        raise ValueError('"confidence" of the answer is no number from 0 to 1.')
    return confidence


def _cited(fields: Fields, documents: Documents) -> Citation:
    verdict = fields.values.get("verdict")
    known: Verdict | None = next((each for each in get_args(Verdict) if each == verdict), None)
    if known is None and verdict is not None:
        raise ValueError(f'"verdict" of {fields.name} is none that is known.')
    changed = None if fields.values.get("file_changed") is None else fields.flag("file_changed")
    return replace(citation_of(fields, documents), verdict=known, file_changed=changed)


def _hit(fields: Fields, documents: Documents) -> Hit:
    text = fields.text("text")
    place = _placed(fields, documents, text)
    return Hit(
        rank=fields.number("rank"),
        score=fields.real("score"),
        scores=_scores(fields),
        passage=Passage(place.document.id, place.start, place.end, text, place.page),
        citation=place,
        matched=fields.texts("matched"),
        duplicates=tuple(_placed(each, documents, "") for each in fields.objects("duplicates")),
    )


def _placed(fields: Fields, documents: Documents, text: str) -> Citation:
    """The citation of a whole passage, of which the words, if they are known, are kept elsewhere."""
    document = document_of(fields)
    return Citation(
        number=1,
        document=documents.setdefault(document, document),
        start=fields.number("start"),
        end=fields.number("end"),
        quote=text,
        prefix="",
        suffix="",
        page=fields.optional_number("page"),
        line=fields.number("line", 0),
        place=place_of(fields),
    )


def _scores(fields: Fields) -> StageScores:
    scores, ranks = fields.inner("scores"), fields.inner("ranks")
    if scores is None:
        raise ValueError(f'"scores" of {fields.name} is no object.')
    return StageScores(
        dense=scores.real("dense"),
        lexical=scores.real("lexical"),
        reader=None if scores.values.get("reader") is None else scores.real("reader"),
        dense_rank=ranks.optional_number("dense") if ranks else None,
        lexical_rank=ranks.optional_number("lexical") if ranks else None,
    )
