"""Sources and citations in the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from publishing.api.serializers import (
    BODY_FIELDS,
    COMMON_FIELDS,
    AccusedSerializer,
    ApiAddressField,
    ApproximateDateSerializer,
    CodeField,
    PageAddressField,
    PublishedSerializer,
    TitledLinkSerializer,
)
from publishing.api.viewsets import AccusedViewSet
from sources import exports
from sources.filters import SourceFilterSet
from sources.models import Citation, Source
from sources.quality import Verdict, quality_of

EVIDENCE_FIELDS = ("source", "locator", "quote", "credibility")


class SourceLinkSerializer(TitledLinkSerializer):
    """Source, en bref."""

    publisher = serializers.CharField()
    original_url = serializers.CharField(source="link", help_text="Où la lire.")


class SourcedSerializer(serializers.Serializer):
    """Mixin: the source of a `Sourced` row, null when it is not public."""

    source = SourceLinkSerializer(read_only=True, allow_null=True)


class PublicCitations(serializers.ListSerializer):
    """Citations, without those of a source that is not public: its words are not either."""

    def to_representation(self, data: Any) -> list[Any]:
        return super().to_representation([row for row in data.all() if row.source.is_public])


class CitationSerializer(SourcedSerializer, serializers.ModelSerializer):
    """Citation d’une source par une fiche."""

    serializer_choice_field = CodeField

    class Meta:
        model = Citation
        list_serializer_class = PublicCitations
        fields = ("number", *EVIDENCE_FIELDS)
        read_only_fields = fields


class CitedSerializer(serializers.Serializer):
    """Mixin: the citations of a `Cited` record."""

    citations = CitationSerializer(many=True, read_only=True)


class SourceSerializer(AccusedSerializer, PublishedSerializer):
    """Source."""

    original_url = serializers.CharField(
        source="url", read_only=True, help_text="Adresse de la source elle-même."
    )
    date = ApproximateDateSerializer(read_only=True)

    class Meta:
        model = Source
        fields = (
            *COMMON_FIELDS,
            "title",
            "summary",
            "publisher",
            "author",
            "original_url",
            "archive_url",
            "link_state",
            "link_checked_at",
            "is_verifiable",
            "language",
            "kind",
            "date",
            "accessed_on",
            "reliability",
            "anomalies",
        )


class UseSerializer(serializers.Serializer):
    """Endroit où une source est citée."""

    kind = serializers.CharField(source="record.api_name", help_text="Type de la fiche.")
    title = serializers.CharField(source="record.label")
    url = ApiAddressField(source="record")
    html_url = PageAddressField(source="record")
    locator = serializers.CharField(help_text="Où dans la source.")
    quote = serializers.CharField(help_text="Le passage cité.")


class CriterionSerializer(serializers.Serializer):
    """Ce qu’on attend d’une source, et ce qu’il en est."""

    code = serializers.CharField()
    label = serializers.CharField()
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    sentence = serializers.CharField(help_text="Sur quoi repose le verdict.")


class QualitySerializer(serializers.Serializer):
    """Ce que vaut une source, critère par critère."""

    met = serializers.IntegerField(help_text="Nombre de critères remplis.")
    total = serializers.IntegerField(help_text="Nombre de critères.")
    criteria = CriterionSerializer(many=True)


class SourceDetailSerializer(SourceSerializer):
    """Source, avec ce qu’elle vaut et les endroits où elle est citée."""

    quality = serializers.SerializerMethodField(help_text="Ce qu’elle vaut, et pourquoi.")

    uses = UseSerializer(many=True, read_only=True, help_text="Où est-elle citée ?")

    class Meta(SourceSerializer.Meta):
        fields = (*SourceSerializer.Meta.fields, *BODY_FIELDS, "quality", "uses")

    @extend_schema_field(QualitySerializer)
    def get_quality(self, source: Source) -> dict[str, Any]:
        return QualitySerializer(quality_of(source)).data


class SourceViewSet(AccusedViewSet):
    model = Source
    filterset_class = SourceFilterSet
    serializer_class = SourceSerializer
    detail_serializer_class = SourceDetailSerializer
    ordering = ("publisher", "title", "id")
    orders = {"title": "title", "date": "date_sort"}
    columns = exports.SOURCE
    write_names = {"url": "original_url"}
    write_fields = ("link_state",)
    write_example = {
        "title": "Dépenses mondiales dans le cloud public",
        "publisher": "Gartner",
        "original_url": "https://www.gartner.com/en/newsroom/cloud-2027",
        "kind": "press_release",
        "date": "novembre 2026",
        "accessed_on": "2026-11-20",
        "reliability": "B",
        "language": "en",
    }
