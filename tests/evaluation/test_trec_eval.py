"""Agreement with trec_eval itself, which ir-measures carries: on generated rankings, and on a run that was saved."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import ir_measures
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_measures import AP, RR, P, R, Success, nDCG

from qa.assistant import Assistant
from qa.evaluation import evaluate, evaluate_predictions, save_run
from qa.evaluation.asking import GIVEN, Outcome
from qa.evaluation.scoring import judged_by_name, ranking_scores, relevant_by_name
from qa.gold import Evidence, GoldQuestion
from qa.library import Library
from qa.retriever import Retriever

MEASURES = {
    "success@1": Success @ 1,
    "success@5": Success @ 5,
    "precision@5": P @ 5,
    "recall@5": R @ 5,
    "recall@10": R @ 10,
    "recall@100": R @ 100,
    "mrr@10": RR,
    "map@100": AP @ 100,
    "ndcg@10": nDCG @ 10,
}
"""Ours with theirs. ir-measures cuts RR off with another program, which orders ties by name ascending: so that of
trec_eval, which has no limit, is cut off below."""

Qrels = Mapping[str, Mapping[str, int]]
Run = Mapping[str, Mapping[str, float]]


def trec_eval(qrels: object, run: object) -> dict[str, dict[str, float]]:
    """What trec_eval says of each question of the qrels, under our names."""
    scores: dict[str, dict[str, float]] = {}
    names = {str(measure): name for name, measure in MEASURES.items()}
    for metric in ir_measures.pytrec_eval.iter_calc(list(MEASURES.values()), qrels, run):
        value = metric.value if metric.measure != RR or metric.value >= 1 / 10 - 1e-9 else 0.0
        scores.setdefault(metric.query_id, {})[names[str(metric.measure)]] = value
    return scores


def ours(qrels: Qrels, run: Run) -> dict[str, dict[str, float]]:
    scores = {}
    for query, grades in qrels.items():
        evidence = tuple(Evidence(document, grade=grade) for document, grade in grades.items() if grade > 0)
        gold = GoldQuestion(query, "?", evidence=evidence)
        judged = judged_by_name(run.get(query, {}), gold)
        scores[query] = ranking_scores(GIVEN, judged, relevant_by_name(gold), len(evidence))
    return scores


def same(ours: Mapping[str, Mapping[str, float]], theirs: Mapping[str, Mapping[str, float]]) -> None:
    assert ours.keys() == theirs.keys()
    for query, scores in theirs.items():
        assert ours[query] == pytest.approx(scores, abs=1e-6), query


names = st.one_of(
    st.integers(0, 130).map(str),  # 9 comes after 10 there
    st.text("aZé漢🌉-_", min_size=1, max_size=3),
    st.sampled_from(["d", "d1", "d10", "d2", "D2", "id:0-10", "id:0-9", "lost:0"]),
)
scores = st.one_of(
    st.sampled_from([0.0, 0.5, 1.0, -1.0]),  # many ties
    st.floats(-1e6, 1e6),
    st.integers(-3, 3).map(lambda step: 0.1 + step * 1e-9),  # ties in single precision, which trec_eval has
)
grades = st.integers(0, 3)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["q1", "q2", "frage-ä", "10", "9"]),
        st.tuples(
            st.dictionaries(names, grades, min_size=1, max_size=25).filter(lambda judged: any(judged.values())),
            st.dictionaries(names, scores, max_size=40),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_any_ranking_has_the_figures_of_trec_eval(
    questions: dict[str, tuple[dict[str, int], dict[str, float]]],
) -> None:
    qrels = {query: judged for query, (judged, _) in questions.items()}
    run = {query: found for query, (_, found) in questions.items() if found}
    same(ours(qrels, run), trec_eval(qrels, run))


@settings(max_examples=20, deadline=None)
@given(st.data(), st.integers(90, 130), st.booleans())
def test_long_rankings_with_many_relevant_documents(data: st.DataObject, length: int, graded: bool) -> None:
    """Around the depths of 5, 10 and 100, with more relevant documents than are looked at."""
    documents = [str(number) for number in range(length)]
    levels = st.integers(0, 3) if graded else st.integers(0, 1)
    judged = dict(zip(documents, data.draw(st.lists(levels, min_size=length, max_size=length)), strict=True))
    found = dict(zip(documents, data.draw(st.lists(st.integers(0, 60), min_size=length, max_size=length)), strict=True))
    qrels = {"q": judged | {"never found": 1}}
    run = {"q": {name: float(score) for name, score in found.items()}}
    same(ours(qrels, run), trec_eval(qrels, run))


@pytest.mark.parametrize("rank", [1, 2, 5, 6, 10, 11, 100, 101])
def test_one_relevant_document_at_a_rank(rank: int) -> None:
    run = {"q": {f"d{number}": -float(number) for number in range(1, 121)}}
    qrels = {"q": {f"d{rank}": 1}}
    theirs = trec_eval(qrels, run)
    same(ours(qrels, run), theirs)
    assert theirs["q"]["success@1"] == float(rank == 1)  # that it is they who are compared with
    assert theirs["q"]["recall@100"] == float(rank <= 100)


def test_questions_without_results_are_zeros() -> None:
    qrels = {"none": {"a": 1}, "some": {"a": 1}}
    run = {"some": {"a": 1.0}, "not asked": {"a": 1.0}}
    theirs = trec_eval(qrels, run)
    same(ours(qrels, run), theirs)
    assert set(theirs["none"].values()) == {0.0}


# --- from end to end

PLACES = ["reed", "oak", "dune", "moor", "cliff", "lake"]
FOOD = ["fish", "voles", "seeds", "moss"]


@pytest.fixture
def filled(library: Library, tmp_path: Path) -> Library:
    """Twelve documents of three passages; the last passage of each is the same, so that scores tie."""
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(12):
        place, food = PLACES[number % len(PLACES)], FOOD[number % len(FOOD)]
        (folder / f"{number}.txt").write_text(
            f"Bird {number} lives near the {place}.\n\nIt eats {food} and {place} beetles.\n\nAll birds sing at dawn.\n"
        )
    library.add([folder])
    return library


def quoted() -> list[GoldQuestion]:
    """Questions with one, two and four quotes, each in one passage, of grades 1 to 3; and some that cannot be had."""
    questions = []
    for number in range(12):
        place, food = PLACES[number % len(PLACES)], FOOD[number % len(FOOD)]
        evidence = [Evidence(f"{number}.txt", f"It eats {food} and {place} beetles.", 1 + number % 3)]
        if number % 2:
            evidence.append(Evidence(f"{number}.txt", f"Bird {number} lives near the {place}."))
        if number % 4 == 3:
            evidence += [Evidence(f"{other}.txt", "All birds sing at dawn.", 2) for other in (0, number - 1)]
        questions.append(GoldQuestion(f"q{number}", f"What eats the bird near the {place}?", (food,), tuple(evidence)))
    lost = Evidence("3.txt", "Bird 3 is gone.")
    return [
        *questions,
        GoldQuestion(
            "alle-vögel", "When do all birds sing?", ("dawn",), (Evidence("5.txt", "All birds sing at dawn."),)
        ),
        GoldQuestion("lost", "Where is bird 3?", ("gone",), (lost, Evidence("3.txt", "Bird 3 lives near the moor."))),
        GoldQuestion("endless", "What eats? " * 300, ("moss",), (Evidence("3.txt", "It eats moss"),)),
        GoldQuestion("unanswerable", "Who counts them?"),
    ]


def whole() -> list[GoldQuestion]:
    """Questions about documents, of grades 1 to 3."""
    questions = []
    for number in range(8):
        wanted = tuple(Evidence(f"{(number * 5 + other) % 12}.txt", grade=1 + other % 3) for other in range(number + 1))
        questions.append(GoldQuestion(f"d{number}", f"Which bird eats {FOOD[number % 4]} at dawn?", (), wanted))
    return questions


@pytest.mark.parametrize("make", [Retriever, Assistant], ids=["retriever", "assistant"])
@pytest.mark.parametrize("gold", [quoted(), whole()], ids=["quotes", "documents"])
def test_a_saved_run_has_the_figures_of_trec_eval(
    filled: Library, tmp_path: Path, make: type[Retriever] | type[Assistant], gold: list[GoldQuestion]
) -> None:
    report = evaluate(make(filled), gold)
    save_run(report, tmp_path / "run", {})
    qrels = list(ir_measures.read_trec_qrels(str(tmp_path / "run" / "qrels.trec")))
    run = list(ir_measures.read_trec_run(str(tmp_path / "run" / "run.trec")))
    theirs = trec_eval(qrels, run)
    rows = {row.id: row.scores for row in report.per_question if row.wanted}
    same({id_: {name: scores[name] for name in MEASURES} for id_, scores in rows.items()}, theirs)
    assert len(theirs) == len(gold) - (gold[-1].id == "unanswerable")
    for name in MEASURES:
        mean = sum(scores[name] for scores in theirs.values()) / len(theirs)
        assert report.metrics[name].value == pytest.approx(mean, abs=1e-6)
        assert mean > 0, name
        assert mean < 1 or name in ("success@5", "recall@100"), name  # else the ranking would tell little


@pytest.mark.parametrize("stage", ["dense", "lexical", "fused"])
def test_the_order_of_each_stage_alone(filled: Library, tmp_path: Path, stage: str) -> None:
    """A stage behind the given order has the figures that it would have if it were given."""
    fused = evaluate(Retriever(filled), quoted())
    report = evaluate(Retriever(filled, stage=stage), quoted())  # type: ignore[arg-type]
    save_run(report, tmp_path / stage, {})
    qrels = list(ir_measures.read_trec_qrels(str(tmp_path / stage / "qrels.trec")))
    theirs = trec_eval(qrels, list(ir_measures.read_trec_run(str(tmp_path / stage / "run.trec"))))
    for name in MEASURES:
        mean = sum(scores[name] for scores in theirs.values()) / len(theirs)
        assert report.metrics[name].value == pytest.approx(mean, abs=1e-6)
        shown = name if stage == "fused" else f"{stage}.{name}"
        assert fused.metrics[shown].value == pytest.approx(mean, abs=1e-6)


def test_a_run_of_another_program(tmp_path: Path) -> None:
    gold = [
        GoldQuestion("q1", "?", (), (Evidence("10", grade=2), Evidence("9"))),
        GoldQuestion("q2", "?", (), (Evidence("c"),)),
        GoldQuestion("q3", "?", (), (Evidence("x"),)),
    ]
    run = {"q1": {"9": 0.5, "10": 0.5, "11": 0.5}, "q2": {"a": 2.0, "b": 1.0, "c": -1.0}}

    def ask(question: GoldQuestion) -> Outcome:
        return Outcome(documents=run[question.id]) if question.id in run else Outcome(error="there is no prediction")

    report = evaluate_predictions(ask, gold)
    save_run(report, tmp_path / "run", {})
    qrels = list(ir_measures.read_trec_qrels(str(tmp_path / "run" / "qrels.trec")))
    theirs = trec_eval(qrels, list(ir_measures.read_trec_run(str(tmp_path / "run" / "run.trec"))))
    assert theirs == trec_eval({"q1": {"10": 2, "9": 1}, "q2": {"c": 1}, "q3": {"x": 1}}, run)
    same({row.id: row.scores for row in report.per_question}, theirs)
    # By hand: of the three ties 9 comes first, then 11, then 10; so 9 (grade 1) at 1 and 10 (grade 2) at 3.
    assert theirs["q1"]["ndcg@10"] == pytest.approx((1 + 2 / 2) / (2 + 1 / 1.5849625), abs=1e-6)
