"""Where words stand in a text: all places, in order or by nearness, and no text that makes it slow."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.proofs.occurrences import Haystack, occurrences


def places(text: str, words: str) -> list[int]:
    """By looking at every place."""
    return [at for at in range(len(text)) if text.startswith(words, at)]


def test_by_hand() -> None:
    assert list(occurrences("a heron, a crane", "a ")) == [0, 9]
    assert list(occurrences("a heron, a crane", "a ", 1)) == [9]
    assert list(occurrences("ababa", "aba")) == [0, 2]
    assert list(occurrences("heron", "crane")) == []
    assert list(Haystack("....x..x.x").nearest("x", 6)) == [7, 4, 9]
    assert list(Haystack("x.x").nearest("x", 1)) == [0, 2]  # of two as near the earlier one
    assert list(Haystack("x.x").nearest("x", 100)) == [2, 0]


# Words of one or two letters, so that they overlap with themselves in every way.
few = st.sampled_from(["a", "ab", "aab"]).flatmap(lambda alphabet: st.text(alphabet, max_size=40))


@given(few, few.filter(bool), st.integers(0, 50))
@example("abaabaabab", "abaab", 0)
@example("aabaabaaabaabaa", "aabaabaa", 7)
def test_all_places_whatever_the_words_have_in_common_with_themselves(text: str, words: str, start: int) -> None:
    for whole in (text, words + text, words * 3, words + text + words + words[1:]):
        expected = places(whole, words)
        assert list(occurrences(whole, words)) == expected
        assert list(occurrences(whole, words, start)) == [at for at in expected if at >= start]
        by_nearness = sorted(expected, key=lambda at: (abs(at - start), at))
        assert list(Haystack(whole).nearest(words, start)) == by_nearness


@pytest.mark.parametrize(
    ("text", "words", "number"),
    [
        ("a" * 1_000_000, "a" * 50_000, 950_001),
        ("a" * 1_000_000, "ab" + "a" * 49_998, 0),
        ("ab" + "a" * 1_000_000, "ab" + "a" * 49_998, 1),
        ("a" * 1_000_000 + "ba", "a" * 49_998 + "ba", 1),
        ("A heron eats. " * 100_000, ("A heron eats. " * 3_000).strip(), 97_001),
    ],
    ids=["all places", "none", "the first", "the last", "a sentence"],
)
def test_the_length_of_the_words_does_not_multiply_the_time(text: str, words: str, number: int) -> None:
    for start in (0, len(text) // 2, len(text)):  # letter by letter, each would take minutes
        assert sum(1 for _ in Haystack(text).nearest(words, start)) == number
