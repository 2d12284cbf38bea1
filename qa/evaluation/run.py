"""Ask every gold question and score what comes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from qa.assistant import Assistant
from qa.errors import PinciteError
from qa.evaluation import answers, citing, ranking
from qa.evaluation.anchors import Places, judge, locate
from qa.evaluation.gold import GoldQuestion
from qa.evaluation.report import Metric, QuestionScore, Report
from qa.evaluation.statistics import interval
from qa.record import Reading
from qa.types import MARK, Answer

_MANY_DOCUMENTS = 20

_DEFINITIONS = {
    "success@1": "a relevant passage is first; relevant: holds more than half of an evidence quote",
    "success@5": "a relevant passage is among the first 5",
    "recall@5": "evidence quotes held by the first 5 passages / evidence quotes",
    "recall@10": "evidence quotes held by the first 10 passages / evidence quotes",
    "mrr@10": "1 / rank of the first relevant passage, 0 beyond 10",
    "ndcg@10": "binary gain / log2(rank + 1), over the best order possible (trec_eval)",
    "em": "SQuAD 2.0 exact match of the short answer; abstaining is the right answer to an unanswerable question",
    "f1": "SQuAD 2.0 token F1 of the short answer, likewise",
    "answerable_em": "em over answerable questions (HasAns_exact)",
    "answerable_f1": "f1 over answerable questions (HasAns_f1)",
    "citation_precision": "cited characters that are evidence / cited characters, answerable questions; 0 if abstained",
    "citation_recall": "evidence characters that are cited / evidence characters, answerable questions",
    "answered": "share of answerable questions that were answered",
    "abstained": "share of unanswerable questions that were not answered",
}

METRICS = tuple(_DEFINITIONS)


def evaluate(
    assistant: Assistant,
    gold: Sequence[GoldQuestion],
    progress: Callable[[int], object] | None = None,
    *,
    seed: int = 0,
) -> Report:
    """Score an assistant on a gold set; `progress` is called with 1 after each question, `seed` decides the resampling.

    Retrieval is judged over questions with evidence, answers over all, citations over answerable ones, abstention over
    each kind apart. Raises PinciteError where the library is empty or holds none of the evidence at all.
    """
    assistant.library.require_documents()
    rows = []
    for question in gold:
        rows.append(_score(assistant, question))
        if progress is not None:
            progress(1)
    _refuse_foreign_gold(gold, rows)
    return Report(_means(gold, rows, seed), tuple(rows))


def _score(assistant: Assistant, gold: GoldQuestion) -> QuestionScore:
    with assistant.library.reading() as reading:
        quotes = [locate(reading, evidence) for evidence in gold.evidence]
    unasked = QuestionScore(
        id=gold.id,
        question=gold.question,
        tags=gold.tags,
        answerable=gold.answerable,
        answered=False,
        short="",
        confidence=0.0,
        lost_quotes=tuple(e.quote for e, places in zip(gold.evidence, quotes, strict=True) if not places),
        scores=dict.fromkeys(_applicable(gold), 0.0),
    )
    try:
        answer = assistant.ask(gold.question)
    except PinciteError as error:  # a question without a result scores zero, it does not vanish
        return replace(unasked, error=str(error))
    with assistant.library.reading() as reading:
        scores = _retrieval_scores(reading, answer, quotes) | _answer_scores(gold, answer, quotes)
    return replace(
        unasked,
        answered=answer.answered,
        short=_given(answer),
        confidence=answer.confidence,
        scores=scores,
        hits=answer.hits,
    )


def _given(answer: Answer) -> str:
    return answer.short or " ".join(MARK.sub("", answer.text).split())


def _applicable(gold: GoldQuestion) -> list[str]:
    """The metrics that a question counts in."""
    names = ["em", "f1"]
    if gold.evidence:
        names += ["success@1", "success@5", "recall@5", "recall@10", "mrr@10", "ndcg@10"]
    if gold.answerable and gold.evidence:
        names += ["citation_precision", "citation_recall"]
    return names + (["answerable_em", "answerable_f1", "answered"] if gold.answerable else ["abstained"])


def _answer_scores(gold: GoldQuestion, answer: Answer, quotes: Sequence[Places]) -> dict[str, float]:
    exact, overlap = answers.exact_match(_given(answer), gold.answers), answers.f1(_given(answer), gold.answers)
    characters = sum(len(evidence.quote) for evidence in gold.evidence)
    scores = {
        "em": exact,
        "f1": overlap,
        "answerable_em": exact,
        "answerable_f1": overlap,
        "citation_precision": citing.precision(answer.citations, quotes),
        "citation_recall": citing.recall(answer.citations, quotes, characters),
        "answered": float(answer.answered),
        "abstained": float(not answer.answered),
    }
    return {name: scores[name] for name in _applicable(gold) if name in scores}


def _retrieval_scores(reading: Reading, answer: Answer, quotes: Sequence[Places]) -> dict[str, float]:
    if not quotes:
        return {}
    found = judge([hit.passage for hit in answer.hits], quotes)
    relevant = _relevant_passages(reading, quotes)
    return {
        "success@1": ranking.success(found, 1),
        "success@5": ranking.success(found, 5),
        "recall@5": ranking.recall(found, len(quotes), 5),
        "recall@10": ranking.recall(found, len(quotes), 10),
        "mrr@10": ranking.reciprocal_rank(found, 10),
        "ndcg@10": ranking.ndcg(found, relevant, 10),
    }


def _relevant_passages(reading: Reading, quotes: Sequence[Places]) -> int:
    """How many passages of the store are relevant, and one for every quote that none holds."""
    documents = sorted({place.document_id for places in quotes for place in places})
    found = judge([passage for id_ in documents for passage in reading.passages_of(id_)], quotes)
    held: set[int] = set().union(*found)
    return sum(map(bool, found)) + len(quotes) - len(held)


def _means(gold: Sequence[GoldQuestion], rows: Sequence[QuestionScore], seed: int) -> dict[str, Metric]:
    units = dict(zip((question.id for question in gold), _units(gold), strict=True))
    metrics = {}
    for name, definition in _DEFINITIONS.items():
        scored = {row.id: row.scores[name] for row in rows if name in row.scores}
        if scored:
            scores = list(scored.values())
            between = interval(scores, [units[id_] for id_ in scored], seed=seed)
            metrics[name] = Metric(sum(scores) / len(scores), between, len(scores), definition)
    return metrics


def _units(gold: Sequence[GoldQuestion]) -> list[str]:
    """What is resampled: questions, or documents where there are so many that resampling them says something.

    Questions about one document stand and fall together.
    """
    documents = {question.evidence[0].document for question in gold if question.evidence}
    if len(documents) < _MANY_DOCUMENTS:
        return [question.id for question in gold]
    return [question.evidence[0].document if question.evidence else question.id for question in gold]


def _refuse_foreign_gold(gold: Sequence[GoldQuestion], rows: Sequence[QuestionScore]) -> None:
    quotes = sum(len(question.evidence) for question in gold)
    if quotes and quotes == sum(len(row.lost_quotes) for row in rows):
        raise PinciteError(
            "None of the evidence of these questions is in the store: index the documents that they are about first."
        )
