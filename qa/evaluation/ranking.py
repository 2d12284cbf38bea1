"""Ranking metrics, as trec_eval defines them with binary relevance.

`found` lists, for the passages in rank order, which quotes of the evidence each holds. A passage is relevant when it
holds any; each quote counts once. A question without a result scores zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

Found = Sequence[set[int]]


def success(found: Found, k: int) -> float:
    """1 if a relevant passage is among the first `k`."""
    return float(any(found[:k]))


def recall(found: Found, quotes: int, k: int) -> float:
    """Quotes held by the first `k` passages / quotes."""
    return len(set().union(*found[:k])) / quotes if quotes else 0.0


def reciprocal_rank(found: Found, k: int) -> float:
    """1 / rank of the first relevant passage, 0 where it is beyond `k`."""
    return next((1 / rank for rank, quotes in enumerate(found[:k], start=1) if quotes), 0.0)


def ndcg(found: Found, relevant: int, k: int) -> float:
    """Sum of 1 / log2(rank + 1) over relevant passages in the first `k`, divided by the best that could be had.

    `relevant` is the number of relevant passages there are; a quote that no passage holds counts as one more.
    """
    gain = sum(1 / log2(rank + 1) for rank, quotes in enumerate(found[:k], start=1) if quotes)
    best = sum(1 / log2(rank + 1) for rank in range(1, min(relevant, k) + 1))
    return gain / best if best else 0.0
