"""A reviewer writes and publishes an analysis in a real browser, under the site's own CSP."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from analyses.models import Analysis
from publishing.groups import REVIEWER
from tests import factories as make
from tests.browser.chromium import chromium, complaints_of, marks

pytestmark = marks


def walk(page: Any, address: str, username: str) -> None:
    page.goto(address + reverse("admin:index"))
    page.fill("#id_username", username)
    page.fill("#id_password", "motdepasse")
    page.click("input[type=submit]")
    assert page.locator(".waiting__queue").count() == 4
    assert page.locator("body").inner_text().count("Django") == 0

    page.goto(address + reverse("admin:analyses_analysis_add"))
    page.type("#id_title", "Le bilan du nuage")
    assert page.input_value("#id_slug") == "le-bilan-du-nuage"
    page.fill("#id_body", "Un fait surprenant [1].")
    page.fill("#id_date", "du 23 au 20 mai 2025")
    page.select_option("#id_status", "published")
    page.click("input[name=_continue] >> nth=0")
    assert "précède le début" in page.inner_text(".field-date .errorlist")
    assert page.input_value("#id_body") == "Un fait surprenant [1]."

    page.fill("#id_date", "automne 2025")
    page.click("input[name=_continue] >> nth=0")
    assert "L’appel [1]" in page.inner_text(".errorlist.nonfield")
    assert page.input_value("#id_date") == "automne 2025"

    group = page.locator("#sources-citation-content_type-object_id-group")
    group.locator(".add-row a").click()
    row = group.locator(".dynamic-sources-citation-content_type-object_id")
    row.locator(".field-number input").fill("1")
    row.locator(".select2-selection").click()
    page.fill(".select2-dropdown .select2-search__field", "Baromètre")
    page.locator(".select2-results__option", has_text="Baromètre du nuage").click()
    page.click("input[name=_continue] >> nth=0")
    page.locator(".messagelist .success").wait_for()
    assert page.locator(".viewsitelink").count() == 1

    page.goto(address + reverse("admin:analyses_analysis_changelist"))
    assert page.inner_text(".state--published") == "publié"


def test_an_analysis_is_written_refused_completed_and_published(live_server):
    reviewer = make.make_user(REVIEWER)
    make.make_source(title="Baromètre du nuage")
    asked: list[str] = []
    with chromium() as browser:
        page = browser.new_page(locale="fr-FR")
        page.set_default_timeout(10_000)
        complaints = complaints_of(page, errors_only=True)
        page.on("request", lambda request: asked.append(request.url))
        walk(page, live_server.url, reviewer.username)
    analysis = Analysis.objects.get()
    assert analysis.is_public
    assert [citation.number for citation in analysis.citations.all()] == [1]
    assert complaints == []
    assert {url for url in asked if not url.startswith((live_server.url, "data:"))} == set()
