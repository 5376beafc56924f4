"""What a list says and how it is asked are made once, and anew as soon as anything else is true."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from news.models import NewsItem
from publishing import clock, versions
from publishing.api import listing as listing_module
from publishing.api import ready
from publishing.api.listing import Listing
from publishing.api.pagination import Order
from publishing.dates import ApproximateDate
from publishing.models import Status
from tests import factories as make
from tests.api_answers import get, refused, slugs
from tests.api_program import program
from tests.costs import KEYS, VERSION
from tests.publishing.test_api_pagination import walk
from tests.publishing.test_changes_properties import (
    EDITS,
    FOLLOWED,
    World,
    create,
    folder,  # noqa: F401  a fixture
    steps,
    try_to,
)

pytestmark = pytest.mark.django_db

READY = VERSION - 2 + KEYS


@pytest.fixture
def written(monkeypatch):
    """The statements that are written while a test runs."""
    statements = []
    real = listing_module.Statement
    monkeypatch.setattr(
        listing_module, "Statement", lambda query: statements.append(query) or real(query)
    )
    return statements


@pytest.fixture(autouse=True)
def _no_limit(settings):
    settings.API_RATE_ANONYMOUS = settings.API_RATE_TOKEN = 0


def test_a_record_in_another_list_is_not_read_again(client, django_assert_num_queries):
    for _ in range(3):
        make.make_news(topics=[make.make_topic()])
    whole = get(client, "news/")["results"]
    for asked in ({"ordering": "created_at"}, {"q": "actualité"}, {"page_size": 2}, {"count": 0}):
        with django_assert_num_queries(READY):
            found = get(client, "news/", **asked)["results"]
        assert all(one in whole for one in found)
        assert found


def test_only_what_is_new_to_the_process_is_read(client, monkeypatch):
    items = [make.make_news() for _ in range(3)]
    get(client, "news/", page_size=1, ordering="created_at")
    read = []
    real = ready.as_bytes
    monkeypatch.setattr(ready, "as_bytes", lambda data: read.append(data["id"]) or real(data))
    get(client, "news/", ordering="created_at")
    assert sorted(read) == [item.pk for item in items[1:]]


def test_a_list_keeps_its_order(client):
    items = [make.make_news() for _ in range(4)]
    get(client, "news/", page_size=2, ordering="-created_at")
    assert slugs(client, "news/", ordering="created_at") == [item.slug for item in items]


def test_what_is_written_in_any_way_is_said_at_once(client):
    topic = make.make_topic(title="Avant")
    make.make_news(topics=[topic])
    assert get(client, "news/")["results"][0]["topics"][0]["title"] == "Avant"
    type(topic).objects.filter(pk=topic.pk).update(title="Après")
    assert get(client, "news/")["results"][0]["topics"][0]["title"] == "Après"


def test_what_the_clock_takes_is_said_at_once(client):
    soon = clock.now() + timedelta(hours=1)
    company = make.make_company(expire_at=soon)
    make.make_event(organiser=company)
    assert get(client, "events/")["results"][0]["organiser"]["slug"] == company.slug
    with clock.frozen(soon):
        assert get(client, "events/")["results"][0]["organiser"] is None


def test_each_host_and_each_choice_of_fields_has_its_own(client, settings):
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
    item = make.make_news()
    whole = get(client, "news/")["results"][0]
    assert get(client, "news/", fields="slug")["results"] == [{"slug": item.slug}]
    assert get(client, "news/", fields="title")["results"] == [{"title": item.title}]
    elsewhere = client.get("/api/v1/news/", headers={"host": "localhost"}).json()["results"][0]
    assert elsewhere["url"] == whole["url"].replace("testserver", "localhost")


def test_drafts_that_a_token_lists_are_not_lent_to_others(client):
    draft = make.make_news(status=Status.DRAFT)
    editor = program("read")
    listed = editor.get("news/?status=draft").json()["results"]
    assert [one["slug"] for one in listed] == [draft.slug]
    assert get(client, "news/")["results"] == []


def test_fields_that_are_none_are_refused_of_an_empty_list_too(client):
    assert refused(client, "news/", fields="tittle") == [("fields", "invalid_choice")]


def test_a_record_withdrawn_while_it_is_read_is_left_out(client, monkeypatch):
    gone, stays = make.make_news(), make.make_news()
    real = ready.ready_objects

    def meanwhile(*given):
        NewsItem.objects.filter(pk=gone.pk).update(status=Status.ARCHIVED)
        return real(*given)

    monkeypatch.setattr("publishing.api.reading.ready_objects", meanwhile)
    assert slugs(client, "news/") == [stays.slug]


def test_more_records_than_the_memory_holds_are_still_told(client, monkeypatch):
    monkeypatch.setattr(ready.objects_kept, "most", 2)
    items = [make.make_news() for _ in range(5)]
    for _ in range(3):
        assert slugs(client, "news/", ordering="created_at") == [item.slug for item in items]
        assert slugs(client, "news/", page_size=1, ordering="created_at") == [items[0].slug]
    assert len(ready.objects_kept.of(versions.current())) <= 2 + 5


def test_the_query_of_a_list_is_written_once(client, written):
    items = [make.make_news() for _ in range(5)]
    for _ in range(3):
        assert slugs(client, "news/", page_size=2) == [item.slug for item in items[:-3:-1]]
    assert len(written) == 1


def test_the_pages_of_a_list_are_one_query_with_other_values(client, written):
    items = [make.make_news() for _ in range(7)]
    asked = {"ordering": "-updated_at", "page_size": 2}
    first, *others = walk(client, "news/", **asked)
    assert [first, *others] == [
        [one.slug for one in items[::-1][start : start + 2]] for start in (0, 2, 4, 6)
    ]
    # That of the first page, and that of those after a place.
    assert len(written) == 2


def test_each_filter_and_each_value_is_another_list(client, written):
    one, other = make.make_topic(), make.make_topic()
    item = make.make_news(topics=[one])
    assert slugs(client, "news/") == [item.slug]
    assert slugs(client, "news/", topic=one.slug) == [item.slug]
    assert slugs(client, "news/", topic=other.slug) == []
    assert slugs(client, "news/", q="aucun mot") == []
    assert len(written) == 4


def test_what_is_refused_once_is_refused_again(client, written):
    for _ in range(2):
        assert refused(client, "news/", topic="aucune") == [("topic", "invalid_choice")]
        assert refused(client, "news/", tpoic="cloud") == [("tpoic", "unknown_parameter")]
    assert written == []


def test_a_list_for_some_callers_is_asked_anew_each_time(client, written):
    draft = make.make_news(status=Status.DRAFT)
    editor = program("read")
    for _ in range(2):
        assert [one["slug"] for one in editor.get("news/?status=draft").json()["results"]] == [
            draft.slug
        ]
        assert client.get("/api/v1/news/?status=draft").status_code == 401
    assert len(written) == 2


def test_a_list_that_follows_the_day_is_another_one_tomorrow(client):
    event = make.make_event(date=ApproximateDate.from_day(clock.today()))
    assert slugs(client, "events/", period="upcoming") == [event.slug]
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert slugs(client, "events/", period="upcoming") == []


def test_a_list_that_can_hold_nothing_asks_nothing(client):
    make.make_news()
    listing = Listing(NewsItem, NewsItem.objects.none, versions.current(), None)
    page = listing.page(Order(("-date_sort", "-id")), None, 20)
    assert page == ([], [], [], False)


@hypothesis_settings(max_examples=15)
@given(steps=steps)
def test_whatever_is_edited_what_is_ready_is_what_would_be_made(folder, steps):  # noqa: F811
    with transaction.atomic():
        world, client = World(folder), Client()
        for index in range(6):
            create(world, index)
        for name, index, reads in steps:
            with clock.frozen(world.now):
                try_to(EDITS[name], world, index)
                if reads:
                    _lists(client)
        with clock.frozen(world.now):
            told = _lists(client)
            ready.forget()
            assert told == _lists(client)
        transaction.set_rollback(True)


def _lists(client: Client) -> list[list[dict]]:
    return [get(client, f"{model.api_name}/", page_size=200)["results"] for model in FOLLOWED]
