"""One document added to a store and removed again, until a search sees it.

    python -m benchmarks.curves.changing STORE REAL SEED

The document is a file of twenty of the real passages in REAL, with a made-up word. Prints one line of JSON.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.curves.mixture import TOGETHER
from benchmarks.curves.real import Real
from benchmarks.peers.script import TOP, say
from embeddings import Encoder, find_model, load_encoder
from qa.library import Library
from qa.passages import MAX_BYTES
from qa.retriever import Retriever

ROUNDS = 3

_SHORTEST = 200
"""Characters: what is shorter can be a heading, which travels with the passage behind it."""


def changed(folder: Path, texts: Sequence[str], encoder: Encoder, seed: int) -> dict[str, Any]:
    """Seconds of every round: until `add` returned, its word was found, `remove` returned, and it was not found.

    `cut` are the passages that the document was cut into.
    """
    figures: dict[str, list[float]] = {name: [] for name in ("add_s", "found_s", "remove_s", "gone_s", "cut")}
    with Library.open(folder, encoder=encoder, create=False) as library, tempfile.TemporaryDirectory() as place:
        retriever = Retriever(library)
        retriever.search("Which of these was the first?", TOP)
        for number in range(ROUNDS):
            word = f"Quibbleworth{'abc'[number]}ly"
            path = Path(place) / f"{word}.md"
            path.write_text(_document(texts, word, random.Random(f"{seed} {number}")), encoding="utf-8")
            begin = perf_counter()
            receipt = library.add([path])
            figures["add_s"].append(perf_counter() - begin)
            _until(retriever, word, found=True)
            figures["found_s"].append(perf_counter() - begin)
            begin = perf_counter()
            library.remove(str(path))
            figures["remove_s"].append(perf_counter() - begin)
            _until(retriever, word, found=False)
            figures["gone_s"].append(perf_counter() - begin)
            figures["cut"].append(sum(entry.passages for entry in receipt.added))
    return figures


def _document(texts: Sequence[str], word: str, chance: random.Random) -> str:
    """Some passages that are none too short or too long to stay one, the word in one of them."""
    fitting = [text for text in texts if len(text) >= _SHORTEST and len(text.encode()) < MAX_BYTES - 100]
    drawn = chance.sample(fitting, TOGETHER)
    drawn[chance.randrange(TOGETHER)] += f" All of this is known as {word}."
    return "\n\n".join(drawn) + "\n"


def _until(retriever: Retriever, word: str, *, found: bool) -> None:
    """Search once. Raises ValueError where it does not see what it must."""
    hits = retriever.search(f"What is known as {word}?", TOP)
    if found != any(word in hit.passage.text for hit in hits):
        raise ValueError(f"{word} is {'not found' if found else 'still found'}.")


def main() -> None:
    store, real, seed = sys.argv[1:]
    say(changed(Path(store), Real.load(Path(real)).texts, load_encoder(find_model()), int(seed)))


if __name__ == "__main__":
    main()
