"""The library as the page shows it: what is in a collection, and how more comes into it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from qa.links import address
from ui.render import label, plain

COLUMNS = (
    ("title", "Title"),
    ("source", "Source"),
    ("kind", "Kind"),
    ("passages", "Passages"),
    ("date", "Date"),
    ("tags", "Tags"),
)

_KINDS = "PDF, Word, PowerPoint, EPUB, HTML, Markdown, text, CSV and JSON lines"


@dataclass(frozen=True, slots=True)
class Row:
    """A document of the list. `sources` are the names of its files, `places` the paths of those on this machine.

    `left` are the seconds in which its removal can be undone, None where it stays; `leaving`: it is being removed.
    """

    id: str
    title: str
    sources: Sequence[str]
    places: Sequence[str]
    kind: str
    passages: int
    date: str
    tags: Sequence[str]
    left: float | None = None
    leaving: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One page of the list, and what was asked for: `found` documents of `total` on `pages` pages, this is `number`."""

    rows: Sequence[Row]
    found: int
    total: int
    passages: int
    number: int = 1
    pages: int = 1
    search: str = ""
    sort: str = "title"
    descending: bool = False
    collection: str = ""
    version: str = ""

    def query(self, **other: object) -> str:
        """What leads to the same page of the same list, or to another."""
        order = "descending" if self.descending else "ascending"
        asked = {"search": self.search, "sort": self.sort, "order": order, "page": self.number} | other
        return urlencode(asked, errors="replace")

    @property
    def first(self) -> int:
        """The number of the first row, from 1 on."""
        return (self.number - 1) * 100 + 1


def view(table: str, work: str, watches: str, formats: Sequence[str], limit: int, collection: str = "") -> str:
    """All of it around the `table`, the receipts of what goes on (`work`), and the folders that are followed.

    `formats` are the suffixes that can be read, `limit` the most bytes of a file.
    """
    name = f'<bdi class="pl-collection">{plain(collection)}</bdi>' if collection else ""
    return (
        f'<div class="pl-view" id="pl-view" data-limit="{limit}" data-formats="{label(" ".join(formats))}">'
        f'<header class="pl-head"><h2>Library</h2>{name}</header>'
        f"{_drop(formats, limit)}{_more(watches)}"
        f'<section id="pl-work" class="pl-work" aria-label="Receipts" tabindex="-1">{work}</section>'
        '<form id="pl-find" class="pl-find" role="search" action="/library/list" data-into="#pl-list">'
        '<label class="pl-unseen" for="pl-search">Search the library</label>'
        '<input id="pl-search" type="search" name="search" placeholder="Search titles, sources and tags" '
        'autocomplete="off" maxlength="200" data-send></form>'
        f'<section id="pl-list" class="pl-list" aria-label="Documents" tabindex="-1">{table}</section>'
        '<div id="pl-over" class="pl-over" hidden><p>Drop to add to the library</p></div></div>'
    )


def table(shown: Table) -> str:
    """The list itself."""
    state = (
        f'<input type="hidden" form="pl-find" name="searched" value="{label(shown.search)}">'
        f'<input type="hidden" form="pl-find" name="sort" value="{shown.sort}">'
        f'<input type="hidden" form="pl-find" name="order" value="{"de" if shown.descending else "a"}scending">'
        f'<input type="hidden" form="pl-find" name="page" value="{shown.number}">'
        f'<span id="pl-version" data-version="{label(shown.version)}" hidden></span>'
    )
    if not shown.total:
        return f'{state}<p class="pl-empty">Nothing is in here yet.</p>'
    if not shown.found:
        return f'{state}{_counted(shown)}<p class="pl-none">No title, source or tag holds all of these words.</p>'
    rows = "".join(_row(row, shown) for row in shown.rows)
    heads = "".join(_head(column, name, shown) for column, name in COLUMNS)
    return (
        f'{state}{_counted(shown)}<table class="pl-table" role="table" aria-label="Documents"><thead role="rowgroup">'
        f'<tr role="row">{heads}<th role="columnheader" scope="col"><span class="pl-unseen">Actions</span></th></tr>'
        f'</thead><tbody role="rowgroup">{rows}</tbody></table>{_turning(shown)}'
    )


def _drop(formats: Sequence[str], limit: int) -> str:
    suffixes = label(", ".join(suffix.lstrip(".") for suffix in formats))
    return (
        '<section class="pl-drop" aria-label="Add files"><p class="pl-invite">Drop files or folders here</p>'
        '<p class="pl-buttons"><button type="button" class="pl-main" data-pick="pl-files">Choose files</button>'
        '<button type="button" data-pick="pl-folder-files">Choose a folder</button></p>'
        f'<p class="pl-small">They stay on this machine. <span title="{suffixes}">{_KINDS}</span>, '
        f"up to {limit // 1_000_000} MB each.</p>"
        '<input type="file" id="pl-files" aria-label="Files" multiple hidden>'
        '<input type="file" id="pl-folder-files" aria-label="Folder" webkitdirectory multiple hidden></section>'
    )


def _more(watches: str) -> str:
    return (
        '<div class="pl-more">'
        '<details name="pl-more"><summary>Paste text</summary>'
        f'<div id="pl-paste">{paste()}</div></details>'
        '<details name="pl-more"><summary>Folder of this machine</summary>'
        f'<div id="pl-folder">{folder(watches)}</div></details>'
        '<details name="pl-more"><summary>New collection</summary>'
        f'<div id="pl-making">{making()}</div></details></div>'
    )


def paste() -> str:
    """The form for a text that is pasted."""
    return (
        '<form class="pl-form" method="post" action="/library/text" data-into="#pl-paste">'
        '<label>Title<input name="title" required maxlength="200" autocomplete="off" id="pl-paste-title"></label>'
        '<label>Text<textarea name="text" required rows="7" id="pl-paste-text"></textarea></label>'
        '<div class="pl-row"><fieldset><legend class="pl-unseen">Kind of text</legend>'
        '<label class="pl-choice"><input type="radio" name="kind" value="txt" checked>Plain text</label>'
        '<label class="pl-choice"><input type="radio" name="kind" value="md">Markdown</label></fieldset>'
        '<button class="pl-main" id="pl-paste-send">Add</button></div></form>'
    )


def folder(watches: str) -> str:
    """The form for a folder of this machine, and the folders that are followed."""
    return (
        '<form class="pl-form" method="post" action="/library/folder" data-into="#pl-folder">'
        '<label>Path of a folder or file<input name="path" required autocomplete="off" spellcheck="false" '
        'placeholder="~/Documents/contracts" id="pl-folder-path"></label>'
        '<div class="pl-row"><label class="pl-choice"><input type="checkbox" name="watch" value="yes">'
        "Watch it: index what changes, while Pincite runs</label>"
        f'<button class="pl-main" id="pl-folder-send">Index</button></div></form>{watches}'
    )


def making() -> str:
    """The form for a new collection."""
    return (
        '<form class="pl-form" method="post" action="/library/collection" data-into="#pl-making">'
        '<label>Name<input name="name" required maxlength="60" autocomplete="off" id="pl-making-name"></label>'
        '<div class="pl-row"><p class="pl-small">A collection has documents, questions and answers of its own.</p>'
        '<button class="pl-main" id="pl-making-send">Make it</button></div></form>'
    )


def made(collection: str) -> str:
    """What leads to a collection that was made; the script of the page follows it."""
    link = plain(f"/?{urlencode({'collection': collection})}#library")
    return f'<p class="pl-small"><a class="pl-go" href="{link}">Open the collection {plain(collection)}</a></p>'


def watches(followed: Sequence[tuple[str, str, str]]) -> str:
    """The folders that are followed: the id, the path, and what is wrong with it."""
    rows = "".join(_followed(*each) for each in followed)
    polled = ' data-from="/library/watches" data-poll="3000"' if followed else ""
    shown = f'<h3>Watched</h3><ul class="pl-watched">{rows}</ul>' if rows else ""
    return f'<div id="pl-watches"{polled}>{shown}</div>'


def _followed(key: str, path: str, told: str) -> str:
    stop = _button(f"/library/unwatch?watch={key}", "#pl-folder", "Stop", f"Stop watching {path}", f"pl-unwatch-{key}")
    return f'<li><bdi class="pl-path">{plain(path)}</bdi>{stop}{_told(told)}</li>'


def _head(column: str, name: str, shown: Table) -> str:
    chosen = column == shown.sort
    descending = chosen and not shown.descending
    query = shown.query(sort=column, order="descending" if descending else "ascending", page=1)
    sorted_by = f' aria-sort="{"de" if shown.descending else "a"}scending"' if chosen else ""
    return (
        f'<th role="columnheader" scope="col" class="pl-{column}"{sorted_by}>'
        f'<a id="pl-by-{column}" href="{plain(f"/library/list?{query}")}" data-into="#pl-list">{name}</a></th>'
    )


def _counted(shown: Table) -> str:
    total = f"{_several(shown.total, 'document')}, {_several(shown.passages, 'passage')}"
    said = f"{shown.found:,} of {total}" if shown.search else total
    return f'<p class="pl-counted" role="status">{said}</p>'


def _row(row: Row, shown: Table) -> str:
    if row.left is not None or row.leaving:
        return _leaving(row, shown)
    link = plain(address(row.id, collection=shown.collection))
    tags = " ".join(f'<span class="pl-tag">{plain(tag)}</span>' for tag in row.tags)
    others = f' <span class="pl-others">and {len(row.sources) - 1} more</span>' if len(row.sources) > 1 else ""
    places = label("\n".join(row.places) or "Uploaded")
    cells = (
        ("title", f'<a href="{link}" target="_blank" rel="noopener"><bdi>{plain(row.title)}</bdi></a>'),
        ("source", f'<span title="{places}"><bdi>{plain(row.sources[0])}</bdi></span>{others}'),
        ("kind", plain(row.kind)),
        ("passages", f'{row.passages:,}<span class="pl-unit"> {"passage" if row.passages == 1 else "passages"}</span>'),
        ("date", f"<time>{plain(row.date)}</time>" if row.date else ""),
        ("tags", tags),
        ("actions", _actions(row, shown)),
    )
    shown_cells = "".join(f'<td role="cell" class="pl-{name}">{cell}</td>' for name, cell in cells)
    return f'<tr role="row" id="pl-row-{label(row.id)}">{shown_cells}</tr>'


def _actions(row: Row, shown: Table) -> str:
    about = shown.query(document=row.id)
    key = label(row.id)
    again = _button(f"/library/refresh?{about}", "#pl-list", "Re-index", f"Re-index {row.title}", f"pl-again-{key}")
    return again + _button(f"/library/remove?{about}", "#pl-list", "Remove", f"Remove {row.title}", f"pl-act-{key}")


def _leaving(row: Row, shown: Table) -> str:
    undo = ""
    if row.left is not None and not row.leaving:
        about, key = shown.query(document=row.id), label(row.id)
        words = f'Undo <span data-left="{row.left:.1f}" aria-hidden="true">{math.ceil(row.left)} s</span>'
        undo = _button(f"/library/undo?{about}", "#pl-list", words, f"Undo: keep {row.title}", f"pl-act-{key}")
    return (
        f'<tr role="row" class="pl-removed" id="pl-row-{label(row.id)}">'
        f'<td role="cell" colspan="{len(COLUMNS)}" class="pl-title">'
        f"<span>{'Being removed' if row.leaving else 'Removed'}</span> <bdi>{plain(row.title)}</bdi></td>"
        f'<td role="cell" class="pl-actions">{undo}</td></tr>'
    )


def _turning(shown: Table) -> str:
    if shown.pages == 1:
        return ""

    def turn(number: int, name: str, words: str) -> str:
        if not 1 <= number <= shown.pages:
            return f'<span class="pl-turn">{words}</span>'
        link = plain(f"/library/list?{shown.query(page=number)}")
        return f'<a class="pl-turn" id="pl-{name}" href="{link}" data-into="#pl-list">{words}</a>'

    last = shown.first + len(shown.rows) - 1
    return (
        f'<nav class="pl-turning" aria-label="Pages of the list">{turn(shown.number - 1, "before", "Previous")}'
        f"<span>{shown.first:,} to {last:,} of {shown.found:,}</span>{turn(shown.number + 1, 'next', 'Next')}</nav>"
    )


def _button(action: str, into: str, words: str, name: str, key: str) -> str:
    """A button that sends its form; `words` are markup, and `name` is what it is called where they are not enough."""
    return (
        f'<form method="post" action="{plain(action)}" data-into="{into}">'
        f'<button class="pl-quiet" id="{key}" aria-label="{label(name)}">{words}</button></form>'
    )


def _told(told: str) -> str:
    return f'<span class="pl-told" dir="auto">{plain(told)}</span>' if told else ""


def _several(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
