"""KILT: inputs with outputs, each with the Wikipedia pages that it comes from."""

from __future__ import annotations

from pathlib import Path

from qa.gold.formats.fields import Field, Identifiers
from qa.gold.formats.files import no_questions
from qa.gold.formats.lines import read_json_lines
from qa.gold.formats.texts import distinct
from qa.gold.questions import Evidence, Gold, GoldQuestion


def read(path: Path) -> Gold:
    """Answers, and as evidence whole documents by title. Raises PinciteError that names line and field."""
    identifiers = Identifiers()
    questions = read_json_lines(path, lambda record: _question(record, identifiers))
    if not questions:
        raise no_questions(path)
    return Gold(tuple(questions))


def _question(record: Field, identifiers: Identifiers) -> GoldQuestion:
    identifier = record.member("id")
    outputs = record.member("output").items()
    answers = [output.member("answer").text() for output in outputs if output.has("answer")]
    pages = [page for output in outputs for page in output.optional_items("provenance")]
    if not answers and not pages:
        raise record.member("output").fault("there is neither an answer nor a provenance in it.")
    return GoldQuestion(
        id=identifiers.take(identifier.identifier(), identifier),
        question=record.member("input").text(),
        answers=tuple(dict.fromkeys(answers)),
        evidence=distinct([Evidence(page.member("title", "wikipedia_id").identifier()) for page in pages]),
    )
