"""Ranking metrics, as trec_eval defines them, over passages or over documents.

`found` lists, for what was found in rank order, which evidence each holds; what holds any is relevant. Each evidence
counts once. A question without a result scores zero. As in trec_eval, the rank that was given does not matter: ties in
the score are broken by name, descending.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ctypes import c_float
from math import log2

Found = Sequence[set[int]]


def by_score(scores: Mapping[str, float]) -> list[str]:
    """Names, best score first; ties by name, descending. As in trec_eval, scores have single precision."""
    return sorted(sorted(scores, reverse=True), key=lambda name: -c_float(scores[name]).value)


def success(found: Found, k: int) -> float:
    """1 if something relevant is among the first `k` (trec_eval's success_k)."""
    return float(any(found[:k]))


def precision(found: Found, k: int) -> float:
    """Relevant ones among the first `k` / k, also where fewer were found (P_k)."""
    return sum(map(bool, found[:k])) / k


def recall(found: Found, wanted: int, k: int) -> float:
    """Evidence held by the first `k` / evidence (recall_k)."""
    return len(set().union(*found[:k])) / wanted if wanted else 0.0


def reciprocal_rank(found: Found, k: int) -> float:
    """1 / rank of the first relevant one, 0 where it is beyond `k` (recip_rank, cut off)."""
    return next((1 / rank for rank, held in enumerate(found[:k], start=1) if held), 0.0)


def average_precision(found: Found, relevant: int, k: int) -> float:
    """Sum of the precision at each relevant rank up to `k` / `relevant`, the number there are (map_cut_k)."""
    ranks = [rank for rank, held in enumerate(found[:k], start=1) if held]
    total = sum(number / rank for number, rank in enumerate(ranks, start=1))
    return total / relevant if relevant else 0.0


def ndcg(gains: Sequence[float], ideal: Sequence[float], k: int) -> float:
    """Sum of gain / log2(rank + 1) over the first `k`, divided by the best that could be had (ndcg_cut_k).

    `gains` are the grades of what was found, 0 for irrelevant, `ideal` the grades of all that is relevant.
    """
    best = _discounted(sorted(ideal, reverse=True)[:k])
    return _discounted(gains[:k]) / best if best else 0.0


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, start=1))
