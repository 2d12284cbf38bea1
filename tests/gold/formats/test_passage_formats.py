"""DPR, KILT and LegalBench-RAG, which are only read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from qa.gold.formats import read_gold
from qa.gold.questions import Evidence, Gold, GoldQuestion, Text


def read(folder: Path, value: Any, name: str = "gold.json") -> Gold:
    text = "".join(json.dumps(entry) + "\n" for entry in value) if name.endswith("l") else json.dumps(value, indent=1)
    (folder / name).write_text(text)
    return read_gold(folder / name)


# --- DPR


def test_passages_are_texts_and_those_with_the_answer_are_evidence(tmp_path: Path) -> None:
    record = {
        "question": "Where do herons hide?",
        "answers": ["reeds", "in reeds", "reeds"],
        "ctxs": [
            {"id": "wiki:1", "title": "Heron", "text": "They hide\r\nin reeds.", "score": "81.2", "has_answer": True},
            {"id": "wiki:2", "title": "Stork", "text": "They nest.", "has_answer": False},
            {"id": "wiki:3", "title": "", "text": "Frogs croak."},
        ],
    }
    assert read(tmp_path, [record, {"question": "Who?", "answers": ["herons"], "ctxs": record["ctxs"][:1]}]) == Gold(
        (
            GoldQuestion("1", "Where do herons hide?", ("reeds", "in reeds"), (Evidence("wiki:1"),)),
            GoldQuestion("2", "Who?", ("herons",), (Evidence("wiki:1"),)),
        ),
        (
            Text("wiki:1", "Heron", "They hide\nin reeds."),
            Text("wiki:2", "Stork", "They nest."),
            Text("wiki:3", "wiki:3", "Frogs croak."),
        ),
    )


def test_positive_passages_are_evidence_and_titles_name_those_without_an_id(tmp_path: Path) -> None:
    positive = [
        {"title": "Heron", "text": "a"},
        {"title": "Heron", "text": "b"},
        {"title": "Heron", "passage_id": 7, "text": "c"},
    ]
    record = {"question": "Where?", "answers": [], "positive_ctxs": positive, "negative_ctxs": [{"text": "d"}]}
    gold = read(tmp_path, [record])
    assert gold[0].evidence == (Evidence("Heron"), Evidence("Heron (2)"), Evidence("7"))
    assert [(text.name, text.title, text.text) for text in gold.texts] == [
        ("Heron", "Heron", "a"),
        ("Heron (2)", "Heron", "b"),
        ("7", "Heron", "c"),
    ]


def test_answers_alone_are_read_from_lines(tmp_path: Path) -> None:
    gold = read(tmp_path, [{"question": "a", "answer": ["x", "y"]}, {"question": "b", "answer": "z"}], "open.jsonl")
    assert gold == Gold((GoldQuestion("1", "a", ("x", "y")), GoldQuestion("2", "b", ("z",))))


def test_records_by_id_are_read(tmp_path: Path) -> None:
    contexts = [{"docid": "5", "score": 0.5, "text": "Heron\nThey hide.", "has_answer": True}]
    gold = read(
        tmp_path,
        {"0": {"question": "a", "answers": ["b"], "contexts": contexts}, "x": {"question": "c", "answers": []}},
    )
    assert gold == Gold(
        (GoldQuestion("0", "a", ("b",), (Evidence("5"),)), GoldQuestion("x", "c")),
        (Text("5", "5", "Heron\nThey hide."),),
    )


def test_ids_are_taken_where_there_are_any(tmp_path: Path) -> None:
    gold = read(tmp_path, [{"qid": 12, "question": "a", "answers": ["b"]}, {"question": "c", "answers": ["d"]}])
    assert [question.id for question in gold] == ["12", "2"]


# --- KILT


def test_outputs_are_answers_and_pages_are_evidence(tmp_path: Path) -> None:
    record = {
        "id": "k1",
        "input": "Where do herons hide?",
        "output": [
            {"answer": "reeds", "provenance": [{"wikipedia_id": "9", "title": "Heron", "start_character": 4}]},
            {"provenance": [{"wikipedia_id": 10}, {"wikipedia_id": "9", "title": "Heron"}]},
            {"answer": "in reeds"},
            {"answer": "reeds", "meta": {}},
        ],
    }
    assert read(tmp_path, [record], "kilt.jsonl") == Gold(
        (GoldQuestion("k1", "Where do herons hide?", ("reeds", "in reeds"), (Evidence("Heron"), Evidence("10"))),)
    )


# --- LegalBench-RAG


def test_snippets_are_quotes(tmp_path: Path) -> None:
    snippets = [
        {"file_path": "nda/a.txt", "span": [10, 21], "answer": "The\r\nparty."[:11]},
        {"file_path": "nda/b.txt", "span": [0, 4], "answer": "Both"},
        {"file_path": "nda/b.txt", "span": [90, 94], "answer": "Both"},
    ]
    assert read(tmp_path, {"tests": [{"query": "Who?", "snippets": snippets, "tags": ["x"]}]}) == Gold(
        (GoldQuestion("1", "Who?", (), (Evidence("nda/a.txt", "The\nparty."), Evidence("nda/b.txt", "Both"))),)
    )
