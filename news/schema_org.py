"""News, as schema.org words them."""

from __future__ import annotations

from news.models import NewsItem
from publishing.schema_org import Data, article, period, public, reference
from sources.schema_org import source_of


def news_item(record: NewsItem) -> Data:
    """https://schema.org/NewsArticle; the fact’s own date is its `temporalCoverage`."""
    source = record.source
    return article(
        "NewsArticle",
        record,
        temporalCoverage=period(record.date),
        mentions=[
            *(reference("Organization", one) for one in public(record, "companies")),
            *(reference("Event", one) for one in public(record, "events")),
        ],
        citation=source_of(source) if source and source.is_public else None,
    )
