"""Calls for papers: the first to close first, and what is left, as far as it is known."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.utils.text import slugify

from publishing import clock, kept
from publishing.facets import Choice
from publishing.models import Status
from tests import factories as make
from tests.costs import KEPT_NUMBERS, VERSION

pytestmark = pytest.mark.django_db

CALLS = "/evenements/appels/"
TODAY = date(2025, 5, 20)


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen(TODAY):
        yield


def call(title: str, deadline: date | None = None, **fields):
    defaults = {"date": "automne 2025", "cfp_url": f"https://example.org/{slugify(title)}"}
    return make.make_event(title=title, cfp_deadline=deadline, **defaults | fields)


def titles(client, query: str = "") -> list[str]:
    return [event.title for event in client.get(CALLS + query).context["page_obj"]]


def said(client, query: str = "") -> str:
    return client.get(CALLS + query).content.decode().replace("\u00a0", " ")


def test_the_first_to_close_comes_first_and_what_is_closed_is_not_there(client):
    call("Sans date")
    call("Juin", date(2025, 6, 1))
    call("Demain", date(2025, 5, 21))
    call("Hier", date(2025, 5, 19))
    call("Brouillon", date(2025, 6, 1), status=Status.DRAFT)
    make.make_event(title="Sans appel", date="automne 2025")
    call("Passé", date="mars 2025")
    assert titles(client) == ["Demain", "Juin", "Sans date"]


@pytest.mark.parametrize(
    ("deadline", "words"),
    [
        (date(2025, 5, 20), "dernier jour"),
        (date(2025, 5, 21), "jusqu’à demain"),
        (date(2025, 5, 22), "encore 2 jours"),
        (date(2025, 6, 20), "encore 31 jours"),
    ],
)
def test_what_is_left_is_said_in_days(client, deadline, words):
    event = call("Appel", deadline)
    assert words in said(client)
    assert f"({words})" in client.get(event.get_absolute_url()).content.decode().replace(
        "\u00a0", " "
    )


def test_a_deadline_that_is_not_known_is_said_not_to_be(client):
    event = call("Appel")
    assert "Clôture non annoncée" in said(client)
    assert re.search(r"encore \d", said(client).partition("resultats")[2]) is None
    assert event.call_time_left == ""


def test_a_closed_call_is_said_to_be_on_the_page_of_its_event(client):
    event = call("Appel", date(2025, 5, 19))
    assert "jusqu’au 19 mai 2025 (clos)" in client.get(event.get_absolute_url()).content.decode()


def test_it_takes_the_filters_of_the_list(client):
    call("Paris", country="FR")
    call("Berlin", country="DE")
    assert titles(client, "?country=FR") == ["Paris"]
    assert client.get(f"{CALLS}?couleur=bleu").status_code == 400


def test_it_leads_to_the_call_and_to_an_agenda_and_feeds_of_the_same(client):
    call("Appel", country="FR")
    content = said(client, "?country=FR")
    assert 'href="https://example.org/appel" rel="noopener"' in content
    for address in ("/evenements/agenda.ics", "/evenements/flux.rss"):
        assert f'href="{address}?country=FR&amp;open_call=true"' in content
        assert client.get(f"{address}?country=FR&open_call=true").status_code == 200


def test_no_open_call_is_said(client):
    assert "Aucun appel à communications n’est ouvert." in said(client)


def test_it_costs_the_same_with_1_and_with_50_calls(client, django_assert_num_queries):
    topic = make.make_topic()
    for total in (1, 49):
        for number in range(total):
            call(f"Appel-{total}-{number}", topics=[topic], organiser=make.make_company())
        # The count, the page, its topics; topic, series and organiser of the form.
        # Two more for what the choices give: the countries, and all those known in advance.
    with django_assert_num_queries(VERSION + KEPT_NUMBERS + 8):
        client.get(CALLS)


def test_the_numbers_that_are_kept_are_its_own(client, monkeypatch):
    monkeypatch.setattr(kept, "MANY", 0)
    make.make_event(title="Sans appel", country="FR", date="automne 2025")
    call("Avec appel", date(2025, 6, 1), country="FR")
    for _ in range(2):
        assert client.get("/evenements/").context["total"] == 2
        assert client.get(CALLS).context["total"] == 1
        assert client.get(CALLS).context["facets"]["country"] == [Choice("FR", "France", 1)]
