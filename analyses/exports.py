"""Columns of the analyses and recommendations, when they are exported."""

from __future__ import annotations

from publishing.exports import columns_of, dated, linked, many, plain

ANALYSIS = columns_of(plain("summary"), dated("date"), many("topics"), named="title")
RECOMMENDATION = columns_of(
    plain("summary"), linked("analysis"), plain("position"), many("topics"), named="title"
)
