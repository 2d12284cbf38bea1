"""What is remembered of a question, and its JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.followup import Turn
from qa.types import Answer, Document

TEXTS = st.text(max_size=20)


def answer(**given_fields: Any) -> Answer:
    fields = {"question": "and when?", "asked": "When was it?", "answered": True, "text": "Then. [1]", "short": "Then"}
    return Answer(**{**fields, "confidence": 0.5, "citations": (), "hits": (), "missing": (), **given_fields})


def test_a_turn_is_made_from_an_answer() -> None:
    document = Document("1", "The tower", ("tower.md",), "0", "It was then. And again.")
    citations = (document.cite(0, 12), document.cite(13, 23, 2))
    assert Turn.of(answer(citations=citations)) == Turn("and when?", "When was it?", "Then", ("The tower",))
    assert Turn.of(answer(asked="and when?")) == Turn("and when?", "and when?", "Then", ())


@given(st.builds(Turn, TEXTS, TEXTS.filter(bool), TEXTS, st.lists(TEXTS).map(tuple)))
def test_json_holds_all_of_it(turn: Turn) -> None:
    assert Turn.from_dict(json.loads(json.dumps(turn.as_dict()))) == turn


def test_a_turn_of_an_earlier_version_was_searched_as_it_was_typed() -> None:
    assert Turn.from_dict({"question": "Who?"}) == Turn("Who?", "Who?", "", ())


@pytest.mark.parametrize(
    "values",
    [{"question": 1}, {"question": "a", "searched": None}, {"titles": "a"}, {"titles": [1]}, {"answer": []}],
)
def test_what_is_no_turn_is_told(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="A turn holds the texts"):
        Turn.from_dict(values)


def test_an_answer_says_what_was_searched() -> None:
    assert answer().searched == "When was it?"
    assert answer().as_dict()["searched"] == "When was it?"
    for question, asked in (("Who?", "Who?"), (" Who? ", "Who?"), ("Who?", "")):
        plain = answer(question=question, asked=asked)
        assert plain.searched == question
        assert "searched" not in plain.as_dict()
