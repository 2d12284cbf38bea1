"""What follow-up questions carry over: conversations about the demo's documents, worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.followup import Turn, standalone
from qa.question import MAX_QUESTION


def asked(*turns: str | tuple[str, str]) -> list[Turn]:
    """A conversation as it grows: each question with its answer, searched as it was understood then."""
    history: list[Turn] = []
    for turn in turns:
        question, answer = (turn, "") if isinstance(turn, str) else turn
        history.append(Turn(question, standalone(question, history), answer))
    return history


WHO_SIGNED = asked(("Who signed the MOU on the steel mills?", ""))
WHEN_SIGNED = asked(("When was the MOU on the steel mills signed?", "February 2013"))
KABULOV = asked(("Who is Zamir Kabulov?", "the Russian Presidential Envoy to Afghanistan"))
CENSURED = asked(("Who censured Trump's strategy towards Pakistan?", "Zamir Kabulov"))
PIPELINE = asked(("How much is the gas pipeline from Karachi to Lahore worth?", "2 billion US dollars"))
MILLS = asked(("Which plant was to get a larger capacity?", "the Pakistan Steel Mills"))
DRILL = asked(("When did Pakistan and Russia hold their first joint military exercises?", "2016"))
WAZIR = asked(("To which country was Ayaz Wazir ambassador?", "Qatar"))
THREATS = asked("What does Mohmand say about the threat of IS in Afghanistan?")


@pytest.mark.parametrize(
    ("history", "question", "wanted"),
    [
        # a person: named in the question, else its answer
        (KABULOV, "What did he say about Afghanistan?", "What did Zamir Kabulov say about Afghanistan?"),
        (KABULOV, "What is his post?", "What is Zamir Kabulov's post?"),
        (CENSURED, "What did he warn of?", "What did Zamir Kabulov warn of?"),
        (CENSURED, "What else did he say?", "What else did Zamir Kabulov say?"),
        (WAZIR, "Where did he serve as Counsel General?", "Where did Ayaz Wazir serve as Counsel General?"),
        # a thing: what was asked about, unless the answer names it
        (WHEN_SIGNED, "Who signed it?", "Who signed the MOU on the steel mills?"),
        (WHO_SIGNED, "and when was it signed?", "When was the MOU on the steel mills signed?"),
        (PIPELINE, "How long is it?", "How long is the gas pipeline?"),
        (MILLS, "In which city is it?", "In which city are the Pakistan Steel Mills?"),
        # its noun, in full
        (PIPELINE, "Who will build the pipeline?", "Who will build the gas pipeline?"),
        (DRILL, "Where did the exercises take place?", "Where did joint military exercises take place?"),
        # a question of a word, or of a part of a sentence
        (WHEN_SIGNED, "where?", "Where was the MOU on the steel mills signed?"),
        (WHEN_SIGNED, "And why?", "Why was the MOU on the steel mills signed?"),
        (WHO_SIGNED, "who else?", "Who else signed the MOU on the steel mills?"),
        (WHO_SIGNED, "and when?", "Who signed the MOU on the steel mills, and when?"),
        (asked("Was the MOU signed?"), "When exactly?", "When was the MOU signed?"),
        # something else in the place of its like
        (
            asked("How many weapons did the United States export to India?"),
            "What about Pakistan?",
            "How many weapons did the United States export to Pakistan?",
        ),
        (
            asked("What did Zamir Kabulov say about Afghanistan?"),
            "and Maria Zakharova?",
            "What did Maria Zakharova say about Afghanistan?",
        ),
        (
            asked("Where were joint exercises held in 2016?"),
            "and in 2017?",
            "Where were joint exercises held in 2017?",
        ),
        (
            asked("where were joint exercises held?"),
            "and in 2017?",
            "where were joint exercises held in 2017?",
        ),
        (asked("what does russia sell to pakistan?"), "how about india?", "what does russia sell to india?"),
        # no subject at all: the last one stands before the question
        (PIPELINE, "cost", "About the gas pipeline from Karachi to Lahore: cost"),
        (PIPELINE, "Any delays?", "About the gas pipeline from Karachi to Lahore: Any delays?"),
        (THREATS, "and the main reasons?", "About the threat of IS in Afghanistan: the main reasons?"),
        (THREATS, "What are the reasons?", "About the threat of IS in Afghanistan: What are the reasons?"),
        (THREATS, "what about trade?", "About the threat of IS in Afghanistan: what about trade?"),
        # times and places
        (DRILL, "Who was president then?", "Who was president in 2016?"),
        (WAZIR, "How many people live there?", "How many people live in Qatar?"),
        # an action: who did it, and what
        (
            CENSURED,
            "Why did he do that?",
            "About Trump's strategy towards Pakistan: Why did Zamir Kabulov do that?",
        ),
        # two at once
        (
            asked(("When did Putin visit Islamabad?", "2011")),
            "How long did he stay there?",
            "How long did Putin stay in Islamabad?",
        ),
    ],
)
def test_what_is_missing_is_carried_over(history: list[Turn], question: str, wanted: str) -> None:
    assert standalone(question, history) == wanted
    assert standalone(wanted, history) == wanted


@pytest.mark.parametrize(
    "question",
    [
        "Who is Maria Zakharova?",  # another subject
        "When was the gas pipeline agreement signed?",
        "How many gunships did Russia deliver?",
        "What did Mohmand say about Trump and his posture?",  # `his` is bound in its own question
        "When Pakistan lost its friends, what did it do?",
        "Did Wazir say that he was in Qatar?",
        "What does it take to join the exercises?",  # `it` stands for nothing
        "Is it likely that Russia ignores terrorists?",
        "Is there a threat for Iran?",  # so does `there`
        "Which country threatens those who live in Iran?",
        "  Who paid for the tower?\t",  # character for character
        "It is better to have more friends.",  # remarks
        "That is good.",
        "About the drill: where was it?",  # already headed
        "Кто подписал его?",
        "?",
        "\x00\x1b it",
        "🌉",
        "",
        "   ",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    for history in (asked("Who paid for the steel mills?"), [Turn("", "")], []):
        assert standalone(question, history) == question or "\x00" in question


def test_conversations() -> None:
    """Each question as it is searched, after those before it."""
    conversations = [
        [
            ("Who is Zamir Kabulov?", "the Russian Presidential Envoy to Afghanistan", "Who is Zamir Kabulov?"),
            ("What did he call Islamabad?", "a key regional player", "What did Zamir Kabulov call Islamabad?"),
            ("and why?", "", "What did Zamir Kabulov call Islamabad, and why?"),
            ("Who is Ayaz Wazir?", "a foreign affairs expert", "Who is Ayaz Wazir?"),
            ("What posts has he held?", "", "What posts has Ayaz Wazir held?"),
        ],
        [
            ("when was the steel mills MOU signed", "February 2013", "when was the steel mills MOU signed"),
            ("who signed it", "", "Who signed the steel mills MOU"),
            ("any costs", "", "About the steel mills MOU: any costs"),
            ("tonnes of steel a year", "", "tonnes of steel a year"),
        ],
        [
            ("What does Daesh threaten?", "Iran, Turkey, Pakistan", "What does Daesh threaten?"),
            ("What other name is it known by?", "IS", "What other name is Daesh known by?"),
            ("Why is Russia concerned?", "", "Why is Russia concerned?"),
            ("What about Iran?", "", "Why is Iran concerned?"),
        ],
        [
            ("Which city does the pipeline start in?", "Karachi", "Which city does the pipeline start in?"),
            ("How many people live there?", "", "How many people live in Karachi?"),
        ],
    ]
    for conversation in conversations:
        history: list[Turn] = []
        for question, answer, wanted in conversation:
            searched = standalone(question, history)
            assert searched == wanted
            history.append(Turn(question, searched, answer))


def test_this_article_is_the_document_that_the_answer_came_from() -> None:
    title = "How Trump's Pakistan strategy draws Islamabad towards Moscow"
    one = [Turn("Who criticised Pakistan?", "Who criticised Pakistan?", "Donald Trump", (title,))]
    assert standalone("Who wrote this article?", one) == f"Who wrote “{title}”?"
    two = [Turn("Who criticised Pakistan?", "Who criticised Pakistan?", "Donald Trump", (title, "Another"))]
    assert "“" not in standalone("Who wrote this article?", two)


def test_what_is_no_person_is_not_he() -> None:
    history = asked("When was the Pakistan Steel Mills founded?")
    assert standalone("What did he say?", history) == "About the Pakistan Steel Mills: What did he say?"


def test_eight_turns_are_looked_back_to() -> None:
    history = asked("Who is Zamir Kabulov?", *["thanks"] * 8)
    assert standalone("What did he say?", history[:8]) == "What did Zamir Kabulov say?"
    assert "Kabulov" not in standalone("What did he say?", [*history[:1], *[Turn("?", "?")] * 8])


def test_the_verb_agrees() -> None:
    history = asked("What are static secrets?")
    assert standalone("How is it rotated?", history) == "How are static secrets rotated?"


def test_no_more_is_carried_over_than_may_be_asked() -> None:
    name = "Kabul" + "ov" * MAX_QUESTION
    for question in ("Who signed it?", "why?", "cost", "What did he say?", "what about India?"):
        assert len(standalone(question, [Turn(f"What is {name}?", f"What is {name}?", name)])) <= MAX_QUESTION
    long = "Who signed it? " * 4000
    assert standalone(long, WHO_SIGNED) == long


WORDS = st.sampled_from(
    """and what about who is he it its they them this that the those why when where how India Russia in 2016 Kabulov
    Zamir MOU steel mills signed pipeline did does of gas cost any other one there then ? , : . About my her 's “ ”
    \u0000 \ud800 그것 \n 🌉 company article -""".split(" ")
)
QUESTIONS = st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=12).map(" ".join))
TURNS = st.lists(st.builds(Turn, QUESTIONS, QUESTIONS, QUESTIONS, st.tuples(QUESTIONS)), max_size=4)


@settings(max_examples=400, deadline=None)
@given(QUESTIONS, TURNS)
def test_anything_may_be_asked(question: str, history: list[Turn]) -> None:
    found = standalone(question, history)
    assert standalone(question, history) == found
    assert standalone(found, history) == found
    assert len(found) <= max(MAX_QUESTION, len(question))
    assert found == question or found.strip()
    # Words are only carried over: none is made up but those that tie them.
    known = " ".join(
        [question, *(each for turn in history for each in (turn.question, turn.searched, turn.answer, *turn.titles))]
    )
    made = {"about", "and", "else", "in", "are", "were", "do", "have", "is", "why", "the"}
    plain = {word.strip(":,?.").removesuffix("'s").strip("“”:,?.'’").lower() for word in found.split()}
    assert all(word in known.lower() or word in made for word in plain)
