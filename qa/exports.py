"""Answers for other programs: as Markdown with footnotes, and as the JSON object that proves them.

What a document says must not act in either. In Markdown, every character with which it could is written by its number,
and what cannot be seen is written by its code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urldefrag, urlsplit

from qa.fragments import fragment
from qa.types import MARK, Answer, Citation, Document

Links = Mapping[int, str]
"""From the number of a citation to the address at which its words are shown."""

_NO_LINKS: Links = MappingProxyType({})

_SCHEMES = ("http", "https", "file")

PAGES = (".htm", ".html", ".xht", ".xhtml")
"""Suffixes of what a browser opens at a quote."""

_BEGINNING = re.compile(r"(\d{0,9})([-+.):!?])")
"""What at the beginning of a line makes a list, a definition or a box."""

_ACTIVE = re.compile(r"[\\`*_{}\[\]<>#|~$&^=@]|%(?=%)|(?<=%)%|:(?=\S)|(?<=\w)\.(?=[^\W\d])")
"""What acts anywhere. Two per cent signs hide text; a colon or a full stop within words can make an address."""

_PLAIN_NAME = re.compile(r"[\w./+,()-]+(?: [\w./+,()-]+)*")
"""Names of files that a code span shows letter for letter: no backtick, nothing unseen, no space that is dropped."""

_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_JOINERS = "\u200c\u200d"
"""Which only shape letters and emoji."""


def warning(citation: Citation) -> str:
    """What a person should know of the file of a citation, empty where nothing is."""
    if citation.verdict == "missing":
        return "The file is gone since it was indexed."
    if not citation.file_changed:
        return ""
    became = {
        "exact": "These words are where they were.",
        "moved": "These words are elsewhere in it now.",
        "changed": "These words are no longer in it.",
        None: "Whether it still has these words was not looked at.",
    }
    return f"The file has changed since it was indexed. {became[citation.verdict]}"


def link(document: Document, citation: Citation, address: str) -> str:
    """The link that opens the page at `address`, from which a document was read, at the words of its citation."""
    return urldefrag(address).url + fragment(document.text, citation.start, citation.end)


def json(answer: Answer, timings: Mapping[str, float] | None = None, links: Links = _NO_LINKS) -> dict[str, Any]:
    """The proof object: all of an answer, with its links and the milliseconds that it took, as JSON values."""
    values = answer.as_dict()
    for citation in values["citations"]:
        citation["link"] = _link(links, citation["number"]) or None
    return values if timings is None else {**values, "timings_ms": dict(timings)}


def markdown(answer: Answer, links: Links = _NO_LINKS, *, notes: Sequence[str] = ()) -> str:
    """Question and answer, with a footnote for each citation: title, source, place, and the quote in one line.

    `notes` are texts that stand below the question.
    """
    parts = [f"## {shown(answer.question)}", *map(shown, notes)]
    if answer.answered:
        short = shown(answer.short)
        parts += [f"**{short}**"] if short and not answer.is_whole else []
        parts += [_marked(answer)]
        parts += [_footnote(citation, _link(links, citation.number)) for citation in answer.citations]
    else:
        parts += ["The sources do not answer this."]
        parts += [f"In no document: {', '.join(map(shown, answer.missing))}"] if answer.missing else []
    return "\n\n".join(parts) + "\n"


def _marked(answer: Answer) -> str:
    """The text, its marks made those of footnotes."""
    numbers = {str(citation.number) for citation in answer.citations}
    shown, done = [], 0
    text = _running(answer.text)
    for mark in MARK.finditer(text):
        if mark[1] in numbers:
            shown += [_inert(text[done : mark.start()]), f"[^{mark[1]}]"]
            done = mark.end()
    return "".join(shown) + _inert(text[done:])


def _footnote(citation: Citation, link: str) -> str:
    document = citation.document
    named = f"{shown(document.title)} ({_name(document.source)}), {citation.where}"
    said = [
        f"“{shown(citation.quote)}”",
        warning(citation),
        link and f"[Open it at these words]({_destination(link)})",
    ]
    return f"[^{citation.number}]: {named}: {' '.join(filter(None, said))}"


def _name(source: str) -> str:
    """The name of a file; as code, in which nothing acts, where something in it would and it is plain."""
    written = shown(source)
    return f"`{source}`" if written != source and _PLAIN_NAME.fullmatch(source) else written


def _link(links: Links, number: int) -> str:
    """An address that leads nowhere but to a file or page, empty where there is none."""
    address = links.get(number, "")
    try:
        return address if urlsplit(address).scheme in _SCHEMES else ""
    except ValueError:
        return ""


def _destination(address: str) -> str:
    """An address as Markdown takes it in round brackets."""
    return quote(address, safe="%#/:?=&,;~+@!$*'", errors="replace").replace("&", "&amp;")


def _running(text: str) -> str:
    return " ".join(text.split())


def shown(text: str) -> str:
    """A text in one line of Markdown, in which nothing of it acts."""
    return _inert(_running(text))


def _inert(text: str) -> str:
    """Text in one line as every Markdown shows it unchanged."""
    seen = "".join(_code(character) if _is_unseen(character) else character for character in text)
    begun = _BEGINNING.match(seen)
    first = f"{begun[1]}{_number(begun[2])}" if begun else ""
    return first + _ACTIVE.sub(lambda match: _number(match[0]), seen[begun.end() if begun else 0 :])


def _number(character: str) -> str:
    return f"&#{ord(character)};"


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN and character not in _JOINERS


def _code(character: str) -> str:
    return f"\\u{ord(character):04x}" if ord(character) <= 0xFFFF else f"\\U{ord(character):08x}"
