"""PDF: which hyphens at the ends of lines belong to their words, worked out from what the document writes."""

from __future__ import annotations

import pytest

from qa.readers.pdf.hyphens import divides, stays, words


@pytest.mark.parametrize(
    ("hyphens", "lines", "found"),
    [
        (0, 49, True),  # too few lines to say
        (0, 50, False),
        (1, 50, False),  # one in fifty is no more than two in a hundred
        (2, 50, True),
        (20, 1000, False),
        (21, 1000, True),
    ],
)
def test_a_document_divides_words_where_more_than_two_lines_in_a_hundred_end_so(
    hyphens: int, lines: int, found: bool
) -> None:
    assert divides(hyphens, lines) is found


@pytest.mark.parametrize(
    ("before", "behind", "written", "stay"),
    [
        ("it is impor", "tant to", set(), False),
        ("a well", "known fact", set(), True),  # as of words that begin so
        ("a well", "known fact", {"wellknown"}, False),
        ("an inter", "state road", {"inter-state"}, True),
        ("the iPhoneX", "like form", set(), True),  # beside a capital
        ("the half", "Danish king", set(), True),
        ("in 1980", "style suits", set(), True),
        ("state-of-the", "art", set(), True),
        ("region", "wide rules", {"region", "wide"}, True),
        ("region", "wide rules", {"region"}, False),
        ("the", "wide rules", {"the", "wide"}, False),  # short words are parts of longer ones
        ("re", "gion (", {"gion", "re"}, False),
        ("and (", "wide", set(), True),
        ("one", "(two)", set(), True),
    ],
)
def test_the_hyphen_of_a_divided_word_goes(before: str, behind: str, written: set[str], stay: bool) -> None:
    assert stays(before, behind, written, is_divided=True) is stay


def test_without_divided_words_only_what_is_written_otherwise_loses_its_hyphen() -> None:
    assert stays("impor", "tant", set(), is_divided=False)
    assert not stays("impor", "tant", {"important"}, is_divided=False)


def test_parts_of_words_at_the_ends_of_a_line_are_no_words() -> None:
    assert words("tant words of a well-known re-", is_behind=True) == {"words", "of", "a", "well-known"}
    assert words("The lamp was lit", is_behind=False) == {"the", "lamp", "was", "lit"}
