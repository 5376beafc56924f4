"""« Non sourcé »: a figure whose only support is a machine's text or a private upload."""

from decimal import Decimal

import pytest
from django.urls import reverse

from market.models import Figure
from publishing.models import Status
from tests import factories as make

pytestmark = pytest.mark.django_db

MARK = "mark-unsupported"


def generated(**fields):
    """A figure that a machine's text states."""
    return make.make_figure(source=make.make_source(kind="ai_generated"), **fields)


def stated_again(figure: Figure, **differences) -> Figure:
    """What another source says on the same question."""
    same = {
        "indicator": figure.indicator,
        "segment": figure.segment,
        "company": figure.company,
        "value": figure.value,
        "period": figure.period,
        "qualifier": figure.qualifier,
    }
    return make.make_figure(**same | differences)


def loaded(figure: Figure) -> Figure:
    return Figure.objects.for_cards().get(pk=figure.pk)


def test_a_figure_that_a_machine_alone_states_is_unsupported():
    figure = generated()
    assert figure.is_unsupported
    assert loaded(figure).is_unsupported


def test_a_figure_of_a_private_file_alone_is_unsupported():
    figure = make.make_figure(source=make.make_source(url="https://we.tl/t-abc"))
    assert loaded(figure).is_unsupported


def test_a_figure_with_a_source_to_verify_is_supported():
    assert not loaded(make.make_figure()).is_unsupported


def test_a_draft_without_source_is_said_to_have_none_and_no_more():
    figure = make.make_figure(source=None, status=Status.DRAFT)
    assert not loaded(figure).is_unsupported


def test_the_same_statement_of_a_source_to_verify_supports_it():
    figure = generated()
    stated_again(figure)
    assert not loaded(figure).is_unsupported
    assert not Figure.objects.get(pk=figure.pk).is_unsupported


def test_rounding_does_not_make_another_statement():
    figure = generated(value=Decimal("678.8"))
    stated_again(figure, value=Decimal("679"))
    assert not loaded(figure).is_unsupported


@pytest.mark.parametrize(
    "differences",
    [
        {"value": Decimal("680")},
        {"period": "2023"},
        {"qualifier": "gt"},
        {"status": Status.DRAFT},
        {"expire_at": make.LONG_AGO.replace(year=2026)},
    ],
    ids=str,
)
def test_another_statement_does_not_support_it(differences):
    figure = generated()
    stated_again(figure, **differences)
    assert loaded(figure).is_unsupported


def test_neither_another_segment_nor_another_machine_supports_it():
    figure = generated()
    stated_again(figure, segment=make.make_segment())
    stated_again(figure, company=make.make_company())
    stated_again(figure, source=make.make_source(kind="ai_generated"))
    stated_again(figure, source=figure.source)
    assert loaded(figure).is_unsupported


def test_what_was_replaced_supports_nothing():
    figure = generated()
    old = stated_again(figure)
    stated_again(figure, value=Decimal("700"), supersedes=old)
    assert loaded(figure).is_unsupported


def test_two_unknown_periods_are_not_the_same():
    figure = generated(period="")
    stated_again(figure)
    assert loaded(figure).is_unsupported


def test_a_figure_is_corroborated_by_somebody_else_only():
    gartner, idc = make.make_company(), make.make_company()
    figure = make.make_figure(attributed_to=gartner, source=make.make_source(publisher="Le Monde"))
    stated_again(figure, attributed_to=gartner, source=make.make_source(publisher="Forbes"))
    stated_again(figure, source=make.make_source(publisher="Le Monde"))
    corroborated = Figure.objects.filter(pk=figure.pk).corroborated()
    assert not corroborated.exists()
    stated_again(figure, attributed_to=idc, source=make.make_source(publisher="IDC"))
    assert corroborated.exists()


def test_every_surface_marks_it(client):
    figure = generated()
    stated_again(figure, value=Decimal("1"), segment=make.make_segment())
    stated_again(figure, value=Decimal("2"), segment=make.make_segment(), source=figure.source)
    pages = [
        figure.get_absolute_url(),
        figure.indicator.get_absolute_url(),
        reverse("market:figure_list"),
        reverse("market:overview"),
    ]
    assert [MARK in client.get(page).content.decode() for page in pages] == [True] * len(pages)
    feed = client.get(reverse("market:figure_list") + "flux.atom").content.decode()
    assert "non sourcé" in feed
    chart = client.get(figure.indicator.get_absolute_url()).content.decode()
    assert chart.count("Non sourcé\u00a0: ") == 1


def test_a_supported_figure_bears_no_mark(client):
    figure = make.make_figure()
    for page in (figure.get_absolute_url(), reverse("market:figure_list")):
        assert MARK not in client.get(page).content.decode()


def test_the_api_says_it(client):
    answer = client.get(reverse("api:figures-detail", args=[generated().slug])).json()
    assert answer["is_unsupported"] is True
    answer = client.get(reverse("api:figures-detail", args=[make.make_figure().slug])).json()
    assert answer["is_unsupported"] is False


def test_a_figure_loaded_for_cards_answers_without_a_query(django_assert_num_queries):
    generated()
    (figure,) = Figure.objects.for_cards()
    with django_assert_num_queries(0):
        assert figure.is_unsupported
