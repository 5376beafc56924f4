"""Analyses and recommendations, as schema.org words them."""

from __future__ import annotations

from analyses.models import Analysis, Recommendation
from publishing.schema_org import Data, article, period, reference
from sources.schema_org import sources_of


def analysis(record: Analysis) -> Data:
    """https://schema.org/Article, with the works that its notes cite."""
    return article(
        "Article", record, temporalCoverage=period(record.date), citation=sources_of(record)
    )


def recommendation(record: Recommendation) -> Data:
    """https://schema.org/Article, part of the analysis that it comes from."""
    whole = record.analysis
    return article(
        "Article",
        record,
        isPartOf=reference("Article", whole) if whole and whole.is_public else None,
    )
