"""Evaluations as text for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from qa.cli.output import counted, plain, print_line, print_text

if TYPE_CHECKING:
    from qa.evaluation import Comparison, Metric, Report, Sweep

_WIDTH = 100
_LONGEST_ID = 60
_LISTED = 20
"""Questions that are named where there are many."""

_STAGE_METRICS = ("success@1", "success@5", "recall@10", "recall@100", "mrr@10", "map@100", "ndcg@10")


def print_report(report: Report) -> None:
    """Every metric with its definition, the stages side by side, the causes of failures, the times."""
    print_line(_questions(report), bold=True)
    _print_handled(report)
    _print_lost(report)
    _print_families(report.metrics)
    _print_stages(report.metrics)
    _print_causes(report)
    _print_latency(report)
    _print_detectable(report.metrics)
    _print_errors(report)


def print_comparison(compared: Mapping[str, Comparison], differences: Sequence[str]) -> None:
    """What the two runs were made from differently, and the verdict on each metric that changed."""
    print_line()
    for line in differences:
        print_line(line)
    same = [name for name, entry in compared.items() if not entry.wins and not entry.losses]
    if len(same) == len(compared):
        print_line(
            f"No question did better or worse than in the earlier run, in any of {len(same)} metrics.", bold=True
        )
        return
    print_line("Against the earlier run (paired randomisation test, p by Holm over the metrics):", bold=True)
    for name, entry in compared.items():
        if name in same:
            continue
        print_line(
            f"{name:20}{entry.before:6.3f} to {entry.after:.3f}  {entry.wins:3} won {entry.ties:4} tied "
            f"{entry.losses:3} lost  p {_chance(entry.p)}  {entry.verdict}"
        )
    if same:
        print_line(f"Unchanged in every question: {', '.join(same)}")


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
            f"{entry.wins} won, {entry.ties} tied, {entry.losses} lost, p {_chance(entry.p)}: {_effect(entry)}"
        )


def between(metric: Metric) -> str:
    return f"{metric.interval.low:.2f} to {metric.interval.high:.2f}" if metric.interval else ""


def _against_best(p: float, *, tied: bool) -> str:
    return f"a tie with the best (p {_chance(p)})" if tied else f"worse than the best (p {_chance(p)})"


def _chance(p: float) -> str:
    return f"{p:.3f}" if p >= 0.001 else "< 0.001"


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


def _print_families(metrics: Mapping[str, Metric]) -> None:
    from qa.evaluation.metrics import FAMILIES

    for family, names in FAMILIES.items():
        if not any(name in metrics for name in names):
            continue
        print_line()
        print_line(f"{family:28}{'95 % interval':15}{'of':>4}", bold=True)
        for name in names:
            if metric := metrics.get(name):
                definition = metric.definition + ("; lower is better" if metric.lower_is_better else "")
                _print_wrapped(f"{name:20}{metric.value:6.3f}  {between(metric):14}{metric.count:5}  ", definition)


def _print_wrapped(start: str, text: str) -> None:
    """A line that goes on below its own text where it would be too wide."""
    room = _WIDTH - len(start)
    for at, line in enumerate(textwrap.wrap(text, room, break_on_hyphens=False)):
        print_line((" " * len(start) if at else start) + line)


def _print_stages(metrics: Mapping[str, Metric]) -> None:
    stages = list(dict.fromkeys(name.partition(".")[0] for name in metrics if "." in name.partition("@")[0]))
    if not stages:
        return
    print_line()
    print_line(f"{'Passages by stage':20}" + "".join(f"{name:>11}" for name in _STAGE_METRICS), bold=True)
    for stage in ("", *stages):
        names = [f"{stage}.{name}" if stage else name for name in _STAGE_METRICS]
        values = [f"{metrics[name].value:11.3f}" if name in metrics else " " * 11 for name in names]
        print_line(f"{stage or 'as searched':20}{''.join(values)}".rstrip())


def _print_causes(report: Report) -> None:
    from qa.evaluation.failures import CAUSES

    if not report.causes:
        return
    print_line()
    print_line("Why questions failed:", bold=True)
    for cause, count in report.causes.items():
        _print_wrapped(f"{count:4}  {cause:30}", CAUSES[cause])


def _print_latency(report: Report) -> None:
    if not report.latency_ms:
        return
    print_line()
    print_line(f"{'Milliseconds':20}{'half within':>14}{'95 % within':>14}", bold=True)
    for stage, taken in report.latency_ms.items():
        print_line(f"{stage:20}{taken.p50:14.1f}{taken.p95:14.1f}")


def _print_detectable(metrics: Mapping[str, Metric]) -> None:
    known = [(name, metrics[name].detectable) for name in ("ndcg@10", "f1", "answered") if name in metrics]
    listed = ", ".join(f"{value:.2f} in {name}" for name, value in known if value is not None)
    if listed:
        print_line()
        print_text(f"These questions show differences between two runs from about {listed} on (less where runs agree).")


def _print_errors(report: Report) -> None:
    failed = [f"{_shortened(row.id)}: {row.error}" for row in report.per_question if row.error]
    if failed:
        print_line()
        print_line("Without a result:", bold=True)
        _print_first(failed)


def _print_handled(report: Report) -> None:
    """Where answers came back and are known to be right or not: what became of the questions, in one line."""
    answered = [row for row in report.per_question if row.answered and "risk" in row.scores]
    if not answered:
        return
    right = sum(row.scores["risk"] == 0 for row in answered)
    text = f"{counted(len(answered), 'question')} answered, {right} rightly (an acceptable answer is in what was given)"
    abstained = [row.scores["abstained"] for row in report.per_question if "abstained" in row.scores]
    if abstained:
        text += f"; of {len(abstained)} without an answer, {sum(each == 1 for each in abstained)} left unanswered"
    print_text(f"{text}.")


def _print_lost(report: Report) -> None:
    """First of all, because every figure suffers: evidence that could not be found."""
    lost = [_shortened(row.id) for row in report.per_question if row.lost_quotes]
    if lost:
        print_line()
        more = f" and {len(lost) - _LISTED} more" if len(lost) > _LISTED else ""
        print_line("Evidence that is not in the store, counted as not found: see pincite gold check.", bold=True)
        print_text(f"{', '.join(lost[:_LISTED])}{more}", "    ")


def _print_first(lines: Sequence[str]) -> None:
    for line in lines[:_LISTED]:
        print_line(line)
    if len(lines) > _LISTED:
        print_line(f"... and {len(lines) - _LISTED} more")


def _shortened(id_: str) -> str:
    return plain(id_ if len(id_) <= _LONGEST_ID else f"{id_[:_LONGEST_ID]}…")
