"""The training data as it lies in its folder, cut to passages as long as the product's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.collections import rows
from qa.passages import split
from qa.types import Document


@dataclass(frozen=True, slots=True)
class Span:
    """An answer: half-open code-point offsets into the passage."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage to read: where its answer stands, whether it answers at all, and whether the place is known."""

    text: str
    answer: Span | None = None
    answers: bool = False

    @property
    def teaches_spans(self) -> bool:
        """Whether the span head learns from it: its answer's place is known, or it is known to have none."""
        return self.answer is not None or not self.answers


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its context, as the data has it."""

    id: str
    source: str
    text: str
    context: str
    answers: tuple[tuple[str, int], ...]

    @property
    def answerable(self) -> bool:
        return bool(self.answers)


def squad1(folder: Path) -> list[Question]:
    texts = {row["id"]: row["text"] for row in rows(folder / "squad1_passages.jsonl")}
    return [
        Question(row["id"], "squad1", row["question"], texts[row["passage"]], _answers(row))
        for row in rows(folder / "squad1.jsonl")
    ]


def others(folder: Path) -> dict[str, list[Question]]:
    """The questions of `reader.jsonl` by their source."""
    found: dict[str, list[Question]] = {}
    for row in rows(folder / "reader.jsonl"):
        question = Question(row["id"], row["source"], row["question"], row["context"], _answers(row))
        found.setdefault(row["source"], []).append(question)
    return found


def _answers(row: dict[str, Any]) -> tuple[tuple[str, int], ...]:
    return tuple((answer["text"], answer["start"]) for answer in row["answers"])


def cut(text: str) -> list[tuple[int, int]]:
    """Where the product's passages of a text stand."""
    return [(passage.start, passage.end) for passage in split(Document("", "", ("",), "", text))]


def pieces(question: Question) -> list[Piece]:
    """The passages of a question's context, the one with the answer first; none where the answer is cut in two."""
    places = cut(question.context)
    if not question.answerable:
        return [Piece(question.context[start:end]) for start, end in places]
    texts = [text for text, _ in question.answers]
    # Of several acceptable answers the one that most people gave, else the first.
    text, at = max(question.answers, key=lambda answer: texts.count(answer[0]))
    holding = [place for place in places if place[0] <= at and at + len(text) <= place[1]]
    if not holding:
        return []
    start, end = holding[0]
    found = Piece(question.context[start:end], Span(at - start, at - start + len(text)), answers=True)
    siblings = [question.context[slice(*place)] for place in places if place != (start, end)]
    return [found, *(Piece(sibling) for sibling in siblings if not any(each in sibling for each in texts))]
