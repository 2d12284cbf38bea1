"""Put a gold question to whatever answers: an assistant, a retriever alone, any function, answers from a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from qa.assistant import Assistant
from qa.errors import PinciteError
from qa.gold.questions import GoldQuestion
from qa.retriever import Ranked, Retriever, Stage
from qa.types import MARK, Answer, Citation, Hit

GIVEN = ""
"""The name of the ranking that the user gets; the stages behind it go by their own."""

Answerer = Callable[[str], Answer | str | None]
"""Any program that answers: an empty text or None abstains."""


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
    if isinstance(answerer, Assistant):
        ask = _asking_assistant(answerer)
    elif isinstance(answerer, Retriever):
        ask = _asking_retriever(answerer)
    else:
        ask = _asking_any(answerer)

    def explained(question: GoldQuestion) -> Outcome:
        try:
            return ask(question)
        except PinciteError as error:  # a question without a result scores zero, it does not vanish
            return Outcome(error=str(error))

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
            given = " ".join((answer or "").split())
            return Outcome(answered=bool(given), short=given, best=given, timings=timings)
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
