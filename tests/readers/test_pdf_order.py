"""PDF: columns, tables, lists and turned text, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_files import (
    HEIGHT,
    LEFT,
    RIGHT,
    WIDTH,
    by_column,
    line_by_line,
    listed,
    page,
    pdf,
    put,
    read,
    table,
    text,
    whole,
)
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas


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


def right_first(canvas: Canvas) -> None:
    put(canvas, RIGHT, x=310)
    put(canvas, LEFT)


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
