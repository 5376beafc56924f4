"""What an indicator and its figures cannot be."""

from __future__ import annotations

from collections.abc import Iterator

from market.facts import HUNDRED, Interval, Measure, World
from market.models import Indicator
from market.rules.evidence import INDICATORS, PANELS
from market.rules.wording import among_drafts, finding
from publishing.anomalies import Finding, Reference
from publishing.models import Severity
from publishing.typography import NBSP, UNITS

SUITABLE_UNITS = {
    Indicator.Kind.SHARE: {"percent"},
    Indicator.Kind.GROWTH_RATE: {"percent", "points", "factor"},
    Indicator.Kind.COUNT: {"people", "companies", "units"},
    Indicator.Kind.AMOUNT: {"USD", "EUR", "GBP", "units"},
}


@INDICATORS.rule(
    "unit-and-kind",
    title="L’unité ne convient pas à la nature de l’indicateur",
    explanation="Une part se donne en pour cent, un montant dans une monnaie, un effectif en "
    "nombre, une croissance en pour cent, en points ou en facteur.",
    severity=Severity.WARNING,
)
def unit_and_kind(measure: Measure) -> Iterator[Finding]:
    if measure.unit not in SUITABLE_UNITS[measure.kind]:
        kind = Indicator.Kind(measure.kind).label
        yield Finding(
            accused=(Reference(Indicator, measure.pk),),
            message=f"«{NBSP}{measure.name}{NBSP}»{NBSP}: {kind} en {UNITS[measure.unit].label}.",
            values=(measure.kind, measure.unit),
        )


@PANELS.rule(
    "share-out-of-range",
    title="Une part hors de 0 à 100 %",
    explanation="Une part d’un tout est comprise entre 0 et 100 %.",
    severity=Severity.ERROR,
    contests=True,
)
@among_drafts
def share_out_of_range(world: World) -> Iterator[Finding]:
    for share in world.now:
        is_share = share.measure.kind == Indicator.Kind.SHARE and share.adds_up
        if is_share and not share.interval.meets(Interval(0, HUNDRED)):
            yield finding(accused=(share,), message=f"{share.display} d’un tout.")


@PANELS.rule(
    "negative-count",
    title="Un effectif négatif",
    explanation="On ne compte pas moins de zéro personnes, entreprises ou objets.",
    severity=Severity.ERROR,
    contests=True,
)
@among_drafts
def negative_count(world: World) -> Iterator[Finding]:
    for one in world.now:
        if one.measure.kind == Indicator.Kind.COUNT and one.interval.high < 0:
            yield finding(accused=(one,), message=f"{one.display}{NBSP}: moins de zéro.")
