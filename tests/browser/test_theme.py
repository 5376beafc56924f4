"""The theme in a browser: that of the machine, until the reader chooses."""

from __future__ import annotations

import pytest

from tests.browser.chromium import chromium, complaints_of, marks, sync_api

PAPER_BY_DAY, PAPER_BY_NIGHT = "rgb(247, 248, 251)", "rgb(13, 18, 32)"

pytestmark = marks


@pytest.fixture
def browser():
    with chromium() as browser:
        yield browser


def assert_paper(page, colour: str) -> None:
    sync_api.expect(page.locator("html")).to_have_css("background-color", colour)


@pytest.mark.parametrize(
    ("scheme", "paper"), [("light", PAPER_BY_DAY), ("dark", PAPER_BY_NIGHT)], ids=["day", "night"]
)
@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_at_first_it_is_that_of_the_machine(live_server, browser, scheme, paper, script):
    context = browser.new_context(color_scheme=scheme, java_script_enabled=script)
    page = context.new_page()
    page.goto(live_server.url)
    assert_paper(page, paper)
    sync_api.expect(page.locator(".theme-switch")).to_be_visible(visible=script)


def test_a_choice_is_kept_from_page_to_page_and_can_be_taken_back(live_server, browser):
    page = browser.new_context(color_scheme="light").new_page()
    complaints = complaints_of(page)
    page.goto(live_server.url)
    switch = page.locator(".theme-switch")
    for said, paper in (("clair", PAPER_BY_DAY), ("sombre", PAPER_BY_NIGHT)):
        switch.click()
        sync_api.expect(switch).to_have_text(f"Thème : {said}")
        assert_paper(page, paper)

    page.goto(f"{live_server.url}/evenements/")
    sync_api.expect(switch).to_have_text("Thème : sombre")
    assert_paper(page, PAPER_BY_NIGHT)

    switch.press("Enter")
    sync_api.expect(switch).to_have_text("Thème : auto")
    assert_paper(page, PAPER_BY_DAY)
    page.emulate_media(color_scheme="dark")
    assert_paper(page, PAPER_BY_NIGHT)
    assert complaints == []
