"""Companies in the API."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from companies import exports
from companies.filters import CompanyFilterSet
from companies.models import Company, CompanyRelation, CompanyRole
from publishing.api.serializers import (
    BODY_FIELDS,
    COMMON_FIELDS,
    ApproximateDateSerializer,
    CodeField,
    CountryCodeField,
    IllustratedSerializer,
    NamedLinkSerializer,
    PublishedSerializer,
)
from publishing.api.viewsets import PublishedViewSet
from sources.api import EVIDENCE_FIELDS, CitedSerializer, SourcedSerializer
from topics.api import TopicalSerializer


class RelationSerializer(SourcedSerializer, serializers.ModelSerializer):
    """Relation de cette entreprise avec une autre."""

    serializer_choice_field = CodeField

    label = serializers.CharField(
        source="get_kind_display", read_only=True, help_text="« filiale de », « soutenue par »…"
    )
    company = NamedLinkSerializer(source="target", read_only=True, allow_null=True)
    date = ApproximateDateSerializer(read_only=True)

    class Meta:
        model = CompanyRelation
        fields = ("kind", "label", "company", "date", "note", *EVIDENCE_FIELDS)
        read_only_fields = fields


class InverseRelationSerializer(RelationSerializer):
    """La même relation, vue de l’autre entreprise."""

    label = serializers.CharField(source="inverse_label", read_only=True)
    company = NamedLinkSerializer(source="subject", read_only=True, allow_null=True)


class CompanySerializer(TopicalSerializer, IllustratedSerializer, PublishedSerializer):
    """Entreprise."""

    other_names = serializers.ListField(child=serializers.CharField(), read_only=True)
    roles = serializers.SerializerMethodField()
    country = CountryCodeField()

    class Meta:
        model = Company
        fields = (
            *COMMON_FIELDS,
            "name",
            "other_names",
            "summary",
            "image",
            "roles",
            "country",
            "website",
            "featured",
            "topics",
        )

    @extend_schema_field(
        serializers.ListField(child=serializers.ChoiceField(choices=CompanyRole.Role.choices))
    )
    def get_roles(self, company: Company) -> list[str]:
        return [row.role for row in company.roles.all()]


class CompanyDetailSerializer(CitedSerializer, CompanySerializer):
    """Entreprise, avec son texte et ses relations."""

    relations = RelationSerializer(
        many=True, read_only=True, help_text="Celles dont elle est le sujet."
    )
    inverse_relations = InverseRelationSerializer(
        many=True, read_only=True, help_text="Celles dont elle est l’objet."
    )

    class Meta(CompanySerializer.Meta):
        fields = (
            *CompanySerializer.Meta.fields,
            *BODY_FIELDS,
            "cloud_usage",
            "cloud_usage_html",
            "relations",
            "inverse_relations",
            "citations",
        )


class CompanyViewSet(PublishedViewSet):
    model = Company
    filterset_class = CompanyFilterSet
    serializer_class = CompanySerializer
    detail_serializer_class = CompanyDetailSerializer
    ordering = ("name", "id")
    orders = {"name": "name"}
    columns = exports.COMPANY
    write_names = {"also_known_as": "other_names"}
    write_example = {
        "name": "OVHcloud",
        "other_names": ["OVH"],
        "country": "FR",
        "website": "https://www.ovhcloud.com/",
        "roles": ["provider"],
        "summary": "Fournisseur européen de cloud, coté à Paris.",
    }
