"""Upcoming, current and past, at the edges: the first day, the last day, no day at all."""

from datetime import date

import pytest

from events.models import Event
from tests import factories as make

pytestmark = pytest.mark.django_db

TODAY = date(2025, 5, 20)


def titles(queryset) -> list[str]:
    return [event.title for event in queryset]


@pytest.fixture
def agenda():
    for title, label in {
        "finit hier": "18-19 mai 2025",
        "finit aujourd’hui": "19-20 mai 2025",
        "commence aujourd’hui": "20-22 mai 2025",
        "commence demain": "21 mai 2025",
        "ce mois-ci": "mai 2025",
        "le mois dernier": "avril 2025",
        "cet automne": "automne 2025",
        "un jour": "À déterminer",
        "d’ici 2030": "d’ici 2030",
        "depuis 2020": "depuis 2020",
    }.items():
        make.make_event(title=title, date=label)


def test_upcoming_holds_what_is_not_over_the_soonest_first_and_the_undated_last(agenda):
    assert titles(Event.objects.upcoming(TODAY)) == [
        "ce mois-ci",
        "finit aujourd’hui",
        "commence aujourd’hui",
        "commence demain",
        "cet automne",
        "d’ici 2030",
        "un jour",
    ]


def test_current_holds_only_what_is_known_to_take_place_that_day(agenda):
    assert titles(Event.objects.current(TODAY)) == ["finit aujourd’hui", "commence aujourd’hui"]


def test_past_holds_what_is_surely_over_the_latest_first(agenda):
    assert titles(Event.objects.past(TODAY)) == ["finit hier", "le mois dernier", "depuis 2020"]


def test_every_event_is_either_upcoming_or_past(agenda):
    split = set(titles(Event.objects.upcoming(TODAY))) | set(titles(Event.objects.past(TODAY)))
    assert split == set(titles(Event.objects.all()))


def test_open_calls_close_soonest_first():
    url = "https://example.org/cfp"
    make.make_event(title="close", cfp_url=url, cfp_deadline=date(2025, 5, 19), date="juin 2025")
    make.make_event(title="sans fin", cfp_url=url, date="juin 2025")
    make.make_event(title="en juin", cfp_url=url, cfp_deadline=date(2025, 6, 1), date="juin 2025")
    make.make_event(title="ce soir", cfp_url=url, cfp_deadline=TODAY, date="juin 2025")
    make.make_event(title="sans appel", date="juin 2025")
    assert titles(Event.objects.with_open_call(TODAY)) == ["ce soir", "en juin", "sans fin"]
