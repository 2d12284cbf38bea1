"""The Evaluate view: its frame, the form that begins a run, how far it is, and the runs there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from ui.render import label, plain

PARTS = (("runs", "Runs"), ("gold", "Gold questions"), ("feedback", "From use"))
"""The parts of the view by the ends of their addresses."""


@dataclass(frozen=True, slots=True)
class Set:
    """A gold set that can be chosen, by its `key` in addresses."""

    key: str
    name: str
    questions: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in 0..1 with its 95 % interval, where it has one, and what it says in a few words."""

    name: str
    meaning: str
    value: float
    interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A run in the list; one with a `problem` has nothing else to show."""

    id: str
    gold: str
    at: str
    questions: int = 0
    figures: tuple[Figure, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """An evaluation that goes on or has ended: `told` says why it failed, `run` is what it left."""

    id: str
    title: str
    state: Literal["waiting", "running", "done", "failed", "stopped"]
    done: int = 0
    total: int = 0
    told: str = ""
    run: str = ""


def address(path: str, **query: str) -> str:
    """An address below /evaluate as an attribute holds it; names without a value are left out."""
    fields = {name: value for name, value in query.items() if value}
    return label(f"/evaluate{path}{'?' if fields else ''}{urlencode(fields, errors='replace')}")


def counted(number: int, noun: str = "question") -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def view(part: str, current: str, waiting: int) -> str:
    """The whole view with one of `PARTS` in it; `waiting` is how much feedback nobody has looked at."""
    links = []
    for name, title in PARTS:
        here = ' aria-current="page"' if name == current else ""
        number = f' <span id="pv-waiting">{waiting or ""}</span>' if name == "feedback" else ""
        links.append(f'<a href="{address(f"/{name}")}" data-into="#pv-part"{here}>{title}{number}</a>')
    return (
        '<div class="pv"><header class="pv-head"><h2>Evaluate</h2>'
        "<p>Ask questions whose right answers are known, and see what is found, read and answered.</p></header>"
        f'<nav class="pv-tabs" aria-label="Evaluate">{"".join(links)}</nav>'
        f'<div id="pv-part" tabindex="-1">{part}</div></div>'
    )


def runs(sets: Sequence[Set], work: Work | None, lines: Sequence[Line]) -> str:
    """The part that begins runs and lists them."""
    asked = [each for each in sets if each.questions]
    begin = _begin(asked) if asked else _nothing_to_ask()
    going = job(work) if work and not (work.state == "done" or work.state == "stopped") else ""
    return (
        f'<section class="pv-panel" aria-labelledby="pv-begin"><h3 id="pv-begin">Run the questions</h3>{begin}'
        f'<div id="pv-work">{going}</div></section>'
        f'<section aria-labelledby="pv-runs-heading"><h3 id="pv-runs-heading">Runs</h3>'
        f'<div id="pv-runs" tabindex="-1">{run_list(lines)}</div></section>'
    )


def _begin(sets: Sequence[Set]) -> str:
    options = "".join(
        f'<option value="{label(each.key)}">{label(each.name)} ({counted(each.questions)})</option>' for each in sets
    )
    return (
        "<p>Every question is asked as in the chat, and what comes back is held against what is wanted. "
        "Asking goes on meanwhile.</p>"
        f'<form class="pv-row" method="post" action="{address("/runs")}" data-into="#pv-work">'
        f'<label class="pv-field">Gold set <select name="gold">{options}</select></label>'
        '<button class="pv-main">Run</button></form>'
    )


def _nothing_to_ask() -> str:
    return (
        "<p>There is nothing to ask yet. A run needs gold questions: questions with their right answers and the words "
        "of your documents that they rest on. They get here in two ways:</p>"
        '<ul class="pv-ways"><li>In the chat, say of an answer that it is right or wrong, correct it, or say that the '
        f'sources do not tell. Then look at it <a href="{address("/feedback")}" data-into="#pv-part">From use</a>.</li>'
        f'<li>Write one yourself under <a href="{address("/gold")}" data-into="#pv-part">Gold questions</a>.</li></ul>'
    )


def job(work: Work) -> str:
    """How far an evaluation is; it is asked for again until it has ended."""
    url = address(f"/jobs/{work.id}")
    if work.state in ("waiting", "running"):
        said = f"{work.done:,} of {work.total:,}" if work.total else "Getting ready…"
        value = f' value="{work.done}" max="{work.total}"' if work.total else ""
        return (
            f'<div class="pv-job" data-from="{url}" data-poll="500">'
            f'<p class="pv-job-said"><bdi>{plain(work.title)}</bdi> <span class="pv-count">{plain(said)}</span></p>'
            f'<div class="pv-row"><progress{value} aria-label="Questions asked"></progress>'
            f'<form method="post" action="{address(f"/jobs/{work.id}/stop")}" data-into="#pv-work">'
            '<button id="pv-stop">Stop</button></form></div></div>'
        )
    again = f'<span hidden data-load="{address("/list")}" data-at="#pv-runs"></span>'
    if work.state == "done":
        look = f'<a class="pv-button" href="{address(f"/runs/{work.run}")}" data-into="#pv-part">Look into it</a>'
        return (
            f'<div class="pv-job pv-ended" role="status"><p>{counted(work.total)} asked.</p>'
            f"{look if work.run else ''}{again}</div>"
        )
    if work.state == "stopped":
        return '<div class="pv-job pv-ended" role="status"><p>Stopped. Nothing was kept of this run.</p></div>'
    return f'<div class="pv-job pv-ended pv-bad" role="alert"><p dir="auto">{plain(work.told)}</p></div>'


def run_list(lines: Sequence[Line]) -> str:
    """The runs, newest first."""
    if not lines:
        return '<p class="pv-none">No run was kept yet. Each one is kept here, to be looked into and compared with.</p>'
    return f'<ol class="pv-runs">{"".join(map(_run_line, lines))}</ol>'


def _run_line(line: Line) -> str:
    if line.problem:
        body = f'<p class="pv-bad" dir="auto">{plain(line.problem)}</p>'
        name = f'<span class="pv-run-name" dir="auto">{plain(line.gold)}</span>'
        facts = plain(line.at)
    else:
        body = figures(line.figures)
        link = address(f"/runs/{line.id}")
        name = f'<a class="pv-run-name" href="{link}" data-into="#pv-part" dir="auto">{plain(line.gold)}</a>'
        facts = plain(f"{line.at}, {counted(line.questions)}")
    return (
        f'<li class="pv-panel pv-run"><div class="pv-run-head"><h4>{name}</h4><p class="pv-facts">{facts}</p>'
        f"{_deletion(line)}</div>{body}</li>"
    )


def _deletion(line: Line) -> str:
    return (
        f'<details class="pv-sure"><summary aria-label="{label(f"Delete the run of {line.at}")}">Delete</summary>'
        f'<form method="post" action="{address(f"/runs/{line.id}/delete")}" data-into="#pv-runs">'
        '<button class="pv-danger">Delete for good</button></form></details>'
    )


def figures(all_: Sequence[Figure]) -> str:
    """Figures side by side, each with its interval drawn."""
    return f'<dl class="pv-figures">{"".join(map(_figure, all_))}</dl>' if all_ else ""


def _figure(figure: Figure) -> str:
    between = f"{figure.interval[0]:.2f} to {figure.interval[1]:.2f}" if figure.interval else "no interval"
    name = f' title="{label(figure.name)}"'
    return (
        f'<div{name}><dt>{plain(figure.meaning)}</dt><dd><span class="pv-value">{figure.value:.2f}</span>'
        f'{whisker(figure.value, figure.interval)}<span class="pv-between">{between}</span></dd></div>'
    )


def whisker(value: float, interval: tuple[float, float] | None, *, low: float = 0.0, high: float = 1.0) -> str:
    """A figure on the line from `low` to `high`, its interval as a bar. What it says stands beside it in numbers."""

    def at(figure: float) -> str:
        return f"{4 + 112 * (min(max(figure, low), high) - low) / (high - low):.1f}"

    bar = ""
    if interval:
        bar = f'<line class="pv-bar" x1="{at(interval[0])}" x2="{at(interval[1])}" y1="6" y2="6"/>'
    middle = f'<line class="pv-scale" x1="{at(0)}" x2="{at(0)}" y1="2" y2="10"/>' if low < 0 else ""
    return (
        '<svg class="pv-whisker" viewBox="0 0 120 12" aria-hidden="true">'
        f'<line class="pv-scale" x1="4" x2="116" y1="6" y2="6"/>{middle}{bar}'
        f'<circle class="pv-dot" cx="{at(value)}" cy="6" r="3.5"/></svg>'
    )
