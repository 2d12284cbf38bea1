"""The characters of a page, one by one, as PDFium gives them."""

from __future__ import annotations

import math
import re
import sys
from ctypes import c_double
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import category

if TYPE_CHECKING:
    from pypdfium2 import PdfTextPage

Box = tuple[float, float, float, float]

LINE_END = "\x02"
"""What PDFium gives for a hyphen at the end of a line."""

UNKNOWN = "\0"
"""For a character of which the font does not say which letter it is."""

_SPECIAL = "\x02\x0e\x0f"
"""Control characters that stand for something: the hyphen above, and ligatures."""

_SLANT = 0.15
"""Quarters of a turn from level that are taken for level, as lines of a scan are."""

_BARE_LIGATURES = {"\x0b": "ﬀ", "\x0c": "ﬁ", "\r": "ﬂ", "\x0e": "ﬃ", "\x0f": "ﬄ"}
_BARE_LIGATURE = re.compile("[\x0b\x0c\x0e\x0f]|\r(?!\n)")
"""TeX's ligatures where a font, drawn by the page itself, says nothing but its codes."""

_BULLETS = dict.fromkeys([0x0088, 0xF0B7, 0xF0A7, 0xF0D8, 0xF076, 0xF0A8, 0xF06E, 0xF06C], "•")  # TeX's and Word's
_HYPHENS = dict.fromkeys([0x00AD, 0x2010, 0x2011], "-")


@dataclass(slots=True)
class Run:
    """Characters that follow each other in one font on one baseline, in the coordinates of the file (y upwards).

    `begin` and `end` are along the direction of reading, `lower` and `upper` are those of its last character across it.
    """

    quarter: int
    begin: float
    end: float
    lower: float
    upper: float
    base: float
    size: float
    is_slanted: bool
    is_glued: bool = False
    text: str = ""


class _Letters(dict[int, str]):
    """What stands for a character code, one letter for each: NUL where nobody knows."""

    def __missing__(self, code: int) -> str:
        letter = chr(code) if code <= sys.maxunicode else UNKNOWN
        is_kept = letter.isprintable() or letter.isspace() or category(letter) in ("Cf", "Cs") or letter in _SPECIAL
        self[code] = letter if is_kept else UNKNOWN
        return self[code]


_LETTERS = _Letters(_BULLETS | _HYPHENS)


class Characters:
    """What PDFium says of the characters of a page, by their index."""

    def __init__(self, text: PdfTextPage) -> None:
        import pypdfium2.raw as pdfium

        self._pdfium = pdfium
        self._text = text.raw
        self._box = pdfium.FS_RECTF()
        self._matrix, self._x, self._y = pdfium.FS_MATRIX(), c_double(), c_double()
        self._get_box = pdfium.FPDFText_GetLooseCharBox
        code, letters = pdfium.FPDFText_GetUnicode, _LETTERS
        found = "".join([letters[code(self._text, index)] for index in range(text.count_chars())])
        self.letters = _BARE_LIGATURE.sub(self._ligature, found)

    def _ligature(self, match: re.Match[str]) -> str:
        at = match.start()
        if match[0] == "\x0f" and match.string[at - 1 : at + 2].strip() == match[0]:
            return "•"
        return match[0] if self.is_generated(at) else _BARE_LIGATURES[match[0]]

    def is_generated(self, index: int) -> bool:
        return bool(self._pdfium.FPDFText_IsGenerated(self._text, index) == 1)

    def sides(self, index: int, quarter: int) -> Box:
        """Where a character begins and ends along the direction of reading, and its lower and upper side."""
        box = self._box
        self._get_box(self._text, index, box)
        if quarter == 0:
            return box.left, box.right, box.bottom, box.top
        if quarter == 1:
            return -box.top, -box.bottom, box.left, box.right
        if quarter == 2:
            return -box.right, -box.left, -box.top, -box.bottom
        return box.bottom, box.top, -box.right, -box.left

    def run(self, index: int) -> Run:
        """The run that a character begins."""
        pdfium, text, matrix = self._pdfium, self._text, self._matrix
        pdfium.FPDFText_GetMatrix(text, index, matrix)
        pdfium.FPDFText_GetCharOrigin(text, index, self._x, self._y)
        angle = pdfium.FPDFText_GetCharAngle(text, index) / (math.pi / 2)
        angle = angle if 0 < angle < 4 else 0.0  # no number for a matrix that is none
        is_slanted = abs(angle - round(angle)) > _SLANT
        quarter = 0 if is_slanted else round(angle) % 4
        begin, end, lower, upper = self.sides(index, quarter)
        size = pdfium.FPDFText_GetFontSize(text, index) * math.hypot(matrix.c, matrix.d)
        if not (upper - lower) / 4 < size < (upper - lower) * 4:  # a font that the page itself draws may say anything
            size = max((upper - lower) / 1.2, 0.1)
        x, y = self._x.value, self._y.value
        return Run(quarter, begin, end, lower, upper, (y, x, -y, -x)[quarter], size, is_slanted)
