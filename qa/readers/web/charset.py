"""In which encoding a page is written: byte order mark, what it declares, UTF-8, else what its letters suggest.

Where these suggest nothing it is windows-1252, as in browsers.
"""

from __future__ import annotations

import codecs
import re

from qa.errors import FileError
from qa.readers.encoding import decodes, guessed_encoding, wide_encoding
from qa.readers.signatures import refuse_others

_DECLARED_WITHIN = 1024
"""Bytes at the beginning in which a page has to say it."""

_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_META = re.compile(rb"<meta[\s/][^>]*?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML = re.compile(rb"<\?xml\s[^>]*?encoding\s*=\s*[\"']\s*([\w.:-]+)", re.IGNORECASE)

_ONE_BYTE = """
cp866 cp874 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 iso8859-2 iso8859-3 iso8859-4 iso8859-5
iso8859-6 iso8859-7 iso8859-8 iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16 koi8-r koi8-u mac-cyrillic
mac-roman
""".split()
_CODECS = dict.fromkeys(_ONE_BYTE) | {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "big5": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "euc_jp": "euc_jp",
    "iso2022_jp": "iso2022_jp",
    "shift_jis": "cp932",
    "cp932": "cp932",
    "euc_kr": "cp949",
    "cp949": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "utf-8": "utf-8",
    "utf-16": "utf-8",  # a page whose letters can be read without knowing it is none
    "utf-16-le": "utf-8",
    "utf-16-be": "utf-8",
}
"""By the name of a declared encoding, that of the one which browsers read instead; None stands for the same."""

_LABELS = {
    "iso-8859-8-i": "iso8859-8",
    "unicode-1-1-utf-8": "utf-8",
    "windows-31j": "cp932",
    "windows-874": "cp874",
    "x-user-defined": "cp1252",
}
"""Those that Python knows by other names, beside many that begin with `x-`."""

_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_STRAY_CONTROLS = 3
_MOST_CONTROLS = 0.005
"""The share of control characters, beside a few that strayed in, beyond which a file is no text."""


def decode_page(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a page with `\\n` for every line end, and what had to be guessed.

    Raises FileError where it is no text.
    """
    refuse_others(data)
    text, notes = _decoded(data)
    if _CONTROL.subn("", text)[1] > _STRAY_CONTROLS + _MOST_CONTROLS * len(text):
        raise FileError("it is a binary file, or in an encoding that it does not name. Save it as a web page in UTF-8.")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", ""), notes


def _decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return _replaced(data[len(mark) :], encoding)
    declared = _declared(data[:_DECLARED_WITHIN])
    if declared in _ONE_BYTE and not data.isascii() and decodes(data, "utf-8"):  # chance makes no valid UTF-8
        return data.decode(), (f"It says that it is written in {declared}, but it is UTF-8.",)
    if not declared and (wide := wide_encoding(data)):
        return data.decode(wide), (f"It does not say how it is written: it was read as {wide}.",)
    text, notes = _replaced(data, declared or "utf-8")
    if not notes or len(text) - len(text.encode("ascii", "ignore")) > 2 * text.count("\ufffd"):
        return text, notes
    guess = _guessed(data)
    how = f"It says that it is written in {declared}, but is not" if declared else "It does not say how it is written"
    return data.decode(guess, "replace"), (f"{how}: it was read as {guess}.",)


def _guessed(data: bytes) -> str:
    if decodes(data, "utf-8"):
        return "UTF-8"
    guess = guessed_encoding(data)
    return guess if guess and decodes(data, guess) else "windows-1252"


def _replaced(data: bytes, encoding: str) -> tuple[str, tuple[str, ...]]:
    if decodes(data, encoding):
        return data.decode(encoding), ()
    text = data.decode(encoding, "replace")
    return text, (f"What is not valid {encoding} in it shows as \ufffd, in {text.count(chr(0xFFFD)):,} places.",)


def _declared(beginning: bytes) -> str | None:
    """The codec for what a page says of itself, None where it says nothing that is known."""
    beginning = _COMMENT.sub(b"", beginning)
    for label in (*_META.findall(beginning), *_XML.findall(beginning)):
        try:
            name = codecs.lookup(_known_label(label.decode().lower())).name
        except (LookupError, ValueError):
            continue
        if name in _CODECS:
            return _CODECS[name] or name
    return None


def _known_label(label: str) -> str:
    return _LABELS.get(label) or label.replace("x-", "")
