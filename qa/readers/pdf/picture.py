"""A page of a PDF file as a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from io import BytesIO

from qa.errors import FileError
from qa.readers.pdf.file import opened, page_of

_MOST_PIXELS = 16_000_000
"""Pixels of the largest picture: 64 MB while it is drawn. Pages may be as large as a house."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG of a page that is `width` by `height` points large."""

    png: bytes
    width: float
    height: float


def picture(data: bytes, page: int, scale: float = 1.5) -> Picture:
    """Draw a page, from 1, with so many pixels a point, or fewer where it is very large.

    Raises FileError where the bytes cannot be read or have no such page.
    """
    with opened(data) as document:
        if not 1 <= page <= len(document):
            raise FileError(f"it has no page {page}, but {len(document)}.")
        with page_of(document, page) as opened_page:
            if opened_page is None:
                raise FileError(f"its page {page} is damaged and cannot be shown.")
            width, height = opened_page.get_size()
            most = math.sqrt(_MOST_PIXELS / max(width * height, 1.0))
            bitmap = opened_page.render(scale=min(scale, most))
            stream = BytesIO()
            try:
                bitmap.to_pil().save(stream, "png")
            finally:
                bitmap.close()
            return Picture(stream.getvalue(), width, height)
