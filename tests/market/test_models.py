from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from market.models import FigureComponent, stated_decimals
from publishing.models import Status
from publishing.publication import publish
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_a_figure_is_not_published_without_a_source():
    figure = make.make_figure(source=None, status=Status.DRAFT)
    with pytest.raises(ValidationError) as refusal:
        publish(figure)
    assert refusal.value.message_dict["source"] == [
        "Pas de publication sans source\u00a0: indiquez celle de cette fiche (chiffre)."
    ]
    figure.refresh_from_db()
    assert figure.status == Status.DRAFT


def test_the_database_refuses_it_too():
    figure = make.make_figure()
    with pytest.raises(IntegrityError), transaction.atomic():
        type(figure).objects.filter(pk=figure.pk).update(source=None)


def test_a_source_that_is_not_public_supports_nothing_public():
    with pytest.raises(ValidationError) as refusal:
        make.make_figure(source=make.make_source(status=Status.DRAFT))
    assert "source" in refusal.value.message_dict


def test_a_figure_replaces_a_figure_of_the_same_indicator_only():
    with pytest.raises(ValidationError) as refusal:
        make.make_figure(supersedes=make.make_figure())
    assert refusal.value.message_dict["supersedes"] == [
        "Un chiffre remplace un chiffre du même indicateur."
    ]


def test_a_trail_does_not_bite_its_tail():
    first = make.make_figure()
    second = make.make_figure(indicator=first.indicator, supersedes=first)
    first.supersedes = second
    with pytest.raises(ValidationError) as refusal:
        first.full_clean()
    assert "Boucle" in refusal.value.message_dict["supersedes"][0]


def test_a_total_does_not_count_itself_even_through_another():
    inner = make.make_figure()
    outer = make.make_figure(indicator=inner.indicator, components=[inner])
    with pytest.raises(ValidationError):
        FigureComponent(total=inner, part=outer).full_clean()
    with pytest.raises(ValidationError):
        FigureComponent(total=inner, part=inner).full_clean()


@pytest.mark.parametrize(
    ("value", "decimals"), [("244", 0), ("678.8", 1), ("20.40", 2), ("6E+2", 0), ("-3.125", 3)]
)
def test_stated_decimals_are_counted(value, decimals):
    assert stated_decimals(Decimal(value)) == decimals


def test_a_trail_gives_the_whole_before_its_parts():
    whole = make.make_figure()
    parts = [
        make.make_figure(
            indicator=whole.indicator, segment=make.make_segment(name=name, position=position)
        )
        for name, position in (("PaaS", 2), ("IaaS", 1))
    ]
    assert list(type(whole).objects.trail()) == [whole, *reversed(parts)]
