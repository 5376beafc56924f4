"""The front page of the admin: its words, the order of its rooms, what waits for the editors."""

from __future__ import annotations

import pytest
from django.urls import reverse

from events.models import Event
from publishing.groups import ADMINISTRATOR, REVIEWER, WRITER
from publishing.models import Status, published_models
from tests import factories as make
from tests.admin_form import list_url

pytestmark = pytest.mark.django_db


def dashboard(client, group: str):
    client.force_login(make.make_user(group))
    return client.get(reverse("admin:index"))


def queues(response) -> dict[str, list[tuple[str, int, str]]]:
    return {
        queue["title"]: [(row["label"], row["count"], row["url"]) for row in queue["rows"]]
        for queue in response.context["waiting"]
    }


def test_the_admin_speaks_french_and_bears_the_name_of_the_site(client):
    page = dashboard(client, WRITER).content.decode()
    assert '<html lang="fr"' in page
    assert "Veille : la rédaction" in page
    assert "Django" not in page


def test_the_login_page_bears_the_name_of_the_site(client):
    page = client.get(reverse("admin:login"))
    assert page.status_code == 200
    assert "Veille : la rédaction" in page.content.decode()


def test_the_rooms_come_in_the_order_of_the_site_and_accounts_last(client):
    app_list = dashboard(client, ADMINISTRATOR).context["app_list"]
    assert [app["name"] for app in app_list] == [
        "Événements",
        "Marché",
        "Entreprises",
        "Thématiques et tendances",
        "Actualités",
        "Analyses",
        "Sources",
        "Publication",
        "Recherche",
        "Authentification et autorisation",
    ]


def test_in_a_room_records_come_before_the_words_they_share(client):
    app_list = dashboard(client, WRITER).context["app_list"]
    (market,) = (app for app in app_list if app["app_label"] == "market")
    assert [model["object_name"] for model in market["models"]] == [
        "Indicator",
        "Figure",
        "GrowthDriver",
        "Perimeter",
        "Segment",
    ]


def test_an_empty_desk_says_that_nothing_waits(client):
    page = dashboard(client, REVIEWER)
    assert queues(page) == {"Anomalies": [], "En relecture": [], "À revoir": [], "Planifié": []}
    assert "Aucune fiche n’attend de relecture." in page.content.decode()


def test_the_desk_counts_what_waits_and_leads_to_it(client):
    waiting = [make.make_event(status=Status.IN_REVIEW) for _ in range(2)]
    due = make.make_trend(review_due="2025-01-01")
    planned = make.make_event(publish_at=make.LONG_AGO.replace(year=2999))
    make.make_event()
    page = dashboard(client, REVIEWER)
    events, trends = list_url(Event), reverse("admin:topics_trend_changelist")
    assert queues(page) == {
        "Anomalies": [],
        "En relecture": [("Événements", 2, f"{events}?etat=in_review")],
        "À revoir": [("Tendance", 1, f"{trends}?revue=due")],
        "Planifié": [("Événement", 1, f"{events}?etat=scheduled")],
    }
    for url, records in (
        (f"{events}?etat=in_review", waiting),
        (f"{trends}?revue=due", [due]),
        (f"{events}?etat=scheduled", [planned]),
    ):
        assert f'href="{url}"' in page.content.decode()
        assert list(client.get(url).context["cl"].result_list) == records


def test_the_desk_costs_one_query_for_each_kind_of_record(client, django_assert_num_queries):
    dashboard(client, REVIEWER)
    # Session, user, rights of the user and of its groups, recent actions, open anomalies.
    with django_assert_num_queries(6 + len(published_models())):
        client.get(reverse("admin:index"))


def test_who_has_no_right_sees_nothing_that_waits(client):
    make.make_event(status=Status.IN_REVIEW)
    client.force_login(make.make_user())
    assert queues(client.get(reverse("admin:index"))) == {
        "Anomalies": [],
        "En relecture": [],
        "À revoir": [],
        "Planifié": [],
    }
