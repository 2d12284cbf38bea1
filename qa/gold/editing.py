"""One gold question put right, taken out, or put back, in a file of the house format; all others stay as they are."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qa.errors import PinciteError
from qa.gold import file as goldfile
from qa.gold.adding import anchored, check, free_id, line_of, refuse_twin
from qa.gold.questions import Evidence, GoldQuestion
from qa.record import Reading


@dataclass(frozen=True, slots=True)
class Removed:
    """A question that was taken out, and the line that it stood in, counted from 0."""

    question: GoldQuestion
    line: int


def fingerprint(question: GoldQuestion) -> str:
    """What tells a question as somebody saw it from what it is after a change."""
    return hashlib.sha256(line_of(question)).hexdigest()


def replace_question(
    path: str | os.PathLike[str],
    question_id: str,
    question: GoldQuestion,
    reading: Reading | None,
    *,
    seen: str | None = None,
) -> GoldQuestion:
    """Put `question` in the place of the one with that id, which it keeps, and return it as it is kept.

    What is new of its evidence is looked for in its document, as `add_question` does; what it had before is kept
    unseen. `seen` is the fingerprint of what was to be changed. Raises PinciteError, with nothing changed, where there
    is no such question or it is another one than was seen, a quote does not stand in its document, the same is asked
    already, or the file cannot be written.
    """
    question = replace(question, id=question_id)
    check(question)
    with goldfile.changing(Path(path)) as target:
        known = goldfile.questions(target)
        before = _one(known, question_id, path)
        if seen is not None and seen != fingerprint(before):
            raise PinciteError(
                f"The question {question_id} was changed meanwhile, in another window perhaps: nothing was saved. "
                "Cancel, and edit it as it is now."
            )
        question = replace(question, evidence=_kept(question.evidence, before.evidence, reading))
        refuse_twin(question, [other for other in known if other.id != question_id], path)
        goldfile.replace_line(target, question_id, line_of(question))
    return question


def remove_question(path: str | os.PathLike[str], question_id: str) -> Removed:
    """Take a question out of a gold file. Raises PinciteError where there is none, or the file cannot be written."""
    with goldfile.changing(Path(path)) as target:
        question = _one(goldfile.questions(target), question_id, path)
        return Removed(question, goldfile.replace_line(target, question_id, None))


def restore_question(path: str | os.PathLike[str], removed: Removed) -> GoldQuestion:
    """Put a question back where it stood and return it, with a free id where its own was given to another one.

    Raises PinciteError where the same is asked by now, or the file cannot be written.
    """
    question = removed.question
    check(question)
    with goldfile.changing(Path(path)) as target:
        known = goldfile.questions(target)
        refuse_twin(question, known, path)
        if any(other.id == question.id for other in known):
            question = replace(question, id=free_id("", known))
        goldfile.insert_line(target, removed.line, line_of(question))
    return question


def _one(known: Sequence[GoldQuestion], question_id: str, path: str | os.PathLike[str]) -> GoldQuestion:
    found = next((question for question in known if question.id == question_id), None)
    if found is None:
        raise PinciteError(f"There is no question {question_id} in {os.fspath(path)} any more: look at the list again.")
    return found


def _kept(evidence: Sequence[Evidence], before: Sequence[Evidence], reading: Reading | None) -> tuple[Evidence, ...]:
    """The evidence in its order, what is new of it with its document's own words."""
    kept = [(entry,) if entry in before else anchored([entry], reading) for entry in evidence]
    return tuple(dict.fromkeys(entry for entries in kept for entry in entries))
