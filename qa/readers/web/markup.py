"""The tags, comments and character references of HTML, told apart as its standard does, with their offsets.

Every function takes time in the length of what it passes over, whatever that holds.
"""

from __future__ import annotations

import html
import re
from functools import cache
from typing import Literal, NamedTuple

SPACE = "\t\n\f "
"""What separates attributes; line ends are `\\n` before a text comes here."""

_VALUE = rf"""(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|(?!["'>])[^{SPACE}>]++|(?=>))"""
_ATTRIBUTE = rf"[^{SPACE}/>][^{SPACE}/>=]*+(?:[{SPACE}]*+=[{SPACE}]*+{_VALUE})?+"
_TAG = re.compile(rf"<(/?)([A-Za-z][^{SPACE}/>]*+)((?:[{SPACE}/]++|{_ATTRIBUTE})*+)>")
_OPENING = re.compile(r"</?[A-Za-z]|<!--|<!\[CDATA\[|<[!?]|</(?!\Z)")
_COMMENT_END = re.compile(r"--!?>")
_PAIR = re.compile(
    rf"""([^{SPACE}/>][^{SPACE}/>=]*+)(?:[{SPACE}]*+=[{SPACE}]*+(?:"([^"]*+)"|'([^']*+)'|((?!["'])[^{SPACE}>]++)))?+"""
)
_SCRIPT_STEP = re.compile(rf"<!--|-->|<(/?)script(?=[{SPACE}/>])", re.IGNORECASE)
_NUMBER = re.compile(r"&#(?:0*([0-9]+)|[xX]0*([0-9a-fA-F]+))")


class Markup(NamedTuple):
    """`text[start:end]` of a document: a `start` or `end` tag, a `comment` or whatever else is not shown, or `cdata`,
    which is text without references. `closed` is False where the text ends within it.
    """

    kind: Literal["start", "end", "comment", "cdata"]
    start: int
    end: int
    name: str = ""
    attributes: str = ""
    closed: bool = True


def next_markup(text: str, at: int, cdata: bool) -> Markup | None:
    """The first markup that begins at `at` or later; `cdata` says whether there can be CDATA sections."""
    while (opening := _OPENING.search(text, at)) is not None:
        start, sign = opening.start(), opening[0]
        if sign[-1].isalpha():
            return _tag(text, start)
        if sign == "<!--":
            return _comment(text, start)
        if sign == "<![CDATA[" and cdata:
            return _until(text, start, "]]>", "cdata")
        return _until(text, start, ">", "comment")
    return None


def attributes(written: str) -> dict[str, str]:
    """The attributes of a tag, names in lower case; of two with one name the first counts."""
    found: dict[str, str] = {}
    for name, *values in _PAIR.findall(written):
        found.setdefault(name.lower(), decoded("".join(values)))
    return found


def raw_end(text: str, at: int, name: str) -> int:
    """Where the end tag begins of an element whose content is no markup; the end of the text where there is none."""
    if name == "script":
        return _script_end(text, at)
    end = _end_tag(name).search(text, at)
    return end.start() if end else len(text)


def decoded(text: str) -> str:
    """Character references replaced by what they stand for."""
    return html.unescape(_NUMBER.sub(_short, text))


def _tag(text: str, start: int) -> Markup:
    tag = _TAG.match(text, start)
    if tag is None:
        return Markup("comment", start, len(text), closed=False)
    return Markup("end" if tag[1] else "start", start, tag.end(), tag[2].lower(), tag[3])


def _comment(text: str, start: int) -> Markup:
    end = _COMMENT_END.search(text, start + 2)  # `<!-->` is a comment
    if end and end[0] == "--!>" and end.start() < start + 4:  # `<!--!>` is only the beginning of one
        end = _COMMENT_END.search(text, end.start() + 1)
    return Markup("comment", start, end.end() if end else len(text), closed=end is not None)


def _until(text: str, start: int, sign: str, kind: Literal["comment", "cdata"]) -> Markup:
    end = text.find(sign, start)
    return Markup(kind, start, end + len(sign) if end >= 0 else len(text), closed=end >= 0)


def _script_end(text: str, at: int) -> int:
    """In a comment in a script, `<script>` and `</script>` are a pair that does not end it."""
    in_comment = in_pair = False
    while (step := _SCRIPT_STEP.search(text, at)) is not None:
        at = step.end()
        if step[0] == "<!--":
            at -= 2  # `<!-->` is a comment
            in_comment = True
        elif step[0] == "-->":
            in_comment = in_pair = False
        elif step[1]:
            if not in_pair:
                return step.start()
            in_pair = False
        else:
            in_pair = in_comment
    return len(text)


@cache
def _end_tag(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{re.escape(name)}(?=[{SPACE}/>])", re.IGNORECASE)


def _short(number: re.Match[str]) -> str:
    # Python refuses to read a number of thousands of digits; beyond seven there is no character.
    decimal, hexadecimal = number[1], number[2]
    if decimal is not None:
        return f"&#{decimal if len(decimal) < 8 else 9_999_999}"
    return f"&#x{hexadecimal if len(hexadecimal) < 8 else 'fffffff'}"
