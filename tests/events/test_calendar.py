"""The agenda as calendar files: what is read back from them with the library of a reader."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from events import ical
from events.models import Event
from publishing.dates import ApproximateDate
from publishing.models import Status
from tests import factories as make
from tests.costs import VERSION

AGENDA = "/evenements/agenda.ics"


@pytest.fixture(autouse=True)
def _public_address(settings):
    settings.SITE_URL = "https://veille.example.org"


def calendar(client, address: str = AGENDA) -> icalendar.Calendar:
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()
    return icalendar.Calendar.from_ical(response.content)


def titles(client, query: str = "") -> list[str]:
    return [str(event["SUMMARY"]) for event in calendar(client, AGENDA + query).events]


def file_of(event: Event, query: str = "") -> str:
    return reverse("events:event_calendar", args=[event.slug]) + query


# --- One event ---


@pytest.mark.django_db
def test_nothing_of_an_event_is_lost(client):
    event = make.make_event(
        title="Salon ; données, « cloud »",
        date="20-23 mai 2025",
        venue="Palais, hall 1",
        city="Cannes",
        country="FR",
        summary="Première ligne.\nSeconde ligne ; fin.",
        url="https://salon.example.org/?a=1,2;b",
        event_status="confirmed",
    )
    (read,) = calendar(client, file_of(event)).events
    changed = event.updated_at.replace(microsecond=0)
    assert {name: read.decoded(name) for name in ("DTSTART", "DTEND", "DTSTAMP")} == {
        "DTSTART": date(2025, 5, 20),
        "DTEND": date(2025, 5, 24),
        "DTSTAMP": changed,
    }
    assert read.decoded("LAST-MODIFIED") == changed
    assert {name: str(value) for name, value in read.items() if not hasattr(value, "dt")} == {
        "UID": f"events-{event.pk}@veille.example.org",
        "SEQUENCE": "0",
        "SUMMARY": "Salon ; données, « cloud »",
        "LOCATION": "Palais, hall 1, Cannes, France",
        "DESCRIPTION": "Première ligne.\nSeconde ligne ; fin.\nÉtat : confirmé.\n"
        "Site de l’événement : https://salon.example.org/?a=1,2;b\n"
        f"Fiche : https://veille.example.org{event.get_absolute_url()}",
        "URL": f"https://veille.example.org{event.get_absolute_url()}",
        "STATUS": "CONFIRMED",
        "TRANSP": "TRANSPARENT",
    }


@pytest.mark.django_db
def test_a_file_is_downloaded_under_the_name_of_the_event(client):
    event = make.make_event(slug="salon-2025")
    response = client.get(file_of(event))
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="salon-2025.ics"'


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("event_status", "status", "summary"),
    [
        ("announced", None, "Salon"),
        ("confirmed", "CONFIRMED", "Salon"),
        ("to_confirm", "TENTATIVE", "Salon (à confirmer)"),
        ("postponed", "TENTATIVE", "Salon (reporté)"),
        ("cancelled", "CANCELLED", "Salon (annulé)"),
    ],
)
def test_the_state_is_told_and_a_cancelled_event_is_kept(client, event_status, status, summary):
    make.make_event(title="Salon", event_status=event_status)
    (read,) = calendar(client).events
    assert (read.get("STATUS"), str(read["SUMMARY"])) == (status, summary)


@pytest.mark.django_db
def test_an_approximate_date_is_given_on_request_only_as_its_bounds(client):
    event = make.make_event(title="Salon", date="Automne 2025")
    refused = client.get(file_of(event))
    assert refused.status_code == 404
    assert "Automne 2025" in refused.content.decode()
    assert titles(client) == []
    for address in (file_of(event, "?approximatifs=1"), f"{AGENDA}?approximatifs=1"):
        (read,) = calendar(client, address).events
        assert read.decoded("DTSTART") == date(2025, 9, 1)
        assert read.decoded("DTEND") == date(2025, 12, 1)
        assert str(read["STATUS"]) == "TENTATIVE"
        assert str(read["SUMMARY"]) == "Salon (Automne 2025)"
        assert "Date telle qu’annoncée : Automne 2025." in read["DESCRIPTION"]


@pytest.mark.django_db
def test_a_cancelled_event_of_approximate_date_is_cancelled_first_of_all(client):
    make.make_event(title="Salon", date="Automne 2025", event_status="cancelled")
    (read,) = calendar(client, f"{AGENDA}?approximatifs=1").events
    assert str(read["STATUS"]) == "CANCELLED"
    assert str(read["SUMMARY"]) == "Salon (Automne 2025, annulé)"


@pytest.mark.django_db
@pytest.mark.parametrize("label", ["À déterminer", "d’ici 2030", "depuis 2020"])
def test_a_date_without_both_bounds_is_in_no_calendar(client, label):
    event = make.make_event(date=label)
    assert titles(client, "?approximatifs=1") == []
    response = client.get(file_of(event, "?approximatifs=1"))
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"


# --- Any date, any words ---

DAYS = st.dates(min_value=date(1000, 1, 1))
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co")))


@given(st.tuples(DAYS, DAYS).map(sorted), WORDS, WORDS)
def test_any_event_is_read_back_whole_from_folded_lines(days, title, summary):
    first, last = days
    event = Event(
        pk=7,
        slug="salon",
        title=title,
        summary=summary,
        date=ApproximateDate.from_days(first, last),
        updated_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    )
    written = ical.to_ical([event], name="Agenda", address="https://example.org/agenda.ics")
    lines = written.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert b"\n" not in written.replace(b"\r\n", b"")
    (read,) = icalendar.Calendar.from_ical(written).events
    assert read.decoded("DTSTART") == first
    assert read.decoded("DTEND") - read.decoded("DTSTART") == (
        last - first + timedelta(days=last != date.max)
    )
    assert str(read["SUMMARY"]) == title
    assert str(read["DESCRIPTION"]).startswith(summary)


@pytest.mark.parametrize("title", [r"\N", r"C:\News\\N;\n,\\", "Réseaux\nNord"])
def test_a_backslash_is_read_back_as_a_backslash(title):
    event = Event(
        pk=7,
        slug="salon",
        title=title,
        date=ApproximateDate.from_day(date(2025, 5, 20)),
        updated_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    )
    written = ical.to_ical([event], name="Agenda", address="https://example.org/agenda.ics")
    (read,) = icalendar.Calendar.from_ical(written).events
    assert str(read["SUMMARY"]) == title


@given(st.text(st.characters(codec="utf-8")))
def test_no_character_of_a_title_breaks_the_file(title):
    event = Event(
        pk=7,
        slug="salon",
        title=title,
        date=ApproximateDate.from_day(date(2025, 5, 20)),
        updated_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    )
    written = ical.to_ical([event], name=title, address="https://example.org/agenda.ics")
    (read,) = icalendar.Calendar.from_ical(written).events
    assert str(read["UID"]) == "events-7@veille.example.org"


# --- The agenda ---


@pytest.mark.django_db
def test_the_agenda_says_its_name_its_address_and_when_to_come_back(client):
    make.make_event(country="DE")
    read = calendar(client, f"{AGENDA}?country=DE&utm_source=lettre")
    assert str(read["X-WR-CALNAME"]) == "Veille – Événements (Pays : Allemagne)"
    assert str(read["NAME"]) == "Veille – Événements (Pays : Allemagne)"
    assert str(read["SOURCE"]) == "https://veille.example.org/evenements/agenda.ics?country=DE"
    assert read.refresh_interval == timedelta(days=1)
    assert (str(read["VERSION"]), str(read["PRODID"])) == ("2.0", "-//Veille//Agenda//FR")


@pytest.mark.django_db
def test_the_agenda_takes_every_filter_of_the_list(client):
    topic = make.make_topic(slug="cloud")
    make.make_event(title="Berlin", country="DE", date="20 mai 2025", topics=[topic])
    make.make_event(title="Paris", country="FR", date="3 mars 2025", topics=[topic])
    make.make_event(title="Lyon", country="FR", date="2 avril 2024")
    assert titles(client) == ["Lyon", "Paris", "Berlin"]
    assert titles(client, "?country=FR") == ["Lyon", "Paris"]
    assert titles(client, "?topic=cloud&after=2025-04-01") == ["Berlin"]
    assert titles(client, "?q=paris&approximatifs=0") == ["Paris"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("country=XX", "Pays : « XX » n’est pas un code de pays"),
        ("after=hier", "À partir du : Un jour qui existe est attendu"),
        ("pays=FR", "Paramètre inconnu : « pays »"),
        ("page=2", "Paramètre inconnu : « page »"),
        ("approximatifs=oui", "approximatifs : « 1 » ou « 0 » est attendu"),
        ("approximatifs=1&approximatifs=0", "approximatifs : « 1 » ou « 0 » est attendu"),
    ],
)
def test_a_wrong_filter_is_refused_in_plain_french(client, query, said):
    response = client.get(f"{AGENDA}?{query}")
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().startswith(said)


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["?couleur=bleu", "?approximatifs=x"])
def test_a_wrong_parameter_of_one_event_is_refused(client, query):
    assert client.get(file_of(make.make_event(), query)).status_code == 400


@pytest.mark.django_db
def test_the_agenda_costs_one_query_with_1_and_with_50_events(client, django_assert_num_queries):
    for total in (1, 49):
        for _ in range(total):
            make.make_event(topics=[make.make_topic()], organiser=make.make_company())
        with django_assert_num_queries(VERSION + 1):
            client.get(AGENDA)


@pytest.mark.django_db
def test_an_unchanged_agenda_is_not_sent_twice(client):
    event = make.make_event()
    first = client.get(AGENDA)
    again = client.get(AGENDA, headers={"If-None-Match": first.headers["ETag"]})
    since = client.get(AGENDA, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert (again.status_code, since.status_code) == (304, 304)
    event.title = "Autre titre"
    event.save()
    again = client.get(AGENDA, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200


# --- Addresses ---


@pytest.mark.django_db
def test_the_uid_outlives_the_slug_and_the_former_file_redirects(client):
    event = make.make_event(slug="ancien")
    (before,) = calendar(client, "/evenements/ancien.ics").events
    event.slug = "nouveau"
    event.save()
    moved = client.get("/evenements/ancien.ics?approximatifs=0")
    assert moved.status_code == 301
    assert moved.headers["Location"] == "/evenements/nouveau.ics?approximatifs=0"
    (after,) = calendar(client, "/evenements/nouveau.ics").events
    assert before["UID"] == after["UID"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"status": Status.ARCHIVED}, 410),
        ({"expire_at": make.LONG_AGO + timedelta(days=1)}, 410),
        ({"status": Status.DRAFT}, 404),
        ({"publish_at": datetime(2999, 1, 1, tzinfo=UTC)}, 404),
    ],
)
def test_a_withdrawn_event_is_gone_and_a_hidden_one_is_not_found(client, fields, status):
    event = make.make_event()
    Event.objects.filter(pk=event.pk).update(**fields)
    assert client.get(file_of(event)).status_code == status
    assert titles(client) == []


@pytest.mark.django_db
@pytest.mark.parametrize("address", [AGENDA, "/evenements/salon.ics"])
def test_calendars_are_only_read(client, address):
    make.make_event(slug="salon")
    assert client.post(address).status_code == 405
    assert client.head(address).status_code == 200


# --- The pages that lead there ---


@pytest.mark.django_db
def test_the_page_of_an_event_offers_two_distinct_actions(client):
    event = make.make_event(slug="salon")
    content = client.get(event.get_absolute_url()).content.decode()
    assert '<a href="/evenements/salon.ics">Ajouter à mon agenda</a>' in content
    agenda = "veille.example.org/evenements/agenda.ics"
    assert f'<a href="webcal://{agenda}">S’abonner à l’agenda</a>' in content
    assert f'href="https://{agenda}" type="text/calendar">https://{agenda}</a>' in content


@pytest.mark.django_db
def test_one_subscribes_to_the_agenda_of_a_series_from_its_editions(client):
    event = make.make_event(series=make.make_series(slug="kubecon"))
    content = client.get(event.get_absolute_url()).content.decode()
    agenda = "veille.example.org/evenements/agenda.ics?series=kubecon"
    assert f'<a href="webcal://{agenda}">S’abonner à l’agenda</a> de la série' in content
    assert titles(client, "?series=kubecon") == [event.title]


@pytest.mark.django_db
def test_the_page_of_a_series_offers_its_agenda(client):
    series = make.make_series(slug="kubecon")
    content = client.get(series.get_absolute_url()).content.decode()
    agenda = "/evenements/agenda.ics?series=kubecon"
    assert f'<a href="{agenda}" download="agenda.ics">Ajouter à mon agenda</a>' in content
    assert f'<a href="webcal://veille.example.org{agenda}">S’abonner à l’agenda</a>' in content


@pytest.mark.django_db
def test_the_page_of_an_event_says_when_only_its_period_can_be_added(client):
    event = make.make_event(slug="salon", date="Automne 2025")
    content = client.get(event.get_absolute_url()).content.decode()
    assert '<a href="/evenements/salon.ics?approximatifs=1">Ajouter à mon agenda</a>' in content
    assert "les jours précis n’étant pas connus" in content


@pytest.mark.django_db
def test_an_event_without_date_cannot_be_added(client):
    event = make.make_event(date="À déterminer")
    assert "Ajouter à mon agenda" not in client.get(event.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_the_list_offers_two_distinct_actions_that_keep_its_filters(client):
    page = client.get("/evenements/?country=FR&page=1&utm_source=lettre").content.decode()
    agenda = "veille.example.org/evenements/agenda.ics?country=FR"
    file = "/evenements/agenda.ics?country=FR"
    assert f'<a href="{file}" download="agenda.ics">Ajouter à mon agenda</a>' in page
    assert f'<a href="webcal://{agenda}">S’abonner à l’agenda</a>' in page
    assert f'href="https://{agenda}" type="text/calendar">https://{agenda}</a>' in page
    assert f'<a href="https://{agenda}&amp;approximatifs=1" type="text/calendar">' in page


@pytest.mark.django_db
def test_a_refused_list_leads_to_no_agenda(client):
    page = client.get("/evenements/?country=XX").content.decode()
    assert "agenda.ics" not in page
