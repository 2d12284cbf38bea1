"""Words that an address points at, looked for in a document that has changed since."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.links import Target
from qa.relocation import locate, located

TEXT = (
    "The lighthouse was lit in 1871. Its lamp burned oil.\n\n"
    "The tower is 38 metres high.\n\n"
    "The harbour was built in 1871. Its crane burned coal.\n"
)


def target(quote: str, text: str = TEXT, *, shift: int = 0) -> Target:
    """What points at the first such words, `shift` characters beside their place."""
    start = text.index(quote)
    end = start + len(quote)
    return Target(start + shift, end + shift, quote, text[max(0, start - 32) : start], text[end : end + 32])


def found(text: str, sought: Target) -> tuple[str, str]:
    place = locate(text, sought)
    assert place.target is sought
    assert place.is_shown == (place.state in ("there", "moved", "rewritten"))
    return place.state, text[place.start : place.end]


def test_in_their_place() -> None:
    place = locate(TEXT, Target(54, 82, "The tower is 38 metres high."))
    assert (place.state, place.start, place.end) == ("there", 54, 82)


def test_without_words_the_place_is_believed() -> None:
    assert found(TEXT, Target(54, 63)) == ("there", "The tower")


def test_more_than_the_words_is_not_marked() -> None:
    assert found(TEXT, Target(50, 90, "The tower is 38 metres high.")) == ("moved", "The tower is 38 metres high.")


@pytest.mark.parametrize(
    ("start", "end"), [(5, 5), (9, 5), (0, 10_000), (10_000, 10_001), (52, 54)], ids=lambda number: str(number)
)
def test_a_place_that_is_none(start: int, end: int) -> None:
    assert found(TEXT, Target(start, end)) == ("nowhere", "")


def test_white_space_is_nothing_to_point_at() -> None:
    assert found(TEXT, Target(52, 54, "\n\n")) == ("nowhere", "")


def test_words_that_moved() -> None:
    sought = target("The tower is 38 metres high.")
    place = locate("A new beginning.\n\n" + TEXT, sought)
    assert (place.state, place.start, place.end) == ("moved", 54 + 18, 82 + 18)
    assert found(TEXT, target("The tower is 38 metres high.", shift=40)) == (
        "moved",
        "The tower is 38 metres high.",
    )


def test_of_several_places_the_one_with_the_same_words_around_it() -> None:
    first = TEXT.index("1871")
    second = TEXT.index("1871", first + 1)
    sought = Target(second + 9, second + 13, "1871", TEXT[second - 32 : second], TEXT[second + 4 : second + 36])
    place = locate(TEXT, sought)
    assert (place.state, place.start) == ("moved", second)
    place = locate(TEXT, target("1871", shift=60))
    assert (place.state, place.start) == ("moved", first)


def test_where_even_what_stands_around_is_the_same_the_nearest_is_taken() -> None:
    page = "All rights reserved by the harbour.\n" + "x" * 60 + "\n"
    text = page * 5
    sought = Target(2 * len(page) + 3, 2 * len(page) + 6, "All", text[2 * len(page) - 32 : 2 * len(page)], page[3:35])
    place = locate(text, sought)
    assert (place.state, place.start) == ("moved", 2 * len(page))


def test_the_same_words_without_anything_that_tells_which() -> None:
    place = locate(TEXT, Target(0, 4, "1871", "elsewhere ", " and so on"))
    assert (place.state, place.places, place.is_shown) == ("uncertain", 2, False)


def test_of_two_places_that_are_as_likely_none_is_taken() -> None:
    for sought in (
        Target(0, 4, "1871"),  # nothing is known of what stood around
        Target(0, 4, "1871", "Something was built in ", ": in brick."),  # both follow the same words
    ):
        place = locate("It was built in 1871. And again, it was built in 1871; so they say.", sought)
        assert (place.state, place.places) == ("uncertain", 2)


def test_short_words_that_are_left_in_one_place_can_be_chance() -> None:
    assert locate(TEXT, Target(0, 2, "38", "about ", " people came")).state == "uncertain"
    assert found(TEXT, Target(0, 2, "38", "tower is ", " metres")) == ("moved", "38")
    assert found(TEXT, Target(0, 2, "38")) == ("moved", "38")  # nothing else is known of them
    long = "The harbour was built in 1871. Its crane"
    assert found(TEXT, Target(0, len(long), long, "nothing like ", " what is there")) == ("moved", long)


def test_in_their_place_they_may_be_a_part_of_others() -> None:
    sought = Target(9, 11, "10", "It costs ", " at most.")
    assert found("It costs 10 at most.", sought) == ("there", "10")
    assert found("It costs 100 at most.", sought) == ("gone", "")
    assert found("It costs 10.5 at most.", sought) == ("gone", "")
    assert found("It costs 100", Target(9, 11, "10")) == ("there", "10")  # who wrote it may have meant just that


def test_in_their_place_the_same_words_may_be_others() -> None:
    text = "Ants are shy: yes\nBees are shy: yes\n"
    sought = target("yes", text)
    new = "Cows are shy: yes\nBats are shy: yes\n" + text
    place = locate(new, sought)
    assert new[14:17] == "yes"
    assert (place.state, place.start) == ("moved", 14 + 36)


def test_what_was_cut_out_of_a_word_is_not_taken_out_of_another() -> None:
    assert found("Two sandhillcranes.", Target(0, 6, "cranes", "Big sandhill", ".")) == ("moved", "cranes")
    assert locate("Two bluecranes.", Target(0, 6, "cranes", "Big sandhill", ".")).state == "gone"


def test_words_are_not_found_inside_of_others() -> None:
    assert locate("It was in 1938.", Target(3, 5, "38")).state == "gone"
    assert locate("It was in 1938.", Target(3, 5, "19")).state == "gone"
    assert found("It was in 1938.", Target(3, 5, "38", "in 19", ".")) == ("moved", "38")  # as they were before
    assert found("灯台の高さは38メートル。", Target(0, 2, "38")) == ("moved", "38")


@pytest.mark.parametrize(
    ("now", "quote"),
    [
        ("THE TOWER IS 38 METRES HIGH.", "The tower is 38 metres high."),
        ("The tower\n  is 38 metres high.", "The tower is 38 metres high."),
        ("the ﬁrst “keeper” left—then", 'the first "keeper" left - then'),
    ],
)
def test_words_that_are_written_in_another_way(now: str, quote: str) -> None:
    text = f"Before that. {now} After that."
    assert found(text, Target(900, 900 + len(quote), quote, "Before that. ", " After that.")) == ("rewritten", now)


def test_words_that_are_written_in_another_way_in_their_place() -> None:
    text = TEXT.replace("The tower is", "THE TOWER IS")
    place = locate(text, target("The tower is 38 metres high."))
    assert (place.state, place.start, place.end) == ("rewritten", 54, 82)


def test_a_letter_is_not_taken_without_its_accent() -> None:
    assert found("At the OLD CAFÉ, they say.", Target(0, 12, "the old café")) == ("rewritten", "the OLD CAFÉ")
    assert locate("At the OLD CAFÉ, they say.", Target(0, 12, "the old cafe")).state == "gone"
    assert locate("It is of my oﬃce.", Target(0, 10, "is of my of")).state == "gone"


@pytest.mark.parametrize("at", [0, 99_990, 150_000, 200_000])
@pytest.mark.parametrize("shift", [-100_000, -20, 20, 100_000])
def test_words_that_are_written_in_another_way_on_both_sides_of_their_place(at: int, shift: int) -> None:
    text = "x" * (at - 1) + " THE TOWER IS HIGH." + " " + "y" * 300_000
    sought = Target(max(0, at + shift), max(0, at + shift) + 18, "The tower is high.")
    assert found(text, sought) == ("rewritten", "THE TOWER IS HIGH.")


def test_of_more_places_than_can_be_told_apart_none_is_certain() -> None:
    text = "the tower. " * 600 + "So said the keeper: the tower. " + "the tower. " * 600
    sought = Target(5, 14, "the tower", "Thus said the keeper: ", "!")
    assert found(text[6_000:7_200], sought) == ("moved", "the tower")
    assert (locate(text, sought).state, locate(text, sought).places) == ("uncertain", 1001)


def test_several_at_once() -> None:
    text = TEXT.replace("The tower is", "THE TOWER IS")
    targets = [target("The tower is 38 metres high."), target("oil"), Target(0, 4, "none"), Target(0, 3)]
    assert [place.state for place in located(text, targets)] == ["rewritten", "there", "gone", "there"]
    assert located(text, targets) == [locate(text, sought) for sought in targets]
    assert located(text, []) == []


def test_words_that_are_written_in_another_way_far_down_in_a_long_document() -> None:
    text = "The harbour is deep.\n" * 30_000 + "THE TOWER IS HIGH.\n" + "The harbour is deep.\n" * 30_000
    place = locate(text, Target(629_990, 630_008, "The tower is high.", "deep.\n", "\nThe harbour"))
    assert (place.state, place.start, place.end) == ("rewritten", 630_000, 630_018)


def test_few_letters_in_other_case_are_other_words() -> None:
    assert locate("It is up to us.", Target(0, 2, "US", "up to ", ".")).state == "gone"


def test_words_that_are_gone() -> None:
    assert found(TEXT, Target(54, 82, "The tower is 83 metres high.", "oil.\n\n", "\n\nThe")) == ("gone", "")
    assert found("", Target(0, 3, "abc")) == ("gone", "")


@given(st.text(), st.text(min_size=1), st.text(), st.text(), st.text())
def test_what_is_shown_are_the_words_or_the_same_in_other_writing(
    text: str, quote: str, prefix: str, suffix: str, front: str
) -> None:
    for whole in (text, f"{front}{prefix}{quote}{suffix}{text}"):
        place = locate(whole, Target(3, 3 + len(quote), quote, prefix, suffix))
        shown = whole[place.start : place.end]
        if place.state in ("there", "moved"):
            assert shown == quote
        assert place.is_shown == bool(shown)


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=60), st.integers(0, 50))
def test_what_was_put_before_a_document_moves_its_words(front: str, at: int) -> None:
    sought = target(TEXT[at : at + 40])
    text = f"{front}\n\n{TEXT}"
    place = locate(text, sought)
    assert place.state in ("there", "moved")
    assert place.start == at + len(front) + 2


@pytest.mark.parametrize(
    ("text", "quote", "state"),
    [
        ("a" * 5_000_000, "b" + "a" * 999, "gone"),
        ("a" * 5_000_000, "a" * 999 + "b", "gone"),
        ("a" * 5_000_000, "a" * 50_000, "gone"),  # it was no part of a word
        ("a " * 2_500_000, "a " * 499 + "ab", "gone"),
        ("Aa " * 1_500_000, "aA " * 333, "uncertain"),
        ("the record " * 450_000, "the record", "uncertain"),
    ],
    ids=["none", "nor here", "a word", "words", "rewritten", "everywhere"],
)
def test_no_document_takes_long(text: str, quote: str, state: str) -> None:
    place = locate(text, Target(2_500_001, 2_500_001 + len(quote), quote, "the cat. ", " It sat."))
    assert (place.state, place.places) == (state, 1001 if state == "uncertain" else 0)
