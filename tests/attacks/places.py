"""What is looked at in a page of hostile strings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from chromium import Watch

if TYPE_CHECKING:
    from playwright.sync_api import Page

STRAYS = """(page, places) => {
    // What shows outside of its place, unless something on the way cuts it off, or stands outside the flow of the text.
    const strays = [];
    const cuts = (part, place) => {
        for (let box = part.parentElement; box; box = box === place ? null : box.parentElement)
            if (getComputedStyle(box).overflowX !== "visible") return true;
        return false;
    };
    for (const place of page.querySelectorAll(places)) {
        const box = place.getBoundingClientRect();
        if (box.right > page.defaultView.innerWidth + 1 || box.left < -1)
            strays.push(`${place.className} from ${box.left} to ${box.right}: ${place.textContent.slice(0, 60)}`);
        for (const part of place.querySelectorAll("*")) {
            const style = getComputedStyle(part);
            if (!["static", "relative"].includes(style.position) || style.zIndex !== "auto" || style.float !== "none")
                strays.push(`${part.localName}.${part.className} is ${style.position}`);
            for (const shown of part.getClientRects())
                if (shown.width && (shown.left < box.left - 1 || shown.right > box.right + 1) && !cuts(part, place))
                    strays.push(`${part.localName}.${part.className} in ${part.parentElement.className}: `
                        + `to ${shown.right} of ${box.right}: ${part.textContent.slice(0, 60)}`);
        }
    }
    return strays;
}"""


Item = TypeVar("Item")


def portions(items: Sequence[Item], size: int) -> Iterator[tuple[int, Sequence[Item]]]:
    for at in range(0, len(items), size):
        yield at, items[at : at + size]


def texts(page: Page, selector: str) -> list[str]:
    found: list[str] = page.evaluate("s => [...document.querySelectorAll(s)].map(e => e.textContent)", selector)
    return found


def elements(page: Page, selector: str) -> set[str]:
    return set(page.evaluate("s => [...document.querySelectorAll(s)].map(e => e.localName)", selector))


def strays(page: Page, places: str) -> list[str]:
    found: list[str] = page.evaluate(f"places => ({STRAYS})(document, places)", places)
    return found


def shown(text: str) -> str:
    """The text as far as a page can hold it."""
    return text.replace("\0", "\ufffd")


def opened(watch: Watch, address: str) -> Page:
    """A page at an address, which listens from now on."""
    page: Page = watch.page(1440, 900)
    with page.expect_response(lambda response: "/run/predict" in response.url):
        page.goto(address)
    return page
