"""How fast the page is there, how fast it answers, and whether anybody waits for somebody else.

    python -m benchmarks.chat_speed [--rounds 5] [--docs docs]

Starts `pincite chat` over the demo's documents and walks the page in Chromium. Writes `page.md` into the folder of the
documentation.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import markdown
from qa.gold import read_gold
from seeds import CORPUS

_GOLD = CORPUS.parent / "gold.jsonl"
_PEOPLE = 10
_UPLOADED = 40
"""Documents that are sent while questions are asked, of some 60 passages each."""

# In the page itself, so that nothing of the driver is measured: from the key to the reply that can be seen.
_ASK = """question => new Promise(done => {
  const box = document.querySelector("#pc-box textarea");
  const before = document.querySelectorAll("#pc-talk .pc-reply").length;
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, question);
  box.dispatchEvent(new Event("input", { bubbles: true }));
  const watch = new MutationObserver(() => {
    if (document.querySelectorAll("#pc-talk .pc-reply").length === before) return;
    watch.disconnect();
    requestAnimationFrame(() => done(performance.now() - begin));
  });
  watch.observe(document, { subtree: true, childList: true });
  let begin;
  setTimeout(() => {
    begin = performance.now();
    box.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", code: "Enter", bubbles: true, cancelable: true }));
  }, 50);
})"""
_PAINT = 'performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null'


def main() -> None:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="starts of the program and of the page")
    parser.add_argument("--docs", type=Path, default=Path("docs"), help="where the page goes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        with program(store):
            pass  # what is made once is made
        starts = []
        for _ in range(options.rounds):
            with program(store) as (_, seconds):
                starts.append(seconds)
        with program(store) as (address, _), sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
            paints, usable = _openings(browser, address, options.rounds)
            answers = _answers(browser, address)
            crowd = _crowd(driver, address)
            busy, indexed = _while_indexing(browser, address)
            browser.close()
    rows = [
        ["process started to page served", _median(starts, "s", 2), "5 s"],
        ["page asked for to first paint", _median(paints, "ms"), "2,000 ms"],
        ["page asked for to a question box that can be typed into", _median(usable, "ms"), ""],
        [
            f"Enter to the answer, {len(answers)} questions about the demo in one conversation",
            _median(answers, "ms"),
            "400 ms",
        ],
        [f"the same, {_PEOPLE} people at once, a question each", _median(crowd, "ms"), "all answered"],
        [f"the same while {_UPLOADED} uploads are indexed ({indexed:.0f} s)", _median(busy, "ms"), "nobody waits"],
    ]
    said = f"""
        `pincite chat` with the demo's documents and a warm cache, in Chromium on {os.cpu_count()} cores: medians, with
        the slowest in brackets. Times of answers are taken in the page, from the key to the answer that can be seen,
        each question for the first time in its conversation.
    """
    command = f"```\npython -m benchmarks.chat_speed --rounds {options.rounds}\n```"
    page = markdown.section(
        "The page", said, command, markdown.table(["from ... to", "median (slowest)", "wanted"], rows), level=1
    )
    (options.docs / "page.md").write_text(page + "\n", encoding="utf-8")
    for row in rows:
        print(*row, sep="  ")


@contextmanager
def program(store: Path) -> Iterator[tuple[str, float]]:
    """The address of a running program, and the seconds until it served its page."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "qa", "chat", "--store", str(store), "--no-browser"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603
        try:
            address = next(
                found[0] for line in process.stdout or () if (found := re.search(r"http://127\.0\.0\.1:[0-9]+", line))
            )
            with urllib.request.urlopen(f"{address}/") as page:  # noqa: S310 - our own address
                page.read()
            yield address, time.perf_counter() - begin
        finally:
            process.terminate()
            process.wait()


def _openings(browser: Any, address: str, rounds: int) -> tuple[list[float], list[float]]:
    paints, usable = [], []
    for _ in range(rounds):
        context = browser.new_context()
        page = context.new_page()
        begin = time.perf_counter()
        page.goto(address, wait_until="commit")
        page.locator("#pc-box textarea").wait_for()
        usable.append((time.perf_counter() - begin) * 1000)
        paints.append(page.evaluate(_PAINT))
        context.close()
    return paints, usable


def _answers(browser: Any, address: str) -> list[float]:
    page = _opened(browser, address)
    page.evaluate(_ASK, "What is this about?")  # the models are loaded by then
    return [page.evaluate(_ASK, question) for question in _questions()]


def _crowd(driver: Any, address: str) -> list[float]:
    """Every person in a context of their own, all asking at the same moment."""
    browser = driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
    pages = [_opened(browser, address) for _ in range(_PEOPLE)]
    for page, question in zip(pages, _questions(), strict=False):
        page.evaluate(f"question => {{ window.told = ({_ASK})(question) }}", question)
    waited = [page.evaluate("window.told") for page in pages]
    browser.close()
    return waited


def _while_indexing(browser: Any, address: str) -> tuple[list[float], float]:
    page = _opened(browser, address)
    begin = time.perf_counter()
    for number in range(_UPLOADED):
        request = urllib.request.Request(  # noqa: S310 - our own address
            f"{address}/library/upload?name=upload-{number}.txt", data=_text(number).encode(), method="POST"
        )
        with urllib.request.urlopen(request) as response:  # noqa: S310
            response.read()
    waited = [page.evaluate(_ASK, question) for question in list(_questions())[:20]]
    return waited, time.perf_counter() - begin


def _opened(browser: Any, address: str) -> Any:
    page = browser.new_context().new_page()
    page.goto(address)
    page.locator("#pc-box textarea").wait_for()
    page.wait_for_timeout(500)
    return page


def _questions() -> Iterator[str]:
    return (question.question for question in read_gold(_GOLD).questions)


def _text(number: int) -> str:
    drawn = random.Random(number)
    words = "harbour granite lamp tower keeper island storm ledger ferry winter signal paraffin".split()
    sentences = (" ".join(drawn.choices(words, k=12)).capitalize() + "." for _ in range(360))
    return "\n\n".join(" ".join(parts) for parts in zip(*[sentences] * 6, strict=False))


def _median(values: Sequence[float], unit: str, digits: int = 0) -> str:
    return f"{statistics.median(values):,.{digits}f} {unit} ({max(values):,.{digits}f})"


def chromium() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        raise SystemExit("There is no Chromium on the path: install it first.")
    return found


if __name__ == "__main__":
    main()
