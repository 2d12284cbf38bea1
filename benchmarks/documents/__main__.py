"""How much of known documents of every format is read, in which order, and whether places are said right.

    python -m benchmarks.documents [--documents 30] [--docs docs]

Writes `documents.md` into the folder of the documentation.
"""

from __future__ import annotations

import argparse
from functools import reduce
from operator import add
from pathlib import Path

from benchmarks import markdown
from benchmarks.documents.changing import Change, change
from benchmarks.documents.reading import Reading, read_known
from benchmarks.documents.writing import WRITERS
from qa.sandbox import Sandbox

_SAID = """
    Documents of every format with known text, written by other programs than those that read them (reportlab,
    python-docx, python-pptx, Python's zipfile, csv and json), read as `pincite index` does, in the separate process.
    Words count as found where they stand in the text in the order in which they were written (longest common
    subsequence of words). Places are pages of PDFs, slides, paragraphs, rows, and lines. PDFs have running headers,
    page numbers, and words divided at line ends.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=30, help="of each format")
    parser.add_argument("--docs", type=Path, default=Path("docs"), help="where the page goes")
    options = parser.parse_args()
    rows = []
    with Sandbox() as sandbox:
        for name, write in WRITERS.items():
            read = reduce(add, (read_known(write(seed), sandbox.read) for seed in range(options.documents)))
            rows.append(_row(name, read, options.documents))
            print(*rows[-1], sep="  ")
    head = ["format", "documents", "words", "found in order", "places said right", "ms a document"]
    command = f"```\npython -m benchmarks.documents --documents {options.documents}\n```"
    changed = _changed(change(10 * options.documents))
    page = markdown.section("What is read of documents", _SAID, command, markdown.table(head, rows), changed, level=1)
    (options.docs / "documents.md").write_text(page + "\n", encoding="utf-8")


def _changed(found: Change) -> str:
    share = found.changed.seconds / found.first.seconds
    said = f"""
        {len(found.first.added)} of these documents ({found.first.passages:,} passages) are indexed in
        {found.first.seconds:.1f} s with the model loaded, again with nothing changed in {found.nothing.seconds:.2f} s,
        and after {len(found.changed.updated)} of them were written anew in {found.changed.seconds:.2f} s,
        {100 * share:.1f} % of the first time.
    """
    return markdown.section("Indexing again", said)


def _row(name: str, read: Reading, documents: int) -> list[str]:
    places = f"{100 * read.right / read.places:.2f} % of {read.places:,}" if read.places else "none"
    found = f"{100 * read.found / read.words:.2f} %"
    return [name, str(documents), f"{read.words:,}", found, places, f"{1000 * read.seconds / documents:.1f}"]


if __name__ == "__main__":
    main()
