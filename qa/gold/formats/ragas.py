"""ragas: questions with a reference answer and reference contexts, under the names of 0.1 and of 0.2."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

from qa.gold.formats.fields import Field, Identifiers
from qa.gold.formats.files import no_questions, unwritable, write_text
from qa.gold.formats.lines import read_records
from qa.gold.formats.texts import canonical
from qa.gold.questions import Evidence, Gold, GoldQuestion, Text
from qa.passages import MAX_BYTES

_REFERENCES = ("reference", "ground_truth", "ground_truths")


def read(path: Path) -> Gold:
    """References as answers, reference contexts as texts that are quoted whole; what a system gave is not read.

    Contexts that are longer than a passage can be would never be found as a quote: then they are meant as whole
    documents. An empty reference without contexts is an unanswerable question. Raises PinciteError that names line and
    field of what is wrong.
    """
    identifiers = Identifiers()
    names: dict[str, str] = {}
    positions = count(1)

    def question(record: Field) -> GoldQuestion:
        position = str(next(positions))
        identifier = record.member("id") if record.has("id") else None
        given = record.member("reference_contexts")
        contexts = [] if given.value is None else [canonical(item.text()) for item in given.items()]
        return GoldQuestion(
            id=identifiers.take(identifier.identifier() if identifier else position, identifier or record),
            question=record.member("user_input", "question").text(),
            answers=_references(record, needed=not contexts),
            evidence=_evidence(contexts, names),
        )

    questions = read_records(path, question)
    if not questions:
        raise no_questions(path)
    return Gold(tuple(questions), tuple(Text(name, name, context) for context, name in names.items()))


def write(gold: Gold, path: Path) -> None:
    """Write a record a line where the file's name ends in .jsonl, else a list.

    ragas knows one reference: where there are more answers, all stand in `ground_truths` beside it. Documents lose
    their names, and the words around a quote. Raises PinciteError for a whole document whose text the gold set does
    not bring.
    """
    texts = {text.name: text.text for text in gold.texts}
    records = [_record(question, str(number), texts) for number, question in enumerate(gold, start=1)]
    if path.suffix.lower() == ".jsonl":
        write_text(path, "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records))
    else:
        write_text(path, json.dumps(records, ensure_ascii=False, indent=1) + "\n")


def _references(record: Field, *, needed: bool) -> tuple[str, ...]:
    # Tables that were written as JSON have null where there is nothing.
    present = [field for key in _REFERENCES if (field := record.member(key)).value is not None]
    if needed and not present:
        raise record.member(_REFERENCES[0]).fault("a reference answer is needed, or reference_contexts.")
    answers: list[str] = []
    for field in present:
        if isinstance(field.value, list):
            answers += field.texts()
        elif field.string().strip():
            answers.append(field.string())
    return tuple(dict.fromkeys(answers))


def _evidence(contexts: list[str], names: dict[str, str]) -> tuple[Evidence, ...]:
    whole = any(len(context.encode()) > MAX_BYTES for context in contexts)
    evidence = []
    for context in dict.fromkeys(contexts):
        name = names.setdefault(context, f"context-{len(names) + 1}")
        evidence.append(Evidence(name, "" if whole else context))
    return tuple(evidence)


def _record(question: GoldQuestion, position: str, texts: dict[str, str]) -> dict[str, Any]:
    contexts = []
    for evidence in question.evidence:
        if not evidence.quote and evidence.document not in texts:
            raise unwritable(question.id, "ragas", f"the gold set does not bring the text of {evidence.document}.")
        contexts.append(evidence.quote or texts[evidence.document])
    record: dict[str, Any] = {} if question.id == position else {"id": question.id}
    record |= {"user_input": question.question, "reference": question.answers[0] if question.answers else ""}
    if contexts:
        record["reference_contexts"] = contexts
    if len(question.answers) > 1:
        record["ground_truths"] = question.answers
    return record
