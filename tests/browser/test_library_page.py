"""The library in a real browser: each thing that it promises, by mouse or keyboard."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from qa import collections as folders
from qa import server
from qa.gate import Gate
from qa.library import Library
from qa.lock import writer_lock
from qa.sources import Upload
from qa.web import library as routes
from qa.web.collections import Collection, Collections
from qa.web.front import FrontPage
from qa.web.workrooms import Workroom, Workrooms

pytestmark = pytest.mark.browser
Page = Any

ASSETS = Path(__file__).parents[2] / "ui" / "assets"
HEAD = '<title>Pincite</title><link rel="icon" href="data:,">' + "".join(
    f'<link rel="stylesheet" href="/pincite/{name}.css">' for name in ("page", "shell", "library")
)
SCRIPTS = "".join(f'<script defer src="/pincite/{name}.js"></script>' for name in ("theme", "views", "library"))
FRAME = '<!doctype html><html lang="en"><head></head><body><gradio-app></gradio-app></body></html>'


class Site:
    """The page without its chat, over a store in a folder, that runs meanwhile."""

    def __init__(self, store: Path, encoder: Any) -> None:
        from fastapi import FastAPI
        from fastapi.staticfiles import StaticFiles
        from starlette.responses import HTMLResponse, Response

        from ui.shell import shell

        def opened(name: str) -> Collection:
            folder = folders.folder(store, name) if name else store
            assistant: Any = SimpleNamespace(library=Library.open(folder, encoder=encoder))
            documents: Any = SimpleNamespace(close=lambda: None)
            return Collection(name, folder, assistant, documents)

        self.store = store
        self.collections = Collections(opened, lambda: folders.names(store), lambda name: folders.make(store, name))
        self.rooms = Workrooms()
        site = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

        @site.get("/", response_class=Response)
        def front() -> Response:
            return HTMLResponse(FRAME)

        @site.get("/status", response_class=Response)
        def status(collection: str = "") -> Response:
            return HTMLResponse(f"{len(self.sources(collection))} here")

        site.mount("/pincite", StaticFiles(directory=ASSETS))
        routes.add_to(site, self.collections, self.rooms)
        around = lambda name: shell("", self.collections.names, name)  # noqa: E731
        app = Gate(FrontPage(site, head=HEAD + SCRIPTS, body=around), routes=(*server.ROUTES, *routes.ROUTES))
        self._listener = server.listen()
        self.address = server.address(self._listener)
        self._server = server.server(app)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]})
        self._thread.start()
        until(lambda: self._server.started)

    def room(self, name: str = "") -> Workroom:
        return self.rooms.of(self.collections.get(name))

    def add(self, **texts: str) -> None:
        uploads = [Upload(f"{name}.md", text.encode()) for name, text in texts.items()]
        self.room().library.add([], uploads=uploads)

    def sources(self, name: str = "") -> list[str]:
        return [row.name for row in self.room(name).library.sources()]

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self.rooms.close()
        self.collections.close()


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def site(tmp_path: Path, encoder: Any) -> Iterator[Site]:
    site = Site(tmp_path / "store", encoder)
    yield site
    site.close()


@pytest.fixture
def open_library(window: Any, site: Site) -> Iterator[Callable[..., Page]]:
    """Opens the library; at the end no request may have left it, no script of a document run, nothing gone wrong."""
    pages: list[Page] = []
    requests: list[str] = []
    complaints: list[str] = []

    def opened(query: str = "", width: int = 1024, height: int = 800) -> Page:
        page = window.new_page()
        pages.append(page)
        page.set_default_timeout(10_000)
        page.set_viewport_size({"width": width, "height": height})
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{site.address}/{query}#library")
        page.locator("#pl-view").wait_for()
        return page

    yield opened
    ran = [page.evaluate("window.ran") for page in pages]
    for page in pages:
        page.close()
    assert [url for url in requests if not url.startswith((f"{site.address}/", "data:"))] == []
    # A sentence that is shown instead of what was asked for is an answer with a status of its own.
    assert [said for said in complaints if "status of 400" not in said] == []
    assert set(ran) <= {None}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    (folder / "deep").mkdir(parents=True)
    (folder / "heron.md").write_text("# Herons\n\nHerons stand in shallow water.\n")
    (folder / "deep" / "fox.txt").write_text("Foxes dig dens.\n")
    (folder / "picture.jpg").write_bytes(b"\xff\xd8")
    (folder / ".hidden.txt").write_text("hidden")
    return folder


def slip(page: Page, name: str, state: str) -> Any:
    """The receipt of a file, once it says that."""
    found = page.locator(f".pl-is-{state}", has=page.locator(".pl-name", has_text=re.compile(f"^{re.escape(name)}$")))
    found.first.wait_for()
    return found.first


def titles(page: Page) -> list[str]:
    return page.locator("td.pl-title a").all_inner_texts()


def wait_for_titles(page: Page, *wanted: str) -> None:
    until(lambda: titles(page) == list(wanted))


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id")


def test_files_are_chosen_and_have_their_receipts(open_library: Callable[..., Page], files: Path) -> None:
    page = open_library()
    assert page.locator(".pl-empty").inner_text() == "Nothing is in here yet."
    assert page.locator("#pl-find").is_hidden()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files([files / "heron.md", files / "deep" / "fox.txt", files / "picture.jpg"])
    assert "1 passage" in slip(page, "heron.md", "added").inner_text()
    slip(page, "fox.txt", "added")
    assert ".jpg is not a format that can be read" in slip(page, "picture.jpg", "failed").inner_text()
    wait_for_titles(page, "fox", "Herons")
    page.locator(".pc-status", has_text="2 here").wait_for()
    assert page.locator(".pl-work-said").inner_text() == "2 indexed, 1 failed"
    until(lambda: page.locator("#pc-said").inner_text() == "2 indexed, 1 failed")
    page.get_by_role("button", name="Clear").click()
    page.locator("#pl-work").wait_for(state="hidden")


def test_a_folder_is_chosen_with_what_can_be_read(open_library: Callable[..., Page], files: Path, site: Site) -> None:
    page = open_library()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a folder").click()
    chooser.value.set_files(files)
    slip(page, "docs/deep/fox.txt", "added")
    slip(page, "docs/heron.md", "added")
    left = page.locator(".pl-slip", has_text="Left alone").inner_text()
    assert "2 files" in left
    assert ".jpg 1" in left
    assert "hidden 1" in left
    assert site.sources() == ["docs/deep/fox.txt", "docs/heron.md"]


DROP = """(make) => {
  const event = new Event("drop", { bubbles: true, cancelable: true });
  const over = new Event("dragover", { bubbles: true, cancelable: true });
  const file = (name, text) => new File([text], name);
  const entryOf = (it, path) => it instanceof File
    ? { isFile: true, isDirectory: false, name: it.name, fullPath: path + it.name, file: (done) => done(it) }
    : { isFile: false, isDirectory: true, name: it.name, fullPath: path + it.name, createReader: () => {
        // As browsers do: some at a time, and none at the end.
        const left = it.files.map((other) => entryOf(other, `${path}${it.name}/`));
        return { readEntries: (done) => done(left.splice(0, 2)) };
      } };
  const some = make === "files"
    ? [file("one.txt", "The first words."), file("two.txt", "The second words.")]
    : [{ name: "box", files: [file("a.txt", "Words of a."), file("b.txt", "Words of b."), file("c.txt", "Words of c."),
        file("d.exe", "x"), { name: "deep", files: [file("e.md", "# Words of e")] }] }];
  const transfer = {
    types: ["Files"],
    items: some.map((it) => ({ kind: "file", webkitGetAsEntry: () => entryOf(it, "/") })),
    files: some.filter((it) => it instanceof File),
  };
  for (const each of [over, event]) Object.defineProperty(each, "dataTransfer", { value: transfer });
  const place = document.getElementById("pl-list");
  place.dispatchEvent(over);
  const shown = !document.getElementById("pl-over").hidden;
  place.dispatchEvent(event);
  return [shown, document.getElementById("pl-over").hidden, over.defaultPrevented, event.defaultPrevented];
}"""


def test_files_and_folders_are_dropped_anywhere_in_the_view(open_library: Callable[..., Page], site: Site) -> None:
    page = open_library()
    assert page.evaluate(DROP, "files") == [True, True, True, True]
    slip(page, "one.txt", "added")
    slip(page, "two.txt", "added")
    page.evaluate(DROP, "folder")
    for name in ("box/a.txt", "box/b.txt", "box/c.txt", "box/deep/e.md"):
        slip(page, name, "added")
    assert page.locator(".pl-slip", has_text="Left alone").count() == 1
    page.evaluate("location.hash = 'chat'")
    page.locator("#pl-view").wait_for(state="hidden")
    assert page.evaluate(DROP, "files")[2:] == [False, False]  # the other views are left as they are
    assert len(site.sources()) == 6


def test_many_files_are_sent_two_at_a_time(open_library: Callable[..., Page], site: Site) -> None:
    page = open_library()
    page.evaluate(
        """() => {
          window.most = 0; const sent = [];
          const send = XMLHttpRequest.prototype.send;
          XMLHttpRequest.prototype.send = function (...body) {
            sent.push(this);
            window.most = Math.max(window.most, sent.filter((request) => request.readyState < 4).length);
            return send.apply(this, body);
          };
        }"""
    )
    page.locator("#pl-files").set_input_files(
        [
            {"name": f"{number}.txt", "mimeType": "text/plain", "buffer": f"Words {number}.".encode()}
            for number in range(60)
        ]
    )
    until(lambda: page.locator("#pl-done > li").count() == 60)
    assert page.evaluate("window.most") == 2
    assert len(site.sources()) == 60
    until(lambda: page.locator(".pl-counted").inner_text() == "60 documents, 60 passages")


def test_a_file_that_is_too_large_is_not_sent(open_library: Callable[..., Page]) -> None:
    page = open_library()
    page.evaluate("document.getElementById('pl-view').dataset.limit = 2000000")
    large = {"name": "large.txt", "mimeType": "text/plain", "buffer": b"x" * 2_000_001}
    page.locator("#pl-files").set_input_files([large])
    told = slip(page, "large.txt", "failed").inner_text()
    assert "It is larger than 2 MB" in told
    assert "Try again" not in told


def test_another_writer_is_told_of_and_trying_again_works(
    open_library: Callable[..., Page], site: Site, files: Path
) -> None:
    page = open_library()
    with writer_lock(site.store / "LOCK"):
        page.locator("#pl-files").set_input_files(files / "heron.md")
        assert "is writing to" in slip(page, "heron.md", "failed").inner_text()
    page.get_by_role("button", name="Try again: heron.md").click()
    slip(page, "heron.md", "added")
    wait_for_titles(page, "Herons")


def test_text_is_pasted(open_library: Callable[..., Page], site: Site) -> None:
    page = open_library()
    page.get_by_text("Paste text").click()
    page.get_by_label("Title").fill("Minutes of May")
    page.get_by_label("Text", exact=True).fill("# May\n\nThe board met on 4 May.")
    page.get_by_label("Markdown").check()
    page.get_by_role("button", name="Add", exact=True).click()
    slip(page, "Minutes of May.md", "added")
    wait_for_titles(page, "May")
    assert page.get_by_label("Title").input_value() == ""
    assert site.sources() == ["Minutes of May.md"]


def test_a_folder_of_this_machine_is_indexed_and_watched(
    open_library: Callable[..., Page], site: Site, files: Path
) -> None:
    page = open_library()
    page.get_by_text("Folder of this machine").click()
    path = page.get_by_label("Path of a folder or file")
    path.fill(str(files / "gone"))
    page.get_by_role("button", name="Index", exact=True).click()
    until(lambda: "There is no file or folder" in page.locator("#pc-said").inner_text())
    assert path.input_value() == str(files / "gone")  # to put it right
    path.fill(str(files))
    page.get_by_label("Watch it").check()
    page.keyboard.press("Enter")
    slip(page, str(files), "done")
    wait_for_titles(page, "fox", "Herons")
    assert page.locator(".pl-path").inner_text() == str(files)
    (files / "owl.txt").write_text("Owls hunt at night.")
    slip(page, "owl.txt", "added")
    wait_for_titles(page, "fox", "Herons", "owl")
    page.get_by_role("button", name=f"Stop watching {files}").click()
    page.locator(".pl-path").wait_for(state="detached")


def test_the_list_is_searched_as_one_types_and_sorted(open_library: Callable[..., Page], site: Site) -> None:
    site.add(bees="---\ntags: [insects]\n---\n# Bees\n\nx", ants="---\ntags: [insects]\n---\n# Ants\n\nx", owl="# Owl")
    page = open_library()
    assert titles(page) == ["Ants", "Bees", "Owl"]
    page.get_by_role("link", name="Title").click()
    wait_for_titles(page, "Owl", "Bees", "Ants")
    assert page.locator("th.pl-title").get_attribute("aria-sort") == "descending"
    assert focused(page) == "pl-by-title"
    page.get_by_label("Search the library").press_sequentially("insects", delay=20)
    wait_for_titles(page, "Bees", "Ants")  # and the order is kept
    assert focused(page) == "pl-search"
    assert "2 of 3 documents" in page.locator(".pl-counted").inner_text()
    page.get_by_label("Search the library").fill("nothing")
    page.locator(".pl-none").wait_for()


def test_a_hundred_are_on_a_page(open_library: Callable[..., Page], site: Site) -> None:
    site.add(**{f"n{number:03}": f"Words {number}." for number in range(150)})
    page = open_library()
    assert len(titles(page)) == 100
    page.get_by_role("link", name="Next").click()
    until(lambda: len(titles(page)) == 50)
    assert "101 to 150 of 150" in page.locator(".pl-turning").inner_text()
    page.get_by_label("Search the library").fill("n00")
    until(lambda: len(titles(page)) == 10)


def test_removing_can_be_undone_by_keyboard(open_library: Callable[..., Page], site: Site) -> None:
    site.add(bees="# Bees", owl="# Owl")
    page = open_library()
    page.get_by_role("button", name="Remove Bees").focus()
    page.keyboard.press("Enter")
    undo = page.get_by_role("button", name="Undo: keep Bees")
    undo.wait_for()
    assert undo.inner_text().startswith("Undo 30")
    assert titles(page) == ["Owl"]
    until(lambda: "can be undone" in page.locator("#pc-said").inner_text())
    page.keyboard.press("Enter")  # the focus is where the button was
    wait_for_titles(page, "Bees", "Owl")
    assert site.sources() == ["bees.md", "owl.md"]


def test_what_is_removed_is_acknowledged(open_library: Callable[..., Page], site: Site) -> None:
    site.add(bees="# Bees", owl="# Owl")
    now = [0.0]
    site.room().removals._clock = lambda: now[0]
    page = open_library()
    page.get_by_role("button", name="Remove Bees").click()
    page.get_by_role("button", name="Undo: keep Bees").wait_for()
    assert site.sources() == ["bees.md", "owl.md"]
    now[0] = 30.0
    slip(page, "Bees", "removed")
    page.locator(".pl-removed").wait_for(state="detached")
    assert site.sources() == ["owl.md"]


def test_a_document_is_indexed_again(open_library: Callable[..., Page], site: Site, files: Path) -> None:
    site.room().library.add([files])
    page = open_library()
    (files / "heron.md").write_text("# Grey herons\n\nThey fly.\n")
    page.get_by_role("button", name="Re-index Herons").click()
    slip(page, "Herons", "updated")
    wait_for_titles(page, "fox", "Grey herons")


def test_a_document_opens_in_a_window_of_its_own(open_library: Callable[..., Page], site: Site) -> None:
    folders.make(site.store, "birds")
    site.room("birds").library.add([], uploads=[Upload("heron.md", b"# Herons\n\nThey fly.")])
    page = open_library("?collection=birds")
    link = page.get_by_role("link", name="Herons")
    (row,) = site.room("birds").library.sources()
    assert link.get_attribute("href") == f"/document/{row.document_id}?collection=birds"
    assert link.get_attribute("target") == "_blank"


def test_a_new_collection_is_opened_and_kept_apart(open_library: Callable[..., Page], site: Site, files: Path) -> None:
    site.add(bees="# Bees")
    page = open_library()
    page.get_by_text("New collection").click()
    page.get_by_label("Name").fill("Birds of prey")
    page.get_by_role("button", name="Make it").click()
    page.wait_for_url(re.compile(r"\?collection=Birds(\+|%20)of(\+|%20)prey#library$"))
    page.locator(".pl-empty").wait_for()
    page.locator("#pl-files").set_input_files(files / "heron.md")
    wait_for_titles(page, "Herons")
    assert (site.sources(), site.sources("Birds of prey")) == (["bees.md"], ["heron.md"])


def test_what_somebody_does_is_not_disturbed_by_what_goes_on(open_library: Callable[..., Page], site: Site) -> None:
    site.add(bees="# Bees", owl="# Owl")
    page = open_library()
    page.get_by_role("button", name="Remove Owl").focus()
    page.evaluate("document.querySelector('#pl-row-x, tr[id]').dataset.marked = 'yes'")
    page.locator("#pl-files").set_input_files([{"name": "ant.txt", "mimeType": "text/plain", "buffer": b"Ants dig."}])
    wait_for_titles(page, "ant", "Bees", "Owl")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Remove Owl"


HOSTILE = "<img src=x onerror=window.ran=1>"


def test_names_titles_and_tags_are_text(open_library: Callable[..., Page], site: Site) -> None:
    text = f"---\ntitle: '{HOSTILE}'\ntags: ['{HOSTILE}']\n---\n# x\n\nWords."
    site.room().library.add([], uploads=[Upload(f"{HOSTILE}.md", text.encode())])
    page = open_library()
    hostile = {"name": f"{HOSTILE}.exe", "mimeType": "text/plain", "buffer": b"x"}
    page.locator("#pl-files").set_input_files([hostile])
    slip(page, f"{HOSTILE}.exe", "failed")
    page.get_by_label("Search the library").fill(HOSTILE)
    wait_for_titles(page, HOSTILE)
    assert page.locator("#pl-view img").count() == 0
    assert page.locator(".pl-tag").inner_text() == HOSTILE


@pytest.mark.parametrize("width", [390, 860, 1440])
def test_nothing_sticks_out(open_library: Callable[..., Page], site: Site, width: int) -> None:
    long = "averylongwordwithoutanyspacesinit" * 4
    site.room().library.add([], uploads=[Upload(f"{long}/{long}.md", f"# {long}\n\nWords.".encode())])
    page = open_library(width=width)
    for summary in ("Paste text", "Folder of this machine", "New collection"):
        page.get_by_text(summary).click()
        assert page.evaluate("document.getElementById('pc-library').scrollWidth") <= width
    page.get_by_role("button", name=re.compile("Remove")).click()
    page.locator(".pl-removed").wait_for()
    assert page.evaluate("document.getElementById('pc-library').scrollWidth") <= width


def test_everything_is_reached_by_keyboard(open_library: Callable[..., Page], site: Site) -> None:
    site.add(bees="# Bees")
    page = open_library()
    page.locator("#pc-library").focus()
    names: list[str] = []
    while len(names) < 30:
        page.keyboard.press("Tab")
        at = "(e => e.getAttribute('aria-label') || e.innerText || e.placeholder || e.tagName)(document.activeElement)"
        names.append(page.evaluate(at).strip())
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        if names[-1] == "Remove Bees":
            break
    assert names == [
        "Choose files",
        "Choose a folder",
        "Paste text",
        "Folder of this machine",
        "New collection",
        "Search titles, sources and tags",
        *("Title", "Source", "Kind", "Passages", "Date", "Tags"),
        "Bees",
        "Re-index Bees",
        "Remove Bees",
    ]
