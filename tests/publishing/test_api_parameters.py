"""No address of the API lets pass a parameter that it does not understand."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.api_answers import get, refused
from tests.factories import make_event, make_figure, make_indicator
from veille.api import VIEWSETS

pytestmark = pytest.mark.django_db

EXPORTS = ("csv", "json", "ndjson")
READ_ALONE = ("events/salon/", "indicators/depenses/", "indicators/depenses/trail/", "", "schema/")


@pytest.fixture(autouse=True)
def records():
    make_event(slug="salon", title="Salon du cloud")
    make_figure(indicator=make_indicator(slug="depenses"))


def addresses() -> list[str]:
    """Every address that reads, below /api/v1/."""
    names = [viewset.model.api_name for viewset in VIEWSETS]
    files = [f"{name}/export.{extension}" for name in names for extension in EXPORTS]
    lists = [f"{name}/" for name in names]
    return [*READ_ALONE, *lists, *files, "events/export.ics", "search/", "anomalies/", "changes/"]


@pytest.mark.parametrize("path", addresses())
def test_an_unknown_parameter_is_refused_everywhere(client, path):
    response = client.get(f"/api/v1/{path}", {"couleur": "bleu"})
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    [error] = response.json()["errors"]
    assert (error["field"], error["code"]) == ("couleur", "unknown_parameter")
    assert "acceptés\u00a0: " in error["detail"]


def test_what_is_accepted_is_named(client):
    for path, names in (
        ("events/salon/", "fields, include, format"),
        ("indicators/depenses/trail/", "format"),
        ("schema/", "format"),
    ):
        [error] = client.get(f"/api/v1/{path}", {"page_size": "3"}).json()["errors"]
        assert error["detail"] == (
            f"Paramètre inconnu\u00a0: «\u00a0page_size\u00a0». Paramètres acceptés\u00a0: {names}."
        )


def test_all_that_is_refused_is_named_at_once(client):
    assert refused(client, "events/salon/", status="draft", ordering="title") == [
        ("ordering", "unknown_parameter"),
        ("status", "unknown_parameter"),
    ]
    response = client.get("/api/v1/events/salon/?fields=title&fields=slug")
    assert [one["code"] for one in response.json()["errors"]] == ["repeated"]


@pytest.mark.parametrize("path", READ_ALONE)
def test_what_is_accepted_and_what_links_bring_along_still_pass(client, path):
    response = client.get(f"/api/v1/{path}", {"format": "json", "utm_source": "lettre"})
    assert response.status_code == 200
    assert "json" in response["Content-Type"]


@pytest.mark.parametrize("path", READ_ALONE)
def test_a_format_that_is_none_is_refused_everywhere(client, path):
    assert refused(client, path, format="xml") == [("format", "invalid_choice")]


def test_the_schema_does_not_repeat_what_it_is_asked(client):
    """The generator would write the version of the address into the schema."""
    assert refused(client, "schema/", version="9.9") == [("version", "unknown_parameter")]
    assert refused(client, "schema/", lang="en") == [("lang", "unknown_parameter")]


@pytest.mark.parametrize("path", READ_ALONE)
def test_other_methods_are_answered_as_before(client, path):
    assert client.head(f"/api/v1/{path}").status_code == 200
    assert client.options(f"/api/v1/{path}").status_code == 200
    assert client.options(f"/api/v1/{path}?couleur=bleu").status_code == 200
    # What GET refuses, HEAD does too, without a body.
    assert client.head(f"/api/v1/{path}?couleur=bleu").status_code == 400


def test_a_record_that_has_moved_keeps_what_was_asked_of_it(client):
    event = make_event(slug="avant", title="Salon")
    event.slug = "apres"
    event.save()
    response = client.get("/api/v1/events/avant/?fields=title")
    assert response.status_code == 301
    assert response["Location"].endswith("/api/v1/events/apres/?fields=title")
    assert get(client, "events/apres/", fields="title") == {"title": "Salon"}


def test_the_page_of_the_documentation_is_a_page(client):
    assert client.get(reverse("api:docs"), {"couleur": "bleu"}).status_code == 200
