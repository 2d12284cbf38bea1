"""Conversations: begun, gone on with, listed, renamed, deleted; by hand, and against a model of them."""

from __future__ import annotations

import re
import tempfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from talking import answer, answers, as_shown, proof, unanswered

from qa.errors import PinciteError
from qa.talk import Conversations, Turn, conversations, database
from qa.talk.turns import UNREADABLE
from qa.types import Answer

NOON = datetime(2025, 3, 4, 12, 0, 0, 5, tzinfo=UTC)


@pytest.fixture
def kept(tmp_path: Path) -> Conversations:
    return Conversations(tmp_path / "store")


def begun(kept: Conversations, question: str = "Where do herons build nests?") -> str:
    """The id of a conversation with one turn."""
    id_ = kept.begin().id
    assert kept.append(id_, Turn(question, proof(answer()))) == 1
    return id_


# --- by hand


def test_looking_makes_nothing(kept: Conversations, tmp_path: Path) -> None:
    assert kept.list() == ()
    assert kept.get(kept.begin().id) is None
    assert list(tmp_path.iterdir()) == []


def test_a_conversation_comes_back_in_order(kept: Conversations) -> None:
    id_ = kept.begin().id
    assert kept.append(id_, Turn("Where do herons build nests?", proof(answer()), "", NOON)) == 1
    assert kept.append(id_, Turn("Who painted the bridge?", proof(unanswered()))) == 2
    assert kept.append(id_, Turn("x?", None, "The question is empty: ask something.")) == 3
    again = kept.get(id_)
    assert again is not None
    assert (again.id, again.title) == (id_, "Where do herons build nests?")
    assert [turn.number for turn in again.turns] == [1, 2, 3]
    assert [turn.question for turn in again.turns] == ["Where do herons build nests?", "Who painted the bridge?", "x?"]
    assert [turn.read() for turn in again.turns] == [as_shown(answer()), as_shown(unanswered()), None]
    assert [turn.notice for turn in again.turns] == ["", "", "The question is empty: ask something."]
    assert again.turns[0].at == NOON
    assert again.begun <= again.changed
    (summary,) = kept.list()
    assert (summary.id, summary.title, summary.turns) == (id_, again.title, 3)
    assert (summary.begun, summary.changed) == (again.begun, again.changed)


def test_times_are_kept_in_utc(kept: Conversations) -> None:
    id_ = kept.begin().id
    kept.append(id_, Turn("?", at=NOON.astimezone(timezone(timedelta(hours=5)))))
    kept.append(id_, Turn("?", at=NOON.astimezone().replace(tzinfo=None)))  # without a zone it is local time
    again = kept.get(id_)
    assert again is not None
    assert [turn.at for turn in again.turns] == [NOON, NOON]
    assert again.turns[0].at.utcoffset() == timedelta(0)


def test_the_last_that_was_gone_on_with_is_first(kept: Conversations) -> None:
    first, second, third = (begun(kept, f"Question {number}?") for number in (1, 2, 3))
    kept.append(first, Turn("And then?"))
    assert [summary.id for summary in kept.list()] == [first, third, second]
    assert [summary.turns for summary in kept.list()] == [2, 1, 1]
    assert [summary.id for summary in kept.list(limit=2)] == [first, third]
    assert kept.list(limit=0) == kept.list(limit=-1) == ()
    assert kept.list(limit=2**63) == ()
    assert kept.list(None) == kept.list()
    assert [kept.has(id_) for id_ in (first, "a" * 22, "../x", "")] == [True, False, False, False]


def test_a_title_is_the_first_question_until_it_is_renamed(kept: Conversations) -> None:
    id_ = begun(kept, "Where do\nherons \u202ebuild nests?")
    assert kept.list()[0].title == "Where do herons build nests?"
    assert kept.rename(id_, " Birds \0of the \u2066marsh ") == "Birds of the marsh"
    kept.append(id_, Turn("Why?"))
    assert kept.list()[0].title == "Birds of the marsh"
    assert kept.rename(id_, "\u202e ") == "Where do herons build nests?"


def test_a_conversation_with_a_title_is_kept_at_once(kept: Conversations) -> None:
    begun = kept.begin("  Birds ")
    assert begun.title == "Birds"
    assert kept.get(begun.id) == begun
    assert kept.list()[0].turns == 0
    kept.append(begun.id, Turn("Why?"))
    assert kept.list()[0].title == "Birds"


def test_ids_are_not_guessed() -> None:
    ids = {Conversations(Path("nowhere")).begin().id for _ in range(100)}
    assert len(ids) == 100
    assert all(re.fullmatch(r"[\w-]{22}", id_, re.ASCII) for id_ in ids)  # 16 bytes


def test_a_deleted_conversation_does_not_come_back(kept: Conversations) -> None:
    id_, other = begun(kept), begun(kept)
    assert kept.delete(id_)
    assert kept.get(id_) is None
    assert [summary.id for summary in kept.list()] == [other]
    assert not kept.delete(id_)
    with pytest.raises(PinciteError, match="This conversation was deleted: begin a new one"):
        kept.append(id_, Turn("still asking"))  # an answer that was under way
    never = kept.begin().id
    assert not kept.delete(never)
    with pytest.raises(PinciteError, match="was deleted"):
        kept.append(never, Turn("still asking"))


@pytest.mark.parametrize("id_", ["", "short", "a" * 65, "../../etc/passwd-----", "é" * 20, "a b" * 8, "\ud800" * 20])
def test_what_is_no_id_is_none(kept: Conversations, id_: str) -> None:
    begun(kept)
    assert kept.get(id_) is None
    for change in (lambda: kept.append(id_, Turn("?")), lambda: kept.delete(id_), lambda: kept.rename(id_, "x")):
        with pytest.raises(PinciteError, match=r"conversation"):
            change()


def test_an_unknown_conversation_is_not_renamed(kept: Conversations) -> None:
    with pytest.raises(PinciteError, match="There is no such conversation: it may have been deleted"):
        kept.rename("a" * 22, "x")


def test_a_conversation_has_so_many_turns(kept: Conversations, monkeypatch: pytest.MonkeyPatch) -> None:
    assert conversations.MOST_TURNS == 1000
    monkeypatch.setattr(conversations, "MOST_TURNS", 2)
    id_ = begun(kept)
    kept.append(id_, Turn("?"))
    with pytest.raises(PinciteError, match="has 2 turns, and no room for more: begin one"):
        kept.append(id_, Turn("?"))
    assert kept.list()[0].turns == 2


def test_what_is_long_is_kept_as_far_as_it_can_be_asked(kept: Conversations) -> None:
    id_ = kept.begin().id
    kept.append(id_, Turn("q" * 1_000_000, None, "n" * 1_000_000))
    again = kept.get(id_)
    assert again is not None
    assert again.turns[0].question == "q" * 2000 + "…"
    assert again.turns[0].notice == "n" * 2000 + "…"
    assert len(again.title) == 80
    assert len(kept.rename(id_, "t " * 500_000)) <= 200


def test_an_answer_that_is_no_json_is_refused(kept: Conversations) -> None:
    for wrong in ({"confidence": float("nan")}, {"a": {1, 2}}):
        with pytest.raises((ValueError, TypeError)):
            kept.append(kept.begin().id, Turn("?", wrong))
    assert kept.list() == ()


@pytest.mark.parametrize("line", ["", "{", "null", "[]", "{}", "[" * 100_000, '{"answered": 1}', "9" * 5000])
def test_an_answer_that_cannot_be_read_is_a_notice(kept: Conversations, line: str) -> None:
    id_ = begun(kept)
    kept.append(id_, Turn("Why?"))
    with database.writing(kept.path) as connection:
        connection.execute("UPDATE turn SET answer = ? WHERE number = 1", (line,))
    again = kept.get(id_)
    assert again is not None
    assert (again.turns[0].question, again.turns[0].read()) == ("Where do herons build nests?", None)
    assert [turn.notice for turn in again.turns] == [UNREADABLE, ""]


def test_letters_that_are_damaged_cost_no_more_than_themselves(kept: Conversations) -> None:
    id_ = begun(kept)
    with database.writing(kept.path) as connection:
        connection.execute("UPDATE turn SET question = CAST(x'61ff62' AS TEXT)")
    again = kept.get(id_)
    assert again is not None
    assert again.turns[0].question == "a\ufffdb"
    assert again.turns[0].read() is not None


# --- whatever is kept


@given(st.lists(answers(), max_size=3), st.text(max_size=20))
@settings(max_examples=25, deadline=None)
def test_every_answer_comes_back_as_it_is_shown(made: list[Answer], title: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        kept = Conversations(Path(folder))
        id_ = kept.begin(title).id
        for number, each in enumerate(made, start=1):
            assert kept.append(id_, Turn(each.question, proof(each))) == number
        again = kept.get(id_)
        assert [turn.read() for turn in (again.turns if again else ())] == list(map(as_shown, made))


@given(st.lists(st.tuples(st.sampled_from("abrd"), st.integers(0, 2), st.text(max_size=8)), max_size=12))
@settings(max_examples=25, deadline=None)
def test_a_model_of_it_says_the_same(done: list[tuple[str, int, str]]) -> None:
    """Titles and questions by conversation; what was deleted is None."""
    model: dict[str, list[str] | None] = {}
    ids = [f"conversation-no-{number}" for number in range(3)]
    with tempfile.TemporaryDirectory() as folder:
        kept = Conversations(Path(folder))
        for what, number, text in done:
            id_ = ids[number]
            questions = model.get(id_, [])
            if what == "d":
                assert kept.delete(id_) == bool(questions)
                model[id_] = None
            elif questions is None:
                with pytest.raises(PinciteError, match="deleted"):
                    kept.append(id_, Turn(text)) if what == "a" else kept.rename(id_, text)
            elif what == "r" and not questions:
                with pytest.raises(PinciteError, match="no such conversation"):
                    kept.rename(id_, text)
            elif what == "r":
                kept.rename(id_, text)
            else:
                model[id_] = [*questions, database_text(text)]
                assert kept.append(id_, Turn(text)) == len(model[id_] or [])
        held = {id_: questions for id_, questions in model.items() if questions}
        assert {summary.id: summary.turns for summary in kept.list()} == {id_: len(q) for id_, q in held.items()}
        for id_, questions in held.items():
            again = kept.get(id_)
            assert again is not None
            assert [turn.question for turn in again.turns] == questions


def database_text(text: str) -> str:
    """What a file of text can hold."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ")
