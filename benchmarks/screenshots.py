"""The pictures of the README, taken from the real page over the demo's documents.

    python -m benchmarks.screenshots [--into docs/images]

Starts `pincite chat`, walks it in Chromium, and writes three pictures and a short sequence of a question being asked.
"""

from __future__ import annotations

import argparse
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks.chat_speed import chromium, program

_WIDTH, _HEIGHT = 1280, 800
_QUESTION = "Who is Zamir Kabulov?"
_NEXT = "When was the MOU on the steel mills signed?"
_COLOURS = 128


def main() -> None:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, default=Path("docs/images"), help="the folder of the pictures")
    options = parser.parse_args()
    options.into.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        program(Path(folder) / "store") as (address, _),
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        frames = _asked(_page(browser, address))
        _keep(frames[-1][0], options.into / "chat.png")
        _sequence(frames, options.into / "asking.gif")
        _keep(_view(_page(browser, address), "library", ".pl-list"), options.into / "library.png")
        _keep(_evaluated(_page(browser, address, dark=True)), options.into / "evaluate.png")
        browser.close()


def _page(browser: Any, address: str, *, dark: bool = False) -> Any:
    page = browser.new_context(
        viewport={"width": _WIDTH, "height": _HEIGHT}, color_scheme="dark" if dark else "light"
    ).new_page()
    page.goto(address)
    page.locator("#pc-box textarea").wait_for()
    page.wait_for_timeout(600)
    return page


def _asked(page: Any) -> list[tuple[bytes, int]]:
    """Pictures of a question being typed and answered and its source opened, each with the milliseconds it is shown."""
    frames = [(page.screenshot(), 900)]
    box = page.locator("#pc-box textarea")
    for part in (_QUESTION[:9], _QUESTION[:16], _QUESTION):
        box.fill(part)
        frames.append((page.screenshot(), 250))
    box.press("Enter")
    page.locator(".pc-reply").wait_for()
    page.wait_for_timeout(700)
    frames.append((page.screenshot(), 1500))
    page.locator(".pc-chip").first.hover()
    page.wait_for_timeout(300)
    frames.append((page.screenshot(), 1500))
    page.locator(".pc-chip").first.click()
    page.frame_locator("#pc-panel-frame").locator("mark").first.wait_for()
    page.wait_for_timeout(700)
    frames.append((page.screenshot(), 2500))
    return frames


def _view(page: Any, name: str, wanted: str) -> bytes:
    page.locator(f'.pc-views a[href="#{name}"]').click()
    page.locator(wanted).first.wait_for()
    page.wait_for_timeout(700)
    shot: bytes = page.screenshot()
    return shot


def _evaluated(page: Any) -> bytes:
    """The view after the demo's questions were asked."""
    _view(page, "evaluate", "#pc-evaluate form")
    page.locator("#pc-evaluate").get_by_role("button", name="Run").first.click()
    page.get_by_text("Look into it").click(timeout=120_000)
    page.locator("#pc-evaluate iframe").wait_for()
    page.wait_for_timeout(2500)
    shot: bytes = page.screenshot()
    return shot


def _keep(shot: bytes, path: Path) -> None:
    Image.open(io.BytesIO(shot)).convert("RGB").quantize(256).save(path, optimize=True)


def _sequence(frames: Sequence[tuple[bytes, int]], path: Path) -> None:
    shown = [
        Image.open(io.BytesIO(shot)).convert("RGB").resize((_WIDTH * 3 // 4, _HEIGHT * 3 // 4)).quantize(_COLOURS)
        for shot, _ in frames
    ]
    times = [time for _, time in frames]
    shown[0].save(path, save_all=True, append_images=shown[1:], duration=times, loop=0, optimize=True)


if __name__ == "__main__":
    main()
