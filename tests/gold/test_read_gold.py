"""Gold sets as values, and reading them whatever format they have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qa.errors import PinciteError
from qa.gold.formats import FORMATS, read_gold, write_gold
from qa.gold.questions import Evidence, Gold, GoldQuestion, Text

QUOTED = Evidence("lakes.txt", "Herons hide in reeds.")
WHOLE = Evidence("lakes.txt")


# --- values


def test_a_question_with_answers_or_evidence_is_answerable() -> None:
    assert GoldQuestion("q", "Where?", answers=("reeds",)).answerable
    assert GoldQuestion("q", "Where?", evidence=(WHOLE,)).answerable
    assert not GoldQuestion("q", "Where?", tags=("none",)).answerable


def test_evidence_is_of_quotes_or_of_whole_documents() -> None:
    assert GoldQuestion("q", "Where?", evidence=(WHOLE,)).whole_documents
    assert not GoldQuestion("q", "Where?", evidence=(QUOTED,)).whole_documents
    assert not GoldQuestion("q", "Where?", answers=("reeds",)).whole_documents


def test_a_gold_set_is_a_sequence_of_its_questions() -> None:
    first, second = GoldQuestion("1", "Where?"), GoldQuestion("2", "Who?")
    gold = Gold((first, second), (Text("lakes.txt", "Lakes", "Herons hide in reeds."),))
    assert list(gold) == [first, second]
    assert (len(gold), gold[1], gold[:1]) == (2, second, (first,))
    assert second in gold


# --- which format

HOUSE = {"id": "q1", "question": "Where?", "answers": ["reeds"]}
SQUAD = {
    "data": [
        {
            "paragraphs": [
                {
                    "context": "In reeds.",
                    "qas": [{"id": "q1", "question": "Where?", "answers": [], "is_impossible": True}],
                }
            ]
        }
    ]
}

# Each is read by the reader whose mark it bears: the id, the question, or a text.
BY_CONTENT: list[tuple[str, str, str, tuple[str, str]]] = [
    ("house", "gold.jsonl", json.dumps(HOUSE), ("q1", "Where?")),
    (
        "house-with-json-suffix",
        "gold.json",
        f"{json.dumps(HOUSE)}\n{json.dumps({**HOUSE, 'id': 'q2'})}\n",
        ("q1", "Where?"),
    ),
    ("house-list", "gold.json", json.dumps([HOUSE]), ("q1", "Where?")),
    ("house-without-suffix", "gold", json.dumps(HOUSE) + "\n" + json.dumps({**HOUSE, "id": "q2"}), ("q1", "Where?")),
    ("squad", "gold.json", json.dumps(SQUAD), ("q1", "Where?")),
    ("squad-indented", "gold.json", json.dumps(SQUAD, indent=2), ("q1", "Where?")),
    ("squad-without-suffix", "gold", json.dumps(SQUAD), ("q1", "Where?")),
    ("trec", "gold.qrels", "q1 0 d1 1\n", ("q1", "")),
    ("trec-in-tabs", "gold.tsv", "q1\t0\td1\t1\n", ("q1", "")),
    ("trec-as-text", "gold.txt", "q1 0 d1 1\n", ("q1", "")),
    ("dpr", "gold.json", json.dumps([{"question": "Where?", "answers": ["reeds"], "ctxs": []}]), ("1", "Where?")),
    ("dpr-answers-alone", "gold.json", json.dumps([{"question": "Where?", "answers": ["reeds"]}]), ("1", "Where?")),
    ("drqa", "gold.jsonl", json.dumps({"question": "Where?", "answer": ["reeds"]}), ("1", "Where?")),
    ("drqa-text", "gold.jsonl", json.dumps({"question": "Where?", "answer": "reeds"}), ("1", "Where?")),
    ("pyserini", "gold.json", json.dumps({"7": {"question": "Where?", "answers": ["reeds"]}}), ("7", "Where?")),
    (
        "kilt",
        "gold.jsonl",
        json.dumps({"id": "k", "input": "Where?", "output": [{"answer": "reeds"}]}),
        ("k", "Where?"),
    ),
    (
        "legalbench",
        "gold.json",
        json.dumps({"tests": [{"query": "Where?", "snippets": [{"file_path": "a", "span": [0, 1], "answer": "b"}]}]}),
        ("1", "Where?"),
    ),
    ("ragas", "gold.jsonl", json.dumps({"user_input": "Where?", "reference": "reeds"}), ("1", "Where?")),
    ("ragas-old", "gold.json", json.dumps([{"question": "Where?", "ground_truth": "reeds"}]), ("1", "Where?")),
    ("csv", "gold.csv", "Question,Answer\nWhere?,reeds\n", ("1", "Where?")),
    ("csv-as-text", "gold.txt", "question;answer\nWhere?;reeds\n", ("1", "Where?")),
]


@pytest.mark.parametrize(
    ("name", "text", "expected"), [case[1:] for case in BY_CONTENT], ids=[case[0] for case in BY_CONTENT]
)
def test_the_format_is_seen_in_the_content(tmp_path: Path, name: str, text: str, expected: tuple[str, str]) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    first = read_gold(tmp_path / name)[0]
    assert (first.id, first.question) == expected


@pytest.mark.parametrize("record", [{**HOUSE, "tgas": []}, {**HOUSE, "answer": "reeds", "evidense": []}])
def test_a_field_that_is_not_known_is_not_taken_for_another_format(tmp_path: Path, record: dict[str, Any]) -> None:
    (tmp_path / "gold.jsonl").write_text(json.dumps(record))
    with pytest.raises(PinciteError, match="there is no such field"):
        read_gold(tmp_path / "gold.jsonl")


def test_a_first_line_with_the_fields_of_the_house_decides_for_it(tmp_path: Path) -> None:
    later = {**HOUSE, "id": "q2", "tags": ["birds"], "evidence": [{"document": "lakes.txt"}]}
    (tmp_path / "gold.jsonl").write_text(f"{json.dumps(HOUSE)}\n{json.dumps(later)}\n")
    assert read_gold(tmp_path / "gold.jsonl")[1] == GoldQuestion("q2", "Where?", ("reeds",), (WHOLE,), ("birds",))


def test_a_named_format_is_taken_at_its_word(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(HOUSE))
    assert read_gold(str(path), "dpr") == Gold((GoldQuestion("q1", "Where?", ("reeds",)),))
    with pytest.raises(PinciteError, match='field "output": a list is needed'):
        read_gold(path, "kilt")


@pytest.mark.parametrize("text", ["Where do herons hide?\n", "one two three four five six\n"])
def test_what_is_not_recognised_is_told_with_the_formats(tmp_path: Path, text: str) -> None:
    path = tmp_path / "gold.txt"
    path.write_text(text)
    with pytest.raises(PinciteError) as error:
        read_gold(path)
    assert str(path) in str(error.value)
    assert "--format" in str(error.value)
    assert all(f"{name}: {description}" in str(error.value) for name, description in FORMATS.items())


def test_a_format_that_does_not_exist_is_named(tmp_path: Path) -> None:
    for work in (lambda: read_gold(tmp_path, "xml"), lambda: write_gold(Gold(()), tmp_path, "xml")):
        with pytest.raises(PinciteError, match="There is no gold format xml, only house, squad, "):
            work()


def test_a_run_is_told_from_qrels(tmp_path: Path) -> None:
    (tmp_path / "run.trec").write_text("q1 Q0 d1 1 0.5 tag\n")
    with pytest.raises(PinciteError, match=r"run\.trec is a TREC run, .* name the qrels"):
        read_gold(tmp_path / "run.trec")


# --- writing


def test_formats_that_are_only_read_are_not_written(tmp_path: Path) -> None:
    gold = Gold((GoldQuestion("q1", "Where?"),))
    for form in ("dpr", "kilt", "legalbench"):
        with pytest.raises(
            PinciteError, match=f"{form} is only read; write one of house, squad, beir, trec, ragas, csv"
        ):
            write_gold(gold, tmp_path / "gold", form)


@pytest.mark.parametrize("form", ["house", "squad", "beir", "ragas", "csv"])
def test_a_question_whose_text_is_not_known_is_not_written(tmp_path: Path, form: str) -> None:
    gold = Gold((GoldQuestion("q7", "", evidence=(Evidence("d1"),)),), (Text("d1", "d1", "Herons."),))
    with pytest.raises(PinciteError, match="The question q7 cannot be written"):
        write_gold(gold, tmp_path / "gold", form)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("form", ["house", "squad", "beir", "trec", "ragas", "csv"])
def test_no_questions_are_not_written(tmp_path: Path, form: str) -> None:
    with pytest.raises(PinciteError, match="no questions to write"):
        write_gold(Gold(()), tmp_path / "gold", form)


def test_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "gold.jsonl"
    with pytest.raises(PinciteError, match="cannot be written") as error:
        write_gold(Gold((GoldQuestion("q1", "Where?"),)), path, "house")
    assert str(path) in str(error.value)


def test_half_a_surrogate_pair_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(PinciteError, match="surrogate"):
        write_gold(Gold((GoldQuestion("q1", "Where\ud800?"),)), tmp_path / "gold.jsonl", "house")
