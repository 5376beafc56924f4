"""The living page of the design."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from publishing.models import published_models
from tests import factories as make
from tests.test_what_the_public_sees import World
from veille.design import SAMPLES, UNSEEN, colours_of, contrast

pytestmark = pytest.mark.django_db
URL = "/design/"
COMPONENTS = sorted(
    path.stem for path in (Path(settings.BASE_DIR) / "templates" / "components").glob("*.html")
)


def page(client) -> str:
    client.force_login(make.make_user(is_staff=True))
    response = client.get(URL)
    assert response.status_code == 200
    return response.content.decode()


def test_it_is_for_the_staff(client):
    assert client.get(URL).status_code == 404
    client.force_login(make.make_user(is_staff=False))
    assert client.get(URL).status_code == 404


def test_in_development_it_is_for_all(client, settings):
    settings.DEBUG = True
    assert client.get(URL).status_code == 200


def test_it_is_kept_by_no_one(client):
    client.force_login(make.make_user(is_staff=True))
    response = client.get(URL)
    assert "no-store" in response["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in response.content.decode()


def test_every_component_that_is_seen_has_a_sample():
    assert sorted([*SAMPLES, *UNSEEN]) == COMPONENTS


def test_every_component_is_there_with_what_it_takes_in(client):
    said = page(client)
    for name in COMPONENTS:
        assert f"<code>{name}</code>" in said
    assert "feeds: FeedLink rows" in said


def test_with_content_components_and_cards_are_drawn(client):
    World()
    said = page(client)
    for mark in ("figure__value", "contested", "pagination__list", 'class="filters"', "trace"):
        assert mark in said
    assert said.count('class="card') >= len(published_models()) - 3


def test_on_an_empty_site_it_still_stands(client):
    assert "Rien à montrer avec le contenu présent." in page(client)


def test_no_identifier_is_there_twice(client):
    World()
    identifiers = re.findall(r'\sid="([^"]+)"', page(client))
    assert len(identifiers) == len(set(identifiers))


def test_colours_and_their_contrast_come_from_the_style_sheet(client):
    sheet = "--paper: light-dark(#ffffff, #000000); --ink: light-dark(#767676, #ffffff);"
    assert colours_of(sheet)[1] == ("ink", "#767676", "#ffffff", 4.5, 21.0)
    assert contrast("#000000", "#ffffff") == 21.0
    assert "--accent" in page(client)
