"""Columns of the events and their series, when they are exported."""

from __future__ import annotations

from publishing.exports import coded, columns_of, country, dated, linked, many, plain
from topics.models import topics_prefetch

EVENT = columns_of(
    plain("summary"),
    linked("series"),
    plain("edition"),
    coded("kind"),
    coded("event_status"),
    dated("date"),
    plain("venue"),
    plain("city"),
    country(),
    coded("attendance_mode"),
    coded("significance"),
    linked("organiser"),
    plain("website", "url"),
    plain("cfp_url"),
    plain("cfp_deadline"),
    many("topics", topics_prefetch),
    named="title",
)
EVENT_SERIES = columns_of(plain("summary"), plain("website"), named="name")
