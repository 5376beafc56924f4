"""Forecasts and what became of them.

A forecast is judged once its horizon is over, against the public figure that tells what happened:
measured, else estimated. Both are known as precisely as they were stated: 150 is kept by 150.3,
« plus de 150 » by anything above. A factor is judged on the quantity that it multiplies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db import models
from django.utils.text import slugify

from companies.models import Company
from market.facts import HUNDRED, QUANTITIES, Interval, months_in
from market.horizons import Horizon
from market.models import Figure, Indicator
from publishing import clock
from publishing.typography import percent, quantity, signed
from sources.models import Source

FACTOR = "factor"
BOUNDS = frozenset({"gt", "ge", "lt", "le"})
# How a difference is written: between two percentages it is in points, between factors a number.
UNITS_OF_ERRORS = {"percent": "points", FACTOR: "units"}
# Of small numbers that are themselves rates, a relative error says little.
WITHOUT_RELATIVE_ERROR = frozenset({"percent", "points"})
SMALLEST_PERCENT = Decimal("0.05")
# A market « to double in four years » is one that had been measured lately.
YEARS_OF_A_BASE = 2
MONTHS = {
    Indicator.Periodicity.ANNUAL: 12,
    Indicator.Periodicity.QUARTERLY: 3,
    Indicator.Periodicity.MONTHLY: 1,
}


class Verdict(models.TextChoices):
    KEPT = "kept", "tenue"
    EXCEEDED = "exceeded", "dépassée"
    MISSED = "missed", "manquée"
    PENDING = "pending", "en attente"
    UNANSWERED = "unanswered", "sans constat"


@dataclass(frozen=True)
class Forecaster:
    """Who said it, as far as the public may know: `company` has a page, another has only a name."""

    name: str
    company: Company | None = None

    @property
    def is_named(self) -> bool:
        return self != UNNAMED

    @property
    def key(self) -> str:
        """What names it in an address."""
        return slugify(self.name)


UNNAMED = Forecaster("Organisme non précisé")


def forecaster_of(figure: Figure) -> Forecaster:
    """The organisation that it is attributed to, else the publisher of its source."""
    if figure.attributed_to:
        company = figure.attributed_to
        return Forecaster(company.name, company) if company.is_public else UNNAMED
    source = figure.source
    if source and source.is_public and source.publisher:
        return Forecaster(source.publisher)
    return UNNAMED


def forecasters() -> list[tuple[str, str]]:
    """Every forecaster that the public may know, as (key, name), by name (two queries)."""
    figures = Figure.objects.forecasts()
    companies = Company.objects.published().filter(stated_figures__in=figures)
    sources = Source.objects.published().filter(
        market_figure_set__in=figures.filter(attributed_to=None)
    )
    names = {
        *companies.values_list("name", flat=True),
        *sources.exclude(publisher="").values_list("publisher", flat=True),
    }
    return [(slugify(name), name) for name in sorted(names, key=slugify)]


@dataclass(frozen=True)
class Outcome:
    """What became of one forecast.

    `actual` is the figure that settled it, which may be an estimate; `base`, what a factor
    multiplies. `error` is what happened less what was forecast, in the unit and scale of `actual`;
    a bound that was respected has none. `relative_error` is in per cent of the forecast.
    """

    forecast: Figure
    verdict: Verdict
    actual: Figure | None = None
    base: Figure | None = None
    error: Decimal | None = None
    relative_error: Decimal | None = None

    @cached_property
    def forecaster(self) -> Forecaster:
        return forecaster_of(self.forecast)

    @cached_property
    def horizon(self) -> Horizon | None:
        return self.forecast.horizon

    @property
    def is_settled(self) -> bool:
        return self.actual is not None

    @property
    def is_by_estimate(self) -> bool:
        return self.is_settled and self.actual.nature == Figure.Nature.ESTIMATE

    @property
    def display(self) -> str:
        """« tenue », « manquée de −4,2 % », « en attente »."""
        label = Verdict(self.verdict).label
        if self.verdict not in (Verdict.MISSED, Verdict.EXCEEDED):
            return label
        is_told = self.relative_error is not None and abs(self.relative_error) >= SMALLEST_PERCENT
        return f"{label} de {self.relative_error_display if is_told else self.error_display}"

    @property
    def error_display(self) -> str:
        """« −6,3 Md$ », with the decimals of the finest of what is compared; or nothing."""
        if self.error is None:
            return ""
        indicator = self.actual.indicator
        compared = (self.actual, self.base or self.forecast)
        unit = UNITS_OF_ERRORS.get(indicator.unit, indicator.unit)
        decimals = max(figure.decimals or 0 for figure in compared)
        sign = "+" if self.error > 0 else ""
        return sign + quantity(self.error, unit, indicator.scale, decimals)

    @property
    def relative_error_display(self) -> str:
        """« −4,2 % », or nothing."""
        return "" if self.relative_error is None else signed(self.relative_error, 1)


def judge(forecasts: Iterable[Figure]) -> list[Outcome]:
    """What became of each, in the same order.

    The forecasts come loaded by `for_cards()` or `for_verdicts()`. Runs no query when none is due,
    else one for all, and another where there are factors.
    """
    forecasts = list(forecasts)
    if not forecasts:
        return []
    observations = Observations([forecast for forecast in forecasts if is_due(forecast)])
    return [_outcome(forecast, observations) for forecast in forecasts]


def is_due(forecast: Figure) -> bool:
    """Its horizon is over: what happened is known, or should be."""
    horizon = forecast.horizon
    return horizon is not None and horizon.end < clock.today()


def overdue() -> list[Figure]:
    """The public forecasts whose horizon is over and that nothing public answers."""
    outcomes = judge(Figure.objects.forecasts().for_verdicts().order_by("pk"))
    return [one.forecast for one in outcomes if one.verdict == Verdict.UNANSWERED]


@dataclass(frozen=True)
class Record:
    """The record of a forecaster; or, of one `year` of horizons, a part of it."""

    forecaster: Forecaster
    outcomes: list[Outcome]
    year: int | None = None

    @property
    def kept(self) -> int:
        return self._count(Verdict.KEPT)

    @property
    def exceeded(self) -> int:
        return self._count(Verdict.EXCEEDED)

    @property
    def missed(self) -> int:
        return self._count(Verdict.MISSED)

    @property
    def pending(self) -> int:
        return self._count(Verdict.PENDING)

    @property
    def unanswered(self) -> int:
        return self._count(Verdict.UNANSWERED)

    @property
    def mean_error(self) -> Decimal | None:
        """The mean absolute error in per cent, of the forecasts that have one."""
        errors = [
            abs(one.relative_error) for one in self.outcomes if one.relative_error is not None
        ]
        return sum(errors) / len(errors) if errors else None

    @property
    def mean_error_display(self) -> str:
        return "" if self.mean_error is None else percent(self.mean_error, 1)

    @property
    def by_year(self) -> list[Record]:
        """One for each year of the horizons, the latest first; the unknown comes last."""
        years = defaultdict(list)
        for outcome in self.outcomes:
            years[outcome.horizon and outcome.horizon.year].append(outcome)
        ordered = sorted(years, key=lambda year: -(year or 0))
        return [Record(self.forecaster, years[year], year) for year in ordered]

    def _count(self, verdict: Verdict) -> int:
        return sum(one.verdict == verdict for one in self.outcomes)


def records(outcomes: Iterable[Outcome]) -> list[Record]:
    """One for each forecaster, by name; what no one that can be named has said comes last."""
    found = defaultdict(list)
    named = {}
    for outcome in outcomes:
        key = outcome.forecaster.key
        found[key].append(outcome)
        # A publisher may have a page too: the one with a page speaks for both.
        if key not in named or outcome.forecaster.company:
            named[key] = outcome.forecaster
    ordered = sorted(found, key=lambda key: (not named[key].is_named, key))
    return [Record(named[key], found[key]) for key in ordered]


def by_horizon(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Forecasts of one thing together, from the first said to the last: how they moved."""
    return sorted(
        outcomes,
        key=lambda one: (
            one.horizon.end if one.horizon else date.max,
            one.forecast.label,
            one.forecaster.key,
            one.forecast.vintage_sort,
            one.forecast.pk,
        ),
    )


# --- What is known of what happened ---

Cell = tuple[int, int | None, int | None]


class Observations:
    """What was measured or estimated of what some forecasts are about: one query, or two."""

    def __init__(self, forecasts: Sequence[Figure]) -> None:
        self.bases = _bases({one.indicator for one in forecasts if one.indicator.unit == FACTOR})
        indicators = {one.indicator_id for one in forecasts} | set(self.bases.values())
        figures = Figure.objects.observed().filter(
            indicator__in=indicators,
            period_start__gte=min(map(_looks_back_to, forecasts), default=date.max),
            period_end__lte=max((one.horizon.end for one in forecasts), default=date.min),
        )
        self.cells: dict[Cell, list[Figure]] = defaultdict(list)
        for figure in figures.for_verdicts().order_by("pk"):
            self.cells[_cell(figure, figure.indicator_id)].append(figure)

    def of_horizon(self, forecast: Figure, indicator: int) -> list[Figure]:
        """What answers the forecast, the best answer first."""
        horizon = forecast.horizon
        found = self.cells[_cell(forecast, indicator)]
        return sorted(
            (one for one in found if _answers(one, horizon)),
            key=lambda one: (
                _bounds(one) == (horizon.period.start, horizon.end),
                one.period_end,
                one.nature == Figure.Nature.ACTUAL,
                one.vintage_start or date.min,
                one.pk,
            ),
            reverse=True,
        )

    def before(self, forecast: Figure, answer: Figure) -> Figure | None:
        """What a factor multiplied: the last like the answer when the forecast was said."""
        said_by = forecast.vintage.end
        found = [
            one
            for one in self.cells[_cell(forecast, answer.indicator_id)]
            if said_by
            and _looks_back_to(forecast) <= one.period_start
            and one.period_end <= said_by
            and months_in(_bounds(one)) == months_in(_bounds(answer))
        ]
        return max(found, key=lambda one: (one.period_end, one.pk), default=None)


def _cell(figure: Figure, indicator: int) -> Cell:
    return indicator, figure.segment_id, figure.company_id


def _bounds(figure: Figure) -> tuple[date, date]:
    return figure.period_start, figure.period_end


def _looks_back_to(forecast: Figure) -> date:
    """The first day of what may be compared with it."""
    start = forecast.horizon.period.start
    if forecast.indicator.unit != FACTOR or forecast.vintage.start is None:
        return start
    return min(start, date(forecast.vintage.start.year - YEARS_OF_A_BASE, 1, 1))


def _answers(figure: Figure, horizon: Horizon) -> bool:
    """`figure` measures the horizon; or, of a deadline, a period like the others within it."""
    bounds = _bounds(figure)
    if bounds == (horizon.period.start, horizon.end):
        return True
    months = MONTHS.get(figure.indicator.periodicity)
    return (
        horizon.is_deadline
        and horizon.period.start <= figure.period_start
        and figure.period_end <= horizon.end
        and months in (None, months_in(bounds))
    )


def _bases(factors: set[Indicator]) -> dict[int, int]:
    """The indicator that each multiplies: the one it names, else the only one of its universe."""
    named = {one.pk: one.base_id for one in factors if one.base_id}
    unnamed = [one for one in factors if not one.base_id]
    if not unnamed:
        return named
    quantities = defaultdict(list)
    for pk, *universe in (
        Indicator.objects.published()
        .filter(kind__in=QUANTITIES)
        .values_list("pk", "perimeter_id", "geography")
    ):
        quantities[tuple(universe)].append(pk)
    candidates = {one.pk: quantities[one.perimeter_id, one.geography] for one in unnamed}
    return named | {pk: found[0] for pk, found in candidates.items() if len(found) == 1}


# --- The verdict ---


def _outcome(forecast: Figure, observations: Observations) -> Outcome:
    if not is_due(forecast):
        return Outcome(forecast, Verdict.PENDING)
    for actual in observations.of_horizon(forecast, forecast.indicator_id):
        if outcome := _settled(forecast, actual):
            return outcome
    base_indicator = observations.bases.get(forecast.indicator_id)
    for actual in observations.of_horizon(forecast, base_indicator) if base_indicator else ():
        base = observations.before(forecast, actual)
        if base and (outcome := _settled(forecast, actual, base)):
            return outcome
    return Outcome(forecast, Verdict.UNANSWERED)


def _settled(forecast: Figure, actual: Figure, base: Figure | None = None) -> Outcome | None:
    """The outcome that `actual` gives; None when it does not decide (« plus de 100 » for 150)."""
    expected, value = _interval(forecast), forecast.stated_value
    if base:
        expected, value = expected * _interval(base), value * base.stated_value
    verdict = _verdict(expected, _interval(actual))
    if verdict is None:
        return None
    is_a_respected_bound = verdict == Verdict.KEPT and forecast.qualifier in BOUNDS
    error = Decimal(0) if is_a_respected_bound else actual.stated_value - value
    is_relative = value and actual.indicator.unit not in WITHOUT_RELATIVE_ERROR
    relative_error = HUNDRED * error / abs(value) if is_relative else None
    return Outcome(forecast, verdict, actual, base, error, relative_error)


def _interval(figure: Figure) -> Interval:
    return Interval.stated(
        figure.value, figure.decimals or 0, figure.qualifier, figure.indicator.scale
    )


def _verdict(expected: Interval, actual: Interval) -> Verdict | None:
    if actual.exceeds(expected):
        return Verdict.EXCEEDED
    if expected.exceeds(actual):
        return Verdict.MISSED
    is_bounded = actual.low.is_finite() and actual.high.is_finite()
    is_within = expected.low <= actual.low and actual.high <= expected.high
    return Verdict.KEPT if is_bounded or is_within else None
