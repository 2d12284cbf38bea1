"""`pincite sweep`: which settings help, told to people and to programs, and what cannot be swept."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result

COUNT = 30


def told(result: Result) -> str:
    """The one sentence of a command that could not do what it should."""
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.splitlines()) == 1
    return result.stderr.removeprefix("Error: ").rstrip("\n")


def write(path: Path, *lines: dict[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return path


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """Questions that share their rare word with the passage that answers them."""
    return write(
        tmp_path / "gold.jsonl",
        *(
            {
                "id": f"q{number}",
                "question": f"What is gauge{number}?",
                "answers": [f"Dial gauge{number} turns."],
                "evidence": [{"document": f"{number}.txt", "quote": f"Dial gauge{number} turns."}],
            }
            for number in range(COUNT)
        ),
    )


@pytest.fixture
def blind(encoder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An encoder that takes every question for what has no gauge in it."""

    def of(texts: Sequence[str], place: Any) -> Any:
        vectors = np.zeros((len(texts), 64), dtype=np.float32)
        vectors[range(len(texts)), [place(text) for text in texts]] = 1
        return vectors

    def encode_document(_self: Any, texts: Sequence[str], progress: Any = None) -> Any:
        return of(texts, lambda text: 1 if "gauge" in text else 2)

    monkeypatch.setattr(type(encoder), "encode_query", lambda _self, texts: of(texts, lambda _text: 2))
    monkeypatch.setattr(type(encoder), "encode_document", encode_document)


@pytest.fixture
def gauges(blind: None, run: Any, tmp_path: Path) -> None:
    folder = tmp_path / "gauges"
    folder.mkdir()
    for number in range(COUNT):
        (folder / f"{number}.txt").write_text(f"Dial gauge{number} turns.")
        (folder / f"other{number}.txt").write_text(f"Nothing of note {number}.")
    assert run("index", folder).exit_code == 0


def test_for_people(run: Any, gauges: None, gold: Path) -> None:
    result = run("sweep", gold, "--over", "retriever=dense, lexical,fused", "--metric", "success@1")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == "success@1 of every combination, with its 95 % interval:"
    # Words find the one passage; of both halves each has its own favourite, and the tie goes to the document that is
    # first by its id: more or less often the right one.
    assert lines[1].startswith(" 1.000  0.89 to 1.00  ")
    assert lines[1].endswith("retriever lexical: the best here")
    (dense,) = (line for line in lines[2:4] if "retriever dense" in line)
    assert dense.startswith(" 0.000  0.00 to 0.11")
    assert "retriever dense: worse than the best (p < 0.001)" in dense
    (effect,) = (line for line in lines if line.startswith("retriever dense to lexical"))
    assert effect.startswith(
        "retriever dense to lexical: 0.000 to 1.000, 30 won, 0 tied, 0 lost, p < 0.001: provably better"
    )


def test_ties_for_people(run: Any, gauges: None, gold: Path) -> None:
    result = run("sweep", gold, "--over", "k=5,10", "--over", "retriever=lexical", "--metric", "em")
    lines = result.stdout.splitlines()
    assert lines[1].endswith("k 5, retriever lexical: the best here")
    assert lines[2].endswith("k 10, retriever lexical: a tie with the best (p 1.000)")
    assert lines[-1] == "k 5 to 10: 1.000 to 1.000, 0 won, 30 tied, 0 lost, p 1.000: a tie"


def test_json(run: Any, gauges: None, gold: Path) -> None:
    result = run("sweep", gold, "--over", "retriever=dense,lexical", "--json", "--seed", "4")
    assert (result.exit_code, result.stderr) == (0, "")
    value = json.loads(result.stdout)
    assert list(value) == ["metric", "cells", "effects"]
    assert value["metric"] == "ndcg@10"  # nothing is read where only the retriever varies
    assert [cell["settings"] for cell in value["cells"]] == [{"retriever": "lexical"}, {"retriever": "dense"}]
    assert [cell["tied"] for cell in value["cells"]] == [True, False]
    assert value["effects"][0]["verdict"] == "better"
    with_reading = json.loads(run("sweep", gold, "--over", "k=1,2", "--json").stdout)
    assert with_reading["metric"] == "f1"
    assert with_reading["effects"][0]["factor"] == "k"


def test_texts_that_gold_brings(run: Any, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    path = tmp_path / "beir"
    path.mkdir()
    write(path / "corpus.jsonl", {"_id": "a", "text": "Otters swim."}, {"_id": "A", "text": "Owls hunt."})
    write(path / "queries.jsonl", {"_id": "1", "text": "What swims? Otters"})
    (path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n1\ta\t1\n")
    result = run("sweep", path, "--over", "retriever=lexical,fused", "--json")
    assert [cell["value"] for cell in json.loads(result.stdout)["cells"]] == [1.0, 1.0]
    assert not store.exists()
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--over", "retriever"], "--over retriever: write for example retriever=dense,fused."),
        (["--over", "retriever="], "--over retriever=: write for example"),
        (["--over", "retriever=dense,"], "--over retriever=dense,: write for example"),
        (["--over", "retriever=,dense"], "write for example"),
        (["--over", ""], "--over : write for example"),
        (["--over", "=dense,fused"], "There is no factor  to vary"),
        (["--over", "k=5,10", "--over", "k=20"], "--over k: this factor was given twice; list its values with commas."),
        (["--over", "k=5"], "There is nothing to compare"),
        (["--over", "k=5,5"], "a value stands twice"),
        (["--over", "k=5,many"], "k=many: a whole number from 1 to 1000 is needed."),
        (["--over", "threshold=0.5,nan"], "threshold=nan: a number from 0 to 1 is needed."),
        (["--over", "retriever=dense,\x1b[31m"], "retriever=\\u001b[31m: only dense, lexical, fused can be had."),
        (["--over", "reader=a,b"], "There is no factor reader to vary, only retriever, k, threshold."),
        (["--over", "k=5,10", "--metric", "ndcg@10"], "k cannot change ndcg@10"),
        (["--over", "k=5,10", "--metric", "f2"], "There is no metric f2 that settings could change, only success@1, "),
        (["--over", "k=5,10", "--metric", "auroc"], "There is no metric auroc"),
        (["--over", "k=5,10", "--format", "xml"], "There is no gold format xml"),
    ],
)
def test_what_cannot_be_swept_is_told_before_anything_is_asked(
    run: Any, store: Path, gold: Path, options: list[str], words: str
) -> None:
    assert words in told(run("sweep", gold, *options))
    assert not store.exists()


def test_gold_that_cannot_be_used(run: Any, indexed: Path, tmp_path: Path) -> None:
    over = ("--over", "retriever=dense,fused")
    assert "cannot be read: No such file" in told(run("sweep", tmp_path / "gone.jsonl", *over))
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": "q"}')
    assert f'{bad}, line 1, field "question"' in told(run("sweep", bad, *over))
    bare = write(tmp_path / "bare.jsonl", {"id": "q", "question": "Do herons play chess?"})
    assert told(run("sweep", bare, *over)) == (
        "No question of this gold set has a score in ndcg@10: choose another with --metric."
    )
    lost = {"document": "owls.txt", "quote": "Owls hunt."}
    other = write(tmp_path / "other.jsonl", {"id": "q", "question": "How?", "answers": ["so"], "evidence": [lost]})
    assert "index the documents that they are about first" in told(run("sweep", other, *over))
