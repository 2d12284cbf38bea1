"""The part of the page about the order of what is found, against the orders of its halves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks import markdown

_ORDERS = ("dense", "lexical", "RRF", "min-max", "fused")


def reduced(results: Mapping[str, Any]) -> Mapping[str, Any]:
    """All of it is kept."""
    return results


def part(results: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The text about a run; it has no plots."""
    said = """
        nDCG@10 in points. The weights of a line were fitted on the other collections alone (the two of SQuAD's articles
        are left out together); the last column is the fused order against the better of meaning and words alone, with
        its 95 % interval. `docs/quality.md` says what was tried and what it means.
    """
    rows = [
        [
            row["on"],
            f"{row['questions']:,}",
            *(f"{row['ndcg'][order]:.2f}" for order in _ORDERS),
            f"{row['above']:+.2f} ({row['low']:+.2f} to {row['high']:+.2f})",
        ]
        for row in results["rows"]
    ]
    average = sum(row["above"] for row in results["rows"]) / len(results["rows"])
    seeds = ", ".join(f"{stage} {value:.3f}" for stage, value in results["seeds"]["success@1"].items())
    behind = f"""
        On average {average:+.2f} points, where +2 were asked for. Paraphrases of the demo's questions
        ({results["seeds"]["questions"]}), the right passage first: {seeds}.
    """
    command = "```\npython -m benchmarks.fusion DATA --docs docs\n```"
    head = ["on", "questions", *_ORDERS, "above the better half"]
    table = markdown.table(head, rows)
    return markdown.section("Quality of the order", said, command, table, markdown.prose(behind)), {}
