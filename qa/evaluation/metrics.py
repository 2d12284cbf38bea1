"""Every metric with its definition, and the means over questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qa.evaluation import abstention
from qa.evaluation.report import Metric, QuestionScore
from qa.evaluation.statistics import Statistic, bootstrap, detectable, interval, value_of

PASSAGES = {
    "success@1": "a relevant passage is first: one that holds more than half of a quote, or is of the document meant",
    "success@5": "a relevant passage is among the first 5",
    "precision@5": "relevant passages among the first 5 / 5 (trec_eval P_5)",
    "recall@5": "evidence quotes held by the first 5 passages / evidence quotes",
    "recall@10": "evidence quotes held by the first 10 passages / evidence quotes",
    "recall@100": "evidence quotes held by the first 100 passages / evidence quotes",
    "mrr@10": "1 / rank of the first relevant passage, 0 beyond 10",
    "map@100": "mean precision at the ranks of the relevant passages, 0 for those beyond 100 (trec_eval map_cut_100)",
    "ndcg@10": "grade / log2(rank + 1) summed over 10, over the best order possible (trec_eval ndcg_cut_10)",
}
"""Over questions with evidence; where the evidence names documents, a document's rank is that of its best passage."""

STAGES = {
    "dense": "by meaning alone",
    "lexical": "by words alone",
    "fused": "by both",
    "reread": "in the order that reading gave, of the passages read",
}

_ANSWERS = {
    "em": "SQuAD 2.0 exact match of the short answer; abstaining is the right answer to an unanswerable question",
    "f1": "SQuAD 2.0 token F1 of the short answer; abstaining is the right answer to an unanswerable question",
    "em_unicode": "em for every script: NFKC, case folded, no punctuation or symbols, Han, kana and the like by letter",
    "f1_unicode": "f1 for every script, of the words that em_unicode compares",
    "answerable_em": "em over answerable questions (HasAns_exact)",
    "answerable_f1": "f1 over answerable questions (HasAns_f1)",
    "best_answer_f1": "f1 of the best answer found, given or not, over answerable questions",
    "given_gold_f1": "f1 of the best answer in the passages of the evidence: what perfect retrieval would give",
}

_CITATIONS = {
    "citation_validity": "citations whose quote is what the document says at [start:end] / citations",
    "citation_precision": "cited characters that are evidence / cited characters, answerable questions; 0 if abstained",
    "citation_recall": "evidence characters that are cited / evidence characters, answerable questions",
    "joint_em": "em, 0 unless the first R citations hold more than half of each of the R evidence quotes (as KILT-EM)",
    "joint_f1": "f1, 0 unless the first R citations hold more than half of each of the R evidence quotes (as KILT-F1)",
}

_GIVING = {
    "answered": "share of answerable questions that were answered",
    "abstained": "share of unanswerable questions that were not answered (NoAns_exact)",
    "risk": "share of the answers given that are wrong; right: holds an acceptable answer, or F1 of at least 0.5",
}

_CONFIDENCE = {
    "auroc": "how often a right best answer is surer than a wrong one, over all questions",
    "auroc_answerable": "how often an answerable question's best answer is surer than an unanswerable one's",
    "aurc": "mean risk over all coverages, surest answers first (Geifman and El-Yaniv 2017)",
    "e_aurc": "aurc less that of the best order possible",
    "risk@0.5": "share of wrong answers among the surest half",
    "risk@0.8": "share of wrong answers among the surest 80 %",
    "coverage@0.1": "largest share of questions that can be answered with at most 10 % wrong",
    "ece": "mean distance between confidence and share right, 10 equal bins (Guo et al. 2017)",
    "brier": "mean square of confidence less 1 if right, 0 if wrong (Brier 1950)",
}

LOWER_IS_BETTER = frozenset({"risk", "aurc", "e_aurc", "risk@0.5", "risk@0.8", "ece", "brier"})
_NO_INTERVAL = frozenset({"ece"})
"""Biased upwards in small samples, so that no interval around it would mean what it says: `docs/statistics.md`."""


def passage_metrics(stage: str) -> list[str]:
    """The metrics of a stage's ranking; only the passages that are read have the order that reading gave."""
    return [name for name in PASSAGES if (stage, name) != ("reread", "recall@100")]


DEFINITIONS = {
    **PASSAGES,
    **{
        f"{stage}.{name}": f"{name} of the passages {how}"
        for stage, how in STAGES.items()
        for name in passage_metrics(stage)
    },
    **_ANSWERS,
    **_CITATIONS,
    **_GIVING,
    **_CONFIDENCE,
}
METRICS = tuple(DEFINITIONS)
PAIRED = tuple(name for name in METRICS if name not in _CONFIDENCE)
"""Metrics that each question has a score of, so that two runs can be compared question by question."""

FAMILIES = {
    "Passages": tuple(PASSAGES),
    "Answers": tuple(_ANSWERS),
    "Citations": tuple(_CITATIONS),
    "Abstention and confidence": (*_GIVING, *_CONFIDENCE),
}
"""Metrics by what they are about; those of one stage stand in none."""

_MANY_DOCUMENTS = 20


def units_of(rows: Sequence[QuestionScore]) -> dict[str, str]:
    """What is resampled, by question: the question, or its document where resampling documents says something.

    Questions about one document stand and fall together; fewer than 20 documents are too few to be drawn from.
    """
    documents = {row.id: row.wanted[0].document for row in rows if row.wanted}
    if len(set(documents.values())) < _MANY_DOCUMENTS:
        documents = {}
    return {row.id: f"document {documents[row.id]}" if row.id in documents else f"question {row.id}" for row in rows}


def metrics(rows: Sequence[QuestionScore], *, seed: int) -> dict[str, Metric]:
    """The metrics that any question counts in, with their intervals."""
    units = units_of(rows)
    found = {}
    for name, definition in DEFINITIONS.items():
        metric = (
            _of_confidence(name, rows, units, definition, seed)
            if name in _CONFIDENCE
            else _mean(name, rows, units, definition, seed)
        )
        if metric is not None:
            found[name] = metric
    return found


def _mean(
    name: str, rows: Sequence[QuestionScore], units: Mapping[str, str], definition: str, seed: int
) -> Metric | None:
    scored = {row.id: row.scores[name] for row in rows if name in row.scores}
    if not scored:
        return None
    scores, groups = list(scored.values()), [units[id_] for id_ in scored]
    return Metric(
        sum(scores) / len(scores),
        interval(scores, groups, seed=seed),
        len(scores),
        definition,
        name in LOWER_IS_BETTER,
        detectable(scores, groups),
    )


def _of_confidence(
    name: str, rows: Sequence[QuestionScore], units: Mapping[str, str], definition: str, seed: int
) -> Metric | None:
    judged = [row for row in rows if row.best and row.best.right is not None and row.confidence is not None]
    if not judged:
        return None
    statistic = _statistic(name, judged)
    value = value_of(statistic, len(judged))
    if value != value:  # undefined, as AUROC where all answers are right
        return None
    groups = [units[row.id] for row in judged]
    between = None if name in _NO_INTERVAL else bootstrap(statistic, groups, seed=seed)
    return Metric(value, between, len(judged), definition, name in LOWER_IS_BETTER)


def _statistic(name: str, judged: Sequence[QuestionScore]) -> Statistic:
    confidence = [row.confidence or 0.0 for row in judged]
    right = [bool(row.best and row.best.right) for row in judged]
    loss = [float(not each) for each in right]
    statistics = {
        "auroc": lambda: abstention.auroc(confidence, right),
        "auroc_answerable": lambda: abstention.auroc(confidence, [row.answerable for row in judged]),
        "aurc": lambda: abstention.aurc(confidence, loss),
        "e_aurc": lambda: abstention.excess_aurc(confidence, loss),
        "risk@0.5": lambda: abstention.risk_at(confidence, loss, 0.5),
        "risk@0.8": lambda: abstention.risk_at(confidence, loss, 0.8),
        "coverage@0.1": lambda: abstention.coverage_at(confidence, loss, 0.1),
        "ece": lambda: abstention.calibration_error(confidence, right),
        "brier": lambda: abstention.brier(confidence, right),
    }
    return statistics[name]()
