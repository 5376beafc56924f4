"""Each order that a list of the API offers is that of an index: the database never sorts a list."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from market.anomaly_api import AnomalyViewSet
from market.models import Figure
from news.models import NewsItem
from publishing import models as records
from publishing.planner import look_again
from tests import factories as make
from tests.api_answers import get, slugs
from tests.test_what_the_public_sees import BUILDERS
from veille.api import VIEWSETS

pytestmark = pytest.mark.django_db

MANY = 200
ANOMALIES = 20
# Of a page, as no other query of a request has.
SIZE = 7
OLD = "2020-01-01"
SORTS = ("TEMP B-TREE", "Sort")
# PostgreSQL is right to sort a few rows: told not to, it still does where no index has the order.
WITHOUT_SORTING = """
    SET LOCAL enable_sort = off;
    SET LOCAL enable_incremental_sort = off;
    SET LOCAL enable_seqscan = off;
    SET LOCAL enable_bitmapscan = off;
"""
ORDERS = [
    pytest.param(viewset, order, id=f"{viewset.model.__name__} by {order or 'default'}")
    for viewset in (*VIEWSETS, AnomalyViewSet)
    for order in (None, *viewset.accepted_orders())
]


@pytest.fixture(autouse=True)
def _no_limit(settings):
    settings.API_RATE_ANONYMOUS = settings.API_RATE_TOKEN = 0


def fill(model: type[models.Model]) -> None:
    """Makes enough public records of `model` for the database to plan as it does with many."""
    if model is records.Anomaly:
        source = make.make_source()
        for _ in range(ANOMALIES):
            make.make_anomaly(accused=[source])
    else:
        copy_many(BUILDERS[model.__name__]())
    look_again()


def copy_many(record: records.Publishable) -> None:
    columns = {
        field.attname: getattr(record, field.attname)
        for field in record._meta.concrete_fields
        if not field.primary_key
    }
    record._meta.default_manager.bulk_create(
        type(record)(**columns | {"slug": f"copie-{n}"}) for n in range(MANY)
    )


def plans(client, path: str, **asked) -> list[str]:
    """How the database reads the first page of a list, the second, and the first from there."""
    with CaptureQueriesContext(connection) as captured:
        first = get(client, path, page_size=SIZE, **asked)
        second = client.get(first["next"]).json()
        back = client.get(second["previous"]).json()
    assert back["results"] == first["results"]
    pages = [query["sql"] for query in captured if query["sql"].endswith(f"LIMIT {SIZE + 1}")]
    assert len(pages) == 3
    return [plan(sql) for sql in pages]


def plan(sql: str) -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        else:
            cursor.execute(WITHOUT_SORTING)
            cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def sorts(a_plan: str) -> bool:
    return any(word in a_plan for word in SORTS)


@pytest.mark.parametrize(("viewset", "order"), ORDERS)
def test_a_list_is_read_in_the_order_of_an_index(client, silent_rules, viewset, order):
    fill(viewset.model)
    asked = {} if order is None else {"ordering": order}
    path = "anomalies/" if viewset is AnomalyViewSet else f"{viewset.model.api_name}/"
    for one in plans(client, path, **asked):
        assert not sorts(one), one


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lists no companies there.")
def test_a_figure_is_asked_of_its_own_company_not_of_all(client, silent_rules):
    fill(Figure)
    for one in plans(client, "figures/"):
        assert "hashed" not in one, one


def test_an_order_of_no_index_is_told(silent_rules):
    fill(NewsItem)
    assert sorts(plan(str(NewsItem.objects.order_by("provenance", "-title").query)))


@pytest.mark.parametrize("order", ["-date", "-updated_at"])
def test_what_almost_every_record_did_is_looked_for_along_the_order(client, monkeypatch, order):
    fill(NewsItem)
    monkeypatch.setattr(records, "FEW", SIZE)
    for one in plans(client, "news/", ordering=order, updated_since=OLD):
        assert not sorts(one), one


@pytest.mark.parametrize("order", ["-date", "-updated_at"])
def test_a_few_changes_are_found_by_the_index_of_changes(client, order):
    fill(NewsItem)
    for one in plans(client, "news/", ordering=order, updated_since=OLD):
        assert "news_newsitem_edited" in one
        assert "updated_at>" in one.replace(" ", ""), one


@pytest.mark.parametrize("few", [1, 2, 3, 4])
def test_few_or_many_the_same_changes_are_listed(client, monkeypatch, few):
    old, first, second, third = [make.make_news() for _ in range(4)]
    since = first.updated_at
    NewsItem.objects.filter(pk=old.pk).update(updated_at=since - timedelta(microseconds=1))
    NewsItem.objects.filter(pk=second.pk).update(status="draft")
    monkeypatch.setattr(records, "FEW", few)
    expected = [third.slug, first.slug]
    assert slugs(client, "news/", ordering="-created_at", updated_since=since) == expected
