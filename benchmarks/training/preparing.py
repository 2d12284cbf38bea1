"""From the data to what is trained on: groups of one question with passages that answer it and passages that do not."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.collections import held_aside, rows
from benchmarks.training.altering import altered
from benchmarks.training.data import Piece, Question, Span, others, pieces, squad1
from benchmarks.training.noise import noisy
from qa.passages import MAX_BYTES


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much of each source is taken: shares of its questions, or numbers where the name says so."""

    squad1: float = 0.8
    mined: float = 1.0
    altered: float = 0.2
    squad2_times: int = 2
    qed: float = 1.0
    qamr: float = 0.25
    fairytale: float = 1.0
    policy_questions: int = 1000
    selqa: float = 0.6


@dataclass(frozen=True, slots=True)
class Group:
    """A question and the passages that are read with it. Passages of one group are compared with each other."""

    source: str
    question: str
    pieces: tuple[Piece, ...]

    def as_dict(self) -> dict[str, object]:
        return {
            "source": self.source,
            "question": self.question,
            "pieces": [
                {
                    "text": piece.text,
                    "answer": [piece.answer.start, piece.answer.end] if piece.answer else None,
                    "answers": piece.answers,
                }
                for piece in self.pieces
            ],
        }

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Group:
        given = row["pieces"]
        found = (
            Piece(piece["text"], Span(*piece["answer"]) if piece["answer"] else None, piece["answers"])
            for piece in given
        )
        return cls(row["source"], row["question"], tuple(found))


def prepare(data: Path, mined: Path, work: Path, *, amounts: Amounts, seed: int) -> Path:
    """Write the groups into `work`, shuffled. The file's name tells what it was made with."""
    digest = hashlib.sha256(f"{mined.name} {amounts} {seed}".encode()).hexdigest()[:8]
    target = work / f"groups-{digest}.jsonl"
    if target.is_file():
        return target
    chance = random.Random(seed)
    groups = list(_groups(data, mined, amounts, chance))
    chance.shuffle(groups)
    counts = Counter(group.source for group in groups)
    answering = sum(piece.answers for group in groups for piece in group.pieces)
    total = sum(len(group.pieces) for group in groups)
    print(f"{len(groups)} groups, {total} passages, {answering / total:.0%} of them answer: {dict(counts)}", flush=True)
    written = target.with_suffix(".part")
    with written.open("w", encoding="utf-8") as stream:
        for group in groups:
            stream.write(json.dumps(group.as_dict(), ensure_ascii=False) + "\n")
    written.rename(target)
    return target


def _groups(data: Path, mined: Path, amounts: Amounts, chance: random.Random) -> Iterator[Group]:
    near = {row["id"]: row["negatives"] for row in rows(mined)}
    by_source = others(data)
    ranked = _ranked(data)
    yield from _squad1(data, near, amounts, chance)
    for _ in range(amounts.squad2_times):
        for question in by_source["squad2"]:
            yield from _group(question, near.get(question.id, []), chance)
    for source in ("qed-nq", "fairytaleqa"):
        share = amounts.qed if source == "qed-nq" else amounts.fairytale
        for question in _share(by_source[source], share, chance):
            yield from _group(question, ranked.get(question.id, []), chance)
    for question in _share(by_source["qed-nq-hardneg"], amounts.qed, chance):
        yield from _group(question, [], chance)
    for question in chance.sample(by_source["policyqa"], amounts.policy_questions):
        yield from _group(question, [], chance)
    for source in ("qamr-wikinews", "qamr-wikipedia"):
        for question in _share(_joined(by_source[source]), amounts.qamr, chance):
            yield from _group(question, [], chance)
    yield from _selqa(data, amounts, chance)


def _group(question: Question, near: list[str], chance: random.Random) -> Iterator[Group]:
    """A question with its passage and one that does not answer: what was retrieved, or the paragraph's other part."""
    found = pieces(question)
    if not found:
        return
    if not question.answerable:
        # Of a long context without an answer one part is enough.
        yield Group(question.source, noisy(question.text, chance), (chance.choice(found),))
        return
    misses = [text for text in near if len(text) > 40] or [piece.text for piece in found[1:]]
    kept = [Piece(_shortened(_early(misses, chance)))] if misses else []
    yield Group(question.source, noisy(question.text, chance), (found[0], *kept))


def _early(texts: list[str], chance: random.Random) -> str:
    """One of the texts, an earlier one more often."""
    return texts[min(chance.randrange(len(texts)), chance.randrange(len(texts)))]


def _shortened(text: str) -> str:
    return text.encode()[:MAX_BYTES].decode(errors="ignore")


def _squad1(data: Path, near: dict[str, list[str]], amounts: Amounts, chance: random.Random) -> Iterator[Group]:
    aside = set(held_aside(data))
    titles = {row["text"]: row["title"] for row in rows(data / "squad1_passages.jsonl")}
    articles: dict[str, list[str]] = {}
    for text, title in titles.items():
        articles.setdefault(title, []).append(text)
    questions = [question for question in squad1(data) if titles[question.context] not in aside]
    for question in _share(questions, amounts.squad1, chance):
        taken = near.get(question.id, []) if chance.random() < amounts.mined else []
        yield from _group(question, taken, chance)
    for question in questions:
        if chance.random() < amounts.altered:
            yield from _altered(question, articles[titles[question.context]], chance)


def _altered(question: Question, article: list[str], chance: random.Random) -> Iterator[Group]:
    found = pieces(question)
    if found and found[0].answer:
        passage = found[0].text
        answer = passage[found[0].answer.start : found[0].answer.end]
        changed = altered(question.text, passage, answer, chance.choice(article), chance)
        if changed:
            yield Group("altered", changed, (Piece(passage),))


def _joined(questions: list[Question]) -> list[Question]:
    """Questions over one sentence, over the sentences of the same text instead, up to a passage's length."""
    stories: dict[str, dict[tuple[int, int], str]] = {}
    places = {question.id: _place(question) for question in questions}
    for question in questions:
        story, at = places[question.id]
        stories.setdefault(story, {})[at] = question.context
    ordered = {story: [text for _, text in sorted(sentences.items())] for story, sentences in stories.items()}
    return [_within(question, ordered[places[question.id][0]]) for question in questions]


def _place(question: Question) -> tuple[str, tuple[int, int]]:
    """The text of a question of QAMR, and its paragraph and sentence there: its id is source:set:site:TEXT:3:1-..."""
    *story, paragraph, sentence = question.id.split(":")[:6]
    return ":".join(story), (int(paragraph), int(sentence.partition("-")[0]))


def _within(question: Question, sentences: list[str]) -> Question:
    at = sentences.index(question.context)
    first = last = at
    room = MAX_BYTES - len(question.context.encode())
    while True:
        grown = False
        for near in (first - 1, last + 1):
            if 0 <= near < len(sentences) and len(sentences[near].encode()) + 1 <= room:
                room -= len(sentences[near].encode()) + 1
                first, last = min(first, near), max(last, near)
                grown = True
        if not grown:
            break
    before = "".join(sentence + " " for sentence in sentences[first:at])
    answers = tuple((text, start + len(before)) for text, start in question.answers)
    return Question(question.id, question.source, question.text, " ".join(sentences[first : last + 1]), answers)


def _ranked(data: Path) -> dict[str, list[str]]:
    """The passages that do not answer, by question."""
    texts = {int(row["id"]): row["text"] for row in rows(data / "rerank_passages.jsonl")}
    return {row["qid"]: [texts[number] for number in row["neg"]] for row in rows(data / "rerank.jsonl")}


def _selqa(data: Path, amounts: Amounts, chance: random.Random) -> Iterator[Group]:
    """Sentences that answer beside others of the same text: their answer's place is not known."""
    texts = {int(row["id"]): row["text"] for row in rows(data / "rerank_passages.jsonl")}
    for row in rows(data / "rerank.jsonl"):
        if row["source"] == "selqa-sentence" and chance.random() < amounts.selqa:
            right, wrong = texts[chance.choice(row["pos"])], texts[chance.choice(row["neg"])]
            yield Group("selqa", noisy(row["question"], chance), (Piece(right, answers=True), Piece(wrong)))


def _share(questions: list[Question], share: float, chance: random.Random) -> list[Question]:
    return [question for question in questions if chance.random() < share]
