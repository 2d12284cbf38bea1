"""The features of a passage and of an answer, and what a logistic regression makes of them, worked out by hand."""

from __future__ import annotations

from math import inf, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.reader.confidence import Confidence, Logistic, answer_features, passage_features, sigmoid, stems
from qa.reader.decoding import Candidate
from qa.reader.reading import Reading
from qa.reader.weights import load_confidence
from qa.types import Document, Hit, Passage, StageScores


def reading(
    text: str,
    *spans: tuple[str, float],
    rank: int = 1,
    fused: float = 0.5,
    dense: float = 0.25,
    answerable: float = 0.0,
    relevance: float = 0.0,
) -> Reading:
    """A passage with its candidates, each with its margin."""
    document = Document("d", "T", ("d.txt",), "dd", text)
    passage = Passage("d", 0, len(text), text)
    hit = Hit(rank, fused, StageScores(dense, 7.0), passage, document.cite(0, len(text)))
    candidates = tuple(Candidate(text.index(span), text.index(span) + len(span), margin) for span, margin in spans)
    return Reading(hit, candidates, answerable, relevance)


TOWER = reading(
    "The towers were built in 1890.",
    ("1890", 4.0),
    ("towers", 1.5),
    rank=2,
    fused=0.75,
    dense=0.625,
    answerable=3.0,
    relevance=-1.0,
)
BRIDGE = reading("The bridge opened in 1890.", ("in 1890", 2.0))
HARBOUR = reading("The harbour is from 1900.", ("1900", 5.0))
GULLS = reading("Gulls.")


# --- logistic regressions


def test_a_logistic_by_hand() -> None:
    fitted = Logistic({"margin": 2.0, "words": -1.0}, 0.5)
    # 0.5 + 2 * 3 - 1 * 0.5; what has no weight is not looked at.
    assert fitted.logit({"margin": 3.0, "words": 0.5, "dense": 99.0}) == 6.0
    assert fitted.probability({"margin": -0.25, "words": 0.0}) == 0.5
    assert Logistic({}, log(3)).probability({}) == pytest.approx(0.75)


def test_a_weight_without_its_feature_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="margin"):
        Logistic({"margin": 0.0}, 0.0).logit({"words": 1.0})


def test_a_sigmoid_by_hand() -> None:
    assert sigmoid(0) == 0.5
    assert sigmoid(log(3)) == pytest.approx(0.75)
    assert sigmoid(-log(3)) == pytest.approx(0.25)


@pytest.mark.parametrize("far", [40.0, 710.0, 1e6, 1e308, inf])
def test_a_sigmoid_does_not_overflow(far: float) -> None:
    assert sigmoid(far) == 1
    assert 0 <= sigmoid(-far) < 1e-17


@given(st.floats(-800, 800), st.floats(-800, 800))
def test_a_sigmoid_grows_and_is_the_same_from_both_sides(one: float, other: float) -> None:
    assert 0 <= sigmoid(one) <= 1
    assert sigmoid(one) + sigmoid(-one) == pytest.approx(1)
    low, high = sorted((one, other))
    assert sigmoid(low) <= sigmoid(high) + 1e-16  # the two formulas may round apart around 0


def test_confidence_from_its_file() -> None:
    row = {
        "passage": {"weights": {"margin": 1.0}, "intercept": -1},
        "answer": {"weights": {"score": 2.0}, "intercept": 0.5},
        "threshold": 0.25,
    }
    expected = Confidence(Logistic({"margin": 1.0}, -1), Logistic({"score": 2.0}, 0.5), 0.25)
    assert Confidence.from_dict(row) == expected
    for name in row:
        with pytest.raises(KeyError, match=name):
            Confidence.from_dict({key: value for key, value in row.items() if key != name})


# --- features of a passage


def test_the_features_of_a_passage_by_hand() -> None:
    # Of "tower", "built" and "lamp" the passage has two; the best of all spans is one logit better.
    assert passage_features(["tower", "built", "lamp"], [TOWER, HARBOUR], TOWER) == {
        "margin": 4.0,
        "behind": -1.0,
        "answerable": 3.0,
        "relevance": -1.0,
        "fused": 0.75,
        "dense": 0.625,
        "words": pytest.approx(2 / 3),
    }


def test_the_best_passage_is_behind_none() -> None:
    assert passage_features(["tower"], [TOWER, GULLS], TOWER)["behind"] == 0
    assert passage_features(["tower"], [TOWER, GULLS], GULLS)["behind"] == -34
    assert passage_features(["tower"], [GULLS], GULLS)["margin"] == -30


def test_a_question_without_words_has_all_of_them() -> None:
    assert passage_features([], [GULLS], GULLS)["words"] == 1
    assert passage_features(["tower"], [GULLS], GULLS)["words"] == 0


# --- features of the answer


def test_the_features_of_an_answer_by_hand() -> None:
    features = answer_features(
        ["tower", "opened", "lamp", "gate"], [TOWER, BRIDGE, HARBOUR, GULLS], [2.0, log(3), -log(3), -log(7)]
    )
    assert features == {
        "score": 2.0,
        "margin": 4.0,
        "answerable": 3.0,
        "relevance": -1.0,
        "elsewhere": pytest.approx(1 / 4),  # the harbour; the gulls say nothing, at 1/8
        "agreeing": pytest.approx(3 / 4),  # the bridge
        "lead": 2.5,  # 4 before 1.5
        "words": 0.25,  # "tower"
        "unknown": 0.5,  # "lamp" and "gate" are nowhere
        "length": pytest.approx(log(4)),
        "dense": 0.625,
        "first": 0.0,
    }


def test_several_that_agree_are_added_and_of_others_the_best_counts() -> None:
    agreeing = answer_features([], [TOWER, BRIDGE, BRIDGE], [0.0, 0.0, log(3)])
    assert (agreeing["agreeing"], agreeing["elsewhere"]) == (pytest.approx(1.25), 0.0)
    other = answer_features([], [TOWER, HARBOUR, HARBOUR], [0.0, 0.0, log(3)])
    assert (other["agreeing"], other["elsewhere"]) == (0.0, pytest.approx(0.75))


def test_a_single_passage_with_a_single_span() -> None:
    features = answer_features(["harbour"], [HARBOUR], [1.0])
    assert (features["agreeing"], features["elsewhere"], features["unknown"]) == (0, 0, 0)
    assert features["lead"] == 10  # 5 before nothing, -30, counts as ten
    assert features["first"] == 1


def test_a_question_without_words_leaves_none_unknown() -> None:
    features = answer_features([], [TOWER], [1.0])
    assert (features["words"], features["unknown"]) == (1, 0)


def test_the_published_weights_are_of_features_that_there_are() -> None:
    # Whatever they are: a name that is not there would fail at the first question.
    fitted = Confidence.from_dict(load_confidence())
    assert fitted.passage.weights.keys() <= passage_features([], [TOWER], TOWER).keys()
    assert fitted.answer.weights.keys() <= answer_features([], [TOWER], [1.0]).keys()
    assert 0 <= fitted.threshold <= 1


# --- words without their endings


def test_endings_that_english_adds_are_left_out() -> None:
    assert stems("Building walked boxes CATS make makes") == {"build", "walk", "box", "cat", "mak"}
    # At least three letters stay.
    assert stems("king red bus the uses") == {"king", "red", "bus", "the", "use"}
    assert stems("…") == set()
    assert stems("STRASSE Straße") == {"strass"}
    assert stems("Zürich's 1890s") == {"zürich", "s", "1890"}


def test_a_question_finds_its_words_in_other_forms() -> None:
    built = reading("He was building a boat.")
    assert passage_features(["Builds", "boats", "walked", "HE"], [built], built)["words"] == 0.75
