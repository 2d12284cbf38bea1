"""Sweeps: what provably helps is told apart from what is a tie, and what cannot be swept is refused.

The library has forty pairs of passages. The one that answers a question shares two rare words with it and is nowhere
near it for the encoder, which has the other one of the pair first. So lexical search is always right and dense search
always wrong, by construction.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa import Library, PinciteError
from qa.evaluation import METRICS, Report, Sweep, evaluate, sweep
from qa.evaluation.report import Metric, QuestionScore
from qa.gold import Evidence, GoldQuestion
from qa.reader import Finding, Span
from qa.types import Hit

COUNT = 40
MODULE = importlib.import_module("qa.evaluation.sweep")
"""Its name in the package is the function's."""


class Contrary:
    """Puts a question of a number next to the passage that only has its number, and far from what answers it."""

    name = location = "contrary"
    fingerprint = "contrary-64"
    dimension = 64

    def encode_query(self, texts: Sequence[str]) -> Any:
        return np.stack([self._vector(_number(text)) for text in texts])

    def encode_document(self, texts: Sequence[str], progress: Any = None) -> Any:
        if progress is not None:
            progress(len(texts))
        return np.stack([self._vector(_number(text) if "Decoy" in text else 60) for text in texts])

    def _vector(self, place: int) -> Any:
        vector = np.zeros(self.dimension, dtype=np.float32)
        vector[place] = 1
        return vector


def _number(text: str) -> int:
    found = re.search(r"number(\d+)", text)
    return int(found[1]) if found else 61


def word(number: int) -> str:
    return "w" + hashlib.sha256(str(number).encode()).hexdigest()[:8]


def question(number: int) -> GoldQuestion:
    text = f"Gauge {word(number)} says number{number}"
    answer = f"Gauge {word(number)} is kept."
    return GoldQuestion(f"q{number:02}", f"{text}?", (word(number),), (Evidence(f"{number}.txt", answer),))


GOLD = [question(number) for number in range(COUNT)]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(COUNT):
        (folder / f"{number}.txt").write_text(f"Gauge {word(number)} is kept.\n\nDecoy number{number} of no use.")
    with Library.open(tmp_path / "store", encoder=Contrary()) as library:
        library.add([folder])
        yield library


@dataclass(frozen=True)
class FirstWord:
    """Answers with the second word of the first passage: right where that is the passage of the evidence."""

    encoder: object = None

    def read(self, question: str, hits: Sequence[Hit]) -> Finding:
        hit = hits[0]
        begin, end = hit.passage.start, hit.passage.end
        at = begin + hit.passage.text.index(" ") + 1
        stop = begin + hit.passage.text.index(" ", at - begin + 1)
        confidence = 0.8 if "kept" in hit.passage.text else 0.4
        return Finding((Span(hit, at, stop, begin, end, 1.0),), confidence, tuple(hits))


@pytest.fixture(autouse=True)
def _reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.assistant.SpanReader", FirstWord)


def settings(result: Sweep) -> list[str]:
    return [" ".join(cell.settings.values()) for cell in result.cells]


# --- what provably helps


def test_a_retriever_that_provably_helps(library: Library) -> None:
    calls: list[int] = []
    result = sweep(library, GOLD, {"retriever": ["dense", "lexical"]}, "success@1", calls.append)
    assert calls == [1] * (2 * COUNT)
    assert settings(result) == ["lexical", "dense"]
    best, other = result.cells
    assert (best.metric.value, other.metric.value) == (1.0, 0.0)
    assert (best.p, best.tied) == (1.0, True)
    assert other.p < 0.001
    assert not other.tied
    (effect,) = result.effects
    assert (effect.factor, effect.first, effect.second) == ("retriever", "dense", "lexical")
    assert (effect.comparison.wins, effect.comparison.losses, effect.comparison.verdict) == (COUNT, 0, "better")
    assert effect.comparison.detectable is None  # the differences are all the same


def test_the_order_in_which_values_are_named_only_turns_the_effect(library: Library) -> None:
    result = sweep(library, GOLD, {"retriever": ["lexical", "dense"]}, "success@1")
    assert settings(result) == ["lexical", "dense"]
    assert (result.effects[0].comparison.losses, result.effects[0].comparison.verdict) == (COUNT, "worse")


def test_ties_are_named(library: Library) -> None:
    result = sweep(library, GOLD, {"retriever": ["lexical"], "k": ["1", "5"]}, "f1")
    assert settings(result) == ["lexical 1", "lexical 5"]  # of equals, the one that was named first
    assert [(cell.metric.value, cell.p, cell.tied) for cell in result.cells] == [(1.0, 1.0, True)] * 2
    (effect,) = result.effects
    assert (effect.factor, effect.comparison.verdict, effect.comparison.ties) == ("k", "cannot tell", COUNT)


def test_too_few_questions_are_a_tie(library: Library) -> None:
    # Four questions: 2 of 16 ways to give signs, p = 0.125.
    result = sweep(library, GOLD[:4], {"retriever": ["dense", "lexical"]}, "success@1")
    assert [cell.tied for cell in result.cells] == [True, True]
    assert result.cells[1].p == pytest.approx(2 / 16, abs=0.02)
    assert result.effects[0].comparison.verdict == "cannot tell"


def test_settings_are_what_is_asked_with(library: Library) -> None:
    factors = {"retriever": ["lexical", "dense"], "threshold": ["0.3", "0.6"]}
    result = sweep(library, GOLD, factors, "answered")
    # By words the reader is sure with 0.8, by meaning with 0.4.
    shares = {" ".join(cell.settings.values()): cell.metric.value for cell in result.cells}
    assert shares == {"lexical 0.3": 1.0, "lexical 0.6": 1.0, "dense 0.3": 1.0, "dense 0.6": 0.0}


def test_with_one_factor_a_tie_with_the_best_is_a_tie_of_the_factor(library: Library) -> None:
    # Every two values are compared either way: one family of three, and one verdict.
    result = sweep(library, GOLD, {"retriever": ["dense", "lexical", "fused"]}, "ndcg@10")
    best = result.cells[0].settings["retriever"]
    effects = {frozenset((effect.first, effect.second)): effect.comparison.p for effect in result.effects}
    for cell in result.cells[1:]:
        assert cell.p == effects[frozenset((best, cell.settings["retriever"]))]


def test_effects_are_means_over_the_other_factors(library: Library) -> None:
    factors = {"retriever": ["dense", "lexical"], "threshold": ["0.3", "0.6", "0.9"]}
    result = sweep(library, GOLD, factors, "answered")
    # Each question is answered by dense at 0.3 alone, and by lexical at 0.3 and at 0.6.
    means = {
        (effect.first, effect.second): (effect.comparison.before, effect.comparison.after) for effect in result.effects
    }
    assert means == {
        ("dense", "lexical"): (pytest.approx(1 / 3), pytest.approx(2 / 3)),
        ("0.3", "0.6"): (1.0, 0.5),
        ("0.3", "0.9"): (1.0, 0.0),
        ("0.6", "0.9"): (0.5, 0.0),
    }
    assert [effect.factor for effect in result.effects] == ["retriever", *["threshold"] * 3]
    assert {effect.comparison.verdict for effect in result.effects[1:]} == {"worse"}
    # Every question won or lost: the p of 2 in 2**40 is 1 in 10,001 at the least, and four are compared.
    assert [effect.comparison.p for effect in result.effects] == pytest.approx([4 / 10_001] * 4)


def test_the_lowest_risk_is_the_best(library: Library) -> None:
    result = sweep(library, GOLD, {"retriever": ["dense", "lexical"], "threshold": ["0.3"]}, "risk")
    assert [(cell.settings["retriever"], cell.metric.value) for cell in result.cells] == [
        ("lexical", 0.0),
        ("dense", 1.0),
    ]
    assert (result.effects[0].comparison.wins, result.effects[0].comparison.verdict) == (COUNT, "better")


def test_the_same_seed_gives_the_same_sweep(library: Library) -> None:
    factors = {"retriever": ["dense", "fused"]}
    first = sweep(library, GOLD[:8], factors, "ndcg@10", seed=1).as_dict()
    assert sweep(library, GOLD[:8], factors, "ndcg@10", seed=1).as_dict() == first
    others = [sweep(library, GOLD[:8], factors, "ndcg@10", seed=seed).effects[0].comparison.p for seed in range(5)]
    assert len(set(others)) > 1


def test_json(library: Library) -> None:
    value = sweep(library, GOLD[:4], {"retriever": ["dense", "lexical"]}, "success@1").as_dict()
    assert json.loads(json.dumps(value)) == value
    assert list(value) == ["metric", "cells", "effects"]
    best, other = value["cells"]
    assert (best["settings"], best["value"], best["p"], best["tied"]) == ({"retriever": "lexical"}, 1.0, 1.0, True)
    assert other["settings"] == {"retriever": "dense"}
    assert (best["count"], best["better"]) == (4, "higher")
    (effect,) = value["effects"]
    assert (effect["factor"], effect["first"], effect["second"]) == ("retriever", "dense", "lexical")
    assert (effect["before"], effect["after"], effect["verdict"]) == (0.0, 1.0, "cannot tell")


# --- made-up figures


@dataclass(frozen=True)
class Told:
    """What a combination of settings scores, question by question."""

    scores: Mapping[tuple[str, ...], Mapping[str, float]]

    def evaluate(self, answerer: Any, gold: Any, progress: Any, *, seed: int) -> Report:
        retriever = getattr(answerer, "retriever", answerer)
        values = (retriever.stage, f"{answerer.threshold:g}")
        rows = [
            QuestionScore(id_, "?", (), ("a",), True, True, "a", {"risk": score})
            for id_, score in self.scores[values].items()
        ]
        mean = sum(row.scores["risk"] for row in rows) / len(rows) if rows else 0.0
        return Report({"risk": Metric(mean, None, len(rows), "", lower_is_better=True)} if rows else {}, tuple(rows))


def told(library: Library, monkeypatch: pytest.MonkeyPatch, scores: dict[tuple[str, ...], dict[str, float]]) -> Sweep:
    monkeypatch.setattr(MODULE, "evaluate", Told(scores).evaluate)
    monkeypatch.setattr(MODULE, "units_of", lambda _rows: {id_: id_ for each in scores.values() for id_ in each})
    factors = {
        "retriever": list(dict.fromkeys(first for first, _ in scores)),
        "threshold": list(dict.fromkeys(second for _, second in scores)),
    }
    return sweep(library, GOLD, factors, "risk")


def test_a_question_counts_where_all_settings_have_a_score_of_it(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = told(
        library,
        monkeypatch,
        {
            ("dense", "0.1"): {"a": 0.0, "b": 1.0, "c": 1.0},
            ("dense", "0.5"): {"a": 1.0},
            ("dense", "0.9"): {"a": 1.0, "b": 1.0},
            ("fused", "0.1"): {"a": 0.0, "c": 0.0},
            ("fused", "0.5"): {"a": 0.0, "b": 0.0},
            ("fused", "0.9"): {"a": 0.0, "b": 0.0},
        },
    )
    effects = {(effect.first, effect.second): effect.comparison for effect in result.effects}
    means = {values: (comparison.before, comparison.after) for values, comparison in effects.items()}
    # a alone is in all three of dense: 2/3 against 0. At 0.1 both have a and c, at 0.5 a, at 0.9 a and b.
    assert means == {
        ("dense", "fused"): (pytest.approx(2 / 3), 0.0),
        ("0.1", "0.5"): (0.0, 0.5),
        ("0.1", "0.9"): (0.0, 0.5),
        ("0.5", "0.9"): (0.5, 0.5),
    }
    assert (effects["0.1", "0.5"].losses, effects["0.5", "0.9"].ties) == (1, 1)


def test_settings_that_share_no_question_cannot_be_told_apart(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = told(library, monkeypatch, {("dense", "0.5"): {"a": 1.0}, ("fused", "0.5"): {"b": 0.0}})
    assert [(cell.settings["retriever"], cell.p, cell.tied) for cell in result.cells] == [
        ("fused", 1.0, True),
        ("dense", 1.0, True),
    ]
    assert result.effects == ()


# --- what is refused


@pytest.mark.parametrize(
    ("factors", "metric", "words"),
    [
        (
            {"retriever": ["dense", "fused"]},
            "f2",
            r"There is no metric f2 that settings could change, only success@1, ",
        ),
        ({"retriever": ["dense", "fused"]}, "auroc", "There is no metric auroc"),
        ({"retriever": ["dense", "fused"]}, "dense.ndcg@10", r"There is no metric dense\.ndcg@10"),
        ({"reader": ["big", "small"]}, "f1", "There is no factor reader to vary, only retriever, k, threshold"),
        ({"retriever": ["dense", "sparse"]}, "f1", "retriever=sparse: only dense, lexical, fused can be had"),
        ({"retriever": ["dense", "Dense"]}, "f1", "retriever=Dense: only dense"),
        ({"k": ["5", "0"]}, "f1", "k=0: a whole number from 1 to 1000 is needed"),
        ({"k": ["5", "1001"]}, "f1", "k=1001: a whole number"),
        ({"k": ["5", "-3"]}, "f1", "k=-3: a whole number"),
        ({"k": ["5", "2.5"]}, "f1", r"k=2\.5: a whole number"),
        ({"k": ["5", "²"]}, "f1", "k=²: a whole number"),
        ({"k": ["5", "٣"]}, "f1", "k=٣: a whole number"),
        ({"k": ["5", ""]}, "f1", "k=: a whole number"),
        ({"k": ["5", "9" * 5000]}, "f1", "k=9+: a whole number"),
        ({"threshold": ["0.5", "1.5"]}, "f1", r"threshold=1\.5: a number from 0 to 1"),
        ({"threshold": ["0.5", "-0.1"]}, "f1", r"threshold=-0\.1: a number from 0 to 1"),
        ({"threshold": ["0.5", "nan"]}, "f1", "threshold=nan: a number from 0 to 1"),
        ({"threshold": ["0.5", "half"]}, "f1", "threshold=half: a number from 0 to 1"),
        ({"k": ["5", "5"]}, "f1", "k=5,5: a value stands twice"),
        ({"k": ["5", "05"]}, "f1", "k=5,05: a value stands twice"),
        ({"threshold": ["0.5", ".50"]}, "f1", r"threshold=0\.5,\.50: a value stands twice"),
        ({"retriever": ["dense", "dense"]}, "f1", "a value stands twice"),
        ({"retriever": ["dense", "fused"], "k": ["5", "9"]}, "ndcg@10", r"k cannot change ndcg@10.*vary the retriever"),
        ({"threshold": ["0.1", "0.9"]}, "recall@5", "threshold cannot change recall@5"),
        ({"retriever": ["dense"]}, "f1", "There is nothing to compare: give a factor two values"),
        ({"retriever": ["dense"], "k": ["5"]}, "f1", "There is nothing to compare"),
        ({}, "f1", "There is nothing to compare"),
        ({"retriever": ["dense", "fused"], "k": []}, "f1", "k has no value"),
    ],
)
def test_what_cannot_be_swept(library: Library, factors: dict[str, list[str]], metric: str, words: str) -> None:
    with pytest.raises(PinciteError, match=words):
        sweep(library, GOLD, factors, metric, lambda _done: pytest.fail("asked before it was refused"))


def test_every_metric_that_can_be_swept_is_one(library: Library) -> None:
    assert set(MODULE.METRICS) < set(METRICS)


def test_a_metric_that_no_question_has(library: Library) -> None:
    bare = [GoldQuestion("q", "What is kept?", ("gauge",))]
    with pytest.raises(PinciteError, match="No question of this gold set has a score in recall@5: choose another"):
        sweep(library, bare, {"retriever": ["dense", "fused"]}, "recall@5")
    # Nothing is answered at one of them.
    with pytest.raises(PinciteError, match="No question of this gold set has a score in risk"):
        sweep(library, GOLD[:3], {"threshold": ["0.1", "1"]}, "risk")


def test_documents_that_change_between_two_settings_are_refused(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def meddle(_done: int) -> None:
        calls.append(1)

    def evaluated(*arguments: Any, **named: Any) -> Report:
        report = evaluate(*arguments, **named)
        if len(calls) == 3:  # after the first setting, and not during it
            (tmp_path / "new.txt").write_text("Otters swim.")
            library.add([tmp_path / "new.txt"])
        return report

    monkeypatch.setattr(MODULE, "evaluate", evaluated)
    with pytest.raises(PinciteError, match="changed during the evaluation"):
        sweep(library, GOLD[:3], {"retriever": ["dense", "fused"]}, "ndcg@10", meddle)
