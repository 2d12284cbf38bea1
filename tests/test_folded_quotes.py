"""Words in a text whose white space and whose accents are encoded in another way than they were."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.links import Target
from qa.proofs.folded import Folded, folded, is_composable
from qa.proofs.searching import Text
from qa.relocation import locate
from qa.types import Document

TEXT = "Le café “Ålesund” est fermé.\n\nL'été, on pêche à Tromsø.\n"
QUOTE = "L'été, on pêche à Tromsø."
MARKS = "\u0301\u0323\u0328\u0308"


def found(old: str, quote: str, new: str) -> str | None:
    start = old.index(quote)
    sighting = Text(new).find(Document("d", "t", ("s",), "0" * 64, old).cite(start, start + len(quote)))
    return sighting and new[slice(*sighting.span)]


@pytest.mark.parametrize(("old", "new"), [("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD"), ("NFC", "NFC")])
@pytest.mark.parametrize("before", ["", "É\n", "Éé ", "x" * 100 + "é "])
def test_accents_that_are_encoded_in_another_way_are_the_same(old: str, new: str, before: str) -> None:
    text, changed = normalize(old, TEXT), normalize(new, before + TEXT.replace(" pêche", "\npêche"))
    assert found(text, normalize(old, QUOTE), changed) == normalize(new, QUOTE.replace(" pêche", "\npêche"))


def test_letters_without_their_accents_are_others() -> None:
    assert normalize("NFD", "a café is") == "a cafe\u0301 is"
    assert found("a cafe is", "a cafe", normalize("NFD", "a café is")) is None
    assert found("a café is", "a café", "a cafe is") is None
    assert found("a cafe is", "cafe is", normalize("NFC", "a café is")) is None


def test_a_word_goes_on_behind_an_accent() -> None:
    assert found("the rie", "rie", normalize("NFD", "the pâtérie")) is None
    assert found("the rie", "rie", "the pâtérie") is None
    assert found("the teri", "teri", normalize("NFD", "the teriés")) is None


letters = st.text(st.sampled_from("ae \n각가\u1100\u1161\u11a8かが\u3099éąệ\u212a\u2126" + MARKS), max_size=25)


@given(letters, letters, st.sampled_from(["NFC", "NFD"]))
def test_words_are_found_wherever_they_begin_and_end_with_whole_letters(front: str, words: str, form: str) -> None:
    if not words.strip():
        return
    text = f"{front}. {normalize(form, words)} .{front}"  # type: ignore[arg-type]
    spans = list(Folded(text).nearest(folded(words), 0))
    assert all(folded(text[start:end]) == folded(words) for start, end in spans if end in (len(text), *ends(text)))
    start = len(front) + 2
    stripped = normalize(form, words).strip()  # type: ignore[arg-type]
    at = text.index(stripped, start)
    assert (at, at + len(stripped)) in spans


def ends(text: str) -> list[int]:
    """Behind white space or before it: where no letter is cut."""
    return [at for at in range(1, len(text)) if text[at].isspace()]


def test_rows_of_accents_take_no_time() -> None:
    row = "e" + MARKS * 500_000
    assert not is_composable(row)
    assert is_composable("─" * 100 + "é" + MARKS)
    assert found("It is é or so.", "é or so", f"{row} It was é or  so.") == "é or  so"
    assert found("It is é or so.", "é or so", normalize("NFD", "It was é or so.") + row) is None
    assert locate(row, Target(0, 11, "such words.", "it is", "so")).state == "gone"
    assert found("It is so.", "It is", row) is None
    assert folded(row) == row  # also where it is quoted


def test_a_word_without_end_takes_no_time() -> None:
    for part in ("e\u0301", "\u1100\u1161\u11a8", "e" + MARKS):
        assert found("It is é, he said.", "é, he", part * (1_000_000 // len(part)) + " é, she") is None
