"""Sources in the API."""

from __future__ import annotations

from datetime import date

import pytest

from publishing.models import Status
from tests.api_answers import SITE, assert_queries_do_not_grow, common, day, get, slugs
from tests.factories import (
    cite,
    make_company,
    make_event,
    make_figure,
    make_news,
    make_relation,
    make_source,
    make_topic,
)

pytestmark = pytest.mark.django_db


def use(record, **words):
    return {
        "kind": record.api_name,
        "title": record.label,
        "url": f"{SITE}/api/v1/{record.api_name}/{record.slug}/",
        "html_url": SITE + record.get_absolute_url(),
        "locator": "",
        "quote": "",
    } | words


@pytest.mark.usefixtures("silent_rules")
def test_detail_tells_everything(client):
    source = make_source(
        title="Le marché du cloud",
        summary="Un rapport.",
        body="Un *texte*.",
        publisher="Gartner",
        author="A. Nonyme",
        url="https://example.org/rapport",
        archive_url="https://archive.example.org/rapport",
        link_state="reachable",
        language="en",
        kind="primary",
        date="novembre 2024",
        accessed_on=date(2025, 2, 4),
        reliability="B",
    )
    expected = common(source) | {
        "title": "Le marché du cloud",
        "summary": "Un rapport.",
        "publisher": "Gartner",
        "author": "A. Nonyme",
        "original_url": "https://example.org/rapport",
        "archive_url": "https://archive.example.org/rapport",
        "link_state": "reachable",
        "link_checked_at": None,
        "is_verifiable": True,
        "language": "en",
        "kind": "primary",
        "date": day("novembre 2024", "2024-11-01", "2024-11-30", "month", "2024-11"),
        "accessed_on": "2025-02-04",
        "reliability": "B",
        "anomalies": [],
    }
    assert get(client, "sources/")["results"] == [expected]
    detail = get(client, f"sources/{source.slug}/")
    assert detail.pop("quality")["total"] == 8
    assert detail == expected | {
        "body": "Un *texte*.",
        "body_html": "<p>Un <em>texte</em>.</p>\n",
        "uses": [],
    }


def test_each_public_use_of_a_source_is_told(client):
    source = make_source()
    event, news = make_event(), make_news(source=source, quote="Un fait.")
    figure = make_figure(source=source, locator="tableau 1")
    topic = make_topic(readings=[source])
    company = make_company()
    make_relation(company, "partner_of", make_company(), source=source)
    cite(event, source, number=1, locator="p. 1", quote="Un passage.")
    uses = get(client, f"sources/{source.slug}/")["uses"]
    assert sorted(uses, key=lambda one: one["kind"]) == [
        use(company),
        use(event, locator="p. 1", quote="Un passage."),
        use(figure, locator="tableau 1"),
        use(news, quote="Un fait."),
        use(topic),
    ]


def test_the_uses_that_are_not_public_are_not_told(client):
    source, hidden = make_source(), {"status": Status.DRAFT}
    cite(make_event(**hidden), source)
    make_news(source=source, **hidden)
    make_figure(source=source, **hidden)
    make_topic(readings=[source], **hidden)
    make_relation(make_company(**hidden), "partner_of", make_company(), source=source)
    assert get(client, f"sources/{source.slug}/")["uses"] == []


def test_by_what_it_is(client):
    fields = {"kind": "press", "reliability": "A", "publisher": "Le Monde", "language": "fr"}
    source = make_source(**fields)
    make_source(kind="primary", reliability="B", publisher="FT", language="en")
    for name, value in fields.items():
        assert slugs(client, "sources/", **{name: value}) == [source.slug], name


def test_the_list_goes_by_publisher_then_title(client):
    for slug, publisher, title in (("c", "B", "1"), ("b", "A", "2"), ("a", "A", "1")):
        make_source(slug=slug, publisher=publisher, title=title)
    assert slugs(client, "sources/") == ["a", "b", "c"]


def test_the_list_runs_as_many_queries_for_fifty_sources_as_for_one(
    client, django_assert_num_queries
):
    # The sources; their anomalies.
    assert_queries_do_not_grow(client, django_assert_num_queries, "sources/", make_source, 2)
