"""What compiling costs in quality: the compiled encoder and reader beside their references, on the same questions.

    python -m benchmarks.compiled_quality DATA

DATA holds `dev/`. Prints a markdown table, a row a collection, in points (hundredths).
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

from benchmarks.collections import Given, clapnq, given, squad2
from benchmarks.reader_quality import read_given
from embeddings import Encoder, SentenceTransformerEncoder, find_model, load_encoder
from qa import Retriever, evaluate, read_gold
from qa.gold.questions import Gold
from qa.gold.texts import indexed
from qa.reader import SpanReader
from qa.reader.network import Reference
from qa.reader.scoring import Scorer
from qa.reader.weights import load_network

_BEIR = ("cacm", "cisi", "cran", "med")
_GIVEN = ("squad2", "xquad", "qed-nq")


class ReferenceReader(SpanReader):
    """The reader as torch runs it."""

    def __init__(self) -> None:
        super().__init__()
        self._network = Reference(load_network())

    @property
    def _scorer(self) -> Scorer:
        return self._network


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    dev = options.data / "dev"
    print("| on | measure | reference | compiled | difference |\n|---|---|---|---|---|", flush=True)
    golds = {name: read_gold(dev / "beir" / name) for name in _BEIR}
    golds |= {"squad2": squad2(dev), "clapnq": clapnq(dev)}
    encoders = (SentenceTransformerEncoder(find_model()), load_encoder(find_model()))
    for name, gold in golds.items():
        _show(name, "dense nDCG@10", [_ndcg(gold, encoder) for encoder in encoders])
    readers = (ReferenceReader(), SpanReader())
    for name in _GIVEN:
        rows = given(dev, name)
        _show(f"{name}, passage given", "F1", [_f1(reader, rows) for reader in readers])


def _ndcg(gold: Gold, encoder: Encoder) -> float:
    with indexed(gold, encoder=encoder) as (library, questions):
        return evaluate(Retriever(library, stage="dense"), questions).metrics["ndcg@10"].value


def _f1(reader: SpanReader, rows: Sequence[Given]) -> float:
    return read_given(reader, rows).metrics["best_answer_f1"].value


def _show(on: str, measure: str, values: Sequence[float]) -> None:
    reference, compiled = (100 * value for value in values)
    print(f"| {on} | {measure} | {reference:.2f} | {compiled:.2f} | {compiled - reference:+.2f} |", flush=True)


if __name__ == "__main__":
    main()
