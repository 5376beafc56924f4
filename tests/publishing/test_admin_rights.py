"""Who may write, send to review, publish, archive, delete: in forms, in actions, by hand."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.urls import reverse

from analyses.models import Analysis
from companies.models import Company
from publishing.admin import ONLY_REVIEWERS_DECIDE
from publishing.groups import ADMINISTRATOR, REVIEWER, WRITER
from publishing.models import Status
from sources.models import Source
from tests import factories as make
from tests.admin_form import (
    CITATIONS,
    add_row,
    add_url,
    change_url,
    errors_of,
    form_of,
    list_url,
    messages_of,
    run_action,
    submit,
)
from topics.models import Trend

pytestmark = pytest.mark.django_db

NEW_TREND = {"title": "L’edge avance", "year": "2025", "level": "major", "status": "draft"}


@pytest.fixture
def writer(client):
    user = make.make_user(WRITER)
    client.force_login(user)
    return user


@pytest.fixture
def reviewer(client):
    user = make.make_user(REVIEWER)
    client.force_login(user)
    return user


@pytest.fixture
def administrator(client):
    user = make.make_user(ADMINISTRATOR)
    client.force_login(user)
    return user


def status_choices(response) -> list[str]:
    return [value for value, _ in response.context["adminform"].form.fields["status"].choices]


# --- The writer ---


def test_a_writer_creates_a_draft_signed_with_the_writers_name(client, writer):
    response = submit(client, add_url(Trend), **NEW_TREND)
    assert response.status_code == 302
    trend = Trend.objects.get()
    assert (trend.status, trend.written_by, trend.slug) == ("draft", writer, "ledge-avance")


def test_a_writer_sends_a_draft_to_review(client, writer):
    trend = make.make_trend(status=Status.DRAFT)
    assert submit(client, change_url(trend), status="in_review").status_code == 302
    trend.refresh_from_db()
    assert trend.status == Status.IN_REVIEW


def test_a_writer_is_offered_only_draft_and_in_review(client, writer):
    assert status_choices(client.get(add_url(Trend))) == ["draft", "in_review"]


@pytest.mark.parametrize("status", [Status.PUBLISHED, Status.ARCHIVED, Status.REJECTED])
def test_a_writer_who_posts_another_status_by_hand_is_refused(client, writer, status):
    response = submit(client, add_url(Trend), **NEW_TREND | {"status": status})
    assert errors_of(response) == {"status": [ONLY_REVIEWERS_DECIDE]}
    assert NEW_TREND["title"] in response.content.decode()
    assert not Trend.objects.exists()


@pytest.mark.parametrize("status", [Status.PUBLISHED, Status.ARCHIVED])
def test_a_settled_record_is_read_only_to_a_writer(client, writer, status):
    trend = make.make_trend(status=status, publish_at=make.LONG_AGO)
    page = client.get(change_url(trend))
    assert trend.title in page.content.decode()
    assert "_save" not in page.content.decode()
    assert client.post(change_url(trend), NEW_TREND).status_code == 403
    before = trend.title
    trend.refresh_from_db()
    assert trend.title == before


def test_the_parts_of_a_settled_record_are_read_only_to_a_writer(client, writer):
    analysis = make.make_analysis(sections=[("Contexte", "Texte de la partie.")])
    page = client.get(change_url(analysis))
    assert "Texte de la partie." in page.content.decode()
    assert "sections-0-title" not in form_of(page)


def test_a_refused_record_is_corrected_by_a_writer(client, writer):
    trend = make.make_trend(status=Status.REJECTED)
    assert submit(client, change_url(trend), status="in_review").status_code == 302


@pytest.mark.parametrize("action", ["publish_selected", "archive_selected", "delete_selected"])
def test_a_writer_neither_sees_nor_runs_a_reviewers_action(client, writer, action):
    trend = make.make_trend(status=Status.IN_REVIEW)
    page = client.get(list_url(Trend)).content.decode()
    assert action not in page
    run_action(client, action, [trend])
    trend.refresh_from_db()
    assert trend.status == Status.IN_REVIEW


@pytest.mark.parametrize("group", [WRITER, REVIEWER])
def test_only_an_administrator_deletes(client, group):
    client.force_login(make.make_user(group))
    trend = make.make_trend(status=Status.DRAFT)
    url = reverse("admin:topics_trend_delete", args=[trend.pk])
    assert client.get(url).status_code == 403
    assert client.post(url, {"post": "yes"}).status_code == 403
    assert "delete_selected" not in client.get(list_url(Trend)).content.decode()
    assert Trend.objects.filter(pk=trend.pk).exists()


# --- The reviewer ---


def test_a_reviewer_is_offered_every_status(client, reviewer):
    assert status_choices(client.get(add_url(Trend))) == Status.values


def test_a_reviewer_publishes_with_the_form(client, reviewer):
    trend = make.make_trend(status=Status.IN_REVIEW)
    assert submit(client, change_url(trend), status="published").status_code == 302
    trend.refresh_from_db()
    assert trend.is_public


def test_a_reviewer_corrects_a_published_record(client, reviewer):
    trend = make.make_trend()
    assert submit(client, change_url(trend), title="Titre corrigé").status_code == 302
    trend.refresh_from_db()
    assert (trend.title, trend.is_public) == ("Titre corrigé", True)


def test_the_author_of_a_record_stays_whoever_corrects_it(client, reviewer):
    author = make.make_user(WRITER)
    trend = make.make_trend(status=Status.DRAFT, written_by=author)
    submit(client, change_url(trend), title="Titre corrigé")
    trend.refresh_from_db()
    assert trend.written_by == author


def test_records_are_published_together(client, reviewer):
    trends = [make.make_trend(status=Status.IN_REVIEW) for _ in range(2)]
    response = run_action(client, "publish_selected", trends)
    assert messages_of(response) == ["2 fiches publiées."]
    assert Trend.objects.published().count() == 2
    assert set(LogEntry.objects.values_list("user", "object_id")) == {
        (reviewer.pk, str(trend.pk)) for trend in trends
    }


def test_records_are_archived_together(client, reviewer):
    trend = make.make_trend()
    response = run_action(client, "archive_selected", [trend])
    assert messages_of(response) == ["1 fiche archivée."]
    trend.refresh_from_db()
    assert trend.status == Status.ARCHIVED


def test_publishing_together_says_which_records_are_refused_and_why(client, reviewer):
    source = make.make_source()
    ready = make.make_news(status=Status.IN_REVIEW, source=source)
    lacking = make.make_news(
        title="Sans source", date="À déterminer", source=None, status=Status.IN_REVIEW
    )
    response = run_action(client, "publish_selected", [ready, lacking])
    assert messages_of(response) == [
        "1 fiche publiée.",
        "« Sans source » n’est pas publiée : "
        "Pas de publication sans source : indiquez celle de cette fiche (actualité). "
        "Une actualité se publie avec sa date, même approximative.",
    ]
    lacking.refresh_from_db()
    assert lacking.status == Status.IN_REVIEW


def test_publishing_together_asks_for_the_notes_of_an_analysis(client, reviewer):
    analysis = make.make_analysis(title="Bilan", body="Un fait [3].", status=Status.IN_REVIEW)
    response = run_action(client, "publish_selected", [analysis])
    assert messages_of(response) == [
        "« Bilan » n’est pas publiée : L’appel [3] ne correspond à aucune citation numérotée 3."
    ]
    assert not Analysis.objects.published().exists()


# --- The administrator ---


def test_an_administrator_deletes_a_record(client, administrator):
    trend = make.make_trend()
    url = reverse("admin:topics_trend_delete", args=[trend.pk])
    assert client.post(url, {"post": "yes"}).status_code == 302
    assert not Trend.objects.exists()


def test_a_source_that_is_cited_is_not_deleted_and_the_page_says_what_cites_it(
    client, administrator
):
    source, trend = make.make_source(title="Rapport"), make.make_trend()
    make.cite(trend, source, number=1)
    url = reverse("admin:sources_source_delete", args=[source.pk])
    page = client.get(url)
    assert page.status_code == 200
    assert [str(entry) for entry in page.context["protected"]] == ["Citation: [1] Rapport"]
    assert client.post(url, {"post": "yes"}).status_code == 200
    assert Source.objects.filter(pk=source.pk).exists()


def test_records_that_others_rest_on_are_not_deleted_together(client, administrator):
    source = make.make_source()
    make.make_news(source=source)
    response = run_action(client, "delete_selected", [source])
    assert response.status_code == 200
    assert response.context["protected"]
    assert Source.objects.filter(pk=source.pk).exists()


def test_a_company_that_is_a_parent_is_not_deleted(client, administrator):
    parent, child = make.make_company(), make.make_company()
    make.make_relation(child, "subsidiary_of", parent)
    page = client.get(reverse("admin:companies_company_delete", args=[parent.pk]))
    assert page.status_code == 200
    assert page.context["protected"]
    assert Company.objects.count() == 2


def test_an_administrator_makes_no_superuser_of_anybody(client, administrator):
    colleague = make.make_user(WRITER)
    response = submit(client, change_url(colleague), is_superuser="on")
    assert response.status_code == 302
    colleague.refresh_from_db()
    assert not colleague.is_superuser


def test_an_administrator_does_not_reach_the_account_of_a_superuser(client, administrator):
    chief = make.make_user(is_superuser=True)
    assert client.get(change_url(chief)).status_code == 302
    password = reverse("admin:auth_user_password_change", args=[chief.pk])
    assert client.get(password).status_code == 404
    accounts = client.get(list_url(get_user_model())).context["cl"].result_list
    assert chief not in accounts


def test_a_superuser_keeps_every_account(client):
    chief = make.make_user(is_superuser=True)
    client.force_login(chief)
    assert "is_superuser" in client.get(change_url(chief)).content.decode()


def test_a_citation_added_to_a_draft_by_a_writer_is_kept(client, writer):
    trend, source = make.make_trend(status=Status.DRAFT), make.make_source()
    row = add_row(CITATIONS, number="1", source=source.pk, credibility="2", locator="p. 4")
    assert submit(client, change_url(trend), **row).status_code == 302
    citation = trend.citations.get()
    assert (citation.number, citation.source, citation.locator) == (1, source, "p. 4")
