"""From the rows of a run to its figures: medians over rounds, and how fast each program is beside the fastest peer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median
from typing import Any

from benchmarks.peers.contestants import PINCITE

FLOPS_A_PASSAGE = 3.4e9
"""Of all-MiniLM-L6-v2 over a passage of 150 tokens: 3.2 in its layers' matrices, 0.2 in attention."""

SHARES = (0.5, 0.95, 0.99)
"""The percentiles that are shown."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """The median of some rounds, and the least and the most of them."""

    value: float
    low: float
    high: float
    rounds: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The rows of a run that was `reduced`, asked for by measure, program and step."""

    results: Mapping[str, Any]

    @property
    def programs(self) -> dict[str, str]:
        """Names and titles, in the order of the tables."""
        return {name: each["title"] for name, each in self.results["programs"].items()}

    @property
    def measured(self) -> set[str]:
        """The measures that any row is of."""
        return {row["measure"] for row in self.results["rows"]}

    def rows(self, measure: str, program: str, **wanted: str) -> list[Row]:
        """The rows that were measured, those with an error left out."""
        return [row for row in self._matching(measure, program, wanted) if "error" not in row]

    def figure(self, key: str, measure: str, program: str, **wanted: str) -> Figure | None:
        """Over the rounds; None where no row has this."""
        return figure([row[key] for row in self.rows(measure, program, **wanted) if row.get(key) is not None])

    def percentile(self, share: float, measure: str, program: str, **wanted: str) -> Figure | None:
        """Of the milliseconds of each round, then over the rounds."""
        rows = self.rows(measure, program, **wanted)
        return figure([row["milliseconds"][_name(share)] for row in rows if row.get("milliseconds")])

    def rate(self, program: str) -> Figure | None:
        """Passages a second, from the start of the process that indexes to its end."""
        passages = self.results["corpus"]["passages"]
        return figure([passages / row["wall_s"] for row in self.rows("index", program)])

    def reason(self, measure: str, program: str, **wanted: str) -> str:
        """Why there is nothing to show: what the last row says, or that the program was not installed or indexed."""
        for row in reversed(self._matching(measure, program, wanted)):
            if row.get("error") or row.get("reason"):
                return str(row.get("error") or row.get("reason"))
        for earlier in ("install", "index"):
            for row in self._matching(earlier, program, {}):
                if row.get("error"):
                    return f"not {earlier}ed: {row['error']}"
        return "not measured"

    def limit(self, *keys: str) -> Figure | None:
        """One of the machine's limits, by the keys of its row."""
        values = []
        for row in self.rows("limits", "machine"):
            value: Any = row
            for key in keys:
                value = value[key]
            values.append(value)
        return figure(values)

    def floor(self, kind: str, threads: str) -> float | None:
        """Passages a second that products of matrices alone would allow."""
        limit = self.limit("gflops", kind, threads)
        return limit.value * 1e9 / FLOPS_A_PASSAGE if limit else None

    def _matching(self, measure: str, program: str, wanted: Mapping[str, str]) -> list[Row]:
        return [
            row
            for row in self.results["rows"]
            if row["measure"] == measure
            and row["program"] == program
            and all(row.get(key) == value for key, value in wanted.items())
        ]


def reduced(results: Mapping[str, Any]) -> dict[str, Any]:
    """A run with its milliseconds reduced to the percentiles that are shown; what was reduced stays as it is."""
    return {**results, "rows": [_reduced(row) for row in results["rows"]]}


def _reduced(row: Row) -> Row:
    taken = row.get("milliseconds")
    return {**row, "milliseconds": percentiles(taken)} if isinstance(taken, list) and taken else row


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """The percentiles that are shown, by name."""
    return {_name(share): percentile(values, share) for share in SHARES}


def _name(share: float) -> str:
    return f"p{100 * share:g}"


def figure(values: Sequence[float]) -> Figure | None:
    return Figure(median(values), min(values), max(values), len(values)) if values else None


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]


def speeds(values: Mapping[str, float], *, higher_is_faster: bool = False) -> dict[str, float]:
    """How many times as fast as the fastest peer each is; nothing where no peer was measured.

    Names may say a step behind the program, as in `pincite search`.
    """
    peers = [value for name, value in values.items() if name.split()[0] != PINCITE]
    if not peers:
        return {}
    if higher_is_faster:
        return {name: value / max(peers) for name, value in values.items()}
    return {name: min(peers) / value for name, value in values.items()}
