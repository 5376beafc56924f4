"""Charts of figures: geometry in Python, drawn as SVG by a template, themed by CSS.

A bar chart compares figures of one indicator, in one unit: lengths are proportional to values,
from zero, to the left of it for a growth below zero. What cannot be compared (several units, a
negative amount, fewer than two) has no chart.
A forecast chart sets forecasts, at their horizon, beside what happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from django.utils.text import Truncator

from market.facts import Interval
from market.models import Figure, Indicator
from publishing.dates import ApproximateDate

# Heights in CSS pixels, lengths in percent of the width: text keeps its size on a phone.
BAR_HEIGHT = 34
GAP = 14
LABEL_HEIGHT = 22
# The longest bar leaves room at its right for its value.
LONGEST_PERCENT, SHORTEST_PERCENT = 62, 25
# What a name takes on a phone: it is cut there, and whole in the link and in the table.
LABEL_CHARACTERS = 40


@dataclass(frozen=True)
class Bar:
    """One bar: `y` in pixels from the top, `start` and `length` in percent of the width."""

    label: str
    value: str
    y: int
    length: float
    figure: Figure
    start: float = 0

    @property
    def short_label(self) -> str:
        return Truncator(self.label).chars(LABEL_CHARACTERS)

    @property
    def value_x(self) -> float:
        """Where its value is written: beside its right end, in percent of the width."""
        return round(self.start + self.length, 2)

    @property
    def stated(self) -> str:
        """« 244 Md$ (erratum, chiffre contesté) »."""
        cautions = ", ".join(self.figure.cautions)
        return f"{self.value} ({cautions})" if cautions else self.value

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
    zero: float = 0

    @property
    def figures(self) -> list[Figure]:
        return [bar.figure for bar in self.bars]

    @property
    def unsupported(self) -> list[str]:
        """The labels of the bars that rest on nothing a reader can verify."""
        return [bar.label for bar in self.bars if bar.figure.is_unsupported]

    @property
    def contested(self) -> list[Bar]:
        return [bar for bar in self.bars if bar.figure.contestations]

    @property
    def corrected(self) -> list[Bar]:
        """Those whose value is that of an erratum."""
        return [bar for bar in self.bars if bar.figure.corrected]


def bar_chart(figures: Sequence[Figure], *, identifier: str, title: str) -> BarChart | None:
    """A horizontal bar for each figure, the largest first; None when nothing can be compared.

    `figures` come loaded with `for_cards()`: drawing runs no query.
    """
    if len({figure.indicator_id for figure in figures}) > 1:
        return None
    return bars_of([(part_name(one), one) for one in figures], identifier=identifier, title=title)


def bars_of(named: Sequence[tuple[str, Figure]], *, identifier: str, title: str) -> BarChart | None:
    """A bar for each (name, figure), the largest first, all on one scale: the caller has made sure
    that they share one unit. None for fewer than two, or where a length would say nothing.
    """
    named = sorted(named, key=lambda one: (-_size(one[1]), one[1].pk))
    sizes = [_size(figure) for _, figure in named]
    if len(named) < 2 or not any(sizes):  # noqa: PLR2004
        return None
    if sizes[-1] < 0 and any(not _may_be_negative(figure) for _, figure in named):
        return None
    lowest = min(sizes[-1], Decimal(0))
    span = max(sizes[0], Decimal(0)) - lowest
    room = _room_beside(max(len(figure.display) for _, figure in named))
    zero = _length(-lowest, span, room)
    step = LABEL_HEIGHT + BAR_HEIGHT + GAP
    bars = [
        Bar(
            label=name,
            value=figure.display,
            y=LABEL_HEIGHT + index * step,
            length=_length(abs(size), span, room),
            figure=figure,
            start=zero if size >= 0 else round(zero - _length(-size, span, room), 2),
        )
        for index, ((name, figure), size) in enumerate(zip(named, sizes, strict=True))
    ]
    return BarChart(
        identifier=identifier,
        title=title,
        description=" ; ".join(f"{bar.label} : {bar.stated}" for bar in bars) + ".",
        bars=bars,
        height=len(bars) * step - GAP,
        zero=zero,
    )


def _size(figure: Figure) -> Decimal:
    """In units: « 1 200 M$ » is longer than « 1 Md$ »."""
    return figure.value.scaleb(figure.indicator.scale)


def _may_be_negative(figure: Figure) -> bool:
    return figure.indicator.kind == Indicator.Kind.GROWTH_RATE


# What was forecast against what happened: time in percent of the width, values in pixels.
PLOT_TOP, PLOT_BOTTOM = 34, 240
# A text beside a range, not over it.
BESIDE = 8
# « Plus de » rises above every value.
CEILING = 4
PLOT_HEIGHT = PLOT_BOTTOM + 30
FIRST_PERCENT, LAST_PERCENT = 4, 96
# A text near an edge is written towards the other one.
EDGE_PERCENT = 30
# What a text takes on a phone, where it takes most.
CHARACTER_PERCENT, LINE_PIXELS = 2.7, 18
LABEL_ABOVE, LABEL_BELOW = -12, 24
# A shorter range is hidden by the mark of its point.
SHORTEST_RANGE = 6


@dataclass(frozen=True)
class Point:
    """A figure at its date: `x` in percent of the width, `y` in pixels from the top.

    `top` and `bottom` are the ends of the range that it was stated with. `label_y` is None where
    its value has no room: the link and the table tell it.
    """

    figure: Figure
    x: float
    y: float
    top: float
    bottom: float
    label_y: float | None

    @property
    def has_range(self) -> bool:
        return self.bottom - self.top >= SHORTEST_RANGE

    @property
    def anchor(self) -> str:
        return _anchor(self.x)

    @property
    def label_shift(self) -> int:
        return {"start": BESIDE, "end": -BESIDE}.get(self.anchor, 0) if self.has_range else 0


@dataclass(frozen=True)
class Tick:
    x: float
    label: str

    @property
    def anchor(self) -> str:
        return _anchor(self.x)


@dataclass(frozen=True)
class ForecastChart:
    identifier: str
    title: str
    description: str
    observed: list[Point]
    forecasts: list[Point]
    ticks: list[Tick]
    height: int = PLOT_HEIGHT
    baseline: int = PLOT_BOTTOM

    @property
    def segments(self) -> list[tuple[Point, Point]]:
        """The line of what happened, from point to point."""
        return list(pairwise(self.observed))

    @property
    def figures(self) -> list[Figure]:
        return [point.figure for point in (*self.observed, *self.forecasts)]


def forecast_chart(
    forecasts: Sequence[Figure], figures: Sequence[Figure], *, identifier: str, title: str
) -> ForecastChart | None:
    """Forecasts at their horizon against the line of what happened, told by some of `figures`.

    None when the forecasts are of several things, or when nothing dated stands beside them.
    Both come loaded with `for_cards()`: drawing runs no query.
    """
    forecasts = [figure for figure in forecasts if figure.horizon]
    things = {_thing(figure) for figure in forecasts}
    observed = [figure for figure in figures if _thing(figure) in things and _is_dated(figure)]
    observed.sort(key=lambda figure: (_day(figure), figure.pk))
    drawn = [*observed, *forecasts]
    if len(things) != 1 or not observed or not _fit_from_zero(drawn):
        return None
    plot = Plot([_day(figure) for figure in drawn], max(figure.value for figure in drawn))
    return ForecastChart(
        identifier=identifier,
        title=title,
        description=" ; ".join(_told(figure) for figure in drawn) + ".",
        # What happened takes its room first.
        observed=[plot.point(figure, _day(figure)) for figure in observed],
        forecasts=[plot.point(figure, _day(figure)) for figure in forecasts],
        ticks=plot.ticks([(_day(figure), _period(figure).display) for figure in drawn]),
    )


class Plot:
    """Where days and values fall, and which texts still have room. Zero is always in sight."""

    def __init__(
        self, days: Sequence[date], highest: Decimal, lowest: Decimal = Decimal(0)
    ) -> None:
        self.first, self.last = min(days), max(days)
        self.highest, self.lowest = max(highest, Decimal(0)), min(lowest, Decimal(0))
        self.labels: list[tuple[float, float, float]] = []

    @property
    def zero(self) -> float:
        return self._y(Decimal(0))

    def point(self, figure: Figure, day: date) -> Point:
        x, y = self._x(day), self._y(figure.value)
        stated = Interval.stated(
            figure.value, figure.decimals or 0, figure.qualifier, figure.indicator.scale
        )
        top, bottom = self._y(stated.high), self._y(stated.low)
        # A range that rises would be written over.
        places = (
            (LABEL_BELOW, LABEL_ABOVE) if y - top > -LABEL_ABOVE else (LABEL_ABOVE, LABEL_BELOW)
        )
        label_y = self._room_for(
            figure.display, x, [y + place for place in places if y + place < PLOT_BOTTOM]
        )
        return Point(figure, x, y, top, bottom, label_y)

    def ticks(self, labels: Sequence[tuple[date, str]]) -> list[Tick]:
        """From left to right, those that have room."""
        ticks = [Tick(self._x(day), label) for day, label in sorted(set(labels))]
        return [
            tick for tick in ticks if self._room_for(tick.label, tick.x, [PLOT_HEIGHT]) is not None
        ]

    def _x(self, day: date) -> float:
        days = (self.last - self.first).days
        part = (day - self.first).days / days if days else 0.5
        return round(FIRST_PERCENT + part * (LAST_PERCENT - FIRST_PERCENT), 2)

    def _y(self, value: Decimal) -> float:
        if value.is_infinite():
            return CEILING if value > 0 else PLOT_BOTTOM
        shown = min(max(value, self.lowest), self.highest) - self.lowest
        part = float(shown / (self.highest - self.lowest))
        return round(PLOT_BOTTOM - part * (PLOT_BOTTOM - PLOT_TOP), 1)

    def _room_for(self, text: str, x: float, places: Sequence[float]) -> float | None:
        """Takes the first of these heights where the text stands over no other; None without."""
        left, right = _extent(text, x)
        for place in places:
            is_taken = any(
                left < other_right and other_left < right and abs(place - other_y) < LINE_PIXELS
                for other_left, other_right, other_y in self.labels
            )
            if not is_taken:
                self.labels.append((left, right, place))
                return place
        return None


def _period(figure: Figure) -> ApproximateDate:
    return figure.horizon.period if figure.horizon else figure.period


def _day(figure: Figure) -> date:
    """The middle of what it measures."""
    period = _period(figure)
    return period.start + (period.end - period.start) / 2


def _thing(figure: Figure) -> tuple[int, int | None, int | None]:
    return figure.indicator_id, figure.segment_id, figure.company_id


def _is_dated(figure: Figure) -> bool:
    is_forecast = figure.nature == Figure.Nature.FORECAST
    return not is_forecast and figure.period.start is not None and figure.period.end is not None


def _fit_from_zero(figures: Sequence[Figure]) -> bool:
    values = [figure.value for figure in figures]
    return min(values) >= 0 and max(values) > 0


def _told(figure: Figure) -> str:
    return f"{_period(figure).display} : {figure.display}, {figure.get_nature_display()}"


def _extent(text: str, x: float) -> tuple[float, float]:
    """From where to where a text is written, in percent of the width."""
    width = len(text) * CHARACTER_PERCENT
    left = x - {"start": 0, "middle": width / 2, "end": width}[_anchor(x)]
    return left, left + width


def _anchor(x: float) -> str:
    if x < EDGE_PERCENT:
        return "start"
    return "end" if x > 100 - EDGE_PERCENT else "middle"


def part_name(figure: Figure) -> str:
    """What tells a figure from its neighbours in a chart: segment, company, or period."""
    if figure.segment:
        return figure.segment.name
    if figure.company and figure.company.is_public:
        return figure.company.name
    return figure.period.display


def _length(value: Decimal, longest: Decimal, room: float) -> float:
    return round(float(value / longest) * room, 2)


def _room_beside(characters: int) -> float:
    """What the longest bar may take, so that the longest value still fits on a phone."""
    left = 100 - CHARACTER_PERCENT - characters * CHARACTER_PERCENT
    return max(SHORTEST_PERCENT, min(LONGEST_PERCENT, left))
