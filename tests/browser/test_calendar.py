"""The calendar of a month in a browser."""

from __future__ import annotations

import re
from datetime import date

import pytest

from publishing import clock
from tests import factories as make
from tests.browser.chromium import chromium, complaints_of, marks, sync_api

MAY = "/evenements/calendrier/2025/05/"

pytestmark = marks


@pytest.fixture
def page():
    with clock.frozen(date(2025, 5, 20)):
        make.make_event(title="Salon du cloud", date="20-22 mai 2025", country="FR")
        make.make_event(title="Journée de l’IA", date="mai 2025", country="DE")
        make.make_event(title="Forum d’été", date="3 juin 2025", country="FR")
        with chromium() as browser:
            yield browser.new_page(viewport={"width": 1280, "height": 900})


def test_a_bar_covers_the_days_of_an_event(live_server, page):
    complaints = complaints_of(page)
    page.goto(live_server.url + MAY)
    cells = page.locator(".month__day")
    first, last = cells.nth(19).bounding_box(), cells.nth(21).bounding_box()
    bar = page.get_by_role("link", name="Salon du cloud")
    drawn = page.locator(".month__bar--days-3").bounding_box()
    assert first["x"] <= drawn["x"]
    assert last["x"] < drawn["x"] + drawn["width"] <= last["x"] + last["width"]
    bar.click()
    sync_api.expect(page).to_have_title(re.compile("^Salon du cloud"))
    assert complaints == []


def test_what_has_no_day_stands_on_none(live_server, page):
    page.goto(live_server.url + MAY)
    sync_api.expect(page.locator(".month")).not_to_contain_text("Journée de l’IA")
    apart = page.get_by_role("region", name="Ce mois-ci, sans jour précis")
    sync_api.expect(apart).to_contain_text("Journée de l’IA")


def test_one_goes_from_month_to_month_with_the_filters(live_server, page):
    page.goto(f"{live_server.url}{MAY}?country=FR")
    sync_api.expect(page.get_by_text("Journée de l’IA")).to_have_count(0)
    page.get_by_role("navigation", name="Autres mois").get_by_role(
        "link", name=re.compile("Juin 2025", re.I)
    ).first.click()
    page.wait_for_url(re.compile(r"/calendrier/2025/06/\?country=FR$"))
    sync_api.expect(page.get_by_role("heading", level=1)).to_have_text("Juin 2025")
    sync_api.expect(page.get_by_role("link", name="Forum d’été")).to_be_visible()


def test_on_a_phone_the_days_that_hold_something_are_a_list(live_server, page):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(live_server.url + MAY)
    sync_api.expect(page.locator(".month__day:visible")).to_have_count(3)
    sync_api.expect(page.get_by_text("mardi 20 mai 2025")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
