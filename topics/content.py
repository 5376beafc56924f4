"""How topics and trends are written in content files."""

from __future__ import annotations

from publishing.content import RecordType, Rows, Sections, register
from sources.content import citations
from topics.models import Topic, Trend

register(
    RecordType(
        Topic,
        fields=["position"],
        keys=[
            Sections("topic", {2: 1}, ["title", "body"]),
            Rows("readings", "topic", ["source", "note"], ordered=True),
            citations(),
        ],
    )
)
register(RecordType(Trend, fields=["year", "level", "position"], keys=[citations()]))
