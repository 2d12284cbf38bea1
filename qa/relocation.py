"""Where the words that an address points at stand in a document now, which may have changed since it was made.

Highlighting the wrong sentence is worse than highlighting none: what is not certain is counted and not taken.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from qa.gold.folding import Folded, fold
from qa.links import Found, Target
from qa.proofs.folded import is_composable
from qa.proofs.occurrences import Haystack
from qa.proofs.searching import COMPARED, TELLING, Sighting, Span, Text

_AROUND = 100_000
"""Characters at least, on either side of the old place, in which words are looked for that are written differently."""

_SHORTEST_REWRITTEN = 8
"""Folded characters from which the same words in other letter case are no other words: "US" is not "us"."""

_LONG = 32
"""Characters, about six words, from which the same words are no chance, whatever stands around them."""


def locate(text: str, target: Target) -> Found:
    """Where a target stands in `text`."""
    return located(text, [target])[0]


def located(text: str, targets: Sequence[Target]) -> list[Found]:
    """Where each of several targets stands in `text`, which is prepared once for all of them."""
    prepared = Text(text)
    folded = lru_cache(maxsize=4)(lambda first: _folded(text[first : first + 3 * _AROUND]))
    return [_located(prepared, folded, target) for target in targets]


def _located(prepared: Text, folded: Callable[[int], Folded], target: Target) -> Found:
    text, start, end = prepared.text, target.start, target.end
    if not target.quote:
        inside = 0 <= start < end <= len(text) and not text[start:end].isspace()
        return Found(target, "there", start, end) if inside else Found(target, "nowhere")
    if target.quote.isspace():
        return Found(target, "nowhere")
    is_there = text[start:end] == target.quote
    if is_there and not (target.prefix or target.suffix):  # whoever wrote it knew no more
        return Found(target, "there", start, end)
    first = max(0, min(start, len(text)) // _AROUND - 1) * _AROUND
    sighting = prepared.find(target, lambda: _rewritten(folded(first), first, target))
    if sighting is None:
        return Found(target, "gone")
    if is_there and sighting.span == (start, end):
        return Found(target, "there", start, end)
    if not _is_certain(target, sighting):
        return Found(target, "uncertain", places=sighting.places)
    is_verbatim = text[slice(*sighting.span)] == target.quote
    return Found(target, "moved" if is_verbatim else "rewritten", *sighting.span)


def _folded(text: str) -> Folded:
    return fold(text if is_composable(text) else "")


def _rewritten(folded: Folded, first: int, target: Target) -> Iterator[Span]:
    """Where the words stand in other letter case, with other white space, quotation marks, dashes or ligatures.

    `folded` is what begins at `first` in the text.
    """
    wanted = fold(target.quote).text
    if len(wanted) < _SHORTEST_REWRITTEN:
        return
    for at in Haystack(folded.text).nearest(wanted, bisect_left(folded.starts, target.start - first)):
        if folded.is_border(at) and folded.is_border(at + len(wanted)):
            start, end = folded.original(at, at + len(wanted))
            yield first + start, first + end


def _is_certain(target: Target, sighting: Sighting) -> bool:
    """Whether what stands around words tells them from all others."""
    if sighting.shared == sighting.known > 0:  # where all that is known is the same, any of them says the same
        return True
    if sighting.rivals or sighting.places > COMPARED:
        return False
    is_alone = sighting.places == 1 and (sighting.known == 0 or len(target.quote) >= _LONG)
    return is_alone or sighting.shared >= TELLING
