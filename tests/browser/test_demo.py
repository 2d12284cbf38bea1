"""The main job, in the page: a question about the demo's documents, and the very words that answer it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from walking import load

from seeds import CORPUS

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.trained]

QUOTE = (
    "Zamir Kabulov, the Russian Presidential Envoy to\nAfghanistan, censured Trump's strategy towards Pakistan and "
    'described Islamabad as "a key regional\nplayer to negotiate with".'
)


@pytest.fixture
def page(window: Any, demo: str) -> Iterator[Page]:
    page = window.new_page()
    page.set_default_timeout(20_000)
    load(page, demo)
    yield page
    page.close()


def test_who_is_zamir_kabulov(page: Page) -> None:
    page.fill("#pc-box textarea", "Who is Zamir Kabulov?")
    page.press("#pc-box textarea", "Enter")
    reply = page.locator(".pc-reply")
    assert "Russian Presidential Envoy to Afghanistan" in reply.locator(".pc-short").inner_text()
    assert "the Russian Presidential Envoy to Afghanistan" in reply.locator(".pc-answer").inner_text()
    reply.locator(".pc-chip").first.click()
    card = reply.locator("details.pc-card").first
    assert card.get_attribute("open") is not None
    assert card.locator("mark").text_content() == QUOTE
    assert "pakistan-russia-commentary.md" in card.inner_text()
    line = int(re.search(r"line (\d+)", card.inner_text())[1])  # type: ignore[index]
    lines = (CORPUS / "pakistan-russia-commentary.md").read_text().split("\n")
    assert "Zamir Kabulov" in lines[line - 1]


def test_the_examples_are_there_and_one_of_them_is_answered(page: Page) -> None:
    page.get_by_role("button", name="When was the MOU on the steel mills signed?").click()
    assert "February 2013" in page.locator(".pc-answer").inner_text()
