"""LegalBench-RAG: queries with the snippets of files that answer them."""

from __future__ import annotations

from pathlib import Path

from qa.gold.formats.documents import read_document
from qa.gold.formats.fields import Field
from qa.gold.formats.files import no_questions
from qa.gold.formats.texts import canonical, distinct
from qa.gold.questions import Evidence, Gold, GoldQuestion


def read(path: Path) -> Gold:
    """Snippets as quotes, without answers: passages and citations can be judged.

    Raises PinciteError that names line and field of what is wrong.
    """
    gold = read_document(path, _gold)
    if not gold.questions:
        raise no_questions(path)
    return gold


def _gold(document: Field) -> Gold:
    tests = document.member("tests").items()
    return Gold(tuple(_question(test, str(number)) for number, test in enumerate(tests, start=1)))


def _question(test: Field, identifier: str) -> GoldQuestion:
    snippets = test.member("snippets").items()
    if not snippets:
        raise test.member("snippets").fault("a snippet is needed.")
    return GoldQuestion(
        id=identifier,
        question=test.member("query").text(),
        evidence=distinct([_evidence(snippet) for snippet in snippets]),
    )


def _evidence(snippet: Field) -> Evidence:
    document = snippet.member("file_path").text()
    answer = snippet.member("answer").text()
    span = snippet.member("span")
    bounds = [bound.whole(least=0) for bound in span.items()]
    if len(bounds) != 2 or bounds[1] - bounds[0] != len(answer):
        raise span.fault(f"the start and the end of the answer of {len(answer)} characters are needed.")
    return Evidence(document, canonical(answer))
