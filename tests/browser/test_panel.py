"""The panel of sources: where an answer's words stand, and the way from one to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from lighthouse import FAR, HIGH, KEEPERS, LAMP, LATE, LIGHTHOUSE, OIL, PAD
from walking import ask, focused, in_view, marked, said, source, within

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

BURNED = "Its lamp burned colza oil until 1894."
FIRST = "She was the first keeper on the coast to burn paraffin."


def title(page: Page) -> str:
    return page.locator("#pc-panel-title").inner_text()


def test_the_quote_is_shown_where_the_pointer_or_the_focus_is(page: Page) -> None:
    reply = ask(page, LAMP)
    shown = page.get_by_role("tooltip")
    assert shown.is_hidden()
    for number, quote, where in (
        (0, BURNED, "The lighthouse at Skerry Point, line 1"),
        (1, FIRST, "Keepers of the northern lights, page 1"),
    ):
        chip = reply.locator(".pc-chip").nth(number)
        chip.hover()
        assert shown.inner_text().split("\n") == [quote, where]
        assert within(shown, page.locator("body"))
    page.locator("#pc-box textarea").hover()
    assert shown.is_hidden()
    reply.locator(".pc-chip").first.focus()
    assert BURNED in shown.inner_text()
    page.locator("#pc-box textarea").focus()
    assert shown.is_hidden()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_a_chip_opens_the_document_at_the_highlighted_words(
    open_page: Callable[..., Page], width: int, height: int
) -> None:
    page = open_page(width, height)
    ask(page, FAR).locator(".pc-chip").click()
    frame = source(page)
    mark = frame.locator("mark")
    assert mark.text_content() == LATE
    at_the_words(page)  # and with it whoever goes on by keyboard, or listens
    assert within(mark, page.locator("#pc-panel-frame"))
    assert page.evaluate("document.getElementById('pc-panel-frame').contentWindow.scrollY") > 500
    assert within(page.locator("#pc-panel"), page.locator("body"))
    assert title(page) == "A long document"
    assert page.locator("#pc-panel-where").inner_text() == "archive/long.pdf · page 40"
    assert frame.locator(".pd-where").inner_text() == "Cited passage page 40 of 50Section 400"
    page.get_by_role("button", name="Close the source").click()
    assert page.locator("#pc-panel").is_hidden()
    assert focused(page, ".pc-chip")


def at_the_words(page: Page) -> None:
    """Waits until the focus is there; keys go to the document from then on."""
    page.wait_for_function("() => document.activeElement.contentDocument?.activeElement.id === 'c'")


def test_enter_opens_it_and_keys_go_to_the_next_citation_and_back(page: Page) -> None:
    reply = ask(page, LAMP)
    reply.locator(".pc-chip").first.focus()
    page.keyboard.press("Enter")
    assert source(page).locator("mark").text_content() == BURNED
    assert page.locator("#pc-panel-count").inner_text() == "1 of 2"
    page.keyboard.press("]")
    page.frame_locator("#pc-panel-frame").locator("mark", has_text=FIRST).wait_for()
    at_the_words(page)
    assert title(page) == KEEPERS.title
    assert page.locator("#pc-panel-count").inner_text() == "2 of 2"
    assert [chip.inner_text() for chip in reply.locator(".pc-chip.pc-active").all()] == ["2"]
    page.keyboard.press("]")  # there is none
    assert title(page) == KEEPERS.title
    page.keyboard.press("[")
    assert title(page) == LIGHTHOUSE.title
    page.keyboard.press("Escape")
    assert page.locator("#pc-panel").is_hidden()
    assert focused(page, "a.pc-chip")


def test_the_keys_work_within_the_document_too(page: Page) -> None:
    ask(page, LAMP).locator(".pc-chip").first.click()
    source(page).locator("mark").click()
    page.keyboard.press("]")
    page.frame_locator("#pc-panel-frame").locator("mark", has_text=FIRST).wait_for()
    source(page).locator("article").click()
    page.keyboard.press("Escape")
    page.locator("#pc-panel").wait_for(state="hidden")


def test_the_keys_work_while_the_pictures_of_a_document_are_still_drawn(page: Page) -> None:
    asked: list[object] = []
    page.route("**/page/1.png*", lambda route: asked.append(route))  # and is not answered
    ask(page, LAMP).locator(".pc-chip").nth(1).click()
    at_the_words(page)
    page.keyboard.press("[")
    page.frame_locator("#pc-panel-frame").locator("mark", has_text=BURNED).wait_for()
    assert len(asked) == 1
    page.unroute_all(behavior="ignoreErrors")


def test_buttons_go_to_the_next_citation_and_back(page: Page) -> None:
    ask(page, LAMP).locator(".pc-chip").nth(1).click()
    back, on = page.get_by_role("button", name="Previous citation"), page.get_by_role("button", name="Next citation")
    assert (back.is_enabled(), on.is_enabled()) == (True, False)
    back.click()
    assert (back.is_enabled(), on.is_enabled()) == (False, True)
    assert title(page) == LIGHTHOUSE.title
    on.click()
    assert title(page) == KEEPERS.title


def test_the_page_of_a_pdf_is_shown_with_its_words_marked(page: Page) -> None:
    ask(page, LAMP).locator(".pc-chip").nth(1).click()
    frame = source(page)
    picture = frame.locator("figure img")
    assert picture.evaluate("e => e.decode().then(() => e.naturalWidth)") == 600
    assert within(frame.get_by_role("img", name="Cited passage on page 1"), page.locator("#pc-panel-frame"))


def test_all_passages_found_are_there_with_what_each_stage_thought_of_them(page: Page) -> None:
    reply = ask(page, LAMP)
    reply.locator(".pc-chip").first.click()
    for place in (page.locator("#pc-panel-found"), reply.locator(".pc-found")):
        place.locator("summary").click()
        rows = place.locator("li")
        assert rows.count() == 3
        assert rows.nth(1).inner_text().split("\n") == [
            "Keepers of the northern lights page 1",
            "Ada Lindqvist kept the light from 1889 to 1907. She was the first keeper on the coast to burn paraffin.",
            "meaning 0.80, words 0.70",
        ]
    page.locator("#pc-panel-found").locator("li a").nth(2).click()
    page.frame_locator("#pc-panel-frame").locator("mark", has_text="In 1962 the light").wait_for()
    assert page.locator("#pc-panel-where").inner_text() == "line 6"
    assert page.locator("#pc-panel-count").inner_text() == ""
    page.get_by_role("button", name="Next citation").click()
    assert title(page) == LIGHTHOUSE.title
    assert source(page).locator("mark").first.text_content() == BURNED


def test_nearest_passages_open_in_the_panel(page: Page) -> None:
    reply = ask(page, PAD)
    card = reply.locator(".pc-card").nth(2)
    card.locator("summary").click()
    card.get_by_role("link", name="Open in the document").click()
    assert source(page).locator("mark").text_content() == KEEPERS.text
    assert page.locator("#pc-panel-count").inner_text() == "3 of 3"


def test_a_quotation_is_copied_with_its_source_and_link(page: Page, site: str) -> None:
    ask(page, HIGH).locator(".pc-chip").click()
    page.get_by_role("button", name="Copy as quotation").click()
    said(page, "The quotation is copied.")
    words, link = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert words == (
        "“The tower is 38 metres high and has 196 steps.” — "
        "The lighthouse at Skerry Point, islands/skerry-point.md · line 3"
    )
    assert link.startswith(f"{site}/document/lighthouse?c=79-125&q=The+tower")


def test_the_link_of_the_panel_is_one_to_the_words(page: Page, site: str, window: object) -> None:
    ask(page, FAR).locator(".pc-chip").click()
    link = page.get_by_role("link", name="Open in a window")
    with page.context.expect_page() as opening:
        link.click()
    opened = opening.value
    mark = opened.locator("mark")
    assert mark.text_content() == LATE
    opened.wait_for_function("() => document.activeElement.id === 'c'")
    assert within(mark, opened.locator("body"))
    opened.close()


def test_a_file_that_changed_since_it_was_indexed_is_flagged(page: Page) -> None:
    reply = ask(page, "Was it rebuilt?")
    told = "The file has changed since it was indexed. These words are elsewhere in it now."
    assert reply.locator(".pc-flag").inner_text() == told
    reply.locator(".pc-chip").click()
    assert page.locator("#pc-panel-flag").inner_text() == told
    ask(page, HIGH).locator(".pc-chip").click()
    assert page.locator("#pc-panel-flag").is_hidden()


def test_an_older_chip_opens_its_own_source(page: Page) -> None:
    first, second = ask(page, LAMP), ask(page, HIGH)
    assert page.locator(".pc-question").all_inner_texts() == [LAMP, HIGH]
    first.locator(".pc-chip", has_text="2").click()
    active = page.locator(".pc-card.pc-active")
    assert active.get_attribute("id") == "turn-1-source-2"
    assert source(page).locator("mark").text_content() == FIRST
    second.locator(".pc-chip").click()
    assert active.get_attribute("id") == "turn-2-source-1"
    page.frame_locator("#pc-panel-frame").locator("mark", has_text="The tower is").wait_for()


def test_cards_open_and_close_in_their_place(page: Page) -> None:
    reply = ask(page, LAMP)
    first, second = reply.locator("details.pc-card").all()
    assert marked(first) == BURNED
    assert first.locator(".pc-passage").inner_text() == OIL
    assert first.locator("mark").is_visible()
    assert second.locator("mark").is_hidden()
    second.locator("summary").click()
    assert second.locator("mark").is_visible()
    assert in_view(page, second.locator("mark"))
    first.locator("summary").click()
    assert first.locator("mark").is_hidden()
