"""How companies are written in content files."""

from __future__ import annotations

from companies.models import Company
from publishing.content import NamesKey, RecordType, Rows, register
from sources.content import SOURCED, citations

RELATION = {"kind": "kind", "company": "target", "date": "date", "note": "note"}

register(
    RecordType(
        Company,
        fields=["country", "website", "featured", "cloud_usage"],
        keys=[
            NamesKey("also_known_as", Company._meta.get_field("also_known_as")),
            Rows("roles", "company", ["role"], scalar=True),
            Rows("relations", "subject", RELATION | {name: name for name in SOURCED}),
            citations(),
        ],
    )
)
