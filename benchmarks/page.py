"""`docs/performance.md`: one page of the parts that were measured, each kept beside it as JSON.

A command that has measured one part writes that part and leaves the others as they were.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import benchmarks.curves.figures
import benchmarks.curves.page
import benchmarks.fusion_page
import benchmarks.peers.figures
import benchmarks.peers.page

Results = Mapping[str, Any]

_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Part:
    """What of a run is kept, and the text and plots that are made of that."""

    reduced: Callable[[Results], Results]
    written: Callable[[Results], tuple[str, dict[str, str]]]


_PARTS = {
    "peers": Part(benchmarks.peers.figures.reduced, benchmarks.peers.page.part),
    "scale": Part(benchmarks.curves.figures.reduced, benchmarks.curves.page.part),
    "fusion": Part(benchmarks.fusion_page.reduced, benchmarks.fusion_page.part),
}
"""By the names of their files, in the order of the page."""


def write_page(
    docs: Path, *, peers: Results | None = None, scale: Results | None = None, fusion: Results | None = None
) -> Path:
    """Keep the results that are given in `performance/` of a folder, and write `performance.md` from all that is there.

    Plots go into `performance/` too; earlier ones are replaced.
    """
    folder = docs / "performance"
    folder.mkdir(parents=True, exist_ok=True)
    texts = ["# Performance"]
    given = {"peers": peers, "scale": scale, "fusion": fusion}
    for name, part in _PARTS.items():
        kept, results = folder / f"{name}.json", given[name]
        if results is not None:
            kept.write_text(json.dumps(_rounded(part.reduced(results)), indent=1) + "\n", encoding="utf-8")
        if kept.is_file():
            text, plots = part.written(json.loads(kept.read_text(encoding="utf-8")))
            texts.append(text)
            for title, drawing in plots.items():
                (folder / f"{title}.svg").write_text(drawing + "\n", encoding="utf-8")
    page = docs / "performance.md"
    page.write_text("\n\n".join(texts) + "\n", encoding="utf-8")
    return page


def _rounded(value: Any) -> Any:
    """All figures in it to as many digits as mean something."""
    if isinstance(value, Mapping):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value
