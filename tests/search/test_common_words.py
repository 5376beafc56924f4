"""A word that very many records hold: counted up to a number, and the first ones put in order."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from publishing import clock
from publishing.models import Status, published_models
from search import candidates
from search.index import find, suggest
from search.models import Entry, identifier, object_of
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def few(monkeypatch):
    """Three of a kind are already many."""
    monkeypatch.setattr("search.index.COUNTED", 3)
    monkeypatch.setattr("search.index.RANKED", 6)
    monkeypatch.setattr("search.index.LOOKED_AT", 3)


def labels(results):
    return [one.record.label for one in results[0:50]]


def test_a_kind_is_counted_exactly_up_to_a_number(few):
    for number in range(3):
        make.make_trend(title=f"Cloud {number}")
    exact = find("cloud")
    assert (exact.counts, exact.more, exact.has_more) == ({"trends": 3}, frozenset(), False)
    make.make_trend(title="Cloud 4")
    make.make_company(name="Cloud")
    more = find("cloud")
    assert (more.counts, more.total) == ({"trends": 3, "companies": 1}, 4)
    assert (more.more, more.has_more) == ({"trends"}, True)
    assert not find("cloud", "companies").has_more
    assert find("cloud", "trends").has_more


@pytest.mark.parametrize(
    "hidden",
    [
        {"status": Status.DRAFT, "publish_at": None},
        {"status": Status.ARCHIVED},
        {"expire_at": make.LONG_AGO.replace(day=5)},
        {"publish_at": datetime(2999, 1, 1, tzinfo=UTC)},
    ],
)
def test_what_is_hidden_takes_no_place_among_the_first(few, hidden):
    for number in range(4):
        make.make_trend(title=f"Cloud {number}")
    for number in range(9):
        make.make_trend(title=f"Cloud caché {number}", **hidden)
    assert find("cloud").counts == {"trends": 3}
    assert set(labels(find("cloud"))) == {"Cloud 0", "Cloud 1", "Cloud 2", "Cloud 3"}
    assert {record.label for record in suggest("clou")} == {"Cloud 1", "Cloud 2", "Cloud 3"}


def test_titles_come_first_then_the_kinds_take_turns(few):
    make.make_topic(title="Le cloud")
    make.make_topic(title="Le cloud dans les administrations")
    for number in range(4):
        make.make_company(name=f"Société {number}", summary="Un cloud.")
        make.make_trend(title=f"Tendance {number}", summary="Un cloud.")
    found = labels(find("cloud"))
    assert found[:2] == ["Le cloud", "Le cloud dans les administrations"]
    # The latest of each kind, in turn: as many of each, whichever comes first.
    assert {frozenset(found[2:4]), frozenset(found[4:6])} == {
        frozenset({"Société 3", "Tendance 3"}),
        frozenset({"Société 2", "Tendance 2"}),
    }
    assert len(found) == 6


def test_what_is_past_comes_after_what_is_to_come_there_too(few):
    for month in ("mai", "mars", "avril", "juin"):
        make.make_event(title="Salon du cloud", date=f"20-23 {month} 2025", slug=month)
    with clock.frozen(date(2025, 5, 1)):
        assert [one.record.slug for one in find("salon")[0:5]] == ["juin", "mai", "avril", "mars"]


def test_the_page_says_that_there_are_more_than_are_counted(client, few):
    for number in range(9):
        make.make_trend(title=f"Cloud {number}")
    content = client.get("/recherche/", {"q": "cloud"}).content.decode()
    assert "Plus de 3\u00a0fiches pour «\u00a0cloud\u00a0»" in content
    assert '<span class="search-kinds__count">plus de 3</span>' in content


def test_the_page_says_that_only_the_first_ones_are_shown(client, few):
    for number in range(4):
        make.make_trend(title=f"Cloud {number}")
        make.make_company(name=f"Autre {number}", summary="Un cloud.")
        make.make_topic(title=f"Nuage {number}", summary="Un cloud.")
    response = client.get("/recherche/", {"q": "cloud"})
    assert len(response.context["page_obj"]) == 6
    assert "Plus de 9\u00a0fiches" in response.content.decode()
    assert "Les premières sont montrées" in response.content.decode()


def test_the_number_of_queries_does_not_follow_that_of_records(few, django_assert_num_queries):
    for number in range(9):
        make.make_trend(title=f"Cloud {number}")
        make.make_trend(title=f"Nuage {number}", summary="Un cloud.")
    make.make_trend(title="Autre", summary="Un cloud.")
    make.make_company(name="Le cloud")
    make.make_topic(title="Le cloud")
    make.make_source(title="Le cloud")
    # Synonyms, the latest, those named so, what they are, page, and the records of four kinds.
    with django_assert_num_queries(9):
        assert len(find("cloud")[0:20]) == 5


@pytest.mark.parametrize("model", published_models(), ids=lambda model: model.__name__)
def test_what_is_public_is_written_once_and_asked_at_each_moment(model):
    """The statement that is kept gives the same rows as `published()`, whatever the moment."""
    candidates._published.cache_clear()
    candidates._published(model, connection.vendor)
    later = datetime.now(UTC) + timedelta(days=400)
    with clock.frozen(later):
        column = model._meta.pk.name
        fresh = model._default_manager.published().order_by().values(column)
        sql, parameters = candidates._published(model, connection.vendor)
        expected_sql, expected = fresh.query.sql_with_params()
        assert sql == expected_sql
        assert candidates._at_present(parameters) == list(expected)


def test_the_kinds_have_numbers_of_their_own():
    numbers = {identifier(model.api_name, 0) for model in published_models()}
    assert len(numbers) == len(published_models())
    assert object_of(identifier("trends", 12_345)) == 12_345
    trend = make.make_trend()
    assert Entry.objects.get().pk == identifier("trends", trend.pk)
