"""Columns of what is measured, when it is exported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db.models.functions import Coalesce

from market.models import NAMED_BY, Figure
from publishing.addresses import absolute_url
from publishing.anomalies import rule_title
from publishing.exports import (
    Column,
    coded,
    columns_of,
    dated,
    fetched,
    linked,
    made,
    many,
    plain,
    several,
    told_only,
)
from publishing.models import (
    Anomaly,
    Publishable,
    accusations_prefetch,
    anomaly_correction_prefetch,
    anomaly_records_prefetch,
)
from topics.models import topics_prefetch

INDICATOR = columns_of(
    plain("summary"),
    coded("kind"),
    coded("unit"),
    coded("scale"),
    plain("geography"),
    linked("perimeter"),
    coded("periodicity"),
    many("topics", topics_prefetch),
    named="name",
)


def _corrected_by(figure: Figure) -> str:
    return figure.correction.slug if figure.correction else ""


def _load_corrections(figures: Sequence[Figure]) -> None:
    """Gives each of these public figures its `corrections`, as `for_cards()` would.

    Few figures are corrected: what is public of so few is told once they are loaded, and the
    query is not made of the conditions of `errata()`, which take longer to write than to run.
    """
    found = (
        Figure.objects.exclude(erratum="")
        .filter(supersedes__in=figures)
        .select_related("indicator", "company")
        .order_by(Coalesce("publish_at", "created_at").desc(), "-pk")
    )
    by_corrected = defaultdict(list)
    for correction in told_only(found):
        if correction.is_public:
            by_corrected[correction.supersedes_id].append(correction)
    for figure in figures:
        figure.corrections = by_corrected[figure.pk]


def _load_support(figures: Sequence[Figure]) -> None:
    """Gives `lacks_support` to those whose source cannot be verified, if any: the only ones of
    which it is asked.
    """
    doubtful = [one for one in figures if one.source is not None and not one.source.is_verifiable]
    if not doubtful:
        return
    told = Figure.objects.filter(pk__in=[one.pk for one in doubtful]).with_support()
    lacking = dict(told.values_list("pk", "lacks_support"))
    for figure in doubtful:
        figure.lacks_support = lacking.get(figure.pk, False)


def _of_source(figure: Figure, name: str) -> str:
    source = figure.source
    return getattr(source, name) if source is not None and source.is_public else ""


def _perimeter(figure: Figure) -> str:
    return figure.indicator.perimeter.name if figure.indicator.perimeter else ""


_INDICATOR, _SOURCE = ("indicator",), ("source",)
_FIGURE = (
    linked("indicator"),
    plain("value", "stated_value"),
    plain("display", joins=_INDICATOR),
    coded("qualifier"),
    made("unit", lambda figure: figure.indicator.unit, joins=_INDICATOR),
    made("unit_label", lambda figure: figure.indicator.get_unit_display(), joins=_INDICATOR),
    made("scale", lambda figure: figure.indicator.scale, joins=_INDICATOR),
    made("geography", lambda figure: figure.indicator.geography, joins=_INDICATOR),
    made("perimeter", _perimeter, joins=("indicator__perimeter",)),
    coded("nature"),
    dated("period"),
    dated("vintage"),
    linked("segment"),
    linked("company"),
    linked("attributed_to"),
    made("corrected_by", _corrected_by, load=_load_corrections),
    made(
        "contested",
        lambda figure: bool(figure.contestations),
        load=fetched(accusations_prefetch),
    ),
    made("unsupported", lambda figure: figure.is_unsupported, joins=_SOURCE, load=_load_support),
    linked("source"),
    made("source_publisher", lambda figure: _of_source(figure, "publisher"), joins=_SOURCE),
    made("source_url", lambda figure: _of_source(figure, "link"), joins=_SOURCE),
    plain("locator"),
    plain("quote"),
)
FIGURE = columns_of(*_FIGURE, named="label", named_by=NAMED_BY)
# What is said of the corrected figure is loaded by the list.
ERRATUM = columns_of(
    plain("erratum"),
    made("corrects", lambda figure: figure.supersedes.slug),
    made("corrected_value", lambda figure: figure.supersedes.stated_value),
    made("corrected_display", lambda figure: figure.supersedes.display),
    *_FIGURE,
    named="label",
    named_by=NAMED_BY,
)
# `outcome`: set by the list, which judges every forecast.
FORECAST = columns_of(
    made("verdict", lambda figure: str(figure.outcome.verdict)),
    made("verdict_label", lambda figure: figure.outcome.verdict.label),
    made("forecaster", lambda figure: figure.outcome.forecaster.name),
    *_FIGURE,
    named="label",
    named_by=NAMED_BY,
)
GROWTH_DRIVER = columns_of(
    plain("summary"), plain("position"), many("topics", topics_prefetch), named="title"
)


_load_records = fetched(anomaly_records_prefetch)


def _records(name: str, records: Callable[[Anomaly], list[Publishable]]) -> tuple[Column, Column]:
    """Records of any kind, each by its place in the API (« figures/depenses-2025 »); labels."""
    return several(
        name,
        lambda anomaly: [(_place(one), one.label) for one in records(anomaly)],
        load=_load_records,
    )


def _place(record: Publishable) -> str:
    return f"{record.api_name}/{record.slug}"


def _decided_at(anomaly: Anomaly) -> datetime | None:
    return anomaly.decided_at if anomaly.public_note else None


def _correction() -> tuple[Column, Column]:
    load = fetched(anomaly_correction_prefetch)

    def of(value: Callable[[Publishable], str]) -> Callable[[Anomaly], str]:
        return lambda anomaly: value(found) if (found := anomaly.public_correction) else ""

    return (
        Column("correction", of(_place), load=load),
        Column("correction_label", of(lambda record: record.label), load=load),
    )


ANOMALY = (
    Column("id", lambda anomaly: anomaly.pk),
    *plain("rule"),
    Column("rule_label", lambda anomaly: rule_title(anomaly.rule)),
    *plain("subject"),
    *coded("severity"),
    *coded("status"),
    *plain("contests"),
    *plain("message", "public_message"),
    *plain("lead", "public_lead"),
    Column("note", lambda anomaly: anomaly.public_note),
    Column("decided_at", _decided_at),
    *_records("accused", lambda anomaly: anomaly.accused),
    *_records("compared", lambda anomaly: anomaly.compared),
    *_correction(),
    *plain("first_seen_at"),
    *plain("updated_at"),
    Column("html_url", lambda anomaly: absolute_url(Anomaly.get_absolute_url(anomaly))),
)
