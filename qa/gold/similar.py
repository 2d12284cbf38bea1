"""Where words stand in a text that are like a quote, snapped to whole sentences or words.

Similarity is 2 × (longest common subsequence) / (length of both), of the folded texts: 1 for equal ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from qa.gold.folding import Folded, Span, fold
from qa.passages import sentences

_ROUGH = 70.0
"""Per cent that a stretch as long as the quote must reach; words put in push some of the quote out of it."""

_TRIED = 3
"""Stretches that are looked at closely: the best one and what could be mistaken for it."""

_SENTENCE = 0.05
"""Similarity that whole sentences may cost against the words that are most similar."""

_AROUND = 1500
"""Characters on either side in which sentences are looked for."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch `[start, end)` of a text, and how similar it is to a quote (0..1)."""

    start: int
    end: int
    similarity: float


def runs(quote: str, text: str, folded: Folded) -> list[Run]:
    """The stretches of `text` that are like the folded `quote`, most similar first; they do not overlap."""
    found: list[Run] = []
    for window in islice(_windows(quote, folded.text), _TRIED):
        found.append(_sentences(quote, text, folded, _words(quote, folded, window)))
    found.sort(key=lambda run: (-run.similarity, run.start))
    return [run for at, run in enumerate(found) if not any(_overlap(run, better) for better in found[:at])]


def similarity(quote: str, folded: str) -> float:
    from rapidfuzz import fuzz

    return fuzz.ratio(quote, folded) / 100


def _windows(quote: str, text: str) -> Iterator[Span]:
    """Stretches about as long as the quote, best first; each is cut out before the next is looked for."""
    open_ = [entry for entry in [_best(quote, text, 0, len(text))] if entry]
    while open_:
        entry = max(open_)
        open_.remove(entry)
        _, (start, end), (first, last) = entry
        yield start, end
        open_ += [found for part in ((first, start), (end, last)) if (found := _best(quote, text, *part))]


def _best(quote: str, text: str, start: int, end: int) -> tuple[float, Span, Span] | None:
    """The score and place of the best stretch in a part of a text, with that part."""
    from rapidfuzz import fuzz

    part = text[start:end]
    if not part:  # is as long as a quote of blanks alone, and no stretch
        return None
    if len(part) <= len(quote):  # the alignment would look for the part in the quote
        score = fuzz.ratio(quote, part, score_cutoff=_ROUGH)
        return (score, (start, end), (start, end)) if score else None
    found = fuzz.partial_ratio_alignment(quote, part, score_cutoff=_ROUGH)
    if not found or found.dest_start == found.dest_end:
        return None
    return found.score, (start + found.dest_start, start + found.dest_end), (start, end)


def _words(quote: str, folded: Folded, window: Span) -> Span:
    """Whole words near a window, in folded offsets: of all those the most similar ones."""
    start, end = window
    reach = max(10, len(quote) // 4)
    starts = _borders(folded, start, reach)
    ends = _borders(folded, end, reach)
    for _ in range(2):  # a better end can make another start better
        start = max((at for at in starts if at < end), key=lambda at: similarity(quote, folded.text[at:end]))
        end = max((at for at in ends if at > start), key=lambda at: similarity(quote, folded.text[start:at]))
    return start, end


def _borders(folded: Folded, at: int, reach: int) -> list[int]:
    """Where words begin or end within `reach`, and the first such place outwards on either side."""
    first, last = max(0, at - reach), min(len(folded.text), at + reach)
    while not folded.is_border(first):
        first -= 1
    while not folded.is_border(last):
        last += 1
    return [place for place in range(first, last + 1) if folded.is_border(place)]


def _sentences(quote: str, text: str, folded: Folded, words: Span) -> Run:
    """The sentences that most of is meant, where they are about as similar as the words alone."""
    start, end = folded.original(*words)
    alone = Run(start, end, similarity(quote, fold(text[start:end]).text))
    first, last = max(0, start - _AROUND), min(len(text), end + _AROUND)
    whole = [
        (first + begin, first + stop)
        for begin, stop in sentences(text[first:last])
        if 2 * (min(end, first + stop) - max(start, first + begin)) > stop - begin
        and not (begin == 0 < first)  # cut off by us
        and not (first + stop == last < len(text))
    ]
    if not whole:
        return alone
    hull = Run(whole[0][0], whole[-1][1], similarity(quote, fold(text[whole[0][0] : whole[-1][1]]).text))
    return hull if hull.similarity >= alone.similarity - _SENTENCE else alone


def _overlap(one: Run, other: Run) -> bool:
    return one.start < other.end and other.start < one.end
