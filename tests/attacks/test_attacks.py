"""Hostile strings in every place of the page where text appears: shown letter for letter, and nothing else happens.

`PINCITE_ATTACKS` says how many of them. That no script runs, nothing is asked for and nothing complained of is looked
at by the end of each test (`chromium.Watch`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

import pytest
from chromium import Watch
from house import House
from places import STRAYS, elements, opened, portions, shown, strays, texts

from qa import exports
from qa.links import document_link
from qa.talk import Conversations, Turn
from qa.talk.titles import headline, title_of
from qa.types import Answer, Document, Hit, Passage, StageScores

if TYPE_CHECKING:
    pass

pytestmark = pytest.mark.browser

OURS = set("div p a span details summary mark bdi h1 h2 h3 strong ol li q button".split())

FRAMED = (
    f"async ([links, width]) => {{ const strays = {STRAYS};"
    + """
    // Each document in a frame of the page, as beside an answer.
    const frames = await Promise.all(links.map(link => new Promise(done => {
        const frame = document.createElement("iframe");
        Object.assign(frame.style, { position: "fixed", width: `${width}px`, height: "800px" });
        frame.src = link;
        frame.onload = () => done(frame);
        document.body.append(frame);
    })));
    return frames.map(frame => {
        const [inner, one] = [frame.contentDocument, selector => frame.contentDocument.querySelector(selector)];
        const found = {
            text: one("article").textContent,
            heading: one("h1").textContent,
            source: one(".pd-source")?.textContent,
            elements: [...new Set([...inner.querySelectorAll("main *")].map(e => e.localName))],
            wide: inner.documentElement.scrollWidth - inner.documentElement.clientWidth,
            strays: strays(inner, "h1, article, .pd-facts"),
            ran: "ran" in frame.contentWindow,
        };
        frame.remove();
        return found;
    });
}"""
)


def hit(document: Document) -> Hit:
    whole = document.cite(0, len(document.text))
    passage = Passage(document.id, 0, len(document.text), document.text)
    return Hit(1, 1.0, StageScores(0.8, 0.7), passage, whole)


def turns(text: str, number: int) -> list[Turn]:
    """An answer, a silence and an error of which every word is the text."""
    document = Document(f"d{number}", text, (f"{text} again",), f"{number:064}", text)
    answer = Answer(
        text, f"{text}?", True, f"It is {text} [1]", text, 0.9, (document.cite(0, len(text)),), (hit(document),), ()
    )
    silence = Answer(text, text, False, "", "", 0.1, (), (hit(document),), (text, f"{text}!"))
    return [Turn(text, exports.json(answer)), Turn(text, exports.json(silence)), Turn(text, None, text)]


def test_conversations(watch: Watch, house: House, strings: list[str]) -> None:
    kept = Conversations(house.folder)
    page = watch.page(1024, 768)
    for at, some in portions(strings, 25):
        conversation = kept.begin()
        for number, text in enumerate(some, start=at):
            for turn in turns(text, number):
                kept.append(conversation.id, turn)
        page.goto(f"{house.address}/?talk={conversation.id}")
        page.locator(".pc-notice").nth(len(some) - 1).wait_for()
        known = [shown(text) for text in some]
        assert texts(page, ".pc-question") == [text for text in known for _ in range(3)]
        assert texts(page, ".pc-short") == known
        assert texts(page, ".pc-searched q") == [f"{text}?" for text in known]
        assert texts(page, ".pc-answer") == [re.sub(r"\[0{0,5}1\]", "1", f"It is {text} [1]") for text in known]
        assert texts(page, ".pc-passage mark") == known
        assert texts(page, ".pc-sources .pc-title") == [text for text in known for _ in range(2)]
        assert texts(page, ".pc-found .pc-title") == [text for text in known for _ in range(2)]
        assert texts(page, ".pc-source") == [f"{text} again" for text in known for _ in range(2)]
        assert texts(page, ".pc-missing strong") == [f"{text}{end}" for text in known for end in ("", "!")]
        assert texts(page, ".pc-notice") == known
        assert elements(page, "[role=log] .md *") <= OURS
        page.evaluate("document.querySelectorAll('#pc-talk details').forEach(card => { card.open = true })")
        assert strays(page, ".pc-question, .pc-reply") == []
        assert page.evaluate("document.querySelector('[role=log]').scrollWidth <= innerWidth")
        kept.delete(conversation.id)


def test_questions_that_are_typed(watch: Watch, house: House, strings: list[str]) -> None:
    page = opened(watch, house.address)
    for count, text in enumerate(strings[:: max(1, len(strings) // 5)], start=1):
        page.fill("#pc-box textarea", text)
        page.press("#pc-box textarea", "Enter")
        page.locator(".pc-reply").nth(count - 1).wait_for()
        # A box of a browser takes these for line ends.
        typed = re.sub("\r\n?", "\n", text).strip()
        assert shown(typed) == texts(page, ".pc-question")[-1]
        page.locator(".pc-talk-link").first.wait_for()
        assert texts(page, ".pc-talk-link")[:1] == [headline(re.sub("\r\n?", "\n", strings[0]))]
    assert elements(page, "[role=log] .md *") <= OURS
    assert strays(page, ".pc-question, .pc-reply") == []


def test_sources_in_the_panel(watch: Watch, house: House, strings: list[str]) -> None:
    kept = Conversations(house.folder)
    page = watch.page(1440, 900)
    page.route("**/document/**", lambda route: route.fulfill(body="", content_type="text/html"))
    for at, some in portions(strings, 50):
        conversation = kept.begin()
        for number, text in enumerate(some, start=at):
            kept.append(conversation.id, turns(text, number)[0])
        page.goto(f"{house.address}/?talk={conversation.id}")
        page.locator(".pc-reply").nth(len(some) - 1).wait_for()
        seen = page.evaluate("""() => [...document.querySelectorAll("#pc-talk .pc-reply")].map(reply => {
            const chip = [...reply.querySelectorAll(".pc-chip")].at(-1);
            chip.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
            const hover = document.getElementById("pc-hover");
            const quote = [hover.firstChild.textContent, hover.querySelectorAll("*").length];
            chip.click();
            const [panel, title, where] = ["", "-title", "-where"].map(n => document.getElementById(`pc-panel${n}`));
            const wide = panel.scrollWidth - panel.clientWidth;
            return [...quote, title.textContent, title.childElementCount, where.textContent, wide];
        })""")
        assert seen == [[shown(text), 2, shown(text), 0, f"{shown(text)} again · line 1", 0] for text in some]
        kept.delete(conversation.id)
    assert page.locator("#pc-panel").is_visible()


def test_titles_of_conversations(watch: Watch, house: House, strings: list[str]) -> None:
    kept = Conversations(house.folder)
    for conversation in kept.list():
        kept.delete(conversation.id)
    page = watch.page(1440, 900)
    for _, some in portions(strings, 200):
        begun = [kept.begin(title_of(text) or "Conversation") for text in some]
        page.goto(house.address)
        page.locator(".pc-talk").nth(len(some) - 1).wait_for()
        titles = [conversation.title for conversation in reversed(begun)]
        assert texts(page, ".pc-talk-link") == titles
        assert page.evaluate("[...document.querySelectorAll('.pc-menu input')].map(e => e.value)") == titles
        names = page.evaluate("[...document.querySelectorAll('.pc-menu summary')].map(e => e.ariaLabel)")
        assert names == [f"What to do with: {title}" for title in titles]
        assert elements(page, "#pc-talks *") <= set(
            "ul li h2 a details summary div form label input button span".split()
        )
        assert page.evaluate(
            "document.querySelector('#pc-talks').scrollWidth <= document.querySelector('#pc-side').clientWidth"
        )
        for conversation in begun:
            kept.delete(conversation.id)


def test_names_of_collections_and_the_line_in_the_head(watch: Watch, house: House, strings: list[str]) -> None:
    for _, some in portions(strings, 100):
        house.names, house.status = tuple(some), some[0]
        page = opened(watch, f"{house.address}/?{urlencode({'collection': some[-1]})}")
        assert texts(page, "#pc-picker a") == ["Documents", *map(shown, some)]
        assert texts(page, "#pc-picker summary bdi") == [shown(some[-1])]
        links = page.evaluate("[...document.querySelectorAll('#pc-picker a')].map(e => e.search)")
        assert [parse_qs(link).get("?collection", [""]) for link in links[1:]] == [[name] for name in some]
        assert texts(page, ".pc-status") == [shown(some[0])]
        house.status = some[-1]
        with page.expect_response(lambda response: "/status" in response.url):
            page.get_by_role("link", name="Chat", exact=True).click()
        page.wait_for_function("s => document.querySelector('.pc-status').textContent === s", arg=shown(some[-1]))
        assert page.evaluate("document.querySelector('#pc-top').scrollWidth <= innerWidth")
        assert elements(page, "#pc-top *") <= set("button h1 nav a details summary bdi ul li span".split())
    house.names, house.status = (), ""


def test_documents(watch: Watch, house: House) -> None:
    page = watch.page(1024, 768)
    page.goto(house.address)
    with house.library.reading() as reading:
        documents = [reading.document(row.document_id) for row in house.library.sources()]
    whole = [document.cite(0, len(document.text.rstrip())) for document in documents if document]
    for number, some in portions(list(zip(documents, whole, strict=True)), 25):
        seen = page.evaluate(FRAMED, [[document_link(cited) for _, cited in some], 800 if number % 2 else 390])
        for (document, _), frame in zip(some, seen, strict=True):
            assert document
            assert frame["text"].strip() == shown(document.text).strip()
            assert frame["heading"] == shown(document.title)
            if document.source != document.title:
                assert frame["source"] == shown(document.source)
            assert set(frame["elements"]) <= set("div h1 h2 h3 h4 ul li bdi a span article p mark nav b".split())
            assert (frame["wide"], frame["strays"], frame["ran"]) == (0, [], False), document.title
