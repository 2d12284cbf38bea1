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


def listed(
    entries: Sequence[Entry],
    today: date,
    collection: str = "",
    *,
    whole: bool = False,
    more: bool = False,
    gone: str = "",
) -> str:
    """The list, the newest first, under the days that people count in; what is done with one is under its menu.

    `whole` says that all were asked for, `more` that there are older ones, and `gone` is the conversation on the page
    that is not kept any more: its script looks for both.
    """
    lost = f'<span id="pc-gone" data-talk="{label(gone)}" hidden></span>' if gone else ""
    if not entries:
        return f'{lost}<p class="pc-none">What you ask is kept here.</p>'
    shown, above = [lost], ""
    for entry in entries:
        heading = _when((today - entry.day).days)
        if heading != above:
            shown.append(f"{'</ul>' if above else ''}<h2>{heading}</h2><ul>")
            above = heading
        shown.append(_entry(entry, collection, whole=whole))
    older = '<p class="pc-none"><a id="pc-older" href="/talk?all=1" data-into="#pc-talks">Show older</a></p>'
    last = older if more else '<span id="pc-whole" hidden></span>' if whole else ""
    return f"{''.join(shown)}</ul>{last}"


def _when(days: int) -> str:
    if days <= 0:
        return "Today"
    return "Yesterday" if days == 1 else "Last seven days" if days <= 7 else "Earlier"


def _entry(entry: Entry, collection: str, *, whole: bool) -> str:
    query = urlencode({"talk": entry.id} | ({"collection": collection} if collection else {}), errors="replace")
    only = f"?{urlencode({'collection': collection}, errors='replace')}" if collection else ""
    here = f"/talk/{entry.id}"
    stays = "?all=1" if whole else ""
    name = label(entry.title)
    return (
        f'<li class="pc-talk" id="entry-{entry.id}"><a class="pc-talk-link" href="{plain(f"/?{query}")}" dir="auto">'
        f"{plain(entry.title)}</a>"
        f'<details class="pc-menu"><summary id="menu-{entry.id}" aria-label="What to do with: {name}"></summary><div>'
        f'<form method="post" action="{here}/title{stays}" data-into="#pc-talks"><label>Name'
        f'<input id="name-{entry.id}" name="title" value="{name}" maxlength="200" required></label>'
        "<button>Rename</button></form>"
        f'<a href="{plain(f"{here}.md{only}")}" download>Export as Markdown</a>'
        f'<a href="{plain(f"{here}.jsonl{only}")}" download>Export proofs (JSON)</a>'
        f'<button type="button" class="pc-share" value="{plain(f"/?{query}")}">Copy the link</button>'
        f'<form method="post" action="{here}/delete{stays}" data-into="#pc-talks">'
        '<button class="pc-delete" data-sure="Delete for good">Delete</button></form></div></details></li>'
    )
