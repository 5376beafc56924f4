"""Filters of the analyses and recommendations."""

from __future__ import annotations

from analyses.models import Analysis
from publishing.filters import PublishedFilterSet, SlugFilter, after_filter, before_filter
from topics.models import Topic


class AnalysisFilterSet(PublishedFilterSet):
    after = after_filter()
    before = before_filter()
    topic = SlugFilter(Topic, field_name="topics")


class RecommendationFilterSet(PublishedFilterSet):
    analysis = SlugFilter(Analysis, field_name="analysis")
    topic = SlugFilter(Topic, field_name="topics")
