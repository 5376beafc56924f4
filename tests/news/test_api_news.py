"""News in the API."""

from __future__ import annotations

import pytest

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
from tests.factories import make_company, make_event, make_news, make_source, make_topic

pytestmark = pytest.mark.django_db


def test_detail_tells_everything(client):
    hidden = {"status": Status.DRAFT}
    topic, source = make_topic(), make_source()
    company, event = make_company(), make_event()
    news = make_news(
        title="Une annonce",
        summary="En bref.",
        body="Un *texte*.",
        date="octobre 2024",
        source=source,
        locator="§ 2",
        quote="Un passage.",
        credibility=3,
        companies=[company, make_company(**hidden)],
        events=[event, make_event(**hidden)],
        topics=[topic],
    )
    expected = common(news) | {
        "title": "Une annonce",
        "summary": "En bref.",
        "image": None,
        "date": day("octobre 2024", "2024-10-01", "2024-10-31", "month", "2024-10"),
        "source": source_link(source),
        "locator": "§ 2",
        "quote": "Un passage.",
        "credibility": 3,
        "topics": [titled(topic)],
    }
    assert get(client, "news/")["results"] == [expected]
    assert get(client, "news/une-annonce/") == expected | {
        "body": "Un *texte*.",
        "body_html": "<p>Un <em>texte</em>.</p>\n",
        "companies": [named(company)],
        "events": [titled(event)],
        "citations": [],
    }


def test_a_source_withdrawn_since_is_not_shown(client):
    source = make_source()
    make_news(source=source)
    type(source).objects.update(status=Status.ARCHIVED)
    assert get(client, "news/")["results"][0]["source"] is None


def test_by_what_it_is_tied_to(client):
    company, event = make_company(), make_event()
    topic, source = make_topic(), make_source()
    news = make_news(companies=[company], events=[event], topics=[topic], source=source)
    make_news(companies=[make_company()], events=[make_event()], topics=[make_topic()])
    asked = {"company": company, "event": event, "topic": topic, "source": source}
    for name, record in asked.items():
        assert slugs(client, "news/", **{name: record.slug}) == [news.slug], name


def test_by_date(client):
    make_news(slug="octobre", date="octobre 2024")
    make_news(slug="fevrier", date="février 2024")
    assert slugs(client, "news/", after="2024-03-01") == ["octobre"]
    assert slugs(client, "news/", before="2024-03-01") == ["fevrier"]


def test_the_list_runs_as_many_queries_for_fifty_news_as_for_one(client, django_assert_num_queries):
    # The news with their source; their topics.
    assert_queries_do_not_grow(
        client,
        django_assert_num_queries,
        "news/",
        lambda: make_news(companies=[make_company()], topics=[make_topic()]),
        2,
    )
