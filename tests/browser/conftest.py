"""The real page in a real browser, over a fake way to answer that is a function of the question alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import Watch, browsing
from lighthouse import HIGH, HOSTILE, Asked, Lighthouse
from shelves import Answering, served, shelves, silent
from walking import load

from qa.talk import Conversations
from qa.types import Document


@pytest.fixture(scope="session")
def fake() -> Asked:
    return Asked()


@pytest.fixture
def hostile() -> Document:
    return HOSTILE


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
    """Of module scope, for while it is open no other event loop can run in this thread."""
    with browsing() as window:
        yield window


@pytest.fixture(scope="module")
def standing(window: Any, site: str) -> Watch:
    """With the page that stays open from test to test, since opening it takes longest."""
    return Watch(window, site)


@pytest.fixture
def watch(window: Any, site: str) -> Iterator[Watch]:
    watch = Watch(window, site)
    window.clear_cookies()
    yield watch
    watch.close()


@pytest.fixture
def empty(folder: Path, fake: Asked) -> Iterator[None]:
    """No conversation is kept yet, and every question is answered at once unless a test says otherwise."""
    kept = Conversations(folder)
    for conversation in kept.list():
        kept.delete(conversation.id)
    for event in (fake.found, fake.go):
        event.set()
    yield
    for event in (fake.found, fake.go):
        event.set()


@pytest.fixture
def open_page(watch: Watch, site: str, empty: None) -> Callable[..., Any]:
    """Opens a page of its own for the test."""

    def opened(width: int = 1440, height: int = 900, address: str = "/") -> Any:
        page = watch.page(width, height)
        load(page, site + address)
        return page

    return opened


@pytest.fixture
def page(request: pytest.FixtureRequest, standing: Watch, site: str, empty: None) -> Iterator[Any]:
    """The page with a new conversation."""
    failures = request.session.testsfailed
    if standing.pages:
        (page,) = standing.pages
        renew(page)
    else:
        page = standing.page(1440, 900)
        load(page, site)
    yield page
    standing.check()
    if request.session.testsfailed > failures:  # nobody knows how it was left
        page.close()
        standing.pages.clear()


def renew(page: Any) -> None:
    """Leaves the page as it is when it was just opened."""
    page.set_viewport_size({"width": 1440, "height": 900})
    page.mouse.move(0, 0)
    page.evaluate("""() => {
        history.replaceState(null, "", "/");
        document.getElementById("pc-said").textContent = "";
        document.getElementById("pc-new").click();
        document.dispatchEvent(new CustomEvent("pincite:load", { detail: { from: "/talk", into: "#pc-talks" } }));
    }""")
    page.locator(".pc-welcome").wait_for()
    page.locator(".pc-none").wait_for()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of, for tests that open pages of their own."""
    return []
