"""The feed of everything: every kind of record, found through the contract."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from publishing.models import published_models
from tests import factories as make
from tests.costs import VERSION
from tests.test_every_list_page import build

pytestmark = pytest.mark.django_db

ONE_FOR_EACH_MODEL = len(published_models())


def titles(client) -> list[str]:
    return [item["title"] for item in json.loads(client.get("/flux.json").content)["items"]]


@pytest.mark.parametrize("model", published_models(), ids=lambda model: model.__name__)
def test_every_kind_of_record_is_in_it_with_its_text(client, model):
    record = build(model)
    items = json.loads(client.get("/flux.json").content)["items"]
    (item,) = [item for item in items if item["title"] == str(record)]
    assert item["id"].endswith(f":{record.api_name}/{record.pk}")
    assert item["url"].endswith(record.get_absolute_url())


def test_the_latest_publication_comes_first_whatever_its_kind(client):
    kinds = (make.make_trend, make.make_event, make.make_topic, make.make_company)
    records = [
        kind(publish_at=make.LONG_AGO + timedelta(days=day)) for day, kind in enumerate(kinds)
    ]
    assert titles(client) == [str(record) for record in reversed(records)]


def test_a_topic_is_given_with_its_parts(client):
    make.make_topic(sections=[("Définition", "Ce que c’est.")])
    (item,) = json.loads(client.get("/flux.json").content)["items"]
    assert "<h2>Définition</h2>" in item["content_html"]
    assert "Ce que c’est." in item["content_html"]


def test_it_costs_the_same_with_1_and_with_50_records(client, django_assert_num_queries):
    topics = [make.make_topic(publish_at=make.LONG_AGO - timedelta(days=1))]
    for total in (1, 49):
        make.many(total, make.make_trend, topics=topics)
        if total > 1:
            make.make_trend(topics=topics)
            topics[0].expire_at = make.LONG_AGO
            topics[0].save()
        # The latest of each kind, the trends, their topics and citations; the topic alone, with
        # its parts, readings and citations, as long as it is among the latest.
        with django_assert_num_queries(VERSION + ONE_FOR_EACH_MODEL + 3 + (4 if total == 1 else 0)):
            client.get("/flux.rss")


def test_it_has_no_filter(client):
    response = client.get("/flux.rss?topic=cloud")
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().startswith("Ce flux n’a pas de filtre")
    assert client.get("/flux.rss?utm_source=lettre").status_code == 200


def test_every_page_leads_to_it_and_the_home_page_announces_it(client):
    for address in ("/", "/a-propos/"):
        assert 'href="/flux.rss"' in client.get(address).content.decode()
    head = client.get("/").content.decode().split("</head>")[0]
    assert 'type="application/feed+json" title="Tout ce qui paraît (JSON)"' in head
