"""PDF: layouts that are hard to tell apart, each beside the one that it is taken for where a rule is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from pdf_files import LEFT, RIGHT, listed, page, put, text, whole
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas


def at_places(canvas: Canvas, rows: Sequence[Sequence[str]], lefts: Sequence[float]) -> None:
    """Rows of cells, one row after the other."""
    for down, row in enumerate(rows):
        for left, cell in zip(lefts, row, strict=True):
            put(canvas, cell, x=left, y=700 - 12 * down)


# --- columns


@pytest.mark.parametrize(("gutter", "lines_first"), [(8, False), (12, False), (30, False), (12, True), (30, True)])
def test_columns_may_stand_close(gutter: float, lines_first: bool) -> None:
    right = 72 + max(pdfmetrics.stringWidth(line, "Times-Roman", 10) for line in listed(LEFT)) + gutter

    def draw(canvas: Canvas) -> None:
        if lines_first:
            at_places(canvas, list(zip(listed(LEFT), listed(RIGHT), strict=True)), (72, right))
        else:
            put(canvas, LEFT)
            put(canvas, RIGHT, x=right)

    assert text(draw) == f"{whole(LEFT)}\n\n{whole(RIGHT)}"


def test_columns_may_have_their_lines_between_those_of_the_other() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, LEFT)
        put(canvas, RIGHT, x=310, y=694)

    assert text(draw) == f"{whole(LEFT)}\n\n{whole(RIGHT)}"


def test_a_small_table_of_phrases_is_no_prose() -> None:
    rows = [
        ("the old wall of the harbour", "built by twelve men in one year"),
        ("the new wall of the harbour", "built by forty men in two years"),
        ("a light at the end of the wall", "not built until long after that"),
    ]
    assert text(lambda canvas: at_places(canvas, rows, (72, 310))) == "\n\n".join(" | ".join(row) for row in rows)


def test_wide_spaces_that_happen_to_stand_below_each_other_are_no_gutters() -> None:
    rows = [("they", "will", "find", "that"), ("most", "have", "gone", "away"), ("when", "they", "come", "back")]

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Courier", 10)  # 24 points a word, and 10.5 between two
        for down, row in enumerate(rows):
            for across, word in enumerate(row):
                canvas.drawString(72 + 34.5 * across, 700 - 12 * down, word)

    assert text(draw) == " ".join(word for row in rows for word in row)


# --- paragraphs and margins


def test_a_gap_between_lines_is_the_end_of_a_paragraph() -> None:
    first = (
        "They met and they agreed on all of the matters before\nthem that day and on those that were to come later on"
    )

    def draw(canvas: Canvas) -> None:
        put(canvas, f"{first}\n{first}")
        put(canvas, "Work began in autumn with twelve men, who were paid by", y=700 - 3 * 12 - 19)

    assert text(draw) == f"{whole(first)} {whole(first)}\n\nWork began in autumn with twelve men, who were paid by"


def test_small_notes_beside_the_text_stand_behind_it() -> None:
    def draw(canvas: Canvas) -> None:
        for number, line in enumerate(listed(LEFT)):
            put(canvas, line, x=150, y=700 - 12 * number)
            if number == 2:
                put(canvas, "See the report", x=60, y=700 - 12 * number, size=6)

    assert text(draw) == f"{whole(LEFT)}\n\nSee the report"


def test_lines_of_a_script_without_spaces_are_joined_without() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    lines = [
        "新しい橋は月曜日の朝に開通しました。工事には四年か",
        "かり、町の人はほとんどみんな川岸に集まって、お祭りの",
    ]

    def draw(canvas: Canvas) -> None:
        canvas.setFont("HeiseiMin-W3", 10)
        for number, line in enumerate(lines):
            canvas.drawString(72, 700 - 14 * number, line)

    assert text(draw) == "".join(lines)


# --- what does not run along the pages

BODIES = [LEFT, RIGHT] * 7


@pytest.mark.parametrize(
    "places",
    [[(800.0, 10.0), (790.0, 10.0)], [(800.0, 10.0), (800.0, 8.0)]],
    ids=["at another height", "of another size"],
)
def test_the_same_line_elsewhere_or_in_another_size_is_no_header(places: list[tuple[float, float]]) -> None:
    def draw(body: str, y: float, size: float) -> Callable[[Canvas], None]:
        def drawn(canvas: Canvas) -> None:
            put(canvas, "Of the harbour", y=y, size=size)
            put(canvas, body)

        return drawn

    found = text(*(draw(body, *place) for body, place in zip((LEFT, RIGHT), places, strict=True)))
    assert found.count("Of the harbour") == 2


def test_what_two_of_many_pages_share_is_no_header() -> None:
    tops = [
        "Ships",
        "Walls",
        "Storms",
        "Lights",
        "Notes",
        "Men",
        "Ice",
        "Wind",
        "Notes",
        "Sand",
        "Tools",
        "Pay",
        "Ends",
    ]
    found = text(*(page(body, (top, 72, 800)) for body, top in zip(BODIES, tops, strict=False)))
    assert all(found.count(top) == tops.count(top) for top in tops)


def test_a_stamp_along_the_side_of_every_page_is_left_out() -> None:
    def draw(body: str, stamp: str) -> Callable[[Canvas], None]:
        def drawn(canvas: Canvas) -> None:
            put(canvas, body)
            canvas.saveState()
            canvas.translate(30, 300)
            canvas.rotate(90)
            put(canvas, stamp, x=0, y=0)
            canvas.restoreState()

        return drawn

    assert "Draft of May" not in text(*(draw(body, "Draft of May") for body in BODIES[:3]))
    others = ["Draft of May", "Draft of June", "Plan of the wall"]
    found = text(*(draw(body, stamp) for body, stamp in zip(BODIES, others, strict=False)))
    assert all(found.count(stamp) == 1 for stamp in others)
