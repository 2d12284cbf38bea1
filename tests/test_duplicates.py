"""Near-duplicates: copies and small changes are the same, other numbers and other words are not."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.duplicates import grouped

# Its 24 words make 22 rows of three.
TEXT = (
    "The ferry leaves the small harbour at dawn and comes back at dusk with mail and bread for the three islands "
    "of the north."
)


def groups(*texts: str, k: int = 10) -> list[list[int]]:
    return grouped(enumerate(texts), k)


@pytest.mark.parametrize(
    "other",
    [
        TEXT,
        TEXT.upper(),
        f"  “{TEXT[:-1]}”\n",
        TEXT.replace(" ", "\n"),
        TEXT + " So it was.",  # 25 rows, and 22 of them (88 %) are those of the first
        TEXT.replace("The ferry", "A ferry"),
    ],
)
def test_what_says_the_same_is_one_group(other: str) -> None:
    assert groups(TEXT, other) == [[0, 1]]


@pytest.mark.parametrize(
    "other",
    [
        TEXT.replace("dawn", "noon"),  # three rows change: 19 of 25 (76 %) are in both
        " ".join(reversed(TEXT.split())),
        TEXT[: len(TEXT) // 2],
        "The tower was built of grey stone by Anna Hale in the year after the storm, and it still stands.",
        "",
    ],
)
def test_what_says_something_else_is_another_group(other: str) -> None:
    assert groups(TEXT, other) == [[0], [1]]


def test_other_numbers_make_another_passage() -> None:
    report = "In the year 2019 the harbour took 120 ships and 3,400 tons of wheat, as the report of the council says."
    assert groups(report, report) == [[0, 1]]
    assert groups(report, report.replace("120", "121")) == [[0], [1]]
    assert groups(report, report.replace("2019", "2020")) == [[0], [1]]


def test_short_passages_are_never_duplicates() -> None:
    assert groups("Same words here.", "Same words here.", "See table one below for all.") == [[0], [1], [2]]


def test_no_more_groups_than_asked_for_and_no_more_read_than_needed() -> None:
    read: list[int] = []

    def passages() -> Iterator[tuple[int, str]]:
        for number, text in enumerate([TEXT, TEXT, TEXT.replace("ferry", "boat with oars"), TEXT, "x", TEXT]):
            read.append(number)
            yield number, text

    assert grouped(passages(), 2) == [[0, 1, 3], [2]]
    assert read == [0, 1, 2, 3, 4]


def test_a_group_is_compared_with_its_first_passage_alone() -> None:
    # Each is like the one before it; the last is too far from the first.
    words = TEXT.split()
    chain = [" ".join(words[at:] + [f"and{letter}" for letter in "abcdefghij"[:at]]) for at in range(0, 9, 2)]
    found = groups(*chain)
    assert found[0][0] == 0
    assert len(found) > 1
    assert sorted(number for group in found for number in group) == list(range(5))


def test_many_passages_are_compared_with_those_alone_that_can_be_alike() -> None:
    draw = random.Random(0)
    vocabulary = [f"w{number}" for number in range(5000)]
    texts = [" ".join(draw.choices([word.replace("w", "word") for word in vocabulary], k=60)) for _ in range(500)]
    texts = [text.translate(str.maketrans("0123456789", "abcdefghij")) for text in texts]
    assert groups(*texts, *texts, k=1000) == [[at, at + 500] for at in range(500)]


@given(st.lists(st.text(), max_size=12), st.integers(0, 12))
def test_any_texts_are_grouped_in_order(texts: list[str], k: int) -> None:
    found = groups(*texts, k=k)
    assert len(found) <= k
    firsts = [group[0] for group in found]
    assert firsts == sorted(firsts)
    assert all(group == sorted(group) for group in found)
    flat = [number for group in found for number in group]
    assert len(flat) == len(set(flat))
    if len(found) < k:
        assert sorted(flat) == list(range(len(texts)))
