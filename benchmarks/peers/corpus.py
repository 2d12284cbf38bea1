"""The corpus of the comparison: the same passages as rows for the peers and as a folder of documents for Pincite.

The paragraphs of SQuAD 2.0's development file come first, because its questions are those that the model was not
trained on; then those of SQuAD 1.1, and, to fill up, passages that belong to no article.
"""

from __future__ import annotations

import json
import random
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from benchmarks.peers.script import rows

SQUAD2 = Path("dev/squad2/dev-v2.0.json")
SQUAD1 = Path("train/squad1_passages.jsonl")
OTHERS = Path("train/rerank_passages.jsonl")

PLACES = "places.jsonl"
CHANGED_SHARE = 0.01

_REVISION = "This paragraph has been revised."
_TOGETHER = 40
"""Passages of no article that make a document together."""
_SHORTEST = 120
"""Characters: what is shorter can be a heading, which travels with the paragraph behind it."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph, on one line; passages of one document follow each other."""

    id: str
    document: str
    text: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """The files of a corpus in its folder."""

    folder: Path

    @property
    def texts(self) -> Path:
        """A file a document."""
        return self.folder / "texts"

    @property
    def passages(self) -> Path:
        return self.folder / "passages.jsonl"

    @property
    def questions(self) -> Path:
        return self.folder / "questions.jsonl"

    @property
    def changed(self) -> Path:
        """The passages that change, as they are afterwards."""
        return self.folder / "changed.jsonl"

    @contextmanager
    def edited(self) -> Iterator[Path]:
        """The folder of documents with the change in it, which is taken back at the end."""
        after = {path.name: path.read_bytes() for path in (self.folder / "texts-changed").iterdir()}
        before = {name: (self.texts / name).read_bytes() for name in after}
        try:
            _put(self.texts, after)
            yield self.texts
        finally:
            _put(self.texts, before)


class Places:
    """Where each passage stands in the documents: `id` is that of the passage of which a span covers most."""

    def __init__(self, path: Path) -> None:
        self._places: dict[str, list[tuple[int, int, str]]] = {}
        for row in rows(path):
            self._places.setdefault(row["file"], []).append((row["start"], row["end"], row["id"]))

    def id(self, file: str, start: int, end: int) -> str:
        places = self._places[file]
        # The first that ends behind the start of the span, and those behind it.
        at = bisect_left(places, start + 1, key=lambda place: place[1])
        return max(places[at:], key=lambda place: min(end, place[1]) - max(start, place[0]))[2]


def make(data: Path, folder: Path, *, passages: int, questions: int, seed: int) -> tuple[Corpus, dict[str, int]]:
    """Write the corpus, and say how much of what there is in it. Raises ValueError where `data` is not enough."""
    check(data)
    texts = read(data, passages)
    asked = drawn(data, {passage.id for passage in texts}, questions, seed)
    return write(texts, asked, folder, seed=seed)


def check(data: Path) -> None:
    """Raises ValueError where a file is not there."""
    missing = [str(path) for path in (SQUAD2, SQUAD1, OTHERS) if not (data / path).is_file()]
    if missing:
        raise ValueError(f"{data} has no {' and no '.join(missing)}: give the folder that holds train/ and dev/.")


def write(
    texts: Sequence[Passage], questions: Sequence[Mapping[str, str]], folder: Path, *, seed: int
) -> tuple[Corpus, dict[str, int]]:
    """Write the files, and the documents both as they are and those that change as they are afterwards."""
    corpus = Corpus(folder)
    edits = {passage.id: passage for passage in changed(texts, seed)}
    after = documents([edits.get(passage.id, passage) for passage in texts])[0]
    before, places = documents(texts)
    _rows(corpus.passages, ({"id": passage.id, "text": passage.text} for passage in texts))
    _rows(corpus.changed, ({"id": passage.id, "text": passage.text} for passage in edits.values()))
    _rows(corpus.questions, questions)
    _rows(folder / PLACES, places)
    edited = {name: text for name, text in after.items() if text != before[name]}
    _put(corpus.texts, {name: text.encode() for name, text in before.items()})
    _put(folder / "texts-changed", {name: text.encode() for name, text in edited.items()})
    return corpus, {
        "passages": len(texts),
        "documents": len(before),
        "characters": sum(len(passage.text) for passage in texts),
        "questions": len(questions),
        "changed_passages": len(edits),
        "changed_documents": len(edited),
    }


def read(data: Path, count: int) -> list[Passage]:
    """The first `count` passages. Raises ValueError where there are not as many."""
    found: list[Passage] = []
    for passage in every(data):
        if len(found) == count:
            break
        found.append(passage)
    if len(found) < count:
        raise ValueError(f"There are {len(found)} passages, not {count}.")
    return found


def drawn(data: Path, ids: set[str], count: int, seed: int) -> list[dict[str, str]]:
    """Questions with an answer in one of these passages, as many as there are up to `count`."""
    asked = [
        {"id": str(qa["id"]), "question": qa["question"], "passage": identifier}
        for identifier, _, paragraph in _squad2(data)
        for qa in paragraph["qas"]
        if identifier in ids and not qa["is_impossible"]
    ]
    return random.Random(seed).sample(asked, min(count, len(asked)))


def changed(texts: Sequence[Passage], seed: int) -> list[Passage]:
    """One in a hundred passages, one at least, as they are once revised: documents drawn whole, the last in part."""
    wanted = max(1, round(CHANGED_SHARE * len(texts)))
    whole = [list(group) for _, group in groupby(texts, key=lambda passage: passage.document)]
    random.Random(seed).shuffle(whole)
    chosen = [passage for document in whole for passage in document][:wanted]
    return [replace(passage, text=f"{passage.text} {_REVISION}") for passage in chosen]


def documents(texts: Sequence[Passage]) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Documents by file name, their paragraphs divided by blank lines, and where each passage stands in them."""
    files, places = {}, []
    for number, (_, group) in enumerate(groupby(texts, key=lambda passage: passage.document)):
        name, at = f"{number:04}.txt", 0
        paragraphs = list(group)
        for passage in paragraphs:
            places.append({"id": passage.id, "file": name, "start": at, "end": at + len(passage.text)})
            at += len(passage.text) + 2
        files[name] = "\n\n".join(passage.text for passage in paragraphs) + "\n"
    return files, places


def every(data: Path) -> Iterator[Passage]:
    """All passages, those with questions first."""
    for identifier, title, paragraph in _squad2(data):
        yield Passage(identifier, f"squad2 {title}", _one_line(paragraph["context"]))
    for row in rows(data / SQUAD1):
        yield Passage(f"squad1-{row['id']}", f"squad1 {row['title']}", _one_line(row["text"]))
    others = (row for row in rows(data / OTHERS) if len(row["text"]) >= _SHORTEST)
    for number, row in enumerate(others):
        yield Passage(f"other-{row['id']}", f"other {number // _TOGETHER}", _one_line(row["text"]))


def _squad2(data: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    number = 0
    for article in json.loads((data / SQUAD2).read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            yield f"squad2-{number}", article["title"], paragraph
            number += 1


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _rows(path: Path, values: Iterable[Mapping[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values), encoding="utf-8")


def _put(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
