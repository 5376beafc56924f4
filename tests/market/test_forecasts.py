"""What became of forecasts: which figure answers, how far off they were, what is said of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from market.forecasts import Outcome, Verdict, by_horizon, judge, overdue, records
from market.models import Figure
from publishing import clock
from publishing.anomalies import checked_together
from publishing.models import Status
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen(date(2026, 11, 23)):
        yield


@pytest.fixture
def market():
    return make.make_indicator(name="Dépenses")


def forecast(indicator, value="150", **fields) -> Figure:
    said = {"period": "2025", "vintage": "février 2022", "nature": "forecast"}
    return make.make_figure(indicator=indicator, value=Decimal(value), **said | fields)


def observed(indicator, value, **fields) -> Figure:
    said = {"period": "2025", "vintage": "mars 2026", "nature": "actual"}
    return make.make_figure(indicator=indicator, value=Decimal(value), **said | fields)


def outcome_of(figure: Figure) -> Outcome:
    (found,) = judge(Figure.objects.forecasts().for_verdicts().filter(pk=figure.pk))
    return found


@pytest.mark.parametrize(
    ("said", "qualifier", "happened", "told", "error"),
    [
        ("150", "eq", "150", "tenue", "0 Md$, 0,0 %"),
        ("150", "eq", "150.3", "tenue", "+0,3 Md$, +0,2 %"),
        ("150.0", "eq", "150.3", "dépassée de +0,2 %", "+0,3 Md$, +0,2 %"),
        ("150", "eq", "143.7", "manquée de −4,2 %", "−6,3 Md$, −4,2 %"),
        ("150", "eq", "300", "dépassée de +100,0 %", "+150 Md$, +100,0 %"),
        ("150", "approx", "156", "tenue", "+6 Md$, +4,0 %"),
        ("150", "approx", "160", "dépassée de +6,7 %", "+10 Md$, +6,7 %"),
        ("150", "gt", "400", "tenue", "0 Md$, 0,0 %"),
        ("150", "gt", "143.7", "manquée de −4,2 %", "−6,3 Md$, −4,2 %"),
        ("150", "le", "120", "tenue", "0 Md$, 0,0 %"),
        ("150", "lt", "165", "dépassée de +10,0 %", "+15 Md$, +10,0 %"),
    ],
)
def test_a_forecast_is_judged_with_the_precision_it_was_stated_with(
    market, said, qualifier, happened, told, error
):
    figure = forecast(market, said, qualifier=qualifier)
    actual = observed(market, happened)
    outcome = outcome_of(figure)
    shown = f"{outcome.error_display}, {outcome.relative_error_display}"
    assert (outcome.actual, outcome.display.replace("\u00a0", " ")) == (actual, told)
    assert shown.replace("\u00a0", " ") == error


def test_two_percentages_differ_by_points_and_have_no_relative_error():
    share = make.make_indicator(kind="share", unit="percent", scale=0)
    figure = forecast(share, "20.5")
    observed(share, "18.2")
    outcome = outcome_of(figure)
    assert outcome.display == "manquée de −2,3\u00a0points"
    assert outcome.relative_error is None


def test_a_forecast_waits_until_its_horizon_is_over(market):
    figure = forecast(market, period="2026")
    assert outcome_of(figure).display == "en attente"
    with clock.frozen(date(2026, 12, 31)):
        assert outcome_of(figure).verdict == Verdict.PENDING
    with clock.frozen(date(2027, 1, 1)):
        assert outcome_of(figure).display == "sans constat"


def test_a_forecast_without_a_known_horizon_waits(market):
    figure = forecast(market, period="à moyen terme")
    observed(market, "150")
    assert outcome_of(figure).verdict == Verdict.PENDING


@pytest.mark.parametrize(
    "other",
    [
        {"period": "2024"},
        {"period": "T4 2025"},
        {"nature": "forecast"},
        {"status": Status.DRAFT},
        {"publish_at": None, "status": Status.IN_REVIEW},
    ],
)
def test_another_period_a_forecast_or_a_hidden_figure_answers_nothing(market, other):
    figure = forecast(market)
    observed(market, "150", **other)
    assert outcome_of(figure).verdict == Verdict.UNANSWERED
    assert figure in overdue()


def test_another_indicator_segment_or_company_answers_nothing(market):
    figure = forecast(market)
    observed(make.make_indicator(), "150")
    observed(market, "150", segment=make.make_segment())
    observed(market, "150", company=make.make_company())
    assert outcome_of(figure).verdict == Verdict.UNANSWERED


def test_a_segment_is_answered_by_itself(market):
    segment = make.make_segment()
    figure = forecast(market, segment=segment)
    observed(market, "100")
    actual = observed(market, "151", segment=segment)
    assert outcome_of(figure).actual == actual


def test_what_was_measured_is_preferred_to_an_estimate_which_is_said_to_be_one(market):
    figure = forecast(market)
    estimate = observed(market, "149", nature="estimate", vintage="juin 2026")
    outcome = outcome_of(figure)
    assert (outcome.actual, outcome.is_by_estimate) == (estimate, True)
    actual = observed(market, "150")
    outcome = outcome_of(figure)
    assert (outcome.actual, outcome.is_by_estimate) == (actual, False)


def test_the_last_word_on_what_happened_is_what_counts(market):
    figure = forecast(market)
    first = observed(market, "120")
    last = observed(market, "150", vintage="juin 2026", supersedes=first)
    assert outcome_of(figure).actual == last


def test_a_figure_that_does_not_decide_settles_nothing(market):
    figure = forecast(market)
    observed(market, "100", qualifier="gt")
    assert outcome_of(figure).verdict == Verdict.UNANSWERED
    above = forecast(market, "150", qualifier="gt")
    observed(market, "160", qualifier="gt")
    assert outcome_of(above).verdict == Verdict.KEPT
    assert outcome_of(figure).verdict == Verdict.EXCEEDED


def test_a_deadline_is_judged_on_its_year_and_not_before(market):
    figure = forecast(market, period="D’ici 2025")
    observed(market, "150", period="2024")
    assert outcome_of(figure).verdict == Verdict.UNANSWERED
    actual = observed(market, "149")
    assert outcome_of(figure).actual == actual


@pytest.mark.parametrize("period", ["D’ici trois ans", "d’ici 2025", "à l’horizon 2025"])
def test_what_is_told_by_quarters_is_judged_on_the_last_one_within_the_deadline(period):
    revenues = make.make_indicator(periodicity="quarterly")
    figure = forecast(revenues, "150", qualifier="gt", period=period, vintage="4 février 2022")
    observed(revenues, "140", period="T3 2025")
    last = observed(revenues, "151", period="T4 2025")
    observed(revenues, "580", period="S2 2025")
    observed(revenues, "99", period="T1 2026")
    outcome = outcome_of(figure)
    assert (outcome.actual, outcome.verdict) == (last, Verdict.KEPT)


@pytest.fixture
def doubling():
    """A market, and the indicator by which it is said to be multiplied."""
    perimeter = make.make_perimeter()
    revenues = make.make_indicator(perimeter=perimeter, periodicity="quarterly")
    times = make.make_indicator(
        perimeter=perimeter, kind="growth_rate", unit="factor", scale=0, periodicity="one_off"
    )
    return revenues, times


def test_a_factor_is_judged_on_what_it_multiplies(doubling):
    revenues, times = doubling
    figure = forecast(times, "2.0", period="D’ici trois ans", vintage="4 février 2022")
    observed(revenues, "70", period="T3 2021")
    base = observed(revenues, "79.0", period="T4 2021")
    observed(revenues, "300", period="2021")
    assert outcome_of(figure).verdict == Verdict.UNANSWERED
    actual = observed(revenues, "140.0", period="T4 2025")
    outcome = outcome_of(figure)
    assert (outcome.base, outcome.actual) == (base, actual)
    assert outcome.display == "manquée de −11,4\u00a0%"
    assert outcome.error_display == "−18,0\u00a0Md$"


def test_a_factor_that_is_measured_needs_no_base(doubling):
    _, times = doubling
    figure = forecast(times, "2")
    observed(times, "2.1")
    assert outcome_of(figure).verdict == Verdict.KEPT


def test_a_factor_of_an_old_or_unclear_base_is_not_judged(doubling):
    revenues, times = doubling
    figure = forecast(times, "2", period="D’ici trois ans", vintage="4 février 2022")
    observed(revenues, "79", period="T4 2016")
    observed(revenues, "158", period="T4 2025")
    assert outcome_of(figure).verdict == Verdict.UNANSWERED
    observed(revenues, "79", period="T4 2021")
    assert outcome_of(figure).verdict == Verdict.KEPT
    make.make_indicator(perimeter=revenues.perimeter)
    assert outcome_of(figure).verdict == Verdict.UNANSWERED
    times.base = revenues
    times.save()
    assert outcome_of(figure).verdict == Verdict.KEPT


def test_each_vintage_of_a_forecast_is_kept_and_judged_in_the_order_they_were_said(market):
    late = forecast(market, "140", vintage="2024")
    first = forecast(market, "150", vintage="2022")
    middle = forecast(market, "145", vintage="2023", supersedes=first)
    observed(market, "142")
    outcomes = by_horizon(judge(Figure.objects.forecasts().for_verdicts()))
    assert [one.forecast for one in outcomes] == [first, middle, late]
    assert {one.verdict for one in outcomes} == {Verdict.MISSED, Verdict.EXCEEDED}


def test_what_an_erratum_corrects_was_never_forecast(market):
    wrong = forecast(market, "15")
    right = forecast(market, "150", supersedes=wrong, erratum="Il fallait lire 150.")
    assert list(Figure.objects.forecasts()) == [right]


def test_a_forecaster_is_who_said_it_else_who_published_it_and_never_one_that_is_hidden(market):
    analyst = make.make_company(name="Cabinet Clair")
    hidden = make.make_company(name="Secret", status=Status.DRAFT)
    source = make.make_source(publisher="La Gazette")
    forecast(market, attributed_to=analyst)
    forecast(market, source=source)
    forecast(market, attributed_to=hidden)
    found = records(judge(Figure.objects.forecasts().for_verdicts().by_forecaster()))
    assert [(one.forecaster.name, one.forecaster.company) for one in found] == [
        ("Cabinet Clair", analyst),
        ("La Gazette", None),
        ("Organisme non précisé", None),
    ]


def test_a_record_counts_and_averages_by_year(market):
    for year, value in (("2023", "100"), ("2024", "100"), ("2024", "100"), ("2030", "100")):
        forecast(market, value, period=year)
    forecast(market, period="à moyen terme")
    observed(market, "110", period="2023")
    observed(market, "95", period="2024")
    (record,) = records(judge(Figure.objects.forecasts().for_verdicts()))
    assert (record.exceeded, record.missed, record.pending, record.unanswered) == (1, 2, 2, 0)
    assert record.mean_error_display == "6,7\u00a0%"
    told = [(one.year, one.missed, one.mean_error_display) for one in record.by_year]
    assert told == [
        (2030, 0, ""),
        (2024, 2, "5,0\u00a0%"),
        (2023, 0, "10,0\u00a0%"),
        (None, 0, ""),
    ]


def test_judging_costs_the_same_for_one_forecast_and_for_many(market, django_assert_num_queries):
    def everything():
        return list(Figure.objects.forecasts().for_verdicts())

    forecast(market, period="2030")
    forecasts = everything()
    with django_assert_num_queries(0):
        judge(forecasts)
    for period in ("2023", "2024", "2025"):
        forecast(make.make_indicator(), period=period)
    forecasts = everything()
    # What was observed.
    with django_assert_num_queries(1):
        judge(forecasts)
    forecast(make.make_indicator(kind="growth_rate", unit="factor", scale=0))
    forecasts = everything()
    # The quantities that factors multiply, then what was observed.
    with django_assert_num_queries(2):
        judge(forecasts)


numbers = st.decimals(1, 10**6, places=2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(said=numbers, happened=numbers, qualifier=st.sampled_from(["eq", "approx", "gt", "lt"]))
def test_the_error_has_the_sign_of_what_happened_and_the_verdict_agrees(
    market, said, happened, qualifier
):
    with checked_together():
        figure = forecast(market, said, qualifier=qualifier)
        actual = observed(market, happened)
    outcome = outcome_of(figure)
    Figure.objects.filter(pk__in=[figure.pk, actual.pk]).delete()
    if outcome.verdict == Verdict.EXCEEDED:
        assert outcome.error > 0
        assert happened > said
    elif outcome.verdict == Verdict.MISSED:
        assert outcome.error < 0
        assert happened < said
    elif qualifier in ("gt", "lt"):
        assert outcome.error == 0
    else:
        assert abs(outcome.error) <= max(Decimal("0.01"), said / 20 + Decimal("0.01"))
