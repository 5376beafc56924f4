"""Wrong dates, impossible periods, images that are none: a sentence, and the typing is kept."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from companies.models import Company, CompanyRelation
from events.models import Event
from market.models import Figure, FigureComponent
from publishing.groups import WRITER
from publishing.images import MAX_IMAGE_BYTES
from publishing.models import Status
from tests import factories as make
from tests.admin_form import (
    add_row,
    add_url,
    change_url,
    errors_of,
    row_errors_of,
    submit,
)
from topics.models import Topic, TopicSection

pytestmark = pytest.mark.django_db

NEW_EVENT = {"title": "Le salon du nuage", "summary": "Trois jours.", "status": "draft"}


@pytest.fixture(autouse=True)
def writer(client):
    client.force_login(make.make_user(WRITER))


def upload(content: bytes, name: str = "photo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def image_bytes(image_format: str) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (8, 8)).save(content, image_format)
    return content.getvalue()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("31 avril 2025", "Le 31 avril 2025 n’existe pas."),
        (
            "du 23 au 20 mai 2025",
            "La fin (20 mai 2025) précède le début (23 mai 2025).",
        ),
        (
            "un de ces jours",
            "« un de ces jours » ne se lit pas comme une date. Écrivez par exemple "
            "« 20 mai 2025 », « 20-23 mai 2025 », « avril 2025 », « automne 2025 », « T3 2024 », "
            "« 2025 », « d’ici 2030 » ou « À déterminer ».",
        ),
        ("2025\x00", None),
        ("x" * 300, "La date est trop longue (300 caractères) : elle doit tenir en 80 caractères."),
    ],
)
def test_a_date_that_cannot_be_read_is_explained(client, typed, sentence):
    response = submit(client, add_url(Event), **NEW_EVENT, date=typed)
    errors = errors_of(response)
    assert set(errors) == {"date"}
    if sentence:
        assert errors["date"] == [sentence]
    page = response.content.decode()
    assert NEW_EVENT["title"] in page
    assert f'value="{typed}"' in page
    assert not Event.objects.exists()


def test_a_day_that_does_not_exist_is_refused(client):
    response = submit(client, add_url(Event), **NEW_EVENT, verified_on="31/02/2025")
    assert errors_of(response) == {"verified_on": ["Saisissez une date valide."]}
    assert "31/02/2025" in response.content.decode()


def test_a_call_for_papers_closes_before_the_event_ends(client):
    response = submit(
        client, add_url(Event), **NEW_EVENT, date="20-23 mai 2025", cfp_deadline="01/06/2025"
    )
    assert errors_of(response) == {
        "cfp_deadline": ["L’appel à communications se clôt avant la fin de l’événement."]
    }
    assert "20-23 mai 2025" in response.content.decode()


def test_an_address_of_the_site_is_not_taken(client):
    response = submit(client, add_url(Event), **NEW_EVENT, slug="agenda")
    assert errors_of(response) == {"slug": ["« agenda » est l’adresse d’une page du site."]}


def test_an_empty_form_is_refused_field_by_field(client):
    response = submit(client, add_url(Figure))
    assert set(errors_of(response)) == {"indicator", "value"}


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (
            upload(b"rien d'une image"),
            "Ce fichier n’est pas une image lisible. Formats acceptés : JPEG, PNG, WebP ou AVIF.",
        ),
        (
            upload(image_bytes("GIF"), "photo.gif"),
            "Le format GIF n’est pas accepté. Formats acceptés : JPEG, PNG, WebP ou AVIF.",
        ),
        (
            upload(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "dessin.svg"),
            "Le format SVG n’est pas accepté. Formats acceptés : JPEG, PNG, WebP ou AVIF.",
        ),
        (
            upload(image_bytes("PNG") + bytes(MAX_IMAGE_BYTES)),
            "Cette image pèse 5,1 Mo ; le maximum est de 5 Mo.",
        ),
        (
            upload(image_bytes("JPEG")[:-40], "photo.jpg"),
            "Cette image est incomplète ou abîmée : téléversez-la de nouveau.",
        ),
    ],
    ids=["text", "gif", "svg", "too large", "truncated"],
)
def test_an_image_that_is_none_or_too_large_is_explained(client, settings, file, sentence):
    file.seek(0)
    response = submit(client, add_url(Event), **NEW_EVENT, image=file)
    assert errors_of(response) == {"image": [sentence]}
    assert NEW_EVENT["title"] in response.content.decode()
    assert not Event.objects.exists()
    assert not list(settings.MEDIA_ROOT.rglob("*.*"))


def test_an_image_of_too_many_pixels_is_refused_before_it_is_read(client):
    content = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(content, "PNG")
    response = submit(client, add_url(Event), **NEW_EVENT, image=upload(content.getvalue()))
    assert errors_of(response) == {
        "image": [
            "Cette image compte plus de 40 millions de pixels : réduisez-la avant de la téléverser."
        ]
    }


def test_a_good_image_is_kept_with_its_size(client):
    response = submit(client, add_url(Event), **NEW_EVENT, image=upload(image_bytes("PNG")))
    assert response.status_code == 302
    event = Event.objects.get()
    assert (event.image_width, event.image_height) == (8, 8)


def test_a_circular_subsidiary_is_refused(client):
    parent, child = make.make_company(status=Status.DRAFT), make.make_company(name="Filiale")
    make.make_relation(child, "subsidiary_of", parent)
    row = add_row("relations", kind="subsidiary_of", target=child.pk, note="Une précision")
    response = submit(
        client, change_url(parent), **row, **{"relations-0-credibility": "6"}, name="Mère"
    )
    assert row_errors_of(response) == [
        {
            "target": [
                "Boucle : « Filiale » dépend déjà de « Mère », "
                "qui ne peut donc pas être sa filiale."
            ]
        }
    ]
    page = response.content.decode()
    assert "Une précision" in page
    assert 'value="Mère"' in page
    assert CompanyRelation.objects.count() == 1
    assert not Company.objects.filter(name="Mère").exists()


@pytest.mark.parametrize("kind", ["subsidiary_of", "partner_of"])
def test_a_company_is_not_related_to_itself(client, kind):
    company = make.make_company(status=Status.DRAFT)
    row = add_row("relations", kind=kind, target=company.pk, credibility="6")
    response = submit(client, change_url(company), **row)
    assert row_errors_of(response) == [
        {"target": ["Une entreprise n’est pas en relation avec elle-même."]}
    ]
    assert not CompanyRelation.objects.exists()


def test_the_period_of_a_relation_is_read_like_every_date(client):
    company, target = make.make_company(status=Status.DRAFT), make.make_company()
    row = add_row(
        "relations", kind="partner_of", target=target.pk, credibility="6", date="depuis jadis"
    )
    response = submit(client, change_url(company), **row)
    (errors,) = row_errors_of(response)
    assert set(errors) == {"date"}
    assert 'value="depuis jadis"' in response.content.decode()
    row["relations-0-date"] = "depuis 2020"
    assert submit(client, change_url(company), **row).status_code == 302
    assert company.relations.get().date.edtf == "2020/.."


def test_two_parts_of_a_topic_do_not_bear_one_title(client):
    topic = make.make_topic(status=Status.DRAFT, sections=[("Définition", "Un texte.")])
    row = add_row("sections", 1, title="Définition", body="Un autre texte.", position="2")
    response = submit(client, change_url(topic), **row)
    assert response.status_code == 200
    assert "Un autre texte." in response.content.decode()
    assert TopicSection.objects.count() == 1


def test_a_figure_does_not_count_itself(client):
    figure = make.make_figure(status=Status.DRAFT)
    row = add_row("component_rows", part=figure.pk)
    response = submit(client, change_url(figure), **row)
    assert response.status_code == 200
    assert row_errors_of(response)
    assert not FigureComponent.objects.exists()


def test_what_is_typed_is_shown_as_text(client):
    typed = "<script>alert(1)</script>"
    response = submit(client, add_url(Topic), title=typed, status="published")
    assert typed not in response.content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in response.content.decode()
