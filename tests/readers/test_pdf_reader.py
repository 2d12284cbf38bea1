"""PDF: files by independent writers and by hand, whose words, order and places are known."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO

import pypdfium2
import pytest
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from rapidfuzz.distance import LCSseq
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, Table

from qa.errors import FileError
from qa.readers.extract import Extract
from qa.readers.pdf import Rectangle, picture, read_pdf, rectangles
from qa.readers.pdf.file import opened
from qa.readers.pdf.headings import outline_of

LEFT = """
    The committee met in the spring of that year and
    agreed that the harbour should be widened before
    any new ship was ordered. The chair asked for a
    report, which was read aloud by the clerk, and all
    members approved of it without further debate.
"""
RIGHT = """
    Work began in autumn with twelve men, who were
    paid by the week, and went on through the winter
    until the storms came. When the ice had gone they
    found that the outer wall had moved by two feet
    and that most of the stones were lost in the sea.
"""
WIDTH, HEIGHT = 595, 842


def whole(lines: str) -> str:
    return " ".join(lines.split())


def listed(lines: str) -> list[str]:
    return [line.strip() for line in lines.strip().split("\n")]


def pdf(*pages: Callable[[Canvas], None], size: tuple[int, int] = (WIDTH, HEIGHT), **options: object) -> bytes:
    stream = BytesIO()
    canvas = Canvas(stream, pagesize=size, invariant=True, **options)
    for page in pages:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def put(canvas: Canvas, lines: str, x: float = 72, y: float = 700, size: float = 10, step: float = 12) -> None:
    canvas.setFont("Times-Roman", size)
    for number, line in enumerate(listed(lines)):
        canvas.drawString(x, y - number * step, line)


def page(lines: str, *more: tuple[str, float, float], **where: float) -> Callable[[Canvas], None]:
    """A page of these lines; `more` are single lines with their places."""

    def draw(canvas: Canvas) -> None:
        for text, x, y in more:
            put(canvas, text, x, y)
        put(canvas, lines, **where)

    return draw


def read(data: bytes, name: str = "file.pdf") -> Extract:
    extract = read_pdf(data, name)
    assert extract == read_pdf(data, name)
    assert "\0" not in extract.text
    assert "\r" not in extract.text
    return extract


def text(*pages: Callable[[Canvas], None], **options: object) -> str:
    return read(pdf(*pages, **options)).text


def raw(content: bytes, *objects: bytes, tail: bytes = b"") -> bytes:
    """A file by hand with one page; `objects` are numbered from 6, and 5 is the font."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R" + tail + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>/XObject<</X 7 0 R>>>>>>",
        b"<</Length %d>>stream\n" % len(content) + content + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>",
        *objects,
    ]
    data = b"%PDF-1.4\n"
    for number, part in enumerate(parts, 1):
        data += b"%d 0 obj\n" % number + part + b"\nendobj\n"
    return data + b"trailer<</Size %d/Root 1 0 R>>\n%%%%EOF" % (len(parts) + 1)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n" % (entries, len(content)) + content + b"\nendstream"


# --- the order of words


def test_lines_of_a_paragraph_are_joined_and_paragraphs_are_apart() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, LEFT)
        put(canvas, RIGHT, y=620)

    assert text(draw) == f"{whole(LEFT)}\n\n{whole(RIGHT)}"


@given(
    st.lists(st.text("abcxyzABC", min_size=1, max_size=12), min_size=1, max_size=60),
    st.integers(120, 400),
    st.sampled_from([0, 90, 180, 270]),
)
@settings(max_examples=40, deadline=None)
def test_any_words_come_back_in_their_order(words: list[str], width: int, turn: int) -> None:
    lines = simpleSplit(" ".join(words), "Times-Roman", 10, width)

    def draw(canvas: Canvas) -> None:
        canvas.translate(300, 420)
        canvas.rotate(turn)
        put(canvas, "\n".join(lines), x=-200, y=200)

    assert text(draw).split() == words


def indented(*lines: tuple[int, str]) -> str:
    return text(lambda canvas: [put(canvas, line, x=72 + x, y=700 - 12 * at) for at, (x, line) in enumerate(lines)])


def test_an_indent_behind_a_sentence_begins_a_paragraph() -> None:
    first = [
        (0, "The committee met in the spring of that year and"),
        (0, "agreed that the harbour should be made so wide."),
    ]
    second = [
        (12, "Work began in autumn with twelve strong men,"),
        (0, "who were paid by the week, and went on with it."),
    ]
    assert indented(*first, *second) == " ".join(line for _, line in first) + "\n\n" + " ".join(
        line for _, line in second
    )


def test_lines_that_hang_go_on() -> None:
    entry = [
        (0, "Adams, J. The widening of the harbours of the coast"),
        (12, "and what came of it, in five volumes. York."),
    ]
    assert indented(*entry) == " ".join(line for _, line in entry)


def by_column(canvas: Canvas) -> None:
    put(canvas, LEFT)
    put(canvas, RIGHT, x=310)


def right_first(canvas: Canvas) -> None:
    put(canvas, RIGHT, x=310)
    put(canvas, LEFT)


def line_by_line(canvas: Canvas) -> None:
    for number, (left, right) in enumerate(zip(listed(LEFT), listed(RIGHT), strict=True)):
        put(canvas, left, y=700 - 12 * number)
        put(canvas, right, x=310, y=700 - 12 * number)


def of_other_lines(canvas: Canvas) -> None:
    put(canvas, LEFT)
    put(canvas, RIGHT, x=310, y=705, step=13)


@pytest.mark.parametrize("draw", [by_column, right_first, line_by_line, of_other_lines])
def test_columns_are_read_one_after_the_other(draw: Callable[[Canvas], None]) -> None:
    assert text(draw) == f"{whole(LEFT)}\n\n{whole(RIGHT)}"


@pytest.mark.parametrize("draw", [by_column, right_first, line_by_line])
def test_what_is_as_wide_as_the_page_stands_before_and_behind_columns(draw: Callable[[Canvas], None]) -> None:
    def mixed(canvas: Canvas) -> None:
        put(
            canvas,
            "A heading that is as wide as the page, above both of its columns and all of their lines",
            y=760,
            size=12,
        )
        draw(canvas)
        put(
            canvas,
            "Below them stands one more line, which is as wide as the page again, and ends the matter.",
            y=600,
            size=12,
        )

    blocks = text(mixed).split("\n\n")
    assert [block.split()[0] for block in blocks] == ["A", "The", "Work", "Below"]
    assert blocks[1:3] == [whole(LEFT), whole(RIGHT)]


def test_a_paragraph_goes_on_in_the_next_column() -> None:
    lines = listed(LEFT)

    def draw(canvas: Canvas) -> None:
        put(canvas, "\n".join(lines[:3]))
        put(canvas, "\n".join(lines[3:]), x=310)

    assert text(draw) == whole(LEFT)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_pages_are_read_upright(turn: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(turn)
        put(canvas, LEFT)

    assert text(draw, size=(HEIGHT, WIDTH) if turn % 180 else (WIDTH, HEIGHT)) == whole(LEFT)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_text_is_read_upright(turn: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(300, 400)
        canvas.rotate(turn)
        put(canvas, LEFT, x=0, y=0)

    assert text(draw) == whole(LEFT)


def test_slanted_text_stands_behind_the_rest_and_is_no_heading() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.rotate(45)
        put(canvas, "NOT FINAL", x=300, y=0, size=50)
        canvas.restoreState()
        put(canvas, LEFT)

    extract = read(pdf(draw))
    assert extract.text == f"{whole(LEFT)}\n\nNOT FINAL"
    assert extract.headings == ()


ROWS = [("Name", "Count", "Share"), ("Alpha", "10", "20 %"), ("Beta", "31", "62 %")]


def table(canvas: Canvas) -> None:
    for down, row in enumerate(ROWS):
        for across, cell in enumerate(row):
            put(canvas, cell, x=72 + 120 * across, y=700 - 16 * down)


def test_tables_are_read_row_by_row() -> None:
    def draw(canvas: Canvas) -> None:
        table(canvas)
        put(canvas, LEFT, y=630)

    rows = ["Name | Count | Share", "Alpha | 10 | 20 %", "Beta | 31 | 62 %"]
    assert text(draw) == "\n\n".join([*rows, whole(LEFT)])


def test_cells_of_several_lines_are_read_cell_by_cell() -> None:
    def draw(canvas: Canvas) -> None:
        for y, term, meaning in (
            (700, "Recall", "The share of what is wanted\nthat was found."),
            (660, "Preci-\nsion", "The share of what was found\nthat is wanted."),
        ):
            put(canvas, term, y=y)
            put(canvas, meaning, x=200, y=y)

    assert text(draw).split("\n\n") == [
        "Recall | The share of what is wanted that was found.",
        "Precision | The share of what was found that is wanted.",
    ]


def test_a_table_in_a_column_is_read_with_it() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, LEFT)
        for down in range(5):
            for across in range(3):
                put(canvas, f"cell {3 * down + across}", x=72 + 70 * across, y=620 - 16 * down)
        put(canvas, LEFT, y=530)
        put(canvas, "\n".join(listed(RIGHT)[:3]), x=310)

    cells = [f"cell {3 * down} | cell {3 * down + 1} | cell {3 * down + 2}" for down in range(5)]
    assert text(draw).split("\n\n") == [whole(LEFT), *cells, whole(LEFT), whole("\n".join(listed(RIGHT)[:3]))]


def test_a_label_with_a_colon_needs_no_bar() -> None:
    def draw(canvas: Canvas) -> None:
        for y, label, value in ((700, "Name:", "Ada Lovelace"), (680, "Born:", "10 December 1815")):
            put(canvas, label, y=y)
            put(canvas, value, x=200, y=y)

    assert text(draw) == "Name: Ada Lovelace\n\nBorn: 10 December 1815"


def test_items_of_a_list_are_paragraphs_with_their_marks() -> None:
    def draw(canvas: Canvas) -> None:
        for number, item in enumerate(["widen the harbour before\nany ship is ordered", "move the wall by two feet"]):
            put(canvas, f"{number + 1}.", y=700 - 30 * number)
            put(canvas, item, x=90, y=700 - 30 * number)

    assert text(draw) == "1. widen the harbour before any ship is ordered\n\n2. move the wall by two feet"


def test_numbers_of_lines_are_left_out_but_not_those_of_rows() -> None:
    def numbered(canvas: Canvas) -> None:
        for number, line in enumerate(listed(LEFT) + listed(RIGHT)):
            put(canvas, str(number + 8), x=50, y=700 - 24 * number)
            put(canvas, line, y=700 - 24 * number)

    extract = read(pdf(numbered))
    assert extract.text == whole(LEFT + RIGHT)
    assert extract.notes == ("The numbers of lines were left out on 1 of its pages.",)

    def ranked(canvas: Canvas) -> None:
        for number, name in enumerate("Oslo Rome Bern Riga Bonn Cork".split()):
            put(canvas, str(number + 1), x=50, y=700 - 24 * number)
            put(canvas, name, y=700 - 24 * number)

    assert text(ranked).split() == "1 Oslo 2 Rome 3 Bern 4 Riga 5 Bonn 6 Cork".split()


def test_entries_of_a_table_of_contents_stand_on_lines() -> None:
    entries = ["1 Ships " + ". " * 30 + "3", "2 Harbours and walls" + "." * 52 + "14", "3 Ice" + "." * 81 + "20"]
    assert text(page("\n".join(entries))) == "1 Ships … 3\n2 Harbours and walls … 14\n3 Ice … 20"


# --- the words themselves


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("It is an impor-", "tant matter.", "important matter"),
        ("It was a well-", "known matter.", "well-known matter"),  # one of the openings that English joins so
        ("It was an Anglo-", "American matter.", "Anglo-American matter"),
        ("It was COVID-", "19 that did it.", "COVID-19 that"),
        ("It is a state-of-", "the-art matter.", "state-of-the-art matter"),
        ("The in-house and the in-", "house rule.", "the in-house rule"),  # as it is written elsewhere
        ("A selfish and self-", "ish man.", "selfish man"),  # the same, though `self-` is such an opening
        ("The wide region and the region-", "wide plan.", "region-wide plan"),  # two words that are written elsewhere
        ("The men were ill by then -", "or so it seemed.", "then - or so"),
        ("He read pages 10–", "12 of it.", "10–12 of"),
    ],
)
def test_hyphens_at_the_ends_of_lines(first: str, second: str, found: str) -> None:
    assert found in text(page(f"{first}\n{second}"))


def test_hyphens_stay_where_a_document_divides_no_words() -> None:
    lines = [*listed(LEFT) * 12, "It is a rain-", "sodden land."]
    assert "rain-sodden land" in text(page("\n".join(lines), y=780, step=11))


def mapped(codes: dict[int, str]) -> bytes:
    lines = "".join(f"<{code:02x}> <{letters.encode('utf-16-be').hex()}>\n" for code, letters in codes.items())
    cmap = f"/CIDInit /ProcSet findresource begin begincmap {len(codes)} beginbfchar\n{lines}endbfchar endcmap end"
    return stream(cmap.encode())


@pytest.mark.parametrize(
    ("letters", "found"),
    [
        ("\ufb01", "fix"),
        ("\ufb03", "ffix"),
        ("\U0001d49c", "\U0001d49cx"),
        ("e\u0301", "éx"),
        ("\u200b", "x"),
        ("\uf0b7", "•x"),  # Word's bullet
        ("\ue123", "x"),
        ("\x0e", "ffix"),  # as TeX codes it
    ],
)
def test_letters_are_those_that_people_type(letters: str, found: str) -> None:
    data = raw(b"BT /F 12 Tf 72 700 Td (Ax and more of it) Tj ET", mapped({0x41: letters}))
    assert read(data).text.split()[0] == found


@pytest.mark.parametrize(
    ("kerned", "found"),
    [
        (b"(so) -180 (, it)", "so, it"),  # PDFium puts a space there
        (b"(of) -180 (it)", "of it"),
        (b"(of) -400 (, it)", "of , it"),
    ],
)
def test_spaces_are_where_there_is_room_for_one(kerned: bytes, found: str) -> None:
    assert read(raw(b"BT /F 12 Tf 72 700 Td [" + kerned + b"] TJ ET", b"<<>>")).text == found


def test_a_font_without_letters_is_told() -> None:
    data = raw(b"BT /F 12 Tf 72 700 Td (AAAAAAAAAAAAAAA some) Tj ET", mapped({0x41: "\ue123"}))
    extract = read(data)
    assert extract.text == "some"
    assert extract.notes == ("15 characters were left out, because their fonts do not say which letters they are.",)
    with pytest.raises(FileError, match="do not say which letters"):
        read(raw(b"BT /F 12 Tf 72 700 Td (AAAA) Tj ET", mapped({0x41: "\ue123"})))


def test_raised_digits_are_superscripts_and_divide_no_word() -> None:
    def draw(canvas: Canvas) -> None:
        line = canvas.beginText(72, 700)
        for part, rise, size in (
            ("The policy", 0, 10),
            ("3", 4, 6),
            (" of the town was 10", 0, 10),
            ("6", 4, 6),
            (" on the 19", 0, 10),
            ("th", 4, 6),
            (" with H", 0, 10),
            ("2", -3, 6),
            ("O.", 0, 10),
        ):
            line.setFont("Times-Roman", size)
            line.setRise(rise)
            line.textOut(part)
        canvas.drawText(line)

    assert text(draw) == "The policy³ of the town was 10⁶ on the 19th with H2O."


@pytest.mark.parametrize("lines", [2, 3, 4])
def test_a_large_first_letter_is_part_of_its_word(lines: int) -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, "T", y=712 - 12 * lines, size=14 * lines)
        put(canvas, "\n".join(["he" + listed(LEFT)[0][3:], *listed(LEFT)[1:lines]]), x=72 + 9 * lines)
        put(canvas, "\n".join(listed(LEFT)[lines:]), y=700 - 12 * lines)

    assert text(draw) == whole(LEFT)


def test_what_lies_off_the_page_is_not_read() -> None:
    assert text(page("On the page.", ("off it", 700, 700), ("below it", 72, -50))) == "On the page."


def test_what_was_filled_in_a_form_is_read() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, "Name:")
        canvas.acroForm.textfield(name="n", value="Ada Lovelace", x=110, y=694, width=200, height=16)

    assert text(draw) == "Name: Ada Lovelace"


# --- pages


def test_paragraphs_and_words_go_on_over_the_end_of_a_page() -> None:
    extract = read(
        pdf(
            page("The committee agreed that all of it was impor-"),
            lambda canvas: None,
            page("tant, and went home.\nIt met again, and so"),
            page("Did the clerk."),
        )
    )
    assert (
        extract.text
        == "The committee agreed that all of it was important, and went home. It met again, and so\n\nDid the clerk."
    )
    starts = [extract.text[start:].split()[0] for start in extract.page_starts]
    assert starts == ["The", "tant,", "tant,", "Did"]
    assert extract.blank_pages == (2,)


def test_blank_pages_at_both_ends_have_a_place() -> None:
    extract = read(pdf(lambda canvas: None, page("One line."), lambda canvas: None))
    assert (extract.text, extract.page_starts, extract.blank_pages) == ("One line.", (0, 0, 9), (1, 3))


def test_footnotes_do_not_come_between_the_parts_of_a_paragraph() -> None:
    def first(canvas: Canvas) -> None:
        put(canvas, LEFT)
        put(canvas, "The chair then rose and read the whole of the")
        put(canvas, "The chair then rose and read the whole of the", y=620)
        put(canvas, "1", y=102, size=5)
        put(canvas, "See the minutes of the meeting.", x=76, y=100, size=8)

    found = text(first, page("second report to them."))
    assert "read the whole of the second report to them." in found
    assert found.index("¹ See the minutes of the meeting.\n\nThe chair") > 0


def book(pages: int) -> tuple[bytes, list[str]]:
    """Pages with a header that is left or right and a footer with the page's number, and the words between them."""
    lines = listed(LEFT) + listed(RIGHT)
    bodies = [[lines[(number + at) % 10] for at in range(20)] for number in range(pages)]

    def draw(number: int) -> Callable[[Canvas], None]:
        title = ("The Harbour", 470, 800) if number % 2 else ("Annual Review", 72, 800)
        return page("\n".join(bodies[number]), title, (f"Page {number + 5} of 90", 270, 40))

    return pdf(*(draw(number) for number in range(pages))), " ".join(" ".join(body) for body in bodies).split()


@pytest.mark.parametrize("pages", [2, 4, 5, 12])
def test_headers_footers_and_page_numbers_are_left_out(pages: int) -> None:
    data, words = book(pages)
    extract = read(data)
    if pages == 2:  # the headers of the left and the right page stand there once each
        assert extract.text.count("Annual Review") == extract.text.count("The Harbour") == 1
        half = len(words) // 2
        words = ["Annual", "Review", *words[:half], "The", "Harbour", *words[half:]]
    assert [word.strip(".,") for word in extract.text.split()] == [word.strip(".,") for word in words]
    assert len(extract.notes) == 1
    assert extract.notes[0].startswith("Lines that repeat on its pages were left out, such as “Page # of #”")


def test_a_number_far_from_its_header_is_left_out_with_it() -> None:
    bodies = [LEFT, RIGHT, LEFT]
    pages = [page(body, (str(number), 72, 800), ("Harbours", 110, 800)) for number, body in enumerate(bodies, 5)]
    assert text(*pages).split() == " ".join(bodies).split()


def test_pages_of_nothing_else_keep_what_repeats() -> None:
    assert text(*([page("For your eyes only.")] * 3)) == "\n\n".join(["For your eyes only."] * 3)


def test_a_chapter_that_is_larger_than_the_text_is_no_header() -> None:
    def chapter(number: int) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            put(canvas, f"Chapter {number}", y=780, size=18)
            put(canvas, LEFT if number % 2 else RIGHT)

        return draw

    extract = read(pdf(*(chapter(number) for number in (1, 2, 3, 4))))
    assert [heading.text for heading in extract.headings] == [f"Chapter {number}" for number in (1, 2, 3, 4)]
    assert extract.notes == ()


def test_a_table_that_goes_on_keeps_its_first_row() -> None:
    # It repeats at the top of each page, but stands no further from what follows than other rows do.
    def draw(canvas: Canvas) -> None:
        names = "Oslo Rome Bern Riga Bonn Cork Kyiv Lima Nice Pune Reno Trier".split()[canvas.getPageNumber() - 1 :: 3]
        for down, cells in enumerate([("Name", "Count"), *((name, "10") for name in names)]):
            for across, cell in enumerate(cells):
                put(canvas, cell, x=72 + 120 * across, y=700 - 16 * down)

    assert text(draw, draw, draw).count("Name | Count") == 3


def test_numbers_that_do_not_follow_the_pages_are_no_page_numbers() -> None:
    found = text(page(LEFT, ("Ships of 1850", 72, 760)), page(RIGHT, ("Ice of 1990", 72, 760)))
    assert found.split() == f"Ships of 1850 {LEFT} Ice of 1990 {RIGHT}".split()
    assert text(page(LEFT, ("Ships 7", 72, 760)), page(RIGHT, ("Ice 8", 72, 760))).split() == f"{LEFT} {RIGHT}".split()


# --- what a file says of itself


def test_headings_are_those_of_the_outline_that_stand_in_the_text() -> None:
    def draw(canvas: Canvas) -> None:
        for key, title, level in (("a", "Introduction", 0), ("b", "The harbour", 1), ("c", "Not there", 0)):
            canvas.bookmarkPage(key)
            canvas.addOutlineEntry(title, key, level)
        put(canvas, "1 Introduction", y=740, size=11)
        put(canvas, LEFT)
        put(canvas, "1.1 The harbour", y=620, size=11)
        put(canvas, RIGHT, y=600)

    extract = read(pdf(draw))
    found = [
        (heading.level, heading.text, extract.text[heading.start :].split("\n")[0]) for heading in extract.headings
    ]
    assert found == [(1, "1 Introduction", "1 Introduction"), (2, "1.1 The harbour", "1.1 The harbour")]


def test_without_an_outline_headings_are_what_is_larger() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, "The Harbour of\nthe Old Town", y=780, size=20, step=22)
        put(canvas, "How it was widened", y=720, size=14)
        put(canvas, LEFT)
        put(canvas, "What came of it", y=620, size=14)
        put(canvas, RIGHT, y=600)

    extract = read(pdf(draw))
    assert [(heading.level, heading.text) for heading in extract.headings] == [
        (1, "The Harbour of the Old Town"),
        (2, "How it was widened"),
        (2, "What came of it"),
    ]
    assert all(extract.text[heading.start :].startswith(heading.text[:14]) for heading in extract.headings)
    assert extract.title == "The Harbour of the Old Town"


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("The harbour of the old town", "The harbour of the old town"),
        ("  Two \n words ", "Two words"),
        ("Größe", "Größe"),
        ("x" * 300, "x" * 199 + "…"),
        ("untitled", "file"),
        ("(anonymous)", "file"),
        ("Microsoft Word - minutes 2.doc", "file"),
        ("Microsoft Word - Minutes of May", "file"),
        ("minutes_final.docx", "file"),
        ("report-2024", "file"),
        ("", "file"),
        ("...", "file"),
    ],
)
def test_a_title_is_not_a_file_name(said: str, title: str) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setTitle(said)
        put(canvas, LEFT)

    assert read(pdf(draw)).title == title


@pytest.mark.parametrize(
    ("created", "changed", "day"),
    [
        (b"D:20180305120000+01'00'", b"D:20190101", date(2018, 3, 5)),
        (b"2018-03-05", b"", date(2018, 3, 5)),
        (b"D:2018", b"", date(2018, 1, 1)),
        (b"D:20181340", b"D:20190101", date(2019, 1, 1)),
        (b"D:19700101000000Z", b"", None),  # before there was PDF
        (b"yesterday", b"", None),
    ],
)
def test_dates_and_keywords(created: bytes, changed: bytes, day: date | None) -> None:
    info = b"<</CreationDate(%s)/ModDate(%s)/Keywords(Ships, Old Town;ships)/Title<feffd800>>>" % (created, changed)
    data = raw(b"BT /F 12 Tf 72 700 Td (Some text) Tj ET", b"<<>>", info)
    extract = read(data.replace(b"/Root 1 0 R", b"/Root 1 0 R/Info 7 0 R"))
    assert (extract.date, extract.tags, extract.title) == (day, ("ships", "old town"), "file")


# --- files that cannot be read


def test_a_scan_is_told() -> None:
    def scan(canvas: Canvas) -> None:
        canvas.rect(100, 100, 300, 500, fill=1)

    with pytest.raises(FileError, match="no text layer, so it may be a scan"):
        read_pdf(pdf(scan, scan), "scan.pdf")
    assert read(pdf(page(LEFT), scan, scan)).blank_pages == (2, 3)


def test_a_password_is_needed_or_not() -> None:
    owners = pdf(page(LEFT), encrypt=StandardEncryption("", ownerPassword="owner", strength=128))
    assert read(owners).text == whole(LEFT)
    users = pdf(page(LEFT), encrypt=StandardEncryption("user", ownerPassword="owner", strength=128))
    with pytest.raises(FileError, match="opens with a password only"):
        read_pdf(users, "a.pdf")


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7\n", b"Just a text.", b"PK\3\4" + bytes(200), bytes(1000), b"%PDF-1.4\n%%EOF"]
)
def test_what_is_no_pdf_is_told(data: bytes) -> None:
    with pytest.raises(FileError, match="not a valid PDF file"):
        read_pdf(data, "a.pdf")


def damaged(data: bytes) -> Iterator[bytes]:
    for part in range(20):
        yield data[: len(data) * part // 20]
    for seed in range(150):
        rng = random.Random(seed)
        changed = bytearray(data)
        for _ in range(rng.choice([1, 3, 30])):
            at = rng.randrange(len(changed))
            if seed % 3 == 0:
                changed[at] = rng.randrange(256)
            elif seed % 3 == 1:
                del changed[at : at + rng.choice([1, 10, 200])]
            else:
                changed[at:at] = rng.choice(
                    [b"/Kids[2 0 R]", b" 0 R", b"/Parent", b"99999999999", b"-1", b"endstream", b"<<"]
                )
        yield bytes(changed)


def test_a_damaged_file_gives_a_text_or_a_sentence() -> None:
    file = pdf(by_column, table, page(LEFT), pageCompression=0)
    for data in damaged(file):
        try:
            extract = read_pdf(data, "a.pdf")
        except FileError as error:
            sentence = str(error)
        else:
            assert extract.text.strip()
            assert list(extract.page_starts) == sorted(extract.page_starts)
            continue
        assert re.fullmatch(r"(it|its|all) .+\.", sentence)


def test_files_that_lead_back_to_themselves_come_to_an_end() -> None:
    content = b"BT /F 12 Tf 72 700 Td (Some text) Tj ET /X Do"
    form = stream(b"/X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 7 0 R>>>>")
    outline = b"<</First 9 0 R>>"
    entry = b"<</Title(Some)/Next 9 0 R/First 9 0 R/Dest[3 0 R/Fit]>>"
    data = raw(content, b"6 0 R", form, outline, entry, tail=b"/Outlines 8 0 R")
    assert read(data).text == "Some text"
    with opened(data) as document:
        assert [entry.title for entry in outline_of(document)] == ["Some"]
    assert read(data.replace(b"/Kids[3 0 R]/Count 1", b"/Kids[2 0 R 3 0 R]/Count 2")).text == "Some text"


def test_too_many_pages_are_refused() -> None:
    data = raw(b"BT /F 12 Tf 72 700 Td (Some text) Tj ET", b"<<>>")
    many = data.replace(b"/Kids[3 0 R]/Count 1", b"/Kids[" + b"3 0 R " * 20_001 + b"]/Count 20001")
    with pytest.raises(FileError, match=r"20,001 pages, and at most 20,000"):
        read_pdf(many, "a.pdf")


# --- the way back


def test_rectangles_lie_around_the_words() -> None:
    data = pdf(page("One two three."), page("Some words here\nand others."))
    extract = read(data)
    assert extract.text == "One two three.\n\nSome words here and others."
    start = extract.text.index("words")
    found = rectangles(data, extract.text, extract.page_starts, start, start + len("words here and"))
    assert [rectangle.page for rectangle in found] == [2, 2]
    # Times-Roman at 10 points: "Some" is 23.34 wide with its space, "and" 14.44; baselines are 842 - 700 and 12 below.
    first, second = found
    assert (first.left, first.top, first.bottom) == pytest.approx((72 + 25.28, 142 - 8, 142 + 2.2), abs=0.1)
    assert (second.left, second.right, second.top) == pytest.approx((72, 72 + 14.44, 154 - 8), abs=0.1)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [b"", b"/CropBox[40 90 500 800]"])
@pytest.mark.parametrize("matrix", [b"1 0 0 1", b"0 1 -1 0"])
def test_rectangles_lie_where_the_picture_is_dark(turn: int, crop: bytes, matrix: bytes) -> None:
    data = raw(b"BT /F 12 Tf " + matrix + b" 172 500 Tm (Hxg) Tj ET", b"<<>>")
    data = data.replace(b"/Contents", b"/Rotate %d%s/Contents" % (turn, crop))
    extract = read(data)
    (found,) = rectangles(data, extract.text, extract.page_starts, 0, 3)
    drawn = picture(data, 1, 4.0)
    with Image.open(BytesIO(drawn.png)) as image:
        assert image.size == pytest.approx((4 * drawn.width, 4 * drawn.height), abs=1)
        box = image.convert("L").point(lambda shade: 255 * (shade < 128)).getbbox()
    assert box
    left, top, right, bottom = (number / 4 for number in box)
    assert found.left - 0.5 <= left <= right <= found.right + 0.5
    assert found.top - 0.5 <= top <= bottom <= found.bottom + 0.5
    assert (right - left) * (bottom - top) > 0.5 * (found.right - found.left) * (found.bottom - found.top)


def test_rectangles_lie_around_those_words_of_which_there_are_several() -> None:
    data = pdf(page("again and again and again", ("again", 72, 780)), page("and again", ("again", 72, 780)))
    extract = read(data)
    assert extract.text == "again and again and again and again"
    lefts = [
        (found.page, round(found.left - 72, 1))
        for match in re.finditer("again", extract.text)
        for found in rectangles(data, extract.text, extract.page_starts, *match.span())
    ]
    # "again" and "and" with their spaces are 24.16 and 16.94 wide.
    assert lefts == [(1, 0.0), (1, 41.1), (1, 82.2), (2, 16.9)]


@pytest.mark.parametrize("other", ["x again and again and again", "gain and again and again"])
def test_rectangles_of_a_text_that_another_version_read(other: str) -> None:
    data = pdf(page("again and again and again"))
    (found,) = rectangles(data, other, (0,), other.index("again and", 3), other.index("again and", 3) + 5)
    assert found.left == pytest.approx(72 + 41.1, abs=0.1)
    assert rectangles(data, "something else", (0,), 0, 9) == []


def test_a_span_over_the_end_of_a_page_has_rectangles_on_both() -> None:
    data = pdf(page("It was impor-"), page("tant to them"))
    extract = read(data)
    at = extract.text.index("important")
    found = rectangles(data, extract.text, extract.page_starts, at, at + len("important"))
    assert [rectangle.page for rectangle in found] == [1, 2]


def test_punctuation_alone_has_no_rectangle_and_no_span_is_an_error() -> None:
    data = pdf(page("One."))
    assert rectangles(data, "One.", (0,), 3, 4) == []
    for start, end in ((0, 0), (-1, 2), (2, 9)):
        with pytest.raises(ValueError, match="no such span"):
            rectangles(data, "One.", (0,), start, end)


def letters(found: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", found) if letter.isalnum())


def within(document: pypdfium2.PdfDocument, rectangle: Rectangle) -> str:
    """What PDFium finds in a rectangle, by its own account."""
    shown = document[rectangle.page - 1]
    assert shown.get_rotation() in (0, 90)
    sheet = shown.get_textpage()
    left, bottom, _, top = shown.get_bbox()
    if shown.get_rotation() == 90:  # x to the right as shown is y upwards in the file, y down is x
        box = (left + rectangle.top, bottom + rectangle.left, left + rectangle.bottom, bottom + rectangle.right)
    else:
        box = (left + rectangle.left, top - rectangle.bottom, left + rectangle.right, top - rectangle.top)
    found = sheet.get_text_bounded(*box)
    sheet.close()
    shown.close()
    return str(found)


def turned(canvas: Canvas) -> None:
    canvas.setPageRotation(90)
    put(canvas, LEFT)


@pytest.mark.parametrize(
    "data",
    [book(5)[0], pdf(by_column, line_by_line, table), pdf(turned, size=(HEIGHT, WIDTH))],
    ids=["running headers", "columns and a table", "a turned page"],
)
def test_rectangles_hold_the_words_of_any_span(data: bytes) -> None:
    extract = read(data)
    words = [match.span() for match in re.finditer(r"\S+", extract.text)]
    rng = random.Random(7)
    document = pypdfium2.PdfDocument(data)
    for _ in range(12):
        first = rng.randrange(len(words))
        last = min(len(words) - 1, first + rng.choice([0, 2, 9, 40]))
        start, end = words[first][0], words[last][1]
        found = rectangles(data, extract.text, extract.page_starts, start, end)
        assert letters("".join(within(document, rectangle) for rectangle in found)) == letters(extract.text[start:end])
    document.close()


def test_a_picture_has_its_pages_size() -> None:
    data = pdf(page(LEFT), turned)
    first, second = picture(data, 1, 2.0), picture(data, 2, 2.0)
    assert (first.width, first.height) == (595, 842)
    assert (second.width, second.height) == (595, 842) or (second.width, second.height) == (842, 595)
    with Image.open(BytesIO(first.png)) as image:
        assert image.format == "PNG"
        assert image.size == (1190, 1684)
        assert image.convert("L").getextrema() == (0, 255)
    assert picture(data, 1, 2.0) == first
    for number in (0, 3):
        with pytest.raises(FileError, match="no page"):
            picture(data, number)


def test_a_picture_of_a_huge_page_is_small() -> None:
    data = pdf(page(LEFT), size=(14_000, 14_000))
    with Image.open(BytesIO(picture(data, 1, 2.0).png)) as image:
        assert image.width * image.height <= 16_100_000


# --- whole documents by independent writers


def source(seed: int, paragraphs: int) -> list[str]:
    """Paragraphs of sentences from a few words, short and long, that are the same for the same seed."""
    rng = random.Random(seed)
    words = (whole(LEFT + RIGHT) + " efficient affluent flights influence characteristically").replace(",", "").split()
    return [
        " ".join(
            " ".join(rng.choices(words, k=rng.randint(6, 20))).capitalize() + "." for _ in range(rng.randint(2, 6))
        )
        for _ in range(paragraphs)
    ]


CELLS = [["Region", "Visitors in 2023", "Share of all"], ["North", "12,430", "31.5"], ["South coast", "9,870", "25.0"]]


def by_reportlab(columns: int) -> tuple[bytes, list[str]]:
    style = getSampleStyleSheet()
    parts, story = [], []
    for number, paragraph in enumerate(source(columns, 30)):
        parts.append(paragraph)
        story.append(Paragraph(paragraph, style["BodyText"]))
        if number % 10 == 4 and columns < 3:  # it is wider than a third of the page
            parts += [" ".join(row) for row in CELLS]
            story.append(Table(CELLS))

    def decorate(canvas: Canvas, document: BaseDocTemplate) -> None:
        canvas.drawString(60, 800, "Annual Review")
        canvas.drawRightString(535, 30, str(document.page))

    width = 475 / columns
    frames = [Frame(60 + width * at, 60, width - 12, 710, leftPadding=0, rightPadding=0) for at in range(columns)]
    output = BytesIO()
    document = BaseDocTemplate(output, pagesize=(WIDTH, HEIGHT))
    document.addPageTemplates(PageTemplate(frames=frames, onPage=decorate))
    document.build(story)
    return output.getvalue(), parts


def by_fpdf(columns: int) -> tuple[bytes, list[str]]:
    class Minutes(FPDF):
        def header(self) -> None:
            self.set_font("helvetica", size=9)
            self.cell(0, 8, "Minutes of the Board", align="R")
            self.ln(14)

        def footer(self) -> None:
            self.set_y(-14)
            self.cell(0, 8, f"{self.page_no()}", align="C")

    file = Minutes()
    file.add_page()
    file.set_font("times", size=11)
    parts = source(columns + 10, 30)
    with file.text_columns(ncols=columns, gutter=6, text_align="JUSTIFY") as text:
        for paragraph in parts:
            text.write(paragraph + "\n\n")
    return bytes(file.output()), parts


@pytest.mark.parametrize("columns", [1, 2, 3])
@pytest.mark.parametrize("writer", [by_reportlab, by_fpdf])
def test_words_of_whole_documents_are_found_in_order(
    writer: Callable[[int], tuple[bytes, list[str]]], columns: int
) -> None:
    data, parts = writer(columns)
    wanted = re.findall(r"\w+", " ".join(parts))
    found = re.findall(r"\w+", read(data).text)
    shared = LCSseq.similarity(wanted, found)
    assert shared >= 0.99 * len(wanted)
    assert shared >= 0.99 * len(found)
