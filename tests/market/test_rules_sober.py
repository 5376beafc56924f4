"""What looks like a contradiction and is none: the rules keep quiet."""

from __future__ import annotations

from decimal import Decimal

import pytest

from companies.models import CompanyRelation
from market.models import Indicator
from tests import factories as make
from tests.market.test_rules import Market, found

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    return Market()


def test_an_article_that_quotes_two_analysts_does_not_contradict_itself(market):
    for name, value in (("Cabinet A", "100"), ("Cabinet B", "120")):
        market.state("amount", value, attributed_to=make.make_company(name=name))
    assert set(found()) == {"sources-disagree"}


def test_a_base_revised_since_does_not_belie_a_growth(market):
    first = market.state("amount", "563.8", period="2023", vintage="2024")
    market.state("amount", "678.8", period="2024", vintage="2025")
    market.state("growth_rate", "20.4", period="2024", vintage="2025")
    assert found() == {}
    market.state("amount", "551.0", period="2023", vintage="2026", supersedes=first)
    assert found() == {}


def test_a_forecast_growth_is_that_of_its_own_forecasts(market):
    told = {"nature": "forecast", "vintage": "2024"}
    market.state("amount", "110", period="2029", vintage="2030")
    market.state("amount", "100", period="2029", **told)
    market.state("amount", "120", period="2030", **told)
    market.state("growth_rate", "20", period="2030", **told)
    assert set(found()) == set()


def test_a_forecast_growth_that_belies_its_own_forecasts_is_told(market):
    told = {"nature": "forecast", "vintage": "2024"}
    market.state("amount", "100", period="2029", **told)
    market.state("amount", "120", period="2030", **told)
    market.state("growth_rate", "35", period="2030", **told)
    assert set(found()) == {"growth-and-values"}


@pytest.mark.parametrize(
    "fields",
    [
        {"periodicity": Indicator.Periodicity.ONE_OFF},
        {"name": "Croissance des ventes en cinq ans"},
        {"name": "Taux de croissance annuel moyen des ventes"},
    ],
)
def test_a_growth_over_several_years_is_not_that_of_the_last(market, fields):
    market.indicator("growth_rate", **fields)
    market.state("amount", "100", period="2023")
    market.state("amount", "105", period="2024")
    market.state("growth_rate", "45", period="2024")
    assert found() == {}


def test_the_sum_of_some_companies_is_not_the_market(market):
    market.state("amount", "400")
    parts = [market.state("amount", value, name) for name, value in (("A", "90"), ("B", "60"))]
    market.state("amount", "150", components=parts)
    market.state("amount", "40", "C")
    assert found() == {}


def test_the_share_of_some_companies_is_not_the_whole(market):
    parts = [market.state("share", value, name) for name, value in (("A", "32"), ("B", "23"))]
    market.state("share", "55", components=parts)
    third = market.state("share", "12", "C")
    market.state("share", "67", components=[*parts, third])
    assert found() == {}


def test_the_sum_of_some_segments_is_not_the_whole(market):
    parts = [market.state("amount", v, name) for name, v in (("a", "50"), ("b", "30"), ("c", "20"))]
    market.state("amount", "100")
    market.state("amount", "80", components=parts[:2])
    assert found() == {}


def test_continents_make_the_world(market):
    parts = [
        market.state(
            "amount",
            value,
            indicator=make.make_indicator(geography=place, perimeter=market.perimeter),
        )
        for place, value in (("Europe", "30"), ("Asie", "50"), ("Amérique", "20"))
    ]
    market.state("amount", "100", components=parts)
    assert found() == {}


def test_continents_that_do_not_make_the_world(market):
    parts = [
        market.state(
            "amount",
            value,
            indicator=make.make_indicator(geography=place, perimeter=market.perimeter),
        )
        for place, value in (("Europe", "30"), ("Asie", "50"), ("Amérique", "20"))
    ]
    market.state("amount", "120", components=parts)
    assert set(found()) == {"sum-of-components"}


def test_rates_of_use_are_not_shares_of_the_users(market):
    """17 % of small firms, 41 % of large ones, 20 % of all; and how many firms that makes."""
    for part, users, rate in (("", "40000", "20"), ("tpe", "30000", "17"), ("pme", "10000", "41")):
        market.state("count", users, part)
        market.state("share", rate, part)
    assert found() == {}


def test_the_share_of_a_company_in_each_segment_makes_no_whole(market):
    company = make.make_company(name="Nuage")
    for part, whole, own, share in (("a", "100", "60", "60"), ("b", "50", "40", "80")):
        market.state("amount", whole, part)
        market.state("amount", own, part, company=company)
        market.state("share", share, part, company=company)
    assert found() == {}


def test_the_weight_of_an_activity_in_each_company_makes_no_whole(market):
    market.indicator("share", name="Part du cloud dans les revenus")
    for period in ("2023", "2024"):
        for name, value in (("A", "17"), ("B", "43"), ("C", "62")):
            market.state("share", value, name, period=period)
    assert found() == {}


def test_a_group_and_its_subsidiary_are_counted_once(market):
    market.state("amount", "100")
    group = market.state("amount", "80", "Groupe").company
    branch = market.state("amount", "60", "Filiale").company
    make.make_relation(branch, CompanyRelation.Kind.SUBSIDIARY_OF, group)
    assert found() == {}


def test_a_second_segmentation_hides_no_gap(market):
    market.indicator("amount", breakdown=Indicator.Breakdown.COMPLETE)
    other = make.make_indicator(
        perimeter=market.perimeter,
        name="Effectifs par métier",
        unit="people",
        kind="count",
        scale=0,
    )
    market.state("count", "1200", "metier", indicator=other)
    market.state("amount", "100")
    for part, value in (("a", "40"), ("b", "40")):
        market.state("amount", value, part)
    assert set(found()) == {"parts-fall-short"}


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [("100", set()), ("93", {"parts-fall-short"}), ("115", {"parts-exceed-the-whole"})],
)
def test_shares_that_made_the_whole_a_year_before_make_it_now(market, wrong, expected):
    """Nothing says that these shares by segment are those of a whole but the year before."""
    for period, total in (("2023", Decimal(100)), ("2024", Decimal(wrong))):
        for part, value in (("a", Decimal("52.5")), ("b", Decimal("30.5"))):
            market.state("share", str(value), part, period=period)
        market.state("share", str(total - 83), "c", period=period)
    assert set(found()) == expected


def test_one_part_larger_than_the_whole_is_named(market):
    market.state("amount", "100")
    market.state("amount", "140", "a")
    assert found() == {"parts-exceed-the-whole": ["a : 140 Md$, soit plus que 100 Md$."]}
