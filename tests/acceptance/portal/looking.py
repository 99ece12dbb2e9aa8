"""Headless Chromium, and what it says about the pages it is shown."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
#: Where screenshots go; a folder outside the repository unless the caller says otherwise.
PICTURES = "LAZULITE_SCREENSHOTS"


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's Chromium."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        pytest.skip("these tests need Chromium: scripts/system-packages installs it")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
        try:
            yield started
        finally:
            started.close()


class Looker:
    """Opens pages and collects complaints: errors of scripts and of the console, failed and foreign requests."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        self.address = address
        self.complaints: list[str] = []
        self._contexts: list[Any] = []
        self._expected: tuple[str, ...] = ()

    def open(
        self, path: str, *, width: int = 1280, height: int = 900, theme: str = "light", script: bool = True
    ) -> Page:
        """A new page at `path`, loaded. `theme` is what the system prefers."""
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
            java_script_enabled=script,
            timezone_id="Europe/Istanbul",
            permissions=["clipboard-read", "clipboard-write"],
        )
        self._contexts.append(context)
        context.on("close", lambda _: self._contexts.remove(context))
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("requestfailed", self._failed)
        page.on("request", self._asked)
        self.go(page, path)
        return page

    def go(self, page: Page, path: str) -> None:
        """Lead a page that is open elsewhere."""
        page.goto(self.address + path)

    def expects(self, *parts: str) -> None:
        """Complaints that hold one of these texts are what the test is about."""
        self._expected += parts

    def close(self) -> None:
        """Close all pages and fail with whatever was complained of."""
        for context in list(self._contexts):
            context.close()
        told = [one for one in self.complaints if not any(part in one for part in self._expected)]
        assert not told, "\n".join(told)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        # A page that is left while it fetches news of itself aborts that.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.complaints.append(f"failed: {request.url} {request.failure}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:", "about:")):
            self.complaints.append(f"foreign: {request.url}")


def picture(page: Page, name: str) -> None:
    """Keep a screenshot of the whole page, if somebody wants to see it."""
    folder = os.environ.get(PICTURES)
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def assert_fits(page: Page) -> None:
    """Nothing makes the page wider than the window."""
    wide = page.evaluate(
        """() => document.documentElement.scrollWidth > window.innerWidth
            ? [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > window.innerWidth + 1)
                .map(e => e.tagName + '.' + e.className).slice(0, 8) : []"""
    )
    assert wide == [], f"{page.url} is wider than its window: {wide}"
