"""Topics and trends in the API."""

from __future__ import annotations

from rest_framework import serializers

from publishing.api.serializers import (
    BODY_FIELDS,
    COMMON_FIELDS,
    IllustratedSerializer,
    PublishedSerializer,
    TitledLinkSerializer,
)
from publishing.api.viewsets import PublishedViewSet
from sources.api import CitedSerializer, SourceLinkSerializer
from topics import exports
from topics.filters import TopicFilterSet, TrendFilterSet
from topics.models import Topic, Trend


class TopicalSerializer(serializers.Serializer):
    """Mixin: the topics of a `Topical` record."""

    topics = TitledLinkSerializer(many=True, read_only=True)


class SectionSerializer(serializers.Serializer):
    """Partie d’un texte."""

    title = serializers.CharField()
    anchor = serializers.CharField(help_text="Identifiant de la partie dans la page.")
    body = serializers.CharField(help_text="Markdown.")
    body_html = serializers.CharField()


class ReadingSerializer(serializers.Serializer):
    """Lecture recommandée."""

    source = SourceLinkSerializer(allow_null=True)
    note = serializers.CharField(help_text="Pourquoi la lire.")


class TopicSerializer(IllustratedSerializer, PublishedSerializer):
    """Thématique."""

    class Meta:
        model = Topic
        fields = (*COMMON_FIELDS, "title", "summary", "image", "position")


class TopicDetailSerializer(CitedSerializer, TopicSerializer):
    """Thématique, avec ses parties et ses lectures."""

    sections = SectionSerializer(many=True, read_only=True)
    readings = ReadingSerializer(many=True, read_only=True)

    class Meta(TopicSerializer.Meta):
        fields = (
            *TopicSerializer.Meta.fields,
            *BODY_FIELDS,
            "sections",
            "readings",
            "citations",
        )


class TopicViewSet(PublishedViewSet):
    model = Topic
    filterset_class = TopicFilterSet
    serializer_class = TopicSerializer
    detail_serializer_class = TopicDetailSerializer
    ordering = ("position", "title", "id")
    orders = {"title": "title"}
    columns = exports.TOPIC
    write_example = {
        "title": "Cloud souverain",
        "summary": "Des données sous une seule loi.",
        "sections": [{"title": "Définition", "body": "Un cloud que nul autre État ne saisit."}],
    }


class TrendSerializer(TopicalSerializer, IllustratedSerializer, PublishedSerializer):
    """Tendance."""

    class Meta:
        model = Trend
        fields = (
            *COMMON_FIELDS,
            "title",
            "summary",
            "image",
            "year",
            "level",
            "position",
            "topics",
        )


class TrendDetailSerializer(CitedSerializer, TrendSerializer):
    """Tendance, avec son texte."""

    class Meta(TrendSerializer.Meta):
        fields = (*TrendSerializer.Meta.fields, *BODY_FIELDS, "citations")


class TrendViewSet(PublishedViewSet):
    model = Trend
    filterset_class = TrendFilterSet
    serializer_class = TrendSerializer
    detail_serializer_class = TrendDetailSerializer
    ordering = ("-year", "-level", "position", "title", "id")
    orders = {"title": "title", "year": "year"}
    columns = exports.TREND
    write_example = {
        "title": "L’edge se rapproche des usines",
        "year": 2027,
        "level": "emerging",
        "summary": "Le calcul quitte les grands centres.",
    }
