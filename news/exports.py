"""Columns of the news, when they are exported."""

from __future__ import annotations

from publishing.exports import columns_of, dated, linked, many, plain
from topics.models import topics_prefetch

NEWS_ITEM = columns_of(
    plain("summary"),
    dated("date"),
    linked("source"),
    many("topics", topics_prefetch),
    named="title",
)
