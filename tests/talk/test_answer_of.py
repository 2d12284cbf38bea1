"""Answers out of their JSON: the same in all that is shown, and nothing is believed."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from talking import answer, answers, as_shown, proof

from qa import exports
from qa.talk import Turn, answer_of
from qa.types import Answer


@given(answers())
@settings(deadline=None)
def test_an_answer_comes_back_as_it_is_shown(made: Answer) -> None:
    again = answer_of(json.loads(json.dumps(proof(made))))
    assert again == as_shown(made)
    assert exports.markdown(again) == exports.markdown(made)
    assert exports.json(again) == exports.json(made)


def test_what_is_not_shown_is_left_out() -> None:
    made = answer()
    again = answer_of(exports.json(made, {"total": 3.5}, {1: "https://example.org/#:~:text=reeds"}))
    assert again.citations == made.citations
    assert again.citations[0].prefix == "Herons eat small fish at dawn.\n\n"
    assert again.hits[0].citation.quote == again.hits[0].passage.text == "Herons build nests in tall reeds."
    assert again.hits[0].citation.document is again.citations[0].document


def steps(value: Any, so_far: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The ways to all values within a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [so_far, *(step for key, each in inner for step in steps(each, (*so_far, key)))]


def replaced(value: Any, way: tuple[str | int, ...], other: Any) -> Any:
    if not way:
        return other
    changed = copy.copy(value)
    changed[way[0]] = replaced(value[way[0]], way[1:], other)
    return changed


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -1, 2**53 + 1, float("nan"), float("inf"), 1e308, "[1]", "\ud800", "\0", "row", "x"])
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def reads(values: Any) -> None:
    """Either it is an answer that can be shown, or a ValueError says that it is none."""
    try:
        read = answer_of(values)
    except ValueError:
        assert Turn("?", values).read() is None
        return
    assert isinstance(exports.markdown(read), str)
    assert isinstance(exports.json(read), dict)


@given(answers(), st.data())
@settings(deadline=None)
def test_any_value_in_the_place_of_another_is_looked_at(made: Answer, data: st.DataObject) -> None:
    values = proof(made)
    way = data.draw(st.sampled_from(steps(values)))
    reads(replaced(values, way, data.draw(junk)))


@given(junk)
@settings(deadline=None)
def test_anything_else_is_no_answer(values: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        answer_of(values)


@pytest.mark.parametrize(
    ("way", "value", "sentence"),
    [
        ((), [], "it is no object."),
        (("answered",), 1, '"answered" of the answer is neither true nor false.'),
        (("text",), None, '"text" of the answer is no text.'),
        (("confidence",), 1.5, '"confidence" of the answer is no number from 0 to 1.'),
        (("confidence",), float("nan"), '"confidence" of the answer is no number.'),
        (("confidence",), True, '"confidence" of the answer is no number.'),
        (("confidence",), 10**400, '"confidence" of the answer is no number.'),
        (("missing",), ["a", 1], '"missing" of the answer is no list of texts.'),
        (("citations",), {}, '"citations" of the answer is no list of objects.'),
        (("citations", 0, "quote"), "", "number 1 of citations of the answer quotes nothing."),
        (
            ("citations", 0, "verdict"),
            "true",
            '"verdict" of number 1 of citations of the answer is none',
        ),
        (("citations", 0, "document", "sha256"), "aa", "is no SHA-256"),
        (("citations", 0, "place"), {"unit": "mile", "number": 1}, "has no unit that is known."),
        (("hits", 0, "scores"), None, '"scores" of number 1 of hits of the answer is no object.'),
        (("hits", 0, "start"), -1, '"start" of number 1 of hits of the answer is no whole number from 0 on.'),
    ],
)
def test_what_is_wrong_is_said(way: tuple[str | int, ...], value: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=r".") as error:
        answer_of(replaced(proof(answer()), way, value))
    assert sentence in str(error.value)


def test_two_citations_of_one_number_are_none() -> None:
    values = proof(answer())
    values["citations"] *= 2
    with pytest.raises(ValueError, match="two citations have the same number"):
        answer_of(values)
