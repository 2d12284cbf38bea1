"""A real browser for the tests of the page, and what must not happen in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

LEFT = ("AbortError: signal is aborted without reason", "Unexpected error Connection errored out.")
"""What Gradio says as a page is left that has its answer, and has not been told yet that its last event is over."""


@contextmanager
def browsing() -> Iterator[Any]:
    """A window of Chromium; while it is open no other event loop can run in this thread."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no chromium, chromium-browser or google-chrome on the path")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser.new_context(reduced_motion="reduce", permissions=["clipboard-read", "clipboard-write"])
        browser.close()


class Watch:
    """Opens pages and notes what they ask for, what the browser complains of, dialogs, and scripts that ran."""

    def __init__(self, window: Any, site: str) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.pages: list[Any] = []
        self._window = window
        self._site = site

    def page(self, width: int, height: int) -> Any:
        page = self._window.new_page()
        self.pages.append(page)
        page.set_default_timeout(10_000)
        page.set_viewport_size({"width": width, "height": height})
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda said: self._complained(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self._complained(str(error)))
        page.on("dialog", self._dismissed)
        return page

    def check(self) -> None:
        """No request may have left the site, no script have run and nothing been complained of since the last time."""
        ran = {frame.evaluate("window.ran") for page in self.pages for frame in page.frames} - {None}
        away = [url for url in self.requests if not url.startswith((f"{self._site}/", "data:", "blob:"))]
        led = [url for url in self.requests if "canary" in urlsplit(url).path]
        found = (away, led, list(self.complaints), ran)
        self.requests.clear()
        self.complaints.clear()
        assert found == ([], [], [], set()), found

    def called_forth(self, complaint: str, count: int) -> None:
        """Waits for complaints that the test called forth, which may come after what the page shows, and drops them."""
        for _ in range(100):
            if len(self.complaints) >= count:
                break
            self.pages[-1].wait_for_timeout(50)
        assert len(self.complaints) == count, self.complaints
        assert all(complaint in said for said in self.complaints), self.complaints
        self.complaints.clear()

    def close(self) -> None:
        """Check, and close the pages."""
        try:
            self.check()
        finally:
            for page in self.pages:
                page.close()

    def _complained(self, said: str) -> None:
        if not said.startswith(LEFT):
            self.complaints.append(said)

    def _dismissed(self, dialog: Any) -> None:
        self.complaints.append("a dialog")
        dialog.dismiss()
