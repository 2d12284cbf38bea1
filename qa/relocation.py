"""Where the words that an address points at stand in a document now, which may have changed since it was made.

Highlighting the wrong sentence is worse than highlighting none: what is not certain is counted and not taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from qa.gold.folding import Folded, Span, fold, in_words
from qa.links import Found, Target

_AROUND = 250_000
"""Characters on either side of the old place in which the words are looked for where they are written differently."""

_PLACES = 10_000
"""Places of the same words that are looked at."""

_SHORTEST_REWRITTEN = 8
"""Folded characters from which the same words in other letter case are no other words: "US" is not "us"."""

_LONG = 32
"""Characters, about six words, from which the same words are no chance, whatever stands around them."""

_TELLING = 8
"""Letters around them from which shorter words are told from others."""


def locate(text: str, target: Target) -> Found:
    """Where a target stands in `text`."""
    start, end = target.start, target.end
    if not target.quote:
        inside = 0 <= start < end <= len(text) and not text[start:end].isspace()
        return Found(target, "there", start, end) if inside else Found(target, "nowhere")
    if target.quote.isspace():
        return Found(target, "nowhere")
    if text[start:end] == target.quote:
        return Found(target, "there", start, end)
    verbatim = list(islice(_verbatim(text, target), _PLACES + 1))
    if verbatim:
        found = _chosen(text, target, verbatim)
        return Found(target, "moved", *found) if found else Found(target, "uncertain", places=len(verbatim))
    rewritten = list(islice(_rewritten(text, target), _PLACES + 1))
    if rewritten:
        found = _chosen(text, target, rewritten)
        return Found(target, "rewritten", *found) if found else Found(target, "uncertain", places=len(rewritten))
    return Found(target, "gone")


def _verbatim(text: str, target: Target) -> Iterator[Span]:
    """Where the very words stand, and begin and end within a word only where they did."""
    quote, length = target.quote, len(target.quote)
    at = text.find(quote)
    while at >= 0:
        end = at + length
        cut_before = _is_within(text[at - 1 : at], quote[0]) and not _is_within(target.prefix[-1:], quote[0])
        cut_behind = _is_within(quote[-1], text[end : end + 1]) and not _is_within(quote[-1], target.suffix[:1])
        if not cut_before and not cut_behind:
            yield at, end
        at = text.find(quote, at + 1 if cut_before or cut_behind else end)


def _is_within(before: str, after: str) -> bool:
    """Whether a place between two characters is inside a word."""
    return bool(before and after) and in_words(before) and in_words(after)


def _rewritten(text: str, target: Target) -> Iterator[Span]:
    """Where the words stand in other letter case, with other white space, quotation marks, dashes or ligatures."""
    wanted = fold(target.quote).text
    if len(wanted) < _SHORTEST_REWRITTEN:
        return
    first = max(0, min(target.start, len(text)) - _AROUND)
    folded: Folded = fold(text[first : first + 2 * _AROUND])
    for start, end in folded.places(wanted):
        yield first + start, first + end


def _chosen(text: str, target: Target, spans: Sequence[Span]) -> Span | None:
    """The span that is meant, where what stands around it tells it from the others."""
    if len(spans) > _PLACES:
        return None
    before, behind = _letters(target.prefix), _letters(target.suffix)
    whole = len(before) + len(behind)
    shared = [_shared(text, span, before, behind) for span in spans]
    most = max(shared)
    best = [span for span, letters in zip(spans, shared, strict=True) if letters == most]
    if most == whole > 0:  # where all that is known is the same, any of them says the same
        return min(best, key=lambda span: (abs(span[0] - target.start), span))
    if len(best) > 1:
        return None
    alone = len(spans) == 1 and (whole == 0 or len(target.quote) >= _LONG)
    return best[0] if alone or most >= _TELLING else None


def _shared(text: str, span: Span, before: str, behind: str) -> int:
    """How many letters before and behind a span are those that are known."""
    start, end = span
    reach = 4 * (len(before) + len(behind)) + 16
    preceding, following = _letters(text[max(0, start - reach) : start]), _letters(text[end : end + reach])
    return _same(before[::-1], preceding[::-1]) + _same(behind, following)


def _same(one: str, other: str) -> int:
    """How many characters two texts have in common from their beginning."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
