"""What the rules of the figures judge: panels of a universe, declared totals, indicators."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db import models
from django.db.models import Case, F, Q, QuerySet, When

from companies.models import Company, CompanyRelation
from market.facts import (
    Measure,
    Panel,
    Statement,
    judged_figures,
    read_components,
    read_measures,
    read_statements,
    with_components,
)
from market.models import Figure, FigureComponent, Indicator
from publishing.anomalies import Subject, register

# A figure of unknown period has this year, as it has this date to sort by.
WITHOUT_YEAR = date.max.year
WITH_REPLACED = ("indicator__base", "supersedes__indicator__base")


@dataclass(frozen=True, order=True)
class Universe:
    """What figures must share to be compared: a perimeter (0 where none is said), a geography."""

    perimeter: int
    geography: str

    @classmethod
    def of(cls, indicator: Indicator) -> Universe:
        """That of the indicator which this one gives the shares or the growth of, if it says."""
        told_by = indicator.base if indicator.base_id else indicator
        return cls(told_by.perimeter_id or 0, told_by.geography)

    def indicators(self) -> QuerySet:
        """Every indicator of the universe."""
        perimeter = self.perimeter or None
        own = _is(perimeter_id=perimeter, geography=self.geography)
        of_base = _is(base__perimeter_id=perimeter, base__geography=self.geography)
        return Indicator.objects.filter((Q(base=None) & own) | (~Q(base=None) & of_base))

    def scope(self, year: int) -> str:
        return f"{year}/{self.perimeter}/{self.geography}"

    @classmethod
    def parse(cls, scope: str) -> tuple[Universe, int]:
        year, perimeter, geography = scope.split("/", 2)
        return cls(int(perimeter), geography), int(year)


class Panels(Subject):
    """Figures of one universe, year by year. Each year is judged with the year before in sight."""

    name = "figures"
    label = "chiffres"
    watched = (Figure, FigureComponent, Indicator, Company, CompanyRelation)

    def scopes_of(self, row: models.Model) -> Iterable[str]:
        match row:
            case Figure():
                yield from self._scopes_of_figure(row)
            case FigureComponent():
                yield from self._scopes_of_figure(row.total)
            case Company():
                # Its figures are public when it is.
                yield from self._scopes_of_company(row.pk)
            case CompanyRelation():
                # What a subsidiary makes is counted with what its group makes.
                yield from self._scopes_of_company(row.subject_id)
            case Indicator():
                # The meaning of an indicator bears on every figure of its universe.
                universe = Universe.of(row)
                figures = Figure.objects.filter(indicator__in=universe.indicators())
                for day in figures.dates("period_sort", "year"):
                    yield from self._scopes(universe, day.year)

    def read(self, scopes: Collection[str] | None) -> Iterator[tuple[str, Panel]]:
        if scopes is None:
            yield from self._read_all()
            return
        years = defaultdict(set)
        for scope in scopes:
            universe, year = Universe.parse(scope)
            years[universe].add(year)
        for universe, wanted in years.items():
            yield from self._read_universe(universe, wanted)

    def _scopes_of_figure(self, figure: Figure) -> Iterator[str]:
        yield from self._scopes(Universe.of(figure.indicator), figure.period_sort.year)
        if replaced := figure.supersedes:
            # It is judged again once nothing public replaces it.
            yield from self._scopes(Universe.of(replaced.indicator), replaced.period_sort.year)

    def _scopes_of_company(self, company: int) -> Iterator[str]:
        for figure in Figure.objects.filter(company=company).select_related(*WITH_REPLACED):
            yield from self._scopes_of_figure(figure)

    def _scopes(self, universe: Universe, year: int) -> Iterator[str]:
        yield universe.scope(year)
        if year < WITHOUT_YEAR - 1:
            yield universe.scope(year + 1)

    def _read_universe(self, universe: Universe, years: set[int]) -> Iterator[tuple[str, Panel]]:
        measures = read_measures(universe.indicators())
        in_years = Q()
        for year in years:
            first = date(year if year == WITHOUT_YEAR else max(year - 1, 1), 1, 1)
            in_years |= Q(period_sort__range=(first, date(year, 12, 31)))
        figures = judged_figures().filter(in_years, indicator__in=list(measures))
        by_year = defaultdict(list)
        for statement in read_statements(figures.order_by("pk"), measures):
            by_year[statement.year].append(statement)
        components = read_components(figures)
        for year in list(by_year):
            by_year[year] = with_components(by_year[year], components)
        for year in sorted(years):
            if by_year[year]:
                panel = Panel(measures, by_year[year], _before(by_year, year))
                yield universe.scope(year), panel

    def _read_all(self) -> Iterator[tuple[str, Panel]]:
        indicators = {one.pk: one for one in Indicator.objects.select_related("base")}
        measures = read_measures(indicators.values())
        universes = {pk: Universe.of(indicator) for pk, indicator in indicators.items()}
        own = defaultdict(dict)
        for pk, universe in universes.items():
            own[universe][pk] = measures[pk]
        figures = judged_figures().annotate(**_universe_columns())
        figures = figures.order_by("universe_perimeter", "universe_geography", "period_sort", "pk")
        statements = read_statements(figures, measures)
        components = read_components()
        by_universe = groupby(statements, key=lambda one: universes[one.measure.pk])
        for universe, of_universe in by_universe:
            by_year: dict[int, list[Statement]] = {}
            for year, of_year in groupby(of_universe, key=lambda one: one.year):
                # Only the year before is kept: a universe may be larger than the memory.
                told = with_components(list(of_year), components)
                by_year = {year - 1: by_year.get(year - 1, []), year: told}
                panel = Panel(own[universe], by_year[year], _before(by_year, year))
                yield universe.scope(year), panel


@dataclass(frozen=True)
class Total:
    """A figure and those that it declares to add up."""

    statement: Statement
    parts: list[Statement]


class Totals(Subject):
    """Figures that declare their components, whatever is known of their period."""

    name = "totals"
    label = "totaux déclarés"
    watched = (Figure, FigureComponent, Indicator, Company)

    def scopes_of(self, row: models.Model) -> Iterable[str]:
        match row:
            case FigureComponent():
                return {str(row.total_id)}
            case Figure():
                figures = {row.pk, row.supersedes_id}
            case Indicator():
                figures = row.figures.all()
            case Company():
                # What its figures replace is judged again when it is withdrawn.
                replaced = row.figures.filter(supersedes__isnull=False)
                figures = replaced.values("supersedes")
        rows = FigureComponent.objects.filter(Q(total__in=figures) | Q(part__in=figures))
        return {str(total) for total in rows.values_list("total_id", flat=True)}

    def read(self, scopes: Collection[str] | None) -> Iterator[tuple[str, Total]]:
        rows = FigureComponent.objects.order_by("total_id", "pk")
        if scopes is not None:
            rows = rows.filter(total__in=[int(scope) for scope in scopes])
        parts = defaultdict(list)
        for total, part in rows.values_list("total_id", "part_id"):
            parts[total].append(part)
        if not parts:
            return
        concerned = parts.keys() | {part for found in parts.values() for part in found}
        figures = judged_figures().filter(pk__in=concerned)
        indicators = Indicator.objects.filter(pk__in=figures.order_by().values("indicator"))
        measures = read_measures(indicators)
        statements = {one.pk: one for one in read_statements(figures.order_by("pk"), measures)}
        for total, declared in parts.items():
            known = [statements[part] for part in declared if part in statements]
            # A total cannot be judged without all that it declares.
            if total in statements and len(known) == len(declared):
                yield str(total), Total(statements[total], known)


class Indicators(Subject):
    """Each indicator by itself."""

    name = "indicators"
    label = "indicateurs"
    watched = (Indicator,)

    def scopes_of(self, row: Indicator) -> Iterable[str]:
        return {str(row.pk)}

    def read(self, scopes: Collection[str] | None) -> Iterator[tuple[str, Measure]]:
        indicators = Indicator.objects.exclude(status__in=("archived", "rejected")).order_by("pk")
        if scopes is not None:
            indicators = indicators.filter(pk__in=[int(scope) for scope in scopes])
        for pk, measure in read_measures(indicators).items():
            yield str(pk), measure


def _before(by_year: dict[int, list[Statement]], year: int) -> list[Statement]:
    return [] if year == WITHOUT_YEAR else by_year.get(year - 1, [])


def _is(**columns: Any) -> Q:
    """Equality that holds between nulls too."""
    return Q(
        *(
            Q(**({f"{name}__isnull": True} if value is None else {name: value}))
            for name, value in columns.items()
        )
    )


def _universe_columns() -> dict[str, Any]:
    """The perimeter and the geography of the universe of a figure, as `Universe.of` has them."""
    return {
        f"universe_{name}": Case(
            When(indicator__base__isnull=False, then=F(f"indicator__base__{path}")),
            default=F(f"indicator__{path}"),
        )
        for name, path in (("perimeter", "perimeter_id"), ("geography", "geography"))
    }


PANELS = register(Panels())
TOTALS = register(Totals())
INDICATORS = register(Indicators())
