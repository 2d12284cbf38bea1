"""The address of a passage in a document: made from a citation, and read again when somebody follows it.

`/document/<id>?c=<start>-<end>&q=<quote>&p=<prefix>&s=<suffix>#c`. The words go with the offsets, so that they can be
found again when the document has changed. Of several passages the nth `q`, `p` and `s` belong to the nth `c`, and
`from` says where in the document to begin.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import parse_qs, quote, urlencode

from qa.types import CONTEXT, Citation

MOST = 20
"""Passages that one address may point at."""

LONGEST = 1000
"""Characters of a quote that an address carries, and points at: no passage has more."""

_FIELDS = 1000
"""Names with a value that are read at most."""

_SPAN = re.compile(r"([0-9]{1,12})-([0-9]{1,12})", re.ASCII)
_OFFSET = re.compile(r"[0-9]{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Target:
    """What an address points at: `text[start:end] == quote` when it was made. Without a quote it is not checked."""

    start: int
    end: int
    quote: str = ""
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What an address asks for: passages, and where to begin if that is not at the first of them.

    `unreadable` counts the parts that say nothing, `left_out` the passages beyond `MOST`. `collection` is the name
    of that which has the document, empty for the first.
    """

    targets: tuple[Target, ...] = ()
    begin: int | None = None
    unreadable: int = 0
    left_out: int = 0
    collection: str = ""


State = Literal["there", "moved", "rewritten", "uncertain", "gone", "nowhere"]
"""`there`: where the address says; `moved`: the same words elsewhere; `rewritten`: and with other letter case, white
space or signs; `uncertain`: such words, but perhaps not the ones that were meant; `gone`; `nowhere`: an address without
words for a place that is none."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where a target stands now: `text[start:end]`, which is empty where it stands nowhere for certain.

    `places` are those in which its words stand, where it is `uncertain`.
    """

    target: Target
    state: State
    start: int = 0
    end: int = 0
    places: int = 0

    @property
    def is_shown(self) -> bool:
        return self.start < self.end


def document_link(citation: Citation, collection: str = "") -> str:
    """The address at which a citation's document is shown with its words marked."""
    fields = (citation.start, citation.end, citation.quote, citation.prefix, citation.suffix)
    return address(citation.document.id, [_bounded(Target(*fields))], anchor="c", collection=collection)


def picture_address(document_id: str, page: int, collection: str = "") -> str:
    """The address of the picture of a page of a document's file."""
    query = f"?{urlencode({'collection': collection}, errors='replace')}" if collection else ""
    return f"/document/{quote(document_id, safe='')}/page/{page}.png{query}"


def address(
    document_id: str,
    targets: Sequence[Target] = (),
    *,
    begin: int | None = None,
    anchor: str = "",
    collection: str = "",
) -> str:
    """The address of a document with its targets marked, shown from `begin` on."""
    fields: list[tuple[str, object]] = []
    for target in targets:
        fields.append(("c", f"{target.start}-{target.end}"))
        if target.quote:
            fields += [("q", target.quote), ("p", target.prefix), ("s", target.suffix)]
        elif any(other.quote for other in targets):  # to keep the quotes of the others in step
            fields += [("q", ""), ("p", ""), ("s", "")]
    if begin is not None:
        fields.append(("from", begin))
    if collection:
        fields.append(("collection", collection))
    query = f"?{urlencode(fields, errors='replace')}" if fields else ""
    return f"/document/{quote(document_id, safe='')}{query}{'#' if anchor else ''}{anchor}"


def parse(query: str) -> Request:
    """What the query of an address asks for. Never raises: what says nothing is counted."""
    try:
        fields = parse_qs(query, keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError:
        return Request(unreadable=1)
    spans = fields.get("c", [])
    quotes, prefixes, suffixes = (fields.get(name, []) for name in "qps")
    targets, unreadable = [], 0
    for number, span in enumerate(spans[:MOST]):
        offsets = _SPAN.fullmatch(span)
        words = [words[number] if number < len(words) else "" for words in (quotes, prefixes, suffixes)]
        if offsets:
            targets.append(_bounded(Target(int(offsets[1]), int(offsets[2]), *words)))
        else:
            unreadable += 1
    begins = fields.get("from", [])
    begin = next((int(value) for value in begins if _OFFSET.fullmatch(value)), None)
    unreadable += begin is None and bool(begins)
    collection = fields.get("collection", [""])[0]
    return Request(tuple(targets), begin, unreadable, len(spans[MOST:]), collection)


def _bounded(target: Target) -> Target:
    """The target, or its first `LONGEST` characters, with as much around it as a citation keeps."""
    words, rest = target.quote[:LONGEST], target.quote[LONGEST:]
    return replace(
        target,
        end=target.start + LONGEST if rest else target.end,
        quote=words,
        prefix=target.prefix[-CONTEXT:],
        suffix=(rest + target.suffix)[:CONTEXT],
    )
