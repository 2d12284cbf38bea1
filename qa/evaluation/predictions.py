"""The answers or rankings of another program, from a file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from qa.errors import PinciteError
from qa.evaluation.asking import Ask, Outcome, from_value
from qa.gold.formats import read_run
from qa.gold.formats.documents import read_document
from qa.gold.formats.fields import Field, shown
from qa.gold.formats.files import text_of
from qa.gold.formats.trec import RUN_COLUMNS, columns
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
    if os.path.isdir(path):  # False also for what can be no name
        raise PinciteError(f"{path} is a folder: name a file, for example {path / 'predictions.json'} of a saved run.")
    text = text_of(path).lstrip()
    if text.startswith("{"):
        outcomes = read_document(path, _answers)
    elif len(columns(text.partition("\n")[0])) == len(RUN_COLUMNS):
        outcomes = {id_: Outcome(documents=documents) for id_, documents in read_run(path).items()}
    else:
        raise PinciteError(
            f'{path} holds no predictions: neither answers by id, as {{"q1": "an answer", "q2": ""}}, '
            f"nor a TREC run ({' '.join(RUN_COLUMNS)} a line)."
        )
    known = {question.id for question in gold}
    if not known & outcomes.keys():
        first = (shown(next(iter(ids), "")) for ids in (outcomes, (question.id for question in gold)))
        raise PinciteError(
            "{} answers none of these questions: its first id is {}, the gold's is {}.".format(path, *first)
        )
    _refuse_foreign_documents(path, outcomes, gold)
    return lambda question: outcomes.get(question.id, Outcome(error=_MISSING))


def _refuse_foreign_documents(path: Path, outcomes: Mapping[str, Outcome], gold: Sequence[GoldQuestion]) -> None:
    """A run that names none of the gold's documents calls them otherwise: zeros for everything would be no finding."""
    wanted = [evidence.document for question in gold for evidence in question.evidence]
    found = [name for outcome in outcomes.values() for name in outcome.documents or ()]
    if wanted and found and not set(wanted) & set(found):
        raise PinciteError(
            f"{path} names no document that the gold set names: its first is {shown(found[0])}, the gold's is "
            f"{shown(wanted[0])}. The run of pincite eval --save names passages; trec_eval judges it by its qrels.trec."
        )


def _answers(whole: Field) -> dict[str, Outcome]:
    return {id_: from_value(whole.member(id_)) for id_ in whole.members()}
