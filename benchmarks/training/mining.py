"""Near misses: what our own retriever finds for a question, and what does not hold its answer."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.collections import rows
from benchmarks.training.data import Question, others, squad1
from qa import Library
from qa.evaluation.answers import unicode_tokens
from qa.fusion import fuse

_DEPTH = 20
"""Passages that are looked through for near misses."""

_KEPT = 4
"""Near misses that are kept a question."""


def mine(data: Path, work: Path, *, count: int, seed: int) -> Path:
    """Write {id, question, negatives: [passage]}: `count` questions of SQuAD 1.1, all of SQuAD 2.0.

    The texts are indexed in a library of their own; a question's passages are those of `Retriever.search`, but for
    batches of questions at once.
    """
    target = work / f"mined-{count}-{seed}.jsonl"
    if target.is_file():
        return target
    chance = random.Random(seed)
    questions = chance.sample(squad1(data), count)
    questions += [question for question in others(data)["squad2"] if question.answerable]
    with Library.open(work / "store") as library:
        library.add([_texts(data, work / "texts")], lambda *_: None)
        written = target.with_suffix(".part")
        with written.open("w", encoding="utf-8") as stream:
            for question, negatives in _mined(library, questions):
                row = {"id": question.id, "question": question.text, "negatives": negatives}
                stream.write(json.dumps(row, ensure_ascii=False) + "\n")
        written.rename(target)
    return target


def _texts(data: Path, folder: Path) -> Path:
    """Each article a file, its paragraphs apart; the contexts of SQuAD 2.0, whose articles are not named, one each."""
    folder.mkdir(parents=True, exist_ok=True)
    articles: dict[str, list[str]] = {}
    for row in rows(data / "squad1_passages.jsonl"):
        articles.setdefault(row["title"], []).append(_one_line(row["text"]))
    for question in others(data)["squad2"]:
        articles.setdefault(question.context, [_one_line(question.context)])
    for number, paragraphs in enumerate(articles.values()):
        (folder / f"{number}.txt").write_text("\n\n".join(paragraphs), encoding="utf-8")
    return folder


def _mined(library: Library, questions: Sequence[Question]) -> Iterator[tuple[Question, list[str]]]:
    encoder = library.load_encoder()
    for start in range(0, len(questions), 256):
        batch = questions[start : start + 256]
        vectors = encoder.encode_query([question.text for question in batch])
        with library.reading() as reading:
            index = library.index(reading)
            for question, vector in zip(batch, vectors, strict=True):
                words = dict(library.find_words(reading, question.text, 100))
                cosines = index.scores(vector, list(dict(index.search(vector, 100)) | words))
                scores = fuse(cosines, words, library.highest(reading, question.text))
                best = sorted(scores, key=lambda number: -scores[number])[:_DEPTH]
                passages = reading.passages(best)
                texts = [passages[number].text for number in best]
                yield question, [text for text in texts if not _holds(text, question)][:_KEPT]
        if start % 5120 == 0:
            print(f"mined {start} of {len(questions)}", flush=True)


def _holds(text: str, question: Question) -> bool:
    found = " ".join(unicode_tokens(text))
    return any(" ".join(unicode_tokens(answer)) in found for answer, _ in question.answers)


def _one_line(text: str) -> str:
    return " ".join(text.split())
