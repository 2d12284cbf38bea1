"""An evaluation from end to end: a small library, a reader that says what it is told, every metric worked out by hand.

The library has four passages. Questions are put so that the order of the first two is plain (two shared words, then
one), and what the reader finds stands in a table. So every expected number below can be had with pencil and paper.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import log2
from pathlib import Path
from typing import Any

import pytest

from qa import Answer, Assistant, Library, PinciteError, Retriever, evaluate
from qa.evaluation import METRICS, Report
from qa.evaluation.metrics import LOWER_IS_BETTER
from qa.gold import Evidence, Gold, GoldQuestion
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
    """Finds for each question the sentence and the words of it that its table says, as sure as the table says.

    It finds nothing where the sentence is not in what it is given.
    """

    table: dict[str, tuple[str, str, float]]

    def read(self, question: str, hits: Sequence[Hit]) -> Finding:
        sentence, short, confidence = self.table.get(question, ("", "", 0.0))
        hit = next((hit for hit in hits if sentence and sentence in hit.passage.text), None)
        if hit is None:
            return Finding((), 0.0, tuple(hits))
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

# One row a question: a score for each metric that it counts in. Whether by meaning or by words, passages are found by
# the words that they share with the question, so that both stages have the order that the user gets.
RETRIEVAL = "success@1 success@5 precision@5 recall@5 recall@10 recall@100 mrr@10 map@100 ndcg@10".split()


def retrieval(*scores: float) -> dict[str, float]:
    return {
        f"{stage}{name}": score
        for stage in ("", "dense.", "lexical.")
        for name, score in zip(RETRIEVAL, scores, strict=True)
    }


def answer(em: float, f1: float) -> dict[str, float]:
    """Of plain English words: every script's rules say the same."""
    return {"em": em, "f1": f1, "em_unicode": em, "f1_unicode": f1}


def citations(precision: float, recall: float, joint_em: float, joint_f1: float) -> dict[str, float]:
    return {
        "citation_precision": precision,
        "citation_recall": recall,
        "joint_em": joint_em,
        "joint_f1": joint_f1,
    }


VALID = {"citation_validity": 1.0}
EXPECTED: dict[str, dict[str, float]] = {
    "hit": retrieval(1, 1, 1 / 5, 1, 1, 1, 1, 1, 1)
    | answer(1, 1)
    | {"best_answer_f1": 1, "given_gold_f1": 1, "answered": 1, "risk": 0}
    | citations(1, 1, 1, 1)
    | VALID,
    # The reader does not find its sentence in the passage of the evidence: "" there.
    "second": retrieval(0, 1, 1 / 5, 1, 1, 1, 1 / 2, 1 / 2, SECOND)
    | answer(0, 0)
    | {"best_answer_f1": 0, "given_gold_f1": 0, "answered": 1, "risk": 1}
    | citations(0, 0, 0, 0)
    | VALID,
    # "small fish at dawn" against "fish at dawn": 2 * 3 / (4 + 3), and right, for it holds it. Cited are 30 characters,
    # evidence 16 + 12; the one citation holds both quotes. One passage is relevant, by two quotes.
    "two": retrieval(1, 1, 1 / 5, 1, 1, 1, 1, 1, 1)
    | answer(0, 6 / 7)
    | {"best_answer_f1": 6 / 7, "given_gold_f1": 6 / 7, "answered": 1, "risk": 0}
    | citations(28 / 30, 1, 0, 6 / 7)
    | VALID,
    # The passage with 10 of the 17 characters is relevant, and second. Cited is the other one: 5 of 30 and of 17, which
    # is less than half of the quote.
    "split": retrieval(0, 1, 1 / 5, 1, 1, 1, 1 / 2, 1 / 2, SECOND)
    | answer(1, 1)
    | {"best_answer_f1": 1, "given_gold_f1": 0, "answered": 1, "risk": 0}
    | citations(5 / 30, 5 / 17, 0, 0)
    | VALID,
    # One of two quotes at rank 1; the lost one counts as a relevant passage that was not found. Nothing was given, and
    # the best answer found is right.
    "lost": retrieval(1, 1, 1 / 5, 1 / 2, 1 / 2, 1 / 2, 1, 1 / 2, 1 / (1 + SECOND))
    | answer(0, 0)
    | {"best_answer_f1": 1, "given_gold_f1": 1, "answered": 0}
    | citations(0, 0, 0, 0),
    "rightly-not": answer(1, 1) | {"abstained": 1},
    "wrongly": answer(0, 0) | {"abstained": 0, "risk": 1} | VALID,
}
for _row in EXPECTED.values():
    if "answered" in _row:
        _row |= {"answerable_em": _row["em"], "answerable_f1": _row["f1"]}

# Means and numbers of questions. From the surest to the least sure, the best answers found are 0.9 right, 0.8 wrong,
# 0.7 right, 0.6 wrong, 0.5 right, 0.49 right, 0.1 wrong: risks of 0, 1/2, 1/3, 2/4, 2/5, 2/6 and 3/7.
_OF_STAGE = retrieval(
    3 / 5, 1, 1 / 5, 4.5 / 5, 4.5 / 5, 4.5 / 5, 4 / 5, 3.5 / 5, (2 + 2 * SECOND + 1 / (1 + SECOND)) / 5
)
MEANS = {
    **{name: (value, 5) for name, value in _OF_STAGE.items()},
    "em": (3 / 7, 7),
    "f1": ((3 + 6 / 7) / 7, 7),
    "em_unicode": (3 / 7, 7),
    "f1_unicode": ((3 + 6 / 7) / 7, 7),
    "answerable_em": (2 / 5, 5),
    "answerable_f1": ((2 + 6 / 7) / 5, 5),
    "best_answer_f1": ((3 + 6 / 7) / 5, 5),
    "given_gold_f1": ((2 + 6 / 7) / 5, 5),
    "citation_validity": (1.0, 5),
    "citation_precision": ((1 + 28 / 30 + 5 / 30) / 5, 5),
    "citation_recall": ((2 + 5 / 17) / 5, 5),
    "joint_em": (1 / 5, 5),
    "joint_f1": ((1 + 6 / 7) / 5, 5),
    "answered": (4 / 5, 5),
    "abstained": (1 / 2, 2),
    "risk": (2 / 5, 5),
    "auroc": (7 / 12, 7),  # 0.9 is surer than 3 wrong ones, 0.7 than 2, 0.5 and 0.49 than 1 each, of 4 * 3 pairs
    "auroc_answerable": (8 / 10, 7),  # 0.9, 0.8 and 0.7 are surer than both unanswerable ones, 0.5 and 0.49 than one
    "aurc": ((1 / 2 + 1 / 3 + 2 / 4 + 2 / 5 + 2 / 6 + 3 / 7) / 7, 7),
    "e_aurc": ((1 / 2 + 1 / 3 + 2 / 4 + 2 / 5 - 1 / 5) / 7, 7),  # in the best order 0, 0, 0, 0, 1/5, 2/6, 3/7
    "risk@0.5": (2 / 4, 7),  # 3.5 questions, so 4
    "risk@0.8": (2 / 6, 7),  # 5.6, so 6
    "coverage@0.1": (1 / 7, 7),
    # 0.5 and 0.49 are in one bin, both right.
    "ece": ((0.1 + 0.8 + 0.3 + 0.6 + (0.5 + 0.51) + 0.1) / 7, 7),
    "brier": ((0.1**2 + 0.8**2 + 0.3**2 + 0.6**2 + 0.5**2 + 0.51**2 + 0.1**2) / 7, 7),
}

CONFIDENCE = "auroc auroc_answerable aurc e_aurc risk@0.5 risk@0.8 coverage@0.1 ece brier".split()

CAUSES = {
    "hit": "",
    "second": "not read",  # the evidence was there to be read, second
    "two": "wrong boundary",
    "split": "",
    "lost": "wrongly abstained",
    "rightly-not": "",
    "wrongly": "answered though unanswerable",
}


@pytest.fixture
def assistant(filled: Library) -> Assistant:
    return Assistant(filled, reader=READER, threshold=0.5)


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
    assert list(report.metrics) == [name for name in METRICS if name in MEANS]  # in the order of the stages
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


def test_rows_say_what_went_wrong(assistant: Assistant) -> None:
    report = evaluate(assistant, GOLD)
    assert {row.id: row.cause for row in report.per_question} == CAUSES
    counts = {"answered though unanswerable": 1, "not read": 1, "wrong boundary": 1, "wrongly abstained": 1}
    assert report.causes == counts
    ranks = {row.id: dict(row.ranks) for row in report.per_question}
    assert ranks["split"] == {"given": 2, "dense": 2, "lexical": 2}
    assert ranks["rightly-not"] == {}


def test_json_is_as_designed(assistant: Assistant) -> None:
    report = json.loads(json.dumps(evaluate(assistant, GOLD).as_dict()))
    assert list(report) == ["questions", "metrics", "latency_ms", "causes", "per_question"]
    assert report["questions"] == 7
    assert report["metrics"].keys() == MEANS.keys()
    for name, metric in report["metrics"].items():
        assert metric["value"] == round(MEANS[name][0], 4)
        if metric["low"] is not None:
            assert 0 <= metric["low"] <= metric["high"] <= 1
        assert metric["better"] == ("lower" if name in LOWER_IS_BETTER else "higher")
        assert metric["count"] == MEANS[name][1]
        assert 0 <= metric["value"] <= 1
    assert report["latency_ms"].keys() == {"retrieve", "read", "total"}
    two = report["per_question"][2]
    assert two.pop("timings_ms").keys() == {"retrieve", "read", "total"}
    assert two.pop("scores") == {name: round(score, 4) for name, score in EXPECTED["two"].items()}
    assert two == {
        "id": "two",
        "question": "When do herons eat?",
        "tags": ["bird"],
        "answers": ["fish at dawn"],
        "answerable": True,
        "answered": True,
        "short": "small fish at dawn",
        "confidence": 0.7,
        "best": {"short": "small fish at dawn", "confidence": 0.7, "right": True},
        "given_gold": {"short": "small fish at dawn", "confidence": None, "right": True},
        "cause": "wrong boundary",
        "ranks": {"given": 1, "dense": 1, "lexical": 1},
        "lost_quotes": [],
        "error": "",
    }


def test_progress_is_told_once_a_question(assistant: Assistant) -> None:
    calls: list[int] = []
    evaluate(assistant, GOLD, calls.append)
    assert calls == [1] * 7


def test_only_unanswerable_questions(assistant: Assistant) -> None:
    report = evaluate(assistant, [RIGHTLY_NOT, WRONGLY])
    values = {name: metric.value for name, metric in report.metrics.items()}
    of_confidence = {name: values.pop(name) for name in CONFIDENCE if name in values}
    assert values == answer(0.5, 0.5) | {"citation_validity": 1.0, "abstained": 0.5, "risk": 1.0}
    # Every answer would be wrong, and no order of them is better than another: there is no AUROC.
    assert of_confidence == pytest.approx(
        {"aurc": 1, "e_aurc": 0, "risk@0.5": 1, "risk@0.8": 1, "coverage@0.1": 0}
        | {"ece": (0.1 + 0.6) / 2, "brier": (0.1**2 + 0.6**2) / 2}
    )


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
    assert "given_gold_f1" not in row.scores  # there is nothing that the reader could be given
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


def timeless(report: Report) -> dict[str, Any]:
    rows = tuple(replace(row, timings_ms={}) for row in report.per_question)
    return replace(report, per_question=rows, latency_ms={}).as_dict()


def test_same_questions_and_seed_same_report(assistant: Assistant) -> None:
    first = timeless(evaluate(assistant, GOLD, seed=3))
    assert timeless(evaluate(assistant, GOLD, seed=3)) == first
    other = timeless(evaluate(assistant, GOLD, seed=4))
    assert other["metrics"] != first["metrics"]  # resampled otherwise
    assert other["metrics"]["em"] == first["metrics"]["em"]  # nothing is drawn for a share
    assert other["per_question"] == first["per_question"]


def test_a_question_that_cannot_be_asked_scores_zero_and_says_why(assistant: Assistant) -> None:
    endless = gold("endless", "What do herons eat? " * 200, ["small fish"], ("lakes.txt", EAT))
    report = evaluate(assistant, [HIT, endless])
    row = report.per_question[1]
    assert set(row.scores.values()) == {0.0}
    # All but what can only be said of an answer that was given.
    only_of_answers = {"citation_validity", "risk"}
    assert row.scores.keys() == report.per_question[0].scores.keys() - only_of_answers
    assert row.cause == "no result"
    assert "longest that can be asked is 2,000" in row.error
    assert report.metrics["success@1"].value == 0.5


def test_a_question_without_evidence_says_nothing_of_citations(assistant: Assistant) -> None:
    report = evaluate(assistant, [HIT, gold("bare", "What do herons eat?", ["small fish"])])
    assert report.metrics["citation_precision"].count == 1
    assert report.metrics["answerable_f1"].count == 2


# --- other answerers


def values(report: Report) -> dict[str, float]:
    return {name: metric.value for name, metric in report.metrics.items()}


def test_a_retriever_is_judged_in_its_passages_alone(assistant: Assistant) -> None:
    report = evaluate(Retriever(assistant.library), GOLD)
    assert values(report) == pytest.approx(_OF_STAGE)
    assert report.latency_ms.keys() == {"retrieve"}
    assert set(report.causes) == set()  # a relevant passage is among those that would be read
    by_words = evaluate(Retriever(assistant.library, stage="lexical"), GOLD)
    # What the user gets has no name; the others go by theirs.
    assert {name.split(".")[0] for name in by_words.metrics if "." in name} == {"dense", "fused"}


SAID = {
    "What do herons eat?": "small\n fish ",
    "When do herons eat?": "at noon",
    "What do foxes dig?": "",
    "Who counts the foxes?": "voles",
}


def test_a_function_that_gives_texts_is_judged_in_them() -> None:
    gold_set = [HIT, TWO_IN_ONE, SPLIT, LOST, RIGHTLY_NOT, WRONGLY]
    report = evaluate(SAID.get, gold_set)
    # Right; wrong: "at noon" against "fish at dawn" has one word of 2 + 3; "" abstains, as None does, twice wrongly and
    # once rightly; the last is wrong.
    assert values(report) == pytest.approx(
        answer(2 / 6, (1 + 2 / 5 + 1) / 6)
        | {"answerable_em": 1 / 4, "answerable_f1": (1 + 2 / 5) / 4, "best_answer_f1": (1 + 2 / 5) / 4}
        | {"answered": 2 / 4, "abstained": 1 / 2, "risk": 2 / 3}
    )
    assert [row.short for row in report.per_question] == ["small fish", "at noon", "", "", "", "voles"]
    assert [row.cause for row in report.per_question] == [
        *("", "wrong answer", "wrongly abstained", "wrongly abstained"),
        *("", "answered though unanswerable"),
    ]
    assert report.latency_ms.keys() == {"total"}


def test_texts_cite_nothing_from_the_library_that_they_are_about(assistant: Assistant) -> None:
    report = evaluate(SAID.get, GOLD, library=assistant.library)
    assert values(report)["citation_recall"] == values(report)["joint_f1"] == 0
    assert "ndcg@10" not in report.metrics
    assert report.per_question[4].lost_quotes == ("Foxes hunt at noon, too.",)


def test_a_function_that_gives_answers_is_judged_as_an_assistant_is(assistant: Assistant) -> None:
    def ask(question: str) -> Answer:
        return assistant.ask(question)

    judged = values(evaluate(ask, GOLD, library=assistant.library))
    same = {name for name in MEANS if not name.startswith(("dense.", "lexical.", *CONFIDENCE))}
    # What it would have answered where it abstained it does not say, nor what it makes of other passages.
    same -= {"best_answer_f1", "given_gold_f1"}
    assert {name: judged[name] for name in same} == pytest.approx({name: MEANS[name][0] for name in same})
    assert judged["best_answer_f1"] == pytest.approx((2 + 6 / 7) / 5)
    assert "citation_recall" not in evaluate(ask, GOLD).metrics
    assert "success@1" not in evaluate(ask, GOLD).metrics


def test_what_a_function_cannot_be_asked_scores_zero() -> None:
    def refuse(question: str) -> str:
        raise PinciteError("Not today.")

    report = evaluate(refuse, [HIT, RIGHTLY_NOT])
    assert [row.error for row in report.per_question] == ["Not today."] * 2
    assert report.causes == {"no result": 2}
    half = evaluate(lambda question: "small fish" if "eat" in question else refuse(question), [HIT, RIGHTLY_NOT])
    assert values(half)["f1"] == values(half)["em"] == 0.5
    assert values(half)["abstained"] == 0  # an error is no abstention


def test_times_by_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    def clock() -> Iterator[float]:
        for second, taken in enumerate((0.010, 0.020, 0.030, 0.040)):
            yield from (float(second), second + taken)

    monkeypatch.setattr("qa.evaluation.asking.perf_counter", clock().__next__)
    report = evaluate(lambda _question: None, [HIT, SPLIT, RIGHTLY_NOT, WRONGLY])
    # Half of 10, 20, 30, 40 is below 25; 95 % of the way from the first to the last is 2.85 steps: 30 + 0.85 * 10.
    assert report.latency_ms["total"].as_dict() == {"p50": 25.0, "p95": 38.5}
    assert report.per_question[1].as_dict()["timings_ms"] == {"total": 20.0}


# --- what is refused


@pytest.mark.parametrize("change", ["add", "remove"])
def test_documents_that_change_meanwhile_are_refused(assistant: Assistant, tmp_path: Path, change: str) -> None:
    calls: list[int] = []

    def meddle(_done: int) -> None:
        calls.append(1)
        if len(calls) == 2 and change == "add":
            (tmp_path / "new.txt").write_text("Otters swim.")
            assistant.library.add([tmp_path / "new.txt"])
        elif len(calls) == 2:
            assistant.library.remove("hills.txt")

    with pytest.raises(PinciteError, match=r"The documents changed during the evaluation.*run it again"):
        evaluate(assistant, [HIT, TWO_IN_ONE, RIGHTLY_NOT], meddle)


def test_questions_without_words_are_refused(assistant: Assistant) -> None:
    silent = [GoldQuestion(f"q{n}", "", evidence=(Evidence("lakes.txt"),)) for n in range(5)]
    with pytest.raises(PinciteError, match=r"words of 5 questions are not known \(q0, q1, q2\.\.\.\).*--predictions"):
        evaluate(Retriever(assistant.library), silent)


def test_no_questions_are_refused(assistant: Assistant) -> None:
    for empty in ([], (), Gold(())):
        with pytest.raises(PinciteError, match=r"^There are no gold questions to ask\.$"):
            evaluate(assistant, empty)


@pytest.mark.parametrize(
    "other",
    ["gold.jsonl", Path("gold.jsonl"), b"gold", None, {"hit": HIT}, {HIT}, iter([HIT]), [HIT, "Who?"], ["Who?"]],
)
def test_what_is_no_gold_is_refused(assistant: Assistant, other: Any) -> None:
    asked: list[str] = []
    for answerer in (assistant, asked.append):
        with pytest.raises(PinciteError, match=r"wants gold questions: read a file with qa\.read_gold\(path\)\."):
            evaluate(answerer, other)
    assert asked == []


def test_arguments_in_the_wrong_order_are_refused(assistant: Assistant) -> None:
    with pytest.raises(PinciteError, match=r"wants an Assistant, a Retriever or a function .*, not \[GoldQuestion"):
        evaluate([HIT], assistant)  # type: ignore[arg-type]
    with pytest.raises(PinciteError, match=r"wants an Assistant, .*, not <class"):
        evaluate(Assistant, [HIT])  # type: ignore[arg-type]


def test_a_function_that_fails_scores_zero_for_the_question_alone() -> None:
    def ask(question: str) -> Any:
        if question == RIGHTLY_NOT.question:
            raise ValueError("no such key")
        return {"answer": "small fish", "confidence": 0.75} if question == HIT.question else 3

    report = evaluate(ask, [HIT, TWO_IN_ONE, RIGHTLY_NOT])
    assert [row.error.partition(" is no answer")[0] for row in report.per_question] == [
        *("", "What the function returned", "ValueError: no such key")
    ]
    assert report.causes == {"no result": 2}
    judged = values(report)
    assert (judged["f1"], judged["answered"], judged["abstained"]) == (pytest.approx(1 / 3), 0.5, 0)
    assert report.metrics["brier"].count == 1
    assert judged["brier"] == pytest.approx(0.25**2)  # right, and said to be so with 0.75
