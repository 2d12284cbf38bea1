"""Which encoding a text has that does not say so: the one in which its bytes make the likeliest letters.

A sample is decoded in every encoding that people saved files in before UTF-8. Each character beyond ASCII then counts
by how usual it is in a language that was written so, and by its neighbours: no symbol stands within a word, no capital
behind a small letter, no Cyrillic letter alone among Latin ones. The best reading is taken where it is good enough and
the next one that gives another text is clearly worse.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from typing import NamedTuple

from qa.readers.letters import kind, likelihood

_MARGIN = 4.0
"""Nats by which the best reading must be likelier than the next: e**4 is 55 to 1."""

_WORST = -4.8
"""Nats a byte that a reading may cost: right ones of some hundred characters cost 2 to 4.5, binary files 7 and more."""

_SLACK = 5.0
"""Nats that any text may cost more, so that one rare letter is no reason to refuse it."""

_PIECES, _PIECE, _BEFORE = 250, 400, 200
"""Pieces of a sample; bytes of each from its first beyond ASCII, and before that."""


class _Candidate(NamedTuple):
    """`prior` is in nats; windows-1252, in which most such files are, has 0."""

    encoding: str
    prior: float
    languages: tuple[str, ...]


_WESTERN = (
    *("French", "German", "Spanish", "Portuguese", "Italian", "Dutch", "Swedish", "Danish", "Icelandic"),
    "Western",
)
_CENTRAL = ("Polish", "Czech", "Slovak", "Hungarian", "Romanian", "Croatian", "German")
_CANDIDATES = (
    _Candidate("windows-1252", 0, _WESTERN),
    _Candidate("windows-1250", -3, _CENTRAL),
    _Candidate("windows-1251", -2, ("Russian", "Ukrainian", "Bulgarian", "Serbian")),
    _Candidate("cp932", -2, ("Japanese",)),
    _Candidate("EUC-JP", -3, ("Japanese",)),
    _Candidate("cp949", -2, ("Korean",)),
    _Candidate("GB18030", -2, ("simplified Chinese",)),
    _Candidate("Big5-HKSCS", -2, ("traditional Chinese",)),
    _Candidate("windows-1253", -3, ("Greek",)),
    _Candidate("windows-1254", -4, ("Turkish",)),
    _Candidate("windows-1255", -3, ("Hebrew",)),
    _Candidate("windows-1256", -3, ("Arabic",)),
    _Candidate("windows-1257", -4, ("Lithuanian", "Latvian", "Estonian")),
    _Candidate("cp874", -3, ("Thai",)),
    _Candidate("KOI8-R", -3, ("Russian",)),
    _Candidate("KOI8-U", -4, ("Ukrainian",)),
    _Candidate("ISO-8859-2", -5, _CENTRAL),
    _Candidate("ISO-8859-15", -5, _WESTERN),
    _Candidate("cp866", -5, ("Russian", "Ukrainian")),
    _Candidate("ISO-8859-5", -5, ("Russian",)),
    _Candidate("macintosh", -6, _WESTERN),
    _Candidate("cp850", -6, _WESTERN),
)
_ENGLISH = re.compile(rb"\b(?:the|and|of|for|with|that|this|from|was|you|not)\b")
_IF_ENGLISH = 4.0
"""Nats for windows-1252 where words around are English: what English needs beyond ASCII is there."""

_HIGH = re.compile(rb"[\x80-\xff]")
_BREAK = re.compile(rb"[\n ]")  # no encoding in question has these bytes within a character
_CONTROL = re.compile(rb"[\0-\x08\x0e-\x19\x1c-\x1f\x7f]")
_BEYOND_ASCII = re.compile(r"[^\0-\x7f]")
_CONTROL_CHARACTER = re.compile("[\0-\x08\x0e-\x1f\x7f]")


class _Reading(NamedTuple):
    """The sample in one encoding. `enough` is the score that a text of this length must have."""

    score: float
    enough: float
    encoding: str
    text: str


def guessed_encoding(data: bytes) -> str | None:
    """The name of the encoding of bytes that are not UTF-8; None where none is clearly the right one.

    A text that is UTF-8 but for some bytes is damaged, and has no other encoding.
    """
    pieces = _sample(data)
    joined = b"\n".join(pieces)
    if len(_CONTROL.findall(joined)) > len(joined) / 200 or _is_mostly_utf8(joined):
        return None
    readings = sorted(_readings(pieces), key=lambda reading: -reading.score)
    if not readings or readings[0].score < readings[0].enough:
        return None
    best = readings[0]
    others = [reading.score for reading in readings if reading.text != best.text]
    return best.encoding if best.score - max(others, default=-1e9) >= _MARGIN else None


def wide_encoding(data: bytes) -> str | None:
    """UTF-16, if all NUL bytes are on one side and most of that side is NUL, as it is in Latin scripts."""
    if len(data) % 2 or b"\0" not in data:
        return None
    left, right = data[::2].count(0), data[1::2].count(0)
    if min(left, right) or max(left, right) < 0.35 * len(data):
        return None
    encoding = "UTF-16BE" if left else "UTF-16LE"
    return encoding if decodes(data, encoding) and not _CONTROL_CHARACTER.search(data.decode(encoding)) else None


def decodes(data: bytes, encoding: str) -> bool:
    """Whether bytes are valid in an encoding."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _sample(data: bytes) -> list[bytes]:
    """Pieces with bytes beyond ASCII; none begins within a character, the last of each may be cut."""
    pieces: list[bytes] = []
    at = 0
    while len(pieces) < _PIECES and (high := _HIGH.search(data, at)):
        end = high.start() + _PIECE
        pieces.append(data[max(at, high.start() - _BEFORE) : end])
        pause = _BREAK.search(data, end)
        at = pause.end() if pause else len(data)
    return pieces


def _is_mostly_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    return len(_BEYOND_ASCII.findall(text)) - wrong >= wrong


def _readings(pieces: list[bytes]) -> list[_Reading]:
    size = sum(len(piece) for piece in pieces)
    bonus = _IF_ENGLISH if any(_ENGLISH.search(piece) for piece in pieces) else 0
    readings = []
    for encoding, prior, languages in _CANDIDATES:
        decoder = codecs.getincrementaldecoder(encoding)
        try:
            text = "".join(decoder().decode(piece) for piece in pieces)
        except UnicodeDecodeError:
            continue
        seen = _characters(text)
        score = max(sum(n * likelihood(language, *each) for each, n in seen.items()) for language in languages)
        bytes_beyond_ascii = size - (len(text) - seen.total())
        enough = _WORST * bytes_beyond_ascii - _SLACK
        readings.append(_Reading(score + prior + (0 if prior else bonus), enough, encoding, text))
    return readings


def _characters(text: str) -> Counter[tuple[str, str, str]]:
    """The characters beyond ASCII, each with the kinds of its neighbours."""
    padded = f" {text} "
    return Counter(
        (found[0], kind(padded[found.start()]), kind(padded[found.start() + 2]))
        for found in _BEYOND_ASCII.finditer(text)
    )
