"""Events and their series in the admin."""

from __future__ import annotations

import pytest

from events.models import Event
from publishing.groups import REVIEWER
from publishing.models import Status
from tests import factories as make
from tests.admin_form import add_url, change_url, form_of, list_url, submit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reviewer(client):
    client.force_login(make.make_user(REVIEWER))


@pytest.mark.parametrize(
    ("typed", "edtf"),
    [
        ("20-23 mai 2025", "2025-05-20/2025-05-23"),
        ("Fin nov./déc. 2025", "2025-11/2025-12"),
        ("Automne 2025", "2025-23"),
        ("À déterminer", "XXXX"),
        ("", "XXXX"),
    ],
)
def test_a_date_is_kept_as_typed_and_shown_again_as_typed(client, typed, edtf):
    new = {"title": "Salon", "status": "published", "date": typed}
    assert submit(client, add_url(Event), **new).status_code == 302
    event = Event.objects.get()
    assert (event.date.label, event.date.edtf) == (typed, edtf)
    assert form_of(client.get(change_url(event)))["date"] == typed


def test_a_date_typed_for_machines_is_shown_again_in_french(client):
    event = make.make_event(date="2025-05-20/2025-05-23")
    assert form_of(client.get(change_url(event)))["date"] == "20-23 mai 2025"


def test_the_list_shows_dates_and_places_as_stated(client):
    make.make_event(date="Automne 2025", city="")
    page = client.get(list_url(Event)).content.decode()
    assert "Automne 2025" in page
    assert "Lieu à déterminer" in page


def test_the_list_is_sorted_by_date_from_its_heading(client):
    late = make.make_event(date="automne 2025")
    soon = make.make_event(date="mai 2025")
    unknown = make.make_event(date="À déterminer")
    column = 3
    page = client.get(list_url(Event), {"o": str(column)})
    assert list(page.context["cl"].result_list) == [soon, late, unknown]
    page = client.get(list_url(Event), {"o": f"-{column}"})
    assert list(page.context["cl"].result_list) == [unknown, late, soon]


def test_the_list_is_narrowed_to_a_year_and_invents_no_day(client):
    autumn, unknown = make.make_event(date="automne 2025"), make.make_event(date="À déterminer")
    later = make.make_event(date="d’ici 2030")
    page = client.get(list_url(Event))
    assert "septembre" not in page.content.decode()
    for year, events in {"2025": [autumn], "2030": [later], "inconnue": [unknown]}.items():
        assert f"?annee={year}" in page.content.decode()
        chosen = client.get(list_url(Event), {"annee": year})
        assert list(chosen.context["cl"].result_list) == events


@pytest.mark.parametrize("year", ["toujours", "99999999999", "-1", "1999"])
def test_a_year_without_event_gives_an_empty_list(client, year):
    make.make_event()
    page = client.get(list_url(Event), {"annee": year})
    assert (page.status_code, list(page.context["cl"].result_list)) == (200, [])


def test_a_series_leads_to_its_editions_drafts_included(client):
    series = make.make_series()
    public = make.make_event(series=series, title="Édition 2025")
    draft = make.make_event(series=series, title="Édition 2026", status=Status.DRAFT)
    make.make_event(title="Autre salon")
    page = client.get(change_url(series)).content.decode()
    for event in (public, draft):
        assert f'<a href="{change_url(event)}">{event.title}</a>' in page
    assert "Autre salon" not in page


def test_a_series_without_edition_says_so(client):
    assert "aucun" in client.get(change_url(make.make_series())).content.decode()
