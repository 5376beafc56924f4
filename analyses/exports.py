"""Columns of the analyses and recommendations, when they are exported."""

from __future__ import annotations

from publishing.exports import columns_of, dated, linked, many, plain
from topics.models import topics_prefetch

ANALYSIS = columns_of(
    plain("summary"), dated("date"), many("topics", topics_prefetch), named="title"
)
RECOMMENDATION = columns_of(
    plain("summary"),
    linked("analysis"),
    plain("position"),
    many("topics", topics_prefetch),
    named="title",
)
