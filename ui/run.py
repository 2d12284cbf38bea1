"""One run: its figures, what became of them since an earlier one, its questions, and its report in a frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ui.evaluation import Figure, address, counted, figures, whisker
from ui.render import label, plain

FAILED = "failed"
"""The filter of all questions that failed, whatever the cause; the empty one lets all questions through."""


@dataclass(frozen=True, slots=True)
class Other:
    """Another run that this one can be compared with."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """A figure in two runs; `interval` is the 95 % interval of the difference, after less before.

    `is_main` is one of those that stand large.
    """

    name: str
    meaning: str
    verdict: Literal["better", "worse", "cannot tell"]
    before: float
    after: float
    interval: tuple[float, float] | None
    wins: int
    losses: int
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run beside an earlier one, `before`; a `problem` says why they cannot be compared."""

    before: str
    changes: tuple[Change, ...] = ()
    differences: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    name: str
    meaning: str
    count: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in the list, by its place in the run."""

    at: int
    id: str
    question: str
    answer: str
    cause: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the questions: those from `begin` on, of `total` that the filters let through."""

    rows: tuple[Asked, ...]
    begin: int
    size: int
    total: int


@dataclass(frozen=True, slots=True)
class Run:
    """One run with all that its part shows."""

    id: str
    gold: str
    at: str
    facts: str
    figures: tuple[Figure, ...]
    others: tuple[Other, ...]
    causes: tuple[Cause, ...]
    questions: Page
    against: str = ""
    comparison: Comparison | None = None
    report: str = ""
    whole_report: str = ""


def run(shown: Run) -> str:
    return (
        f'<p class="pv-back"><a href="{address("/runs")}" data-into="#pv-part">All runs</a></p>'
        f'<header class="pv-title"><h3 dir="auto">{plain(shown.gold)}</h3>'
        f'<p class="pv-facts">{plain(shown.at)}, {plain(shown.facts)}</p></header>'
        f'<section class="pv-panel" aria-label="Main figures">{figures(shown.figures)}'
        '<p class="pv-note">Bars are 95 % intervals: where each figure can be expected to lie over all questions of '
        "this kind.</p></section>"
        f'<section aria-labelledby="pv-compare"><h3 id="pv-compare">Compared with an earlier run</h3>{_compared(shown)}'
        "</section>"
        f'<section aria-labelledby="pv-failures"><h3 id="pv-failures">What went wrong</h3>{_failures(shown)}</section>'
        f'<section aria-labelledby="pv-report"><div class="pv-run-head"><h3 id="pv-report">Report</h3>'
        f'<p><a href="{label(shown.whole_report)}" target="_blank" rel="noopener">Open it in a window</a></p></div>'
        f'<iframe class="pv-frame" src="{label(shown.report)}" title="Report of this run: plots, figures and all '
        'questions" loading="lazy"></iframe></section>'
    )


def _compared(shown: Run) -> str:
    if not shown.others:
        return (
            '<p class="pv-none">There is no other run yet. Change something, run the same questions again, and look '
            "here.</p>"
        )
    options = "".join(
        f'<option value="{label(other.id)}"{" selected" if other.id == shown.against else ""}>'
        f"{label(other.name)}</option>"
        for other in shown.others
    )
    return (
        f'<form class="pv-row" method="get" action="{address(f"/runs/{shown.id}/compared")}" data-into="#pv-compared">'
        f'<label class="pv-field">Compare with <select name="against" data-send><option value="">choose a run</option>'
        f'{options}</select></label></form><div id="pv-compared">{comparison(shown.comparison)}</div>'
    )


def comparison(shown: Comparison | None) -> str:
    """What two runs say of each other; nothing where none was chosen."""
    if shown is None:
        return ""
    if shown.problem:
        return f'<p class="pv-notice" role="status" dir="auto">{plain(shown.problem)}</p>'
    told = [each for each in shown.changes if each.is_main or each.verdict != "cannot tell"]
    others = [each for each in shown.changes if each not in told]
    parts = [
        f'<p class="pv-verdict" role="status">Since the run of {plain(shown.before)}, {_said(shown.changes)}.</p>',
        _changes(told, "Main figures, and those that changed"),
    ]
    if others:
        inside = _changes(others, "Other figures, of which these questions cannot tell")
        summary = f"{counted(len(others), 'other figure')} of which these questions cannot tell"
        parts.append(f"<details><summary>{summary}</summary>{inside}</details>")
    parts.append(_differences(shown.differences))
    return f'<div class="pv-panel">{"".join(parts)}</div>'


def _said(changes: Sequence[Change]) -> str:
    better, worse = (sum(each.verdict == verdict for each in changes) for verdict in ("better", "worse"))
    if not better and not worse:
        return "nothing is better or worse for certain"
    parts = [f"{counted(number, 'figure')} {verdict}" for number, verdict in ((worse, "worse"), (better, "better"))]
    return f"{' and '.join(part for part in parts if not part.startswith('0 '))} for certain"


def _differences(lines: Sequence[str]) -> str:
    if not lines:
        return '<p class="pv-note">Settings, documents, model and program were the same.</p>'
    shown = "".join(f'<li dir="auto">{plain(line)}</li>' for line in lines)
    return f"<details><summary>What else was different ({len(lines)})</summary><ul>{shown}</ul></details>"


def _changes(changes: Sequence[Change], name: str) -> str:
    rows = "".join(map(_change, changes))
    return (
        f'<div class="pv-scroll" tabindex="0" role="region" aria-label="{name}"><table class="pv-table"><thead><tr>'
        '<th scope="col">Figure</th><th scope="col">Verdict</th><th scope="col">Before</th><th scope="col">Now</th>'
        '<th scope="col">Difference, 95 % interval</th><th scope="col">Questions won, lost</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _change(change: Change) -> str:
    sign = {"better": "▲", "worse": "▼"}.get(change.verdict, "○")
    kind = {"better": "pv-good", "worse": "pv-poor"}.get(change.verdict, "pv-open")
    moved = change.after - change.before
    between = f"{change.interval[0]:+.2f} to {change.interval[1]:+.2f}" if change.interval else ""
    between = between or ("no interval" if moved else "the same")
    return (
        f'<tr><th scope="row" title="{label(change.name)}">{plain(change.meaning)}</th>'
        f'<td class="{kind}"><span aria-hidden="true">{sign}</span> {change.verdict}</td>'
        f"<td>{change.before:.2f}</td><td>{change.after:.2f}</td>"
        f'<td class="pv-moved"><span>{moved:+.2f}</span>{whisker(moved, change.interval, low=-1, high=1)}'
        f'<span class="pv-between">{between}</span></td><td>{change.wins:,}, {change.losses:,}</td></tr>'
    )


def _failures(shown: Run) -> str:
    if not shown.causes:
        return '<p class="pv-none">No question failed.</p>' + _questions(shown, "")
    most = max(cause.count for cause in shown.causes)
    rows = "".join(
        f'<li><span class="pv-cause-name">{plain(cause.name)}</span><span class="pv-cause-count">{cause.count:,}</span>'
        f'<meter min="0" max="{most}" value="{cause.count}" aria-hidden="true"></meter>'
        f'<span class="pv-note">{plain(cause.meaning)}</span></li>'
        for cause in shown.causes
    )
    return (
        '<p class="pv-note">Each failed question counts once, where the right answer was first lost.</p>'
        f'<ul class="pv-panel pv-causes">{rows}</ul>{_questions(shown, FAILED)}'
    )


def _questions(shown: Run, chosen: str) -> str:
    failed = sum(cause.count for cause in shown.causes)
    options = [("", "all questions"), *([(FAILED, f"all that failed ({failed:,})")] if failed else [])]
    options += [(cause.name, f"{cause.name} ({cause.count:,})") for cause in shown.causes]
    listed = "".join(
        f'<option value="{label(value)}"{" selected" if value == chosen else ""}>{label(name)}</option>'
        for value, name in options
    )
    action = address(f"/runs/{shown.id}/questions")
    return (
        f'<form class="pv-row" method="get" action="{action}" data-into="#pv-questions">'
        f'<label class="pv-field">Show <select name="cause" data-send>{listed}</select></label>'
        '<label class="pv-field pv-grow">Find <input type="search" name="find" data-send autocomplete="off" '
        'placeholder="words of a question or an answer"></label></form>'
        f'<div id="pv-questions">{questions(shown.id, shown.questions, chosen, "")}</div>'
    )


def questions(run_id: str, page: Page, cause: str, find: str) -> str:
    """A page of questions; each opens to what was found for it."""
    if not page.rows:
        return '<p class="pv-none" role="status">No question is like that.</p>'
    rows = "".join(_asked(run_id, row) for row in page.rows)
    last = page.begin + len(page.rows)
    ends = [
        f'<a href="{address(f"/runs/{run_id}/questions", cause=cause, find=find, begin=str(begin))}" '
        f'data-into="#pv-questions">{name}</a>'
        for name, begin, there in (
            ("Earlier", max(0, page.begin - page.size), page.begin > 0),
            ("Further", last, last < page.total),
        )
        if there
    ]
    said = f"{page.begin + 1:,} to {last:,} of {counted(page.total)}" if ends else counted(page.total)
    return (
        f'<p class="pv-facts" role="status">{said}</p><ol class="pv-panel pv-asked">{rows}</ol>'
        f'<p class="pv-pages">{"".join(ends)}</p>'
    )


def _asked(run_id: str, row: Asked) -> str:
    cause = f'<span class="pv-tag pv-poor">{plain(row.cause)}</span>' if row.cause else ""
    right = "" if row.cause else '<span class="pv-tag pv-good">right</span>'
    answer = f'<span class="pv-short" dir="auto">{plain(row.answer)}</span>' if row.answer else ""
    link = address(f"/runs/{run_id}/question", at=str(row.at))
    return (
        f'<li><details data-load="{link}" data-at="#pv-question-{row.at}"><summary>'
        f'<span class="pv-words" dir="auto">{plain(row.question)}</span> {answer}{cause}{right}</summary>'
        f'<div id="pv-question-{row.at}" class="pv-opened"><p class="pv-none">Loading…</p></div></details></li>'
    )
