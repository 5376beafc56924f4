"""Whole lists at once: the records that the list counts, in each format, read a part at a time."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from companies.models import Company
from events.models import Event
from publishing import clock
from publishing.api.selection import MAX_LENGTH
from publishing.models import published_models
from tests import factories as make
from tests.api_answers import get, refused
from tests.publishing.test_facets import a_small_world
from tests.test_what_the_public_sees import BUILDERS, HIDDEN
from veille.api import VIEWSETS

pytestmark = pytest.mark.django_db

BY_NAME = {viewset.model.api_name: viewset for viewset in VIEWSETS}
NAMES = list(BY_NAME)
FORMATS = ("csv", "ndjson", "json")


def body(client, path: str, **parameters) -> str:
    response = client.get(f"/api/v1/{path}", parameters)
    assert response.status_code == 200, response.content.decode()
    assert response.streaming
    return response.getvalue().decode()


def from_csv(text: str, **dialect) -> list[dict]:
    return list(csv.DictReader(io.StringIO(text, newline=""), **dialect))


def from_ndjson(text: str) -> list[dict]:
    assert not text or text.endswith("\n")
    return [json.loads(line) for line in text.split("\n")[:-1]]


READ = {"csv": from_csv, "ndjson": from_ndjson, "json": json.loads}


def rows(client, name: str, extension: str, **parameters) -> list[dict]:
    return READ[extension](body(client, f"{name}/export.{extension}", **parameters))


def every_slug(client, name: str, **parameters) -> list[str]:
    """The identifiers of the list of the API, page after page."""
    page, found = get(client, f"{name}/", page_size=2, **parameters), []
    while True:
        found += [row["slug"] for row in page["results"]]
        if page["next"] is None:
            return found
        page = client.get(page["next"]).json()


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr("publishing.api.bulk.CHUNK", 4)
    for module in ("publishing.api.bulk", "publishing.exports"):
        monkeypatch.setattr(f"{module}.FIRST_ROWS_SENT", 2)


@pytest.mark.parametrize("name", NAMES)
def test_a_whole_list_has_the_records_of_its_pages_in_their_order(client, name):
    a_small_world()
    for query in ({}, {"q": "e"}):
        slugs = every_slug(client, name, **query)
        for extension in FORMATS:
            found = rows(client, name, extension, **query)
            assert [row["slug"] for row in found] == slugs, (extension, query)


@pytest.mark.parametrize("name", NAMES)
def test_the_three_formats_say_the_same_and_what_the_page_says(client, name):
    a_small_world()
    in_csv, in_ndjson, in_json = (rows(client, name, extension) for extension in FORMATS)
    assert in_ndjson == in_json
    assert [list(row) for row in in_csv] == [list(row) for row in in_json]
    model = next(one for one in published_models() if one.api_name == name)
    page = client.get(f"{model.list_url()}export.json").getvalue().decode()
    by_id = {row["id"]: row for row in json.loads(page)}
    assert {row["id"]: row for row in in_json} == by_id


def test_the_filters_are_those_of_the_list(client):
    make.make_company(slug="cloud", roles=["provider"], country="FR")
    make.make_company(slug="ailleurs", roles=["provider"], country="DE")
    for extension in FORMATS:
        [row] = rows(client, "companies", extension, country="FR", role="provider")
        assert row["slug"] == "cloud"
        assert rows(client, "companies", extension, q="rien") == []


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"couleur": "bleu"}, [("couleur", "unknown_parameter")]),
        ({"country": "XX"}, [("country", "invalid_choice")]),
        ({"page_size": "20"}, [("page_size", "unknown_parameter")]),
        ({"cursor": "abc"}, [("cursor", "unknown_parameter")]),
        ({"format": "json"}, [("format", "unknown_parameter")]),
        ({"status": "draft"}, [("status", "unknown_parameter")]),
    ],
)
def test_what_is_not_understood_is_refused(client, extension, parameters, expected):
    assert refused(client, f"companies/export.{extension}", **parameters) == expected


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"bom": "2"}, [("bom", "invalid_choice")]),
        ({"bom": ["1", "1"]}, [("bom", "repeated")]),
        ({"delimiter": "tab"}, [("delimiter", "invalid_choice")]),
        (
            {"kind": "rien", "delimiter": "|", "bom": ""},
            [
                ("kind", "unknown_parameter"),
                ("bom", "invalid_choice"),
                ("delimiter", "invalid_choice"),
            ],
        ),
    ],
)
def test_a_wrong_csv_is_refused_with_all_that_is_wrong(client, parameters, expected):
    assert refused(client, "companies/export.csv", **parameters) == expected


def test_only_a_csv_has_a_mark_and_a_delimiter(client):
    for extension in ("json", "ndjson"):
        path = f"companies/export.{extension}"
        assert refused(client, path, bom="1", delimiter=";") == [
            ("bom", "unknown_parameter"),
            ("delimiter", "unknown_parameter"),
        ]


@pytest.mark.parametrize("delimiter", ["semicolon", ";"])
def test_a_spreadsheet_in_french_has_its_mark_and_its_semicolons(client, delimiter):
    make.make_company(summary="=1+1", roles=["provider", "user"])
    text = body(client, "companies/export.csv", bom="1", delimiter=delimiter)
    assert text.startswith("\ufeffid;slug;name;")
    [row] = from_csv(text.removeprefix("\ufeff"), delimiter=";")
    assert row["summary"] == "'=1+1"
    assert row["roles"] == "provider | user"


def test_dates_are_iso_and_numbers_plain_beside_their_labels(client):
    make.make_figure(value="-1678.80", period="automne 2025")
    [row] = rows(client, "figures", "csv")
    assert row["value"] == "-1678.80"
    assert (row["period_label"], row["period_start"]) == ("automne 2025", "2025-09-01")
    assert (row["period_end"], row["period_edtf"]) == ("2025-11-30", "2025-23")
    [told] = rows(client, "figures", "ndjson")
    assert told["value"] == "-1678.80"
    assert told["contested"] is False


def test_the_file_says_its_type_its_day_and_that_it_is_a_file(client):
    types = {"csv": "text/csv", "json": "application/json", "ndjson": "application/x-ndjson"}
    with clock.frozen(make.LONG_AGO.replace(year=2030)):
        for extension, media_type in types.items():
            response = client.get(reverse(f"api:events-export-{extension}"))
            assert response["Content-Type"] == f"{media_type}; charset=utf-8"
            day = clock.today().isoformat()
            assert day.startswith("2030")
            expected = f'attachment; filename="veille-events-{day}.{extension}"'
            assert response["Content-Disposition"] == expected
            assert response["Access-Control-Allow-Origin"] == "*"
            assert "RateLimit" in response


def test_the_address_decides_of_the_format_whatever_is_accepted(client):
    make.make_event()
    response = client.get("/api/v1/events/export.csv", headers={"accept": "text/csv"})
    assert response.getvalue().startswith(b"id,slug,title,")
    response = client.get("/api/v1/events/export.csv?x=1", headers={"accept": "text/csv"})
    assert response["Content-Type"] == "application/problem+json"


def test_nothing_else_is_there(client):
    for path in ("events/export.xml", "events/export.csv/", "search/export.csv"):
        response = client.get(f"/api/v1/{path}")
        assert response.status_code == 404, path
        assert response["Content-Type"] == "application/problem+json"
    assert client.post("/api/v1/events/export.csv").status_code in (401, 403, 405)


def test_the_headers_alone_read_no_record(client):
    make.make_event()
    with CaptureQueriesContext(connection) as queries:
        response = client.head("/api/v1/events/export.csv")
        assert response.getvalue() == b""
    assert response.status_code == 200
    assert not any('"events_event"."title"' in query["sql"] for query in queries)


def test_what_begins_the_file_leaves_before_any_record_is_read(client):
    make.make_event()
    for extension, begun in (("csv", b"id,slug,title,"), ("json", b"[")):
        parts = iter(client.get(f"/api/v1/events/export.{extension}"))
        with CaptureQueriesContext(connection) as queries:
            assert next(parts).startswith(begun)
        assert len(queries) == 0


@pytest.mark.parametrize("name", BUILDERS)
def test_what_is_hidden_is_in_no_file(client, name):
    model = next(one for one in published_models() if one.__name__ == name)
    for how in HIDDEN.values():
        record = BUILDERS[name]()
        model.objects.filter(pk=record.pk).update(**how)
        for extension in FORMATS:
            slugs = [row["slug"] for row in rows(client, model.api_name, extension)]
            assert record.slug not in slugs, (how, extension)


def test_a_token_changes_nothing_of_what_is_told(client):
    make.make_event(status="draft")
    token = make.make_token()
    response = client.get(
        "/api/v1/events/export.ndjson", headers={"authorization": f"Bearer {token.secret}"}
    )
    assert response.getvalue() == b""


# --- In another order ---


@pytest.mark.parametrize("name", NAMES)
def test_a_whole_list_takes_the_orders_of_its_pages(client, name):
    a_small_world()
    for ordering in BY_NAME[name].accepted_orders():
        slugs = every_slug(client, name, ordering=ordering)
        for extension in FORMATS:
            found = rows(client, name, extension, ordering=ordering)
            assert [row["slug"] for row in found] == slugs, (extension, ordering)


@pytest.mark.parametrize("extension", [*FORMATS, "ics"])
def test_an_order_that_is_none_is_refused_as_by_the_pages(client, extension):
    said = [
        client.get(f"/api/v1/events/{path}", {"ordering": "body"}).json()["errors"]
        for path in ("", f"export.{extension}")
    ]
    assert said[0] == said[1]
    assert "title, date, created_at, updated_at, -title" in said[1][0]["detail"]


@pytest.mark.parametrize("ordering", ["date", "-title"])
def test_an_order_is_kept_from_one_page_to_the_next(client, small_chunks, ordering):
    for n in range(21):
        make.make_event(title=f"Salon {n % 3}", date=f"{1 + n // 5} mai 2025")
    slugs = every_slug(client, "events", ordering=ordering)
    assert [row["slug"] for row in rows(client, "events", "json", ordering=ordering)] == slugs


def test_what_is_withdrawn_meanwhile_is_not_told_in_another_order_either(client, small_chunks):
    companies = [make.make_company(name=f"Cloud {n}", slug=f"cloud-{n}") for n in range(9)]
    parts = iter(client.get("/api/v1/companies/export.ndjson?ordering=-name"))
    read = next(parts).decode()
    Company.objects.filter(pk=companies[3].pk).update(status="archived")
    read += b"".join(parts).decode()
    expected = [f"cloud-{n}" for n in range(8, -1, -1) if n != 3]
    assert [row["slug"] for row in from_ndjson(read)] == expected


# --- Some columns ---


def a_linked_world() -> None:
    """A small world in which several records of a kind name others, each its own."""
    a_small_world()
    for _ in range(3):
        topics = [make.make_topic(), make.make_topic()]
        indicator = make.make_indicator(perimeter=make.make_perimeter(), topics=topics)
        machine = make.make_source(kind="ai_generated")
        first = make.make_figure(
            indicator=indicator,
            segment=make.make_segment(),
            company=make.make_company(roles=["provider", "user"], topics=topics),
            attributed_to=make.make_company(),
            source=machine,
        )
        make.make_figure(
            indicator=indicator, source=machine, supersedes=first, erratum="Faute.", period="2030"
        )
        make.make_anomaly(accused=[first])
        make.make_event(series=make.make_series(), organiser=make.make_company(), topics=topics)
        make.make_news(source=make.make_source(), topics=topics)
        make.make_recommendation(analysis=make.make_analysis(), topics=topics)


@pytest.mark.parametrize("name", NAMES)
def test_each_column_alone_is_as_in_the_whole_and_costs_no_query_for_each_record(client, name):
    a_linked_world()
    whole = rows(client, name, "ndjson")
    with CaptureQueriesContext(connection) as bare:
        rows(client, name, "ndjson", fields="slug")
    assert len(whole) >= 3
    for column in whole[0]:
        with CaptureQueriesContext(connection) as queries:
            told = rows(client, name, "ndjson", fields=column)
        assert told == [{column: row[column]} for row in whole], column
        # What is elsewhere is read for a page of records: the first few, then the others.
        assert len(queries) <= len(bare) + 2, column


def test_the_columns_come_in_the_order_that_they_are_asked_for(client):
    make.make_company(name="Éolas", slug="eolas", country="FR")
    fields = "country_label, slug,name,slug"
    text = body(client, "companies/export.csv", fields=fields, delimiter="semicolon")
    assert text == "country_label;slug;name\r\nFrance;eolas;Éolas\r\n"
    for extension in ("json", "ndjson"):
        [row] = rows(client, "companies", extension, fields=fields)
        assert list(row.items()) == [
            ("country_label", "France"),
            ("slug", "eolas"),
            ("name", "Éolas"),
        ]


@pytest.mark.parametrize("name", NAMES)
def test_every_column_may_be_asked_for_at_once(client, name):
    BUILDERS[next(one.__name__ for one in published_models() if one.api_name == name)]()
    names = ",".join(column.name for column in BY_NAME[name].columns)
    assert len(names) <= MAX_LENGTH
    assert rows(client, name, "csv", fields=names) == rows(client, name, "csv")


def test_what_is_not_asked_for_is_neither_read_nor_worked_out(client, monkeypatch):
    a_linked_world()
    rows(client, "figures", "ndjson")

    def refuse(record):
        raise AssertionError("It was worked out.")

    monkeypatch.setattr("market.models.Figure.contestations", property(refuse))
    with CaptureQueriesContext(connection) as queries:
        rows(client, "figures", "ndjson", fields="slug,value,period_start")
    [read] = [query["sql"] for query in queries if '"market_figure"."value"' in query["sql"]]
    for table in ("sources_source", "market_segment", "market_perimeter", "anomaly"):
        assert table not in read, table
    assert not any("anomalyrecord" in query["sql"] for query in queries)


@pytest.mark.parametrize("extension", FORMATS)
def test_a_column_that_is_none_is_refused_with_those_that_are(client, extension):
    response = client.get(f"/api/v1/events/export.{extension}", {"fields": "titre,title,image"})
    assert response.status_code == 400
    first, second = response.json()["errors"]
    assert (first["field"], first["code"]) == ("fields", "invalid_choice")
    assert "titre" in first["detail"]
    assert "image" in second["detail"]
    assert "id, slug, title, summary, series, series_label" in second["detail"]


@pytest.mark.parametrize("fields", ["", " ", "a" * 1001])
def test_a_list_of_columns_that_is_none_is_refused(client, fields):
    path = "events/export.csv"
    assert refused(client, path, fields=fields) == [("fields", "invalid_fields")]


def test_all_that_is_wrong_is_told_at_once(client):
    wrong = {"kind": "rien", "fields": "x", "ordering": "y", "bom": "z"}
    told = refused(client, "events/export.csv", **wrong)
    assert sorted(field for field, _ in told) == sorted(wrong)


def test_a_calendar_has_no_columns(client):
    assert refused(client, "events/export.ics", fields="title") == [("fields", "unknown_parameter")]


# --- What a file says of figures ---


def told_of(client, name: str) -> dict:
    """By slug, what the file of the API says of each figure, which is what the page says."""
    page = json.loads(client.get("/marche/chiffres/export.json").getvalue())
    found = {row["slug"]: row[name] for row in rows(client, "figures", "json")}
    assert found == {row["slug"]: row[name] for row in page}
    return found


def test_a_figure_that_a_machine_states_alone_is_told_unsupported(client):
    indicator, machine = make.make_indicator(), make.make_source(kind="ai_generated")
    make.make_figure(slug="seul", source=machine)
    make.make_figure(slug="dit", indicator=indicator, source=machine)
    make.make_figure(slug="confirme", indicator=indicator, source=make.make_source())
    expected = {"seul": True, "dit": False, "confirme": False}
    assert told_of(client, "unsupported") == expected


def test_a_figure_is_corrected_by_the_last_public_erratum(client):
    first = make.make_figure(slug="premier")
    again = {"indicator": first.indicator, "supersedes": first, "erratum": "Faute de frappe."}
    make.make_figure(slug="corrige", **again)
    assert told_of(client, "corrected_by")["premier"] == "corrige"
    make.make_figure(slug="projet", status="draft", **again)
    make.make_figure(slug="ailleurs", company=make.make_company(), **again)
    assert told_of(client, "corrected_by")["premier"] == "ailleurs"
    Company.objects.update(status="draft", publish_at=None)
    assert told_of(client, "corrected_by")["premier"] == "corrige"
    make.make_figure(slug="millesime", **again | {"erratum": ""})
    assert told_of(client, "corrected_by")["premier"] == "corrige"


# --- A list that the reader has already ---


@pytest.mark.parametrize("extension", [*FORMATS, "ics"])
def test_an_unchanged_list_is_not_read_again(client, extension, django_assert_num_queries):
    make.make_event()
    path = f"/api/v1/events/export.{extension}"
    first = client.get(path)
    assert first["Cache-Control"] == "no-cache"
    # The version of the content, and nothing else.
    with django_assert_num_queries(1):
        again = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.getvalue(), again["ETag"]) == (304, b"", first["ETag"])
    assert again["Access-Control-Allow-Origin"] == "*"
    with CaptureQueriesContext(connection) as queries:
        since = client.get(path, headers={"If-Modified-Since": first["Last-Modified"]})
    assert (since.status_code, since.content) == (304, b"")
    assert not any('"events_event"."title"' in query["sql"] for query in queries)
    assert client.get(f"{path}?kind=forum")["ETag"] != first["ETag"]
    make.make_event()
    changed = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200


# --- What it costs ---


@pytest.mark.parametrize("name", NAMES)
def test_queries_grow_with_the_chunks_and_not_with_the_records(client, name, small_chunks):
    model = next(one for one in published_models() if one.api_name == name)
    topics = [make.make_topic()] if hasattr(model, "topics") else []
    costs = {}
    for total in (2, 6, 10):
        while model.objects.published().count() < total:
            BUILDERS[model.__name__](**({"topics": topics} if topics else {}))
        with CaptureQueriesContext(connection) as queries:
            assert len(rows(client, name, "ndjson")) == total
        costs[total] = len(queries)
    # 2 are a chunk, 6 are two, 10 are three.
    assert costs[6] - costs[2] == costs[10] - costs[6], costs
    assert costs[10] - costs[6] <= 3, costs


def test_a_record_added_or_withdrawn_meanwhile_hides_and_repeats_no_other(client, small_chunks):
    companies = [make.make_company(name=f"Cloud {n}", slug=f"cloud-{n}") for n in range(9)]
    parts = iter(client.get("/api/v1/companies/export.ndjson"))
    read = next(parts).decode()
    make.make_company(name="Avant", slug="avant")
    Company.objects.filter(pk=companies[8].pk).update(status="archived")
    read += b"".join(parts).decode()
    assert [row["slug"] for row in from_ndjson(read)] == [f"cloud-{n}" for n in range(8)]


def test_equal_dates_are_told_apart(client, small_chunks):
    for n in range(11):
        make.make_event(slug=f"salon-{n}", date="À déterminer" if n % 2 else "2025")
    slugs = [row["slug"] for row in rows(client, "events", "csv")]
    assert len(slugs) == 11
    assert set(slugs) == {event.slug for event in Event.objects.all()}
