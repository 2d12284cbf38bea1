"""The four sentences that evaluations are worked out over."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.library import Library


@pytest.fixture
def filled(library: Library, tmp_path: Path) -> Library:
    """Two documents of two passages each."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "lakes.txt").write_text("Herons eat small fish at dawn.\n\nHerons build nests in tall reeds.\n")
    (folder / "hills.txt").write_text("Foxes dig dens under old oaks.\n\nFoxes hunt voles after dusk.\n")
    library.add([folder])
    return library
