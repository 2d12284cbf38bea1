"""The part of the page about several sizes, from rows worked by hand, and the page of both parts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks.curves.drawing import Curve, curves
from benchmarks.curves.measures import Bench
from benchmarks.page import write_page
from benchmarks.peers.process import FailedError
from benchmarks.results import Results

MILLION = 1_000_000


def row(measure: str, passages: int, **figures: Any) -> dict[str, Any]:
    return {"measure": measure, "passages": passages, **figures}


def searched(measure: str, passages: int, whole: list[float], **figures: float) -> dict[str, Any]:
    parts = {f"{name}_ms": [1.0, 2.0] for name in ("embedding", "filter", "vectors", "words", "rest")}
    memory = {"resident_mb": 1400.0, "own_mb": 400.0, "files_mb": 1000.0, "peak_mb": 1600.0}
    kinds = {"kind": "compressed", "compared": passages, "recall": 0.99, "recall_of_ten": 0.97}
    return row(measure, passages, whole_ms=whole, first_ms=[6.0, 7.0], **{**parts, **memory, **kinds, **figures})


ROWS = [
    row("make", 1000, seconds=2.0),
    row("build", 1000, vectors_s=0.5, words_s=0.0, peak_mb=60.0),
    row("disk", 1000, record_mb=3.5, index_mb=0.8),
    row("open", 1000, seconds=[0.2, 0.1, 0.4], vectors_s=[0.1], words_s=[0.1], imports_s=[0.3], model_s=[0.4]),
    searched("search", 1000, [4.0, 5.0], resident_mb=200.0),
    row("filter", 1000, error="exit code 1: no such | tag"),
    row("make", 10_000, error="exit code 1: no room"),
    row("make", MILLION, seconds=400.0),
    row("build", MILLION, vectors_s=121.0, words_s=60.0, peak_mb=2000.0),
    searched("search", MILLION, [30.0] * 50 + [10.0] * 50),
    searched("filter", MILLION, [5.0] * 90 + [40.0] * 10, compared=10_000, recall=0.98),
    row("change", MILLION, add_s=[0.3, 0.4, 0.5], found_s=[0.4, 0.5, 0.6], remove_s=[0.1], gone_s=[0.2], cut=[20]),
]

RESULTS: dict[str, Any] = {
    "date": "2026-11-22",
    "settings": {"sizes": [1000, 10_000, MILLION], "questions": 300, "real": 20_000, "seed": 0},
    "machine": {"processor": "Made Up 9000", "cores": 2, "memory_gb": 24.0, "system": "Linux 6", "python": "3.11.7"},
    "versions": {"pincite": "0.1.0", "faiss-cpu": "1.15.1"},
    "real": {"passages": 20_000, "characters": 15_000_000, "questions": 300, "seconds": 1.0},
    "rows": ROWS,
}


@pytest.fixture
def page(tmp_path: Path) -> str:
    return write_page(tmp_path, scale=RESULTS).read_text(encoding="utf-8")


def line(page: str, heading: str, title: str, number: int = 0) -> list[str]:
    """The cells behind the title, in a table under a heading."""
    section = page.partition(f"### {heading}\n")[2].partition("\n###")[0]
    found = [each for each in section.splitlines() if each.startswith(f"| {title} |")][number]
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", found)[2:-1]]


def test_figures_by_size(page: str) -> None:
    search = "One question after the other, by size"
    assert line(page, search, "1,000") == ["compressed", "4.00", "5.00", "5.00", "6.00 / 7.00", "0.9900", "0.9700"]
    assert line(page, search, "1,000,000")[:4] == ["compressed", "10.0", "30.0", "30.0"]
    assert line(page, search, "1,000", 1) == ["1.00 / 2.00 / 2.00"] * 4
    assert line(page, "In one hundredth of the documents", "1,000,000") == [
        "10,000", "5.00", "40.0", "40.0", "6.00 / 7.00", "1.00", "0.9800",
    ]  # fmt: skip
    opened = line(page, "Opening and building", "1,000")
    assert opened == ["0.200", "0.100", "0.100", "0.300", "0.400", "0.500", "0", "60.0", "2.00"]
    assert line(page, "One document more, one less", "1,000,000") == ["0.400", "0.500", "0.100", "0.200"]


def test_what_is_missing_says_so(page: str) -> None:
    search = "One question after the other, by size"
    assert line(page, search, "10,000")[:2] == ["not made: exit code 1: no room", ""]
    assert line(page, "In one hundredth of the documents", "1,000")[0] == r"failed: exit code 1: no such \| tag"
    assert line(page, "One document more, one less", "1,000")[0] == "not measured"
    # Each measure of a line for itself.
    assert line(page, "Memory and disk", "1,000,000") == ["1,400", "400", "1,000", "1,600", "not measured", ""]
    assert line(page, "Opening and building", "1,000,000")[:7] == ["not measured", "", "", "", "", "121", "60.0"]


def test_what_was_asked_for_stands_beside_what_was_reached(page: str) -> None:
    asked = "At a million passages"
    assert line(page, asked, "search, median") == ["under 20 ms", "10.0 ms", "yes"]
    assert line(page, asked, "search, p95") == ["under 35 ms", "30.0 ms", "yes"]
    assert line(page, asked, "vectors, recall@10") == ["at least 0.985", "0.9900", "yes"]
    assert line(page, asked, "resident memory") == ["under 1500 MB", "1,400 MB", "yes"]
    assert line(page, asked, "vector index built from given vectors") == ["under 120 s", "121 s", "**no**"]
    assert line(page, asked, "opened, both indexes ready") == ["under 1 s", "not measured", ""]
    assert line(page, asked, "a document added and found") == ["under 0.5 s", "0.500 s", "**no**"]
    assert line(page, asked, "in 1 % of the documents: search, p95") == ["under 30 ms", "40.0 ms", "**no**"]
    assert line(page, asked, "in 1 % of the documents: vectors, recall@10") == ["at least 0.98", "0.9800", "yes"]


def test_the_page_says_how_to_make_it_again_and_what_is_mixed(page: str) -> None:
    options = "--sizes 1000,10000,1000000 --questions 300 --real 20000 --seed 0"
    assert f"```\npython -m benchmarks.scale DATA --work FOLDER {options}\n```" in page
    assert "**Those beyond are mixed**" in page
    assert "Made Up 9000, 2 cores, 24 GB of memory" in page
    assert "faiss-cpu 1.15.1" in page
    assert "2026-11-22" in page


def test_plots_are_whole_and_where_the_page_looks_for_them(page: str, tmp_path: Path) -> None:
    names = re.findall(r"!\[[^]]+\]\(([^)]+)\)", page)
    assert names == ["performance/scale-latency.svg", "performance/scale-memory.svg"]
    for name in names:
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "prefers-color-scheme: dark" in text
        ElementTree.fromstring(text)  # noqa: S314 - ours


def test_curves_are_drawn_on_logarithmic_axes() -> None:
    drawn = str(
        curves("Time", "passages", [Curve("a", [(1000, 1.0), (10_000, 10.0), (100_000, 100.0)]), Curve("b", [])])
    )
    (points,) = re.findall(r'<polyline points="([^"]+)"', drawn)
    (x1, y1), (x2, y2), (x3, y3) = [map(float, point.split(",")) for point in points.split()]
    assert x2 - x1 == pytest.approx(x3 - x2, abs=0.02)
    assert y1 - y2 == pytest.approx(y2 - y3, abs=0.02)
    assert "a: 1.00 at 1,000, 10.0 at 10,000, 100 at 100,000" in drawn
    assert ">a: 100<" in drawn
    assert ">b" not in drawn


def test_nothing_measured_has_a_page(tmp_path: Path) -> None:
    page = write_page(tmp_path, scale={**RESULTS, "rows": []}).read_text(encoding="utf-8")
    assert "![" not in page
    assert line(page, "Memory and disk", "1,000")[0] == "not measured"


def test_one_part_leaves_the_other(tmp_path: Path) -> None:
    import test_performance_page

    first = write_page(tmp_path, peers=test_performance_page.RESULTS).read_text(encoding="utf-8")
    assert "By number of passages" not in first
    both = write_page(tmp_path, scale=RESULTS).read_text(encoding="utf-8")
    assert both.startswith(first.rstrip("\n"))
    assert both == write_page(tmp_path, peers=test_performance_page.RESULTS).read_text(encoding="utf-8")
    assert both == write_page(tmp_path).read_text(encoding="utf-8")
    kept = json.loads((tmp_path / "performance" / "scale.json").read_text(encoding="utf-8"))
    assert kept["rows"][4]["whole_ms"] == {"p50": 4.0, "p95": 5.0, "p99": 5.0}
    assert kept["rows"][3]["seconds"] == 0.2


def test_a_step_that_fails_is_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_bench: Bench, script: str, *_arguments: object) -> dict[str, Any]:
        if script == "searching":
            raise FailedError("exit code 1: no\nsuch tag")
        (tmp_path / "stores" / "100" / "index").mkdir(parents=True, exist_ok=True)
        return {"seconds": 1.0}

    monkeypatch.setattr(Bench, "_run", run)
    results = Results(tmp_path / "scale.json", {"rows": []})
    Bench(tmp_path, 0, results.keep).size(100, ["disk", "open", "search", "change"])
    assert json.loads((tmp_path / "scale.json").read_text()) == results.value
    rows = results.value["rows"]
    assert [each["measure"] for each in rows] == ["make", "disk", "open", "search", "change"]
    assert rows[1]["index_mb"] == 0
    assert rows[2]["seconds"] == [1.0] * 3
    assert rows[3]["error"] == "exit code 1: no such tag"
    assert not (tmp_path / "stores" / "100-changed").exists()
