"""Analyses and recommendations in the API."""

from __future__ import annotations

from rest_framework import serializers

from analyses import exports
from analyses.filters import AnalysisFilterSet, RecommendationFilterSet
from analyses.models import Analysis, Recommendation
from publishing.api.serializers import (
    BODY_FIELDS,
    COMMON_FIELDS,
    ApproximateDateSerializer,
    IllustratedSerializer,
    PublishedSerializer,
    TitledLinkSerializer,
)
from publishing.api.viewsets import PublishedViewSet
from sources.api import CitedSerializer
from topics.api import SectionSerializer, TopicalSerializer


class ChapterSerializer(SectionSerializer):
    """Chapitre d’une analyse, ou sous-partie du chapitre qui précède."""

    level = serializers.IntegerField(help_text="1 : chapitre ; 2 : sous-partie.")


class AnalysisSerializer(TopicalSerializer, IllustratedSerializer, PublishedSerializer):
    """Analyse."""

    date = ApproximateDateSerializer(read_only=True)

    class Meta:
        model = Analysis
        fields = (*COMMON_FIELDS, "title", "summary", "image", "date", "topics")


class AnalysisDetailSerializer(CitedSerializer, AnalysisSerializer):
    """Analyse, avec son texte, ses notes et les recommandations qui en découlent."""

    sections = ChapterSerializer(many=True, read_only=True)
    recommendations = TitledLinkSerializer(many=True, read_only=True)

    class Meta(AnalysisSerializer.Meta):
        fields = (
            *AnalysisSerializer.Meta.fields,
            *BODY_FIELDS,
            "sections",
            "citations",
            "recommendations",
        )


class AnalysisViewSet(PublishedViewSet):
    model = Analysis
    filterset_class = AnalysisFilterSet
    serializer_class = AnalysisSerializer
    detail_serializer_class = AnalysisDetailSerializer
    ordering = ("-date_sort", "-id")
    orders = {"title": "title", "date": "date_sort"}
    columns = exports.ANALYSIS
    write_example = {
        "title": "Où vont les dépenses de cloud",
        "date": "hiver 2026-2027",
        "summary": "Trois postes font les deux tiers.",
        "body": "Ce que disent les chiffres.",
        "sections": [
            {"title": "Les infrastructures", "body": "Elles croissent."},
            {"title": "En Europe", "level": 2, "body": "Moins vite."},
        ],
    }


class RecommendationSerializer(TopicalSerializer, PublishedSerializer):
    """Recommandation."""

    analysis = TitledLinkSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Recommendation
        fields = (*COMMON_FIELDS, "title", "summary", "analysis", "position", "topics")


class RecommendationDetailSerializer(RecommendationSerializer):
    """Recommandation, avec son texte."""

    class Meta(RecommendationSerializer.Meta):
        fields = (*RecommendationSerializer.Meta.fields, *BODY_FIELDS)


class RecommendationViewSet(PublishedViewSet):
    model = Recommendation
    filterset_class = RecommendationFilterSet
    serializer_class = RecommendationSerializer
    detail_serializer_class = RecommendationDetailSerializer
    ordering = ("position", "title", "id")
    orders = {"title": "title"}
    columns = exports.RECOMMENDATION
    write_example = {
        "title": "Mesurer avant de migrer",
        "summary": "Un relevé d’un mois suffit.",
        "position": 5,
    }
