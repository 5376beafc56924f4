"""A long read in a browser: its contents say which part is being read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import factories as make

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = Path("/usr/bin/chromium")
LONG = "Un paragraphe qui dit quelque chose.\n\n" * 40

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]


@pytest.fixture
def analysis():
    return make.make_analysis(
        slug="longue", body=LONG, sections=[("Premier", LONG), ("Deuxième", LONG)]
    )


@pytest.fixture
def page(analysis):
    """Opened once the base is filled: under the driver's event loop, a test has no database."""
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        yield browser.new_page(viewport={"width": 1280, "height": 800})
        browser.close()


def test_the_contents_follow_the_reader(live_server, page):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live_server.url}/analyses/longue/")
    current = page.locator(".contents a[aria-current]")
    assert current.count() == 0
    page.get_by_role("link", name="Deuxième").click()
    page.locator(".contents a[aria-current]", has_text="Deuxième").wait_for()
    assert current.count() == 1
    page.locator("#premier").evaluate("part => part.scrollIntoView()")
    page.locator(".contents a[aria-current]", has_text="Premier").wait_for()
    assert current.count() == 1
    page.evaluate("scrollTo(0, 0)")
    current.wait_for(state="detached")
    assert complaints == []
