"""PDF: what goes on over the end of a page, and what runs along the pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pdf_files import LEFT, RIGHT, book, page, pdf, put, read, text
from reportlab.pdfgen.canvas import Canvas


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


def test_roman_page_numbers_are_left_out_where_they_follow_the_pages() -> None:
    bodies = [LEFT, RIGHT, LEFT, RIGHT]
    following, others = ("viii", "ix", "- x -", "xi"), ("i", "v", "x", "c")
    assert text(*(page(*each) for each in _numbered(bodies, following))).split() == " ".join(bodies).split()
    kept = " ".join(f"{body} {number}" for body, number in zip(bodies, others, strict=True)).split()
    assert text(*(page(*each) for each in _numbered(bodies, others))).split() == kept


def _numbered(bodies: list[str], numbers: tuple[str, ...]) -> list[tuple[str, tuple[str, float, float]]]:
    return [(body, (number, 290, 40)) for body, number in zip(bodies, numbers, strict=True)]


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
