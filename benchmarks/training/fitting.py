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

from benchmarks.collections import check, clapnq, in_fitting_half, natural_questions, squad2
from benchmarks.remembering import RememberingReader
from benchmarks.training.exporting import sign
from qa import Retriever, lexical
from qa.evaluation.answers import is_right
from qa.gold.anchors import Anchors, judge
from qa.gold.questions import Gold, GoldQuestion
from qa.gold.texts import indexed
from qa.reader.confidence import Confidence, Logistic, answer_features, passage_features
from qa.reader.reading import Reading
from qa.reader.weights import CONFIDENCE, FOLDER

_FOLDS = 5

_QUESTIONS = 700
"""Questions of a collection that are asked at most, so that none counts for much more than the others."""

RISK = 0.2
"""Share of wrong answers among those given that the threshold is for; `docs/quality.md` says why it is not 0.1."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with what was read for it, whether each passage holds its evidence, and each best span is right."""

    collection: str
    question: GoldQuestion
    readings: Sequence[Reading]
    relevant: Sequence[bool]
    right: Sequence[bool]


def fit(asked: Sequence[Asked]) -> Confidence:
    """Both regressions on all questions; the threshold by regressions that had not seen the question (five folds)."""
    passage, answer = regressions(asked)
    probability: list[float] = []
    right: list[bool] = []
    for fold in range(_FOLDS):
        others = regressions([each for at, each in enumerate(asked) if at % _FOLDS != fold])
        for each in asked[fold::_FOLDS]:
            features, is_so = ordered(each, others[0])
            probability.append(others[1].probability(features))
            right.append(is_so)
    return Confidence(passage, answer, _threshold(probability, right))


def regressions(asked: Sequence[Asked]) -> tuple[Logistic, Logistic]:
    """Which passage holds the evidence, and whether the best span of the best passage is right."""
    rows: list[dict[str, float]] = []
    labels: list[bool] = []
    for each in asked:
        words = lexical.words(each.question.question)
        rows += [passage_features(words, each.readings, reading) for reading in each.readings]
        labels += each.relevant
    passage = _logistic(rows, labels)
    ranked = [ordered(each, passage) for each in asked]
    return passage, _logistic([features for features, _ in ranked], [right for _, right in ranked])


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
    if collection == "clapnq":  # answers of several sentences: some words of one of them are right
        return relevant and len(span.split()) > 1 and any(span in evidence.quote for evidence in question.evidence)
    return is_right(span, question.answers)


def _logistic(rows: Sequence[Mapping[str, float]], labels: Sequence[bool]) -> Logistic:
    """Features are scaled for the fit, so that all are held back alike, and the weights given back unscaled."""
    names = list(rows[0])
    values = np.array([[row[name] for name in names] for row in rows])
    spread = values.std(0) + 1e-9
    model = LogisticRegression(C=0.1, max_iter=2000).fit(values / spread, labels)
    weights = model.coef_[0] / spread
    return Logistic(
        {name: round(float(w), 4) for name, w in zip(names, weights, strict=True)}, round(float(model.intercept_[0]), 4)
    )


def _threshold(probability: Sequence[float], right: Sequence[bool]) -> float:
    order = np.argsort(-np.asarray(probability), kind="stable")
    wrong = np.cumsum(~np.asarray(right)[order]) / np.arange(1, len(order) + 1)
    kept = np.flatnonzero(wrong <= RISK)
    return round(float(np.asarray(probability)[order][kept[-1]]), 3) if len(kept) else 1.0


def collect(dev: Path, reader: RememberingReader, *, seed: int) -> list[Asked]:
    """What is asked of every collection: the half that is fitted on."""
    golds = {"natural questions": natural_questions(dev), "squad2": squad2(dev), "clapnq": clapnq(dev)}
    asked = []
    for name, gold in golds.items():
        chosen = [question for question in gold if in_fitting_half(name, question)]
        asked += ask(name, gold, reader, random.Random(seed).sample(chosen, min(len(chosen), _QUESTIONS)))
    return asked


def write(fitted: Confidence, folder: Path) -> None:
    """Put what was fitted beside the weights, and print it."""
    parts = {"passage": fitted.passage, "answer": fitted.answer}
    row = {name: {"weights": dict(each.weights), "intercept": each.intercept} for name, each in parts.items()}
    text = json.dumps({**row, "threshold": fitted.threshold}, indent=2)
    (folder / CONFIDENCE).write_text(text + "\n", encoding="utf-8")
    sign(folder)
    print(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder that holds train/ and dev/")
    parser.add_argument("work", type=Path, help="where readings are kept")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    reader = RememberingReader(options.work / "readings.db", options.folder)
    check(options.data)
    write(fit(collect(options.data / "dev", reader, seed=options.seed)), options.folder)


if __name__ == "__main__":
    main()
