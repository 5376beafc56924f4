"""Growth rates, compared with the values that they are said to lead to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.text import slugify

from market.facts import (
    HUNDRED,
    POINTS,
    Interval,
    Measure,
    Period,
    Statement,
    World,
    months_in,
    shifted,
)
from market.models import Figure, Indicator
from market.rules.evidence import PANELS
from market.rules.leads import growth_factor, lead_for_growth
from market.rules.wording import among_drafts, bare, finding
from publishing.anomalies import Finding
from publishing.models import Severity
from publishing.typography import NBSP, number, signed

YEAR = 12
OVER_YEARS = re.compile(
    r"\b(?:[2-9]|[1-9][0-9]+|deux|trois|quatre|cinq|six|sept|huit|neuf|dix)-ans\b"
    r"|\bmoyen(?:ne)?\b|\btcam\b|\bcagr\b"
)
# No market is multiplied by this from one year to the next; a slip of units is.
SLIP = Interval(500, 2000)


@PANELS.rule(
    "growth-and-values",
    title="La croissance ne mène pas d’une valeur à l’autre",
    explanation="Un taux de croissance, appliqué à la valeur de la période précédente, doit "
    "redonner la valeur publiée. Pour un trimestre, c’est un an plus tôt ou le trimestre d’avant.",
    severity=Severity.ERROR,
    contests=True,
)
@among_drafts
def growth_and_values(world: World) -> Iterator[Finding]:
    for rate in world.of_kind(Indicator.Kind.GROWTH_RATE):
        base = world.base_of(rate.measure) if _is_over_a_year(rate.measure) else None
        value = base and world.counterpart(rate, base)
        if value is None:
            continue
        earlier = list(_values_before(world, rate, value))
        if earlier and not any(_leads(one, rate, value) for one in earlier):
            before = earlier[0]
            yield finding(
                accused=(rate,),
                context=(value, before),
                message=f"De {bare(before)} à {value.display}, la variation est de "
                f"{_growth(before, value, rate)}, et non de {signed(rate.stated)}.",
                lead=lead_for_growth(before, rate, value),
            )


@PANELS.rule(
    "points-and-shares",
    title="L’évolution en points ne mène pas d’une part à l’autre",
    explanation="Une évolution en points est la différence de deux parts, et non leur rapport.",
    severity=Severity.ERROR,
    contests=True,
)
@among_drafts
def points_and_shares(world: World) -> Iterator[Finding]:
    for points in world.of_kind(Indicator.Kind.GROWTH_RATE):
        base = world.base_of(points.measure) if points.measure.unit == POINTS else None
        share = base and world.counterpart(points, base)
        if share is None:
            continue
        earlier = list(_values_before(world, points, share))
        if any((one.interval + points.interval).meets(share.interval) for one in earlier):
            continue
        for before in earlier[:1]:
            is_relative = (before.interval * growth_factor(points)).meets(share.interval)
            yield finding(
                accused=(points,),
                context=(share, before),
                message=f"De {bare(before)} à {share.display}, l’évolution est de "
                f"{signed(share.stated - before.stated, unit=POINTS)}, "
                f"et non de {points.display}.",
                lead="C’est la variation relative, en %, et non en points." if is_relative else "",
            )


@PANELS.rule(
    "scale-slip",
    title="Un changement d’échelle",
    explanation="D’une année à la suivante, une valeur ne peut pas être mille fois plus grande ou "
    "plus petite : des millions ont été pris pour des milliards, ou l’inverse.",
    severity=Severity.ERROR,
    contests=True,
)
@among_drafts
def scale_slip(world: World) -> Iterator[Finding]:
    for value in world.of_kind(Indicator.Kind.AMOUNT, Indicator.Kind.COUNT):
        for before in _same_cell(world, value, shifted(value.period, years=-1)):
            if value.is_subtotal or before.value <= 0 or value.value <= 0:
                continue
            ratio = max(value.value / before.value, before.value / value.value)
            if SLIP.low <= ratio <= SLIP.high:
                yield finding(
                    accused=(value, before),
                    message=f"{before.display} puis {value.display} un an plus tard{NBSP}: "
                    f"le rapport est de {number(ratio, 0)}.",
                )


def _values_before(world: World, rate: Statement, value: Statement) -> Iterator[Statement]:
    """A year before, and the period just before where it is shorter than a year.

    Nothing without the first: a quarterly rate is most often told over a year.
    """
    year_before = _known_to(rate, world, value, shifted(value.period, years=-1))
    yield from year_before
    months = months_in(value.period)
    if year_before and months < YEAR:
        yield from _known_to(rate, world, value, shifted(value.period, months=-months))


def _known_to(
    rate: Statement, world: World, value: Statement, period: Period | None
) -> list[Statement]:
    """What the rate may have been computed from: its own edition, else what was said by then.

    What is revised later proves nothing against it; a forecast is compared with its own.
    """
    if period is None:
        return []
    told = [
        one
        for one in world.at(value.measure, period, value.segment, value.company)
        if one.says_with(value) and not one.is_said_after(rate)
    ]
    own = [one for one in told if one.stands_with(rate) and one.nature == rate.nature]
    return own or [one for one in told if one.nature != Figure.Nature.FORECAST]


def _is_over_a_year(measure: Measure) -> bool:
    """A rate of one year: neither « en cinq ans », nor an average of several years."""
    is_told_once = measure.periodicity == Indicator.Periodicity.ONE_OFF
    return (
        measure.unit == "percent"
        and not is_told_once
        and not OVER_YEARS.search(slugify(measure.name))
    )


def _same_cell(world: World, value: Statement, period: Period | None) -> Iterator[Statement]:
    if period is None:
        return
    for one in world.at(value.measure, period, value.segment, value.company):
        if one.says_with(value) and one.nature != Figure.Nature.FORECAST:
            yield one


def _leads(before: Statement, rate: Statement, value: Statement) -> bool:
    return (before.interval * growth_factor(rate).within(0)).meets(value.interval)


def _growth(before: Statement, value: Statement, rate: Statement) -> str:
    if not before.value:
        return "sans mesure"
    growth = HUNDRED * (value.value - before.value) / before.value
    return signed(growth, max(1, rate.decimals))
