"""An evaluation from end to end: a small library, a reader that says what it is told, every metric worked out by hand.

The library has four passages. Questions are put so that the order of the first two is plain (two shared words, then
one), and what the reader finds stands in a table. So every expected number below can be had with pencil and paper.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path

import pytest

from qa import Assistant, Library, PinciteError, evaluate
from qa.evaluation import Evidence, GoldQuestion
from qa.reader import Finding, Span
from qa.types import Hit

EAT = "Herons eat small fish at dawn."
BUILD = "Herons build nests in tall reeds."
DIG = "Foxes dig dens under old oaks."
HUNT = "Foxes hunt voles after dusk."

SECOND = 1 / log2(3)
"""What a relevant passage at rank 2 adds to nDCG: 0.6309."""


@dataclass(frozen=True)
class TableReader:
    """Finds for each question the sentence and the words of it that its table says, as sure as the table says."""

    table: dict[str, tuple[str, str, float]]

    def read(self, question: str, hits: Sequence[Hit]) -> Finding:
        if question not in self.table:
            return Finding((), 0.0, tuple(hits))
        sentence, short, confidence = self.table[question]
        hit = next(hit for hit in hits if sentence in hit.passage.text)
        begin = hit.passage.start + hit.passage.text.index(sentence)
        start = begin + sentence.index(short)
        return Finding(
            (Span(hit, start, start + len(short), begin, begin + len(sentence), 1.0),), confidence, tuple(hits)
        )


def gold(id_: str, question: str, answers: Sequence[str] = (), *evidence: tuple[str, str]) -> GoldQuestion:
    return GoldQuestion(id_, question, tuple(answers), tuple(Evidence(*quote) for quote in evidence), ("bird",))


HIT = gold("hit", "What do herons eat?", ["small fish"], ("lakes.txt", EAT))
"""Relevant passage first; answer and citation right."""
SECOND_RANK = gold("second", "Where do herons build?", ["dawn"], ("lakes.txt", EAT))
"""The passage about building is first, the relevant one second; answer and citation are the first one's."""
TWO_IN_ONE = gold(
    "two", "When do herons eat?", ["fish at dawn"], ("lakes.txt", "Herons eat small"), ("lakes.txt", "fish at dawn")
)
"""Both quotes in one passage."""
SPLIT = gold("split", "What do foxes dig?", ["dens"], ("hills.txt", "oaks.\n\nFoxes hunt"))
"""A quote over two passages: 17 characters, 5 in the first passage and 10 in the second."""
LOST = gold("lost", "What do foxes hunt?", ["voles"], ("hills.txt", HUNT), ("hills.txt", "Foxes hunt at noon, too."))
"""The second quote is not in the document any more; the answer is right, but it was not sure enough to be given."""
RIGHTLY_NOT = gold("rightly-not", "How old do herons get?")
WRONGLY = gold("wrongly", "Who counts the foxes?")

GOLD = [HIT, SECOND_RANK, TWO_IN_ONE, SPLIT, LOST, RIGHTLY_NOT, WRONGLY]

READER = TableReader(
    {
        "What do herons eat?": (EAT, "small fish", 0.9),
        "Where do herons build?": (BUILD, "tall reeds", 0.8),
        "When do herons eat?": (EAT, "small fish at dawn", 0.7),
        "What do foxes dig?": (DIG, "dens", 0.5),  # exactly the threshold: answered
        "What do foxes hunt?": (HUNT, "voles", 0.49),
        "How old do herons get?": (DIG, "old", 0.1),
        "Who counts the foxes?": (HUNT, "voles", 0.6),
    }
)

# One row a question: a score for each metric that it counts in.
RETRIEVAL = ("success@1", "success@5", "recall@5", "recall@10", "mrr@10", "ndcg@10")
EXPECTED: dict[str, dict[str, float]] = {
    "hit": dict.fromkeys(RETRIEVAL, 1.0)
    | {"em": 1, "f1": 1, "citation_precision": 1, "citation_recall": 1, "answered": 1},
    "second": dict(zip(RETRIEVAL, (0, 1, 1, 1, 1 / 2, SECOND), strict=True))
    | {"em": 0, "f1": 0, "citation_precision": 0, "citation_recall": 0, "answered": 1},
    # "small fish at dawn" against "fish at dawn": 2 * 3 / (4 + 3). Cited are 30 characters, evidence 16 + 12.
    "two": dict.fromkeys(RETRIEVAL, 1.0)
    | {"em": 0, "f1": 6 / 7, "citation_precision": 28 / 30, "citation_recall": 1, "answered": 1},
    # The passage with 10 of the 17 characters is relevant, and second. Cited is the other one: 5 of 30 and of 17.
    "split": dict(zip(RETRIEVAL, (0, 1, 1, 1, 1 / 2, SECOND), strict=True))
    | {"em": 1, "f1": 1, "citation_precision": 5 / 30, "citation_recall": 5 / 17, "answered": 1},
    # One of two quotes at rank 1; the lost one counts as a relevant passage that was not found.
    "lost": dict(zip(RETRIEVAL, (1, 1, 1 / 2, 1 / 2, 1, 1 / (1 + SECOND)), strict=True))
    | {"em": 0, "f1": 0, "citation_precision": 0, "citation_recall": 0, "answered": 0},
    "rightly-not": {"em": 1, "f1": 1, "abstained": 1},
    "wrongly": {"em": 0, "f1": 0, "abstained": 0},
}
for _row in EXPECTED.values():
    if "answered" in _row:
        _row |= {"answerable_em": _row["em"], "answerable_f1": _row["f1"]}

MEANS = {
    "success@1": (3 / 5, 5),
    "success@5": (1.0, 5),
    "recall@5": (4.5 / 5, 5),
    "recall@10": (4.5 / 5, 5),
    "mrr@10": (4 / 5, 5),
    "ndcg@10": ((2 + 2 * SECOND + 1 / (1 + SECOND)) / 5, 5),
    "em": (3 / 7, 7),
    "f1": ((3 + 6 / 7) / 7, 7),
    "answerable_em": (2 / 5, 5),
    "answerable_f1": ((2 + 6 / 7) / 5, 5),
    "citation_precision": ((1 + 28 / 30 + 5 / 30) / 5, 5),
    "citation_recall": ((2 + 5 / 17) / 5, 5),
    "answered": (4 / 5, 5),
    "abstained": (1 / 2, 2),
}
"""Mean and number of questions."""


@pytest.fixture
def assistant(library: Library, tmp_path: Path) -> Assistant:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "lakes.txt").write_text(f"{EAT}\n\n{BUILD}\n")
    (folder / "hills.txt").write_text(f"{DIG}\n\n{HUNT}\n")
    library.add([folder])
    return Assistant(library, reader=READER, threshold=0.5)


def test_the_rankings_are_those_that_were_reckoned_with(assistant: Assistant) -> None:
    def first(question: GoldQuestion, count: int) -> list[str]:
        return [hit.passage.text for hit in assistant.ask(question.question).hits[:count]]

    assert first(HIT, 1) == first(TWO_IN_ONE, 1) == [EAT]
    assert first(SECOND_RANK, 2) == [BUILD, EAT]
    assert first(SPLIT, 2) == [DIG, HUNT]
    assert first(LOST, 1) == [HUNT]


@pytest.mark.parametrize("question", GOLD, ids=lambda question: question.id)
def test_scores_of_each_question(assistant: Assistant, question: GoldQuestion) -> None:
    # Another question with evidence goes along, so that a gold set of one lost quote is not refused.
    row = evaluate(assistant, [question, HIT] if question is not HIT else [HIT]).per_question[0]
    assert row.id == question.id
    assert dict(row.scores) == pytest.approx(EXPECTED[question.id])


def test_every_metric_of_the_whole(assistant: Assistant) -> None:
    report = evaluate(assistant, GOLD)
    assert {name: (metric.value, metric.count) for name, metric in report.metrics.items()} == {
        name: (pytest.approx(value), count) for name, (value, count) in MEANS.items()
    }
    assert list(report.metrics) == list(MEANS)  # in the order of the stages
    assert all(metric.definition for metric in report.metrics.values())
    assert [row.id for row in report.per_question] == [question.id for question in GOLD]


def test_rows_say_what_was_answered(assistant: Assistant) -> None:
    rows = {row.id: row for row in evaluate(assistant, GOLD).per_question}
    assert {id_: (row.answerable, row.answered, row.short) for id_, row in rows.items()} == {
        "hit": (True, True, "small fish"),
        "second": (True, True, "tall reeds"),
        "two": (True, True, "small fish at dawn"),
        "split": (True, True, "dens"),
        "lost": (True, False, ""),
        "rightly-not": (False, False, ""),
        "wrongly": (False, True, "voles"),
    }
    assert rows["lost"].confidence == 0.49
    assert {id_: row.lost_quotes for id_, row in rows.items() if row.lost_quotes} == {
        "lost": ("Foxes hunt at noon, too.",)
    }


def test_json_is_as_designed(assistant: Assistant) -> None:
    report = json.loads(json.dumps(evaluate(assistant, GOLD).as_dict()))
    assert list(report)[:3] == ["questions", "metrics", "per_question"]
    assert report["questions"] == 7
    assert report["metrics"].keys() == MEANS.keys()
    for name, metric in report["metrics"].items():
        assert metric["value"] == round(MEANS[name][0], 4)
        if metric["count"] == 1:
            assert (metric["low"], metric["high"]) == (None, None)
        else:
            assert 0 <= metric["low"] <= metric["value"] <= metric["high"] <= 1
        assert metric["count"] == MEANS[name][1]
        assert 0 <= metric["value"] <= 1
    two = report["per_question"][2]
    assert two == {
        "id": "two",
        "question": "When do herons eat?",
        "tags": ["bird"],
        "answerable": True,
        "answered": True,
        "short": "small fish at dawn",
        "confidence": 0.7,
        "lost_quotes": [],
        "scores": {
            "success@1": 1.0,
            "success@5": 1.0,
            "recall@5": 1.0,
            "recall@10": 1.0,
            "mrr@10": 1.0,
            "ndcg@10": 1.0,
            "em": 0.0,
            "f1": 0.8571,
            "answerable_em": 0.0,
            "answerable_f1": 0.8571,
            "citation_precision": 0.9333,
            "citation_recall": 1.0,
            "answered": 1.0,
        },
        "error": "",
    }


def test_progress_is_told_once_a_question(assistant: Assistant) -> None:
    calls: list[int] = []
    evaluate(assistant, GOLD, calls.append)
    assert calls == [1] * 7


def test_only_unanswerable_questions(assistant: Assistant) -> None:
    report = evaluate(assistant, [RIGHTLY_NOT, WRONGLY])
    assert {name: metric.value for name, metric in report.metrics.items()} == {"em": 0.5, "f1": 0.5, "abstained": 0.5}


def test_a_quote_cut_exactly_in_half_is_in_no_passage(assistant: Assistant) -> None:
    # "oaks.", two line ends between the passages, "Foxes": 12 characters, of which each passage holds 5.
    half = gold("half", "What do foxes dig?", ["dens"], ("hills.txt", "oaks.\n\nFoxes"))
    row = evaluate(assistant, [half]).per_question[0]
    assert {name: row.scores[name] for name in RETRIEVAL} == dict.fromkeys(RETRIEVAL, 0.0)
    assert row.lost_quotes == ()
    assert row.scores["citation_recall"] == pytest.approx(5 / 12)


def test_a_quote_of_a_document_that_is_not_there_is_lost(assistant: Assistant) -> None:
    lost = gold("lost", "What do herons eat?", ["small fish"], ("rivers.txt", EAT))
    row = evaluate(assistant, [lost, HIT]).per_question[0]
    assert row.lost_quotes == (EAT,)
    assert {row.scores[name] for name in (*RETRIEVAL, "citation_precision", "citation_recall")} == {0.0}
    assert row.scores["answerable_em"] == 1


def test_without_a_minimal_span_the_text_is_judged_without_its_marks(assistant: Assistant) -> None:
    class Whole:
        def read(self, question: str, hits: Sequence[Hit]) -> Finding:
            hit = hits[0]
            end = hit.passage.start + len(EAT)
            return Finding(
                (Span(hit, hit.passage.start, hit.passage.start, hit.passage.start, end, 1.0),), 0.9, tuple(hits)
            )

    question = gold("whole", "What do herons eat?", [EAT], ("lakes.txt", EAT))
    row = evaluate(Assistant(assistant.library, reader=Whole(), threshold=0.5), [question]).per_question[0]
    assert row.short == EAT
    assert row.scores["em"] == 1


def test_gold_about_other_documents_is_refused(assistant: Assistant) -> None:
    foreign = gold("foreign", "What do herons eat?", ["fish"], ("rivers.txt", "Otters eat fish."))
    with pytest.raises(PinciteError, match="index the documents that they are about first"):
        evaluate(assistant, [foreign, RIGHTLY_NOT])


def test_an_empty_library_is_refused(library: Library) -> None:
    with pytest.raises(PinciteError, match="pincite index PATH"):
        evaluate(Assistant(library, reader=READER), [HIT])


def test_same_questions_same_report(assistant: Assistant) -> None:
    assert evaluate(assistant, GOLD).as_dict() == evaluate(assistant, GOLD).as_dict()


def test_a_question_that_cannot_be_asked_scores_zero_and_says_why(assistant: Assistant) -> None:
    endless = gold("endless", "What do herons eat? " * 200, ["small fish"], ("lakes.txt", EAT))
    report = evaluate(assistant, [HIT, endless])
    row = report.per_question[1]
    assert set(row.scores.values()) == {0.0}
    assert row.scores.keys() == report.per_question[0].scores.keys()
    assert "longest that can be asked is 2,000" in row.error
    assert report.metrics["success@1"].value == 0.5


def test_a_question_without_evidence_says_nothing_of_citations(assistant: Assistant) -> None:
    report = evaluate(assistant, [HIT, gold("bare", "What do herons eat?", ["small fish"])])
    assert report.metrics["citation_precision"].count == 1
    assert report.metrics["answerable_f1"].count == 2
