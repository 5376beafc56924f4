"""News in the API."""

from __future__ import annotations

from news import exports
from news.filters import NewsItemFilterSet
from news.models import NewsItem
from publishing.api.serializers import (
    BODY_FIELDS,
    COMMON_FIELDS,
    ApproximateDateSerializer,
    IllustratedSerializer,
    NamedLinkSerializer,
    PublishedSerializer,
    TitledLinkSerializer,
)
from publishing.api.viewsets import PublishedViewSet
from sources.api import EVIDENCE_FIELDS, CitedSerializer, SourcedSerializer
from topics.api import TopicalSerializer


class NewsItemSerializer(
    SourcedSerializer, TopicalSerializer, IllustratedSerializer, PublishedSerializer
):
    """Actualité."""

    date = ApproximateDateSerializer(read_only=True)

    class Meta:
        model = NewsItem
        fields = (
            *COMMON_FIELDS,
            "title",
            "summary",
            "image",
            "date",
            *EVIDENCE_FIELDS,
            "topics",
        )


class NewsItemDetailSerializer(CitedSerializer, NewsItemSerializer):
    """Actualité, avec son texte et ce dont elle parle."""

    companies = NamedLinkSerializer(many=True, read_only=True)
    events = TitledLinkSerializer(many=True, read_only=True)

    class Meta(NewsItemSerializer.Meta):
        fields = (
            *NewsItemSerializer.Meta.fields,
            *BODY_FIELDS,
            "companies",
            "events",
            "citations",
        )


class NewsItemViewSet(PublishedViewSet):
    model = NewsItem
    filterset_class = NewsItemFilterSet
    serializer_class = NewsItemSerializer
    detail_serializer_class = NewsItemDetailSerializer
    ordering = ("-date_sort", "-id")
    orders = {"title": "title", "date": "date_sort"}
    columns = exports.NEWS_ITEM
    write_example = {
        "title": "Un nouveau centre de données ouvre à Roubaix",
        "date": "4 février 2027",
        "summary": "Le cinquième du site, refroidi à l’eau.",
        "body": "Il compte **6 000 serveurs**.",
    }
