"""ragas files of both generations, there and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import PinciteError
from qa.gold.formats import read_gold, write_gold
from qa.gold.questions import Evidence, Gold, GoldQuestion, Text


def read(folder: Path, *records: dict[str, Any]) -> Gold:
    (folder / "ragas.json").write_text(json.dumps(records))
    return read_gold(folder / "ragas.json")


def test_references_are_answers_and_reference_contexts_are_quoted(tmp_path: Path) -> None:
    record = {
        "user_input": "Where do herons hide?",
        "retrieved_contexts": ["Something found."],
        "reference_contexts": ["Herons hide\r\nin reeds.", "Reeds are tall."],
        "response": "In nests.",
        "reference": "In reeds.",
    }
    other = {"user_input": "What is tall?", "reference": "Reeds", "reference_contexts": ["Reeds are tall."]}
    assert read(tmp_path, record, other) == Gold(
        (
            GoldQuestion(
                "1",
                "Where do herons hide?",
                ("In reeds.",),
                (Evidence("context-1", "Herons hide\nin reeds."), Evidence("context-2", "Reeds are tall.")),
            ),
            GoldQuestion("2", "What is tall?", ("Reeds",), (Evidence("context-2", "Reeds are tall."),)),
        ),
        (
            Text("context-1", "context-1", "Herons hide\nin reeds."),
            Text("context-2", "context-2", "Reeds are tall."),
        ),
    )


def test_the_older_names_are_read_and_answers_of_a_system_are_not(tmp_path: Path) -> None:
    old = {"question": "Where?", "contexts": ["Herons."], "answer": "In nests.", "ground_truth": "In reeds."}
    older = {"question": "Who?", "contexts": [], "answer": "Frogs", "ground_truths": ["Herons", "Grey herons"]}
    assert read(tmp_path, old, older) == Gold(
        (GoldQuestion("1", "Where?", ("In reeds.",)), GoldQuestion("2", "Who?", ("Herons", "Grey herons")))
    )


def test_null_is_nothing_and_an_empty_reference_is_no_answer(tmp_path: Path) -> None:
    gold = read(
        tmp_path,
        {"user_input": "a", "reference": "", "reference_contexts": None},
        {"user_input": "b", "reference": None, "reference_contexts": ["Herons."]},
    )
    assert [(question.answers, question.answerable) for question in gold] == [((), False), ((), True)]


def test_contexts_longer_than_a_passage_are_meant_as_whole(tmp_path: Path) -> None:
    # A passage has at most 1,000 bytes; that many can still be found, one more cannot.
    gold = read(
        tmp_path,
        {"user_input": "a", "reference_contexts": ["Herons.", "h" * 1001]},
        {"user_input": "b", "reference_contexts": ["Herons.", "h" * 1000]},
    )
    assert gold[0].evidence == (Evidence("context-1"), Evidence("context-2"))
    assert [len(evidence.quote) for evidence in gold[1].evidence] == [7, 1000]


# --- writing


def test_records_are_written_as_ragas_reads_them(tmp_path: Path) -> None:
    gold = Gold(
        (
            GoldQuestion("1", "Where?", ("In reeds.", "reeds"), (Evidence("lakes.txt", "Herons hide in reeds."),)),
            GoldQuestion("q2", "Who?", (), (Evidence("birds"),)),
            GoldQuestion("3", "Why?"),
        ),
        (Text("birds", "Birds", "Herons."),),
    )
    write_gold(gold, tmp_path / "ragas.json", "ragas")
    expected = [
        {
            "user_input": "Where?",
            "reference": "In reeds.",
            "reference_contexts": ["Herons hide in reeds."],
            "ground_truths": ["In reeds.", "reeds"],
        },
        {"id": "q2", "user_input": "Who?", "reference": "", "reference_contexts": ["Herons."]},
        {"user_input": "Why?", "reference": ""},
    ]
    assert json.loads((tmp_path / "ragas.json").read_text()) == expected
    write_gold(gold, tmp_path / "ragas.jsonl", "ragas")
    assert [json.loads(line) for line in (tmp_path / "ragas.jsonl").read_text().splitlines()] == expected


def test_a_document_whose_text_is_not_known_is_not_written(tmp_path: Path) -> None:
    gold = Gold((GoldQuestion("q1", "Where?", evidence=(Evidence("lakes.txt"),)),))
    with pytest.raises(PinciteError, match=r"The question q1 cannot be written as ragas: .* the text of lakes\.txt"):
        write_gold(gold, tmp_path / "ragas.json", "ragas")


characters = st.characters(codec="utf-8", exclude_characters="\0\r")
names = st.text(characters, min_size=1).filter(lambda text: bool(text.strip()))
records = st.tuples(names, st.lists(names, unique=True, max_size=3), st.lists(names, unique=True, max_size=3))


@given(st.dictionaries(names, records, min_size=1, max_size=4), st.sampled_from([".json", ".jsonl"]))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, entries: dict[str, tuple[str, list[str], list[str]]], suffix: str
) -> None:
    # Contexts are named by the order in which they first appear; ids that are no positions are written.
    contexts = list(dict.fromkeys(context for _, _, given_ in entries.values() for context in given_))
    called = {context: f"context-{number}" for number, context in enumerate(contexts, start=1)}
    gold = Gold(
        tuple(
            GoldQuestion(f"id {id_}", question, tuple(answers), tuple(Evidence(called[text], text) for text in given_))
            for id_, (question, answers, given_) in entries.items()
        ),
        tuple(Text(name, name, context) for context, name in called.items()),
    )
    path = tmp_path_factory.mktemp("gold") / f"ragas{suffix}"
    write_gold(gold, path, "ragas")
    assert read_gold(path) == gold
