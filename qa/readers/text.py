"""Plain text: the canonical text is the decoded content, byte order mark dropped and line ends kept as `\\n`."""

from __future__ import annotations

import codecs
from pathlib import PurePath

from qa.errors import FileError
from qa.readers.extract import Extract

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_text(data: bytes, name: str) -> Extract:
    return Extract(title=PurePath(name).stem, text=decode(data))


def decode(data: bytes) -> str:
    """Decode by byte order mark, else as UTF-8, as `open(path).read()` would: universal newlines included."""
    encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        at = error.start + len(data) - len(error.object)  # the codec counts from behind the mark
        name = encoding.removesuffix("-sig").upper()
        raise FileError(
            f"it is not valid {name}: byte 0x{data[at]:02x} at {at}. Save it as UTF-8 and index it again."
        ) from error
    if "\0" in text:
        raise FileError("it holds NUL characters, so it is a binary file and not text, whatever its name says.")
    return text.replace("\r\n", "\n").replace("\r", "\n")
