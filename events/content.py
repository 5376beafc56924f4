"""How events and their series are written in content files."""

from __future__ import annotations

from events.models import Event, EventSeries
from publishing.content import RecordType, register
from sources.content import citations

register(RecordType(EventSeries, fields=["website"]))
register(
    RecordType(
        Event,
        fields=[
            "series",
            "edition",
            "kind",
            "event_status",
            "date",
            "venue",
            "city",
            "country",
            "attendance_mode",
            "organiser",
            "url",
            "cfp_url",
            "cfp_deadline",
            "significance",
        ],
        keys=[citations()],
    )
)
