"""What axe-core, the rules of auditors, finds wrong in each view: nothing serious, in the light and in the dark."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from chromium import Watch
from lighthouse import HOSTILE, KEEPERS, LIGHTHOUSE, PAD, cite
from quoting import QuotingReader
from shelves import Same, served
from walking import ask, source

from qa.assistant import Assistant
from qa.documents import Documents
from qa.library import Library
from qa.links import document_link
from qa.sources import Upload
from qa.web.collections import Collection, Collections

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("scheme", ["light", "dark"])]


@pytest.fixture(scope="module")
def axe() -> str:
    found = find_spec("axe_playwright_python")
    if found is None or not found.submodule_search_locations:
        pytest.skip("axe-playwright-python is not installed")
    return (Path(found.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")


def wrong(page: Page, axe: str) -> list[str]:
    """What is serious or critical, with where it is."""
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'], iframes: false })")
    return [
        f"{rule['id']}: {node['target']} {node['html'][:160]} {node['failureSummary']}"
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def test_the_chat(open_page: Callable[..., Page], axe: str, scheme: Any) -> None:
    page = open_page()
    page.emulate_media(color_scheme=scheme)
    page.wait_for_timeout(200)
    assert wrong(page, axe) == []
    ask(page, "And how high is it?").locator(".pc-act.pc-right").click()
    page.locator("[aria-pressed=true]").wait_for()
    ask(page, "Was it rebuilt?")
    ask(page, PAD)
    ask(page, "Is it locked?")
    page.evaluate("document.querySelectorAll('#pc-talk details').forEach(card => { card.open = true })")
    page.locator(".pc-talk").hover()
    page.locator(".pc-menu summary").click()
    page.locator("#pc-picker summary").click()
    page.evaluate("document.querySelectorAll('#pc-picker, .pc-menu').forEach(menu => { menu.open = true })")
    assert wrong(page, axe) == []
    page.locator(".pc-reply").nth(1).locator(".pc-chip").click()
    source(page)
    page.locator("#pc-panel-found summary").click()
    page.locator(".pc-chip").first.focus()
    page.locator(".pc-act.pc-corrected").first.click()
    source(page)
    assert wrong(page, axe) == []


def test_a_narrow_window(open_page: Callable[..., Page], axe: str, scheme: Any) -> None:
    page = open_page(390, 844)
    page.emulate_media(color_scheme=scheme)
    ask(page, PAD)
    assert wrong(page, axe) == []
    page.get_by_role("button", name="Conversations").click()
    page.locator(".pc-talk").wait_for()
    assert wrong(page, axe) == []


def test_a_document(watch: Watch, site: str, axe: str, scheme: Any) -> None:
    page = watch.page(1024, 768)
    page.emulate_media(color_scheme=scheme)
    for document, words in ((LIGHTHOUSE, "196 steps"), (KEEPERS, "Ada Lindqvist"), (HOSTILE, HOSTILE.text[-500:])):
        page.goto(site + document_link(cite(document, words)))
        assert wrong(page, axe) == []
    page.goto(f"{site}/document/lighthouse?c=0-9&q=It+was+built+of+brick")
    assert wrong(page, axe) == []


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page over a small library, with gold questions."""
    folder = tmp_path_factory.mktemp("whole") / "store"
    encoder: Any = Same()
    with Library.open(folder, encoder=encoder) as library:
        tagged = b"---\ntags: [birds, water]\ndate: 2024-05-01\n---\n# Herons\n\nHerons eat small fish at dawn.\n"
        library.add([], uploads=[Upload("herons.md", tagged), Upload("foxes.txt", b"Foxes dig dens under oaks.\n")])
        assistant = Assistant(library, reader=QuotingReader(encoder), threshold=0.0)
        collection = Collection("", folder, assistant, Documents(library))
        evidence = [{"document": "herons.md", "quote": "Herons eat small fish at dawn."}]
        records = (
            {"id": "q1", "question": "What do herons eat?", "answers": ["small fish"], "evidence": evidence},
            {"id": "q2", "question": "Who painted the bridge?", "tags": ["bridges"]},
        )
        collection.gold.write_text("".join(f"{json.dumps(record)}\n" for record in records))
        with served(Collections(lambda _name: collection)) as address:
            yield address


def test_the_library(window: Any, whole: str, axe: str, scheme: Any) -> None:
    watch = Watch(window, whole)
    page = watch.page(1440, 900)
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{whole}/#library")
    page.locator(".pl-table").wait_for()
    page.set_input_files("#pl-files", [{"name": "owls.none", "mimeType": "text/plain", "buffer": b"x"}])
    page.get_by_role("list", name="Files that failed").get_by_text("owls.none").wait_for()
    assert wrong(page, axe) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("document.querySelectorAll('#pc-library details').forEach(card => { card.open = true })")
    assert wrong(page, axe) == []
    watch.close()


def test_what_is_evaluated(window: Any, whole: str, axe: str, scheme: Any) -> None:
    watch = Watch(window, whole)
    page = watch.page(1440, 900)
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{whole}/#evaluate")
    page.get_by_role("button", name="Run", exact=True).click()
    runs = page.locator("#pv-runs a[href*='/evaluate/runs/']")
    runs.first.wait_for()
    assert wrong(page, axe) == []
    runs.first.click()
    page.locator("#pv-questions summary").first.click()
    page.locator(".pv-opened .pv-beside").first.wait_for()
    assert wrong(page, axe) == []
    page.get_by_role("link", name="Gold questions").click()
    page.locator(".pv-gold").first.wait_for()
    assert wrong(page, axe) == []
    page.locator(".pv-tools a").first.click()
    page.locator(".pv-gold textarea[name=question]").wait_for()
    assert wrong(page, axe) == []
    watch.close()
