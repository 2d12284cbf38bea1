"""Word search: BM25 as in the books, and no question that it cannot take."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from math import log

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa import lexical


class Words:
    """A table of passages with its word index."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        table = "CREATE TABLE passage (number INTEGER PRIMARY KEY, text TEXT, context TEXT);"
        self.connection.executescript(table + lexical.SCHEMA)

    def add(self, *texts: str, context: str = "") -> Words:
        for text in texts:
            row = (text, context)
            number = self.connection.execute("INSERT INTO passage (text, context) VALUES (?, ?)", row).lastrowid or 0
            lexical.add(self.connection, [(number, *row)])
        return self

    def remove(self, number: int) -> None:
        row = self.connection.execute(
            "SELECT number, text, context FROM passage WHERE number = ?", (number,)
        ).fetchone()
        lexical.remove(self.connection, [row])
        self.connection.execute("DELETE FROM passage WHERE number = ?", (number,))

    def search(self, question: str, k: int = 10, among: Sequence[int] | None = None) -> list[tuple[int, float]]:
        allowed = None if among is None else np.array(among, dtype=np.int64)
        return lexical.search(self.connection, question, k, allowed)

    def found(self, question: str) -> list[int]:
        return [number for number, _ in self.search(question)]

    def missing(self, question: str) -> tuple[str, ...]:
        return lexical.missing(self.connection, question)


@pytest.fixture
def index() -> Iterator[Words]:
    words = Words()
    yield words
    words.connection.close()


def bm25(frequency: int, length: int, mean: float, holding: int, passages: int) -> float:
    """Robertson's BM25 of one word with k1 = 1.2 and b = 0.75, as FTS5 documents it."""
    rarity = log((passages - holding + 0.5) / (holding + 0.5))
    return rarity * frequency * 2.2 / (frequency + 1.2 * (0.25 + 0.75 * length / mean))


def test_bm25_by_hand(index: Words) -> None:
    index.add("tower tower stone", "tower wood", "stone wood wood wood", "sand", "sand sand", "clay", "clay")
    mean = (3 + 2 + 4 + 1 + 2 + 1 + 1) / 7
    assert index.search("tower") == [
        (1, pytest.approx(bm25(2, 3, mean, 2, 7))),
        (2, pytest.approx(bm25(1, 2, mean, 2, 7))),
    ]
    assert index.search("stone tower") == [
        (1, pytest.approx(bm25(2, 3, mean, 2, 7) + bm25(1, 3, mean, 2, 7))),
        (2, pytest.approx(bm25(1, 2, mean, 2, 7))),
        (3, pytest.approx(bm25(1, 4, mean, 2, 7))),
    ]


def test_a_rare_word_counts_more_than_a_common_one(index: Words) -> None:
    index.add("lamp oil", "lamp wick", "lamp glass", "keeper boat", "sea", "rock", "gull", "wind")
    assert index.found("keeper lamp")[0] == 4


def test_ties_go_to_the_lower_number_and_k_is_kept(index: Words) -> None:
    index.add(*["same words"] * 5, "other", "others", "many", "more", "things", "here")
    assert [number for number, _ in index.search("words", 3)] == [1, 2, 3]
    assert index.search("words", 0) == []
    assert index.search("words", -1) == []


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("The towers were burning", "tower burn"),
        ("the lamp is lit", "lamps"),
        ("Das Café in Zürich", "cafe zurich"),
        ("das cafe in zurich", "Café Zürich"),
        ("cafe\u0301 decomposed", "café"),
        ("TOWER", "tower"),
        ("Die Straße", "straße"),
        ("версия документа", "ДОКУМЕНТА"),
        ("model X-200b", "x-200b"),
        ("it's the keeper's", "keeper's"),
        ("snake_case_name", "case"),
        ("the c++ language", "c++"),
    ],
)
def test_words_are_found_in_other_forms(index: Words, text: str, question: str) -> None:
    index.add("sand and clay", text)
    assert index.found(question) == [2]


def test_a_word_of_the_query_language_is_a_word(index: Words) -> None:
    index.add("NEAR the AND gate", "nothing")
    assert index.found('AND NEAR("gate") NOT * : ^ text:gate') == [1]
    assert index.found("text:nothing") == [2]


def test_removed_passages_are_not_found(index: Words) -> None:
    index.add("tower stone", "tower wood")
    index.remove(1)
    assert index.found("tower stone") == [2]
    assert index.missing("tower stone") == ("stone",)


# --- words and missing words


def test_words_leave_out_how_a_question_is_asked() -> None:
    assert lexical.words("Who was the keeper of the Old Tower, and why?") == ["keeper", "Old", "Tower"]


def test_words_written_as_names_are_kept() -> None:
    assert lexical.words("Where were US troops?") == ["US", "troops"]
    assert lexical.words("Did WHO or Will say when IT came?") == ["WHO", "Will", "IT", "came"]
    assert lexical.words("WHERE WERE THE TROOPS?") == ["TROOPS"]
    assert lexical.words("May I ask?") == ["ask"]
    assert lexical.words("US exports to Pakistan?") == ["US", "exports", "Pakistan"]
    assert lexical.words("Tell us what the US signed") == ["US", "signed"]
    assert lexical.words("Who heads the WHO, and who pays it?") == ["heads", "WHO", "pays"]
    assert lexical.words("Maybe they met in May?") == ["Maybe", "met", "May"]
    assert lexical.words("A or I?") == ["A", "or", "I"]


def test_words_are_the_same_however_they_were_typed(index: Words) -> None:
    index.add("Her r\u00e9sum\u00e9 names the \u0439\u043e\u0434 works")
    assert lexical.words("re\u0301sume\u0301") == ["r\u00e9sum\u00e9"]
    assert index.missing("re\u0301sume\u0301 \u0438\u0306\u043e\u0434") == ()
    assert lexical.words("snake_case") == ["snake", "case"]


def test_words_are_all_words_where_none_carries_a_subject() -> None:
    assert lexical.words("Who is who?") == ["Who", "is"]
    assert lexical.words("?!") == []


def test_missing_words_as_they_were_written(index: Words) -> None:
    index.add("The towers of Zürich")
    assert index.missing("Which Towers did Zurich's Admiral build, and the admiralty?") == (
        "Admiral",
        "build",
        "admiralty",
    )


def test_words_that_only_ask_are_never_missing(index: Words) -> None:
    index.add("tower")
    assert index.missing("Who is who?") == ()
    assert index.missing("") == ()


def test_everything_is_missing_where_nothing_was_added(index: Words) -> None:
    assert index.missing("old tower") == ("old", "tower")
    assert index.search("old tower") == []


# --- any question


def test_a_question_of_a_thousand_words(index: Words) -> None:
    index.add("tower", "sand")
    question = " ".join(f"w{number}" for number in range(1000)) + " tower"
    assert index.found(question) == [1]
    assert len(index.missing(question)) == 1000


pieces = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ['"', "'", "*", "^", "(", ")", "+", "-", ":", "NEAR(", " AND ", " OR ", "NOT ", "{a b}:", "c++", "what?", "\0"]
    ),
    st.sampled_from(
        ["_", "__", "\u0301", "\ud800", "😀", "²", "٣", "漢字", "ﬁ", "ẞ", "\u200b", "ⅷ", "ᾳ", "𝔘", "\U000e0041"]
    ),
)


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.lists(pieces, max_size=12).map("".join))
def test_any_text_is_a_question(index: Words, question: str) -> None:
    if not index.found("tower"):
        index.add("tower", "sand")
    for number, score in index.search(question):
        assert number in (1, 2)
        assert score == score
    assert set(index.missing(question)) <= set(lexical.words(question))


@settings(max_examples=200)
@given(text=st.text(st.characters(categories=["L", "N", "P", "Z", "Sm"], max_codepoint=0x24F), max_size=60))
def test_a_text_of_words_finds_itself(text: str) -> None:
    words = Words().add("another passage", text)
    spelled = [word for word in lexical.words(text) if word.isalnum()]
    if spelled:
        assert 2 in words.found(" ".join(spelled))
        assert words.missing(" ".join(spelled)) == ()
    words.connection.close()


def test_words_of_the_context_count_less_than_those_of_the_passage(index: Words) -> None:
    index.add("It holds six boats.", context="Ferry").add("The ferry is small.").add(
        "Nothing of that.", context="Hills"
    )
    assert index.found("ferry") == [2, 1]
    assert index.found("hills") == [3]
    assert index.missing("Hills, ferry?") == ("Hills",)  # a title is no text that could be cited


def test_only_what_may_be_found_is_found(index: Words, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexical, "_FETCHED", 2)
    index.add(*(f"wheat {'corn ' * at}" for at in range(9)))
    assert index.found("wheat") == list(range(1, 10))
    assert [number for number, _ in index.search("wheat", 3, [2, 5, 6, 9])] == [2, 5, 6]
    assert index.search("wheat", 3, []) == []
    assert index.search("wheat", 3, [6, 9]) == [hit for hit in index.search("wheat") if hit[0] in (6, 9)]


def test_a_heading_is_searched_by_meaning_alone() -> None:
    assert lexical.words("About the steel mills: any costs?") == ["costs"]
    assert lexical.words("About the steel mills: why?") == ["steel", "mills"]
    assert lexical.words("Costs? About the steel mills: any?") == ["Costs", "About", "steel", "mills"]
