"""What a person does on the page, and what they see of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Locator, Page


def load(page: Page, address: str) -> None:
    """Opens the page at an address, and waits until it listens."""
    with page.expect_response(lambda response: "/run/predict" in response.url):
        page.goto(address)
    page.wait_for_function("() => document.querySelector('#pc-box textarea') === document.activeElement")


def ask(page: Page, question: str) -> Locator:
    """Types the question, sends it, and gives the reply when it has come."""
    replies = page.locator(".pc-reply")
    before = replies.count()
    begin(page, question)
    replies.nth(before).wait_for()
    return replies.nth(before)


def begin(page: Page, question: str, send: Callable[[], object] | None = None) -> None:
    """Types the question and sends it, by Enter unless it is said how, until it is there.

    While the turn before is not quite over it is not taken: a person sees that it still stands there, and goes on.
    """
    asked = page.locator(".pc-question")
    count = asked.count()
    page.fill("#pc-box textarea", question)
    for _ in range(5):
        send() if send else page.press("#pc-box textarea", "Enter")
        for _ in range(20):
            page.wait_for_timeout(100)
            if asked.count() > count:
                return


def focused(page: Page, selector: str) -> bool:
    return bool(page.evaluate("selector => document.activeElement.matches(selector)", selector))


def within(inner: Locator, outer: Locator) -> bool:
    """Whether all of an element is within what another shows."""
    held, place = inner.bounding_box(), outer.bounding_box()
    assert held
    assert place
    return bool(
        place["y"] <= held["y"]
        and held["y"] + held["height"] <= place["y"] + place["height"] + 1
        and place["x"] <= held["x"]
        and held["x"] + held["width"] <= place["x"] + place["width"] + 1
    )


def in_view(page: Page, element: Locator) -> bool:
    """Whether all of the element is within the conversation as it is scrolled."""
    return within(element, page.locator("[role=log]"))


def marked(card: Locator) -> str | None:
    return card.locator("mark").text_content()


def source(page: Page) -> FrameLocator:
    """The document in the panel, once its words are marked."""
    frame = page.frame_locator("#pc-panel-frame")
    frame.locator("mark").first.wait_for()
    return frame


def said(page: Page, words: str) -> None:
    """Waits until the page has said so."""
    page.locator("#pc-said", has_text=words).wait_for()
