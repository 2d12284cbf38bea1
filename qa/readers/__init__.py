"""From a file's bytes to its canonical text: one reader a format.

A reader takes the bytes and the file's name and gives an `Extract`, or raises FileError with a sentence that says
what is wrong with this file. Adding a format is one module `NAME` with `read_NAME`, and one line here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import PurePath

from qa.errors import FileError
from qa.readers.extract import Extract, Heading

__all__ = ["READERS", "Extract", "Heading", "formats", "read"]

Reader = Callable[[bytes, str], Extract]


def _reader(name: str) -> Reader:
    def read_it(data: bytes, file: str) -> Extract:
        found: Extract = getattr(import_module(f"qa.readers.{name}"), f"read_{name}")(data, file)
        return found

    return read_it


_HIDING = re.compile("\U0001f3f4[\U000e0020-\U000e007f]+|([\u202d\u202e\U000e0000-\U000e007f])")
"""What turns text around, and letters that nobody sees, but for those that make a flag what it is."""

READERS: dict[str, Reader] = {
    ".csv": _reader("csv"),
    ".docm": _reader("docx"),
    ".docx": _reader("docx"),
    ".epub": _reader("epub"),
    ".htm": _reader("html"),
    ".html": _reader("html"),
    ".jsonl": _reader("jsonl"),
    ".markdown": _reader("markdown"),
    ".md": _reader("markdown"),
    ".ndjson": _reader("jsonl"),
    ".pdf": _reader("pdf"),
    ".pptm": _reader("pptx"),
    ".pptx": _reader("pptx"),
    ".tsv": _reader("csv"),
    ".txt": _reader("text"),
    ".xht": _reader("html"),
    ".xhtml": _reader("html"),
}
"""The reader of each suffix; its module is imported with the first file of its format."""


def read(data: bytes, name: str) -> Extract:
    """Read a file's bytes by the suffix of its name."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in READERS:
        raise FileError(f"{suffix or 'a file without a suffix'} is not a format that can be read ({formats()}).")
    if not data.strip():
        raise FileError("there is no text in it.")
    extract = READERS[suffix](data, name)
    if not extract.text.strip():
        raise FileError("there is no text in it. Pictures, and what scripts would write, are not read.")
    return replace(extract, notes=(*extract.notes, *_hiding(extract.text)))


def _hiding(text: str) -> tuple[str, ...]:
    count = 0 if text.isascii() else sum(1 for found in _HIDING.finditer(text) if found[1])
    return (f"Characters that are not seen and can hide or turn what is written: {count:,}.",) if count else ()


def formats() -> str:
    """The suffixes that can be read, for a sentence."""
    return ", ".join(sorted(READERS))
