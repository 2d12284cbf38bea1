"""Exact match and F1 as the evaluation script of SQuAD 2.0 computes them, and their counterparts for every script."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qa.evaluation.answers import exact_match, f1, holds, is_right, squad_tokens, unicode_tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Steel Mills", "steel mills"),
        ("a  heron,\n and the  reed", "heron and reed"),
        ("US$2 billion", "us2 billion"),
        ("all-weather", "allweather"),  # punctuation goes first, so that the parts become one word
        ("the-end", "theend"),  # and no article is left to remove
        ("An apple a day", "apple day"),
        ("theatre anthem", "theatre anthem"),  # articles are whole words only
        ("ΑΣ-Α", "αςα"),  # lower case comes before that: the sigma was a final one
        ("the", ""),
        ("?!", ""),
        ("", ""),
        ("Zürich’s", "zürich’s"),  # only ASCII punctuation goes
    ],
)
def test_squad_tokens(text: str, expected: str) -> None:
    assert squad_tokens(text) == expected.split()


@pytest.mark.parametrize(
    ("given_answer", "answers", "em", "f1_score"),
    [
        ("2016", ["2016"], 1, 1),
        ("The 2016.", ["2016"], 1, 1),
        ("in 2016", ["2016"], 0, 2 / 3),  # precision 1/2, recall 1
        ("in 2016", ["2016", "in 2016"], 1, 1),  # the best of the acceptable answers
        ("Moscow", ["Karachi"], 0, 0),
        ("four attack gunships", ["four gunships"], 0, 0.8),  # 2 * 2 / (3 + 2)
        ("gas gas gas", ["gas pipeline"], 0, 0.4),  # words count as often as both have them: 2 * 1 / (3 + 2)
        ("the the", ["a"], 1, 1),  # both are empty once articles are gone
        ("the", ["gas"], 0, 0),
        ("gas", ["the"], 0, 0),
        ("", ["gas"], 0, 0),
        ("", [], 1, 1),  # abstaining is right where there is no answer
        ("gas", [], 0, 0),
        ("the", [], 1, 1),  # SQuAD compares what is left after normalising
        (
            "",
            ["the", "gas"],
            0,
            0,
        ),  # an acceptable answer of which nothing is left is none, as long as there are others
        ("", ["the", "?"], 1, 1),
        ("gas", ["?", "gas"], 1, 1),
    ],
)
def test_exact_match_and_f1(given_answer: str, answers: list[str], em: float, f1_score: float) -> None:
    assert exact_match(given_answer, answers) == em
    assert f1(given_answer, answers) == pytest.approx(f1_score)


words = st.lists(st.sampled_from(["gas", "the", "steel", "mills,", "2016"]), max_size=6).map(" ".join)


@given(words, st.lists(words, max_size=3))
def test_exact_match_is_never_above_f1(given_answer: str, answers: list[str]) -> None:
    assert 0 <= exact_match(given_answer, answers) <= f1(given_answer, answers) <= 1


@given(words, words)
def test_f1_looks_at_neither_side_first(first: str, second: str) -> None:
    assert f1(first, [second]) == pytest.approx(f1(second, [first]))


@given(words, st.lists(words, min_size=1, max_size=3), words)
def test_a_further_acceptable_answer_never_lowers(given_answer: str, answers: list[str], further: str) -> None:
    assume(any(map(squad_tokens, answers)))  # else abstaining was right, and no longer is
    assert f1(given_answer, [*answers, further]) >= f1(given_answer, answers)


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert squad_tokens(" ".join(squad_tokens(text))) == squad_tokens(text)


# --- every script


@pytest.mark.parametrize(
    ("given_answer", "answer"),
    [
        ("２０１６年", "2016年"),  # full-width digits
        ("oﬃce", "office"),  # ligatures
        ("Ⅳ", "IV"),
        ("Straße", "STRASSE"),
        ("ΟΔΟΣ", "οδος"),  # the final sigma folds to the other one
        ("İSTANBUL", "İstanbul"),  # Turkish dotted I
        ("cafe\u0301", "café"),  # an accent of its own
        ("「東京」", "東京"),
        ("東 京。", "東京"),
        ("ﾄｳｷｮｳ", "トウキョウ"),  # half-width kana
        ("กรุงเทพ ฯ", "กรุงเทพฯ"),
        ("القاهرة،", "القاهرة"),  # the Arabic comma
        ("\u200fالقاهرة\u200f", "القاهرة"),  # marks of writing direction
        ("«\u00a0Les Misérables\u00a0»", "les misérables"),
        ("l’Étoile", "L'étoile"),
        ("1914–1918", "1914-1918"),
        ("10\u00a0000", "10 000"),
        ("3 ½", "3 1/2"),
        ("€ 5 million", "5 million"),
        ("👍 yes", "Yes!"),
        ("Ent\u00adwurf", "Entwurf"),  # a soft hyphen
        ("The Nile", "nile"),
    ],
)
def test_equal_in_every_script(given_answer: str, answer: str) -> None:
    assert exact_match(given_answer, [answer], unicode_tokens) == 1
    assert f1(given_answer, [answer], unicode_tokens) == 1


@pytest.mark.parametrize(
    ("given_answer", "answer"),
    [
        ("$", "€"),  # symbols alone stay: there would be nothing to compare
        ("👍", "👎"),
        ("", "👍"),
        ("", "The"),
        ("A", "An"),
        ("IĞDIR", "ığdır"),  # Turkish dotless I: folding knows no language
        ("٢٠١٦", "2016"),  # Arabic digits are other characters
        ("naïve", "naive"),
        ("heron", "herons"),
    ],
)
def test_different_in_every_script(given_answer: str, answer: str) -> None:
    assert exact_match(given_answer, [answer], unicode_tokens) == 0
    assert exact_match(answer, [answer], unicode_tokens) == 1


@pytest.mark.parametrize(
    ("given_answer", "answer", "expected", "by_squad"),
    [
        ("东京塔", "东京", 2 * 2 / (3 + 2), 0),  # letter by letter, where SQuAD sees one word each
        ("東京タワー", "タワー", 2 * 3 / (5 + 3), 0),
        ("กรุงเทพ", "กรุง", 2 * 4 / (7 + 4), 0),  # seven and four characters
        ("2016年5月", "2016年", 2 * 2 / (4 + 2), 0),  # 2016 年 5 月: digits stay together
        ("서울 타워", "서울", 2 * 1 / (2 + 1), 2 / 3),  # Korean has spaces
        ("‘steel’ mills", "steel", 2 / 3, 0),  # SQuAD leaves typographic quotes where they are
    ],
)
def test_f1_in_every_script(given_answer: str, answer: str, expected: float, by_squad: float) -> None:
    assert f1(given_answer, [answer], unicode_tokens) == pytest.approx(expected)
    assert f1(given_answer, [answer]) == pytest.approx(by_squad)


@given(st.text())
def test_in_every_script_only_what_cannot_be_seen_is_no_answer(text: str) -> None:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    seen = "".join(character for character in folded if unicodedata.category(character) != "Cf").strip()
    assert exact_match("", [text, "gas"], unicode_tokens) == 0
    assert exact_match(text, [], unicode_tokens) == float(not seen)


@given(st.text())
def test_composed_and_decomposed_text_are_the_same(text: str) -> None:
    forms = {form: unicode_tokens(unicodedata.normalize(form, text)) for form in ("NFC", "NFD", "NFKC", "NFKD")}
    assert all(tokens == forms["NFC"] for tokens in forms.values())


# --- as a person would judge


@pytest.mark.parametrize(
    ("text", "answers", "expected"),
    [
        ("Herons eat small fish at dawn.", ["Small Fish"], True),
        ("Herons eat small fish at dawn.", ["fish small"], False),  # in a row, in this order
        ("Herons eat small fish at dawn.", ["small dawn"], False),
        ("Herons eat small fish at dawn.", ["eat small fish at dawn tonight"], False),
        ("The party", ["art"], False),  # whole words
        ("The party", ["art", "party"], True),
        ("東京は日本の首都です。", ["日本"], True),
        ("Herons eat fish", [], False),
        ("Herons eat fish", [""], False),
        ("", ["fish"], False),
    ],
)
def test_holds(text: str, answers: list[str], expected: bool) -> None:
    assert holds(text, answers) is expected


@pytest.mark.parametrize(
    ("given_answer", "answers", "expected"),
    [
        ("They eat small fish at dawn in the reeds by the lake", ["small fish"], True),  # it holds the answer
        ("small birds", ["small fish"], True),  # one word of two: F1 is 1/2
        ("small grey birds", ["small fish"], False),  # 2 * 1 / (3 + 2) = 0.4
        ("small fish", ["very small fish at dawn"], True),  # 2 * 2 / (2 + 5) = 0.57
        ("fish", ["very small fish at dawn"], False),  # 2 * 1 / (1 + 5) = 0.33
        ("ＳＭＡＬＬ FISH", ["small fish"], True),
        ("", ["small fish"], False),
        ("", [], False),  # nothing is right where nothing is acceptable: abstaining is judged elsewhere
        ("fish", [], False),
        ("the", ["gas"], False),
    ],
)
def test_is_right(given_answer: str, answers: list[str], expected: bool) -> None:
    assert is_right(given_answer, answers) is expected


@given(words.filter(str.strip), words, words)
def test_an_answer_that_holds_an_acceptable_one_is_right(answer: str, before: str, after: str) -> None:
    # Not so of articles alone, which are only compared where nothing else is.
    assume(squad_tokens(answer))
    assert is_right(f"{before} {answer} {after}", [answer])
