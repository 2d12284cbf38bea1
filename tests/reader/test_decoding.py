"""From logits to spans: by hand, and what holds for every passage: inside it, whole words, nothing twice."""

from __future__ import annotations

import re
import string

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.reader.decoding import Candidate, Row, candidates, merged, tidy
from qa.reader.windows import Window

NEVER = -np.inf
MEETING = "Ada met Bob in Rome"

# Letters with and without marks, digits, every kind of bracket, what is trimmed, and what cannot be seen.
ODD = "aéZß1234 \t\n.,;:!?-–−—*_|'’‘\"“”«»()[]{}/$%東ễहि\u0301\xa0\u2003\u200b\x00\x1c\x85\u2028\ufeff\U0001f600"
odd_texts = st.text(st.one_of(st.sampled_from(ODD), st.characters(exclude_categories=["Cs"])), min_size=1, max_size=30)
LATIN = set(string.ascii_letters + string.digits + "éßñŁạễ")


def window(passage: str, pieces: str = r"\w+|[^\w\s]", *, first: int = 2) -> Window:
    """What is not white space, a token each; what the network sees before them is not looked at."""
    offsets = tuple(found.span() for found in re.finditer(pieces, passage))
    return Window(0, tuple(range(first + len(offsets) + 1)), first, offsets)


def logits(made: Window, **given: float) -> Row:
    """The logits of a window's tokens, by their place in the passage (`t0`); `null` is that of [CLS], others never."""
    row = np.full(len(made.ids), NEVER, dtype=np.float32)
    row[0] = given.pop("null", 0.0)
    for name, value in given.items():
        row[made.first + int(name[1:])] = value
    return row


def found(passage: str, start: dict[str, float], end: dict[str, float]) -> list[tuple[str, float]]:
    """The words of each candidate and its margin."""
    made = window(passage)
    spans = candidates(made, passage, logits(made, **start), logits(made, **end))
    return [(passage[each.start : each.end], each.margin) for each in spans]


# --- candidates


def test_the_margin_is_over_the_null_answer() -> None:
    # Bob: 4 + 3 against 1 + 0.5 for none. Rome is the next that does not overlap: 2 + 1.
    start = {"t2": 4.0, "t4": 2.0, "null": 1.0}
    end = {"t2": 3.0, "t4": 1.0, "null": 0.5}
    assert found(MEETING, start, end) == [("Bob", 5.5), ("Rome", 1.5)]
    # A null answer that is better makes the margin negative; the span is given all the same.
    assert found(MEETING, {"t2": 1.0, "null": 5.0}, {"t2": 1.0, "null": 5.0}) == [("Bob", -8.0)]


def test_a_span_goes_from_its_start_to_its_end() -> None:
    # Ada met Bob: 3 + 4 is more than Ada alone, 3 + 2.
    assert found(MEETING, {"t0": 3.0}, {"t0": 2.0, "t2": 4.0}) == [("Ada met Bob", 7.0)]


def test_no_span_ends_before_it_starts() -> None:
    assert found(MEETING, {"t4": 9.0}, {"t0": 9.0}) == []
    assert found(MEETING, {"t4": 9.0, "t0": 1.0}, {"t0": 9.0}) == [("Ada", 10.0)]


def test_the_best_comes_first_and_what_overlaps_it_is_left_out() -> None:
    # Rome 10, Ada 6; "met Bob in Rome" 4 + 5 and "Bob" 4 + 1 share words: of those only the better could stay, and
    # it overlaps Rome.
    start = {"t0": 3.0, "t1": 4.0, "t4": 5.0}
    end = {"t0": 3.0, "t2": 1.0, "t4": 5.0}
    assert found(MEETING, start, end) == [("Rome", 10.0), ("Ada", 6.0), ("met Bob", 5.0)]


def test_four_spans_at_most() -> None:
    passage = "one two three four five six"
    row = {f"t{at}": 10.0 - at for at in range(6)}
    assert found(passage, row, row) == [("one", 20.0), ("two", 18.0), ("three", 16.0), ("four", 14.0)]


def test_of_equal_spans_the_first_and_shortest_is_better() -> None:
    row = {"t1": 2.0, "t3": 2.0}
    assert found(MEETING, row, row) == [("met", 4.0), ("in", 4.0)]


def test_forty_tokens_are_the_longest_answer() -> None:
    passage = " ".join(f"w{number}" for number in range(60))
    # The end at w40 is better, but it would be the 41st token.
    assert found(passage, {"t0": 5.0}, {"t39": 1.0, "t40": 9.0}) == [(passage[: passage.index(" w40")], 6.0)]
    assert found(passage, {"t20": 5.0}, {"t59": 1.0}) == [(passage[passage.index("w20") :], 6.0)]
    assert found(passage, {"t0": 5.0}, {"t40": 9.0}) == []


def test_only_tokens_of_the_passage_are_looked_at() -> None:
    # The question and the marks around it come before, padding comes behind.
    made = window(MEETING, first=5)
    start = np.full(32, 99.0, dtype=np.float32)
    end = start.copy()
    start[[0, *range(5, 10)]] = [1.0, NEVER, NEVER, 4.0, NEVER, NEVER]
    end[[0, *range(5, 10)]] = [2.0, NEVER, NEVER, 3.0, NEVER, NEVER]
    assert candidates(made, MEETING, start, end) == [Candidate(8, 11, 4.0)]


def test_what_is_no_answer_does_not_hide_the_next() -> None:
    # The three best spans are commas; the fourth is Rome behind them, and the commas are taken off.
    passage = ", , , Rome"
    assert found(passage, {"t0": 5.0}, {"t0": 3.0, "t1": 2.0, "t2": 1.0, "t3": 0.0}) == [("Rome", 5.0)]


def test_what_overlaps_the_best_does_not_hide_the_next() -> None:
    # 29 spans inside the best one, each better than the last word: more than are tried one by one.
    passage = " ".join(f"w{number}" for number in range(31))
    start = {"t0": 9.0, "t30": 1.0} | {f"t{at}": 5.0 for at in range(1, 30)}
    best = passage[: passage.index(" w30")]
    assert found(passage, start, {"t29": 9.0, "t30": 1.0}) == [(best, 18.0), ("w30", 2.0)]


def test_pieces_of_one_word_are_one_candidate() -> None:
    passage = "Wolfgang won"
    made = window(passage, "Wolf|gang|won")
    row = logits(made, t0=3.0, t1=4.0, t2=1.0)
    # "gang" 8 is widened to the word; "Wolf" 6 then says the same; "won" 2 is another.
    assert candidates(made, passage, row, row) == [Candidate(0, 8, 8.0), Candidate(9, 12, 2.0)]


def test_nothing_comes_of_nothing() -> None:
    assert candidates(window(""), "", *np.zeros((2, 3), dtype=np.float32)) == []
    never = np.full(8, NEVER, dtype=np.float32)
    assert candidates(window(MEETING), MEETING, never, never) == []
    assert candidates(window("… — !"), "… — !", *np.ones((2, 6), dtype=np.float32)) == []


def test_a_network_that_gives_no_numbers_gives_no_answer() -> None:
    broken = np.full(8, np.nan, dtype=np.float32)
    assert candidates(window(MEETING), MEETING, broken, broken) == []


@given(st.integers(1, 60), st.data())
def test_the_candidates_are_those_of_going_through_every_span(count: int, data: st.DataObject) -> None:
    passage = " ".join(f"w{number}" for number in range(count))
    made = window(passage)
    # Whole numbers are exact in any order of adding; few of them, so that many spans are equal.
    few = st.lists(st.integers(-3, 3), min_size=count + 3, max_size=count + 3)
    start, end = (np.array(data.draw(few), dtype=np.float32) for _ in range(2))
    every = [
        (-float(start[2 + first] + end[2 + last]), first, last)
        for first in range(count)
        for last in range(first, min(count, first + 40))
    ]
    best: list[tuple[float, int, int]] = []
    for score, first, last in sorted(every):
        if not any(first <= other_last and other_first <= last for _, other_first, other_last in best):
            best.append((score, first, last))
    expected = [
        Candidate(made.offsets[first][0], made.offsets[last][1], -score - float(start[0] + end[0]))
        for score, first, last in best[:4]
    ]
    assert candidates(made, passage, start, end) == expected


@given(odd_texts, st.data())
def test_every_candidate_is_inside_the_passage_in_whole_words_and_by_itself(passage: str, data: st.DataObject) -> None:
    # Pieces of one to three characters, as of a word that the vocabulary does not have.
    made = window(passage, r"\S{1,3}")
    row = st.lists(st.floats(-20, 20, width=32), min_size=len(made.ids), max_size=len(made.ids))
    start, end = (np.array(data.draw(row), dtype=np.float32) for _ in range(2))
    spans = candidates(made, passage, start, end)
    assert len(spans) <= 4
    assert [each.margin for each in spans] == sorted((each.margin for each in spans), reverse=True)
    for at, each in enumerate(spans):
        assert 0 <= each.start < each.end <= len(passage)
        assert not cut(passage, each.start)
        assert not cut(passage, each.end)
        for other in spans[:at]:
            assert each.end <= other.start or other.end <= each.start


def cut(text: str, at: int) -> bool:
    """Whether a word in Latin script goes on across `at`."""
    return 0 < at < len(text) and text[at - 1] in LATIN and text[at] in LATIN


# --- merged


def test_the_candidates_of_all_windows_together() -> None:
    early, late, again = Candidate(0, 4, 2.0), Candidate(90, 95, 3.0), Candidate(92, 99, 2.5)
    # The second window saw the end of the first again, with more around it.
    assert merged([early, late, again]) == [late, early]
    assert merged([again, early]) == [again, early]
    assert merged([]) == []


def test_equal_candidates_are_in_the_order_of_the_passage() -> None:
    first, second, longer = Candidate(0, 4, 1.0), Candidate(5, 9, 1.0), Candidate(0, 9, 1.0)
    assert merged([second, longer, first]) == [first, second]


def test_neighbours_do_not_overlap() -> None:
    assert merged([Candidate(0, 4, 1.0), Candidate(4, 8, 2.0)]) == [Candidate(4, 8, 2.0), Candidate(0, 4, 1.0)]
    assert Candidate(0, 4, 1.0).overlaps(Candidate(3, 8, 2.0))
    assert Candidate(3, 8, 2.0).overlaps(Candidate(0, 4, 1.0))
    assert not Candidate(4, 8, 1.0).overlaps(Candidate(0, 4, 2.0))


spans = st.builds(
    lambda start, length, margin: Candidate(start, start + length, margin),
    st.integers(0, 20),
    st.integers(1, 6),
    st.integers(-2, 2).map(float),
)


@given(st.lists(spans, max_size=8))
def test_merging_keeps_the_best_of_what_overlaps(given_spans: list[Candidate]) -> None:
    kept = merged(given_spans)
    assert merged(list(reversed(given_spans))) == kept  # whichever window came first
    assert merged(kept) == kept
    for each in given_spans:
        overlapping = [other for other in kept if each.overlaps(other)]
        assert overlapping  # itself, or what is better
        assert each in kept or max(other.margin for other in overlapping) >= each.margin


# --- tidy


def tidied(text: str, chosen: str) -> str | None:
    """What becomes of the first place of some words."""
    start = text.index(chosen)
    span = tidy(text, start, start + len(chosen))
    return None if span is None else text[slice(*span)]


@pytest.mark.parametrize(
    ("text", "chosen", "expected"),
    [
        # whole words
        ("The lamplighter came.", "light", "lamplighter"),
        ("The lamplighter came.", "lamp", "lamplighter"),
        ("Ada met Bob", "da met B", "Ada met Bob"),
        ("in the 1890s", "1890", "1890s"),
        ("by Zürich’s lake", "ürich", "Zürich"),
        ("Two Cafe\u0301s opened", "Caf", "Cafe\u0301s"),
        ("One cafe\u0301 opened", "cafe", "cafe\u0301"),  # the accent is a character of its own
        ("Nguyễn Trãi wrote", "ễn Tr", "Nguyễn Trãi"),
        ("Ἀθῆναι", "θῆν", "Ἀθῆναι"),
        ("Москва растёт", "оскв", "Москва"),
        ("वह हिन्दी है", "हि", "हिन्दी"),
        ("في القاهرة", "قاهر", "القاهرة"),
        # not of scripts that put no spaces between words
        ("東京都に住む", "京", "京"),
        ("ภาษาไทย", "ษา", "ษา"),
        # stray punctuation
        ("Built in 1890.", "1890.", "1890"),
        ("Built, in 1890, here", ", in 1890,", "in 1890"),
        ("Who? Ada!", "? Ada!", "Ada"),
        ("**Rome**", "**Rome**", "Rome"),
        ("_Rome_ | Paris |", "| Paris |", "Paris"),
        ("Wait... there", "Wait...", "Wait"),
        ("Wait… there", "Wait…", "Wait"),
        ("\xa0Rome\u2003\u200b", "\xa0Rome\u2003\u200b", "Rome"),
        ("* \xa0Rome\xa0*", "* \xa0Rome\xa0*", "Rome"),
        # numbers
        ("It was -5 degrees.", "-5", "-5"),
        ("It was –5 degrees.", "–5", "–5"),
        ("It was −5 degrees.", "−5", "−5"),
        ("about .5 of it", ".5", ".5"),
        ("It cost $3.5.", "$3.5.", "$3.5"),
        ("from 1990-1995 on", "1990-1995", "1990-1995"),
        ("from 1990-1995 on", "-1995", "1995"),
        ("from 1990–1995 on", "–1995", "1995"),
        ("- 5 items", "- 5", "5"),
        ("a -", "-", None),
        ("a-5", "-", None),  # the number behind it was not chosen
        # a full stop that belongs to the word
        ("She left the U.S.", "U.S.", "U.S."),
        ("(the U.S.)", "(the U.S.)", "the U.S."),
        ("Leave at 6 a.m.", "6 a.m.", "6 a.m."),
        ("by John Smith Jr.", "John Smith Jr.", "John Smith Jr."),
        ("by Apple Inc.", "Apple Inc.", "Apple Inc."),
        ("by Smith, Co.", "Co.", "Co."),
        ("the U.S.,", "U.S.,", "U.S."),
        ("See example.com.", "example.com.", "example.com"),
        ("He is the major.", "major.", "major"),
        ("It is Minjr.", "Minjr.", "Minjr"),
        # brackets and quotation marks
        ("(see Rome)", "Rome)", "Rome"),
        ("(see Rome)", "(see", "see"),
        ("(Rome)", "(Rome)", "Rome"),
        ("[Rome]", "[Rome]", "Rome"),
        ("{Rome}.", "{Rome}.", "Rome"),
        ("([Rome])", "([Rome])", "Rome"),
        ("Rome (Italy)", "Rome (Italy)", "Rome (Italy)"),
        ("(a) and (b)", "(a) and (b)", "(a) and (b)"),
        ("“Ulysses”", "“Ulysses”", "Ulysses"),
        ("the “Ulysses” of", "Ulysses” of", "Ulysses” of"),
        ("«Ulysses»", "«Ulysses", "Ulysses"),
        ("‘Ulysses’", "‘Ulysses’", "Ulysses"),
        ('"Ulysses"', '"Ulysses"', "Ulysses"),
        ('"Ulysses."', '"Ulysses."', "Ulysses"),
        ('"Ulysses" by Joyce', '"Ulysses', "Ulysses"),
        ('"Ulysses" by Joyce', 'Ulysses"', "Ulysses"),
        ('"Ulysses" by "Joyce"', '"Ulysses" by "Joyce"', '"Ulysses" by "Joyce"'),
        ('"Ulysses" by Joyce', '"Ulysses" by Joyce', '"Ulysses" by Joyce'),
        # apostrophes are no quotation marks
        ("rock 'n' roll", "rock 'n' roll", "rock 'n' roll"),
        ("rock ’n’ roll", "rock ’n’ roll", "rock ’n’ roll"),
        ("by O'Neill", "O'Neill", "O'Neill"),
        ("I don’t know", "don’t", "don’t"),
        ("in the ’90s", "’90s", "’90s"),
    ],
)
def test_a_span_is_made_tidy(text: str, chosen: str, expected: str | None) -> None:
    assert tidied(text, chosen) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("...", "…", " ", " - ", "—", "–", "·", "*_|*", "?!", "(", ")", "()", "“”", '"', '""', "[]", "(.)", "“—”"),
        *("\xa0", "\u2003 ", "\u200b", "\x1c", "*\xa0 *", "—\xa0—", "-\u2028-", "* \u200b *", "\x00", "\ufeff."),
    ],
)
def test_of_punctuation_and_what_cannot_be_seen_nothing_is_left(text: str) -> None:
    assert tidy(text, 0, len(text)) is None


@given(odd_texts, st.data())
@example("*\xa0 *", None)
@example("U.S.\xa0.", None)
@example("(U.S.)", None)
@example('("a")', None)
def test_tidy_is_inside_the_text_visible_whole_and_does_nothing_twice(text: str, data: st.DataObject | None) -> None:
    start, end = 0, len(text)
    if data is not None:
        start = data.draw(st.integers(0, len(text) - 1))
        end = data.draw(st.integers(start + 1, len(text)))
    span = tidy(text, start, end)
    words = [at for at in range(start, end) if text[at].isalnum()]
    if span is None:
        assert words == []
        return
    assert 0 <= span[0] < span[1] <= len(text)
    assert tidy(text, *span) == span
    assert not cut(text, span[0])
    assert not cut(text, span[1])
    for character in (text[span[0]], text[span[1] - 1]):
        assert character.isprintable()
        assert not character.isspace()
    # Words may be widened, never lost.
    assert all(span[0] <= at < span[1] for at in words)
