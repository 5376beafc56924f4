"""Topics in the admin: their parts and their readings."""

from __future__ import annotations

import pytest

from publishing.groups import REVIEWER
from tests import factories as make
from tests.admin_form import add_row, change_url, submit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reviewer(client):
    client.force_login(make.make_user(REVIEWER))


def test_the_parts_and_the_readings_of_a_topic_are_kept_with_it(client):
    topic, source = make.make_topic(), make.make_source()
    response = submit(
        client,
        change_url(topic),
        **add_row("sections", title="Définition", body="Un **texte**.", position="1"),
        **add_row("readings", source=source.pk, note="Pour débuter", position="1"),
    )
    assert response.status_code == 302
    section, reading = topic.sections.get(), topic.readings.get()
    assert (section.title, section.body_html.strip()) == (
        "Définition",
        "<p>Un <strong>texte</strong>.</p>",
    )
    assert (reading.source, reading.note) == (source, "Pour débuter")


def test_a_source_is_recommended_once(client):
    source = make.make_source()
    topic = make.make_topic(readings=[source])
    row = add_row("readings", 1, source=source.pk, position="2", note="Encore")
    response = submit(client, change_url(topic), **row)
    assert response.status_code == 200
    assert "Encore" in response.content.decode()
    assert topic.readings.count() == 1
