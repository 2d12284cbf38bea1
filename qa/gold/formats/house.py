"""The house format: JSON lines (or one list), anchored to quotes in documents and never to passages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from qa.gold.formats.fields import Field, Identifiers
from qa.gold.formats.files import no_questions, write_text
from qa.gold.formats.lines import read_records
from qa.gold.formats.texts import canonical
from qa.gold.questions import Evidence, Gold, GoldQuestion

_FIELDS = ("id", "question", "answers", "evidence", "tags")
_EVIDENCE_FIELDS = ("document", "quote", "grade")


def read(path: Path) -> Gold:
    """Raises PinciteError that names line and field of what is wrong."""
    identifiers = Identifiers()
    questions = read_records(path, lambda record: _question(record, identifiers))
    if not questions:
        raise no_questions(path)
    return Gold(tuple(questions))


def write(gold: Gold, path: Path) -> None:
    """Write the questions; texts that a gold set brings are documents, and are not part of this format."""
    lines = [json.dumps(_record(question), ensure_ascii=False) for question in gold]
    write_text(path, "".join(f"{line}\n" for line in lines))


def _question(record: Field, identifiers: Identifiers) -> GoldQuestion:
    _only(record, _FIELDS)
    identifier = record.member("id")
    evidence = [_evidence(item) for item in record.optional_items("evidence")]
    if len({bool(entry.quote) for entry in evidence}) > 1:
        raise record.member("evidence").fault("either every evidence of a question needs a quote, or none.")
    return GoldQuestion(
        id=identifiers.take(identifier.text(), identifier),
        question=record.member("question").text(),
        answers=tuple(item.text() for item in record.optional_items("answers")),
        evidence=tuple(evidence),
        tags=tuple(item.text() for item in record.optional_items("tags")),
    )


def _evidence(item: Field) -> Evidence:
    _only(item, _EVIDENCE_FIELDS)
    return Evidence(
        document=item.member("document").text(),
        quote=canonical(item.member("quote").text()) if item.has("quote") else "",
        grade=item.member("grade").whole(least=1) if item.has("grade") else 1,
    )


def _only(record: Field, known: tuple[str, ...]) -> None:
    for key in record.members():
        if key not in known:
            raise Field(None, (*record.steps, key)).fault(f"there is no such field, only {', '.join(known)}.")


def _record(question: GoldQuestion) -> dict[str, Any]:
    record: dict[str, Any] = {"id": question.id, "question": question.question}
    if question.answers:
        record["answers"] = question.answers
    if question.evidence:
        record["evidence"] = [_evidence_record(evidence) for evidence in question.evidence]
    if question.tags:
        record["tags"] = question.tags
    return record


def _evidence_record(evidence: Evidence) -> dict[str, Any]:
    record: dict[str, Any] = {"document": evidence.document}
    if evidence.quote:
        record["quote"] = evidence.quote
    if evidence.grade != 1:
        record["grade"] = evidence.grade
    return record
