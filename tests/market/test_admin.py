"""Figures in the admin: a number is typed, kept and shown again as it was stated."""

from __future__ import annotations

from decimal import Decimal

import pytest

from market.models import Figure
from publishing.groups import REVIEWER
from publishing.models import Status
from tests import factories as make
from tests.admin_form import (
    add_row,
    add_url,
    change_url,
    errors_of,
    form_of,
    list_url,
    row_errors_of,
    submit,
)

pytestmark = pytest.mark.django_db

UNREADABLE = (
    "Ce nombre ne se lit pas. Écrivez-le seul, sans unité ni « plus de » : "
    "« 678,8 », « 678.8 » ou « 1 234,5 »."
)


@pytest.fixture(autouse=True)
def reviewer(client):
    client.force_login(make.make_user(REVIEWER))


def new_figure(**typed) -> dict:
    return {"indicator": make.make_indicator().pk, "period": "2024", "status": "draft"} | typed


@pytest.mark.parametrize(
    ("typed", "value", "decimals", "shown"),
    [
        ("678,8", "678.8", 1, "678,8"),
        ("678.8", "678.8", 1, "678,8"),
        ("20,40", "20.40", 2, "20,40"),
        ("244", "244", 0, "244"),
        ("1 234,5", "1234.5", 1, "1_234,5"),
        ("1_234,5", "1234.5", 1, "1_234,5"),
        ("600 000", "600000", 0, "600_000"),
        ("-3,1", "-3.1", 1, "−3,1"),
        ("−3,1", "-3.1", 1, "−3,1"),
        ("0", "0", 0, "0"),
    ],
)
def test_a_number_is_kept_and_shown_with_the_decimals_it_states(
    client, typed, value, decimals, shown
):
    typed, shown = typed.replace("_", "\u00a0"), shown.replace("_", "\u00a0")
    assert submit(client, add_url(Figure), **new_figure(value=typed)).status_code == 302
    figure = Figure.objects.get()
    assert (figure.value, figure.decimals) == (Decimal(value), decimals)
    form = form_of(client.get(change_url(figure)))
    assert form["value"] == shown
    assert client.post(change_url(figure), form).status_code == 302
    figure.refresh_from_db()
    assert (figure.value, figure.decimals) == (Decimal(value), decimals)


def test_decimals_follow_the_number_typed_last(client):
    figure = make.make_figure(value=Decimal("20.4"))
    assert submit(client, change_url(figure), value="20,40").status_code == 302
    figure.refresh_from_db()
    assert (figure.decimals, figure.display) == (2, "20,40\u00a0Md$")


@pytest.mark.parametrize(
    "typed",
    ["plus de 150", "678,8 Md$", "20 %", "1.234,5", "12 34", "NaN", "1e9", "--3", "٣", "9" * 70],
)
def test_a_number_that_cannot_be_read_is_explained(client, typed):
    response = submit(client, add_url(Figure), **new_figure(value=typed))
    assert errors_of(response) == {"value": [UNREADABLE]}
    assert f'value="{typed}"' in response.content.decode()
    assert not Figure.objects.exists()


@pytest.mark.parametrize("typed", ["1,1234567", "123456789012345,5"])
def test_a_number_too_long_for_the_database_is_refused(client, typed):
    response = submit(client, add_url(Figure), **new_figure(value=typed))
    assert set(errors_of(response)) == {"value"}
    assert typed in response.content.decode()


def test_the_list_shows_each_figure_as_it_is_quoted(client):
    make.make_figure(value=Decimal("150"), qualifier="gt", segment=make.make_segment(name="SaaS"))
    page = client.get(list_url(Figure)).content.decode()
    assert "plus de 150\u00a0Md$" in page
    assert ", SaaS, 2024" in page


def test_the_figures_that_a_total_adds_up_are_kept_with_it(client):
    total, part = make.make_figure(), make.make_figure()
    row = add_row("component_rows", part=part.pk)
    assert submit(client, change_url(total), **row).status_code == 302
    assert list(total.components.all()) == [part]


def test_a_part_that_already_counts_the_total_is_refused(client):
    total, part = make.make_figure(), make.make_figure()
    part_of = add_row("component_rows", part=total.pk)
    assert submit(client, change_url(part), **part_of).status_code == 302
    response = submit(client, change_url(total), **add_row("component_rows", part=part.pk))
    assert row_errors_of(response) == [{"part": [f"Boucle : « {part} » compte déjà ce total."]}]
    assert not total.components.exists()


def test_a_figure_replaces_a_figure_of_the_same_indicator(client):
    older, foreign = make.make_figure(), make.make_figure()
    newer = make.make_figure(indicator=older.indicator, status=Status.DRAFT)
    response = submit(client, change_url(newer), supersedes=foreign.pk)
    assert errors_of(response) == {
        "supersedes": ["Un chiffre remplace un chiffre du même indicateur."]
    }
    assert submit(client, change_url(newer), supersedes=older.pk).status_code == 302
    response = submit(client, change_url(older), supersedes=newer.pk)
    assert errors_of(response) == {
        "supersedes": ["Boucle : ce chiffre est déjà remplacé par celui-ci."]
    }


def test_figures_are_suggested_by_name_in_a_known_number_of_queries(
    client, django_assert_num_queries
):
    indicator = make.make_indicator(name="Dépenses")
    for _ in range(15):
        make.make_figure(indicator=indicator, segment=make.make_segment())
    asked = {"app_label": "market", "model_name": "figure", "field_name": "supersedes"}
    client.get("/admin/autocomplete/", asked | {"term": "Dépenses"})
    # Session, user, rights of the user and of its groups, the count, the figures.
    with django_assert_num_queries(6):
        answer = client.get("/admin/autocomplete/", asked | {"term": "Dépenses"})
    assert len(answer.json()["results"]) == 15
    assert answer.json()["results"][0]["text"].endswith("678,8\u00a0Md$")
