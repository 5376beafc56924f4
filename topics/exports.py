"""Columns of the topics and trends, when they are exported."""

from __future__ import annotations

from publishing.exports import coded, columns_of, many, plain
from topics.models import topics_prefetch

TOPIC = columns_of(plain("summary"), named="title")
TREND = columns_of(
    plain("summary"), plain("year"), coded("level"), many("topics", topics_prefetch), named="title"
)
