"""Ask every gold question and score what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from qa.assistant import Assistant
from qa.errors import PinciteError
from qa.evaluation.asking import Answerer, Ask, asking
from qa.evaluation.judging import Judge
from qa.evaluation.metrics import metrics
from qa.evaluation.report import Latency, QuestionScore, Report
from qa.gold.questions import GoldQuestion
from qa.library import Library
from qa.record import Reading
from qa.retriever import Retriever

Progress = Callable[[int], object]


def evaluate(
    answerer: Assistant | Retriever | Answerer,
    gold: Sequence[GoldQuestion],
    progress: Progress | None = None,
    *,
    library: Library | None = None,
    seed: int = 0,
) -> Report:
    """Score what answers on a gold set; `progress` is called with 1 after each question, `seed` decides the resampling.

    An assistant is judged in everything, a retriever in its passages. Any function from a question to an `Answer`, a
    text or None (abstained) is judged in its answers and abstentions, and where `library` is the one that its answers
    are about, in passages and citations too. Raises PinciteError where the library is empty, changes meanwhile or holds
    none of the evidence at all, where the words of a question are not known, and where it answers no question at all
    for an error, such as a model that is not there.
    """
    ask = asking(answerer)
    _refuse_other_things(gold)
    gold = _settled(gold)
    if isinstance(answerer, Assistant | Retriever):
        library = answerer.library
    _refuse_without_words(gold)
    with one_view(library) as reading:
        if isinstance(answerer, Assistant | Retriever):
            _warm_up(ask, gold)
        judge = Judge(reading, answerer if isinstance(answerer, Assistant) else None)
        return _report(judge, ask, gold, progress, seed)


def evaluate_predictions(ask: Ask, gold: Sequence[GoldQuestion], *, seed: int = 0) -> Report:
    """Score the answers or rankings of another program, as `predictions.read_predictions` gives them."""
    return _report(Judge(None), ask, _settled(gold), None, seed)


def _report(judge: Judge, ask: Ask, gold: Sequence[GoldQuestion], progress: Progress | None, seed: int) -> Report:
    rows = []
    for question in gold:
        rows.append(judge.score(question, ask(question)))
        if progress is not None:
            progress(1)
    _refuse_foreign_gold(gold, rows)
    rows = judge.completed(gold, rows)
    return Report(metrics(rows, seed=seed), tuple(rows), _latency(rows))


def _warm_up(ask: Ask, gold: Sequence[GoldQuestion]) -> None:
    """Ask until a question brings a result: models are loaded and files mapped, as in a program that is running.

    Raises PinciteError where none does: zeros for all of them would look like a figure.
    """
    error = ""
    for question in gold:
        outcome = ask(question)
        if not outcome.error:
            return
        error = error or outcome.error
    if error:
        raise PinciteError(f"No question brought a result, the first one for this reason: {error}")


@contextmanager
def one_view(library: Library | None) -> Iterator[Reading | None]:
    """One view of the store for the whole evaluation; None without a library.

    Raises PinciteError where the library is empty, and at the end where it changed.
    """
    if library is None:
        yield None
        return
    library.require_documents()
    with library.reading() as reading:
        generation = reading.generation  # the view begins with what is first read in it
        yield reading
        with library.reading() as now:
            if now.generation != generation:
                raise PinciteError(
                    "The documents changed during the evaluation, so that not all questions met the same: run it again."
                )


def _latency(rows: Sequence[QuestionScore]) -> dict[str, Latency]:
    """Percentiles of each stage's times, interpolated, over the questions that brought a result."""
    stages = list(dict.fromkeys(stage for row in rows for stage in row.timings_ms))
    times = {stage: [row.timings_ms[stage] for row in rows if stage in row.timings_ms] for stage in stages}
    return {stage: Latency(*map(float, np.percentile(taken, [50, 95]))) for stage, taken in times.items()}


def _refuse_other_things(gold: Sequence[GoldQuestion]) -> None:
    if (
        not isinstance(gold, Sequence)
        or isinstance(gold, str)
        or not all(isinstance(each, GoldQuestion) for each in gold)
    ):
        raise PinciteError("evaluate(answerer, gold) wants gold questions: read a file with qa.read_gold(path).")
    if not gold:
        raise PinciteError("There are no gold questions to ask.")


def _settled(gold: Sequence[GoldQuestion]) -> Sequence[GoldQuestion]:
    """Without open questions: what is right for them is not known. Raises PinciteError where nothing is left."""
    left = [question for question in gold if not question.is_open]
    if gold and not left:
        raise PinciteError("All of these questions are open: give them answers, and take their tag open away.")
    return left


def _refuse_without_words(gold: Sequence[GoldQuestion]) -> None:
    silent = [question.id for question in gold if not question.question]
    if silent:
        raise PinciteError(
            f"The words of {len(silent)} questions are not known ({', '.join(silent[:3])}...): qrels only name them. "
            "Score the run of another program with --predictions, or use a folder that has queries (BEIR)."
        )


def _refuse_foreign_gold(gold: Sequence[GoldQuestion], rows: Sequence[QuestionScore]) -> None:
    evidence = sum(len(question.evidence) for question in gold)
    if evidence and evidence == sum(len(row.lost_quotes) for row in rows):
        raise PinciteError(
            "None of the evidence of these questions is in the store: index the documents that they are about first."
        )
