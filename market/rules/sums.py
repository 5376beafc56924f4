"""Totals, compared with the figures that they declare to add up."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from market.facts import Period, Statement, total
from market.models import Indicator
from market.rules.evidence import TOTALS, Total
from market.rules.leads import lead_for_sum
from market.rules.wording import finding, listed, money
from publishing.anomalies import Finding
from publishing.models import Severity
from publishing.typography import NBSP, join


@TOTALS.rule(
    "sum-of-components",
    title="La somme n’est pas celle des chiffres totalisés",
    explanation="Un chiffre qui déclare les chiffres qu’il totalise doit être leur somme, à la "
    "précision de chacun près.",
    severity=Severity.ERROR,
    contests=True,
)
def sum_of_components(evidence: Total) -> Iterator[Finding]:
    stated, parts = evidence.statement, evidence.parts
    if any(_mixtures(evidence)):
        return
    computed = total(part.interval for part in parts)
    if computed.meets(stated.interval):
        return
    gap = stated.stated - sum(part.stated for part in parts)
    lead = lead_for_sum(parts, stated.interval)
    if not lead and gap > 0:
        lead = f"Une partie manque peut-être, de {money(parts, gap)}."
    yield finding(
        accused=(stated,),
        context=parts,
        message=f"{listed(parts)} = {money(parts)}, et non {stated.display}.",
        lead=lead,
    )


@TOTALS.rule(
    "mixed-components",
    title="Une somme de choses différentes",
    explanation="On n’additionne que ce qui se mesure de la même façon : même unité, même "
    "périmètre, même géographie, même périodicité, même période.",
    severity=Severity.ERROR,
    contests=True,
)
def mixed_components(evidence: Total) -> Iterator[Finding]:
    mixtures = dict(_mixtures(evidence))
    if mixtures:
        strangers = {part.pk: part for found in mixtures.values() for part in found}
        named = [f"«{NBSP}{_name(part)}{NBSP}»" for part in strangers.values()]
        yield finding(
            accused=(evidence.statement,),
            context=evidence.parts,
            message=f"Le total et les chiffres qu’il totalise diffèrent par {join(*mixtures)}"
            f"{NBSP}: ils ne s’additionnent pas.",
            lead=f"Par {join(*mixtures)}, ne va pas avec le total{NBSP}: {join(*named)}.",
        )


def _mixtures(evidence: Total) -> Iterator[tuple[str, list[Statement]]]:
    """What differs between the total and its parts, in words, and the parts that differ."""
    whole = evidence.statement
    for words, value in (
        ("l’unité", lambda one: one.measure.unit),
        ("la nature de l’indicateur", lambda one: _nature(one.measure.kind)),
        ("le périmètre", lambda one: one.measure.perimeter),
        ("la géographie", _place(evidence)),
    ):
        if strangers := [part for part in evidence.parts if value(part) != value(whole)]:
            yield words, strangers
    if whole.period and not _make_up(whole.period, [part.period for part in evidence.parts]):
        yield "la période", [part for part in evidence.parts if not _inside(part, whole)]


def _place(evidence: Total) -> Callable[[Statement], str]:
    """Where a figure holds; regions of a larger one, each told once, are all in the larger one."""
    whole = evidence.statement.measure.geography
    places = [part.measure.geography for part in evidence.parts]
    are_regions = whole not in places and len(set(places)) == len(places) > 1
    return lambda one: whole if are_regions else one.measure.geography


def _make_up(period: Period, parts: list[Period | None]) -> bool:
    """The parts are all of the period, or follow one another within it: four quarters, a year.

    An unknown period says nothing against it.
    """
    known = [part for part in parts if part is not None]
    if all(part == period for part in known):
        return True
    return (min(known)[0], max(end for _, end in known)) == period


def _inside(part: Statement, whole: Statement) -> bool:
    if part.period is None or part.period == whole.period:
        return True
    (start, end), (first, last) = part.period, whole.period
    return first <= start and end <= last


def _name(part: Statement) -> str:
    dates = str(part.year) if part.period else ""
    return ", ".join(word for word in (part.measure.name, part.part_name, dates) if word)


def _nature(kind: str) -> str:
    return "quantity" if kind in (Indicator.Kind.AMOUNT, Indicator.Kind.COUNT) else kind
