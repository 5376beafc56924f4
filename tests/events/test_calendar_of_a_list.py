"""What a subscriber reads, from one day to the next, of a list with its filters."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest

from events.models import Event
from publishing import clock
from publishing.dates import parse
from tests import factories as make

pytestmark = pytest.mark.django_db

FRENCH = "/evenements/agenda.ics?country=FR"


@pytest.fixture(autouse=True)
def _public_address(settings):
    settings.SITE_URL = "https://veille.example.org"


@pytest.fixture
def salon():
    make.make_event(title="Ailleurs", country="DE")
    return make.make_event(title="Salon", date="20-23 mai 2025", city="Cannes", country="FR")


def read(client, address: str = FRENCH) -> list[icalendar.Event]:
    response = client.get(address)
    assert response.status_code == 200
    return icalendar.Calendar.from_ical(response.content).events


def only(client, address: str = FRENCH) -> icalendar.Event:
    (event,) = read(client, address)
    return event


def test_a_change_of_date_place_or_state_is_told_under_the_same_uid(client, salon):
    changes = [
        ("date", parse("21-24 mai 2025")),
        ("city", "Nice"),
        ("event_status", Event.EventStatus.CONFIRMED),
        ("event_status", Event.EventStatus.CANCELLED),
    ]
    seen = [only(client)]
    for field, value in changes:
        setattr(salon, field, value)
        salon.save()
        seen.append(only(client))
    assert [int(one["SEQUENCE"]) for one in seen] == [0, 1, 2, 3, 4]
    assert {str(one["UID"]) for one in seen} == {f"events-{salon.pk}@veille.example.org"}
    # As in its own file.
    assert only(client, f"/evenements/{salon.slug}.ics") == seen[-1]


def test_a_cancelled_event_stays_and_is_cancelled(client, salon):
    salon.event_status = Event.EventStatus.CANCELLED
    salon.save()
    assert str(only(client)["STATUS"]) == "CANCELLED"


def test_its_stamps_are_those_of_the_record_whenever_it_is_read(client, salon):
    changed = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
    Event.objects.filter(pk=salon.pk).update(updated_at=changed)
    for day in (date(2025, 3, 2), date(2026, 3, 2)):
        with clock.frozen(day):
            event = only(client)
        assert event.decoded("DTSTAMP") == event.decoded("LAST-MODIFIED") == changed
        assert event.to_ical().count(b"20250301T093000Z") == 2


@pytest.mark.parametrize(
    ("label", "first", "after"),
    [
        ("20 mai 2025", "20250520", "20250521"),
        ("20-23 mai 2025", "20250520", "20250524"),
        ("31 décembre 2025", "20251231", "20260101"),
        ("28-29 février 2024", "20240228", "20240301"),
    ],
)
def test_days_are_whole_and_the_end_is_the_day_after(client, salon, label, first, after):
    salon.date = parse(label)
    salon.save()
    content = client.get(FRENCH).content.decode()
    assert re.findall(r"DTSTART.*|DTEND.*", content.replace("\r", "")) == [
        f"DTSTART;VALUE=DATE:{first}",
        f"DTEND;VALUE=DATE:{after}",
    ]


def test_an_approximate_one_comes_on_request_tentative_and_in_the_same_list(client, salon):
    approximate = make.make_event(title="Forum", date="juin 2025", country="FR")
    make.make_event(title="Ailleurs", date="juin 2025", country="DE")
    assert [str(one["SUMMARY"]) for one in read(client)] == ["Salon"]
    exact, wide = read(client, f"{FRENCH}&approximatifs=1")
    assert "STATUS" not in exact
    assert str(wide["STATUS"]) == "TENTATIVE"
    assert wide.decoded("DTEND") - wide.decoded("DTSTART") == timedelta(days=30)
    # Once its days are known, it is the same event, revised.
    approximate.date = parse("3 juin 2025")
    approximate.save()
    _, known = read(client)
    assert (str(known["UID"]), int(known["SEQUENCE"])) == (str(wide["UID"]), 1)


def test_lines_are_folded_at_75_octets_and_read_back_whole(client, salon):
    salon.title = "Congrès européen de l’intelligence artificielle générative 東京 🎪 " * 3
    salon.summary = "É" * 200
    salon.save()
    content = client.get(FRENCH).content
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    event = only(client)
    assert str(event["SUMMARY"]) == salon.title
    assert str(event["DESCRIPTION"]).startswith(salon.summary)


def test_every_filter_of_the_list_makes_a_calendar(client, salon):
    names = client.get("/evenements/").context["filterset"].filters
    topic, series, company = make.make_topic(), make.make_series(), make.make_company()
    Event.objects.filter(pk=salon.pk).update(
        series=series, organiser=company, significance="major", attendance_mode="on_site"
    )
    salon.topics.add(topic)
    values = {
        "q": "salon",
        "period": "past",
        "after": "2025-05-22",
        "before": "2025-05-21",
        "country": "FR",
        "kind": "conference",
        "event_status": "announced",
        "attendance_mode": "on_site",
        "significance": "major",
        "open_call": "false",
        "topic": topic.slug,
        "series": series.slug,
        "organiser": company.slug,
    }
    assert set(names) == set(values)
    for name, value in values.items():
        found = read(client, f"/evenements/agenda.ics?{name}={value}")
        assert "Salon" in [str(one["SUMMARY"]) for one in found], name


# --- In the API ---


def test_the_api_gives_the_same_calendar_through_the_same_filters(client, salon):
    make.make_event(title="Forum", date="automne 2025", country="FR")
    for query in ("country=FR", "country=FR&q=salon"):
        page = read(client, f"/evenements/agenda.ics?{query}")
        response = client.get(f"/api/v1/events/export.ics?{query}")
        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        assert response["Content-Disposition"].endswith('.ics"')
        assert icalendar.Calendar.from_ical(response.getvalue()).events == page
    wider = client.get("/api/v1/events/export.ics?country=FR&approximate=1")
    events = icalendar.Calendar.from_ical(wider.getvalue()).events
    assert [str(one["SUMMARY"]) for one in events] == ["Salon", "Forum (automne 2025)"]


def test_the_calendar_of_the_api_says_where_it_is_found(client):
    response = client.get("/api/v1/events/export.ics?country=FR")
    calendar = icalendar.Calendar.from_ical(response.getvalue())
    assert calendar["SOURCE"] == "https://veille.example.org/api/v1/events/export.ics?country=FR"
    assert calendar.events == []


@pytest.mark.parametrize("query", ["approximate=2", "approximate=1&approximate=1", "bom=1"])
def test_the_calendar_of_the_api_refuses_what_it_does_not_know(client, query):
    response = client.get(f"/api/v1/events/export.ics?{query}")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert [one["field"] for one in response.json()["errors"]] == [query.partition("=")[0]]
