"""The register kept at each save is the one that a check of everything would make."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random

import pytest

from companies.models import CompanyRelation
from market.models import Figure, FigureComponent, Indicator
from publishing.anomalies import check_all
from publishing.models import Anomaly, Status
from tests import factories as make

pytestmark = pytest.mark.django_db

STEPS = 60
STATUSES = [Status.PUBLISHED] * 4 + [Status.DRAFT, Status.ARCHIVED]


class Editors:
    """They type, publish, archive, correct and delete at random, on two small markets."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.perimeters = [make.make_perimeter(), None]
        self.segments = [None, make.make_segment(), make.make_segment()]
        self.companies = [None, None, make.make_company(), make.make_company()]
        self.sources = [make.make_source(publisher=name) for name in ("A", "B")]
        self.indicators = [
            self._indicator(perimeter, kind)
            for perimeter in self.perimeters
            for kind in ("amount", "share", "growth_rate")
        ]

    def act(self) -> None:
        acts: list[Callable[[], object]] = [
            *[self.add] * 6,
            *[self.edit] * 3,
            self.withdraw_or_publish,
            self.delete,
            self.correct,
            self.declare,
            self.redefine,
            self.withdraw_or_publish_a_company,
            self.relate,
        ]
        self.dice.choice(acts)()

    def add(self) -> Figure:
        companies = [one for one in self.companies if one is None or one.is_public]
        return make.make_figure(
            indicator=self.dice.choice(self.indicators),
            segment=self.dice.choice(self.segments),
            company=self.dice.choice(companies),
            period=self.dice.choice(["2022", "2023", "2024", "T1 2023", "T1 2024", ""]),
            vintage=self.dice.choice(["2024", "2025", ""]),
            nature=self.dice.choice(["actual", "actual", "estimate", "forecast"]),
            source=self.dice.choice(self.sources),
            value=self._value(),
            status=self.dice.choice(STATUSES),
        )

    def edit(self) -> None:
        if figure := self._any(Figure):
            figure.value = self._value()
            figure.segment = self.dice.choice(self.segments)
            figure.save()

    def withdraw_or_publish(self) -> None:
        if figure := self._any(Figure):
            figure.status = self.dice.choice(STATUSES)
            figure.publish_at = figure.publish_at or make.LONG_AGO
            figure.save()

    def delete(self) -> None:
        figure = self._any(Figure)
        if figure and not figure.superseded_by.exists() and not figure.total_rows.exists():
            figure.delete()

    def correct(self) -> None:
        if figure := self._any(Figure):
            later = self.add()
            later.indicator, later.supersedes = figure.indicator, figure
            later.save()

    def declare(self) -> None:
        total, part = self._any(Figure), self._any(Figure)
        if total and total != part:
            FigureComponent.objects.get_or_create(total=total, part=part)

    def redefine(self) -> None:
        indicator = self.dice.choice(self.indicators)
        indicator.breakdown = self.dice.choice(["", "complete", "partial"])
        indicator.perimeter = self.dice.choice(self.perimeters)
        indicator.base = self.dice.choice([None, *self.indicators])
        if indicator.base == indicator:
            indicator.base = None
        indicator.save()

    def withdraw_or_publish_a_company(self) -> None:
        company = self.dice.choice(self.companies)
        if company:
            company.status = self.dice.choice([Status.PUBLISHED, Status.ARCHIVED])
            company.save()

    def relate(self) -> None:
        group, branch = self.companies[2:]
        kind = CompanyRelation.Kind.SUBSIDIARY_OF
        found = CompanyRelation.objects.filter(subject=branch, target=group, kind=kind)
        if found.exists():
            found.get().delete()
        else:
            make.make_relation(branch, kind, group)

    def _indicator(self, perimeter, kind: str) -> Indicator:
        unit, scale = ("USD", 9) if kind == "amount" else ("percent", 0)
        return make.make_indicator(kind=kind, unit=unit, scale=scale, perimeter=perimeter)

    def _value(self) -> Decimal:
        return Decimal(self.dice.choice([20, 30, 45, 60, 90, 120]))

    def _any(self, model):
        rows = list(model.objects.order_by("pk"))
        return self.dice.choice(rows) if rows else None


def register() -> set[tuple]:
    """What stands or stood in the register, whole."""
    return {
        (
            anomaly.rule,
            anomaly.scope,
            anomaly.message,
            anomaly.lead,
            anomaly.status,
            anomaly.is_present,
            tuple((*row.state, row.object_id) for row in anomaly.records.all()),
        )
        for anomaly in Anomaly.objects.prefetch_related("records")
        if anomaly.is_present
    }


@pytest.mark.parametrize("seed", range(4))
def test_the_register_follows_edits(seed):
    editors = Editors(seed)
    for _ in range(STEPS):
        editors.act()
    kept = register()
    report = check_all()
    assert register() == kept
    assert (report.opened, report.reopened, report.closed) == ([], [], [])
    assert kept != set()
