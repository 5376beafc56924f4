"""An indicator taken away with what its figures are: metadata, how to cite, all in one archive."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urljoin
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from market.dataset import NOTES
from market.exports import FIGURE
from publishing import clock
from publishing.models import Status
from tests import factories as make
from tests.costs import VERSION

pytestmark = pytest.mark.django_db

READ = {
    "string": str,
    "integer": int,
    "decimal": Decimal,
    "boolean": {"true": True, "false": False}.__getitem__,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "anyURI": lambda text: text.startswith(("https://", "http://")),
}


@pytest.fixture
def spending():
    indicator = make.make_indicator(
        name="Dépenses",
        slug="depenses",
        summary="Ce que le monde dépense pour le cloud public, en un an.",
        unit="USD",
        scale=9,
        perimeter=make.make_perimeter(name="Cloud"),
    )
    source = make.make_source(title="Le rapport", publisher="Gartner")
    hidden = make.make_source(title="Confidentiel", publisher="Secret")
    make.make_figure(indicator=indicator, value="678.80", period="2024", source=source)
    make.make_figure(indicator=indicator, value="723.4", period="2025", source=source)
    make.make_figure(indicator=indicator, value="20", period="automne 2025", source=hidden)
    type(hidden).objects.filter(pk=hidden.pk).update(status=Status.DRAFT)
    return indicator


def metadata(client, indicator) -> dict:
    response = client.get(f"/marche/{indicator.slug}.csv-metadata.json")
    assert response["Content-Type"] == "application/csvm+json; charset=utf-8"
    return json.loads(response.content)


def test_every_column_has_its_note_and_no_note_is_of_none():
    assert list(NOTES) == [column.name for column in FIGURE]


def test_a_program_finds_the_metadata_where_csvw_looks_for_them(client, spending):
    told = metadata(client, spending)
    assert urljoin("/marche/depenses.csv-metadata.json", told["url"]) == "/marche/depenses.csv"
    assert client.get("/marche/depenses.csv")["Link"] == (
        '</marche/depenses.csv-metadata.json>; rel="describedby"; type="application/csvm+json"'
    )


def test_the_metadata_describe_the_table_as_it_is(client, spending):
    told = metadata(client, spending)
    assert told["@context"] == ["http://www.w3.org/ns/csvw", {"@language": "fr"}]
    columns = told["tableSchema"]["columns"]
    text = client.get("/marche/depenses.csv").content.decode(told["dialect"]["encoding"])
    header, *rows = csv.reader(
        io.StringIO(text, newline=""), delimiter=told["dialect"]["delimiter"]
    )
    assert [one["name"] for one in columns] == header
    # By its title a column of a file is matched with its description.
    assert all(one["name"] in one["titles"] for one in columns)
    assert len(rows) == 3
    for row in rows:
        for column, cell in zip(columns, row, strict=True):
            if cell or column["datatype"] == "decimal":
                assert READ[column["datatype"]](cell) is not False or cell == "false"
    keys = [row[header.index(told["tableSchema"]["primaryKey"])] for row in rows]
    assert len(set(keys)) == 3


def test_the_metadata_say_what_is_measured_by_whom_and_since_when(client, spending, settings):
    told = metadata(client, spending)
    assert (told["dc:title"], told["dc:coverage"]) == ("Dépenses", "Cloud")
    assert told["schema:unitText"] == "milliards, dollar américain ($)"
    assert told["dc:source"][0]["dc:publisher"] == "Gartner"
    assert [one["dc:title"] for one in told["dc:source"]] == ["Le rapport"]
    assert told["dc:identifier"] == f"{settings.SITE_URL}/marche/depenses/"
    assert told["dc:bibliographicCitation"].startswith("«\u00a0Dépenses\u00a0». Veille, ")
    assert datetime.fromisoformat(told["dc:modified"]["@value"]) >= datetime.fromisoformat(
        told["dc:issued"]["@value"]
    )


def test_a_licence_is_told_where_there_is_one_and_none_is_made_up(client, spending, settings):
    assert "dc:license" not in metadata(client, spending)
    assert "Aucune licence" in client.get("/marche/depenses.txt").content.decode()
    settings.DATA_LICENSE = "https://creativecommons.org/licenses/by/4.0/"
    assert metadata(client, spending)["dc:license"] == {"@id": settings.DATA_LICENSE}
    assert settings.DATA_LICENSE in client.get("/marche/depenses.txt").content.decode()


def test_the_read_me_says_how_to_cite_and_to_read_it(client, spending):
    response = client.get("/marche/depenses.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    text = response.content.decode()
    for title in ("Dépenses", "Citer", "Les fichiers", "Les colonnes", "Les sources", "Réutiliser"):
        assert f"{title}\n{'-' if title != 'Dépenses' else '='}" in text
    assert "Unité\u00a0: milliards, dollar américain ($)" in text
    assert "@misc{veille-depenses," in text
    assert "- Le rapport, Gartner, https://" in text
    for column in FIGURE:
        assert f"\n- {column.name}\u00a0: " in text
    assert "Confidentiel" not in text
    assert "Secret" not in text


def test_the_archive_holds_the_three_files_as_they_are_alone(client, spending):
    with clock.frozen(make.LONG_AGO.replace(year=2030)):
        response = client.get("/marche/depenses.zip")
        assert response["Content-Type"] == "application/zip"
        archive = ZipFile(io.BytesIO(response.content))
        assert archive.testzip() is None
        alone = {
            "depenses.csv": "csv",
            "depenses.csv-metadata.json": "csv-metadata.json",
            "LISEZMOI.txt": "txt",
        }
        assert archive.namelist() == list(alone)
        for name, extension in alone.items():
            assert archive.read(name) == client.get(f"/marche/depenses.{extension}").content
        assert client.get("/marche/depenses.zip").content == response.content


@pytest.mark.parametrize("extension", ["csv-metadata.json", "txt", "zip"])
def test_a_file_costs_the_same_with_3_and_with_13_figures(client, spending, extension):
    counts = []
    for more in (0, 10):
        for _ in range(more):
            make.make_figure(indicator=spending)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/marche/depenses.{extension}")
        counts.append(len(queries))
    # The indicator with what it is made of, the figures, what corrects and what contests them.
    assert counts[0] == counts[1], counts
    assert counts[1] <= VERSION + 7, counts


def test_the_page_and_the_api_lead_to_the_files(client, spending, settings):
    page = client.get("/marche/depenses/").content.decode()
    downloads = client.get("/api/v1/indicators/depenses/").json()["downloads"]
    assert list(downloads) == ["csv", "metadata", "readme", "archive"]
    for address in downloads.values():
        path = address.removeprefix("http://testserver")
        assert f'href="{path}"' in page
        assert client.get(path).status_code == 200
