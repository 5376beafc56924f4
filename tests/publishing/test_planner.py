"""What the database plans by, once many rows were written."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection

from news.models import NewsItem
from publishing.planner import look_again
from tests import factories as make

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL takes stock by itself."),
]


FEW = list(range(1, 21))


def plan(pks: list[int]) -> str:
    return NewsItem.objects.published().order_by().filter(pk__in=pks).explain()


def make_many():
    source = make.make_source()
    NewsItem.objects.bulk_create(
        NewsItem(
            title=f"Annonce {number}",
            slug=f"annonce-{number}",
            status="published",
            publish_at=make.LONG_AGO,
            source=source,
        )
        for number in range(300)
    )


def test_a_few_records_are_found_by_their_keys_once_the_index_is_rebuilt():
    make_many()
    assert "PRIMARY KEY" not in plan(FEW)
    call_command("rebuild_search", verbosity=0)
    assert "PRIMARY KEY" in plan(FEW)


def test_a_list_follows_the_index_of_its_order_rather_than_the_moments_of_publication():
    in_order = NewsItem.objects.published().order_by("-date_sort", "-id")[:20].explain()
    assert "news_newsitem_public" in in_order
    assert "TEMP B-TREE" not in in_order
    latest = NewsItem.objects.published().order_by("-publish_at", "-id")[:20].explain()
    assert "news_newsitem_latest" in latest
    assert "TEMP B-TREE" not in latest


def forget(index: str) -> None:
    """As if the index had just been made."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sqlite_stat1 WHERE idx = %s", [index])
        cursor.execute("ANALYZE sqlite_schema")


def test_an_index_that_a_migration_makes_takes_no_list_from_the_index_of_its_order():
    make_many()
    look_again()
    forget("news_newsitem_title")
    in_order = NewsItem.objects.published().order_by("-date_sort", "-id")[:20]
    assert "news_newsitem_title" in in_order.explain()
    emit_post_migrate_signal(0, False, "default", plan=[("news", False)])
    assert "news_newsitem_public" in in_order.explain()
