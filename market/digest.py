"""The market in a few computed sentences: its weight, who leads, what is doubtful or foreseen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from market.charts import BarChart
from market.comparison import read, remainder_of
from market.facts import World
from market.forecasts import is_due
from market.models import Figure, Indicator

# As many breakdowns, and bars of each, as a glance takes in.
MOST_SHARES, MOST_NAMES = 3, 3


@dataclass(frozen=True)
class Breakdown:
    """How a whole is shared out: the largest parts, and what all of them leave untold."""

    indicator: Indicator
    chart: BarChart
    remainder: str

    @property
    def largest(self) -> list[Any]:
        return self.chart.bars[:MOST_NAMES]


@dataclass(frozen=True)
class Digest:
    """`lead` is the first amount that was measured, `growth` its growth at that time."""

    lead: Figure
    growth: Figure | None
    leader: Breakdown | None
    shares: list[Breakdown]
    figures: int
    contested: int
    unsupported: int
    forecasts: int
    due: int


def digest(panels: Sequence[dict[str, Any]]) -> Digest | None:
    """Sums up panels of indicators; None without a measured amount. Two queries.

    Adds to each panel the `remainder` of its chart: what its parts leave untold.
    """
    world, entries = read([panel["indicator"] for panel in panels])
    for panel in panels:
        panel["remainder"] = remainder_of(panel["chart"], world, entries)
    amounts = [
        panel
        for panel in panels
        if panel["indicator"].kind == Indicator.Kind.AMOUNT and _is_measured(panel["headline"])
    ]
    if not amounts:
        return None
    first = amounts[0]
    figures = [figure for panel in panels for figure in panel["indicator"].live_figures]
    forecasts = [one for one in figures if one.nature == Figure.Nature.FORECAST]
    broken_down = [panel for panel in panels if panel["chart"]]
    return Digest(
        lead=first["headline"],
        growth=_growth_of(first["headline"], panels, world),
        leader=_breakdown(first) if first["chart"] else None,
        shares=[
            _breakdown(panel)
            for panel in broken_down
            if panel["indicator"].kind == Indicator.Kind.SHARE
        ][:MOST_SHARES],
        figures=len(figures),
        contested=sum(1 for one in figures if one.contestations),
        unsupported=sum(1 for one in figures if one.is_unsupported),
        forecasts=len(forecasts),
        due=sum(1 for one in forecasts if is_due(one)),
    )


def _breakdown(panel: dict[str, Any]) -> Breakdown:
    return Breakdown(panel["indicator"], panel["chart"], panel["remainder"])


def _is_measured(figure: Figure | None) -> bool:
    return figure is not None and figure.nature != Figure.Nature.FORECAST


def _growth_of(lead: Figure, panels: Sequence[dict[str, Any]], world: World) -> Figure | None:
    """What says by how much it grew in the same period."""
    for panel in panels:
        indicator, headline = panel["indicator"], panel["headline"]
        if indicator.kind != Indicator.Kind.GROWTH_RATE or not _is_measured(headline):
            continue
        base = world.base_of(world.measures[indicator.pk])
        if base and base.pk == lead.indicator_id and headline.period == lead.period:
            return headline
    return None
