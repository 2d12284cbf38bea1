"""PDF files that tests write, page by page and by hand."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from qa.readers.extract import Extract
from qa.readers.pdf import read_pdf

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


def by_column(canvas: Canvas) -> None:
    put(canvas, LEFT)
    put(canvas, RIGHT, x=310)


def line_by_line(canvas: Canvas) -> None:
    for number, (left, right) in enumerate(zip(listed(LEFT), listed(RIGHT), strict=True)):
        put(canvas, left, y=700 - 12 * number)
        put(canvas, right, x=310, y=700 - 12 * number)


ROWS = [("Name", "Count", "Share"), ("Alpha", "10", "20 %"), ("Beta", "31", "62 %")]


def table(canvas: Canvas) -> None:
    for down, row in enumerate(ROWS):
        for across, cell in enumerate(row):
            put(canvas, cell, x=72 + 120 * across, y=700 - 16 * down)


def book(pages: int) -> tuple[bytes, list[str]]:
    """Pages with a header that is left or right and a footer with the page's number, and the words between them."""
    lines = listed(LEFT) + listed(RIGHT)
    bodies = [[lines[(number + at) % 10] for at in range(20)] for number in range(pages)]

    def draw(number: int) -> Callable[[Canvas], None]:
        title = ("The Harbour", 470, 800) if number % 2 else ("Annual Review", 72, 800)
        return page("\n".join(bodies[number]), title, (f"Page {number + 5} of 90", 270, 40))

    return pdf(*(draw(number) for number in range(pages))), " ".join(" ".join(body) for body in bodies).split()
