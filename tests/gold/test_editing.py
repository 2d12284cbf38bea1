"""One question of a gold file put right, taken out and put back, with all others byte for byte as they were."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import PinciteError
from qa.gold import file as goldfile
from qa.gold.adding import add_question
from qa.gold.editing import Removed, fingerprint, remove_question, replace_question, restore_question
from qa.gold.formats import house
from qa.gold.questions import Evidence, Gold, GoldQuestion
from qa.library import Library

LINES = (
    '{"id": "q1",   "question": "What do herons eat?", "answers": ["fish"]}',
    '{"id": "q2", "question": "Where do herons nest?", "tags": ["open"]}',
    '{"id": "q3", "question": "Who lit the lamp?"}',
)


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    path = tmp_path / "gold.jsonl"
    path.write_text("".join(f"{line}\n" for line in LINES), encoding="utf-8")
    return path


@pytest.fixture
def filled(library: Library, tmp_path: Path) -> Library:
    (tmp_path / "lakes.txt").write_text("Herons eat small fish at dawn.\n\nHerons build nests in tall reeds.\n")
    library.add([tmp_path / "lakes.txt"])
    return library


def test_a_question_is_put_right_and_the_others_stay(gold: Path) -> None:
    kept = replace_question(gold, "q2", GoldQuestion("ignored", "Where do herons nest?", ("reeds",)), None)
    assert kept == GoldQuestion("q2", "Where do herons nest?", ("reeds",))
    written = '{"id": "q2", "question": "Where do herons nest?", "answers": ["reeds"]}'
    assert gold.read_text() == f"{LINES[0]}\n{written}\n{LINES[2]}\n"


def test_new_evidence_is_kept_as_the_document_has_it(gold: Path, filled: Library) -> None:
    wanted = GoldQuestion("", "What do herons eat?", ("fish",), (Evidence("lakes.txt", "herons eat\nsmall fish"),))
    with filled.reading() as reading:
        kept = replace_question(gold, "q1", wanted, reading)
    assert kept.evidence == (Evidence("lakes.txt", "Herons eat small fish"),)
    assert house.read(gold).questions[0] == kept


def test_evidence_that_was_there_is_not_looked_for_again(gold: Path) -> None:
    old = Evidence("gone.txt", "Herons eat small fish", 2)
    line = {"id": "q4", "question": "Old?", "evidence": [{"document": "gone.txt", "quote": old.quote, "grade": 2}]}
    goldfile.append(gold, f"{json.dumps(line)}\n".encode())
    kept = replace_question(gold, "q4", GoldQuestion("", "Old and new?", ("fish",), (old,)), None)
    assert kept.evidence == (old,)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            GoldQuestion("", "What do herons eat?", (), (Evidence("lakes.txt", "Herons eat big frogs"),)),
            "cannot be kept",
        ),
        (GoldQuestion("", "What do herons eat?", (), (Evidence("hills.txt", "Herons eat"),)), "stand in lakes.txt"),
        (GoldQuestion("", "where do herons NEST"), "under the id q2"),
        (GoldQuestion("", "  "), "The question of the new question cannot be kept"),
    ],
)
def test_what_cannot_be_kept_changes_nothing(gold: Path, filled: Library, question: GoldQuestion, said: str) -> None:
    before = gold.read_bytes()
    with filled.reading() as reading, pytest.raises(PinciteError, match=said):
        replace_question(gold, "q1", question, reading)
    assert gold.read_bytes() == before


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_what_was_taken_out_is_put_back_where_it_was(tmp_path: Path, at: int, end: str, mark: str) -> None:
    path = tmp_path / "gold.jsonl"
    between = end or "\n"
    path.write_bytes((mark + between.join(LINES) + end).encode())
    removed = remove_question(path, f"q{at + 1}")
    assert removed.line == at
    rest = [line for number, line in enumerate(LINES) if number != at]
    assert path.read_bytes().decode().rstrip("\r\n") == mark + between.join(rest)
    restore_question(path, removed)
    assert [question.id for question in house.read(path).questions] == ["q1", "q2", "q3"]
    assert path.read_bytes().startswith(mark.encode())
    if not end:
        assert path.read_text(encoding="utf-8-sig").count("\n") == 2 + (at == 2)


def test_the_last_question_can_be_taken_out_too(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(f"{LINES[0]}\n")
    removed = remove_question(path, "q1")
    assert (path.read_text(), goldfile.questions(path)) == ("", ())
    restore_question(path, removed)
    assert goldfile.questions(path) == (removed.question,)


def test_nothing_is_put_back_twice_or_beside_its_twin(gold: Path) -> None:
    removed = remove_question(gold, "q2")
    restore_question(gold, removed)
    with pytest.raises(PinciteError, match="under the id q2"):
        restore_question(gold, removed)
    with pytest.raises(PinciteError, match="under the id q1"):
        restore_question(gold, Removed(GoldQuestion("q9", "what do herons eat"), 0))
    assert gold.read_text().count("\n") == 3


def test_what_lost_its_id_meanwhile_comes_back_under_another(gold: Path) -> None:
    removed = remove_question(gold, "q3")
    assert add_question(gold, GoldQuestion("", "Who blew it out?"), None).id == "q3"
    assert restore_question(gold, removed) == GoldQuestion("q4", "Who lit the lamp?")
    assert [(each.id, each.question) for each in goldfile.questions(gold)][2:] == [
        ("q4", "Who lit the lamp?"),
        ("q3", "Who blew it out?"),
    ]


def test_what_somebody_else_changed_is_not_written_over(gold: Path) -> None:
    seen = fingerprint(goldfile.questions(gold)[1])
    first = GoldQuestion("", "Where do herons nest?", ("reeds",))
    replace_question(gold, "q2", first, None, seen=seen)
    before = gold.read_bytes()
    with pytest.raises(PinciteError, match="The question q2 was changed meanwhile"):
        replace_question(gold, "q2", GoldQuestion("", "Where do herons nest?", ("trees",)), None, seen=seen)
    assert gold.read_bytes() == before
    again = fingerprint(goldfile.questions(gold)[1])
    assert replace_question(gold, "q2", first, None, seen=again).answers == ("reeds",)


def test_a_question_that_is_gone_is_told(gold: Path) -> None:
    for change in (
        lambda: remove_question(gold, "q7"),
        lambda: replace_question(gold, "q7", GoldQuestion("", "New?"), None),
        lambda: goldfile.replace_line(gold, "q7", b"{}\n"),
    ):
        with pytest.raises(PinciteError, match="no question q7"):
            change()
    assert gold.read_text().split("\n")[:3] == list(LINES)


def test_other_formats_are_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('[{"id": "q1", "question": "In a list?"}]')
    with pytest.raises(PinciteError, match="no gold file with a question a line"):
        remove_question(path, "q1")


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1), min_size=1, max_size=6), st.data())
def test_taking_out_and_putting_back_changes_no_question(texts: list[str], data: st.DataObject) -> None:
    import tempfile

    questions = tuple(
        GoldQuestion(f"q{number}", f"{number} {text}".replace("\0", "")) for number, text in enumerate(texts)
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gold.jsonl"
        house.write(Gold(questions), path)
        before = path.read_bytes()
        one = data.draw(st.sampled_from(questions))
        removed = remove_question(path, one.id)
        assert removed.question == one
        assert goldfile.questions(path) == tuple(other for other in questions if other is not one)
        restore_question(path, removed)
        assert path.read_bytes() == before
