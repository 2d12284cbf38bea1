"""Patterns in the place of paths."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.errors import PinciteError
from qa.sources import discover


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.md", "b.txt", "c[1].txt", "deep/d.md", "deep/.hidden.md", "deep/e.exe"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("text")
    return tmp_path


def names(folder: Path, pattern: str) -> list[str]:
    return [Path(file.path).relative_to(folder).as_posix() for file in discover([folder / pattern]).files]


def test_a_pattern_stands_for_what_it_matches_in_order(folder: Path) -> None:
    assert names(folder, "*.md") == ["a.md"]
    assert names(folder, "**/*.md") == ["a.md", "deep/d.md"]
    assert names(folder, "[ab].*") == ["a.md", "b.txt"]
    assert names(folder, "d*") == ["deep/d.md"]


def test_a_name_that_looks_like_a_pattern_is_a_name_where_it_is_there(folder: Path) -> None:
    assert names(folder, "c[1].txt") == ["c[1].txt"]


def test_a_pattern_that_matches_nothing_is_told(folder: Path) -> None:
    with pytest.raises(PinciteError, match=r"There is no file or folder .*\*\.pdf: check the name"):
        discover([folder / "*.pdf"])
