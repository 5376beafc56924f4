"""Sources, as schema.org words them, on their pages and where they are cited."""

from __future__ import annotations

from publishing.schema_org import Data, filled, first_day, thing
from sources.models import Cited, Source


def source(record: Source) -> Data:
    """https://schema.org/CreativeWork: the work itself, at its own address where it has one."""
    return thing("CreativeWork", record, **_work(record))


def source_of(record: Source) -> Data:
    """The same work, where another record cites it."""
    return filled({"@type": "CreativeWork", "name": record.title} | _work(record))


def sources_of(record: Cited) -> list[Data]:
    """Each public source that a record cites, once, in the order of its citations."""
    cited = {one.source_id: one.source for one in record.public_citations}
    return [source_of(one) for one in cited.values()]


def _work(record: Source) -> Data:
    return filled(
        {
            "url": record.link,
            "inLanguage": record.language,
            "author": {"@type": "Person", "name": record.author} if record.author else None,
            "publisher": {"@type": "Organization", "name": record.publisher}
            if record.publisher
            else None,
            "datePublished": first_day(record.date),
        }
    )
