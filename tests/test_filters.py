"""Filters as a person writes them: periods, tags and names, by hand."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.errors import PinciteError
from qa.filters import Filter, checked_tags
from qa.tags import normalised_tags

DATES = r" is not a date: write a year, a month or a day, for example 2024, 2024-05 or 2024-05-31\.$"


def test_a_filter_filters_where_it_says_anything() -> None:
    assert not Filter()
    assert not Filter.parse()
    assert Filter(documents=("a.md",))
    assert Filter(since=date(2024, 1, 1))
    assert Filter(until=date(2024, 1, 1))
    assert Filter(tags=("minutes",))


def test_a_filter_is_a_value() -> None:
    once, again = (Filter.parse(["a.md"], "2024", "2024", ["x"]) for _ in range(2))
    assert once == again
    assert len({once, again}) == 1


# --- periods


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-02", date(2023, 2, 1), date(2023, 2, 28)),
        ("1900-02", date(1900, 2, 1), date(1900, 2, 28)),
        ("2024-12", date(2024, 12, 1), date(2024, 12, 31)),
        ("2024-05-31", date(2024, 5, 31), date(2024, 5, 31)),
        (" 2024-05 ", date(2024, 5, 1), date(2024, 5, 31)),
        ("0001", date(1, 1, 1), date(1, 12, 31)),
        ("9999", date(9999, 1, 1), date(9999, 12, 31)),
    ],
)
def test_a_period_begins_with_its_first_day_and_ends_with_its_last(text: str, first: date, last: date) -> None:
    assert Filter.parse(since=text) == Filter(since=first)
    assert Filter.parse(until=text) == Filter(until=last)
    assert Filter.parse(since=text, until=text) == Filter(since=first, until=last)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "24", "02024", "0000", "2024-00", "2024-13", "2024-1", "2024-05-00", "2024-02-30", "2023-02-29"),
        *("2024-05-1", "20240531", "2024/05", "31.05.2024", "May 2024", "today", "-2024", "2024-", "2024-05-", "²024"),
        *("２０２４", "2024-05-31T00:00", "2024\n-05", "\0", "\udc80", "9" * 5000),
    ],
)
@pytest.mark.parametrize("name", ["since", "until"])
def test_what_is_no_date_is_named_with_what_is_accepted(name: str, text: str) -> None:
    with pytest.raises(PinciteError, match=f"^{name} .*{DATES}") as raised:
        Filter.parse(**{name: text})
    assert repr(text) in str(raised.value)


@pytest.mark.parametrize(
    ("since", "until"),
    [("2024", "2023"), ("2024-06", "2024-05"), ("2024-06", "2024-05-31"), ("2024-05-02", "2024-05-01")],
)
def test_an_end_before_the_beginning_is_refused(since: str, until: str) -> None:
    with pytest.raises(PinciteError, match=f"^since {since} is after until {until}, .*: swap them\\.$"):
        Filter.parse(since=since, until=until)


def test_a_period_within_the_other_is_none() -> None:
    assert Filter.parse(since="2024-05-31", until="2024-05") == Filter(since=date(2024, 5, 31), until=date(2024, 5, 31))
    assert Filter.parse(since="2024-05", until="2024") == Filter(since=date(2024, 5, 1), until=date(2024, 12, 31))


@given(st.text(max_size=12))
def test_any_text_is_a_period_or_a_sentence(text: str) -> None:
    try:
        found = Filter.parse(since=text, until=text)
    except PinciteError:
        return
    assert found.since
    assert found.until
    assert found.since <= found.until


@given(st.dates())
def test_every_day_is_itself(day: date) -> None:
    assert Filter.parse(since=day.isoformat(), until=day.isoformat()) == Filter(since=day, until=day)


# --- names


def test_names_stay_as_they_are_and_count_once() -> None:
    assert Filter.parse(["b.md", " A b.md", "b.md"]).documents == ("b.md", " A b.md")


@pytest.mark.parametrize("name", ["", " \t"])
def test_an_empty_name_is_refused(name: str) -> None:
    with pytest.raises(PinciteError, match="name is empty: write its path, file name, title or id"):
        Filter.parse(["a.md", name])


# --- tags


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("minutes", "minutes"),
        ("#Minutes", "minutes"),
        ("## Minutes", "minutes"),
        (" # # a", "a"),
        ("C#", "c#"),
        ("area/Sub-topic", "area/sub-topic"),
        ("New \t\n York", "new york"),
        ("Straße", "strasse"),
        ("E\u0301te\u0301", "été"),
        ("İ", "i\u0307"),
        ("a\0b", "a b"),
        ("\udc80", "?"),
        ("x" * 101, "x" * 100),
        ("x" * 99 + " yz", "x" * 99),
        ("ß" * 60, "s" * 100),
    ],
)
def test_a_tag_in_its_one_form(text: str, tag: str) -> None:
    assert normalised_tags([text]) == (tag,)
    assert checked_tags([text]) == (tag,)


def test_tags_count_once_and_keep_their_order() -> None:
    assert normalised_tags(["b", "a", "#B", "", "#", " ", "A", "c"]) == ("b", "a", "c")
    assert normalised_tags(map(str, range(300))) == tuple(map(str, range(100)))
    assert Filter.parse(tags=["#B", "a", "b"]).tags == ("b", "a")


@given(st.lists(st.text(st.characters()), max_size=5))
@example(["\u0345\u03b1", "\u1fb3\u0345", "\u1f80\u0301"])
def test_normalised_tags_are_normalised(texts: list[str]) -> None:
    tags = normalised_tags(texts)
    assert normalised_tags(tags) == tags
    assert len(set(tags)) == len(tags)
    for tag in tags:
        assert 0 < len(tag) <= 100
        assert tag == unicodedata.normalize("NFC", tag) == " ".join(tag.split())
        assert not tag.startswith("#")


@pytest.mark.parametrize("text", ["", " ", "#", "# #", "\0"])
def test_a_tag_of_nothing_is_refused(text: str) -> None:
    """Left out, it would let every document through."""
    with pytest.raises(
        PinciteError, match=r" is not a tag: write letters or numbers, for example minutes\.$"
    ) as raised:
        Filter.parse(tags=["a", text])
    assert repr(text) in str(raised.value)


def test_more_tags_than_a_document_has_are_refused() -> None:
    assert len(checked_tags([str(number) for number in range(100)])) == 100
    with pytest.raises(PinciteError, match="These are 101 tags, and a document has at most 100: give fewer"):
        checked_tags([str(number) for number in range(101)])


def test_names_and_tags_are_lists() -> None:
    for named in ({"tags": "minutes"}, {"documents": "minutes.txt"}):
        with pytest.raises(PinciteError, match="documents and tags are lists"):
            Filter.parse(**named)  # type: ignore[arg-type]
