"""The list of conversations, as a part of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from ui.render import label, plain


@dataclass(frozen=True, slots=True)
class Entry:
    """A conversation; `day` is that of its last turn."""

    id: str
    title: str
    day: date


def listed(entries: Sequence[Entry], today: date, collection: str = "") -> str:
    """The list, the newest first, under the days that people count in; what is done with one is under its menu."""
    if not entries:
        return '<p class="pc-none">What you ask is kept here.</p>'
    shown, above = [], ""
    for entry in entries:
        heading = _when((today - entry.day).days)
        if heading != above:
            shown.append(f"{'</ul>' if above else ''}<h2>{heading}</h2><ul>")
            above = heading
        shown.append(_entry(entry, collection))
    return "".join(shown) + "</ul>"


def _when(days: int) -> str:
    if days <= 0:
        return "Today"
    return "Yesterday" if days == 1 else "Last seven days" if days <= 7 else "Earlier"


def _entry(entry: Entry, collection: str) -> str:
    query = urlencode({"talk": entry.id} | ({"collection": collection} if collection else {}), errors="replace")
    only = f"?{urlencode({'collection': collection}, errors='replace')}" if collection else ""
    here = f"/talk/{entry.id}"
    name = label(entry.title)
    return (
        f'<li class="pc-talk" id="entry-{entry.id}"><a class="pc-talk-link" href="{plain(f"/?{query}")}" dir="auto">'
        f"{plain(entry.title)}</a>"
        f'<details class="pc-menu"><summary id="menu-{entry.id}" aria-label="What to do with: {name}"></summary><div>'
        f'<form method="post" action="{here}/title" data-into="#pc-talks"><label>Name'
        f'<input id="name-{entry.id}" name="title" value="{name}" maxlength="200" required></label>'
        "<button>Rename</button></form>"
        f'<a href="{plain(f"{here}.md{only}")}" download>Export as Markdown</a>'
        f'<a href="{plain(f"{here}.jsonl{only}")}" download>Export proofs (JSON)</a>'
        f'<button type="button" class="pc-share" value="{plain(f"/?{query}")}">Copy the link</button>'
        f'<form method="post" action="{here}/delete" data-into="#pc-talks"><button class="pc-delete">Delete</button>'
        "</form></div></details></li>"
    )
