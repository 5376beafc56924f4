"""The search field in a browser: suggestions by keyboard and pointer, and none without script."""

from __future__ import annotations

import pytest

from tests import factories as make
from tests.browser.chromium import chromium, complaints_of, marks

PHONE = {"width": 360, "height": 740}

pytestmark = marks


@pytest.fixture
def records():
    make.make_trend(title="Cloud public", slug="public")
    make.make_trend(title="Cloud souverain", slug="souverain")


@pytest.fixture
def browser(records):
    with chromium() as browser:
        yield browser


def test_the_field_is_a_combobox(live_server, browser):
    page = browser.new_page(viewport=PHONE)
    complaints = complaints_of(page)
    page.goto(live_server.url)
    field = page.get_by_role("combobox", name="Chercher dans Veille")
    field.fill("clou")
    options = page.get_by_role("option")
    options.first.wait_for()
    assert options.count() == 2
    assert field.get_attribute("aria-expanded") == "true"
    field.press("ArrowDown")
    field.press("ArrowDown")
    chosen = page.locator(f"#{field.get_attribute('aria-activedescendant')}")
    assert chosen.get_attribute("aria-selected") == "true"
    field.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    assert field.input_value() == "clou"
    field.press("d")
    page.get_by_role("option", name="Cloud souverain").click()
    page.wait_for_url(f"{live_server.url}/tendances/souverain/")
    assert complaints == []


def test_enter_opens_what_is_chosen_and_searches_otherwise(live_server, browser):
    page = browser.new_page()
    page.goto(live_server.url)
    field = page.get_by_role("combobox")
    field.fill("souv")
    page.get_by_role("option").first.wait_for()
    field.press("ArrowDown")
    field.press("Enter")
    page.wait_for_url(f"{live_server.url}/tendances/souverain/")
    page.get_by_role("combobox").fill("cloud")
    page.get_by_role("combobox").press("Enter")
    page.wait_for_url(f"{live_server.url}/recherche/?q=cloud")


def test_without_script_the_form_searches(live_server, browser):
    page = browser.new_context(java_script_enabled=False, viewport=PHONE).new_page()
    page.goto(live_server.url)
    page.get_by_role("searchbox", name="Chercher dans Veille").fill("souverain")
    page.get_by_role("button", name="Lancer la recherche").click()
    page.wait_for_url(f"{live_server.url}/recherche/?q=souverain")
    assert page.get_by_role("link", name="Cloud souverain").count() == 1
