"""What a process that parses sends, and that nothing of it is believed: messages, answers, extracts."""

from __future__ import annotations

import dataclasses
import datetime
import io
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import FileError
from qa.readers import Extract, Heading
from qa.sandbox import Sandbox, process, sandbox, wire
from qa.sandbox.extracts import extract_of, fields_of
from qa.tags import normalised_tags
from qa.types import Places

LIAR = """
import sys
requests, answers = sys.stdin.buffer, sys.stdout.buffer
answers.write((2).to_bytes(8, "big") + bytes(8) + b"{}")
answers.flush()
while length := requests.read(8):
    payload = int.from_bytes(requests.read(8), "big")
    requests.read(int.from_bytes(length, "big"))
    answers.write(requests.read(payload))
    answers.flush()
"""


@pytest.fixture
def liar(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox whose process sends whatever the file holds, as its answer."""
    monkeypatch.setattr(process, "START", LIAR)
    monkeypatch.setattr(process, "_TICK", 0.05)
    monkeypatch.setattr(process, "_DYING", 0.3)
    monkeypatch.setattr(sandbox, "_SECONDS", 1)
    monkeypatch.setattr(sandbox, "_WAITING", 0.3)
    with Sandbox() as box:
        yield box


def message(fields: str, payload: bytes = b"") -> bytes:
    return len(fields).to_bytes(8, "big") + len(payload).to_bytes(8, "big") + fields.encode() + payload


def done(payload: bytes = b"four", **lies: object) -> bytes:
    """The answer that a process would give first, with some fields that are lies."""
    fields, _ = fields_of(Extract("a title", "four"))
    return message(json.dumps({"kind": "done", "number": 1, "fields": {**fields, **lies}}), payload)


def test_an_answer_is_taken(liar: Sandbox) -> None:
    assert liar.read(done(), "a.txt") == Extract("a title", "four")
    told = '{"kind":"refused","number":2,"told":"it is wrong."}'
    with pytest.raises(FileError, match=r"^it is wrong\.$"):
        liar.read(message(told), "a.txt")
    assert liar._process


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"A",
        b"A" * 100,
        b"\xff" * 100,
        message(""),
        message("[1]"),
        message("null"),
        message("{"),
        message("[" * 100_000),
        message("{}"),
        message('{"kind":"done"}'),
        message('{"kind":"done","number":1}'),
        message('{"kind":"done","number":1,"fields":{}}'),
        message('{"kind":"done","number":1,"fields":[]}'),
        message('{"kind":"refused","number":1}'),
        message('{"kind":"refused","number":1,"told":[]}'),
        message('{"kind":"refused","number":1,"told":"\\ud800"}'),
        message('{"kind":"refused","number":1,"told":"' + "a" * 1001 + '"}'),
        message('{"kind":"refused","number":2,"told":"the next"}'),
        message('{"kind":"other","number":1,"told":"a"}'),
        message("{}", b"p")[:-1],
        message("{}", bytes(2_000_000))[:30],
        bytes(15) + b"\1{",
        done()[:-1],
        done(b""),
        done(b"\xff"),
        done(b"a\0b"),
        done(b" \n "),
    ],
    ids=repr,
)
def test_what_is_no_answer_is_never_taken_for_one(liar: Sandbox, answer: bytes) -> None:
    begin = time.monotonic()
    with pytest.raises(
        FileError, match=r"^what was read from it cannot be right|^it grows to more than|^reading it takes"
    ):
        liar.read(answer, "a.txt")
    assert time.monotonic() - begin < 3
    assert liar._process is None


def test_what_comes_behind_an_answer_is_not_the_next_one(liar: Sandbox) -> None:
    assert liar.read(done() + done(b"lies"), "a.txt").text == "four"
    with pytest.raises(FileError, match="an answer to something else"):
        liar._ask({}, done(b"five"), extract_of)


def test_an_error_is_shown_without_what_steers_a_terminal(liar: Sandbox) -> None:
    with pytest.raises(FileError, match=re.escape("foresaw (a  [31mred one).")):
        liar.read(message('{"kind":"failed","number":1,"told":"a\\n\\u001b[31mred one"}'), "a.txt")


LIES = [
    {"title": "\ud800"},
    {"title": "a\0b"},
    {"title": 1},
    {"title": None},
    {"heading_starts": [5], "heading_levels": [1], "heading_texts": ["a"]},
    {"heading_starts": [-1], "heading_levels": [1], "heading_texts": ["a"]},
    {"heading_starts": [0], "heading_levels": [0], "heading_texts": ["a"]},
    {"heading_starts": [0], "heading_levels": [101], "heading_texts": ["a"]},
    {"heading_starts": [0], "heading_levels": [1], "heading_texts": [None]},
    {"heading_starts": [0], "heading_levels": [1], "heading_texts": ["\ud800"]},
    {"heading_starts": [0.5], "heading_levels": [1], "heading_texts": ["a"]},
    {"heading_starts": [True], "heading_levels": [1], "heading_texts": ["a"]},
    {"heading_starts": [2, 1], "heading_levels": [1, 1], "heading_texts": ["a", "b"]},
    {"heading_starts": [0, 1], "heading_levels": [1], "heading_texts": ["a", "b"]},
    {"heading_starts": [0], "heading_levels": [1], "heading_texts": []},
    {"page_starts": [5]},
    {"page_starts": [1, 0]},
    {"page_starts": "01"},
    {"page_starts": 1},
    {"page_starts": [10**30]},
    {"page_starts": [float("nan")]},
    {"page_starts": [[0]]},
    {"body_start": 5},
    {"body_start": -1},
    {"body_start": None},
    {"body_start": False},
    {"blank_pages": [1]},
    {"page_starts": [0, 1], "blank_pages": [3]},
    {"page_starts": [0, 1], "blank_pages": [0]},
    {"page_starts": [0, 1], "blank_pages": [2, 1]},
    {"date": "yesterday"},
    {"date": "2023-02-29"},
    {"date": 20230228},
    {"tags": ["Not Normalised"]},
    {"tags": ["a", "a"]},
    {"tags": [1]},
    {"tags": "a"},
    {"places": []},
    {"places": {}},
    {"places": {"unit": "page", "starts": [0], "numbers": [1]}},
    {"places": {"unit": ["line"], "starts": [0], "numbers": [1]}},
    {"places": {"unit": "line", "starts": [0], "numbers": []}},
    {"places": {"unit": "line", "starts": [0, 5], "numbers": [1, 2]}},
    {"places": {"unit": "line", "starts": [1, 0], "numbers": [1, 2]}},
    {"places": {"unit": "line", "starts": [0], "numbers": [0]}},
    {"places": {"unit": "line", "starts": [0], "numbers": [2**31 + 1]}},
    {"places": {"unit": "line", "starts": [0], "numbers": ["1"]}},
    {"places": {"unit": "line", "starts": [0], "numbers": [1], "more": 1}},
    {"notes": ["a\0b"]},
    {"notes": None},
    {"notes": [["nested"]]},
    {"more": 1},
]


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_an_extract_that_cannot_be_right(lie: dict[str, Any]) -> None:
    fields, payload = fields_of(Extract("a title", "four"))
    with pytest.raises(ValueError, match=r"."):
        extract_of(json.loads(json.dumps({**fields, **lie})), payload)


@pytest.mark.parametrize("name", sorted(fields_of(Extract("", ""))[0]))
def test_an_extract_with_a_field_missing(name: str) -> None:
    fields, payload = fields_of(Extract("a title", "four"))
    del fields[name]
    with pytest.raises(ValueError, match="the fields of an extract"):
        extract_of(fields, payload)


# --- the wire and what goes over it

plain = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


@st.composite
def extracts(draw: st.DrawFn) -> Extract:
    text = draw(plain.filter(str.strip))

    def offsets(most: int = 5) -> list[int]:
        return sorted(draw(st.lists(st.integers(0, len(text)), max_size=most)))

    starts, pages = offsets(), tuple(offsets())
    blank = draw(st.sets(st.integers(1, len(pages)))) if pages else ()
    return Extract(
        title=draw(plain),
        text=text,
        headings=tuple(Heading(start, draw(st.integers(1, 9)), draw(plain)) for start in offsets()),
        page_starts=pages,
        body_start=draw(st.integers(0, len(text))),
        date=draw(st.none() | st.dates()),
        tags=normalised_tags(draw(st.lists(plain, max_size=3))),
        places=draw(
            st.none()
            | st.builds(
                Places,
                st.sampled_from(["line", "paragraph", "row", "slide"]),
                st.just(tuple(starts)),
                st.tuples(*[st.integers(1, 10**6)] * len(starts)),
            )
        ),
        blank_pages=tuple(sorted(blank)),
        notes=tuple(draw(st.lists(plain, max_size=2))),
    )


def sent(fields: dict[str, Any], payload: bytes) -> tuple[dict[str, Any], bytes]:
    """What arrives of a message."""
    stream = io.BytesIO()
    wire.send(stream, fields, payload)
    stream.seek(0)
    arrived, length = wire.receive_fields(stream)
    payload = wire.receive_payload(stream, length)
    assert stream.read() == b""
    return arrived, payload


@given(extracts())
def test_every_extract_arrives_as_it_was(extract: Extract) -> None:
    assert extract_of(*sent(*fields_of(extract))) == extract


def test_every_field_of_an_extract_is_sent() -> None:
    names = {field.name for field in dataclasses.fields(Extract)}
    assert {re.sub("^heading_.*", "headings", name) for name in fields_of(Extract("a", "b"))[0]} == names - {"text"}


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(extracts(), st.data())
def test_whatever_a_field_is_it_is_refused_or_makes_a_sound_extract(extract: Extract, data: st.DataObject) -> None:
    fields, payload = fields_of(extract)
    name = data.draw(st.sampled_from(sorted(fields)))
    try:
        made = extract_of(json.loads(json.dumps({**fields, name: data.draw(values)})), payload)
    except ValueError:
        return
    assert extract_of(*sent(*fields_of(made))) == made
    assert all(type(start) is int and 0 <= start <= len(made.text) for start in (*made.page_starts, made.body_start))
    assert made.date is None or type(made.date) is datetime.date


@given(st.binary(max_size=40))
def test_whatever_bytes_come_they_are_a_message_or_refused(data: bytes) -> None:
    stream = io.BytesIO(data)
    try:
        fields, _ = wire.receive_fields(stream)
    except (EOFError, OverflowError, ValueError):
        return
    assert isinstance(fields, dict)


@pytest.mark.parametrize("cut", range(27))
def test_half_a_message_is_none(cut: int) -> None:
    stream = io.BytesIO()
    wire.send(stream, {"a": 1}, b"pay")  # 16 bytes of lengths, 7 of JSON, 3 of payload
    assert len(stream.getvalue()) == 26
    short = io.BytesIO(stream.getvalue()[:cut])
    if cut < 26:
        with pytest.raises(EOFError):
            wire.receive_payload(short, wire.receive_fields(short)[1])
    else:
        assert wire.receive_fields(short) == ({"a": 1}, 3)


def test_too_much_json_is_refused_before_it_is_read() -> None:
    with pytest.raises(OverflowError, match="100,000,001 bytes"):
        wire.receive_fields(io.BytesIO((100_000_001).to_bytes(8, "big") + bytes(8)))
