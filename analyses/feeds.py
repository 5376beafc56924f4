"""The feed of the analyses."""

from __future__ import annotations

from analyses.filters import AnalysisFilterSet
from analyses.models import Analysis
from publishing.feeds import PublishedFeed


class AnalysisFeed(PublishedFeed):
    model = Analysis
    filterset_class = AnalysisFilterSet
    feed_title = "Analyses"
