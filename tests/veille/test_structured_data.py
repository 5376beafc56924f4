"""What pages tell search engines and those who share them: JSON-LD, canonical address, picture."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from publishing import schema_org
from publishing.dates import parse
from tests import factories as make

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"
SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def told(client, address: str) -> dict[str, dict]:
    """What the page tells, by its type."""
    page = client.get(address).content.decode()
    found = [json.loads(text) for text in SCRIPT.findall(page)]
    assert all(one["@context"] == "https://schema.org" for one in found)
    return {one["@type"]: one for one in found}


def of(client, record, kind: str) -> dict:
    return told(client, record.get_absolute_url())[kind]


def test_an_event_tells_its_days_its_place_and_how_one_attends(client):
    event = make.make_event(
        title="Salon du cloud",
        date="20-23 mai 2025",
        venue="Palais",
        city="Cannes",
        country="FR",
        attendance_mode=Event.AttendanceMode.HYBRID,
        event_status=Event.EventStatus.CANCELLED,
        organiser=make.make_company(name="Iliad"),
        series=make.make_series(name="Les salons"),
        url="https://salon.example/",
    )
    said = of(client, event, "Event")
    assert said["name"] == "Salon du cloud"
    assert (said["startDate"], said["endDate"]) == ("2025-05-20", "2025-05-23")
    assert said["eventStatus"] == "https://schema.org/EventCancelled"
    assert said["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert said["location"] == [
        {
            "@type": "Place",
            "name": "Palais",
            "address": {
                "@type": "PostalAddress",
                "addressLocality": "Cannes",
                "addressCountry": "FR",
            },
        },
        {"@type": "VirtualLocation", "url": "https://salon.example/"},
    ]
    assert said["organizer"]["name"] == "Iliad"
    assert said["superEvent"]["@type"] == "EventSeries"
    assert said["url"] == SITE + event.get_absolute_url()


@pytest.mark.parametrize(
    ("stated", "period"),
    [
        ("20 mai 2025", "2025-05-20"),
        ("Mai 2025", "2025-05"),
        ("Fin nov./déc. 2025", "2025-11/2025-12"),
        ("Automne 2025", "2025"),
        ("T3 2024", "2024"),
        ("2025", "2025"),
        ("Vers mai 2025", ""),
        ("D’ici 2030", ""),
        ("À déterminer", ""),
    ],
)
def test_a_date_is_told_as_precisely_as_it_is_known_and_no_more(stated, period):
    assert schema_org.period(parse(stated)) == period


def test_an_event_without_date_nor_place_tells_neither(client):
    said = of(client, make.make_event(date="À déterminer", city="", country=""), "Event")
    assert not {"startDate", "endDate", "location"} & set(said)


def test_a_company_tells_what_it_belongs_to(client):
    child, parent = make.make_company(name="Scaleway"), make.make_company(name="Iliad")
    make.make_relation(child, "subsidiary_of", parent)
    assert [one["name"] for one in of(client, child, "Organization")["parentOrganization"]] == [
        "Iliad"
    ]
    assert [one["name"] for one in of(client, parent, "Organization")["subOrganization"]] == [
        "Scaleway"
    ]


def test_a_news_item_tells_its_dates_and_its_source(client):
    item = make.make_news(title="Une annonce", source=make.make_source(title="Le journal"))
    said = of(client, item, "NewsArticle")
    assert said["headline"] == "Une annonce"
    assert said["datePublished"] == item.publish_at.isoformat(timespec="seconds")
    assert said["dateModified"] >= said["datePublished"]
    assert said["publisher"]["name"] == said["author"]["name"] == "Veille"
    assert said["citation"]["name"] == "Le journal"


def test_an_analysis_tells_the_works_that_it_cites_once_each(client):
    analysis = make.make_analysis(body="Un fait [1], un autre [2].")
    source = make.make_source(title="Le rapport")
    make.cite(analysis, source, number=1)
    make.cite(analysis, source, number=2)
    said = of(client, analysis, "Article")
    assert [work["name"] for work in said["citation"]] == ["Le rapport"]


def test_an_indicator_is_a_data_set_with_its_years_and_where_to_read_it(client):
    indicator = make.make_indicator(name="Dépenses")
    make.make_figure(indicator=indicator, period="2023")
    make.make_figure(indicator=indicator, period="2024")
    said = of(client, indicator, "Dataset")
    assert said["temporalCoverage"] == "2023/2024"
    assert said["description"]
    assert said["variableMeasured"]["name"] == "Dépenses"
    assert [one["encodingFormat"] for one in said["distribution"]] == [
        "text/csv",
        "application/json",
    ]
    for download in said["distribution"]:
        assert client.get(download["contentUrl"].removeprefix(SITE)).status_code == 200


def test_the_home_page_says_where_the_site_is_searched(client):
    action = told(client, "/")["WebSite"]["potentialAction"]
    address = action["target"]["urlTemplate"].replace("{search_term_string}", "cloud")
    assert client.get(address.removeprefix(SITE)).status_code == 200


def test_the_breadcrumb_names_the_pages_above(client):
    topic = make.make_topic(title="Cloud privé")
    steps = of(client, topic, "BreadcrumbList")["itemListElement"]
    assert [(one["position"], one["name"]) for one in steps] == [
        (1, "Accueil"),
        (2, "Thématiques"),
        (3, "Cloud privé"),
    ]
    assert steps[1]["item"] == f"{SITE}/thematiques/"


def test_no_title_can_end_the_script(client):
    title = "</script><script>alert(1)</script> & <!-- \u2028"
    topic = make.make_topic(title=title)
    page = client.get(topic.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert of(client, topic, "DefinedTerm")["name"] == title


def test_a_page_of_a_list_has_its_own_address(client):
    for _ in range(30):
        make.make_topic()
    page = client.get("/thematiques/?page=2").content.decode()
    assert f'<link rel="canonical" href="{SITE}/thematiques/?page=2">' in page
    assert 'content="noindex' not in page


@pytest.mark.parametrize("query", ["q=cloud", "utm_source=lettre", "q=cloud&page=1"])
def test_a_variant_of_a_page_leads_to_the_whole_and_is_not_to_be_kept(client, query):
    page = client.get(f"/thematiques/?{query}").content.decode()
    assert f'<link rel="canonical" href="{SITE}/thematiques/">' in page
    assert '<meta name="robots" content="noindex, follow">' in page


def test_a_page_that_does_not_exist_has_no_canonical_address(client):
    page = client.get("/rien/").content.decode()
    assert "canonical" not in page
    assert "og:" not in page


def test_a_shared_page_shows_its_title_and_a_picture(client):
    topic = make.make_topic(title="L’« edge »", summary="Au plus près.")
    page = client.get(topic.get_absolute_url()).content.decode()
    assert '<meta property="og:title" content="L’« edge »">' in page
    assert '<meta property="og:description" content="Au plus près.">' in page
    assert f'<meta property="og:url" content="{SITE}{topic.get_absolute_url()}">' in page
    assert f'<meta property="og:image" content="{SITE}{topic.poster_url}">' in page
    assert '<meta property="og:image:alt" content="Thématique : L’« edge »">' in page


def test_a_list_shows_the_picture_of_the_site(client):
    page = client.get("/thematiques/").content.decode()
    assert f'<meta property="og:image" content="{SITE}/static/img/partage.png">' in page


def test_a_shared_record_says_when_it_came_out_and_last_changed(client):
    out = timezone.now() - timedelta(days=3)
    topic = make.make_topic(publish_at=out)
    page = client.get(topic.get_absolute_url()).content.decode()
    times = dict(re.findall(r'<meta property="article:(\w+)" content="([^"]+)">', page))
    assert times.keys() == {"published_time", "modified_time"}
    assert datetime.fromisoformat(times["published_time"]) == out.replace(microsecond=0)
    assert datetime.fromisoformat(times["modified_time"]) == topic.changed_at.replace(microsecond=0)


@pytest.mark.parametrize("address", ["/", "/thematiques/"])
def test_a_page_that_is_no_record_did_not_come_out_one_day(client, address):
    assert "article:" not in client.get(address).content.decode()


def test_language_models_are_told_where_everything_is(client):
    make.make_event(date="20 mai 2025")
    response = client.get(reverse("llms"))
    assert response.headers["Content-Type"] == "text/markdown; charset=utf-8"
    text = response.content.decode()
    links = re.findall(r"\]\((.*?)\)", text)
    assert len(links) > 15
    for link in links:
        assert client.get(link.removeprefix(SITE)).status_code == 200, link
