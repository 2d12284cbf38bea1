"""A document as a person meets it who follows a citation: the real page in a real browser, without any script."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from chromium import Watch
from lighthouse import HIGH, HOSTILE, KEEPERS, LATE, LIGHTHOUSE, LINE, LONG, TABLE, TALL, cite

from qa.links import Target, address, document_link

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser


@pytest.fixture
def follow(watch: Watch, site: str) -> Callable[..., Page]:
    """Opens a link."""

    def followed(link: str, width: int = 1024, height: int = 768) -> Page:
        page = watch.page(width, height)
        page.goto(site + link)
        return page  # type: ignore[no-any-return]

    return followed


def in_view(page: Page, element: Locator) -> bool:
    """Whether the element is on the screen, below the head that stays."""
    box, head = element.bounding_box(), page.locator(".pd-top").bounding_box()
    assert box
    assert head
    height = page.evaluate("innerHeight")
    return bool(head["y"] + head["height"] <= box["y"] and box["y"] + box["height"] <= height)


def focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def widths(page: Page) -> list[int]:
    """By how much the page, and what is in it, is wider than the window."""
    found: list[int] = page.evaluate(
        """() => [document.documentElement.scrollWidth - innerWidth,
            ...[...document.querySelectorAll('body *')]
                .filter(e => !e.closest('.pd-wide, .pd-chips') && e.getClientRects().length)
                .map(e => Math.round(e.getBoundingClientRect().right) - innerWidth)]"""
    )
    return found


@pytest.mark.parametrize(
    ("width", "height", "fragment"), [(1440, 900, "#c"), (1024, 768, "#c"), (1024, 768, ""), (390, 844, "#c")]
)
def test_a_link_opens_at_its_passage(follow: Callable[..., Page], width: int, height: int, fragment: str) -> None:
    page = follow(document_link(cite(LONG, LATE)).replace("#c", fragment), width, height)
    mark = page.locator("mark")
    assert mark.text_content() == LATE
    assert in_view(page, mark)
    assert focus(page) == "c"
    assert page.evaluate("scrollY") > 500
    assert max(widths(page)) <= 0
    assert page.title() == "A long document – Pincite"
    assert page.locator(".pd-where").inner_text() == "Cited passage page 40 of 50Section 400"


def test_the_head_leads_back_to_the_passage(follow: Callable[..., Page]) -> None:
    page = follow(document_link(cite(LONG, LATE)))
    page.evaluate("scrollTo(0, 0)")
    assert not in_view(page, page.locator("mark"))
    page.get_by_role("navigation", name="Cited passages").get_by_role("link").click()
    assert in_view(page, page.locator("mark"))
    assert focus(page) == "c"


def test_a_screen_reader_is_told_of_the_passage_and_of_the_structure(follow: Callable[..., Page]) -> None:
    page = follow(document_link(cite(LONG, LATE)))
    assert page.get_by_role("group", name="Cited passage").text_content() == LATE
    assert page.get_by_role("heading", level=1).inner_text() == "A long document"
    assert page.get_by_role("heading", level=2, name="Section 400", exact=True).count() == 1
    assert page.get_by_role("article", name="Text of the document").count() == 1
    assert page.get_by_role("navigation", name="Parts of the document").count() == 2


def test_by_keyboard_alone(follow: Callable[..., Page]) -> None:
    targets = [Target(c.start, c.end, c.quote) for c in (cite(LONG, f"This is {n}.") for n in (390, 400, 410))]
    page = follow(address("long", targets, anchor="c"))
    assert focus(page) == "c"
    page.keyboard.press("Tab")
    assert focus(page) == "c2"
    assert in_view(page, page.locator("#c2"))
    assert page.locator("#c2").evaluate("e => getComputedStyle(e).boxShadow") != "none"
    page.keyboard.press("Tab")
    assert focus(page) == "c3"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the part behind, below the text
    page.wait_for_load_state()
    assert page.locator("mark").count() == 0
    page.get_by_role("link", name="2", exact=True).click()
    page.wait_for_load_state()
    assert focus(page) == "c2"
    assert in_view(page, page.locator("#c2"))


def test_turning_through_a_long_document(follow: Callable[..., Page]) -> None:
    page = follow("/document/long")
    read = page.locator("article p").all_inner_texts()
    turns = 0
    while page.get_by_role("link", name="After").count():
        page.get_by_role("link", name="After").first.click()
        page.wait_for_load_state()
        read += page.locator("article p").all_inner_texts()
        turns += 1
    assert turns == 3
    assert [words for words in read if words.endswith(".") and "This is" in words] == [
        f"{LINE} This is {n}." for n in range(1, 501)
    ]
    page.get_by_role("link", name="Before").first.click()
    page.wait_for_load_state()
    assert "Pages 29 to 43 of 50" in page.locator(".pd-turn").first.inner_text()


def test_a_passage_that_moved_is_said_to_have(follow: Callable[..., Page]) -> None:
    moved = address("lighthouse", [Target(0, 24, "It was built of granite.", "196 steps.\n")], anchor="c")
    page = follow(moved, 390, 300)
    assert in_view(page, page.locator("mark"))
    assert page.locator("mark").text_content() == "It was built of granite."
    page.get_by_role("link", name="Please note").click()
    notice = page.locator(".pd-notice")
    assert "another place now" in notice.inner_text()
    assert in_view(page, notice)


def test_words_that_are_gone_are_shown_and_nothing_is_marked(follow: Callable[..., Page]) -> None:
    page = follow(address("lighthouse", [Target(0, 9, "<b>It was built of brick.</b>")], anchor="c"))
    assert page.locator(".pd-notice").inner_text().endswith(": <b>It was built of brick.</b>")
    assert page.locator("mark").count() == 0


def test_no_such_document(follow: Callable[..., Page], watch: Watch) -> None:
    page = follow("/document/none?c=1-2")
    assert page.locator("h1").inner_text() == "No such document"
    assert page.get_by_role("link", name="Ask your documents").get_attribute("href") == "/"
    watch.called_forth("404", 1)


def test_hostile_documents_are_shown_letter_for_letter_and_do_nothing(follow: Callable[..., Page]) -> None:
    quote = HOSTILE.text[-1000:]
    page = follow(document_link(cite(HOSTILE, quote)))
    assert page.locator("article").text_content() == HOSTILE.text
    assert " ".join(page.locator("mark").all_text_contents()).split() == quote.split()
    assert page.locator("h1").text_content() == HOSTILE.title
    assert page.locator(".pd-source").text_content() == HOSTILE.source
    assert page.title() == f"{HOSTILE.title} – Pincite"
    elements = page.evaluate("[...document.querySelectorAll('main *')].map(e => e.localName)")
    assert set(elements) == {*"div h1 ul li bdi a span article p mark".split()}
    unseen = page.locator("mark .pc-unseen").first
    assert unseen.evaluate("e => getComputedStyle(e, '::before').content") == '"U+202E"'
    assert unseen.evaluate("e => getComputedStyle(e).unicodeBidi") == "isolate"
    page.wait_for_timeout(300)  # for a request or a script that would come late


def test_neither_scripts_nor_styles_run_that_got_into_the_page(follow: Callable[..., Page], watch: Watch) -> None:
    page = follow("/document/lighthouse")
    refused = page.evaluate(
        """async () => {
            const refused = [];
            document.addEventListener('securitypolicyviolation', e => refused.push(e.effectiveDirective));
            const add = (name, values) => document.body.append(Object.assign(document.createElement(name), values));
            add('script', {textContent: 'window.ran = 1'});
            add('style', {textContent: 'body { display: none }'});
            const image = document.createElement('img');
            image.setAttribute('onerror', 'window.ran = 1');
            image.src = 'data:,';
            document.body.append(image);
            fetch('/healthz').catch(() => 0);
            await new Promise(done => setTimeout(done, 200));
            return refused;
        }"""
    )
    assert {"script-src-elem", "style-src-elem", "img-src", "connect-src"} <= set(refused)
    assert page.locator("h1").is_visible()
    watch.called_forth("Content Security Policy", 6)


def test_long_lines_wrap_and_columns_stay_in_line(follow: Callable[..., Page]) -> None:
    page = follow(document_link(cite(TABLE, "199")), 390, 844)
    assert max(widths(page)) <= 0
    rows = page.locator(".pd-wide")
    assert rows.evaluate("e => e.scrollWidth > e.clientWidth && getComputedStyle(e).overflowX") == "auto"
    assert rows.inner_text().split("\n")[1] == TABLE.text.split("\n")[1]
    box = page.locator("mark").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_the_page_of_the_file_has_the_passage_marked_on_it(follow: Callable[..., Page]) -> None:
    for width in (1024, 390):
        page = follow(document_link(cite(KEEPERS, "Ada Lindqvist kept the light from 1889 to 1907.")), width, 600)
        assert focus(page) == "c"
        picture, box = page.locator("figure img"), page.get_by_role("img", name="Cited passage on page 1")
        assert picture.evaluate("e => e.complete && e.naturalWidth") == 600
        whole, marked = picture.bounding_box(), box.bounding_box()
        assert whole
        assert marked
        assert in_view(page, box)
        left, top, right, bottom = TALL
        assert marked["x"] == pytest.approx(whole["x"] + left * whole["width"], abs=2)
        assert marked["y"] == pytest.approx(whole["y"] + top * whole["height"], abs=2)
        assert marked["width"] == pytest.approx((right - left) * whole["width"], abs=2)
        assert marked["height"] == pytest.approx((bottom - top) * whole["height"], abs=2)
        page.get_by_role("link", name="The same passage in the text").click()
        assert focus(page) == "text"
        assert in_view(page, page.locator("mark"))
        assert max(widths(page)) <= 0


def test_the_page_is_as_dark_as_the_system(follow: Callable[..., Page]) -> None:
    page = follow(document_link(cite(LIGHTHOUSE, "196 steps")))
    for scheme, paper in (("dark", "rgb(20, 21, 24)"), ("light", "rgb(251, 250, 247)")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor") == paper
        for name in ("article p", "mark", ".pd-facts li", ".pd-where a", ".pd-chips a", ".pd-name"):
            assert contrast(page, name) >= 4.5, (scheme, name)


def contrast(page: Page, selector: str) -> float:
    """The contrast of an element's words with what is behind them, as WCAG defines it."""
    found: float = page.locator(selector).first.evaluate(
        """element => {
            const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
            const light = colour => {
                const [r, g, b] = numbers(colour).map(v => v / 255)
                    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            let ground = element;
            while (numbers(getComputedStyle(ground).backgroundColor)[3] === 0) ground = ground.parentElement;
            const pair = [light(getComputedStyle(element).color), light(getComputedStyle(ground).backgroundColor)];
            return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
        }"""
    )
    return found


def test_on_paper_there_is_the_text_and_nothing_to_click(follow: Callable[..., Page]) -> None:
    page = follow(document_link(cite(LONG, LATE)))
    page.emulate_media(media="print")
    assert page.locator(".pd-top").is_hidden()
    assert page.locator(".pd-turn a").first.is_hidden()
    assert page.locator("h1").is_visible()
    assert page.locator("mark").evaluate("e => getComputedStyle(e).textDecorationLine") == "underline"
    assert page.locator("article").evaluate("e => getComputedStyle(e).boxShadow") == "none"


def test_an_answer_leads_to_its_document_in_a_window_of_its_own(window: Any, follow: Callable[..., Page]) -> None:
    page = follow("/")
    page.locator("#pc-box textarea").wait_for()
    page.fill("#pc-box textarea", HIGH)
    page.press("#pc-box textarea", "Enter")
    link = page.get_by_role("link", name="Open in the document")
    link.wait_for()
    assert link.get_attribute("target") == "_blank"
    assert "noopener" in (link.get_attribute("rel") or "")
    with window.expect_page() as opening:
        link.click(modifiers=["ControlOrMeta"])
    opened = opening.value
    opened.wait_for_load_state()
    assert opened.locator("mark").text_content() == "The tower is 38 metres high and has 196 steps."
    assert focus(opened) == "c"
    assert opened.evaluate("[window.opener, document.referrer]") == [None, ""]
    opened.close()
