"""Where `pincite eval` writes: an earlier run or page is replaced, anything else is neither asked about nor lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

TAKEN = {
    "--save": "there is something else already. Name a folder that is new, empty or an earlier run.",
    "--report": "there is something else already. Name a new file, or an earlier report.",
}


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps({"id": "eat", "question": "What do herons eat?", "answers": ["small fish"]}))
    return path


def taken(tmp_path: Path, kind: str) -> Path:
    """Something of the user's own."""
    path = tmp_path / "own"
    if kind in ("text", "html", "empty"):
        page = f'<!doctype html>{" " * 5000}<meta name="generator" content="Pincite">'  # ours has it in front
        path.write_text({"text": "mine", "html": page, "empty": ""}[kind])
        return path
    path.mkdir()
    if kind == "folder":
        (path / "notes.txt").write_text("mine")
    if kind == "hidden":
        (path / ".git").mkdir()
    if kind == "run of a folder":
        (path / "run.json").mkdir()
    return path


def contents(path: Path) -> dict[str, bytes]:
    return {str(each): each.read_bytes() if each.is_file() else b"" for each in [path, *path.rglob("*")]}


@pytest.mark.parametrize(
    ("option", "kind"),
    [
        *(("--save", kind) for kind in ("text", "html", "empty", "folder", "hidden", "run of a folder")),
        *(("--report", kind) for kind in ("text", "html", "empty", "folder", "hidden", "nothing in it")),
    ],
)
def test_what_is_somebody_elses_is_not_overwritten(
    run: Any, gold: Path, store: Path, tmp_path: Path, option: str, kind: str
) -> None:
    """Without a store even: it is told before anything is asked."""
    path = taken(tmp_path, kind)
    before = contents(path)
    beside = {"--save": ("--report", tmp_path / "page.html"), "--report": ("--save", tmp_path / "kept")}[option]
    result = run("eval", gold, option, path, *beside)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"Error: {option} {path}: {TAKEN[option]}\n"
    assert contents(path) == before
    assert not beside[1].exists()
    assert not store.exists()


def test_the_gold_file_itself_is_not_overwritten(run: Any, gold: Path) -> None:
    before = gold.read_bytes()
    for option in TAKEN:
        assert run("eval", gold, option, gold).exit_code == 2
    assert gold.read_bytes() == before


@pytest.mark.parametrize("option", TAKEN)
def test_a_name_that_no_file_can_have_is_told_before_anything_is_asked(
    run: Any, gold: Path, store: Path, tmp_path: Path, option: str
) -> None:
    path = tmp_path / ("long" * 100)
    result = run("eval", gold, option, path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"Error: {option} {path}: nothing can be written there (File name too long).\n"
    assert not store.exists()


def test_an_earlier_run_and_an_earlier_page_are_replaced(run: Any, indexed: Path, gold: Path, tmp_path: Path) -> None:
    kept, page = tmp_path / "kept", tmp_path / "page.html"
    kept.mkdir()  # an empty folder is nobody's
    for question in ("What do herons eat?", "Where do herons build nests?"):
        gold.write_text(json.dumps({"id": "q", "question": question, "answers": ["small fish"]}))
        result = run("eval", gold, "--save", kept, "--report", page)
        assert (result.exit_code, result.stderr) == (0, f"Saved in {kept}.\nReport written to {page}.\n")
        assert json.loads((kept / "run.json").read_text())["per_question"][0]["question"] == question
        assert question in page.read_text(encoding="utf-8")
    (kept / "notes.txt").write_text("mine")  # beside a run, where they stay
    assert run("eval", gold, "--save", kept).exit_code == 0
    assert (kept / "notes.txt").read_text() == "mine"
