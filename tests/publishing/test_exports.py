"""Lists as files: the same records as the page, in CSV and in JSON, harmless to a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from companies.models import Company
from publishing.exports import harmless
from publishing.models import published_models
from tests import factories as make
from tests.publishing.test_facets import a_small_world, lists
from tests.test_what_the_public_sees import BUILDERS

pytestmark = pytest.mark.django_db


def body(response) -> str:
    assert response.status_code == 200
    return response.getvalue().decode()


def rows_of(client, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(client.get(address)), newline="")))


def objects_of(client, address: str) -> list[dict]:
    return json.loads(body(client.get(address)))


def test_an_export_has_as_many_rows_as_its_list_says(client):
    a_small_world()
    for path in lists():
        page = client.get(path)
        filters = [
            {name: one.value}
            for name, choices in page.context["facets"].items()
            for one in choices[:1]
        ]
        for query in ({}, *filters, {"sort": "latest"}, {"q": "e"}):
            total = client.get(path, query).context["total"]
            asked = urlencode(query)
            assert len(rows_of(client, f"{path}export.csv?{asked}")) == total, (path, query)
            assert len(objects_of(client, f"{path}export.json?{asked}")) == total, (path, query)


def test_csv_and_json_say_the_same(client):
    a_small_world()
    for path in lists():
        as_csv = rows_of(client, f"{path}export.csv")
        as_json = objects_of(client, f"{path}export.json")
        assert [list(row) for row in as_csv] == [list(row) for row in as_json], path
        assert [row["id"] for row in as_csv] == [str(row["id"]) for row in as_json], path


def test_the_page_links_to_its_exports_with_its_filters_and_its_order(client):
    make.make_company(roles=["user"])
    content = client.get("/entreprises/?role=user&sort=latest&page=1").content.decode()
    for address in ("export.csv?", "export.csv?", "export.json?"):
        assert f'href="/entreprises/{address}role=user&amp;sort=latest' in content
    spreadsheet = "role=user&amp;sort=latest&amp;bom=1&amp;delimiter=semicolon"
    assert f'href="/entreprises/export.csv?{spreadsheet}"' in content


def test_a_company_column_by_column(client, settings):
    topic = make.make_topic(title="Calcul", slug="calcul")
    make.make_company(
        name="Éolas",
        slug="eolas",
        also_known_as="Eolas SA, « =E »",
        summary="Premier « cloud »,\nà Grenoble",
        country="FR",
        roles=["provider", "user"],
        topics=[topic],
    )
    (row,) = rows_of(client, "/entreprises/export.csv")
    del row["id"], row["updated_at"]
    assert row == {
        "slug": "eolas",
        "name": "Éolas",
        "other_names": "Eolas SA | « =E »",
        "summary": "Premier « cloud »,\nà Grenoble",
        "roles": "provider | user",
        "roles_label": "fournisseur de cloud | utilisateur du cloud",
        "country": "FR",
        "country_label": "France",
        "website": "",
        "featured": "false",
        "topics": "calcul",
        "topics_label": "Calcul",
        "verified_on": "",
        "published_at": "2025-02-04T08:00:00+00:00",
        "html_url": f"{settings.SITE_URL}/entreprises/eolas/",
    }


def test_an_approximate_date_keeps_its_bounds_and_its_edtf(client):
    make.make_event(date="automne 2025")
    (row,) = rows_of(client, "/evenements/export.csv")
    dates = {name: value for name, value in row.items() if name.startswith("date_")}
    assert dates == {
        "date_label": "automne 2025",
        "date_start": "2025-09-01",
        "date_end": "2025-11-30",
        "date_precision": "season",
        "date_edtf": "2025-23",
    }


def test_a_figure_is_a_plain_decimal(client):
    make.make_figure(value="-1678.80")
    (row,) = rows_of(client, "/marche/chiffres/export.csv")
    assert row["value"] == "-1678.80"
    (one,) = objects_of(client, "/marche/chiffres/export.json")
    assert one["value"] == "-1678.80"


def test_a_related_record_that_is_hidden_is_left_out(client):
    hidden = make.make_company(name="Secret", status="draft")
    make.make_event(organiser=hidden, topics=[make.make_topic(title="Secret", status="draft")])
    (row,) = rows_of(client, "/evenements/export.csv")
    assert "ecret" not in "".join(row.values())


def test_the_mark_of_spreadsheets_is_there_when_asked_for(client):
    assert client.get("/entreprises/export.csv").getvalue().startswith(b"id,slug,name,")
    marked = client.get("/entreprises/export.csv?bom=1").getvalue()
    assert marked.startswith(b"\xef\xbb\xbfid,slug,name,")
    assert client.get("/entreprises/export.json").getvalue() == b"[]\n"


@pytest.mark.parametrize("asked", ["semicolon", ";"])
def test_a_spreadsheet_in_french_reads_semicolons(client, asked):
    make.make_company(name="Éolas", summary="Calcul ; stockage", roles=["provider", "user"])
    text = body(client.get("/entreprises/export.csv", {"delimiter": asked}))
    [row] = csv.DictReader(io.StringIO(text, newline=""), delimiter=";")
    [same] = rows_of(client, "/entreprises/export.csv?delimiter=comma")
    assert row == same
    assert row["summary"] == "Calcul ; stockage"


@pytest.mark.parametrize(
    "query",
    [
        "couleur=bleu",
        "country=xx",
        "bom=2",
        "bom=1&bom=1",
        "page=2",
        "sort=rien",
        "delimiter=tab",
        "delimiter=",
        "delimiter=%3B&delimiter=%2C",
    ],
)
def test_a_wrong_parameter_is_refused_in_french(client, query):
    response = client.get(f"/entreprises/export.csv?{query}")
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().strip()


@given(text=st.text())
def test_no_text_is_a_formula(text):
    safe = harmless(text)
    assert safe.removeprefix("'") == text.removeprefix("'")
    assert safe[:1] not in ("=", "+", "@", "\t", "\r", "\n")
    assert not safe.startswith("-") or float(safe) <= 0


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+33 1", "'+33 1"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("-12.5", "-12.5"),
        ("12", "12"),
        ("l’IA", "l’IA"),
    ],
)
def test_what_a_spreadsheet_would_run_is_made_harmless(client, text, cell):
    assert harmless(text) == cell
    Company.objects.bulk_create([make_raw(text)])
    assert rows_of(client, "/entreprises/export.csv")[0]["summary"] == cell


def make_raw(summary: str) -> Company:
    return Company(
        name="A", slug="a", summary=summary, status="published", publish_at=make.LONG_AGO
    )


@pytest.mark.parametrize("model", published_models(), ids=lambda model: model.__name__)
def test_an_export_costs_the_same_with_1_and_with_30_records(client, model):
    counts = []
    topics = [make.make_topic()]
    for total in (1, 29):
        fields = {"topics": topics} if hasattr(model, "topics") else {}
        make.many(total, BUILDERS[model.__name__], **fields)
        with CaptureQueriesContext(connection) as queries:
            body(client.get(f"{model.list_url()}export.csv"))
        counts.append((len(queries), [query["sql"][:150] for query in queries]))
    assert counts[0][0] == counts[1][0], counts
