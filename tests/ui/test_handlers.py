"""The handlers without a page: what is typed goes in, what is shown comes out."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from qa.errors import PinciteError
from qa.types import Answer, Document
from ui import handlers, render
from ui.handlers import Stage, Talk, Turn

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


@dataclass
class Desk:
    """Answers with a function of the question, and keeps conversations in a dictionary; `full` tells why it cannot."""

    answering: Callable[[str], Answer] = answer
    stages: Sequence[str] = ()
    full: str = ""
    talks: dict[str, list[Turn]] = field(default_factory=dict)
    histories: list[Sequence[Answer]] = field(default_factory=list)

    def ask(self, question: str, history: Sequence[Answer], stage: Stage) -> Answer:
        self.histories.append(history)
        for name in self.stages:
            stage(name)
        return self.answering(question)

    def keep(self, talk_id: str, turn: Turn) -> tuple[str, int]:
        if self.full:
            raise PinciteError(self.full)
        if talk_id and talk_id not in self.talks:
            return "", 0
        kept = talk_id or f"talk-number-{len(self.talks) + 1}"
        number = len(self.talks.setdefault(kept, [])) + 1
        self.talks[kept].append(replace(turn, number=number))
        return kept, number

    def kept(self, talk_id: str) -> Sequence[Turn] | None:
        if self.full:
            raise PinciteError(self.full)
        return self.talks.get(talk_id)


Step = tuple[str | None, Talk]


def steps(desk: Desk, question: str | None, talk: Talk) -> list[Step]:
    """What the box and the conversation hold, one after the other."""

    async def taken() -> list[Step]:
        return [step async for step in handlers.converse(desk, question, talk)]

    return asyncio.run(taken())


def ask(desk: Desk, question: str | None, talk: Talk) -> Talk:
    *_, (_, after) = steps(desk, question, talk)
    return after


def begun(desk: Desk, question: str) -> Talk:
    """A new conversation with a question that was given up after its first step."""

    async def first() -> Talk:
        asking = handlers.converse(desk, question, Talk())
        _, talk = await anext(asking)
        await asking.aclose()  # type: ignore[attr-defined]
        return talk

    return asyncio.run(first())


def spoken_of(talk: Talk) -> list[str]:
    """The ids by which the replies are known where they are kept."""
    return [
        escaped.replace("&#45;", "-") for _, words in spoken(talk) for escaped in re.findall('reply" id="(.*?)"', words)
    ]


def spoken(talk: Talk) -> list[tuple[str, str]]:
    return [(message["role"], message["content"][0]["text"]) for message in handlers.messages(talk)]


QUESTION = ("user", '<div class="pc-question" dir="auto">How high&#63;</div>')


# --- a question and its answer


def test_the_question_is_shown_at_once_and_then_its_reply() -> None:
    first, second = steps(Desk(), "  How high? ", Talk())
    assert first[0] == ""
    assert spoken(first[1]) == [QUESTION, ("assistant", render.working("searching"))]
    assert second[0] is None
    kept = "talk-talk-number-1-1"
    assert spoken(second[1]) == [QUESTION, ("assistant", render.reply(answer("How high?"), 1, kept=kept))]


def test_each_stage_is_shown_as_it_begins() -> None:
    searching, reading, answered = [
        (box, spoken(talk)[-1][1]) for box, talk in steps(Desk(stages=["reading"]), "How high?", Talk())
    ]
    assert searching == ("", '<p class="pc-stage">Searching the documents…</p>')
    assert reading == (None, '<p class="pc-stage">Reading the passages found…</p>')
    assert answered[0] is None
    assert "pc-answer" in answered[1]


def test_a_stage_that_is_not_known_here_is_shown_as_the_first_one() -> None:
    assert render.working("<b>thinking</b>") == render.working("searching")


def test_turns_stay_and_are_counted() -> None:
    talk, desk = Talk(), Desk()
    for turn in (1, 2, 3):
        before = spoken(talk)
        talk = ask(desk, f"Question {turn}?", talk)
        assert len(spoken(talk)) == 2 * turn
        assert [words.replace("talk-talk-number-1", "") for _, words in spoken(talk)[:-2]] == [
            words.replace("talk-talk-number-1", "") for _, words in before
        ]
        assert f'id="turn-{turn}-source-1"' in spoken(talk)[-1][1]


def test_what_was_answered_before_goes_with_the_question() -> None:
    desk = Desk()
    talk = ask(desk, "One?", Talk())
    desk.answering = refuse
    talk = ask(desk, "Two?", talk)
    desk.answering = answer
    ask(desk, "Three?", talk)
    assert desk.histories == [(), (answer("One?"),), (answer("One?"),)]  # an error is no answer


def test_the_conversation_handed_in_is_not_written_to() -> None:
    talk = Talk()
    steps(Desk(), "How high?", talk)
    assert talk == Talk()


@pytest.mark.parametrize("question", ["", "   ", "\n\t", None])
def test_an_empty_question_is_no_turn(question: str | None) -> None:
    talk = Talk("an-id-of-a-talk-1", (Turn("How high?", answer("How high?"), number=1),))
    desk = Desk(never)
    assert steps(desk, question, talk) == [("", talk)]
    assert desk.talks == {}


def test_a_question_of_2000_characters_is_asked_and_one_more_is_not() -> None:
    assert "pc-answer" in spoken(ask(Desk(), "x" * 2000, Talk()))[1][1]
    ((box, talk),) = steps(Desk(never), "x" * 2001, Talk())
    assert box is None  # for it to be shortened
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

    steps(Desk(note), "\ud800 how high \udfff?", Talk())
    assert asked == ["? how high ??"]


# --- what goes wrong


def test_an_error_for_a_person_is_its_sentence() -> None:
    assert spoken(ask(Desk(refuse), "How high?", Talk()))[1][1] == (
        '<div class="pc-reply"><div class="pc-notice" dir="auto">The store &#39;a&#60;b&#39; is locked&#58; '
        "close the other program&#46;</div></div>"
    )


def test_any_other_error_is_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        shown = spoken(ask(Desk(fail), "How high?", Talk()))[1][1]
    assert shown == render.notice(
        "Something went wrong while answering. Please try again; the program's log says more."
    )
    (record,) = caplog.records
    assert record.exc_info is not None
    assert str(record.exc_info[1]) == "/home/someone/secret.db: no such column"
    assert "How high?" not in record.getMessage()


def test_an_answer_that_cannot_be_rendered_is_such_an_error(caplog: pytest.LogCaptureFixture) -> None:
    def broken(question: str) -> Any:
        return replace(answer(question), citations=(None,))

    talk = ask(Desk(broken), "How high?", Talk())
    assert "Something went wrong" in spoken(talk)[1][1]
    assert [record.message for record in caplog.records] == ["an answer could not be shown"]
    assert "pc-answer" in spoken(ask(Desk(), "And now?", talk))[3][1]


def test_after_an_error_the_conversation_goes_on() -> None:
    talk = ask(Desk(), "Two?", ask(Desk(refuse), "One?", Talk()))
    assert [role for role, _ in spoken(talk)] == ["user", "assistant", "user", "assistant"]
    assert 'id="turn-2-source-1"' in spoken(talk)[3][1]


# --- what is stopped


def test_what_is_stopped_says_so_and_is_a_turn() -> None:
    desk = Desk()
    left = begun(desk, "How high?")
    assert left.asking == "How high?"
    after = handlers.stopped(desk, left)
    assert after.asking == after.stage == ""
    assert spoken(after) == [QUESTION, ("assistant", render.notice("Stopped before there was an answer."))]
    assert [turn.question for turn in desk.talks["talk-number-1"]] == ["How high?"]
    assert "pc-answer" in spoken(ask(desk, "And now?", after))[3][1]


def test_nothing_is_stopped_where_nothing_is_asked() -> None:
    talk = ask(Desk(), "How high?", Talk())
    assert handlers.stopped(Desk(), talk) is talk


def test_whoever_stops_does_not_wait_for_the_answer_nor_is_it_kept() -> None:
    go, done = threading.Event(), threading.Event()

    def slow(question: str) -> Answer:
        assert go.wait(10)
        done.set()
        return answer(question)

    desk = Desk(slow, stages=["reading"])

    async def stop() -> Talk:
        asking = handlers.converse(desk, "How high?", Talk())
        await anext(asking)
        _, reading = await anext(asking)
        waiting = asyncio.ensure_future(anext(asking))
        await asyncio.sleep(0)
        waiting.cancel()  # as the page does it
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return handlers.stopped(desk, reading)

    after = asyncio.run(stop())
    go.set()
    assert done.wait(10)
    assert desk.talks == {after.id: [replace(after.turns[0], number=1)]}


# --- what is kept


def test_a_turn_that_is_kept_has_its_number_and_can_be_spoken_of() -> None:
    desk = Desk()
    talk = ask(desk, "Two?", ask(desk, "One?", Talk()))
    assert (talk.id, [turn.number for turn in talk.turns]) == ("talk-number-1", [1, 2])
    assert desk.talks["talk-number-1"] == list(talk.turns)
    assert spoken_of(talk) == ["talk-talk-number-1-1", "talk-talk-number-1-2"]
    assert "pc-act" in spoken(talk)[3][1]


def test_a_conversation_that_is_kept_is_opened_as_it_was_left() -> None:
    desk = Desk()
    left = ask(desk, "Two?", ask(desk, "One?", Talk()))
    opened = handlers.opened(desk, left.id, "contracts")
    assert (opened, opened.collection) == (left, "contracts")
    assert opened.history == (answer("One?"), answer("Two?"))
    assert 'class="pc-act pc-right pc-given"' not in spoken(opened)[1][1]


def test_what_was_said_of_an_answer_is_shown_again() -> None:
    desk = Desk()
    talk = ask(desk, "One?", Talk())
    desk.talks[talk.id][0] = replace(talk.turns[0], given="right")
    assert 'class="pc-act pc-right pc-given"' in spoken(handlers.opened(desk, talk.id))[1][1]


def test_links_of_a_conversation_are_those_of_its_collection() -> None:
    talk = ask(Desk(), "One?", Talk(collection="naïve & co"))
    assert "&#38;collection=na%C3%AFve+%26+co#c" in spoken(talk)[1][1]
    assert "collection" not in spoken(ask(Desk(), "One?", Talk()))[1][1]


def test_a_reply_is_rendered_once_and_anew_where_it_says_something_else() -> None:
    talk = ask(Desk(), "One?", Talk())
    (_, first), (_, again) = spoken(talk)[1], spoken(talk)[1]
    assert first is again
    elsewhere = replace(talk, id="another")
    assert "another" in spoken(elsewhere)[1][1]
    told = replace(talk, turns=(replace(talk.turns[0], given="wrong"),))
    assert "pc-wrong pc-given" in spoken(told)[1][1]
    assert spoken(talk)[1][1] is first


def test_without_an_id_there_is_a_new_conversation() -> None:
    assert handlers.opened(Desk(full="The disk is broken."), "") == Talk()


def test_a_conversation_that_is_gone_says_so_and_another_can_be_begun() -> None:
    desk = Desk()
    talk = handlers.opened(desk, "no-such-conversation")
    ((role, words),) = spoken(talk)
    assert role == "assistant"
    assert "This conversation is not kept here" in words
    assert talk.id == ""
    after = ask(desk, "How high?", talk)
    assert [role for role, _ in spoken(after)] == ["assistant", "user", "assistant"]
    assert (after.id, after.turns[-1].number) == ("talk-number-1", 1)


def test_one_that_cannot_be_read_says_why() -> None:
    ((_, words),) = spoken(handlers.opened(Desk(full="The disk is broken."), "an-id"))
    assert words == render.notice("The disk is broken.")


def test_an_answer_is_shown_where_it_cannot_be_kept(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk(full="The disk is full.")
    talk = ask(desk, "One?", Talk())
    assert "pc-answer" in spoken(talk)[1][1]
    assert "pc-act" not in spoken(talk)[1][1]  # nothing can be said of what is not kept
    assert ["The disk is full." in record.getMessage() for record in caplog.records] == [True]


FULL = "This answer could not be kept&#58; The disk is full&#46; It is tried again with the next question&#46;"


def test_what_could_not_be_kept_is_said_and_kept_with_the_next_question() -> None:
    desk = Desk(full="The disk is full.")
    talk = ask(desk, "Two?", ask(desk, "One?", Talk()))
    assert [FULL in words for _, words in spoken(talk)] == [False, True, False, True]
    assert desk.talks == {}
    desk.full = ""
    talk = ask(desk, "Three?", talk)
    assert [turn.question for turn in desk.talks[talk.id]] == ["One?", "Two?", "Three?"]
    assert [(turn.number, turn.unkept) for turn in talk.turns] == [(1, ""), (2, ""), (3, "")]
    assert "could not be kept" not in "".join(words for _, words in spoken(talk))
    assert spoken_of(talk) == [f"talk-{talk.id}-{number}" for number in (1, 2, 3)]


def test_after_a_failure_it_is_the_same_conversation_that_is_gone_on_with() -> None:
    desk = Desk()
    talk = ask(desk, "One?", Talk())
    desk.full = "The disk is full."
    talk = ask(desk, "Two?", talk)
    assert (talk.id, [turn.number for turn in talk.turns]) == ("talk-number-1", [1, 0])
    assert spoken_of(talk) == ["talk-talk-number-1-1"]
    desk.full = ""
    talk = ask(desk, "Three?", talk)
    assert list(desk.talks) == ["talk-number-1"]
    assert [turn.question for turn in handlers.opened(desk, talk.id).turns] == ["One?", "Two?", "Three?"]


def test_what_got_no_answer_says_too_that_it_could_not_be_kept() -> None:
    ((_, _), (_, words)) = spoken(ask(Desk(refuse, full="The disk is full."), "One?", Talk()))
    assert words.endswith(f'<p class="pc-flag" dir="auto">{FULL.replace("answer", "question")}</p>')


def test_one_that_could_not_be_read_is_gone_on_with_when_it_can() -> None:
    desk = Desk()
    left = ask(desk, "One?", Talk())
    desk.full = "The disk is broken."
    opened = handlers.opened(desk, left.id)
    desk.full = ""
    ask(desk, "Two?", opened)
    assert [turn.question for turn in desk.talks[left.id]] == ["One?", "Two?"]


def test_after_one_that_is_deleted_meanwhile_a_new_one_begins() -> None:
    desk = Desk()
    talk = ask(desk, "One?", Talk())
    desk.talks.clear()
    talk = ask(desk, "Two?", talk)
    assert len(spoken(talk)) == 4
    assert (talk.id, desk.talks) == ("", {})
    assert "This conversation was deleted&#46; With the next question a new one begins&#46;" in spoken(talk)[3][1]
    assert "pc-act" not in "".join(words for _, words in spoken(talk))
    talk = ask(desk, "Three?", talk)
    assert [turn.question for turn in desk.talks[talk.id]] == ["Three?"]
    assert spoken_of(talk) == [f"talk-{talk.id}-1"]
    talk = ask(desk, "Four?", talk)
    assert [turn.question for turn in desk.talks[talk.id]] == ["Three?", "Four?"]
    assert desk.histories[-1] == tuple(answer(question) for question in ("One?", "Two?", "Three?"))


def test_two_pages_go_on_with_one_conversation() -> None:
    desk = Desk()
    one = ask(desk, "One?", Talk())
    other = handlers.opened(desk, one.id)
    one, other = ask(desk, "Two?", one), ask(desk, "Three?", other)
    assert [(turn.question, turn.number) for turn in one.turns] == [("One?", 1), ("Two?", 2)]
    assert [(turn.question, turn.number) for turn in other.turns] == [("One?", 1), ("Three?", 3)]
    # Within a page the anchors count what it shows; what is said of a turn goes by its number.
    assert 'id="turn-2-source-1"' in spoken(other)[3][1]
    assert spoken_of(other) == [f"talk-{one.id}-1", f"talk-{one.id}-3"]
    assert [turn.question for turn in handlers.opened(desk, one.id).turns] == ["One?", "Two?", "Three?"]
