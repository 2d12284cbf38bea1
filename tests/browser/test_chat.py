"""The chat as a person meets it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from chromium import Watch
from lighthouse import HIGH, HOSTILE, LAMP, PAD, Asked
from walking import ask, begin, focused, marked

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_the_empty_page(open_page: Callable[..., Page]) -> None:
    page = open_page()
    assert page.title() == "Pincite"
    assert page.locator("h1").inner_text() == "Pincite"
    assert page.locator(".pc-status").inner_text() == "3 documents <i>here</i>"
    assert "Ask your documents" in page.locator("[role=log]").inner_text()
    assert page.get_by_role("textbox", name="Question").is_visible()
    assert focused(page, "#pc-box textarea")
    assert page.locator("#pc-talks").inner_text() == "What you ask is kept here."
    assert page.locator("#pc-panel").is_hidden()
    assert page.get_by_role("navigation", name="Views").get_by_role("link").all_inner_texts() == [
        "Chat",
        "Library",
        "Evaluate",
    ]
    assert page.locator(".pc-views a[aria-current=page]").inner_text() == "Chat"
    for unwanted in ("footer", "Settings", "Built with Gradio", "Use via API", "Record"):
        assert page.get_by_text(unwanted).count() == page.locator("footer:visible").count() == 0


def test_an_answer_has_its_chip_and_its_source(page: Page) -> None:
    reply = ask(page, HIGH)
    assert page.locator(".pc-question").inner_text() == HIGH
    assert reply.locator(".pc-answer").inner_text() == "The tower is 38 metres high and has 196 steps. 1"
    assert reply.locator(".pc-chip").get_attribute("title") == "The lighthouse at Skerry Point, line 3"
    assert reply.locator(".pc-confidence").inner_text() == "High confidence"
    assert reply.locator(".pc-confidence").get_attribute("title") == "Probability that the answer is right: 0.93"
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


def test_what_the_sources_do_not_answer(page: Page) -> None:
    reply = ask(page, PAD)
    assert reply.locator(".pc-unanswered p").all_inner_texts() == [
        "The sources do not answer this.",
        "No document contains: helicopter",
    ]
    assert reply.locator(".pc-nearest").inner_text() == "Nearest passages"
    cards = reply.locator(".pc-card")
    assert cards.count() == 3
    assert [passage.is_visible() for passage in reply.locator(".pc-passage").all()] == [True, False, False]
    assert cards.first.locator("p").inner_text() == (
        "In 1962 the light was made automatic and the last keeper left the island."
    )
    assert reply.locator("mark").count() == reply.locator(".pc-chip").count() == 0


def test_an_example_is_asked_by_a_click_and_leaves_what_was_typed(page: Page) -> None:
    other = page.get_by_role("button", name="<b>Does</b> the island have a helicopter pad?")
    assert other.is_visible()
    page.fill("#pc-box textarea", "half a ques")
    page.get_by_role("button", name=HIGH).click()
    page.locator(".pc-reply").wait_for()
    assert page.locator(".pc-question").inner_text() == HIGH
    assert page.locator("#pc-box textarea").input_value() == "half a ques"
    assert other.is_hidden()  # a conversation has begun
    page.locator("#pc-new").click()
    other.click()
    page.locator(".pc-unanswered").wait_for()
    assert page.locator(".pc-question").inner_text() == "<b>Does</b> the island have a helicopter pad?"


def test_the_button_asks_and_an_empty_box_does_not(page: Page) -> None:
    with page.expect_response(lambda response: "/queue/data" in response.url):
        page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_timeout(500)
    assert page.locator(".pc-question").count() == 0
    page.fill("#pc-box textarea", HIGH)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.locator(".pc-reply").wait_for()
    assert page.locator(".pc-question").count() == 1
    assert page.locator("#pc-box textarea").input_value() == ""


def test_the_stages_are_shown_as_they_begin_and_no_second_question_is_taken(page: Page, fake: Asked) -> None:
    fake.found.clear()
    fake.go.clear()
    begin(page, "slow and wait, how high?")
    stage = page.locator(".pc-stage")
    stage.wait_for()
    assert page.locator(".pc-question").all_inner_texts() == ["slow and wait, how high?"]
    assert stage.inner_text() == "Searching the documents…"
    fake.found.set()
    page.get_by_text("Reading the passages found…").wait_for()
    page.fill("#pc-box textarea", "typed meanwhile")
    page.press("#pc-box textarea", "Enter")
    page.wait_for_timeout(300)
    assert page.locator(".pc-question").count() == 1
    fake.go.set()
    page.locator(".pc-reply").wait_for()
    assert stage.count() == 0
    assert page.locator("#pc-box textarea").input_value() == "typed meanwhile"
    page.press("#pc-box textarea", "Enter")
    page.locator(".pc-reply").nth(1).wait_for()
    assert page.locator(".pc-question").all_inner_texts() == ["slow and wait, how high?", "typed meanwhile"]


def test_what_is_under_way_can_be_stopped_and_another_question_asked(page: Page, fake: Asked) -> None:
    stop = page.get_by_role("button", name="Stop")
    assert stop.is_hidden()
    fake.go.clear()
    begin(page, "wait, how high?")
    page.get_by_text("Reading the passages found…").wait_for()
    stop.click()
    notice = page.locator(".pc-notice")
    notice.wait_for()
    assert notice.inner_text() == "Stopped before there was an answer."
    assert stop.is_hidden()
    reply = ask(page, LAMP)  # while the first one is still read
    assert reply.locator(".pc-chip").count() == 2
    fake.go.set()
    page.wait_for_timeout(300)
    assert page.locator(".pc-question").all_inner_texts() == ["wait, how high?", LAMP]
    assert page.locator(".pc-reply").count() == 2


def test_an_error_is_a_sentence_in_its_turn(page: Page) -> None:
    assert ask(page, "Is it locked?").inner_text() == "The store <b>is</b> locked."
    assert ask(page, HIGH).locator(".pc-chip").count() == 1


def test_too_long_a_question_stays_in_the_box(page: Page) -> None:
    reply = ask(page, "x" * 3000)
    assert "3,000 characters" in reply.inner_text()
    assert page.locator("#pc-box textarea").input_value() == "x" * 3000


def test_hostile_documents_are_shown_letter_for_letter_and_do_nothing(page: Page) -> None:
    question = "hostile <img src=/canary.png onerror=window.ran=1> ![q](https://canary.invalid/q.png) **q** `<b>`"
    reply = ask(page, question)
    quote = HOSTILE.text[3:-3]
    assert page.locator(".pc-question").text_content() == question
    assert marked(reply) == quote
    assert reply.locator(".pc-passage").text_content() == HOSTILE.text
    assert reply.locator(".pc-answer").text_content() == quote.replace("[1]", "1") + " 1"
    assert reply.locator(".pc-title").all_text_contents() == [HOSTILE.title] * 2  # of the card, and among all found
    assert reply.locator(".pc-source").text_content() == HOSTILE.source
    assert reply.locator(".pc-chip").last.get_attribute("title") == f"{HOSTILE.title}, line 1"
    elements = page.evaluate("[...document.querySelectorAll('[role=log] .md *')].map(e => e.localName)")
    assert set(elements) == set("div p a span details summary mark bdi ol li button".split())
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


def test_after_an_answer_the_box_has_the_focus(page: Page) -> None:
    ask(page, HIGH)
    page.locator("#pc-box textarea:focus").wait_for()
    begin(page, HIGH, page.get_by_role("button", name="Ask", exact=True).click)
    page.locator(".pc-reply").nth(1).wait_for()
    page.locator("#pc-box textarea:focus").wait_for()


def test_a_line_is_broken_by_shift_and_enter(page: Page) -> None:
    page.keyboard.type("How high")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("is the tower?")
    page.keyboard.press("Enter")
    page.locator(".pc-reply").wait_for()
    assert page.locator(".pc-question").inner_text() == "How high\nis the tower?"


def test_a_script_that_got_into_the_page_would_not_run(page: Page, standing: Watch) -> None:
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
    standing.called_forth("Content Security Policy", 3)
