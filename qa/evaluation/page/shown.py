"""Text of documents, questions and file names as a page shows it: every letter of it, and none of it acting."""

from __future__ import annotations

import json
import re
from typing import Any

from markupsafe import Markup, escape

REPLACEMENT = "\ufffd"

_UNSEEN = re.compile(
    "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters
    "\u202a-\u202e\u2066-\u2069"  # what turns the direction of the text around it
    "\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"  # what hides letters between letters
)
_IMPOSSIBLE = re.compile("[\x00\ud800-\udfff]")
_OF_MARKUP = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def clean(text: str) -> str:
    """The text with U+FFFD for what no page can hold, a NUL and half a surrogate pair: as many characters as before."""
    return _IMPOSSIBLE.sub(REPLACEMENT, text)


def plain(value: Any) -> Any:
    """Text, escaped, each character that cannot be seen in an element that says which it is; markup stays as it is."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return Markup(_UNSEEN.sub(_named, str(escape(clean(value)))))  # noqa: S704 - it was escaped a moment ago


def label(text: str) -> str:
    """The text for an attribute or the title of the window, where no element can stand."""
    return _UNSEEN.sub(REPLACEMENT, clean(text))


def data(value: Any) -> Markup:
    """A JSON value for a data block, in which nothing can end the block or begin another."""
    text = json.dumps(_cleaned(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(text.translate(_OF_MARKUP))  # noqa: S704 - none of the characters of markup is left


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): _cleaned(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(member) for member in value]
    return value


def _named(match: re.Match[str]) -> str:
    return f'<span class="unseen" data-name="U+{ord(match[0]):04X}">{match[0]}</span>'
