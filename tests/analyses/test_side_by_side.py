"""Amounts of different things in one part of a text: told, as a caution to readers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from analyses.side_by_side import Amount, amounts_in
from publishing.anomalies import check_all
from publishing.models import Anomaly, Status
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def figures():
    """A quarter of one market, a year of a larger one, from one publication."""
    source = make.make_source(publisher="Cabinet")
    of = {"source": source, "vintage": "mars 2025"}
    quarter = make.make_indicator(
        name="Serveurs", perimeter=make.make_perimeter(), periodicity="quarterly"
    )
    year = make.make_indicator(name="Informatique", perimeter=make.make_perimeter())
    return [
        make.make_figure(indicator=quarter, value=Decimal("31.5"), period="T4 2024", **of),
        make.make_figure(indicator=year, value=Decimal("412"), period="2024", **of),
    ]


def found() -> list[str]:
    check_all()
    return standing()


def standing() -> list[str]:
    rows = Anomaly.objects.standing().filter(rule="amounts-side-by-side")
    return [anomaly.message.replace("\u00a0", " ") for anomaly in rows]


TEXT = "Les serveurs font 31,5 Md$, et l’informatique 412 milliards de dollars."


@pytest.mark.parametrize(
    "write",
    [
        lambda text: make.make_news(title="Un bilan", body=text),
        lambda text: make.make_topic(title="Un bilan", sections=[("Marché", text)]),
        lambda text: make.make_analysis(title="Un bilan", sections=[("Marché", text)]),
    ],
)
def test_amounts_of_two_perimeters_in_one_part(figures, write):
    write(TEXT)
    expected = (
        "« Un bilan », à lire sans les comparer : 31,5 Md$ (Serveurs, trimestriel) "
        "et 412 Md$ (Informatique, annuel)."
    )
    assert found() == [expected]
    anomaly = Anomaly.objects.standing().get(rule="amounts-side-by-side")
    assert (anomaly.severity, anomaly.contests) == ("notice", False)


def test_amounts_in_two_parts_pass(figures):
    make.make_news(body="Les serveurs font 31,5 Md$.\n\n## Le reste\n\nEt 412 Md$.")
    assert found() == []


def test_amounts_of_one_perimeter_pass(figures):
    whole = figures[1]
    make.make_figure(
        indicator=whole.indicator,
        value=Decimal("380"),
        period="2023",
        source=whole.source,
        vintage="mars 2025",
    )
    make.make_news(body="De 380 Md$ à 412 Md$.")
    assert found() == []


def test_amounts_of_two_publishers_pass(figures):
    figures[0].source = make.make_source(publisher="Autre")
    figures[0].save()
    make.make_news(body=TEXT)
    assert found() == []


def test_the_finding_follows_the_text_and_the_figures(figures):
    news = make.make_news(body=TEXT)
    assert len(standing()) == 1
    figures[0].value = Decimal("32.5")
    figures[0].save()
    assert standing() == []
    figures[0].value = Decimal("31.5")
    figures[0].save()
    assert len(found()) == 1
    news.body = "Les serveurs font 31,5 Md$."
    news.save()
    assert standing() == []


def test_a_draft_figure_is_not_what_a_text_states(figures):
    figures[0].status = Status.DRAFT
    figures[0].save()
    make.make_news(body=TEXT)
    assert found() == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("79 Md$", ("USD", "79e9")),
        ("79\u00a0Md$ de revenus", ("USD", "79e9")),
        ("79 milliards de dollars", ("USD", "79e9")),
        ("79 milliards $", ("USD", "79e9")),
        ("2,5 millions d’euros", ("EUR", "2.5e6")),
        ("12 500 k€", ("EUR", "12.5e6")),
        ("1\u00a0200 Md£", ("GBP", "1.2e12")),
        ("600 euros", ("EUR", "600")),
    ],
)
def test_how_amounts_are_written(text, expected):
    unit, value = expected
    assert amounts_in(f"Environ {text}, dit-on.") == [Amount(unit, Decimal(value).normalize())]


@pytest.mark.parametrize("text", ["en 2024", "20,4 %", "600 000 Français", "79 milliards", "$", ""])
def test_what_is_not_money_is_left(text):
    assert amounts_in(text) == []
