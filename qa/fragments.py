"""Links that open a web page at a quote: text fragments (`#:~:text=`), as a draft of the WICG describes them.

A browser looks for words within one block, so a quote that spans several, or is long, is named by its first and last
words; one that stands elsewhere too, or is short, with words around it. Bullets, numbers of lists and the strokes
between cells are not in the page: they are never part of a link.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from urllib.parse import quote

_LONGEST_EXACT = 300
"""Characters up to which a quote is given whole."""
_SHORTEST_BARE = 20
"""Characters from which a quote can do without words around it: a shorter one may stand in what was left out, too."""
_WORDS = (4, 8, 16)
"""How many words of each end of a long quote, or around a short one, until it is the only one."""

_LONGEST_WORD = 300
"""Characters up to which words are not cut, each together with the space behind it: addresses are that long."""

_BREAK = re.compile(r"(?:\A|\n+)(?:(?:•|[0-9]+\.|[A-Za-z]{1,4}\.) )?| \| ")
_WORD = re.compile(r"\S+")
_WITHOUT_SPACES = "\u2e80"
"""From here on scripts do not put spaces between words."""

Span = tuple[int, int]


def fragment(text: str, start: int, end: int) -> str:
    """The fragment that leads to `text[start:end]` in the page that this canonical text was read from.

    Empty where there are no words in it. Where nothing around the quote in its blocks tells it from the same words
    elsewhere, it leads to the whole of those blocks.
    """
    segments = _segments(text)
    blocks = [span for span in segments if span[0] < end and span[1] > start]
    parts = [_trimmed(text, (max(start, begin), min(end, stop))) for begin, stop in blocks]
    held = [at for at, (begin, stop) in enumerate(parts) if begin < stop]
    if not held:
        return ""
    blocks, parts = blocks[held[0] : held[-1] + 1], parts[held[0] : held[-1] + 1]
    quoted = (_word_start(text, parts[0][0]), _word_end(text, parts[-1][1]))
    page = " ".join(_folded(text[slice(*segment)]) for segment in segments)
    named, is_only = _named(text, segments, page, blocks, quoted)
    if not is_only:
        whole = _trimmed(text, (blocks[0][0], blocks[-1][1]))
        named, is_only = _named(text, segments, page, blocks, whole) if whole != quoted else (named, False)
    return named


def _named(text: str, segments: Sequence[Span], page: str, blocks: Sequence[Span], quoted: Span) -> tuple[str, bool]:
    """A directive for words that begin in the first of these blocks and end in the last; whether nothing else fits."""
    if len(blocks) == 1 and _can_be_whole(text, quoted):
        return _exact(text, segments, page, quoted)
    return _range(text, segments, page, (quoted[0], blocks[0][1]), (blocks[-1][0], quoted[1]))


def _exact(text: str, segments: Sequence[Span], page: str, part: Span) -> tuple[str, bool]:
    words = text[slice(*part)]
    if len(words) >= _SHORTEST_BARE and page.count(_folded(words)) <= 1:
        return _directive("", words, "", ""), True
    for count in _WORDS:
        prefix, before = _before(text, segments, part[0], count)
        suffix, after = _after(text, segments, part[1], count)
        is_only = page.count(_folded(prefix + before + words + after + suffix)) <= 1
        if is_only:
            break
    return _directive(prefix, words, "", suffix), is_only


def _range(text: str, segments: Sequence[Span], page: str, begin: Span, end: Span) -> tuple[str, bool]:
    whole = _folded(text[begin[0] : end[1]])
    for count in _WORDS:
        first = _head(text, (begin[0], min(begin[1], end[1])), count)
        last = _tail(text, (max(begin[0], end[0]), end[1]), count)
        if page.count(_folded(first)) <= 1 and whole.count(_folded(last)) <= 1:
            return _directive("", first, last, ""), True
    for count in _WORDS:
        prefix, before = _before(text, segments, begin[0], count)
        is_only = page.count(_folded(prefix + before + first)) <= 1
        if is_only:
            break
    return _directive(prefix, first, last, ""), is_only


def _directive(prefix: str, first: str, last: str, suffix: str) -> str:
    given = [
        f"{_encoded(prefix)}-" if prefix else "",
        _encoded(first),
        _encoded(last),
        f"-{_encoded(suffix)}" if suffix else "",
    ]
    return "#:~:text=" + ",".join(filter(None, given))


def _encoded(words: str) -> str:
    """`-` is a sign of the directive, like `,` and `&`, and kept by percent-encoding otherwise."""
    return quote(" ".join(words.split()), safe="").replace("-", "%2D")


def _segments(text: str) -> list[Span]:
    """What a browser takes for one block each: where it looks for words."""
    breaks = [found.span() for found in _BREAK.finditer(text)]
    begins = [0, *(end for _, end in breaks)]
    ends = [*(start for start, _ in breaks), len(text)]
    return [(begin, end) for begin, end in zip(begins, ends, strict=True) if begin < end]


def _before(text: str, segments: Sequence[Span], at: int, count: int) -> tuple[str, str]:
    """Up to so many words before a place, those of its own block or else of the one before, and what divides them."""
    for begin, end in reversed([segment for segment in segments if segment[0] < at]):
        words = _tail(text, (begin, min(end, at)), count)
        if any(map(str.isalnum, words)):
            return words, "" if not text[at - 1].isspace() and end >= at else " "
    return "", ""


def _after(text: str, segments: Sequence[Span], at: int, count: int) -> tuple[str, str]:
    for begin, end in segments:
        words = _head(text, (max(begin, at), end), count) if end > at else ""
        if any(map(str.isalnum, words)):
            return words, "" if not text[at].isspace() and begin <= at else " "
    return "", ""


def _head(text: str, span: Span, count: int) -> str:
    """The first words of a span, so many of them or as many as are not too long."""
    begin, end = _trimmed(text, span)
    words = list(islice(_WORD.finditer(text, begin, min(end, begin + count * _LONGEST_WORD)), count))
    return text[begin : words[-1].end()] if words else ""


def _tail(text: str, span: Span, count: int) -> str:
    begin, end = _trimmed(text, span)
    words = list(_WORD.finditer(text, max(begin, end - count * _LONGEST_WORD), end))[-count:]
    return text[words[0].start() : end] if words else ""


def _can_be_whole(text: str, part: Span) -> bool:
    # Without spaces between words there is no telling where a piece of them could end.
    length, few = part[1] - part[0], 3 * _WORDS[0]
    return length <= _LONGEST_EXACT or (length <= few * _LONGEST_WORD and len(text[slice(*part)].split()) < few)


def _trimmed(text: str, span: Span) -> Span:
    piece = text[slice(*span)]
    return span[0] + len(piece) - len(piece.lstrip()), span[1] - len(piece) + len(piece.rstrip())


def _word_start(text: str, at: int) -> int:
    first = max(0, at - _LONGEST_WORD)
    while at > first and _in_word(text[at - 1 : at + 1]):
        at -= 1
    return at


def _word_end(text: str, at: int) -> int:
    last = min(len(text), at + _LONGEST_WORD)
    while at < last and _in_word(text[at - 1 : at + 1]):
        at += 1
    return at


def _in_word(pair: str) -> bool:
    return all(character.isalnum() and character < _WITHOUT_SPACES for character in pair)


def _folded(text: str) -> str:
    return " ".join(text.lower().split())
