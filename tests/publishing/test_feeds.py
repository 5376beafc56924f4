"""The feeds in their three formats: what a reader's software finds in them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from django.utils.html import escape

from analyses.models import Analysis
from events.models import Event
from market.models import Figure
from news.models import NewsItem
from publishing.anomalies import checked_together
from publishing.models import Status
from tests import factories as make
from tests.costs import VERSION

pytestmark = pytest.mark.django_db

SITE = "https://veille.example.org"
FEEDS = {
    "/actualites/": (NewsItem, make.make_news),
    "/analyses/": (Analysis, make.make_analysis),
    "/evenements/": (Event, make.make_event),
    "/marche/chiffres/": (Figure, make.make_figure),
    "/": (NewsItem, make.make_news),
}
FILTERED = [base for base in FEEDS if base != "/"]
FORMATS = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
# What each feed asks for, whatever the number of its records: the records, then what the page of
# one shows.
QUERIES = {
    "/actualites/": 1 + 4,  # topics, citations, companies, events
    "/analyses/": 1 + 4,  # topics, sections, citations, recommendations
    "/evenements/": 1 + 2,  # topics, citations
    "/marche/chiffres/": 1 + 5,  # components, totals, successors, corrections, anomalies
}
every_feed = pytest.mark.parametrize("base", FEEDS)
every_filtered_feed = pytest.mark.parametrize("base", FILTERED)
every_format = pytest.mark.parametrize("extension", FORMATS)
both_xml = pytest.mark.parametrize("extension", ["rss", "atom"])


@pytest.fixture(autouse=True)
def _public_address(settings):
    settings.SITE_URL = SITE


def parsed(client, address: str) -> feedparser.FeedParserDict:
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()
    feed = feedparser.parse(response.content, sanitize_html=False, resolve_relative_uris=False)
    assert feed.bozo is False, feed.get("bozo_exception")
    return feed


def read(client, address: str) -> list[dict]:
    """The items of a feed, in the words of JSON Feed, whatever its format."""
    if ".json" in address:
        return json.loads(client.get(address).content)["items"]
    return [_item(entry) for entry in parsed(client, address).entries]


def _item(entry: feedparser.FeedParserDict) -> dict:
    via = [link.href for link in entry.links if link.rel == "via"]
    item = {
        "id": entry.id,
        "url": entry.link,
        "title": entry.title,
        "content_html": entry.content[-1].value,
        "date_published": _moment(entry.published_parsed),
        "date_modified": _moment(entry.updated_parsed),
        "summary": entry.get("summary", ""),
        "external_url": via[0] if via else "",
        "tags": [tag.term for tag in entry.get("tags", [])],
    }
    return {name: value for name, value in item.items() if value}


def _moment(parts) -> str:
    return datetime(*parts[:6], tzinfo=UTC).isoformat()


# --- Every feed, every format ---


@every_feed
@every_format
def test_a_feed_is_served_under_its_media_type(client, base, extension):
    response = client.get(f"{base}flux.{extension}")
    assert (response.status_code, response.headers["Content-Type"]) == (200, FORMATS[extension])


@every_feed
@both_xml
def test_an_xml_feed_is_well_formed_and_says_what_it_is(client, base, extension):
    FEEDS[base][1]()
    feed = parsed(client, f"{base}flux.{extension}").feed
    links = {(link.rel, link.href) for link in feed.links}
    assert links == {("self", f"{SITE}{base}flux.{extension}"), ("alternate", f"{SITE}{base}")}
    assert feed.language == "fr"
    assert feed.title.startswith("Veille – ")


@every_feed
def test_a_json_feed_says_what_it_is(client, base):
    FEEDS[base][1]()
    feed = json.loads(client.get(f"{base}flux.json").content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert (feed["home_page_url"], feed["feed_url"]) == (f"{SITE}{base}", f"{SITE}{base}flux.json")
    assert (feed["language"], len(feed["authors"])) == ("fr", 1)


@every_feed
@every_format
def test_an_empty_feed_is_valid_and_stays_the_same(client, base, extension):
    address = f"{base}flux.{extension}"
    assert read(client, address) == []
    assert client.get(address).content == client.get(address).content


@every_feed
@every_format
def test_an_item_leads_to_its_page_and_is_dated_by_its_publication(client, base, extension):
    model, build = FEEDS[base]
    record = build(publish_at=datetime(2025, 3, 1, 9, 30, tzinfo=UTC))
    model.objects.filter(pk=record.pk).update(updated_at=datetime(2025, 4, 2, tzinfo=UTC))
    item = next(
        one for one in read(client, f"{base}flux.{extension}") if one["title"] == str(record)
    )
    assert item["url"] == f"{SITE}{record.get_absolute_url()}"
    assert item["date_published"] == "2025-03-01T09:30:00+00:00"
    assert item["date_modified"] == "2025-04-02T00:00:00+00:00"


@every_format
def test_a_planned_record_was_not_changed_before_it_came_out(client, extension):
    item = make.make_news(publish_at=datetime(2025, 3, 1, tzinfo=UTC))
    NewsItem.objects.filter(pk=item.pk).update(updated_at=datetime(2025, 2, 1, tzinfo=UTC))
    (read_item,) = read(client, f"/actualites/flux.{extension}")
    assert read_item["date_modified"] == read_item["date_published"]


@every_feed
@every_format
def test_an_identifier_outlives_the_slug_and_the_title(client, base, extension):
    record = FEEDS[base][1]()
    address = f"{base}flux.{extension}"
    before = {item["id"] for item in read(client, address)}
    record.slug = "autre-adresse"
    record.save()
    assert {item["id"] for item in read(client, address)} == before
    day = record.created_at.astimezone(UTC).date()
    assert f"tag:veille.example.org,{day}:{record.api_name}/{record.pk}" in before


@every_feed
@every_format
def test_the_latest_publications_come_first_and_50_at_most(client, base, extension):
    build = FEEDS[base][1]
    shared = {"source": make.make_source(publish_at=datetime(2020, 1, 1, tzinfo=UTC))}
    fields = shared if build in (make.make_news, make.make_figure) else {}
    if build is make.make_figure:
        fields["indicator"] = make.make_indicator(publish_at=datetime(2020, 1, 1, tzinfo=UTC))
    start = datetime(2025, 1, 1, tzinfo=UTC)
    with checked_together():
        for day in range(51):
            build(publish_at=start + timedelta(days=day), **fields)
    published = [item["date_published"] for item in read(client, f"{base}flux.{extension}")]
    expected = [(start + timedelta(days=day)).isoformat() for day in range(50, 0, -1)]
    assert published == expected


@every_filtered_feed
def test_a_feed_costs_the_same_with_1_and_with_50_records(client, base, django_assert_num_queries):
    model, build = FEEDS[base]
    shared = {"source": make.make_source()} if model in (NewsItem, Figure) else {}
    if model is not Figure:
        shared["topics"] = [make.make_topic()]
    links = {"companies": [make.make_company()], "events": [make.make_event()]}
    for total in (1, 49):
        for record in make.many(total, build, **shared, **(links if model is NewsItem else {})):
            if model is not Figure:
                make.cite(record, make.make_source(), number=1)
        with django_assert_num_queries(VERSION + QUERIES[base]):
            client.get(f"{base}flux.atom")


# --- The text ---


@every_format
def test_words_are_whole_links_are_absolute_and_nothing_is_unsafe(client, extension):
    make.make_news(
        title="R&D <IA> & « cloud »",
        summary="Moins de 3 < 5 & plus",
        date="octobre 2024",
        body="[ici](/sources/) [là](#bas) [ailleurs](https://example.com/?a=1&b=2)\n\n"
        '<script>alert(1)</script>\n\n`<a href="/x">`',
    )
    (item,) = read(client, f"/actualites/flux.{extension}")
    page = item["url"]
    html = item["content_html"]
    assert item["title"] == "R&D <IA> & « cloud »"
    assert item["summary"] in ("Moins de 3 < 5 & plus", escape("Moins de 3 < 5 & plus"))
    assert set(re.findall(r'href="([^"]*)"', html)) >= {
        f"{SITE}/sources/",
        f"{page}#bas",
        "https://example.com/?a=1&amp;b=2",
    }
    assert re.findall(r'(?:href|src)="(?!https?:|mailto:)[^"]*"', html.split("<code>")[0]) == []
    assert '<code>&lt;a href="/x"&gt;</code>' in html
    assert "<script" not in html
    assert "octobre 2024" in html


@every_format
def test_no_control_character_breaks_a_feed(client, extension):
    item = make.make_news()
    NewsItem.objects.filter(pk=item.pk).update(title="Un\x0btitre\x1f", summary="\ufffeChapô")
    (read_item,) = read(client, f"/actualites/flux.{extension}")
    assert (read_item["title"], read_item["summary"]) == ("Untitre", "Chapô")


@every_format
@pytest.mark.parametrize("base", ["/actualites/", "/marche/chiffres/"])
def test_a_fact_leads_to_the_source_that_told_it(client, base, extension):
    source = make.make_source(url="https://journal.example.org/article", title="Le Journal")
    FEEDS[base][1](source=source)
    (item,) = read(client, f"{base}flux.{extension}")
    assert item["external_url"] == "https://journal.example.org/article"
    assert f'<a href="{SITE}{source.get_absolute_url()}"' in item["content_html"]


@every_format
def test_a_source_that_is_no_longer_public_is_not_led_to(client, extension):
    item = make.make_news(quote="Mot pour mot.")
    type(item.source).objects.update(status=Status.ARCHIVED)
    (read_item,) = read(client, f"/actualites/flux.{extension}")
    assert "external_url" not in read_item
    assert "Mot pour mot." not in read_item["content_html"]


@every_format
def test_an_item_bears_its_kind_and_its_public_topics(client, extension):
    topics = [make.make_topic(title="Cloud"), make.make_topic(title="Secret", status=Status.DRAFT)]
    make.make_event(topics=topics)
    (item,) = read(client, f"/evenements/flux.{extension}")
    assert item["tags"] == ["Événement", "Cloud"]


@every_format
def test_an_analysis_is_given_whole_with_its_notes(client, extension):
    analysis = make.make_analysis(body="Un fait [1].", sections=[("Partie", "La suite [1].")])
    make.cite(analysis, make.make_source(title="Le rapport"), number=1)
    (item,) = read(client, f"/analyses/flux.{extension}")
    html = item["content_html"]
    assert f'href="{item["url"]}#note-1"' in html
    for words in ("Un fait", "<h2>Partie</h2>", "La suite", "Notes et sources", "Le rapport"):
        assert words in html


@every_format
def test_a_figure_says_what_it_is(client, extension):
    make.make_figure(period="2024", vintage="4 février 2025", nature="forecast")
    (item,) = read(client, f"/marche/chiffres/flux.{extension}")
    assert item["summary"] == "Chiffre prévu, millésime 4 février 2025."
    assert "<strong>678,8\u00a0Md$</strong>" in item["content_html"]
    assert "Période\u00a0: 2024" in item["content_html"]


@every_format
def test_an_event_keeps_its_date_as_stated(client, extension):
    make.make_event(date="Automne 2025", city="", url="https://salon.example.org/")
    (item,) = read(client, f"/evenements/flux.{extension}")
    assert "Automne 2025, Lieu à déterminer." in item["content_html"]
    assert 'href="https://salon.example.org/"' in item["content_html"]


# --- Filters ---


@every_format
def test_a_feed_takes_the_filters_of_its_list_and_keeps_them_in_its_links(client, extension):
    topic = make.make_topic(slug="cloud", title="Cloud")
    kept = make.make_news(topics=[topic])
    make.make_news()
    address = f"/actualites/flux.{extension}?topic=cloud&utm_source=lettre"
    assert [item["title"] for item in read(client, address)] == [kept.title]
    content = client.get(address).content.decode()
    assert f"{SITE}/actualites/flux.{extension}?topic=cloud" in content
    assert f'{SITE}/actualites/?topic=cloud"' in content or f"{SITE}/actualites/?topic=cloud<" in (
        content
    )
    assert "Thématique\u00a0: Cloud" in content or "Thématique : Cloud" in content
    assert "utm_source" not in content


@every_filtered_feed
@every_format
@pytest.mark.parametrize("query", ["couleur=bleu", "page=2", "q=a&q=b"])
def test_a_wrong_filter_is_refused_in_plain_french(client, base, extension, query):
    response = client.get(f"{base}flux.{extension}?{query}")
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    text = response.content.decode()
    assert "Paramètre inconnu" in text or "Une seule valeur est attendue." in text


@every_feed
def test_an_unknown_format_is_not_found(client, base):
    assert client.get(f"{base}flux.xml").status_code == 404


@every_feed
@every_format
def test_a_feed_is_only_read(client, base, extension):
    assert client.post(f"{base}flux.{extension}").status_code == 405
    assert client.head(f"{base}flux.{extension}").status_code == 200


@every_feed
@every_format
def test_an_unchanged_feed_is_not_sent_twice(client, base, extension):
    record = FEEDS[base][1]()
    address = f"{base}flux.{extension}"
    first = client.get(address)
    for condition in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        answer = client.get(address, headers=condition)
        assert (answer.status_code, answer.content) == (304, b"")
    type(record).objects.filter(pk=record.pk).update(status=Status.ARCHIVED)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200


# --- The pages that lead there ---


@every_filtered_feed
def test_a_list_leads_to_its_feeds_with_its_filters(client, base):
    page = client.get(f"{base}?q=cloud&page=1").content.decode()
    head, body = page.split("</head>")
    for extension, content_type in FORMATS.items():
        media_type = content_type.split(";")[0]
        href = f'href="{base}flux.{extension}?q=cloud"'
        assert re.search(
            rf'<link rel="alternate" type="{re.escape(media_type)}" .*{re.escape(href)}', head
        )
        assert f"<a {href}" in body
    assert [label in body for label in (">Flux RSS</a>", ">Atom</a>", ">JSON</a>")] == [True] * 3


@every_filtered_feed
def test_a_refused_list_leads_to_feeds_without_filters(client, base):
    page = client.get(f"{base}?couleur=bleu").content.decode()
    assert f'href="{base}flux.rss"' in page
    assert "flux.rss?" not in page


def test_a_list_without_feeds_leads_to_none_of_its_own(client):
    head = client.get("/entreprises/").content.decode().split("</head>")[0]
    assert 'rel="alternate"' not in head
