"""The words of a page and where they stand, in the order of its content.

A `Word` is what stands together without white space in one font and on one baseline. What goes on without a space in
another font, raised or larger, is a word that is glued to the one before.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import bidirectional, category, normalize

from qa.readers.pdf.characters import LINE_END, UNKNOWN, Characters, Run

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

SLANTED = 4
"""The turn of words that are not level in any of the four."""

_ASCENT, _DESCENT = 0.8, 0.22
"""Ems that letters reach above and below their baseline. What fonts say of it differs too much to compare lines by."""

_APART = 0.9
"""Ems from the end of a character to the next that make two words of them, whatever the file says."""

_CLOSE = 0.12
"""Ems up to which there is no space, though PDFium puts one there, or the end of a line."""

_LOOSE = 0.25
"""The same before a closing mark."""

_GLUED = 0.2
"""Ems up to which what follows in another font is part of the same word."""

_BACK = -0.6
"""Ems by which a character may begin before the end of the last: kerning, and letters below their accents."""

_SAME = 0.05
"""Points by which baselines and sizes in one word differ, where a file rounds."""

_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_ACCENTS = dict(
    zip("`´¨ˆ˜¯˘˙˚˝ˇ¸˛", "\u0300\u0301\u0308\u0302\u0303\u0304\u0306\u0307\u030a\u030b\u030c\u0327\u0328", strict=True)
)
_CLOSING = ",.;:!?)]}’”"
_TOKEN = re.compile(rf"[^\s{LINE_END}]+{LINE_END}?|{LINE_END}")
_MIXED = re.compile(rf"[{''.join(_ACCENTS)}]|[^\W\d_]\d")
"""What may hold an accent over another letter, or a raised digit."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word in points, its page turned so that it is upright: x to the right, y down, from the top left corner.

    `turn` is how many quarters clockwise the word is turned on the page as shown. `number` counts in the content.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    base: float
    size: float
    turn: int
    number: int
    is_glued: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as it is shown: its width and height in points, and its words. The file turns it by so many `quarters`.

    `lost` is how many characters are left out because their font does not say which letters they are.
    """

    width: float
    height: float
    words: tuple[Word, ...]
    quarters: int = 0
    lost: int = 0


def sheet_of(page: PdfPage) -> Sheet:
    """The words of a page that lie on what is shown of it."""
    text = page.get_textpage()
    try:
        box = page.get_bbox()
        quarters = page.get_rotation() // 90
        characters = Characters(text)
        words: list[Word] = []
        for run in _runs(characters):
            word = _word(run, len(words), quarters, box)
            if word.text and _is_inside(word, run.quarter, box):
                words.append(word)
    finally:
        text.close()
    width, height = box[2] - box[0], box[3] - box[1]
    size = (height, width) if quarters % 2 else (width, height)
    return Sheet(*size, tuple(words), quarters, characters.letters.count(UNKNOWN))


def turned(box: Box, quarters: int, width: float, height: float) -> Box:
    """A box on a page of this size, after what is turned clockwise by so many quarters was made upright."""
    left, top, right, bottom = box
    if quarters == 1:
        return top, width - right, bottom, width - left
    if quarters == 2:
        return width - right, height - bottom, width - left, height - top
    if quarters == 3:
        return height - bottom, left, height - top, right
    return box


def shown(word: Word, sheet: Sheet) -> Box:
    """The box of a word on its page as shown."""
    turn = sheet.quarters if word.turn == SLANTED else word.turn
    size = (sheet.height, sheet.width) if turn % 2 else (sheet.width, sheet.height)
    return turned((word.left, word.top, word.right, word.bottom), -turn % 4, *size)


def _runs(characters: Characters) -> Iterator[Run]:
    """The runs of a text page's characters."""
    last: Run | None = None
    end = 0
    for token in _TOKEN.finditer(characters.letters):
        limit = _limit(characters, end, token.start())
        end = token.end()
        if end - token.start() == 1 and token[0] in _ACCENTS and token[0] != "`":
            continue  # over a capital, too far from it to be told of which
        first = True
        for run in _quick(characters, token, last) or _careful(characters, token):
            if first and last:
                run.is_glued = limit is not None and _is_beside(last, run, limit)
            first = False
            last = run
            yield run


def _limit(characters: Characters, end: int, start: int) -> float | None:
    """Ems up to which there is no space between the end of a word and the start of the next; None where one is sure."""
    letters = characters.letters
    if any(letters[at] not in "\r\n" and not characters.is_generated(at) for at in range(end, start)):
        return None
    if end == start:
        return _GLUED
    return _LOOSE if letters[start] in _CLOSING else _CLOSE


def _quick(characters: Characters, token: re.Match[str], last: Run | None) -> list[Run]:
    """A word whose first and last character are of one height, which most are: nothing between them is looked at."""
    word = token[0]
    if not word.isalpha() and _MIXED.search(word):
        return []
    run = _begun(characters, token.start(), last)
    if len(word) > 1:
        first = run.begin
        begin, end, lower, upper = characters.sides(token.end() - 1, run.quarter)
        is_leftwards = bidirectional(word[0]) in ("R", "AL")
        if run.is_slanted or ((lower != run.lower or upper != run.upper) and not is_leftwards):
            return []
        run.begin, run.end = min(run.begin, begin), max(run.end, end)
        if run.end - run.begin > (len(word) + 1) * run.size:
            return []
        if is_leftwards and characters.sides(token.start() + 1, run.quarter)[0] > first:  # as it looks, not as it reads
            letters = word.rstrip(_CLOSING)
            word = letters[::-1] + word[len(letters) :]
    run.text = word
    return [run]


def _careful(characters: Characters, token: re.Match[str]) -> Iterator[Run]:
    """A word character by character."""
    run: Run | None = None
    accent: tuple[str, float, float] | None = None
    for at, letter in enumerate(token[0], token.start()):
        fresh = characters.run(at)
        if run and accent and fresh.begin < (accent[1] + accent[2]) / 2 < fresh.end:
            letter = normalize("NFC", {"ı": "i", "ȷ": "j"}.get(letter, letter) + accent[0])
            run.text = run.text[:-1]
        if run is None or not _takes(run, fresh):
            if run and run.text:
                fresh.is_glued = _is_beside(run, fresh, _GLUED)
                yield run
            run = fresh
        run.text += letter
        run.begin, run.end = min(run.begin, fresh.begin), max(run.end, fresh.end)
        accent = (_ACCENTS[letter], fresh.begin, fresh.end) if letter in _ACCENTS else None
    if run:
        yield run


def _begun(characters: Characters, index: int, last: Run | None) -> Run:
    """The run that a character begins; what it shares with one of the same height before it is not asked again."""
    if last and not last.is_slanted:
        begin, end, lower, upper = characters.sides(index, last.quarter)
        if lower == last.lower and upper == last.upper:
            return Run(last.quarter, begin, end, lower, upper, last.base, last.size, is_slanted=False)
    return characters.run(index)


def _takes(run: Run, fresh: Run) -> bool:
    """Whether a run goes on with a character: it is on the same baseline, and close behind it or part of a ligature."""
    if run.is_slanted and fresh.is_slanted:
        return True
    is_level = abs(run.base - fresh.base) < _SAME and abs(run.size - fresh.size) < _SAME
    is_near = _BACK * run.size < fresh.begin - run.end < _APART * run.size or fresh.end == run.end
    return is_level and is_near and run.quarter == fresh.quarter and run.is_slanted == fresh.is_slanted


def _is_beside(run: Run, fresh: Run, limit: float) -> bool:
    """Whether a run begins where another ends, perhaps raised or lowered by less than its height."""
    size = max(run.size, fresh.size)
    is_near = run.quarter == fresh.quarter and _BACK * size < fresh.begin - run.end < limit * size
    return is_near and abs(run.base - fresh.base) < 0.7 * size


def _word(run: Run, number: int, quarters: int, page: Box) -> Word:
    """A run in points, its page turned so that it is upright."""
    left, bottom, right, top = page
    start = (-left, top, right, -bottom)[run.quarter]
    base = (top, right, -bottom, -left)[run.quarter] - run.base
    return Word(
        text=run.text if run.text.isascii() and run.text.isprintable() else _clean(run.text),
        left=start + run.begin,
        top=base - _ASCENT * run.size,
        right=start + run.end,
        bottom=base + _DESCENT * run.size,
        base=base,
        size=run.size,
        turn=SLANTED if run.is_slanted else (quarters + run.quarter) % 4,
        number=number,
        is_glued=run.is_glued,
    )


def _clean(text: str) -> str:
    """A word as it is written: composed, ligatures as letters, without what has no width."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore").replace(LINE_END, "-")
    plain = normalize("NFC", whole.translate(_LIGATURES))
    return "".join(
        letter for letter in plain if letter != UNKNOWN and (letter in "\u200c\u200d" or category(letter) != "Cf")
    )


def _is_inside(word: Word, quarter: int, page: Box) -> bool:
    left, bottom, right, top = page
    wide, high = (top - bottom, right - left) if quarter % 2 else (right - left, top - bottom)
    is_finite = all(math.isfinite(number) for number in (word.left, word.right, word.base, word.size))
    return is_finite and word.left < wide and word.right > 0 and word.top < high and word.bottom > 0
