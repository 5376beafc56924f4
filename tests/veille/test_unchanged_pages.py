"""An unchanged page is not made again: its validators, when they hold and when they fall."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.http import parse_http_date
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from companies.models import Company
from events.models import Event
from publishing import clock
from publishing.models import Anomaly, Status
from tests import factories as make
from tests.api_program import Program, anonymous, program
from veille import release
from veille.sitemaps import PAGES

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages():
    """One page of each type."""
    topic = make.make_topic()
    company = make.make_company(topics=[topic])
    event = make.make_event(topics=[topic])
    indicator = make.make_indicator()
    figure = make.make_figure(indicator=indicator)
    records = [
        topic,
        company,
        event,
        indicator,
        figure.source,
        make.make_trend(topics=[topic]),
        make.make_news(companies=[company], topics=[topic]),
        make.make_analysis(topics=[topic]),
    ]
    lists = {record.list_url() for record in records if not hasattr(record, "supersedes")}
    return [
        "/",
        "/recherche/?q=cloud",
        "/llms.txt",
        "/robots.txt",
        "/sitemap.xml",
        "/marche/anomalies/",
        "/evenements/calendrier/",
        "/entreprises/?country=FR&page=1",
        "/api/v1/",
        "/api/v1/search/?q=cloud",
        "/api/v1/changes/",
        "/api/v1/companies/?country=FR",
        *(f"/api/v1/{record.api_name}/{record.slug}/" for record in records),
        *(record.get_absolute_url() for record in records),
        *sorted(lists),
    ]


def again(client, path: str, tag: str, **headers: str):
    return client.get(path, headers={"If-None-Match": tag} | headers)


def test_every_page_has_validators_and_is_asked_for_each_time(client, pages):
    for path in pages:
        response = client.get(path)
        assert response.status_code == 200, path
        assert response["ETag"].startswith('"'), path
        assert parse_http_date(response["Last-Modified"]) <= clock.now().timestamp(), path
        assert response["Cache-Control"] == "no-cache", path
        assert "Accept" in response["Vary"], path


def test_an_unchanged_page_is_answered_before_it_is_made(client, pages, django_assert_num_queries):
    for path in pages:
        first = client.get(path)
        # The version of the content, and nothing else.
        with django_assert_num_queries(1):
            second = again(client, path, first["ETag"])
        assert (second.status_code, second.content) == (304, b""), path
        for header in ("ETag", "Last-Modified", "Cache-Control"):
            assert second[header] == first[header], path
        assert client.head(path, headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_a_tag_made_weak_on_the_way_is_recognised_among_others(client):
    tag = client.get("/a-propos/")["ETag"]
    assert again(client, "/a-propos/", f'"autre", W/{tag}').status_code == 304
    assert again(client, "/a-propos/", '"autre"').status_code == 200


def test_a_date_says_the_same_to_who_keeps_no_tag(client):
    first = client.get("/a-propos/")
    since = {"If-Modified-Since": first["Last-Modified"]}
    assert client.get("/a-propos/", headers=since).status_code == 304
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert client.get("/a-propos/", headers=since).status_code == 200


def test_another_question_is_another_page(client):
    tag = client.get("/entreprises/")["ETag"]
    assert again(client, "/entreprises/?country=FR", tag).status_code == 200
    assert again(client, "/evenements/", tag).status_code == 200
    assert again(client, "/entreprises/", tag, Accept="text/markdown").status_code == 200
    assert again(client, "/entreprises/", tag, Host="testserver:8000").status_code == 200


def test_a_wrong_address_is_never_unchanged(client):
    tag = client.get("/entreprises/")["ETag"]
    for value in (tag, "*", "n’importe quoi", '"'):
        assert again(client, "/entreprises/inconnue/", value).status_code == 404
    assert "Last-Modified" not in client.get("/entreprises/inconnue/")


def test_a_page_changes_with_the_day(client):
    tag = client.get("/evenements/")["ETag"]
    tomorrow = clock.today() + timedelta(days=1)
    midnight = datetime.combine(tomorrow, time(), timezone.get_default_timezone())
    with clock.frozen(midnight):
        response = again(client, "/evenements/", tag)
    assert response.status_code == 200
    assert parse_http_date(response["Last-Modified"]) == midnight.timestamp()


def test_what_was_planned_appears_on_the_minute(client):
    moment = clock.now() + timedelta(minutes=5)
    company = make.make_company(name="Planifiée", publish_at=moment)
    tag = client.get("/entreprises/")["ETag"]
    with clock.frozen(moment):
        response = again(client, "/entreprises/", tag)
        assert "Planifiée" in response.content.decode()
    assert again(client, company.get_absolute_url(), tag).status_code == 404


def test_a_release_changes_every_page(client, monkeypatch):
    tag = client.get("/a-propos/")["ETag"]
    later = release.Release("suivante", release.current().since)
    monkeypatch.setattr(release, "current", lambda: later)
    assert again(client, "/a-propos/", tag).status_code == 200


def test_a_feed_keeps_its_own_tag_while_others_are_edited(client):
    make.make_news()
    first = client.get("/actualites/flux.atom")
    make.make_company()
    assert again(client, "/actualites/flux.atom", first["ETag"]).status_code == 304


@pytest.mark.parametrize("path", ["/sante/", "/admin/login/"])
def test_what_is_no_page_is_left_alone(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert "Last-Modified" not in response


def test_what_a_token_reads_is_never_taken_for_what_the_public_reads():
    make.make_event(slug="publie")
    path = "/api/v1/events/publie/"
    tag = Client().get(path)["ETag"]
    token = {"Authorization": f"Bearer {make.make_token().secret}"}
    answer = again(Client(), path, tag, **token)
    assert answer.status_code == 200
    assert "editing" in answer.json()
    assert answer["ETag"] != tag


@pytest.mark.parametrize("path", ["events/", "events/?status=draft", "figures/?page_size=1"])
def test_a_token_is_told_of_an_unchanged_list_before_it_is_made(path, django_assert_num_queries):
    make.make_event()
    draft = make.make_event(status=Status.DRAFT)
    caller = program("read")
    first = caller.get(path)
    assert first["Cache-Control"] == "private, no-cache"
    # The token, and the name of the version; the rights of its owner, then those of their groups.
    with django_assert_num_queries(2 + 2 * ("status" in path)):
        same = caller.get(path, if_none_match=first["ETag"])
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", first["ETag"])
    assert parse_http_date(same["Last-Modified"])
    draft.save()
    assert caller.get(path, if_none_match=first["ETag"]).status_code == 200


def test_rights_are_asked_of_an_unchanged_list_too():
    path, caller = "events/?status=draft", program("read")
    tag = caller.get(path)["ETag"]
    outsider = Program(make.make_token(make.make_user(), "read"))
    assert anonymous().get(path, if_none_match=tag).status_code == 401
    assert outsider.get(path, if_none_match=tag).status_code == 403
    caller.token.revoke()
    assert caller.get(path, if_none_match=tag).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "changes/",
        "search/?q=cloud",
        "events/export.csv",
        "events/publie/?fields=title",
        "anomalies/",
    ],
)
def test_every_answer_to_a_token_has_its_validators(path):
    make.make_event(slug="publie")
    caller = program("read")
    answer = caller.get(path)
    assert caller.get(path, if_none_match=answer["ETag"]).status_code == 304
    assert parse_http_date(answer["Last-Modified"])


EDITS = {
    "save a company": lambda: Company.objects.first().save(),
    "rename a company": lambda: Company.objects.filter(pk=Company.objects.first().pk).update(
        name=f"Nom {Company.objects.first().name[-9:]}x"
    ),
    "archive an event": lambda: Event.objects.update(status=Status.ARCHIVED),
    "publish an event": lambda: Event.objects.update(status=Status.PUBLISHED),
    "tie a topic": lambda: Company.objects.first().topics.add(make.make_topic()),
    "untie the topics": lambda: Company.objects.first().topics.set([]),
    "contest a company": lambda: make.make_anomaly(accused=[Company.objects.first()]),
    "dismiss it": lambda: Anomaly.objects.update(status=Anomaly.Status.DISMISSED),
    "add a company": make.make_company,
    "write news": make.make_news,
    "delete news": lambda: make.make_news().delete(),
    "do nothing": lambda: None,
    "give a token": make.make_token,
}


@hypothesis_settings(max_examples=15)
@given(edits=st.lists(st.sampled_from(sorted(EDITS)), min_size=1, max_size=4))
def test_whatever_is_edited_a_page_that_changed_is_sent(edits):
    client = Client()
    with transaction.atomic():
        company = make.make_company()
        make.make_event()
        paths = [
            "/",
            "/entreprises/",
            company.get_absolute_url(),
            "/evenements/",
            "/a-propos/",
            "/api/v1/companies/",
            f"/api/v1/companies/{company.slug}/",
        ]
        for edit in edits:
            before = {path: client.get(path) for path in paths}
            EDITS[edit]()
            for path, kept in before.items():
                answer = again(client, path, kept["ETag"])
                fresh = client.get(path)
                assert answer.status_code in (200, 304)
                if answer.status_code == 304:
                    assert fresh.content == kept.content, (path, edit)
        transaction.set_rollback(True)


def test_the_pages_of_the_site_map_have_validators(client):
    for name in PAGES:
        response = client.get(reverse(name))
        assert response.has_header("ETag"), name
