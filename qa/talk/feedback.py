"""What people say of answers: kept with its turn, and looked at as a candidate for a gold question."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from qa.errors import PinciteError
from qa.question import as_text
from qa.talk import database
from qa.talk.candidates import Candidate, candidate_of, question_of
from qa.talk.conversations import need
from qa.talk.database import NAME, microseconds, now, within
from qa.talk.turns import as_kept

if TYPE_CHECKING:
    from qa.gold import Evidence, GoldQuestion
    from qa.record import Reading

Kind = Literal["right", "wrong", "corrected", "unanswerable", "open"]
"""The answer is right; it is wrong; these words are right instead; the sources do not say it; nobody knows yet."""

State = Literal["pending", "accepted", "dismissed"]
"""Not looked at yet; a gold question now; none."""


class CorrectionKeptError(PinciteError):
    """Another word on an answer would take the place of a correction that nobody has looked at yet."""


LONGEST_QUOTE = 10_000
LONGEST_ANSWER = 1_000
"""Characters of what a correction says."""

_PENDING = (
    "SELECT feedback.number, id, feedback.turn, kind, document, quote, feedback.answer, note, feedback.at, "
    "turn.question, turn.answer "
    "FROM feedback JOIN turn ON turn.conversation = feedback.conversation AND turn.number = feedback.turn "
    "JOIN conversation ON conversation.number = feedback.conversation WHERE state = 'pending'"
)


@dataclass(frozen=True, slots=True)
class Feedback:
    """One person's word on one answer.

    `document`, `quote` and `answer` are what would be right, of `corrected` alone: the shown source of a document, its
    words, and the short answer, which may be empty.
    """

    kind: Kind
    note: str = ""
    document: str = ""
    quote: str = ""
    answer: str = ""
    state: State = "pending"


class Feedbacks:
    """Those of the store in `folder`. Every method may be called by any thread and process, and raises PinciteError."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    def give(self, conversation: str, turn: int, feedback: Feedback) -> int:
        """Keep feedback in the place of any earlier one on the same turn, and return the id of its candidate.

        Raises PinciteError where there is no such turn, nothing was answered that could be right, or a correction says
        nothing or too much, and CorrectionKeptError where a correction waits to be looked at and this is none.
        """
        if feedback.kind not in get_args(Kind):
            raise ValueError(f"there is no feedback of the kind {feedback.kind}")
        said = _correction(feedback) if feedback.kind == "corrected" else ("", "", "")
        with database.writing(self.path) as connection:
            number = need(connection, conversation)
            turn = within(turn)
            _check_turn(connection, number, turn, feedback.kind)
            if feedback.kind != "corrected":
                _refuse_to_replace(connection, number, turn)
            _delete(connection, number, turn)
            row = (number, turn, feedback.kind, *said, as_kept(feedback.note), microseconds(now()))
            given = connection.execute(
                "INSERT INTO feedback (conversation, turn, kind, document, quote, answer, note, at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            return int(given.lastrowid or 0)

    def take_back(self, conversation: str, turn: int) -> bool:
        """Delete the feedback on a turn and say whether there was any. What became a gold question stays one."""
        with database.writing(self.path) as connection:
            return _delete(connection, need(connection, conversation), within(turn))

    def given(self, conversation: str) -> Mapping[int, Feedback]:
        """The feedback on the turns of a conversation, by their numbers."""
        with database.reading(self.path) as connection:
            if connection is None:
                return {}
            rows = connection.execute(
                "SELECT turn, kind, note, document, quote, answer, state FROM feedback "
                "JOIN conversation ON conversation.number = conversation WHERE id = ? ORDER BY turn",
                (as_text(conversation),),
            ).fetchall()
        return {turn: Feedback(*values) for turn, *values in rows}

    def candidates(self) -> tuple[Candidate, ...]:
        """What nobody has accepted or dismissed yet, oldest first."""
        with database.reading(self.path) as connection:
            rows = connection.execute(f"{_PENDING} ORDER BY feedback.number").fetchall() if connection else ()
        return tuple(candidate_of(*row) for row in rows)

    def accept(
        self,
        candidate: int,
        gold: Path,
        reading: Reading | None,
        *,
        question: str | None = None,
        answers: Sequence[str] | None = None,
        evidence: Sequence[Evidence] | None = None,
        tags: Sequence[str] | None = None,
    ) -> GoldQuestion:
        """Add a candidate to a gold file, as it is or with other values, and return the question as it is kept.

        `reading` is the store that the quotes have to stand in; without evidence none is needed. Raises PinciteError,
        with nothing changed, where the candidate is there no more or needs a correction, and where `add_question` does.
        """
        from qa.gold.adding import add_question

        asked = question_of(self._pending(candidate), question=question, answers=answers, evidence=evidence, tags=tags)
        kept = add_question(gold, asked, reading)
        # Not within one transaction: looking a quote up can take long, and others want to write.
        self._review(candidate, "accepted")
        return kept

    def dismiss(self, candidate: int) -> bool:
        """Look at a candidate no more, and say whether there was one."""
        return self._review(candidate, "dismissed")

    def _pending(self, candidate: int) -> Candidate:
        with database.reading(self.path) as connection:
            rows = connection.execute(f"{_PENDING} AND feedback.number = ?", (within(candidate),)) if connection else ()
            row = next(iter(rows), None)
        if row is None:
            raise PinciteError("This feedback was taken back, changed or looked at meanwhile: load the list again.")
        return candidate_of(*row)

    def _review(self, candidate: int, state: State) -> bool:
        with database.writing(self.path) as connection:
            changed = connection.execute(
                "UPDATE feedback SET state = ? WHERE number = ? AND state = 'pending'", (state, within(candidate))
            )
            return changed.rowcount > 0


def _correction(feedback: Feedback) -> tuple[str, str, str]:
    """Document, quote and answer of a correction, looked at."""
    document, quote, answer = (as_text(text) for text in (feedback.document, feedback.quote, feedback.answer))
    if not document.strip() or not quote.strip():
        raise PinciteError("A correction needs the words of a document that are right: select them in the document.")
    for name, text, most in (("words", quote, LONGEST_QUOTE), ("answer", answer, LONGEST_ANSWER)):
        if len(text) > most:
            raise PinciteError(f"The {name} of the correction can have {most:,} characters: take fewer.")
    return document, quote, " ".join(answer.split())


def _check_turn(connection: sqlite3.Connection, conversation: int, turn: int, kind: Kind) -> None:
    found = connection.execute(
        "SELECT answer IS NOT NULL FROM turn WHERE conversation = ? AND number = ?", (conversation, turn)
    ).fetchone()
    if found is None:
        raise PinciteError("There is no such turn in this conversation.")
    if kind in ("right", "wrong") and not found[0]:
        raise PinciteError("This question got no answer that could be right or wrong: ask it again.")


def _refuse_to_replace(connection: sqlite3.Connection, conversation: int, turn: int) -> None:
    corrected = connection.execute(
        "SELECT 1 FROM feedback WHERE conversation = ? AND turn = ? AND kind = 'corrected' AND state = 'pending'",
        (conversation, turn),
    ).fetchone()
    if corrected:
        raise CorrectionKeptError(
            "A correction is kept for this answer: take it back first, by pressing its button again."
        )


def _delete(connection: sqlite3.Connection, conversation: int, turn: int) -> bool:
    deleted = connection.execute("DELETE FROM feedback WHERE conversation = ? AND turn = ?", (conversation, turn))
    return deleted.rowcount > 0
