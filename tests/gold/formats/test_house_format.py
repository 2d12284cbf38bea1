"""The house format: every field there and back, and all wrong lines told at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import PinciteError
from qa.gold.formats import read_gold, write_gold
from qa.gold.questions import Evidence, Gold, GoldQuestion

GOOD = {"id": "q1", "question": "Where do herons hide?"}
QUOTE = {"document": "lakes.txt", "quote": "Herons hide in reeds."}


def written(folder: Path, *lines: str | dict[str, Any]) -> Path:
    path = folder / "gold.jsonl"
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text(text, encoding="utf-8")
    return path


def test_every_field_is_read(tmp_path: Path) -> None:
    line = {**GOOD, "answers": ["in reeds", "reeds"], "evidence": [QUOTE], "tags": ["factoid", "birds"]}
    assert list(read_gold(written(tmp_path, line))) == [
        GoldQuestion(
            id="q1",
            question="Where do herons hide?",
            answers=("in reeds", "reeds"),
            evidence=(Evidence("lakes.txt", "Herons hide in reeds."),),
            tags=("factoid", "birds"),
        )
    ]


def test_evidence_without_a_quote_is_the_whole_document_and_may_be_graded(tmp_path: Path) -> None:
    line = {**GOOD, "evidence": [{"document": "lakes.txt", "grade": 2}, {"document": "birds.txt"}]}
    question = read_gold(written(tmp_path, line))[0]
    assert question.evidence == (Evidence("lakes.txt", "", 2), Evidence("birds.txt", "", 1))
    assert question.whole_documents


def test_a_question_without_answers_and_evidence_is_unanswerable(tmp_path: Path) -> None:
    gold = read_gold(
        written(tmp_path, GOOD, {**GOOD, "id": "q2", "answers": []}, {**GOOD, "id": "q3", "evidence": [QUOTE]})
    )
    assert [question.answerable for question in gold] == [False, False, True]
    assert (gold[0].answers, gold[0].evidence, gold[0].tags) == ((), (), ())


def test_blank_lines_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    text = f"\n{json.dumps(GOOD)}\r\n   \r\n{json.dumps({**GOOD, 'id': 'q2'})}\r\n\n"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert [question.id for question in read_gold(str(path))] == ["q1", "q2"]


def test_text_is_kept_as_it_stands(tmp_path: Path) -> None:
    # U+2028 ends a line for some readers, but not in JSON lines.
    line = json.dumps({**GOOD, "question": "Wo\u2028nisten Kräniche? 鶴"}, ensure_ascii=False)
    assert read_gold(written(tmp_path, line))[0].question == "Wo\u2028nisten Kräniche? 鶴"


def test_line_ends_of_quotes_are_those_of_documents(tmp_path: Path) -> None:
    line = {**GOOD, "evidence": [{**QUOTE, "quote": "Herons\r\nhide\rin reeds."}]}
    assert read_gold(written(tmp_path, line))[0].evidence[0].quote == "Herons\nhide\nin reeds."


def test_only_what_is_there_is_written(tmp_path: Path) -> None:
    gold = Gold(
        (
            GoldQuestion("q1", "Where?"),
            GoldQuestion("q2", "Wo? 鶴", ("reeds",), (Evidence("a.txt"), Evidence("b.txt", grade=3)), ("birds",)),
        )
    )
    write_gold(gold, tmp_path / "gold.jsonl", "house")
    assert (tmp_path / "gold.jsonl").read_text(encoding="utf-8") == (
        '{"id": "q1", "question": "Where?"}\n'
        '{"id": "q2", "question": "Wo? 鶴", "answers": ["reeds"], '
        '"evidence": [{"document": "a.txt"}, {"document": "b.txt", "grade": 3}], "tags": ["birds"]}\n'
    )


characters = st.characters(codec="utf-8", exclude_characters="\0")
names = st.text(characters, min_size=1).filter(lambda text: bool(text.strip()))
quotes = names.filter(lambda text: "\r" not in text)
grades = st.integers(1, 10**12)
evidence = st.one_of(
    st.lists(st.builds(Evidence, names, quotes, grades), max_size=2),
    st.lists(st.builds(Evidence, names, st.just(""), grades), max_size=2),
).map(tuple)


@given(
    st.lists(
        st.builds(
            GoldQuestion,
            id=names,
            question=names,
            answers=st.lists(names, max_size=2).map(tuple),
            evidence=evidence,
            tags=st.lists(names, max_size=2).map(tuple),
        ),
        min_size=1,
        max_size=4,
        unique_by=lambda question: question.id,
    )
)
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, questions: list[GoldQuestion]) -> None:
    path = tmp_path_factory.mktemp("gold") / "gold.jsonl"
    write_gold(Gold(tuple(questions)), path, "house")
    assert read_gold(path, "house") == Gold(tuple(questions))


# --- what a person is told


def told(path: Path) -> str:
    with pytest.raises(PinciteError) as error:
        read_gold(path)
    return str(error.value)


def test_a_wrong_field_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD, {**GOOD, "id": "q2", "answers": ["reeds", ""]})
    assert told(path) == f'{path}, line 2, field "answers[1]": a text that is not empty is needed.'


def test_an_id_that_stands_twice_is_told_with_both_lines(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD, {**GOOD, "id": "q2"}, "", GOOD)
    assert told(path) == f'{path}, line 4, field "id": the id "q1" stands in line 1 too.'


def test_further_wrong_lines_are_told_by_their_numbers(tmp_path: Path) -> None:
    wrong = {"id": "q", "question": ""}
    path = written(tmp_path, GOOD, wrong, "{")
    assert told(path) == f'{path}, line 2, field "question": a text that is not empty is needed. Line 3 is wrong too.'
    path = written(tmp_path, wrong, "[]", "", GOOD, wrong, {"id": "q3"})
    assert told(path).endswith(" is needed. Lines 2, 5 and 6 are wrong too.")


def test_of_many_wrong_lines_the_rest_is_counted(tmp_path: Path) -> None:
    # 12 wrong lines: one in full, ten numbers, and one more.
    path = written(tmp_path, *(["{"] * 12))
    assert told(path).endswith("Lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 1 more are wrong too.")
    path = written(tmp_path, *(["{"] * 11))
    assert told(path).endswith("Lines 2, 3, 4, 5, 6, 7, 8, 9, 10 and 11 are wrong too.")


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    path = tmp_path / "gone.jsonl"
    assert told(path) == f"{path} cannot be read: No such file or directory."
    path = tmp_path / "gold.jsonl"
    path.write_text("\n \n")
    assert told(path) == f"The gold file {path} holds no questions."
    path.write_bytes(b'\xef\xbb\xbf{"id": "q1",\n"question": "caf\xe9"}')
    assert told(path) == f"{path}, line 2: byte 0xe9 is not UTF-8; save the file as UTF-8."


def test_a_line_that_is_no_json_is_told_with_the_place(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD, '{"id": "q2" "question": 1}')
    assert told(path) == f"{path}, line 2: not valid JSON (Expecting ',' delimiter, character 13 of the line)."
