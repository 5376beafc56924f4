"""Public pages of the news."""

from __future__ import annotations

from news import exports, schema_org
from news.filters import NewsItemFilterSet
from news.models import NewsItem
from publishing.views import PublishedDetailView, PublishedListView


class NewsItemListView(PublishedListView):
    model = NewsItem
    filterset_class = NewsItemFilterSet
    columns = exports.NEWS_ITEM
    ordering_method = "latest_first"
    title = "Actualités"
    has_feeds = True
    intro = "Ce qui s’est passé, daté et sourcé."


class NewsItemDetailView(PublishedDetailView):
    model = NewsItem
    described_by = schema_org.news_item
