"""`?include=`: the related records of an answer, whole, beside those that name them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from market.anomaly_api import AnomalyViewSet
from publishing.api import inclusion
from publishing.api.inclusion import relations_of
from publishing.api.selection import also
from publishing.models import Anomaly, Status
from tests import factories as make
from tests.api_answers import get, refused
from tests.api_program import program
from tests.costs import KEYS, VERSION
from veille.api import VIEWSETS

pytestmark = pytest.mark.django_db

ALL_VIEWSETS = (*VIEWSETS, AnomalyViewSet)
SERIALIZERS = [
    one
    for viewset in ALL_VIEWSETS
    for one in (viewset.serializer_class, viewset.detail_serializer_class)
]


def as_listed(client, record):
    """`record` as its own list tells it."""
    rows = get(client, f"{record.api_name}/", page_size=200)["results"]
    return next(row for row in rows if row["slug"] == record.slug)


@pytest.fixture
def event():
    return make.make_event(
        title="Salon du cloud",
        series=make.make_series(),
        organiser=make.make_company(),
        topics=[make.make_topic(title="Souveraineté"), make.make_topic(title="Calcul")],
    )


def test_a_list_holds_the_records_that_it_names_each_once_as_its_own_list_tells_it(client, event):
    make.make_event(organiser=event.organiser, topics=event.topics.all())
    answer = get(client, "events/", include="organiser,topics")
    assert list(answer) == ["next", "previous", "results", "included"]
    assert answer["results"] == get(client, "events/")["results"]
    assert answer["included"] == {
        "companies": {event.organiser.slug: as_listed(client, event.organiser)},
        "topics": {one.slug: as_listed(client, one) for one in event.topics.all()},
    }


def test_a_record_alone_holds_them_too(client, event):
    source = make.make_source()
    make.cite(event, source, number=1)
    path = f"events/{event.slug}/"
    answer = get(client, path, include="series, citations.source")
    assert answer == get(client, path) | {
        "included": {
            "event-series": {event.series.slug: as_listed(client, event.series)},
            "sources": {source.slug: as_listed(client, source)},
        }
    }


def test_a_relation_is_followed_in_both_directions(client):
    analysis = make.make_analysis()
    recommendation = make.make_recommendation(analysis=analysis)
    answer = get(client, f"analyses/{analysis.slug}/", include="recommendations")
    assert list(answer["included"]["recommendations"]) == [recommendation.slug]
    answer = get(client, "recommendations/", include="analysis")
    assert list(answer["included"]["analyses"]) == [analysis.slug]


def test_what_is_named_twice_by_two_relations_is_there_once(client):
    company, source = make.make_company(), make.make_source()
    figure = make.make_figure(company=company, attributed_to=company, source=source)
    make.make_figure(indicator=figure.indicator, supersedes=figure, source=source, period="2030")
    names = "company,attributed_to,supersedes,superseded_by,source"
    answer = get(client, "figures/", include=names)
    assert {kind: len(found) for kind, found in answer["included"].items()} == {
        "companies": 1,
        "figures": 2,
        "sources": 1,
    }
    assert answer["included"]["figures"][figure.slug] == as_listed(client, figure)


def test_a_type_that_nothing_names_is_there_and_empty(client):
    make.make_event()
    expected = {"event-series": {}, "topics": {}}
    assert get(client, "events/", include="series,topics")["included"] == expected
    assert get(client, "news/", include="source")["included"] == {"sources": {}}


def test_without_include_there_is_no_such_thing(client, event):
    assert "included" not in get(client, "events/")
    assert "included" not in get(client, f"events/{event.slug}/")


def test_with_fields_the_links_to_what_is_included_stay(client, event):
    answer = get(client, "events/", fields="title", include="organiser")
    assert answer["results"] == [
        {"title": "Salon du cloud", "organiser": {"slug": event.organiser.slug}}
    ]
    included = {"companies": {event.organiser.slug: as_listed(client, event.organiser)}}
    assert answer["included"] == included
    alone = get(client, f"events/{event.slug}/", fields="title,organiser.name", include="organiser")
    named = {"slug": event.organiser.slug, "name": event.organiser.name}
    assert alone == {"title": "Salon du cloud", "organiser": named, "included": included}
    whole = get(client, "events/", fields="organiser", include="organiser")
    assert set(whole["results"][0]["organiser"]) == {"id", "slug", "url", "html_url", "name"}


@pytest.mark.parametrize(
    ("include", "codes"),
    [
        ("publisher", ["invalid_choice"]),
        ("", ["invalid_choice"]),
        ("organiser,", ["invalid_choice"]),
        ("organiser.name,date", ["invalid_choice", "invalid_choice"]),
        ("organiser.topics", ["invalid_choice"]),
        ("citations.source", ["invalid_choice"]),
        ("__class__", ["invalid_choice"]),
        ("a\0", ["invalid_choice"]),
    ],
)
def test_a_name_that_is_none_is_refused(client, include, codes):
    found = refused(client, "events/", include=include)
    assert found == [("include", code) for code in codes]


def test_what_would_be_accepted_is_named(client, event):
    response = client.get("/api/v1/events/?include=publisher")
    assert response.json()["errors"] == [
        {
            "field": "include",
            "code": "invalid_choice",
            "detail": "«\u00a0publisher\u00a0» n’est pas à inclure. "
            "Relations acceptées\u00a0: series, organiser, topics.",
        }
    ]
    response = client.get(f"/api/v1/events/{event.slug}/?include=publisher")
    [error] = response.json()["errors"]
    assert error["detail"].endswith("series, organiser, topics, citations.source.")


def test_it_is_asked_once(client, event):
    for path in ("events/", f"events/{event.slug}/"):
        response = client.get(f"/api/v1/{path}?include=series&include=topics")
        assert response.status_code == 400
        assert [one["code"] for one in response.json()["errors"]] == ["repeated"]


def test_where_nothing_is_named_there_is_no_such_parameter(client):
    series = make.make_series()
    for path in ("event-series/", f"event-series/{series.slug}/", "topics/", "sources/"):
        assert refused(client, path, include="events") == [("include", "unknown_parameter")]
    for path in ("events/export.json", "search/"):
        assert refused(client, path, include="topics") == [("include", "unknown_parameter")]


@pytest.mark.parametrize(
    "hidden", [{"status": Status.DRAFT}, {"expire_at": make.LONG_AGO + timedelta(days=1)}]
)
def test_what_is_not_public_is_not_included(client, event, hidden):
    source = make.make_source()
    make.cite(event, source, number=1)
    for record in (event.series, event.organiser, source, *event.topics.all()):
        type(record).objects.filter(pk=record.pk).update(**hidden)
    expected = {"event-series": {}, "companies": {}, "topics": {}}
    assert get(client, "events/", include="series,organiser,topics")["included"] == expected
    alone = get(client, f"events/{event.slug}/", include="series,organiser,topics,citations.source")
    assert alone["included"] == expected | {"sources": {}}


def test_a_token_includes_what_is_public_too(client):
    public, draft = make.make_topic(), make.make_topic(status=Status.DRAFT)
    event = make.make_event(status=Status.DRAFT, topics=[public, draft])
    caller = program()
    listed = caller.get("events/?status=draft&include=topics").json()
    alone = caller.get(f"events/{event.slug}/?include=topics")
    few = caller.get(f"events/{event.slug}/?include=topics&fields=slug").json()
    for answer in (listed, alone.json(), few):
        assert list(answer["included"]["topics"]) == [public.slug]
    assert alone.json()["editing"]["topics"] == [public.slug, draft.slug]
    assert "editing" not in few
    bare = caller.get(f"events/{event.slug}/")
    # The same version to write on, another answer.
    assert alone["ETag"] != bare["ETag"]
    assert alone["ETag"].split(".")[0] == bare["ETag"].split(".")[0]


def test_the_records_of_an_anomaly_are_included_whatever_their_type(client, silent_rules):
    figure, source = make.make_figure(), make.make_source()
    anomaly = make.make_anomaly(
        accused=[figure], context=[source], status=Anomaly.Status.CORRECTED, correction=source
    )
    names = {"include": "accused,compared,correction"}
    included = {
        "figures": {figure.slug: as_listed(client, figure)},
        "sources": {source.slug: as_listed(client, source)},
    }
    assert get(client, "anomalies/", **names)["included"] == included
    assert get(client, f"anomalies/{anomaly.pk}/", **names)["included"] == included
    few = get(client, "anomalies/", fields="id", **names)
    assert few["included"] == included
    assert few["results"][0]["accused"] == [{"slug": figure.slug, "type": "figures"}]


def test_the_cost_does_not_grow_with_the_page(client, django_assert_num_queries):
    def add():
        make.make_event(
            series=make.make_series(), organiser=make.make_company(), topics=[make.make_topic()]
        )

    def ask():
        return get(client, "events/", page_size=200, include="series,organiser,topics")

    add()
    ask()
    # The series; the companies, their roles and topics; the topics. The events are ready.
    with django_assert_num_queries(VERSION - 2 + KEYS + 1 + 3 + 1):
        ask()
    for _ in range(30):
        add()
    with django_assert_num_queries(VERSION + KEYS + 3 + 1 + 3 + 1):
        assert len(ask()["included"]["companies"]) == 31


def test_the_cost_of_figures_does_not_grow_either(client):
    names = "indicator,company,source,supersedes,superseded_by,components,totals,forecast.actual"

    def add():
        first = make.make_figure(company=make.make_company(), nature="forecast")
        make.make_figure(
            indicator=first.indicator, supersedes=first, components=[first], period="2030"
        )

    def ask():
        return get(client, "figures/", page_size=200, include=names)

    add()
    ask()
    with CaptureQueriesContext(connection) as one:
        ask()
    for _ in range(12):
        add()
    ask()
    with CaptureQueriesContext(connection) as many:
        assert len(ask()["included"]["figures"]) == 26
    assert len(one) == len(many)


def test_no_more_than_so_many_are_included(client, monkeypatch):
    monkeypatch.setattr(inclusion, "MOST_INCLUDED", 3)
    for _ in range(4):
        make.make_event(organiser=make.make_company())
    page = get(client, "events/", include="organiser", page_size=3)
    assert len(page["included"]["companies"]) == 3
    assert refused(client, "events/", include="organiser") == [("include", "too_many")]


def test_pages_keep_what_is_included(client):
    for _ in range(3):
        make.make_event(organiser=make.make_company())
    page = get(client, "events/", include="organiser", page_size=1)
    following = client.get(page["next"]).json()
    [event] = following["results"]
    assert list(following["included"]["companies"]) == [event["organiser"]["slug"]]


def test_head_and_options_answer_as_ever(client, event):
    for path in ("events/", f"events/{event.slug}/"):
        assert client.head(f"/api/v1/{path}?include=topics").status_code == 200
        assert client.options(f"/api/v1/{path}?include=topics").status_code == 200


@pytest.mark.parametrize("serializer", SERIALIZERS, ids=lambda one: one.__name__)
def test_every_relation_leads_to_records_that_have_a_list(serializer):
    shown = {viewset.model for viewset in VIEWSETS}
    for relation in relations_of(serializer).values():
        assert set(relation.models) <= shown
        assert relation.model or serializer.__name__.startswith("RegisteredAnomaly"), relation


names = st.sampled_from("abc")
trees = st.recursive(st.just({}), lambda below: st.dictionaries(names, below), max_leaves=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=trees, path=st.lists(names, min_size=1, max_size=4))
def test_what_is_added_to_the_fields_takes_nothing_away(tree, path):
    def holds(one, steps):
        """Whether all that is below `steps` is asked for: a name with nothing below is whole."""
        for step in steps:
            if step not in one:
                return False
            one = one[step]
            if not one:
                return True
        return not one

    def paths(one, above=()):
        for name, below in one.items():
            yield from paths(below, (*above, name)) if below else [(*above, name)]

    widened = also(tree, path)
    assert holds(widened, path)
    assert all(holds(widened, before) for before in paths(tree))
