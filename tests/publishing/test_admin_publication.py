"""Publishing asks for everything at once, and a refusal writes nothing and loses nothing."""

from __future__ import annotations

import io

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from analyses.models import Analysis, AnalysisSection
from events.models import Event
from market.models import Figure
from news.models import NewsItem
from publishing.admin import IMAGE_TO_CHOOSE_AGAIN
from publishing.groups import REVIEWER
from publishing.models import FormerSlug, Status
from sources.models import Citation
from tests import factories as make
from tests.admin_form import (
    CITATIONS,
    add_row,
    add_url,
    change_url,
    errors_of,
    messages_of,
    row_errors_of,
    submit,
)

pytestmark = pytest.mark.django_db

NO_CITATION_3 = "L’appel [3] ne correspond à aucune citation numérotée 3."
NEW_ANALYSIS = {
    "title": "Le bilan du nuage",
    "summary": "Une longue analyse.",
    "body": "Un fait surprenant [3].",
    "date": "février 2025",
    "status": "published",
}


@pytest.fixture(autouse=True)
def reviewer(client):
    user = make.make_user(REVIEWER)
    client.force_login(user)
    return user


def picture(width: int = 40) -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.effect_noise((width, width), 100).save(content, "PNG")
    return SimpleUploadedFile("photo.png", content.getvalue(), content_type="image/png")


def stored_files() -> list[str]:
    folder = settings.MEDIA_ROOT
    return [path.name for path in folder.rglob("*") if path.is_file()]


def test_an_analysis_whose_note_is_missing_is_refused_and_nothing_is_written(client):
    section = add_row(
        "sections", title="Contexte", body="Le contexte [4].", position="1", level="1"
    )
    response = submit(client, add_url(Analysis), **NEW_ANALYSIS, **section)
    assert response.status_code == 200
    assert errors_of(response) == {
        "__all__": [NO_CITATION_3, "L’appel [4] ne correspond à aucune citation numérotée 4."]
    }
    page = response.content.decode()
    for typed in (*NEW_ANALYSIS.values(), "Contexte", "Le contexte [4]."):
        assert typed in page
    for model in (Analysis, AnalysisSection, LogEntry):
        assert not model.objects.exists()


def test_the_citation_added_in_the_same_go_lets_the_analysis_be_published(client):
    source = make.make_source()
    row = add_row(CITATIONS, number="3", source=source.pk, credibility="6")
    response = submit(client, add_url(Analysis), **NEW_ANALYSIS, **row)
    assert response.status_code == 302
    analysis = Analysis.objects.get()
    assert analysis.is_public
    assert [citation.number for citation in analysis.citations.all()] == [3]
    assert 'href="#note-3"' in analysis.body_html


def test_a_published_analysis_does_not_lose_the_note_it_calls(client):
    analysis = make.make_analysis(body="Un fait [3].", status=Status.DRAFT)
    citation = make.cite(analysis, make.make_source(), number=3)
    assert submit(client, change_url(analysis), status="published").status_code == 302
    response = submit(
        client, change_url(analysis), title="Titre retouché", **{f"{CITATIONS}-0-DELETE": "on"}
    )
    assert errors_of(response) == {"__all__": [NO_CITATION_3]}
    assert "Titre retouché" in response.content.decode()
    assert Citation.objects.filter(pk=citation.pk).exists()
    assert not Analysis.objects.filter(title="Titre retouché").exists()


def test_a_refused_change_of_address_leaves_no_redirect(client):
    analysis = make.make_analysis(slug="ancienne")
    response = submit(client, change_url(analysis), slug="nouvelle", body="Un fait [3].")
    assert errors_of(response) == {"__all__": [NO_CITATION_3]}
    assert not FormerSlug.objects.exists()
    assert Analysis.objects.get().slug == "ancienne"


def test_a_draft_may_lack_everything(client):
    response = submit(client, add_url(Analysis), **NEW_ANALYSIS | {"status": "draft"})
    assert response.status_code == 302
    assert Analysis.objects.get().status == Status.DRAFT


def test_all_that_is_missing_is_said_at_once(client):
    response = submit(
        client, add_url(NewsItem), title="Une annonce", status="published", image=picture()
    )
    assert errors_of(response) == {
        "source": ["Pas de publication sans source : indiquez celle de cette fiche (actualité)."],
        "date": ["Une actualité se publie avec sa date, même approximative."],
        "image_alt": ["Une image se publie avec un texte alternatif."],
    }
    assert "Une annonce" in response.content.decode()
    assert messages_of(response) == [IMAGE_TO_CHOOSE_AGAIN]
    assert not NewsItem.objects.exists()
    assert stored_files() == []


def test_a_figure_is_not_published_without_a_source(client):
    indicator = make.make_indicator()
    typed = {"indicator": indicator.pk, "value": "678,8", "period": "2024", "status": "published"}
    response = submit(client, add_url(Figure), **typed)
    assert errors_of(response) == {
        "source": ["Pas de publication sans source : indiquez celle de cette fiche (chiffre)."]
    }
    assert 'value="678,8"' in response.content.decode()
    assert not Figure.objects.exists()


def test_a_figure_is_not_published_on_a_source_that_is_a_draft(client):
    source = make.make_source(status=Status.DRAFT)
    figure = make.make_figure(status=Status.DRAFT, source=source)
    response = submit(client, change_url(figure), status="published")
    assert errors_of(response) == {
        "source": ["La source indiquée n’est pas publiée : publiez-la d’abord."]
    }
    figure.refresh_from_db()
    assert figure.status == Status.DRAFT


@pytest.mark.parametrize("width", [40, 1700], ids=["in memory", "in a temporary file"])
def test_the_image_of_a_refused_publication_is_not_kept(client, width):
    typed = NEW_ANALYSIS | {"image_alt": "Des serveurs"}
    response = submit(client, add_url(Analysis), **typed, image=picture(width))
    assert errors_of(response) == {"__all__": [NO_CITATION_3]}
    assert messages_of(response) == [IMAGE_TO_CHOOSE_AGAIN]
    assert "Des serveurs" in response.content.decode()
    assert stored_files() == []


def test_the_image_that_a_record_had_survives_a_refusal(client):
    analysis = make.make_analysis(status=Status.DRAFT)
    typed = {"image_alt": "Des serveurs", "image": picture()}
    assert submit(client, change_url(analysis), **typed).status_code == 302
    before = stored_files()
    typed = {"status": "published", "body": "Un fait [3].", "image": picture()}
    assert submit(client, change_url(analysis), **typed).status_code == 200
    assert stored_files() == before


def test_a_record_is_planned_by_a_date_to_come(client):
    event = make.make_event(status=Status.IN_REVIEW)
    response = submit(
        client,
        change_url(event),
        status="published",
        publish_at_0="04/02/2999",
        publish_at_1="08:00",
    )
    assert response.status_code == 302
    event.refresh_from_db()
    assert event.is_scheduled


def test_a_withdrawal_follows_the_publication(client):
    event = make.make_event()
    response = submit(client, change_url(event), expire_at_0="01/01/2020", expire_at_1="08:00")
    assert errors_of(response) == {"__all__": ["Le retrait doit suivre la publication."]}
    assert Event.objects.get().expire_at is None


def test_the_numbers_of_two_citations_are_exchanged(client):
    analysis = make.make_analysis(body="Un [1], deux [2].", status=Status.DRAFT)
    first = make.cite(analysis, make.make_source(), number=1)
    second = make.cite(analysis, make.make_source(), number=2)
    response = submit(
        client,
        change_url(analysis),
        **{f"{CITATIONS}-0-number": "2", f"{CITATIONS}-1-number": "1"},
    )
    assert response.status_code == 302
    numbers = dict(analysis.citations.values_list("pk", "number"))
    assert numbers == {first.pk: 2, second.pk: 1}


def test_the_number_of_a_removed_citation_serves_at_once(client):
    analysis = make.make_analysis(body="Un [1], deux [2].", status=Status.DRAFT)
    kept = make.cite(analysis, make.make_source(), number=1)
    make.cite(analysis, make.make_source(), number=2)
    response = submit(
        client,
        change_url(analysis),
        **{f"{CITATIONS}-0-number": "2", f"{CITATIONS}-1-DELETE": "on"},
    )
    assert response.status_code == 302
    assert list(analysis.citations.values_list("pk", "number")) == [(kept.pk, 2)]


def test_two_citations_do_not_bear_one_number(client):
    analysis = make.make_analysis(body="Un [1].", status=Status.DRAFT)
    source = make.make_source()
    make.cite(analysis, source, number=1)
    row = add_row(CITATIONS, 1, number="1", source=source.pk, credibility="6", locator="p. 12")
    response = submit(client, change_url(analysis), **row)
    assert row_errors_of(response) == [
        {"number": ["Deux citations de cette fiche portent le numéro 1."]}
    ]
    assert "p. 12" in response.content.decode()
    assert analysis.citations.count() == 1
