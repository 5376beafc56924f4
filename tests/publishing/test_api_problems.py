"""Errors of the API: RFC 9457 problems, whatever went wrong."""

from __future__ import annotations

import pytest

from publishing.models import Status
from tests.api_answers import SITE, get, slugs
from tests.factories import LONG_AGO, make_event

pytestmark = pytest.mark.django_db

NOT_FOUND = {
    "type": "about:blank",
    "title": "Introuvable",
    "status": 404,
    "code": "not_found",
    "detail": "Rien n’est publié à cette adresse.",
}


def answer(response):
    assert response["Content-Type"] == "application/problem+json"
    return response.status_code, response.json()


@pytest.mark.parametrize(
    "path",
    ["events/aucun/", "rien/", "rien", "events/aucun/rien/", "rien/aucun/", "schema/rien", "é/"],
)
def test_what_is_nowhere_is_not_found(client, path):
    assert answer(client.get(f"/api/v1/{path}")) == (404, NOT_FOUND)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_what_is_nowhere_is_not_found_whatever_is_asked_of_it(client, method):
    assert answer(getattr(client, method)("/api/v1/rien/")) == (404, NOT_FOUND)


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/rien", "/api/v2/", "/api/v2/events/"])
@pytest.mark.parametrize("debug", [True, False])
def test_beside_the_api_too_what_is_nowhere_is_a_problem(client, settings, path, debug):
    settings.DEBUG = debug
    assert answer(client.get(path)) == (404, NOT_FOUND)


def test_an_address_that_only_begins_like_the_api_is_a_page(client):
    response = client.get("/apis/")
    assert (response.status_code, response["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_another_host_than_the_site_is_refused_by_a_problem(client, settings):
    settings.DEBUG = False
    assert answer(client.get("/api/v1/events/", headers={"host": "ailleurs.example"})) == (
        400,
        {
            "type": "about:blank",
            "title": "Requête incorrecte",
            "status": 400,
            "code": "bad_request",
            "detail": "La requête n’a pas pu être lue.",
        },
    )


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.REJECTED])
def test_what_was_never_public_is_told_from_nothing_by_no_one(client, status):
    event = make_event(status=status)
    assert answer(client.get(f"/api/v1/events/{event.slug}/")) == (404, NOT_FOUND)
    assert slugs(client, "events/") == []


def test_a_withdrawn_record_is_gone(client):
    event = make_event(status=Status.ARCHIVED, publish_at=LONG_AGO)
    assert answer(client.get(f"/api/v1/events/{event.slug}/")) == (
        410,
        {
            "type": "about:blank",
            "title": "Retiré",
            "status": 410,
            "code": "gone",
            "detail": "Cette fiche a été publiée, puis retirée.",
        },
    )
    assert slugs(client, "events/") == []


def test_a_former_slug_leads_to_the_new_one(client):
    event = make_event(slug="avant")
    event.slug = "apres"
    event.save()
    response = client.get("/api/v1/events/avant/")
    assert response.status_code == 301
    assert response["Location"] == f"{SITE}/api/v1/events/apres/"
    assert response.content == b""
    assert client.get(response["Location"]).json()["slug"] == "apres"


def test_a_format_that_is_not_spoken_is_refused(client):
    response = client.get("/api/v1/events/", headers={"accept": "text/html"})
    assert answer(response) == (
        406,
        {
            "type": "about:blank",
            "title": "Format indisponible",
            "status": 406,
            "code": "not_acceptable",
            "detail": "L’API répond en «\u00a0application/json\u00a0».",
        },
    )


def test_refused_parameters_are_all_named_at_once(client):
    response = client.get("/api/v1/events/?pays=FR&period=bientot&after=2025-02-30")
    assert answer(response) == (
        400,
        {
            "type": "about:blank",
            "title": "Requête incorrecte",
            "status": 400,
            "code": "invalid_parameters",
            "detail": "La requête comporte des paramètres refusés.",
            "errors": [
                {
                    "field": "period",
                    "code": "invalid_choice",
                    "detail": "«\u00a0bientot\u00a0» n’est pas un choix. Valeurs acceptées\u00a0: "
                    "upcoming, current, past.",
                },
                {
                    "field": "after",
                    "code": "invalid",
                    "detail": "Un jour qui existe est attendu, sous la forme AAAA-MM-JJ.",
                },
                {
                    "field": "pays",
                    "code": "unknown_parameter",
                    "detail": "Paramètre inconnu\u00a0: «\u00a0pays\u00a0». "
                    "Filtres acceptés\u00a0: q, period, after, before, country, kind, "
                    "event_status, attendance_mode, "
                    "significance, topic, series, organiser, open_call, "
                    "updated_since, on_or_after, certain.",
                },
            ],
        },
    )


def test_an_unknown_format_parameter_is_refused(client):
    status, problem = answer(client.get("/api/v1/events/?format=xml"))
    assert (status, problem["errors"]) == (
        400,
        [
            {
                "field": "format",
                "code": "invalid_choice",
                "detail": "«\u00a0xml\u00a0» n’est pas un format. Valeurs acceptées\u00a0: json.",
            }
        ],
    )
    assert get(client, "events/", format="json")["results"] == []


def test_a_forgotten_final_slash_is_added(client):
    response = client.get("/api/v1/events?kind=forum")
    assert response.status_code == 301
    assert response["Location"] == f"{SITE}/api/v1/events/?kind=forum"


def test_a_detail_asked_with_head_answers_as_get_without_its_body(client):
    event = make_event()
    response = client.head(f"/api/v1/events/{event.slug}/")
    assert (response.status_code, response.content) == (200, b"")
