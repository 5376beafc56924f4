"""Analyses and recommendations in the admin."""

from __future__ import annotations

import pytest

from analyses.models import Recommendation
from publishing.groups import REVIEWER
from publishing.models import Status
from tests import factories as make
from tests.admin_form import CITATIONS, add_row, add_url, change_url, submit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reviewer(client):
    client.force_login(make.make_user(REVIEWER))


def test_the_notes_of_every_part_are_resolved_when_an_analysis_is_published(client):
    analysis, source = make.make_analysis(status=Status.DRAFT), make.make_source()
    response = submit(
        client,
        change_url(analysis),
        status="published",
        **add_row("sections", title="Contexte", body="Un fait [1].", position="1", level="1"),
        **add_row(CITATIONS, number="1", source=source.pk, credibility="6"),
    )
    assert response.status_code == 302
    analysis.refresh_from_db()
    assert analysis.is_public
    assert [note.calls for note in analysis.notes()] == [["appel-contexte-1"]]


def test_an_analysis_is_not_published_on_a_source_that_is_a_draft(client):
    analysis = make.make_analysis(body="Un fait [1].", status=Status.DRAFT)
    make.cite(analysis, make.make_source(status=Status.DRAFT), number=1)
    response = submit(client, change_url(analysis), status="published")
    assert response.context["adminform"].form.non_field_errors() == [
        "La source de la citation 1 n’est pas publiée."
    ]
    analysis.refresh_from_db()
    assert analysis.status == Status.DRAFT


def test_an_analysis_is_not_published_without_words(client):
    analysis = make.make_analysis(status=Status.DRAFT)
    response = submit(client, change_url(analysis), status="published", body="")
    assert response.context["adminform"].form.non_field_errors() == [
        "Une analyse se publie avec un texte."
    ]


def test_a_recommendation_is_tied_to_its_analysis(client):
    analysis = make.make_analysis()
    typed = {"title": "Mesurer", "analysis": analysis.pk, "status": "published"}
    assert submit(client, add_url(Recommendation), **typed).status_code == 302
    assert Recommendation.objects.get().analysis == analysis
