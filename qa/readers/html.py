"""Web pages: what a browser would show of the file itself, block by block, with the line of each word.

Scripts, styles, templates, comments and what is in form controls are never text. What the page itself marks as hidden,
as navigation, or as the head, sides and foot around its content is left out unless there is nothing else. Nothing is
fetched or followed. The markup is taken apart by `qa/readers/web/` and not by a library: none gives the line of every
text, and those that repair markup as browsers do can be made to take a gigabyte for 40 kB of it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

from qa.readers.extract import Extract, Heading, shortened
from qa.readers.web.charset import decode_page
from qa.readers.web.flow import Block
from qa.readers.web.page import FOOTER, HIDDEN, MARGIN, NAVIGATION, Page, read_page
from qa.tags import normalised_tags
from qa.types import Places

_DATES = """
article:published_time datepublished dc.date.issued dcterms.issued dc.date dcterms.date dc.date.created dcterms.created
date
""".split()
_DATE = re.compile(r"\s*([0-9]{4}-[0-9]{2}-[0-9]{2})(?![0-9])")


def read_html(data: bytes, name: str) -> Extract:
    """Read a page. Raises FileError where the bytes are no text."""
    text, notes = decode_page(data)
    page = read_page(text, is_xml=is_xhtml(text, name))
    limit = MARGIN if not page.names_content else 0
    blocks, left_out = chosen(page.blocks, limit)
    text, headings, places = laid_out(blocks)
    heading = next((heading.text for heading in headings if heading.level == 1), "")
    title = page.title or heading or next(iter(page.values.get("og:title", ())), "")
    return Extract(
        title=shortened(title) or PurePath(name).stem,
        text=text,
        headings=headings,
        date=first_date(value for name in _DATES for value in page.values.get(name, ())),
        tags=_tags(page.values),
        places=places,
        notes=(*notes, *left_out, *_unclosed(page)),
    )


def is_xhtml(text: str, name: str) -> bool:
    """Whether tags may close themselves: by the suffix, or where the file says that it is XML."""
    return PurePath(name).suffix.lower() in (".xhtml", ".xht") or text.startswith("<?xml")


def chosen(blocks: Sequence[Block], limit: int) -> tuple[list[Block], tuple[str, ...]]:
    """The blocks up to this rank, or as far beyond as it takes for there to be any; and what was left out."""
    for rank in range(limit, HIDDEN + 1):
        found = [block for block in blocks if block.rank <= rank]
        if found:
            limit = rank
            break
    left_out = {block.rank for block in blocks if block.rank > limit}
    around = [
        words
        for rank, words in ((NAVIGATION, "navigation"), (MARGIN, "header or sidebar"), (FOOTER, "footer"))
        if rank in left_out
    ]
    notes = []
    if around:
        notes.append(f"Left out, because the page marks it so: {', '.join(around)}.")
    if HIDDEN in left_out:
        notes.append("Text that the page does not show was left out.")
    return found, tuple(notes)


def laid_out(blocks: Sequence[Block]) -> tuple[str, tuple[Heading, ...], Places]:
    """The canonical text of blocks, with its headings and the lines that it came from."""
    headings: list[Heading] = []
    starts: list[int] = []
    numbers: list[int] = []
    at = 0
    for block in blocks:
        if block.level:
            headings.append(Heading(at, block.level, shortened(block.text)))
        for offset, line in block.lines:
            if not numbers or numbers[-1] != line:
                starts.append(at + offset)
                numbers.append(line)
        at += len(block.text) + 2
    text = "\n\n".join(block.text for block in blocks)
    return text, tuple(headings), Places("line", tuple(starts), tuple(numbers))


def first_date(values: Iterable[str]) -> datetime.date | None:
    """The first value that begins with a day. One with a time counts as the day that is written."""
    for value in values:
        if written := _DATE.match(value):
            try:
                return datetime.date.fromisoformat(written[1])
            except ValueError:
                continue
    return None


def _unclosed(page: Page) -> tuple[str, ...]:
    if page.unclosed is None:
        return ()
    return (f"The markup that begins in line {page.unclosed} never ends: what follows it could not be read.",)


def _tags(values: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    keywords = [word for value in values.get("keywords", ()) for word in re.split("[,;，、]", value)]
    return normalised_tags([*keywords, *values.get("article:tag", ())])
