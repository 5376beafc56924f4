"""Chromium, driven by the tests of what only a browser shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = Path("/usr/bin/chromium")

# What each module of tests is marked by.
marks = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed"),
]


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser without a window. To be opened once the base is filled: under the driver's event
    loop, a test has no database.
    """
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        yield browser
        browser.close()


def complaints_of(page: Any, *, errors_only: bool = False) -> list[str]:
    """What the page will say in the console, and the errors of its scripts, as they come."""
    complaints: list[str] = []

    def hear(message: Any) -> None:
        if message.type == "error" or not errors_only:
            complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints
