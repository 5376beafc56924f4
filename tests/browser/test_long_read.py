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


@pytest.fixture
def noted():
    record = make.make_analysis(
        slug="notee",
        body="Un fait [1][2][3], dans un texte court.\n\n- Un point [4].\n\nUne suite.",
    )
    for number in range(1, 5):
        make.cite(record, make.make_source(), number=number, quote="Un long passage. " * 20)
    return record


def test_side_notes_stand_beside_the_text_and_never_on_one_another(live_server, noted):
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{live_server.url}/analyses/notee/")
        boxes = [note.bounding_box() for note in page.locator(".side-note").all()]
        text = page.locator(".prose > p").first.bounding_box()
        end = page.locator(".notes").bounding_box()
        assert len(boxes) == 4
        assert all(text["x"] + text["width"] < box["x"] for box in boxes)
        assert all(box["x"] + box["width"] <= 1280 for box in boxes)
        bottoms = [box["y"] + box["height"] for box in boxes]
        tops = [*(box["y"] for box in boxes[1:]), end["y"]]
        assert all(bottom <= top for bottom, top in zip(bottoms, tops, strict=True))


def test_a_narrow_screen_and_paper_keep_to_the_list_of_notes(live_server, noted):
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1000, "height": 800})
        page.goto(f"{live_server.url}/analyses/notee/")
        side_note = page.locator(".side-note").first
        sync_api.expect(side_note).to_be_hidden()
        page.set_viewport_size({"width": 1400, "height": 800})
        sync_api.expect(side_note).to_be_visible()
        page.emulate_media(media="print")
        sync_api.expect(side_note).to_be_hidden()
        sync_api.expect(page.locator("#note-1")).to_be_visible()
