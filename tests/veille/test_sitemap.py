from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from django.utils import timezone

from publishing.models import published_models
from tests.test_every_list_page import build
from veille.sitemaps import RecordSitemap

pytestmark = pytest.mark.django_db

SPACE = {"map": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def locations(client, address: str) -> list[str]:
    tree = ET.fromstring(client.get(address).content)
    return [element.text for element in tree.iterfind(".//map:loc", SPACE)]


def test_the_map_has_a_section_for_the_pages_and_one_for_each_kind_of_record(client):
    sections = ["pages", *(model.api_name for model in published_models()), "anomalies"]
    assert locations(client, "/sitemap.xml") == [
        f"http://testserver/sitemap-{section}.xml" for section in sections
    ]


def test_every_page_of_the_map_answers(client):
    pages = locations(client, "/sitemap-pages.xml")
    # Home, calendar, calls for papers, market, comparison, forecasts, anomalies, method, errata,
    # what rests on a single source, about, accessibility, panoramas.
    assert len(pages) == 13 + len(published_models())
    for page in pages:
        assert client.get(page.removeprefix("http://testserver")).status_code == 200


@pytest.mark.parametrize("model", published_models(), ids=lambda model: model.__name__)
def test_each_public_record_is_on_the_map_with_its_last_change(client, model):
    record = build(model)
    address = f"/sitemap-{model.api_name}.xml"
    assert f"http://testserver{record.get_absolute_url()}" in locations(client, address)
    day = timezone.localdate(record.updated_at)
    assert f"<lastmod>{day}</lastmod>" in client.get(address).content.decode()


@pytest.mark.parametrize("model", published_models(), ids=lambda model: model.__name__)
def test_a_scheduled_record_is_new_on_the_day_it_comes_out(client, model):
    record = build(model)
    written = timezone.now() - timedelta(days=30)
    out = timezone.now() - timedelta(days=3)
    model.objects.update(updated_at=written)
    model.objects.filter(pk=record.pk).update(publish_at=out)
    # Records that came with it are put out of the way: only this one can give the latest moment.
    model.objects.exclude(pk=record.pk).update(publish_at=written)
    lastmod = f"<lastmod>{timezone.localdate(out)}</lastmod>"
    assert lastmod in client.get(f"/sitemap-{model.api_name}.xml").content.decode()
    moment = RecordSitemap(model).get_latest_lastmod()
    assert moment == out


def test_an_unknown_section_is_not_found(client):
    assert client.get("/sitemap-rien.xml").status_code == 404
