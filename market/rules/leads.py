"""What would explain a share that does not fit: proposed to the editor, never applied.

Each lead is a usual mistake, tried with the values at hand; the first that fits is told, from the
most specific to the least. Some ask the database for what the panel does not hold: it happens
only where something is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import product

from market.facts import (
    HUNDRED,
    INFINITY,
    Interval,
    Statement,
    World,
    read_measures,
    read_statements,
    shifted,
    total,
)
from market.models import Figure, Indicator
from publishing.typography import NBSP, number, quantity

ONE = Interval(Decimal(1), Decimal(1))
SLIPS = ((Decimal(1000), "trop petit"), (Decimal("0.001"), "trop grand"))
# What a part of a market that nobody names may have done in a year.
PLAUSIBLE_GROWTH = Interval(Decimal("0.5"), Decimal(2))
FEWEST_RATES = 2
MOST_CANDIDATES = 50


def lead_for_share(world: World, share: Statement, amount: Statement, whole: Statement) -> str:
    """A French sentence, or nothing when no usual mistake explains the values."""
    attempts = (
        _stated_growth,
        _growth_of_the_amount,
        _scale_slip,
        _stale_whole,
        _share_of_another_year,
        _other_period,
        _other_perimeter,
        _implied_growth,
        _missing_part,
    )
    for attempt in attempts:
        if lead := attempt(world, share, amount, whole):
            return lead
    return ""


def _stated_growth(world: World, share: Statement, amount: Statement, whole: Statement) -> str:
    for rate in world.of_kind(Indicator.Kind.GROWTH_RATE):
        same_cell = (rate.segment, rate.company, rate.period) == (
            share.segment,
            share.company,
            share.period,
        )
        if same_cell and world.base_of(rate.measure) == amount.measure and _equal(rate, share):
            return (
                f"{share.display} est le taux de croissance publié pour {share.part_name}{NBSP}: "
                "il a pu être pris pour une part."
            )
    return ""


def _growth_of_the_amount(
    world: World, share: Statement, amount: Statement, whole: Statement
) -> str:
    for earlier in _year_before(world, amount):
        if (earlier.interval * growth_factor(share)).meets(amount.interval):
            return (
                f"{share.display} est la hausse de {number(earlier.stated)} à "
                f"{number(amount.stated)} en un an{NBSP}: un taux de croissance a pu être pris "
                "pour une part."
            )
    return ""


def _scale_slip(world: World, share: Statement, amount: Statement, whole: Statement) -> str:
    for factor, sense in SLIPS:
        if _fits(share.interval, whole.interval, amount.interval.times(factor)):
            return (
                f"Le montant est mille fois {sense} pour cette part{NBSP}: des millions ont pu "
                "être pris pour des milliards, ou l’inverse."
            )
    if _fits(share.interval.times(100), whole.interval, amount.interval):
        return "La part semble donnée en fraction (de 0 à 1), et non en %."
    return ""


def _stale_whole(world: World, share: Statement, amount: Statement, whole: Statement) -> str:
    """Another vintage of the whole, replaced since or not."""
    others = Figure.objects.published().filter(
        indicator=whole.measure.pk,
        segment=whole.segment,
        company=whole.company,
        period_start=whole.period[0],
        period_end=whole.period[1],
    )
    for other in _read(world, others.exclude(pk=whole.pk)):
        if _fits(share.interval, other.interval, amount.interval):
            return (
                f"La part s’accorde avec une autre publication du total, {other.display}{NBSP}: "
                "elle a pu être calculée sur ce millésime."
            )
    return ""


def _share_of_another_year(
    world: World, share: Statement, amount: Statement, whole: Statement
) -> str:
    for earlier in _year_before(world, share):
        if earlier.interval.meets(share.interval):
            return (
                f"C’est la part publiée pour la période précédente ({earlier.year})"
                f"{NBSP}: elle a pu être reprise par erreur."
            )
    for amount_before, whole_before in product(
        _year_before(world, amount), _year_before(world, whole)
    ):
        if _fits(share.interval, whole_before.interval, amount_before.interval):
            return (
                f"C’est la part de la période précédente ({amount_before.year}), "
                f"{number(amount_before.stated)} sur {number(whole_before.stated)}."
            )
    return ""


def _other_period(world: World, share: Statement, amount: Statement, whole: Statement) -> str:
    for other in (*world.before, *world.now):
        is_other = (
            other.measure == whole.measure
            and other.period not in (None, whole.period)
            and (other.segment, other.company) == (whole.segment, whole.company)
        )
        if is_other and _fits(share.interval, other.interval, amount.interval):
            return (
                f"La part s’accorde avec le total d’une autre période ({other.year}), "
                f"{other.display}."
            )
    return ""


def _other_perimeter(world: World, share: Statement, amount: Statement, whole: Statement) -> str:
    """The whole of another perimeter or geography, for the same period and in the same unit."""
    others = (
        Figure.objects.published()
        .filter(
            indicator__kind=whole.measure.kind,
            indicator__unit=whole.measure.unit,
            segment=None,
            company=None,
            period_start=whole.period[0],
            period_end=whole.period[1],
        )
        .exclude(indicator=whole.measure.pk)
    )
    for other in _read(world, others):
        if _fits(share.interval, other.interval, amount.interval):
            return (
                f"La part s’accorde avec un autre périmètre, «{NBSP}{other.measure.name}{NBSP}» "
                f"({other.display})."
            )
    return ""


def _implied_growth(world: World, share: Statement, amount: Statement, whole: Statement) -> str:
    """The shares of the edition, read as growth rates, give back what is known of the whole."""
    before = _whole_before(world, whole)
    rates = _misfits_beside(world, share, whole)
    if before is None or len(rates) < FEWEST_RATES:
        return ""
    implied = [_divided(each.interval, growth_factor(rate)) for rate, each in rates]
    parts_before, parts_now = total(implied), total(each.interval for _, each in rates)
    rest_before, rest_now = before - parts_before, whole.interval - parts_now
    nothing = Interval(Decimal(0), Decimal(0))
    if rest_now.meets(nothing):
        fits = rest_before.meets(nothing)
    else:
        fits = rest_before.low > 0 and _divided(rest_now, rest_before).meets(PLAUSIBLE_GROWTH)
    if not fits:
        return ""
    own = _middle(_divided(amount.interval, growth_factor(share)))
    return (
        f"{share.display} est probablement un taux de croissance pris pour une part{NBSP}: "
        f"{bare_in(amount, own)} un an plus tôt pour {share.part_name}, et "
        f"{bare_in(amount, _middle(parts_before))} pour l’ensemble des parties, sur "
        f"{bare_in(amount, _middle(before))} au total."
    )


def _missing_part(world: World, share: Statement, amount: Statement, whole: Statement) -> str:
    """The share counts, with this part, what no part has."""
    siblings = [
        one
        for one in world.parts_of(amount.measure, amount.period)
        if one.stands_with(amount) and (one.company is None) == (amount.company is None)
    ]
    rest = whole.interval - total(one.interval for one in siblings)
    if rest.low > 0 and _fits(share.interval, whole.interval, amount.interval + rest):
        return (
            f"La part convient si l’on ajoute à {share.part_name} le reste que les parties ne "
            f"couvrent pas, {bare_in(amount, _middle(rest))}."
        )
    return ""


def lead_for_sum(parts: Sequence[Statement], whole: Interval) -> str:
    """A part a thousand times too large or too small, or nothing."""
    if whole.high == INFINITY or parts[0].measure.kind == Indicator.Kind.SHARE:
        return ""
    known = total(part.interval for part in parts)
    for part in parts:
        for factor, sense in SLIPS:
            if (known - part.interval + part.interval.times(factor)).meets(whole):
                name = part.part_name or part.measure.name
                return (
                    f"{name}{NBSP}: {part.display} est mille fois {sense}{NBSP}; des millions ont "
                    "pu être pris pour des milliards, ou l’inverse."
                )
    return ""


def lead_for_growth(before: Statement, rate: Statement, value: Statement) -> str:
    """Why a growth rate would not lead from one value to the next, or nothing."""
    readings = (
        (rate.interval.times(100), "Le taux semble donné en fraction (de 0 à 1), et non en %."),
        (-rate.interval, "Le signe du taux a pu se perdre."),
    )
    for reading, lead in readings:
        if (before.interval * factor_of(reading)).meets(value.interval):
            return lead
    if (before.interval + rate.interval.times(value.measure.multiplier)).meets(value.interval):
        return "Le taux est la différence des deux valeurs, dans leur unité."
    return ""


def growth_factor(rate: Statement) -> Interval:
    """1.204 for « +20,4 % »."""
    return factor_of(rate.interval)


def factor_of(percents: Interval) -> Interval:
    return percents.times(Decimal("0.01")) + ONE


def bare_in(like: Statement, value: Decimal) -> str:
    """`value`, in units, as `like` is written: « 563,8 Md$ »."""
    measure = like.measure
    in_scale = value / measure.multiplier
    return quantity(in_scale, measure.unit, measure.scale, max(1, like.decimals))


def _year_before(world: World, amount: Statement) -> Iterator[Statement]:
    period = shifted(amount.period, years=-1)
    for one in world.at(amount.measure, period, amount.segment, amount.company):
        if one.says_with(amount):
            yield one


def _whole_before(world: World, whole: Statement) -> Interval | None:
    """The whole a year before: stated, or implied by its stated growth."""
    for earlier in _year_before(world, whole):
        return earlier.interval
    for rate in world.of_kind(Indicator.Kind.GROWTH_RATE):
        of_the_whole = (rate.segment, rate.company, rate.period) == (
            whole.segment,
            whole.company,
            whole.period,
        )
        is_rate = rate.measure.unit == "percent" and rate.says_with(whole)
        if of_the_whole and is_rate and world.base_of(rate.measure) == whole.measure:
            return _divided(whole.interval, growth_factor(rate))
    return None


def _misfits_beside(
    world: World, share: Statement, whole: Statement
) -> list[tuple[Statement, Statement]]:
    """The shares of the same edition that do not fit either, with their amounts."""
    return [
        (one, amount)
        for one, amount, of in world.misfits
        if of == whole and one.measure == share.measure and one.stands_with(share)
    ]


def _fits(share: Interval, whole: Interval, amount: Interval) -> bool:
    return (share.within(0, HUNDRED) * whole).meets(amount.times(HUNDRED))


def _equal(rate: Statement, share: Statement) -> bool:
    return rate.measure.unit == share.measure.unit and rate.interval.meets(share.interval)


def _divided(one: Interval, other: Interval) -> Interval:
    """Of intervals above zero."""
    return Interval(one.low / other.high, one.high / other.low)


def _middle(interval: Interval) -> Decimal:
    return (interval.low + interval.high) / 2


def _read(world: World, figures) -> Iterator[Statement]:
    measures = world.measures
    found = figures.order_by("pk")[:MOST_CANDIDATES]
    missing = {figure.indicator_id for figure in found} - measures.keys()
    if missing:
        measures = measures | read_measures(Indicator.objects.filter(pk__in=missing))
    return read_statements(
        Figure.objects.filter(pk__in=[one.pk for one in found]).order_by("pk"), measures
    )
