"""What programs choose of the API: the fields of an answer, the order of a list."""

from __future__ import annotations

import pytest

from tests.api_answers import get, refused, slugs
from tests.costs import KEYS, VERSION
from tests.factories import (
    cite,
    make_company,
    make_event,
    make_figure,
    make_news,
    make_series,
    make_source,
    make_token,
    make_topic,
    make_trend,
)

pytestmark = pytest.mark.django_db


def test_a_list_answers_the_fields_that_are_asked_for(client):
    topic = make_topic(title="Souveraineté")
    event = make_event(title="Salon du cloud", date="mai 2025", topics=[topic])
    answer = get(client, "events/", fields="slug, date.start,topics.title")
    assert answer["results"] == [
        {
            "slug": event.slug,
            "date": {"start": "2025-05-01"},
            "topics": [{"title": "Souveraineté"}],
        }
    ]


def test_a_record_answers_the_fields_that_are_asked_for(client):
    company = make_company(name="Nuage")
    assert get(client, f"companies/{company.slug}/", fields="name") == {"name": "Nuage"}


def test_the_whole_wins_over_a_part_of_it(client):
    make_event(date="mai 2025")
    (event,) = get(client, "events/", fields="date.start,date")["results"]
    assert set(event["date"]) == {"label", "start", "end", "precision", "edtf"}


def test_the_fields_are_kept_by_the_pages_that_follow(client):
    for _ in range(3):
        make_trend()
    first = get(client, "trends/", fields="title", page_size=2)
    assert [set(row) for row in client.get(first["next"]).json()["results"]] == [{"title"}]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("titre", "« titre » n’est pas un champ. Champs acceptés : id, slug,"),
        ("date.debut", "« date.debut » n’est pas un champ. Champs acceptés : date.label,"),
        ("title.fr", "« title.fr » n’est pas un champ : « title » n’en a pas."),
        ("title,", "«  » n’est pas un champ. Champs acceptés : id,"),
    ],
)
@pytest.mark.parametrize("path", ["events/", "events/salon/"])
def test_a_field_that_is_none_is_refused_with_those_accepted(client, path, fields, said):
    make_event(slug="salon")
    response = client.get(f"/api/v1/{path}", {"fields": fields})
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert (error["field"], error["code"]) == ("fields", "invalid_choice")
    assert error["detail"].replace("\u00a0", " ").startswith(said.replace("\u00a0", " "))


@pytest.mark.parametrize("fields", ["", " ", "a" * 1001])
def test_a_list_of_fields_that_is_none_is_refused(client, fields):
    assert refused(client, "events/", fields=fields) == [("fields", "invalid_fields")]


def test_what_is_not_asked_for_is_not_read(client, django_assert_num_queries):
    for number in range(3):
        make_news(companies=[make_company()], topics=[make_topic()])
        make_figure(value=number + 1)
    with django_assert_num_queries(VERSION + KEYS + 1):
        get(client, "news/", fields="title,url,html_url,date")
    with django_assert_num_queries(VERSION - 2 + KEYS + 1):
        get(client, "figures/", fields="nature,period.label")


def test_of_what_is_related_only_what_serves_is_read(client, django_assert_num_queries):
    for number in range(3):
        event = make_event(
            series=make_series(), organiser=make_company(), topics=[make_topic(title=f"{number}")]
        )
        make_figure(company=make_company(), value=number + 1, components=[make_figure()])
        cite(event, make_source(), number=1)
    get(client, "events/")
    version = 1
    # Each list, and what it names: joined, it costs no query of its own.
    for path, fields, queries in (
        ("events/", "title,organiser.name", 1),
        ("events/", "title,series,organiser", 1),
        ("events/", "title,topics.title", 2),
        ("events/", "title,anomalies.rule,topics", 3),
        ("figures/", "nature,source.title,indicator", 1),
        ("figures/", "nature,supersedes.label,components.label", 2),
        (f"events/{event.slug}/", "title,citations.source.title", 2),
        (f"events/{event.slug}/", "title,organiser", 1),
    ):
        keys = KEYS if path.count("/") == 1 else 0
        with django_assert_num_queries(version + keys + queries):
            get(client, path, fields=fields)


def test_what_is_read_is_what_the_whole_answer_holds(client):
    """Whatever is asked for alone is as in the whole, and no dearer by the number of records."""
    topic, company = make_topic(), make_company()
    for _ in range(2):
        first = make_figure(company=company, attributed_to=make_company(), nature="forecast")
        make_figure(indicator=first.indicator, supersedes=first, components=[first], period="2030")
        make_event(series=make_series(), organiser=company, topics=[topic])
        make_news(companies=[company], topics=[topic])
        make_trend(topics=[topic])
    for path in ("figures/", "events/", "news/", "trends/", "companies/"):
        rows = get(client, path)["results"]
        for name in rows[0]:
            expected = [{name: row[name]} for row in rows]
            assert get(client, path, fields=name)["results"] == expected, (path, name)


def test_a_token_that_asks_for_fields_is_answered_these_alone(client):
    event = make_event(status="draft", publish_at=None, title="Brouillon")
    token = {"Authorization": f"Bearer {make_token().secret}"}
    answer = client.get(f"/api/v1/events/{event.slug}/?fields=title", headers=token)
    assert answer.json() == {"title": "Brouillon"}
    assert answer["Cache-Control"] == "private, no-cache"


def test_a_list_is_put_in_the_order_that_is_asked_for(client):
    late = make_event(title="Aa", date="juin 2025")
    soon = make_event(title="Bb", date="mai 2025")
    assert slugs(client, "events/", ordering="date") == [soon.slug, late.slug]
    assert slugs(client, "events/", ordering="-date") == [late.slug, soon.slug]
    assert slugs(client, "events/", ordering="title") == [late.slug, soon.slug]
    soon.save()
    assert slugs(client, "events/", ordering="-updated_at") == [soon.slug, late.slug]


@pytest.mark.parametrize("ordering", ["-title", "date", "-updated_at"])
def test_each_order_is_walked_whole_in_both_directions(client, ordering):
    for number in range(5):
        make_event(title=f"Salon {number % 2}", date=f"{1 + number // 2} mai 2025")
    expected = slugs(client, "events/", ordering=ordering)
    page = get(client, "events/", ordering=ordering, page_size=2)
    found, before = [], None
    while True:
        found += [row["slug"] for row in page["results"]]
        before = page["previous"]
        if page["next"] is None:
            break
        page = client.get(page["next"]).json()
    assert found == expected
    assert [row["slug"] for row in client.get(before).json()["results"]] == expected[2:4]


def test_an_order_that_is_none_is_refused_with_those_accepted(client):
    response = client.get("/api/v1/events/", {"ordering": "body"})
    (error,) = response.json()["errors"]
    assert (error["field"], error["code"]) == ("ordering", "invalid_choice")
    assert "title, date, created_at, updated_at, -title" in error["detail"]


def test_a_place_in_one_order_is_none_in_another(client):
    for number in range(3):
        make_event(title=f"Salon {number}", date=f"{1 + number} mai 2025")
    after = get(client, "events/", ordering="date", page_size=1)["next"]
    moved = after.replace("ordering=date", "ordering=-date")
    assert client.get(moved).json()["errors"][0]["code"] == "invalid_cursor"
