"""Stores of several sizes: made of real passages and mixtures of them, searched, and compared with exact search."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from wordencoder import WordEncoder

from benchmarks.curves.building import build
from benchmarks.curves.changing import changed
from benchmarks.curves.exact import last_of, recall
from benchmarks.curves.making import TAG, make, prepare
from benchmarks.curves.memory import memory
from benchmarks.curves.mixture import TOGETHER, Mixture
from benchmarks.curves.opening import opened
from benchmarks.curves.real import Real, embedded
from benchmarks.curves.searching import PARTS, searched
from qa import Filter, Library
from qa.passages import sentences
from qa.record import StoreModel

TEXTS = [
    " ".join(
        f"The {kind} number {number} says {what} about the river that flows past it in the north."
        for what in ("little", "much", "nothing")
    )
    for number in range(30)
    for kind in ("bridge", "tower")
]
QUESTIONS = ["Which bridge says nothing?", "What does tower 7 say?", "What is in the north?"]


@pytest.fixture(scope="module")
def real() -> Real:
    return embedded(TEXTS, WordEncoder())


@pytest.fixture(scope="module")
def store(real: Real, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """200 passages in 10 documents: 60 are real, 140 are mixed. Its indexes are built."""
    folder = tmp_path_factory.mktemp("scale") / "200"
    make(folder, real, 200, seed=0)
    build(folder)
    return folder


@pytest.fixture
def library(store: Path) -> Iterator[Library]:
    with Library.open(store, encoder=WordEncoder(), create=False) as library:
        yield library


def test_offsets_are_right_and_the_real_ones_come_first(library: Library) -> None:
    with library.reading() as reading:
        ids = reading.document_ids()
        documents = [(reading.document(each), reading.passages_of(each)) for each in ids]
    passages = [passage for _, found in documents for passage in found]
    assert (len(documents), len(passages)) == (10, 200)
    for document, found in documents:
        assert document is not None
        assert document.text == "\n\n".join(passage.text for passage in found)
        assert all(document.text[passage.start : passage.end] == passage.text for passage in found)
    assert [passage.text for passage in passages[:60]] == TEXTS
    assert not {passage.text for passage in passages[60:]} & set(TEXTS)


def test_mixed_texts_are_sentences_of_two_or_three_real_ones(library: Library) -> None:
    origin = {text[start:end]: at for at, text in enumerate(TEXTS) for start, end in sentences(text)}
    with library.reading() as reading:
        passages = [passage for each in reading.document_ids() for passage in reading.passages_of(each)]
    counts = []
    for passage in passages[60:]:
        parts = [passage.text[start:end] for start, end in sentences(passage.text)]
        counts.append(len({origin[part] for part in parts}))
    assert set(counts) == {2, 3}


def test_mixed_vectors_weigh_each_part_by_its_characters() -> None:
    names = ("Ash", "Willow", "Sycamore")
    model = StoreModel("axes", "axes", "axes", 3)
    real = Real([f"{name} is here." for name in names], np.eye(3, dtype=np.float16), model)
    texts, rows = Mixture(real, seed=0).document(1)
    assert (rows.shape, rows.dtype) == ((TOGETHER, 3), np.float16)
    assert np.allclose(np.linalg.norm(rows.astype(np.float32), axis=1), 1, atol=0.002)
    given = np.array([[len(f"{name} is here.") * (name in text) for name in names] for text in texts], dtype=float)
    cosines = (rows * given).sum(axis=1) / np.linalg.norm(given, axis=1)
    assert (cosines > 0.994).all()  # the noise is a tenth of the length: 1 / sqrt(1.01) at the least


def test_a_document_is_the_same_at_every_size(real: Real) -> None:
    one, other = Mixture(real, seed=0), Mixture(real, seed=0)
    other.document(9)
    first, second = one.document(4), other.document(4, passages=7)
    assert first[0][:7] == second[0]
    assert (first[1][:7] == second[1]).all()
    assert Mixture(real, seed=1).document(4)[0] != first[0]


def test_one_document_in_a_hundred_is_tagged_by_chance(real: Real, tmp_path: Path, library: Library) -> None:
    with library.reading() as reading:
        assert len(reading.numbers_of(None, None, None, (TAG,))) == TOGETHER  # one at least
    make(tmp_path / "store", real, 4000, seed=0)
    with Library.open(tmp_path / "store", encoder=WordEncoder(), create=False) as large, large.reading() as reading:
        assert len(reading.numbers_of(None, None, None, (TAG,))) == 2 * TOGETHER


def test_a_store_is_made_once(real: Real, tmp_path: Path) -> None:
    real.save(tmp_path / "real")
    seconds = prepare(tmp_path, 50, seed=0)
    made = (tmp_path / "stores" / "50" / "store.db").stat()
    assert prepare(tmp_path, 50, seed=0) == seconds
    assert (tmp_path / "stores" / "50" / "store.db").stat().st_mtime_ns == made.st_mtime_ns
    marker = tmp_path / "stores" / "50.json"
    marker.unlink()  # as if it had been interrupted
    prepare(tmp_path, 50, seed=0)
    again = (tmp_path / "stores" / "50" / "store.db").stat()
    assert again.st_mtime_ns != made.st_mtime_ns
    prepare(tmp_path, 50, seed=1)
    assert (tmp_path / "stores" / "50" / "store.db").stat().st_mtime_ns != again.st_mtime_ns
    assert json.loads(marker.read_text())["made_of"]["seed"] == 1
    assert Real.load(tmp_path / "real").digest == real.digest
    assert embedded(TEXTS[1:], WordEncoder()).digest != real.digest


def test_indexes_are_built_and_opened(store: Path) -> None:
    earlier = store / "index" / "earlier"
    earlier.write_text("")
    assert {"vectors_s", "words_s"} <= build(store).keys()
    assert (store / "index" / "vectors.faiss").is_file()
    assert not earlier.exists()
    figures = opened(store, WordEncoder())
    assert figures["seconds"] == pytest.approx(figures["vectors_s"] + figures["words_s"])


def test_questions_are_timed_as_a_whole_and_by_part(store: Path) -> None:
    figures = searched(store, QUESTIONS, WordEncoder())
    assert all(len(figures[f"{name}_ms"]) == 3 for name in ("whole", "rest", *PARTS))
    assert (figures["kind"], figures["compared"]) == ("exact", 200)
    assert figures["recall"] == figures["recall_of_ten"] == 1.0
    filtered = searched(store, QUESTIONS, WordEncoder(), Filter(tags=(TAG,)))
    assert (filtered["compared"], filtered["recall"]) == (TOGETHER, 1.0)


def test_a_document_comes_and_goes(real: Real, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"{text} It was written down in the year {number}." for number, text in enumerate(TEXTS)]
    make(tmp_path / "store", real, 100, seed=0)
    build(tmp_path / "store")
    figures = changed(tmp_path / "store", texts, WordEncoder(), seed=0)
    assert figures["cut"] == [TOGETHER] * 3
    assert all(first <= then for first, then in zip(figures["add_s"], figures["found_s"], strict=True))
    with Library.open(tmp_path / "store", create=False) as library:
        assert library.status()["passages"] == 100
    monkeypatch.setattr(Library, "remove", lambda *_: ())
    with pytest.raises(ValueError, match="Quibbleworthaly is still found"):
        changed(tmp_path / "store", texts, WordEncoder(), seed=1)


def test_recall_is_the_share_of_the_nearest_rows() -> None:
    # The query points along the first axis: rows 0 and 3 are nearest, then rows 1 and 4, which tie.
    rows = np.array([[1, 0], [0.6, 0.8], [0, 1], [1, 0], [0.6, -0.8]], dtype=np.float16)
    ids, query = np.array([10, 11, 12, 13, 14]), np.array([[1, 0]], dtype=np.float32)
    assert last_of(query, rows, 2).tolist() == [1.0]
    assert recall([[13, 10]], query, ids, rows, 2) == 1.0
    assert recall([[13, 11]], query, ids, rows, 2) == 0.5
    assert recall([[13, 13]], query, ids, rows, 2) == 0.5
    assert recall([[10, 13, 14]], query, ids, rows, 3) == 1.0  # which of two equal rows is chance
    assert recall([[12, 11, 10]], query, ids, rows, 3) == pytest.approx(2 / 3)
    assert recall([[10, 13]], query, ids[[0, 3]], rows[[0, 3]], 10) == 1.0  # there are no more


def test_memory_is_what_the_system_says(tmp_path: Path) -> None:
    status = tmp_path / "status"
    status.write_text("Name:\tpython\nVmHWM:\t  2000 kB\nVmRSS:\t  1000 kB\nRssAnon:\t   750 kB\nRssFile:\t   250 kB\n")
    assert memory(status) == {"peak_mb": 2.048, "resident_mb": 1.024, "own_mb": 0.768, "files_mb": 0.256}
    assert memory(tmp_path / "none") == {}
