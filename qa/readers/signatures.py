"""What a file is by its first bytes, where its name says otherwise."""

from __future__ import annotations

import re
from typing import NamedTuple

from qa.errors import FileError


class _Signature(NamedTuple):
    beginning: re.Pattern[bytes]
    name: str
    advice: str


_SUFFIX = "Give it the suffix of its format and index it again."
_PICTURE = re.compile(rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a.{0,8}\0", re.DOTALL)
_SAVE = "Save it in a format that can be read and index that."
_SIGNATURES = (
    _Signature(re.compile(rb"%PDF-[0-9]"), "a PDF file", "Give it the suffix .pdf and index it again."),
    _Signature(re.compile(rb"PK\x03\x04.{26}", re.DOTALL), "an Office file, an e-book or another archive", _SUFFIX),
    _Signature(re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "a file of Office 2003 or older", _SAVE),
    _Signature(re.compile(rb"\{\\rtf[0-9]"), "a Rich Text file", _SAVE),
    _Signature(re.compile(rb"%!PS-Adobe-"), "a PostScript file", _SAVE),
    _Signature(_PICTURE, "a picture", "Pictures are not read."),
    _Signature(re.compile(rb"\x1f\x8b\x08"), "a compressed file (gzip)", "Unpack it and index what is in it."),
)


def refuse_others(data: bytes) -> None:
    """Raise FileError where bytes are a file of a known format that is not read as text."""
    for beginning, name, advice in _SIGNATURES:
        if beginning.match(data):
            raise FileError(f"it is {name}, whatever its own name says. {advice}")
