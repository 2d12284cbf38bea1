"""The answers or rankings of another program, from a file."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path

from qa.errors import PinciteError
from qa.evaluation.asking import Ask, Outcome
from qa.gold.formats import read_run
from qa.gold.formats.documents import read_document
from qa.gold.formats.fields import Field, shown
from qa.gold.formats.files import text_of
from qa.gold.questions import GoldQuestion

_MISSING = "there is no prediction for this question"


def read_predictions(path: str | os.PathLike[str], gold: Sequence[GoldQuestion]) -> Ask:
    """What a file says to each gold question, by its id; a question that it does not name has no result.

    SQuAD's form is `{id: answer}`, "" for abstained. In the place of the answer there may be an object
    `{"answer": ..., "confidence": 0..1, "answered": true}`: with `answered` false, the answer is the best one found and
    not given. Anything else is read as a TREC run, which ranks documents by the names that the evidence has. Raises
    PinciteError that names the line or field that is wrong, and where no id is one of the gold's.
    """
    path = Path(path)
    if text_of(path).lstrip().startswith("{"):
        outcomes = read_document(path, _answers)
    else:
        outcomes = {id_: Outcome(documents=documents) for id_, documents in read_run(path).items()}
    known = {question.id for question in gold}
    if not known & outcomes.keys():
        first = (shown(next(iter(ids), "")) for ids in (outcomes, (question.id for question in gold)))
        raise PinciteError(
            "{} answers none of these questions: its first id is {}, the gold's is {}.".format(path, *first)
        )
    return lambda question: outcomes.get(question.id, Outcome(error=_MISSING))


def _answers(whole: Field) -> dict[str, Outcome]:
    return {id_: _answer(whole.member(id_)) for id_ in whole.members()}


def _answer(field: Field) -> Outcome:
    if isinstance(field.value, str):
        given = " ".join(field.string().split())
        return Outcome(answered=bool(given), short=given, best=given)
    if not isinstance(field.value, dict):
        raise field.fault('an answer in quotes is needed ("" abstains), or an object with "answer".')
    best = " ".join(field.member("answer").string().split())
    answered = field.member("answered").flag() if field.has("answered") else bool(best)
    confidence = _probability(field.member("confidence")) if field.has("confidence") else None
    if answered and not best:
        raise field.member("answer").fault("an answer that was given cannot be empty.")
    return Outcome(answered=answered, short=best if answered else "", best=best, confidence=confidence)


def _probability(field: Field) -> float:
    value = field.value
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or not 0 <= value <= 1:
        raise field.fault("a number from 0 to 1 is needed.")
    return float(value)
