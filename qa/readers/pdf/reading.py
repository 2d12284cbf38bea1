"""From the bytes of a PDF file to its title, text, headings and pages."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING

from qa.errors import FileError
from qa.readers.extract import Extract, listed, shortened
from qa.readers.pdf.file import date_of, keywords_of, opened, page_of, title_of
from qa.readers.pdf.headings import headings_of, outline_of, title_in
from qa.readers.pdf.pages import Draft, Page, drafted, finished
from qa.readers.pdf.running import REACH
from qa.readers.pdf.text import Parts, add, whole
from qa.readers.pdf.words import Sheet, sheet_of
from qa.tags import normalised_tags

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

_MOST_CHARACTERS = 20_000_000
"""Characters of the longest text that is read: some 7,000 dense pages."""

_MOST_NAMED = 3
"""Lines or pages that a note names."""


_FEW, _SHARE = 10, 0.002
"""Characters without a letter that are not worth a note: so many, or such a share of all. Most are ornaments."""


@dataclass(slots=True)
class _Losses:
    """What of a file is not in its text."""

    blank: list[int] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)
    numbered: int = 0
    characters: int = 0
    read: int = 0
    running: Counter[str] = field(default_factory=Counter)


def read_pdf(data: bytes, name: str) -> Extract:
    """Read a PDF file; one without any text raises FileError, as one that is damaged or needs a password does."""
    with opened(data) as document:
        parts, losses = Parts(), _Losses()
        for page in pages_of(document, 1, len(document)):
            add(parts, page)
            _note(losses, page)
            if losses.read > _MOST_CHARACTERS:
                raise FileError(f"it holds more than {_MOST_CHARACTERS:,} characters of text. Split it.")
        if not parts.blocks:
            raise FileError(_nothing(losses))
        text = whole(parts)
        headings = headings_of(outline_of(document), text)
        highest = next((heading.text for heading in headings if heading.level == 1), "")
        title = title_of(document) or title_in(text) or highest or PurePath(name).stem
        return Extract(
            title=shortened(title),
            text=text.text,
            headings=headings,
            page_starts=text.page_starts,
            date=date_of(document),
            tags=normalised_tags(keywords_of(document)),
            blank_pages=tuple(losses.blank),
            notes=tuple(_notes(losses)),
        )


def pages_of(document: PdfDocument, first: int, last: int) -> Iterator[Page]:
    """Pages as they are read, from 1 and both included; pages nearby are looked at where there are any."""
    end = min(last + REACH, len(document))
    near: deque[Draft] = deque()
    wanted = first
    for number in range(max(1, first - REACH), end + 1):
        near.append(_draft(document, number))
        while wanted <= last and (wanted + REACH == number or number == end):
            own = next(draft for draft in near if draft.number == wanted)
            yield finished(own, [draft for draft in near if 0 < abs(draft.number - wanted) <= REACH])
            wanted += 1
        if len(near) > 2 * REACH:
            near.popleft()


def _draft(document: PdfDocument, number: int) -> Draft:
    with page_of(document, number) as page:
        return drafted(number, sheet_of(page) if page else Sheet(0.0, 0.0, ()))


def _note(losses: _Losses, page: Page) -> None:
    if not page.sheet.words:
        losses.blank.append(page.number)
    if not page.sheet.width:
        losses.damaged.append(page.number)
    losses.characters += page.sheet.lost
    losses.read += sum(len(line.text) for line in page.lines)
    losses.running.update({edge.pattern for edge in page.left_out})
    losses.numbered += page.is_numbered


def _nothing(losses: _Losses) -> str:
    if losses.characters:
        return "its fonts do not say which letters they show. Recognise its text (OCR) and index it again."
    if len(losses.damaged) == len(losses.blank):
        return "all of its pages are damaged. Export or download it again."
    return "it has no text layer, so it may be a scan. Recognise its text (OCR) and index it again."


def _notes(losses: _Losses) -> Iterator[str]:
    if losses.running:
        lines = [_named(pattern) for pattern, _ in losses.running.most_common(_MOST_NAMED)]
        yield f"Lines that repeat on its pages were left out, such as {_listed(lines)}."
    if losses.blank:
        yield f"Pages without text: {listed(losses.blank)}."
    if losses.numbered:
        yield f"The numbers of lines were left out on {losses.numbered:,} of its pages."
    if losses.damaged:
        pages = [str(number) for number in losses.damaged[:_MOST_NAMED]]
        yield f"{len(losses.damaged):,} of its pages could not be opened, such as page {_listed(pages)}."
    if losses.characters > max(_FEW, _SHARE * losses.read):
        yield f"{losses.characters:,} characters were left out, because their fonts do not say which letters they are."


def _named(pattern: str) -> str:
    return "page numbers" if not any(letter.isalpha() for letter in pattern) else f"“{pattern[:80]}”"


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
