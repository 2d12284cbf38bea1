"""What is thought of an answer: said by a click, kept, shown again, taken back; and the right words, selected."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lighthouse import HIGH, LAMP, LIGHTHOUSE, PAD
from walking import ask, said, source

from qa.talk import Candidate, Feedback, Feedbacks

if TYPE_CHECKING:
    from chromium import Watch
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def pressed(page: Page) -> list[str]:
    return page.locator(".pc-act[aria-pressed=true]").all_inner_texts()


def candidates(folder: Path) -> list[Candidate]:
    return list(Feedbacks(folder).candidates())


def test_a_thumb_is_kept_shown_after_a_reload_and_taken_back(page: Page, folder: Path) -> None:
    ask(page, HIGH)
    reply = ask(page, LAMP)
    right = reply.get_by_role("button", name="Right")
    assert right.get_attribute("aria-pressed") == "false"
    right.click()
    said(page, "Noted as right. It can become a gold question in Evaluate.")
    assert pressed(page) == ["Right"]
    (candidate,) = candidates(folder)
    assert (candidate.question, candidate.turn, candidate.kind) == (LAMP, 2, "right")
    assert [evidence.quote for evidence in candidate.evidence] == [
        "Its lamp burned colza oil until 1894.",
        "She was the first keeper on the coast to burn paraffin.",
    ]
    page.reload()
    page.locator(".pc-act[aria-pressed=true]").wait_for()
    assert pressed(page) == ["Right"]
    page.locator(".pc-reply").nth(1).get_by_role("button", name="Wrong").click()
    said(page, "Noted as wrong.")
    assert pressed(page) == ["Wrong"]
    page.locator(".pc-reply").nth(1).get_by_role("button", name="Wrong").click()
    said(page, "Taken back.")
    assert pressed(page) == []
    assert candidates(folder) == []


def test_what_is_not_answered_is_kept_as_an_open_question(page: Page, folder: Path) -> None:
    reply = ask(page, PAD)
    assert reply.locator(".pc-missing strong").all_inner_texts() == ["helicopter"]
    reply.get_by_role("button", name="Keep as an open question").click()
    said(page, "Kept as an open question, to be seen in Evaluate.")
    (candidate,) = candidates(folder)
    assert (candidate.question, candidate.kind, candidate.answers, candidate.evidence) == (PAD, "open", (), ())


def test_that_the_sources_do_not_say_it_is_said_of_an_answer(page: Page, folder: Path) -> None:
    ask(page, HIGH).get_by_role("button", name="The sources do not say").click()
    said(page, "Noted that the sources do not say")
    (candidate,) = candidates(folder)
    assert (candidate.kind, candidate.evidence) == ("unanswerable", ())


def test_the_right_words_are_selected_in_the_document(page: Page, folder: Path) -> None:
    reply = ask(page, HIGH)
    reply.get_by_role("button", name="Correct it").click()
    frame = source(page)
    keep = page.get_by_role("button", name="Keep the selected words")
    keep.click()
    said(page, "Nothing is selected in the document")
    assert candidates(folder) == []
    words = frame.locator("article")
    words.evaluate("""article => {
        const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
        const range = document.createRange();
        for (let node; (node = walker.nextNode());) {
            const at = node.data.indexOf("It was built of");
            if (at >= 0) { range.setStart(node, at); range.setEnd(node, at + "It was built of granite".length); }
        }
        getSelection().removeAllRanges();
        getSelection().addRange(range);
    }""")
    keep.click()
    said(page, "The correction is kept, to be reviewed in Evaluate.")
    assert keep.is_hidden()
    assert pressed(page) == ["Correct it"]
    (candidate,) = candidates(folder)
    assert candidate.kind == "corrected"
    assert candidate.answers == ("It was built of granite",)
    assert [(each.document, each.quote) for each in candidate.evidence] == [
        (LIGHTHOUSE.source, "It was built of granite")
    ]


def test_a_correction_is_taken_back_before_anything_else_is_said(page: Page, folder: Path, standing: Watch) -> None:
    reply = ask(page, HIGH)
    page.locator(".pc-act").first.wait_for()
    _, talk, turn = re.split(r"^talk-|-(?=[0-9]+$)", reply.get_attribute("id") or "")
    correction = Feedback("corrected", document=LIGHTHOUSE.source, quote="It was built of granite")
    Feedbacks(folder).give(talk, int(turn), correction)  # on another page
    reply.get_by_role("button", name="Right").click()
    said(page, "A correction is kept for this answer: take it back first, by pressing its button again.")
    assert pressed(page) == ["Correct it"]
    assert [each.kind for each in candidates(folder)] == ["corrected"]
    standing.called_forth("409 (Conflict)", 1)  # by the browser every refusal is told as an error
    reply.get_by_role("button", name="Correct it").click()
    said(page, "Taken back.")
    assert pressed(page) == []
    reply.get_by_role("button", name="Right").click()
    said(page, "Noted as right.")
    assert pressed(page) == ["Right"]


def test_selecting_is_given_up(page: Page, folder: Path) -> None:
    reply = ask(page, PAD)
    reply.get_by_role("button", name="Show the answer").click()
    assert source(page).locator("mark").count() == 1
    page.get_by_role("button", name="Cancel").click()
    assert page.get_by_role("button", name="Keep the selected words").is_hidden()
    assert candidates(folder) == []


def test_an_answer_is_copied_with_its_sources(page: Page) -> None:
    ask(page, LAMP).get_by_role("button", name="Copy").click()
    said(page, "The answer is copied, with its sources.")
    assert page.evaluate("navigator.clipboard.readText()").split("\n") == [
        "short",
        "",
        "Its lamp burned colza oil until 1894. [1] She was the first keeper on the coast to burn paraffin. [2]",
        "",
        "[1] “Its lamp burned colza oil until 1894.” The lighthouse at Skerry Point, line 1",
        "[2] “She was the first keeper on the coast to burn paraffin.” Keepers of the northern lights, page 1",
    ]
