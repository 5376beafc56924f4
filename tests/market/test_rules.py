"""Each rule of the figures: what makes it speak, what it says, and what it lets pass."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from market.models import Figure, Indicator
from publishing import clock
from publishing.anomalies import check_all
from publishing.models import Anomaly, AnomalyRecord, Status
from tests import factories as make

pytestmark = pytest.mark.django_db


class Market:
    """A perimeter, its indicators, and one edition of their figures."""

    def __init__(self) -> None:
        self.perimeter = make.make_perimeter()
        self.source = make.make_source(publisher="Cabinet")
        self.indicators: dict[str, Indicator] = {}
        self.segments: dict[str, Any] = {}
        self.companies: dict[str, Any] = {}

    def state(self, kind: str, value: str, part: str = "", **fields: Any) -> Figure:
        defaults = {"period": "2024", "vintage": "mars 2025", "source": self.source}
        if part and part[0].islower():
            self.segments.setdefault(part, make.make_segment(name=part))
            defaults["segment"] = self.segments[part]
        elif part:
            self.companies.setdefault(part, make.make_company(name=part))
            defaults["company"] = self.companies[part]
        number = Decimal(value)
        indicator = fields.pop("indicator", None) or self.indicator(kind)
        return make.make_figure(indicator=indicator, value=number, **defaults | fields)

    def indicator(self, kind: str, **fields: Any) -> Indicator:
        if kind not in self.indicators:
            units = {"amount": ("USD", 9), "count": ("people", 0)}
            unit, scale = units.get(kind, ("percent", 0))
            defaults = {"kind": kind, "unit": unit, "scale": scale, "perimeter": self.perimeter}
            self.indicators[kind] = make.make_indicator(**defaults | fields)
        return self.indicators[kind]


@pytest.fixture
def market() -> Market:
    return Market()


def found() -> dict[str, list[str]]:
    """The messages of what stands about figures, by rule, with plain spaces."""
    check_all()
    messages: dict[str, list[str]] = {}
    about_figures = Anomaly.objects.filter(subject__in=("figures", "totals", "indicators"))
    for anomaly in about_figures.standing().order_by("pk"):
        messages.setdefault(anomaly.rule, []).append(anomaly.message.replace("\u00a0", " "))
    return messages


def lead(rule: str) -> str:
    return Anomaly.objects.standing().get(rule=rule).lead.replace("\u00a0", " ")


def accused(rule: str) -> set[Figure]:
    rows = AnomalyRecord.objects.filter(anomaly__rule=rule, role="accused")
    return {row.record for row in rows}


# --- Shares ---


def test_a_share_that_is_not_the_amount_over_the_whole(market):
    whole = market.state("amount", "678.8")
    amount = market.state("amount", "182.2", "infra")
    share = market.state("share", "26.6", "infra")
    assert found() == {"share-of-total": ["infra : 182,2 / 678,8 = 26,8 %, et non 26,6 %."]}
    assert accused("share-of-total") == {share, amount}
    assert whole not in accused("share-of-total")


@pytest.mark.parametrize("share", ["26.8", "26.84", "27"])
def test_a_share_within_the_precision_of_what_is_stated_passes(market, share):
    market.state("amount", "678.8")
    market.state("amount", "182.2", "infra")
    market.state("share", share, "infra")
    assert found() == {}


def test_a_bound_or_about_is_taken_as_it_is_said(market):
    market.state("amount", "678.8")
    market.state("amount", "182.2", "infra")
    market.state("share", "25", "infra", qualifier="gt")
    market.state("amount", "100", "logiciel")
    market.state("share", "15", "logiciel", qualifier="approx")
    assert found() == {}


@pytest.mark.parametrize(
    "other",
    [
        {"period": "2023"},
        {"vintage": "mars 2024"},
        {"nature": "forecast", "period": "2024"},
    ],
    ids=["period", "vintage", "nature"],
)
def test_a_whole_of_another_kind_is_not_compared(market, other):
    with clock.frozen(make.LONG_AGO):
        market.state("amount", "678.8", **other)
        market.state("amount", "182.2", "infra")
        market.state("share", "40", "infra")
        assert "share-of-total" not in found()


def test_a_whole_of_another_speaker_perimeter_or_geography_is_not_compared(market):
    elsewhere = Market()
    market.state("amount", "678.8", source=make.make_source(publisher="Autre"))
    elsewhere.state("amount", "678.8")
    amount = market.indicator("amount")
    france = make.make_indicator(
        kind="amount", unit="USD", scale=9, perimeter=market.perimeter, geography="France"
    )
    market.state("amount", "300", indicator=france)
    market.state("amount", "182.2", "infra", indicator=amount)
    market.state("share", "40", "infra")
    assert found() == {}


def test_the_base_that_an_indicator_says_is_taken_where_there_are_several(market):
    market.state("amount", "100")
    revenue = make.make_indicator(kind="amount", unit="USD", scale=9, perimeter=market.perimeter)
    market.state("amount", "500", indicator=revenue)
    market.state("amount", "50", "infra", indicator=revenue)
    share = market.state("share", "50", "infra")
    assert found() == {}
    share.indicator.base = revenue
    share.indicator.save()
    assert found() == {"share-of-total": ["infra : 50 / 500 = 10,0 %, et non 50 %."]}


# --- Leads ---


def test_lead_growth_rates_taken_for_shares_are_recognised_from_the_growth_of_the_whole(market):
    market.state("amount", "678.8")
    market.state("growth_rate", "20.4")
    for part, amount, share in (
        ("infra", "182.2", "26.6"),
        ("plateforme", "176.5", "21.4"),
        ("logiciel", "244", "18.9"),
    ):
        market.state("amount", amount, part)
        market.state("share", share, part)
    found()
    leads = Anomaly.objects.filter(rule="share-of-total").values_list("lead", flat=True)
    assert len(leads) == 3
    for text in leads:
        assert "est probablement un taux de croissance pris pour une part" in text
        assert "494,5\u00a0Md$" in text
        assert "563,8\u00a0Md$" in text


def test_lead_the_growth_of_the_amount(market):
    market.state("amount", "100", period="2023")
    market.state("amount", "10", "infra", period="2023")
    market.state("amount", "120")
    market.state("amount", "15", "infra")
    market.state("share", "50", "infra")
    found()
    assert lead("share-of-total").startswith("50 % est la hausse de 10 à 15 en un an")


def test_lead_a_slip_of_scale(market):
    market.state("amount", "1000")
    market.state("amount", "0.25", "infra")
    market.state("share", "25", "infra")
    found()
    assert lead("share-of-total").startswith("Le montant est mille fois trop petit")


def test_lead_a_replaced_vintage(market):
    stale = market.state("amount", "500", vintage="janvier 2025")
    market.state("amount", "600", supersedes=stale)
    market.state("amount", "125", "infra")
    market.state("share", "25", "infra")
    found()
    assert "une autre publication du total, 500 Md$" in lead("share-of-total")


def test_lead_another_perimeter(market):
    elsewhere = Market()
    elsewhere.state("amount", "300")
    market.state("amount", "600")
    market.state("amount", "125", "infra")
    market.state("share", "41.7", "infra")
    found()
    assert lead("share-of-total").startswith("La part s’accorde avec un autre périmètre")


def test_lead_the_share_of_the_year_before(market):
    market.state("amount", "100", period="2023")
    market.state("amount", "10", "infra", period="2023")
    market.state("amount", "120")
    market.state("amount", "15", "infra")
    market.state("share", "10", "infra")
    found()
    assert lead("share-of-total").startswith("C’est la part de la période précédente (2023)")


def test_no_lead_where_nothing_fits(market):
    market.state("amount", "1000")
    market.state("amount", "250", "infra")
    market.state("share", "77.7", "infra")
    found()
    assert lead("share-of-total") == ""


# --- Parts and wholes ---


def test_parts_that_exceed_the_whole(market):
    whole = market.state("amount", "100")
    parts = {market.state("amount", "60", "infra"), market.state("amount", "45", "logiciel")}
    assert found() == {"parts-exceed-the-whole": ["60 + 45 = 105 Md$, soit plus que 100 Md$."]}
    assert accused("parts-exceed-the-whole") == {whole, *parts}


def test_parts_rounded_by_their_publisher_pass(market):
    market.state("amount", "100")
    for part, value in (("infra", "33.4"), ("logiciel", "33.4"), ("plateforme", "33.3")):
        market.state("amount", value, part)
        market.state("share", value, part)
    assert found() == {}


def test_market_shares_that_exceed_one_hundred(market):
    for company, share in (("Un", "40"), ("Deux", "35"), ("Trois", "31")):
        market.state("share", share, company)
    assert found() == {"parts-exceed-the-whole": ["40 + 35 + 31 = 106 %, soit plus que 100 %."]}


def test_market_shares_of_some_companies_pass(market):
    for company, share in (("Un", "40"), ("Deux", "20")):
        market.state("share", share, company)
    assert found() == {}


def test_rates_by_segment_that_are_parts_of_nothing_pass(market):
    for segment, share in (("petites", "38"), ("moyennes", "53"), ("grandes", "67")):
        market.state("share", share, segment)
    assert found() == {}


def test_parts_that_fall_short_when_they_are_said_to_be_complete(market):
    market.indicator("amount", breakdown="complete")
    market.state("amount", "100")
    market.state("amount", "20", "infra")
    market.state("amount", "30", "logiciel")
    expected = ["20 + 30 = 50 Md$ : il manque 50 Md$ pour faire 100 Md$."]
    assert found() == {"parts-fall-short": expected}
    assert lead("parts-fall-short") == "Une partie manque peut-être, de 50 Md$."


def test_parts_that_fall_short_when_they_are_said_to_be_partial_pass(market):
    market.indicator("amount", breakdown="partial")
    market.state("amount", "100")
    market.state("amount", "40", "infra")
    market.state("amount", "50", "logiciel")
    assert found() == {}


def test_a_partial_breakdown_whose_shares_agree_passes(market):
    market.state("amount", "100")
    for part, amount in (("infra", "40"), ("logiciel", "50")):
        market.state("amount", amount, part)
        market.state("share", amount, part)
    assert found() == {}


def test_a_remainder_smaller_than_any_part_is_told(market):
    market.state("amount", "100")
    market.state("amount", "40", "infra")
    market.state("amount", "50", "logiciel")
    assert list(found()) == ["parts-fall-short"]


def test_a_remainder_as_large_as_a_part_is_another_part(market):
    market.state("amount", "100")
    market.state("amount", "30", "infra")
    market.state("amount", "40", "logiciel")
    assert found() == {}


def test_a_segment_told_the_year_before_makes_the_breakdown_partial(market):
    market.state("amount", "100")
    market.state("amount", "40", "infra")
    market.state("amount", "50", "logiciel")
    market.state("amount", "8", "plateforme", period="2023")
    assert found() == {}


def test_the_rank_of_shares_against_that_of_amounts(market):
    market.state("amount", "244", "logiciel")
    market.state("amount", "182.2", "infra")
    market.state("share", "18.9", "logiciel")
    market.state("share", "26.6", "infra")
    message = "logiciel : le plus grand montant (244 Md$), et la plus petite part (18,9 %)."
    assert found() == {"rank-inversion": [message]}


def test_equal_ranks_pass(market):
    for part in ("infra", "logiciel"):
        market.state("amount", "100", part)
        market.state("share", "33.3", part)
    assert found() == {}


# --- Declared sums ---


def test_a_sum_that_is_not_that_of_its_components(market):
    parts = [
        market.state("share", value, company, period="")
        for company, value in (("Un", "32"), ("Deux", "23"), ("Trois", "12"))
    ]
    market.state("share", "73", qualifier="gt", components=parts, period="")
    assert found() == {"sum-of-components": ["32 + 23 + 12 = 67 %, et non plus de 73 %."]}
    assert lead("sum-of-components") == "Une partie manque peut-être, de 6 %."


def test_a_sum_that_a_bound_allows_passes(market):
    parts = [market.state("share", value, c) for c, value in (("Un", "42"), ("Deux", "33"))]
    market.state("share", "73", qualifier="gt", components=parts)
    assert found() == {}


def test_quarters_that_make_a_year_add_up(market):
    quarters = [
        market.state("amount", value, period=f"T{n} 2024")
        for n, value in enumerate(("9.1", "9.2", "9.4", "9.5"), start=1)
    ]
    market.state("amount", "37.2", components=quarters)
    assert found() == {}


def test_a_sum_of_perimeters_periods_or_units_is_told_as_a_mixture(market):
    elsewhere = Market()
    parts = [
        elsewhere.state("amount", "79", period="T4 2024"),
        market.state("amount", "600", "infra"),
    ]
    market.state("amount", "679", components=parts)
    (message,) = found()["mixed-components"]
    assert message.startswith("Le total et les chiffres qu’il totalise diffèrent par le périmètre")
    assert "sum-of-components" not in found()


def test_a_total_whose_component_is_withdrawn_is_not_judged(market):
    part = market.state("amount", "10", "infra")
    market.state("amount", "50", components=[part])
    assert "sum-of-components" in found()
    part.status = Status.ARCHIVED
    part.save()
    assert found() == {}


# --- Growth ---


def test_a_growth_that_does_not_lead_to_the_value(market):
    market.state("amount", "526.9", period="2023")
    market.state("amount", "627.6")
    market.state("growth_rate", "21.9")
    message = "De 526,9 à 627,6 Md$, la variation est de +19,1 %, et non de +21,9 %."
    assert found() == {"growth-and-values": [message]}


def test_a_growth_that_is_right_passes(market):
    market.state("amount", "563.8", period="2023")
    market.state("amount", "678.8")
    market.state("growth_rate", "20.4")
    assert found() == {}


def test_a_quarter_grows_over_a_year_or_over_the_quarter_before(market):
    market.state("amount", "100", period="T4 2023")
    market.state("amount", "115", period="T3 2024")
    market.state("amount", "121", period="T4 2024")
    rate = market.state("growth_rate", "21", period="T4 2024")
    assert found() == {}
    rate.value = Decimal("5.2")
    rate.save()
    assert found() == {}
    rate.value = Decimal("12.0")
    rate.save()
    assert list(found()) == ["growth-and-values"]


@pytest.mark.parametrize(
    ("rate", "said"),
    [("0.2", "Le taux semble donné en fraction"), ("-20", "Le signe du taux a pu se perdre")],
)
def test_lead_of_a_growth(market, rate, said):
    market.state("amount", "100", period="2023")
    market.state("amount", "120")
    market.state("growth_rate", rate)
    found()
    assert lead("growth-and-values").startswith(said)


def test_a_growth_in_points_is_the_difference_of_two_shares(market):
    market.state("share", "20", "Un", period="2023")
    market.state("share", "22", "Un")
    points = make.make_indicator(
        kind="growth_rate", unit="points", scale=0, perimeter=market.perimeter
    )
    figure = market.state("growth_rate", "2", "Un", indicator=points)
    assert found() == {}
    figure.value = Decimal(10)
    figure.save()
    assert list(found()) == ["points-and-shares"]
    assert lead("points-and-shares").startswith("C’est la variation relative")


def test_millions_taken_for_milliards_from_one_year_to_the_next(market):
    market.state("amount", "0.52", period="2023")
    market.state("amount", "600")
    assert list(found()) == ["scale-slip"]


# --- Two answers ---


def test_a_publication_that_gives_two_values(market):
    market.state("amount", "100")
    market.state("amount", "120")
    message = "Deux valeurs pour une même chose, dans une même publication : 100 Md$ et 120 Md$."
    assert found() == {"said-twice": [message]}


def test_two_publishers_who_disagree(market):
    market.state("amount", "100")
    market.state("amount", "120", source=make.make_source(publisher="Autre"))
    message = "Deux valeurs pour une même chose, selon Cabinet et Autre : 100 Md$ et 120 Md$."
    assert found() == {"sources-disagree": [message]}


def test_two_roundings_of_one_value_agree(market):
    market.state("amount", "627.6")
    market.state("amount", "628", source=make.make_source(publisher="Autre"))
    assert found() == {}


def test_a_new_vintage_of_one_publisher_is_no_disagreement(market):
    market.state("amount", "100", vintage="2024")
    market.state("amount", "120", vintage="2025")
    assert found() == {}


def test_forecasters_may_differ(market):
    market.state("amount", "100", nature="forecast", period="2099")
    other = make.make_source(publisher="Autre")
    market.state("amount", "150", nature="forecast", period="2099", source=other)
    assert found() == {}


# --- Forecasts, indicators ---


def test_a_forecast_whose_time_has_come_without_an_actual(market):
    forecast = market.state("amount", "100", nature="forecast", period="2024")
    assert list(found()) == ["forecast-without-actual"]
    assert accused("forecast-without-actual") == {forecast}
    market.state("amount", "90")
    assert found() == {}


def test_a_forecast_whose_time_has_not_come_passes(market):
    market.state("amount", "100", nature="forecast", period="d’ici 2099")
    assert found() == {}


def test_a_share_above_one_hundred(market):
    market.state("share", "126", "infra")
    assert "share-out-of-range" in found()


def test_a_negative_count(market):
    market.state("count", "-3")
    assert list(found()) == ["negative-count"]


def test_a_unit_that_does_not_suit_the_kind(market):
    make.make_indicator(kind="share", unit="USD", scale=9)
    assert list(found()) == ["unit-and-kind"]


# --- Drafts ---


def test_a_draft_is_judged_beside_what_is_public_and_changes_nothing_between_public_figures(market):
    market.state("amount", "100")
    market.state("amount", "120", status=Status.DRAFT)
    assert list(found()) == ["said-twice"]
    assert not Anomaly.objects.published().filter(subject="figures").exists()


def test_a_draft_is_judged_in_the_place_of_what_it_replaces(market):
    market.state("amount", "678.8")
    wrong = market.state("amount", "182.2", "infra")
    market.state("share", "40", "infra")
    assert list(found()) == ["share-of-total"]
    draft = market.state("amount", "271.5", "infra", supersedes=wrong, status=Status.DRAFT)
    assert len(found()["share-of-total"]) == 1
    draft.status = Status.PUBLISHED
    draft.erratum = "Le montant était faux."
    draft.save()
    assert found() == {}
    assert Anomaly.objects.get(subject="figures").status == Anomaly.Status.CORRECTED
