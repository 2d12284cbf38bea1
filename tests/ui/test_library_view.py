"""The markup of the library: every word is shown as it is, and nothing of it acts."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.readers import READERS
from ui import library
from ui.library import Row, Table
from ui.library_receipts import Slip, Work, receipts, slip

HERON = Row(
    "d-1", "Herons", ("birds/heron.md",), ("/home/ada/birds/heron.md",), "MD", 1, "2024-05-01", ("birds", "grey")
)


def words(markup: str) -> str:
    return " ".join(unescape(re.sub("<[^>]*>", " ", markup)).split())


def shown(*rows: Row, **fields: object) -> str:
    given = {"found": len(rows), "total": len(rows), "passages": sum(row.passages for row in rows)} | fields
    return library.table(Table(rows, **given))  # type: ignore[arg-type]


class Tags(HTMLParser):
    """The elements of markup with their attributes, and whether each was closed in its turn."""

    VOID = frozenset(["input"])

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(markup)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    @property
    def ids(self) -> list[str]:
        return [str(attributes["id"]) for _, attributes in self.found if "id" in attributes]


def test_a_row_says_what_is_known_of_a_document() -> None:
    markup = shown(HERON)
    assert "Herons birds/heron.md MD 1 passage 2024-05-01 birds grey Re-index Remove" in words(markup)
    assert "1 document, 1 passage" in words(markup)
    tags = Tags(markup)
    (link,) = [attributes for tag, attributes in tags.found if tag == "a" and attributes.get("target")]
    assert link["href"] == "/document/d-1"
    assert "/home/ada/birds/heron.md" in [attributes.get("title") for _, attributes in tags.found]
    assert {attributes["aria-label"] for tag, attributes in tags.found if tag == "button"} == {
        "Re-index Herons",
        "Remove Herons",
    }


def test_a_row_that_is_to_be_removed_can_only_be_kept() -> None:
    removed = Row("d-1", "Herons", ("a.md",), (), "MD", 1, "", (), left=12.3)
    markup = shown(removed)
    assert "Removed Herons Undo 13 s" in words(markup)
    assert "/library/undo?" in unescape(markup)
    assert "/library/remove" not in unescape(markup)
    leaving = shown(Row("d-1", "Herons", ("a.md",), (), "MD", 1, "", (), leaving=True))
    assert "Being removed Herons" in words(leaving)
    assert "<button" not in leaving


def test_what_leads_on_keeps_what_was_asked_for() -> None:
    markup = shown(HERON, found=201, total=300, number=2, pages=3, search="a&b", sort="date", descending=True)
    links = {a.get("id"): a["href"] for tag, a in Tags(markup).found if tag == "a" and "data-into" in a}
    assert links["pl-by-date"] == "/library/list?search=a%26b&sort=date&order=ascending&page=1"
    assert links["pl-by-kind"] == "/library/list?search=a%26b&sort=kind&order=ascending&page=1"
    assert links["pl-before"] == "/library/list?search=a%26b&sort=date&order=descending&page=1"
    assert links["pl-next"] == "/library/list?search=a%26b&sort=date&order=descending&page=3"
    fields = {a["name"]: a["value"] for tag, a in Tags(markup).found if tag == "input"}
    assert fields == {"searched": "a&b", "sort": "date", "order": "descending", "page": "2"}
    assert "101 to 101 of 201" in words(markup)
    (sorted_by,) = re.findall('class="pl-([a-z]+)" aria-sort="descending"', markup)
    assert sorted_by == "date"


def test_an_empty_list_and_one_without_a_match() -> None:
    assert "Nothing is in here yet." in words(shown())
    assert "<table" not in shown(total=3)
    assert "No title, source or tag holds all of these words." in words(shown(total=3, search="x"))


def test_the_formats_that_are_named_can_be_read_and_are_all() -> None:
    known = {"PDF": "pdf", "Word": "docx", "PowerPoint": "pptx", "EPUB": "epub", "HTML": "html", "Markdown": "md"}
    known |= {"text": "txt", "CSV": "csv", "JSON lines": "jsonl"}
    page = words(library.view("", "", "", sorted(READERS), 200_000_000))
    (named,) = re.findall(r"this machine\. (.*?) , up to 200 MB", page)
    kinds = re.split(", | and ", named)
    assert {f".{known[kind]}" for kind in kinds} <= READERS.keys()
    aliases = {".docm", ".htm", ".markdown", ".ndjson", ".pptm", ".tsv", ".xht", ".xhtml"}
    assert READERS.keys() - {f".{known[kind]}" for kind in kinds} == aliases


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (Slip("1", "a.pdf", "added", passages=14, pages=3), "Indexed a.pdf 3 pages, 14 passages"),
        (Slip("1", "a.pdf", "added", passages=1, pages=2, blank_pages=1), "1 page without text (scanned?)"),
        (
            Slip("1", "a.md", "updated", told="now the same content as b.md"),
            "Updated a.md now the same content as b.md",
        ),
        (Slip("1", "a.md", "unchanged"), "Unchanged a.md"),
        (Slip("1", "a.xyz", "failed", told="it is broken."), "Failed a.xyz it is broken."),
        (Slip("1", "a.md", "failed", told="locked.", again=True), "Failed a.md locked. Try again"),
        (Slip("1", "a.md", "waiting"), "Waiting a.md"),
        (Slip("1", "a.md", "running"), "Indexing a.md"),
        (Slip("1", "a.md", "removed"), "Removed a.md"),
        (Slip("1", "a.md", "stopped"), "Stopped a.md"),
        (Slip("1", "docs", "done", told="2 indexed"), "Done docs 2 indexed"),
    ],
)
def test_a_slip_says_what_became_of_a_file(made: Slip, said: str) -> None:
    assert said in words(slip(made))


def test_receipts_stand_apart_by_how_they_ended() -> None:
    slips = [
        Slip("1", "first", "added"),
        Slip("2", "second", "failed"),
        Slip("3", "third", "waiting"),
        Slip("4", "fourth", "unchanged"),
    ]
    markup = receipts(slips, ["added", "failed", "waiting", "unchanged", "running"], Work(9, 700, "v", 5, 10))
    lists = {
        name: re.findall("pl-slip-([0-9])", part)
        for name, part in re.findall(r'<ol id="pl-([a-z]+)"(.*?)</ol>', markup)
    }
    assert lists == {"sending": [], "failed": ["2"], "going": ["3"], "done": ["4", "1"]}  # the last first
    assert "Working on 1 file, 1 waiting (1 indexed, 1 unchanged, 1 failed)" in words(markup)
    assert '<progress aria-label="Indexing" value="5" max="10">' in markup
    assert 'data-after="9" data-every="700"' in markup
    ended = words(receipts([], ["added", "removed", "stopped"], Work()))
    assert "1 indexed, 1 removed, 1 stopped Clear" in ended
    assert "Clear" not in words(receipts([], [], Work()))


def test_a_folder_that_is_followed() -> None:
    markup = library.watches([("k-1", "/home/ada/<docs>", "it is gone.")])
    assert "Watched /home/ada/<docs> Stop it is gone." in words(markup)
    assert 'data-from="/library/watches" data-poll="3000"' in markup
    assert "data-poll" not in library.watches([])


def view_of(text: str) -> str:
    row = Row("d-1", text, (text, text), (text,), text, 1, text, (text,))
    removed = Row("d-2", text, (text,), (), text, 1, text, (), left=3.0)
    table = shown(row, removed, search=text, collection=text, version=text)
    work = receipts([Slip("1", text, "failed", text, again=True), Slip("2", text, "added", text)], [], Work())
    return library.view(table, work, library.watches([("k", text, text)]), [".md"], 1, text) + library.made(text or "x")


def outline(markup: str) -> list[tuple[str, frozenset[str]]]:
    """Which elements there are, with the names of their attributes; those that show hidden letters are left out."""
    found = Tags(markup).found
    return [(tag, frozenset(names)) for tag, names in found if names.get("class") != "pc-unseen"]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_no_text_becomes_markup(text: str) -> None:
    assert outline(view_of(text)) == outline(view_of("x"))


@pytest.mark.parametrize(
    "text", ['"><script>run()</script>', "' onclick=run() '", "</td></tr></table><h1>", "&lt;b&gt;", "`{{7*7}}`"]
)
def test_hostile_text_is_shown_as_it_is(text: str) -> None:
    markup = view_of(text)
    assert outline(markup) == outline(view_of("x"))
    assert words(markup).count(text) >= 8


@pytest.mark.parametrize("part", [library.paste, library.making, lambda: library.folder(library.watches([]))])
def test_every_field_has_a_label_and_every_form_a_place(part: Callable[[], str]) -> None:
    tags = Tags(part())
    for tag, attributes in tags.found:
        if tag == "form":
            assert str(attributes["data-into"]).startswith("#pl-")
            assert str(attributes["action"]).startswith("/library/")
    fields = [tag for tag, attributes in tags.found if tag in ("input", "textarea")]
    assert len(fields) == len([tag for tag, _ in tags.found if tag == "label"])


def test_no_id_is_there_twice_and_nothing_acts_by_itself() -> None:
    markup = view_of("x")
    tags = Tags(markup)
    assert len(tags.ids) == len(set(tags.ids))
    for _, attributes in tags.found:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
