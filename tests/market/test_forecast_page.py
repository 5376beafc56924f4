"""Forecasts and what became of them, on the pages and in the API."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from market.charts import forecast_chart
from publishing import clock
from publishing.anomalies import checked_together
from publishing.models import Status
from tests import factories as make
from tests.api_answers import day, get
from tests.costs import KEPT_NUMBERS, KEYS, VERSION

pytestmark = pytest.mark.django_db

PAGE = "/marche/previsions/"


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen(date(2026, 11, 23)):
        yield


@pytest.fixture
def market():
    return make.make_indicator(name="Dépenses", slug="depenses")


@pytest.fixture
def analyst():
    return make.make_company(name="Cabinet Clair", slug="cabinet-clair")


def forecast(indicator, value="150", **fields):
    said = {"period": "2025", "vintage": "février 2022", "nature": "forecast"}
    return make.make_figure(indicator=indicator, value=Decimal(value), **said | fields)


def observed(indicator, value, **fields):
    said = {"period": "2025", "vintage": "mars 2026"}
    return make.make_figure(indicator=indicator, value=Decimal(value), **said | fields)


def page(client, address: str = PAGE, **query) -> str:
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode().replace("\u00a0", " ")


def test_a_site_without_forecasts_says_so(client):
    content = page(client)
    assert "Aucune fiche n’est encore publiée ici." in content
    assert "Bilan" not in content


def test_a_forecast_is_shown_with_what_happened_the_error_and_the_verdict(client, market, analyst):
    figure = forecast(market, attributed_to=analyst)
    actual = observed(market, "143.7")
    content = page(client)
    for shown in ("150 Md$", "143,7 Md$", "−6,3 Md$", "−4,2 %", "Manquée de −4,2 %"):
        assert shown in content
    for record in (figure, actual, market, analyst):
        assert f'href="{record.get_absolute_url()}"' in content
    assert "Bilan : Cabinet Clair" in content
    assert "Par année d’échéance" in content


def test_an_estimate_is_said_to_be_one(client, market):
    forecast(market)
    observed(market, "150", nature="estimate")
    assert '<span class="meta">estimé</span>' in page(client)


def test_a_computed_horizon_is_said_to_be(client, market):
    forecast(market, period="D’ici six ans", vintage="4 février 2025")
    content = page(client)
    assert "2031, six ans après le 4 février 2025 (année calculée)" in content
    assert "En attente" in content


def test_each_forecaster_has_a_record_and_its_forecasts(client, market, analyst):
    forecast(market, attributed_to=analyst)
    forecast(market, source=make.make_source(publisher="La Gazette"))
    content = page(client)
    assert "Bilan par organisme" in content
    assert f'href="{PAGE}?forecaster=cabinet-clair"' in content
    assert f'href="{PAGE}?forecaster=la-gazette"' in content
    alone = page(client, forecaster="la-gazette")
    assert "Bilan : La Gazette" in alone
    assert "Selon : La Gazette" in alone
    assert 'id="selon-cabinet-clair"' not in alone


def test_forecasts_are_filtered_by_verdict_and_the_records_stay_whole(client, market, analyst):
    kept = forecast(market, attributed_to=analyst)
    waiting = forecast(market, period="2030", attributed_to=analyst)
    observed(market, "150")
    content = page(client, verdict="kept", forecaster="cabinet-clair")
    assert kept.get_absolute_url() in content
    assert waiting.get_absolute_url() not in content
    assert "2030</th>" in content


@pytest.mark.parametrize("query", [{"verdict": "late"}, {"forecaster": "nobody"}, {"x": "1"}])
def test_a_wrong_filter_is_refused(client, market, query):
    forecast(market)
    assert client.get(PAGE, query).status_code == 400


def test_the_page_costs_the_same_with_one_forecast_and_with_many(
    client, market, analyst, django_assert_num_queries
):
    observed(market, "150")
    forecast(market, attributed_to=analyst)
    # The two kinds of forecasters; the forecasts to judge, what happened; the count, the page;
    # what corrects the figures of each of these three, and their anomalies; which
    # forecasts the choices of each of the two filters would count.
    with django_assert_num_queries(VERSION + KEPT_NUMBERS + 14):
        page(client)
    with checked_together():
        for year in range(2015, 2045):
            source = make.make_source(publisher="X")
            forecast(make.make_indicator(), period=str(year), source=source)
    with django_assert_num_queries(VERSION + KEPT_NUMBERS + 14):
        page(client)
    assert page(client).count("Sans constat</span>") + page(client).count("En attente</span>") == 23


def test_a_forecaster_that_is_hidden_is_not_named(client, market):
    forecast(market, attributed_to=make.make_company(name="Secret", status=Status.DRAFT))
    content = page(client)
    assert "Organisme non précisé" in content
    assert "Secret" not in content


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.REJECTED])
def test_a_hidden_forecast_and_a_hidden_fact_are_told_nowhere(client, market, analyst, status):
    public = forecast(market, attributed_to=analyst)
    forecast(market, "7391", attributed_to=analyst, status=status)
    observed(market, "7391", status=status)
    for record in (public, market, analyst):
        assert "7 391" not in page(client, record.get_absolute_url())
    content = page(client)
    assert "7 391" not in content
    assert "Sans constat" in content


def test_a_forecast_page_tells_what_became_of_it(client, market, analyst):
    figure = forecast(market, attributed_to=analyst)
    waiting = forecast(market, period="à moyen terme")
    assert "aucun chiffre publié ne dit" in page(client, figure.get_absolute_url())
    assert "l’échéance n’est pas précisée" in page(client, waiting.get_absolute_url())
    actual = observed(market, "150.3")
    content = page(client, figure.get_absolute_url())
    assert "écart de +0,3 Md$, soit +0,2 %" in content
    assert f'href="{PAGE}?forecaster=cabinet-clair"' in content
    assert "Prévision et constat" not in page(client, actual.get_absolute_url())


def test_an_indicator_page_has_its_forecasts_and_their_chart(client, market):
    figure = forecast(market, qualifier="gt")
    for year, value in (("2023", "120"), ("2024", "130"), ("2025", "151")):
        observed(market, value, period=year)
    content = page(client, market.get_absolute_url())
    assert '<h2 id="previsions">Prévisions et constats</h2>' in content
    assert content.count('class="chart__line"') == 2
    assert content.count('class="chart__point"') == 3
    assert content.count('class="chart__forecast"') == 1
    assert content.count('class="chart__range"') == 1
    assert f"2025 : {figure.display}, prévu".replace("\u00a0", " ") in content


def test_an_indicator_without_forecasts_has_no_such_section(client, market):
    observed(market, "150")
    assert 'id="previsions"' not in page(client, market.get_absolute_url())


def test_what_cannot_be_drawn_together_has_no_chart(market):
    told = {"identifier": "x", "title": "X"}
    figure, actual = forecast(market), observed(market, "120")
    assert forecast_chart([figure], [actual], **told) is not None
    assert forecast_chart([figure], [], **told) is None
    assert forecast_chart([], [actual], **told) is None
    assert forecast_chart([figure], [observed(market, "1", period="")], **told) is None
    elsewhere = forecast(market, segment=make.make_segment())
    assert forecast_chart([figure, elsewhere], [actual], **told) is None
    assert forecast_chart([forecast(market, "-3")], [actual], **told) is None


def test_a_chart_places_time_from_left_to_right_and_values_from_zero(market):
    first, last = observed(market, "100", period="2020"), observed(market, "150", period="2024")
    figure = forecast(market, "200", period="2028")
    chart = forecast_chart([figure], [last, first], identifier="x", title="X")
    start, middle = chart.observed
    (end,) = chart.forecasts
    assert start.x < middle.x < end.x
    heights = [chart.baseline - point.y for point in (start, middle, end)]
    assert heights == pytest.approx([heights[2] / 2, heights[2] * 0.75, heights[2]], abs=0.1)
    assert [tick.label for tick in chart.ticks] == ["2020", "2024", "2028"]


def test_a_company_page_leads_to_its_forecasts(client, market, analyst):
    assert PAGE not in page(client, analyst.get_absolute_url())
    forecast(market, attributed_to=analyst)
    content = page(client, analyst.get_absolute_url())
    assert f'href="{PAGE}?forecaster=cabinet-clair">1 prévision' in content


def test_the_market_page_leads_to_the_forecasts(client):
    assert f'href="{PAGE}"' in page(client, reverse("market:overview"))


def test_an_indicator_cannot_take_the_address_of_the_page():
    assert make.make_indicator(name="Prévisions").slug == "previsions-2"


def test_the_api_tells_what_became_of_a_forecast(client, market):
    figure = forecast(market, period="D’ici trois ans")
    actual = observed(market, "143.7")
    told = get(client, f"figures/{figure.slug}/")["forecast"]
    assert told["actual"]["slug"] == actual.slug
    del told["actual"]
    assert told == {
        "horizon": day("2025", "2025-01-01", "2025-12-31", "year", "2025"),
        "horizon_reckoning": "trois ans après février 2022",
        "verdict": "missed",
        "base": None,
        "error": "-6.3",
        "relative_error": "-4.20",
    }
    assert get(client, f"figures/{actual.slug}/")["forecast"] is None


def test_the_api_judges_forecasts_together(client, market, django_assert_num_queries):
    forecast(market)
    observed(market, "150", source=make.make_source(), period="2025")

    # The figures, their components, totals and successors; what happened; what corrects the
    # figures of both, and their anomalies.
    def more():
        forecast(make.make_indicator(), period="2024")

    with django_assert_num_queries(VERSION + KEYS + 9):
        get(client, "figures/", nature="forecast")
    make.many(30, more)
    with django_assert_num_queries(VERSION + KEYS + 9):
        get(client, "figures/", nature="forecast", page_size=100)
