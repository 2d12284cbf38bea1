"""What came back for a question, against the evidence in a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qa.assistant import Assistant
from qa.errors import PinciteError
from qa.evaluation import answers, scoring
from qa.evaluation.asking import GIVEN, Outcome, short
from qa.evaluation.failures import Found, cause
from qa.evaluation.report import Candidate, QuestionScore
from qa.evaluation.scoring import Evidences, Judged
from qa.gold.anchors import Anchors, judge
from qa.gold.questions import GoldQuestion
from qa.record import Reading
from qa.retriever import Ranked
from qa.types import Hit, Passage, StageScores

_READ = 10
"""Passages that count as read where nothing was, and that the reader is given of the evidence at most."""

REREAD = "reread"


@dataclass(frozen=True, slots=True)
class _Ranked:
    """The rankings of one question, judged, by stage, and all that is relevant."""

    judged: Mapping[str, Judged]
    relevant: Mapping[str, int]

    @property
    def given(self) -> Mapping[str, float]:
        return self.judged[GIVEN].scores if GIVEN in self.judged else {}


class Judge:
    """Scores outcomes against one view of a store; without one, only answers and document names can be judged."""

    def __init__(self, reading: Reading | None, assistant: Assistant | None = None) -> None:
        self._reading = reading
        self._anchors = Anchors(reading) if reading else None
        self._assistant = assistant
        self._stages: list[str] = [GIVEN] if assistant else []
        self._reads = assistant is not None
        self._reorders = False

    def score(self, gold: GoldQuestion, outcome: Outcome) -> QuestionScore:
        """One question's scores, its cause of failure, and what the reader answers when given the evidence."""
        evidences = self._evidences(gold)
        ranked = self._rankings(gold, outcome, evidences)
        ranks = self._ranks(gold, outcome, ranked)
        given_gold = self._given_gold(gold, evidences)
        scores: dict[str, float] = {}
        for stage, judged in ranked.judged.items():
            scores |= scoring.ranking_scores(stage, judged, ranked.relevant, len(gold.evidence))
        if outcome.best is not None:
            self._reads = True
            scores |= scoring.answer_scores(gold, outcome) | scoring.giving_scores(gold, outcome)
        if outcome.best is not None and self._reading is not None:
            scores |= scoring.citation_scores(gold, outcome, evidences.quotes) | self._validity(outcome)
        if gold.answers and self._assistant is not None and evidences.passages:
            scores["given_gold_f1"] = answers.f1(given_gold.short, gold.answers) if given_gold else 0.0
        rank = ranks.get(GIVEN)
        found = Found(evidences.located, rank, _was_read(gold, outcome, evidences, rank), judged=GIVEN in ranks)
        return QuestionScore(
            id=gold.id,
            question=gold.question,
            tags=gold.tags,
            answers=gold.answers,
            answerable=gold.answerable,
            answered=outcome.answered,
            short=outcome.short,
            scores=scores,
            best=_candidate(gold, outcome.best, outcome.confidence),
            given_gold=given_gold,
            cause=cause(gold, outcome, found),
            ranks={stage or "given": rank for stage, rank in ranks.items()},
            wanted=gold.evidence,
            lost_quotes=_lost(gold, evidences),
            citations=outcome.citations,
            hits=outcome.hits,
            ranking=ranked.given,
            relevant=ranked.relevant,
            timings_ms=outcome.timings,
            error=outcome.error,
        )

    def completed(self, gold: Sequence[GoldQuestion], rows: Sequence[QuestionScore]) -> list[QuestionScore]:
        """All rows, once they are all there: zeros for those that brought no result, and no stage that did nothing."""
        stages = [stage for stage in self._stages if stage != REREAD or self._reorders]
        completed = []
        for question, row in zip(gold, rows, strict=True):
            scores = {name: score for name, score in row.scores.items() if _stage_of(name) in ("", *stages)}
            if row.error:
                cites = self._reading is not None
                names = scoring.applicable(question, reads=self._reads, cites=cites, ranks=stages)
                scores = dict.fromkeys(names, 0.0) | {name: scores[name] for name in scores if name == "given_gold_f1"}
            ranks = {stage: rank for stage, rank in row.ranks.items() if stage in ("given", *stages)}
            relevant = row.relevant or (scoring.relevant_by_name(question) if GIVEN in stages else {})
            completed.append(replace(row, scores=scores, ranks=ranks, relevant=relevant))
        return completed

    # --- evidence

    def _evidences(self, gold: GoldQuestion) -> Evidences:
        if self._anchors is None or self._reading is None:
            return Evidences((), ())
        located = tuple(self._anchors.locate(evidence) for evidence in gold.evidence)
        documents = sorted({place.document_id for each in located for place in each.places})
        passages = [passage for id_ in documents for passage in self._reading.passages_of(id_)]
        held = judge(passages, [each.places for each in located])
        return Evidences(located, tuple(passage for passage, holds in zip(passages, held, strict=True) if holds))

    def _given_gold(self, gold: GoldQuestion, evidences: Evidences) -> Candidate | None:
        """What the reader makes of the passages of the evidence, as if they had been found first."""
        if self._assistant is None or self._reading is None or not evidences.passages:
            return None
        passages = evidences.passages
        if gold.whole_documents:  # of a document that is meant as a whole, what says the answer
            passages = tuple(sorted(passages, key=lambda passage: not answers.holds(passage.text, gold.answers)))
        hits = []
        for rank, passage in enumerate(passages[:_READ], start=1):
            document = self._reading.document(passage.document_id)
            if document is None:
                return None
            citation = document.cite(passage.start, passage.end)
            hits.append(Hit(rank, 1.0, StageScores(1.0, 0.0), passage, citation))
        try:
            answer = self._assistant.answer_from(gold.question, hits)
        except PinciteError:
            return None
        # How sure it is hangs on how the passages were found, and they were not.
        return _candidate(gold, short(answer), None)

    # --- rankings

    def _rankings(self, gold: GoldQuestion, outcome: Outcome, evidences: Evidences) -> _Ranked:
        """Every ranking that came back, judged, and all that is relevant; nothing for a question without evidence."""
        rankings = {} if self._reading is None else outcome.rankings
        self._reorders = self._reorders or _reordered(rankings)
        for stage in rankings if outcome.documents is None else (GIVEN, *rankings):
            if stage not in self._stages:
                self._stages.append(stage)
        if not gold.evidence:
            return _Ranked({}, {})
        if outcome.documents is not None:
            by_name = scoring.judged_by_name(outcome.documents, gold)
            return _Ranked({GIVEN: by_name}, scoring.relevant_by_name(gold))
        judged = {stage: scoring.judged(ranked, evidences, gold) for stage, ranked in rankings.items()}
        return _Ranked(judged, scoring.relevant(gold, evidences) if self._reading else {})

    def _ranks(self, gold: GoldQuestion, outcome: Outcome, ranked: _Ranked) -> dict[str, int | None]:
        """The rank of the first relevant passage in each stage; where no evidence is named, of the first with the
        words of an acceptable answer."""
        if gold.evidence or not gold.answers or self._reading is None:
            return {stage: judged.first for stage, judged in ranked.judged.items()}
        return {stage: _first_with_answer(passages, gold) for stage, passages in outcome.rankings.items()}

    def _validity(self, outcome: Outcome) -> dict[str, float]:
        if not outcome.citations or self._reading is None:
            return {}
        ids = {citation.document.id for citation in outcome.citations}
        documents = {id_: document for id_ in ids if (document := self._reading.document(id_))}
        return {"citation_validity": scoring.validity(outcome, documents)}


def _candidate(gold: GoldQuestion, best: str | None, confidence: float | None) -> Candidate | None:
    if best is None:
        return None
    known = bool(gold.answers) or not gold.answerable
    return Candidate(best, confidence, answers.is_right(best, gold.answers) if known else None)


def _lost(gold: GoldQuestion, evidences: Evidences) -> tuple[str, ...]:
    lost = zip(gold.evidence, evidences.located, strict=False)  # nothing is located without a store
    return tuple(evidence.quote or evidence.document for evidence, located in lost if not located.places)


def _was_read(gold: GoldQuestion, outcome: Outcome, evidences: Evidences, rank: int | None) -> bool:
    """Whether something relevant is among the hits, whatever rank ties give it; of what has no hits, the first 10."""
    if not outcome.hits:
        return rank is not None and rank <= _READ
    passages = [hit.passage for hit in outcome.hits]
    if gold.evidence:
        return any(judge(passages, evidences.quotes))
    return any(answers.holds(passage.text, gold.answers) for passage in passages)


def _first_with_answer(ranked: Sequence[Ranked], gold: GoldQuestion) -> int | None:
    """The rank of the first passage with the words of an acceptable answer: all there is where no evidence is named."""
    passages: list[Passage] = [each.passage for each in ranked[: scoring.DEPTH]]
    return next((rank for rank, each in enumerate(passages, start=1) if answers.holds(each.text, gold.answers)), None)


def _reordered(rankings: Mapping[str, Sequence[Ranked]]) -> bool:
    """Whether reading gave the passages another order than finding them."""
    read = [each.passage for each in rankings.get(REREAD, ())]
    return read != [each.passage for each in rankings.get(GIVEN, ())[: len(read)]]


def _stage_of(metric: str) -> str:
    stage, dot, _ = metric.partition(".")
    return stage if dot and "@" not in stage else ""
