"""Whether another source states the same: the figures that bear one another out.

Two figures state the same when they answer one question (indicator, period, segment, company) with
the same qualifier, and values that rounding alone may tell apart. An unknown period is no question.
"""

from __future__ import annotations

from django.db.models import F, FloatField, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable, ExpressionWrapper
from django.db.models.functions import Abs, Coalesce, Power

from publishing.dates import UNKNOWN

NOBODY = 0


def agreeing(figures: QuerySet) -> QuerySet:
    """For a subquery: those of `figures` that state what the outer figure does, in another source.

    That source can be verified: a text that a machine wrote bears nothing out.
    """
    return (
        figures.exclude(period_edtf=UNKNOWN.edtf)
        .filter(
            indicator=OuterRef("indicator"),
            period_edtf=OuterRef("period_edtf"),
            qualifier=OuterRef("qualifier"),
            source__is_verifiable=True,
        )
        .exclude(source=OuterRef("source"))
        .alias(**{f"the_{name}": Coalesce(name, NOBODY) for name in ("segment", "company")})
        .filter(
            **{f"the_{name}": Coalesce(OuterRef(name), NOBODY) for name in ("segment", "company")}
        )
        .alias(
            gap=_as_float(Abs(F("value") - OuterRef("value"))),
            rounding=_as_float(_rounding(F("decimals")) + _rounding(OuterRef("decimals"))),
        )
        .filter(gap__lte=F("rounding"))
    )


def independent(figures: QuerySet) -> QuerySet:
    """For a subquery: those of `agreeing` figures that somebody else says, published elsewhere."""
    return (
        agreeing(figures)
        .exclude(source__publisher=OuterRef("source__publisher"))
        .alias(speaker=Coalesce("attributed_to", NOBODY))
        .filter(Q(speaker=NOBODY) | ~Q(speaker=Coalesce(OuterRef("attributed_to"), NOBODY)))
    )


def _rounding(decimals: Combinable) -> Combinable:
    """Half a unit of the last decimal that was published."""
    return Power(10.0, -1 * decimals, output_field=FloatField()) * 0.5


def _as_float(expression: Combinable) -> ExpressionWrapper:
    return ExpressionWrapper(expression, output_field=FloatField())
