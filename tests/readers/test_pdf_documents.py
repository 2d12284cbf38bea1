"""PDF: whole documents by independent writers, whose words are known."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from io import BytesIO

import pytest
from fpdf import FPDF
from pdf_files import HEIGHT, LEFT, RIGHT, WIDTH, read, whole
from rapidfuzz.distance import LCSseq
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, Table


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
