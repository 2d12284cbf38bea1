"""Judging answers against a gold question set: one file a metric family."""

from qa.evaluation.comparison import Comparison, compare
from qa.evaluation.formats import FORMATS, read_gold, write_gold
from qa.evaluation.gold import Evidence, Gold, GoldQuestion, Text
from qa.evaluation.metrics import METRICS
from qa.evaluation.predictions import read_predictions
from qa.evaluation.report import Metric, Report
from qa.evaluation.run import evaluate, evaluate_predictions
from qa.evaluation.saved import SavedRun, load_run, save_run
from qa.evaluation.sweep import Sweep, check_factors, sweep
from qa.evaluation.texts import indexed

__all__ = [
    "FORMATS",
    "METRICS",
    "Comparison",
    "Evidence",
    "Gold",
    "GoldQuestion",
    "Metric",
    "Report",
    "SavedRun",
    "Sweep",
    "Text",
    "check_factors",
    "compare",
    "evaluate",
    "evaluate_predictions",
    "indexed",
    "load_run",
    "read_gold",
    "read_predictions",
    "save_run",
    "sweep",
    "write_gold",
]
