"""Writing SQuAD 2.0: texts cut into paragraphs, and in each the questions whose evidence it holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import PinciteError
from qa.gold.formats.files import unwritable, write_text
from qa.gold.questions import Gold, GoldQuestion, Text
from qa.passages import Span

_BREAK = "\n\n"


@dataclass(frozen=True, slots=True)
class _Placed:
    """A question in its text: its answers as offsets, and the part of the text that its quotes take up."""

    question: GoldQuestion
    text: str
    hull: Span
    answers: tuple[Span, ...]


def write(gold: Gold, path: Path) -> None:
    """Write a gold set that brings its texts; an unanswerable question goes where the one before it is.

    SQuAD knows no tags and no grades. Raises PinciteError for a question whose answers do not stand in its quotes.
    """
    if not gold.texts:
        raise PinciteError(
            f"The gold file {path} cannot be written as SQuAD: these questions bring no texts to stand in."
        )
    placed = _all_placed(gold)
    data = [_article(text, [entry for entry in placed if entry.text == text.name]) for text in gold.texts]
    write_text(path, json.dumps({"version": "v2.0", "data": data}, ensure_ascii=False, indent=1) + "\n")


def _all_placed(gold: Gold) -> list[_Placed]:
    texts = {text.name: text.text for text in gold.texts}
    placed: list[_Placed] = []
    name, at = gold.texts[0].name, 0
    for question in gold:
        if question.answerable:
            placed.append(_placed(question, texts))
            name, at = placed[-1].text, placed[-1].hull[0]
        else:
            placed.append(_Placed(question, name, (at, at), ()))
    return placed


def _placed(question: GoldQuestion, texts: dict[str, str]) -> _Placed:
    names = {evidence.document for evidence in question.evidence}
    if not question.answers or question.whole_documents or len(names) != 1:
        raise unwritable(question.id, "SQuAD", "it needs answers, and quotes from one text.")
    name = names.pop()
    text = texts.get(name, "")
    quotes = []
    for evidence in question.evidence:
        at = text.find(evidence.quote)
        if at < 0:
            raise unwritable(question.id, "SQuAD", f"a quote does not stand in the text {name}.")
        quotes.append((at, at + len(evidence.quote)))
    answers = [(answer, quote) for answer in question.answers for quote in quotes if answer in text[slice(*quote)]]
    if {answer for answer, _ in answers} != set(question.answers) or {quote for _, quote in answers} != set(quotes):
        raise unwritable(question.id, "SQuAD", "each answer has to stand in a quote, and each quote has to hold one.")
    starts = [(text.index(answer, quote[0]), len(answer)) for answer, quote in answers]
    hull = min(start for start, _ in quotes), max(end for _, end in quotes)
    return _Placed(question, name, hull, tuple((start, start + length) for start, length in starts))


def _article(text: Text, placed: list[_Placed]) -> dict[str, Any]:
    paragraphs = []
    for start, end in _contexts(text.text, [entry.hull for entry in placed]):
        here = [entry for entry in placed if start <= entry.hull[0] < end]
        qas = [_record(entry, text.text, start) for entry in here]
        paragraphs.append({"context": text.text[start:end], "qas": qas})
    return {"title": text.name, "paragraphs": paragraphs}


def _contexts(text: str, hulls: list[Span]) -> Iterator[Span]:
    """Cut a text at blank lines, but not inside a hull, nor so that a piece would be white space."""
    start = 0
    at = text.find(_BREAK)
    while at >= 0:
        following = at + len(_BREAK)
        whole = not any(first < following and at < last for first, last in hulls)
        if whole and text[start:at].strip() and text[following:].strip():
            yield start, at
            start = following
        at = text.find(_BREAK, following)
    yield start, len(text)


def _record(entry: _Placed, text: str, start: int) -> dict[str, Any]:
    return {
        "id": entry.question.id,
        "question": entry.question.question,
        "is_impossible": not entry.answers,
        "answers": [{"text": text[first:last], "answer_start": first - start} for first, last in entry.answers],
    }
