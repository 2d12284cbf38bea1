"""From a question to passages: fusion by hand, bounds, and the same answer every time."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from qa.errors import PinciteError
from qa.filters import Filter
from qa.library import Library
from qa.question import MAX_QUESTION, checked
from qa.retriever import MAX_K, STAGES, Ranked, Retriever, Stage

# --- questions


def test_a_question_is_stripped_and_made_text() -> None:
    assert checked("  Who?\n") == "Who?"
    assert checked("Who\0 is\ud800 it?") == "Who  is? it?"


@pytest.mark.parametrize("question", ["", "  \n\t", "\0", "\u3000"])
def test_an_empty_question_is_refused(question: str) -> None:
    with pytest.raises(PinciteError, match="The question is empty"):
        checked(question)


def test_a_question_may_be_long_but_not_too_long() -> None:
    assert checked("x" * MAX_QUESTION) == "x" * 2000
    with pytest.raises(PinciteError, match="2,001 characters long, and the longest that can be asked is 2,000"):
        checked("x" * (MAX_QUESTION + 1))
    with pytest.raises(PinciteError, match="100,000 characters"):
        checked("word " * 19_999 + "words")


# --- searching


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "tower.md").write_text(
        "# The tower\n\nThe tower was built in 1890.\n\n## Lamp\n\nIts lamp is green.\n", encoding="utf-8"
    )
    (folder / "bridge.txt").write_text("The bridge was built by Anna Hale.\n\nIt spans the river.", encoding="utf-8")
    (folder / "sea.txt").write_text("Gulls live on the rock.\n\nThe tide comes twice a day.", encoding="utf-8")
    return folder


@pytest.fixture
def filled(library: Library, docs: Path) -> Library:
    library.add([docs])
    return library


def search(library: Library, question: str, k: int = 10) -> list[dict[str, Any]]:
    return [hit.as_dict() for hit in Retriever(library).search(question, k)]


def test_a_hit_by_hand(filled: Library) -> None:
    hit = Retriever(filled).search("the tower was built in 1890", 1)[0]
    assert hit.passage.text == "# The tower\n\nThe tower was built in 1890."
    assert (hit.rank, hit.scores.dense_rank, hit.scores.lexical_rank) == (1, 1, 1)
    assert hit.matched == ("tower", "built", "1890")
    # "built" and "in" meet in one place: (1, 1, 1, 2, 1) with (2, 2, 1, 2, 1) is 10 / (sqrt(8) * sqrt(14))
    assert hit.scores.dense == pytest.approx(10 / (8 * 14) ** 0.5, abs=1e-3)
    assert hit.scores.lexical > 0
    assert hit.scores.reader is None
    assert hit.passage.headings == ("The tower",)
    assert hit.citation.quote == hit.passage.text
    assert (hit.citation.document.title, hit.citation.document.source) == ("The tower", "tower.md")
    assert (hit.citation.start, hit.citation.end, hit.citation.line) == (0, 41, 1)


def test_hits_are_ranked_from_one_with_falling_scores(filled: Library) -> None:
    hits = Retriever(filled).search("the lamp of the tower on the rock")
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len(hits) == 6


def test_a_word_finds_what_the_meaning_does_not(filled: Library, encoder: Any) -> None:
    encoder.encode_query = lambda texts: encoder.encode_document(["gulls live on the rock"] * len(texts))
    hits = Retriever(filled).search("Hale")
    by_words = [hit for hit in hits if hit.scores.lexical > 0]
    assert [hit.passage.text for hit in by_words] == ["The bridge was built by Anna Hale."]
    assert by_words[0].rank <= 2


@pytest.mark.parametrize("k", [0, -1, MAX_K + 1, 10**9])
def test_k_has_bounds(filled: Library, k: int) -> None:
    with pytest.raises(PinciteError, match=f"between 1 and 1000, not {k}"):
        Retriever(filled).search("tower", k)


@pytest.mark.parametrize(("k", "count"), [(1, 1), (3, 3), (6, 6), (7, 6), (MAX_K, 6)])
def test_k_is_kept(filled: Library, k: int, count: int) -> None:
    assert len(Retriever(filled).search("tower", k)) == count


def test_more_hits_are_the_same_hits_and_further_ones(filled: Library) -> None:
    every = search(filled, "the green lamp", MAX_K)
    for k in range(1, 7):
        assert search(filled, "the green lamp", k) == every[:k]


def test_the_first_hits_are_the_same_however_many_are_asked_for(library: Library, tmp_path: Path) -> None:
    # More passages than each half hands on for ten hits: each has its own words and shares some with the question.
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(300):
        lamps = "lamp " * (number % 7) + "green " * (number % 5) + "rock " * (number % 11)
        (folder / f"{number:03}.txt").write_text(f"The {lamps}tower number{number} by the sea{number % 90}.")
    library.add([folder])
    ten, many = search(library, "the green lamp", 10), search(library, "the green lamp", 300)
    assert len(many) == 300
    assert many[:10] == ten
    scores = [hit["score"] for hit in many]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("question", ["\ud800", "tower\ud800", "to\0wer", "?", "_", '"', "🌉", "' OR 1=1 --", "漢字"])
def test_odd_questions_are_searched(filled: Library, question: str) -> None:
    assert len(Retriever(filled).search(question)) == 6
    assert isinstance(Retriever(filled).missing(question), tuple)


def test_an_empty_question_is_refused_before_anything_else(library: Library) -> None:
    with pytest.raises(PinciteError, match="The question is empty"):
        Retriever(library).search(" ")


def test_missing_words(filled: Library) -> None:
    assert Retriever(filled).missing("Who sank the towers of Atlantis?") == ("sank", "Atlantis")


def test_ties_are_ordered_by_document_then_start(library: Library, tmp_path: Path) -> None:
    for name in "cab":
        (tmp_path / f"{name}.txt").write_text(f"Same words here.\n\n{name} alone.\n\nSame words here.")
    library.add([tmp_path / f"{name}.txt" for name in "cab"])
    hits = Retriever(library).search("same words here", 6)
    places = [(hit.citation.document.id, hit.passage.start) for hit in hits]
    assert len({hit.score for hit in hits}) == 1
    assert places == sorted(places)
    assert len(places) == 6


def test_the_same_question_gives_the_same_hits(filled: Library, encoder: Any, docs: Path) -> None:
    question = "Which tower has a green lamp by the river?"
    expected = json.dumps(search(filled, question))
    assert json.dumps(search(filled, question)) == expected
    for _ in range(2):
        with Library.open(filled.store.folder, encoder=encoder) as again:
            assert json.dumps(search(again, question)) == expected
        shutil.rmtree(filled.index_path.parent, ignore_errors=True)
    assert json.dumps(search(filled, question)) == expected


def test_the_same_hits_whatever_the_history(library: Library, tmp_path: Path, encoder: Any) -> None:
    """More passages with the same words than are compared: the index must cut among ties in the same way."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(130):
        (folder / f"{number:03}.txt").write_text(f"Same words here. {number}\n\nOther.\n\nSame words here.")
        if number in (60, 125):
            library.add([folder])
    library.remove(str(folder / "007.txt"))
    library.add([folder])
    question = "other same words here"
    expected = json.dumps(search(library, question, 40))
    with Library.open(library.store.folder, encoder=encoder) as reopened:
        assert json.dumps(search(reopened, question, 40)) == expected
    shutil.rmtree(library.index_path.parent)
    with Library.open(library.store.folder, encoder=encoder) as rebuilt:
        assert json.dumps(search(rebuilt, question, 40)) == expected


def test_searching_does_not_embed_documents(filled: Library, encoder: Any) -> None:
    encoder.encoded.clear()
    search(filled, "tower")
    assert encoder.encoded == []


def test_what_the_record_does_not_know_is_dropped_whatever_the_index_says(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    with filled.reading() as reading:
        old = filled.index(reading)
    filled.remove("sea.txt")
    monkeypatch.setattr(Library, "index", lambda *_: old)
    hits = Retriever(filled).search("Gulls live on the rock")
    assert {hit.citation.document.source for hit in hits} == {"tower.md", "bridge.txt"}
    assert [hit.rank for hit in hits] == [1, 2, 3, 4]


# --- the stages behind a search


def places(ranked: Sequence[Ranked]) -> list[tuple[str, int]]:
    return [(each.passage.document_id, each.passage.start) for each in ranked]


def texts(ranked: Sequence[Ranked]) -> list[str]:
    return [each.passage.text for each in ranked]


def test_stages_by_hand(filled: Library) -> None:
    """One passage has two of the words, another the third: words alone find no others, meaning finds all."""
    search = Retriever(filled).stages("green lamp twice")
    assert list(search.rankings) == list(STAGES) == ["dense", "lexical", "fused"]
    assert texts(search.rankings["lexical"]) == ["## Lamp\n\nIts lamp is green.", "The tide comes twice a day."]
    assert len(search.rankings["dense"]) == len(search.rankings["fused"]) == 6
    for ranked in search.rankings.values():
        assert [each.score for each in ranked] == sorted((each.score for each in ranked), reverse=True)
    cosines = {each.passage: each.score for each in search.rankings["dense"]}
    words = {each.passage: each.score for each in search.rankings["lexical"]}
    fused = {each.passage: each.score for each in search.rankings["fused"]}
    for hit in search.hits:
        assert hit.scores.dense == cosines[hit.passage]
        assert hit.scores.lexical == words.get(hit.passage, 0.0)
        assert hit.score == fused[hit.passage]


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("question", ["green lamp twice", "the tower was built in 1890", "Hale", "\ud800", "nothing"])
def test_each_stage_can_be_the_one_that_counts(filled: Library, stage: Stage, question: str) -> None:
    fused = Retriever(filled).stages(question)
    search = Retriever(filled, stage=stage).stages(question)
    assert search.rankings == fused.rankings  # all stages run, whichever counts
    assert places(search.rankings[stage])[:10] == [(hit.passage.document_id, hit.passage.start) for hit in search.hits]
    assert [hit.rank for hit in search.hits] == list(range(1, len(search.hits) + 1))
    scores = [hit.score for hit in search.hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert not scores or scores[0] == 1 or stage == "fused"
    both = {hit.passage: (hit.scores, hit.citation) for hit in fused.hits}
    assert all(both[hit.passage] == (hit.scores, hit.citation) for hit in search.hits)


def test_words_alone_find_nothing_without_words_in_common(filled: Library) -> None:
    assert Retriever(filled, stage="lexical").search("Who sank Atlantis?") == []
    assert len(Retriever(filled, stage="dense").search("Who sank Atlantis?")) == 6


@pytest.mark.parametrize("stage", STAGES)
def test_search_is_the_hits_of_the_stages(filled: Library, stage: Stage) -> None:
    retriever = Retriever(filled, stage=stage)
    for k in (1, 2, 10):
        assert tuple(retriever.search("the green lamp", k)) == retriever.stages("the green lamp", k).hits
        assert len(retriever.search("the green lamp", k)) <= k


@pytest.mark.parametrize(("k", "depth"), [(1, 100), (10, 100), (100, 100), (110, 110)])
def test_stages_are_100_deep_or_as_deep_as_is_asked_for(library: Library, tmp_path: Path, k: int, depth: int) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(130):
        (folder / f"{number:03}.txt").write_text(f"The {'lamp ' * (number % 7)}tower number{number} by the sea.")
    library.add([folder])
    search = Retriever(library).stages("tower lamp", k)
    assert len(search.hits) == k
    assert {stage: len(ranked) for stage, ranked in search.rankings.items()} == dict.fromkeys(STAGES, depth)
    for ranked in search.rankings.values():
        assert len(set(places(ranked))) == depth


def test_a_stage_that_there_is_not(filled: Library) -> None:
    with pytest.raises(PinciteError, match="There is no retriever sparse, only dense, lexical, fused"):
        Retriever(filled, stage="sparse")  # type: ignore[arg-type]


def test_stages_refuse_what_search_refuses(filled: Library) -> None:
    with pytest.raises(PinciteError, match="The question is empty"):
        Retriever(filled).stages(" ")
    with pytest.raises(PinciteError, match="between 1 and 1000"):
        Retriever(filled).stages("tower", 0)


# --- a damaged store


def tamper(library: Library, statement: str) -> None:
    library.close()
    connection = sqlite3.connect(library.store.path)
    assert connection.execute(statement).rowcount >= 1
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE passage SET text = 'Its lamp is black.' WHERE text LIKE '%green%'",
        "UPDATE passage SET text = 'The tower fell in 1890.' WHERE text LIKE '%1890%'",
        "UPDATE passage SET start = start + 1 WHERE text LIKE '%green%'",
        "UPDATE passage SET end = 5000 WHERE text LIKE '%green%'",
        "UPDATE document SET text = replace(text, 'green', 'black') WHERE text LIKE '%green%'",
        "UPDATE document SET text = '# The tower' WHERE text LIKE '%green%'",
        "UPDATE document SET text = '# The tower\n\nThe tower was built in 1890.' WHERE text LIKE '%green%'",
    ],
)
def test_a_hit_that_is_not_its_document_is_never_shown(filled: Library, statement: str) -> None:
    tamper(filled, statement)
    with pytest.raises(PinciteError, match=r"the store is damaged. Run pincite check"):
        Retriever(filled).search("the tower was built in 1890 and its lamp is green")


# --- what may be found


@pytest.fixture
def dated(library: Library, tmp_path: Path) -> Library:
    """Three documents about lamps, with a date and tags of their own, and one without."""
    folder = tmp_path / "dated"
    (folder / "old").mkdir(parents=True)
    for name, day, tags in (
        ("old/one", "2020-01-31", "coast, light"),
        ("two", "2021-05-01", "light"),
        ("three", "", ""),
    ):
        front = f"---\ndate: {day}\ntags: [{tags}]\n---\n\n" if day else ""
        (folder / f"{name}.md").write_text(f"{front}# Lamp {name[-3:]}\n\nThe lamp of number {name[-3:]} is green.\n")
    os.utime(folder / "three.md", (1_700_000_000, 1_700_000_000))  # 14 November 2023
    library.add([folder])
    return library


@pytest.mark.parametrize(
    ("only", "found"),
    [
        (Filter(), ["old/one.md", "three.md", "two.md"]),
        (Filter(since=date(2020, 1, 31)), ["old/one.md", "three.md", "two.md"]),
        (Filter(since=date(2020, 2, 1)), ["three.md", "two.md"]),
        (Filter(until=date(2021, 4, 30)), ["old/one.md"]),
        (Filter(since=date(2021, 1, 1), until=date(2022, 1, 1)), ["two.md"]),
        (Filter(since=date(2030, 1, 1)), []),
        (Filter(tags=("light",)), ["old/one.md", "two.md"]),
        (Filter(tags=("light", "coast")), ["old/one.md"]),
        (Filter(documents=("two.md",)), ["two.md"]),
        (Filter(documents=("Lamp two", "three.md")), ["three.md", "two.md"]),
        (Filter(documents=("old/one.md",), tags=("light",)), ["old/one.md"]),
        (Filter(documents=("three.md",), tags=("light",)), []),
    ],
)
@pytest.mark.parametrize("stage", STAGES)
def test_only_what_a_filter_lets_through_is_found(dated: Library, only: Filter, found: list[str], stage: Stage) -> None:
    retriever = Retriever(dated, stage=stage)
    hits = retriever.search("Where is the lamp green?", 10, only)
    assert sorted({hit.citation.document.source for hit in hits}) == found
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    for ranked in retriever.stages("Where is the lamp green?", 10, only).rankings.values():
        assert {each.passage.document_id for each in ranked} == {hit.passage.document_id for hit in hits}


def test_a_folder_is_a_filter_too(dated: Library, tmp_path: Path) -> None:
    hits = Retriever(dated).search("lamp", 10, Filter(documents=(str(tmp_path / "dated" / "old"),)))
    assert {hit.citation.document.source for hit in hits} == {"old/one.md"}


def test_a_filter_that_means_nothing_is_told(dated: Library) -> None:
    with pytest.raises(PinciteError, match=r"Nothing is indexed under the name four\.md"):
        Retriever(dated).search("lamp", 10, Filter(documents=("four.md",)))
    with pytest.raises(PinciteError, match=r"No document has the tag sea\. Tags in this store: light, coast"):
        Retriever(dated).search("lamp", 10, Filter(tags=("sea",)))


def test_tags_that_are_given_stay(dated: Library, tmp_path: Path) -> None:
    folder = tmp_path / "dated"
    receipt = dated.add([folder / "two.md"], tags=["Harbour"])
    assert receipt.unchanged == 1
    (folder / "two.md").write_text("---\ntags: new\n---\n\nThe lamp is red now.\n")
    dated.add([folder])
    (row,) = [row for row in dated.sources() if row.name == "two.md"]
    assert row.tags == ("harbour", "new")
    dated.remove("two.md")
    with pytest.raises(PinciteError, match="No document has the tag harbour"):
        Retriever(dated).search("lamp", 10, Filter(tags=("harbour",)))


# --- many questions, explanations, near-duplicates


def test_many_questions_are_answered_as_each_alone(filled: Library) -> None:
    retriever = Retriever(filled)
    questions = ["green lamp", "who built the bridge?", "green lamp", "漢字"]
    assert retriever.search_many(questions, 3) == [retriever.search(question, 3) for question in questions]
    assert retriever.search_many([]) == []
    with pytest.raises(PinciteError, match="The question is empty"):
        retriever.search_many(["green lamp", " "])


def test_a_hit_says_what_each_stage_gave_it(filled: Library) -> None:
    search = Retriever(filled).stages("green lamp twice")
    for hit in search.hits:
        for stage, rank in (("dense", hit.scores.dense_rank), ("lexical", hit.scores.lexical_rank)):
            scores = {each.passage: each.score for each in search.rankings[stage]}  # type: ignore[index]
            better = sum(score > scores.get(hit.passage, 0) for score in scores.values())
            assert rank == (better + 1 if hit.passage in scores else None)
    told = search.hits[0].as_dict()
    assert told["ranks"] == {"dense": search.hits[0].scores.dense_rank, "lexical": 1}


def test_near_duplicates_share_a_hit(library: Library, tmp_path: Path) -> None:
    text = "The ferry leaves the small harbour at dawn and comes back at dusk with mail for the islands of the north."
    for name, words in (("a", text), ("b", text.upper()), ("c", text.replace("dawn", "noon"))):
        (tmp_path / f"{name}.txt").write_text(words)
    library.add([tmp_path / f"{name}.txt" for name in "abc"])
    retriever = Retriever(library)
    first, second = retriever.search("When does the ferry leave the harbour at dawn?")
    assert {first.citation.document.source, *(other.document.source for other in first.duplicates)} == {
        "a.txt",
        "b.txt",
    }
    assert second.citation.document.source == "c.txt"
    (told,) = first.as_dict()["duplicates"]
    assert (told["start"], told["end"], told["line"]) == (0, len(text), 1)
    assert len(retriever.search("ferry", 1)[0].duplicates) == 1
    assert len(retriever.stages("ferry").rankings["fused"]) == 3


def test_near_duplicates_that_fill_the_first_places_hide_nothing(library: Library, tmp_path: Path) -> None:
    notice = "The tower of the harbour is closed to visitors on every public holiday of the year."
    for at in range(150):
        room = f"Room {at} of the old mill has {at} windows and no door at all."
        (tmp_path / f"{at}.txt").write_text(f"{notice}\n\n{room}")
    library.add([tmp_path])
    hits = Retriever(library).search("tower harbour visitors", 20)
    assert len(hits) == 20
    assert (hits[0].passage.text, len(hits[0].duplicates)) == (notice, 149)


def test_a_passage_whose_vector_is_damaged_is_found_by_its_words(filled: Library, encoder: Any) -> None:
    connection = sqlite3.connect(filled.store.path)
    connection.execute(
        "UPDATE vectors SET checksum = checksum + 1 "
        "WHERE document = (SELECT document FROM source WHERE name = 'bridge.txt')"
    )
    connection.commit()
    connection.close()
    shutil.rmtree(filled.index_path.parent)
    with Library.open(filled.store.folder, encoder=encoder) as library:
        (hit, *_) = Retriever(library).search("Anna Hale")
        assert (hit.citation.document.source, hit.scores.dense) == ("bridge.txt", 0.0)


def test_many_questions_are_a_list(filled: Library) -> None:
    with pytest.raises(PinciteError, match="takes a list of questions"):
        Retriever(filled).search_many("tower")


def test_a_view_that_was_overtaken_is_opened_again(
    filled: Library, docs: Path, encoder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another thread moves the shared snapshot on when the view is already open: the old numbers are not in it."""
    retriever, snapshot, changes = Retriever(filled), Library._snapshot, iter("ab")

    def overtaken(library: Library, reading: Any) -> Any:
        assert reading.generation  # the view is open from here on
        if change := next(changes, None):
            (docs / "tower.md").write_text(f"The tower was built in 1890, {change} says.", encoding="utf-8")
            with Library.open(library.store.folder, encoder=encoder) as other:
                other.add([docs])
            with library.reading() as later:
                snapshot(library, later)
        return snapshot(library, reading)

    monkeypatch.setattr(Library, "_snapshot", overtaken)
    (hits,) = retriever.search_many(["Who built the tower?"])
    assert hits[0].passage.text == "The tower was built in 1890, b says."
