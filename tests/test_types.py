"""The values: what they promise, and their JSON."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.types import Answer, Citation, Document, Hit, Passage, StageScores

TEXT = "Rain fell.\nThe bridge was 🌉 built in 1890.\n\nIt still stands."


def document(text: str = TEXT, page_starts: tuple[int, ...] = ()) -> Document:
    return Document("d1", "Bridges", ("a/bridge.txt", "b/copy.txt"), "5e1f", text, page_starts)


def test_a_citation_by_hand() -> None:
    citation = document().cite(15, 26, 3)
    assert citation.quote == "bridge was "
    assert citation.prefix == "Rain fell.\nThe "
    assert citation.suffix == "🌉 built in 1890.\n\nIt still stand"
    assert (citation.number, citation.start, citation.end, citation.line, citation.page) == (3, 15, 26, 2, None)
    assert citation.document.as_dict() == {
        "id": "d1",
        "title": "Bridges",
        "source": "a/bridge.txt",
        "sha256": "5e1f",
    }


def test_no_more_than_32_characters_are_kept_around_a_quote() -> None:
    citation = document("a" * 40 + "b" + "c" * 40).cite(40, 41)
    assert (citation.prefix, citation.suffix) == ("a" * 32, "c" * 32)


def test_the_json_of_a_citation() -> None:
    assert document(page_starts=(0, 11)).cite(11, 14).as_dict() == {
        "number": 1,
        "document": {"id": "d1", "title": "Bridges", "source": "a/bridge.txt", "sha256": "5e1f"},
        "start": 11,
        "end": 14,
        "quote": "The",
        "prefix": "Rain fell.\n",
        "suffix": " bridge was 🌉 built in 1890.\n\nIt",
        "page": 2,
        "line": 2,
        "place": None,
        "verdict": None,
        "file_changed": None,
    }


def test_offsets_count_code_points_and_not_bytes_or_utf16() -> None:
    assert document().cite(26, 27).quote == "🌉"
    assert document().cite(28, 33).quote == "built"


@pytest.mark.parametrize(("start", "end"), [(0, 0), (5, 4), (-1, 3), (0, 61), (60, 61), (60, 60), (100, 200)])
def test_a_span_that_is_empty_or_outside_is_refused(start: int, end: int) -> None:
    assert len(TEXT) == 60
    with pytest.raises(ValueError, match=r"no such span in a/bridge.txt"):
        document().cite(start, end)


@pytest.mark.parametrize(
    ("offset", "line"), [(0, 1), (9, 1), (10, 1), (11, 2), (41, 2), (42, 2), (43, 3), (44, 4), (60, 4)]
)
def test_lines_count_from_one_and_end_with_their_break(offset: int, line: int) -> None:
    assert [place for place, char in enumerate(TEXT) if char == "\n"] == [10, 42, 43]
    assert document().line(offset) == line


@pytest.mark.parametrize(("offset", "page"), [(0, 1), (9, 1), (10, 2), (19, 2), (20, 4), (60, 4)])
def test_pages_count_from_one_and_an_empty_page_holds_nothing(offset: int, page: int) -> None:
    assert document(page_starts=(0, 10, 20, 20)).page(offset) == page


def test_a_text_without_pages_has_none() -> None:
    assert document().page(5) is None


@given(st.text(min_size=1), st.data())
def test_a_citation_is_its_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    citation = document(text).cite(start, end)
    around = text[: citation.start] + citation.quote + text[citation.end :]
    assert around == text
    assert text[: citation.start].endswith(citation.prefix)
    assert text[citation.end :].startswith(citation.suffix)
    assert citation.line == len(text[: citation.start].split("\n"))


def test_values_cannot_be_changed_and_can_be_keys() -> None:
    citation = document().cite(0, 4)
    for value in (document(), citation, document().ref, Passage("d1", 0, 4, "Rain"), StageScores(0.5, 1.0)):
        field = dataclasses.fields(value)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, field, "other")
        assert not hasattr(value, "__dict__")
        assert {value: 1}[dataclasses.replace(value)] == 1


def hit() -> Hit:
    scores = StageScores(0.123456, 7.654321)
    return Hit(2, 0.987654, scores, Passage("d1", 0, 4, "Rain", 9, ("Weather",)), document().cite(0, 4))


def test_the_json_of_a_hit_has_four_decimals() -> None:
    assert hit().as_dict() == {
        "rank": 2,
        "score": 0.9877,
        "scores": {"dense": 0.1235, "lexical": 7.6543},
        "ranks": {"dense": None, "lexical": None},
        "matched": [],
        "document": {"id": "d1", "title": "Bridges", "source": "a/bridge.txt", "sha256": "5e1f"},
        "start": 0,
        "end": 4,
        "text": "Rain",
        "page": 9,
        "line": 1,
        "place": None,
        "duplicates": [],
    }


def test_a_duplicate_is_told_by_its_place() -> None:
    told = dataclasses.replace(hit(), duplicates=(document().cite(5, 9),), matched=("Rain",)).as_dict()
    assert told["matched"] == ["Rain"]
    place = {"start": 5, "end": 9, "page": document().page(5), "line": document().line(5)}
    assert told["duplicates"] == [{"document": document().ref.as_dict(), **place}]


def test_the_readers_score_is_there_once_it_was_read() -> None:
    assert StageScores(0.5, 1, 0.77777).as_dict() == {"dense": 0.5, "lexical": 1, "reader": 0.7778}
    assert StageScores(0.5, 1, 0.0).as_dict()["reader"] == 0.0


def test_the_json_of_an_answer_has_the_fields_of_the_contract() -> None:
    citation: Citation = document().cite(0, 4)
    answer = Answer("Q?", "Q?", True, "Rain [1]", "Rain", 0.93216, (citation,), (hit(),), ("snow",))
    plain = answer.as_dict()
    assert list(plain) == [
        "question",
        "asked",
        "answered",
        "text",
        "short",
        "confidence",
        "missing",
        "citations",
        "hits",
    ]
    assert plain["confidence"] == 0.9322
    assert plain["missing"] == ["snow"]
    assert plain["citations"] == [citation.as_dict()]
    assert json.loads(json.dumps(plain)) == plain
