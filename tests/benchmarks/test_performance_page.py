"""The page of the comparison: medians and ratios worked by hand, and a line for a program that failed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks.page import write_page
from benchmarks.peers.figures import Figure, Figures, percentile, speeds
from benchmarks.peers.machine import processor


def row(measure: str, program: str, step: str = "", number: int = 0, **figures: Any) -> dict[str, Any]:
    return {"measure": measure, "program": program, "step": step, "round": number, **figures}


def indexed(program: str, number: int, seconds: float) -> dict[str, Any]:
    return row("index", program, "index", number, wall_s=seconds, seconds=1.0, peak_mb=900.0, disk_mb=12.0)


ROWS = [
    # 1,000 passages in 20, 10 and 40 s: 50, 100 and 25 a second. The fastest peer has 40.
    *(indexed("pincite", number, seconds) for number, seconds in enumerate((20.0, 10.0, 40.0))),
    *(indexed("txtai", number, 25.0) for number in range(3)),
    *(indexed("haystack", number, 50.0) for number in range(3)),
    row("install", "langchain", error="exit code 1: no such | version"),
    row("cold", "pincite", "search", printed_s=2.0, wall_s=2.5, peak_mb=400.0),
    row("cold", "pincite", "ask", printed_s=5.0, wall_s=5.5, peak_mb=600.0),
    row("cold", "txtai", "ask", printed_s=4.0, wall_s=4.2, peak_mb=500.0),
    row("cold", "haystack", "ask", error="it did not end in time"),
    row("warm", "pincite", "questions", milliseconds=[5.0, 10.0], **{"success@10": 0.95}),
    row("warm", "pincite", "answers", milliseconds=[100.0]),
    row("warm", "txtai", "questions", milliseconds=[20.0], **{"success@10": 0.9}),
    row("warm", "haystack", "questions", milliseconds=[500.0], **{"success@10": 0.9}),
    row("change", "pincite", "change", seconds=1.0, wall_s=6.0),
    row("change", "txtai", "change", seconds=2.5, wall_s=7.0),
    row("change", "haystack", "change", seconds=None, reason="it cannot delete", wall_s=7.0),
    row("load", "pincite", "answers", beside="nothing", milliseconds=[100.0]),
    row("load", "pincite", "answers", beside="a busy core", milliseconds=[200.0]),
    row("load", "pincite", "answers", beside="pincite index", error="it did not end in time"),
    row(
        "limits",
        "machine",
        gflops={kind: {"1": 170.0, "2": 340.0} for kind in ("fp32", "bf16")},
        read_gb_s={"1": 9.0, "2": 22.0},
    ),
]

RESULTS: dict[str, Any] = {
    "date": "2026-11-22",
    "settings": {"passages": 1000, "questions": 2, "rounds": 3, "seed": 0, "peers": [], "only": []},
    "machine": {
        "processor": "Made Up 9000",
        "cores": 2,
        "instruction_sets": ["avx512f", "amx_bf16"],
        "memory_gb": 24.0,
        "system": "Linux 6",
        "python": "3.11.7",
    },
    "corpus": {
        "passages": 1000,
        "documents": 30,
        "characters": 700_000,
        "questions": 2,
        "changed_passages": 10,
        "changed_documents": 1,
    },
    "programs": {
        "pincite": {"title": "Pincite", "versions": {"pincite": "0.1.0"}},
        "txtai": {"title": "txtai", "versions": {"txtai": "9.14.0"}},
        "langchain": {"title": "LangChain", "versions": {}},
        "haystack": {"title": "Haystack", "versions": {"haystack-ai": "3.4"}},
    },
    "rows": ROWS,
}


@pytest.fixture
def page(tmp_path: Path) -> str:
    return write_page(tmp_path, peers=RESULTS).read_text(encoding="utf-8")


def line(page: str, heading: str, title: str) -> list[str]:
    """The cells behind the title, in the table under a heading."""
    section = page.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    (found,) = [each for each in section.splitlines() if each.startswith(f"| {title} |")]
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", found)[2:-1]]


def test_medians_and_ratios(page: str) -> None:
    # 340 GFLOP/s / 3.4 GFLOP = 100 passages a second.
    assert line(page, "Indexing", "Pincite") == ["**50.0** (25.0 to 100)", "1.25", "900", "12.0", "50%"]
    assert line(page, "Indexing", "txtai") == ["**40.0** (40.0 to 40.0)", "1.00", "900", "12.0", "40%"]
    assert line(page, "Indexing", "Haystack") == ["**20.0** (20.0 to 20.0)", "0.50", "900", "12.0", "20%"]
    start = "From the start of a process to the first answer"
    assert line(page, start, "Pincite, `pincite search`") == ["**2.00**", "2.00", "400"]
    assert line(page, start, "Pincite, `pincite ask`") == ["**5.00**", "0.80", "600"]
    warm = "One question after the other"
    assert line(page, warm, "Pincite, search") == ["5.00", "10.0", "10.0", "4.00", "95.0 %"]
    assert line(page, warm, "Pincite, answer with citations") == ["100", "100", "100", "0.20", ""]
    change = "After one in a hundred passages changed"
    assert line(page, change, "Pincite") == ["**1.00**", "2.50", "5.0%", "6.00"]
    assert line(page, change, "txtai") == ["**2.50**", "1.00", "10.0%", "7.00"]
    assert line(page, "While the machine is at work", "a busy core") == ["200", "200", "200"]
    assert line(page, "What the machine allows", "fp32 matrices, GFLOP/s") == ["170", "340", "100 passages/s"]


def test_a_program_that_failed_has_its_reason(page: str) -> None:
    assert line(page, "Indexing", "LangChain")[0] == r"not installed: exit code 1: no such \| version"
    assert line(page, "One question after the other", "LangChain")[0].startswith("not installed")
    assert line(page, "From the start of a process to the first answer", "Haystack")[0] == "it did not end in time"
    assert line(page, "After one in a hundred passages changed", "Haystack")[0] == "it cannot delete"
    assert line(page, "While the machine is at work", "`pincite index`")[0] == "it did not end in time"
    assert line(page, "Machine and versions", "LangChain") == ["not installed"]


def test_the_page_says_how_to_make_it_again_and_where_it_was_made(page: str) -> None:
    command = "python -m benchmarks.performance DATA --work FOLDER --passages 1000 --questions 2 --rounds 3 --seed 0"
    assert f"```\n{command}\n```" in page
    assert "Made Up 9000, 2 cores, 24 GB of memory" in page
    assert "avx512f, amx_bf16" in page
    assert "haystack-ai 3.4" in page


def test_plots_are_whole_and_where_the_page_looks_for_them(page: str, tmp_path: Path) -> None:
    names = re.findall(r"!\[[^]]+\]\(([^)]+)\)", page)
    assert names == ["performance/indexing.svg", "performance/start.svg", "performance/latency.svg"]
    for name in names:
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "prefers-color-scheme: dark" in text
        assert "<script" not in text
        words = "".join(ElementTree.fromstring(text).itertext())  # noqa: S314 - ours
        assert "Pincite" in words
        assert "LangChain" not in words


def test_a_run_of_one_measure_has_a_page(tmp_path: Path) -> None:
    only = {**RESULTS, "rows": [each for each in ROWS if each["measure"] == "load"]}
    page = write_page(tmp_path, peers=only).read_text(encoding="utf-8")
    assert re.findall("^## (.*)$", page, re.M) == ["While the machine is at work", "Machine and versions"]


def test_a_run_in_which_everything_failed_has_a_page(tmp_path: Path) -> None:
    rows = [{**row(each["measure"], each["program"], each["step"]), "error": "no"} for each in ROWS]
    page = write_page(tmp_path, peers={**RESULTS, "rows": rows}).read_text(encoding="utf-8")
    assert "![" not in page
    assert line(page, "Indexing", "Pincite")[0] == "no"


def test_percentiles_and_speeds() -> None:
    assert [percentile([3.0, 1.0, 2.0, 4.0], share) for share in (0.5, 0.75, 0.99, 1.0)] == [2.0, 3.0, 4.0, 4.0]
    assert speeds({"pincite ask": 2.0, "txtai ask": 4.0, "haystack ask": 8.0}) == {
        "pincite ask": 2.0,
        "txtai ask": 1.0,
        "haystack ask": 0.5,
    }
    assert speeds({"pincite": 2.0}) == {}
    assert Figures(RESULTS).rate("pincite") == Figure(50.0, 25.0, 100.0, 3)


def test_the_processor_is_read_from_the_systems_file() -> None:
    text = "processor : 0\nmodel name\t: Some CPU\nflags\t\t: fpu avx2 avx512f amx_tile\n\nmodel name\t: Other\n"
    assert processor(text) == ("Some CPU", ["avx2", "avx512f", "amx_tile"])
    assert processor("") == ("", [])
