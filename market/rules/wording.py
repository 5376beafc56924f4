"""How findings are made and worded: arithmetic as a reader would write it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import wraps

from market.facts import HUNDRED, Panel, Statement, World
from publishing.anomalies import Finding
from publishing.typography import count, number, percent, quantity

MOST_TERMS = 6


def among_drafts(
    rule: Callable[[World], Iterator[Finding]],
) -> Callable[[Panel], Iterator[Finding]]:
    """Makes a rule on a world one on a panel: the public world first, then that of the drafts.

    A draft never changes what is found between public figures: in its world, a finding counts
    when it names one.
    """

    @wraps(rule)
    def judge(panel: Panel) -> Iterator[Finding]:
        for world in panel.worlds():
            for found in rule(world):
                named = {reference.pk for reference in (*found.accused, *found.context)}
                if not world.drafts or named & world.drafts:
                    yield found

    return judge


def finding(
    *,
    accused: Sequence[Statement],
    message: str,
    context: Iterable[Statement] = (),
    anchor: Iterable[Statement] = (),
    lead: str = "",
) -> Finding:
    compared = [*accused, *context]
    return Finding(
        accused=tuple(one.reference for one in accused),
        context=tuple(one.reference for one in compared[len(accused) :]),
        anchor=tuple(one.reference for one in anchor),
        message=message,
        values=tuple(sorted(one.trace for one in compared)),
        lead=lead,
    )


def bare(statement: Statement) -> str:
    """The number alone: « 182,2 »."""
    return number(statement.stated)


def listed(statements: Sequence[Statement]) -> str:
    """« 182,2 + 176,5 + 244 », cut short when there are many."""
    terms = [bare(one) for one in statements[:MOST_TERMS]]
    if len(statements) > MOST_TERMS:
        terms[-1:] = ["…"]
        return f"{' + '.join(terms)} ({count(len(statements), 'chiffre')})"
    return " + ".join(terms)


def money(statements: Sequence[Statement], value: Decimal | None = None) -> str:
    """A sum of these, or `value`, with their unit and scale and the decimals of the finest."""
    measure = statements[0].measure
    if value is None:
        value = sum(one.stated for one in statements)
    return quantity(value, measure.unit, measure.scale)


def ratio_in_percent(part: Statement, whole: Statement, decimals: int) -> str:
    """« 26,8 % », with one decimal at least."""
    in_units = part.value * part.measure.multiplier, whole.value * whole.measure.multiplier
    return percent(HUNDRED * in_units[0] / in_units[1], max(1, decimals))
