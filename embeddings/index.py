"""FAISS behind a fixed snapshot: rows in, (id, score) out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.sealed import DamagedFileError, read_sealed, write_sealed

Ids = NDArray[np.int64]
Vectors = NDArray[np.float32]

_ROWS = "f32"
"""How the rows stand in the file: as FAISS holds them, one behind the other."""

_SLICE = 4096
"""Rows that are copied at a time."""

_NO_IDS: Ids = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Exact search over some rows. `ids` ascend; `dead` are the rows that must not be found any more."""

    rows: faiss.Index
    ids: Ids
    dead: Ids

    def search(self, query: Vectors, k: int) -> list[tuple[int, float]]:
        wanted = k = min(k, len(self.ids))
        if k <= 0:
            return []
        alive = None
        if len(self.dead):
            alive = faiss.SearchParameters(sel=faiss.IDSelectorNot(faiss.IDSelectorBatch(self.dead)))  # type: ignore[call-arg]
        scores, rows = self.rows.search(query, k, params=alive)
        while k < len(self.ids) and rows[0, -1] >= 0 and scores[0, -1] == scores[0, wanted - 1]:
            # Which of several equal rows FAISS keeps is chance: take all of them, the caller breaks the tie.
            k = min(2 * k, len(self.ids))
            scores, rows = self.rows.search(query, k, params=alive)
        # FAISS fills up with row -1 where fewer than k are alive.
        return [(int(self.ids[row]), float(score)) for row, score in zip(rows[0], scores[0], strict=True) if row >= 0]

    def find(self, ids: Ids) -> Ids:
        """The rows that hold those of `ids` that are here and alive."""
        places = np.searchsorted(self.ids, ids)
        inside = places < len(self.ids)
        places = places[inside]
        places = places[self.ids[places] == ids[inside]]
        return np.setdiff1d(places, self.dead)

    def without(self, ids: Ids) -> _Part:
        return _Part(self.rows, self.ids, np.union1d(self.dead, self.find(ids)))

    def stored(self) -> Vectors:
        """The rows as FAISS holds them, not a copy: good for as long as this part is."""
        if not len(self.ids):
            return _empty(self.rows.d)
        flat: Vectors = faiss.rev_swig_ptr(
            self.rows.get_xb(),  # type: ignore[attr-defined]
            len(self.ids) * self.rows.d,
        )
        return flat.reshape(len(self.ids), self.rows.d)

    def alive(self) -> Iterator[tuple[Ids, Vectors]]:
        """What is not dead, some thousand rows at a time."""
        rows = self.stored()
        living = np.ones(len(self.ids), dtype=bool)
        living[self.dead] = False
        for start in range(0, len(self.ids), _SLICE):
            part = slice(start, start + _SLICE)
            yield self.ids[part][living[part]], rows[part][living[part]]


@dataclass(frozen=True, slots=True, eq=False)
class VectorIndex:
    """Unit vectors by id, never changed once made.

    FAISS crashes where one thread adds while another searches, so a change makes a new index: it shares the old base,
    and its tail is small.
    """

    dimension: int
    base: _Part
    tail: _Part

    @classmethod
    def build(cls, ids: Sequence[int] | Ids, vectors: Vectors, dimension: int) -> VectorIndex:
        """An index over `vectors` of shape `(len(ids), dimension)` with ascending `ids`.

        Raises ValueError on rows or ids that do not fit.
        """
        return cls.gathered([(ids, vectors)], dimension)

    @classmethod
    def gathered(cls, parts: Iterable[tuple[Sequence[int] | Ids, Vectors]], dimension: int) -> VectorIndex:
        """As `build`, from ids and vectors that come part by part, so that they need never all be there twice."""
        return cls(dimension, _joined(parts, dimension), _part(_NO_IDS, _empty(dimension), dimension))

    def __len__(self) -> int:
        return len(self.base.ids) + len(self.tail.ids) - len(self.base.dead) - len(self.tail.dead)

    @property
    def drift(self) -> int:
        """How many rows the base lacks or holds in vain: what building anew would put right."""
        return len(self.tail.ids) + len(self.base.dead)

    def changed(self, ids: Sequence[int] | Ids, vectors: Vectors, removed: Sequence[int]) -> VectorIndex:
        """This index without `removed` and with new rows, whose ids must be above all earlier ones."""
        new = _part(ids, vectors, self.dimension)
        last = max([-1, *self.base.ids[-1:].tolist(), *self.tail.ids[-1:].tolist()])
        if len(new.ids) and new.ids[0] <= last:
            raise ValueError(f"Id {new.ids[0]} is not above the last id in the index, {last}.")
        gone = np.asarray(removed, dtype=np.int64)
        tail = _joined([(self.tail.ids, self.tail.stored()), (new.ids, new.stored())], self.dimension)
        return VectorIndex(
            self.dimension,
            self.base.without(gone),
            _Part(tail.rows, tail.ids, self.tail.dead).without(gone),
        )

    def compacted(self) -> VectorIndex:
        """The same rows in one base, without the dead ones."""
        if self.drift == 0:
            return self
        return VectorIndex.gathered(chain(self.base.alive(), self.tail.alive()), self.dimension)

    def search(self, query: Vectors, k: int) -> list[tuple[int, float]]:
        """The `k` nearest rows to one unit vector as (id, cosine), best first, ties by id.

        Raises ValueError where the query does not have the index's dimension or is not finite.
        """
        row = self._checked(query)
        found = self.base.search(row, k) + self.tail.search(row, k)
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[: max(k, 0)]

    def scores(self, query: Vectors, ids: Sequence[int]) -> dict[int, float]:
        """The cosine of one query with each of `ids` that is in the index."""
        row = self._checked(query)[0]
        wanted = np.asarray(sorted(ids), dtype=np.int64)
        cosines = {}
        for part in (self.base, self.tail):
            for place in part.find(wanted).tolist():
                cosines[int(part.ids[place])] = float(part.rows.reconstruct(place) @ row)
        return cosines

    def save(self, path: Path, *, generation: int, model: str) -> None:
        """Write all rows as one base. `generation` and `model` say what they stand for."""
        whole = self.compacted().base
        header = {"generation": generation, "model": model, "dimension": self.dimension, "count": len(whole.ids)}
        write_sealed(path, {**header, "rows": _ROWS}, whole.ids, whole.stored())

    @classmethod
    def load(cls, path: Path, *, model: str) -> tuple[VectorIndex, int]:
        """The index in `path` and the generation it stands for.

        Raises FileNotFoundError, or DamagedFileError where a byte differs from what was written or the vectors are
        another model's.
        """
        header, payload = read_sealed(path)
        if header["model"] != model:
            raise DamagedFileError(f"{path} holds the vectors of another model.")
        count, dimension = header["count"], header["dimension"]
        if header.get("rows") != _ROWS or len(payload) != count * (8 + 4 * dimension):
            raise DamagedFileError(f"{path} is of an earlier version, or does not hold what its header says.")
        ids = np.frombuffer(payload, dtype=np.int64, count=count).copy()
        rows = np.frombuffer(payload, dtype=np.float32, offset=ids.nbytes).reshape(count, dimension)
        return cls.build(ids, rows, dimension), header["generation"]

    def _checked(self, query: Vectors) -> Vectors:
        # FAISS checks dimensions with `assert`, which `python -O` removes, and would read past the end of the query.
        row = np.ascontiguousarray(query, dtype=np.float32).reshape(1, -1)
        if row.shape[1] != self.dimension or not np.isfinite(row).all():
            raise ValueError(f"A query must be {self.dimension} finite numbers; this one has {row.shape[1]}.")
        return row


def _part(ids: Sequence[int] | Ids, vectors: Vectors, dimension: int) -> _Part:
    return _joined([(ids, vectors)], dimension)


def _joined(parts: Iterable[tuple[Sequence[int] | Ids, Vectors]], dimension: int) -> _Part:
    """One part of several, whose ids ascend from one to the next."""
    whole = faiss.IndexFlatIP(dimension)
    known = [_NO_IDS]
    for ids, vectors in parts:
        own, rows = _checked_part(ids, vectors, dimension, last=int(known[-1][-1]) if len(known[-1]) else -1)
        if len(own):
            known.append(own)
            whole.add(rows)
    return _Part(whole, np.concatenate(known), _NO_IDS)


def _checked_part(ids: Sequence[int] | Ids, vectors: Vectors, dimension: int, *, last: int) -> tuple[Ids, Vectors]:
    """Ids above `last` and their rows, as FAISS needs them.

    FAISS itself accepts NaN, ids that wrap around and, without `assert`, rows of another width.
    """
    known = np.asarray(ids, dtype=np.int64).reshape(-1)
    rows = np.ascontiguousarray(vectors, dtype=np.float32)
    if rows.shape != (len(known), dimension):
        raise ValueError(f"{len(known)} ids need vectors of shape ({len(known)}, {dimension}), not {rows.shape}.")
    if not np.isfinite(rows).all():
        raise ValueError("A vector holds NaN or infinity.")
    if len(known) and (known[0] <= last or (known[1:] <= known[:-1]).any()):
        raise ValueError("Ids must ascend and not be negative.")
    return known, rows


def _empty(dimension: int) -> Vectors:
    return np.zeros((0, dimension), dtype=np.float32)
