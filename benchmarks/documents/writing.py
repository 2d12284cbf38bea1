"""Documents of every format whose text is known, written by other programs than those that read them.

The prose is drawn from sentences of the demo's documents, with words between them that readers stumble over. A `Known`
document says which words it holds in reading order, and for some phrases that stand in it once, where.
"""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from textwrap import wrap

from seeds import CORPUS

HARD = (
    "efficient offices fluffy affinity",
    "a well-known twenty-first-century co-operation",
    "naïve café façade Ångström Dvořák",
    "“quoted” words – with dashes — and 3.14 % of €1,250.50",
    "the U.S. and the E.U. vs. the rest, e.g. in 1998/99",
)


@dataclass(frozen=True, slots=True)
class Known:
    """A document: its words in reading order, and the number of the page, slide, paragraph, row or line of phrases."""

    name: str
    data: bytes
    text: str
    places: Mapping[str, int]

    @property
    def words(self) -> list[str]:
        return self.text.split()


class Prose:
    """Paragraphs without end, the same for the same seed; each begins with a phrase that stands nowhere else."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._sentences = sentences()
        self._count = 0

    def paragraph(self, size: int = 4) -> str:
        self._count += 1
        chosen = self._random.choices(self._sentences, k=size)
        chosen.insert(self._random.randrange(size), f"They found {self._random.choice(HARD)} there.")
        return " ".join([f"Part {self._count:03}k begins here.", *chosen])

    def paragraphs(self, count: int) -> list[str]:
        return [self.paragraph(self._random.randint(1, 5)) for _ in range(count)]


def sentences() -> list[str]:
    """Sentences of the demo's documents without markup, of six words and more."""
    found = []
    for path in sorted(CORPUS.glob("*.md")):
        for paragraph in path.read_text(encoding="utf-8").split("\n\n"):
            if not paragraph.startswith("#"):
                found += [f"{part.strip()}." for part in paragraph.replace("\n", " ").split(". ") if "." not in part]
    return [sentence for sentence in found if len(sentence.split()) > 5]


def phrase(paragraph: str) -> str:
    """What a paragraph begins with, and no other."""
    return paragraph.partition(" begins")[0]


def text(seed: int) -> Known:
    parts = Prose(seed).paragraphs(12)
    places = {phrase(part): 1 + 2 * at for at, part in enumerate(parts)}
    return Known(f"text-{seed}.txt", "\n\n".join(parts).encode(), " ".join(parts), places)


def markdown(seed: int) -> Known:
    parts = Prose(seed).paragraphs(12)
    places = {phrase(part): 3 + 2 * at for at, part in enumerate(parts)}
    written = "\n\n".join(["# The title", *parts])
    return Known(f"markdown-{seed}.md", written.encode(), " ".join(["# The title", *parts]), places)


def html(seed: int) -> Known:
    parts = Prose(seed).paragraphs(12)
    lines = [
        "<!DOCTYPE html>",
        "<html><head><meta charset=utf-8><title>The title</title><style>p { color: red }</style></head><body>",
        "<nav><a href='/'>Home</a></nav><script>var words = 'not read';</script>",
    ]
    places = {}
    for at, part in enumerate(parts):
        start, _, rest = escape(part).partition(" begins")
        marked = f"<b>{start}</b> begins{rest}"
        places[phrase(part)] = len(lines) + 1
        lines += [(f"<p>{marked}</p>", f"<ul><li>{marked}</ul>", f"<div>{marked}<br></div>")[at % 3]]
    lines.append("</body></html>")
    return Known(f"page-{seed}.html", "\n".join(lines).encode(), " ".join(_listed(parts)), places)


def _listed(parts: Sequence[str]) -> list[str]:
    return [f"• {part}" if at % 3 == 1 else part for at, part in enumerate(parts)]


def epub(seed: int) -> Known:
    chapters = [html(1000 * seed + at) for at in range(3)]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        container = '<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/>'
        namespace = 'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"'
        archive.writestr(
            "META-INF/container.xml",
            f'<?xml version="1.0"?><container version="1.0" {namespace}><rootfiles>{container}</rootfiles></container>',
        )
        items = "".join(
            f'<item id="c{at}" href="c{at}.xhtml" media-type="application/xhtml+xml"/>' for at in range(len(chapters))
        )
        spine = "".join(f'<itemref idref="c{at}"/>' for at in range(len(chapters)))
        archive.writestr(
            "OPS/book.opf",
            '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The book</dc:title></metadata>'
            f"<manifest>{items}</manifest><spine>{spine}</spine></package>",
        )
        for at, chapter in enumerate(chapters):
            archive.writestr(f"OPS/c{at}.xhtml", chapter.data)
    return Known(f"book-{seed}.epub", stream.getvalue(), " ".join(chapter.text for chapter in chapters), {})


def docx(seed: int) -> Known:
    import docx as python_docx

    parts = Prose(seed).paragraphs(14)
    document = python_docx.Document()
    document.add_heading("The title", 1)
    places = {}
    for at, part in enumerate(parts[:12]):
        if at == 6:
            document.add_heading("The second part", 2)
        document.add_paragraph(part)
        places[phrase(part)] = len(document.paragraphs)
    table = document.add_table(rows=1, cols=2)
    for cell, part in zip(table.rows[0].cells, parts[12:], strict=True):
        cell.text = part
    stream = io.BytesIO()
    document.save(stream)
    words = ["The title", *parts[:6], "The second part", *parts[6:12], *parts[12:]]
    return Known(f"letter-{seed}.docx", stream.getvalue(), " ".join(words), places)


def pptx(seed: int) -> Known:
    import pptx as python_pptx

    presentation, prose = python_pptx.Presentation(), Prose(seed)
    words: list[str] = []
    places: dict[str, int] = {}
    for number in range(1, 7):
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        title, body = f"Slide title {number}", prose.paragraphs(3)
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(body)
        words += [title, *body]
        places |= dict.fromkeys(map(phrase, body), number)
    stream = io.BytesIO()
    presentation.save(stream)
    return Known(f"slides-{seed}.pptx", stream.getvalue(), " ".join(words), places)


def csv_table(seed: int) -> Known:
    parts = Prose(seed).paragraphs(30)
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["number", "report"])
    writer.writerows([at, part] for at, part in enumerate(parts, start=1))
    said = " ".join(f"number: {at}; report: {part}" for at, part in enumerate(parts, start=1))
    places = {phrase(part): at + 1 for at, part in enumerate(parts, start=1)}
    return Known(f"table-{seed}.csv", stream.getvalue().encode(), said, places)


def jsonl(seed: int) -> Known:
    parts = Prose(seed).paragraphs(30)
    data = "".join(json.dumps({"text": part}) + "\n" for part in parts)
    places = {phrase(part): at for at, part in enumerate(parts, start=1)}
    return Known(f"lines-{seed}.jsonl", data.encode(), " ".join(parts), places)


def pdf(seed: int) -> Known:
    return _pdf(f"article-{seed}.pdf", seed, columns=1)


def pdf_in_columns(seed: int) -> Known:
    return _pdf(f"paper-{seed}.pdf", seed, columns=2)


def _pdf(name: str, seed: int, columns: int) -> Known:
    """Pages with a running header and page numbers; of every paragraph's lines some end in a hyphen."""
    import reportlab
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    registerFont(TTFont("Vera", str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf")))
    parts = [_latin(part) for part in Prose(seed).paragraphs(30)]
    stream = io.BytesIO()
    places: dict[str, int] = {}
    canvas = Canvas(stream, pagesize=A4, invariant=1)
    width = (A4[0] - 100 - 20 * (columns - 1)) / columns
    page, column, y = 1, 0, A4[1] - 90

    def begin() -> None:
        canvas.setFont("Vera", 9)
        canvas.drawString(50, A4[1] - 40, "The running header of this article")
        canvas.drawCentredString(A4[0] / 2, 30, f"{page}")

    begin()
    for part in parts:
        for at, line in enumerate(_hyphenated(part, int(width / 5.2))):
            if y < 70:
                column, y = column + 1, A4[1] - 90
                if column == columns:
                    canvas.showPage()
                    page, column = page + 1, 0
                    begin()
            if at == 0:
                places[phrase(part)] = page
            canvas.setFont("Vera", 9)
            canvas.drawString(50 + column * (width + 20), y, line)
            y -= 12
        y -= 10
    canvas.save()
    return Known(name, stream.getvalue(), " ".join(parts), places)


def _latin(paragraph: str) -> str:
    """Without what the font of the PDFs lacks."""
    return paragraph.replace("ř", "r").replace("“", '"').replace("”", '"')


def _hyphenated(paragraph: str, width: int) -> list[str]:
    """Lines of a paragraph; a long lower-case word at a line's end is divided where that fills the line."""
    lines: list[str] = []
    for line in wrap(paragraph, width, break_on_hyphens=False):
        if lines and (first := line.split(" ")[0]).isalpha() and first.islower() and len(first) > 7:
            room = width - len(lines[-1]) - 2
            if 3 <= room <= len(first) - 3:
                lines[-1] += f" {first[:room]}-"
                line = line[room:]
        lines.append(line)
    return lines


WRITERS: Mapping[str, Callable[[int], Known]] = {
    "txt": text,
    "md": markdown,
    "html": html,
    "epub": epub,
    "docx": docx,
    "pptx": pptx,
    "csv": csv_table,
    "jsonl": jsonl,
    "pdf": pdf,
    "pdf, two columns": pdf_in_columns,
}
"""Writes the document of a seed, by format."""
