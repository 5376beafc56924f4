"""What no form of the admin would send, but an address or a program may."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.db.models import ForeignKey, ManyToManyField

from publishing.models import published_models
from tests import factories as make
from tests.admin_form import add_url, change_url, form_of
from tests.publishing.test_admin_pages import BUILDERS, by_name

pytestmark = pytest.mark.django_db

NOT_KEYS = ["abc", "\x00", "1,abc", "-1", "9" * 40, "é" * 300]


def relations(model: type) -> list[str]:
    searched = admin.site._registry[model].autocomplete_fields
    fields = [model._meta.get_field(name) for name in searched]
    return [field.name for field in fields if isinstance(field, ForeignKey | ManyToManyField)]


@pytest.mark.parametrize("value", NOT_KEYS)
@pytest.mark.parametrize("model", published_models(), ids=by_name)
def test_an_address_that_fills_the_form_with_what_is_no_record_opens_it(admin_client, model, value):
    for name in relations(model):
        response = admin_client.get(add_url(model), {name: value})
        assert response.status_code == 200, name


@pytest.mark.parametrize("model", published_models(), ids=by_name)
def test_a_relation_posted_as_what_is_no_record_is_refused(admin_client, model):
    record = BUILDERS[model.__name__]()
    url = change_url(record)
    form = form_of(admin_client.get(url))
    for name in relations(model):
        for value in NOT_KEYS:
            response = admin_client.post(url, form | {name: value})
            assert response.status_code == 200, (name, value)
            assert list(response.context["adminform"].form.errors) == [name]


@pytest.mark.parametrize("text", ["\x00", "é" * 5000], ids=["nul", "very long"])
@pytest.mark.parametrize("model", published_models(), ids=by_name)
def test_a_form_filled_with_nonsense_is_refused_and_shown_again(admin_client, model, text):
    record = BUILDERS[model.__name__]()
    before = type(record).objects.values().get(pk=record.pk)
    url = change_url(record)
    names = [name for name in form_of(admin_client.get(url)) if not _is_management(name)]
    management = {
        name: value
        for name, value in form_of(admin_client.get(url)).items()
        if _is_management(name)
    }
    for address in (add_url(model), url):
        response = admin_client.post(address, management | dict.fromkeys(names, text))
        assert response.status_code == 200
        assert response.context["errors"]
    assert type(record).objects.values().get(pk=record.pk) == before


@pytest.mark.parametrize("model", published_models(), ids=by_name)
def test_a_form_whose_management_is_nonsense_is_refused(admin_client, model):
    url = change_url(BUILDERS[model.__name__]())
    response = admin_client.post(url, dict.fromkeys(form_of(admin_client.get(url)), "\x00"))
    assert response.status_code == 200
    assert response.context["errors"]


def test_the_chosen_record_of_an_address_is_shown_as_chosen(admin_client):
    topic = make.make_topic(title="Cloud public")
    page = admin_client.get(add_url(make.Event), {"topics": f"{topic.pk},abc"})
    assert f'<option value="{topic.pk}" selected>Cloud public</option>' in page.content.decode()


def _is_management(name: str) -> bool:
    return name.endswith(("_FORMS", "-id"))
