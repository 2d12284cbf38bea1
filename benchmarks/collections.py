"""The collections that the benchmarks measure on, as gold sets; each function takes the folder that holds the files."""

from __future__ import annotations

import hashlib
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qa import read_gold
from qa.gold.questions import Evidence, Gold, GoldQuestion, Text

UNSEEN = ("1973_oil_crisis", "European_Union_law", "Imperialism", "Islamism")
"""The articles of the SQuAD 2.0 file that the reader was not trained on."""

_ASIDE = 22
"""Articles of SQuAD 1.1 whose questions the reader was not trained on."""

_LONGEST = 5000
"""Characters of a paragraph: beyond that it is a page of tables."""

_TRAIN = ("reader.jsonl", "squad1.jsonl", "squad1_passages.jsonl", "rerank.jsonl", "rerank_passages.jsonl")
_DEV = ("reader.jsonl", "squad2/dev-v2.0.json", "clapnq", "paraphrasing-squad/dev_orig.json")


@dataclass(frozen=True, slots=True)
class Given:
    """A question whose passage is given: what reading alone is measured on."""

    question: GoldQuestion
    context: str


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-lines file."""
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def held_aside(train: Path) -> list[str]:
    """The titles of the articles of SQuAD 1.1 whose questions are not trained on."""
    titles = sorted({row["title"] for row in rows(train / "squad1_passages.jsonl")})
    return sorted(random.Random(0).sample(titles, _ASIDE))


def given(dev: Path, source: str) -> list[Given]:
    """One source of `reader.jsonl`: squad2, xquad, noise-keyboard, noise-asr or qed-nq."""
    return [
        Given(
            GoldQuestion(row["id"], row["question"], tuple(dict.fromkeys(each["text"] for each in row["answers"]))),
            row["context"],
        )
        for row in rows(dev / "reader.jsonl")
        if row["source"] == source
    ]


def aside(train: Path) -> list[Given]:
    """The questions about the articles of SQuAD 1.1 that are held aside, with their paragraphs."""
    titles = set(held_aside(train))
    passages = {row["id"]: row["text"] for row in rows(train / "squad1_passages.jsonl") if row["title"] in titles}
    return [
        Given(
            GoldQuestion(row["id"], row["question"], tuple(each["text"] for each in row["answers"])),
            passages[row["passage"]],
        )
        for row in rows(train / "squad1.jsonl")
        if row["passage"] in passages
    ]


def paraphrases(dev: Path, train: Path) -> tuple[list[Given], list[Given]]:
    """Pairs original and paraphrased whose paragraph is not in the training data, in the same order."""
    seen = {_plain(row["text"]) for row in rows(train / "squad1_passages.jsonl")}
    seen |= {_plain(row["context"]) for row in rows(train / "reader.jsonl") if row["source"] == "squad2"}
    folder = dev / "paraphrasing-squad"
    original, changed = (_squad_given(folder / name) for name in ("dev_orig.json", "dev_para.json"))
    kept = [at for at, each in enumerate(original) if _plain(each.context) not in seen]
    return [original[at] for at in kept], [changed[at] for at in kept]


def squad2(dev: Path, articles: Sequence[str] = UNSEEN) -> Gold:
    """The questions of some articles of SQuAD 2.0, tagged with the article, and the texts of all 16."""
    path = dev / "squad2" / "dev-v2.0.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    titles = {
        str(qa["id"]): article["title"]
        for article in document["data"]
        for paragraph in article["paragraphs"]
        for qa in paragraph["qas"]
    }
    gold = read_gold(path)
    tagged = (replace(question, tags=(titles[question.id],)) for question in gold)
    return Gold(tuple(question for question in tagged if question.tags[0] in articles), gold.texts)


def clapnq(dev: Path) -> Gold:
    """Questions with and without an answer, over the passages of all of them; the evidence are the sentences chosen."""
    texts: dict[str, Text] = {}
    questions = []
    for kind in ("answerable", "unanswerable"):
        for row in rows(dev / "clapnq" / "annotated_data" / "dev" / f"clapnq_dev_{kind}.jsonl"):
            (passage,) = row["passages"]
            name = f"{row['id']} {passage['title']}"
            texts[name] = Text(name, passage["title"], passage["text"])
            answers = tuple(each["answer"] for each in row["output"] if each["answer"].strip())
            chosen = dict.fromkeys(each for output in row["output"] for each in output["selected_sentences"])
            evidence = tuple(Evidence(name, quote) for quote in chosen if quote in passage["text"])
            if kind == "unanswerable" or (answers and evidence):
                questions.append(GoldQuestion(row["id"], row["input"], answers, evidence))
    return Gold(tuple(questions), tuple(texts.values()))


def natural_questions(dev: Path) -> Gold:
    """Questions to a search engine over half of their paragraphs: those about the other half have no answer there."""
    found = [row for row in rows(dev / "reader.jsonl") if row["source"] == "qed-nq" and len(row["context"]) < _LONGEST]
    contexts = dict.fromkeys(row["context"] for row in found)
    there = {context for context in contexts if _half(context)}
    data = [
        {
            "title": f"paragraph {number}",
            "paragraphs": [
                {"context": context, "qas": [_squad_question(row) for row in found if row["context"] == context]}
            ],
        }
        for number, context in enumerate(context for context in contexts if context in there)
    ]
    gold = _read({"version": "1.1", "data": data})
    without = (GoldQuestion(row["id"], row["question"]) for row in found if row["context"] not in there)
    return Gold((*gold.questions, *without), gold.texts)


def _read(document: dict[str, Any]) -> Gold:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "squad.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return read_gold(path)


def _squad_question(row: dict[str, Any]) -> dict[str, Any]:
    answers = [{"text": each["text"], "answer_start": each["start"]} for each in row["answers"]]
    return {"id": row["id"], "question": row["question"], "answers": answers}


def _squad_given(path: Path) -> list[Given]:
    document = json.loads(path.read_text(encoding="utf-8"))
    return [
        Given(
            GoldQuestion(str(qa["id"]), qa["question"], tuple(dict.fromkeys(each["text"] for each in qa["answers"]))),
            paragraph["context"],
        )
        for article in document["data"]
        for paragraph in article["paragraphs"]
        for qa in paragraph["qas"]
    ]


def _plain(text: str) -> str:
    return " ".join(text.split())


def in_fitting_half(collection: str, question: GoldQuestion) -> bool:
    """Whether a question is one of those that the confidence is fitted on: by article in SQuAD 2.0, else by its id."""
    if collection == "squad2":
        return question.tags[0] in UNSEEN[:2]
    return _half(question.id)


def check(data: Path) -> None:
    """Say what is missing in the folder of training and development data."""
    wanted = [*(f"train/{name}" for name in _TRAIN), *(f"dev/{name}" for name in _DEV)]
    missing = [name for name in wanted if not (data / name).exists()]
    if missing:
        raise SystemExit(f"{data} lacks {', '.join(missing)}: give the folder that holds the data (docs/reader.md).")


def _half(text: str) -> bool:
    return hashlib.sha256(text.encode()).digest()[0] % 2 == 0
