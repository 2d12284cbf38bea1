"""The handlers without a page: what is typed goes in, what is shown comes out."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from qa.errors import PinciteError
from qa.types import Answer, Document
from ui import handlers, render
from ui.handlers import Talk

DOCUMENT = Document("d", "The tower", ("tower.md",), "f" * 64, "The tower is 38 metres high.")


def answer(question: str) -> Answer:
    text = "The tower is 38 metres high. [1]"
    return Answer(question, question, True, text, "38 metres", 0.9, (DOCUMENT.cite(0, 28),), (), ())


def refuse(question: str) -> Answer:
    raise PinciteError("The store 'a<b' is locked: close the other program.")


def fail(question: str) -> Answer:
    raise RuntimeError("/home/someone/secret.db: no such column")


def never(question: str) -> Answer:
    raise AssertionError("nothing was to be asked")


def spoken(talk: Talk) -> list[tuple[str, str]]:
    return [(message["role"], message["content"][0]["text"]) for message in talk]


def test_the_question_is_shown_at_once_and_then_its_reply() -> None:
    first, second = handlers.converse(answer, "  How high? ", [])
    question = ("user", '<div class="pc-question" dir="auto">How high&#63;</div>')
    assert first[0] == ""
    assert spoken(first[1]) == [question]
    assert second[0] is None
    assert spoken(second[1]) == [question, ("assistant", render.reply(answer("How high?"), 1))]


def test_turns_stay_and_are_counted() -> None:
    talk: Talk = []
    for turn in (1, 2, 3):
        before = list(talk)
        *_, (_, talk) = handlers.converse(answer, f"Question {turn}?", talk)
        assert talk[:-2] == before
        assert f'id="turn-{turn}-source-1"' in spoken(talk)[-1][1]
    assert len(talk) == 6


def test_the_conversation_handed_in_is_not_written_to() -> None:
    talk: Talk = []
    list(handlers.converse(answer, "How high?", talk))
    assert talk == []


@pytest.mark.parametrize("question", ["", "   ", "\n\t", None])
def test_an_empty_question_is_no_turn(question: str | None) -> None:
    talk: Any = [{"role": "user", "content": []}]
    assert list(handlers.converse(never, question, talk)) == [("", talk)]


def test_a_question_of_2000_characters_is_asked_and_one_more_is_not() -> None:
    *_, (_, asked) = handlers.converse(answer, "x" * 2000, [])
    assert "pc-answer" in spoken(asked)[1][1]
    ((box, talk),) = handlers.converse(never, "x" * 2001, [])
    assert box is None
    (_, question), (_, reply) = spoken(talk)
    assert question == f'<div class="pc-question" dir="auto">{"x" * 200}…</div>'
    assert reply == render.notice(
        "This question has 2,001 characters; the most is 2,000. Please shorten it and ask again."
    )


def test_half_a_surrogate_pair_is_not_asked() -> None:
    asked = []

    def note(question: str) -> Answer:
        asked.append(question)
        return answer(question)

    list(handlers.converse(note, "\ud800 how high \udfff?", []))
    assert asked == ["? how high ??"]


def test_an_error_for_a_person_is_its_sentence() -> None:
    assert handlers.reply(refuse, "How high?", 1) == (
        '<div class="pc-reply"><div class="pc-notice" dir="auto">The store &#39;a&#60;b&#39; is locked&#58; '
        "close the other program&#46;</div></div>"
    )


def test_any_other_error_is_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        shown = handlers.reply(fail, "How high?", 1)
    assert shown == render.notice(
        "Something went wrong while answering. Please try again; the program's log says more."
    )
    (record,) = caplog.records
    assert record.exc_info is not None
    assert str(record.exc_info[1]) == "/home/someone/secret.db: no such column"
    assert "How high?" not in record.getMessage()


def test_an_answer_that_cannot_be_rendered_is_such_an_error(caplog: pytest.LogCaptureFixture) -> None:
    def broken(question: str) -> Any:
        return None

    assert "Something went wrong" in handlers.reply(broken, "How high?", 1)
    assert len(caplog.records) == 1


def test_after_an_error_the_conversation_goes_on() -> None:
    *_, (_, talk) = handlers.converse(refuse, "One?", [])
    *_, (_, talk) = handlers.converse(answer, "Two?", talk)
    assert [role for role, _ in spoken(talk)] == ["user", "assistant", "user", "assistant"]
    assert 'id="turn-2-source-1"' in spoken(talk)[3][1]
