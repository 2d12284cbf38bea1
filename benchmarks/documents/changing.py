"""How long a folder of documents takes to index, and again after one in a hundred has changed."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.documents.writing import WRITERS, Known
from qa import Library
from qa.receipts import Receipt


@dataclass(frozen=True, slots=True)
class Change:
    """The receipts of both runs, and of one in which nothing had changed."""

    first: Receipt
    nothing: Receipt
    changed: Receipt


def change(documents: int) -> Change:
    """Index as many documents, in turn of every format; then one in a hundred of them is another."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "documents"
        folder.mkdir()
        writers = list(WRITERS.values())
        for at in range(documents):
            _write(folder, at, writers[at % len(writers)](at))
        with Library.open(Path(place) / "store") as library:
            library.load_encoder()
            first, nothing = library.add([folder]), library.add([folder])
            for at in range(0, documents, 100):
                _write(folder, at, writers[at % len(writers)](documents + at))
            return Change(first, nothing, library.add([folder]))


def _write(folder: Path, at: int, known: Known) -> None:
    (folder / f"{at}{Path(known.name).suffix}").write_bytes(known.data)
