"""A long read in a browser: its contents say which part is being read."""

from __future__ import annotations

import pytest

from tests import factories as make
from tests.browser.chromium import chromium, complaints_of, marks, sync_api

LONG = "Un paragraphe qui dit quelque chose.\n\n" * 40

pytestmark = marks


@pytest.fixture
def analysis():
    return make.make_analysis(
        slug="longue", body=LONG, sections=[("Premier", LONG), ("Deuxième", LONG)]
    )


@pytest.fixture
def page(analysis):
    with chromium() as browser:
        yield browser.new_page(viewport={"width": 1280, "height": 800})


def test_the_contents_follow_the_reader(live_server, page):
    complaints = complaints_of(page)
    page.goto(f"{live_server.url}/analyses/longue/")
    current = page.locator(".contents a[aria-current]")
    assert current.count() == 0
    page.get_by_role("link", name="Deuxième").click()
    sync_api.expect(current).to_have_text(["Deuxième"])
    page.locator("#premier").evaluate("part => part.scrollIntoView()")
    sync_api.expect(current).to_have_text(["Premier"])
    page.evaluate("scrollTo(0, 0)")
    current.wait_for(state="detached")
    assert complaints == []
