import pytest

from events.models import Event
from publishing import clock
from publishing.dates import parse
from publishing.models import Status
from tests import factories as make
from tests.costs import VERSION

pytestmark = pytest.mark.django_db


def page(client, record) -> str:
    return client.get(record.get_absolute_url()).content.decode()


def test_an_exact_day_has_a_machine_form(client):
    event = make.make_event(date="20 mai 2025")
    assert '<time class="date" datetime="2025-05-20">20 mai 2025</time>' in page(client, event)


@pytest.mark.parametrize("label", ["Fin nov./déc. 2025", "Automne 2025", "À déterminer"])
def test_an_approximate_date_is_shown_as_stated_and_no_day_is_invented(client, label):
    event = make.make_event(date=label)
    assert f'<span class="date date--approximate">{label}</span>' in page(client, event)


def test_a_month_is_marked_as_a_month(client):
    content = page(client, make.make_event(date="Avril 2025"))
    assert '<time class="date date--approximate" datetime="2025-04">Avril 2025</time>' in content


def test_an_unknown_place_is_said_to_be(client):
    assert "Lieu à déterminer" in page(client, make.make_event(city=""))


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"city": "Cannes", "country": "FR"}, "Cannes, France"),
        ({"city": "Singapour", "country": "SG"}, "Singapour"),
        ({"city": "", "country": "DE"}, "Allemagne"),
        ({"venue": "ExCeL", "city": "Londres", "country": "GB"}, "ExCeL, Londres, Royaume-Uni"),
        ({"city": "", "attendance_mode": "online"}, "En ligne"),
    ],
)
def test_the_place_says_what_is_known(fields, place):
    assert make.make_event(**fields).place == place


@pytest.mark.parametrize(
    ("label", "today", "timing"),
    [
        ("20-23 mai 2025", "2025-05-19", "à venir"),
        ("20-23 mai 2025", "2025-05-20", "en cours"),
        ("20-23 mai 2025", "2025-05-23", "en cours"),
        ("20-23 mai 2025", "2025-05-24", "passé"),
        ("mai 2025", "2025-05-31", "à venir"),
        ("mai 2025", "2025-06-01", "passé"),
        ("À déterminer", "2025-06-01", ""),
    ],
)
def test_the_timing_follows_the_day(label, today, timing):
    with clock.frozen(parse(today).start):
        assert make.make_event(date=label).timing == timing


def test_the_page_leads_to_the_organiser_the_series_and_the_news(client):
    company, series = make.make_company(), make.make_series()
    event = make.make_event(organiser=company, series=series, edition="2025")
    item = make.make_news(events=[event])
    content = page(client, event)
    for related in (company, series, item):
        assert f'href="{related.get_absolute_url()}"' in content


def test_a_page_costs_a_known_number_of_queries(client, django_assert_num_queries):
    event = make.make_event(
        organiser=make.make_company(), series=make.make_series(), topics=[make.make_topic()]
    )
    make.cite(event, make.make_source())
    make.make_news(events=[event], topics=[make.make_topic()])
    make.make_event(series=event.series, date="mai 2026")
    # The event with its series and organiser, its topics, its citations with their sources, its
    # news with their sources, and the topics of these; the editions before it and after it.
    with django_assert_num_queries(VERSION + 7):
        page(client, event)


def test_the_page_leads_to_the_editions_before_and_after(client):
    series = make.make_series()
    labels = ("mai 2023", "automne 2024", "20 mai 2025", "À déterminer")
    first, before, event, after = (make.make_event(series=series, date=one) for one in labels)
    make.make_event(series=series, date="mars 2025", status=Status.DRAFT)
    make.make_event(series=make.make_series(), date="avril 2025")
    content = page(client, event)
    assert f'<a href="{before.get_absolute_url()}" rel="prev">{before.title}</a>' in content
    assert f'<a href="{after.get_absolute_url()}" rel="next">{after.title}</a>' in content
    assert content.count('rel="prev"') == content.count('rel="next"') == 1
    assert 'rel="prev"' not in page(client, first)
    assert 'rel="next"' not in page(client, after)


def test_editions_of_one_day_follow_one_another(client):
    series = make.make_series()
    events = [make.make_event(series=series, title="Salon", date="mai 2025") for _ in range(3)]
    chain = [one.editions_around() for one in events]
    assert chain == [(None, events[1]), (events[0], events[2]), (events[1], None)]


def test_a_series_that_is_not_public_links_no_edition(client):
    series = make.make_series(status=Status.DRAFT)
    event = make.make_event(series=series, date="mai 2025")
    make.make_event(series=series, date="mai 2026")
    assert 'aria-label="Éditions' not in page(client, event)


def test_series_and_agenda_are_addresses_that_no_event_takes():
    assert make.make_event(title="Séries").slug == "series-2"
    assert Event.reserved_slugs == {"series", "agenda", "calendrier", "appels"}
