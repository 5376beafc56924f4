"""The feed of the news."""

from __future__ import annotations

from news.filters import NewsItemFilterSet
from news.models import NewsItem
from sources.feeds import SourcedFeed


class NewsItemFeed(SourcedFeed):
    model = NewsItem
    filterset_class = NewsItemFilterSet
    feed_title = "Actualités"
