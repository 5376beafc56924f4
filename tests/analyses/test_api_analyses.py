"""Analyses and recommendations in the API."""

from __future__ import annotations

import pytest

from publishing.models import Status
from tests.api_answers import (
    assert_queries_do_not_grow,
    common,
    day,
    get,
    slugs,
    source_link,
    titled,
)
from tests.factories import (
    cite,
    make_analysis,
    make_recommendation,
    make_source,
    make_topic,
)

pytestmark = pytest.mark.django_db


def test_an_analysis_tells_everything(client):
    topic, source = make_topic(), make_source()
    analysis = make_analysis(
        title="L’IA dans le cloud",
        slug="ia",
        summary="En bref.",
        body="Un *texte*.",
        date="février 2025",
        sections=[("Le contexte", "Un *texte*.")],
        topics=[topic],
    )
    cite(analysis, source, number=1, locator="p. 4")
    second = make_recommendation(analysis=analysis, position=2)
    first = make_recommendation(analysis=analysis, position=1)
    make_recommendation(analysis=analysis, status=Status.DRAFT)
    expected = common(analysis) | {
        "title": "L’IA dans le cloud",
        "summary": "En bref.",
        "image": None,
        "date": day("février 2025", "2025-02-01", "2025-02-28", "month", "2025-02"),
        "topics": [titled(topic)],
    }
    assert get(client, "analyses/")["results"] == [expected]
    assert get(client, "analyses/ia/") == expected | {
        "body": "Un *texte*.",
        "body_html": "<p>Un <em>texte</em>.</p>\n",
        "sections": [
            {
                "title": "Le contexte",
                "anchor": "le-contexte",
                "body": "Un *texte*.",
                "body_html": "<p>Un <em>texte</em>.</p>\n",
                "level": 1,
            }
        ],
        "citations": [
            {
                "number": 1,
                "source": source_link(source),
                "locator": "p. 4",
                "quote": "",
                "credibility": 6,
            }
        ],
        "recommendations": [titled(first), titled(second)],
    }


def test_analyses_by_topic_and_date_the_latest_first(client):
    topic = make_topic()
    make_analysis(slug="ancienne", date="mai 2024", topics=[topic])
    make_analysis(slug="recente", date="mai 2025")
    assert slugs(client, "analyses/") == ["recente", "ancienne"]
    assert slugs(client, "analyses/", topic=topic.slug) == ["ancienne"]
    assert slugs(client, "analyses/", after="2025-01-01") == ["recente"]
    assert slugs(client, "analyses/", before="2025-01-01") == ["ancienne"]


def test_the_list_runs_as_many_queries_for_fifty_analyses_as_for_one(
    client, django_assert_num_queries
):
    # The analyses; their topics.
    assert_queries_do_not_grow(
        client,
        django_assert_num_queries,
        "analyses/",
        lambda: make_analysis(topics=[make_topic()]),
        2,
    )


def test_a_recommendation_tells_everything(client):
    analysis, topic = make_analysis(), make_topic()
    recommendation = make_recommendation(
        title="Former les équipes",
        summary="En bref.",
        body="Un *texte*.",
        analysis=analysis,
        position=3,
        topics=[topic],
    )
    expected = common(recommendation) | {
        "title": "Former les équipes",
        "summary": "En bref.",
        "analysis": titled(analysis),
        "position": 3,
        "topics": [titled(topic)],
    }
    assert get(client, "recommendations/")["results"] == [expected]
    assert get(client, "recommendations/former-les-equipes/") == expected | {
        "body": "Un *texte*.",
        "body_html": "<p>Un <em>texte</em>.</p>\n",
    }


def test_an_analysis_that_is_not_public_is_not_named(client):
    make_recommendation(analysis=make_analysis(status=Status.DRAFT))
    assert get(client, "recommendations/")["results"][0]["analysis"] is None


def test_recommendations_by_what_they_are_tied_to(client):
    analysis, topic = make_analysis(), make_topic()
    recommendation = make_recommendation(analysis=analysis, topics=[topic])
    make_recommendation(analysis=make_analysis(), topics=[make_topic()])
    for name, record in {"analysis": analysis, "topic": topic}.items():
        assert slugs(client, "recommendations/", **{name: record.slug}) == [recommendation.slug]


def test_the_list_runs_as_many_queries_for_fifty_recommendations_as_for_one(
    client, django_assert_num_queries
):
    # The recommendations with their analysis; their topics.
    assert_queries_do_not_grow(
        client,
        django_assert_num_queries,
        "recommendations/",
        lambda: make_recommendation(analysis=make_analysis(), topics=[make_topic()]),
        2,
    )
