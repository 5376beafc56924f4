"""Companies in the API."""

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
from tests.costs import VERSION
from tests.factories import cite, make_company, make_relation, make_source, make_topic

pytestmark = pytest.mark.django_db


def test_detail_tells_everything(client):
    topic, source = make_topic(), make_source()
    parent, investor = make_company(), make_company()
    company = make_company(
        name="Scaleway",
        also_known_as="Online, Dedibox",
        summary="Un nuage.",
        body="Un *texte*.",
        cloud_usage="Le *sien*.",
        country="FR",
        website="https://example.org/scaleway",
        featured=True,
        roles=["provider", "ai_actor"],
        topics=[topic],
    )
    make_relation(
        company, "subsidiary_of", parent, date="depuis 2015", note="À 100 %", source=source
    )
    make_relation(investor, "investor_in", company, quote="Il investit.", credibility=1)
    cite(company, source, locator="p. 3")
    assert get(client, "companies/scaleway/") == common(company) | {
        "name": "Scaleway",
        "other_names": ["Online", "Dedibox"],
        "summary": "Un nuage.",
        "image": None,
        "roles": ["provider", "ai_actor"],
        "country": "FR",
        "website": "https://example.org/scaleway",
        "featured": True,
        "topics": [titled(topic)],
        "body": "Un *texte*.",
        "body_html": "<p>Un <em>texte</em>.</p>\n",
        "cloud_usage": "Le *sien*.",
        "cloud_usage_html": "<p>Le <em>sien</em>.</p>\n",
        "relations": [
            {
                "kind": "subsidiary_of",
                "label": "filiale de",
                "company": named(parent),
                "date": day("depuis 2015", "2015-01-01", None, "year", "2015/.."),
                "note": "À 100 %",
                "source": source_link(source),
                "locator": "",
                "quote": "",
                "credibility": 6,
            }
        ],
        "inverse_relations": [
            {
                "kind": "investor_in",
                "label": "soutenue par",
                "company": named(investor),
                "date": day("Date à déterminer", None, None, "unknown", "XXXX"),
                "note": "",
                "source": None,
                "locator": "",
                "quote": "Il investit.",
                "credibility": 1,
            }
        ],
        "citations": [
            {
                "number": None,
                "source": source_link(source),
                "locator": "p. 3",
                "quote": "",
                "credibility": 6,
            }
        ],
    }


def test_the_list_leaves_out_what_is_long(client):
    company = make_company(name="Deezer", roles=["user"])
    assert get(client, "companies/")["results"] == [
        common(company)
        | {
            "name": "Deezer",
            "other_names": [],
            "summary": "",
            "image": None,
            "roles": ["user"],
            "country": "",
            "website": "",
            "featured": False,
            "topics": [],
        }
    ]


def test_relations_with_a_company_that_is_not_public_are_not_shown(client):
    company, hidden = make_company(), make_company(status=Status.DRAFT)
    make_relation(company, "partner_of", hidden)
    make_relation(hidden, "customer_of", company)
    answer = get(client, f"companies/{company.slug}/")
    assert (answer["relations"], answer["inverse_relations"]) == ([], [])


def test_the_source_of_a_relation_is_not_shown_when_it_is_not_public(client):
    company = make_company()
    make_relation(company, "partner_of", make_company(), source=make_source(status=Status.DRAFT))
    assert get(client, f"companies/{company.slug}/")["relations"][0]["source"] is None


def test_by_what_it_is(client):
    topic = make_topic()
    company = make_company(country="FR", featured=True, topics=[topic], roles=["investor"])
    make_company(country="US", topics=[make_topic()], roles=["analyst"])
    asked = {"country": "FR", "featured": "true", "topic": topic.slug, "role": "investor"}
    for name, value in asked.items():
        assert slugs(client, "companies/", **{name: value}) == [company.slug], name


def test_a_company_is_found_by_its_other_names(client):
    company = make_company(name="Microsoft", also_known_as="Azure")
    make_company(name="Google")
    assert slugs(client, "companies/", q="azure") == [company.slug]


def test_the_list_runs_as_many_queries_for_fifty_companies_as_for_one(
    client, django_assert_num_queries
):
    # The companies; their roles; their topics.
    assert_queries_do_not_grow(
        client,
        django_assert_num_queries,
        "companies/",
        lambda: make_company(roles=["user"], topics=[make_topic()]),
        3,
    )


def test_a_detail_runs_as_many_queries_for_many_relations_as_for_one(
    client, django_assert_max_num_queries
):
    company = make_company(roles=["user"], topics=[make_topic()])
    for kind in ("partner_of", "customer_of"):
        for _ in range(5):
            make_relation(company, kind, make_company(), source=make_source())
            make_relation(make_company(), kind, company, source=make_source())
    # The company; its roles; its topics; its citations; its relations in both directions.
    with django_assert_max_num_queries(VERSION + 6):
        assert len(get(client, f"companies/{company.slug}/")["relations"]) == 10
