"""JSON lines: each value is found again under the number of its line, with each character of its strings."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa.errors import FileError
from qa.readers.extract import Extract
from qa.readers.jsonl import read_jsonl


def extract(*lines: str) -> Extract:
    return read_jsonl("\n".join(lines).encode(), "notes/data.jsonl")


def rows(*lines: str) -> dict[int, str]:
    """The text of each line by its number."""
    found = extract(*lines)
    assert found.places is not None
    assert found.places.unit == "row"
    starts = found.places.starts
    ends = [*(start - 2 for start in starts[1:]), len(found.text)][: len(starts)]
    return {
        number: found.text[start:end] for number, start, end in zip(found.places.numbers, starts, ends, strict=True)
    }


# --- by hand


def test_known_fields_are_a_title_and_paragraphs() -> None:
    found = extract(
        '{"_id": "7", "title": "On  moles", "text": "Moles dig.\\r\\n\\r\\nThey eat worms.", "year": 1999}',
        "",
        '{"Title": "On bees", "body": "Bees fly."}',
        '{"content": "No title."}',
    )
    assert found.text == (
        "On moles\n\n_id: 7; year: 1999\n\nMoles dig.\n\nThey eat worms.\n\nOn bees\n\nBees fly.\n\nNo title."
    )
    assert found.title == "data"
    assert found.notes == ()
    assert found.places is not None
    assert (found.places.starts, found.places.numbers) == ((0, 59, 79), (1, 3, 4))
    assert [(heading.start, heading.level, heading.text) for heading in found.headings] == [
        (0, 1, "On moles"),
        (59, 1, "On bees"),
        (79, 1, "No title."),  # else it would be found by what is above it
    ]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ('{"name": "Ann", "born": 1950, "alive": true, "died": null}', "name: Ann; born: 1950; alive: true."),
        ('{"a": {"b": {"c": "x"}, "d": ""}, "e": {}}', "a.b.c: x."),
        ('{"tags": ["red", "green", 3], "n": []}', "tags: red, green, 3."),
        ('{"who": [{"name": "Ann", "age": 7}, {"name": "Bob"}]}', "who.name: Ann; who.age: 7; who.name: Bob."),
        ('{"said": ["%s", "no"]}' % ("word " * 20), f"said: {'word ' * 19}word; said: no."),
        ('{"q": "Do moles dig?", "a": "They do."}', "q: Do moles dig? a: They do."),
        ('{"text": ["one", "two"], "title": 5}', "5\n\ntext: one, two."),
        ('["a", {"b": "c"}, [1, 2]]', "a; b: c; 1, 2."),
        ('["x", 1, false]', "x, 1, false."),
        ('"Two\\n\\nparagraphs"', "Two\n\nparagraphs"),
        ("12.50", "12.50"),
        ("true", "true."),
    ],
)
def test_a_value_is_written_out(line: str, text: str) -> None:
    assert rows(line) == {1: text}


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e400", "-0.10", "1" * 5000, "1E5"])
def test_a_number_is_as_it_is_written(number: str) -> None:
    assert rows(f'{{"n": {number}}}') == {1: f"n: {number}."}


def test_a_key_that_comes_twice_gives_both_values() -> None:
    assert rows('{"a": 1, "a": 2, "text": "x", "text": "y"}') == {1: "a: 1; a: 2\n\nx\n\ny"}


def test_what_is_no_character_is_replaced() -> None:
    assert rows(r'{"a": "x\ud800y\u0000z", "b\udfff": "\ud83c\udf09"}') == {1: "a: x\ufffdy\ufffdz; b\ufffd: 🌉."}


def test_control_characters_need_no_escape() -> None:
    assert rows('{"a": "one\ttwo"}') == {1: "a: one\ttwo."}


def test_lines_end_at_line_feeds_only() -> None:
    assert rows('{"a": "x\u2028y"}', '{"a": "z\x85"}') == {1: "a: x\u2028y.", 2: "a: z."}


def test_a_key_stays_short_and_in_one_line() -> None:
    assert rows('{"a\\n\\nb": 1}') == {1: "a b: 1."}
    long = rows(json.dumps({"k" * 500: {str(number): number for number in range(1000)}}))[1]
    assert len(long) < 110_000


@pytest.mark.parametrize("depth", [101, 5000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_what_is_nested_too_deeply_is_left_out(depth: int, opening: str, closing: str) -> None:
    deep = opening * depth + "1" + closing * depth
    found = extract('{"a": 1}', deep, '{"a": 2}')
    assert found.text == "a: 1.\n\na: 2."
    assert found.notes == ("Lines that were left out, as they are no JSON or nested too deeply: 2.",)


def test_fifty_levels_are_read() -> None:
    assert rows("[" * 50 + '"x"' + "]" * 50) == {1: "x."}


def test_lines_that_are_no_json_are_named() -> None:
    found = extract(*["{}", "{'a': 1}", '{"a": 1', "# comment", '"x"', "{} {}", "1", "[]", "null"])
    assert found.text == "x\n\n1"
    assert found.notes == ("Lines that were left out, as they are no JSON or nested too deeply: 2, 3, 4 and 1 more.",)


@pytest.mark.parametrize("lines", [["moles dig"], ["{", '"a": 1,', '"b": [', "2", "]", "}"], ["1", "x", "y"]])
def test_a_file_of_something_else_is_refused(lines: list[str]) -> None:
    with pytest.raises(
        FileError, match=r"not JSON lines: .* lines are no JSON value, such as line \d.*one value a line"
    ):
        extract(*lines)


def test_half_of_the_lines_may_be_wrong() -> None:
    assert rows("1", "x", "", "2", "y") == {1: "1", 4: "2"}


def test_the_encoding_is_that_of_a_text() -> None:
    assert read_jsonl('{"a": "é"}\n'.encode("utf-16"), "a.jsonl").text == "a: é."
    guessed = read_jsonl(
        '{"text": "Le café est fermé depuis un siècle, et les élèves mangent à l’école."}'.encode("cp1252"), "a"
    )
    assert "l’école" in guessed.text
    assert "windows-1252" in guessed.notes[0]


# --- whatever a line holds

texts = st.one_of(st.text(max_size=20), st.sampled_from(["\n\n", "\r", "a\n\n b", "\ud800", "\0", "x" * 70, " "]))
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts)
keys = st.one_of(st.sampled_from(["title", "text", "Body", "name", ""]), texts)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
)


def leaves(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [] if value is None else [value if isinstance(value, str) else json.dumps(value)]


def squashed(text: str) -> str:
    return "".join(re.sub("[\0\ud800-\udfff]", "\ufffd", text).split())


@given(st.lists(values, min_size=1, max_size=6), st.booleans())
@example([{"text": "\ud83c", "title": "\udf09"}], True)
@settings(deadline=None)
def test_every_string_is_in_its_row(table: list[Any], ascii_only: bool) -> None:
    lines = [json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "replace").decode() for value in table]
    found = rows(*lines)
    for number, line in enumerate(lines, 1):
        block = squashed(found.get(number, ""))
        for leaf in leaves(json.loads(line)):
            assert squashed(leaf) in block
    assert set(found) <= set(range(1, len(table) + 1))


@given(st.text('{}[]",:\\u019 aé\n', max_size=60))
@settings(deadline=None)
def test_any_lines_give_a_text_or_a_sentence(content: str) -> None:
    try:
        found = read_jsonl(content.encode(), "a.jsonl")
    except FileError:
        return
    assert found.text == found.text.encode().decode()
    assert "\0" not in found.text
