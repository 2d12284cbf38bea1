"""How long it takes to open a store until both indexes are ready to be searched.

    python -m benchmarks.curves.opening STORE

Prints as one line of JSON the seconds of that, and apart from it those of imports and of loading the model.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.peers.script import say

if TYPE_CHECKING:
    from embeddings import Encoder

_LATE = ("faiss", "tantivy")
"""Packages that are imported when an index is first used."""

_NOWHERE = "zzyzxquibble"
"""A word that stands in no passage: looking it up takes no time."""


def opened(folder: Path, encoder: Encoder) -> dict[str, float]:
    """Seconds from `Library.open` until a search could begin, and the parts of each index."""
    from qa.library import Library

    begin = perf_counter()
    with Library.open(folder, encoder=encoder, create=False) as library, library.reading() as reading:
        library.index(reading)
        vectors = perf_counter()
        library.find_words(reading, _NOWHERE, 1)
        words = perf_counter()
    return {"seconds": words - begin, "vectors_s": vectors - begin, "words_s": words - vectors}


def main() -> None:
    begin = perf_counter()
    from embeddings import find_model, load_encoder

    for name in ("qa.library", *filter(find_spec, _LATE)):
        import_module(name)
    imported = perf_counter()
    encoder = load_encoder(find_model())
    loaded = perf_counter()
    say({**opened(Path(sys.argv[1]), encoder), "imports_s": imported - begin, "model_s": loaded - imported})


if __name__ == "__main__":
    main()
