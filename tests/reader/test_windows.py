"""Windows over a passage, with the bundled tokenizer: every token is in one, in order, and none is too long."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from embeddings import find_model
from qa.reader.windows import CLS, LONGEST, SEP, Window, tokenizer, windows

SHARED = 96
"""Tokens that two neighbours have in common; the longest answer has 40."""

Offsets = list[tuple[int, int]]


@pytest.fixture(scope="module")
def tokens() -> Tokenizer:
    return tokenizer(find_model().path)


def of_passage(window: Window) -> list[int]:
    """The tokens of the passage, without the question before them and the mark behind."""
    return list(window.ids[window.first : -1])


def joined(made: list[Window]) -> tuple[list[int], Offsets]:
    """The tokens of all windows of one passage with their offsets, once each."""
    ids: list[int] = []
    offsets: Offsets = []
    for number, window in enumerate(made):
        again = SHARED if number else 0
        assert offsets[len(offsets) - again :] == list(window.offsets[:again])
        assert ids[len(ids) - again :] == of_passage(window)[:again]
        ids += of_passage(window)[again:]
        offsets += window.offsets[again:]
    return ids, offsets


def check(tokens: Tokenizer, question: str, passage: str) -> list[Window]:
    """The windows of one passage, after everything that holds for any was looked at."""
    made = windows(tokens, question, [passage])
    encoded = tokens.encode(passage, add_special_tokens=False)
    assert joined(made) == (encoded.ids, encoded.offsets)
    asked = made[0].ids[: made[0].first]
    for number, window in enumerate(made):
        last = number == len(made) - 1
        assert len(window.ids) <= LONGEST if last else len(window.ids) == LONGEST
        assert (window.passage, window.first) == (0, len(asked))
        assert window.ids[: window.first] == asked  # every window has the question
        assert (window.ids[0], window.ids[window.first - 1], window.ids[-1]) == (CLS, SEP, SEP)
        assert len(window.offsets) == len(of_passage(window))
        assert all(0 <= start <= end <= len(passage) for start, end in window.offsets)
    return made


def test_a_window_by_hand(tokens: Tokenizer) -> None:
    (window,) = check(tokens, "When?", "Built in 1890.")
    words = [tokens.id_to_token(each) for each in window.ids]
    assert words == ["[CLS]", "when", "?", "[SEP]", "built", "in", "1890", ".", "[SEP]"]
    assert (window.passage, window.first) == (0, 4)
    assert window.offsets == ((0, 5), (6, 8), (9, 13), (13, 14))


def test_offsets_slice_the_passage(tokens: Tokenizer) -> None:
    passage = "Café Zürich,\n\t東京 — $3.5\xa0million."
    (window,) = check(tokens, "Where?", passage)
    pieces = [passage[start:end] for start, end in window.offsets]
    assert pieces == ["Café", "Zürich", ",", "東", "京", "—", "$", "3", ".", "5", "million", "."]


def test_offsets_count_code_points_not_bytes(tokens: Tokenizer) -> None:
    (window,) = check(tokens, "Where?", "\U0001f600 é Rome")
    assert window.offsets[-1] == (4, 8)


def test_every_passage_has_its_windows_in_order(tokens: Tokenizer) -> None:
    made = windows(tokens, "When?", ["One.", "", "word " * 400, "Four."])
    assert [window.passage for window in made] == [0, 1, 2, 2, 3]
    assert windows(tokens, "When?", []) == []


def test_an_empty_passage_is_a_window_without_tokens(tokens: Tokenizer) -> None:
    for passage in ("", " \n", "\u200b\x01"):
        (window,) = check(tokens, "When?", passage)
        assert window.offsets == ()
        assert len(window.ids) == 5


def test_a_window_is_filled_before_another_begins(tokens: Tokenizer) -> None:
    # One token is the question, three are the marks: 380 are left.
    assert len(check(tokens, "when", "a " * 380)) == 1
    first, second = check(tokens, "when", "a " * 381)
    assert (len(first.offsets), len(second.offsets)) == (380, 97)
    # The third begins 284 tokens behind the second: 380 + 284 are two, one more is three.
    assert [len(check(tokens, "when", "a " * count)) for count in (664, 665)] == [2, 3]


def test_a_long_passage_is_read_to_its_end(tokens: Tokenizer) -> None:
    passage = " ".join(f"w{number}" for number in range(9000))[:49_996] + " End"
    assert len(passage) == 50_000
    made = check(tokens, "Where does it end?", passage)
    assert len(made) > 50
    assert passage[slice(*made[-1].offsets[-1])] == "End"


def test_an_answer_is_whole_in_one_of_the_windows(tokens: Tokenizer) -> None:
    passage = "a " * 1000
    made = check(tokens, "when", passage)
    for first in range(1000 - 40 + 1):
        answer = (2 * first, 2 * (first + 39) + 1)
        assert any(each.offsets[0][0] <= answer[0] and answer[1] <= each.offsets[-1][1] for each in made)


def test_of_a_long_question_beginning_and_end_are_read(tokens: Tokenizer) -> None:
    question = " ".join(f"{number}" for number in range(100, 600))[:2000]
    asked = tokens.encode(question, add_special_tokens=False).ids
    assert len(asked) > 400
    made = check(tokens, question, "a " * 400)
    assert list(made[0].ids[1 : made[0].first - 1]) == [*asked[:48], *asked[-48:]]
    # 384 less 96 and three marks.
    assert [len(window.offsets) for window in made] == [285, 400 - 285 + 96]


def test_a_question_that_just_fits_is_read_whole(tokens: Tokenizer) -> None:
    for count in (95, 96):
        words = [str(number) for number in range(100, 100 + count)]
        (window,) = check(tokens, " ".join(words), "Rome")
        assert [tokens.id_to_token(each) for each in window.ids[1:-3]] == words
    words = [str(number) for number in range(100, 197)]
    (window,) = check(tokens, " ".join(words), "Rome")
    assert [tokens.id_to_token(each) for each in window.ids[1 : window.first - 1]] == [*words[:48], *words[49:]]


def test_an_empty_question_leaves_the_passage_whole(tokens: Tokenizer) -> None:
    (window,) = check(tokens, "", "Rome")
    assert (window.first, window.offsets) == (2, ((0, 4),))


@pytest.mark.parametrize(
    "passage",
    [
        "Город основан в 1147 году.",
        "東京は日本の首都です。",
        "서울은 수도이다.",
        "القاهرة عاصمة مصر.",
        "हिन्दी भाषा",
        "กรุงเทพฯ",
        "cafe\u0301 e\u0301\u0301 \u0301",
        "\x00\x01a\x7f\x85b\u200b\ufeff\u2028c\ufffd",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0010ffff \ue000",
        "[SEP] [CLS] [UNK] [MASK] ##ing",
        "x" * 5000,
        "ﬁ ½ İ ß ǆ",
    ],
)
def test_odd_texts_keep_what_holds(tokens: Tokenizer, passage: str) -> None:
    check(tokens, passage, passage * 3)


@settings(deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
    st.integers(0, 120),
)
def test_the_windows_together_are_the_passage(tokens: Tokenizer, question: str, part: str, times: int) -> None:
    check(tokens, question, " ".join([part] * times))


@settings(deadline=None)
@given(st.lists(st.sampled_from(["a", "b ", "1890", ". ", "東京", "Zürich ", "\n\n"]), max_size=1200).map("".join))
def test_the_windows_together_are_any_passage(tokens: Tokenizer, passage: str) -> None:
    check(tokens, "When was it?", passage)
