"""Evaluations as text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from qa.cli.output import counted, print_line

if TYPE_CHECKING:
    from qa.evaluation import Comparison, Metric, Report, Sweep

_STAGE_METRICS = ("success@1", "success@5", "recall@10", "recall@100", "mrr@10", "map@100", "ndcg@10")


def print_report(report: Report) -> None:
    """Every metric with its definition, the stages side by side, the causes of failures, the times."""
    print_line(_questions(report), bold=True)
    print_line()
    for name, metric in report.metrics.items():
        if "." not in name.partition("@")[0]:
            print_line(f"{name:20}{metric.value:6.3f}  {between(metric):12}  of {metric.count:4}  {metric.definition}")
    _print_stages(report.metrics)
    _print_causes(report)
    _print_latency(report)
    _print_detectable(report.metrics)
    _print_lost(report)


def print_comparison(compared: Mapping[str, Comparison]) -> None:
    if not compared:
        return
    print_line()
    print_line("Against the earlier run (paired randomisation test, p by Holm over the metrics):", bold=True)
    for name, entry in compared.items():
        print_line(
            f"{name:20}{entry.before:6.3f} to {entry.after:.3f}  {entry.wins:3} won {entry.ties:4} tied "
            f"{entry.losses:3} lost  p {entry.p:.3f}  {entry.verdict}"
        )


def print_sweep(sweep: Sweep) -> None:
    """Every combination, best first, ties named, and what each factor does by itself."""
    print_line(f"{sweep.metric} of every combination, with its 95 % interval:", bold=True)
    for cell in sweep.cells:
        settings = ", ".join(f"{name} {value}" for name, value in cell.settings.items())
        verdict = "the best here" if cell is sweep.cells[0] else _against_best(cell.p, tied=cell.tied)
        print_line(f"{cell.metric.value:6.3f}  {between(cell.metric):12}  {settings}: {verdict}")
    print_line()
    print_line("Each factor over all settings of the others (paired randomisation test, p by Holm):", bold=True)
    for effect in sweep.effects:
        entry = effect.comparison
        print_line(
            f"{effect.factor} {effect.first} to {effect.second}: {entry.before:.3f} to {entry.after:.3f}, "
            f"{entry.wins} won, {entry.ties} tied, {entry.losses} lost, p {entry.p:.3f}: {_effect(entry)}"
        )


def between(metric: Metric) -> str:
    return f"{metric.interval.low:.2f} to {metric.interval.high:.2f}" if metric.interval else ""


def _against_best(p: float, *, tied: bool) -> str:
    return f"a tie with the best (p {p:.3f})" if tied else f"worse than the best (p {p:.3f})"


def _effect(entry: Comparison) -> str:
    if entry.verdict != "cannot tell":
        return f"provably {entry.verdict}"
    seen = f"; only differences above {entry.detectable:.3f} would show" if entry.detectable else ""
    return f"a tie{seen}"


def _questions(report: Report) -> str:
    rows = report.per_question
    answerable, failed = sum(row.answerable for row in rows), sum(bool(row.error) for row in rows)
    without = f", {failed} without a result (scored 0)" if failed else ""
    return f"{counted(len(rows), 'question')}, {answerable} answerable, {len(rows) - answerable} not{without}"


def _print_stages(metrics: Mapping[str, Metric]) -> None:
    stages = list(dict.fromkeys(name.partition(".")[0] for name in metrics if "." in name.partition("@")[0]))
    if not stages:
        return
    print_line()
    print_line(f"{'Passages by stage':20}" + "".join(f"{name:>12}" for name in _STAGE_METRICS), bold=True)
    for stage in ("", *stages):
        names = [f"{stage}.{name}" if stage else name for name in _STAGE_METRICS]
        values = [f"{metrics[name].value:12.3f}" if name in metrics else " " * 12 for name in names]
        print_line(f"{stage or 'as searched':20}{''.join(values)}")


def _print_causes(report: Report) -> None:
    from qa.evaluation.failures import CAUSES

    if not report.causes:
        return
    print_line()
    print_line("Why questions failed:", bold=True)
    for cause, count in report.causes.items():
        print_line(f"{count:4}  {cause:30}{CAUSES[cause]}")


def _print_latency(report: Report) -> None:
    if not report.latency_ms:
        return
    print_line()
    stages = (f"{stage} {taken.p50:.1f} / {taken.p95:.1f}" for stage, taken in report.latency_ms.items())
    print_line(f"Milliseconds, half of the questions / 95 % of them: {', '.join(stages)}")


def _print_detectable(metrics: Mapping[str, Metric]) -> None:
    known = [(name, metrics[name].detectable) for name in ("ndcg@10", "f1", "answered") if name in metrics]
    listed = ", ".join(f"{value:.2f} in {name}" for name, value in known if value is not None)
    if listed:
        print_line(f"These questions show differences between two runs from about {listed} on (less where runs agree).")


def _print_lost(report: Report) -> None:
    failed = [row for row in report.per_question if row.error]
    _print_first([f"{row.id}: {row.error}" for row in failed])
    lost = [row.id for row in report.per_question if row.lost_quotes]
    if lost:
        print_line()
        more = f" and {len(lost) - 20} more" if len(lost) > 20 else ""
        print_line(f"Evidence that is not in the store, counted as not found: {', '.join(lost[:20])}{more}")


def _print_first(lines: Sequence[str], most: int = 20) -> None:
    for line in lines[:most]:
        print_line(line)
    if len(lines) > most:
        print_line(f"... and {len(lines) - most} more")
