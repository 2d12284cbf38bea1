"""Plain text: the canonical text is the decoded content, byte order mark dropped and line ends kept as `\\n`."""

from __future__ import annotations

import codecs
from pathlib import PurePath

from qa.errors import FileError
from qa.readers.encoding import decodes, guessed_encoding, wide_encoding
from qa.readers.extract import Extract
from qa.readers.signatures import refuse_others

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY = "it holds NUL characters, so it is a binary file and not text, whatever its name says."


def read_text(data: bytes, name: str) -> Extract:
    text, notes = decode(data)
    return Extract(title=PurePath(name).stem, text=text, notes=notes)


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text as `open(path, encoding=...).read()` gives it, universal newlines included, and notes on its encoding.

    A byte order mark names it; else it is UTF-8, or UTF-16 where every other byte is NUL, or what its letters suggest:
    these two are noted. Raises FileError where none is clearly right, and for what is no text.
    """
    refuse_others(data)
    said = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    encoding = said or _unsaid(data)
    is_guess = said is None and encoding != "utf-8"
    notes = (f"Read as {encoding}: its encoding is not said, and it is not UTF-8.",) if is_guess else ()
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if said is None and b"\0" in data:
            raise FileError(_BINARY) from error
        at = error.start + len(data) - len(error.object)  # the codec counts from behind the mark
        name = encoding.removesuffix("-sig").upper()
        raise FileError(
            f"it is not valid {name}: byte 0x{data[at]:02x} at {at}. Save it as UTF-8 and index it again."
        ) from error
    if "\0" in text:
        raise FileError(_BINARY)
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def _unsaid(data: bytes) -> str:
    """The encoding of bytes without a mark: `utf-8` where there is no better answer."""
    if wide := wide_encoding(data):
        return wide
    guess = None if decodes(data, "utf-8") else guessed_encoding(data)
    return guess if guess and decodes(data, guess) else "utf-8"
