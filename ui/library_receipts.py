"""The receipts of the library: what became of each file, and what is still under way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ui.render import label, plain

_STATES = {
    "waiting": "Waiting",
    "running": "Indexing",
    "added": "Indexed",
    "updated": "Updated",
    "unchanged": "Unchanged",
    "removed": "Removed",
    "done": "Done",
    "failed": "Failed",
    "stopped": "Stopped",
}
_GOING = ("waiting", "running")
_SCROLLED = ' tabindex="0" aria-label='
"""Of a list that can be longer than its place, which a keyboard scrolls."""


@dataclass(frozen=True, slots=True)
class Slip:
    """What became of one file, folder or document."""

    id: str
    name: str
    state: str
    told: str = ""
    passages: int = 0
    pages: int | None = None
    blank_pages: int = 0
    again: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """How far it is: `after` counts the changes that are shown, the next are asked for in `every` milliseconds, 0 for
    not at all. `version` is that of the list of documents, `done` and `total` are bytes of what runs.
    """

    after: int = 0
    every: int = 0
    version: str = ""
    done: int = 0
    total: int = 0


def receipts(slips: Sequence[Slip], every_state: Sequence[str], work: Work) -> str:
    """The slips, of which some may be left out that were shown before; `every_state` is that of each there is."""
    lists = "".join(
        f'<ol id="pl-{name}" class="pl-slips"{more}>{"".join(map(slip, chosen))}</ol>'
        for name, more, chosen in (
            ("failed", f'{_SCROLLED}"Files that failed"', [each for each in reversed(slips) if each.state == "failed"]),
            ("going", "", [each for each in slips if each.state in _GOING]),
        )
    )
    ended = "".join(slip(each) for each in reversed(slips) if each.state not in (*_GOING, "failed"))
    return (
        f'<div id="pl-state" data-after="{work.after}" data-every="{work.every}" data-version="{label(work.version)}" '
        f'data-going="{sum(state in _GOING for state in every_state)}" hidden></div>'
        f'<div class="pl-work-head" id="pl-work-head">{_summary(every_state, work)}</div>'
        '<div id="pl-left" class="pl-work-head" hidden><p></p>'
        '<button type="button" class="pl-quiet" data-cancel>Stop sending</button></div>'
        f'<ol id="pl-sending" class="pl-slips"></ol>{lists}'
        '<details id="pl-ended" open><summary>Receipts</summary>'
        f'<ol id="pl-done" class="pl-slips"{_SCROLLED}"Receipts of files">{ended}</ol></details>'
    )


def slip(shown: Slip) -> str:
    """One of them, as an entry of a list."""
    again = ""
    if shown.again:
        again = (
            f'<form method="post" action="/library/retry?slip={label(shown.id)}" data-into="#pl-work">'
            f'<button class="pl-quiet" id="pl-retry-{label(shown.id)}" aria-label="Try again: {label(shown.name)}">'
            "Try again</button></form>"
        )
    facts = f'<span class="pl-facts">{", ".join(_facts(shown))}</span>' if _facts(shown) else ""
    told = f'<span class="pl-told" dir="auto">{plain(shown.told)}</span>' if shown.told else ""
    return (
        f'<li class="pl-slip pl-is-{label(shown.state)}" id="pl-slip-{label(shown.id)}">'
        f'<span class="pl-state">{_STATES.get(shown.state, "")}</span> '
        f'<bdi class="pl-name">{plain(shown.name)}</bdi> {facts} {told}{again}</li>'
    )


def _facts(shown: Slip) -> list[str]:
    facts = [(shown.pages or 0, "page"), (shown.passages, "passage")]
    said = [_several(number, noun) for number, noun in facts if number]
    if shown.blank_pages:
        said.append(f"{_several(shown.blank_pages, 'page')} without text (scanned?)")
    return said


def _summary(states: Sequence[str], work: Work) -> str:
    counts = Counter(states)
    parts = [
        (counts["added"] + counts["updated"], "indexed"),
        (counts["unchanged"], "unchanged"),
        (counts["removed"], "removed"),
        (counts["failed"], "failed"),
        (counts["stopped"], "stopped"),
    ]
    ended = ", ".join(f"{number:,} {what}" for number, what in parts if number)
    going = counts["waiting"] + counts["running"]
    if not going:
        clear = _button("clear", "Clear") if states else ""
        return f'<p class="pl-work-said">{ended or ("Done" if states else "")}</p>{clear}'
    bar = f'<progress aria-label="Indexing" value="{work.done}" max="{work.total}"></progress>' if work.total else ""
    waiting = f"Working on {_several(counts['running'], 'file')}" if counts["running"] else "Waiting"
    more = f", {counts['waiting']:,} waiting" if counts["waiting"] and counts["running"] else ""
    rest = f" ({ended})" if ended else ""
    return f'<p class="pl-work-said">{waiting}{more}{rest}</p>{bar}{_button("stop", "Stop")}'


def _button(what: str, words: str) -> str:
    return (
        f'<form method="post" action="/library/{what}" data-into="#pl-work">'
        f'<button class="pl-quiet" id="pl-{what}" data-{what}>{words}</button></form>'
    )


def _several(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
