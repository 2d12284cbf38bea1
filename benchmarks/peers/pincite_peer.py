"""Pincite: what its commands do not show. Indexing, and asking once, are `pincite index` and `pincite ask` themselves.

questions STORE QUESTIONS.jsonl  as the other scripts, by `Retriever.search`
answers STORE QUESTIONS.jsonl    the same by `Assistant.ask`: with the reader and its citations
change STORE FOLDER              index the folder again, in which files have changed
"""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from benchmarks.peers.corpus import PLACES, Places
from benchmarks.peers.script import TOP, arguments, rows, say, timed
from qa import Assistant, Library, Retriever


def main() -> None:
    command, store, path = arguments("questions", "answers", "change")
    with Library.open(store, create=False) as library:
        if command == "questions":
            _questions(library, Path(path))
        elif command == "answers":
            _answers(library, Path(path))
        else:
            library.load_encoder().encode_query(["Which of these was the first?"])
            begin = perf_counter()
            receipt = library.add([path])
            seconds = perf_counter() - begin
            say({"seconds": seconds, "updated": len(receipt.updated), "unchanged": receipt.unchanged})


def _questions(library: Library, path: Path) -> None:
    retriever = Retriever(library)
    places = Places(path.with_name(PLACES))
    milliseconds, results = timed(
        [row["question"] for row in rows(path)], lambda question: retriever.search(question, TOP)
    )
    ids = [
        [places.id(Path(hit.citation.document.source).name, hit.passage.start, hit.passage.end) for hit in hits]
        for hits in results
    ]
    say({"milliseconds": milliseconds, "ids": ids})


def _answers(library: Library, path: Path) -> None:
    assistant = Assistant(library)
    milliseconds, results = timed([row["question"] for row in rows(path)], assistant.ask)
    say({"milliseconds": milliseconds, "answered": sum(answer.answered for answer in results)})


if __name__ == "__main__":
    main()
