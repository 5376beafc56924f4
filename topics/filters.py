"""Filters of the topics and trends."""

from __future__ import annotations

from publishing.filters import ChoiceFilter, PublishedFilterSet, SlugFilter, YearFilter
from topics.models import Topic, Trend


class TopicFilterSet(PublishedFilterSet):
    pass


class TrendFilterSet(PublishedFilterSet):
    year = YearFilter(field_name="year", label="Année")
    level = ChoiceFilter(choices=Trend.Level.choices, label="Niveau")
    topic = SlugFilter(Topic, field_name="topics")
