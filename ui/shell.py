"""What stands around Gradio's chat: the head, the list of conversations, the panel of sources and the other views."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from ui.render import label, plain

_VIEWS = (("chat", "Chat"), ("library", "Library"), ("evaluate", "Evaluate"))


def shell(status: str, collections: Sequence[str] = (), chosen: str = "") -> str:
    """The markup; `status` is a line on what there is, `collections` those beside the first, `chosen` the one shown."""
    links = "".join(f'<a href="#{view}">{name}</a>' for view, name in _VIEWS)
    return (
        '<a class="pc-skip" href="#pc-box">To the question</a>'
        '<header id="pc-top"><button type="button" id="pc-side-open" aria-controls="pc-side" aria-expanded="false" '
        'aria-label="Conversations"></button><h1 class="pc-name">Pincite</h1>'
        f'<nav class="pc-views" aria-label="Views">{links}</nav>'
        f'{_picker(collections, chosen)}<span class="pc-status" dir="auto">{plain(status)}</span>'
        '<button type="button" id="pc-theme" aria-label="Light or dark"></button></header>'
        f"{_side(chosen)}{_PANEL}"
        '<main id="pc-library" class="pc-view" aria-label="Library" tabindex="-1" hidden></main>'
        '<main id="pc-evaluate" class="pc-view" aria-label="Evaluate" tabindex="-1" hidden></main>'
        '<p id="pc-said" role="status" aria-live="polite"></p>'
        '<div id="pc-hover" role="tooltip" hidden></div>'
    )


_PANEL = (
    '<aside id="pc-panel" aria-label="Source" hidden>'
    '<header class="pc-panel-top"><div><h2 id="pc-panel-title" tabindex="-1" dir="auto"></h2>'
    '<p id="pc-panel-where" dir="auto"></p></div>'
    '<button type="button" id="pc-panel-close" aria-label="Close the source"></button></header>'
    '<p id="pc-panel-flag" class="pc-flag" hidden></p>'
    '<div class="pc-panel-tools" role="toolbar" aria-label="Source">'
    '<button type="button" id="pc-panel-previous" aria-label="Previous citation" title="Previous citation ( [ )">'
    "</button>"
    '<span id="pc-panel-count" role="status"></span>'
    '<button type="button" id="pc-panel-next" aria-label="Next citation" title="Next citation ( ] )"></button>'
    '<button type="button" id="pc-panel-copy">Copy as quotation</button>'
    '<a id="pc-panel-link" target="_blank" rel="noopener">Open in a window</a></div>'
    '<div id="pc-correct" hidden><p>Select the words in the document that answer the question.</p>'
    '<button type="button" id="pc-correct-keep">Keep the selected words</button>'
    '<button type="button" id="pc-correct-drop">Cancel</button></div>'
    '<iframe id="pc-panel-frame" title="The document, its cited words marked"></iframe>'
    '<details id="pc-panel-found"><summary>All passages found</summary><div></div></details></aside>'
)


def _side(chosen: str) -> str:
    return (
        f'<nav id="pc-side" aria-label="Conversations"><a id="pc-new" href="{_address(chosen)}">New conversation</a>'
        '<div id="pc-talks"></div></nav>'
    )


def _address(collection: str) -> str:
    """That of a page about it, for an attribute."""
    return plain(f"/?{urlencode({'collection': collection}, errors='replace')}" if collection else "/")


def _picker(collections: Sequence[str], chosen: str) -> str:
    """Where there is more than one collection, what leads to the others."""
    if not collections:
        return ""
    shown = []
    for name in ("", *collections):
        here = ' aria-current="true"' if name == chosen else ""
        shown.append(f'<li><a href="{_address(name)}"{here} dir="auto">{plain(name or "Documents")}</a></li>')
    return (
        f'<details id="pc-picker"><summary aria-label="Collection: {label(chosen or "Documents")}">'
        f"<bdi>{plain(chosen or 'Documents')}</bdi></summary><ul>{''.join(shown)}</ul></details>"
    )
