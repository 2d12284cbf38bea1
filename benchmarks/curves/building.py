"""The indexes of a store built anew from its record, as at the end of `Library.add`.

    python -m benchmarks.curves.building STORE

Prints the seconds of the vector index, from vectors in the record to a sealed file that is open, and of the word index,
as one line of JSON.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from time import perf_counter

from benchmarks.curves.memory import memory
from benchmarks.peers.script import say
from qa.library import Library


def build(folder: Path) -> dict[str, float]:
    """Whatever was derived before is deleted. Raises ValueError where the store holds nothing."""
    shutil.rmtree(folder / "index", ignore_errors=True)
    with Library.open(folder, create=False) as library, library.store.writing() as writing:
        if writing.model is None:
            raise ValueError(f"{folder} holds nothing.")
        begin = perf_counter()
        library._derived._vectors.publish(writing, writing.model)
        vectors = perf_counter()
        library._publish(writing)  # the words: what is there already is not made again
        return {"vectors_s": vectors - begin, "words_s": perf_counter() - vectors, **memory()}


def main() -> None:
    say(build(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
