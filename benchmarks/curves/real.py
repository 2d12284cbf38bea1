"""The real passages: taken from the data, embedded once by Pincite's own encoder, and kept for the next run.

    python -m benchmarks.curves.real DATA FOLDER PASSAGES QUESTIONS SEED

Questions about them are written beside them. Prints what there is as one line of JSON.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.corpus import check, drawn, every
from benchmarks.peers.script import say
from embeddings import Encoder, ModelFolder, find_model, load_encoder
from qa.record import StoreModel

Half = NDArray[np.float16]

QUESTIONS = "questions.json"
_TEXTS, _ROWS, _MODEL = "texts.json", "rows.npy", "model.json"


@dataclass(frozen=True, eq=False)
class Real:
    """Passages with their vectors, a row each, and the model that made them."""

    texts: Sequence[str]
    rows: Half
    model: StoreModel

    @cached_property
    def digest(self) -> str:
        """Changes with the texts and with the model."""
        known = hashlib.sha256(self.model.fingerprint.encode())
        for text in self.texts:
            known.update(hashlib.sha256(text.encode()).digest())
        return known.hexdigest()

    def save(self, folder: Path) -> None:
        """The model comes last: where it is, all is."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _MODEL).unlink(missing_ok=True)
        (folder / _TEXTS).write_text(json.dumps(self.texts), encoding="utf-8")
        np.save(folder / _ROWS, self.rows)
        (folder / _MODEL).write_text(json.dumps(asdict(self.model)), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Real:
        """Raises FileNotFoundError where none were kept."""
        model = StoreModel(**json.loads((folder / _MODEL).read_text(encoding="utf-8")))
        return cls(json.loads((folder / _TEXTS).read_text(encoding="utf-8")), np.load(folder / _ROWS), model)


def embedded(texts: Sequence[str], encoder: Encoder) -> Real:
    model = StoreModel(encoder.name, encoder.location, encoder.fingerprint, encoder.dimension)
    return Real(list(texts), encoder.encode_document(texts).astype(np.float16), model)


def kept(folder: Path, texts: Sequence[str], model: ModelFolder) -> Real | None:
    """What is in a folder, where it is of these texts and this model."""
    try:
        found = Real.load(folder)
    except FileNotFoundError:
        return None
    return found if found.texts == list(texts) and found.model.fingerprint == model.fingerprint else None


def prepare(data: Path, folder: Path, passages: int, questions: int, seed: int) -> dict[str, Any]:
    """Embed up to so many passages, unless it was done, and draw questions. Raises ValueError where data is missing."""
    check(data)
    taken = list(islice(every(data), passages))
    texts, model = [passage.text for passage in taken], find_model()
    asked = [row["question"] for row in drawn(data, {passage.id for passage in taken}, questions, seed)]
    begin = perf_counter()
    if kept(folder, texts, model) is None:
        embedded(texts, load_encoder(model)).save(folder)
    (folder / QUESTIONS).write_text(json.dumps(asked), encoding="utf-8")
    characters = sum(map(len, texts))
    return {
        "passages": len(texts),
        "characters": characters,
        "questions": len(asked),
        "seconds": perf_counter() - begin,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    for name in ("passages", "questions", "seed"):
        parser.add_argument(name, type=int)
    options = parser.parse_args()
    try:
        say(prepare(options.data, options.folder, options.passages, options.questions, options.seed))
    except ValueError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
