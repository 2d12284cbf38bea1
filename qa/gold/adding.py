"""One more gold question, looked at as strictly as a file that is read, with quotes that stand in their documents."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

from qa.errors import PinciteError
from qa.gold import file as goldfile
from qa.gold.checking import same_question
from qa.gold.formats import house
from qa.gold.formats.fields import Fault, Field, name
from qa.gold.formats.texts import canonical
from qa.gold.questions import Evidence, Gold, GoldQuestion
from qa.gold.reanchor import Seeker
from qa.gold.shelves import StoreShelf
from qa.record import Reading


def add_question(path: str | os.PathLike[str], question: GoldQuestion, reading: Reading | None) -> GoldQuestion:
    """Append a question to a gold file of the house format, made where there is none, and return it as it is kept.

    An empty id becomes q1, q2 and so on, whichever is free. A quote that differs from its document in white space,
    typography or case alone is kept as the document has it. `reading` is the store to look in; without evidence none is
    needed. Raises PinciteError, with nothing changed, where a quote does not stand in its document, the id is taken,
    the same is asked already, or the file cannot be written.
    """
    check(question)
    question = replace(question, evidence=anchored(question.evidence, reading))
    with goldfile.changing(Path(path)) as target:
        known = goldfile.questions(target)
        question = replace(question, id=free_id(question.id, known))
        refuse_twin(question, known, path)
        goldfile.append(target, line_of(question))
    return question


def check(question: GoldQuestion) -> None:
    """Raise PinciteError for a question that could not be read again."""
    values: list[tuple[str, int | None, str]] = [("question", None, question.question)]
    values += [("id", None, question.id)] if question.id else []
    values += [("answers", at, answer) for at, answer in enumerate(question.answers)]
    values += [("document", at, entry.document) for at, entry in enumerate(question.evidence)]
    values += [("quote", at, entry.quote) for at, entry in enumerate(question.evidence) if entry.quote]
    values += [("tags", at, tag) for at, tag in enumerate(question.tags)]
    for key, at, value in values:
        try:
            Field(value, (key,) if at is None else (key, at)).text()
        except Fault as fault:
            raise PinciteError(
                f"The {name(fault.steps)} of the new question cannot be kept: {fault.problem}"
            ) from fault
    if len({bool(entry.quote) for entry in question.evidence}) > 1:
        raise PinciteError("Either every evidence of the new question needs a quote, or none.")


def anchored(evidence: Sequence[Evidence], reading: Reading | None) -> tuple[Evidence, ...]:
    """The evidence with its documents' own words. Raises PinciteError where a quote does not stand in its document."""
    if not evidence:
        return ()
    if reading is None:
        raise PinciteError("The new question has evidence: name the store in which its documents are.")
    seeker = Seeker(StoreShelf(reading))
    return tuple(dict.fromkeys(_verbatim(seeker, entry) for entry in evidence))


def _verbatim(seeker: Seeker, evidence: Evidence) -> Evidence:
    """The evidence with the document's own words. Raises PinciteError that shows what was found in their place."""
    evidence = replace(evidence, quote=canonical(evidence.quote))
    found = seeker.find(evidence)
    if not found.is_problem:
        return evidence
    if found.status == "respaced" and found.repair:
        return found.repair
    near = f" In {found.found.document} stands: “{found.found.quote}”" if found.found else ""
    given = f"The quote “{evidence.quote}” cannot be kept. " if evidence.quote else ""
    raise PinciteError(f"{given}{found.sentence}{near}")


def free_id(wanted: str, known: Sequence[GoldQuestion]) -> str:
    """The id that is wanted, or without one the next that is free. Raises PinciteError where it is taken."""
    taken = {question.id for question in known}
    if wanted in taken:
        raise PinciteError(f"There is a question with the id {wanted} already: choose another one, or leave it out.")
    return wanted or next(id_ for number in count(len(taken) + 1) if (id_ := f"q{number}") not in taken)


def refuse_twin(question: GoldQuestion, known: Sequence[GoldQuestion], path: str | os.PathLike[str]) -> None:
    """Raise PinciteError where one of those that are known asks the same."""
    asked = same_question(question.question)
    for other in known:
        if same_question(other.question) == asked:
            raise PinciteError(f"The question stands in {os.fspath(path)} already, under the id {other.id}.")


def line_of(question: GoldQuestion) -> bytes:
    """The line of a question as the house format writes it, after it was read back."""
    with tempfile.TemporaryDirectory(prefix="pincite-gold-") as folder:
        path = Path(folder) / "question.jsonl"
        house.write(Gold((question,)), path)
        if house.read(path).questions != (question,):
            raise PinciteError(f"The question {question.id} would not be read back as it is: simplify its texts.")
        return path.read_bytes()
