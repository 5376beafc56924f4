"""Columns of what is measured, when it is exported."""

from __future__ import annotations

from market.models import Figure
from publishing.addresses import absolute_url
from publishing.anomalies import rule_title
from publishing.exports import (
    Column,
    coded,
    columns_of,
    dated,
    linked,
    made,
    many,
    plain,
)
from publishing.models import Anomaly, Publishable

INDICATOR = columns_of(
    plain("summary"),
    coded("kind"),
    coded("unit"),
    coded("scale"),
    plain("geography"),
    linked("perimeter"),
    coded("periodicity"),
    many("topics"),
    named="name",
)


def _corrected_by(figure: Figure) -> str:
    return figure.correction.slug if figure.correction else ""


def _of_source(figure: Figure, name: str) -> str:
    source = figure.source
    return getattr(source, name) if source is not None and source.is_public else ""


def _perimeter(figure: Figure) -> str:
    return figure.indicator.perimeter.name if figure.indicator.perimeter else ""


_FIGURE = (
    linked("indicator"),
    plain("value", "stated_value"),
    plain("display"),
    coded("qualifier"),
    made("unit", lambda figure: figure.indicator.unit),
    made("unit_label", lambda figure: figure.indicator.get_unit_display()),
    made("scale", lambda figure: figure.indicator.scale),
    made("geography", lambda figure: figure.indicator.geography),
    made("perimeter", _perimeter),
    coded("nature"),
    dated("period"),
    dated("vintage"),
    linked("segment"),
    linked("company"),
    linked("attributed_to"),
    made("corrected_by", _corrected_by),
    made("contested", lambda figure: bool(figure.contestations)),
    made("unsupported", lambda figure: figure.is_unsupported),
    linked("source"),
    made("source_publisher", lambda figure: _of_source(figure, "publisher")),
    made("source_url", lambda figure: _of_source(figure, "link")),
    plain("locator"),
    plain("quote"),
)
FIGURE = columns_of(*_FIGURE, named="label")
ERRATUM = columns_of(
    plain("erratum"),
    made("corrects", lambda figure: figure.supersedes.slug),
    made("corrected_value", lambda figure: figure.supersedes.stated_value),
    made("corrected_display", lambda figure: figure.supersedes.display),
    *_FIGURE,
    named="label",
)
# `outcome`: set by the list, which judges every forecast.
FORECAST = columns_of(
    made("verdict", lambda figure: str(figure.outcome.verdict)),
    made("verdict_label", lambda figure: figure.outcome.verdict.label),
    made("forecaster", lambda figure: figure.outcome.forecaster.name),
    *_FIGURE,
    named="label",
)
GROWTH_DRIVER = columns_of(plain("summary"), plain("position"), many("topics"), named="title")


def _labels(records: list[Publishable]) -> list[str]:
    return [record.label for record in records]


ANOMALY = (
    Column("id", lambda anomaly: anomaly.pk),
    *plain("rule"),
    Column("rule_label", lambda anomaly: rule_title(anomaly.rule)),
    *coded("severity"),
    *coded("status"),
    *plain("contests"),
    *plain("message"),
    Column("note", lambda anomaly: anomaly.public_note),
    Column("accused", lambda anomaly: _labels(anomaly.accused)),
    Column("compared", lambda anomaly: _labels(anomaly.compared)),
    *plain("first_seen_at"),
    *plain("updated_at"),
    Column("html_url", lambda anomaly: absolute_url(Anomaly.get_absolute_url(anomaly))),
)
