"""The way through the site in a browser, from the masthead to a record and back."""

from __future__ import annotations

import re

import pytest

from tests import factories as make
from tests.browser.chromium import chromium, complaints_of, marks, sync_api

SECTIONS = [
    "Événements",
    "Marché",
    "Entreprises",
    "Thématiques",
    "Tendances",
    "Actualités",
    "Analyses",
    "Sources",
]

pytestmark = marks


@pytest.fixture
def browser():
    topic = make.make_topic(title="Souveraineté")
    make.make_company(name="Nuage et Cie", topics=[topic])
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_every_section_is_one_link_away_and_says_where_one_is(live_server, browser, script):
    page = browser.new_context(java_script_enabled=script).new_page()
    complaints = complaints_of(page)
    page.goto(live_server.url)
    menu = page.get_by_role("navigation", name="Rubriques")
    sync_api.expect(menu.get_by_role("link")).to_have_text(SECTIONS)
    for section in SECTIONS:
        menu.get_by_role("link", name=section).click()
        current = menu.locator("[aria-current]")
        sync_api.expect(current).to_have_text([section])
        sync_api.expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert complaints == []


def test_one_goes_from_a_record_to_those_it_is_tied_to_and_back(live_server, browser):
    page = browser.new_page()
    page.goto(f"{live_server.url}/entreprises/")
    page.get_by_role("link", name="Nuage et Cie").click()
    page.get_by_role("link", name="Souveraineté").click()
    sync_api.expect(page.get_by_role("heading", level=1)).to_have_text("Souveraineté")
    page.get_by_role("link", name="Nuage et Cie").click()
    page.get_by_role("navigation", name="Fil d’Ariane").get_by_role(
        "link", name="Entreprises"
    ).click()
    page.wait_for_url(f"{live_server.url}/entreprises/")
    page.go_back()
    sync_api.expect(page.get_by_role("heading", level=1)).to_have_text("Nuage et Cie")


def test_the_first_key_leads_past_the_menu(live_server, browser):
    page = browser.new_page()
    page.goto(f"{live_server.url}/entreprises/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Aller au contenu")
    sync_api.expect(skip).to_be_focused()
    sync_api.expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    inside = page.evaluate("document.querySelector('main').contains(document.activeElement)")
    assert inside


def test_an_address_that_is_nowhere_offers_a_way_onward(live_server, browser):
    page = browser.new_page()
    assert page.goto(f"{live_server.url}/entreprises/nulle-part/").status == 404
    page.get_by_label("Chercher dans Veille").fill("nuage")
    page.get_by_role("button", name="Lancer la recherche").click()
    page.wait_for_url(re.compile(r"/recherche/\?q=nuage"))
    sync_api.expect(page.get_by_role("link", name="Nuage et Cie")).to_be_visible()
