"""From bytes to the canonical text: what anyone can check with `open(path).read()[start:end]`."""

from __future__ import annotations

import codecs
import re
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document as docx_document
from hypothesis import example, given
from hypothesis import strategies as st
from pptx import Presentation as pptx_presentation

from qa.errors import PinciteError
from qa.readers import formats, read


def docx() -> bytes:
    document = docx_document()
    document.add_heading("Birds", 1)
    document.add_paragraph("Herons stand still.")
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def pptx() -> bytes:
    deck = pptx_presentation()
    deck.slides.add_slide(deck.slide_layouts[0]).shapes.title.text = "Herons"
    stream = BytesIO()
    deck.save(stream)
    return stream.getvalue()


def headings(text: str) -> list[tuple[int, int, str]]:
    return [(heading.start, heading.level, heading.text) for heading in read(text.encode(), "a.md").headings]


# --- decoding


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_every_byte_order_mark_is_obeyed_and_dropped(mark: bytes, encoding: str, name: str) -> None:
    assert read(mark + "Grüße, 東京 🌉".encode(encoding), name).text == "Grüße, 東京 🌉"


def test_only_one_mark_is_dropped() -> None:
    assert read(codecs.BOM_UTF8 + "\ufeffText".encode(), "a.txt").text == "\ufeffText"


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_all_line_ends_become_one_character(name: str) -> None:
    assert read(b"one\r\ntwo\rthree\n\r\r\nfour\n", name).text == "one\ntwo\nthree\n\n\nfour\n"


def test_other_separators_are_kept() -> None:
    text = "a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g"
    assert read(text.encode(), "a.txt").text == text


documents = st.lists(
    st.one_of(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["\r\n", "\r", "\n", "é", "🌉", "x"])),
    max_size=8,
).map("".join)


@given(documents, st.sampled_from(["utf-8", "utf-8-sig"]), st.sampled_from(["a.txt", "a.md"]))
@example("\ufeff\r", "utf-8", "a.txt")
@example("\ufeffx", "utf-8-sig", "a.md")
def test_the_text_is_what_open_reads(
    tmp_path_factory: pytest.TempPathFactory, text: str, encoding: str, name: str
) -> None:
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(text.encode(encoding))
    with open(path, encoding="utf-8-sig", newline=None) as stream:
        opened = stream.read()
    try:
        extract = read(path.read_bytes(), name)
    except PinciteError:
        assert "\0" in opened or not opened.strip()
    else:
        assert extract.text == opened or "UTF-16" in extract.notes[0]


@given(st.binary(max_size=60), st.sampled_from(["a.txt", "a.md"]))
def test_any_bytes_give_a_text_or_a_sentence(data: bytes, name: str) -> None:
    try:
        extract = read(data, name)
    except PinciteError:
        pass
    else:
        assert extract.text.strip()
        assert "\0" not in extract.text
        assert "\r" not in extract.text


@pytest.mark.parametrize(
    ("data", "encoding", "byte", "place"),
    [
        (b"\xc3\xa9 caf\xe9!", "UTF-8", "e9", 6),
        ("\u20ac 5 \u20ac".encode()[:-1], "UTF-8", "e2", 6),
        ("\u00e9\u00e9\u00e9".encode() + b"\xed\xa0\x80", "UTF-8", "ed", 6),  # a lone surrogate
        (b"\x80\x81\xfe\xff", "UTF-8", "80", 0),
        (codecs.BOM_UTF8 + b"caf\xe9!", "UTF-8", "e9", 6),
        (codecs.BOM_UTF16_LE + b"a\0\0\xd8", "UTF-16", "00", 4),
    ],
)
def test_invalid_text_names_the_encoding_the_byte_and_the_place(
    data: bytes, encoding: str, byte: str, place: int
) -> None:
    with pytest.raises(PinciteError, match=f"not valid {encoding}[^:]*: byte 0x{byte} at {place}\\. Save it as UTF-8"):
        read(data, "a.txt")


@pytest.mark.parametrize("data", [b"a\0b", b"\0", codecs.BOM_UTF16_LE + b"\0\0a\0"])
def test_a_binary_file_is_refused(data: bytes) -> None:
    with pytest.raises(PinciteError):
        read(data, "a.txt")


def test_nul_characters_are_named() -> None:
    with pytest.raises(PinciteError, match="NUL"):
        read(b"text\0text", "a.txt")


@pytest.mark.parametrize("data", [b"", b" \r\n\t ", codecs.BOM_UTF8, codecs.BOM_UTF16_BE, "\u3000\u2028".encode()])
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_a_file_without_text_is_refused(data: bytes, name: str) -> None:
    with pytest.raises(PinciteError, match="no text"):
        read(data, name)


@pytest.mark.parametrize(("name", "shown"), [("a.exe", r"\.exe"), ("a", "without a suffix"), (".md", "suffix")])
def test_other_suffixes_are_refused_with_those_that_can_be_read(name: str, shown: str) -> None:
    with pytest.raises(PinciteError, match=rf"{shown}.*\({re.escape(formats())}\)"):
        read(b"text", name)
    every = ".csv .docm .docx .epub .htm .html .jsonl .markdown .md .ndjson .pdf .pptm .pptx .tsv .txt .xht .xhtml"
    assert formats() == every.replace(" ", ", ")


def test_the_case_of_the_suffix_does_not_matter() -> None:
    assert read(b"# T", "A.MD").title == "T"
    assert read(b"# T", "notes/A.Txt").title == "A"


@pytest.mark.parametrize(
    ("suffix", "like"),
    [
        (".docm", ".docx"),
        (".htm", ".html"),
        (".markdown", ".md"),
        (".ndjson", ".jsonl"),
        (".pptm", ".pptx"),
        (".xht", ".xhtml"),
    ],
)
def test_a_second_suffix_of_a_format_is_read_as_the_first(suffix: str, like: str) -> None:
    data = {
        ".docx": docx,
        ".html": lambda: b"<title>Birds</title><p>Herons stand<br>still.",
        ".md": lambda: b"# Birds\n\nHerons stand still.\n",
        ".jsonl": lambda: b'{"bird": "heron"}\n{"bird": "crane"}\n',
        ".pptx": pptx,
        ".xhtml": lambda: b"<html><title/><p>Herons<b/> stand still.</p></html>",
    }[like]()
    assert read(data, f"birds{suffix}") == read(data, f"birds{like}")
    with pytest.raises(PinciteError):
        read(b"\0", f"birds{suffix}")


def test_tabs_separate_the_cells_of_a_tsv_file() -> None:
    assert read(b"bird\tname, short\nheron\tgrey, tall\n", "birds.tsv").text == "bird: heron; name, short: grey, tall."


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("account \u202e4321\u202c", 1),
        ("tower" + "".join(chr(0xE0000 + ord(letter)) for letter in "ignore") + " of 1890", 6),
        ("the flag of Wales 🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f", 0),
        ("میخواهم \u2067שלום\u2069 👩‍👩‍👧 co\u00adop", 0),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.html"])
def test_letters_that_nobody_sees_are_told(text: str, count: int, name: str) -> None:
    notes = (f"Characters that are not seen and can hide or turn what is written: {count}.",) if count else ()
    assert read(text.encode(), name).notes == notes


# --- titles and headings


def test_a_plain_text_is_called_as_its_file() -> None:
    extract = read(b"# Not a heading here", "notes/old plan.v2.txt")
    assert (extract.title, extract.headings, extract.page_starts) == ("old plan.v2", (), ())


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# One\n\n# Two\n", "One"),
        ("## Sub\n\n# Main\n", "Main"),
        ("Main\n====\n", "Main"),
        ("## Only a second level\n", "plan"),
        ("No heading.", "plan"),
        ("```\n# a comment\n```\n", "plan"),
        ("#  Spaces \t and   ends ##\n", "Spaces and ends"),
        ("#\n\ntext", "plan"),
        ("#hashtag\n", "plan"),
    ],
)
def test_the_title_of_markdown(text: str, title: str) -> None:
    assert read(text.encode(), "notes/plan.md").title == title


def test_headings_stand_where_their_line_begins() -> None:
    text = "Intro.\n\n# One\ntext\n\n   ### Three\n\nSetext\nof two lines\n---\n\n###### Six ######\n"
    assert headings(text) == [
        (8, 1, "One"),
        (20, 3, "Three"),
        (34, 2, "Setext of two lines"),
        (59, 6, "Six"),
    ]
    assert text[20:].startswith("   ### Three")
    assert text[34:].startswith("Setext\nof")
    assert text[59:].startswith("###### Six")


def test_a_hash_in_code_is_no_heading() -> None:
    text = (
        "# Real\n\n```sh\n# in a fence\n```\n\n~~~\n# tildes\n~~~\n\n    # far in\n\n<!--\n# comment\n-->\n\n## Sub\n"
    )
    assert headings(text) == [(0, 1, "Real"), (text.index("## Sub"), 2, "Sub")]


def test_offsets_of_headings_count_code_points_after_the_mark_and_the_line_ends() -> None:
    data = codecs.BOM_UTF8 + "🌉 é\r\n\r\n# Eins\r\rtext\r\n\r\nZwei\r\n----\r\n".encode()
    extract = read(data, "a.md")
    assert [(h.start, extract.text[h.start :].split("\n")[0]) for h in extract.headings] == [
        (5, "# Eins"),
        (19, "Zwei"),
    ]


def test_the_text_of_markdown_is_unchanged() -> None:
    text = "---\ntitle: x\n---\n\n\\# [a](b) &amp; `c`  \n\t* d <b>e</b>\n"
    assert read(text.encode(), "a.md").text == text


@given(st.lists(st.sampled_from(["#", " ", "a", "\n", "\r", "=", "-", "`", ">", "*", "\t", "<!--", "é", "\x85"])))
def test_headings_of_any_markdown_stand_at_line_starts_in_order(parts: list[str]) -> None:
    try:
        extract = read("".join(parts).encode(), "a.md")
    except PinciteError:
        return
    starts = [heading.start for heading in extract.headings]
    assert starts == sorted(set(starts))
    for heading in extract.headings:
        assert heading.start == 0 or extract.text[heading.start - 1] == "\n"
        assert 1 <= heading.level <= 6


def test_a_path_is_never_opened_by_a_reader(tmp_path: Path) -> None:
    assert read(b"text", str(tmp_path / "missing" / "a.txt")).title == "a"


def test_an_endless_heading_is_cut() -> None:
    # CommonMark takes everything above the underline for one heading.
    extract = read(("word " * 50_000 + "\n---\n\n# " + "title " * 1000 + "\n").encode(), "long.md")
    assert [len(heading.text) for heading in extract.headings] == [200, 200]
    assert len(extract.title) == 200
    assert extract.title.endswith("…")


def test_a_huge_markdown_file_is_read_without_its_headings() -> None:
    line = "# A heading\n\nThe tower was built in 1890.\n\n"
    text = line * (5_000_001 // len(line) + 1)
    extract = read(text.encode(), "huge.md")
    assert (extract.text, extract.headings) == (text, ())
    assert extract.notes == ("Its headings were not read: it has more than 5 million characters.",)
