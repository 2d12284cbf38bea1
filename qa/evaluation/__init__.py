"""Judging answers against a gold question set: one file a metric family."""

from qa.evaluation.comparison import Comparison, compare
from qa.evaluation.metrics import METRICS
from qa.evaluation.predictions import read_predictions
from qa.evaluation.provenance import differences
from qa.evaluation.report import Metric, Report
from qa.evaluation.run import evaluate, evaluate_predictions
from qa.evaluation.saved import SavedRun, load_run, save_run
from qa.evaluation.sweep import Sweep, check_factors, sweep

__all__ = [
    "METRICS",
    "Comparison",
    "Metric",
    "Report",
    "SavedRun",
    "Sweep",
    "check_factors",
    "compare",
    "differences",
    "evaluate",
    "evaluate_predictions",
    "load_run",
    "read_predictions",
    "save_run",
    "sweep",
]
