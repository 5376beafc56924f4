"""Public pages of the topics and the trends."""

from __future__ import annotations

from typing import Any

from publishing.addresses import feed_links
from publishing.views import PublishedDetailView, PublishedListView
from topics import exports, schema_org
from topics.filters import TopicFilterSet, TrendFilterSet
from topics.models import Topic, Trend


class TopicListView(PublishedListView):
    model = Topic
    filterset_class = TopicFilterSet
    columns = exports.TOPIC
    ordering_method = "in_order"
    title = "Thématiques"
    intro = "Les technologies du cloud et de l’IA, définies, avec ce qui s’y rapporte."


class TopicDetailView(PublishedDetailView):
    model = Topic
    described_by = schema_org.topic

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        topic = self.object
        return super().get_context_data(**kwargs) | {
            "groups": topic.record_groups(),
            "feeds": feed_links("topic", f"Thématique : {topic}", slug=topic.slug),
        }


class TrendListView(PublishedListView):
    model = Trend
    filterset_class = TrendFilterSet
    columns = exports.TREND
    ordering_method = "in_order"
    title = "Tendances"
    intro = "Ce qui façonne le cloud, année par année : tendances majeures et émergentes."


class TrendDetailView(PublishedDetailView):
    model = Trend
    described_by = schema_org.trend
