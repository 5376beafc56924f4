"""What a reader without a mouse, or with a large zoom, meets on a page of each type."""

from __future__ import annotations

import pytest

from tests import factories as make
from tests.browser.chromium import chromium, marks

pytestmark = marks

# 320 px is a window of 1280 px at a zoom of 400 %.
NARROW = {"width": 320, "height": 800}
MOST_STOPS = 200

# The tab stops of a date field are its parts: one element, focused more than once in a row.
FOCUSED = """() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const ringed = (node) => {
        const style = getComputedStyle(node);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    };
    const box = element.getBoundingClientRect();
    return {
        place: [...document.querySelectorAll("*")].indexOf(element),
        name: `${element.tagName} ${element.textContent.trim().slice(0, 30)}`,
        ringed: ringed(element) || Boolean(element.closest(":focus-within.search__box")),
        seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
}"""

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

# Links within a sentence are as high as its line; a table may scroll in its frame.
SMALL = """() => [...document.querySelectorAll("button, select, summary, nav a, h3 a, th a, dt a")]
    .filter((target) => target.getClientRects().length && target.className !== "skip")
    .filter((target) => Math.max(...[...target.getClientRects()].map((box) => box.height)) < 23.5)
    .map((target) => target.outerHTML.slice(0, 80))"""


def fill() -> dict[str, str]:
    """One page of each type, by its name, over records that fill it."""
    source = make.make_source(title="Mistral AI valued at €14bn", language="en")
    topic = make.make_topic(sections=[("Partie", "Un texte.")])
    company = make.make_company(body="Un texte.")
    event = make.make_event(topics=[topic])
    indicator = make.make_indicator()
    figures = [
        make.make_figure(indicator=indicator, period=year, source=source)
        for year in ("2023", "2024")
    ]
    news = make.make_news(source=source, companies=[company])
    analysis = make.make_analysis(sections=[("Premier", "Un texte."), ("Deuxième", "Un texte.")])
    records = (source, topic, company, event, indicator, figures[0], news, analysis)
    return {
        "home": "/",
        "market": "/marche/",
        "forecasts": "/marche/previsions/",
        "anomalies": "/marche/anomalies/",
        "calendar": "/evenements/calendrier/2025/05/",
        "list": "/evenements/",
        "panorama": "/panorama/2025/",
        "search": "/recherche/?q=texte",
        "statement": "/accessibilite/",
        "error": "/nulle-part/",
    } | {record.api_name: record.get_absolute_url() for record in records}


def walk(page) -> list[dict]:
    """Each element that the Tab key leads to, once, in order, until the page is left."""
    stops: list[dict] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None or (len(stops) > 1 and stop["place"] == stops[0]["place"]):
            return stops
        if not stops or stop["place"] != stops[-1]["place"]:
            stops.append(stop)
    pytest.fail(f"The keyboard never leaves the page: {stops[-1]}.")


def test_the_keyboard_goes_through_each_page_in_its_order_and_is_seen(live_server):
    pages = fill()
    faults = {}
    with chromium() as browser:
        page = browser.new_page(reduced_motion="reduce")
        for name, address in pages.items():
            page.goto(f"{live_server.url}{address}")
            stops = walk(page)
            assert stops[0]["name"] == "A Aller au contenu", name
            places = [stop["place"] for stop in stops]
            wrong = [stop["name"] for stop in stops if not (stop["ringed"] and stop["seen"])]
            if wrong or places != sorted(places):
                faults[name] = wrong or "out of order"
    assert faults == {}


def test_each_page_fits_a_zoom_of_400_percent_with_targets_large_enough(live_server):
    pages = fill()
    faults = {}
    with chromium() as browser:
        page = browser.new_page(viewport=NARROW)
        for name, address in pages.items():
            page.goto(f"{live_server.url}{address}")
            overflow, small = page.evaluate(OVERFLOW), page.evaluate(SMALL)
            if overflow > 0 or small:
                faults[name] = (overflow, small)
    assert faults == {}


def test_forced_colours_tell_the_current_section_from_the_others(live_server):
    with chromium() as browser:
        page = browser.new_page(forced_colors="active")
        page.goto(f"{live_server.url}/marche/")
        border = "link => getComputedStyle(link).borderBlockEndColor"
        current = page.locator(".nav__link[aria-current]").evaluate(border)
        other = page.locator(".nav__link:not([aria-current])").first.evaluate(border)
        assert current != other


def test_nothing_moves_for_who_asks_for_less_motion(live_server):
    moving = """() => [...document.querySelectorAll("*")].filter((element) => {
        const style = getComputedStyle(element);
        return style.transitionDuration !== "0s" && style.transitionProperty !== "none"
            || style.animationName !== "none" || style.scrollBehavior === "smooth";
    }).map((element) => element.className)"""
    with chromium() as browser:
        page = browser.new_page(reduced_motion="reduce")
        page.goto(f"{live_server.url}/")
        assert page.evaluate(moving) == []


def test_the_title_of_a_source_says_its_language(live_server):
    foreign = make.make_source(title="Cloud spending", language="en")
    make.make_source(title="Dépenses", language="fr")
    with chromium() as browser:
        page = browser.new_page()
        page.goto(f"{live_server.url}/sources/")
        assert page.get_by_role("link", name="Cloud spending").get_attribute("lang") == "en"
        assert page.get_by_role("link", name="Dépenses").get_attribute("lang") is None
        page.goto(f"{live_server.url}{foreign.get_absolute_url()}")
        assert page.locator("h1").get_attribute("lang") == "en"
