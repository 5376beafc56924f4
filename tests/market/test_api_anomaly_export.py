"""The public register of anomalies as a file: the anomalies of its list, and no more of each."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publishing import clock
from publishing.models import Anomaly, Status
from tests import factories as make
from tests.api_answers import SITE, get, refused
from tests.market.test_api_anomalies import corrected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("silent_rules")]

FORMATS = ("csv", "ndjson", "json")
STATUS = Anomaly.Status


def body(client, extension: str, **parameters) -> str:
    response = client.get(f"/api/v1/anomalies/export.{extension}", parameters)
    assert response.status_code == 200, response.content.decode()
    assert response.streaming
    return response.getvalue().decode()


def rows(client, extension: str, **parameters) -> list[dict]:
    text = body(client, extension, **parameters)
    if extension == "csv":
        return list(csv.DictReader(io.StringIO(text, newline="")))
    if extension == "json":
        return json.loads(text)
    return [json.loads(line) for line in text.splitlines()]


def numbers(client, extension: str, **parameters) -> list[int]:
    return [int(row["id"]) for row in rows(client, extension, **parameters)]


def listed(client, **parameters) -> list[int]:
    """The numbers of the list of the API, page after page."""
    page, found = get(client, "anomalies/", page_size=2, **parameters), []
    while True:
        found += [row["id"] for row in page["results"]]
        if page["next"] is None:
            return found
        page = client.get(page["next"]).json()


def a_register() -> list[Anomaly]:
    """Anomalies that differ by what can be filtered, some of which are told to nobody."""
    figures, source = [make.make_figure() for _ in range(3)], make.make_source()
    hidden = make.make_figure(status=Status.DRAFT)
    kinds = (
        {"accused": figures[:1], "context": figures[1:]},
        {"accused": [source], "rule": "rank-inversion", "severity": "warning"},
        {"accused": figures[:2], "status": STATUS.EXPLAINED, "note": "Vu.", "subject": "totals"},
        {"accused": figures[2:], "status": STATUS.CORRECTED, "correction": figures[0]},
        {"accused": [source], "context": figures, "message": "Inversion de rang."},
        {"accused": figures, "status": STATUS.DISMISSED},
        {"accused": figures, "status": STATUS.CLOSED, "is_present": False},
        {"accused": [hidden]},
        {"accused": figures[:1], "context": [hidden]},
    )
    return [make.make_anomaly(**kind) for kind in kinds]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"q": "inversion"},
        {"status": "open"},
        {"status": "corrected"},
        {"severity": "warning"},
        {"rule": "rank-inversion"},
        {"subject": "totals"},
        {"updated_since": "2020-01-01"},
        {"ordering": "first_seen_at"},
        {"ordering": "-updated_at", "severity": "error"},
    ],
)
def test_the_file_has_the_anomalies_of_the_list_in_its_order(client, query):
    a_register()
    expected = listed(client, **query)
    assert expected
    assert get(client, "anomalies/", count=1, **query)["count"] == len(expected)
    for extension in FORMATS:
        assert numbers(client, extension, **query) == expected, extension


def test_the_formats_say_the_same_and_what_the_page_says(client):
    a_register()
    in_csv, in_ndjson, in_json = (rows(client, extension) for extension in FORMATS)
    assert in_ndjson == in_json
    assert [list(row) for row in in_csv] == [list(row) for row in in_json]
    page = json.loads(client.get("/marche/anomalies/export.json").getvalue())
    assert {row["id"]: row for row in page} == {row["id"]: row for row in in_json}


def test_an_anomaly_column_by_column(client):
    accused, compared, correct = make.make_figure(), make.make_event(), make.make_figure()
    anomaly = corrected(accused, compared, correct)
    anomaly.refresh_from_db()
    expected = {
        "id": anomaly.pk,
        "rule": "share-of-total",
        "rule_label": "La part ne correspond pas au montant",
        "subject": "figures",
        "severity": "error",
        "severity_label": anomaly.get_severity_display(),
        "status": "corrected",
        "status_label": "corrigée",
        "contests": True,
        "message": anomaly.message,
        "lead": "18,9 % est un taux.",
        "note": "La source l’a reconnu.",
        "decided_at": anomaly.decided_at.isoformat(),
        "accused": [f"figures/{accused.slug}"],
        "accused_label": [accused.label],
        "compared": [f"events/{compared.slug}"],
        "compared_label": [compared.label],
        "correction": f"figures/{correct.slug}",
        "correction_label": correct.label,
        "first_seen_at": anomaly.first_seen_at.isoformat(),
        "updated_at": anomaly.updated_at.isoformat(),
        "html_url": SITE + anomaly.get_absolute_url(),
    }
    [told] = rows(client, "json")
    assert told | {"html_url": ""} == expected | {"html_url": ""}
    assert told["html_url"].endswith(anomaly.get_absolute_url())
    [line] = rows(client, "csv")
    assert line["accused"] == f"figures/{accused.slug}"
    assert line["contests"] == "true"


def test_what_is_noted_for_the_desk_is_in_no_file(client):
    accused = make.make_figure()
    make.make_anomaly(accused=[accused], note="À voir avec Dupont.", decided_at=clock.now())
    correct = make.make_figure(status=Status.DRAFT)
    make.make_anomaly(accused=[accused], status=STATUS.CORRECTED, correction=correct)
    for row in rows(client, "json"):
        assert (row["note"], row["decided_at"], row["correction"]) == ("", None, "")
        assert row["correction_label"] == ""


def test_no_cell_is_a_formula(client):
    make.make_anomaly(accused=[make.make_figure()], message="=1+1", lead="@SUM(A1)")
    [line] = rows(client, "csv")
    assert (line["message"], line["lead"]) == ("'=1+1", "'@SUM(A1)")
    assert rows(client, "json")[0]["message"] == "=1+1"


def test_a_spreadsheet_in_french_has_its_mark_and_its_semicolons(client):
    anomaly = make.make_anomaly(accused=[make.make_figure()])
    text = body(client, "csv", bom="1", delimiter="semicolon", fields="id,rule")
    assert text == f"\ufeffid;rule\r\n{anomaly.pk};share-of-total\r\n"


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"couleur": "bleu"}, [("couleur", "unknown_parameter")]),
        ({"status": "dismissed"}, [("status", "invalid_choice")]),
        ({"status": "all"}, [("status", "invalid_choice")]),
        ({"page_size": "20"}, [("page_size", "unknown_parameter")]),
        ({"cursor": "abc"}, [("cursor", "unknown_parameter")]),
        ({"include": "accused"}, [("include", "unknown_parameter")]),
        ({"ordering": "severity"}, [("ordering", "invalid_choice")]),
        ({"fields": "decided_by"}, [("fields", "invalid_choice")]),
    ],
)
def test_what_is_not_understood_is_refused(client, extension, parameters, expected):
    assert refused(client, f"anomalies/export.{extension}", **parameters) == expected


def test_the_file_says_its_type_its_day_and_that_it_is_a_file(client):
    types = {"csv": "text/csv", "json": "application/json", "ndjson": "application/x-ndjson"}
    for extension, media_type in types.items():
        response = client.get(f"/api/v1/anomalies/export.{extension}")
        assert response["Content-Type"] == f"{media_type}; charset=utf-8"
        name = f"veille-anomalies-{clock.today().isoformat()}.{extension}"
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'


def test_the_headers_alone_read_no_anomaly(client):
    make.make_anomaly(accused=[make.make_figure()])
    with CaptureQueriesContext(connection) as queries:
        response = client.head("/api/v1/anomalies/export.csv")
        assert response.getvalue() == b""
    assert response.status_code == 200
    assert not any("message" in query["sql"] for query in queries)


def test_an_unchanged_register_is_not_read_again(client, django_assert_num_queries):
    anomaly = make.make_anomaly(accused=[make.make_figure()])
    first = client.get("/api/v1/anomalies/export.csv")
    with django_assert_num_queries(1):
        path, known = "/api/v1/anomalies/export.csv", {"If-None-Match": first["ETag"]}
        assert client.get(path, headers=known).status_code == 304
    anomaly.move_to(STATUS.EXPLAINED)
    assert client.get(path, headers=known).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_is_only_read(client, method):
    response = getattr(client, method)("/api/v1/anomalies/export.csv")
    assert response.status_code == 405
    assert response["Content-Type"] == "application/problem+json"


def test_queries_grow_with_the_pages_and_not_with_the_anomalies(client, monkeypatch):
    monkeypatch.setattr("publishing.api.bulk.FIRST_ROWS_SENT", 2)
    monkeypatch.setattr("publishing.api.bulk.CHUNK", 4)
    figures, source = [make.make_figure() for _ in range(3)], make.make_source()
    costs, total = {}, 0
    for wanted in (2, 6, 10):
        for _ in range(wanted - total):
            make.make_anomaly(
                accused=[figures[0], source],
                context=figures[1:],
                status=STATUS.CORRECTED,
                correction=figures[1],
            )
        total = wanted
        with CaptureQueriesContext(connection) as queries:
            assert len(rows(client, "ndjson")) == total
        costs[total] = len(queries)
    # A page: the anomalies, their rows, the figures and the sources of these, the corrections.
    assert costs[6] - costs[2] == costs[10] - costs[6] == 5, costs
    with CaptureQueriesContext(connection) as queries:
        rows(client, "ndjson", fields="id,rule_label,message")
    # What is not asked for is not read.
    assert not any(
        "publishing_anomalyrecord" in query["sql"].partition("WHERE")[0] for query in queries
    )
