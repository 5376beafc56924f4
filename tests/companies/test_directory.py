"""The directory of the companies, from A to Z, whatever the accents and the database."""

from __future__ import annotations

import importlib
import re

import pytest
from django.apps import apps
from django.db import connection

from companies.models import Company
from publishing.typography import initial
from tests import factories as make

pytestmark = pytest.mark.django_db

PAGE = "/entreprises/"
NAMES = ["Zoho", "Éolas", "edf", "« Ekimetrics »", "3DS OUTSCALE", "Œuvre", "Orange", "Яндекс"]


@pytest.fixture
def directory():
    for name in NAMES:
        make.make_company(name=name, country="FR" if name in ("Éolas", "Zoho") else "DE")
    make.make_company(name="Brouillon", status="draft")


def names(page) -> list[str]:
    return [company.name for company in page.context["page_obj"]]


def letters(page) -> dict[str, int]:
    return {one["label"]: one["count"] for one in page.context["letters"] if one["count"]}


def test_names_are_sorted_without_accents_nor_signs(client, directory):
    expected = ["3DS OUTSCALE", "edf", "« Ekimetrics »", "Éolas", "Œuvre", "Orange", "Zoho"]
    assert names(client.get(PAGE))[:7] == expected


def test_each_letter_says_how_many_names_it_has(client, directory):
    page = client.get(PAGE)
    expected = {"Toutes": 8, "E": 3, "O": 2, "Z": 1, "0–9": 1, "Autres": 1}
    assert letters(page) == expected
    content = page.content.decode()
    assert '<a href="/entreprises/?letter=e">E' in content
    # Nobody is under B that the public sees: a letter without link.
    assert "<span>B</span>" in content


@pytest.mark.parametrize(
    ("letter", "expected"),
    [
        ("e", ["edf", "« Ekimetrics »", "Éolas"]),
        ("o", ["Œuvre", "Orange"]),
        ("0-9", ["3DS OUTSCALE"]),
        ("autres", ["Яндекс"]),
        ("b", []),
    ],
)
def test_a_letter_lists_its_names(client, directory, letter, expected):
    assert names(client.get(PAGE, {"letter": letter})) == expected


def test_the_index_follows_the_filters_and_the_filters_keep_the_letter(client, directory):
    page = client.get(PAGE, {"letter": "e", "country": "FR"})
    assert letters(page) == {"Toutes": 2, "E": 1, "Z": 1}
    content = page.content.decode()
    assert re.search(r'<input type="hidden" name="letter" value="e"', content)
    assert 'aria-current="true">E' in content
    assert 'href="/entreprises/?country=FR">Toutes' in content
    assert 'href="/entreprises/?letter=o&amp;country=FR"' not in content
    assert "Retirer le filtre </span>Lettre\u00a0: E" in content


def test_a_letter_that_is_none_is_refused(client):
    assert client.get(PAGE, {"letter": "é"}).status_code == 400


def test_a_name_that_changes_moves(client, directory):
    company = Company.objects.get(name="Zoho")
    company.name = "Àlpha"
    company.save()
    assert names(client.get(PAGE, {"letter": "a"})) == ["Àlpha"]


def test_names_of_before_the_index_are_placed(directory):
    Company.objects.update(sort_key="", initial="")
    module = importlib.import_module("companies.migrations.0003_place_names_in_the_alphabet")
    module.place(apps, connection.schema_editor())
    placed = {company.name: company.initial for company in Company.objects.all()}
    assert placed == {name: initial(name) for name in [*NAMES, "Brouillon"]}


@pytest.mark.parametrize(
    ("name", "letter"),
    [("Éolas", "e"), ("œuvre", "o"), ("42", "0-9"), ("", "autres"), ("…", "autres"), ("ẞ", "s")],
)
def test_the_letter_of_a_name(name, letter):
    assert initial(name) == letter
