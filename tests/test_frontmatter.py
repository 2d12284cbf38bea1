"""Front matter: what a document says of itself, and that nothing it says can keep it from being indexed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa.passages import MAX_BYTES, split
from qa.readers import Extract, read
from qa.readers.frontmatter import FrontMatter, read_front_matter
from qa.types import Document


def said(block: str) -> FrontMatter:
    """What a block says, with a body below it."""
    return read_front_matter(f"---\n{block}\n---\nThe body.\n")


def markdown(text: str) -> Extract:
    return read(text.encode(), "notes/plan.md")


def passages(text: str) -> list[tuple[tuple[str, ...], str]]:
    extract = markdown(text)
    document = Document("d", extract.title, ("plan.md",), "5e1f", extract.text)
    return [(found.headings, found.text) for found in split(document, extract.headings, extract.body_start)]


# --- where it ends


@pytest.mark.parametrize(
    ("block", "body"),
    [
        ("---\ntitle: x\n---\n", "Body."),
        ("---\ntitle: x\n...\n", "Body."),
        ("--- \t\ntitle: x\n--- \n", "Body."),
        ("---\n\ntitle: x\n\n\ntags:\n\n- a\n---\n", "\nBody."),
        ("---\n# a comment\ntitle: x\n---\n", "---\nBody."),
        ("---\n{title: x}\n---\n", "Body."),
        ('---\n{"title": "x", "tags": ["a"]}\n---\n', "# Body"),
        ("---\ntitle: x\n---", ""),
        ("---\ntitle: x\n---\n", "\n"),
        ("---\ntitle: |\n  x\n  ---\n---\n", "Body."),
    ],
)
def test_a_block_ends_behind_its_last_line(block: str, body: str) -> None:
    front = read_front_matter(block + body)
    assert front.end == len(block)
    assert front.title.startswith("x")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "---",
        "---\n",
        "---\n---\n",
        "---\n\n---\n",
        "---\ntitle: x\n",
        "---\ntitle: x\n----\n",
        "---\ntitle: x\n---- \n--- b\n",
        "----\ntitle: x\n---\n",
        " ---\ntitle: x\n---\n",
        "\n---\ntitle: x\n---\n",
        "title: x\n---\n",
        "+++\ntitle: x\n+++\n",
        "---\ntitle: x\n ---\n",
        "---\nOnly prose.\n---\n",
        "---\n# A heading\n---\n",
        "---\n- a\n- list\n---\n",
        "---\nNote: this is a draft.\n\nThe tower was built in 1890.\n---\n",
    ],
)
def test_what_is_no_mapping_between_two_lines_is_no_front_matter(text: str) -> None:
    assert read_front_matter(text) == FrontMatter()


def test_a_block_of_64_000_characters_is_read_and_no_longer_one() -> None:
    longest = "---\ntitle: x\n".ljust(63_996, "#") + "\n---"
    assert read_front_matter(f"{longest}\nBody.") == FrontMatter(end=64_001, title="x")
    assert read_front_matter(longest.replace("x", "xy") + "\nBody.") == FrontMatter()
    assert read_front_matter(f"{longest}x\n") == FrontMatter()  # no last line, though the search ends within it


# --- the title


@pytest.mark.parametrize(
    ("block", "title"),
    [
        ("title: The tower", "The tower"),
        ("title: 'It''s: tall'", "It's: tall"),
        ('title: "T\\u00fcrme \\x41"', "Türme A"),
        ("title: >\n  Two\n  lines  here\n", "Two lines here"),
        ("Title: x", "x"),
        ("title: first\ntitle: last", "last"),
        ("title: 1984", "1984"),
        ("title: 1.10", "1.10"),
        ("title: No", "No"),
        ("title: 2024-05-01", "2024-05-01"),
        ("title:", ""),
        ("title: ~", ""),
        ("title: null", ""),
        ("title: '  '", ""),
        ("title: [a, b]", ""),
        ("title: {a: b}", ""),
        ("title: !!binary eA==", ""),
        ("title: !!python/name:os.system", ""),
        ("title: !local x", ""),
        ('title: "a\\0b\\ud800"', "a b?"),
        ("1: x\n[a]: b\n? {c: d}\n: e\ntitle: x", "x"),
        ("<<: {title: merged}\ntitle: x", "x"),
    ],
)
def test_the_title(block: str, title: str) -> None:
    front = said(block)
    assert front.end == len(block) + 9
    assert front.title == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("---\ntitle: From the front\n---\n# Heading\n", "From the front"),
        ("---\ndate: 2024-05-01\n---\n# Heading\n", "Heading"),
        ("---\ntitle: ''\n---\nBody.\n", "plan"),
        ("---\ntitle: [x\n---\nBody.\n", "plan"),
        ("\ufeff---\ntitle: Behind a mark\n---\nBody.\n", "Behind a mark"),
        ("---\r\ntitle: Line ends\r\n---\r\nBody.\r\n", "Line ends"),
    ],
)
def test_a_document_is_called_by_its_front_matter_then_its_heading_then_its_file(text: str, title: str) -> None:
    assert markdown(text).title == title


def test_an_endless_title_is_cut() -> None:
    title = markdown(f"---\ntitle: {'word ' * 1000}\n---\nBody.").title
    assert len(title) == 200
    assert title.endswith("…")


# --- the date


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-31",
        "'2024-05-31'",
        "2024-05-31 # the last",
        "2024-05-31T23:30:00",
        "2024-05-31t23:30:00.123Z",
        "2024-05-31 23:30",
        "2024-05-31 23:30:00 +0100",
        "2024-05-31 23:30:00 -5",
        '"2024-05-31T23:30:00-05:00"',
    ],
)
def test_a_date_is_the_day_that_is_written(text: str) -> None:
    assert said(f"date: {text}").date == date(2024, 5, 31)


@pytest.mark.parametrize(
    "text",
    [
        *("", "~", "2024", "2024-05", "20240531", "2024-5-1", "31.05.2024", "05/31/2024", "May 31, 2024", "yesterday"),
        *("2024-13-01", "2024-02-30", "0000-01-01", "2024-05-31 banana", "2024-05-31T", "2024-05-311", "-2024-05-31"),
        *("[2024-05-31]", "{day: 2024-05-31}", "true", "1e400", ".nan", "９９９９-01-01", "!!timestamp soon"),
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    front = said(f"title: x\ndate: {text}")
    assert (front.title, front.date) == ("x", None)


@pytest.mark.parametrize(
    ("block", "day"),
    [
        ("created: 2020-01-01", 1),
        ("published: 2020-01-02", 2),
        ("published: 2020-01-02\ncreated: 2020-01-01", 1),
        ("published: 2020-01-02\ncreated: 2020-01-01\ndate: 2020-01-03", 3),
        ("date: soon\npublished: 2020-01-02", 2),
        ("date: 2020-02-30\ncreated: 2020-01-01", 1),
        ("date: 2020-01-01\ndate: 2020-01-04", 4),
    ],
)
def test_other_dates_stand_in_for_it(block: str, day: int) -> None:
    assert said(block).date == date(2020, 1, day)


# --- the tags


@pytest.mark.parametrize(
    ("block", "tags"),
    [
        ("tags: [a, b]", ("a", "b")),
        ("tags:\n- a\n- b", ("a", "b")),
        ("tags:\n  - New   York\n  - '#Minutes'\n  - minutes", ("new york", "minutes")),
        ("tags: a b  c", ("a", "b", "c")),
        ("tags: machine learning, physics,, ", ("machine learning", "physics")),
        ("tags: |\n  a\n  b", ("a", "b")),
        ("tags: '#a #b'", ("a", "b")),
        ("tags: [2024, 1.10, 0x10, yes, True, 2024-05-01]", ("2024", "1.10", "0x10", "yes", "true", "2024-05-01")),
        ("tags: 2024", ("2024",)),
        ("tags: [a, ~, '', ' ', '#', null, [b], {c: d}]", ("a",)),
        ("tags:", ()),
        ("tags: {a: b}", ()),
        ("tags: []", ()),
        ("tag: a\ncategories: [b]\nkeywords: c, a\ntags: d", ("d", "c", "a", "b")),
        ("Tags: a", ("a",)),
        ("tags: a\ntags: b", ("b",)),
        ('tags: ["a\\0b", "\\ud800"]', ("a b", "?")),
    ],
)
def test_the_tags(block: str, tags: tuple[str, ...]) -> None:
    assert said(block).tags == tags


def test_a_document_has_100_tags_at_most() -> None:
    assert said(f"tags: [{', '.join(map(str, range(300)))}]").tags == tuple(map(str, range(100)))


# --- what is malformed


@pytest.mark.parametrize(
    "block",
    [
        "title: Towers: a history\ndate: 2024-05-01",
        "title: [x",
        "title: 'x",
        "title: x\n\tdate: y",
        "title: @x",
        "title: x\n- a",
        "title: %x\n  y: z: w",
        "title: x\n'other: y",
        'title: "\\q"',
        'title: "\\UFFFFFFFF"',
        'title: "\\U00110000"',
        "title: \x07",
        "title: x\n--- y",
        "'quoted': [",
    ],
)
def test_a_block_that_yaml_cannot_read_is_front_matter_without_metadata(block: str) -> None:
    assert said(block) == FrontMatter(end=len(block) + 9)


@pytest.mark.parametrize(
    "block",
    [
        "title: &a x",
        "title: x\ntags: &a [a]",
        "title: &a x\ntags: [*a]",
        "title: *nowhere",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\ntitle: x",
        "title: x\nbase: &base {k: v}\nmore:\n  <<: *base",
    ],
)
def test_anchors_and_aliases_are_refused(block: str) -> None:
    assert said(block) == FrontMatter(end=len(block) + 9)


@pytest.mark.parametrize(
    "block",
    [
        "a: " + "[" * 60_000,
        "a: " + "{" * 60_000,
        "a: " + "[a: " * 15_000,
        "a:\n " + "- " * 30_000,
        "a: " + "[" * 1000 + "]" * 1000,
        "a: ? " + "? " * 10_000,
        "a: " + "!" * 60_000,
        "a: &" + "b" * 60_000,
    ],
)
def test_what_lies_deep_crashes_nothing(block: str) -> None:
    front = said(block)
    assert (front.title, front.date, front.tags) == ("", None, ())


@pytest.mark.parametrize("tag", ["9" * 20_000, "1" + ":1" * 10_000, "0x" + "f" * 20_000])
def test_a_number_without_end_is_only_text(tag: str) -> None:
    assert said(f"title: {tag}\ntags: [{tag}]") == FrontMatter(
        end=2 * len(tag) + 25, title=tag, tags=(tag.casefold()[:100],)
    )


# --- headings and passages


def test_front_matter_is_no_heading_and_offsets_stand() -> None:
    text = "---\ntitle: x\n# Comment\ntags: [a]\n---\nIntro.\n\n# One\n\nSub\n---\n"
    extract = markdown(text)
    assert extract.text == text
    assert text[extract.body_start :].startswith("Intro.")
    assert [(heading.level, heading.text, text[heading.start :][:5]) for heading in extract.headings] == [
        (1, "One", "# One"),
        (2, "Sub", "Sub\n-"),
    ]


def test_two_rules_around_prose_are_read_as_before() -> None:
    extract = markdown("---\n# Real\n---\n\nText.")
    assert (extract.title, extract.body_start) == ("Real", 0)


def test_front_matter_is_one_passage_by_itself() -> None:
    front = "---\ntitle: x\ndate: 2024-05-01\n\ntags:\n\n  - a\n  - b\n---"
    assert passages(f"{front}\nIt stands.\n\nIt fell.\n") == [((), front), ((), "It stands."), ((), "It fell.")]
    assert passages(f"{front}\n\n# One\n\nIt stands.\n") == [((), front), (("One",), "# One\n\nIt stands.")]
    assert passages(f"{front}\n\n- an item\n\nA caption") == [((), front), ((), "- an item\n\nA caption")]
    assert passages(f"{front}\n") == [((), front)]


def test_long_front_matter_is_cut_as_other_texts_are() -> None:
    front = "---\n" + "".join(f"key{number}: some value.\n" for number in range(200)) + "---"
    found = [text for _, text in passages(f"{front}\nIt stands.")]
    assert found[-1] == "It stands."
    assert len(found) > 2
    assert all(len(text) <= MAX_BYTES for text in found)
    assert "".join("".join(found).split()) == "".join(f"{front}It stands.".split())


def test_a_plain_text_has_none() -> None:
    extract = read(b"---\ntitle: x\ntags: [a]\n---\n", "plan.txt")
    assert (extract.title, extract.date, extract.tags, extract.body_start) == ("plan", None, (), 0)


# --- properties

PARTS = [
    *("---\n", "---", "...\n", "\n", " ", "  ", "\t", ":", ": ", "- ", "? ", "#", "# ", "|\n", ">\n", "'", '"', "\\"),
    *(
        "[",
        "]",
        "{",
        "}",
        ",",
        "&a ",
        "*a",
        "!",
        "!!int ",
        "!!set ",
        "%",
        "@",
        "`",
        "<<",
        "=",
        "~",
        "\\x",
        "\\U",
        "\\u",
    ),
    *("title: ", "date: ", "tags: ", "created: ", "tag: ", "a: b\n", "2024-05-01", "2024", "0x", "1:1", "1_0", ".inf"),
    *("yes", "é", "\x85", "\u2028", "\ufeff", "\x07", "🌉", "d800", "FFFFFFFF", "\n---\n", "Body.\n"),
]
blocks = st.lists(
    st.one_of(
        st.sampled_from(PARTS), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=5)
    ),
    max_size=30,
).map("".join)


@settings(max_examples=500, deadline=None)
@given(st.one_of(blocks, blocks.map(lambda block: f"---\ntitle: {block}\n---\nBody."), st.text(max_size=200)))
@example("---\nk: \ud800\n---\n")
@example("---\n%YAML 1" + "1" * 5000 + ".1\n--- x: y\n---\n")
def test_no_text_is_an_error(text: str) -> None:
    front = read_front_matter(text)
    assert 0 <= front.end <= len(text)
    assert front.end == 0 or text[: front.end].rstrip().endswith(("---", "..."))
    assert len(front.tags) <= 100
    for written in (front.title, *front.tags):
        written.encode()
        assert "\0" not in written
        assert written == " ".join(written.split())
    assert front.end or front == FrontMatter()


@settings(max_examples=300, deadline=None)
@given(blocks, blocks)
@example("title: x", "# One\n\nText.")
def test_no_offset_moves_and_no_character_is_lost(block: str, body: str) -> None:
    text = f"---\n{block}\n---\n{body}"
    extract = markdown(text)
    assert extract.text == text
    assert all(heading.start >= extract.body_start for heading in extract.headings)
    assert all(heading.start == 0 or text[heading.start - 1] == "\n" for heading in extract.headings)
    at = 0
    for passage in split(Document("d", "t", ("s.md",), "5e1f", text), extract.headings, body_start=extract.body_start):
        assert passage.text == text[passage.start : passage.end] == passage.text.strip() != ""
        assert text[at : passage.start].strip() == ""
        assert at <= passage.start
        assert not passage.start < extract.body_start < passage.end
        at = passage.end
    assert text[at:].strip() == ""
