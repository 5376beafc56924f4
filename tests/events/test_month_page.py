"""A month as a calendar: days where they are known, and nowhere else."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events import agenda
from events.agenda import Month
from events.models import Event
from publishing import clock
from publishing.dates import ApproximateDate
from publishing.models import Status
from tests import factories as make
from tests.costs import VERSION

CALENDAR = "/evenements/calendrier/"
MAY = f"{CALENDAR}2025/05/"


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen(date(2025, 5, 20)):
        yield


def days(client, address: str = MAY) -> dict[int, list[str]]:
    """The titles on each day that holds something."""
    sheet = client.get(address).context["sheet"]
    return {
        day.date.day: [bar.event.title for bar in day.bars]
        for week in sheet.weeks
        for day in week
        if day and day.bars
    }


def without_day(client, address: str = MAY) -> list[str]:
    return [event.title for event in client.get(address).context["sheet"].without_day]


def said(client, address: str) -> str:
    return client.get(address).content.decode().replace("\u00a0", " ")


# --- What stands where ---


@pytest.mark.django_db
def test_an_event_stands_on_each_of_its_days_and_an_approximate_one_on_none(client):
    make.make_event(title="salon", date="20-22 mai 2025")
    make.make_event(title="pont", date="30 avril - 2 mai 2025")
    make.make_event(title="jour", date="31 mai 2025")
    for label in ("mai 2025", "avril-mai 2025", "printemps 2025", "T2 2025"):
        make.make_event(title=label, date=label)
    for label in ("2025", "1er semestre 2025", "années 2020", "depuis mai 2025", "?", "juin 2025"):
        make.make_event(title=label, date=label)
    assert days(client) == {
        1: ["pont"],
        2: ["pont"],
        20: ["salon"],
        21: ["salon"],
        22: ["salon"],
        31: ["jour"],
    }
    assert without_day(client) == ["mai 2025", "T2 2025", "avril-mai 2025", "printemps 2025"]
    assert "Ce mois-ci, sans jour précis" in said(client, MAY)
    assert "7 événements ce mois-ci" in said(client, MAY)


@pytest.mark.django_db
def test_the_table_is_one_that_can_be_listened_to(client):
    event = make.make_event(title="Salon", date="20-22 mai 2025", event_status="cancelled")
    content = re.sub(r"\s+", " ", said(client, MAY))
    assert content.count('<th scope="col">') == 7
    assert '<abbr title="lundi">lun</abbr>' in content
    assert "Événements de mai 2025 dont les jours sont connus" in content
    assert content.count(f'<a href="{event.get_absolute_url()}" title="Salon">') == 1
    assert "Salon (annulé)</a>" in content
    for rank in (1, 2, 3):
        assert f", jour {rank} sur 3</span>" in content
    assert content.count("month__day--today") == 1
    assert '<time datetime="2025-05-20"><span class="month__long">mardi </span>20' in content


@pytest.mark.django_db
def test_a_crowded_day_leads_to_the_list_of_all_it_holds(client):
    for number in range(7):
        make.make_event(title=f"Salon {number}", date="14 mai 2025", country="FR")
    address = f"{MAY}?country=FR&after=2025-01-01"
    assert [len(titles) for titles in days(client, address).values()] == [agenda.LANES]
    content = said(client, address)
    assert "<span aria-hidden" in content
    assert "3 autres<span" in content
    (link,) = re.findall(r'href="([^"]+)"><span aria-hidden="true">\+', content)
    response = client.get(link.replace("&amp;", "&"))
    assert (response.status_code, response.context["total"]) == (200, 7)


@pytest.mark.django_db
def test_the_calendar_takes_the_filters_of_the_list_and_keeps_them(client):
    topic = make.make_topic(slug="cloud")
    make.make_event(title="Paris", date="5 mai 2025", country="FR", topics=[topic])
    make.make_event(title="Berlin", date="6 mai 2025", country="DE")
    make.make_event(title="Lyon", date="2 août 2025", country="FR")
    make.make_event(title="Bonn", date="2 juillet 2025", country="DE")
    assert days(client, f"{MAY}?country=FR") == {5: ["Paris"]}
    assert days(client, f"{MAY}?topic=cloud&q=paris") == {5: ["Paris"]}
    context = client.get(f"{MAY}?country=FR").context
    assert context["following"].url == f"{CALENDAR}2025/06/?country=FR"
    assert context["following_held"].url == f"{CALENDAR}2025/08/?country=FR"
    assert context["list_path"] == "/evenements/?country=FR"
    assert context["agenda_path"] == "/evenements/agenda.ics?country=FR"


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["country=XX", "pays=FR", "page=2", "after=hier"])
def test_a_wrong_filter_is_refused_with_a_way_back(client, query):
    response = client.get(f"{MAY}?{query}")
    assert response.status_code == 400
    assert "Revenir à la liste complète" in response.content.decode()


@pytest.mark.django_db
def test_no_draft_stands_in_it_and_none_stretches_it(client):
    make.make_event(title="Brouillon", date="20 mai 2025", status=Status.DRAFT)
    make.make_event(date="20 mai 2099", status=Status.DRAFT)
    assert days(client) == {}
    assert client.get(f"{CALENDAR}2099/05/").status_code == 404


@given(st.lists(st.tuples(st.integers(-40, 70), st.integers(0, 50)), max_size=12))
def test_each_event_is_on_all_its_days_and_bars_never_cross(spans):
    first = date(2025, 5, 1)
    events = []
    for pk, (start, length) in enumerate(spans, 1):
        begins = first + timedelta(days=start)
        value = ApproximateDate.from_days(begins, begins + timedelta(days=length))
        events.append(Event(pk=pk, title=f"Salon {pk}", slug=f"salon-{pk}", date=value))
    sheet = agenda.sheet(Month(2025, 5), events, today=first)
    for week in sheet.weeks:
        assert len(week) == 7
        for day in filter(None, week):
            meant = {one.pk for one in events if one.date_start <= day.date <= one.date_end}
            assert len(day.bars) + day.hidden == len(meant)
            assert {bar.event.pk for bar in day.bars} <= meant
            lanes = [bar.lane for bar in day.bars]
            assert lanes == sorted(set(lanes))
            assert all(1 <= lane <= agenda.LANES for lane in lanes)
            for bar in day.bars:
                assert (bar.event.date_start + timedelta(days=bar.rank - 1)) == day.date
                assert bar.days <= 7 - day.date.weekday()
        shown = [bar for day in filter(None, week) for bar in day.bars]
        for pk in {bar.event.pk for bar in shown}:
            of_one = [bar for bar in shown if bar.event.pk == pk]
            assert len({bar.lane for bar in of_one}) == 1
            assert [bar.days for bar in of_one] == [len(of_one)] + [0] * (len(of_one) - 1)


# --- From month to month ---


@pytest.mark.django_db
def test_the_calendar_opens_on_the_present_month(client):
    make.make_event(title="salon", date="6 mai 2025")
    make.make_event(title="autre", date="6 juin 2025")
    assert days(client, CALENDAR) == {6: ["salon"]}
    assert client.get(CALENDAR).context["moved_from"] is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("labels", "month"),
    [
        (["3 mars 2025", "1er décembre 2025"], "mars 2025"),
        (["3 mars 2025", "1er juillet 2025"], "juillet 2025"),
        (["3 mars 2025", "automne 2025"], "mars 2025"),
        (["2025"], "mai 2025"),
    ],
)
def test_an_empty_month_gives_way_to_the_nearest_that_holds_something(client, labels, month):
    for label in labels:
        make.make_event(date=label)
    content = said(client, CALENDAR)
    assert f"<h1>{month.capitalize()}</h1>" in content
    assert (f"Rien en mai 2025 : voici {month}" in content) is (month != "mai 2025")


@pytest.mark.django_db
def test_a_month_asked_for_stays_even_when_it_is_empty(client):
    make.make_event(date="3 mars 2025")
    content = said(client, MAY)
    assert "<h1>Mai 2025</h1>" in content
    assert "Aucun événement en mai 2025." in content


@pytest.mark.django_db
def test_an_empty_agenda_has_a_calendar_that_says_so(client):
    response = client.get(CALENDAR)
    assert response.status_code == 200
    assert "Aucun événement en mai 2025." in response.content.decode().replace("\u00a0", " ")


@pytest.mark.django_db
def test_the_months_that_hold_events_are_one_link_away(client):
    make.make_event(date="28 décembre 2024 - 3 janvier 2025")
    make.make_event(date="automne 2025")
    context = client.get(MAY).context
    assert context["previous_held"].url == f"{CALENDAR}2025/01/"
    assert context["following_held"].url == f"{CALENDAR}2025/09/"
    context = client.get(f"{CALENDAR}2025/10/").context
    assert (context["previous"].url, context["following"].url) == (
        f"{CALENDAR}2025/09/",
        f"{CALENDAR}2025/11/",
    )
    # They are the months beside: one link is enough.
    assert (context["previous_held"], context["following_held"]) == (None, None)


@pytest.mark.django_db
def test_an_empty_or_filtered_month_is_not_for_search_engines(client):
    make.make_event(date="20 mai 2025")
    robots = '<meta name="robots" content="noindex">'
    assert robots not in said(client, MAY)
    assert robots in said(client, f"{CALENDAR}2025/06/")
    assert robots in said(client, f"{MAY}?country=FR")


# --- Any date in an address ---


@pytest.mark.django_db
@pytest.mark.parametrize(
    "asked",
    [
        *("2025/13", "2025/00", "0000/05", "9999/05", "9999/12", "1000/01", "2024/12", "2027/01"),
        *("25/05", "2025/mai", "deux/trois", "-025/05", "2025/-1", "2025/5.0", "2025/²"),
        *("20255/05", "2025/" + "9" * 5000, "0000", "9999", "abcd", "²²²²", "2025 /05", "%00/05"),
        "٢٠٢٥/٠٥",
    ],
)
def test_a_month_out_of_reach_is_a_clear_page_with_a_way_onward(client, asked):
    make.make_event(date="20 mai 2025")
    response = client.get(f"{CALENDAR}{asked}/")
    content = response.content.decode().replace("\u00a0", " ")
    assert response.status_code == 404
    assert "Pas de mois à cette adresse" in content
    assert "qui va de janvier 2025 à décembre 2026" in content
    assert f'href="{CALENDAR}"' in content


@pytest.mark.django_db
def test_the_calendar_reaches_the_years_of_its_events_and_no_further(client):
    make.make_event(date="20 mai 2012")
    make.make_event(date="automne 2031")
    for address, status in (("2012/01", 200), ("2011/12", 404), ("2031/12", 200), ("2032/01", 404)):
        assert client.get(f"{CALENDAR}{address}/").status_code == status
    assert client.get(f"{CALENDAR}2012/01/").context["previous"] is None
    assert client.get(f"{CALENDAR}2031/12/").context["following"] is None


@pytest.mark.django_db
@pytest.mark.parametrize("label", ["1er janvier 1000", "31 décembre 9999", "années 9990"])
def test_an_event_far_away_breaks_no_calendar(client, label):
    make.make_event(date=label)
    for address in (CALENDAR, MAY, f"{CALENDAR}1900/01/", f"{CALENDAR}2200/12/"):
        assert client.get(address).status_code in (200, 404)


@pytest.mark.django_db
def test_other_ways_to_write_a_month_redirect_to_its_address(client):
    make.make_event(date="3-4 août 2025")
    short = client.get(f"{CALENDAR}2025/5/?country=FR")
    assert (short.status_code, short["Location"]) == (301, f"{MAY}?country=FR")
    year = client.get(f"{CALENDAR}2025/")
    assert (year.status_code, year["Location"]) == (302, f"{CALENDAR}2025/08/")
    empty = client.get(f"{CALENDAR}2026/")
    assert (empty.status_code, empty["Location"]) == (302, f"{CALENDAR}2026/01/")


@pytest.mark.parametrize("shift", range(-30, 31))
def test_months_are_counted_across_years(shift):
    month = Month(2025, 5).shifted(shift)
    assert 1 <= month.number <= 12
    assert Month(2025, 5).distance(month) == abs(shift)
    assert month.shifted(-shift) == Month(2025, 5)


# --- What it costs ---

FORM = 3  # topic, series, organiser
MONTH_QUERIES = (
    VERSION + FORM + 1 + 1 + 1
)  # the reach of the calendar, the events, the months around


@pytest.mark.django_db
def test_a_month_costs_the_same_with_1_and_with_50_events(client, django_assert_num_queries):
    topic = make.make_topic()
    for total in (1, 49):
        for number in range(total):
            date_label = f"{number % 28 + 1} mai 2025"
            make.make_event(date=date_label, topics=[topic], organiser=make.make_company())
            make.make_event(date="mai 2025", topics=[topic], series=make.make_series())
        with django_assert_num_queries(MONTH_QUERIES):
            client.get(MAY)


@pytest.mark.django_db
def test_moving_to_the_nearest_month_costs_its_events_and_its_neighbours(
    client, django_assert_num_queries
):
    make.make_event(date="3 mars 2025")
    with django_assert_num_queries(MONTH_QUERIES + 2):
        client.get(CALENDAR)
