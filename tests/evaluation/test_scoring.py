"""Scores of one question, by hand, from places and passages that are written down here."""

from __future__ import annotations

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation import scoring
from qa.evaluation.asking import GIVEN, Outcome
from qa.evaluation.scoring import Evidences
from qa.gold.anchors import Anchor, Located
from qa.gold.questions import Evidence, GoldQuestion
from qa.retriever import Ranked
from qa.types import Document, Passage

TEXT = "0123456789" * 10
DOCUMENT = Document("a", "a", ("a.txt",), "a" * 64, TEXT)
OTHER = Document("b", "b", ("b.txt",), "b" * 64, TEXT)

RANKING = [
    "success@1",
    "success@5",
    "precision@5",
    "recall@5",
    "recall@10",
    "recall@100",
    "mrr@10",
    "map@100",
    "ndcg@10",
]
ANSWERING = ["em", "f1", "em_unicode", "f1_unicode"]
ANSWERABLE = ["answerable_em", "answerable_f1", "best_answer_f1"]
CITING = ["citation_precision", "citation_recall"]
JOINT = ["joint_em", "joint_f1"]


def passage(start: int, end: int, document: str = "a") -> Passage:
    return Passage(document, start, end, TEXT[start:end])


def question(*evidence: Evidence, answers: tuple[str, ...] = ()) -> GoldQuestion:
    return GoldQuestion("q", "?", answers, evidence)


QUOTE = Evidence("a", TEXT[:10])
WHOLE = Evidence("a")

# --- which metrics a question counts in


@pytest.mark.parametrize(
    ("gold", "reads", "cites", "expected"),
    [
        (question(QUOTE, answers=("x",)), True, True, RANKING + ANSWERING + ANSWERABLE + CITING + JOINT + ["answered"]),
        (question(QUOTE, answers=("x",)), True, False, RANKING + ANSWERING + ANSWERABLE + ["answered"]),
        (question(QUOTE, answers=("x",)), False, True, RANKING),
        (question(QUOTE), True, True, RANKING + CITING + ["answered"]),
        (question(WHOLE, answers=("x",)), True, True, RANKING + ANSWERING + ANSWERABLE + ["answered"]),
        (question(answers=("x",)), True, True, ANSWERING + ANSWERABLE + ["answered"]),
        (question(answers=("x",)), False, True, []),
        (question(), True, True, [*ANSWERING, "abstained"]),
        (question(), False, True, []),
    ],
)
def test_applicable(gold: GoldQuestion, reads: bool, cites: bool, expected: list[str]) -> None:
    assert scoring.applicable(gold, reads=reads, cites=cites, ranks=[GIVEN]) == expected


def test_applicable_in_every_stage() -> None:
    names = scoring.applicable(question(QUOTE), reads=False, cites=False, ranks=[GIVEN, "dense", "reread"])
    reread = [name for name in RANKING if name != "recall@100"]
    assert names == [*RANKING, *(f"dense.{name}" for name in RANKING), *(f"reread.{name}" for name in reread)]
    assert scoring.applicable(question(QUOTE), reads=False, cites=False, ranks=[]) == []


@given(
    st.booleans(),
    st.booleans(),
    st.sampled_from([(), (QUOTE,), (QUOTE, QUOTE), (WHOLE,)]),
    st.sampled_from([(), ("x",)]),
)
def test_what_is_scored_is_what_is_applicable(
    answered: bool, right: bool, evidence: tuple[Evidence, ...], answers: tuple[str, ...]
) -> None:
    """Those of an answer that came back, less what only answers that were given have, are those of one that did not."""
    gold = question(*evidence, answers=answers)
    short = ("x" if right else "y") if answered else ""
    outcome = Outcome(answered=answered, short=short, best=short or "y", citations=(DOCUMENT.cite(0, 5),))
    scores = (
        scoring.answer_scores(gold, outcome)
        | scoring.giving_scores(gold, outcome)
        | scoring.citation_scores(gold, outcome, [(Anchor("a", 0, 10),) for _ in evidence])
    )
    assert scores.keys() - {"risk"} == set(scoring.applicable(gold, reads=True, cites=True, ranks=[]))
    assert all(0 <= score <= 1 for score in scores.values())


# --- rankings


def located(*places: tuple[int, int] | None) -> Evidences:
    found = tuple(Located((Anchor("a", *place),) if place else ()) for place in places)
    return Evidences(found, tuple(passage(start, start + 20) for start in (0, 20, 40)))


def test_a_ranking_of_passages() -> None:
    gold = question(Evidence("a", TEXT[0:10], 2), Evidence("a", TEXT[45:55], 1), Evidence("a", "gone", 3))
    evidences = located((0, 10), (45, 55), None)
    ranked = [Ranked(passage(20, 40), 0.9), Ranked(passage(40, 60), 0.5), Ranked(passage(0, 20), 0.1)]
    judged = scoring.judged(ranked, evidences, gold)
    assert judged.scores == {"a:20-40": 0.9, "a:40-60": 0.5, "a:0-20": 0.1}
    assert judged.found == [set(), {1}, {0}]
    assert judged.gains == [0.0, 1.0, 2.0]
    assert judged.first == 2
    relevant = scoring.relevant(gold, evidences)
    assert relevant == {"a:0-20": 2, "a:40-60": 1, "lost:2": 3}
    scores = scoring.ranking_scores(GIVEN, judged, relevant, 3)
    best = 3 + 2 / log2(3) + 1 / 2
    assert scores == pytest.approx(
        {
            "success@1": 0,
            "success@5": 1,
            "precision@5": 2 / 5,
            "recall@5": 2 / 3,
            "recall@10": 2 / 3,
            "recall@100": 2 / 3,
            "mrr@10": 1 / 2,
            "map@100": (1 / 2 + 2 / 3) / 3,
            "ndcg@10": (1 / log2(3) + 2 / 2) / best,
        }
    )
    assert list(scores) == RANKING


def test_the_stage_stands_before_the_name_and_what_was_read_has_no_depth_of_100() -> None:
    judged = scoring.judged([Ranked(passage(0, 20), 1.0)], located((0, 10)), question(QUOTE))
    names = list(scoring.ranking_scores("reread", judged, {"a:0-20": 1}, 1))
    assert names == [f"reread.{name}" for name in RANKING if name != "recall@100"]
    assert "dense.recall@100" in scoring.ranking_scores("dense", judged, {"a:0-20": 1}, 1)


def test_the_higher_grade_of_two_quotes_is_that_of_the_passage() -> None:
    gold = question(Evidence("a", TEXT[0:5], 1), Evidence("a", TEXT[5:10], 3))
    evidences = located((0, 5), (5, 10))
    assert scoring.judged([Ranked(passage(0, 20), 1.0)], evidences, gold).gains == [3.0]
    assert scoring.relevant(gold, evidences) == {"a:0-20": 3}


def test_a_quote_that_no_passage_holds_counts_as_one_that_was_not_found() -> None:
    gold = question(Evidence("a", TEXT[15:25]))  # five characters in each passage: half is not more than half
    assert scoring.relevant(gold, located((15, 25))) == {"lost:0": 1}


def test_ties_are_judged_by_name_descending() -> None:
    # As names, "a:40-60" > "a:20-40" > "a:0-20".
    ranked = [Ranked(passage(start, start + 20), 1.0) for start in (0, 20, 40)]
    judged = scoring.judged(ranked, located((0, 10)), question(QUOTE))
    assert list(judged.scores) == ["a:40-60", "a:20-40", "a:0-20"]
    assert judged.first == 3


def test_a_document_stands_where_its_best_passage_stands() -> None:
    gold = question(Evidence("b", grade=2), Evidence("a"))
    whole = {id_: Located((Anchor(id_, 0, 100, whole=True),)) for id_ in "ab"}
    passages = (passage(0, 20), passage(20, 40), passage(0, 20, "b"))
    evidences = Evidences((whole["b"], whole["a"]), passages)
    ranked = [
        Ranked(passage(0, 20, "c"), 0.9),
        Ranked(passage(0, 20), 0.5),
        Ranked(passage(0, 20, "b"), 0.7),
        Ranked(passage(20, 40), 0.8),
        Ranked(passage(20, 40, "b"), -0.5),
    ]
    judged = scoring.judged(ranked, evidences, gold)
    assert judged.scores == {"c": 0.9, "a": 0.8, "b": 0.7}
    assert list(judged.scores) == ["c", "a", "b"]
    assert judged.found == [set(), {1}, {0}]
    assert judged.gains == [0.0, 1.0, 2.0]
    assert scoring.relevant(gold, evidences) == {"a": 1, "b": 2}


def test_the_first_relevant_one_beyond_100_is_not_told() -> None:
    gold = question(Evidence("wanted"))
    for rank, expected in ((100, 100), (101, None)):
        names = [f"d{number}" for number in range(1, 120)]
        names[rank - 1] = "wanted"
        judged = scoring.judged_by_name({name: -float(at) for at, name in enumerate(names)}, gold)
        assert judged.first == expected
    assert scoring.judged_by_name({}, gold).first is None


def test_documents_by_name() -> None:
    gold = question(Evidence("x", grade=1), Evidence("y", grade=2), Evidence("x", "quoted", grade=3))
    judged = scoring.judged_by_name({"z": 1.0, "x": 2.0}, gold)
    assert (judged.found, judged.gains) == ([{0, 2}, set()], [3.0, 0.0])
    assert scoring.relevant_by_name(gold) == {"x": 3, "y": 2}


def test_names() -> None:
    assert scoring.name_of(passage(3, 9), question(QUOTE)) == "a:3-9"
    assert scoring.name_of(passage(3, 9), question(WHOLE)) == "a"
    assert scoring.prefixed(GIVEN, "ndcg@10") == "ndcg@10"
    assert scoring.prefixed("dense", "ndcg@10") == "dense.ndcg@10"


# --- answers and citations


def test_scores_of_an_answer() -> None:
    outcome = Outcome(answered=True, short="big steel mill", best="big steel mill")
    scores = scoring.answer_scores(question(answers=("steel mill",)), outcome)
    assert scores == pytest.approx(
        dict.fromkeys(["em", "em_unicode", "answerable_em"], 0.0)
        | dict.fromkeys(["f1", "f1_unicode", "answerable_f1", "best_answer_f1"], 0.8)  # 2 * 2 / (3 + 2)
    )


def test_the_best_answer_counts_though_it_was_not_given() -> None:
    outcome = Outcome(answered=False, short="", best="steel mill")
    scores = scoring.answer_scores(question(answers=("steel mill",)), outcome)
    assert (scores["f1"], scores["answerable_f1"], scores["best_answer_f1"]) == (0, 0, 1)


def test_the_variant_for_every_script_stands_beside_and_never_instead() -> None:
    outcome = Outcome(answered=True, short="２０１６", best="２０１６")
    scores = scoring.answer_scores(question(answers=("2016",)), outcome)
    assert (scores["em"], scores["f1"], scores["em_unicode"], scores["f1_unicode"]) == (0, 0, 1, 1)


def test_where_the_right_answer_is_not_known_no_answer_is_judged() -> None:
    assert scoring.answer_scores(question(QUOTE), Outcome(answered=True, short="x", best="x")) == {}


@pytest.mark.parametrize(
    ("gold", "short", "expected"),
    [
        (question(), "", {"abstained": 1.0}),
        (question(), "x", {"abstained": 0.0, "risk": 1.0}),
        (question(), "The", {"abstained": 1.0}),  # nothing is left of it: NoAns_exact
        (question(answers=("x",)), "", {"answered": 0.0}),
        (question(answers=("x",)), "so it is x", {"answered": 1.0, "risk": 0.0}),  # it holds the answer
        (question(answers=("x y",)), "x z", {"answered": 1.0, "risk": 0.0}),  # F1 of 1/2
        (question(answers=("x y",)), "x z v", {"answered": 1.0, "risk": 1.0}),  # F1 of 0.4
        (question(QUOTE), "x", {"answered": 1.0}),  # nobody knows whether it is wrong
    ],
)
def test_giving(gold: GoldQuestion, short: str, expected: dict[str, float]) -> None:
    assert scoring.giving_scores(gold, Outcome(answered=bool(short), short=short, best=short)) == expected


def test_citations_and_the_answer_that_they_support() -> None:
    gold = question(Evidence("a", TEXT[10:20]), Evidence("a", "gone, 20 characters "), answers=("x",))
    outcome = Outcome(answered=True, short="x", best="x", citations=(DOCUMENT.cite(10, 25),))
    scores = scoring.citation_scores(gold, outcome, [(Anchor("a", 10, 20),), ()])
    # 15 characters cited, 10 of them evidence; 30 characters of evidence. Not every quote is cited, so that joint is 0.
    assert scores == pytest.approx(
        {"citation_precision": 10 / 15, "citation_recall": 10 / 30, "joint_em": 0, "joint_f1": 0}
    )


@pytest.mark.parametrize(
    ("cited", "short", "em", "f1"),
    [((10, 20), "x y", 1, 1), ((10, 20), "x", 0, 2 / 3), ((50, 60), "x y", 0, 0), ((10, 15), "x y", 0, 0)],
)
def test_joint_scores(cited: tuple[int, int], short: str, em: float, f1: float) -> None:
    gold = question(Evidence("a", TEXT[10:20]), answers=("x y",))
    outcome = Outcome(answered=True, short=short, best=short, citations=(DOCUMENT.cite(*cited),))
    scores = scoring.citation_scores(gold, outcome, [(Anchor("a", 10, 20),)])
    assert (scores["joint_em"], scores["joint_f1"]) == (em, pytest.approx(f1))


def test_citations_are_not_judged_without_quotes() -> None:
    outcome = Outcome(answered=True, short="x", best="x", citations=(DOCUMENT.cite(0, 9),))
    whole = [(Anchor("a", 0, 100, whole=True),)]
    assert scoring.citation_scores(question(WHOLE, answers=("x",)), outcome, whole) == {}
    assert scoring.citation_scores(question(answers=("x",)), outcome, []) == {}
    assert scoring.citation_scores(question(QUOTE), outcome, [(Anchor("a", 0, 10),)]).keys() == set(CITING)


def test_validity() -> None:
    moved = Document("a", "a", ("a.txt",), "c" * 64, "x" + TEXT)  # the same document, its text moved by one
    outcome = Outcome(citations=(DOCUMENT.cite(0, 9), OTHER.cite(3, 9), moved.cite(0, 9)))
    assert scoring.validity(outcome, {"a": DOCUMENT, "b": OTHER}) == pytest.approx(2 / 3)
    assert scoring.validity(outcome, {"b": OTHER}) == pytest.approx(1 / 3)  # a document that is gone
    assert scoring.validity(outcome, {}) == 0
