"""What is wrong with a gold set, and what is worth a look: its quotes against the documents, its answers and twins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from qa.gold.folding import fold
from qa.gold.questions import Evidence, GoldQuestion
from qa.gold.reanchor import Seeker, Whereabouts
from qa.gold.shelves import Shelf

_YES_OR_NO = ("yes", "no", "true", "false")
"""Answers that no document spells out."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A question with the whereabouts of each of its evidence (none where there is nothing to look in) and remarks."""

    question: GoldQuestion
    whereabouts: tuple[Whereabouts, ...]
    remarks: tuple[str, ...]

    @property
    def problems(self) -> list[Whereabouts]:
        return [entry for entry in self.whereabouts if entry.is_problem]

    @property
    def repairs(self) -> dict[tuple[str, Evidence], Evidence]:
        """What can be put right without a look at it, by question and the evidence as it is."""
        return {(self.question.id, entry.evidence): entry.repair for entry in self.problems if entry.repair}


def check(questions: Sequence[GoldQuestion], shelf: Shelf | None) -> list[Checked]:
    """Look at each question; without a shelf, only at what can be seen without the documents."""
    seeker = Seeker(shelf) if shelf else None
    first: dict[str, str] = {}
    checked = []
    for question in questions:
        found = tuple(seeker.find(evidence) for evidence in question.evidence) if seeker else ()
        repeated = [entry.sentence for entry in found if entry.status == "repeated"]
        checked.append(Checked(question, found, (*repeated, *_twin(question, first), *unquoted(question))))
    return checked


def same_question(question: str) -> str:
    """What two questions have in common that are the same but for case, white space and typography."""
    return fold(question).text.rstrip("?. ")


def unquoted(question: GoldQuestion) -> Iterator[str]:
    """A remark where no acceptable answer has its words in a row in one of the quotes.

    Where one has, the others are other ways to say it.
    """
    quotes = [evidence.quote for evidence in question.evidence if evidence.quote]
    answers = question.answers
    if not quotes or not answers or any(answer.casefold().strip(". ") in _YES_OR_NO for answer in answers):
        return
    folded = [fold(quote) for quote in quotes]
    if not any(any(quote.places(fold(answer).text.strip())) for quote in folded for answer in answers):
        yield f"The answer “{answers[0]}” stands in none of its quotes{_others(len(answers) - 1)}."


def _others(number: int) -> str:
    if not number:
        return ""
    return ", and neither does the other one" if number == 1 else f", and neither do the {number:,} other ones"


def summary(questions: Sequence[GoldQuestion]) -> dict[str, Any]:
    """Counts of questions, quotes and the documents that evidence names."""
    evidence = [entry for question in questions for entry in question.evidence]
    answerable = sum(question.answerable for question in questions)
    return {
        "questions": len(questions),
        "answerable": answerable,
        "unanswerable": len(questions) - answerable,
        "quotes": sum(bool(entry.quote) for entry in evidence),
        "documents": len({entry.document for entry in evidence}),
    }


def _twin(question: GoldQuestion, first: dict[str, str]) -> Iterator[str]:
    asked = same_question(question.question)
    if asked and asked in first:
        yield f"The same is asked by {first[asked]}."
    first.setdefault(asked, question.id)
