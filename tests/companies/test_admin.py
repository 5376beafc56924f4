"""Companies in the admin: roles are boxes to tick, relations have a date and a source."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry

from companies.models import Company
from publishing.groups import REVIEWER, WRITER
from tests import factories as make
from tests.admin_form import add_row, add_url, change_url, form_of, list_url, submit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reviewer(client):
    client.force_login(make.make_user(REVIEWER))


def roles_of(company: Company) -> set[str]:
    return set(company.roles.values_list("role", flat=True))


def test_the_roles_of_a_new_company_are_ticked(client):
    typed = {"name": "Nuage SA", "status": "draft", "role_choices": ["provider", "investor"]}
    assert submit(client, add_url(Company), **typed).status_code == 302
    assert roles_of(Company.objects.get()) == {"provider", "investor"}


def test_the_boxes_show_the_roles_and_change_only_what_is_ticked_or_cleared(client):
    company = make.make_company(roles=["provider", "user"])
    kept = company.roles.get(role="user")
    assert form_of(client.get(change_url(company)))["role_choices"] == ["provider", "user"]
    response = submit(client, change_url(company), role_choices=["user", "analyst"])
    assert response.status_code == 302
    assert roles_of(company) == {"user", "analyst"}
    assert company.roles.get(role="user") == kept
    assert "Rôles" in LogEntry.objects.get().get_change_message()


def test_every_role_may_be_cleared(client):
    company = make.make_company(roles=["provider"])
    form = form_of(client.get(change_url(company)))
    del form["role_choices"]
    assert client.post(change_url(company), form).status_code == 302
    assert roles_of(company) == set()


def test_a_role_that_does_not_exist_is_refused(client):
    company = make.make_company(roles=["provider"])
    response = submit(client, change_url(company), role_choices=["roi"])
    assert "role_choices" in response.context["adminform"].form.errors
    assert roles_of(company) == {"provider"}


def test_the_roles_are_read_in_the_list_and_by_who_may_only_read(client):
    company = make.make_company(roles=["provider", "user"])
    words = "fournisseur de cloud et utilisateur du cloud"
    assert words in client.get(list_url(Company)).content.decode()
    client.force_login(make.make_user(WRITER))
    assert words in client.get(change_url(company)).content.decode()


def test_the_list_is_narrowed_to_a_role(client):
    provider = make.make_company(roles=["provider", "user"])
    make.make_company(roles=["analyst"])
    page = client.get(list_url(Company), {"roles__role__exact": "provider"})
    assert list(page.context["cl"].result_list) == [provider]


def test_a_relation_is_kept_with_its_date_and_its_source(client):
    company, target, source = make.make_company(), make.make_company(), make.make_source()
    row = add_row(
        "relations",
        kind="subsidiary_of",
        target=target.pk,
        date="depuis 2020",
        source=source.pk,
        credibility="2",
        locator="p. 8",
    )
    assert submit(client, change_url(company), **row).status_code == 302
    relation = company.relations.get()
    assert (relation.target, relation.date.label, relation.source, relation.locator) == (
        target,
        "depuis 2020",
        source,
        "p. 8",
    )
    assert form_of(client.get(change_url(company)))["relations-0-date"] == "depuis 2020"
