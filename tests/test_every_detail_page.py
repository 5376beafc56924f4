"""What every public page of one record does: found through the contract."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from publishing import clock
from publishing.models import Status, published_models
from publishing.publication import archive, publish
from tests.test_every_list_page import build

pytestmark = pytest.mark.django_db

by_name = pytest.mark.parametrize("model", published_models(), ids=lambda model: model.__name__)


@by_name
def test_a_public_record_has_a_page_with_its_name_as_heading(client, model):
    record = build(model)
    response = client.get(record.get_absolute_url())
    assert response.status_code == 200
    assert f"<h1>{record.label}</h1>" in response.content.decode()


@by_name
def test_a_former_address_redirects_for_ever(client, model):
    record = build(model)
    first = record.get_absolute_url()
    for slug in ("deuxieme-adresse", "troisieme-adresse"):
        record.slug = slug
        record.full_clean()
        record.save()
    for former in (first, first.replace(first.split("/")[-2], "deuxieme-adresse")):
        response = client.get(former)
        assert response.status_code == 301
        assert response["Location"] == record.get_absolute_url()


@by_name
def test_a_withdrawn_record_is_gone_and_says_so(client, model):
    record = build(model)
    archive(record)
    response = client.get(record.get_absolute_url())
    assert response.status_code == 410
    assert "Cette fiche a été retirée" in response.content.decode()


@by_name
def test_the_former_address_of_a_withdrawn_record_is_gone_too(client, model):
    record = build(model)
    former = record.get_absolute_url()
    record.slug = "autre-adresse"
    record.save()
    archive(record)
    assert client.get(former).status_code == 410


@by_name
def test_an_address_that_never_served_is_not_found(client, model):
    response = client.get(f"{model.list_url()}jamais-vu/")
    assert response.status_code == 404
    assert "Rien à cette adresse" in response.content.decode()


@by_name
def test_a_former_address_is_refused_to_another_record(model):
    record = build(model)
    former = record.slug
    record.slug = "nouvelle-adresse"
    record.save()
    other = build(model)
    other.slug = former
    with pytest.raises(ValidationError) as refusal:
        other.full_clean()
    assert "a déjà servi à une autre fiche" in str(refusal.value)


@by_name
def test_a_record_may_take_its_former_address_back(client, model):
    record = build(model)
    first = record.slug
    record.slug = "detour"
    record.save()
    record.slug = first
    record.full_clean()
    record.save()
    assert client.get(record.get_absolute_url()).status_code == 200


@by_name
def test_the_former_address_of_a_deleted_record_is_free_again(client, model):
    record, other = build(model), build(model)
    former = record.slug
    record.slug = "autre-adresse"
    record.save()
    model.objects.filter(pk=record.pk).delete()
    other.slug = former
    other.full_clean()
    other.save()
    assert client.get(other.get_absolute_url()).status_code == 200


@by_name
def test_a_record_archived_before_its_publication_was_never_public(client, model):
    record = build(model)
    now = clock.now()
    model.objects.filter(pk=record.pk).update(publish_at=now + timedelta(days=1))
    record.refresh_from_db()
    archive(record)
    with clock.frozen(now + timedelta(days=2)):
        assert client.get(record.get_absolute_url()).status_code == 404


@by_name
def test_a_record_whose_withdrawal_is_past_is_not_said_to_be_published(model):
    record = build(model)
    model.objects.filter(pk=record.pk).update(
        status=Status.DRAFT, expire_at=record.publish_at + timedelta(seconds=1)
    )
    record.refresh_from_db()
    with clock.frozen(record.publish_at + timedelta(days=1)), pytest.raises(ValidationError):
        publish(record)
    assert record.status == Status.DRAFT
