"""The feed of a topic and that of a company: all that is public about it, found by its links."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import feedparser
import pytest

from publishing.models import Status
from publishing.publication import archive
from tests import factories as make
from tests.costs import VERSION

pytestmark = pytest.mark.django_db

SITE = "https://veille.example.org"
BUILDERS = {"thematiques": make.make_topic, "entreprises": make.make_company}
FORMATS = ("rss", "atom", "json")
every_subject = pytest.mark.parametrize("section", BUILDERS)
every_format = pytest.mark.parametrize("extension", FORMATS)


@pytest.fixture(autouse=True)
def _public_address(settings):
    settings.SITE_URL = SITE


def titles(client, subject, extension: str = "json") -> set[str]:
    response = client.get(f"{subject.get_absolute_url()}flux.{extension}")
    assert response.status_code == 200
    if extension == "json":
        return {item["title"] for item in json.loads(response.content)["items"]}
    feed = feedparser.parse(response.content)
    assert feed.bozo is False
    return {entry.title for entry in feed.entries}


@every_format
def test_the_feed_of_a_topic_holds_all_that_is_about_it_and_nothing_else(client, extension):
    topic, other = make.make_topic(), make.make_topic()
    mine, others = {"topics": [topic]}, {"topics": [other]}
    kinds = (
        *(make.make_trend, make.make_company, make.make_event, make.make_driver),
        *(make.make_news, make.make_analysis, make.make_recommendation),
    )
    records = [build(**mine) for build in kinds]
    for build in kinds:
        build(**others)
    indicator = make.make_indicator(**mine)
    records += [topic, indicator, make.make_figure(indicator=indicator)]
    assert titles(client, topic, extension) == {str(one) for one in records}


@every_format
def test_the_feed_of_a_company_holds_all_that_is_about_it_and_nothing_else(client, extension):
    company, other = make.make_company(), make.make_company()
    records = [
        company,
        make.make_event(organiser=company),
        make.make_news(companies=[company, other]),
        make.make_figure(company=company),
        make.make_figure(attributed_to=company),
        # Tied to it twice, told once.
        make.make_figure(company=company, attributed_to=company),
    ]
    make.make_event(organiser=other)
    make.make_news(companies=[other])
    make.make_figure()
    assert titles(client, company, extension) == {str(one) for one in records}
    feed = json.loads(client.get(f"{company.get_absolute_url()}flux.json").content)
    assert len(feed["items"]) == len(records)


@every_subject
def test_it_says_whose_feed_it_is(client, section):
    subject = BUILDERS[section](slug="sujet")
    feed = json.loads(client.get(f"/{section}/sujet/flux.json").content)
    assert feed["title"].endswith(f" : {subject}")
    assert feed["home_page_url"] == f"{SITE}/{section}/sujet/"
    assert feed["feed_url"] == f"{SITE}/{section}/sujet/flux.json"


@every_subject
def test_the_page_announces_it_and_leads_to_it(client, section):
    subject = BUILDERS[section](slug="sujet")
    head, _, body = client.get(subject.get_absolute_url()).content.decode().partition("</head>")
    for extension in FORMATS:
        address = f'href="/{section}/sujet/flux.{extension}"'
        assert address in head
        assert address in body


@every_subject
@every_format
def test_a_former_address_redirects_a_withdrawn_one_is_gone_a_hidden_one_is_not_there(
    client, section, extension
):
    subject = BUILDERS[section](slug="ancien")
    subject.slug = "nouveau"
    subject.save()
    moved = client.get(f"/{section}/ancien/flux.{extension}?utm_source=lettre")
    assert moved.status_code == 301
    assert moved["Location"] == f"/{section}/nouveau/flux.{extension}?utm_source=lettre"
    archive(subject)
    for slug in ("ancien", "nouveau"):
        assert client.get(f"/{section}/{slug}/flux.{extension}").status_code == 410
    BUILDERS[section](slug="brouillon", status=Status.DRAFT)
    for slug in ("brouillon", "jamais-vu"):
        assert client.get(f"/{section}/{slug}/flux.{extension}").status_code == 404


@every_subject
def test_it_has_no_filter(client, section):
    BUILDERS[section](slug="sujet")
    response = client.get(f"/{section}/sujet/flux.rss?topic=cloud")
    assert response.status_code == 400
    assert response.content.decode().startswith("Ce flux n’a pas de filtre")


@every_subject
def test_the_latest_come_first_and_50_at_most(client, section):
    subject = BUILDERS[section](publish_at=datetime(2020, 1, 1, tzinfo=UTC))
    link = {"topics": [subject]} if section == "thematiques" else {"organiser": subject}
    for day in range(51):
        make.make_event(publish_at=make.LONG_AGO + timedelta(days=day), **link)
    feed = json.loads(client.get(f"{subject.get_absolute_url()}flux.json").content)
    dates = [item["date_published"] for item in feed["items"]]
    assert (len(dates), dates) == (50, sorted(dates, reverse=True))


def test_it_costs_the_same_with_1_and_with_50_records(client, django_assert_num_queries):
    topic = make.make_topic()
    for total in (1, 49):
        for _ in range(total):
            event = make.make_event(topics=[topic], publish_at=make.LONG_AGO + timedelta(days=1))
            make.cite(event, make.make_source())
        if total > 1:
            make.make_event(topics=[topic], publish_at=make.LONG_AGO + timedelta(days=1))
        # The topic; what it may hold: itself, eight kinds that have topics, figures; the events,
        # their topics and citations; the topic, as long as it is among the latest, with its
        # parts, readings and citations.
        with django_assert_num_queries(VERSION + 1 + 10 + 3 + (4 if total == 1 else 0)):
            client.get(f"{topic.get_absolute_url()}flux.rss")
