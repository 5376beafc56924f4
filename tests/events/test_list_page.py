"""The list of the events: under their months, what comes first, and what is over after it."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events import agenda
from events.models import Event
from publishing import clock
from publishing.dates import UnreadableDate, parse
from publishing.models import Status
from tests import factories as make

LIST = "/evenements/"


@pytest.fixture
def today():
    with clock.frozen(date(2025, 5, 20)):
        yield


def headings(client, address: str = LIST) -> list[str]:
    """The headings of the results and, under them, the titles of the events."""
    content = client.get(address).content.decode().partition('id="resultats"')[2]
    found = re.findall(r"<h[3-5][^>]*>(?:<a [^>]*>)?([^<]+)", content)
    return [title.replace("\u00a0", " ") for title in found]


def tabs(client, address: str = LIST) -> list[tuple[str, int, bool]]:
    return [(tab.label, tab.number, tab.is_current) for tab in client.get(address).context["tabs"]]


# --- Headings ---


@pytest.mark.parametrize(
    ("label", "title"),
    [
        ("20-23 mai 2025", "Mai 2025"),
        ("30 mai - 2 juin 2025", "Mai 2025"),
        ("Avril 2025", "Avril 2025"),
        ("Fin nov./déc. 2025", "Novembre 2025"),
        ("Automne 2025", "Automne 2025"),
        ("hiver 2025-2026", "Hiver 2025-2026"),
        ("T3 2025", "3e trimestre 2025"),
        ("2025", "Année 2025"),
        ("2025-2027", "Années 2025-2027"),
        ("vers mai 2025", "Vers mai 2025"),
        ("d’ici 2030", "D’ici 2030"),
        ("depuis mars 2025", "Mars 2025"),
        ("années 2020", "Années 2020"),
        ("À déterminer", "Date à déterminer"),
    ],
)
def test_an_event_stands_under_what_is_known_of_its_date(label, title):
    assert agenda.heading(parse(label)).replace("\u00a0", " ") == title


@given(
    st.tuples(st.integers(1000, 9999), st.integers(1, 12), st.integers(1, 40)),
    st.sampled_from(["{y}", "{y}-{m:02}", "{y}-{part}", "{y}~", "{y}-{m:02}~", "../{y}", "{y}/.."]),
)
def test_no_heading_names_a_month_that_was_not_stated(when, form):
    year, month, part = when
    try:
        value = parse(form.format(y=year, m=month, part=21 + part % 21))
    except UnreadableDate:
        return
    title = agenda.heading(value)
    named = any(name in title.lower() for name in agenda.MONTHS)
    assert named == (form in ("{y}-{m:02}", "{y}-{m:02}~"))
    assert title[0] == title[0].upper()


# --- The list ---


@pytest.mark.django_db
def test_what_comes_stands_before_what_is_over_each_under_its_months(client, today):
    for title, label in {
        "hier": "19 mai 2025",
        "l’an passé": "2024",
        "demain": "21 mai 2025",
        "en mai": "mai 2025",
        "en septembre": "3 septembre 2025",
        "cet automne": "automne 2025",
        "dans l’année": "2026",
        "un jour": "À déterminer",
        "à cheval": "30 septembre - 2 octobre 2025",
    }.items():
        make.make_event(title=title, date=label)
    assert headings(client) == [
        "À venir",
        *("Mai 2025", "en mai", "demain"),
        *("Automne 2025", "cet automne"),
        *("Septembre 2025", "en septembre", "à cheval"),
        *("Année 2026", "dans l’année"),
        *("Date à déterminer", "un jour"),
        "Passés",
        *("Mai 2025", "hier"),
        *("Année 2024", "l’an passé"),
    ]
    assert headings(client, f"{LIST}?period=past") == [
        *("Mai 2025", "hier"),
        *("Année 2024", "l’an passé"),
    ]


@pytest.mark.django_db
def test_the_tabs_count_what_they_lead_to_and_keep_the_other_filters(client, today):
    for label, country in (("juin 2025", "FR"), ("À déterminer", "FR"), ("mars 2025", "FR")):
        make.make_event(date=label, country=country)
    make.make_event(date="mars 2025", country="DE")
    make.make_event(date="mars 2025", status=Status.DRAFT)
    assert tabs(client) == [("À venir", 2, False), ("Passés", 2, False), ("Tous", 4, True)]
    french = f"{LIST}?country=FR&period=past"
    assert tabs(client, french) == [("À venir", 2, False), ("Passés", 1, True), ("Tous", 3, False)]
    for tab in client.get(french).context["tabs"]:
        assert client.get(tab.url).context["total"] == tab.number
        assert "country=FR" in tab.url


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("label", "query", "said"),
    [
        ("mars 2025", "", True),
        ("mars 2025", "?period=past", False),
        ("juin 2025", "", False),
    ],
)
def test_when_nothing_comes_any_more_the_list_says_so(client, today, label, query, said):
    make.make_event(date=label)
    content = client.get(LIST + query).content.decode()
    assert ("Aucun événement à venir n’est annoncé" in content) is said


@pytest.mark.django_db
def test_an_order_that_is_not_that_of_dates_has_no_month(client, today):
    make.make_event(title="Salon", cfp_url="https://example.org/cfp", date="juin 2025")
    assert headings(client, f"{LIST}?open_call=true") == ["Salon"]


@pytest.mark.django_db
def test_python_and_sql_agree_on_what_is_over(today):
    for label in ("19 mai 2025", "20 mai 2025", "2024", "2025", "depuis 2020", "d’ici 2030", "?"):
        make.make_event(date=label)
    over = set(Event.objects.past().values_list("pk", flat=True))
    assert {event.pk for event in Event.objects.all() if event.is_over} == over


@pytest.mark.django_db
def test_the_order_of_the_agenda_is_what_comes_then_what_is_over(today):
    for label in ("19 mai 2025", "mai 2025", "2024", "automne 2025", "depuis 2020", "À déterminer"):
        make.make_event(date=label)
    expected = [*Event.objects.upcoming(), *Event.objects.past()]
    assert list(Event.objects.in_agenda_order()) == expected
