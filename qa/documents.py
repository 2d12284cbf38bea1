"""The documents of a library as their pages show them: the text, and pictures of the file that it was taken from."""

from __future__ import annotations

import hashlib
import logging
import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import PurePath
from typing import Any

from qa.errors import FileError, PinciteError
from qa.library import Library
from qa.sandbox import Sandbox
from qa.sources import UPLOAD, read_bytes
from qa.types import Document, Passage

_log = logging.getLogger(__name__)

_MOST = 3
"""Pages that are drawn for one address, and that are looked at for one passage."""

_SCALE = 2.0
"""Pixels a point: sharp on a dense screen at the width of the page."""

_KEPT = 8
"""Pictures kept for the browser, which asks for them behind the page that shows them."""

_MOST_PIXELS = 17_000_000
_LONGEST_SIDE = 20_000
"""Pixels of a picture: no page that is drawn at this scale has more."""

_BOXES = 500
"""Boxes of one passage: it has fewer lines."""

_PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, as parts of a page's width and height."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page of a file, the size of its picture in pixels, and where passages stand on it."""

    page: int
    width: int
    height: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A page as PNG, and its size in points."""

    png: bytes
    width: float
    height: float


class Documents:
    """Every method may be called from any thread, and raises PinciteError with a sentence where the store fails."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._sandbox = Sandbox()
        self._drawing = threading.Lock()
        self._drawn: OrderedDict[tuple[str, int], _Drawn] = OrderedDict()

    def close(self) -> None:
        """End the process that draws pages."""
        with self._drawing:
            self._sandbox.close()

    def document(self, document_id: str) -> Document | None:
        with self._library.reading() as reading:
            return reading.document(document_id)

    def passages(self, document: Document, start: int, end: int) -> Sequence[Passage]:
        """Those that lie in `text[start:end]` or reach into it, in order."""
        with self._library.reading() as reading:
            passages = reading.passages_of(document.id)
        return [passage for passage in passages if passage.start < end and passage.end > start]

    def pictures(self, document: Document, spans: Sequence[Span]) -> Sequence[PagePicture]:
        """The first pages on which spans of the text stand.

        None where the file has no pages to draw, is not there any more, is another one now or cannot be drawn.
        """
        if not spans or not _is_drawable(document):
            return []
        try:
            data = self._original(document)
            boxes: list[tuple[int, Box]] = []
            for span in sorted(spans):
                if len({page for page, _ in boxes}) < _MOST:
                    boxes += self._boxes(document, data, span)
            pages = sorted({page for page, _ in boxes})[:_MOST]
            return [_shown(page, self._draw(document, page, data), boxes) for page in pages]
        except PinciteError as error:
            _log.info("no picture of %s: %s", document.source, error)
            return []

    def picture(self, document: Document, page: int) -> bytes:
        """A page of the file as PNG. Raises FileError where there is none."""
        if not _is_drawable(document) or not 1 <= page <= len(document.page_starts):
            raise FileError("there is no such page to draw.")
        return self._draw(document, page).png

    def _draw(self, document: Document, page: int, data: bytes | None = None) -> _Drawn:
        with self._drawing:
            key = document.sha256, page
            if key not in self._drawn:
                known = self._original(document) if data is None else data
                self._drawn[key] = self._sandbox.call("picture", known, {"page": page, "scale": _SCALE}, _checked_png)
            self._drawn.move_to_end(key)
            while len(self._drawn) > _KEPT:
                self._drawn.popitem(last=False)
            return self._drawn[key]

    def _boxes(self, document: Document, data: bytes, span: Span) -> list[tuple[int, Box]]:
        """The first pages that a span of the text stands on, with its boxes on them in points."""
        starts = document.page_starts
        first = max(1, bisect_right(starts, span[0]))
        behind = min(first + _MOST - 1, len(starts))
        begin, end = starts[first - 1], starts[behind] if behind < len(starts) else len(document.text)
        arguments = {  # the text of these pages alone
            "text": document.text[begin:end],
            "page_starts": [min(max(start, begin), end) - begin for start in starts],
            "start": max(span[0], begin) - begin,
            "end": min(span[1], end) - begin,
        }
        with self._drawing:
            return self._sandbox.call("rectangles", data, arguments, _checked_boxes)

    def _original(self, document: Document) -> bytes:
        """The bytes that a document was read from. Raises FileError where no source has them any more."""
        with self._library.reading() as reading:
            paths = list(reading.paths_of(document.id))
            kept = {path: reading.original(path) for path in paths if path.startswith(UPLOAD)}
        for path in paths:
            try:
                data = kept[path] if path in kept else read_bytes(path)
            except FileError:
                continue
            if data is not None and hashlib.sha256(data).hexdigest() == document.sha256:
                return data
        raise FileError("the file is not there any more, or is another one now.")


def _is_drawable(document: Document) -> bool:
    return bool(document.page_starts) and any(PurePath(name).suffix.lower() == ".pdf" for name in document.sources)


def _shown(page: int, drawn: _Drawn, boxes: Sequence[tuple[int, Box]]) -> PagePicture:
    """A picture with those of the boxes that are on its page, as parts of it."""
    sides = (drawn.width, drawn.height, drawn.width, drawn.height)
    parts = [tuple(min(max(at / side, 0.0), 1.0) for at, side in zip(box, sides, strict=True)) for _, box in boxes]
    on_it = [part for (number, _), part in zip(boxes, parts, strict=True) if number == page]
    return PagePicture(page, *_size(drawn.png), tuple((left, top, right, bottom) for left, top, right, bottom in on_it))


def _size(png: bytes) -> tuple[int, int]:
    """Width and height of a picture in pixels."""
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


def _checked_png(fields: Mapping[str, Any], payload: bytes) -> _Drawn:
    """A picture as it was sent. Raises ValueError where it is none, for the process that drew it may be hostile."""
    width, height = _size(payload)
    sides = [float(fields["width"]), float(fields["height"])]
    _require(payload.startswith(_PNG) and 0 < width * height <= _MOST_PIXELS, "a picture")
    _require(max(width, height) <= _LONGEST_SIDE and all(isfinite(side) and side > 0 for side in sides), "a page")
    return _Drawn(payload, *sides)


def _checked_boxes(fields: Mapping[str, Any], _payload: bytes) -> list[tuple[int, Box]]:
    """Boxes as they were sent. Raises ValueError or TypeError where they are none."""
    rows = fields["rectangles"]
    _require(isinstance(rows, list) and len(rows) <= _BOXES, "rectangles")
    boxes = []
    for page, *sides in rows:
        left, top, right, bottom = map(float, sides)
        _require(isinstance(page, int) and page > 0 and left <= right and top <= bottom, "a rectangle")
        _require(isfinite(left) and isfinite(top) and isfinite(right) and isfinite(bottom), "a rectangle's sides")
        boxes.append((page, (left, top, right, bottom)))
    return boxes


def _require(condition: bool, name: str) -> None:
    if not condition:
        raise ValueError(f"{name} cannot be right")
