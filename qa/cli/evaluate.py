"""`pincite eval`"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa.cli.options import json_option, model_option, open_library, store_option
from qa.cli.output import counted, print_json, print_line
from qa.errors import PinciteError

if TYPE_CHECKING:
    from qa.evaluation import Comparison, Report


@click.command("eval")
@click.argument("gold", type=click.Path(path_type=Path))
@click.option("--save", "saved", type=click.Path(path_type=Path), metavar="RUN", help="Keep this run in a folder.")
@click.option("--baseline", type=click.Path(path_type=Path), metavar="RUN", help="Compare with a run that was kept.")
@click.option("--fail-under", "floors", multiple=True, metavar="METRIC=VALUE", help="Exit with 1 below VALUE.")
@click.option("--seed", default=0, show_default=True, metavar="N", help="Decides what is drawn by chance.")
@store_option
@model_option
@json_option
def evaluate(
    gold: Path,
    saved: Path | None,
    baseline: Path | None,
    floors: tuple[str, ...],
    seed: int,
    store: Path,
    model: str | None,
    as_json: bool,
) -> None:
    """Ask every question of GOLD and say how good the passages, answers, citations and abstentions are.

    Exits with 1 where a metric is below its floor.
    """
    from qa import evaluation
    from qa.assistant import Assistant

    least = _floors(floors, evaluation.METRICS)
    questions = evaluation.read_gold(gold)
    before = evaluation.load_scores(baseline) if baseline else None
    with open_library(store, model) as library, _progress_bar(len(questions)) as progress:
        report = evaluation.evaluate(Assistant(library), questions, progress, seed=seed)
        with library.reading() as reading:
            generation, store_model = reading.generation, reading.model
    missed = _missed(report, least)
    compared = evaluation.compare(report, before, seed=seed) if before is not None else {}
    if saved:
        evaluation.save_run(report, saved, gold=str(gold), seed=seed, generation=generation, model=store_model)
    if as_json:
        comparison = {name: entry.as_dict() for name, entry in compared.items()}
        print_json({**report.as_dict(), **({"comparison": comparison} if baseline else {})})
    else:
        _print_report(report)
        _print_comparison(compared)
    for sentence in missed:
        print_line(sentence, err=True)
    if missed:
        sys.exit(1)


def _floors(options: tuple[str, ...], metrics: Sequence[str]) -> dict[str, float]:
    floors = {}
    for option in options:
        name, _, text = option.partition("=")
        if name not in metrics:
            raise PinciteError(f"--fail-under {option}: there is no metric {name}, only {', '.join(metrics)}.")
        try:
            floors[name] = float(text)
        except ValueError as error:
            raise PinciteError(f"--fail-under {option}: {text!r} is not a number; write for example f1=0.7.") from error
    return floors


def _missed(report: Report, floors: dict[str, float]) -> list[str]:
    """A sentence for each floor that was not reached."""
    values = {name: report.metrics[name].value if name in report.metrics else 0.0 for name in floors}
    return [
        f"{name} is {values[name]:.4f}, below the {floor:g} asked for with --fail-under."
        for name, floor in floors.items()
        if not values[name] >= floor
    ]


def _print_comparison(compared: dict[str, Comparison]) -> None:
    if not compared:
        return
    print_line()
    print_line("Against the earlier run (paired randomisation test, p by Holm over the metrics):", bold=True)
    for name, entry in compared.items():
        print_line(
            f"{name:20}{entry.before:6.3f} to {entry.after:.3f}  {entry.wins:3} won {entry.ties:4} tied "
            f"{entry.losses:3} lost  p {entry.p:.3f}  {entry.verdict}"
        )


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
