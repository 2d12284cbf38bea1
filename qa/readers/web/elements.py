"""Which elements are open, and which of them a tag closes that does not say so, by the rules of the HTML standard.

Each rule asks for the last open element of a kind, and those are kept by kind: no tag walks the elements above it,
however deep they lie.
"""

from __future__ import annotations

from collections import defaultdict

HEADINGS = {f"h{level}": level for level in range(1, 7)}

FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
VOID = frozenset(
    """
    area base basefont bgsound br col command embed frame hr image img input keygen link meta param source track wbr
    """.split()
)
RAW = frozenset("iframe noembed noframes script style textarea title xmp".split())
"""Their content is no markup."""

INTEGRATING = frozenset("annotation-xml desc foreignobject mi mn mo ms mtext title".split())
"""Elements of `svg` and `math` in which HTML goes on."""

BREAKOUT = frozenset(
    """
    b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta nobr
    ol p pre ruby s small span strike strong sub sup table tt u ul var
    """.split()
)
"""A page goes on with these where an `svg` or `math` was not closed."""

_CLOSES_P = frozenset(
    """
    address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2
    h3 h4 h5 h6 header hgroup hr li listing main menu nav ol p plaintext pre search section summary table ul xmp
    """.split()
)
_CLOSED_IN_SCOPE = frozenset(
    """
    address applet article aside blockquote button center dd details dialog dir div dl dt fieldset figcaption figure
    footer form header hgroup listing main marquee menu nav object ol pre search section summary ul
    """.split()
)
_CLOSED_ALWAYS = frozenset("noscript select template".split())
TABLE_PARTS = frozenset("caption colgroup tbody td tfoot th thead tr".split())

_GROUPS = {
    "scope": "applet caption marquee object table td template th".split(),
    "list": ["ol", "ul"],
    "heading": list(HEADINGS),
    "cell": ["caption", "td", "th"],
    "section": ["tbody", "tfoot", "thead"],
    "part": "article aside main nav section".split(),
    "special": """
        address applet article aside blockquote button caption center colgroup dd details dir div dl dt fieldset
        figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup li listing main marquee menu nav noscript
        object ol p plaintext pre search section select summary table tbody td template tfoot th thead tr ul
        """.split(),
}
_GROUPS["item"] = [name for name in _GROUPS["special"] if name not in ("address", "div", "p")]


def _kinds() -> dict[str, tuple[str, ...]]:
    """Under which keys an element is kept: its name, and `#` with each group that it belongs to."""
    kinds: dict[str, tuple[str, ...]] = {}
    for group, names in _GROUPS.items():
        for name in names:
            kinds[name] = (*kinds.get(name, (name,)), f"#{group}")
    return kinds | {f":{name}": (f":{name}", "#scope", "#special") for name in INTEGRATING}


_KINDS = _kinds()


class OpenElements:
    """The open elements, outermost first. The names of those of `svg` and `math` begin with a colon."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._roots: list[int] = []
        self._places: defaultdict[str, list[int]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._names)

    def push(self, name: str) -> None:
        for kind in _KINDS.get(name, (name,)):
            self._places[kind].append(len(self._names))
        self._roots.append(self._roots[-1] if self.in_foreign else len(self._names))
        self._names.append(name)

    def pop(self) -> str:
        name = self._names.pop()
        self._roots.pop()
        for kind in _KINDS.get(name, (name,)):
            self._places[kind].pop()
        return name

    def last(self, *kinds: str) -> int:
        """The place of the last open element of these kinds, -1 where there is none."""
        found = -1
        for kind in kinds:
            places = self._places.get(kind)
            if places and places[-1] > found:
                found = places[-1]
        return found

    def name(self, place: int) -> str:
        return self._names[place] if 0 <= place < len(self._names) else ""

    @property
    def innermost(self) -> str:
        return self._names[-1] if self._names else ""

    @property
    def in_foreign(self) -> bool:
        """Whether the innermost element is one of `svg` or `math` that holds no HTML."""
        name = self.innermost
        return name.startswith(":") and name[1:] not in INTEGRATING

    @property
    def root(self) -> int:
        """The place of the `svg` or `math` that the innermost element belongs to, where there is no HTML between."""
        return self._roots[-1]


def kept_before(open_: OpenElements, name: str) -> int | None:
    """How many of the open elements stay open when the start tag of `name` comes; None where that tag means nothing."""
    if name in TABLE_PARTS:
        return _kept_before_part(open_, name)
    if name == "table" and open_.last("table") > open_.last("#cell", "template"):
        return open_.last("table")
    kept = len(open_)
    items = {"li": ("li",), "dd": ("dd", "dt"), "dt": ("dd", "dt")}.get(name)
    if items and open_.name(open_.last("#item")) in items:
        kept = open_.last("#item")
    if name in _CLOSES_P and open_.last("p") > open_.last("#scope", "button"):
        kept = min(kept, open_.last("p"))
    if name in HEADINGS and open_.name(kept - 1) in HEADINGS:
        kept -= 1
    if name == "button" and open_.last("button") > open_.last("#scope"):
        kept = min(kept, open_.last("button"))
    return kept


def kept_after(open_: OpenElements, name: str) -> int | None:
    """How many of the open elements stay open when the end tag of `name` comes; None where it closes none."""
    found = open_.last("#heading" if name in HEADINGS else name)
    if name in _CLOSED_ALWAYS:
        boundary = -1
    elif name in TABLE_PARTS:
        boundary = open_.last("table", "template")
    elif name == "table":
        boundary = open_.last("template")
    elif name == "p":
        boundary = open_.last("#scope", "button")
    elif name == "li":
        boundary = open_.last("#scope", "#list")
    elif name in HEADINGS or name in ("dd", "dt"):
        boundary = open_.last("#scope")
    elif name in _CLOSED_IN_SCOPE:
        boundary = open_.last("#scope") - 1  # some are boundaries themselves
    else:
        boundary = open_.last("#special")
    return found if found > max(boundary, -1) else None


def _kept_before_part(open_: OpenElements, name: str) -> int | None:
    table = open_.last("table")
    if table < open_.last("template") or table < 0:
        return None
    if name == "tr":
        return max(table, open_.last("#section")) + 1
    if name in ("td", "th"):
        return max(table, open_.last("#section"), open_.last("tr")) + 1
    return table + 1
