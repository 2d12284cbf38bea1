"""The real page in a real browser, over a fake way to answer that is a function of the question alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import Watch, browsing
from lighthouse import HIGH, Asked, Lighthouse
from shelves import Answering, served, shelves, silent

from qa.talk import Conversations


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
    """Of module scope, for while it is open no other event loop can run in this thread."""
    with browsing() as window:
        yield window


@pytest.fixture
def watch(window: Any, site: str) -> Iterator[Watch]:
    watch = Watch(window, site)
    window.clear_cookies()
    yield watch
    watch.close()


@pytest.fixture
def complaints(watch: Watch) -> list[str]:
    """What the browser complained of."""
    return watch.complaints


@pytest.fixture
def open_page(watch: Watch, site: str, folder: Path, fake: Asked) -> Iterator[Callable[..., Any]]:
    """Opens the page, where no conversation is kept yet."""

    def opened(width: int = 1440, height: int = 900, address: str = "/") -> Any:
        page = watch.page(width, height)
        # From then on Gradio listens.
        with page.expect_response(lambda response: "/queue/join" in response.url):
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


@pytest.fixture
def page(open_page: Callable[..., Any]) -> Any:
    return open_page()
