"""How sources are written in content files, and the citations of every other record."""

from __future__ import annotations

from publishing.content import RecordType, Rows, register
from sources.models import Source

EVIDENCE = ("locator", "quote", "credibility")
SOURCED = ("source", *EVIDENCE)


def citations() -> Rows:
    """The key `citations` of a record that cites sources."""
    return Rows("citations", "record", ["source", "number", *EVIDENCE])


register(
    RecordType(
        Source,
        fields=[
            "publisher",
            "author",
            "url",
            "language",
            "kind",
            "date",
            "accessed_on",
            "reliability",
            "archive_url",
        ],
    )
)
