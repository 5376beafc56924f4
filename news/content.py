"""How news items are written in content files."""

from __future__ import annotations

from news.models import NewsItem
from publishing.content import RecordType, register
from sources.content import SOURCED, citations

register(RecordType(NewsItem, fields=["date", "companies", "events", *SOURCED], keys=[citations()]))
