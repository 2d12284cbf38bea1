"""Recall against exact search: every row is compared with every question, some thousand rows at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Rows = NDArray[np.float16]
Ids = NDArray[np.int64]

_SLICE = 16_384

_SAME = 1e-6
"""Cosines so near to each other are one: they were added up in another order."""


def recall(found: Sequence[Sequence[int]], queries: Floats, ids: Ids, rows: Rows, k: int) -> float:
    """The mean share of the `k` nearest rows that were found; of rows that tie for the last place any will do.

    `ids` ascend and are those of `rows`; `found` are the ids that each query gave, `k` at most.
    """
    k = min(k, len(ids))
    lowest = last_of(queries, rows, k)
    shares = []
    for query, numbers, limit in zip(queries, found, lowest, strict=True):
        places = np.searchsorted(ids, np.unique(np.asarray(numbers, dtype=np.int64)))
        right = int((rows[places].astype(np.float32) @ query >= limit - _SAME).sum())
        shares.append(min(right, k) / k)
    return float(np.mean(shares))


def last_of(queries: Floats, rows: Rows, k: int) -> Floats:
    """The cosine of each query with the row that is the `k`-th nearest to it."""
    best = np.full((k, len(queries)), -np.inf, dtype=np.float32)
    for start in range(0, len(rows), _SLICE):
        cosines = rows[start : start + _SLICE].astype(np.float32) @ queries.T
        best = np.partition(np.concatenate([best, cosines]), -k, axis=0)[-k:]
    found: Floats = best.min(axis=0)
    return found
