"""Charts of figures: geometry in Python, drawn as SVG by a template, themed by CSS.

A bar chart compares figures of one indicator, in one unit: lengths are proportional to values,
from zero. What cannot be compared (several units, a negative value, fewer than two) has no chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from market.models import Figure

# Heights in CSS pixels, lengths in percent of the width: text keeps its size on a phone.
BAR_HEIGHT = 34
GAP = 14
LABEL_HEIGHT = 22
# The longest bar leaves room at its right for its value.
LONGEST_PERCENT = 62


@dataclass(frozen=True)
class Bar:
    """One bar: `y` in pixels from the top, `length` in percent of the width."""

    label: str
    value: str
    y: int
    length: float
    figure: Figure

    @property
    def label_y(self) -> int:
        return self.y - 7

    @property
    def value_y(self) -> int:
        return self.y + BAR_HEIGHT // 2 + 5


@dataclass(frozen=True)
class BarChart:
    identifier: str
    title: str
    description: str
    bars: list[Bar]
    height: int
    bar_height: int = BAR_HEIGHT

    @property
    def figures(self) -> list[Figure]:
        return [bar.figure for bar in self.bars]

    @property
    def unsupported(self) -> list[str]:
        """The labels of the bars that rest on nothing a reader can verify."""
        return [bar.label for bar in self.bars if bar.figure.is_unsupported]


def bar_chart(figures: Sequence[Figure], *, identifier: str, title: str) -> BarChart | None:
    """A horizontal bar for each figure, the largest first; None when nothing can be compared.

    `figures` come loaded with `for_cards()`: drawing runs no query.
    """
    figures = sorted(figures, key=lambda figure: (-figure.value, figure.pk))
    if len(figures) < 2 or figures[-1].value < 0 or figures[0].value == 0:  # noqa: PLR2004
        return None
    if len({figure.indicator_id for figure in figures}) > 1:
        return None
    longest = figures[0].value
    step = LABEL_HEIGHT + BAR_HEIGHT + GAP
    bars = [
        Bar(
            label=part_name(figure),
            value=figure.display,
            y=LABEL_HEIGHT + index * step,
            length=_length(figure.value, longest),
            figure=figure,
        )
        for index, figure in enumerate(figures)
    ]
    return BarChart(
        identifier=identifier,
        title=title,
        description=" ; ".join(f"{bar.label} : {bar.value}" for bar in bars) + ".",
        bars=bars,
        height=len(bars) * step - GAP,
    )


def part_name(figure: Figure) -> str:
    """What tells a figure from its neighbours in a chart: segment, company, or period."""
    if figure.segment:
        return figure.segment.name
    if figure.company and figure.company.is_public:
        return figure.company.name
    return figure.period.display


def _length(value: Decimal, longest: Decimal) -> float:
    return round(float(value / longest) * LONGEST_PERCENT, 2)
