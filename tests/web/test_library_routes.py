"""The addresses of the library behind the gate: what goes in, what comes out, and what is said of it."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlencode

import pytest
from fastapi import FastAPI

from qa import collections as folders
from qa.gate import Gate
from qa.library import Library
from qa.lock import writer_lock
from qa.sources import Upload
from qa.web import library as routes
from qa.web.collections import Collection, Collections
from qa.web.library import ingestion, removals
from qa.web.workrooms import Workroom, Workrooms

SECONDS = 20
"""How long something may take that usually takes some hundredths of a second."""


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The words that are shown, without the markup."""
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", self.markup)).split())

    @property
    def markup(self) -> str:
        return self.body.decode()

    @property
    def said(self) -> str:
        return unquote(self.headers.get("x-pincite-said", ""))


class Page:
    """What asks, over a store in a folder."""

    def __init__(self, store: Path, encoder: Any) -> None:
        def opened(name: str) -> Collection:
            folder = folders.folder(store, name) if name else store
            library: Any = SimpleNamespace(library=Library.open(folder, encoder=encoder))
            documents: Any = SimpleNamespace(close=lambda: None)
            return Collection(name, folder, library, documents)

        self.store = store
        self.collections = Collections(opened, lambda: folders.names(store), lambda name: folders.make(store, name))
        self.rooms = Workrooms()
        self.site = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        routes.add_to(self.site, self.collections, self.rooms)

    def close(self) -> None:
        self.rooms.close()
        self.collections.close()

    def room(self, name: str = "") -> Workroom:
        return self.rooms.of(self.collections.get(name))

    def get(self, path: str, **fields: object) -> Reply:
        return self._ask("GET", path, fields, b"")

    def post(self, path: str, form: dict[str, str] | None = None, body: bytes = b"", **fields: object) -> Reply:
        return self._ask("POST", path, fields, urlencode(form).encode() if form else body)

    def _ask(self, method: str, path: str, fields: dict[str, object], body: bytes) -> Reply:
        sent: list[Any] = []
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": urlencode(fields).encode(),
            "headers": [(b"host", b"127.0.0.1:7860")],
            "root_path": "",
            "scheme": "http",
            "server": ("127.0.0.1", 7860),
            "client": ("127.0.0.1", 1),
            "http_version": "1.1",
        }
        parts = [body[begin : begin + 65_536] for begin in range(0, len(body), 65_536)] or [b""]

        async def receive() -> dict[str, Any]:
            if not parts:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(Gate(self.site, routes=routes.ROUTES)(scope, receive, send))
        named = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Reply(sent[0]["status"], named, b"".join(message.get("body", b"") for message in sent[1:]))

    def upload(self, name: str, data: bytes, **fields: object) -> Reply:
        return self.post("/library/upload", None, data, name=name, **fields)

    def settled(self, name: str = "") -> dict[str, str]:
        """The state of each slip by its name, when nothing is under way any more."""
        until(lambda: all(slip.ended for slip in self.room(name).ingestion.slips()))
        return {slip.name: slip.state for slip in self.room(name).ingestion.slips()}

    def ids(self, name: str = "") -> dict[str, str]:
        """The id of each document by the name of its source."""
        return {row.name: row.document_id for row in self.room(name).library.sources()}


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.fixture
def page(tmp_path: Path, encoder: Any) -> Iterator[Page]:
    with closing(Page(tmp_path / "store", encoder)) as page:
        yield page


@pytest.fixture
def held(page: Page) -> Iterator[threading.Event]:
    """Holds up what is indexed until it is set."""
    go = threading.Event()
    library = page.room().library
    add = library.add
    library.add = lambda *given, **named: (go.wait(SECONDS), add(*given, **named))[1]  # type: ignore[method-assign]
    yield go
    go.set()


# --- uploads


def test_a_file_is_taken_at_once_and_has_a_receipt(page: Page) -> None:
    reply = page.upload("birds/herons.md", b"# Herons\n\nHerons stand in shallow water.\n")
    assert (reply.status, reply.text) == (200, "Waiting birds/herons.md")
    assert page.settled() == {"birds/herons.md": "added"}
    (slip,) = re.findall(r'<li class="pl-slip pl-is-added".*?</li>', page.get("/library/receipts").markup)
    assert "1 passage" in slip
    shown = page.get("/library/list").text
    assert "1 document, 1 passage" in shown
    assert "Herons birds/herons.md MD" in shown


def test_every_way_a_file_can_end(page: Page) -> None:
    for name, data in (("a.txt", b"Old words."), ("same.txt", b"The same words.")):
        page.upload(name, data)
    page.settled()
    page.post("/library/clear")
    for name, data in (
        ("a.txt", b"New words."),
        ("same.txt", b"The same words."),
        ("b.txt", b"Other words."),
        ("picture.jpg", b"\xff\xd8"),
        ("twin.txt", b"The same words."),
    ):
        page.upload(name, data)
    assert page.settled() == {
        "a.txt": "updated",
        "same.txt": "unchanged",
        "b.txt": "added",
        "picture.jpg": "failed",
        "twin.txt": "added",
    }
    shown = page.get("/library/receipts").text
    assert "3 indexed, 1 unchanged, 1 failed" in shown
    assert ".jpg is not a format that can be read" in shown
    assert "the same content as same.txt" in shown
    assert "Try again" not in shown  # the same file will not become readable


def test_what_waits_is_indexed_in_one_run(page: Page, held: threading.Event) -> None:
    library, runs = page.room().library, []
    add = library.add

    def counted(*given: Any, **named: Any) -> Any:
        runs.append(len(named["uploads"]))
        return add(*given, **named)

    library.add = counted  # type: ignore[method-assign]
    page.upload("0.txt", b"The first words.")
    until(lambda: runs)
    for number in range(1, 41):
        page.upload(f"{number}.txt", f"The words of number {number}.".encode())
    held.set()
    assert set(page.settled().values()) == {"added"}
    assert runs == [1, 40]


def test_two_of_one_name_are_two_runs(page: Page, held: threading.Event) -> None:
    page.upload("first.txt", b"Anything.")
    for words in (b"The first words.", b"The second words."):
        page.upload("a.txt", words)
    held.set()
    page.settled()
    assert [slip.state for slip in page.room().ingestion.slips()] == ["added", "added", "updated"]
    document = page.room().library.document(page.ids()["a.txt"])
    assert document.text == "The second words."


def test_nobody_waits_behind_what_is_indexed(page: Page, held: threading.Event) -> None:
    page.upload("a.txt", b"The words.")
    until(lambda: [slip.state for slip in page.room().ingestion.slips()] == ["running"])
    assert page.get("/library/list").status == 200
    assert "Working on 1 file" in page.get("/library/receipts").text
    assert page.upload("b.txt", b"Other words.").text == "Waiting b.txt"
    held.set()
    page.settled()


def test_an_upload_without_a_name_is_refused_and_not_kept(page: Page) -> None:
    reply = page.upload(" ", b"words")
    assert (reply.status, "has no name" in reply.text) == (400, True)
    assert list(page.room().uploads.iterdir()) == []


def test_what_is_indexed_is_not_kept_beside_the_store(page: Page) -> None:
    for name in ("a.txt", "b.jpg"):
        page.upload(name, b"The words.")
    page.settled()
    assert list(page.room().uploads.iterdir()) == []


def test_a_file_that_is_too_large_is_refused_before_it_is_read(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "ROUTES", tuple(route._replace(body=1000) for route in routes.ROUTES))
    reply = page.upload("large.txt", b"x" * 200_000)
    assert (reply.status, reply.text) == (413, "The request is larger than 1,000 bytes.")
    assert list(page.room().uploads.iterdir()) == []
    assert page.settled() == {}


def test_the_limit_of_a_file_is_its_route_s() -> None:
    (upload,) = [route for route in routes.ROUTES if re.fullmatch(route.path, "/library/upload")]
    assert (upload.methods, upload.body) == (("POST",), 200_000_000)


def test_stop_drops_what_waits(page: Page, held: threading.Event) -> None:
    for number in range(3):
        page.upload(f"{number}.txt", f"Number {number}.".encode())
    until(lambda: any(slip.state == "running" for slip in page.room().ingestion.slips()))
    page.upload("late.txt", b"Late.")
    reply = page.post("/library/stop")
    assert reply.said == "Stopped. What was indexed until now stays."
    held.set()
    states = page.settled()
    assert states["late.txt"] == "stopped"
    assert list(page.room().uploads.iterdir()) == []


def test_stop_tells_of_what_was_indexed_before_it(page: Page) -> None:
    library, add = page.room().library, page.room().library.add
    go = threading.Event()

    def stopped(paths: Any, progress: Any, *, uploads: Any) -> Any:
        go.wait(SECONDS)
        if len(uploads) == 1:
            return add(paths, progress, uploads=uploads)
        add(paths, uploads=uploads[:1])  # as the first batch of a run is committed before the next is embedded
        page.post("/library/stop")
        return progress(1, 2)

    library.add = stopped  # type: ignore[method-assign]
    page.upload("first.txt", b"Anything.")
    until(lambda: any(slip.state == "running" for slip in page.room().ingestion.slips()))
    page.upload("a.txt", b"The words.")
    page.upload("b.txt", b"Other words.")
    go.set()
    assert page.settled() == {"first.txt": "added", "a.txt": "added", "b.txt": "stopped"}
    assert sorted(page.ids()) == ["a.txt", "first.txt"]


def test_what_failed_is_remembered_longer_than_what_did_not(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingestion, "_KEPT", 3)
    page.room()
    with writer_lock(page.store / "LOCK"):
        page.upload("later.txt", b"Words to be kept.")
        page.settled()
    for number in range(6):
        page.upload(f"{number}.txt", f"Number {number}.".encode())
        page.settled()
    assert page.settled().keys() > {"later.txt"}
    assert len(page.settled()) < 6
    page.post("/library/retry", slip=page.room().ingestion.slips()[0].id)
    assert page.settled()["later.txt"] == "added"


def test_a_folder_of_uploads_that_was_swept_away_is_made_again(page: Page) -> None:
    page.upload("a.txt", b"The words.")
    page.settled()
    for name in ("b.txt", "c.txt"):
        page.room().uploads.rmdir()
        if name == "b.txt":
            assert page.upload(name, b"Other words.").status == 200
        else:
            assert page.post("/library/text", {"title": "c", "text": "More words."}).status == 200
        assert page.settled()[name] == "added"
    page.room().uploads.rmdir()
    page.room().uploads.write_text("in its place")
    reply = page.post("/library/text", {"title": "c", "text": "More words."})
    assert (reply.status, "could not be kept (Not a directory)" in reply.text) == (400, True)
    page.room().uploads.unlink()


# --- somebody else writes


def test_another_writer_is_told_of_and_trying_again_works(page: Page) -> None:
    page.room()
    with writer_lock(page.store / "LOCK"):
        page.upload("a.txt", b"The words.")
        assert page.settled() == {"a.txt": "failed"}
    shown = page.get("/library/receipts")
    assert "is writing to" in shown.text
    assert "wait until it has finished, then try again" in shown.text
    (slip,) = page.room().ingestion.slips()
    assert f"/library/retry?slip={slip.id}" in unescape(shown.markup)
    page.post("/library/retry", slip=slip.id)
    assert page.settled() == {"a.txt": "added"}
    assert list(page.room().uploads.iterdir()) == []


def test_only_what_has_changed_is_sent_again(page: Page) -> None:
    page.upload("a.txt", b"The words.")
    page.settled()
    (slip,) = page.room().ingestion.slips()
    assert "a.txt" in page.get("/library/receipts", after=slip.change - 1).text
    later = page.get("/library/receipts", after=slip.change)
    assert "a.txt" not in later.text
    assert "1 indexed" in later.text
    assert 'data-every="0"' in later.markup
    assert "a.txt" in page.get("/library/receipts", after=slip.change + 5).text  # of another run of the program
    for wrong in ("", "x", "-1", "9" * 99):
        assert "a.txt" in page.get("/library/receipts", after=wrong).text
    page.post("/library/clear")
    assert "a.txt" not in page.get("/library/receipts").text


# --- text and folders


def test_pasted_text_is_an_upload(page: Page) -> None:
    form = {"title": "  Notes of\tMay ", "text": "Café: the words.\r\nMore.", "kind": "txt"}
    reply = page.post("/library/text", form)
    assert reply.said == "Notes of May is being indexed."
    page.post("/library/text", {"title": "Plan", "text": "# The plan\n\nIt is short.", "kind": "md"})
    assert page.settled() == {"Notes of May.txt": "added", "Plan.md": "added"}
    assert "The plan" in page.get("/library/list").text
    assert page.room().library.document(page.ids()["Notes of May.txt"]).text.startswith("Café: the words.")


@pytest.mark.parametrize(
    "form", [{"title": "a"}, {"text": "a"}, {"title": " ", "text": "a"}, {"title": "a", "text": " "}]
)
def test_a_text_needs_a_title_and_words(page: Page, form: dict[str, str]) -> None:
    assert page.post("/library/text", form).status == 400


def test_a_folder_has_a_receipt_and_each_of_its_files_too(page: Page, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in (("a.txt", "The words."), ("b.md", "# B\n\nOther words."), ("c.jpg", ""), ("broken.pdf", "")):
        (folder / name).write_text(text)
    reply = page.post("/library/folder", {"path": str(folder)})
    assert reply.said == f"{folder} is being indexed."
    assert page.settled() == {str(folder): "done", "a.txt": "added", "b.md": "added", "broken.pdf": "failed"}
    told = "2 indexed, 1 failed, 1 left alone (other formats, links, hidden)"
    assert told in page.get("/library/receipts").text


def test_a_path_that_is_none_is_told_at_once(page: Page, tmp_path: Path) -> None:
    gone = page.post("/library/folder", {"path": str(tmp_path / "gone")})
    assert (gone.status, gone.text) == (
        400,
        f"There is no file or folder {tmp_path / 'gone'} on this machine: check the name.",
    )
    for path in ("docs", "", "../x", "\0", "/\0", "~nobody-of-this-name/x"):
        assert page.post("/library/folder", {"path": path}).status == 400
    assert page.settled() == {}


def test_a_folder_without_anything_to_index_says_so(page: Page, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    page.post("/library/folder", {"path": str(tmp_path / "empty")})
    assert page.settled() == {str(tmp_path / "empty"): "failed"}
    assert "There is nothing to index in" in page.get("/library/receipts").text


def test_a_folder_is_followed_until_it_is_not(page: Page, tmp_path: Path) -> None:
    folder = (tmp_path / "docs").resolve()
    folder.mkdir()
    (folder / "a.txt").write_text("The words.")
    assert "watched" in page.post("/library/folder", {"path": str(folder), "watch": "yes"}).said
    page.settled()
    (watch,) = page.room().watches.all()
    assert str(folder) in page.get("/library/watches").text
    (folder / "b.txt").write_text("Other words.")
    until(lambda: "b.txt" in page.ids())
    until(lambda: page.settled().get("b.txt") == "added")
    assert "Stop" not in page.post("/library/unwatch", watch=watch.id).text
    assert page.room().watches.all() == ()
    assert sorted(page.ids()) == ["a.txt", "b.txt"]


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A folder with two files."""
    folder = tmp_path.resolve() / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text("The words.")
    (folder / "b.txt").write_text("Other words.")
    return folder


class Ended(list[tuple[str, bool]]):
    """How each run of what is followed has ended."""

    def __call__(self, told: str, again: bool) -> None:
        self.append((told, again))


def test_a_folder_is_followed_again_at_the_next_start(tmp_path: Path, docs: Path, encoder: Any) -> None:
    with closing(Page(tmp_path / "store", encoder)) as page:
        page.post("/library/folder", {"path": str(docs), "watch": "yes"})
        page.settled()
    (docs / "c.txt").write_text("Written meanwhile.")
    with closing(Page(tmp_path / "store", encoder)) as page:
        page.room()
        until(lambda: "c.txt" in page.ids())
        assert str(docs) in page.get("/library/watches").text
        (watch,) = page.room().watches.all()
        page.post("/library/unwatch", watch=watch.id)
    with closing(Page(tmp_path / "store", encoder)) as page:
        assert page.room().watches.all() == ()


def test_the_last_file_of_a_followed_folder_is_taken_out(page: Page, docs: Path) -> None:
    page.room().library.add([docs])
    changed = {str(docs / name) for name in ("a.txt", "b.txt")}
    for path in changed:
        Path(path).unlink()
    ended = Ended()
    page.room().ingestion.follow(str(docs), changed, ended)
    until(lambda: ended)
    assert ended == [("", False)]
    assert (page.ids(), page.settled()) == ({}, {"a.txt": "removed", "b.txt": "removed"})


def test_a_followed_folder_whose_disk_is_taken_out_stays_indexed(page: Page, docs: Path) -> None:
    page.room().library.add([docs])
    for file in docs.iterdir():
        file.unlink()
    ended = Ended()
    page.room().ingestion.follow(str(docs), {str(docs)}, ended)
    until(lambda: ended)
    assert "There is nothing to index in" in ended[0][0]
    assert sorted(page.ids()) == ["a.txt", "b.txt"]


def test_what_cannot_matter_starts_nothing(page: Page, docs: Path) -> None:
    page.room().library.add([docs])
    with writer_lock(page.store / "LOCK"):  # so that any try would fail
        (docs / ".hidden.txt").write_text("Hidden.")
        (docs / "picture.jpg").write_text("")
        ended = Ended()
        page.room().ingestion.follow(str(docs), {str(docs / ".hidden.txt"), str(docs / "picture.jpg")}, ended)
        assert ended == [("", False)]
        page.room().ingestion.follow(str(docs), {str(docs / "a.txt")}, ended)
        until(lambda: len(ended) == 2)
    assert ended[1][1]


def test_what_is_followed_is_shown_and_can_be_stopped(page: Page, docs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingestion, "_LONG", 0)
    library, stop = page.room().library, threading.Event()

    def endless(_paths: Any, progress: Any = None, **_named: Any) -> None:
        while not stop.wait(0.005):
            progress(1, 40)

    monkeypatch.setattr(library, "add", endless)
    ended = Ended()
    page.room().ingestion.follow(str(docs), None, ended)
    until(lambda: "Working on 1 file" in page.get("/library/receipts").text)
    page.post("/library/stop")
    until(lambda: ended)
    assert ended == [("It was stopped, and goes on with the next change.", False)]
    assert page.settled() == {str(docs): "stopped"}
    page.room().ingestion.follow(str(docs), None, ended)
    page.rooms.close()  # does not wait for the end of it
    assert len(ended) <= 2
    stop.set()


def test_a_store_in_a_followed_folder_is_left_alone(page: Page, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The words.")
    page.room()
    (page.store / "gold.jsonl").write_text('{"question": "Who?"}\n')
    page.post("/library/folder", {"path": str(tmp_path)})
    assert page.settled()[str(tmp_path)] == "done"
    assert list(page.ids()) == ["a.txt"]
    page.post("/library/folder", {"path": str(page.store)})
    assert page.settled()[str(page.store)] == "failed"


# --- the list


@pytest.fixture
def listed(page: Page) -> Page:
    texts = {
        "zebra.md": b"---\ntags: [animals, Africa]\ndate: 2021-05-04\n---\n# Zebras\n\nThey graze.\n",
        "ant.txt": b"Ants dig.\n",
        "b/bee.md": b"---\ntags: [animals]\ndate: 2019-01-01\n---\n# Bees\n\nThey fly.\n",
    }
    page.room().library.add([], uploads=[Upload(name, data) for name, data in texts.items()])
    return page


def names(reply: Reply) -> list[str]:
    return re.findall(r'<td role="cell" class="pl-source"><span[^>]*><bdi>(.*?)</bdi>', unescape(reply.markup))


def test_the_list_is_sorted_by_each_column_both_ways(listed: Page) -> None:
    wanted = {
        "title": ["ant.txt", "b/bee.md", "zebra.md"],
        "source": ["ant.txt", "b/bee.md", "zebra.md"],
        "kind": ["b/bee.md", "zebra.md", "ant.txt"],
        "date": ["b/bee.md", "zebra.md", "ant.txt"],
        "tags": ["zebra.md", "b/bee.md", "ant.txt"],
    }
    for column, order in wanted.items():
        assert names(listed.get("/library/list", sort=column)) == order, column
    assert names(listed.get("/library/list", sort="title", order="descending")) == ["zebra.md", "b/bee.md", "ant.txt"]
    # What has no date or tag stays at the end.
    assert names(listed.get("/library/list", sort="date", order="descending")) == ["zebra.md", "b/bee.md", "ant.txt"]
    assert names(listed.get("/library/list", sort="nonsense", order="x", page="x")) == wanted["title"]


def test_the_list_is_searched_by_title_source_and_tag(listed: Page) -> None:
    for search, found in (
        ("ZEBRA", ["zebra.md"]),
        ("animals", ["b/bee.md", "zebra.md"]),
        ("africa anim", ["zebra.md"]),
        ("b/", ["b/bee.md"]),
        ("graze", []),  # which only the text has
        ("  ", ["ant.txt", "b/bee.md", "zebra.md"]),
        ("%", []),
    ):
        reply = listed.get("/library/list", search=search)
        assert names(reply) == found, search
    assert "1 of 3 documents" in listed.get("/library/list", search="zebra").text
    assert "No title, source or tag holds all of these words." in listed.get("/library/list", search="graze").text


def test_a_hundred_rows_are_a_page(page: Page) -> None:
    many = [Upload(f"{number:03}.txt", f"The words of number {number}.".encode()) for number in range(205)]
    page.room().library.add([], uploads=many)
    assert len(names(page.get("/library/list"))) == 100
    last = page.get("/library/list", page=3, sort="source")
    assert names(last) == ["200.txt", "201.txt", "202.txt", "203.txt", "204.txt"]
    assert "201 to 205 of 205" in last.text
    assert names(page.get("/library/list", page=99, sort="source")) == names(last)
    # Another search begins with its first page.
    assert len(names(page.get("/library/list", page=3, search="txt", searched=""))) == 100


def test_a_document_is_opened_in_its_collection(page: Page) -> None:
    folders.make(page.store, "birds and co")
    page.upload("a.txt", b"The words.", collection="birds and co")
    page.settled("birds and co")
    key = page.ids("birds and co")["a.txt"]
    markup = unescape(page.get("/library/list", collection="birds and co").markup)
    assert f'href="/document/{key}?collection=birds+and+co" target="_blank" rel="noopener"' in markup
    page.upload("b.txt", b"Other words.")
    page.settled()
    assert f'href="/document/{page.ids()["b.txt"]}" target="_blank"' in unescape(page.get("/library/list").markup)


# --- again, and away


def test_a_file_is_indexed_again_under_its_name(page: Page, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "a.txt").write_text("Old words.")
    (folder / "b.txt").write_text("Other words.")
    page.post("/library/folder", {"path": str(folder)})
    page.settled()
    page.post("/library/clear")
    key = page.ids()["deep/a.txt"]
    assert page.post("/library/refresh", document=key).said == "a is being indexed again."
    assert page.settled() == {"a": "unchanged"}
    (folder / "deep" / "a.txt").write_text("New words.")
    (folder / "b.txt").write_text("Also new.")
    page.post("/library/clear")
    page.post("/library/refresh", document=key)
    assert page.settled() == {"a": "updated"}
    assert page.room().library.document(key).text == "New words."
    assert sorted(page.ids()) == ["b.txt", "deep/a.txt"]
    assert page.room().library.document(page.ids()["b.txt"]).text == "Other words."


def test_an_upload_is_indexed_again_from_its_bytes(page: Page) -> None:
    page.upload("docs/a.txt", b"The words.")
    page.settled()
    page.post("/library/clear")
    page.post("/library/refresh", document=page.ids()["docs/a.txt"])
    assert set(page.settled().values()) == {"unchanged"}


def test_a_file_that_is_gone_is_told(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("The words.")
    page.post("/library/folder", {"path": str(file)})
    page.settled()
    page.post("/library/clear")
    file.unlink()
    page.post("/library/refresh", document=page.ids()["a.txt"])
    assert page.settled() == {"a": "failed"}
    assert "it could not be read: No such file or directory" in page.get("/library/receipts").text
    assert list(page.ids()) == ["a.txt"]


def test_what_else_is_in_its_folder_is_left_as_it_is(page: Page, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(f"The words of {name}.")
    page.post("/library/folder", {"path": str(folder)})
    page.settled()
    page.post("/library/clear")
    (folder / "b.txt").unlink()
    page.post("/library/refresh", document=page.ids()["a.txt"])
    assert page.settled() == {"a": "unchanged"}
    assert sorted(page.ids()) == ["a.txt", "b.txt"]


class Clock:
    """A clock that stands until it is put on."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(page: Page, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of what is removed from the first collection."""
    clock = Clock()
    page.room().removals._clock = clock
    return clock


def test_a_removal_can_be_undone_for_thirty_seconds(listed: Page, clock: Clock) -> None:
    key = listed.ids()["ant.txt"]
    reply = listed.post("/library/remove", document=key)
    assert reply.said == "ant is removed. For 30 seconds that can be undone."
    assert "Removed ant Undo 30 s" in reply.text
    assert names(reply) == ["b/bee.md", "zebra.md"]
    clock.now = 29.9
    listed.room().removals.carry_out()
    assert "ant.txt" in listed.ids()
    assert 'data-every="700"' in listed.get("/library/receipts").markup  # the end is waited for
    assert listed.post("/library/undo", document=key).said == "ant is kept."
    assert len(names(listed.get("/library/list"))) == 3
    clock.now = 100.0
    listed.room().removals.carry_out()
    assert listed.settled() == {}
    assert "ant.txt" in listed.ids()


def test_what_is_removed_is_acknowledged_when_it_is_done(listed: Page, clock: Clock) -> None:
    key = listed.ids()["ant.txt"]
    listed.post("/library/remove", document=key)
    before = listed.get("/library/receipts").markup
    clock.now = 30.0
    until(lambda: listed.settled() == {"ant": "removed"})
    assert "ant.txt" not in listed.ids()
    shown = listed.get("/library/receipts")
    assert "Removed ant" in shown.text
    version = re.compile('data-version="(.*?)"')
    assert version.findall(shown.markup) != version.findall(before)  # so that the list is asked for again
    late = listed.post("/library/undo", document=key)
    assert late.status == 400
    assert names(listed.get("/library/list")) == ["b/bee.md", "zebra.md"]


def test_a_removal_that_fails_leaves_the_document_and_can_be_tried_again(listed: Page, clock: Clock) -> None:
    key = listed.ids()["ant.txt"]
    listed.post("/library/remove", document=key)
    with writer_lock(listed.store / "LOCK"):
        clock.now = 30.0
        until(lambda: listed.settled() == {"ant": "failed"})
    assert "ant.txt" in names(listed.get("/library/list"))
    (slip,) = listed.room().ingestion.slips()
    listed.post("/library/retry", slip=slip.id)
    assert listed.settled() == {"ant": "removed"}
    assert "ant.txt" not in listed.ids()


def test_stop_does_not_keep_what_was_removed(listed: Page, clock: Clock, held: threading.Event) -> None:
    listed.upload("more.txt", b"More words.")
    until(lambda: listed.room().ingestion.slips()[0].state == "running")
    listed.post("/library/remove", document=listed.ids()["ant.txt"])
    clock.now = 30.0
    until(lambda: listed.room().ingestion.removing)
    assert "Being removed" in listed.get("/library/list").text
    listed.post("/library/stop")
    held.set()
    until(lambda: "ant.txt" not in listed.ids())


def test_closing_carries_out_what_the_page_calls_removed(tmp_path: Path, encoder: Any) -> None:
    page = Page(tmp_path / "store", encoder)
    page.room().library.add([], uploads=[Upload("a.txt", b"The words."), Upload("b.txt", b"Other words.")])
    page.post("/library/remove", document=page.ids()["a.txt"])
    page.rooms.close()
    assert list(page.ids()) == ["b.txt"]
    page.collections.close()


def test_a_document_goes_with_all_its_sources(page: Page, tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "twin.txt").write_text("The words.")
    page.room().library.add([tmp_path / "twin.txt"], uploads=[Upload("docs/a.txt", b"The words.")])
    shown = page.get("/library/list")
    assert "docs/a.txt and 1 more" in shown.text
    page.post("/library/remove", document=page.ids()["twin.txt"])
    clock.now = 30.0
    until(lambda: set(page.settled().values()) == {"removed"})
    assert "comes back when its folder is indexed again" in page.get("/library/receipts").text
    assert page.ids() == {}


def test_what_is_added_again_meanwhile_stays(listed: Page, clock: Clock) -> None:
    listed.post("/library/remove", document=listed.ids()["ant.txt"])
    listed.upload("ant.txt", b"Ants carry leaves.")
    until(lambda: [slip.state for slip in listed.room().ingestion.slips()] == ["removed", "added"])
    clock.now = 100.0
    listed.room().removals.carry_out()
    assert listed.settled() == {"ant": "removed", "ant.txt": "added"}
    assert listed.room().library.document(listed.ids()["ant.txt"]).text == "Ants carry leaves."


def test_the_same_words_under_another_name_stay(listed: Page, clock: Clock) -> None:
    listed.post("/library/remove", document=listed.ids()["ant.txt"])
    listed.upload("emmet.txt", b"Ants dig.\n")
    listed.settled()
    assert "Undo" in listed.get("/library/list").text
    clock.now = 100.0
    until(lambda: "ant.txt" not in listed.ids())
    assert "emmet.txt" in listed.ids()


def test_a_folder_that_is_indexed_again_brings_back_what_was_removed(page: Page, tmp_path: Path, clock: Clock) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text("The words.")
    page.post("/library/folder", {"path": str(folder)})
    page.settled()
    page.post("/library/remove", document=page.ids()["a.txt"])
    page.post("/library/folder", {"path": str(folder)})
    page.settled()
    clock.now = 100.0
    page.room().removals.carry_out()
    page.settled()
    assert list(page.ids()) == ["a.txt"]


def test_no_upload_overtakes_a_removal(page: Page, clock: Clock, held: threading.Event) -> None:
    held.set()
    page.upload("z.md", b"# Z\n\nOld words.\n")
    page.settled()
    held.clear()
    page.upload("busy.txt", b"Busy.")
    until(lambda: [slip.state for slip in page.room().ingestion.slips()] == ["added", "running"])
    page.upload("waits.txt", b"Waiting.")
    page.post("/library/remove", document=page.ids()["z.md"])
    clock.now = 30.0
    until(lambda: page.room().ingestion.removing)
    page.upload("z.md", b"# Z\n\nNew words.\n")
    held.set()
    page.settled()
    assert "New words." in page.room().library.document(page.ids()["z.md"]).text


def test_a_document_that_is_none(page: Page) -> None:
    for path in ("refresh", "remove", "undo"):
        reply = page.post(f"/library/{path}", document="none")
        assert (reply.status, reply.text) == (400, "There is no such document any more.")
    assert page.post("/library/retry", slip="none").status == 200


def test_thirty_seconds() -> None:
    assert removals.SECONDS == 30


# --- collections


def test_a_collection_is_made_and_kept_apart(page: Page) -> None:
    reply = page.post("/library/collection", {"name": " Birds "})
    assert 'href="/?collection=Birds#library"' in unescape(reply.markup)
    page.upload("herons.txt", b"Herons wade.", collection="Birds")
    page.upload("a.txt", b"The words.")
    assert (page.settled(), page.settled("Birds")) == ({"a.txt": "added"}, {"herons.txt": "added"})
    assert names(page.get("/library/list")) == ["a.txt"]
    assert names(page.get("/library/list", collection="Birds")) == ["herons.txt"]
    assert "herons" not in page.get("/library/receipts").text
    for name in ("birds", "../x", ""):
        assert page.post("/library/collection", {"name": name}).status == 400
    assert folders.names(page.store) == ("Birds",)


@pytest.mark.parametrize("path", ["", "/list", "/receipts", "/watches"])
def test_a_collection_that_is_none(page: Page, path: str) -> None:
    reply = page.get(f"/library{path}", collection="none")
    assert (reply.status, reply.text) == (
        400,
        "There is no such collection: choose one of those in the list.",
    )
    assert page.upload("a.txt", b"x", collection="none").status == 400


# --- what is shown


def test_an_empty_library_invites(page: Page) -> None:
    shown = page.get("/library")
    assert "Drop files or folders here" in shown.text
    assert "Nothing is in here yet." in shown.text
    assert "up to 200 MB each" in shown.text


HOSTILE = "<img src=x onerror=run()>\"'&\u202e.txt"


def test_names_and_reasons_are_text(page: Page, tmp_path: Path) -> None:
    page.upload(HOSTILE, b"The words.")
    page.upload(f"{HOSTILE}.exe", b"The words.")
    page.post("/library/text", {"title": HOSTILE, "text": f"---\ntags: ['{HOSTILE}']\n---\n# {HOSTILE}\n\nWords."})
    page.settled()
    (tmp_path / "<b>docs").mkdir()
    page.post("/library/folder", {"path": str(tmp_path / "<b>docs"), "watch": "yes"})
    page.settled()
    for path in ("", "/list", "/receipts", "/watches"):
        markup = page.get(f"/library{path}", search="<b>\"'" if path else "").markup
        assert "<img" not in markup
        assert "<b>" not in markup
        assert "\u202e<" in markup or "\u202e" not in markup  # only shut into an element of its own
    assert "onerror" in page.get("/library/receipts").text


def test_no_other_address_is_open(page: Page) -> None:
    for path in ("/library/", "/library/other", "/library/list/", "/library/upload/x"):
        assert page.get(path).status == page.post(path).status == 404
    for path in ("upload", "remove", "stop", "collection", "folder"):
        assert page.get(f"/library/{path}").status == 404


def test_names_are_quoted_where_they_are_said(page: Page) -> None:
    reply = page.post("/library/text", {"title": "Ä\nb", "text": "Words."})
    assert reply.headers["x-pincite-said"] == quote("Ä b is being indexed.")
    page.settled()
