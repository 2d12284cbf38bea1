"""From bytes to passages: no character of a text is lost, and all that points into the text points to what is there."""

from __future__ import annotations

import csv
import json
from io import StringIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.documents.writing import WRITERS
from qa.errors import FileError
from qa.passages import split
from qa.readers import Extract, read
from qa.types import Document

PARTS = [
    *(
        "\n",
        "\n\n",
        " \n",
        "\t",
        "\r\n",
        "\x0b",
        "\x0c",
        "\x1c",
        "\x85",
        "\xa0",
        "\u2028",
        "\u3000",
        "\ufeff",
        "\u200b",
    ),
    *("---\n", "title: A\n", "...\n", "# A\n", "## B ##\n", "A\n===\n", "B\n---\n", "- a\n", "1. a\n", "> a\n", "a:\n"),
    *(
        "```\n",
        "    a\n",
        "<!--\n",
        "-->",
        "| a | b |\n",
        "a, b; c\n",
        '"',
        "'",
        ";",
        "<p>",
        "</p>",
        "<b hidden>",
        "&amp;",
    ),
    *("Word and word. ", "He said (so). ", "Dr. Hale. ", "?!", "灯塔。", "👩‍👩‍👧", "e\u0301", "x" * 1001, "漢" * 340),
    "A line that is longer than anyone would wrap by hand, " * 3 + "\n",
]
texts = st.lists(
    st.one_of(st.sampled_from(PARTS), st.text(st.characters(exclude_categories=["Cs"]), max_size=8)), max_size=20
).map("".join)


def check(extract: Extract) -> None:
    """Passages hold every character but white space, once and in order; offsets and places ascend within the text."""
    text, places = extract.text, extract.places
    document = Document("d", extract.title, ("a",), "h", text, extract.page_starts, places=places)
    at = 0
    for passage in split(document, extract.headings, extract.body_start):
        assert text[at : passage.start].strip() == ""
        assert passage.text == text[passage.start : passage.end] == passage.text.strip() != ""
        assert passage.page == document.page(passage.start)
        at = passage.end
    assert text[at:].strip() == ""
    starts = [heading.start for heading in extract.headings]
    assert starts == sorted(set(starts))
    assert all(0 <= start < len(text) for start in starts)
    assert list(extract.page_starts) == sorted(extract.page_starts)
    assert extract.page_starts == () or (extract.page_starts[0] == 0 and extract.page_starts[-1] <= len(text))
    if places is not None:
        assert places.starts[0] == 0
        assert list(places.starts) == sorted(set(places.starts))
        assert places.starts[-1] < len(text)
        assert len(places.numbers) == len(places.starts)
        assert min(places.numbers) >= 1


@settings(max_examples=300, deadline=None)
@given(texts, st.sampled_from(["a.txt", "a.md"]))
@example("---\ntitle: A\n---\n\n# B\n\nText.\n", "a.md")
@example("---\ntitle: A\n---", "a.md")
@example("---\na: " + "word " * 500 + "\n---\nText.", "a.md")
def test_every_character_of_a_plain_text_belongs_to_a_passage(text: str, name: str) -> None:
    try:
        extract = read(text.encode(), name)
    except FileError:
        assert "\0" in text or not text.lstrip("\ufeff").strip()
        return
    if not extract.notes:
        assert extract.text == text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    check(extract)


@settings(max_examples=200, deadline=None)
@example("a\n\u3000\n\u3000\n\u3000<p>b\n<p>\u3000<p>c", "a.html")
@given(texts, st.sampled_from(["a.html", "a.xhtml", "a.csv", "a.tsv", "a.jsonl"]))
def test_every_character_of_what_is_read_from_any_text_belongs_to_a_passage(text: str, name: str) -> None:
    try:
        extract = read(text.encode(), name)
    except FileError:
        return
    check(extract)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=6), st.sampled_from([".csv", ".tsv", ".jsonl"]))
def test_every_character_of_rows_belongs_to_a_passage(rows: list[tuple[str, str]], suffix: str) -> None:
    if suffix == ".jsonl":
        data = "\n".join(json.dumps({"title": first, "note": second}) for first, second in rows)
    else:
        stream = StringIO()
        csv.writer(stream, "excel-tab" if suffix == ".tsv" else "excel").writerows(rows)
        data = stream.getvalue()
    try:
        extract = read(data.encode(), f"a{suffix}")
    except FileError:
        return
    check(extract)


@pytest.mark.parametrize("format_", WRITERS)
def test_every_character_of_a_document_of_another_program_belongs_to_a_passage(format_: str) -> None:
    known = WRITERS[format_](1)
    extract = read(known.data, known.name)
    check(extract)
    for phrase in known.places:
        assert extract.text.count(phrase) == 1
