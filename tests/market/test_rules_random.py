"""Sets of figures drawn at random: what is consistent raises nothing, one error is found.

The register kept as records are saved is the one that a check of everything would give.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from market.models import Figure, FigureComponent
from publishing.anomalies import check_all, checked_together
from publishing.models import Anomaly, AnomalyRecord, Status
from tests import factories as make

pytestmark = pytest.mark.django_db

YEARS = (2022, 2023, 2024)
SEGMENTS = 3
COMPANIES = 3
SUBJECTS = ("figures", "totals", "indicators")
EXAMPLES = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
seeds = st.integers(min_value=0, max_value=10**6)


@dataclass
class Published:
    """A market as one publisher tells it: true values, rounded once each."""

    figures: dict[tuple, Figure]
    random: Random

    def plant(self, key: tuple, factor: Decimal) -> Figure:
        figure = self.figures[key]
        figure.value = rounded(figure.value * factor, figure.decimals)
        figure.save()
        return figure


def rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def publish(seed: int) -> Published:
    """Amounts, shares and growth of a market by segment, and shares of a few companies."""
    random = Random(seed)
    perimeter, source = make.make_perimeter(), make.make_source(publisher=f"Cabinet {seed}")
    common = {"perimeter": perimeter}
    amount = make.make_indicator(kind="amount", unit="USD", scale=9, name="Ventes", **common)
    share = make.make_indicator(kind="share", unit="percent", scale=0, name="Parts", **common)
    rate = make.make_indicator(kind="growth_rate", unit="percent", scale=0, name="Hausse", **common)
    segments = [make.make_segment() for _ in range(SEGMENTS)]
    companies = [make.make_company() for _ in range(COMPANIES)]
    figures: dict[tuple, Figure] = {}

    def state(key: tuple, indicator, value: Decimal, places: int, year: int, **fields) -> None:
        figures[key] = make.make_figure(
            indicator=indicator,
            value=rounded(value, places),
            period=str(year),
            vintage=f"mars {year + 1}",
            source=source,
            **fields,
        )

    with checked_together():
        _state_years(random, state, (amount, share, rate), segments)
        _state_companies(random, state, share, companies)
    return Published(figures, random)


def _state_years(random: Random, state, indicators, segments) -> None:
    amount, share, rate = indicators
    decimals = random.choice((0, 1, 2))
    values = [Decimal(random.randint(50, 400)) for _ in segments]
    before: Decimal | None = None
    for year in YEARS:
        values = [value * Decimal(random.uniform(1.02, 1.4)) for value in values]
        whole = sum(values)
        state(("whole", year), amount, whole, decimals, year)
        if before is not None:
            state(("rate", year), rate, (whole / before - 1) * 100, 1, year)
        for segment, value in zip(segments, values, strict=True):
            part = {"segment": segment}
            state(("amount", segment.pk, year), amount, value, decimals, year, **part)
            state(("share", segment.pk, year), share, value / whole * 100, 1, year, **part)
        before = whole


def _state_companies(random: Random, state, share, companies) -> None:
    parts = [Decimal(random.randint(5, 30)) for _ in companies]
    for company, part in zip(companies, parts, strict=True):
        state(("company", company.pk), share, part, 0, YEARS[-1], company=company)


@EXAMPLES
@given(seeds)
def test_consistent_sets_raise_nothing(seed):
    with transaction.atomic():
        publish(seed)
        check_all()
        about_figures = Anomaly.objects.standing().filter(subject__in=SUBJECTS)
        found = [anomaly.message for anomaly in about_figures]
        transaction.set_rollback(True)
    assert found == []


PLANTED = [
    # What is changed, by how much, and the rules that may tell it: one of them must.
    ("share", Decimal("1.3"), {"share-of-total"}),
    ("amount", Decimal("1.3"), {"share-of-total"}),
    ("amount", Decimal(1000), {"share-of-total"}),
    ("whole", Decimal("1.2"), {"share-of-total"}),
    ("whole", Decimal("0.8"), {"parts-exceed-the-whole"}),
    ("rate", Decimal(3), {"growth-and-values"}),
    ("company", Decimal(25), {"parts-exceed-the-whole", "share-out-of-range"}),
]


@pytest.mark.parametrize(("kind", "factor", "rules"), PLANTED)
@settings(EXAMPLES, max_examples=5)
@given(seeds)
def test_one_error_is_found_on_the_figure_where_it_is(kind, factor, rules, seed):
    with transaction.atomic():
        published = publish(seed)
        keys = [key for key in published.figures if key[0] == kind and YEARS[-1] in key]
        keys = keys or [key for key in published.figures if key[0] == kind]
        figure = published.plant(published.random.choice(keys), factor)
        rows = AnomalyRecord.objects.filter(
            object_id=figure.pk,
            content_type__model="figure",
            anomaly__in=Anomaly.objects.standing().filter(rule__in=rules),
        )
        found = rows.exists()
        everything = [(one.rule, one.message) for one in Anomaly.objects.standing()]
        transaction.set_rollback(True)
    assert found, (str(figure), everything)


@EXAMPLES
@given(seeds, st.lists(st.tuples(st.integers(0, 5), seeds), min_size=3, max_size=10))
def test_the_register_kept_at_each_save_is_that_of_a_whole_check(seed, edits):
    with transaction.atomic():
        published = publish(seed)
        figures = list(published.figures.values())
        for action, number in edits:
            if figures:
                _edit(action, figures, Random(number))
        kept = _register()
        check_all()
        whole = _register()
        transaction.set_rollback(True)
    assert kept == whole


def _edit(action: int, figures: list[Figure], random: Random) -> None:
    figure = Figure.objects.get(pk=random.choice(figures).pk)
    match action:
        case 0:
            figure.value = rounded(figure.value * Decimal(random.uniform(0.5, 2)), 1)
            figure.save()
        case 1:
            figure.status = random.choice([Status.DRAFT, Status.PUBLISHED, Status.ARCHIVED])
            figure.save()
        case 2:
            FigureComponent.objects.filter(part=figure).delete()
            Figure.objects.filter(supersedes=figure).update(supersedes=None, erratum="")
            figures[:] = [one for one in figures if one.pk != figure.pk]
            figure.delete()
        case 3:
            other = Figure.objects.get(pk=random.choice(figures).pk)
            if other.pk != figure.pk:
                FigureComponent.objects.get_or_create(total=figure, part=other)
        case 4:
            figure.period_start = figure.period_start.replace(year=random.choice(YEARS))
            figure.period_end = figure.period_end.replace(year=figure.period_start.year)
            figure.period_sort = figure.period_start
            figure.save()
        case 5:
            with checked_together():
                indicator = figure.indicator
                indicator.breakdown = random.choice(["", "complete", "partial"])
                indicator.save()
                figure.qualifier = random.choice(["eq", "gt", "approx"])
                figure.save()


def _register() -> set[tuple]:
    return {
        (
            anomaly.rule,
            anomaly.status,
            anomaly.message,
            tuple(sorted((row.role, row.object_id) for row in anomaly.records.all())),
        )
        for anomaly in Anomaly.objects.filter(is_present=True).prefetch_related("records")
    }
