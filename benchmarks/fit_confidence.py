"""Fit the sentence reader's confidence on questions in SQuAD 2.0 format, and say what it is worth.

    python benchmarks/fit_confidence.py dev-v2.0.json

Every article becomes a document of a temporary store, and each question is asked over all of them. The best sentence is
right when it stands in the question's own paragraph and holds an acceptable answer. Half of the articles fit the
weights that are printed; the figures are those of the other half.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from embeddings import Encoder
from embeddings.encoder import Vectors
from qa import Library, Retriever
from qa.evaluation.abstention import auroc, calibration_error
from qa.evaluation.statistics import value_of
from qa.reader import SentenceReader, features


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("squad", type=Path, help="a file in SQuAD 2.0 format")
    parser.add_argument("--questions", type=int, default=2400, help="how many questions to draw")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    articles = json.loads(options.squad.read_text())["data"]
    random.Random(options.seed).shuffle(articles)
    half = len(articles) // 2
    drawn = options.questions // len(articles)
    with tempfile.TemporaryDirectory() as folder, _indexed(Path(folder), articles) as library:
        reader = SentenceReader(_Remembering(library.load_encoder()))
        rows = [_rows(library, reader, article, random.Random(options.seed), drawn) for article in articles]
    fit = [row for article in rows[:half] for row in article]
    held = [row for article in rows[half:] for row in article]
    model = LogisticRegression(C=10).fit([row[0] for row in fit], [row[1] for row in fit])
    probability = model.predict_proba([row[0] for row in held])[:, 1]
    right = np.array([row[1] for row in held])
    answerable = np.array([row[2] for row in held])
    print(f"_WEIGHTS = ({', '.join(f'{weight:.2f}' for weight in model.coef_[0])})")
    print(f"_INTERCEPT = {model.intercept_[0]:.2f}")
    print(f"held out: {len(held)} questions of {len(rows) - half} articles, {answerable.mean():.0%} answerable")
    print(f"best sentence right, answerable questions: {right[answerable].mean():.3f}")
    print(f"AUROC right against wrong: {value_of(auroc(probability, right), len(right)):.3f}")
    print(f"AUROC answerable against not: {value_of(auroc(probability, answerable), len(right)):.3f}")
    print(f"expected calibration error, 10 bins: {value_of(calibration_error(probability, right), len(right)):.3f}")


class _Remembering:
    """An encoder that embeds a sentence once, however often its passage is read."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Any] = {}
        self.name, self.location = encoder.name, encoder.location
        self.fingerprint, self.dimension = encoder.fingerprint, encoder.dimension

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode_query(texts)

    def encode_document(self, texts: Sequence[str], progress: Callable[[int], object] | None = None) -> Vectors:
        new = list(dict.fromkeys(text for text in texts if text not in self._known))
        self._known.update(zip(new, self._encoder.encode_document(new, progress), strict=True))
        return np.stack([self._known[text] for text in texts])


def _rows(
    library: Library, reader: SentenceReader, article: dict[str, Any], chance: random.Random, count: int
) -> list[tuple[tuple[float, ...], bool, bool]]:
    """(features, right, answerable) for questions drawn from one article."""
    retriever = Retriever(library)
    questions = [(qa, _one_line(p["context"])) for p in article["paragraphs"] for qa in p["qas"]]
    drawn = chance.sample(questions, min(len(questions), count))
    rows = []
    for qa, paragraph in drawn:
        ranked = reader.rank(qa["question"], retriever.search(qa["question"]))
        sentence = _one_line(ranked[0].hit.passage.text[ranked[0].start : ranked[0].end])
        answers = [_one_line(answer["text"]) for answer in qa["answers"]]
        right = sentence in paragraph and any(answer in sentence for answer in answers)
        rows.append((features(ranked), right, bool(answers)))
    return rows


def _indexed(folder: Path, articles: list[dict[str, Any]]) -> Library:
    texts = folder / "texts"
    texts.mkdir()
    for number, article in enumerate(articles):
        paragraphs = (_one_line(paragraph["context"]) for paragraph in article["paragraphs"])
        (texts / f"{number}.txt").write_text("\n\n".join(paragraphs))
    library = Library.open(folder / "store")
    library.add([texts])
    return library


def _one_line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    main()
