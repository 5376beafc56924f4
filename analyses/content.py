"""How analyses and recommendations are written in content files."""

from __future__ import annotations

from analyses.models import Analysis, Recommendation
from publishing.content import RecordType, Sections, register
from sources.content import citations

register(
    RecordType(
        Analysis,
        fields=["date"],
        keys=[
            Sections("analysis", {2: 1, 3: 2}, ["level", "title", "body"]),
            citations(),
        ],
    )
)
register(RecordType(Recommendation, fields=["position", "analysis"]))
