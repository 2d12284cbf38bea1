"""Several tabs, several views: what a page is about stays what it is about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from chromium import Watch
from lighthouse import HIGH, LAMP, PAD, Asked, Lighthouse
from shelves import served, shelves
from walking import ask, load

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_the_views_are_those_of_the_collection_and_lead_back_to_the_conversation(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(address="/?collection=Birds+of+the+coast")
    ask(page, PAD)
    page.wait_for_url("**talk=*")
    address = page.url
    page.route("**/evaluate?*", lambda route: route.fulfill(body=""))  # what is in it is not looked at here
    page.get_by_role("link", name="Evaluate", exact=True).click()
    assert page.url == f"{address}#evaluate"
    assert page.locator("#pc-picker summary").inner_text() == "Birds of the coast"
    page.get_by_role("link", name="Chat", exact=True).click()
    assert page.url == f"{address}#chat"
    assert page.locator(".pc-question").all_inner_texts() == [PAD]
    assert "collection=Birds" in (page.locator("#pc-new").get_attribute("href") or "")


def test_more_tabs_than_a_browser_has_connections(open_page: Callable[..., Page]) -> None:
    pages = [open_page() for _ in range(7)]  # a browser has six connections for all of them
    for page in (pages[6], pages[0]):
        ask(page, LAMP)


def test_a_page_that_was_forgotten_goes_on_with_its_conversation(
    window: object, tmp_path: Path, fake: Asked, empty: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.server._PAGES", 1)
    with served(shelves(tmp_path, fake, Lighthouse())) as site:
        watch = Watch(window, site)
        first, second = watch.page(1440, 900), watch.page(1440, 900)
        load(first, site)
        ask(first, LAMP)
        first.wait_for_url("**talk=*")
        load(second, site)
        ask(second, PAD)
        ask(first, HIGH)
        assert first.locator(".pc-question").all_inner_texts() == [LAMP, HIGH]
        first.locator(".pc-talk-link").nth(1).wait_for()
        watch.close()


def test_a_collection_that_is_none_says_so(open_page: Callable[..., Page], watch: Watch) -> None:
    page = open_page(address="/?collection=nowhere")
    assert ask(page, LAMP).inner_text() == "There is no such collection: choose one of those in the list."
    watch.called_forth("status of 400", 2)  # of the list of its conversations, loaded with the page and after the reply
