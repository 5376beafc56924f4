"""Keyset pages, walked through the lists of the API."""

from __future__ import annotations

import base64
import json
import random
import re
from datetime import date, timedelta
from itertools import chain

import pytest

from events.models import Event
from publishing.dates import ApproximateDate
from tests.api_answers import SITE, get, refused, slugs
from tests.costs import KEYS, VERSION
from tests.factories import make_company, make_event, make_news, make_topic, make_trend

pytestmark = pytest.mark.django_db

FIRST_DAY = date(2025, 1, 1)


def events_on(*days: int) -> list[str]:
    """The identifiers of new events, each on the day of that rank of 2025."""
    return [
        make_event(date=ApproximateDate.from_day(FIRST_DAY + timedelta(days=day))).slug
        for day in days
    ]


def walk(client, path, *, towards="next", **parameters):
    """The pages from the one asked for on, each as its identifiers."""
    page = get(client, path, **parameters)
    pages = [[row["slug"] for row in page["results"]]]
    while page[towards] is not None:
        page = client.get(page[towards]).json()
        pages.append([row["slug"] for row in page["results"]])
    return pages


FIGURES = "indicator_id,-period_sort,id"


def cursor(*values, backwards=0, order="date_sort,id"):
    text = json.dumps([backwards, list(values), order])
    return base64.urlsafe_b64encode(text.encode()).decode()


def test_a_list_that_fits_on_a_page_has_no_neighbours(client):
    events_on(1, 2)
    page = get(client, "events/")
    assert list(page) == ["next", "previous", "results"]
    assert (page["next"], page["previous"]) == (None, None)


def test_an_empty_list_has_no_neighbours(client):
    assert get(client, "events/", count=1) == {
        "count": 0,
        "next": None,
        "previous": None,
        "results": [],
    }


def test_twenty_records_make_a_page(client):
    events_on(*range(21))
    assert [len(page) for page in walk(client, "events/")] == [20, 1]


def test_pages_follow_one_another_to_the_end(client):
    first, second, third, fourth, fifth = events_on(1, 2, 3, 4, 5)
    assert walk(client, "events/", page_size=2) == [[first, second], [third, fourth], [fifth]]


def test_pages_lead_back_to_the_start(client):
    first, second, third, fourth, fifth = events_on(1, 2, 3, 4, 5)
    last = client.get(client.get(get(client, "events/", page_size=2)["next"]).json()["next"]).json()
    back = client.get(last["previous"]).json()
    assert [row["slug"] for row in back["results"]] == [third, fourth]
    start = client.get(back["previous"]).json()
    assert [row["slug"] for row in start["results"]] == [first, second]
    assert start["previous"] is None
    assert slugs_of(client.get(start["next"])) == [third, fourth]
    assert slugs_of(client.get(back["next"])) == [fifth]


def slugs_of(response):
    return [row["slug"] for row in response.json()["results"]]


def test_records_of_the_same_day_are_told_apart_by_their_number(client):
    made = events_on(7, 7, 7, 7, 7)
    assert walk(client, "events/", page_size=2) == [made[:2], made[2:4], made[4:]]


def test_an_unknown_date_comes_last(client):
    unknown = make_event(date="À déterminer").slug
    known = events_on(300)[0]
    assert walk(client, "events/", page_size=1) == [[known], [unknown]]


def test_a_descending_order_is_walked_as_well(client):
    old = make_news(date="mai 2024").slug
    new = make_news(date="mai 2025").slug
    newest = make_news(date="juin 2025").slug
    assert walk(client, "news/", page_size=1) == [[newest], [new], [old]]


def test_an_order_of_five_columns_is_walked_as_well(client):
    emerging = make_trend(year=2025, level="emerging", position=1).slug
    second = make_trend(year=2025, level="major", position=2).slug
    first = make_trend(year=2025, level="major", position=1).slug
    later = make_trend(year=2026, level="emerging", position=9).slug
    expected = [[later], [first], [second], [emerging]]
    assert walk(client, "trends/", page_size=1) == expected


def test_names_with_accents_and_quotes_are_walked_as_well(client):
    made = [make_company(name=name).slug for name in ("A « b »", "L’Oréal", "O'Neil", "Z\u00a0Z")]
    assert walk(client, "companies/", page_size=1) == [[slug] for slug in made]


def test_the_links_keep_the_filters(client):
    events_on(1, 2)
    page = get(client, "events/", page_size=1, after="2025-01-01", kind="conference")
    assert page["next"].startswith(f"{SITE}/api/v1/events/?")
    assert {"page_size=1", "after=2025-01-01", "kind=conference"} < set(
        page["next"].partition("?")[2].split("&")
    )


def test_the_count_is_of_the_whole_filtered_list(client):
    events_on(1, 2, 3)
    make_event(kind="forum")
    assert get(client, "events/", page_size=1, kind="conference", count=1)["count"] == 3
    assert "count" not in get(client, "events/", count=0)


def test_the_count_is_not_asked_of_the_database_unless_wanted(client, django_assert_num_queries):
    make_topic()
    with django_assert_num_queries(VERSION + KEYS + 1):
        get(client, "topics/")
    # Nothing changed: the version was read already, but for its name, and the record is ready.
    with django_assert_num_queries(VERSION - 2 + KEYS + 1):
        get(client, "topics/", count=1)


@pytest.mark.parametrize("size", ["0", "201", "-1", "dix", "1.5", "", "9" * 5000, "²", "1\0"])
def test_a_wrong_page_size_is_refused(client, size):
    assert refused(client, "events/", page_size=size) == [("page_size", "invalid_page_size")]


def test_the_largest_page_is_allowed(client):
    assert get(client, "events/", page_size=200)["results"] == []


def test_a_wrong_count_is_refused(client):
    assert refused(client, "events/", count="oui") == [("count", "invalid_choice")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "é",
        "!!!!",
        "a" * 3000,
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        base64.urlsafe_b64encode(b"[" * 1000).decode(),
        base64.urlsafe_b64encode(b"{}").decode(),
        base64.urlsafe_b64encode(b"3").decode(),
        cursor(),
        cursor("2025-01-01"),
        cursor("2025-01-01", 1, 1),
        cursor("2025-13-01", 1),
        cursor("hier", 1),
        cursor(3, 1),
        cursor(None, 1),
        cursor("2025-01-01", "x"),
        cursor("2025-01-01", 1.5),
        cursor("2025-01-01", True),
        cursor("2025-01-01", [1]),
        cursor("2025-01-01", 10**30),
        cursor("2025-01-01\0", 1),
        cursor("2025-01-01", 1, backwards=2),
    ],
)
def test_a_wrong_cursor_is_refused(client, text):
    assert refused(client, "events/", cursor=text) == [("cursor", "invalid_cursor")]


@pytest.mark.parametrize("name", ["\ud800", "a\0b"])
def test_a_cursor_with_characters_that_are_none_is_refused(client, name):
    assert refused(client, "companies/", cursor=cursor(name, 1, order="name,id")) == [
        ("cursor", "invalid_cursor")
    ]


def test_a_cursor_on_a_related_record_refuses_what_no_record_has(client):
    refusal = refused(client, "figures/", cursor=cursor(2**70, "2025-01-01", 1, order=FIGURES))
    assert refusal == [("cursor", "invalid_cursor")]


def test_beyond_the_last_record_the_page_is_empty_and_leads_back(client):
    only = events_on(1)[0]
    page = get(client, "events/", cursor=cursor("2030-01-01", 1))
    assert (page["results"], page["next"]) == ([], None)
    assert slugs_of(client.get(page["previous"])) == [only]


def test_before_the_first_record_the_page_is_empty_and_leads_on(client):
    only = events_on(1)[0]
    page = get(client, "events/", cursor=cursor("2020-01-01", 1, backwards=1))
    assert (page["results"], page["previous"]) == ([], None)
    assert slugs_of(client.get(page["next"])) == [only]


@pytest.mark.parametrize("seed", range(12))
def test_a_walk_shows_once_all_that_stays_whatever_comes_and_goes(client, seed):
    """Records are added and withdrawn between the pages; the others are seen once, in order."""
    chance = random.Random(seed)
    there = events_on(*(chance.randrange(20) for _ in range(15)))
    staying, leaving = set(there), []
    page = get(client, "events/", page_size=chance.randint(1, 5))
    seen = [row["slug"] for row in page["results"]]
    while page["next"] is not None:
        if chance.random() < 0.6:
            events_on(chance.randrange(20))
        if chance.random() < 0.4:
            leaving.append(chance.choice(there))
            Event.objects.filter(slug=leaving[-1]).update(status="draft")
        page = client.get(page["next"]).json()
        seen += [row["slug"] for row in page["results"]]
    assert len(seen) == len(set(seen))
    assert staying - set(leaving) - set(seen) == set()
    dates = dict(Event.objects.values_list("slug", "date_sort"))
    assert [dates[slug] for slug in seen] == sorted(dates[slug] for slug in seen)


@pytest.mark.parametrize("seed", range(6))
def test_walking_back_shows_the_same_records_as_walking_on(client, seed):
    chance = random.Random(seed)
    events_on(*(chance.randrange(10) for _ in range(17)))
    size = chance.randint(1, 6)
    onwards = list(chain(*walk(client, "events/", page_size=size)))
    end = get(client, "events/", page_size=size, cursor=cursor_of_the_end())
    backwards = [[row["slug"] for row in end["results"]]]
    while end["previous"] is not None:
        end = client.get(end["previous"]).json()
        backwards.append([row["slug"] for row in end["results"]])
    assert list(chain(*reversed(backwards))) == onwards == slugs(client, "events/")


def cursor_of_the_end():
    return base64.urlsafe_b64encode(b'[1, null, "date_sort,id"]').decode()


def test_the_header_link_names_the_pages_beside(client):
    events_on(*range(1, 6))
    first = client.get("/api/v1/events/", {"page_size": 2})
    second = client.get(first.json()["next"])
    assert links_of(second) == {
        "first": f"{SITE}/api/v1/events/?page_size=2",
        "prev": second.json()["previous"],
        "next": second.json()["next"],
    }
    assert set(links_of(first)) == {"first", "next"}
    assert set(links_of(client.get(second.json()["next"]))) == {"first", "prev"}


def links_of(response) -> dict[str, str]:
    """The links of RFC 8288, by their relation."""
    return {rel: url for url, rel in re.findall(r'<([^>]*)>; rel="(\w+)"', response["Link"])}
