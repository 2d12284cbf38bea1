"""DPR and its kin: questions with answers, and passages of which some answer them.

Read are DPR's list, one record a line (DrQA and open NQ, with answers alone), and Pyserini's object by question id.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path

from qa.gold.formats.documents import read_document
from qa.gold.formats.fields import Field, Identifiers
from qa.gold.formats.files import no_questions, text_of
from qa.gold.formats.lines import in_lines, read_records
from qa.gold.formats.texts import Texts, distinct
from qa.gold.questions import Evidence, Gold, GoldQuestion


def read(path: Path) -> Gold:
    """Questions with the passages as texts; those marked as holding the answer are evidence as whole documents.

    Raises PinciteError that names line and field of what is wrong.
    """
    texts = Texts()
    identifiers = Identifiers()
    positions = count(1)

    def question(record: Field) -> GoldQuestion:
        position = str(next(positions))
        identifier = record.member("id", "qid") if record.has("id") or record.has("qid") else None
        taken = identifiers.take(identifier.identifier() if identifier else position, identifier or record)
        return _question(record, taken, texts)

    text = text_of(path)
    if text.lstrip().startswith("{") and not in_lines(path, text):
        questions = read_document(path, lambda document: _by_id(document, texts))
    else:
        questions = read_records(path, question)
    if not questions:
        raise no_questions(path)
    return Gold(tuple(questions), texts.all())


def _by_id(document: Field, texts: Texts) -> list[GoldQuestion]:
    records = [document.member(key) for key in document.members()]
    return [_question(record, Field(str(record.steps[-1]), record.steps).text(), texts) for record in records]


def _question(record: Field, identifier: str, texts: Texts) -> GoldQuestion:
    evidence = [Evidence(_passage(passage, texts)) for passage in record.optional_items("positive_ctxs")]
    for key in ("ctxs", "contexts"):
        for passage in record.optional_items(key):
            name = _passage(passage, texts)
            if passage.has("has_answer") and passage.member("has_answer").flag():
                evidence.append(Evidence(name))
    return GoldQuestion(
        id=identifier,
        question=record.member("question").text(),
        answers=tuple(dict.fromkeys(_answers(record.member("answers", "answer")))),
        evidence=distinct(evidence),
    )


def _answers(field: Field) -> tuple[str, ...]:
    return (field.text(),) if isinstance(field.value, str) else field.texts()


def _passage(passage: Field, texts: Texts) -> str:
    title = passage.member("title").string().strip() if passage.has("title") else ""
    identifier = passage.member("passage_id", "psg_id", "id", "docid")
    name = title if identifier.value is None and title else identifier.identifier()
    return texts.add(name, title or name, passage.member("text").text())
