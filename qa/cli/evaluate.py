"""`pincite eval`"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa.cli.options import json_option, model_option, open_library, store_option
from qa.cli.output import counted, print_json, print_line

if TYPE_CHECKING:
    from qa.evaluation import Report


@click.command("eval")
@click.argument("gold", type=click.Path(path_type=Path))
@click.option("--seed", default=0, show_default=True, metavar="N", help="Decides the resampling of the intervals.")
@store_option
@model_option
@json_option
def evaluate(gold: Path, seed: int, store: Path, model: str | None, as_json: bool) -> None:
    """Ask every question of GOLD and say how good the passages, answers, citations and abstentions are."""
    from qa.assistant import Assistant
    from qa.evaluation import evaluate as evaluate_assistant
    from qa.evaluation import read_gold

    questions = read_gold(gold)
    with open_library(store, model) as library, _progress_bar(len(questions)) as progress:
        report = evaluate_assistant(Assistant(library), questions, progress, seed=seed)
    if as_json:
        print_json(report.as_dict())
    else:
        _print_report(report)


def _print_report(report: Report) -> None:
    print_line(counted(len(report.per_question), "question"), bold=True)
    print_line()
    for name, metric in report.metrics.items():
        between = f"{metric.interval.low:.2f} to {metric.interval.high:.2f}" if metric.interval else ""
        print_line(f"{name:20}{metric.value:6.3f}  {between:12}  of {metric.count:4}  {metric.definition}")
    for row in report.per_question:
        if row.error:
            print_line(f"{row.id}: {row.error}")
    lost = [row.id for row in report.per_question if row.lost_quotes]
    if lost:
        print_line()
        print_line(f"Evidence that is not in the store, counted as not found: {', '.join(lost)}")


@contextmanager
def _progress_bar(questions: int) -> Iterator[Callable[[int], object] | None]:
    if not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm

    with tqdm(total=questions, unit="question", leave=False, desc="Asking") as bar:
        yield bar.update
