"""Conversations that are kept: shown again after a reload, renamed, deleted, exported, shared, gone back to."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from lighthouse import HIGH, LAMP, PAD, Asked, answer
from walking import ask, begin, focused, marked, said, source

from qa import exports
from qa.talk import LISTED, Conversations, Turn

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser


def titles(page: Page) -> list[str]:
    return page.locator(".pc-talk-link").all_inner_texts()


def listed(page: Page, number: int) -> None:
    """Waits until so many conversations are in the list."""
    page.wait_for_function("n => document.querySelectorAll('.pc-talk-link').length === n", arg=number)


def menu(page: Page, title: str) -> Locator:
    """What can be done with a conversation, opened."""
    entry = page.locator(".pc-talk", has=page.locator(".pc-talk-link", has_text=title))
    entry.hover()
    entry.locator("summary").click()
    return entry.locator(".pc-menu")


def questions(page: Page) -> list[str]:
    return page.locator(".pc-question").all_inner_texts()


def test_a_conversation_survives_a_reload_with_its_citations(page: Page) -> None:
    ask(page, LAMP)
    ask(page, PAD)
    listed(page, 1)
    assert titles(page) == [LAMP]
    assert "talk=" in page.url
    page.reload()
    page.locator(".pc-reply").nth(1).wait_for()
    assert questions(page) == [LAMP, PAD]
    reply = page.locator(".pc-reply").first
    assert marked(reply.locator(".pc-card").first) == "Its lamp burned colza oil until 1894."
    reply.locator(".pc-chip").nth(1).click()
    assert source(page).locator("mark").text_content() == "She was the first keeper on the coast to burn paraffin."
    assert page.locator(".pc-talk-link[aria-current=page]").inner_text() == LAMP
    ask(page, HIGH)  # and goes on
    assert questions(page) == [LAMP, PAD, HIGH]
    assert titles(page) == [LAMP]


def test_a_new_conversation_forgets_the_old_one_and_waits_for_nothing(page: Page, fake: Asked) -> None:
    ask(page, HIGH)
    fake.go.clear()
    begin(page, "wait for the lamp")
    page.locator(".pc-question").nth(1).wait_for()
    page.get_by_role("link", name="New conversation").click()
    page.locator(".pc-welcome").wait_for()
    assert focused(page, "#pc-box textarea")
    reply = ask(page, LAMP)
    assert questions(page) == [LAMP]
    assert reply.locator(".pc-chip").first.get_attribute("href") == "#turn-1-source-1"
    listed(page, 2)
    assert titles(page) == [LAMP, HIGH]


def test_the_back_button_goes_to_the_conversation_before(page: Page) -> None:
    ask(page, HIGH)
    listed(page, 1)
    page.locator("#pc-new").click()
    page.locator(".pc-welcome").wait_for()
    ask(page, LAMP)
    listed(page, 2)
    page.locator(".pc-talk-link", has_text=HIGH).click()
    page.locator(".pc-question", has_text=HIGH).wait_for()
    page.go_back()
    page.locator(".pc-question", has_text=LAMP).wait_for()
    assert questions(page) == [LAMP]
    assert page.locator(".pc-talk-link[aria-current=page]").inner_text() == LAMP
    page.go_forward()
    page.locator(".pc-question", has_text=HIGH).wait_for()
    assert questions(page) == [HIGH]


def test_it_is_renamed(page: Page) -> None:
    ask(page, HIGH)
    listed(page, 1)
    opened = menu(page, HIGH)
    box = opened.get_by_label("Name")
    assert box.input_value() == HIGH
    box.fill("Heights <b>&</b> “steps”")
    box.press("Enter")
    page.locator(".pc-talk-link", has_text="Heights").wait_for()
    assert titles(page) == ["Heights <b>&</b> “steps”"]
    said(page, "Renamed to Heights <b>&</b> “steps”.")
    assert page.locator(".pc-menu[open]").count() == 0
    assert focused(page, ".pc-menu summary")
    page.reload()
    listed(page, 1)
    assert titles(page) == ["Heights <b>&</b> “steps”"]


def delete(opened: Locator) -> None:
    opened.get_by_role("button", name="Delete", exact=True).click()
    opened.get_by_role("button", name="Delete for good").click()


def test_it_is_deleted_by_two_presses_and_another_one_can_be_begun(page: Page) -> None:
    ask(page, HIGH)
    listed(page, 1)
    opened = menu(page, HIGH)
    opened.get_by_role("button", name="Delete").dblclick()
    said(page, "Press again to delete the conversation for good.")
    page.keyboard.press("Escape")  # which forgets the first press
    assert titles(page) == [HIGH]
    delete(menu(page, HIGH))
    said(page, "The conversation is deleted.")
    page.locator(".pc-welcome").wait_for()
    assert titles(page) == []
    assert "talk=" not in page.url
    ask(page, LAMP)
    listed(page, 1)
    assert titles(page) == [LAMP]


def test_what_is_under_way_in_one_that_is_deleted_is_not_kept(page: Page, fake: Asked) -> None:
    ask(page, HIGH)
    listed(page, 1)
    fake.go.clear()
    begin(page, "wait for the lamp")
    page.locator(".pc-stage").wait_for()
    delete(menu(page, HIGH))
    listed(page, 0)
    fake.go.set()
    page.locator(".pc-reply").nth(1).wait_for()
    page.locator(".pc-flag", has_text="This conversation was deleted.").wait_for()
    assert page.locator(".pc-act").count() == 0  # nothing can be said of what is not kept
    page.reload()
    page.locator(".pc-none").wait_for()
    page.locator(".pc-notice", has_text="it was deleted").wait_for()  # its address is still that of the page


def test_it_is_exported(page: Page, tmp_path: Path) -> None:
    ask(page, LAMP)
    ask(page, PAD)
    listed(page, 1)
    opened = menu(page, LAMP)
    files: dict[str, Any] = {}
    for name in ("Export as Markdown", "Export proofs (JSON)"):
        with page.expect_download() as downloading:
            opened.get_by_role("link", name=name).click()
        download = downloading.value
        path = tmp_path / download.suggested_filename
        download.save_as(path)
        files[path.name] = path.read_text()
    assert set(files) == {"what-did-the-lamp-burn.md", "what-did-the-lamp-burn.jsonl"}
    assert files["what-did-the-lamp-burn.md"].startswith(f"# {LAMP}\n\n## {LAMP}\n")
    assert "[^2]: " in files["what-did-the-lamp-burn.md"]
    proofs = [json.loads(line) for line in files["what-did-the-lamp-burn.jsonl"].splitlines()]
    assert [proof["question"] for proof in proofs] == [LAMP, PAD]
    assert proofs[0]["citations"][0]["quote"] == "Its lamp burned colza oil until 1894."


def test_its_link_opens_it_for_somebody_else_on_this_machine(open_page: Callable[..., Page], site: str) -> None:
    page = open_page()
    ask(page, HIGH)
    listed(page, 1)
    menu(page, HIGH).get_by_role("button", name="Copy the link").click()
    said(page, "The link is copied.")
    link = page.evaluate("navigator.clipboard.readText()")
    parts = urlsplit(link)
    assert f"{parts.scheme}://{parts.netloc}" == site
    other = open_page(address=f"{parts.path}?{parts.query}")
    other.locator(".pc-reply").wait_for()
    assert questions(other) == [HIGH]
    ask(other, LAMP)
    ask(page, PAD)  # two pages go on with one conversation
    page.reload()
    page.locator(".pc-reply").nth(2).wait_for()
    assert questions(page) == [HIGH, LAMP, PAD]


def test_one_that_is_too_old_for_the_list_is_opened_and_stays(open_page: Callable[..., Page], folder: Path) -> None:
    kept = Conversations(folder)
    old = kept.begin("The oldest").id
    kept.append(old, Turn(HIGH, exports.json(answer(HIGH))))
    for number in range(LISTED):
        kept.begin(f"Number {number}")
    page = open_page(address=f"/?talk={old}")
    page.locator(".pc-reply").wait_for()
    listed(page, LISTED)
    page.wait_for_timeout(300)
    assert f"talk={old}" in page.url
    assert questions(page) == [HIGH]
    page.get_by_role("link", name="Show older").click()
    listed(page, LISTED + 1)
    assert page.locator(".pc-talk-link[aria-current=page]").inner_text() == "The oldest"
    kept.delete(old)
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('pincite:load', "
        f"{{ detail: {{ from: '/talk?shown={old}', into: '#pc-talks' }} }}))"
    )
    page.locator(".pc-welcome").wait_for()
    assert "talk=" not in page.url


def test_a_link_to_one_that_is_gone_says_so(open_page: Callable[..., Page]) -> None:
    page = open_page(address="/?talk=aaaaaaaaaaaaaaaaaaaaaa")
    notice = page.locator(".pc-notice")
    notice.wait_for()
    assert notice.inner_text() == "This conversation is not kept here: it was deleted, or its link is not whole."
    ask(page, HIGH)
    listed(page, 1)
    assert titles(page) == [HIGH]


def test_a_question_that_carries_on_shows_what_was_searched_and_it_can_be_edited(page: Page) -> None:
    ask(page, LAMP)
    reply = ask(page, "And how high is it?")
    searched = "How high is the tower of the lighthouse?"
    assert reply.locator(".pc-searched q").inner_text() == searched
    reply.get_by_role("button", name="Edit the question").click()
    box = page.locator("#pc-box textarea")
    assert box.input_value() == searched
    assert focused(page, "#pc-box textarea")
    box.press("End")
    page.keyboard.type(" In metres")
    page.keyboard.press("Enter")
    page.locator(".pc-reply").nth(2).wait_for()
    assert questions(page)[-1] == f"{searched} In metres"


def test_each_collection_has_its_own_conversations(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, HIGH)
    listed(page, 1)
    page.locator("#pc-picker summary").click()
    with page.expect_response(lambda response: "/run/predict" in response.url):  # from then on it listens
        page.get_by_role("link", name="Birds of the coast").click()
    page.wait_for_url("**/?collection=Birds+of+the+coast")
    page.locator(".pc-none").wait_for()
    assert page.locator("#pc-picker summary").inner_text().startswith("Birds of the coast")
    assert ask(page, HIGH).locator(".pc-silent").count() == 1
    listed(page, 1)
    assert "collection=Birds" in page.url
    page.reload()
    page.locator(".pc-reply").wait_for()
    delete(menu(page, HIGH))
    listed(page, 0)
    page.locator("#pc-picker summary").click()
    page.get_by_role("link", name="Documents").click()
    listed(page, 1)
