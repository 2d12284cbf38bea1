"""How the rows nearest to a query are found: all of them compared, or first their compressed copies.

A compressed copy keeps one bit a number (RaBitQ, Gao and Long 2024); who comes first among the copies is compared again
with its own row. Inverted lists (Jégou et al. 2011) look only at the copies in the parts of space that are near.
"""

from __future__ import annotations

import math
from typing import Any, Literal, get_args

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.program import threads

Kind = Literal["exact", "compressed", "inverted"]
KINDS: tuple[Kind, ...] = get_args(Kind)

Half = NDArray[np.float16]
Floats = NDArray[np.float32]
Places = NDArray[np.int64]

_COMPRESSED, _INVERTED = 40_000, 3_000_000
"""Rows from which each kind is faster than the one before."""

_FACTOR, _LEAST = 5, 400
"""Copies that are compared with their rows: so many for each hit that is wanted, and at least so many."""

_SPARE = 16
"""Rows looked for beyond those wanted, so that a tie at the cut seldom takes a second search."""

_TRAINING = 65_536
_SLICE = 65_536
_SEED = 0


def kind_for(rows: int) -> Kind:
    """The kind for so many rows."""
    if rows < _COMPRESSED:
        return "exact"
    return "compressed" if rows < _INVERTED else "inverted"


def made(kind: Kind, rows: Half) -> Any:
    """What searches `rows`, of shape (n, dimension)."""
    dimension = rows.shape[1]
    faiss.omp_set_num_threads(threads())
    if kind == "exact":
        scan: Any = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        for part in _parts(rows):
            scan.add_sa_codes(part.view(np.uint8))
        return scan
    if kind == "compressed":
        scan = faiss.IndexRaBitQFastScan(dimension, faiss.METRIC_INNER_PRODUCT)
    else:
        lists = max(1, min(4 * int(math.sqrt(len(rows))), len(rows)))
        near = faiss.IndexFlatIP(dimension)
        scan = faiss.IndexIVFRaBitQFastScan(near, dimension, lists, faiss.METRIC_INNER_PRODUCT)
        scan.nprobe = max(1, lists // 32)
        scan.cp.min_points_per_centroid = 1  # or it tells stderr that it would like more
    if not len(rows):
        return scan
    drawn = np.sort(np.random.default_rng(_SEED).choice(len(rows), min(len(rows), _TRAINING), replace=False))
    scan.train(rows[drawn].astype(np.float32))
    for part in _parts(rows):
        scan.add(part.astype(np.float32))
    return scan


def written(scan: Any) -> NDArray[np.uint8]:
    """A compressed scan as bytes. What is exact needs none: it is made from the rows."""
    found: NDArray[np.uint8] = faiss.serialize_index(scan)
    return found


def restored(content: memoryview) -> Any:
    """What was `written`. Raises ValueError where it is not that."""
    try:
        return faiss.deserialize_index(np.frombuffer(content, dtype=np.uint8))
    except RuntimeError as error:
        raise ValueError(str(error)) from error


def rows_of(scan: Any) -> Half:
    """The rows of an exact scan as it holds them, not a copy: good for as long as it is."""
    if not scan.ntotal:
        return np.zeros((0, scan.d), dtype=np.float16)
    codes = faiss.rev_swig_ptr(scan.codes.data(), scan.ntotal * scan.code_size)
    found: Half = codes.view(np.float16).reshape(scan.ntotal, scan.d)
    return found


def nearest(kind: Kind, scan: Any, query: Floats, k: int, alive: NDArray[np.bool_] | None) -> Places:
    """The places of the `k` nearest rows, and of others: of all that lie as near as the last, or that may be nearer.

    `alive` says which rows may be found; there are at least `k`.
    """
    faiss.omp_set_num_threads(1)  # one query: a second thread would only wait for it, and hold its core
    if kind == "exact":
        return _tied(scan, query, k, alive)
    count = scan.ntotal
    wanted = min(max(_LEAST, _FACTOR * k), count if alive is None else int(alive.sum()))
    depth = wanted if alive is None else int(1.2 * wanted * count / max(1, int(alive.sum())))
    while True:
        depth = min(depth, count)
        places = scan.search(query, depth)[1][0]
        places = places[places >= 0]
        if alive is not None:
            places = places[alive[places]]
        if len(places) >= wanted or depth == count:
            return np.asarray(places[:wanted] if alive is None else places, dtype=np.int64)
        depth *= 4


def _tied(scan: Any, query: Floats, k: int, alive: NDArray[np.bool_] | None) -> Places:
    params = None
    if alive is not None:
        bits = np.packbits(alive, bitorder="little")
        params = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(len(alive), faiss.swig_ptr(bits)))  # type: ignore[call-arg]
    depth = min(k + _SPARE, scan.ntotal)
    scores, places = scan.search(query, depth, params=params)
    while depth < scan.ntotal and places[0, -1] >= 0 and scores[0, -1] == scores[0, k - 1]:
        # Which of several equal rows FAISS keeps is chance: take all of them, the caller breaks the tie.
        depth = min(2 * depth, scan.ntotal)
        scores, places = scan.search(query, depth, params=params)
    return np.asarray(places[0][places[0] >= 0], dtype=np.int64)


def _parts(rows: Half) -> Any:
    return (np.ascontiguousarray(rows[start : start + _SLICE]) for start in range(0, len(rows), _SLICE))
