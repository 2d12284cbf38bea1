"""Text fragments: which words name a quote, and how they are written."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.fragments import fragment
from qa.readers.html import read_html

TEXT = read_html(
    b"""<h1>The lamp</h1><p>The lamp at Skerry Point burned colza oil until 1894. The oil came by boat.
<p>Ada-Li, the keeper &amp; her son (born in 1889) burned the oil.<br>They left.
<ul><li>38 metres high<li>196 steps<li>built of granite</ul>
<table><tr><td>lit<td>1871<tr><td>electric<td>1962<tr><td>lit<td>1963</table>
<p>The keeper burned the oil of the island in the years before.""",
    "lamp.html",
).text


def link(quote: str, text: str = TEXT, nth: int = 0) -> str:
    start = [found.start() for found in re.finditer(re.escape(quote), text)][nth]
    made = fragment(text, start, start + len(quote))
    assert made.startswith("#:~:text=")
    return made.removeprefix("#:~:text=")


@pytest.mark.parametrize(
    ("quote", "directive"),
    [
        ("burned colza oil until 1894", "burned%20colza%20oil%20until%201894"),
        ("Ada-Li, the keeper & her son", "Ada%2DLi%2C%20the%20keeper%20%26%20her%20son"),
        # Short, so with the words around it.
        ("196 steps", "38%20metres%20high-,196%20steps,-built%20of%20granite"),
        ("1889", "her%20son%20%28born%20in-,1889,-%29%20burned%20the%20oil."),
        # Parts of a word become the word.
        ("ranit", "built%20of-,granite,-lit"),
        # Bullets and strokes are not in the page, and no block goes on behind its end.
        ("• 38 metres high", "They%20left.-,38%20metres%20high,-196%20steps"),
        ("• 38 metres high\n\n• 196 steps\n\n• built of granite", "38%20metres%20high,built%20of%20granite"),
        ("electric | 1962", "electric,1962"),
        ("burned the oil.\nThey left.", "burned%20the%20oil.,They%20left."),
        ("burned the oil of the island", "burned%20the%20oil%20of%20the%20island"),
    ],
)
def test_a_quote_is_named_by_its_words(quote: str, directive: str) -> None:
    assert link(quote) == directive


def test_words_that_stand_twice_are_told_apart_by_those_around_them() -> None:
    text = "One lamp was lit in the evening.\n\nAnother lamp was lit in the morning."
    assert link("lamp was lit in the", text) == "One-,lamp%20was%20lit%20in%20the,-evening."
    assert link("lamp was lit in the", text, 1) == "Another-,lamp%20was%20lit%20in%20the,-morning."


def test_a_block_that_stands_twice_is_told_apart_by_its_neighbours() -> None:
    text = "North\n\nThe lamp was lit every evening.\n\nSouth\n\nThe lamp was lit every evening."
    assert link("The lamp was lit every evening.", text, 1) == "South-,The%20lamp%20was%20lit%20every%20evening."
    # A part of it cannot be named alone.
    assert link("lit every", text, 1) == "South-,The%20lamp%20was%20lit%20every%20evening."


def test_a_long_quote_is_named_by_its_first_and_last_words() -> None:
    text = "Begin here now. " + " ".join(f"word{number}" for number in range(90)) + " and so it ends here."
    assert link(text, text) == "Begin%20here%20now.%20word0,so%20it%20ends%20here."
    again = f"{text}\n\nBegin here now. word0 but another."
    assert link(text, again).startswith("Begin%20here%20now.%20word0%20word1%20")


def test_words_up_to_the_length_of_addresses_are_whole() -> None:
    address = "x" * 300
    assert link("at", f"See at {address} for it, but not at home.") == f"See-,at,-{address}%20for%20it%2C%20but"
    assert link("xx", f"See {address}.", 10) == address


@pytest.mark.parametrize("part", ["a", "a ", "It is so. ", "a\n", "a | ", "東"])
def test_a_page_that_is_one_block_or_one_word_makes_no_long_link_and_takes_no_time(part: str) -> None:
    text = part * (300_000 // len(part))
    for start in (0, 150_000, len(text) - 1000):
        assert len(fragment(text, start, start + 1000)) < 100_000


def test_a_quote_without_words_has_no_fragment() -> None:
    assert fragment("• \n\n• one", 0, 2) == ""
    assert fragment("one  two", 3, 5) == ""


def test_a_script_without_spaces_is_quoted_whole() -> None:
    text = "東京は日本の首都です。" * 40
    assert unquote(link(text[:400], text)).startswith("東京は日本の首都です。東京")


@given(st.text(st.sampled_from("ab1 \n|•.-,&(é東"), max_size=60), st.data())
def test_any_quote_gives_a_directive_of_its_own_words(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    made = fragment(text, start, end)
    assert re.fullmatch(r"(?:#:~:text=(?:[^-,&\s]+-,)?[^-,&\s]+(?:,[^-,&\s]+)?(?:,-[^-,&\s]+)?)?", made)
    for named in re.split(r"-?,-?", made.removeprefix("#:~:text=")):
        assert " ".join(unquote(named).split()) in " ".join(text.split())
