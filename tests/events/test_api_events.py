"""Events in the API."""

from __future__ import annotations

from datetime import date

import pytest

from publishing import clock
from publishing.models import Status
from tests.api_answers import (
    assert_queries_do_not_grow,
    common,
    day,
    get,
    named,
    slugs,
    source_link,
    titled,
)
from tests.factories import (
    cite,
    make_company,
    make_event,
    make_series,
    make_source,
    make_topic,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_march_2025():
    with clock.frozen(date(2025, 3, 1)):
        yield


def test_detail_tells_everything(client):
    topic, source = make_topic(), make_source()
    series, organiser = make_series(), make_company()
    event = make_event(
        title="Salon du cloud",
        summary="Le rendez-vous.",
        body="Un *texte*.",
        series=series,
        edition="2025",
        kind="trade_show",
        event_status="confirmed",
        date="20-23 mai 2025",
        venue="Messe",
        city="Berlin",
        country="DE",
        attendance_mode="hybrid",
        organiser=organiser,
        url="https://example.org/salon",
        cfp_url="https://example.org/appel",
        cfp_deadline=date(2025, 4, 1),
        significance="major",
        topics=[topic],
    )
    cite(event, source, number=1, locator="p. 2", quote="Un passage.", credibility=2)
    assert get(client, f"events/{event.slug}/") == common(event) | {
        "title": "Salon du cloud",
        "summary": "Le rendez-vous.",
        "image": None,
        "series": named(series),
        "edition": "2025",
        "kind": "trade_show",
        "event_status": "confirmed",
        "date": day("20-23 mai 2025", "2025-05-20", "2025-05-23", "range", "2025-05-20/2025-05-23"),
        "timing": "à venir",
        "place": "Messe, Berlin, Allemagne",
        "venue": "Messe",
        "city": "Berlin",
        "country": "DE",
        "attendance_mode": "hybrid",
        "organiser": named(organiser),
        "website": "https://example.org/salon",
        "cfp_url": "https://example.org/appel",
        "cfp_deadline": "2025-04-01",
        "significance": "major",
        "topics": [titled(topic)],
        "anomalies": [],
        "body": "Un *texte*.",
        "body_html": "<p>Un <em>texte</em>.</p>\n",
        "citations": [
            {
                "number": 1,
                "source": source_link(source),
                "locator": "p. 2",
                "quote": "Un passage.",
                "credibility": 2,
            }
        ],
    }


def test_what_is_not_known_is_empty_or_null(client):
    event = make_event(title="Un jour", date="À déterminer", city="")
    assert get(client, "events/")["results"] == [
        common(event)
        | {
            "title": "Un jour",
            "summary": "",
            "image": None,
            "series": None,
            "edition": "",
            "kind": "conference",
            "event_status": "announced",
            "date": day("À déterminer", None, None, "unknown", "XXXX"),
            "timing": "",
            "place": "Lieu à déterminer",
            "venue": "",
            "city": "",
            "country": "",
            "attendance_mode": "",
            "organiser": None,
            "website": "",
            "cfp_url": "",
            "cfp_deadline": None,
            "significance": "",
            "topics": [],
            "anomalies": [],
        }
    ]


def test_what_is_related_and_not_public_is_not_shown(client):
    hidden = {"status": Status.DRAFT}
    event = make_event(
        series=make_series(**hidden),
        organiser=make_company(**hidden),
        topics=[make_topic(**hidden)],
    )
    cite(event, make_source(**hidden), quote="Secret")
    answer = get(client, f"events/{event.slug}/")
    shown = [answer[name] for name in ("series", "organiser", "topics", "citations")]
    assert shown == [None, None, [], []]


def test_the_list_goes_from_the_first_to_the_last(client):
    make_event(slug="inconnu", date="À déterminer")
    make_event(slug="automne", date="automne 2025")
    make_event(slug="mai", date="20-23 mai 2025")
    assert slugs(client, "events/") == ["mai", "automne", "inconnu"]


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("upcoming", ["ce-jour", "ce-mois", "demain", "inconnu"]),
        ("current", ["ce-jour"]),
        ("past", ["hier"]),
    ],
)
def test_by_period(client, period, expected):
    make_event(slug="hier", date="28 février 2025")
    make_event(slug="ce-jour", date="1er mars 2025")
    make_event(slug="ce-mois", date="mars 2025")
    make_event(slug="demain", date="2 mars 2025")
    make_event(slug="inconnu", date="À déterminer")
    assert slugs(client, "events/", period=period) == expected


def test_by_what_it_is(client):
    fields = {
        "country": "FR",
        "kind": "forum",
        "event_status": "confirmed",
        "attendance_mode": "online",
        "significance": "major",
    }
    event = make_event(**fields)
    make_event(country="DE", kind="webinar", event_status="cancelled", significance="notable")
    for name, value in fields.items():
        assert slugs(client, "events/", **{name: value}) == [event.slug], name
    assert slugs(client, "events/", **fields) == [event.slug]


def test_by_what_it_is_tied_to(client):
    series, organiser, topic = make_series(), make_company(), make_topic()
    event = make_event(series=series, organiser=organiser, topics=[topic])
    make_event(series=make_series(), organiser=make_company(), topics=[make_topic()])
    for name, record in {"series": series, "organiser": organiser, "topic": topic}.items():
        assert slugs(client, "events/", **{name: record.slug}) == [event.slug], name


def test_by_open_call(client):
    make_event(slug="ouvert", cfp_url="https://example.org/", cfp_deadline=date(2025, 3, 1))
    make_event(slug="clos", cfp_url="https://example.org/", cfp_deadline=date(2025, 2, 28))
    make_event(slug="sans-appel")
    assert slugs(client, "events/", open_call="true") == ["ouvert"]
    assert slugs(client, "events/", open_call="false") == ["clos", "sans-appel"]


def test_the_list_runs_as_many_queries_for_fifty_events_as_for_one(
    client, django_assert_num_queries
):
    # The events with their series and organiser; their topics; their anomalies.
    assert_queries_do_not_grow(
        client,
        django_assert_num_queries,
        "events/",
        lambda: make_event(series=make_series(), organiser=make_company(), topics=[make_topic()]),
        3,
    )


def test_a_series_tells_everything(client):
    series = make_series(name="re:Invent", summary="Chaque année.", website="https://example.org/")
    series.body = "Un *texte*."
    series.save()
    expected = common(series) | {
        "name": "re:Invent",
        "summary": "Chaque année.",
        "image": None,
        "website": "https://example.org/",
    }
    assert get(client, "event-series/")["results"] == [expected]
    assert get(client, f"event-series/{series.slug}/") == expected | {
        "body": "Un *texte*.",
        "body_html": "<p>Un <em>texte</em>.</p>\n",
    }


def test_series_are_found_by_their_name(client):
    series = make_series(name="KubeCon")
    make_series(name="Ignite")
    assert slugs(client, "event-series/", q="kubecon") == [series.slug]


def test_the_list_runs_as_many_queries_for_fifty_series_as_for_one(
    client, django_assert_num_queries
):
    # The series.
    assert_queries_do_not_grow(client, django_assert_num_queries, "event-series/", make_series, 1)
