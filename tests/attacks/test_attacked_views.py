"""Hostile strings in the library and in what is evaluated, as `test_attacks.py` has them in the chat."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from chromium import Watch
from house import House
from places import elements, opened, portions, shown, strays, texts

from qa import exports
from qa.talk import Conversations, Feedback, Feedbacks, Turn
from qa.types import Answer

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

EACH = """async addresses => {
    // What is asked for one by one is put into the page as its own script does it.
    const found = [];
    for (const address of addresses) {
        const place = document.createElement("div");
        place.innerHTML = await (await fetch(address)).text();
        document.getElementById("pv-part").append(place);
        const all = selector => [...place.querySelectorAll(selector)].map(e => e.textContent);
        found.push([all(".pv-answer q"), all(".pv-passage"), all(".pv-doc"), all(".pv-notice")]);
        place.remove();
    }
    return found;
}"""


def put(page: Page, address: str, into: str, part: str) -> None:
    """Lets the page put what it asks for into an element, and waits for a part of it."""
    page.evaluate(
        """([from, into]) => {
            document.querySelector(into).replaceChildren();
            document.dispatchEvent(new CustomEvent("pincite:load", { detail: { from, into } }));
        }""",
        [address, into],
    )
    page.locator(into).locator(part).first.wait_for()


def test_the_library(watch: Watch, house: House) -> None:
    page = opened(watch, f"{house.address}/#library")
    rows = house.library.sources()
    page.locator(".pl-table").wait_for()
    titles, sources, tags = [], [], []
    for number in range(1, -(-len(rows) // 100) + 1):
        put(page, f"/library/list?page={number}", "#pl-list", ".pl-table")
        titles += texts(page, "td.pl-title bdi")
        sources += texts(page, "td.pl-source bdi")
        tags += texts(page, ".pl-tag")
        known = set("table thead tbody tr th td a bdi span button form input time nav p div".split())
        assert elements(page, "#pl-list *") <= known
        assert strays(page, "#pl-list td") == []
        for width in (1024, 390):
            page.set_viewport_size({"width": width, "height": 768})
            assert page.evaluate("document.getElementById('pc-library').scrollWidth <= innerWidth")
    assert Counter(titles) == Counter(shown(row.title) for row in rows)
    assert Counter(sources) == Counter(shown(row.name) for row in rows)
    assert Counter(tags) == Counter(shown(tag) for row in rows for tag in row.tags)


def test_receipts_of_files(watch: Watch, house: House, strings: list[str]) -> None:
    page = opened(watch, f"{house.address}/#library")
    page.locator(".pl-view").wait_for()
    some = [text for text in strings if "\0" not in text][:10]
    files: list[Any] = [{"name": f"{text}.none", "mimeType": "text/plain", "buffer": b"x"} for text in some]
    page.set_input_files("#pl-files", files)
    page.wait_for_function("n => document.querySelectorAll('#pl-work bdi').length >= n", arg=len(some))
    names = texts(page, "#pl-work bdi")
    for text in some:  # a browser names a file by the last part of its path
        assert any(name.endswith(shown(f"{text}.none".rpartition("/")[2]).strip()) for name in names), text
    assert strays(page, "#pl-work bdi") == []


@pytest.fixture(scope="module")
def gold(house: House, strings: list[str]) -> list[dict[str, Any]]:
    """Gold questions of the strings, each with the words of a document."""
    with house.library.reading() as reading:
        documents = {row.name: reading.document(row.document_id) for row in house.library.sources()}
    records = []
    for text, (name, document) in zip(strings, documents.items(), strict=True):
        assert document
        evidence = [{"document": name, "quote": document.text[:200].strip()}]
        tags = [" ".join(text.split())[:40]]
        records.append(
            {"id": text, "question": text, "answers": [text, f"{text}!"], "evidence": evidence, "tags": tags}
        )
    house.collection.gold.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    return records


def test_gold_questions(watch: Watch, house: House, gold: list[dict[str, Any]]) -> None:
    page = opened(watch, f"{house.address}/#evaluate")
    page.locator("#pv-part").wait_for()
    for at, some in portions(gold[::-1], 25):  # the newest first
        put(page, f"/evaluate/gold/list?gold=own&begin={at}", "#pv-part", ".pv-gold")
        assert texts(page, ".pv-gold .pv-words") == [shown(each["question"]) for each in some]
        assert texts(page, ".pv-gold q") == [shown(answer) for each in some for answer in each["answers"]]
        assert texts(page, ".pv-gold .pv-tag") == [shown(tag) for each in some for tag in each["tags"]]
        assert texts(page, ".pv-gold .pv-doc") == [shown(each["evidence"][0]["document"]) for each in some]
        assert len(texts(page, ".pv-gold .pv-passage")) == len(some)
        assert strays(page, ".pv-gold") == []
        kept = page.evaluate("[...document.querySelectorAll('.pv-gold input[name=id]')].map(e => e.value)")
        assert len(kept) == len(some)
    edited = some[0]["question"].replace("\r\n", "\n").replace("\r", "\n")
    page.locator(".pv-tools a").first.click()
    page.locator("textarea[name=question]").wait_for()
    assert page.locator("textarea[name=question]").input_value() == edited


def test_feedback(watch: Watch, house: House, strings: list[str]) -> None:
    kept, feedbacks = Conversations(house.folder), Feedbacks(house.folder)
    page = opened(watch, f"{house.address}/#evaluate")
    page.locator("#pv-part").wait_for()
    for _, some in portions(strings, 100):
        conversation = kept.begin()
        for text in some:
            answer = Answer(text, text, True, f"{text} [1]", text, 0.9, (), (), ())
            number = kept.append(conversation.id, Turn(text, exports.json(answer)))
            note = Feedback("corrected", note=text, document=text, quote=text, answer=text[:900])
            feedbacks.give(conversation.id, number, note)
        put(page, "/evaluate/feedback", "#pv-part", ".pv-candidate")
        assert texts(page, ".pv-candidate .pv-answer q") == [shown(text) for text in some]
        assert texts(page, ".pv-candidate blockquote") == [shown(text) for text in some]
        fields = "name => [...document.querySelectorAll(`.pv-candidate [name=${name}]`)].map(e => e.value)"
        typed = [shown(text).replace("\r\n", "\n").replace("\r", "\n") for text in some]
        assert page.evaluate(fields, "question") == [text.strip() for text in typed]
        assert page.evaluate(fields, "quote-0") == typed
        assert strays(page, ".pv-candidate blockquote, .pv-candidate .pv-answer") == []
        kept.delete(conversation.id)


def test_a_run(watch: Watch, house: House, gold: list[dict[str, Any]]) -> None:
    page = opened(watch, f"{house.address}/#evaluate")
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator("#pv-runs a[href*='/evaluate/runs/']").first.wait_for(timeout=120_000)
    run = page.evaluate("document.querySelector('#pv-runs a').pathname")
    put(page, run, "#pv-part", "#pv-questions")
    for at, some in portions(gold, 50):
        put(page, f"{run}/questions?begin={at}", "#pv-questions", ".pv-asked")
        assert texts(page, ".pv-asked .pv-words") == [shown(each["question"]) for each in some]
        assert strays(page, ".pv-asked summary") == []
        looked_at = range(0, len(some), 4 if len(gold) <= 100 else 1)  # each is asked for by itself, which takes long
        details = page.evaluate(EACH, [f"{run}/question?at={at + number}" for number in looked_at])
        for number, (answers, passages, documents, _) in zip(looked_at, details, strict=True):
            each = some[number]
            assert answers[:2] == [shown(answer) for answer in each["answers"]]
            assert documents
            assert passages
    frame = page.locator("iframe.pv-frame")
    frame.scroll_into_view_if_needed()
    report = page.frame_locator("iframe.pv-frame")
    report.get_by_role("heading").first.wait_for()
