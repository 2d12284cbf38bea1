"""From a file's bytes to its canonical text: one reader a format.

A reader takes the bytes and the file's name and gives an `Extract`, or raises FileError with a sentence that says
what is wrong with this file. Adding a format is one module `NAME` with `read_NAME`, and one line here.
"""

from __future__ import annotations

from collections.abc import Callable
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


READERS: dict[str, Reader] = {
    ".csv": _reader("csv"),
    ".docx": _reader("docx"),
    ".epub": _reader("epub"),
    ".htm": _reader("html"),
    ".html": _reader("html"),
    ".jsonl": _reader("jsonl"),
    ".markdown": _reader("markdown"),
    ".md": _reader("markdown"),
    ".ndjson": _reader("jsonl"),
    ".pdf": _reader("pdf"),
    ".pptx": _reader("pptx"),
    ".tsv": _reader("csv"),
    ".txt": _reader("text"),
    ".xhtml": _reader("html"),
}
"""The reader of each suffix; its module is imported with the first file of its format."""


def read(data: bytes, name: str) -> Extract:
    """Read a file's bytes by the suffix of its name."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in READERS:
        raise FileError(f"{suffix or 'a file without a suffix'} is not a format that can be read ({formats()}).")
    extract = READERS[suffix](data, name)
    if not extract.text.strip():
        raise FileError("there is no text in it.")
    return extract


def formats() -> str:
    """The suffixes that can be read, for a sentence."""
    return ", ".join(sorted(READERS))
