"""An indicator taken away: as data, as a picture, as a reference, in the page of somebody else."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree

import pytest
from PIL import Image

from publishing import clock
from publishing.models import Status
from tests import factories as make
from tests.costs import VERSION

pytestmark = pytest.mark.django_db

SVG = "{http://www.w3.org/2000/svg}"
FILES = ("csv", "json", "svg", "png", "csv-metadata.json", "txt", "zip")


def address(indicator, extension: str) -> str:
    return f"/marche/{indicator.slug}.{extension}"


def texts(drawing: bytes) -> str:
    root = ElementTree.fromstring(drawing)  # our own document
    return "\n".join("".join(one.itertext()) for one in root.iter(f"{SVG}text"))


@pytest.fixture
def spending():
    """An indicator with two segments, one of which is contested, and an older vintage."""
    indicator = make.make_indicator(name="Dépenses", perimeter=make.make_perimeter(name="Cloud"))
    source = make.make_source(title="Le rapport", publisher="Gartner")
    parts = [
        make.make_figure(
            indicator=indicator, segment=make.make_segment(name=name), value=value, source=source
        )
        for name, value in (("SaaS", "244"), ("IaaS", "182.2"))
    ]
    make.make_anomaly(accused=[parts[0]], contests=True)
    return indicator


def test_the_data_hold_every_vintage_with_where_each_comes_from(client, spending):
    response = client.get(address(spending, "csv"))
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert {row["segment_label"]: row["value"] for row in rows} == {"SaaS": "244", "IaaS": "182.2"}
    told = next(row for row in rows if row["segment_label"] == "SaaS")
    assert told["contested"] == "true"
    assert (told["source_label"], told["source_publisher"]) == ("Le rapport", "Gartner")
    assert told["source_url"].startswith("https://")
    assert told["perimeter"] == "Cloud"


def test_the_json_says_what_the_indicator_is_and_how_it_is_cited(client, spending):
    with clock.frozen(make.LONG_AGO.replace(year=2030)):
        told = json.loads(client.get(address(spending, "json")).content)
    assert told["name"] == "Dépenses"
    assert told["citation"].startswith("«\u00a0Dépenses\u00a0». Veille, ")
    assert "2030" in told["citation"]
    assert len(told["figures"]) == 2


def test_the_drawing_stands_alone_with_values_cautions_and_origin(client, spending):
    response = client.get(address(spending, "svg"))
    assert response.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    drawn = texts(response.content)
    for words in ("SaaS", "244", "chiffre contesté", "Cloud", "Le rapport", spending.slug):
        assert words in drawn
    assert b"<style" not in response.content
    assert b" style=" not in response.content
    bars = list(ElementTree.fromstring(response.content).iter(f"{SVG}rect"))[2:]
    widths = [float(bar.get("width")) for bar in bars]
    assert widths[1] / widths[0] == pytest.approx(182.2 / 244, abs=0.001)


def test_the_picture_is_the_drawing_at_its_size(client, spending):
    response = client.get(address(spending, "png"))
    assert response.headers["Content-Type"] == "image/png"
    picture = Image.open(io.BytesIO(response.content))
    root = ElementTree.fromstring(client.get(address(spending, "svg")).content)
    assert picture.size == (int(root.get("width")), int(root.get("height")))
    assert len(picture.convert("RGB").getcolors(100_000)) > 10


def test_an_indicator_without_a_chart_shows_its_figure_large(client):
    figure = make.make_figure(value="20.4", period="2024")
    assert "20,4" in texts(client.get(address(figure.indicator, "svg")).content)


@pytest.mark.parametrize("extension", FILES)
def test_an_indicator_without_any_figure_still_answers(client, extension):
    response = client.get(address(make.make_indicator(), extension))
    assert response.status_code == 200
    assert response.content


@pytest.mark.parametrize("extension", FILES)
def test_names_are_never_markup(client, extension):
    indicator = make.make_indicator(name="<script>&amp;«{}»\\ " + "très long " * 17, slug="nom")
    make.make_figure(indicator=indicator)
    response = client.get(address(indicator, extension))
    assert response.status_code == 200
    if extension == "svg":
        assert "<script>&amp;" in ElementTree.fromstring(response.content).findtext(f"{SVG}title")


@pytest.mark.parametrize("extension", FILES)
def test_a_draft_figure_is_in_no_file(client, spending, extension):
    before = client.get(address(spending, extension)).content
    make.make_figure(indicator=spending, value="7391", status=Status.DRAFT)
    assert client.get(address(spending, extension)).content == before


@pytest.mark.parametrize("extension", [*FILES, "embedded"])
def test_the_addresses_follow_those_of_the_page(client, extension):
    indicator = make.make_indicator(slug="ancien")
    suffix = "/integrer/" if extension == "embedded" else f".{extension}"
    indicator.slug = "nouveau"
    indicator.save()
    moved = client.get(f"/marche/ancien{suffix}")
    assert (moved.status_code, moved.headers["Location"]) == (301, f"/marche/nouveau{suffix}")
    indicator.status = Status.ARCHIVED
    indicator.save()
    assert client.get(f"/marche/nouveau{suffix}").status_code == 410
    assert client.get(f"/marche/jamais{suffix}").status_code == 404


def test_only_the_embedded_chart_may_be_framed_by_others(client, spending):
    page = client.get(f"/marche/{spending.slug}/integrer/")
    assert "frame-ancestors *" in page.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in page.headers
    assert "244" in page.content.decode()
    other = client.get(spending.get_absolute_url())
    assert "frame-ancestors 'none'" in other.headers["Content-Security-Policy"]
    assert other.headers["X-Frame-Options"] == "DENY"


def test_the_page_leads_to_all_of_them(client, spending):
    page = client.get(spending.get_absolute_url()).content.decode()
    for extension in FILES:
        assert f'href="{address(spending, extension)}"' in page
    assert "@misc{veille-" in page
    assert f"/marche/{spending.slug}/integrer/" in page


@pytest.mark.parametrize("extension", FILES)
def test_a_file_costs_as_many_queries_with_many_figures(
    client, spending, extension, django_assert_max_num_queries
):
    for year in range(1990, 2020):
        make.make_figure(indicator=spending, period=str(year))
    # The indicator with its perimeter and topics, its figures with what they are shown with.
    with django_assert_max_num_queries(VERSION + 16):
        client.get(address(spending, extension))
