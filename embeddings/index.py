"""FAISS behind a fixed snapshot: rows in, (id, score) out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings import scan
from embeddings.scan import Half, Kind
from embeddings.sealed import DamagedFileError, Sealed, write_sealed

Ids = NDArray[np.int64]
Places = NDArray[np.int64]
Vectors = NDArray[np.float32]

_FORMAT = 3
"""Ids, rows in half precision and, for the kinds that have them, their compressed copies."""

_MAPPED = 64 * 1024 * 1024
"""Bytes of rows from which they stay in the file."""

_GATHERED = 20_000
"""Rows that are copied and compared exactly where no more may be found."""

_SLICE = 4096
"""Rows that are copied at a time."""

_COMPARED = 1024
"""Of copies that FAISS compares: few enough to lie in memory that was used before."""

_EXPONENT = 0x7C00
"""The bits of a half-precision number that are all set in NaN and infinity."""

_NO_IDS: Ids = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class _Part:
    """Some rows and what searches them. `ids` ascend; `dead`, where there are any, says which must not be found."""

    kind: Kind
    ids: Ids
    rows: Half
    scan: Any
    dead: NDArray[np.bool_] | None = None

    @cached_property
    def alive(self) -> NDArray[np.bool_] | None:
        return None if self.dead is None else ~self.dead

    @cached_property
    def count(self) -> int:
        """How many rows may be found."""
        return len(self.ids) if self.dead is None else len(self.ids) - int(self.dead.sum())

    def search(self, query: Vectors, k: int, among: Ids | None) -> list[tuple[int, float]]:
        """As `VectorIndex.search`; of equal rows at the end all or none."""
        alive = self.alive
        if among is None:
            k = min(k, self.count)
        else:
            places = self.find(among)
            k = min(k, len(places))
            if len(places) <= _GATHERED:
                return self._best(query, self._gathered(query, places, k), k)
            alive = np.zeros(len(self.ids), dtype=bool)
            alive[places] = True
        if k <= 0:
            return []
        found = scan.nearest(self.kind, self.scan, query, k, alive)
        if len(found) < k:  # inverted lists that were not looked at may hold them
            found = np.arange(len(self.ids)) if alive is None else np.flatnonzero(alive)
        return self._best(query, found, k)

    def find(self, ids: Ids) -> Places:
        """The places of those of `ids`, which ascend, that are here and alive."""
        places = np.searchsorted(self.ids, ids)
        inside = places < len(self.ids)
        places = places[inside]
        places = places[self.ids[places] == ids[inside]]
        found: Places = places if self.dead is None else places[~self.dead[places]]
        return found

    def without(self, ids: Ids) -> _Part:
        gone = self.find(ids)
        if not len(gone):
            return self
        dead = np.zeros(len(self.ids), dtype=bool) if self.dead is None else self.dead.copy()
        dead[gone] = True
        return _Part(self.kind, self.ids, self.rows, self.scan, dead)

    def living(self) -> Iterator[tuple[Ids, Half]]:
        """What is not dead, some thousand rows at a time."""
        for start in range(0, len(self.ids), _SLICE):
            part = slice(start, start + _SLICE)
            if self.alive is None:
                yield self.ids[part], self.rows[part]
            else:
                yield self.ids[part][self.alive[part]], self.rows[part][self.alive[part]]

    def cosines(self, query: Vectors, places: Places) -> Vectors:
        """Row by row: what a row gives does not depend on those beside it."""
        found = np.empty(len(places), dtype=np.float32)
        for start in range(0, len(places), _SLICE):
            part = slice(start, start + _SLICE)
            np.einsum("ij,j->i", self.rows[places[part]].astype(np.float32), query, out=found[part])
        return found

    def _gathered(self, query: Vectors, places: Places, k: int) -> Places:
        """The `k` nearest of `places`, and others."""
        if len(places) <= _COMPARED:
            return places
        # FAISS reads half precision several times as fast as NumPy makes single precision of it.
        parts = (places[start : start + _COMPARED] for start in range(0, len(places), _COMPARED))
        near = (part[scan.nearest("exact", scan.made("exact", self.rows[part]), query, k, None)] for part in parts)
        return np.concatenate(list(near))

    def _best(self, query: Vectors, places: Places, k: int) -> list[tuple[int, float]]:
        if k <= 0:
            return []
        cosines = self.cosines(query[0], places)
        if k < len(places):
            last = np.partition(cosines, len(places) - k)[len(places) - k]
            near = cosines >= last
            places, cosines = places[near], cosines[near]
        return list(zip(self.ids[places].tolist(), cosines.tolist(), strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class VectorIndex:
    """Unit vectors by id, in half precision, never changed once made.

    FAISS crashes where one thread adds while another searches, so a change makes a new index: it shares the old base,
    and its tail is small.
    """

    dimension: int
    base: _Part
    tail: _Part

    @classmethod
    def build(
        cls, ids: Sequence[int] | Ids, vectors: Vectors | Half, dimension: int, kind: Kind | None = None
    ) -> VectorIndex:
        """An index over `vectors` of shape `(len(ids), dimension)` with ascending `ids`.

        Raises ValueError on rows or ids that do not fit.
        """
        return cls.gathered([(ids, vectors)], dimension, len(vectors), kind)

    @classmethod
    def gathered(
        cls,
        parts: Iterable[tuple[Sequence[int] | Ids, Vectors | Half]],
        dimension: int,
        count: int,
        kind: Kind | None = None,
    ) -> VectorIndex:
        """As `build`, from at most `count` ids and vectors that come part by part, so that they are never all there
        twice. Without a `kind` their number decides."""
        return cls(dimension, _joined(parts, dimension, count, kind), _empty(dimension))

    def __len__(self) -> int:
        return self.base.count + self.tail.count

    @property
    def kind(self) -> Kind:
        return self.base.kind

    @property
    def drift(self) -> int:
        """How many rows the base lacks or holds in vain: what building anew would put right."""
        return len(self.tail.ids) + len(self.base.ids) - self.base.count

    def changed(self, ids: Sequence[int] | Ids, vectors: Vectors | Half, removed: Sequence[int]) -> VectorIndex:
        """This index without `removed` and with new rows, whose ids must be above all earlier ones."""
        new, rows = _checked_part(ids, vectors, self.dimension, last=-1)
        last = max([-1, *self.base.ids[-1:].tolist(), *self.tail.ids[-1:].tolist()])
        if len(new) and new[0] <= last:
            raise ValueError(f"Id {new[0]} is not above the last id in the index, {last}.")
        gone = np.unique(np.asarray(removed, dtype=np.int64))
        tail = self.tail
        if len(new):
            joined = [(tail.ids, tail.rows), (new, rows)]
            whole = _joined(joined, self.dimension, len(tail.ids) + len(new), "exact")
            dead = None if tail.dead is None else np.concatenate([tail.dead, np.zeros(len(new), dtype=bool)])
            tail = _Part(whole.kind, whole.ids, whole.rows, whole.scan, dead)
        return VectorIndex(self.dimension, self.base.without(gone), tail.without(gone))

    def compacted(self, kind: Kind | None = None) -> VectorIndex:
        """The same rows in one base, without the dead ones, searched as `kind` says, or their number."""
        if self.drift == 0 and self.kind == (kind or scan.kind_for(len(self))):
            return self
        return VectorIndex.gathered(chain(self.base.living(), self.tail.living()), self.dimension, len(self), kind)

    def search(self, query: Vectors, k: int, among: Ids | None = None) -> list[tuple[int, float]]:
        """The `k` nearest rows to one unit vector as (id, cosine), best first, ties by id.

        `among`, ascending, are the only ids that may be found. Raises ValueError where the query does not have the
        index's dimension or is not finite.
        """
        row = self._checked(query)
        found = self.base.search(row, k, among) + self.tail.search(row, k, among)
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[: max(k, 0)]

    def scores(self, query: Vectors, ids: Sequence[int]) -> dict[int, float]:
        """The cosine of one query with each of `ids` that is in the index."""
        row = self._checked(query)[0]
        wanted = np.asarray(sorted(ids), dtype=np.int64)
        cosines: dict[int, float] = {}
        for part in (self.base, self.tail):
            places = part.find(wanted)
            cosines.update(zip(part.ids[places].tolist(), part.cosines(row, places).tolist(), strict=True))
        return cosines

    def save(self, path: Path, *, generation: int, model: str) -> None:
        """Write all rows as one base. `generation` and `model` say what they stand for."""
        whole = self.compacted(self.kind).base
        copies = b"" if whole.kind == "exact" else scan.written(whole.scan)
        header = {"generation": generation, "model": model, "dimension": self.dimension, "count": len(whole.ids)}
        rows = np.ascontiguousarray(whole.rows)
        write_sealed(path, {**header, "format": _FORMAT, "kind": whole.kind}, whole.ids, rows, copies)

    @classmethod
    def load(cls, path: Path, *, model: str) -> tuple[VectorIndex, int]:
        """The index in `path` and the generation it stands for.

        Raises FileNotFoundError, or DamagedFileError where a byte differs from what was written or the vectors are
        another model's.
        """
        with Sealed(path) as file:
            header = file.header
            if header.get("format") != _FORMAT or "model" not in header:
                raise DamagedFileError(f"{path} is of another version.")
            if header["model"] != model:
                raise DamagedFileError(f"{path} holds the vectors of another model.")
            count, dimension, kind = header["count"], header["dimension"], header["kind"]
            beside, size = 8 * count, 2 * count * dimension
            ids = np.frombuffer(file.read(0, beside), dtype=np.int64)
            part = file.mapped if size >= _MAPPED and kind != "exact" else file.read
            rows = np.frombuffer(part(beside, size), dtype=np.float16).reshape(count, dimension)
            if kind == "exact":
                whole = _exact(ids, rows)
            else:
                copies = file.read(beside + size, header["size"] - beside - size)
                whole = _Part(kind, ids, rows, scan.restored(copies))
        if whole.scan.ntotal != count or whole.scan.d != dimension:
            raise DamagedFileError(f"{path} does not hold what its header says.")
        return cls(dimension, whole, _empty(dimension)), header["generation"]

    def _checked(self, query: Vectors) -> Vectors:
        # FAISS checks dimensions with `assert`, which `python -O` removes, and would read past the end of the query.
        row = np.ascontiguousarray(query, dtype=np.float32).reshape(1, -1)
        if row.shape[1] != self.dimension or not np.isfinite(row).all():
            raise ValueError(f"A query must be {self.dimension} finite numbers; this one has {row.shape[1]}.")
        return row


def _joined(
    parts: Iterable[tuple[Sequence[int] | Ids, Vectors | Half]], dimension: int, count: int, kind: Kind | None
) -> _Part:
    """One part of several, whose ids ascend from one to the next."""
    ids, rows = np.empty(count, dtype=np.int64), np.empty((count, dimension), dtype=np.float16)
    filled = 0
    for some, vectors in parts:
        own, halves = _checked_part(some, vectors, dimension, last=int(ids[filled - 1]) if filled else -1)
        end = filled + len(own)
        ids[filled:end], rows[filled:end] = own, halves
        filled = end
    ids, rows = ids[:filled], rows[:filled]
    kind = kind or scan.kind_for(filled)
    return _exact(ids, rows) if kind == "exact" else _Part(kind, ids, rows, scan.made(kind, rows))


def _exact(ids: Ids, rows: Half) -> _Part:
    made = scan.made("exact", rows)
    return _Part("exact", ids, scan.rows_of(made), made)


def _checked_part(ids: Sequence[int] | Ids, vectors: Vectors | Half, dimension: int, *, last: int) -> tuple[Ids, Half]:
    """Ids above `last` and their rows.

    FAISS itself accepts NaN, ids that wrap around and, without `assert`, rows of another width.
    """
    known = np.asarray(ids, dtype=np.int64).reshape(-1)
    rows = np.ascontiguousarray(vectors, dtype=np.float16)
    if rows.shape != (len(known), dimension):
        raise ValueError(f"{len(known)} ids need vectors of shape ({len(known)}, {dimension}), not {rows.shape}.")
    if (rows.view(np.uint16) & _EXPONENT == _EXPONENT).any():
        raise ValueError("A vector holds NaN or infinity.")
    if len(known) and (known[0] <= last or (known[1:] <= known[:-1]).any()):
        raise ValueError("Ids must ascend and not be negative.")
    return known, rows


def _empty(dimension: int) -> _Part:
    return _exact(_NO_IDS, np.zeros((0, dimension), dtype=np.float16))
