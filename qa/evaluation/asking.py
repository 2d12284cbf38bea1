"""Put a gold question to whatever answers: an assistant, a retriever alone, any function, answers from a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from numbers import Real
from time import perf_counter
from typing import Any

from qa.assistant import Assistant
from qa.errors import PinciteError
from qa.gold.formats.fields import Fault, Field, name
from qa.gold.questions import GoldQuestion
from qa.retriever import Ranked, Retriever, Stage
from qa.types import MARK, Answer, Citation, Hit

GIVEN = ""
"""The name of the ranking that the user gets; the stages behind it go by their own."""

Answerer = Callable[[str], Answer | Mapping[str, Any] | str | None]
"""Any program that answers: an empty text or None abstains, and a mapping is as in a file of predictions."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back for one question.

    `best` is the best answer found, given or not; None where nothing was read. `rankings` go by stage. `documents` is a
    ranking of document names with their scores, from programs that say no more; None where there is none.
    """

    answered: bool = False
    short: str = ""
    best: str | None = None
    confidence: float | None = None
    citations: tuple[Citation, ...] = ()
    best_citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    rankings: Mapping[str, Sequence[Ranked]] = field(default_factory=dict)
    documents: Mapping[str, float] | None = None
    timings: Mapping[str, float] = field(default_factory=dict)
    error: str = ""


Ask = Callable[[GoldQuestion], Outcome]


def asking(answerer: Assistant | Retriever | Answerer) -> Ask:
    """How to put a question to an answerer. What cannot be asked comes back as an outcome with an error."""
    if not isinstance(answerer, Assistant | Retriever) and (isinstance(answerer, type) or not callable(answerer)):
        raise PinciteError(
            "evaluate(answerer, gold) wants an Assistant, a Retriever or a function from a question to its answer, "
            f"not {answerer!r:.60}."
        )
    if isinstance(answerer, Assistant):
        ask = _asking_assistant(answerer)
    elif isinstance(answerer, Retriever):
        ask = _asking_retriever(answerer)
    else:
        ask = _asking_any(answerer)

    def explained(question: GoldQuestion) -> Outcome:
        # A question without a result scores zero, it does not vanish.
        try:
            return ask(question)
        except PinciteError as error:
            return Outcome(error=str(error))
        except Exception as error:
            if isinstance(answerer, Assistant | Retriever):
                raise
            return Outcome(error=f"{type(error).__name__}: {error}")  # another program's, whatever it raises

    return explained


def _asking_assistant(assistant: Assistant) -> Ask:
    def ask(question: GoldQuestion) -> Outcome:
        trace = assistant.trace(question.question)
        return Outcome(
            answered=trace.answer.answered,
            short=short(trace.answer),
            best=short(trace.best),
            confidence=trace.answer.confidence,
            citations=trace.answer.citations,
            best_citations=trace.best.citations,
            hits=trace.answer.hits,
            rankings=_by_stage(trace.rankings, assistant.retriever.stage) | {"reread": _as_ranking(trace.answer.hits)},
            timings=trace.timings.as_dict(),
        )

    return ask


def _asking_retriever(retriever: Retriever) -> Ask:
    def ask(question: GoldQuestion) -> Outcome:
        begin = perf_counter()
        search = retriever.stages(question.question)
        took = (perf_counter() - begin) * 1000
        rankings = _by_stage(search.rankings, retriever.stage)
        return Outcome(hits=search.hits, rankings=rankings, timings={"retrieve": took})

    return ask


def _asking_any(answerer: Answerer) -> Ask:
    def ask(question: GoldQuestion) -> Outcome:
        begin = perf_counter()
        answer = answerer(question.question)
        timings = {"total": (perf_counter() - begin) * 1000}
        if not isinstance(answer, Answer):
            value = dict(answer) if isinstance(answer, Mapping) else answer
            try:
                return replace(from_value(Field("" if value is None else value)), timings=timings)
            except Fault as fault:
                place = f', field "{name(fault.steps)}"' if fault.steps else ""
                raise PinciteError(f"What the function returned is no answer{place}: {fault.problem}") from fault
        return Outcome(
            answered=answer.answered,
            short=short(answer),
            best=short(answer),
            # An answer that is not given is not known, and the confidence is about it.
            confidence=answer.confidence if answer.answered else None,
            citations=answer.citations,
            best_citations=answer.citations,
            hits=answer.hits,
            rankings={GIVEN: _as_ranking(answer.hits)},
            timings=timings,
        )

    return ask


def from_value(field: Field) -> Outcome:
    """What a text, or an object with `answer`, `confidence` and `answered`, says. Raises Fault for anything else."""
    if isinstance(field.value, str):
        given = " ".join(field.string().split())
        return Outcome(answered=bool(given), short=given, best=given)
    if not isinstance(field.value, dict):
        raise field.fault('an answer in quotes is needed ("" abstains), or an object with "answer".')
    best = " ".join(field.member("answer").string().split())
    answered = field.member("answered").flag() if field.has("answered") else bool(best)
    confidence = _probability(field.member("confidence")) if field.has("confidence") else None
    if answered and not best:
        raise field.member("answer").fault("an answer that was given cannot be empty.")
    return Outcome(answered=answered, short=best if answered else "", best=best, confidence=confidence)


def _probability(field: Field) -> float:
    # Real: NumPy's numbers too. NaN is not between.
    value = field.value
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= float(value) <= 1:
        raise field.fault("a number from 0 to 1 is needed.")
    return float(value)


def short(answer: Answer) -> str:
    """What is judged: the short answer, else the text without its marks."""
    return answer.short or " ".join(MARK.sub("", answer.text).split())


def _by_stage(rankings: Mapping[Stage, Sequence[Ranked]], given: Stage) -> dict[str, Sequence[Ranked]]:
    """The ranking that the user gets first, the other stages by their names."""
    named: dict[str, Sequence[Ranked]] = {GIVEN: rankings[given]}
    named.update({stage: ranked for stage, ranked in rankings.items() if stage != given})
    return named


def _as_ranking(hits: Sequence[Hit]) -> list[Ranked]:
    """Hits in the order that they are in, whatever their scores."""
    return [Ranked(hit.passage, -float(rank)) for rank, hit in enumerate(hits, start=1)]
