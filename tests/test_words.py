"""The word index: BM25 as in the books, the words of FTS5, and no state of its folder that answers wrongly."""

from __future__ import annotations

import logging
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, pairwise
from math import log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import qa
from qa import lexical, words
from qa.folding import analyzer, folded, pieces
from qa.words import WordIndex, Words

ROOT = Path(qa.__file__).parent.parent
STAMP = "store-1"
TOKENIZE = """tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N*'\""""


def rows(texts: Iterable[str], first: int = 1) -> list[tuple[int, str, str]]:
    return [(number, text, "") for number, text in enumerate(texts, first)]


@pytest.fixture
def index(tmp_path: Path) -> WordIndex:
    return WordIndex(tmp_path / "index" / "words")


def written(index: WordIndex, *texts: str) -> Words:
    """The index over some texts, numbered from 1, opened by another reader."""
    index.write(STAMP, 1, rows(texts))
    return current(index, 1)


def current(index: WordIndex, generation: int) -> Words:
    opened = WordIndex(index.folder).at(STAMP, generation)
    assert opened is not None
    return opened


def found(opened: Words, *question: str, k: int = 10) -> list[int]:
    return [number for number, _ in opened.search(question, k)]


def state(index: WordIndex) -> Path:
    """The one folder that holds the index."""
    (folder,) = (path for path in index.folder.iterdir() if path.is_dir())
    return folder


def sealed_files(index: WordIndex) -> list[Path]:
    files = [path for path in state(index).iterdir() if not path.name.startswith(".tantivy")]
    return sorted([*files, index.path])


class Fts5:
    """The same passages in SQLite's FTS5."""

    def __init__(self, *texts: str) -> None:
        assert TOKENIZE in lexical.SCHEMA
        self.connection = sqlite3.connect(":memory:")
        self.connection.execute(f"CREATE VIRTUAL TABLE passage USING fts5(text, {TOKENIZE})")
        self.connection.executemany("INSERT INTO passage (rowid, text) VALUES (?, ?)", enumerate(texts, 1))

    def __enter__(self) -> Fts5:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def search(self, *question: str) -> list[tuple[int, float]]:
        query = " OR ".join(f'"{word}"' for word in question)
        select = "SELECT rowid, -rank FROM passage WHERE passage MATCH ? ORDER BY rank, rowid"
        return self.connection.execute(select, (query,)).fetchall()

    def terms(self) -> dict[int, list[str]]:
        """The terms of every passage, in order."""
        self.connection.execute("CREATE VIRTUAL TABLE terms USING fts5vocab(passage, 'instance')")
        terms: dict[int, list[str]] = {}
        for number, term in self.connection.execute("SELECT doc, term FROM terms ORDER BY doc, offset"):
            terms.setdefault(number, []).append(term)
        return terms


# --- BM25


def bm25(frequency: int, length: int, mean: float, holding: int, passages: int) -> float:
    """Robertson's BM25 of one word with k1 = 1.2 and b = 0.75; the 1 keeps the rarity of a common word above 0."""
    rarity = log(1 + (passages - holding + 0.5) / (holding + 0.5))
    return rarity * frequency * 2.2 / (frequency + 1.2 * (0.25 + 0.75 * length / mean))


def about(score: float) -> object:
    """Scores are of single precision."""
    return pytest.approx(score, rel=1e-6)


SMALL = ("tower tower stone", "tower wood", "stone wood wood wood", "sand", "sand sand", "clay", "clay")


def test_bm25_by_hand(index: WordIndex) -> None:
    opened = written(index, *SMALL)
    mean = (3 + 2 + 4 + 1 + 2 + 1 + 1) / 7
    assert opened.search(["tower"], 10) == [(1, about(bm25(2, 3, mean, 2, 7))), (2, about(bm25(1, 2, mean, 2, 7)))]
    assert opened.search(["stone", "tower"], 10) == [
        (1, about(bm25(2, 3, mean, 2, 7) + bm25(1, 3, mean, 2, 7))),
        (2, about(bm25(1, 2, mean, 2, 7))),
        (3, about(bm25(1, 4, mean, 2, 7))),
    ]


@pytest.mark.parametrize(("length", "taken_as"), [(40, 40), (41, 40), (43, 42), (100, 96), (1000, 984)])
def test_longer_texts_have_a_rounded_length(index: WordIndex, length: int, taken_as: int) -> None:
    # The length of a text is kept in one byte, as in Lucene: exact to 40, then rounded down. The mean is exact.
    opened = written(index, "tower" + " sand" * (length - 1), "clay")
    assert opened.search(["tower"], 1) == [(1, about(bm25(1, taken_as, (length + 1) / 2, 1, 2)))]


def test_a_word_of_the_context_counts_as_much_as_asked(index: WordIndex) -> None:
    index.write(STAMP, 1, [(1, "tower", "Sand"), (2, "stone", "The Tower"), (3, "clay", "")])
    opened = current(index, 1)
    in_text, in_context = bm25(1, 1, 1, 1, 3), bm25(1, 2, 1, 1, 3)
    assert opened.search(["tower"], 10) == [(1, about(in_text))]
    assert opened.search(["tower"], 10, context=0.3) == [(1, about(in_text)), (2, about(0.3 * in_context))]
    assert opened.search(["towers"], 10, context=1.0) == [(1, about(in_text)), (2, about(in_context))]
    assert opened.frequency("tower") == 1


def test_a_word_in_two_forms_counts_twice_as_in_fts5(index: WordIndex) -> None:
    opened = written(index, *SMALL)
    once, twice = opened.search(["tower"], 1), opened.search(["tower", "Towers", "tower"], 1)
    assert twice == [(1, about(2 * once[0][1]))]


VOCABULARY = "lamp oil keeper boat storm gull rock tide".split()
texts = st.lists(st.lists(st.sampled_from(VOCABULARY), max_size=12).map(" ".join), min_size=1, max_size=12)
common = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@common
@given(texts=texts, question=st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=4, unique=True))
def test_finds_what_fts5_finds_in_its_order(index: WordIndex, texts: list[str], question: list[str]) -> None:
    opened = written(index, *texts)
    with Fts5(*texts) as fts5:
        for word in question:
            theirs = dict(fts5.search(word))
            order = [theirs.pop(number) for number in found(opened, word, k=99)]
            assert theirs == {}
            assert all(better >= next_ * (1 - 1e-6) for better, next_ in pairwise(order))
            assert opened.frequency(word) == len(order)
        # FTS5 gives no weight to a word of more than half of the passages, so that the order of several is its own.
        assert sorted(found(opened, *question, k=99)) == sorted(number for number, _ in fts5.search(*question))


# --- ties and filters


@pytest.mark.parametrize("k", [1, 3, 49, 200, 299, 300, 1000])
def test_ties_go_to_the_lower_number_wherever_the_passages_lie(index: WordIndex, k: int) -> None:
    numbers = random.Random(7).sample(range(1, 301), 300)
    since = None
    for generation, at in enumerate(range(0, 300, 60), 1):  # five segments
        index.write(STAMP, generation, [(number, "same words", "") for number in numbers[at : at + 60]], (), since)
        since = generation
    assert found(current(index, 5), "words", k=k) == list(range(1, min(k, 300) + 1))


def test_k_is_kept(index: WordIndex) -> None:
    opened = written(index, *SMALL)
    assert opened.search(["tower"], 0) == opened.search(["tower"], -1) == []
    assert found(opened, "tower", "stone", k=2) == [1, 2]
    assert found(opened, "tower", "stone", k=10**9) == [1, 2, 3]


def test_only_what_is_allowed_is_found(index: WordIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    random_ = random.Random(3)
    opened = written(index, *[" ".join(random_.choices(VOCABULARY, k=5)) for _ in range(2000)])
    everything = opened.search(["lamp", "storm"], 2000)

    def check(among: np.ndarray) -> None:
        left = [(number, score) for number, score in everything if number in among]
        for k in (1, 10, 2000):
            assert opened.search(["lamp", "storm"], k, among) == left[:k]

    for few in (20_000, 0):  # the blocks of those that may be found, or all
        monkeypatch.setattr("qa.words._FEW", few)
        check(np.arange(0, 2001, 2))
        check(np.arange(1991, 2001))
        check(np.array([5, 700, 1800]))
        check(np.zeros(0, dtype=np.int64))


@common
@given(texts=texts, parts=st.integers(1, 4), question=st.sets(st.sampled_from(VOCABULARY), min_size=1))
def test_what_grew_finds_the_same_as_what_was_built(
    index: WordIndex, texts: list[str], parts: int, question: set[str]
) -> None:
    expected = written(index, *texts).search(sorted(question), 5)
    since = None
    for part in range(parts):
        index.write(STAMP, part + 1, rows(texts)[part::parts], (), since)
        since = part + 1
    assert current(index, parts).search(sorted(question), 5) == expected


# --- words


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("The towers were burning", "tower burn"),
        ("Das Café in Zürich", "cafe zurich"),
        ("das cafe in zurich", "Café Zürich"),
        ("a nai\u0308ve cafe\u0301", "naïve café"),
        ("a naïve café", "nai\u0308ve cafe\u0301"),
        ("die Straße, GROẞ", "straße groß"),
        ("İstanbul", "istanbul"),
        ("версия документа", "ДОКУМЕНТА"),
        ("мой Йод", "\u0438\u0306од"),
        ("Η Αθήνα των λόγος", "ΛΌΓΟΣ"),
        ("λο\u0301γος", "λόγος"),
        ("が 漢字", "か\u3099"),
        ("한국어", unicodedata.normalize("NFD", "한국어")),
        ("المدينة القديمة", "القديمة"),
        ("model X-200b", "x-200b"),
        ("the c++ language", "C++"),
        ("the U.S. army", "U.S."),
        ("don't go", "don't"),
        ("snake_case_name", "case"),
        ("price 3.14 ²", "3.14 ²"),
    ],
)
def test_words_are_found_in_other_forms(index: WordIndex, text: str, question: str) -> None:
    opened = written(index, "sand and clay", text)
    assert found(opened, question) == [2]
    assert opened.frequency(question) == 1


UNSTEMMED = [
    "naïve Zürich Ångström Đorđe œuvre ﬁx",
    "snake_case __init__ a_b",
    "don't o'clock U.S. AT&T C++ C# x-200b 3.14 1e9 a1b2",
    "Ελλάδα ΑΘΗΝΑ ΛΌΓΟΣ ᾳ",
    "Привет МИР ёлка йод",
    "北京大学 東京都 カタカナ",
    "مرحبا بالعالم كِتَاب",
    "שלום עולם",
    "हिन्दी क्षेत्र",
    "ไทย ภาษาไทย",
    "½ ² Ⅷ ٣ ①",
    "tab\tnew\nline\u00a0space\u200bzero\u2028line",
    "😀 emoji ❤ a😀b",
    "a\0b",
    "",
]


def test_terms_are_those_of_fts5() -> None:
    with Fts5(*UNSTEMMED) as fts5:
        terms = fts5.terms()
    stemmed = analyzer()
    assert {number: stemmed.analyze(folded(text)) for number, text in enumerate(UNSTEMMED, 1) if text} == terms


@given(text=st.text() | st.sampled_from(UNSTEMMED))
def test_what_a_text_shares_is_looked_for_word_by_word(text: str) -> None:
    stemmed = analyzer()
    one_by_one = {part for piece in pieces(text) for part in stemmed.analyze(piece)}
    assert one_by_one == set(stemmed.analyze(folded(text)))
    # Only words with the initial of a wanted part are stemmed at all.
    assert all(part[0] == piece[0] for piece in pieces(text) for part in stemmed.analyze(piece)[:1])


def test_no_english_stem_begins_with_another_letter() -> None:
    stemmed = analyzer()
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "seeds" / "corpus").iterdir()]
    forms = {piece for text in texts for piece in pieces(text)}
    assert len(forms) > 500
    exceptions = "skis skies dying lying tying idly gently ugly early only singly yes yoyo eying using".split()
    assert all(stemmed.analyze(form)[0][0] == form[0] for form in [*forms, *exceptions])


def test_every_letter_of_the_european_scripts_becomes_what_fts5_makes_of_it() -> None:
    later = "\u01e0\u01e1\u0374\u037f"  # with two marks, another for the same, or not yet known to FTS5
    letters = [chr(code) for code in [*range(1, 0x528), *range(0x1E00, 0x1F00)]]
    letters = [letter for letter in letters if unicodedata.category(letter) != "Cn" and letter not in later]
    letters = [letter for letter in letters if not 0x300 <= ord(letter) <= 0x36F]
    with Fts5(*(f"0{letter}0" for letter in letters)) as fts5:  # with digits, so that no stem is cut
        terms = fts5.terms()
    stemmed = analyzer()
    assert [stemmed.analyze(folded(f"0{letter}0")) for letter in letters] == list(terms.values())


@pytest.mark.parametrize("length", [63, 64, 65, 200, 255, 256, 5000])
def test_long_words_are_found_whole(index: WordIndex, length: int) -> None:
    opened = written(index, "x" * (length - 1) + "y", "x" * length)
    assert found(opened, "X" * length) == [2]
    assert found(opened, "x" * (length - 1)) == []


def test_only_the_first_thousand_terms_count(index: WordIndex) -> None:
    opened = written(index, "tower", "sand")
    question = [f"w{number}" for number in range(999)]
    assert found(opened, *question, "tower", "sand") == [1]
    assert found(opened, " ".join(question), "tower", "sand") == [1]
    assert found(opened, *["sand"] * 5000, "tower") == [1, 2]


parts = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ['"', "'", "*", "^", "(", "+", "-", ":", "NEAR(", " AND ", "NOT ", "text:", "[a TO b]", "/.*/", "~"]
    ),
    st.sampled_from(["_", "\0", "\u0301", "\ud800", "😀", "²", "٣", "漢字", "ﬁ", "ẞ", "\u200b", "𝔘", "\U000e0041"]),
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(question=st.lists(st.lists(parts, max_size=6).map("".join), max_size=6))
def test_any_text_is_a_word(index: WordIndex, question: list[str]) -> None:
    opened = index.at(STAMP, 1) or written(index, "tower", "sand")
    for number, score in opened.search(question, 5, context=0.5):
        assert number in (1, 2)
        assert score > 0
    for word in question:
        assert opened.frequency(word) in (0, 1)


def test_a_word_of_a_hundred_thousand_characters(index: WordIndex) -> None:
    opened = written(index, "tower", "sand")
    for word in ("x" * 100_000, "é" * 100_000, "tower " * 20_000, "\ud800" * 100_000, "+-*/ " * 20_000):
        assert found(opened, word) == ([1] if "tower" in word else [])


@common
@given(text=st.text(st.characters(codec="utf-8"), max_size=80))
def test_a_text_finds_itself(index: WordIndex, text: str) -> None:
    opened = written(index, "another passage", text)
    spelled = [word for word in lexical.WORD.findall(unicodedata.normalize("NFC", text)) if word.isalpha()]
    for word in spelled:
        assert 2 in found(opened, word)
        assert opened.frequency(word) > 0


# --- adding, removing, and generations


def test_nothing_is_there_before_it_is_written(index: WordIndex, caplog: pytest.LogCaptureFixture) -> None:
    assert index.at(STAMP, 0) is None
    assert index.known(STAMP) is None
    index.folder.mkdir(parents=True)
    assert index.at(STAMP, 0) is None
    assert caplog.records == []


def test_an_index_of_nothing_finds_nothing(index: WordIndex) -> None:
    opened = written(index)
    assert len(opened) == 0
    assert found(opened, "tower") == []
    assert opened.frequency("tower") == 0
    index.write(STAMP, 2, rows(["tower"]), (), 1)
    assert found(current(index, 2), "tower") == [1]


def test_an_index_serves_its_own_generation_and_earlier_ones(index: WordIndex) -> None:
    index.write(STAMP, 5, rows(SMALL))
    assert index.known(STAMP) == 5
    for reader in (index, WordIndex(index.folder)):
        assert [opened and opened.generation for opened in (reader.at(STAMP, asked) for asked in (6, 5, 4, 0, 6))] == [
            None,
            5,
            5,
            5,
            None,
        ]


def test_a_reader_follows_the_writer(index: WordIndex) -> None:
    before = written(index, *SMALL)
    reader = WordIndex(index.folder)
    assert reader.at(STAMP, 1) is reader.at(STAMP, 1)
    index.write(STAMP, 2, rows(["tower"], 8), [1], since=1)
    after = reader.at(STAMP, 1)
    assert after is not None
    assert after.generation == 2
    assert found(after, "tower") == [8, 2]
    assert found(before, "tower") == [1, 2]  # what is open stays as it was
    assert [path.name for path in index.folder.iterdir() if path.is_file()] == ["words.sealed"]
    assert state(index)


def test_removed_passages_are_neither_found_nor_counted(index: WordIndex) -> None:
    written(index, *SMALL, *["clay"] * 50)
    index.write(STAMP, 2, [], [1, 3, 999], since=1)
    opened = current(index, 2)
    assert len(opened) == 55
    assert found(opened, "tower", "stone", "wood") == [2]
    assert [opened.frequency(word) for word in ("tower", "stone", "wood", "clay")] == [1, 0, 1, 52]


def test_removing_everything(index: WordIndex) -> None:
    written(index, *SMALL)
    index.write(STAMP, 2, [], range(1, 8), since=1)
    opened = current(index, 2)
    assert (len(opened), found(opened, "tower"), opened.frequency("tower")) == (0, [], 0)


def test_a_number_that_comes_again_takes_the_place_of_the_first(index: WordIndex) -> None:
    written(index, *SMALL)
    index.write(STAMP, 2, [(1, "glass", ""), (2, "tower", "")], [1], since=1)
    index.write(STAMP, 3, [(2, "tower", "")], since=2)
    opened = current(index, 3)
    assert len(opened) == 7
    assert found(opened, "tower") == [2]
    assert found(opened, "glass") == [1]


def test_the_largest_number_of_the_record(index: WordIndex) -> None:
    index.write(STAMP, 1, [(2**63 - 1, "tower", ""), (0, "tower", "")])
    index.write(STAMP, 2, [], [0], since=1)
    assert found(current(index, 2), "tower") == [2**63 - 1]


def test_an_index_that_counts_many_removed_passages_is_built_anew(index: WordIndex) -> None:
    written(index, *["tower"] * 41)
    index.write(STAMP, 2, [], [1], since=1)
    assert index.known(STAMP) == 2
    index.write(STAMP, 3, [], [2], since=2)  # 2 of 41 are more than one in twenty
    assert index.known(STAMP) is None
    assert len(current(index, 3)) == 39


def test_many_small_changes_are_merged(index: WordIndex) -> None:
    written(index, *SMALL)
    for generation in range(2, 20):
        index.write(STAMP, generation, [(generation + 6, "tower", "")], since=generation - 1)
        assert index.known(STAMP) == generation
    assert len(found(current(index, 19), "tower", k=99)) == 20
    assert len(list(state(index).glob("*.term"))) < 8


def test_no_text_can_be_read_in_the_files(index: WordIndex) -> None:
    written(index, "the keeper kept the lamp", "sand")
    assert b'"record": "freq"' in (state(index) / "meta.json").read_bytes()
    for path in sealed_files(index):
        assert b"keeper kept" not in path.read_bytes()


# --- damage


def flipped(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1 << place % 8
    path.unlink()  # not through a link, nor under an open reader
    path.write_bytes(content)


def refused(index: WordIndex, caplog: pytest.LogCaptureFixture) -> None:
    """No reader has the index, each says so once, and a writer puts it right."""
    reader = WordIndex(index.folder)
    caplog.clear()
    assert [reader.at(STAMP, generation) for generation in (1, 0, 1)] == [None] * 3
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "Words are searched in the record itself" in caplog.text
    assert reader.known(STAMP) is None
    assert len(caplog.records) == 1
    with pytest.raises(OSError, match=r"words|damaged|missing"):
        WordIndex(index.folder).write(STAMP, 2, [], since=1)
    reader.write(STAMP, 1, rows(SMALL))
    assert found(current(index, 1), "tower") == [1, 2]


def test_a_flipped_bit_in_any_file_is_never_believed(index: WordIndex, caplog: pytest.LogCaptureFixture) -> None:
    written(index, *SMALL)
    for suffix in (path.suffix for path in sealed_files(index)):
        for share in (0, 0.5, 0.999):
            path = next(path for path in sealed_files(index) if path.suffix == suffix)
            flipped(path, int(path.stat().st_size * share))
            refused(index, caplog)


@pytest.mark.parametrize("how", ["missing", "empty", "short", "long"])
def test_a_file_of_another_length_is_never_believed(
    index: WordIndex, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    written(index, *SMALL)
    for suffix in {path.suffix for path in sealed_files(index)}:
        path = next(path for path in sealed_files(index) if path.suffix == suffix)
        if how == "missing" and path == index.path:
            continue
        content = path.read_bytes()
        path.unlink()
        if how != "missing":
            path.write_bytes({"empty": b"", "short": content[:-1], "long": content + b"\0"}[how])
        refused(index, caplog)


def test_damage_that_comes_while_writing_is_not_sealed(index: WordIndex, caplog: pytest.LogCaptureFixture) -> None:
    written(index, *SMALL)
    (norms,) = state(index).glob("*.fieldnorm")

    def changes() -> Iterator[tuple[int, str, str]]:
        content = bytearray(norms.read_bytes())
        content[5] ^= 1
        with norms.open("r+b") as stream:  # through the link
            stream.write(content)
        yield 8, "tower", ""

    index.write(STAMP, 2, changes(), since=1)
    assert norms.name in [path.name for path in state(index).iterdir()]
    refused(index, caplog)


def test_damage_under_an_open_reader_does_not_reach_the_next_generation(index: WordIndex) -> None:
    written(index, *SMALL)
    assert index.at(STAMP, 1)
    flipped(next(state(index).glob("*.term")), 5)
    assert index.known(STAMP) is None  # it was verified before, but has changed since


def test_the_index_of_another_store_or_version_is_not_used(
    index: WordIndex, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(index, *SMALL)
    reader = WordIndex(index.folder)
    assert reader.at("store-2", 1) is None
    assert reader.known("store-2") is None
    assert reader.at(STAMP, 1)
    assert reader.at("store-2", 1) is None
    assert reader.at("a", 1) is None
    monkeypatch.setattr(words, "_FORMAT", words._FORMAT + 1)
    assert WordIndex(index.folder).at(STAMP, 1) is None
    assert index.known(STAMP) is None
    assert caplog.records == []
    index.write(STAMP, 2, rows(["tower"]))
    assert found(current(index, 2), "tower") == [1]


def test_what_never_was_an_index_is_refused(index: WordIndex, caplog: pytest.LogCaptureFixture) -> None:
    for content in (b"", b"garbage", b"PINCITE SEALED 1\n" + b"\xff" * 60):
        index.folder.mkdir(parents=True, exist_ok=True)
        index.path.write_bytes(content)
        refused(index, caplog)


def test_a_folder_that_is_deleted_costs_nothing_but_time(index: WordIndex) -> None:
    written(index, *SMALL)
    reader = WordIndex(index.folder)
    opened = reader.at(STAMP, 1)
    assert opened
    shutil.rmtree(index.folder)
    assert found(opened, "tower") == [1, 2]
    assert reader.at(STAMP, 1) is opened
    assert reader.at(STAMP, 2) is None
    assert reader.known(STAMP) is None
    reader.write(STAMP, 2, rows(["tower"]))
    assert found(current(index, 2), "tower") == [1]


@pytest.mark.parametrize("what", ["a file is the folder", "a file is above", "a folder is the file"])
def test_what_lies_in_the_way_is_told(index: WordIndex, what: str) -> None:
    place = {"a file is the folder": index.folder, "a file is above": index.folder.parent}.get(what)
    if place:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("in the way")
    else:
        (index.path / "x").mkdir(parents=True)
    assert index.at(STAMP, 1) is None
    assert index.known(STAMP) is None
    with pytest.raises(OSError, match=r".+"):
        index.write(STAMP, 1, rows(SMALL))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_never_an_error(index: WordIndex) -> None:
    written(index, *SMALL)
    for path in (state(index), index.folder):
        path.chmod(0o500)
    try:
        opened = WordIndex(index.folder).at(STAMP, 1)
        assert opened is None or found(opened, "tower") == [1, 2]
        with pytest.raises(OSError, match=r".+"):
            index.write(STAMP, 2, rows(SMALL))
    finally:
        for path in (index.folder, state(index)):
            path.chmod(0o700)


# --- a writer that does not get to the end


def test_an_interrupted_write_leaves_the_index_as_it_was(index: WordIndex) -> None:
    before = written(index, *SMALL)
    contents = {path: path.read_bytes() for path in sealed_files(index)}

    def half() -> Iterator[tuple[int, str, str]]:
        yield 8, "tower", ""
        raise KeyboardInterrupt

    for since in (None, 1):
        with pytest.raises(KeyboardInterrupt):
            index.write(STAMP, 2, half(), [1], since)
        assert {path: path.read_bytes() for path in sealed_files(index)} == contents
        assert index.known(STAMP) == 1
    index.write(STAMP, 2, rows(["tower"], 8), [1], since=1)
    assert found(current(index, 2), "tower") == [8, 2]
    assert len(before) == len(current(index, 2))


FULL = """
import resource, sys
from pathlib import Path
from qa.words import WordIndex
since = int(sys.argv[2]) or None
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    words = (" ".join(f"w{number * 97 % 5003}x{place}" for place in range(50)) for number in range(3000))
    rows = ((number, text, "") for number, text in enumerate(words, 8))
    WordIndex(Path(sys.argv[1])).write("store-1", 2, rows, [1], since)
except OSError as error:
    sys.exit(f"OSError: {error}")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files there")
@pytest.mark.parametrize("since", [0, 1])
@pytest.mark.parametrize("room", [10, 5_000, 100_000])
def test_a_full_disk_leaves_the_index_as_it_was(index: WordIndex, since: int, room: int) -> None:
    written(index, *SMALL)
    contents = {path: path.read_bytes() for path in sealed_files(index)}
    command = [sys.executable, "-c", FULL, str(index.folder), str(since), str(room)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert "OSError: " in done.stderr
    assert done.returncode == 1
    assert {path: path.read_bytes() for path in sealed_files(index)} == contents
    index.write(STAMP, 2, rows(["tower"], 8), [1], since=1)
    assert found(current(index, 2), "tower") == [8, 2]


def test_a_writer_killed_at_any_point_leaves_the_old_index_or_the_new_one(index: WordIndex, tmp_path: Path) -> None:
    written(index, *SMALL, *["clay"] * 20)
    old = shutil.copytree(index.folder, tmp_path / "old")
    index.write(STAMP, 2, rows(["tower"], 28), [1], since=1)
    new_state = state(index)

    def lying(sealed: Path, *folders: Path) -> WordIndex:
        """What a crash left: a sealed file, and some folders beside it."""
        left = WordIndex(tmp_path / "left")
        shutil.rmtree(left.folder, ignore_errors=True)
        left.folder.mkdir()
        shutil.copy(sealed, left.path)
        for folder in folders:
            shutil.copytree(folder, left.folder / folder.name)
        return left

    (old_state,) = (path for path in old.iterdir() if path.is_dir())
    half = tmp_path / "0123456789abcdef"
    half.mkdir()
    shutil.copy(old_state / "meta.json", half)
    for killed in (half, new_state):  # before tantivy's commit, before the sealed file
        left = lying(old / "words.sealed", old_state, killed)
        assert left.at(STAMP, 2) is None
        assert found(current(left, 1), "tower") == [1, 2]
        assert left.known(STAMP) == 1
        left.path.with_name("words.sealed.new").write_bytes(b"half")
        left.write(STAMP, 2, rows(["tower"], 28), [1], since=1)
        assert found(current(left, 2), "tower") == [28, 2]
        assert len(list(left.folder.iterdir())) == 2
    left = lying(index.path, old_state, new_state)  # before the old folder was removed
    assert left.known(STAMP) == 2
    assert found(current(left, 2), "tower") == [28, 2]
    left.write(STAMP, 3, [], since=2)
    assert len(list(left.folder.iterdir())) == 2


def test_files_of_two_states_do_not_make_one(
    index: WordIndex, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    written(index, *SMALL)
    old = shutil.copytree(index.folder, tmp_path / "old")
    index.write(STAMP, 2, rows(["tower"], 8), [1], since=1)
    (old_state,) = (path for path in old.iterdir() if path.is_dir())
    shutil.copy(old_state / "meta.json", state(index))
    refused(index, caplog)
    shutil.copy(old / "words.sealed", index.folder)
    refused(index, caplog)


def test_a_writer_goes_on_only_from_what_is_there(index: WordIndex) -> None:
    with pytest.raises(OSError, match="no longer the one of generation 1"):
        index.write(STAMP, 2, [], since=1)
    written(index, *SMALL)
    with pytest.raises(OSError, match="no longer the one of generation 3"):
        index.write(STAMP, 4, [], since=3)
    with pytest.raises(OSError, match="no longer the one of generation 1"):
        index.write("store-2", 2, [], since=1)
    assert index.known(STAMP) == 1


# --- at the same time


def expected_at(generation: int) -> list[int]:
    """At each generation one passage comes, and the one of two before goes."""
    return [number for number in (generation - 1, generation) if number > 0]


def test_readers_follow_while_a_writer_commits(index: WordIndex) -> None:
    last, failures, seen = 25, [], set()
    index.write(STAMP, 1, [(1, "tower", "")])
    done = threading.Event()

    def read(reader: WordIndex) -> None:
        at = 1
        try:
            for _ in count():
                stop = done.is_set()
                opened = reader.at(STAMP, at)
                if opened is None:
                    failures.append(f"nothing at {at}")
                    return
                at = opened.generation
                seen.add(at)
                if sorted(found(opened, "tower")) != expected_at(at) or len(opened) != len(expected_at(at)):
                    failures.append(f"{found(opened, 'tower')} at {at}")
                if stop:
                    return
        except BaseException as error:
            failures.append(repr(error))
            raise

    readers = [WordIndex(index.folder) for _ in range(2)]
    threads = [threading.Thread(target=read, args=(reader,)) for reader in readers for _ in range(2)]
    for thread in threads:
        thread.start()
    for generation in range(2, last + 1):
        since = index.known(STAMP)
        gone = [generation - 2] if generation > 2 else []
        if since is None:
            index.write(STAMP, generation, [(number, "tower", "") for number in expected_at(generation)])
        else:
            index.write(STAMP, generation, [(generation, "tower", "")], gone, since)
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert last in seen
    assert len(seen) > 3


WRITER = """
import sys
from pathlib import Path
from qa.words import WordIndex
index = WordIndex(Path(sys.argv[1]))
for generation in range(2, 31):
    index.write("store-1", generation, [(generation, "tower", "")], [generation - 1], since=generation - 1)
"""


def test_readers_follow_a_writer_in_another_process(index: WordIndex, caplog: pytest.LogCaptureFixture) -> None:
    index.write(STAMP, 1, [(1, "tower", ""), *((number, "sand", "") for number in range(100, 1000))])
    command = [sys.executable, "-c", WRITER, str(index.folder)]
    readers = [WordIndex(index.folder) for _ in range(2)]
    seen = [1]
    with subprocess.Popen(command, cwd=ROOT) as writer:
        while not writer.poll() and seen[-1] != 30:  # running, or done without an error
            for reader in readers:
                opened = reader.at(STAMP, seen[-1])
                assert opened is not None
                assert found(opened, "tower") == [opened.generation]
                seen.append(opened.generation)
    assert writer.returncode == 0
    assert seen == sorted(seen)
    assert caplog.records == []


def test_a_reader_that_is_slower_than_the_writer_looks_again(
    index: WordIndex, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(index, *SMALL)
    generations = [2, 3]
    read = words.read_sealed

    def overtaken(path: Path) -> object:
        sealed = read(path)
        if generations:
            generation = generations.pop(0)
            before, generations[:] = generations[:], []  # not while the writer reads it
            WordIndex(index.folder).write(STAMP, generation, rows(["tower"] * generation))
            generations[:] = before
        return sealed

    monkeypatch.setattr(words, "read_sealed", overtaken)
    opened = WordIndex(index.folder).at(STAMP, 1)
    assert opened is not None
    assert (opened.generation, found(opened, "tower")) == (3, [1, 2, 3])
    assert caplog.records == []


def test_a_search_needs_no_lock(index: WordIndex) -> None:
    opened = written(index, *SMALL * 50)
    expected = opened.search(["tower", "stone"], 20)
    results: list[Sequence[tuple[int, float]]] = []
    threads = [
        threading.Thread(target=lambda: results.extend(opened.search(["tower", "stone"], 20) for _ in range(50)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 200


def test_tantivy_is_loaded_when_it_is_needed() -> None:
    code = "import sys, qa.words; sys.exit('tantivy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0


def test_a_panic_is_an_error_like_others() -> None:
    # tantivy reports what it did not expect in a class beside Exception, which would end the process.
    import tantivy

    schema = tantivy.SchemaBuilder().add_text_field("text").build()
    searcher = tantivy.Index(schema).searcher()
    with pytest.raises(OSError, match=r"The word index cannot be read: .*greater than 0"), words._one_error("read"):
        searcher.search(tantivy.Query.all_query(), 0)


def test_warnings_are_sentences(index: WordIndex, caplog: pytest.LogCaptureFixture) -> None:
    written(index, *SMALL)
    path = state(index) / "meta.json"
    path.unlink()
    with caplog.at_level(logging.WARNING):
        WordIndex(index.folder).at(STAMP, 1)
    assert caplog.messages == [
        f"{path} is missing. Words are searched in the record itself until the word index is written again."
    ]
