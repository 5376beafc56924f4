"""The picture of a record where it is shared: `/partage/<type>/<slug>.png`."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from events.models import Event
from publishing import clock
from publishing.models import Status, published_models
from publishing.posters import MEASURE, Poster, _length, drawing_of
from sources.models import Source
from tests import factories as make
from tests.costs import VERSION
from tests.test_what_the_public_sees import BUILDERS

pytestmark = pytest.mark.django_db
HEAVIEST = 60_000


def texts(record) -> list[str]:
    """What the picture of a record says, in reading order."""
    loaded = type(record).objects.for_detail().get(pk=record.pk)
    return re.findall(r"<text[^>]*>(.*?)</text>", drawing_of(loaded.poster()))


@pytest.mark.parametrize("model", published_models(), ids=lambda model: model.__name__)
def test_each_record_has_a_picture_that_its_page_names(client, model):
    record = BUILDERS[model.__name__]()
    response = client.get(record.poster_url)
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert Image.open(io.BytesIO(response.content)).size == (1200, 630)
    assert len(response.content) < HEAVIEST
    assert f'{record.poster_url}">' in client.get(record.get_absolute_url()).content.decode()


def test_an_event_shows_its_date_as_it_is_known_and_its_place():
    event = make.make_event(title="Sommet", date="automne 2025", city="Lyon", country="FR")
    assert texts(event) == ["Événement", "Veille", "Sommet", "Automne 2025", "Lyon, France"]
    event.event_status = Event.EventStatus.CANCELLED
    event.save()
    assert texts(event)[-1].endswith("Lyon, France")
    assert texts(event)[-1].startswith("annulé")


def test_a_figure_shows_its_value_and_where_it_comes_from():
    source = make.make_source(publisher="Institut")
    indicator = make.make_indicator(name="Dépenses")
    figure = make.make_figure(indicator=indicator, source=source, value="678.8", qualifier="gt")
    kind, _, *said = texts(figure)
    assert kind == "Chiffre"
    assert said[-2] == figure.display
    assert "Institut" in said[-1]
    assert texts(indicator)[-2:] == said[-2:]
    make.make_anomaly(accused=[figure])
    assert "chiffre contesté" in texts(figure)
    assert "chiffre contesté" in texts(indicator)


def test_a_source_that_is_not_public_is_not_named():
    source = make.make_source(title="Secrète", publisher="Secrète")
    figure, news = make.make_figure(source=source), make.make_news(source=source)
    Source.objects.filter(pk=source.pk).update(status=Status.DRAFT)
    assert "Secrète" not in "".join(texts(figure) + texts(news))


def test_an_indicator_without_figures_shows_what_it_is():
    indicator = make.make_indicator(name="Parts", summary="Ce que chacun détient.")
    assert texts(indicator) == ["Indicateur", "Veille", "Parts", "Ce que chacun détient."]


def test_it_moves_and_goes_as_the_page_does(client):
    topic = make.make_topic(slug="ancien")
    before = topic.poster_url
    topic.slug = "nouveau"
    topic.save()
    moved = client.get(before)
    assert (moved.status_code, moved["Location"]) == (301, topic.poster_url)
    topic.status = Status.ARCHIVED
    topic.save()
    assert client.get(topic.poster_url).status_code == 410


@pytest.mark.parametrize(
    "fields", [{"status": Status.DRAFT}, {"publish_at": clock.now() + timedelta(days=1)}]
)
def test_what_is_not_public_has_none(client, fields):
    assert client.get(make.make_topic(**fields).poster_url).status_code == 404


def test_an_unknown_kind_or_record_is_not_found(client):
    for kind in ("thematique", "inconnu"):
        assert client.get(reverse("poster", args=[kind, "rien"])).status_code == 404


def test_it_is_drawn_once_and_costs_a_few_queries(client, django_assert_num_queries):
    topic = make.make_topic()
    with django_assert_num_queries(VERSION + 4):
        first = client.get(topic.poster_url)
    assert first.has_header("ETag")
    assert client.get(topic.poster_url).content == first.content


@given(
    title=st.text(min_size=1, max_size=300),
    value=st.sampled_from(["", "12 %", "du 28 septembre au 2 octobre 2025"]),
    note=st.text(max_size=200),
)
def test_whatever_is_written_holds_in_the_frame(title, value, note):
    drawing = drawing_of(Poster("Analyse", title, value, note))
    for size, text in re.findall(r'font-size="(\d+)"[^>]*>([^<&]*)</text>', drawing):
        assert _length(text, int(size)) <= MEASURE + 1
    for y in re.findall(r' y="(\d+)"', drawing):
        assert int(y) < 630


@pytest.mark.parametrize("title", ["&<>\"'", "阿里云", "😀", "A" * 250, " "])
def test_odd_titles_are_drawn(client, title):
    topic = make.make_topic(title=title, slug="t")
    assert client.get(topic.poster_url).status_code == 200
