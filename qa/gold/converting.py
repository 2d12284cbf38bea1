"""From one gold format to another: what the new one has no place for is taken out before, and told after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from qa.errors import PinciteError
from qa.gold.formats import read_gold, write_gold
from qa.gold.questions import Evidence, Gold, GoldQuestion
from qa.gold.texts import write_texts

_WHOLE = ("csv", "trec", "beir")
"""Formats that name documents and quote nothing."""

_JUDGED = ("trec", "beir")
"""Formats that only know questions with relevant documents."""

_PARTS: dict[str, Callable[[GoldQuestion], Any]] = {
    "text": lambda question: question.question,
    "answers": lambda question: question.answers,
    "quotes": lambda question: [evidence.quote for evidence in question.evidence],
    "documents": lambda question: sorted({evidence.document for evidence in question.evidence}),
    "grades": lambda question: [evidence.grade for evidence in question.evidence if evidence.grade != 1],
    "tags": lambda question: question.tags,
}


def convert(gold: Gold, target: Path, form: str) -> tuple[str, ...]:
    """Write a gold set in a format and return, a sentence each, what is not in it any more.

    Of texts, only those are told that are changed: see `keeps_texts`. Raises PinciteError where the format cannot say a
    question at all, or the file cannot be written.
    """
    write_gold(_reduced(gold, form), target, form)
    return _lost(gold, read_gold(target, form), form)


def keeps_texts(form: str) -> bool:
    return form in ("squad", "beir", "ragas")


def with_texts_in(gold: Gold, folder: Path) -> Gold:
    """Write the texts that a gold set brings to a folder, and name them by their files.

    Raises PinciteError where it brings none, or the folder cannot be written.
    """
    if not gold.texts:
        raise PinciteError("This gold set brings no texts: leave --texts out.")
    try:
        names = write_texts(gold, folder)
    except OSError as error:
        raise PinciteError(f"The texts cannot be written to {folder}: {error.strerror}.") from error
    questions = (
        replace(question, evidence=tuple(_renamed(entry, names) for entry in question.evidence)) for question in gold
    )
    texts = (replace(text, name=names[text.name]) for text in gold.texts if text.name in names)
    return Gold(tuple(questions), tuple(texts))


def _renamed(evidence: Evidence, names: dict[str, str]) -> Evidence:
    return replace(evidence, document=names.get(evidence.document, evidence.document))


def _reduced(gold: Gold, form: str) -> Gold:
    """The gold set without what the writer of a format would refuse."""
    questions = gold.questions
    if form in _WHOLE:
        questions = tuple(replace(question, evidence=_whole(question, form)) for question in questions)
    if form in _JUDGED:
        questions = tuple(question for question in questions if question.evidence)
    return replace(gold, questions=questions)


def _whole(question: GoldQuestion, form: str) -> tuple[Evidence, ...]:
    """The documents of a question, each once with its highest grade, or none where a format has no grades."""
    grades: dict[str, int] = {}
    for entry in question.evidence:
        grades[entry.document] = max(entry.grade if form in _JUDGED else 1, grades.get(entry.document, 1))
    return tuple(Evidence(document, grade=grade) for document, grade in grades.items())


def _lost(before: Gold, after: Gold, form: str) -> tuple[str, ...]:
    kept = {question.id: question for question in after}
    sentences = []
    if gone := sum(question.id not in kept for question in before):
        sentences.append(f"{form} has no place for {_questions(gone)} of {len(before):,}, which are left out.")
    for part, of in _PARTS.items():
        pairs = [(of(question), of(kept[question.id])) for question in before if question.id in kept]
        if changed := sum(was != is_ for was, is_ in pairs):
            dropped = all(not is_ or not any(is_) for was, is_ in pairs if was != is_)
            done = "has no place for" if dropped else "does not keep"
            sentences.append(f"{form} {done} the {part} of {_questions(changed)}{'' if dropped else ' as they were'}.")
    missing = {text.text for text in before.texts} - {text.text for text in after.texts}
    if missing and keeps_texts(form):
        sentences.append(f"{form} does not keep {len(missing):,} of {len(before.texts):,} texts as they were.")
    return tuple(sentences)


def _questions(number: int) -> str:
    return f"{number:,} question{'' if number == 1 else 's'}"
