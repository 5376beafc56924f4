"""Filters of the news."""

from __future__ import annotations

from companies.models import Company
from events.models import Event
from publishing.filters import PublishedFilterSet, SlugFilter, after_filter, before_filter
from sources.models import Source
from topics.models import Topic


class NewsItemFilterSet(PublishedFilterSet):
    after = after_filter()
    before = before_filter()
    company = SlugFilter(Company, field_name="companies")
    event = SlugFilter(Event, field_name="events")
    topic = SlugFilter(Topic, field_name="topics")
    source = SlugFilter(Source, field_name="source")
