"""Means with their definitions, which way is better, and what is resampled."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.evaluation.metrics import DEFINITIONS, LOWER_IS_BETTER, METRICS, PAIRED, PASSAGES, STAGES, metrics, units_of
from qa.evaluation.report import Candidate, QuestionScore
from qa.gold.questions import Evidence

CONFIDENCE = ["auroc", "auroc_answerable", "aurc", "e_aurc", "risk@0.5", "risk@0.8", "coverage@0.1", "ece", "brier"]


def row(id_: str, document: str = "", best: Candidate | None = None, **scores: float) -> QuestionScore:
    return QuestionScore(
        id=id_,
        question="?",
        tags=(),
        answers=("x",),
        answerable=True,
        answered=True,
        short="x",
        scores=scores,
        best=best,
        wanted=(Evidence(document, "x"),) if document else (),
    )


def judged(*answers: tuple[float, bool]) -> list[QuestionScore]:
    """Rows of a confidence and whether the answer is right."""
    return [row(f"q{number}", best=Candidate("x", *answer)) for number, answer in enumerate(answers)]


# --- the table


def test_every_metric_has_a_definition() -> None:
    assert tuple(DEFINITIONS) == METRICS
    assert len(set(METRICS)) == len(METRICS)
    for definition in DEFINITIONS.values():
        assert len(definition) >= 15
        assert "likewise" not in definition  # it stands alone beside its number
        assert not definition.endswith(".")


def test_every_stage_has_every_ranking_metric_but_the_depth_of_what_is_read() -> None:
    expected = {f"{stage}.{name}" for stage in ("dense", "lexical", "fused", "reread") for name in PASSAGES}
    assert {name for name in METRICS if "." in name and name.split(".")[0] in STAGES} == expected - {
        "reread.recall@100"
    }


def test_metrics_that_each_question_has_can_be_paired() -> None:
    assert [name for name in METRICS if name not in PAIRED] == CONFIDENCE


def test_lower_is_better_for_risks_and_errors_alone() -> None:
    assert {
        name for name in METRICS if any(part in name for part in ("risk", "aurc", "ece", "brier"))
    } == LOWER_IS_BETTER
    rows = [replace(each, scores={"risk": 1.0, "em": 0.0}) for each in judged((0.9, True), (0.2, False), (0.4, True))]
    found = metrics(rows, seed=0)
    assert {name for name, metric in found.items() if metric.lower_is_better} == LOWER_IS_BETTER
    assert {metric.as_dict()["better"] for name, metric in found.items() if name in LOWER_IS_BETTER} == {"lower"}
    assert found["em"].as_dict()["better"] == "higher"


# --- means


def test_a_mean_is_over_the_questions_that_count_in_it() -> None:
    found = metrics([row("a", f1=1.0, em=1.0), row("b", f1=0.5), row("c", f1=0.0), row("d")], seed=0)
    assert (found["f1"].value, found["f1"].count, found["f1"].definition) == (0.5, 3, DEFINITIONS["f1"])
    assert (found["em"].value, found["em"].count) == (1.0, 1)
    assert list(found) == ["em", "f1"]  # in the order of the table, and no metric that no question counts in


def test_no_questions_have_no_metrics() -> None:
    assert metrics([], seed=0) == {}
    assert metrics([row("a")], seed=0) == {}


def test_names_that_are_no_metrics_are_left_out() -> None:
    assert metrics([row("a", unheard_of=1.0)], seed=0) == {}


def test_intervals() -> None:
    one = metrics([row("a", em=1.0)], seed=0)["em"]
    assert (one.interval, one.detectable) == (None, None)
    # Wilson's interval for 3 of 4, z = 1.95996: centre (3/4 + z²/8) / (1 + z²/4), spread beside it.
    four = metrics([row(name, em=float(name != "a")) for name in "abcd"], seed=0)["em"]
    assert four.interval is not None
    assert (four.interval.low, four.interval.high) == (
        pytest.approx(0.30064, abs=1e-5),
        pytest.approx(0.95441, abs=1e-5),
    )
    assert four.detectable is None  # four questions show no difference there can be
    many = metrics([row(str(at), em=float(at % 4 > 0)) for at in range(40)], seed=0)["em"]
    assert many.detectable is not None
    assert 0 < many.detectable < 1


def test_the_same_seed_gives_the_same_intervals() -> None:
    rows = [row(str(number), f1=number / 11, em=float(number % 2)) for number in range(12)]
    assert metrics(rows, seed=1) == metrics(rows, seed=1)
    other = metrics(rows, seed=2)
    assert other["f1"].interval != metrics(rows, seed=1)["f1"].interval
    assert other["em"] == metrics(rows, seed=1)["em"]  # nothing is drawn for a share of independent questions


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 1)), min_size=1, max_size=12))
def test_a_mean_lies_in_its_interval_and_in_the_unit(scores: list[tuple[str, float]]) -> None:
    rows = [row(f"q{number}", document, f1=score) for number, (document, score) in enumerate(scores)]
    metric = metrics(rows, seed=0)["f1"]
    assert metric.value == pytest.approx(sum(score for _, score in scores) / len(scores))
    assert metric.count == len(scores)
    if metric.interval:
        assert 0 <= metric.interval.low <= metric.value + 1e-9
        assert metric.value - 1e-9 <= metric.interval.high <= 1


# --- confidence


def test_metrics_of_confidence_by_hand() -> None:
    # From the surest: right, wrong, right, right. Risks of the first 1..4: 0, 1/2, 1/3, 1/4.
    rows = judged((0.9, True), (0.8, False), (0.6, True), (0.1, True))
    found = metrics(rows, seed=0)
    assert {name: found[name].value for name in found} == pytest.approx(
        {
            "auroc": 1 / 3,  # of the three right ones, one is surer than the wrong one
            "aurc": (0 + 1 / 2 + 1 / 3 + 1 / 4) / 4,
            "e_aurc": (0 + 1 / 2 + 1 / 3 + 1 / 4) / 4 - 1 / 16,  # at best the wrong one is last: 0, 0, 0, 1/4
            "risk@0.5": 1 / 2,
            "risk@0.8": 1 / 4,  # 80 % of four are four
            "coverage@0.1": 1 / 4,
            "ece": (0.1 + 0.8 + 0.4 + 0.9) / 4,  # each alone in its bin
            "brier": (0.1**2 + 0.8**2 + 0.4**2 + 0.9**2) / 4,
        }
    )
    assert {found[name].count for name in found} == {4}
    assert all(found[name].detectable is None for name in found)
    assert found["ece"].interval is None
    assert found["brier"].interval is not None


def test_confidence_tells_answerable_questions_from_others() -> None:
    rows = judged((0.9, True), (0.8, False), (0.6, False))
    rows[1] = replace(rows[1], answerable=False)
    assert metrics(rows, seed=0)["auroc_answerable"].value == 1 / 2  # 0.9 is above 0.8, 0.6 is not


def test_what_is_undefined_is_left_out() -> None:
    found = metrics(judged((0.9, True), (0.8, True)), seed=0)
    assert "auroc" not in found
    assert "auroc_answerable" not in found
    assert found["aurc"].value == 0


def test_only_judged_answers_with_a_confidence_count() -> None:
    rows = [
        row("a", best=Candidate("x", 0.5, True)),
        row("b", best=Candidate("x", None, True)),
        row("c", best=Candidate("x", 0.5, None)),
        row("d"),
        row("e", best=Candidate("x", 0.0, False)),  # a confidence of 0 is one
    ]
    assert metrics(rows, seed=0)["brier"].count == 2
    assert metrics(rows, seed=0)["brier"].value == pytest.approx((0.25 + 0) / 2)
    assert metrics(rows[1:4], seed=0) == {}


# --- what is resampled


def documents(count: int) -> list[QuestionScore]:
    """Two questions about each of so many documents, and one about none."""
    return [*(row(f"q{number}", f"d{number % count}", f1=1.0) for number in range(2 * count)), row("bare", f1=0.0)]


def test_fewer_than_twenty_documents_are_not_resampled() -> None:
    units = units_of(documents(19))
    assert units["q0"] == "question q0"
    assert len(set(units.values())) == len(units) == 39


def test_twenty_documents_are() -> None:
    units = units_of(documents(20))
    assert (units["q0"], units["q20"], units["q1"]) == ("document d0", "document d0", "document d1")
    assert units["bare"] == "question bare"
    assert len(set(units.values())) == 21


def test_a_document_and_a_question_of_one_name_are_two_units() -> None:
    rows = [*documents(20), row("d0", f1=0.0)]
    assert len(set(units_of(rows).values())) == 22


def test_the_first_evidence_names_the_document() -> None:
    rows = [replace(each, wanted=(*each.wanted, Evidence("other", "x"))) for each in documents(20)[:-1]]
    assert units_of(rows)["q0"] == "document d0"


def test_questions_of_one_document_make_the_interval_wider() -> None:
    # Documents are all right or all wrong: twice the questions tell no more than the documents do.
    scores = {f"q{number}": float(number % 20 % 2) for number in range(100)}
    apart = [row(id_, f1=score) for id_, score in scores.items()]
    together = [row(id_, f"d{number % 20}", f1=score) for number, (id_, score) in enumerate(scores.items())]
    one, other = metrics(apart, seed=0)["f1"], metrics(together, seed=0)["f1"]
    assert one.interval is not None
    assert other.interval is not None
    assert other.value == one.value == 0.5
    assert other.interval.high - other.interval.low > 1.5 * (one.interval.high - one.interval.low)
    assert other.detectable is not None
    assert one.detectable is not None
    assert other.detectable > 1.5 * one.detectable
