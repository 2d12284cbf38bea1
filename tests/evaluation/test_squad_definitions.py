"""The definitions of the SQuAD 2.0 evaluation, written down plainly here, against the metrics of a report.

Rajpurkar, Jia and Liang 2018: a prediction and the acceptable answers are normalised (lower case, ASCII punctuation
out, articles to spaces, white space collapsed) and compared as wholes (exact) and as bags of tokens (F1), the best
acceptable answer counting. Acceptable answers that normalise to nothing are dropped; where none is left, "" is the only
right one. `HasAns` are the questions that have answers, `NoAns` the others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from statistics import fmean

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa.evaluation import Report, evaluate_predictions
from qa.evaluation.asking import Outcome
from qa.gold import GoldQuestion

PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


def normalised(text: str) -> str:
    kept = "".join(letter for letter in text.lower() if letter not in PUNCTUATION)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", kept).split())


def exact(wanted: str, given_answer: str) -> float:
    return 1.0 if normalised(wanted) == normalised(given_answer) else 0.0


def f1(wanted: str, given_answer: str) -> float:
    tokens, expected = normalised(given_answer).split(), normalised(wanted).split()
    if not tokens or not expected:
        return 1.0 if tokens == expected else 0.0
    left, common = list(expected), 0
    for token in tokens:
        if token in left:
            left.remove(token)
            common += 1
    if not common:
        return 0.0
    precision, recall = common / len(tokens), common / len(expected)
    return 2 * precision * recall / (precision + recall)


def squad(gold: list[GoldQuestion], given_answers: Mapping[str, str]) -> dict[str, float]:
    """The figures of the evaluation as shares; those of no question are left out."""
    exacts, overlaps = {}, {}
    for question in gold:
        acceptable = [answer for answer in question.answers if normalised(answer)] or [""]
        exacts[question.id] = max(exact(answer, given_answers[question.id]) for answer in acceptable)
        overlaps[question.id] = max(f1(answer, given_answers[question.id]) for answer in acceptable)
    has = [question.id for question in gold if question.answers]
    has_not = [question.id for question in gold if not question.answers]
    figures = {"exact": fmean(exacts.values()), "f1": fmean(overlaps.values())}
    if has:
        figures["HasAns_exact"] = fmean(exacts[id_] for id_ in has)
        figures["HasAns_f1"] = fmean(overlaps[id_] for id_ in has)
    if has_not:
        figures["NoAns_exact"] = fmean(exacts[id_] for id_ in has_not)
        figures["NoAns_f1"] = fmean(overlaps[id_] for id_ in has_not)
    return figures


OURS = {
    "exact": "em",
    "f1": "f1",
    "HasAns_exact": "answerable_em",
    "HasAns_f1": "answerable_f1",
    "NoAns_exact": "abstained",
    "NoAns_f1": "abstained",
}


def report_of(gold: list[GoldQuestion], given_answers: Mapping[str, str]) -> Report:
    def ask(question: GoldQuestion) -> Outcome:
        text = given_answers[question.id]
        return Outcome(answered=bool(text), short=text, best=text)

    return evaluate_predictions(ask, gold)


def agrees(gold: list[GoldQuestion], given_answers: Mapping[str, str]) -> None:
    metrics = report_of(gold, given_answers).metrics
    expected = squad(gold, given_answers)
    assert {name: metrics[OURS[name]].value for name in expected} == pytest.approx(expected, abs=1e-6)
    assert ("answerable_em" in metrics, "abstained" in metrics) == ("HasAns_f1" in expected, "NoAns_f1" in expected)


pieces = st.sampled_from(
    [
        *"the The a an A gas Gas gas, steel 2016 $5 €5 all-weather the-end ? 's".split(),
        *"Zürich’s İstanbul Straße ΑΣ 東京 ２０１６ ﬁre «oui» 👍 … an’".split(),
        *["\u00a0", "\u3000"],
    ]
)
texts = st.one_of(
    st.lists(pieces, max_size=5).map(" ".join), st.lists(pieces, max_size=4).map("".join), st.text(max_size=8)
)
acceptable = st.lists(texts, max_size=3)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(acceptable, texts), min_size=1, max_size=8))
@example([(["the"], ""), ([], "the"), ([], "?!"), (["the", "gas"], ""), (["a", "an"], "the")])
def test_any_predictions_have_the_figures_of_squad(rows: list[tuple[list[str], str]]) -> None:
    gold = [GoldQuestion(f"q{number}", "?", tuple(answers)) for number, (answers, _) in enumerate(rows)]
    agrees(gold, {f"q{number}": text for number, (_, text) in enumerate(rows)})


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(acceptable.filter(bool), st.booleans()), min_size=1, max_size=6), st.data())
def test_near_misses_have_the_figures_of_squad(rows: list[tuple[list[str], bool]], data: st.DataObject) -> None:
    """Predictions made from the acceptable answers: words left out, doubled, turned round, in another case."""
    gold = [GoldQuestion(f"q{number}", "?", tuple(answers)) for number, (answers, _) in enumerate(rows)]
    given_answers = {}
    for question, (answers, upper) in zip(gold, rows, strict=True):
        words = data.draw(st.sampled_from(answers)).split()
        chosen = data.draw(st.lists(st.sampled_from(words), max_size=6)) if words else []
        given_answers[question.id] = " ".join(chosen).upper() if upper else " ".join(chosen)
    agrees(gold, given_answers)


def test_the_definitions_by_hand() -> None:
    gold = [
        GoldQuestion("right", "?", ("the Steel Mills",)),
        GoldQuestion("half", "?", ("two words", "gas")),
        GoldQuestion("abstained", "?", ("gas",)),
        GoldQuestion("rightly", "?"),
        GoldQuestion("wrongly", "?"),
        GoldQuestion("article", "?"),
    ]
    given_answers = {
        "right": "steel mills!",
        "half": "two gas",  # one of two words, and one of one: 1/2 and 2 * 1 / (2 + 1)
        "abstained": "",
        "rightly": "",
        "wrongly": "gas",
        "article": "The...",  # nothing is left of it, so that it answers nothing
    }
    expected = {
        "em": 3 / 6,
        "f1": (1 + 2 / 3 + 0 + 1 + 0 + 1) / 6,
        "answerable_em": 1 / 3,
        "answerable_f1": (1 + 2 / 3) / 3,
        "abstained": 2 / 3,
    }
    report = report_of(gold, given_answers)
    assert {name: report.metrics[name].value for name in expected} == pytest.approx(expected)
    assert {name: report.metrics[name].count for name in expected} == dict(zip(expected, (6, 6, 3, 3, 3), strict=True))
    assert [row.cause for row in report.per_question] == [
        "",
        "wrong boundary",
        "wrongly abstained",
        "",
        "answered though unanswerable",
        "",
    ]
    agrees(gold, given_answers)


def test_a_question_without_a_prediction_is_wrong() -> None:
    """SQuAD's script leaves it out and says so; here it scores zero, also where abstaining is right."""

    def ask(question: GoldQuestion) -> Outcome:
        return Outcome(best="") if question.id == "rightly" else Outcome(error="there is no prediction")

    gold = [GoldQuestion("rightly", "?"), GoldQuestion("missing", "?"), GoldQuestion("missing too", "?", ("gas",))]
    metrics = evaluate_predictions(ask, gold).metrics
    assert (metrics["em"].value, metrics["em"].count) == (pytest.approx(1 / 3), 3)
    assert (metrics["abstained"].value, metrics["abstained"].count) == (0.5, 2)
    assert (metrics["answerable_f1"].value, metrics["answerable_f1"].count) == (0.0, 1)
