"""About, health, robots, and the pages of errors."""

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse

from tests import factories as make

pytestmark = pytest.mark.django_db


def test_about_counts_what_is_public(client):
    make.make_event()
    make.make_event(status="draft")
    counts = {name: total for name, _, total in client.get(reverse("about")).context["counts"]}
    assert counts["événements"] == 1
    assert counts["actualités"] == 0


def test_health_is_good_when_the_database_answers(client):
    response = client.get("/sante/")
    assert response.status_code == 200
    assert response.json() == {"etat": "ok", "base_de_donnees": "joignable"}


def test_health_says_503_when_the_database_does_not_answer(client, monkeypatch):
    def unreachable(*args, **kwargs):
        raise DatabaseError("no connection")

    monkeypatch.setattr(connection, "cursor", unreachable)
    response = client.get("/sante/")
    assert response.status_code == 503
    assert response.json() == {"etat": "panne", "base_de_donnees": "injoignable"}


def test_robots_are_kept_out_of_the_admin_only(client):
    assert client.get("/robots.txt").content.decode() == (
        "User-agent: *\nDisallow: /admin/\nSitemap: http://testserver/sitemap.xml\n"
    )


def test_an_unknown_address_is_a_french_page_with_the_navigation(client):
    response = client.get("/nulle-part/")
    content = response.content.decode()
    assert response.status_code == 404
    assert "Rien à cette adresse" in content
    assert reverse("events:event_list") in content


def test_a_failure_is_a_french_page_that_needs_no_database(monkeypatch, settings):
    def broken(self, **kwargs):
        raise RuntimeError("broken")

    monkeypatch.setattr("veille.views.AboutView.get_context_data", broken)
    response = Client(raise_request_exception=False).get(reverse("about"))
    assert response.status_code == 500
    assert "Une erreur est survenue de notre côté" in response.content.decode()


def test_pages_ask_nothing_of_other_sites_and_forbid_inline_code(client):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_a_form_posted_without_its_token_is_refused_in_french():
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("admin:login"), {"username": "x", "password": "y"})
    assert response.status_code == 403
    assert "Le formulaire n’est plus valable" in response.content.decode()


@pytest.mark.django_db
def test_a_failure_of_the_api_is_a_problem_and_no_page(monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("planted")

    monkeypatch.setattr("publishing.models.PublishableQuerySet.published", fail)
    response = Client(raise_request_exception=False).get("/api/v1/events/")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, response.json()) == (
        500,
        {
            "type": "about:blank",
            "title": "Panne",
            "status": 500,
            "code": "server_error",
            "detail": "Le site n’a pas pu répondre : réessayez plus tard.",
        },
    )


def test_the_accessibility_statement_claims_no_more_than_was_measured(client, settings):
    settings.CONTACT_EMAIL = "acces@veille.example"
    content = client.get("/accessibilite/").content.decode()
    assert "<strong>partiellement conforme</strong>" in content
    assert "23 novembre 2026" in content
    assert '<a href="mailto:acces@veille.example">' in content


def test_the_statement_does_not_invent_a_contact(client, settings):
    settings.CONTACT_EMAIL = ""
    content = client.get("/accessibilite/").content.decode()
    assert "mailto:" not in content
    assert "Aucune adresse de contact" in content


def test_every_page_leads_to_the_accessibility_statement(client):
    for page in (reverse("home"), reverse("about"), "/nulle-part/"):
        assert f'href="{reverse("accessibility")}"' in client.get(page).content.decode()
