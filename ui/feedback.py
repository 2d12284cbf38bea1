"""Feedback from use, to be looked at before it becomes gold questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ui.evaluation import address, counted
from ui.gold import Question, fields
from ui.render import label, plain

KINDS = {
    "right": "The answer was marked as right",
    "wrong": "The answer was marked as wrong",
    "corrected": "The answer was corrected",
    "unanswerable": "The sources do not say it",
    "open": "Nobody knows the answer yet",
}
"""What somebody said, by its kind."""

_HINTS = {
    "right": "The gold question as the answer makes it:",
    "wrong": "Say what would have been right:",
    "corrected": "The gold question as the correction makes it:",
    "unanswerable": "It becomes a question that is rightly left unanswered.",
    "open": "It is kept as an open question, which no run asks, until somebody gives its answer.",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """What somebody said of an answer, of this `kind`, with the gold question that it would make.

    `answer` is what was answered, empty where nothing was, and None where that is not known.
    """

    id: int
    kind: str
    at: str
    note: str
    question: Question
    answer: str | None = None
    needs_correction: bool = False


def review(candidates: Sequence[Candidate], documents: Sequence[str]) -> str:
    """The part in which feedback is looked at."""
    known = "".join(f'<option value="{label(name)}"></option>' for name in documents)
    if not candidates:
        return (
            '<section class="pv-panel"><h3>From use</h3><p>Nothing waits to be looked at. In the chat, say of an '
            "answer that it is right or wrong, correct it, or say that the sources do not tell: it comes here with its "
            "evidence, and becomes a gold question when you accept it.</p></section>"
        )
    rows = "".join(
        f'<li id="pv-candidate-{each.id}" class="pv-panel pv-candidate" tabindex="-1">{_candidate(each)}</li>'
        for each in candidates
    )
    heading = f"{counted(len(candidates), 'answer')} that somebody judged"
    return (
        f'<section aria-labelledby="pv-use"><h3 id="pv-use">{heading}</h3>'
        '<p class="pv-note">Each becomes a gold question when you accept it. Correct what is not right.</p>'
        f'<datalist id="pv-documents">{known}</datalist><ol class="pv-candidates">{rows}</ol></section>'
    )


def _candidate(shown: Candidate) -> str:
    note = f'<blockquote dir="auto">{plain(shown.note)}</blockquote>' if shown.note else ""
    answer = ""
    if shown.answer is not None:
        said = f'Answered:</span> <q dir="auto">{plain(shown.answer)}</q>' if shown.answer else "Not answered.</span>"
        answer = f'<p class="pv-answer"><span>{said}</p>'
    link = address(f"/feedback/{shown.id}/dismiss")
    silent = shown.question.unanswerable and not shown.needs_correction
    return (
        f'<p class="pv-kind pv-{label(shown.kind)}"><strong>{plain(KINDS.get(shown.kind, shown.kind))}</strong> '
        f'<span class="pv-where">{plain(shown.at)}</span></p>{answer}{note}'
        f'<form class="pv-form" method="post" action="{address(f"/feedback/{shown.id}/accept")}" '
        f'data-into="#pv-candidate-{shown.id}"><p class="pv-note">{_HINTS.get(shown.kind, "")}</p>'
        f"{fields(shown.question, f'use-{shown.id}', silent=silent)}"
        '<div class="pv-row"><button class="pv-main">Accept</button>'
        f'<button class="pv-quiet" formaction="{link}" formnovalidate>Dismiss</button></div></form>'
    )


def looked_at(said: str, waiting: int) -> str:
    """What stands in the place of feedback that was looked at; `waiting` is how much is left."""
    return f'<p class="pv-done" role="status" data-waiting="{waiting}">{plain(said)}</p>'
