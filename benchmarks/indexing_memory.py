"""Peak memory of `pincite index` over corpora of two sizes: what does it take for each passage more?

    python -m benchmarks.indexing_memory DATA [--sizes 10000 100000]

DATA holds `train/squad1_passages.jsonl`. Beyond its passages they come again with a number before them, so that no two
are the same. Prints a markdown table, and the difference beside what vectors and texts of the difference take.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.collections import rows
from benchmarks.peers.process import run

_A_DOCUMENT = 50
"""Passages of a document."""

_DIMENSION = 384
_HOUR = 3600.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sizes", type=int, nargs=2, default=[10_000, 100_000])
    options = parser.parse_args()
    print("| passages | seconds | peak memory, MB | text, MB | vectors, MB |\n|---|---|---|---|---|", flush=True)
    found = [_indexed(options.data, size) for size in options.sizes]
    peak, text, vectors = (found[1][at] - found[0][at] for at in range(3))
    print(f"\nDifference: {peak:.0f} MB, of which texts {text:.0f} and vectors {vectors:.0f}.")


def _indexed(data: Path, size: int) -> tuple[float, float, float]:
    """Peak memory, text and vectors in MB of so many passages, indexed in a process of their own."""
    with tempfile.TemporaryDirectory(prefix="pincite-memory-") as folder:
        documents = Path(folder) / "documents"
        text = _write(data, documents, size) / 1e6
        command = [sys.executable, "-m", "qa", "index", str(documents), "--store", f"{folder}/store", "--json"]
        done = run(command, seconds=2 * _HOUR)
        indexed = sum(entry["passages"] for entry in done.value()["added"])
    vectors = indexed * _DIMENSION * 4 / 1e6
    print(f"| {indexed} | {done.wall:.0f} | {done.peak_mb:.0f} | {text:.0f} | {vectors:.0f} |", flush=True)
    return done.peak_mb, text, vectors


def _write(data: Path, folder: Path, size: int) -> int:
    """Write documents of some passages each, and give the bytes of all."""
    folder.mkdir()
    passages = itertools.islice(_passages(data), size)
    written = 0
    for number in itertools.count():
        some = list(itertools.islice(passages, _A_DOCUMENT))
        if not some:
            return written
        content = "\n\n".join(some).encode()
        (folder / f"{number}.txt").write_bytes(content)
        written += len(content)
    raise AssertionError


def _passages(data: Path) -> Iterator[str]:
    texts = [" ".join(row["text"].split()) for row in rows(data / "train" / "squad1_passages.jsonl")]
    yield from texts
    for time in itertools.count(2):
        yield from (f"{time}. {text}" for text in texts)


if __name__ == "__main__":
    main()
