"""The documentation of the API, as a browser draws it: alone, under the strict policy."""

from __future__ import annotations

import pytest

from tests.browser.chromium import chromium, complaints_of, marks
from tests.factories import make_event
from veille.api import VIEWSETS

pytestmark = marks


@pytest.fixture
def event():
    return make_event()


@pytest.fixture
def page(event):
    with chromium() as browser:
        yield browser.new_page()


def test_the_documentation_draws_itself_and_tries_a_list(live_server, page):
    complaints, asked = complaints_of(page), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server.url}/api/v1/docs/")
    page.locator("#operations-événements-events_list .opblock-summary").click()
    page.locator(".try-out__btn").click()
    page.locator(".execute").click()
    assert page.get_by_role("heading", level=1).all_inner_texts() == ["API de Veille"]
    status = page.locator(".live-responses-table .response-col_status").last
    status.wait_for()
    assert status.inner_text().split() == ["200"]
    # Of each resource, six operations and three whole lists; the trail, the calendar, the search,
    # the changes; the two of the register of anomalies, and its three whole lists.
    assert page.locator(".opblock").count() == len(VIEWSETS) * (6 + 3) + 4 + 2 + 3
    assert complaints == []
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
