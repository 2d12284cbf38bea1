"""The chat as a person meets it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from qa.types import Document

pytestmark = pytest.mark.browser

HIGH = "How high is the tower?"
LAMP = "What did the lamp burn?"
PAD = "Is there a helicopter pad?"


def ask(page: Page, question: str) -> Locator:
    """Types the question, sends it, and gives the reply when it has come."""
    replies = page.locator(".pc-reply")
    before = replies.count()
    page.fill("#pc-box textarea", question)
    page.press("#pc-box textarea", "Enter")
    replies.nth(before).wait_for()
    return replies.nth(before)


def focused(page: Page, selector: str) -> bool:
    return bool(page.evaluate("selector => document.activeElement.matches(selector)", selector))


def in_view(page: Page, element: Locator) -> bool:
    """Whether all of the element is within the conversation as it is scrolled."""
    inner, outer = element.bounding_box(), page.locator("[role=log]").bounding_box()
    assert inner
    assert outer
    return outer["y"] <= inner["y"] and inner["y"] + inner["height"] <= outer["y"] + outer["height"] + 1


def marked(card: Locator) -> str | None:
    return card.locator("mark").text_content()


def test_the_empty_page(page: Page) -> None:
    assert page.title() == "Pincite"
    assert page.locator("h1").inner_text() == "Pincite"
    assert page.locator(".pc-status").inner_text() == "3 documents <i>here</i>"
    assert "Ask your documents" in page.locator("[role=log]").inner_text()
    assert page.get_by_role("textbox", name="Question").is_visible()
    assert focused(page, "#pc-box textarea")
    assert page.locator("#pc-new").is_hidden()


def test_an_answer_has_its_chip_and_its_source(page: Page) -> None:
    reply = ask(page, HIGH)
    assert page.locator(".pc-question").inner_text() == HIGH
    assert reply.locator(".pc-answer").inner_text() == "The tower is 38 metres high and has 196 steps. 1"
    assert reply.locator(".pc-chip").get_attribute("title") == "The lighthouse at Skerry Point, line 3"
    assert reply.locator(".pc-confidence").inner_text() == "High confidence"
    assert reply.locator(".pc-confidence").get_attribute("title") == "0.93"
    card = reply.locator(".pc-card")
    assert card.locator("summary").inner_text().split("\n") == [
        "1",
        "The lighthouse at Skerry Point",
        "islands/skerry-point.md",
        "line 3",
    ]
    assert marked(card) == "The tower is 38 metres high and has 196 steps."
    assert card.locator("p").inner_text() == (
        "The tower is 38 metres high and has 196 steps.\nIt was built of granite."
    )


def test_a_chip_opens_its_card_and_brings_it_into_view(open_page: Callable[..., Page]) -> None:
    page = open_page(height=420)
    reply = ask(page, LAMP)
    second = reply.locator(".pc-card").nth(1)
    assert second.get_attribute("open") is None
    assert not in_view(page, second)
    reply.locator(".pc-chip", has_text="2").click()
    mark = second.locator("mark")
    mark.wait_for()
    assert in_view(page, mark)
    assert in_view(page, second)
    assert marked(second) == "She was the first keeper on the coast to burn paraffin."
    assert "pc-active" in (second.get_attribute("class") or "")
    assert focused(page, "#turn-1-source-2 summary")
    reply.locator(".pc-chip", has_text="1").click()
    assert page.locator(".pc-active").get_attribute("id") == "turn-1-source-1"
    assert marked(page.locator(".pc-active")) == "Its lamp burned colza oil until 1894."


def test_a_closed_card_is_opened_again_by_its_chip(page: Page) -> None:
    reply = ask(page, HIGH)
    reply.locator("summary").click()
    assert reply.locator("mark").is_hidden()
    reply.locator(".pc-chip").click()
    assert reply.locator("mark").is_visible()


def test_turns_stay_and_an_older_chip_opens_its_own_card(page: Page) -> None:
    ask(page, LAMP)
    ask(page, HIGH)
    assert page.locator(".pc-question").all_inner_texts() == [LAMP, HIGH]
    first, second = page.locator(".pc-reply").all()
    first.locator(".pc-chip", has_text="2").click()
    assert page.locator(".pc-active").get_attribute("id") == "turn-1-source-2"
    assert marked(first.locator(".pc-active")) == "She was the first keeper on the coast to burn paraffin."
    assert in_view(page, first.locator(".pc-active"))
    second.locator(".pc-chip").click()
    assert page.locator(".pc-active").get_attribute("id") == "turn-2-source-1"


def test_what_the_sources_do_not_answer(page: Page) -> None:
    reply = ask(page, PAD)
    assert reply.locator(".pc-unanswered p").all_inner_texts() == [
        "The sources do not answer this.",
        "No document contains: helicopter",
    ]
    assert reply.locator(".pc-nearest").inner_text() == "Nearest passages"
    cards = reply.locator(".pc-card")
    assert cards.count() == 3
    assert not reply.locator(".pc-passage").first.is_visible()
    cards.first.locator("summary").click()
    assert cards.first.locator("p").inner_text() == (
        "In 1962 the light was made automatic and the last keeper left the island."
    )
    assert reply.locator("mark").count() == reply.locator(".pc-chip").count() == 0


def test_an_example_is_asked_by_a_click_and_leaves_what_was_typed(page: Page) -> None:
    page.fill("#pc-box textarea", "half a ques")
    page.get_by_role("button", name=HIGH).click()
    page.locator(".pc-reply").wait_for()
    assert page.locator(".pc-question").inner_text() == HIGH
    assert page.locator("#pc-box textarea").input_value() == "half a ques"
    page.get_by_role("button", name="<b>Does</b>").click()
    page.locator(".pc-unanswered").wait_for()
    assert page.locator(".pc-question").last.inner_text() == "<b>Does</b> the island have a helicopter pad?"


def test_the_button_asks_and_an_empty_box_does_not(page: Page) -> None:
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_timeout(500)
    assert page.locator(".pc-question").count() == 0
    page.fill("#pc-box textarea", HIGH)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.locator(".pc-reply").wait_for()
    assert page.locator(".pc-question").count() == 1
    assert page.locator("#pc-box textarea").input_value() == ""


def test_while_it_reads_the_page_says_so_and_takes_no_second_question(page: Page, fake: Any) -> None:
    fake.go.clear()
    page.fill("#pc-box textarea", "wait, how high?")
    page.press("#pc-box textarea", "Enter")
    page.locator(".pc-question").wait_for()
    row = page.locator(".message-row").last
    assert "Reading the sources" in row.evaluate("row => getComputedStyle(row, '::after').content")
    page.fill("#pc-box textarea", "typed meanwhile")
    page.press("#pc-box textarea", "Enter")
    page.wait_for_timeout(500)
    assert page.locator(".pc-question").all_inner_texts() == ["wait, how high?"]
    fake.go.set()
    page.locator(".pc-reply").wait_for()
    assert page.locator("#pc-box textarea").input_value() == "typed meanwhile"
    page.press("#pc-box textarea", "Enter")
    page.locator(".pc-reply").nth(1).wait_for()
    assert page.locator(".pc-question").all_inner_texts() == ["wait, how high?", "typed meanwhile"]


def test_a_new_conversation_forgets_the_old_one_and_waits_for_nothing(
    page: Page, fake: Any, complaints: list[str]
) -> None:
    ask(page, HIGH)
    fake.go.clear()
    page.fill("#pc-box textarea", "wait for the lamp")
    page.press("#pc-box textarea", "Enter")
    page.locator(".pc-question").nth(1).wait_for()
    page.get_by_role("link", name="New conversation").click()
    page.locator(".pc-welcome").wait_for()
    page.locator("#pc-box textarea").wait_for()
    reply = ask(page, HIGH)
    assert page.locator(".pc-question").all_inner_texts() == [HIGH]
    assert reply.locator(".pc-chip").get_attribute("href") == "#turn-1-source-1"
    # Gradio says so of the stream that it was left with.
    assert all(said.startswith("AbortError") or "Connection errored out" in said for said in complaints)
    complaints.clear()


def test_an_error_is_a_sentence_in_its_turn(page: Page) -> None:
    assert ask(page, "Is it locked?").inner_text() == "The store <b>is</b> locked."
    assert ask(page, HIGH).locator(".pc-chip").count() == 1


def test_too_long_a_question_stays_in_the_box(page: Page) -> None:
    reply = ask(page, "x" * 3000)
    assert "3,000 characters" in reply.inner_text()
    assert page.locator("#pc-box textarea").input_value() == "x" * 3000


def test_hostile_documents_are_shown_letter_for_letter_and_do_nothing(page: Page, hostile: Document) -> None:
    question = "hostile <img src=/canary.png onerror=window.ran=1> ![q](https://canary.invalid/q.png) **q** `<b>`"
    reply = ask(page, question)
    quote = hostile.text[3:-3]
    assert page.locator(".pc-question").text_content() == question
    assert marked(reply) == quote
    assert reply.locator(".pc-passage").text_content() == hostile.text
    assert reply.locator(".pc-answer").text_content() == quote.replace("[1]", "1") + " 1"
    assert reply.locator(".pc-title").text_content() == hostile.title
    assert reply.locator(".pc-source").text_content() == hostile.source
    assert reply.locator(".pc-chip").last.get_attribute("title") == f"{hostile.title}, line 1"
    elements = page.evaluate("[...document.querySelectorAll('[role=log] .md *')].map(e => e.localName)")
    assert set(elements) == {"div", "p", "a", "span", "details", "summary", "mark", "bdi"}
    assert page.locator("#turn-1-source-1").count() == 1
    # A character that turns the text around is shut in and shown by its name.
    unseen = reply.locator("mark .pc-unseen")
    assert unseen.first.evaluate("e => getComputedStyle(e, '::before').content") == '"U+202E"'
    assert unseen.first.evaluate("e => getComputedStyle(e).unicodeBidi") == "isolate"
    page.wait_for_timeout(300)  # for a request or a script that would come late


def test_screen_readers_are_given_words_and_not_markup(page: Page) -> None:
    ask(page, HIGH)
    page.locator("#pc-talk [data-testid=bot]:not([aria-label])").wait_for()
    labels = page.evaluate("[...document.querySelectorAll('[aria-label]')].map(e => e.ariaLabel)")
    assert [label for label in labels if "<" in label] == []


def test_nothing_is_wider_than_the_window(open_page: Callable[..., Page]) -> None:
    page = open_page(width=390, height=844)
    for question in (LAMP, PAD, "hostile " + "x" * 300):
        ask(page, question)
    page.evaluate("document.querySelectorAll('details').forEach(card => { card.open = true })")
    for width in (390, 320, 641, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        wide = page.evaluate("""() => [document.documentElement, document.querySelector('[role=log]')]
            .map(e => e.scrollWidth - e.clientWidth)""")
        assert wide == [0, 0], width
        outside = page.evaluate("""() => [...document.querySelectorAll('[role=log] .md *, #pc-top *, #pc-box *')]
            .filter(e => e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + 0.5)
            .map(e => e.className)""")
        assert outside == [], width


def test_by_keyboard_alone(page: Page) -> None:
    page.keyboard.type(HIGH)
    page.keyboard.press("Enter")
    reply = page.locator(".pc-reply")
    reply.wait_for()
    reply.locator("summary").click()  # closed, for Enter to open
    page.focus("#pc-box textarea")
    for _ in range(10):
        page.keyboard.press("Shift+Tab")
        if focused(page, "a.pc-chip"):
            break
    assert focused(page, "a.pc-chip")
    assert reply.locator(".pc-chip").evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert marked(reply) == "The tower is 38 metres high and has 196 steps."
    assert reply.locator("mark").is_visible()
    assert focused(page, "#turn-1-source-1 summary")
    page.keyboard.press("Escape")
    assert focused(page, "a.pc-chip")
    page.keyboard.press("Tab")
    assert focused(page, "#turn-1-source-1 summary")


def test_after_an_answer_the_box_has_the_focus(page: Page) -> None:
    ask(page, HIGH)
    page.locator("#pc-box textarea:focus").wait_for()
    page.fill("#pc-box textarea", HIGH)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.locator(".pc-reply").nth(1).wait_for()
    page.locator("#pc-box textarea:focus").wait_for()


def test_a_line_is_broken_by_shift_and_enter(page: Page) -> None:
    page.keyboard.type("How high")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("is the tower?")
    page.keyboard.press("Enter")
    page.locator(".pc-reply").wait_for()
    assert page.locator(".pc-question").inner_text() == "How high\nis the tower?"


def test_the_page_is_as_dark_as_the_system(page: Page) -> None:
    for scheme, paper in (("dark", "rgb(20, 21, 24)"), ("light", "rgb(251, 250, 247)")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.wait_for_timeout(200)
        shown = page.locator(".gradio-container").evaluate("e => getComputedStyle(e).backgroundColor")
        assert shown == paper


def test_a_script_that_got_into_the_page_would_not_run(page: Page, complaints: list[str]) -> None:
    page.evaluate("""() => {
        const script = document.createElement('script');
        script.textContent = 'window.ran = 1';
        document.body.append(script);
        const image = document.createElement('img');
        image.setAttribute('onerror', 'window.ran = 1');
        image.src = 'data:,';
        document.body.append(image);
        const link = document.createElement('a');
        link.href = 'javascript:window.ran = 1';
        document.body.append(link);
        link.click();
    }""")
    page.wait_for_timeout(200)
    assert len(complaints) == 3
    assert all("Content Security Policy" in complaint for complaint in complaints)
    complaints.clear()
