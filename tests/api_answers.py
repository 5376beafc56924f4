"""What the API answers, as tests expect it: the parts that every resource shares."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.test import Client
from django.utils import timezone

from publishing.models import Publishable
from tests.costs import KEYS, VERSION
from tests.factories import many
from veille.api import VIEWSETS

SITE = "http://testserver"
NAMED_VIEWSETS = [(one.model.api_name, one) for one in VIEWSETS]


def get(client: Client, path: str, **parameters: Any) -> Any:
    """The body of a good answer of the API at `path` below /api/v1/."""
    response = client.get(f"/api/v1/{path}", parameters)
    assert response.status_code == 200, response.content.decode()
    return response.json()


def slugs(client: Client, path: str, **parameters: Any) -> list[str]:
    """The identifiers of the records that a list answers, in its order."""
    return [row["slug"] for row in get(client, path, **parameters)["results"]]


def refused(client: Client, path: str, **parameters: Any) -> list[tuple[str, str]]:
    """The (parameter, code) pairs of a refusal, which must be a problem of status 400."""
    response = client.get(f"/api/v1/{path}", parameters)
    assert response.status_code == 400, response.content.decode()
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert (problem["status"], problem["code"]) == (400, "invalid_parameters")
    return [(error["field"], error["code"]) for error in problem["errors"]]


def common(record: Publishable) -> dict[str, Any]:
    """The fields that every object has, as the builders leave them."""
    return {
        "id": record.pk,
        "slug": record.slug,
        "url": f"{SITE}/api/v1/{record.api_name}/{record.slug}/",
        "html_url": SITE + record.get_absolute_url(),
        "published_at": moment(record.publish_at),
        "created_at": moment(record.created_at),
        "updated_at": moment(record.updated_at),
        "verified_on": None,
        "provenance": "",
    }


def link(record: Publishable, **words: str) -> dict[str, Any]:
    """The short form of `record`; `words` are what it is called by."""
    return {
        "id": record.pk,
        "slug": record.slug,
        "url": f"{SITE}/api/v1/{record.api_name}/{record.slug}/",
        "html_url": SITE + record.get_absolute_url(),
        **words,
    }


def titled(record: Publishable) -> dict[str, Any]:
    return link(record, title=record.title)


def named(record: Publishable) -> dict[str, Any]:
    return link(record, name=record.name)


def source_link(source: Publishable) -> dict[str, Any]:
    return link(source, title=source.title, publisher=source.publisher, original_url=source.url)


def moment(value: datetime) -> str:
    return timezone.localtime(value).isoformat()


def day(label: str, start: str | None, end: str | None, precision: str, edtf: str) -> dict:
    return {"label": label, "start": start, "end": end, "precision": precision, "edtf": edtf}


def assert_queries_do_not_grow(
    client: Client, count_queries: Callable, path: str, make_one: Callable, number: int
) -> None:
    """A list reads its records in exactly `number` queries, be they 1 or 50; then in none."""
    make_one()
    with count_queries(VERSION + KEYS + number):
        assert len(get(client, path)["results"]) == 1
    many(49, make_one)
    with count_queries(VERSION + KEYS + number):
        assert len(get(client, path, page_size=200)["results"]) == 50
    with count_queries(VERSION - 2 + KEYS):
        assert len(get(client, path, page_size=200)["results"]) == 50
