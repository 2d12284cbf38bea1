"""Judging answers against a gold question set: one file a metric family."""

from qa.evaluation.gold import Evidence, GoldQuestion, read_gold
from qa.evaluation.report import Metric, Report
from qa.evaluation.run import evaluate

__all__ = ["Evidence", "GoldQuestion", "Metric", "Report", "evaluate", "read_gold"]
