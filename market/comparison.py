"""Figures set side by side: on one scale when they measure the same thing in the same way.

What is comparable is told as the rules tell it (`market.facts`): same unit, perimeter, geography,
period and nature. The rest is shown apart, and why is said. Nothing is stacked: parts are added
only to say how much of the whole they leave untold.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.utils.text import capfirst

from companies.models import Company
from market.charts import BarChart, bars_of
from market.facts import (
    HUNDRED,
    Interval,
    Statement,
    World,
    read_components,
    read_measures,
    read_statements,
    total,
    with_components,
)
from market.models import Figure, Indicator
from publishing.typography import NBSP, join, percent, quantity

# Fewer parts than this compare nothing.
FEWEST = 2
# More columns, or more actors, no longer fit a page.
MOST_INDICATORS = 6
MOST_COMPANIES = 12
# As many names as a label tells.
FEW = 4
WHOLE = "Ensemble"
UNBOUNDED = "Les valeurs sont approchées ou bornées : ce qui manque au tout n’est pas connu."
# What must be the same, in the order in which it is explained.
FACETS = (
    "Ce qui est mesuré",
    "L’unité",
    "La période",
    "Le périmètre",
    "La géographie",
    "La nature du chiffre",
    "Le découpage",
)
Part = tuple[int | None, int | None]


@dataclass(frozen=True)
class Entry:
    """A figure, with how rules read it."""

    figure: Figure
    statement: Statement

    @property
    def part(self) -> Part:
        return self.figure.segment_id, self.figure.company_id

    @property
    def part_name(self) -> str:
        names = [one.name for one in (self.figure.company, self.figure.segment) if one]
        return ", ".join(names) or WHOLE

    @property
    def cut(self) -> str:
        """How the whole is cut to give it."""
        if self.statement.is_subtotal:
            return "total de quelques-uns"
        return {
            (True, True): "par entreprise et par segment",
            (True, False): "par segment",
            (False, True): "par entreprise",
            (False, False): "l’ensemble",
        }[self.figure.segment_id is not None, self.figure.company_id is not None]

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes it comparable: entries of one key stand on one scale."""
        measure, period = self.statement.measure, self.statement.period
        # What is not dated is only known to be of the time of its neighbours in one edition.
        time = period or (self.figure.period.label, measure.pk, self.statement.vintage)
        return (
            measure.kind,
            measure.unit,
            time,
            measure.perimeter,
            measure.geography,
            self.figure.nature,
            self.cut,
        )

    @property
    def facets(self) -> tuple[str, ...]:
        """The same in words, in the order of `FACETS`."""
        indicator, period = self.figure.indicator, self.figure.period
        return (
            indicator.get_kind_display(),
            indicator.get_unit_display(),
            period.display if period.is_known or period.label else "non précisée",
            indicator.perimeter.name if indicator.perimeter else "non précisé",
            indicator.geography,
            self.figure.get_nature_display(),
            self.cut,
        )


@dataclass
class Group:
    """Entries that stand on one scale: their chart, or the figures where a chart says nothing."""

    entries: list[Entry]
    number: int
    world: World

    @cached_property
    def indicators(self) -> list[Indicator]:
        return list(
            {one.figure.indicator_id: one.figure.indicator for one in self.entries}.values()
        )

    @property
    def title(self) -> str:
        return join(*(indicator.name for indicator in self.indicators))

    @property
    def described(self) -> list[str]:
        """Kind, unit, period, perimeter, geography, nature and cut, as all of them have it."""
        return [capfirst(words) for words in self.entries[0].facets]

    @property
    def figures(self) -> list[Figure]:
        return [one.figure for one in self.entries]

    @cached_property
    def chart(self) -> BarChart | None:
        named = [(self._name(one), one.figure) for one in self.entries]
        return bars_of(named, identifier=f"comparaison-{self.number}", title=self.title)

    @cached_property
    def remainder(self) -> str:
        """What the parts leave untold of the whole, or why they are not added up."""
        statements = [one.statement for one in self.entries]
        is_alone = len(statements) < FEWEST and statements[0].measure.kind != Indicator.Kind.SHARE
        if is_alone or len(self.indicators) > 1 or not statements[0].is_part:
            return ""
        if not statements[0].adds_up:
            return "Des taux ne s’additionnent pas : les barres se comparent, sans faire un tout."
        if len({one.cell for one in statements}) < len(statements):
            return "Une même part a ici plusieurs valeurs : rien n’est additionné."
        if len({one.segment is None for one in statements}) > 1 or all(
            one.segment and one.company for one in statements
        ):
            return ""
        if statements[0].measure.kind == Indicator.Kind.SHARE:
            return self._untold_share(statements)
        return self._untold_amount(statements)

    def _untold_share(self, statements: list[Statement]) -> str:
        if any(self.world.tells_a_rate(one) for one in statements):
            return "Chaque taux se mesure sur sa propre base : ils ne s’additionnent pas."
        known = total(one.interval.within(0, HUNDRED) for one in statements)
        stated = sum((one.stated for one in statements), Decimal(0))
        least, most = _bounds(statements)
        if not least and known.meets(Interval(HUNDRED, HUNDRED)):
            return f"{percent(stated)} expliqués : les parts font le tout, à leur précision près."
        if known.low > HUNDRED:
            return f"Les parts font {percent(stated)}, plus que le tout : rien n’est empilé."
        if stated >= HUNDRED:
            return UNBOUNDED
        untold = f"{least}{percent(stated)} expliqués, {most}{percent(HUNDRED - stated)}"
        return f"{capfirst(untold)} sans détail. Ces parts ne font pas un tout : rien n’est empilé."

    def _untold_amount(self, statements: list[Statement]) -> str:
        first = statements[0]
        wholes = self.world.at(first.measure, first.period, None, None) if first.period else []
        whole = self.world.in_edition(first, wholes)
        if whole is None:
            return "L’ensemble n’est pas publié : ce qui manque au détail n’est pas connu."
        measure, known = first.measure, total(one.interval for one in statements)
        stated = sum((one.stated for one in statements), Decimal(0))
        shown = quantity(stated, measure.unit, measure.scale)
        least, most = _bounds(statements)
        if not least and known.meets(whole.interval):
            return f"{shown} détaillés : le compte de l’ensemble, {whole.display}, y est."
        if known.exceeds(whole.interval):
            return f"Le détail fait {shown}, plus que l’ensemble, {whole.display}."
        if stated >= whole.stated:
            return UNBOUNDED
        told = f"{least}{shown} détaillés sur {whole.display}"
        if whole.interval.high.is_infinite() or whole.interval.low.is_infinite():
            return capfirst(f"{told}.")
        rest = quantity(whole.stated - stated, measure.unit, measure.scale)
        return capfirst(f"{told}, {most}{rest} sans détail.")

    def _name(self, entry: Entry) -> str:
        several = len(self.indicators) > 1
        is_whole = entry.part_name == WHOLE
        parts = [] if is_whole and several else [entry.part_name]
        if several:
            parts.append(entry.figure.indicator.name)
        alike = [one for one in self.entries if one.statement.cell == entry.statement.cell]
        if len(alike) > 1 and entry.figure.source.is_public:
            parts.append(f"selon {entry.figure.source.publisher or entry.figure.source.title}")
        return ", ".join(parts)


@dataclass
class Row:
    """A part, with its figures under each indicator."""

    name: str
    cells: list[list[Figure]]


@dataclass
class Reason:
    """Why not all stand on one scale: what differs, and how, as (value, names of indicators)."""

    facet: str
    values: list[tuple[str, str]]


@dataclass
class Comparison:
    """What was asked, set side by side. `left_out` counts the figures of other periods.

    `tells_all`: everything that is published on these companies is there.
    """

    indicators: list[Indicator]
    companies: list[Company]
    groups: list[Group] = field(default_factory=list)
    subtotals: list[Figure] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    left_out: int = 0
    tells_all: bool = False

    @property
    def title(self) -> str:
        """The actors where some were asked, else the indicators."""
        return join(*(one.name for one in (self.companies or self.indicators)))

    @cached_property
    def reasons(self) -> list[Reason]:
        """What keeps the groups apart."""
        if len(self.groups) < FEWEST:
            return []
        found = []
        for place, facet in enumerate(FACETS):
            named: dict[str, dict[str, None]] = {}
            for group in self.groups:
                value = group.entries[0].facets[place]
                named.setdefault(value, {}).update(dict.fromkeys(i.name for i in group.indicators))
            if len(named) > 1:
                found.append(Reason(facet, [(one, join(*names)) for one, names in named.items()]))
        return found or [Reason("La période", [("non précisée", "rien ne dit que c’est la même")])]

    @cached_property
    def missing(self) -> list[str]:
        """What a reader would look for and does not find."""
        said = []
        for place, indicator in enumerate(self.indicators):
            parts = [row for row in self.rows if row.name != WHOLE]
            absent = [row.name for row in parts if not row.cells[place]]
            name = f"«{NBSP}{indicator.name}{NBSP}»"
            if not any(row.cells[place] for row in self.rows):
                said.append(f"{name}{NBSP}: aucun chiffre publié.")
            elif absent and len(absent) == len(parts):
                said.append(f"{name}{NBSP}: publié pour l’ensemble seulement.")
            elif absent:
                said.append(f"{name}{NBSP}: rien de publié pour {join(*absent)}.")
        kinds = {indicator.kind for indicator in self.indicators}
        if self.tells_all and Indicator.Kind.GROWTH_RATE not in kinds:
            said.append("Croissance de ces acteurs : aucun chiffre publié.")
        return said


@dataclass(frozen=True)
class Proposal:
    """A comparison worth a look: its query string, and what it sets side by side."""

    query: str
    label: str
    indicators: list[Indicator] = field(default_factory=list)


def compare(
    indicators: Sequence[Indicator],
    companies: Sequence[Company] = (),
    *,
    tells_all: bool = False,
) -> Comparison:
    """Sets the figures of `indicators` side by side, those of `companies` alone if there are some.

    `indicators` come with their live figures (`with_live_figures()`); two queries more.
    """
    world, entries = read(indicators)
    asked = {company.pk for company in companies}
    if asked:
        entries = [one for one in entries if one.figure.company_id in asked]
    chosen = _of_one_time(entries)
    comparison = Comparison(
        list(indicators),
        list(companies),
        left_out=len(entries) - len(chosen),
        tells_all=tells_all,
    )
    comparison.subtotals = [one.figure for one in chosen if one.statement.is_subtotal]
    compared = [one for one in chosen if not one.statement.is_subtotal]
    comparison.rows = _rows(compared, indicators, companies)
    with_parts = {one.figure.indicator_id for one in compared if one.statement.is_part}
    groups: dict[tuple, list[Entry]] = {}
    for entry in compared:
        # The whole stands beside wholes, never beside its own parts.
        if entry.statement.is_part or entry.figure.indicator_id not in with_parts:
            groups.setdefault(entry.key, []).append(entry)
    comparison.groups = [
        Group(found, number, world) for number, found in enumerate(groups.values(), start=1)
    ]
    return comparison


def proposals(indicators: Iterable[Indicator]) -> list[Proposal]:
    """What can be compared at once: the indicators of one universe, then the actors of the market.

    `indicators` come with their live figures: no query.
    """
    universes: dict[tuple, list[Indicator]] = {}
    actors: dict[int, Company] = {}
    for indicator in indicators:
        universes.setdefault((indicator.perimeter_id, indicator.geography), []).append(indicator)
        for figure in indicator.live_figures:
            if figure.company_id:
                actors[figure.company_id] = figure.company
    found = []
    for members in universes.values():
        parts = {
            name: None
            for indicator in members
            for figure in indicator.live_figures
            for name in [_segment_or_company(figure)]
            if name
        }
        if len(parts) >= FEWEST:
            chosen = members[:MOST_INDICATORS]
            label = join(*(indicator.name for indicator in chosen))
            label = f"{_few(parts)} : {label}"
            found.append(Proposal(_query(indicators=chosen), label, chosen))
    if len(actors) >= FEWEST:
        chosen_actors = list(actors.values())[:MOST_COMPANIES]
        label = f"{_few([one.name for one in chosen_actors])} : tout ce qui est publié sur eux"
        found.append(Proposal(_query(companies=chosen_actors), label))
    return found


def _few(names: Iterable[str]) -> str:
    shown = list(names)
    return join(*shown) if len(shown) <= FEW else f"{', '.join(shown[:FEW])}…"


def _segment_or_company(figure: Figure) -> str:
    part = figure.segment or figure.company
    return part.name if part else ""


def _query(indicators: Iterable[Indicator] = (), companies: Iterable[Company] = ()) -> str:
    chosen = {
        "indicateur": [one.slug for one in indicators],
        "acteur": [one.slug for one in companies],
    }
    return urlencode(chosen, doseq=True)


def remainder_of(chart: BarChart | None, world: World, entries: Sequence[Entry]) -> str:
    """What the bars of one indicator leave untold of their whole; empty when nothing is said.

    `world` and `entries` are those of `read`.
    """
    if chart is None:
        return ""
    drawn = {figure.pk for figure in chart.figures}
    group = Group([one for one in entries if one.figure.pk in drawn], 0, world)
    is_alike = len({one.key for one in group.entries}) == 1
    return group.remainder if is_alike else ""


def read(indicators: Sequence[Indicator]) -> tuple[World, list[Entry]]:
    """Their live figures, as rules read them (two queries)."""
    measures = read_measures(indicators)
    live = Figure.objects.live().filter(indicator__in=[one.pk for one in indicators])
    statements = with_components(list(read_statements(live, measures)), read_components(live))
    by_pk = {one.pk: one for one in statements}
    entries = [
        Entry(figure, by_pk[figure.pk])
        for indicator in indicators
        for figure in indicator.live_figures
    ]
    return World(measures, statements, []), entries


def _of_one_time(entries: list[Entry]) -> list[Entry]:
    """Of each indicator one period: the latest that all of them have, else its own latest.

    Forecasts are set aside where something was observed.
    """
    by_indicator: dict[int, list[Entry]] = {}
    for entry in entries:
        by_indicator.setdefault(entry.figure.indicator_id, []).append(entry)
    for pk, found in by_indicator.items():
        observed = [one for one in found if one.figure.nature != Figure.Nature.FORECAST]
        by_indicator[pk] = observed or found
    times = [{one.statement.period for one in found} - {None} for found in by_indicator.values()]
    shared = set.intersection(*times) if times else set()
    chosen = []
    for found in by_indicator.values():
        dated = [one for one in found if one.statement.period]
        latest = max(shared or {one.statement.period for one in dated}, key=_by_end, default=None)
        chosen += [one for one in found if one.statement.period == latest] if dated else found
    return chosen


def _by_end(period: tuple[Any, Any]) -> tuple[Any, Any]:
    return period[1], period[0]


def _rows(
    entries: list[Entry], indicators: Sequence[Indicator], companies: Sequence[Company]
) -> list[Row]:
    """One for each part, and for each company that was asked, the whole first."""
    names: dict[Part, str] = {one.part: one.part_name for one in entries}
    for company in companies:
        if not any(part[1] == company.pk for part in names):
            names[None, company.pk] = company.name
    cells: dict[tuple[Part, int], list[Figure]] = {}
    for one in entries:
        cells.setdefault((one.part, one.figure.indicator_id), []).append(one.figure)
    ordered = sorted(names, key=lambda part: part != (None, None))
    return [
        Row(names[part], [cells.get((part, indicator.pk), []) for indicator in indicators])
        for part in ordered
    ]


def _bounds(statements: Sequence[Statement]) -> tuple[str, str]:
    """What is said before a sum and before what is left, where some numbers are bounds."""
    qualifiers = {one.qualifier for one in statements}
    if qualifiers & {"gt", "ge"} and not qualifiers & {"lt", "le"}:
        return "au moins ", "au plus "
    if qualifiers & {"lt", "le"} and not qualifiers & {"gt", "ge"}:
        return "au plus ", "au moins "
    return ("environ ", "environ ") if qualifiers - {"eq"} else ("", "")
