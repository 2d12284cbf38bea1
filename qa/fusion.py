"""One score of two: how near a passage is by meaning, and how many of the question's words it has, and how rare ones.

Ranks alone (reciprocal rank fusion) forget by how much one passage leads; scores stretched to the same scale, question
by question (min-max), forget that sometimes no passage has the words. So the cosine counts as it is, and the BM25 score
as a share of the highest that this question's words could give: where its rare words stand nowhere, words count little.
`docs/quality.md` has what was compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log, sqrt

SHARE, SUM = 0.25, 0.14
"""What the BM25 score counts beside a cosine: as a share of the highest possible, and as such, by the root of that.

Fitted on the development collections (`python -m benchmarks.fusion DATA`)."""

ENOUGH = 0.15
"""Where no passage has this share of the highest score, the question says it in other words: BM25 counts less then."""

_NEARLY_NONE = 1e-6
"""A highest score below which every passage has all of the words."""

_SATURATED = 2.2
"""BM25's k1 + 1: what a word's rarity counts in a passage that has it any number of times."""


def rarity(holding: int, passages: int) -> float:
    """The inverse document frequency of a word that `holding` of so many passages have."""
    return log(1 + (passages - holding + 0.5) / (holding + 0.5))


def highest(frequencies: Mapping[str, int], passages: int) -> float:
    """The BM25 score that no passage can exceed, by how many passages have each word of a question."""
    return _SATURATED * sum(rarity(min(holding, passages), passages) for holding in frequencies.values())


def fuse(cosines: Mapping[int, float], words: Mapping[int, float], possible: float) -> dict[int, float]:
    """The score of every passage in `cosines`, in 0..1: the share of the most that any passage could have.

    `words` are BM25 scores, of passages that have none 0; `possible` is the `highest` of the question.
    """
    factor = weight(max(words.values(), default=0.0), possible)
    most = 1 + factor * possible
    return {
        number: (max(0.0, cosine) + factor * min(words.get(number, 0.0), possible)) / most
        for number, cosine in cosines.items()
    }


def weight(best: float, possible: float) -> float:
    """What a point of BM25 counts beside a cosine for a question whose best passage by words has the score `best`."""
    if possible < _NEARLY_NONE:
        return 0.0
    return min(1.0, best / possible / ENOUGH) * (SHARE / possible + SUM / sqrt(possible))
