"""Key figures, each with a small chart where one says something: parts, time, or share of a whole.

A value that stands alone has no chart: nothing is drawn that is not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from market.charts import Bar
from market.facts import HUNDRED
from market.lines import LineChart
from market.models import Figure, Indicator

MOST_BARS = 5


@dataclass(frozen=True)
class KeyFigure:
    """An indicator in a few lines. `bars` have their start and length, in percent of the width."""

    indicator: Indicator
    headline: Figure | None
    bars: list[tuple[Bar, float, float]]
    more: int
    line: LineChart | None
    share: Decimal | None

    @property
    def has_chart(self) -> bool:
        return bool(self.bars or self.line or self.share is not None)

    @property
    def unsupported(self) -> list[Bar]:
        return [bar for bar, _, _ in self.bars if bar.figure.is_unsupported]

    @property
    def contested(self) -> list[Bar]:
        return [bar for bar, _, _ in self.bars if bar.figure.contestations]

    @property
    def ends(self) -> list[tuple[str, Figure]]:
        """The first and the last point of the line, each with its time in words."""
        if self.line is None:
            return []
        figures = [self.line.points[0].figure, self.line.points[-1].figure]
        return [(self.line.time_of(figure), figure) for figure in figures]


def key_figures(panels: Iterable[dict[str, Any]], most: int) -> list[KeyFigure]:
    """At most `most`, those with a chart first, from panels of indicators; no query."""
    told = [panel for panel in panels if panel["headline"] or panel["chart"]]
    found = [key_figure(panel) for panel in told]
    found.sort(key=lambda one: not one.has_chart)
    return found[:most]


def key_figure(panel: dict[str, Any]) -> KeyFigure:
    headline, chart = panel["headline"], panel["chart"]
    bars = chart.bars if chart else []
    room = max((bar.value_x for bar in bars), default=0)
    whole = [line for line in panel["lines"] if line.is_of_the_whole]
    return KeyFigure(
        indicator=panel["indicator"],
        headline=headline,
        bars=[
            (bar, _percent_of(bar.start, room), _percent_of(bar.length, room))
            for bar in bars[:MOST_BARS]
        ],
        more=max(0, len(bars) - MOST_BARS),
        line=whole[0] if whole and not bars else None,
        share=_share(headline) if not bars and not whole else None,
    )


def _percent_of(length: float, room: float) -> float:
    return round(100 * length / room, 1)


def _share(figure: Figure | None) -> Decimal | None:
    """What a lone share is of its whole; nothing for a bound, whose length is not known."""
    if figure is None or figure.indicator.kind != Indicator.Kind.SHARE:
        return None
    is_share = figure.indicator.unit == "percent" and figure.qualifier in ("eq", "approx")
    return figure.value if is_share and 0 <= figure.value <= HUNDRED else None
