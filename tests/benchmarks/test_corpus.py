"""The corpus of the comparison: both sides get the same passages, and one in a hundred of them changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.peers.corpus import PLACES, Corpus, Passage, Places, changed, documents, make, write
from benchmarks.peers.script import rows

TEXTS = [Passage(f"p{number}", f"article {number // 30}", f"Paragraph {number} is here.") for number in range(200)]


def test_both_sides_have_the_same_passages(tmp_path: Path) -> None:
    corpus, counts = write(TEXTS, [], tmp_path, seed=0)
    given = {row["id"]: row["text"] for row in rows(corpus.passages)}
    standing = {
        row["id"]: (corpus.texts / row["file"]).read_text()[row["start"] : row["end"]]
        for row in rows(tmp_path / PLACES)
    }
    assert given == standing == {passage.id: passage.text for passage in TEXTS}
    assert (counts["passages"], counts["documents"]) == (200, 7)
    assert len(list(corpus.texts.iterdir())) == 7


def test_paragraphs_are_divided_by_a_blank_line() -> None:
    texts = [Passage("a", "one", "First."), Passage("b", "one", "Second."), Passage("c", "two", "Third.")]
    files, places = documents(texts)
    assert files == {"0000.txt": "First.\n\nSecond.\n", "0001.txt": "Third.\n"}
    assert [(place["id"], place["start"], place["end"]) for place in places] == [("a", 0, 6), ("b", 8, 15), ("c", 0, 6)]


def test_one_in_a_hundred_changes_and_is_taken_back(tmp_path: Path) -> None:
    corpus, counts = write(TEXTS, [], tmp_path, seed=3)
    revised = {row["id"]: row["text"] for row in rows(corpus.changed)}
    assert len(revised) == counts["changed_passages"] == 2
    assert all(revised[passage.id].startswith(passage.text) for passage in TEXTS if passage.id in revised)

    def paragraphs() -> list[str]:
        return [text for path in sorted(corpus.texts.iterdir()) for text in path.read_text().strip().split("\n\n")]

    before = paragraphs()
    assert before == [passage.text for passage in TEXTS]
    with corpus.edited() as folder:
        assert folder == corpus.texts
        differing = {new for old, new in zip(before, paragraphs(), strict=True) if old != new}
        assert differing == set(revised.values())
    assert paragraphs() == before


def test_what_changes_is_together_and_drawn_by_the_seed() -> None:
    many = [Passage(f"p{number}", f"article {number // 30}", "Text.") for number in range(6000)]
    ids = [int(passage.id[1:]) for passage in changed(many, seed=1)]
    assert len(ids) == 60
    assert len({number // 30 for number in ids}) == 2
    assert ids != [int(passage.id[1:]) for passage in changed(many, seed=2)]
    assert len(changed(TEXTS[:3], seed=0)) == 1


def test_a_span_is_the_passage_it_covers_most(tmp_path: Path) -> None:
    places = [("a", 0, 10), ("b", 12, 100), ("c", 102, 110)]
    lines = [json.dumps({"id": name, "file": "x.txt", "start": start, "end": end}) for name, start, end in places]
    (tmp_path / PLACES).write_text("\n".join(lines))
    known = Places(tmp_path / PLACES)
    spans = {(0, 10): "a", (0, 100): "b", (12, 40): "b", (50, 100): "b", (101, 110): "c", (8, 20): "b", (2, 14): "a"}
    assert {span: known.id("x.txt", *span) for span in spans} == spans


def data(folder: Path) -> Path:
    """Two paragraphs of SQuAD 2.0 with three questions, two of SQuAD 1.1, and others."""
    answerable = [{"id": f"q{number}", "question": f"What is {number}?", "is_impossible": False} for number in (1, 2)]
    impossible = {"id": "q3", "question": "What is not?", "is_impossible": True}
    article = {
        "title": "Normans",
        "paragraphs": [
            {"context": "One\n\nparagraph.", "qas": answerable},
            {"context": "Another.", "qas": [impossible]},
        ],
    }
    (folder / "dev/squad2").mkdir(parents=True)
    (folder / "train").mkdir()
    (folder / "dev/squad2/dev-v2.0.json").write_text(json.dumps({"data": [article]}))
    squad1 = [{"id": number, "title": "Lights", "text": f"Light {number}."} for number in (7, 8)]
    (folder / "train/squad1_passages.jsonl").write_text("\n".join(map(json.dumps, squad1)))
    others = [{"id": 0, "text": "short"}, {"id": 1, "text": "long " * 30}]
    (folder / "train/rerank_passages.jsonl").write_text("\n".join(map(json.dumps, others)))
    return folder


def test_the_passages_with_questions_come_first(tmp_path: Path) -> None:
    corpus, counts = make(data(tmp_path / "data"), tmp_path / "corpus", passages=5, questions=9, seed=0)
    assert [row["id"] for row in rows(corpus.passages)] == ["squad2-0", "squad2-1", "squad1-7", "squad1-8", "other-1"]
    assert next(rows(corpus.passages))["text"] == "One paragraph."
    assert {(row["id"], row["passage"]) for row in rows(corpus.questions)} == {("q1", "squad2-0"), ("q2", "squad2-0")}
    assert (counts["documents"], counts["questions"]) == (3, 2)


def test_data_that_is_not_enough_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"has no dev/squad2/dev-v2\.0\.json and no train/squad1"):
        make(tmp_path, tmp_path / "corpus", passages=5, questions=9, seed=0)
    with pytest.raises(ValueError, match="There are 5 passages, not 6"):
        make(data(tmp_path / "data"), tmp_path / "corpus", passages=6, questions=9, seed=0)
    assert not Corpus(tmp_path / "corpus").folder.exists()
