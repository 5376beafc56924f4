"""SEQUENCE: it grows when those who follow the agenda must be told, and then only."""

from __future__ import annotations

import pytest

from events.models import Event
from publishing.dates import parse
from publishing.models import Status
from publishing.publication import archive, publish
from tests import factories as make

pytestmark = pytest.mark.django_db


def sequence(event: Event) -> int:
    return Event.objects.values_list("sequence", flat=True).get(pk=event.pk)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("date", "21-23 mai 2025"),
        ("date", "20-24 mai 2025"),
        ("date", "mai 2025"),
        ("date", "À déterminer"),
        ("venue", "Palais des congrès"),
        ("city", "Paris"),
        ("country", "FR"),
        ("attendance_mode", "online"),
        ("event_status", "cancelled"),
    ],
)
def test_it_grows_when_date_place_or_state_changes(field, value):
    event = make.make_event()
    setattr(event, field, parse(value) if field == "date" else value)
    event.save()
    assert (event.sequence, sequence(event)) == (1, 1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Autre titre"),
        ("slug", "autre-adresse"),
        ("summary", "Autre chapô."),
        ("url", "https://example.org/autre"),
        ("status", Status.DRAFT),
        ("date", "du 20 au 23 mai 2025"),
    ],
)
def test_it_stays_when_anything_else_changes(field, value):
    event = make.make_event()
    setattr(event, field, parse(value) if field == "date" else value)
    event.save()
    assert sequence(event) == 0


def test_it_grows_once_for_each_save_that_changes_something():
    event = make.make_event()
    for city in ("Paris", "Paris", "Lyon"):
        event.city = city
        event.save()
    assert sequence(event) == 2


def test_it_never_goes_back_when_a_stale_record_is_saved():
    event = make.make_event(city="Berlin")
    stale = Event.objects.get(pk=event.pk)
    for city in ("Paris", "Lyon"):
        event.city = city
        event.save()
    stale.save()
    assert sequence(event) == 3


def test_it_is_written_with_the_columns_that_were_asked_for():
    event = make.make_event()
    event.city, event.title = "Paris", "Ce titre n’est pas écrit"
    event.save(update_fields=["city"])
    event.refresh_from_db()
    assert (event.sequence, event.city) == (1, "Paris")
    assert event.title != "Ce titre n’est pas écrit"


def test_a_column_that_is_not_written_does_not_count():
    event = make.make_event()
    event.city, event.title = "Paris", "Autre titre"
    event.save(update_fields=["title"])
    assert sequence(event) == 0


def test_publishing_and_archiving_change_nothing_for_an_agenda():
    event = make.make_event(status=Status.DRAFT)
    publish(event)
    archive(event)
    assert sequence(event) == 0


def test_subscribers_are_told_of_a_cancellation(client):
    event = make.make_event()
    assert b"SEQUENCE:0" in client.get("/evenements/agenda.ics").content
    event.refresh_from_db()
    event.event_status = Event.EventStatus.CANCELLED
    event.full_clean()
    event.save()
    assert b"SEQUENCE:1" in client.get("/evenements/agenda.ics").content
