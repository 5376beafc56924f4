"""Topics and trends, as schema.org words them."""

from __future__ import annotations

from publishing.schema_org import Data, article, thing
from sources.schema_org import sources_of
from topics.models import Topic, Trend


def topic(record: Topic) -> Data:
    """https://schema.org/DefinedTerm."""
    return thing("DefinedTerm", record)


def trend(record: Trend) -> Data:
    """https://schema.org/Article on a year."""
    return article(
        "Article", record, temporalCoverage=str(record.year), citation=sources_of(record)
    )
