"""Titles of conversations: short, in one line, and nothing unseen in them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.talk.titles import HEADLINE, LONGEST, headline, title_of


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("When was it built?", "When was it built?"),
        ("  When\n\twas  it\r\nbuilt? ", "When was it built?"),
        ("a\0b\x1b[2Jc\x7f", "ab[2Jc"),
        ("x\u202egnp.exe\u202c \u2066y\u2069", "xgnp.exe y"),
        ("a\u200b\u2060\ufeff\u00adb\u2028c\u2029d", "ab c d"),
        ("half \ud800 pair", "half pair"),
        ("👩\u200d🚀 می\u200cخواهم", "👩\u200d🚀 می\u200cخواهم"),
        ("\u202e\u200b\0", ""),
        ("", ""),
    ],
)
def test_what_cannot_be_seen_is_dropped(typed: str, title: str) -> None:
    assert title_of(typed) == headline(typed) == title


def test_a_long_question_is_cut_at_a_word() -> None:
    nine = "ten chars " * 9
    assert headline(nine) == "ten chars " * 7 + "ten chars…"  # 79 letters and the sign
    assert headline("x" + nine) == "xten chars " + "ten chars " * 6 + "ten…"
    assert headline("a" * 80) == "a" * 80
    assert headline("a" * 81) == "a" * 79 + "…"
    assert headline("a" * 79 + " b") == "a" * 79 + "…"
    assert headline("a " + "b" * 100) == "a…"
    assert title_of("word " * 1000) == "word " * 39 + "word…"


@given(st.text(st.characters() | st.sampled_from(" \n\0\u202e\ud800\u200d"), max_size=300))
@settings(deadline=None)
def test_every_title_is_one_line_and_stays_as_it_is(typed: str) -> None:
    for made, longest in ((title_of(typed), LONGEST), (headline(typed), HEADLINE)):
        assert len(made) <= longest
        assert made == " ".join(made.split())
        assert {unicodedata.category(each) for each in made if each not in "\u200c\u200d"}.isdisjoint(
            {"Cc", "Cf", "Cs", "Zl", "Zp"}
        )
        assert title_of(made) == made


@pytest.mark.parametrize("letter", ["a", " ", "\0", "\u202e", "\ud800", "a "])
def test_a_million_letters_are_a_title(letter: str) -> None:
    assert len(title_of(letter * 1_000_000)) <= LONGEST
