"""TREC: qrels, which judge documents, and runs, which list what was found."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path

from qa.errors import PinciteError
from qa.gold.formats.fields import Fault, Field, shown
from qa.gold.formats.files import no_questions, text_of, unwritable, write_text
from qa.gold.formats.lines import gathered, numbered
from qa.gold.formats.qrels import Qrels, grade
from qa.gold.questions import Gold, GoldQuestion

QRELS_COLUMNS = ("qid", "iter", "docid", "rel")
RUN_COLUMNS = ("qid", "Q0", "docid", "rank", "score", "tag")

_DIVIDER = re.compile(r"[ \t]+")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


def read(path: Path) -> Gold:
    """Questions by their ids alone, with the relevant documents; those without any are left out.

    Raises PinciteError that names line and field of what is wrong.
    """
    qrels = Qrels()

    def judgement(number: int, line: str) -> None:
        query, _, document, relevance = _columns(number, line, QRELS_COLUMNS)
        qrels.add(query, document, grade(relevance))

    gathered(path, numbered(text_of(path)), judgement)
    questions = tuple(GoldQuestion(query, "", evidence=evidence) for query, evidence in qrels.relevant())
    if not questions:
        raise no_questions(path)
    return Gold(questions)


def write(gold: Gold, path: Path) -> None:
    """Write the judgements of a gold set of whole documents; qrels know neither questions nor answers.

    Raises PinciteError for a question without such evidence, and for names with white space.
    """
    write_text(path, "".join(line for question in gold for line in _lines(question)))


def read_run(path: Path) -> dict[str, dict[str, float]]:
    """The score of each document that a run found, by query; its ranks are not used, as trec_eval does not either.

    Raises PinciteError that names line and field of what is wrong.
    """
    run: dict[str, dict[str, float]] = {}

    def found(number: int, line: str) -> None:
        query, _, document, rank, score, _ = _columns(number, line, RUN_COLUMNS)
        grade(rank)
        documents = run.setdefault(query.text(), {})
        if document.text() in documents:
            raise document.fault(f"{shown(document.text())} was found for {shown(query.text())} in an earlier line.")
        documents[document.text()] = _number(score)

    gathered(path, numbered(text_of(path)), found)
    if not run:
        raise PinciteError(f"The run {path} holds no results.")
    return run


def columns(line: str) -> list[str]:
    return _DIVIDER.split(line.strip(" \t\r"))


def _columns(number: int, line: str, names: tuple[str, ...]) -> list[Field]:
    cells = columns(line)
    if len(cells) != len(names):
        raise Fault(f"{len(names)} columns are needed ({' '.join(names)}), not {len(cells)}.")
    return [Field(cell, (name,), number) for cell, name in zip(cells, names, strict=True)]


def _number(field: Field) -> float:
    if not _NUMBER.fullmatch(field.string()) or not math.isfinite(float(field.string())):
        raise field.fault(f"a number is needed, and not {shown(field.string())}.")
    return float(field.string())


def _lines(question: GoldQuestion) -> Iterator[str]:
    if not question.evidence or any(evidence.quote for evidence in question.evidence):
        raise unwritable(question.id, "TREC qrels", "it needs evidence of whole documents, without quotes.")
    for evidence in question.evidence:
        for name in (question.id, evidence.document):
            if not name or any(character.isspace() for character in name):
                raise unwritable(
                    question.id, "TREC qrels", f"{shown(name)} has white space in it, which divides columns."
                )
        yield f"{question.id} 0 {evidence.document} {evidence.grade}\n"
