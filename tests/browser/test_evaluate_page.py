"""The Evaluate view as a person meets it: runs, failures, gold questions, feedback."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from quoting import QuotingReader

from qa import exports
from qa.assistant import Assistant
from qa.gold import file as goldfile
from qa.library import Library
from qa.talk import Conversations, Feedback, Feedbacks, Turn
from qa.web.collections import Collection
from qa.web.jobs import Jobs

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

SCRIPT = "<script>window.ran=1</script><img src=/canary.png onerror=window.ran=1>"
TEXTS = {
    "lakes.txt": f"Herons eat small fish at dawn.\n\nHerons build nests in tall reeds. {SCRIPT}\n",
    "hills.txt": "Foxes dig dens under old oaks.\n\nFoxes hunt voles after dusk.\n",
}
GOLD = (
    (
        "q1",
        f"What do herons eat? {SCRIPT}",
        "Herons eat small fish at dawn.",
        "lakes.txt",
        "Herons eat small fish at dawn.",
    ),
    ("q2", "Where do foxes dig dens?", "under old oaks", "hills.txt", "Foxes dig dens under old oaks."),
    ("q3", "When do foxes hunt voles?", "after dusk", "hills.txt", "Foxes hunt voles after dusk."),
)
HEAD = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Pincite</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<link rel="icon" href="/pincite/pin.svg"><link rel="stylesheet" href="/pincite/page.css">'
    '<link rel="stylesheet" href="/pincite/evaluate.css"><script src="/pincite/theme.js"></script>'
    '<script defer src="/pincite/views.js"></script><script defer src="/pincite/evaluate.js"></script></head><body>'
)
"""What the page has in its head of this view; the chat is left out, and with it Gradio."""


class Slow(Assistant):
    """Waits at questions about foxes until it may go on."""

    def __init__(self, library: Library, reader: Any, *, threshold: float) -> None:
        super().__init__(library, reader=reader, threshold=threshold)
        self.go = threading.Event()
        self.go.set()

    def trace(self, question: str, *rest: Any, **more: Any) -> Any:
        if "foxes" in question:
            assert self.go.wait(20)
        return super().trace(question, *rest, **more)


class Current:
    """The one collection of the test that runs; the server is the same for all of them."""

    held: Collection

    def get(self, _name: str = "") -> Collection:
        return self.held


@pytest.fixture(scope="module")
def current() -> Any:
    return Current()


@pytest.fixture
def held(library: Library, encoder: Any, tmp_path: Path, current: Any) -> Collection:
    """A small library."""
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text)
    library.add([tmp_path / name for name in TEXTS])
    assistant = Slow(library, QuotingReader(encoder), threshold=0.3)
    documents: Any = SimpleNamespace(close=lambda: None)
    current.held = Collection("", tmp_path / "store", assistant, documents)
    return current.held  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def address(current: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the view is served."""
    from fastapi import FastAPI
    from fastapi.staticfiles import StaticFiles
    from starlette.responses import HTMLResponse

    import ui
    from qa import server
    from qa.gate import Gate, Route
    from qa.web import evaluation
    from qa.web.front import POLICY
    from ui.shell import shell

    site, jobs = FastAPI(openapi_url=None), Jobs()
    kept = tmp_path_factory.mktemp("gold") / "more.jsonl"
    lines = [
        {"id": id_, "question": asked, "answers": [answer], "evidence": [{"document": document, "quote": quote}]}
        for id_, asked, answer, document, quote in GOLD
    ]
    kept.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    more = (("Kept set", kept),)
    page = f"{HEAD}{shell('')}</body></html>"
    policy = {"content-security-policy": POLICY.format(nonce="none")}
    site.mount("/pincite", StaticFiles(directory=Path(ui.__file__).parent / "assets"))
    site.add_route("/", lambda _request: HTMLResponse(page, headers=policy), ["GET"])
    evaluation.add_to(site, current, jobs, more)
    own = (Route(("GET",), "/"), Route(("GET",), r"/pincite/[a-z]+\.(css|js|svg)"))
    routes = (
        *own,
        *evaluation.ROUTES,
    )
    listener = server.listen()
    running = server.server(Gate(site, routes=routes))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield server.address(listener)
    running.should_exit = True
    thread.join()
    jobs.close()


@pytest.fixture
def opened(window: Any, address: str, held: Collection, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """Opens the view; no request may have left it, no script have run and nothing been complained of."""
    pages: list[Any] = []
    requests: list[str] = []

    def at(width: int = 1024) -> Page:
        page = window.new_page()
        pages.append(page)
        page.set_default_timeout(10_000)
        page.set_viewport_size({"width": width, "height": 800})
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{address}/#evaluate")
        page.locator("#pv-part h3").first.wait_for()
        return page

    yield at
    held.assistant.go.set()  # type: ignore[attr-defined]
    ran = [frame.evaluate("window.ran") for page in pages for frame in page.frames]
    for page in pages:
        page.close()
    assert set(ran) == {None}
    assert [url for url in requests if not url.startswith(f"{address}/") or "canary" in url] == []
    assert complaints == []


@pytest.fixture
def page(opened: Callable[..., Page]) -> Page:
    return opened()


def ask_all(page: Page) -> None:
    """Run the questions to their end."""
    before = page.locator(".pv-run").count()
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator(f".pv-runs > li:nth-child({before + 1})").wait_for()


@pytest.fixture
def run(page: Page) -> Page:
    """A run that is looked into."""
    ask_all(page)
    page.locator("a.pv-run-name").click()
    page.locator("#pv-questions").wait_for()
    return page


def part(page: Page, name: str) -> None:
    page.locator(".pv-tabs").get_by_role("link", name=name).click()
    page.locator(f'.pv-tabs a[aria-current]:has-text("{name}")').wait_for()


def test_a_run_shows_how_far_it_is_and_then_what_it_found(page: Page, held: Any) -> None:
    held.assistant.go.clear()
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator(".pv-count", has_text="1 of 3").wait_for()
    assert page.get_by_role("progressbar", name="Questions asked").get_attribute("value") == "1"
    page.locator("#pv-stop").focus()
    page.wait_for_timeout(1200)  # it was asked for again, twice
    assert page.evaluate("document.activeElement.id") == "pv-stop"
    held.assistant.go.set()
    page.get_by_text("3 questions asked.").wait_for()
    page.locator(".pv-run").wait_for()
    page.get_by_role("link", name="Look into it").click()
    assert page.locator(".pv-title h3").inner_text() == "Kept set"


def test_a_run_is_stopped(page: Page, held: Any) -> None:
    held.assistant.go.clear()
    page.get_by_role("button", name="Run", exact=True).click()
    with page.expect_response(lambda response: response.url.endswith("/stop")):
        page.locator("#pv-stop").click()
    held.assistant.go.set()
    page.get_by_text("Stopped. Nothing was kept of this run.").wait_for()
    assert page.locator(".pv-run").count() == 0


def test_a_failure_is_opened_by_keyboard_beside_the_wanted_passage(run: Page) -> None:
    question = run.locator(".pv-asked summary", has_text="Where do foxes dig dens?")
    question.focus()
    run.keyboard.press("Enter")
    beside = run.locator(".pv-asked details[open] .pv-beside")
    beside.wait_for()
    assert beside.locator("section").nth(0).locator("mark").inner_text() == "Foxes dig dens under old oaks."
    assert "Foxes dig dens under old oaks." in beside.locator("section").nth(1).inner_text()
    assert "wrong boundary" in run.locator(".pv-asked details[open] .pv-why").inner_text()
    assert beside.locator("a").first.get_attribute("href").startswith("/document/")  # type: ignore[union-attr]
    left, right = (beside.locator("section").nth(at).bounding_box() for at in (0, 1))
    assert left
    assert right
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] <= right["x"]


def test_questions_are_filtered_while_one_types(run: Page) -> None:
    run.get_by_label("Show").select_option(label="all questions")
    run.locator(".pv-asked > li").nth(2).wait_for()
    run.get_by_label("Find").press_sequentially("herons")
    run.locator(".pv-facts", has_text="1 question").last.wait_for()
    assert run.locator(".pv-asked .pv-words").all_inner_texts() == [GOLD[0][1]]
    assert run.evaluate("document.activeElement.name") == "find"


def test_the_report_is_in_the_page_as_tall_as_it_is_and_in_its_colours(run: Page) -> None:
    frame = run.locator(".pv-frame")
    frame.scroll_into_view_if_needed()
    inside = run.frame_locator(".pv-frame")
    inside.locator("#rows tr").nth(2).wait_for()
    assert inside.locator("svg.plot").count() == 3
    run.wait_for_function(
        "() => { const frame = document.querySelector('.pv-frame');"
        " return Math.abs(frame.offsetHeight - frame.contentDocument.body.offsetHeight) < 3; }"
    )
    tall = frame.bounding_box()
    inside.locator("#find").fill("herons")
    assert inside.locator("#count").inner_text() == "1 of 3 questions shown"
    run.wait_for_function("tall => document.querySelector('.pv-frame').offsetHeight < tall", arg=tall["height"])  # type: ignore[index]
    paper = "getComputedStyle(document.body).getPropertyValue('--ink')"
    (report,) = (each for each in run.frames if "framed" in each.url)
    assert report.evaluate(paper) == "#1d1e22"
    run.locator("#pc-theme").click()
    run.wait_for_function(
        "() => document.querySelector('.pv-frame').contentDocument.documentElement.dataset.theme === 'dark'"
    )
    assert report.evaluate(paper) == "#e9e9ec"
    run.evaluate("localStorage.clear()")


def test_two_runs_are_compared(page: Page) -> None:
    ask_all(page)
    ask_all(page)
    page.locator("a.pv-run-name").first.click()
    page.get_by_label("Compare with").select_option(index=1)
    verdict = page.locator(".pv-verdict")
    verdict.wait_for()
    assert "nothing is better or worse for certain" in verdict.inner_text()
    assert page.locator("#pv-compared tbody tr:visible").count() > 3


def test_a_run_is_deleted_after_a_second_thought(page: Page) -> None:
    ask_all(page)
    page.locator(".pv-sure summary").first.click()
    page.get_by_role("button", name="Delete for good").click()
    page.get_by_text("No run was kept yet.").wait_for()
    page.locator("#pc-said", has_text="Deleted: Kept set").wait_for()


def test_a_gold_question_is_added_changed_removed_and_brought_back(
    page: Page, held: Collection, complaints: list[str]
) -> None:
    part(page, "Gold questions")
    page.locator("#pv-set").select_option(label="Questions from use (0 questions)")
    page.get_by_text("Add a question").click()
    page.locator('textarea[name="question"]').fill(f"What do foxes hunt? {SCRIPT}")
    page.locator('textarea[name="answers"]').fill("voles\nmice")
    page.locator('input[name="document-0"]').fill("hills.txt")
    page.locator('textarea[name="quote-0"]').fill("Foxes hunt cats")
    page.get_by_role("button", name="Add").click()
    page.locator("#pc-said", has_text="cannot be kept").wait_for()
    assert page.locator('textarea[name="answers"]').input_value() == "voles\nmice"  # nothing typed is lost
    assert len(complaints) == 1  # the browser tells of every answer that is a refusal
    complaints.clear()
    page.locator('textarea[name="quote-0"]').fill("foxes hunt VOLES")
    page.get_by_role("button", name="Add").click()
    page.locator(".pv-gold").wait_for()
    (kept,) = goldfile.questions(held.gold)
    assert (kept.answers, kept.evidence[0].quote) == (("voles", "mice"), "Foxes hunt voles")

    page.get_by_role("link", name="Edit").click()
    field = page.locator('.pv-gold textarea[name="question"]')
    field.wait_for()
    assert field.evaluate("field => field === document.activeElement")
    assert field.input_value() == f"What do foxes hunt? {SCRIPT}"
    field.fill("What do foxes hunt?")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").first.wait_for()
    assert goldfile.questions(held.gold)[0].question == "What do foxes hunt?"

    page.get_by_role("button", name="Remove").click()
    undo = page.get_by_role("button", name="Undo")
    undo.wait_for()
    assert undo.evaluate("button => button === document.activeElement")
    assert goldfile.questions(held.gold) == ()
    page.keyboard.press("Enter")
    page.locator(".pv-gold .pv-words").wait_for()
    assert len(goldfile.questions(held.gold)) == 1

    page.get_by_role("button", name="Check the quotes").click()
    page.get_by_text("All evidence stands in its document.").wait_for()


def test_feedback_is_accepted_and_dismissed(opened: Callable[..., Page], held: Collection) -> None:
    talk = Conversations(held.folder).begin().id
    for number, (asked, given) in enumerate(
        (
            (
                "When do foxes hunt?",
                Feedback("corrected", SCRIPT, "hills.txt", "Foxes hunt voles after dusk", "after dusk"),
            ),
            ("Who sings?", Feedback("unanswerable")),
        ),
        start=1,
    ):
        Conversations(held.folder).append(talk, Turn(asked, exports.json(held.assistant.ask(asked))))
        Feedbacks(held.folder).give(talk, number, given)
    page = opened()
    assert page.locator("#pv-waiting").inner_text() == "2"
    part(page, "From use")
    first = page.locator(".pv-candidate").first
    assert SCRIPT in first.inner_text()
    first.locator('textarea[name="question"]').fill("When do foxes hunt voles, then?")
    first.get_by_role("button", name="Accept").click()
    first.get_by_text("Accepted as gold question q1.").wait_for()
    assert page.locator("#pv-waiting").inner_text() == "1"
    page.get_by_role("button", name="Dismiss").click()
    page.get_by_text("Dismissed.").first.wait_for()
    assert page.locator("#pv-waiting").inner_text() == ""
    (kept,) = goldfile.questions(held.gold)
    assert (kept.question, kept.answers) == ("When do foxes hunt voles, then?", ("after dusk",))
    assert kept.evidence[0].quote == "Foxes hunt voles after dusk"


@pytest.mark.parametrize("width", [1440, 390])
def test_no_part_is_wider_than_the_window(opened: Callable[..., Page], width: int) -> None:
    page = opened(width)
    wide = (
        "() => { const part = document.querySelector('.pv'); return part.scrollWidth <= part.clientWidth"
        " && part.getBoundingClientRect().right <= innerWidth; }"
    )
    ask_all(page)
    assert page.evaluate(wide)
    page.locator("a.pv-run-name").click()
    page.locator(".pv-asked summary").first.click()
    page.locator(".pv-beside").wait_for()
    assert page.evaluate(wide)
    part(page, "Gold questions")
    page.locator("#pv-set").wait_for()
    assert page.evaluate(wide)
    part(page, "From use")
    page.get_by_text("Nothing waits to be looked at.").wait_for()
    assert page.evaluate(wide)
