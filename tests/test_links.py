"""The address of a passage: written from a citation, and read back by whoever follows it."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.links import LONGEST, MOST, Request, Target, address, document_link, parse
from qa.types import CONTEXT, Document

TEXT = "Alpha & one.\nThe tower is 38 m high. Übrig 塔."
DOCUMENT = Document("0123abcd-1", "The tower", ("tower.md",), "f" * 64, TEXT)

texts = st.text(st.characters(codec="utf-8"), max_size=40)


def test_a_citation_s_address_in_full() -> None:
    assert document_link(DOCUMENT.cite(13, 36)) == (
        "/document/0123abcd-1?c=13-36&q=The+tower+is+38+m+high.&p=Alpha+%26+one.%0A&s=+%C3%9Cbrig+%E5%A1%94.#c"
    )


def test_the_other_addresses_of_a_document() -> None:
    assert address("d") == "/document/d"
    assert address("a/../b?#é") == "/document/a%2F..%2Fb%3F%23%C3%A9"
    assert address("d", begin=40) == "/document/d?from=40"
    assert address("d", [Target(1, 2), Target(3, 4)], anchor="c2") == "/document/d?c=1-2&c=3-4#c2"
    mixed = [Target(1, 2), Target(3, 4, "x", "w", "y")]
    assert address("d", mixed) == "/document/d?c=1-2&q=&p=&s=&c=3-4&q=x&p=w&s=y"


def test_a_quote_that_is_too_long_is_pointed_at_by_its_beginning() -> None:
    document = Document("d", "t", ("s",), "f" * 64, "(" + "0123456789" * 150 + ")")
    (target,) = parse(urlsplit(document_link(document.cite(1, 1501))).query).targets
    assert (target.start, target.end) == (1, 1 + LONGEST)
    assert document.text[target.start : target.end] == target.quote
    assert target.suffix == document.text[target.end : target.end + CONTEXT]


@pytest.mark.parametrize(
    ("query", "request_"),
    [
        ("", Request()),
        ("c=3-9", Request((Target(3, 9),))),
        ("c=9-3", Request((Target(9, 3),))),
        ("c=3-9&q=a+b%20c", Request((Target(3, 9, "a b c"),))),
        ("c=3-9&q=a&p=b&s=d", Request((Target(3, 9, "a", "b", "d"),))),
        (f"c=3-9&q=a&p={'b' * 32}c&s=d{'e' * 32}", Request((Target(3, 9, "a", "b" * 31 + "c", "d" + "e" * 31),))),
        ("q=a&c=1-2&c=3-4&q=b", Request((Target(1, 2, "a"), Target(3, 4, "b")))),
        ("c=1-2&q=&c=3-4&q=b", Request((Target(1, 2), Target(3, 4, "b")))),
        ("c=x&q=a&c=3-4&q=b", Request((Target(3, 4, "b"),), unreadable=1)),
        ("from=12", Request(begin=12)),
        ("from=x", Request(unreadable=1)),
        ("from=", Request(unreadable=1)),
        ("from=x&from=7", Request(begin=7)),
        ("c", Request(unreadable=1)),
        ("c=", Request(unreadable=1)),
        ("c=1", Request(unreadable=1)),
        ("c=-1-2", Request(unreadable=1)),
        ("c=1-2-3", Request(unreadable=1)),
        ("c=1.5-2", Request(unreadable=1)),
        ("c=٣-٩", Request(unreadable=1)),
        ("c=1-1000000000000", Request(unreadable=1)),
        ("c=%00", Request(unreadable=1)),
        ("c=1-2&q=%ff%fe", Request((Target(1, 2, "\ufffd\ufffd"),))),
        ("a=1&" * 2000, Request(unreadable=1)),
        ("q=alone&x=y", Request()),
    ],
)
def test_what_an_address_asks_for(query: str, request_: Request) -> None:
    assert parse(query) == request_


def test_no_more_than_so_many_passages_are_read() -> None:
    request = parse("&".join(f"c={n}-{n + 1}" for n in range(MOST + 5)))
    assert request.targets == tuple(Target(n, n + 1) for n in range(MOST))
    assert (request.left_out, request.unreadable) == (5, 0)


@given(texts.filter(bool), texts, texts)
def test_what_was_written_is_read_back(quote: str, before: str, behind: str) -> None:
    document = Document("d", "t", ("s",), "f" * 64, before + quote + behind)
    citation = document.cite(len(before), len(before + quote))
    link = document_link(citation)
    assert link.isascii()
    assert not set(link) & set(" <>\"'`\n")
    target = Target(citation.start, citation.end, quote, citation.prefix, citation.suffix)
    assert parse(urlsplit(link).query) == Request((target,))


@given(st.lists(st.builds(Target, st.integers(0, 99), st.integers(0, 99), texts, texts, texts), max_size=5))
def test_several_passages_are_read_back(targets: list[Target]) -> None:
    known = tuple(target if target.quote else Target(target.start, target.end) for target in targets)
    cut = tuple(
        Target(t.start, t.end, t.quote, t.prefix[-CONTEXT:], t.suffix[:CONTEXT]) for t in known
    )  # as much as a citation keeps
    assert parse(urlsplit(address("d", known, begin=5)).query) == Request(cut, begin=5)


def test_half_a_surrogate_pair_makes_an_address_all_the_same() -> None:
    document = Document("d", "t", ("s",), "f" * 64, "a\ud800b")
    assert document_link(document.cite(1, 2)).startswith("/document/d?c=1-2&q=%3F&")


@given(st.text())
def test_no_query_is_an_error(query: str) -> None:
    assert len(parse(query).targets) <= MOST
