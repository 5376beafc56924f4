"""The documentation of the API, as a browser draws it: alone, under the strict policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories import make_event

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = Path("/usr/bin/chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]


@pytest.fixture
def event():
    return make_event()


@pytest.fixture
def page(event):
    """Opened once the base is filled: under the driver's event loop, a test has no database."""
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        yield browser.new_page()
        browser.close()


def test_the_documentation_draws_itself_and_tries_a_list(live_server, page):
    complaints, asked = [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server.url}/api/v1/docs/")
    page.locator("#operations-événements-events_list .opblock-summary").click()
    page.locator(".try-out__btn").click()
    page.locator(".execute").click()
    assert page.get_by_role("heading", level=1).all_inner_texts() == ["API de Veille"]
    status = page.locator(".live-responses-table .response-col_status").last
    status.wait_for()
    assert status.inner_text().split() == ["200"]
    assert page.locator(".opblock").count() == 74
    assert complaints == []
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
