"""Reading gold files: what is right, and what a person is told about what is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import PinciteError, read_gold
from qa.evaluation import Evidence, GoldQuestion

GOOD = {"id": "q1", "question": "Where do herons hide?"}
QUOTE = {"document": "lakes.txt", "quote": "Herons hide in reeds."}


def write(folder: Path, *lines: str | dict[str, Any]) -> Path:
    path = folder / "gold.jsonl"
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text(text, encoding="utf-8")
    return path


# --- right


def test_every_field_is_read(tmp_path: Path) -> None:
    line = {**GOOD, "answers": ["in reeds", "reeds"], "evidence": [QUOTE], "tags": ["factoid", "birds"]}
    assert read_gold(write(tmp_path, line)) == [
        GoldQuestion(
            id="q1",
            question="Where do herons hide?",
            answers=("in reeds", "reeds"),
            evidence=(Evidence("lakes.txt", "Herons hide in reeds."),),
            tags=("factoid", "birds"),
        )
    ]


def test_a_question_without_answers_is_unanswerable(tmp_path: Path) -> None:
    first, second, third = read_gold(
        write(tmp_path, GOOD, {**GOOD, "id": "q2", "answers": []}, {**GOOD, "id": "q3", "answers": ["reeds"]})
    )
    assert (first.answerable, second.answerable, third.answerable) == (False, False, True)
    assert (first.answers, first.evidence, first.tags) == ((), (), ())


def test_blank_lines_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    text = f"\n{json.dumps(GOOD)}\r\n   \r\n{json.dumps({**GOOD, 'id': 'q2'})}\r\n\n"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert [question.id for question in read_gold(str(path))] == ["q1", "q2"]


def test_text_is_kept_as_it_stands(tmp_path: Path) -> None:
    # U+2028 ends a line for some readers, but not in JSON lines.
    line = json.dumps({**GOOD, "question": "Wo\u2028nisten Kräniche? 鶴"}, ensure_ascii=False)
    assert read_gold(write(tmp_path, line))[0].question == "Wo\u2028nisten Kräniche? 鶴"


names = st.text(min_size=1).filter(lambda text: bool(text.strip()))


@given(
    st.lists(
        st.builds(
            GoldQuestion,
            id=names,
            question=names,
            answers=st.lists(names, max_size=2).map(tuple),
            evidence=st.lists(st.builds(Evidence, names, names), max_size=2).map(tuple),
            tags=st.lists(names, max_size=2).map(tuple),
        ),
        min_size=1,
        max_size=4,
        unique_by=lambda question: question.id,
    )
)
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, questions: list[GoldQuestion]) -> None:
    path = tmp_path_factory.mktemp("gold") / "gold.jsonl"
    lines = [
        {
            "id": question.id,
            "question": question.question,
            "answers": list(question.answers),
            "evidence": [{"document": e.document, "quote": e.quote} for e in question.evidence],
            "tags": list(question.tags),
        }
        for question in questions
    ]
    path.write_text("\n".join(json.dumps(line) for line in lines))
    assert read_gold(path) == questions


# --- wrong

_FIELDS: list[tuple[Any, str]] = [
    ({"question": "Where?"}, "id"),
    ({**GOOD, "id": ""}, "id"),
    ({**GOOD, "id": "  "}, "id"),
    ({**GOOD, "id": 7}, "id"),
    ({**GOOD, "id": None}, "id"),
    ({**GOOD, "id": ["q1"]}, "id"),
    ({"id": "q1"}, "question"),
    ({**GOOD, "question": ""}, "question"),
    ({**GOOD, "question": "\n\t"}, "question"),
    ({**GOOD, "question": None}, "question"),
    ({**GOOD, "question": ["Where?"]}, "question"),
    ({**GOOD, "question": True}, "question"),
    ({**GOOD, "answers": "reeds"}, "answers"),
    ({**GOOD, "answers": {"text": "reeds"}}, "answers"),
    ({**GOOD, "answers": None}, "answers"),
    ({**GOOD, "answers": 2016}, "answers"),
    ({**GOOD, "answers": ["reeds", ""]}, "answers[1]"),
    ({**GOOD, "answers": [2016]}, "answers[0]"),
    ({**GOOD, "answers": [None]}, "answers[0]"),
    ({**GOOD, "answers": [["reeds"]]}, "answers[0]"),
    ({**GOOD, "evidence": QUOTE}, "evidence"),
    ({**GOOD, "evidence": "lakes.txt"}, "evidence"),
    ({**GOOD, "evidence": None}, "evidence"),
    ({**GOOD, "evidence": ["Herons hide in reeds."]}, "evidence[0]"),
    ({**GOOD, "evidence": [QUOTE, ["lakes.txt", "Herons"]]}, "evidence[1]"),
    ({**GOOD, "evidence": [None]}, "evidence[0]"),
    ({**GOOD, "evidence": [{"quote": "Herons"}]}, "evidence[0].document"),
    ({**GOOD, "evidence": [{**QUOTE, "document": " "}]}, "evidence[0].document"),
    ({**GOOD, "evidence": [{**QUOTE, "document": 3}]}, "evidence[0].document"),
    ({**GOOD, "evidence": [{"document": "lakes.txt"}]}, "evidence[0].quote"),
    ({**GOOD, "evidence": [QUOTE, {**QUOTE, "quote": ""}]}, "evidence[1].quote"),
    ({**GOOD, "evidence": [{**QUOTE, "quote": ["Herons"]}]}, "evidence[0].quote"),
    ({**GOOD, "tags": "factoid"}, "tags"),
    ({**GOOD, "tags": None}, "tags"),
    ({**GOOD, "tags": ["factoid", 1]}, "tags[1]"),
    ({**GOOD, "tags": [""]}, "tags[0]"),
]


@pytest.mark.parametrize(("line", "field"), _FIELDS, ids=[f"{at:02}-{field}" for at, (_, field) in enumerate(_FIELDS)])
def test_a_wrong_field_is_named_with_its_line(tmp_path: Path, line: dict[str, Any], field: str) -> None:
    path = write(tmp_path, {**GOOD, "id": "q0"}, "", line)
    with pytest.raises(PinciteError) as error:
        read_gold(path)
    assert str(error.value).startswith(f'{path}, line 3, field "{field}": ')
    assert "needed" in str(error.value)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "q1\tWhere?",
        '{"id": "q1", "question": "Where?"} {"id": "q2"}',
        '{"id": "q1", "question": "Where?",}',
        "{'id': 'q1'}",
        '{"id": "q1", "question": "Wh\x01ere?"}',
        '{"id": "q1", "question": "Where?',
        "[" * 100_000,
        '{"id": ' + "9" * 5000 + "}",
    ],
    ids=["cut", "tabs", "two", "comma", "quotes", "control", "string", "deep", "number"],
)
def test_a_line_that_is_no_json_is_named(tmp_path: Path, line: str) -> None:
    path = write(tmp_path, GOOD, line)
    with pytest.raises(PinciteError, match="not valid JSON") as error:
        read_gold(path)
    assert str(error.value).startswith(f"{path}, line 2: ")


@pytest.mark.parametrize("line", ["[]", '"q1"', "7", "null", '[{"id": "q1", "question": "Where?"}]'])
def test_a_line_that_is_no_object_is_named(tmp_path: Path, line: str) -> None:
    path = write(tmp_path, GOOD, line)
    with pytest.raises(PinciteError) as error:
        read_gold(path)
    assert str(error.value) == f"{path}, line 2: a question must be a JSON object."


def test_an_id_that_stands_twice_is_named_with_both_lines(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD, {**GOOD, "id": "q2"}, "", GOOD)
    with pytest.raises(PinciteError) as error:
        read_gold(path)
    assert str(error.value) == f"{path}, line 4: the id q1 stands in line 1 too."


@pytest.mark.parametrize("text", ["", "\n\n", "  \n\t\n", "\ufeff"])
def test_a_file_without_questions_is_named(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(PinciteError) as error:
        read_gold(path)
    assert str(error.value) == f"The gold file {path} holds no questions."


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gone.jsonl"
    with pytest.raises(PinciteError) as error:
        read_gold(path)
    assert str(error.value) == f"The gold file {path} cannot be read: No such file or directory."


def test_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(PinciteError, match="cannot be read") as error:
        read_gold(tmp_path)
    assert str(tmp_path) in str(error.value)


def test_bytes_that_are_not_utf8_are_named(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(b'{"id": "q1", "question": "caf\xe9"}')
    with pytest.raises(PinciteError) as error:
        read_gold(path)
    assert str(error.value) == f"The gold file {path} is not UTF-8: byte 29 cannot be decoded."
