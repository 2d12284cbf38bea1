"""From a file's bytes to its canonical text: one small file a format.

A reader takes the bytes and the file's name and gives an `Extract`, or raises FileError with a sentence that says
what is wrong with this file. Adding a format is one file and one line here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from qa.errors import FileError
from qa.readers.extract import Extract, Heading
from qa.readers.markdown import read_markdown
from qa.readers.text import read_text

__all__ = ["READERS", "Extract", "Heading", "formats", "read"]

READERS: dict[str, Callable[[bytes, str], Extract]] = {
    ".md": read_markdown,
    ".txt": read_text,
}


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
