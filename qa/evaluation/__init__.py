"""Judging answers against a gold question set: one file a metric family."""

from qa.evaluation.comparison import Comparison, compare
from qa.evaluation.gold import Evidence, GoldQuestion, read_gold
from qa.evaluation.report import Metric, Report
from qa.evaluation.run import METRICS, evaluate
from qa.evaluation.saved import load_scores, save_run

__all__ = [
    "METRICS",
    "Comparison",
    "Evidence",
    "GoldQuestion",
    "Metric",
    "Report",
    "compare",
    "evaluate",
    "load_scores",
    "read_gold",
    "save_run",
]
