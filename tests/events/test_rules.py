"""Two records of one event: which contradict one another, and which do not."""

import pytest

from publishing.models import Anomaly, Status
from tests import factories as make

pytestmark = pytest.mark.django_db

SUMMIT = {"title": "Sommet du cloud 2025", "date": "20-23 mai 2025", "city": "Paris"}


def found() -> list[set]:
    anomalies = Anomaly.objects.standing().filter(rule="event-described-twice").order_by("pk")
    return [{row.record for row in anomaly.records.all()} for anomaly in anomalies]


def two(**differences):
    """Two records of one summit, the second with these differences."""
    return {make.make_event(**SUMMIT), make.make_event(**SUMMIT | differences)}


def test_one_title_and_two_dates_in_a_year_contradict_one_another():
    events = two(title="SOMMET du Cloud ’25", date="3-5 juin 2025")
    assert found() == [events]
    message = Anomaly.objects.get(rule="event-described-twice").message
    assert "20-23 mai 2025, Paris d’une part, 3-5 juin 2025, Paris d’autre part" in message


def test_one_title_on_the_same_days_in_two_cities_contradict_one_another():
    assert found() == []
    events = two(city="Lyon")
    assert found() == [events]


def test_one_title_on_the_same_days_in_two_countries_contradict_one_another():
    events = {
        make.make_event(**SUMMIT, country="FR"),
        make.make_event(**SUMMIT | {"city": ""}, country="BE"),
    }
    assert found() == [events]


def test_one_official_site_and_two_dates_in_a_year_contradict_one_another():
    site = {"url": "https://sommet.example.org/"}
    events = {
        make.make_event(**SUMMIT, **site),
        make.make_event(title="Grand sommet", date="juin 2025", city="Paris", **site),
    }
    assert found() == [events]


def test_one_edition_with_dates_in_two_years_contradicts_itself():
    series = make.make_series()
    events = {
        make.make_event(**SUMMIT, series=series, edition="12e"),
        make.make_event(**SUMMIT | {"date": "mai 2026"}, series=series, edition="12E"),
    }
    assert found() == [events]


@pytest.mark.parametrize(
    "differences",
    [
        {},
        {"date": "mai 2025"},
        {"date": "2025"},
        {"date": "À déterminer"},
        {"date": "depuis 2025"},
        {"city": ""},
        {"city": "Paris La Défense"},
        {"date": "3-5 juin 2025", "event_status": "postponed"},
        {"date": "3-5 juin 2025", "city": "Lyon"},
        {"date": "mai 2026"},
        {"title": "Forum de l’IA", "date": "3-5 juin 2025"},
        {"date": "3-5 juin 2025", "kind": "webinar"},
        {"date": "3-5 juin 2025", "status": Status.REJECTED},
    ],
    ids=str,
)
def test_what_can_be_true_of_both_is_no_contradiction(differences):
    two(**differences)
    assert found() == []


def test_one_city_in_two_languages_is_one_city():
    make.make_event(**SUMMIT | {"city": "Londres"})
    make.make_event(**SUMMIT | {"city": "London"})
    assert found() == []


def test_two_editions_in_a_year_are_two_events():
    series = make.make_series()
    make.make_event(**SUMMIT, series=series, edition="printemps")
    make.make_event(**SUMMIT | {"date": "octobre 2025"}, series=series, edition="automne")
    assert found() == []


def test_the_stops_of_a_tour_are_not_one_event():
    series = make.make_series(name="Cloud Tour")
    stop = {"series": series, "edition": "2025"}
    make.make_event(title="Cloud Tour Paris", date="avril 2025", city="Paris", **stop)
    make.make_event(title="Cloud Tour Lyon", date="juin 2025", city="Lyon", **stop)
    assert found() == []


def test_a_corrected_date_closes_the_anomaly():
    event = make.make_event(**SUMMIT)
    make.make_event(**SUMMIT | {"date": "3-5 juin 2025"})
    assert len(found()) == 1
    event.date = make.parse("3-5 juin 2025")
    event.save()
    assert found() == []
