"""Feeds of records that rest on sources: their items lead to it."""

from __future__ import annotations

from publishing.feeds import PublishedFeed
from publishing.models import Publishable
from sources.models import Source, Sourced


class SourcedFeed(PublishedFeed):
    """Items that state one fact lead to the public source that told it."""

    def item_source_link(self, record: Publishable) -> str:
        source = record.source if isinstance(record, Sourced) else record
        if not isinstance(source, Source) or not source.is_public:
            return ""
        return source.link
