"""Why a question failed: the first stage at which the right answer was lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.evaluation import answers, citing
from qa.evaluation.asking import Outcome
from qa.gold.anchors import Located
from qa.gold.questions import GoldQuestion

CAUSES = {
    "no result": "an error came instead of an answer, or nothing",
    "answered though unanswerable": "an answer was given where the documents have none",
    "wrongly abstained": "the best answer found is right and was not given",
    "not ingested": "no document of the evidence is in the store",
    "text lost": "the document is in the store, and the words of the evidence are not in its text",
    "not in top 100": "no relevant passage is among the first 100",
    "not in top k": "relevant passages are among the first 100, and none among those that are read",
    "not read": "a relevant passage was there to be read, and the answer was taken from elsewhere",
    "wrong boundary": "the right sentence was read, and its answer overlaps an acceptable one without being it",
    "wrong span": "the right sentence was read, and the wrong words of it were taken",
    "wrong answer": "the answer is wrong, and nothing is known of where it was taken from",
}
"""Each cause with what it means, in the order in which they are looked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a question's evidence: where it stands, and the rank of the first relevant passage.

    `rank` is None beyond 100. `read` tells whether a relevant passage was among those that were read, and `judged`
    whether there was a ranking to be judged.
    """

    located: Sequence[Located]
    rank: int | None
    read: bool
    judged: bool = True


def cause(gold: GoldQuestion, outcome: Outcome, found: Found) -> str:
    """One of `CAUSES`, or "" where the question was handled rightly.

    An answerable question is handled rightly when it is answered with an acceptable answer, word for word; where none
    is known, when its citations touch the evidence, and where nothing was read, when a relevant passage is among those
    that would be.
    """
    if outcome.error:
        return "no result"
    if not gold.answerable:
        return "" if answers.exact_match(outcome.short, ()) else "answered though unanswerable"
    if outcome.best is None:
        return _missed(found)
    if _handled(gold, outcome, found):
        return ""
    if not outcome.answered and answers.is_right(outcome.best, gold.answers):
        return "wrongly abstained"
    return _missed(found) or _misread(gold, outcome, found)


def _handled(gold: GoldQuestion, outcome: Outcome, found: Found) -> bool:
    if not outcome.answered:
        return False
    if gold.answers:
        return answers.exact_match(outcome.short, gold.answers, answers.unicode_tokens) == 1
    return not found.judged or citing.touches(outcome.citations, [each.places for each in found.located])


def _missed(found: Found) -> str:
    """What kept the evidence from being read."""
    if not found.judged:
        return ""
    if found.located and not any(each.places for each in found.located):
        return "text lost" if any(each.ingested for each in found.located) else "not ingested"
    if found.read:
        return ""
    return "not in top 100" if found.rank is None else "not in top k"


def _misread(gold: GoldQuestion, outcome: Outcome, found: Found) -> str:
    """What went wrong although a relevant passage was there to be read, or nothing is known of passages."""
    best = outcome.best or ""
    if not found.judged:
        if not outcome.answered:
            return "wrongly abstained"
        return "wrong boundary" if answers.is_right(best, gold.answers) else "wrong answer"
    if gold.evidence:
        right_sentence = citing.touches(outcome.best_citations, [each.places for each in found.located])
    else:
        right_sentence = answers.is_right(best, gold.answers)
    if not right_sentence:
        return "not read"
    if not gold.answers:
        return "wrongly abstained"
    return "wrong boundary" if answers.f1(best, gold.answers, answers.unicode_tokens) > 0 else "wrong span"
