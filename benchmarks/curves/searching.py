"""Questions one after the other over a store that is open and warm: time, memory, and recall of its vectors.

All are asked twice: at the first time the system may have to read what answers them from the disk.

    python -m benchmarks.curves.searching STORE QUESTIONS [TAG]

With a tag only documents that have it are searched. Prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.curves.exact import recall
from benchmarks.curves.memory import memory
from benchmarks.peers.script import TOP, say, timed
from embeddings import Encoder, find_model, load_encoder
from qa.filters import ALL, Filter
from qa.library import Library
from qa.retriever import Retriever

_POOL = 100
"""How many passages the retriever takes of each half."""

_COMPARED = 200
"""Questions whose nearest rows are compared with those of exact search."""

PARTS = ("embedding", "filter", "vectors", "words")
"""What a search calls one after the other; the rest is reading, fusing and citing what they found."""

Milliseconds = dict[str, list[float]]


def searched(folder: Path, questions: Sequence[str], encoder: Encoder, only: Filter = ALL) -> dict[str, Any]:
    """All figures of one process. Memory is read before anything is compared with exact search."""
    with Library.open(folder, encoder=encoder, create=False) as library:
        retriever = Retriever(library)
        first, whole = (timed(questions, lambda question: retriever.search(question, TOP, only))[0] for _ in range(2))
        taken = memory()
        parts = by_part(library, questions, only)
        others = [max(0.0, all_of - sum(some)) for all_of, *some in zip(whole, *parts.values(), strict=True)]
        return {
            "first_ms": first,
            "whole_ms": whole,
            **{f"{name}_ms": each for name, each in parts.items()},
            "rest_ms": others,
            **taken,
            "kind": library.status()["index"]["type"],
            **compared(library, questions[:_COMPARED], only),
        }


def by_part(library: Library, questions: Sequence[str], only: Filter) -> Milliseconds:
    """What `Retriever.search` calls, called as it does."""
    encoder = library.load_encoder()
    found: Milliseconds = {name: [] for name in PARTS}
    for question in questions:
        times = [perf_counter()]
        query = encoder.encode_query([question])[0]
        times.append(perf_counter())
        with library.reading() as reading:
            among = library.numbers(reading, only)
            times.append(perf_counter())
            library.index(reading).search(query, _POOL, among)
            times.append(perf_counter())
            library.find_words(reading, question, _POOL, among)
            times.append(perf_counter())
        for name, (begin, end) in zip(PARTS, pairwise(times), strict=True):
            found[name].append(round(1000 * (end - begin), 3))
    return found


def compared(library: Library, questions: Sequence[str], only: Filter) -> dict[str, float]:
    """Recall among the first ten: of the passages that the retriever asks for, and where only ten are asked for.

    Raises ValueError where the index is not freshly built: its base is all that is compared with.
    """
    queries = library.load_encoder().encode_query(list(questions))
    with library.reading() as reading:
        index, among = library.index(reading), library.numbers(reading, only)
    if index.drift:
        raise ValueError(f"The index of {library.store.folder} is not freshly built.")
    ids, rows = index.base.ids, index.base.rows
    if among is not None:
        places = np.searchsorted(ids, among)
        ids, rows = ids[places], rows[places]
    figures = {"compared": float(len(ids))}
    for name, depth in (("recall", _POOL), ("recall_of_ten", TOP)):
        found = [[number for number, _ in index.search(query, depth, among)[:TOP]] for query in queries]
        figures[name] = recall(found, queries, ids, rows, TOP)
    return figures


def main() -> None:
    store, questions, *tags = sys.argv[1:]
    asked = json.loads(Path(questions).read_text(encoding="utf-8"))
    say(searched(Path(store), asked, load_encoder(find_model()), Filter(tags=tuple(tags))))


if __name__ == "__main__":
    main()
