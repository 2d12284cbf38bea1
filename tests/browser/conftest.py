"""The real page in a real browser, over a fake way to answer that is a function of the question alone."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from qa.errors import PinciteError
from qa.types import Answer, Citation, Document, Hit, Passage, StageScores

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

LIGHTHOUSE = Document(
    id="lighthouse",
    title="The lighthouse at Skerry Point",
    sources=("islands/skerry-point.md",),
    sha256="1" * 64,
    text=(
        "The lighthouse was lit on 4 March 1871. Its lamp burned colza oil until 1894.\n\n"
        "The tower is 38 metres high and has 196 steps.\nIt was built of granite.\n\n"
        "In 1962 the light was made automatic and the last keeper left the island.\n"
    ),
)
KEEPERS = Document(
    id="keepers",
    title="Keepers of the northern lights",
    sources=("people/keepers.pdf",),
    sha256="2" * 64,
    text="Ada Lindqvist kept the light from 1889 to 1907. She was the first keeper on the coast to burn paraffin.",
    page_starts=(0,),
)
PAYLOADS = (
    "<script>window.ran=1</script>",
    '<img src="https://canary.invalid/a.png" onerror="window.ran=1">',
    '<img src="/canary.png" srcset="/canary-2.png 2x">',
    "![picture](https://canary.invalid/b.png) ![x][r]\n\n[r]: https://canary.invalid/c.png",
    '<svg onload="window.ran=1"><image href="https://canary.invalid/d.png"/></svg>',
    "<style>@import url(https://canary.invalid/e.css); body { display: none }</style>",
    '<link rel="stylesheet" href="https://canary.invalid/f.css">',
    '<div style="position:fixed;inset:0;background:url(https://canary.invalid/g.png)">over all</div>',
    '<iframe src="https://canary.invalid/h"></iframe><object data="/canary"></object>',
    '<video src="https://canary.invalid/i" poster="/canary.jpg" autoplay></video>',
    '<form action="https://canary.invalid/j"><input type="image" src="/canary.gif"></form>',
    "</mark></p></div></details><details open id=turn-1-source-1><summary>fake</summary></details>",
    "**bold** _slant_ `code` # heading $$x^2$$ ~~gone~~ | a | b |",
    "```mermaid\ngraph TD; A-->B\n```\n\n    indented\n\n> quoted\n\n- item\n\n<!-- hidden -->",
    "[1] [2](#x) [link](javascript:window.ran=1) https://canary.invalid/k",
    "&lt;b&gt; &#60;i&#62; \\*star\\* \ttab  two  spaces",
    "\u202edrawkcab\u202c zero\u200bwidth \u2066isolate\u2069 \x07bell",
)
HOSTILE = Document(
    id="hostile",
    title="<img src=x onerror=window.ran=1> **title** [1]",
    sources=("files/<script>window.ran=1</script>`_.md",),
    sha256="3" * 64,
    text="\n".join(("Before.", *PAYLOADS, "After.")),
)


def cite(document: Document, quote: str, number: int = 1) -> Citation:
    start = document.text.index(quote)
    return document.cite(start, start + len(quote), number)


def hit(document: Document, text: str, rank: int = 1) -> Hit:
    whole = cite(document, text)
    passage = Passage(document.id, whole.start, whole.end, text, whole.page)
    return Hit(rank, 1 / rank, StageScores(0.8, 0.7), passage, whole)


OIL = "The lighthouse was lit on 4 March 1871. Its lamp burned colza oil until 1894."
TOWER = "The tower is 38 metres high and has 196 steps.\nIt was built of granite."
LAST = "In 1962 the light was made automatic and the last keeper left the island."


@dataclass
class Fake:
    """Answers by the question's words; a question that holds `wait` is answered when `go` is set."""

    go: threading.Event = field(default_factory=threading.Event)

    def __call__(self, question: str) -> Answer:
        def found(text: str, hits: tuple[Hit, ...], *citations: Citation) -> Answer:
            return Answer(question, question, True, text, "short", 0.93, citations, hits, ())

        if "wait" in question:
            assert self.go.wait(10)
        if "locked" in question:
            raise PinciteError("The store <b>is</b> locked.")
        if "hostile" in question:
            quote = HOSTILE.text[3:-3]
            return found(f"{quote} [1]", (hit(HOSTILE, HOSTILE.text),), cite(HOSTILE, quote))
        if "high" in question:
            quote = "The tower is 38 metres high and has 196 steps."
            return found(f"{quote} [1]", (hit(LIGHTHOUSE, TOWER),), cite(LIGHTHOUSE, quote))
        if "lamp" in question:
            oil, first = (
                "Its lamp burned colza oil until 1894.",
                "She was the first keeper on the coast to burn paraffin.",
            )
            hits = (hit(LIGHTHOUSE, OIL), hit(KEEPERS, KEEPERS.text, 2))
            return found(f"{oil} [1] {first} [2]", hits, cite(LIGHTHOUSE, oil), cite(KEEPERS, first, 2))
        near = (
            hit(LIGHTHOUSE, LAST),
            hit(LIGHTHOUSE, TOWER, 2),
            hit(KEEPERS, KEEPERS.text, 3),
            hit(LIGHTHOUSE, OIL, 4),
        )
        return Answer(question, question, False, "", "", 0.1, (), near, ("helicopter",))


@pytest.fixture(scope="session")
def fake() -> Fake:
    return Fake()


@pytest.fixture
def hostile() -> Document:
    return HOSTILE


@contextmanager
def _served(ask: Callable[[str], Answer], examples: Sequence[str], status: str) -> Iterator[str]:
    """The address of a page that runs meanwhile."""
    from qa import server

    listener = server.listen()
    running = server.server(server.application(ask, examples=examples, status=status))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield server.address(listener)
    running.should_exit = True
    thread.join()


@pytest.fixture(scope="session")
def site(fake: Fake) -> Iterator[str]:
    """The page over the fake."""
    examples = ["How high is the tower?", "<b>Does</b> the island have a helicopter pad?"]
    with _served(fake, examples, "3 documents <i>here</i>") as address:
        yield address


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page over the demo's documents with the real model."""
    from qa.assistant import Assistant
    from qa.library import Library
    from seeds import CORPUS, EXAMPLES

    with Library.open(tmp_path_factory.mktemp("demo") / "store") as library:
        library.add([CORPUS])
        with _served(Assistant(library).ask, EXAMPLES, "") as address:
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
def open_page(window: Any, site: str, fake: Fake, complaints: list[str]) -> Iterator[Callable[..., Any]]:
    """Opens the page; at the end no request may have left it, no script have run and nothing been complained of."""
    pages: list[Any] = []
    requests: list[str] = []

    def dismissed(dialog: Any) -> None:
        complaints.append("a dialog")
        dialog.dismiss()

    def opened(width: int = 1024, height: int = 768) -> Any:
        page = window.new_page()
        pages.append(page)
        page.set_default_timeout(10_000)
        page.set_viewport_size({"width": width, "height": height})
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", dismissed)
        page.goto(site)
        page.locator("#pc-box textarea").wait_for()
        return page

    fake.go.set()
    yield opened
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
