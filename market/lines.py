"""What an indicator said over time: one line for each thing that it measures.

A line joins figures of periods that follow one another, each as long as the next; where a period
has no figure it stops. What has one period but several vintages is drawn from vintage to vintage.
A corrected figure is left out for its correction; forecasts have their own chart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from market.charts import PLOT_BOTTOM, PLOT_HEIGHT, Plot, Point, Tick
from market.facts import ONE_DAY, months_in
from market.models import Figure
from publishing.dates import ApproximateDate
from publishing.typography import NBSP, join

# Fewer points than this are no line; more lines than this are read in the table.
FEWEST = 2
MOST_LINES = 12
WHOLE = "Ensemble"
Thing = tuple[int | None, int | None]


@dataclass(frozen=True)
class LineChart:
    """One thing over time. `alone` are the points of periods that another source tells as well."""

    identifier: str
    title: str
    points: list[Point]
    alone: list[Point]
    segments: list[tuple[Point, Point]]
    gaps: list[str]
    ticks: list[Tick]
    baseline: float
    is_by_vintage: bool
    height: int = PLOT_HEIGHT

    @property
    def figures(self) -> list[Figure]:
        return [point.figure for point in (*self.points, *self.alone)]

    @property
    def is_of_the_whole(self) -> bool:
        return _thing(self.points[0].figure) == (None, None)

    @property
    def description(self) -> str:
        told = (f"{self.time_of(one)}{NBSP}: {_stated(one)}" for one in self.figures)
        return f"{NBSP}; ".join(told) + "."

    @property
    def named_points(self) -> list[tuple[Point, str]]:
        """Each point, and what its link says: « 2024 : 678,8 Md$, estimé »."""
        return [
            (
                point,
                f"{self.time_of(point.figure)}{NBSP}: {_stated(point.figure)}, "
                f"{point.figure.get_nature_display()}",
            )
            for point in (*self.points, *self.alone)
        ]

    @property
    def contested(self) -> list[Figure]:
        return [figure for figure in self.figures if figure.contestations]

    @property
    def corrected(self) -> list[Figure]:
        return [figure for figure in self.figures if figure.corrected]

    @property
    def bounds(self) -> list[Figure]:
        return [figure for figure in self.figures if figure.qualifier in ("gt", "ge", "lt", "le")]

    @property
    def gap_words(self) -> str:
        return join(*self.gaps)

    def time_of(self, figure: Figure) -> str:
        return _time(figure, self.is_by_vintage).display


def line_charts(figures: Iterable[Figure], *, identifier: str) -> list[LineChart]:
    """A line for each thing that `figures`, of one indicator, tell at two dates or more.

    All share one vertical scale, the whole first. They come loaded with `for_cards()`: drawing
    runs no query.
    """
    series: dict[tuple, list[Figure]] = {}
    for figure in figures:
        if figure.nature != Figure.Nature.FORECAST and not figure.correction:
            key = _thing(figure), _length(figure.period)
            series.setdefault(key, []).append(figure)
    found = [
        (thing, is_by_vintage, dated)
        for (thing, _), members in series.items()
        for is_by_vintage, dated in [_dated(members)]
        if dated
    ]
    values = [one.value for _, _, dated in found for one in dated]
    if not any(values):
        return []
    found.sort(key=lambda one: one[0] != (None, None))
    return [
        _line(dated, is_by_vintage, values, identifier=f"{identifier}-{number}")
        for number, (_, is_by_vintage, dated) in enumerate(found[:MOST_LINES], start=1)
    ]


def _dated(figures: list[Figure]) -> tuple[bool, list[Figure]]:
    """Whether its vintages are what tells these figures apart, and those that have a date."""
    periods = [figure for figure in figures if _bounds(figure.period)]
    if len({_bounds(figure.period) for figure in periods}) >= FEWEST:
        # A vintage that a later one replaces is not what is known of its period.
        replaced = {figure.supersedes_id for figure in periods}
        return False, [figure for figure in periods if figure.pk not in replaced]
    if len({figure.period.label for figure in figures}) > 1:
        return True, []
    vintages = [figure for figure in figures if _bounds(figure.vintage)]
    if len({_bounds(figure.vintage) for figure in vintages}) >= FEWEST:
        return True, vintages
    return True, []


def _line(
    figures: Sequence[Figure], is_by_vintage: bool, values: Sequence[Decimal], *, identifier: str
) -> LineChart:
    day = {figure.pk: _middle(_time(figure, is_by_vintage)) for figure in figures}
    plot = Plot(list(day.values()), max(values), min(values))
    kept, alone = _one_for_each_date(figures, is_by_vintage)
    points = [plot.point(figure, day[figure.pk]) for figure in kept]
    others = [plot.point(figure, day[figure.pk]) for figure in alone]
    segments, gaps = [], []
    for one, other in pairwise(points):
        before, after = (_time(point.figure, is_by_vintage) for point in (one, other))
        if is_by_vintage or _follows(before, after):
            segments.append((one, other))
        else:
            gaps.append(f"{before.display}–{after.display}")
    return LineChart(
        identifier=identifier,
        title=_title(kept[0], is_by_vintage),
        points=points,
        alone=others,
        segments=segments,
        gaps=gaps,
        ticks=plot.ticks(
            [(day[one.pk], _time(one, is_by_vintage).display) for one in (*kept, *alone)]
        ),
        baseline=plot.zero if min(values) < 0 else PLOT_BOTTOM,
        is_by_vintage=is_by_vintage,
    )


def _one_for_each_date(
    figures: Sequence[Figure], is_by_vintage: bool
) -> tuple[list[Figure], list[Figure]]:
    """The last word of each date, in order of time, then the other words on it."""
    latest: dict[tuple[date, date], Figure] = {}
    for figure in sorted(figures, key=lambda one: (one.vintage_sort, one.pk)):
        latest[_bounds(_time(figure, is_by_vintage))] = figure
    kept = [latest[bounds] for bounds in sorted(latest)]
    chosen = {figure.pk for figure in kept}
    return kept, [figure for figure in figures if figure.pk not in chosen]


def _title(figure: Figure, is_by_vintage: bool) -> str:
    names = [one.name for one in (figure.company, figure.segment) if one]
    title = ", ".join(names) or WHOLE
    if not is_by_vintage:
        return title
    period = figure.period.display if figure.period.label else "une même période"
    return f"{title}{NBSP}: {period}, d’un millésime à l’autre"


def _time(figure: Figure, is_by_vintage: bool) -> ApproximateDate:
    return figure.vintage if is_by_vintage else figure.period


def _stated(figure: Figure) -> str:
    cautions = ", ".join(figure.cautions)
    return f"{figure.display} ({cautions})" if cautions else figure.display


def _thing(figure: Figure) -> Thing:
    return figure.segment_id, figure.company_id


def _bounds(when: ApproximateDate) -> tuple[date, date] | None:
    return (when.start, when.end) if when.start and when.end else None


def _middle(when: ApproximateDate) -> date:
    return when.start + (when.end - when.start) / 2


def _length(period: ApproximateDate) -> int:
    """How many months, or days with a minus sign: a quarter is on no line with a year."""
    bounds = _bounds(period)
    if bounds is None:
        return 0
    first, last = bounds
    if first.day == 1 and (last + ONE_DAY).day == 1:
        return months_in(bounds)
    return -((last - first).days + 1)


def _follows(before: ApproximateDate, after: ApproximateDate) -> bool:
    """Nothing lies between; two days are joined, as there is no telling how often one measures."""
    is_a_moment = before.start == before.end
    return is_a_moment or after.start - before.end == ONE_DAY
