"""Topics and trends in the API."""

from __future__ import annotations

import pytest

from publishing.models import Status
from tests.api_answers import (
    assert_queries_do_not_grow,
    common,
    get,
    slugs,
    source_link,
    titled,
)
from tests.factories import cite, make_source, make_topic, make_trend

pytestmark = pytest.mark.django_db

HTML = "<p>Un <em>texte</em>.</p>\n"


def test_a_topic_tells_everything(client):
    reading, hidden = make_source(), make_source(status=Status.DRAFT)
    topic = make_topic(
        title="Cloud public",
        summary="En bref.",
        body="Un *texte*.",
        position=3,
        sections=[("Définition", "Un *texte*."), ("Avantages", "")],
        readings=[reading, hidden],
    )
    topic.readings.filter(source=reading).update(note="Pour commencer")
    cite(topic, reading, number=2)
    expected = common(topic) | {
        "title": "Cloud public",
        "summary": "En bref.",
        "image": None,
        "position": 3,
    }
    assert get(client, "topics/")["results"] == [expected]
    assert get(client, "topics/cloud-public/") == expected | {
        "body": "Un *texte*.",
        "body_html": HTML,
        "sections": [
            {
                "title": "Définition",
                "anchor": "definition",
                "body": "Un *texte*.",
                "body_html": HTML,
            },
            {"title": "Avantages", "anchor": "avantages", "body": "", "body_html": ""},
        ],
        "readings": [{"source": source_link(reading), "note": "Pour commencer"}],
        "citations": [
            {
                "number": 2,
                "source": source_link(reading),
                "locator": "",
                "quote": "",
                "credibility": 6,
            }
        ],
    }


def test_an_image_is_told_with_its_address_and_words(client):
    topic = make_topic(image_alt="Un centre de données", image_credit="Veille")
    type(topic).objects.update(image="images/centre.jpg", image_width=800, image_height=450)
    image = {
        "url": "http://testserver/media/images/centre.jpg",
        "alt": "Un centre de données",
        "credit": "Veille",
        "width": 800,
        "height": 450,
        "renditions": [],
    }
    assert get(client, "topics/")["results"][0]["image"] == image
    assert get(client, f"topics/{topic.slug}/")["image"] == image


def test_topics_are_found_by_their_words_in_their_order(client):
    make_topic(slug="b", title="Cloud privé", position=2)
    make_topic(slug="a", title="Cloud public", position=1)
    make_topic(slug="c", title="Mémoire", position=3)
    assert slugs(client, "topics/") == ["a", "b", "c"]
    assert slugs(client, "topics/", q="cloud") == ["a", "b"]


def test_the_list_runs_as_many_queries_for_fifty_topics_as_for_one(
    client, django_assert_num_queries
):
    # The topics.
    assert_queries_do_not_grow(client, django_assert_num_queries, "topics/", make_topic, 1)


def test_a_trend_tells_everything(client):
    topic, source = make_topic(), make_source()
    trend = make_trend(
        title="Edge computing",
        summary="En bref.",
        body="Un *texte*.",
        year=2025,
        level="emerging",
        position=3,
        topics=[topic, make_topic(status=Status.DRAFT)],
    )
    cite(trend, source, quote="Un passage.")
    expected = common(trend) | {
        "title": "Edge computing",
        "summary": "En bref.",
        "image": None,
        "year": 2025,
        "level": "emerging",
        "position": 3,
        "topics": [titled(topic)],
    }
    assert get(client, "trends/")["results"] == [expected]
    assert get(client, "trends/edge-computing/") == expected | {
        "body": "Un *texte*.",
        "body_html": HTML,
        "citations": [
            {
                "number": None,
                "source": source_link(source),
                "locator": "",
                "quote": "Un passage.",
                "credibility": 6,
            }
        ],
    }


def test_trends_by_what_they_are(client):
    topic = make_topic()
    trend = make_trend(year=2026, level="emerging", topics=[topic])
    make_trend(year=2025, level="major")
    for name, value in {"year": 2026, "level": "emerging", "topic": topic.slug}.items():
        assert slugs(client, "trends/", **{name: value}) == [trend.slug], name


def test_the_list_runs_as_many_queries_for_fifty_trends_as_for_one(
    client, django_assert_num_queries
):
    # The trends; their topics.
    assert_queries_do_not_grow(
        client,
        django_assert_num_queries,
        "trends/",
        lambda: make_trend(topics=[make_topic()]),
        2,
    )
