"""The page by keyboard alone, in a narrow window, in the light and in the dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from lighthouse import HIGH, LAMP, PAD
from walking import ask, focused, marked, source, within

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

LIGHT, DARK = "rgb(251, 250, 247)", "rgb(20, 21, 24)"


def paper(element: Locator) -> str:
    """The colour behind an element, once it is settled."""
    return str(
        element.evaluate("""async e => {
            await new Promise(done => setTimeout(() => requestAnimationFrame(done), 100));
            return getComputedStyle(e).backgroundColor;
        }""")
    )


def tab_to(page: Page, selector: str, key: str = "Tab", most: int = 40) -> None:
    """Presses Tab until the focus is there, and sees that it is shown where it is."""
    for _ in range(most):
        page.keyboard.press(key)
        if focused(page, selector):
            break
    else:
        pytest.fail(f"{key} does not lead to {selector}")
    style = "e => { const s = getComputedStyle(e); return s.outlineStyle !== 'none' || s.boxShadow !== 'none' }"
    assert page.evaluate(f"({style})(document.activeElement)"), selector


def test_by_keyboard_alone(page: Page) -> None:
    page.keyboard.type(HIGH)
    page.keyboard.press("Enter")
    reply = page.locator(".pc-reply")
    reply.wait_for()
    page.locator("#pc-box textarea:focus").wait_for()
    tab_to(page, "a.pc-chip", "Shift+Tab")
    assert page.get_by_role("tooltip").is_visible()
    page.keyboard.press("Enter")
    assert source(page).locator("mark").text_content() == "The tower is 38 metres high and has 196 steps."
    page.wait_for_function("() => document.activeElement.contentDocument?.activeElement.id === 'c'")
    page.keyboard.press("Escape")
    page.locator("#pc-panel").wait_for(state="hidden")
    assert focused(page, "a.pc-chip")
    tab_to(page, "#turn-1-source-1 summary")
    page.keyboard.press("Enter")
    assert reply.locator("mark").is_hidden()
    page.keyboard.press("Enter")
    assert marked(reply) == "The tower is 38 metres high and has 196 steps."
    tab_to(page, ".pc-act.pc-right")
    page.keyboard.press("Space")
    page.locator(".pc-act.pc-right[aria-pressed=true]").wait_for()


def test_by_keyboard_alone_among_conversations(page: Page) -> None:
    ask(page, HIGH)
    page.locator(".pc-talk").wait_for()
    page.evaluate("document.activeElement.blur()")
    tab_to(page, ".pc-skip")
    tab_to(page, ".pc-views a")
    tab_to(page, "#pc-theme")
    tab_to(page, "#pc-new")
    tab_to(page, ".pc-talk-link")
    tab_to(page, ".pc-menu summary")
    page.keyboard.press("Enter")
    tab_to(page, ".pc-menu input")
    page.keyboard.press("End")
    page.keyboard.type("!!")
    page.keyboard.press("Enter")
    page.locator(".pc-talk-link", has_text=f"{HIGH}!!").wait_for()
    assert page.locator(".pc-menu[open]").count() == 0
    assert focused(page, ".pc-menu summary")  # the list came anew
    page.keyboard.press("Enter")
    page.locator(".pc-menu[open]").wait_for()
    page.keyboard.press("Escape")
    assert page.locator(".pc-menu[open]").count() == 0
    assert focused(page, ".pc-menu summary")


def test_the_first_link_leads_to_the_question(page: Page) -> None:
    tab_to(page, ".pc-skip", "Shift+Tab")
    skip = page.get_by_role("link", name="To the question")
    page.wait_for_function("() => document.activeElement.getBoundingClientRect().top > 0")  # it slides in
    assert within(skip, page.locator("body"))
    page.keyboard.press("Enter")
    assert focused(page, "#pc-box textarea")
    assert page.locator("html").get_attribute("data-view") == "chat"


def test_the_page_is_as_dark_as_the_system(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, HIGH).locator(".pc-chip").click()
    document = source(page).locator("body")
    for scheme, wanted in (("dark", DARK), ("light", LIGHT)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.wait_for_timeout(200)
        assert [paper(page.locator(".gradio-container")), paper(page.locator("body"))] == [wanted] * 2
        assert paper(document) == wanted


def test_light_or_dark_is_chosen_and_kept(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.emulate_media(color_scheme="light")
    switch = page.get_by_role("button", name="Light or dark")
    ask(page, HIGH).locator(".pc-chip").click()
    assert paper(source(page).locator("body")) == LIGHT
    switch.click()
    assert paper(page.locator("body")) == DARK
    page.frame_locator("#pc-panel-frame").locator("body").wait_for()
    assert paper(source(page).locator("body")) == DARK
    page.reload()
    page.locator(".pc-reply").wait_for()
    assert [paper(page.locator("body")), paper(page.locator(".gradio-container"))] == [DARK] * 2
    switch.click()
    assert paper(page.locator("body")) == LIGHT
    page.evaluate("localStorage.clear()")
    page.context.clear_cookies()


def test_nothing_is_wider_than_the_window(open_page: Callable[..., Page]) -> None:
    page = open_page(390, 844)
    for question in (LAMP, PAD, "hostile " + "x" * 300):
        ask(page, question)
    page.evaluate("document.querySelectorAll('#pc-talk details').forEach(card => { card.open = true })")
    for width in (390, 320, 641, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        wide = page.evaluate("""() => [document.documentElement, document.querySelector('[role=log]')]
            .map(e => e.scrollWidth - e.clientWidth)""")
        assert wide == [0, 0], width
        outside = page.evaluate("""() => [...document.querySelectorAll('[role=log] .md *, #pc-top *, #pc-box *')]
            .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 0.5)
            .map(e => e.id || e.className || e.localName)""")
        assert outside == [], width


def test_in_a_narrow_window_conversations_and_sources_lie_over_the_talk(open_page: Callable[..., Page]) -> None:
    page = open_page(390, 844)
    ask(page, HIGH)
    side, whole = page.locator("#pc-side"), page.locator("body")
    assert side.is_hidden()
    opener = page.get_by_role("button", name="Conversations")
    opener.click()
    side.get_by_role("link", name=HIGH).wait_for()
    assert within(side, whole)
    assert opener.get_attribute("aria-expanded") == "true"
    entry = page.locator(".pc-talk")
    entry.hover()
    entry.locator("summary").click()
    assert within(entry.locator(".pc-menu > div"), whole)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.locator("#pc-side").wait_for(state="hidden")
    page.locator(".pc-chip").click()
    source(page)
    panel = page.locator("#pc-panel")
    assert within(panel, whole)
    for button in panel.locator(".pc-panel-top button, .pc-panel-tools button, .pc-panel-tools a").all():
        assert within(button, panel)
    page.get_by_role("button", name="Close the source").click()
    for link in page.get_by_role("navigation", name="Views").get_by_role("link").all():
        assert within(link, whole)


def test_less_motion_is_kept_to(page: Page) -> None:
    moving = page.evaluate("""() => [...document.querySelectorAll('*')].flatMap(e => {
        const style = getComputedStyle(e);
        return [...style.transitionDuration.split(', '), ...style.animationDuration.split(', ')]
            .map(words => parseFloat(words) * (words.endsWith('ms') ? 1 : 1000))
            .filter(duration => duration > 1).map(() => e.id || e.className);
    })""")
    assert moving == []
