"""From the rows of a run to its figures, by measure and number of passages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.peers.figures import Row, percentiles

_MILLISECONDS = "_ms"


@dataclass(frozen=True, slots=True)
class Figures:
    """The rows of a run that was `reduced`."""

    results: Mapping[str, Any]

    @property
    def sizes(self) -> list[int]:
        """All that were asked for or measured, ascending."""
        measured = {row["passages"] for row in self.results["rows"]}
        return sorted({*self.results["settings"]["sizes"], *measured})

    def row(self, measure: str, passages: int) -> Row | None:
        """What was measured; None where nothing was."""
        return next((row for row in self._rows(measure, passages) if "error" not in row), None)

    def reason(self, measure: str, passages: int) -> str:
        """Why there is nothing to show."""
        for step in (measure, "make"):
            for row in self._rows(step, passages):
                if "error" in row:
                    return f"failed: {row['error']}" if step == measure else f"not made: {row['error']}"
        return "not measured"

    def value(self, measure: str, passages: int, key: str, share: str = "p50") -> Any:
        """One figure, of milliseconds a percentile; None where it is not known."""
        value = (self.row(measure, passages) or {}).get(key)
        return value[share] if isinstance(value, Mapping) else value

    def curve(self, measure: str, key: str, share: str = "p50") -> list[tuple[float, float]]:
        """A figure over the numbers of passages that have it."""
        found = ((size, self.value(measure, size, key, share)) for size in self.sizes)
        return [(size, value) for size, value in found if value]

    def _rows(self, measure: str, passages: int) -> list[Row]:
        rows = self.results["rows"]
        return [row for row in rows if row["measure"] == measure and row["passages"] == passages]


def reduced(results: Mapping[str, Any]) -> dict[str, Any]:
    """A run with milliseconds reduced to percentiles and other repetitions to medians; what was reduced stays."""
    return {**results, "rows": [{key: _reduced(key, value) for key, value in row.items()} for row in results["rows"]]}


def _reduced(key: str, value: Any) -> Any:
    if not isinstance(value, list):
        return value
    if not value:
        return None
    return percentiles(value) if key.endswith(_MILLISECONDS) else median(value)
