"""From a text to passages and sentences: nothing is lost, and what belongs together stays together."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa.passages import MAX_BYTES, sentences, split
from qa.readers import Heading, read
from qa.types import Document, Passage, Places, Unit


def passages(text: str, *, page_starts: tuple[int, ...] = (), headings: tuple[Heading, ...] = ()) -> list[Passage]:
    return split(Document("d", "t", ("s.txt",), "5e1f", text, page_starts), headings)


def texts(text: str) -> list[str]:
    return [passage.text for passage in passages(text)]


def markdown(text: str) -> list[tuple[tuple[str, ...], str]]:
    found = passages(text, headings=read(text.encode(), "a.md").headings)
    return [(passage.headings, passage.text) for passage in found]


LONG_A = "The first of two long lines goes on and on, " + "over hill and dale, " * 5 + "until it comes to its end."
LONG_B = "The second of two long lines goes on and on, " + "over dale and hill, " * 5 + "until it comes to its end."


# --- what is one passage, by hand


def test_blank_lines_separate_paragraphs() -> None:
    text = "One fell.\n\nTwo rose.\n \t \nThree stood.\n\n\n\n"
    assert [(p.start, p.end, p.text) for p in passages(text)] == [
        (0, 9, "One fell."),
        (11, 20, "Two rose."),
        (25, 37, "Three stood."),
    ]


def test_passages_know_their_document() -> None:
    assert {passage.document_id for passage in passages("One fell.\n\nTwo rose.")} == {"d"}


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", " \t\n\u3000\n"])
def test_a_text_of_white_space_has_no_passages(text: str) -> None:
    assert passages(text) == []
    assert sentences(text) == []


def test_a_text_without_a_line_end_is_one_passage() -> None:
    assert texts("  Only this.  ") == ["Only this."]


def test_long_lines_are_a_paragraph_each() -> None:
    assert len(LONG_A) > 120
    assert texts(f"{LONG_A}\n{LONG_B}\n") == [LONG_A, LONG_B]


def test_wrapped_lines_are_one_paragraph() -> None:
    wrapped = (
        "The lighthouse was built in 1890 by the brothers Hale,\n"
        "who came from the north. It burned down twice and was\n"
        "rebuilt both times within a year."
    )
    assert texts(wrapped + "\n\nAnother one.\n") == [wrapped, "Another one."]


def test_a_sentence_that_ends_well_before_the_margin_ends_its_paragraph() -> None:
    first = "The lighthouse was built in 1890 by the brothers Hale,\nwho came north."
    second = "Nobody knows who paid for it, or what it had cost them."
    assert texts(f"{first}\n{second}\n") == [first, second]


@pytest.mark.parametrize("caption", ["# The lighthouse", "The lighthouse", "Figure 3: the lighthouse", "1890"])
@pytest.mark.parametrize("gap", ["\n\n", "\n\n\n\n"])
def test_headings_and_captions_travel_with_what_follows(caption: str, gap: str) -> None:
    text = f"Before it there was this.\n\n{caption}{gap}It was built by hand.\n\nIt still stands."
    assert texts(text) == ["Before it there was this.", f"{caption}{gap}It was built by hand.", "It still stands."]


def test_a_heading_right_above_its_paragraph_travels_with_it() -> None:
    assert texts("# Who\nThe brothers Hale.\n# When\nIn 1890.") == ["# Who\nThe brothers Hale.", "# When\nIn 1890."]


def test_a_run_of_headings_stays_together() -> None:
    assert texts("# A\n\n## B\n\nText is here.") == ["# A\n\n## B\n\nText is here."]


def test_link_lines_travel_with_a_paragraph() -> None:
    text = "It was built by hand.\n\nhttps://example.org/lighthouse\n\nIt still stands."
    assert texts(text) == ["It was built by hand.", "https://example.org/lighthouse\n\nIt still stands."]


def test_a_fragment_at_the_end_travels_with_what_precedes() -> None:
    assert texts("It was built by hand.\n\nPhoto: A. Hale") == ["It was built by hand.\n\nPhoto: A. Hale"]


def test_list_items_travel_with_the_line_that_opens_the_list() -> None:
    text = "For the lamp they needed three things:\n\n- oil\n- a wick\n- patience\n\nThen it was lit."
    assert texts(text) == ["For the lamp they needed three things:\n\n- oil\n- a wick\n- patience", "Then it was lit."]


def test_numbered_items_stay_together() -> None:
    text = "Do this:\n1. Fill it.\n2. Light it.\n3) Leave."
    assert texts(text) == [text]


def test_a_list_that_is_too_long_is_divided_between_items() -> None:
    items = [f"- item number {number} of a long list that goes on for some time" for number in range(40)]
    found = texts("The list:\n\n" + "\n".join(items))
    assert len(found) > 1
    assert [line for text in found for line in text.split("\n")] == ["The list:", "", *items]


def test_a_text_of_fragments_alone_is_kept() -> None:
    assert texts("alpha\n\nbeta\n\ngamma") == ["alpha\n\nbeta\n\ngamma"]


def test_a_paragraph_that_is_too_long_is_cut_between_sentences_into_like_pieces() -> None:
    parts = [f"Sentence number {number:02} says a little about one thing or another." for number in range(30)]
    text = " ".join(parts)
    found = texts(text)
    assert len(text) == 30 * 65 + 29 - sum(65 - len(part) for part in parts)
    assert " ".join(found) == text
    assert all(piece.startswith("Sentence number") and piece.endswith("another.") for piece in found)
    assert max(map(len, found)) - min(map(len, found)) < 200


def test_a_word_of_5000_characters_is_cut_into_five() -> None:
    assert [(p.start, p.end) for p in passages("x" * 5000)] == [
        (0, 1000),
        (1000, 2000),
        (2000, 3000),
        (3000, 4000),
        (4000, 5000),
    ]


def test_a_cut_never_divides_a_character() -> None:
    found = passages("🌉" * 600)  # four bytes each
    assert [(p.start, p.end) for p in found] == [(0, 250), (250, 500), (500, 600)]


def test_a_sentence_that_is_too_long_is_cut_between_words() -> None:
    text = "word " * 399 + "word"
    assert " ".join(texts(text)) == text


def test_chinese_is_cut_between_sentences() -> None:
    sentence = "灯塔建于一八九〇年，由两兄弟建造，至今仍然屹立。"
    text = sentence * 40
    found = texts(text)
    assert "".join(found) == text
    assert len(found) > 2
    assert all(len(piece) % len(sentence) == 0 for piece in found)


def test_a_passage_knows_the_page_on_which_it_begins() -> None:
    text = "One fell.\n\nTwo rose.\n\nThree stood."
    assert [p.page for p in passages(text, page_starts=(0, 11, 15))] == [1, 2, 3]
    assert [p.page for p in passages(text)] == [None, None, None]


# --- the path of headings


def test_heading_paths_follow_the_levels() -> None:
    text = (
        "Before all.\n\n# Top\n\nUnder top.\n\n## Sub\n\nUnder sub.\n\n### Deep\n\nUnder deep.\n\n"
        "## Other\n\nUnder other.\n\n# Next\n\nUnder next.\n"
    )
    assert markdown(text) == [
        ((), "Before all."),
        (("Top",), "# Top\n\nUnder top."),
        (("Top", "Sub"), "## Sub\n\nUnder sub."),
        (("Top", "Sub", "Deep"), "### Deep\n\nUnder deep."),
        (("Top", "Other"), "## Other\n\nUnder other."),
        (("Next",), "# Next\n\nUnder next."),
    ]


def test_a_level_may_be_left_out() -> None:
    assert markdown("### Deep\n\nOne thing.\n\n# Top\n\nAnother thing.") == [
        (("Deep",), "### Deep\n\nOne thing."),
        (("Top",), "# Top\n\nAnother thing."),
    ]


def test_setext_headings_travel_and_count() -> None:
    assert markdown("Top\n===\n\nOne thing.\n\nSub\n---\n\nAnother thing.") == [
        (("Top",), "Top\n===\n\nOne thing."),
        (("Top", "Sub"), "Sub\n---\n\nAnother thing."),
    ]


def test_pieces_of_a_long_paragraph_keep_its_path() -> None:
    found = markdown("# Top\n\n" + "A sentence about the tower. " * 60)
    assert len(found) > 1
    assert {path for path, _ in found} == {("Top",)}


def test_a_last_heading_without_text_does_not_rename_what_precedes_it() -> None:
    found = markdown("# One\n\nThe tower is tall.\n\n# Two\n")
    assert found[0][0] == ("One",)


# --- sentences


def test_sentences_by_hand() -> None:
    text = "Dr. Hale came in 1890. Did he stay?  Yes!\n\nA heading\n\nThe rest\nis wrapped. End"
    assert [text[start:end] for start, end in sentences(text)] == [
        "Dr. Hale came in 1890.",
        "Did he stay?",
        "Yes!",
        "A heading",
        "The rest\nis wrapped.",
        "End",
    ]


def test_each_item_of_a_list_is_a_sentence() -> None:
    text = "They needed:\n- oil\n- a wick\n1) patience"
    assert [text[start:end] for start, end in sentences(text)] == ["They needed:", "- oil", "- a wick", "1) patience"]


def test_chinese_sentences() -> None:
    text = "灯塔建于一八九〇年。由两兄弟建造。"
    assert [text[start:end] for start, end in sentences(text)] == ["灯塔建于一八九〇年。", "由两兄弟建造。"]


# --- properties

HOSTILE = [
    "\n",
    "\n\n",
    " ",
    "\t",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x85",
    "\xa0",
    "\u2028",
    "\u3000",
    "\ufeff",
    "\u200b",
    "\u202e",
    "#",
    "# A\n",
    "- a\n",
    "1. a\n",
    "a:\n",
    "...",
    "!?",
    "。",
    "”",
    "A. B. C. ",
    "Mr. ",
    "He said (so). ",
    "word ",
    "é",
    "e\u0301",
    "👩‍👩‍👧",
    "漢字",
    "नमस्ते। ",
    "[1]",
    "http://x.org/a?b=c ",
    "x" * 121,
    "x" * 1001,
    "漢" * 340,
    "Word and word. " * 70,
    "- " + "y" * 130 + "\n",
    LONG_A + "\n",
]
hostile = st.lists(
    st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"]), max_size=8)), max_size=25
).map("".join)
generated = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)


@settings(max_examples=300)
@given(st.one_of(hostile, generated))
@example("a" + " " * 2000 + "b")
@example("\x1c" * 1200)
def test_no_character_is_lost(text: str) -> None:
    at = 0
    for passage in passages(text):
        assert passage.text == text[passage.start : passage.end]
        assert passage.text == passage.text.strip() != ""
        assert text[at : passage.start].strip() == ""
        assert passage.start >= at
        at = passage.end
    assert text[at:].strip() == ""


@settings(max_examples=300)
@given(st.one_of(hostile, generated))
@example("A sentence stands here." + " " * 950 + "Another one there. " + "x " * 100)
@example("x" * 999 + "漢")
def test_no_passage_is_longer_than_the_encoder_reads(text: str) -> None:
    assert max((len(piece.encode()) for piece in texts(text)), default=0) <= MAX_BYTES


@settings(max_examples=200)
@given(st.one_of(hostile, generated))
def test_sentences_lose_no_character(text: str) -> None:
    at = 0
    for start, end in sentences(text):
        assert at <= start < end
        assert text[at:start].strip() == ""
        assert text[start:end] == text[start:end].strip()
        at = end
    assert text[at:].strip() == ""


@given(hostile)
def test_splitting_is_the_same_every_time(text: str) -> None:
    assert passages(text) == passages(text)


def test_sentences_behind_the_first_window_are_found_as_well() -> None:
    # 3,000 sentences of 17 characters: the splitter is given 20,000 characters at a time.
    text = "A sentence here. " * 3000
    assert sentences(text) == [(17 * number, 17 * number + 16) for number in range(3000)]


def test_headings_that_the_format_knows_go_with_what_follows() -> None:
    text = "First part\n\nThe tower was built in 1890.\n\nSecond part\n\nThe bridge is green."
    document = Document("d", "t", ("t.docx",), "h", text)
    headings = (Heading(0, 1, "First part"), Heading(text.index("Second"), 1, "Second part"))
    assert [passage.text for passage in split(document, headings)] == [
        "First part\n\nThe tower was built in 1890.",
        "Second part\n\nThe bridge is green.",
    ]


@pytest.mark.parametrize("unit", ["slide", "row"])
def test_each_slide_and_each_row_is_by_itself(unit: Unit) -> None:
    rows = ["name: Ada\nyear: 1890", "name: Bo\nyear: 1891", "The bridge is green.", "name: Cy"]
    text = "\n\n".join(rows)
    starts = tuple(text.index(row) for row in rows)
    document = Document("d", "t", ("t.csv",), "h", text, places=Places(unit, starts, (2, 3, 4, 5)))
    assert [passage.text for passage in split(document)] == rows
    lines = Document("d", "t", ("t.html",), "h", text, places=Places("line", starts, (2, 3, 4, 5)))
    assert len(split(lines)) < 4
