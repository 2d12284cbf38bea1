"""A store of so many passages, with its record complete and nothing that is derived from it.

    python -m benchmarks.curves.making FOLDER PASSAGES SEED

Makes FOLDER/stores/PASSAGES from the real passages in FOLDER/real, unless it was made before: a file beside it says of
what it was made once it is complete. Prints how long that took, then or now, as one line of JSON.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.curves.mixture import NOISE, TOGETHER, Mixture
from benchmarks.curves.real import Half, Real
from benchmarks.peers.process import empty
from benchmarks.peers.script import say
from qa.schema import VERSION
from qa.store import Store
from qa.types import Document, Passage
from qa.writing import Writing

TAG = "one percent"
"""What every hundredth document has, drawn by chance."""

_BATCH = 250
"""Documents of a transaction."""

_GAP = "\n\n"


def make(folder: Path, real: Real, passages: int, seed: int) -> None:
    """Write the record of a store; no more than a batch of its texts is in memory."""
    mixture = Mixture(real, seed)
    documents = -(-passages // TOGETHER)
    tagged = set(random.Random(seed).sample(range(documents), max(1, documents // 100)))
    store = Store(folder)
    store.create()
    with store.writing() as writing:
        for start in range(0, documents, _BATCH):
            with writing.transaction():
                writing.set_model(real.model)
                for number in range(start, min(start + _BATCH, documents)):
                    texts, rows = mixture.document(number, min(TOGETHER, passages - number * TOGETHER))
                    document = _put(writing, folder.parent / "texts", number, texts, rows)
                    if number in tagged:
                        writing.give_tags(document.id, [TAG])
    store.close()


def prepare(work: Path, passages: int, seed: int) -> float:
    """Make a store unless it was made; the seconds that this took."""
    folder, marker = work / "stores" / str(passages), work / "stores" / f"{passages}.json"
    real = Real.load(work / "real")
    made_of = {"real": real.digest, "seed": seed, "noise": NOISE, "together": TOGETHER, "schema": VERSION}
    if marker.is_file() and folder.is_dir():
        known: dict[str, Any] = json.loads(marker.read_text(encoding="utf-8"))
        if known["made_of"] == made_of:
            return float(known["seconds"])
    marker.unlink(missing_ok=True)
    empty(folder)
    begin = perf_counter()
    make(folder, real, passages, seed)
    seconds = perf_counter() - begin
    marker.write_text(json.dumps({"made_of": made_of, "seconds": seconds}), encoding="utf-8")
    return seconds


def _put(writing: Writing, folder: Path, number: int, texts: list[str], rows: Half) -> Document:
    """A document of these passages, which no file has: its path is only a name."""
    text = _GAP.join(texts)
    name = f"{number:06}.txt"
    digest = hashlib.sha256(f"{text}\n".encode()).hexdigest()
    document = Document(digest[:16], name.removesuffix(".txt"), (name,), digest, text)
    starts = _starts(texts)
    passages = [Passage(document.id, at, at + len(each), each) for at, each in zip(starts, texts, strict=True)]
    writing.put(document, passages, rows)
    writing.attach(str(folder / name), name, str(folder), document.id)
    return document


def _starts(texts: list[str]) -> list[int]:
    """Where each begins when they are joined."""
    starts, at = [], 0
    for text in texts:
        starts.append(at)
        at += len(text) + len(_GAP)
    return starts


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("passages", type=int)
    parser.add_argument("seed", type=int)
    options = parser.parse_args()
    say({"seconds": prepare(options.folder, options.passages, options.seed)})


if __name__ == "__main__":
    main()
