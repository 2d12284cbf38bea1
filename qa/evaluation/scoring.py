"""One question against what came back: its score in every metric that it counts in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa.evaluation import answers, citing, ranking
from qa.evaluation.asking import GIVEN, Outcome
from qa.evaluation.metrics import passage_metrics
from qa.gold.anchors import Located, Places, judge
from qa.gold.questions import GoldQuestion
from qa.retriever import Ranked
from qa.types import Document, Passage

DEPTH = 100
"""As deep as rankings are judged."""


@dataclass(frozen=True, slots=True)
class Evidences:
    """Where the evidence of a question stands, and which passages of the store hold it.

    `passages` are all relevant ones, in the order of the documents; with whole documents, all of theirs.
    """

    located: tuple[Located, ...]
    passages: tuple[Passage, ...]

    @property
    def quotes(self) -> list[Places]:
        return [each.places for each in self.located]


def applicable(gold: GoldQuestion, *, reads: bool, cites: bool, ranks: Sequence[str]) -> list[str]:
    """The metrics that a question counts in which brought no result.

    `reads`: short answers came back for others; `cites`: citations can be judged; `ranks`: the stages whose rankings
    can be.
    """
    names = [prefixed(stage, name) for stage in ranks for name in passage_metrics(stage)] if gold.evidence else []
    if not reads:
        return names
    if gold.answers or not gold.answerable:
        names += ["em", "f1", "em_unicode", "f1_unicode"]
    if gold.answers:
        names += ["answerable_em", "answerable_f1", "best_answer_f1"]
    if cites and gold.evidence and not gold.whole_documents:
        names += ["citation_precision", "citation_recall"]
        names += ["joint_em", "joint_f1"] if gold.answers else []
    return [*names, "answered" if gold.answerable else "abstained"]


def prefixed(stage: str, name: str) -> str:
    return f"{stage}.{name}" if stage != GIVEN else name


# --- passages


@dataclass(frozen=True, slots=True)
class Judged:
    """A ranking against the evidence: names with their scores, best first, what each holds, and its grade."""

    scores: dict[str, float]
    found: ranking.Found
    gains: list[float]

    @property
    def first(self) -> int | None:
        """The rank of the first relevant one among the first 100."""
        return next((rank for rank, held in enumerate(self.found[:DEPTH], start=1) if held), None)


def judged(ranked: Sequence[Ranked], evidences: Evidences, gold: GoldQuestion) -> Judged:
    """A ranking of passages, or of their documents where the evidence names documents: then the best passage counts."""
    scores: dict[str, float] = {}
    held: dict[str, set[int]] = {}
    for each, holds in zip(ranked, judge([each.passage for each in ranked], evidences.quotes), strict=True):
        name = name_of(each.passage, gold)
        scores[name] = max(each.score, scores.get(name, each.score))
        held.setdefault(name, set()).update(holds)
    return _judged(scores, held, gold)


def judged_by_name(scores: Mapping[str, float], gold: GoldQuestion) -> Judged:
    """A ranking of the names of documents."""
    held: dict[str, set[int]] = {}
    for number, evidence in enumerate(gold.evidence):
        held.setdefault(evidence.document, set()).add(number)
    return _judged(scores, held, gold)


def _judged(scores: Mapping[str, float], held: Mapping[str, set[int]], gold: GoldQuestion) -> Judged:
    names = ranking.by_score(scores)
    found = [held.get(name, set()) for name in names]
    gains = [max((float(gold.evidence[number].grade) for number in holds), default=0.0) for holds in found]
    return Judged({name: scores[name] for name in names}, found, gains)


def relevant(gold: GoldQuestion, evidences: Evidences) -> dict[str, int]:
    """All that is relevant, with its grade, as qrels have it; what cannot be found counts as one more."""
    holds = judge(evidences.passages, evidences.quotes)
    names: dict[str, int] = {}
    for passage, held in zip(evidences.passages, holds, strict=True):
        grade = max((gold.evidence[number].grade for number in held), default=0)
        name = name_of(passage, gold)
        names[name] = max(grade, names.get(name, 0))
    found: set[int] = set().union(*holds)
    lost = {f"lost:{number}": each.grade for number, each in enumerate(gold.evidence) if number not in found}
    return {name: grade for name, grade in names.items() if grade} | lost


def relevant_by_name(gold: GoldQuestion) -> dict[str, int]:
    """The documents that are named, with their grades."""
    names: dict[str, int] = {}
    for evidence in gold.evidence:
        names[evidence.document] = max(evidence.grade, names.get(evidence.document, 0))
    return names


def name_of(passage: Passage, gold: GoldQuestion) -> str:
    """What a ranking calls a passage: its place, or its document where documents are wanted."""
    return passage.document_id if gold.whole_documents else f"{passage.document_id}:{passage.start}-{passage.end}"


def ranking_scores(stage: str, judged: Judged, relevant: Mapping[str, int], wanted: int) -> dict[str, float]:
    """The ranking metrics of one stage; `wanted` is the number of evidence."""
    found, ideal = judged.found, [float(grade) for grade in relevant.values()]
    scores = {
        "success@1": ranking.success(found, 1),
        "success@5": ranking.success(found, 5),
        "precision@5": ranking.precision(found, 5),
        "recall@5": ranking.recall(found, wanted, 5),
        "recall@10": ranking.recall(found, wanted, 10),
        "recall@100": ranking.recall(found, wanted, DEPTH),
        "mrr@10": ranking.reciprocal_rank(found, 10),
        "map@100": ranking.average_precision(found, len(ideal), DEPTH),
        "ndcg@10": ranking.ndcg(judged.gains, ideal, 10),
    }
    return {prefixed(stage, name): scores[name] for name in passage_metrics(stage)}


# --- answers and citations


def answer_scores(gold: GoldQuestion, outcome: Outcome) -> dict[str, float]:
    """Metrics of the short answer, where the right one is known."""
    if gold.answerable and not gold.answers:
        return {}
    exact, overlap = answers.exact_match(outcome.short, gold.answers), answers.f1(outcome.short, gold.answers)
    scores = {
        "em": exact,
        "f1": overlap,
        "em_unicode": answers.exact_match(outcome.short, gold.answers, answers.unicode_tokens),
        "f1_unicode": answers.f1(outcome.short, gold.answers, answers.unicode_tokens),
    }
    if gold.answers:
        best = answers.f1(outcome.best or "", gold.answers)
        scores |= {"answerable_em": exact, "answerable_f1": overlap, "best_answer_f1": best}
    return scores


def giving_scores(gold: GoldQuestion, outcome: Outcome) -> dict[str, float]:
    """Whether an answer was given, and whether the one given is wrong; "the" or "?" is none, as in SQuAD 2.0."""
    if not gold.answerable:
        abstained = answers.exact_match(outcome.short, ())
        return {"abstained": abstained} | ({} if abstained else {"risk": 1.0})
    scores = {"answered": float(outcome.answered)}
    if outcome.answered and gold.answers:
        scores["risk"] = float(not answers.is_right(outcome.short, gold.answers))
    return scores


def citation_scores(gold: GoldQuestion, outcome: Outcome, quotes: Sequence[Places]) -> dict[str, float]:
    """How well the citations cover the quotes, and the answer where they do; nothing without quotes."""
    if not gold.evidence or gold.whole_documents:
        return {}
    characters = sum(len(evidence.quote) for evidence in gold.evidence)
    scores = {
        "citation_precision": citing.precision(outcome.citations, quotes),
        "citation_recall": citing.recall(outcome.citations, quotes, characters),
    }
    if gold.answers:
        supported = citing.supported(outcome.citations, quotes)
        scores["joint_em"] = supported * answers.exact_match(outcome.short, gold.answers)
        scores["joint_f1"] = supported * answers.f1(outcome.short, gold.answers)
    return scores


def validity(outcome: Outcome, documents: Mapping[str, Document]) -> float:
    """Citations that say what their document says / citations."""
    valid = [
        document is not None and document.text[citation.start : citation.end] == citation.quote
        for citation in outcome.citations
        for document in [documents.get(citation.document.id)]
    ]
    return sum(valid) / len(valid)
