"""Gold questions in the house format: JSON lines, anchored to quotes in documents and never to passages."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import PinciteError


@dataclass(frozen=True, slots=True)
class Evidence:
    """Verbatim words of a document that answer a question; the document is named by id, path, shown source or title."""

    document: str
    quote: str


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question with its acceptable short answers; where there are none, abstaining is right."""

    id: str
    question: str
    answers: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def answerable(self) -> bool:
        return bool(self.answers)


_FIELDS = ("id", "question", "answers", "evidence", "tags")


def read_gold(path: str | os.PathLike[str]) -> list[GoldQuestion]:
    """Read a gold file. Raises PinciteError that names line and field of the first thing that is wrong."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise PinciteError(f"The gold file {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise PinciteError(f"The gold file {path} is not UTF-8: byte {error.start} cannot be decoded.") from error
    questions: list[GoldQuestion] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            question = _question(_Line(f"{path}, line {number}", line))
            if question.id in seen:
                raise PinciteError(
                    f"{path}, line {number}: the id {question.id} stands in line {seen[question.id]} too."
                )
            seen[question.id] = number
            questions.append(question)
    if not questions:
        raise PinciteError(f"The gold file {path} holds no questions.")
    return questions


class _Line:
    """One line of a gold file, and errors that name it."""

    def __init__(self, place: str, text: str) -> None:
        self.place = place
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise PinciteError(f"{place}: not valid JSON ({error}).") from error
        if not isinstance(value, dict):
            raise PinciteError(f"{place}: a question must be a JSON object.")
        self.value: dict[str, Any] = value
        if unknown := sorted(value.keys() - set(_FIELDS)):
            raise PinciteError(f'{place}, field "{unknown[0]}": there is no such field, only {", ".join(_FIELDS)}.')

    def text(self, value: Any, field: str) -> str:
        if not isinstance(value, str) or not value.strip():
            raise PinciteError(f'{self.place}, field "{field}": a text that is not empty is needed.')
        return value

    def list(self, field: str) -> list[Any]:
        value = self.value.get(field, [])
        if not isinstance(value, list):
            raise PinciteError(f'{self.place}, field "{field}": a list is needed.')
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        return tuple(self.text(value, f"{field}[{at}]") for at, value in enumerate(self.list(field)))


def _question(line: _Line) -> GoldQuestion:
    evidence = []
    for at, item in enumerate(line.list("evidence")):
        if not isinstance(item, dict):
            raise PinciteError(
                f'{line.place}, field "evidence[{at}]": an object with "document" and "quote" is needed.'
            )
        document = line.text(item.get("document"), f"evidence[{at}].document")
        evidence.append(Evidence(document, line.text(item.get("quote"), f"evidence[{at}].quote")))
    return GoldQuestion(
        id=line.text(line.value.get("id"), "id"),
        question=line.text(line.value.get("question"), "question"),
        answers=line.texts("answers"),
        evidence=tuple(evidence),
        tags=line.texts("tags"),
    )
