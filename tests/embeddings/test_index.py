"""The vector index: exact, never changed once made, and never fooled by a damaged file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import DamagedFileError, VectorIndex
from embeddings.scan import KINDS
from embeddings.sealed import write_sealed

# Three directions in the plane, and a query whose cosines with them are 1, 0.6 and 0.
PLANE = np.array([[0.0, 1.0], [1.0, 0.0], [0.6, 0.8]], dtype=np.float32)
EAST = np.array([1.0, 0.0], dtype=np.float32)
NOTHING = np.zeros((0, 2), dtype=np.float32)


def plane() -> VectorIndex:
    return VectorIndex.build([3, 5, 9], PLANE, 2)


def approximately(*hits: tuple[int, float]) -> list[tuple[int, object]]:
    return [(id_, pytest.approx(score, abs=5e-4)) for id_, score in hits]


def test_search_gives_ids_and_cosines_best_first() -> None:
    assert plane().search(EAST, 10) == approximately((5, 1.0), (9, 0.6), (3, 0.0))


def test_search_gives_no_more_than_k() -> None:
    assert plane().search(EAST, 2) == approximately((5, 1.0), (9, 0.6))


@pytest.mark.parametrize("k", [0, -1, -(10**9)])
def test_no_hits_for_k_below_one(k: int) -> None:
    assert plane().search(EAST, k) == []


def test_an_enormous_k_gives_every_row() -> None:
    assert len(plane().search(EAST, 10**12)) == 3


def test_ties_go_to_the_lower_id() -> None:
    same = np.tile(EAST, (5, 1))
    index = VectorIndex.build([2, 4, 6], same[:3], 2).changed([8, 10], same[3:], [])
    assert [id_ for id_, _ in index.search(EAST, 4)] == [2, 4, 6, 8]
    assert {score for _, score in index.search(EAST, 4)} == {1.0}


def test_ties_at_the_cut_go_to_the_lower_id_also_where_there_are_many() -> None:
    index = VectorIndex.build(range(300), np.tile(EAST, (300, 1)), 2)
    for k in (1, 7, 99, 100, 101, 299):
        assert [id_ for id_, _ in index.search(EAST, k)] == list(range(k))


def test_an_empty_index_finds_nothing() -> None:
    index = VectorIndex.build([], NOTHING, 2)
    assert len(index) == 0
    assert index.search(EAST, 5) == []
    assert index.scores(EAST, [1, 2]) == {}


def test_scores_are_those_of_the_ids_that_are_there() -> None:
    index = plane().changed([11], np.array([[0.8, 0.6]], dtype=np.float32), [5])
    assert index.scores(EAST, [11, 9, 5, 4, 1000]) == {
        9: pytest.approx(0.6, abs=5e-4),
        11: pytest.approx(0.8, abs=5e-4),
    }


def test_a_change_makes_a_new_index_and_leaves_the_old_one() -> None:
    old = plane()
    new = old.changed([11], np.array([[0.8, 0.6]], dtype=np.float32), [5])
    assert new.search(EAST, 10) == approximately((11, 0.8), (9, 0.6), (3, 0.0))
    assert old.search(EAST, 10) == approximately((5, 1.0), (9, 0.6), (3, 0.0))
    assert (len(old), len(new), old.drift, new.drift) == (3, 3, 0, 2)


def test_a_row_of_the_tail_can_be_removed() -> None:
    index = plane().changed([11], EAST.reshape(1, 2), []).changed([], NOTHING, [11])
    assert index.search(EAST, 10) == approximately((5, 1.0), (9, 0.6), (3, 0.0))
    assert len(index) == 3


def test_removing_what_is_not_there_changes_nothing() -> None:
    index = plane().changed([], NOTHING, [4, 5, 5, 77])
    assert [id_ for id_, _ in index.search(EAST, 10)] == [9, 3]
    assert len(index.changed([], NOTHING, [5])) == 2


def test_compacted_holds_the_same_rows_without_drift() -> None:
    index = plane().changed([11], np.array([[0.8, 0.6]], dtype=np.float32), [5])
    assert index.compacted().search(EAST, 10) == index.search(EAST, 10)
    assert (index.compacted().drift, len(index.compacted())) == (0, 3)


@pytest.mark.parametrize(
    ("ids", "rows"),
    [
        ([1, 2], PLANE),
        ([1, 2, 3], PLANE[:, :1]),
        ([1, 2, 3], PLANE.reshape(-1)),
        ([3, 2, 1], PLANE),
        ([1, 1, 2], PLANE),
        ([-1, 1, 2], PLANE),
        (np.array([1, 2, 2**63], dtype=np.uint64), PLANE),
        ([1, 2, 3], PLANE * np.nan),
        ([1, 2, 3], np.where(PLANE == 1, np.inf, PLANE)),
    ],
)
def test_rows_that_do_not_fit_are_refused(ids: list[int], rows: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"shape|ascend|NaN"):
        VectorIndex.build(ids, rows, 2)


@pytest.mark.parametrize("id_", [0, 9, 11])
def test_new_ids_must_be_above_all_earlier_ones_removed_ones_too(id_: int) -> None:
    index = plane().changed([11], EAST.reshape(1, 2), [11])
    with pytest.raises(ValueError, match="not above the last id in the index, 11"):
        index.changed([id_], EAST.reshape(1, 2), [])


@pytest.mark.parametrize("query", [[1.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [], [np.nan, 0.0], [np.inf, 0.0]])
def test_a_query_that_does_not_fit_is_refused(query: list[float]) -> None:
    with pytest.raises(ValueError, match="A query must be 2 finite numbers"):
        plane().search(np.array(query, dtype=np.float32), 1)
    with pytest.raises(ValueError, match="A query must be 2 finite numbers"):
        plane().scores(np.array(query, dtype=np.float32), [3])


def test_rows_and_queries_of_another_type_or_layout_are_read_right() -> None:
    wide = np.zeros((3, 4))
    wide[:, ::2] = PLANE
    index = VectorIndex.build([3, 5, 9], wide[:, ::2], 2)
    assert index.search(np.array([1, 0]), 10) == approximately((5, 1.0), (9, 0.6), (3, 0.0))


def test_dimensions_are_checked_also_where_python_drops_assertions() -> None:
    script = (
        "import numpy as np\n"
        "from embeddings import VectorIndex\n"
        "index = VectorIndex.build([1], np.ones((1, 4), dtype=np.float32), 4)\n"
        "for width in (2, 8):\n"
        "    try:\n"
        "        index.search(np.ones(width, dtype=np.float32), 1)\n"
        "    except ValueError:\n"
        "        continue\n"
        "    raise SystemExit(width)\n"
    )
    assert subprocess.run([sys.executable, "-O", "-c", script], check=False).returncode == 0


# --- against brute force

# Small whole numbers: products are exact, and ties are frequent.
rows = st.lists(st.tuples(*[st.integers(-2, 2)] * 3), max_size=8)
steps = st.lists(st.tuples(rows, st.sets(st.integers(0, 40)), st.booleans()), max_size=6)


@given(steps, st.tuples(*[st.integers(-2, 2)] * 3), st.integers(-1, 50))
def test_any_history_of_changes_answers_as_brute_force_does(
    steps: list[tuple[list[tuple[int, ...]], set[int], bool]], query: tuple[int, ...], k: int
) -> None:
    index = VectorIndex.build([], np.zeros((0, 3), dtype=np.float32), 3)
    held: dict[int, tuple[int, ...]] = {}
    last = 0
    for new, removed, compact in steps:
        ids = [last + 2 * place + 1 for place in range(len(new))]
        last = max([last, *ids])
        index = index.changed(ids, np.array(new, dtype=np.float32).reshape(-1, 3), sorted(removed))
        held = {id_: row for id_, row in (held | dict(zip(ids, new, strict=True))).items() if id_ not in removed}
        index = index.compacted() if compact else index
    scored = [(id_, float(np.dot(row, query))) for id_, row in held.items()]
    assert index.search(np.array(query), k) == sorted(scored, key=lambda hit: (-hit[1], hit[0]))[: max(k, 0)]
    assert index.scores(np.array(query), range(100)) == dict(scored)
    assert len(index) == len(held)


# --- kinds


def many(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows around fifty directions, as those of texts are, and a query near one of them."""
    draw = np.random.default_rng(1)
    centres = draw.standard_normal((50, 64))
    made = centres[draw.integers(0, 50, count)] + 0.7 * draw.standard_normal((count, 64))
    query = centres[3] + 0.3 * draw.standard_normal(64)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return made.astype(np.float16), (query / np.linalg.norm(query)).astype(np.float32)


ROWS, QUERY = many(5_000)
IDS = 2 * np.arange(len(ROWS)) + 1
COSINES = ROWS.astype(np.float32) @ QUERY


def best(places: np.ndarray, k: int) -> list[int]:
    """What comparing each of the rows gives."""
    return [int(IDS[at]) for at in places[np.argsort(-COSINES[places], kind="stable")][:k]]


@pytest.fixture(scope="module", params=KINDS)
def built(request: pytest.FixtureRequest) -> VectorIndex:
    return VectorIndex.build(IDS, ROWS, 64, request.param)


def test_every_kind_finds_the_nearest_with_their_own_cosines(built: VectorIndex) -> None:
    hits = built.search(QUERY, 10)
    assert [id_ for id_, _ in hits] == best(np.arange(len(ROWS)), 10)
    assert [score for _, score in hits] == pytest.approx([COSINES[id_ // 2] for id_, _ in hits], abs=1e-6)


def test_every_kind_leaves_out_what_was_removed(built: VectorIndex) -> None:
    gone = best(np.arange(len(ROWS)), 700)
    left = np.setdiff1d(np.arange(len(ROWS)), np.array(gone) // 2)
    changed = built.changed([], np.zeros((0, 64)), gone)
    assert [id_ for id_, _ in changed.search(QUERY, 10)] == best(left, 10)
    assert len(changed) == len(ROWS) - 700


@pytest.mark.parametrize("share", [0.5, 0.02, 0.001])
def test_every_kind_finds_only_what_may_be_found(
    built: VectorIndex, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.index._GATHERED", 20)
    among = np.sort(np.random.default_rng(2).choice(IDS, int(share * len(IDS)), replace=False))
    hits = built.search(QUERY, 10, among)
    assert [id_ for id_, _ in hits] == best(among // 2, 10)


def test_nothing_may_be_found(built: VectorIndex) -> None:
    assert built.search(QUERY, 10, np.zeros(0, dtype=np.int64)) == []
    assert built.search(QUERY, 10, np.array([0, 2, 10**9])) == []


def test_every_kind_gives_as_many_as_there_are(built: VectorIndex) -> None:
    assert len(built.search(QUERY, 10**6)) == len(ROWS)


def test_every_kind_comes_back_from_its_file(
    built: VectorIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in (1, 10**9):  # with its rows in the file, and in memory
        monkeypatch.setattr("embeddings.index._MAPPED", limit)
        built.save(tmp_path / "rows", generation=1, model="m")
        loaded, _ = VectorIndex.load(tmp_path / "rows", model="m")
        assert loaded.kind == built.kind
        assert loaded.search(QUERY, 10) == built.search(QUERY, 10)
        assert loaded.scores(QUERY, [1, 3]) == built.scores(QUERY, [1, 3])


def test_the_number_of_rows_decides_on_the_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.scan._COMPRESSED", 1_000)
    monkeypatch.setattr("embeddings.scan._INVERTED", 3_000)
    for count, kind in ((999, "exact"), (1_000, "compressed"), (3_000, "inverted")):
        index = VectorIndex.build(IDS[:count], ROWS[:count], 64)
        assert index.kind == kind
        smaller = index.changed([], np.zeros((0, 64)), IDS[:500].tolist()).compacted()
        assert (smaller.kind, len(smaller)) == ({999: "exact", 1_000: "exact", 3_000: "compressed"}[count], count - 500)


# --- the file


def test_the_file_gives_back_rows_and_generation(tmp_path: Path) -> None:
    index = plane().changed([11], np.array([[0.8, 0.6]], dtype=np.float32), [5])
    index.save(tmp_path / "index" / "rows", generation=7, model="m")
    loaded, generation = VectorIndex.load(tmp_path / "index" / "rows", model="m")
    assert generation == 7
    assert loaded.search(EAST, 10) == index.search(EAST, 10)
    assert loaded.drift == 0


def test_an_empty_index_can_be_saved(tmp_path: Path) -> None:
    VectorIndex.build([], NOTHING, 2).save(tmp_path / "rows", generation=0, model="m")
    assert len(VectorIndex.load(tmp_path / "rows", model="m")[0]) == 0


def test_a_loaded_index_can_be_changed(tmp_path: Path) -> None:
    plane().save(tmp_path / "rows", generation=1, model="m")
    loaded, _ = VectorIndex.load(tmp_path / "rows", model="m")
    changed = loaded.changed([11], np.array([[0.8, 0.6]], dtype=np.float32), [5])
    assert changed.search(EAST, 10) == approximately((11, 0.8), (9, 0.6), (3, 0.0))


def test_parts_are_gathered_into_one_index(tmp_path: Path) -> None:
    parts = [([3], PLANE[:1]), ([], NOTHING), ([5, 9], PLANE[1:])]
    index = VectorIndex.gathered(iter(parts), 2, 5)
    assert index.search(EAST, 10) == plane().search(EAST, 10)
    index.save(tmp_path / "rows", generation=1, model="m")
    assert VectorIndex.load(tmp_path / "rows", model="m")[0].search(EAST, 10) == plane().search(EAST, 10)


def test_parts_must_ascend() -> None:
    with pytest.raises(ValueError, match="must ascend"):
        VectorIndex.gathered([([5], PLANE[:1]), ([5], PLANE[1:2])], 2, 2)


def test_a_file_of_an_earlier_version_is_refused(tmp_path: Path) -> None:
    # Version 0.1.0 wrote rows as FAISS serialises them, and did not say how.
    header = {"generation": 1, "model": "m", "dimension": 2, "count": 1}
    write_sealed(tmp_path / "rows", header, np.array([3]), EAST)
    with pytest.raises(DamagedFileError, match="another version"):
        VectorIndex.load(tmp_path / "rows", model="m")


def test_another_model_is_refused(tmp_path: Path) -> None:
    plane().save(tmp_path / "rows", generation=1, model="m")
    with pytest.raises(DamagedFileError, match="another model"):
        VectorIndex.load(tmp_path / "rows", model="n")


def test_a_missing_file_is_told_apart_from_a_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        VectorIndex.load(tmp_path / "rows", model="m")


def test_a_flipped_bit_in_any_byte_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    plane().save(path, generation=1, model="m")
    good = path.read_bytes()
    for place in range(len(good)):
        path.write_bytes(good[:place] + bytes([good[place] ^ (1 << place % 8)]) + good[place + 1 :])
        with pytest.raises(DamagedFileError):
            VectorIndex.load(path, model="m")


def test_a_file_cut_short_or_longer_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    plane().save(path, generation=1, model="m")
    good = path.read_bytes()
    for length in range(len(good)):
        path.write_bytes(good[:length])
        with pytest.raises(DamagedFileError):
            VectorIndex.load(path, model="m")
    path.write_bytes(good + b"\0")
    with pytest.raises(DamagedFileError):
        VectorIndex.load(path, model="m")


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 11, 40, 200])
def test_every_kind_may_have_few_rows(count: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for kind in KINDS:
        index = VectorIndex.build(IDS[:count], ROWS[:count], 64, kind)
        index.save(tmp_path / "index", generation=1, model="m")
        loaded, _ = VectorIndex.load(tmp_path / "index", model="m")
        for each in (index, loaded):
            found = [id_ for id_, _ in each.search(QUERY, 10)]
            assert len(found) == min(10, count)
            assert found == best(np.arange(count), 10) or kind == "inverted"  # which looks at near lists only
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [1, 3])
def test_thousands_that_may_be_found_are_compared_part_by_part(kind: Any, share: int) -> None:
    index = VectorIndex.build(IDS, ROWS, 64, kind)
    for k in (1, 10, 1_500):
        found = [id_ for id_, _ in index.search(QUERY, k, IDS[::share])]
        assert found == best(np.arange(0, len(IDS), share), k)
