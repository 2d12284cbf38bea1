"""The real page in a real browser, over a fake way to answer that is a function of the question alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lighthouse import HIGH, Asked, Lighthouse
from shelves import Answering, served, shelves, silent

from qa.talk import Conversations

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def fake() -> Asked:
    return Asked()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the page keeps its conversations."""
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="session")
def site(fake: Asked, folder: Path) -> Iterator[str]:
    """The page over the fake."""
    collections = shelves(folder, fake, Lighthouse(), {"Birds of the coast": Answering(silent)})
    examples = [HIGH, "<b>Does</b> the island have a helicopter pad?"]
    with served(collections, examples=examples, status=lambda _name: "3 documents <i>here</i>") as address:
        yield address


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page over the demo's documents with the real model."""
    from qa.assistant import Assistant
    from qa.documents import Documents
    from qa.library import Library
    from qa.web.collections import Collection, Collections
    from seeds import CORPUS, EXAMPLES

    store = tmp_path_factory.mktemp("demo") / "store"
    with Library.open(store) as library:
        library.add([CORPUS])
        collection = Collection("", store, Assistant(library), Documents(library))
        with served(Collections(lambda _name: collection), examples=EXAMPLES) as address:
            yield address


@pytest.fixture(scope="module")
def window() -> Iterator[Any]:
    """A window of Chromium; of module scope, for while it is open no other event loop can run in this thread."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no chromium, chromium-browser or google-chrome on the path")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser.new_context(reduced_motion="reduce")
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of."""
    return []


@pytest.fixture
def open_page(window: Any, site: str, folder: Path, fake: Asked, complaints: list[str]) -> Iterator[Callable[..., Any]]:
    """Opens the page; at the end no request may have left it, no script have run and nothing been complained of."""
    pages: list[Any] = []
    requests: list[str] = []

    def dismissed(dialog: Any) -> None:
        complaints.append("a dialog")
        dialog.dismiss()

    def opened(width: int = 1440, height: int = 900, address: str = "/") -> Any:
        page = window.new_page()
        pages.append(page)
        page.set_default_timeout(10_000)
        page.set_viewport_size({"width": width, "height": height})
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", dismissed)
        page.goto(site + address)
        page.locator("#pc-box textarea").wait_for()
        return page

    kept = Conversations(folder)
    for conversation in kept.list():
        kept.delete(conversation.id)
    fake.found.set()
    fake.go.set()
    yield opened
    fake.found.set()
    fake.go.set()
    ran = [page.evaluate("window.ran") for page in pages]
    for page in pages:
        page.close()
    assert [url for url in requests if not url.startswith((f"{site}/", "data:"))] == []
    assert [url for url in requests if "canary" in url] == []
    assert complaints == []
    assert set(ran) <= {None}


@pytest.fixture
def page(open_page: Callable[..., Any]) -> Any:
    return open_page()
