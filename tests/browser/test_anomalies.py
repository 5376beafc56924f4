"""Editors meet a contradiction, verify, correct, dismiss and reopen, in a real browser."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import reverse

from publishing.groups import REVIEWER
from publishing.models import Anomaly
from tests import factories as make
from tests.admin_form import change_url
from tests.anomaly_rules import install
from tests.browser.chromium import chromium, complaints_of, marks

MESSAGE = "12\u00a0Md$, et non 10\u00a0Md$"

pytestmark = marks


def walk(page: Any, address: str, username: str, figure_url: str) -> None:
    page.goto(address + reverse("admin:index"))
    page.fill("#id_username", username)
    page.fill("#id_password", "motdepasse")
    page.click("input[type=submit]")

    # What is typed is compared as one leaves the field, and nothing is saved.
    page.goto(address + figure_url)
    page.fill("#id_value", "12")
    page.press("#id_value", "Tab")
    result = page.locator("[data-verification-result]")
    result.get_by_text(MESSAGE).wait_for()
    page.fill("#id_value", "10")
    page.press("#id_value", "Tab")
    result.get_by_text("Rien ne contredit cette fiche.").wait_for()

    # The button asks the same, and keeps what is typed.
    page.fill("#id_value", "12")
    page.click("button[name=_verify]")
    page.locator("[data-verification-result] li").wait_for()
    assert page.input_value("#id_value") == "12"

    # Saved, it leads to the register.
    page.click("input[name=_save] >> nth=0")
    page.locator(".messagelist .warning a", has_text=MESSAGE).click()
    assert page.inner_text(".anomaly__message") == MESSAGE

    # Dismissed, which wants a reason, then reopened.
    page.click("button[name=ecarter]")
    assert "obligatoire" in page.inner_text("#ecarter_form .errorlist")
    page.fill("#id_ecarter-note", "Deux sondages.")
    page.click("button[name=ecarter]")
    page.locator(".messagelist .success").wait_for()
    assert page.inner_text(".anomaly .state--anomaly-dismissed") == "écartée"
    page.fill("#id_rouvrir-note", "Le même sondage.")
    page.click("button[name=rouvrir]")
    page.locator(".state--anomaly-open").wait_for()

    # Corrected, by a figure that knows all but its value, its source and what was wrong.
    page.click(".anomaly__replace")
    page.fill("#id_value", "10")
    page.fill("#id_erratum", "Le communiqué se trompait d’année.")
    page.locator(".field-source .select2-selection").click()
    page.fill(".select2-dropdown .select2-search__field", "Baromètre")
    page.locator(".select2-results__option", has_text="Baromètre du nuage").click()
    page.select_option("#id_status", "published")
    page.click("input[name=_save] >> nth=0")
    page.locator(".messagelist .success").wait_for()
    page.goto(address + reverse("admin:publishing_anomaly_changelist") + "?etat=corrected")
    assert page.locator("#result_list tbody tr").count() == 1


def test_a_contradiction_is_seen_dismissed_reopened_and_corrected(live_server, monkeypatch):
    install(monkeypatch)
    reviewer = make.make_user(REVIEWER)
    make.make_source(title="Baromètre du nuage")
    indicator = make.make_indicator()
    make.make_figure(indicator=indicator, value=Decimal("10"))
    figure = make.make_figure(indicator=indicator, value=Decimal("10"))
    with chromium() as browser:
        page = browser.new_page(locale="fr-FR")
        page.set_default_timeout(10_000)
        complaints = complaints_of(page, errors_only=True)
        walk(page, live_server.url, reviewer.username, change_url(figure))
    anomaly = Anomaly.objects.get()
    assert anomaly.status == Anomaly.Status.CORRECTED
    assert anomaly.correction.supersedes == figure
    assert [step.note for step in anomaly.steps.all()][1:3] == [
        "Deux sondages.",
        "Le même sondage.",
    ]
    assert complaints == []
