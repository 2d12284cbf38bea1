"""Fit the reader's confidence on questions that its network was not trained on.

Each question is asked over the texts of its collection, the ten passages that are found are read, and two logistic
regressions are fitted: which passage answers, and whether the best answer of all is right. Of the development
collections one half is used, by article or by question; `benchmarks/reader_quality.py` measures on the other.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.collections import clapnq, in_fitting_half, squad1, squad2
from benchmarks.remembering import RememberingReader
from benchmarks.training.exporting import sign
from benchmarks.training.preparing import held_aside
from qa import Retriever, lexical
from qa.evaluation.abstention import auroc, coverage_at
from qa.evaluation.answers import is_right
from qa.evaluation.statistics import value_of
from qa.gold.anchors import Anchors, judge
from qa.gold.questions import Gold, GoldQuestion
from qa.gold.texts import indexed
from qa.reader.confidence import Confidence, Logistic, answer_features, passage_features
from qa.reader.reading import Reading
from qa.reader.weights import CONFIDENCE, FOLDER

_QUESTIONS = 1000
"""Questions of SQuAD 1.1 that are asked: half of them about articles that are not there."""

RISK = 0.1
"""Share of wrong answers among those given that the threshold is chosen for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with what was read for it, whether each passage holds its evidence, and each best span is right."""

    collection: str
    question: GoldQuestion
    readings: Sequence[Reading]
    relevant: Sequence[bool]
    right: Sequence[bool]


def fit(asked: Sequence[Asked]) -> Confidence:
    """Both regressions, and the lowest threshold whose answers are wrong in at most one of ten."""
    rows: list[dict[str, float]] = []
    labels: list[bool] = []
    for each in asked:
        words = lexical.words(each.question.question)
        rows += [passage_features(words, each.readings, reading) for reading in each.readings]
        labels += each.relevant
    passage = _logistic(rows, labels)
    ranked = [ordered(each, passage) for each in asked]
    answer = _logistic([features for features, _ in ranked], [right for _, right in ranked])
    probability = [answer.probability(features) for features, _ in ranked]
    return Confidence(passage, answer, _threshold(probability, [right for _, right in ranked]))


def ordered(asked: Asked, passage: Logistic) -> tuple[dict[str, float], bool]:
    """The features of the best answer of a question, and whether it is right."""
    words = lexical.words(asked.question.question)
    scores = [passage.logit(passage_features(words, asked.readings, reading)) for reading in asked.readings]
    order = sorted(range(len(scores)), key=lambda at: (-scores[at], at))
    readings = [asked.readings[at] for at in order]
    return answer_features(words, readings, [scores[at] for at in order]), asked.right[order[0]]


def ask(name: str, gold: Gold, reader: RememberingReader, questions: Sequence[GoldQuestion]) -> list[Asked]:
    """Ask some questions of a gold set over all of its texts."""
    asked = []
    with indexed(Gold(tuple(questions), gold.texts)) as (library, renamed), library.reading() as reading:
        retriever, anchors = Retriever(library), Anchors(reading)
        for question in renamed:
            places = [anchors.locate(evidence).places for evidence in question.evidence]
            readings = reader.readings(question.question, retriever.search(question.question, 10))
            readings = [each for each in readings if each.candidates]
            if not readings:
                continue
            held = [bool(holds) for holds in judge([each.hit.passage for each in readings], places)]
            right = [_is_right(each, question, holds, name) for each, holds in zip(readings, held, strict=True)]
            asked.append(Asked(name, question, readings, held, right))
    print(f"{name}: {len(asked)} questions", flush=True)
    return asked


def _is_right(reading: Reading, question: GoldQuestion, relevant: bool, collection: str) -> bool:
    span = reading.text(reading.candidates[0])
    if collection == "clapnq":  # answers of several sentences: a span is right where it stands in one of them
        return relevant and any(span in evidence.quote for evidence in question.evidence)
    return is_right(span, question.answers)


def _logistic(rows: Sequence[Mapping[str, float]], labels: Sequence[bool]) -> Logistic:
    """Features are scaled for the fit, so that all are held back alike, and the weights given back unscaled."""
    names = list(rows[0])
    values = np.array([[row[name] for name in names] for row in rows])
    spread = values.std(0) + 1e-9
    model = LogisticRegression(C=1.0, max_iter=2000).fit(values / spread, labels)
    weights = model.coef_[0] / spread
    return Logistic(
        {name: round(float(w), 4) for name, w in zip(names, weights, strict=True)}, round(float(model.intercept_[0]), 4)
    )


def _threshold(probability: Sequence[float], right: Sequence[bool]) -> float:
    order = np.argsort(-np.asarray(probability), kind="stable")
    wrong = np.cumsum(~np.asarray(right)[order]) / np.arange(1, len(order) + 1)
    kept = np.flatnonzero(wrong <= RISK)
    return round(float(np.asarray(probability)[order][kept[-1]]), 3) if len(kept) else 1.0


def collect(data: Path, dev: Path, reader: RememberingReader, *, seed: int, fitting: bool) -> list[Asked]:
    """What is asked of every collection: the half that is fitted on, or the other."""
    aside = sorted(held_aside(data, seed=0))
    indexed_titles = set(aside[::2])
    held = squad1(data, indexed_titles, set(aside))
    drawn = random.Random(seed).sample(list(held), min(len(held), 2 * _QUESTIONS))
    golds = {"squad1": (held, drawn), "squad2": (squad2(dev), None), "clapnq": (clapnq(dev), None)}
    asked = []
    for name, (gold, questions) in golds.items():
        chosen = [each for each in questions or gold if in_fitting_half(name, each) == fitting]
        asked += ask(name, gold, reader, chosen)
    return asked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder of the training data")
    parser.add_argument("dev", type=Path, help="the folder of the development data")
    parser.add_argument("work", type=Path, help="where readings are kept")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    reader = RememberingReader(options.work / "readings.db", options.folder)
    fitted = fit(collect(options.data, options.dev, reader, seed=options.seed, fitting=True))
    row = {name: {"weights": dict(each.weights), "intercept": each.intercept} for name, each in _parts(fitted)}
    text = json.dumps({**row, "threshold": fitted.threshold}, indent=2)
    (options.folder / CONFIDENCE).write_text(text + "\n", encoding="utf-8")
    sign(options.folder)
    print(text)


def _parts(fitted: Confidence) -> list[tuple[str, Logistic]]:
    return [("passage", fitted.passage), ("answer", fitted.answer)]


if __name__ == "__main__":
    main()
