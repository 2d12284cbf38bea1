"""What is asked of a store of a million passages, and whether it was reached."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.curves.figures import Figures
from benchmarks.peers.drawing import shown

PASSAGES = 1_000_000


@dataclass(frozen=True, slots=True)
class Target:
    """A limit of one figure: the most that it may be, or the least where it is a share."""

    title: str
    measure: str
    key: str
    limit: float
    unit: str = ""
    share: str = "p50"

    @property
    def asked(self) -> str:
        return f"under {self.limit:g} {self.unit}" if self.unit else f"at least {self.limit:g}"

    def is_met(self, value: float) -> bool:
        return value < self.limit if self.unit else value >= self.limit

    def cells(self, figures: Figures) -> list[str]:
        """What was asked for, what was reached, and whether that is enough; or why nothing can be said."""
        value = figures.value(self.measure, PASSAGES, self.key, self.share)
        if value is None:
            return [self.title, self.asked, figures.reason(self.measure, PASSAGES)]
        reached = f"{shown(value)} {self.unit}" if self.unit else f"{value:.4f}"
        return [self.title, self.asked, reached, "yes" if self.is_met(value) else "**no**"]


TARGETS = (
    Target("search, median", "search", "whole_ms", 20, "ms"),
    Target("search, p95", "search", "whole_ms", 35, "ms", "p95"),
    Target("vectors, recall@10", "search", "recall", 0.985),
    Target("resident memory", "search", "resident_mb", 1500, "MB"),
    Target("vector index built from given vectors", "build", "vectors_s", 120, "s"),
    Target("opened, both indexes ready", "open", "seconds", 1, "s"),
    Target("a document added and found", "change", "found_s", 0.5, "s"),
    Target("a document removed and not found", "change", "gone_s", 0.5, "s"),
    Target("in 1 % of the documents: search, p95", "filter", "whole_ms", 30, "ms", "p95"),
    Target("in 1 % of the documents: vectors, recall@10", "filter", "recall", 0.98),
)
