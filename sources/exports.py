"""Columns of the sources, when they are exported."""

from __future__ import annotations

from publishing.exports import coded, columns_of, dated, plain

SOURCE = columns_of(
    plain("summary"),
    plain("publisher"),
    plain("author"),
    coded("kind"),
    coded("reliability"),
    plain("language"),
    dated("date"),
    plain("accessed_on"),
    plain("source_url", "url"),
    plain("archive_url"),
    named="title",
)
