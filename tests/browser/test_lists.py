"""Lists in a browser: filters, pages and the way back, with scripts and without."""

from __future__ import annotations

import re

import pytest

from tests import factories as make
from tests.browser.chromium import chromium, complaints_of, marks, sync_api

PHONE = {"width": 360, "height": 740}
WAS_HERE = "document.body.dataset.wasHere"

pytestmark = marks


@pytest.fixture
def records():
    for number in range(30):
        make.make_company(
            name=f"{'ABCDE'[number % 5]}-{number}",
            country="FR" if number < 28 else "DE",
            roles=["user"] if number < 3 else [],
        )


@pytest.fixture
def browser(records):
    with chromium() as browser:
        yield browser


def test_filters_and_pages_change_the_list_in_place(live_server, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    complaints = complaints_of(page)
    page.goto(f"{live_server.url}/entreprises/")
    page.evaluate(f"{WAS_HERE} = 'yes'")
    status = page.locator("#liste-annonce")

    page.get_by_label("Pays").focus()
    page.get_by_label("Pays").select_option("FR")
    page.wait_for_url(f"{live_server.url}/entreprises/?country=FR")
    sync_api.expect(status).to_have_text(re.compile("^28.fiches, page 1 sur 2$"))
    sync_api.expect(page.get_by_label("Pays")).to_be_focused()

    page.get_by_role("link", name="Suivante").click()
    page.wait_for_url(f"{live_server.url}/entreprises/?country=FR&page=2")
    sync_api.expect(status).to_have_text(re.compile("page 2 sur 2$"))
    sync_api.expect(page).to_have_title("Entreprises, page 2 – Veille")
    sync_api.expect(page.locator("#resultats")).to_be_focused()

    # A filter goes back to the first page.
    page.get_by_label("utilisateur du cloud").check()
    page.wait_for_url(re.compile(r"/entreprises/\?role=user&country=FR$"))
    sync_api.expect(status).to_have_text(re.compile("^3.fiches$"))

    page.get_by_role("link", name="Retirer le filtre Pays").click()
    page.wait_for_url(f"{live_server.url}/entreprises/?role=user")
    sync_api.expect(page.locator(".chip")).to_have_count(1)
    # All that without leaving the page.
    assert page.evaluate(WAS_HERE) == "yes"

    page.go_back()
    page.wait_for_url(re.compile(r"/entreprises/\?role=user&country=FR$"))
    sync_api.expect(page.locator(".chip")).to_have_count(2)
    page.go_back()
    page.wait_for_url(f"{live_server.url}/entreprises/?country=FR&page=2")
    sync_api.expect(page.locator("#liste-total")).to_have_text(re.compile("page 2 sur 2$"))
    assert complaints == []


def test_a_card_still_leads_to_its_page_and_a_refusal_is_shown(live_server, browser):
    page = browser.new_page()
    page.goto(f"{live_server.url}/entreprises/?letter=a")
    page.get_by_role("link", name="A-0").click()
    page.wait_for_url(re.compile("/entreprises/a-0/$"))
    page.goto(f"{live_server.url}/evenements/")
    page.evaluate(f"{WAS_HERE} = 'yes'")
    # A word too long for the server, which refuses it.
    page.evaluate("document.getElementById('id_q').removeAttribute('maxlength')")
    page.get_by_label("Mots").fill("a" * 201)
    page.get_by_label("Mots").press("Enter")
    sync_api.expect(page.locator(".errors")).to_be_visible()
    assert page.evaluate(WAS_HERE) == "yes"
    sync_api.expect(page.locator("#liste-annonce")).to_contain_text("Mots")


def test_on_a_phone_the_panel_stays_open_while_one_chooses(live_server, browser):
    page = browser.new_page(viewport=PHONE)
    page.goto(f"{live_server.url}/entreprises/")
    page.locator("#filtres > summary").click()
    page.get_by_label("Pays").select_option("DE")
    page.wait_for_url(f"{live_server.url}/entreprises/?country=DE")
    sync_api.expect(page.locator("#filtres > summary")).to_have_text("Filtrer (1)")
    sync_api.expect(page.get_by_label("Pays")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_the_same_without_script(live_server, browser):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}/entreprises/")
    if not page.get_by_label("Pays").is_visible():
        page.locator("#filtres > summary").click()
    page.get_by_label("Pays").select_option("FR")
    page.get_by_label("utilisateur du cloud").check()
    page.get_by_role("button", name="Appliquer").click()
    total = page.locator("#liste-total")
    sync_api.expect(total).to_have_text(re.compile("^3.fiches$"))
    page.get_by_role("link", name="Retirer le filtre Rôle").click()
    sync_api.expect(total).to_have_text(re.compile("^28"))
    page.get_by_role("link", name="Suivante").click()
    sync_api.expect(page).to_have_title("Entreprises, page 2 – Veille")
    page.go_back()
    sync_api.expect(page).to_have_title("Entreprises – Veille")
