"""The fields that every record has in the API, and how one record names another.

A related record that is not public is never shown: alone it is null, among others it is left out.
Whatever is related must have been loaded by the queryset (`for_cards`, `for_detail`).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from django.db import models
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from publishing.anomalies import rule_title
from publishing.api.addresses import anomaly_path, api_path
from publishing.fields import PRECISION_CHOICES
from publishing.models import Anomaly, AnomalyRecord, Publishable, Severity
from publishing.renditions import FORMATS, path_of


class _WholeRecordField(serializers.Field):
    """A read-only field made from a record as a whole: this one, or the one at `source`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"read_only": True, "source": "*"} | kwargs)

    def absolute(self, path: str) -> str:
        return self.context["site"] + path


@extend_schema_field(OpenApiTypes.URI)
class ApiAddressField(_WholeRecordField):
    def to_representation(self, record: Publishable) -> str:
        return self.absolute(api_path(record))


@extend_schema_field(OpenApiTypes.URI)
class PageAddressField(_WholeRecordField):
    def to_representation(self, record: Publishable) -> str:
        return self.absolute(record.get_absolute_url())


class CodeField(serializers.ChoiceField):
    """A code among choices. In the schema each set of choices is one named component."""


class CountryCodeField(serializers.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            read_only=True,
            source="country.code",
            help_text="Code ISO 3166-1 à deux lettres ; vide : inconnu.",
            **kwargs,
        )


class ApproximateDateSerializer(serializers.Serializer):
    """Date connue aussi bien que l’a dit sa source, et pas mieux."""

    label = serializers.CharField(source="display", help_text="La date telle qu’annoncée.")
    start = serializers.DateField(allow_null=True, help_text="Premier jour possible, inclus.")
    end = serializers.DateField(allow_null=True, help_text="Dernier jour possible, inclus.")
    precision = serializers.ChoiceField(choices=PRECISION_CHOICES)
    edtf = serializers.CharField(help_text="EDTF (ISO 8601-2) ; « XXXX » : inconnue.")


class RenditionSerializer(serializers.Serializer):
    """Une taille et un format d’une image."""

    url = serializers.URLField()
    media_type = serializers.ChoiceField([f"image/{extension}" for extension in FORMATS])
    width = serializers.IntegerField(help_text="En pixels.")


class ImageSerializer(serializers.Serializer):
    """Image d’une fiche."""

    url = serializers.SerializerMethodField()
    alt = serializers.CharField(source="image_alt", help_text="Texte alternatif.")
    credit = serializers.CharField(source="image_credit", help_text="Crédit.")
    width = serializers.IntegerField(source="image_width", allow_null=True)
    height = serializers.IntegerField(source="image_height", allow_null=True)
    renditions = serializers.SerializerMethodField(help_text="La même, en d’autres tailles.")

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, record: models.Model) -> str:
        return urljoin(self.context["site"], record.image.url)

    @extend_schema_field(RenditionSerializer(many=True))
    def get_renditions(self, record: models.Model) -> list[dict[str, Any]]:
        url, site = record.image.storage.url, self.context["site"]
        return [
            {
                "url": urljoin(site, url(path_of(record.image.name, width, extension))),
                "media_type": f"image/{extension}",
                "width": width,
            }
            for extension in FORMATS
            for width in record.image_widths
        ]

    def to_representation(self, record: models.Model) -> dict[str, Any] | None:
        return super().to_representation(record) if record.image else None


class PublicOnly(serializers.ListSerializer):
    """Related records, those that are not public left out."""

    def to_representation(self, data: Any) -> list[Any]:
        records = data.all() if hasattr(data, "all") else data
        return super().to_representation([record for record in records if record.is_public])


class LinkSerializer(serializers.Serializer):
    """Base of the short forms by which a record names another."""

    id = serializers.IntegerField()
    slug = serializers.CharField()
    url = ApiAddressField(help_text="Adresse dans l’API.")
    html_url = PageAddressField(help_text="Adresse de la page.")

    class Meta:
        list_serializer_class = PublicOnly

    def to_representation(self, record: Publishable) -> dict[str, Any] | None:
        return super().to_representation(record) if record.is_public else None


class TitledLinkSerializer(LinkSerializer):
    """Fiche désignée par son titre."""

    title = serializers.CharField()


class NamedLinkSerializer(LinkSerializer):
    """Fiche désignée par son nom."""

    name = serializers.CharField()


class TypedLinkSerializer(TitledLinkSerializer):
    """Fiche de n’importe quel type, désignée par son intitulé."""

    type = serializers.CharField(source="api_name", help_text="Nom du type de fiche dans l’API.")
    title = serializers.CharField(source="label", help_text="Intitulé de la fiche.")


class PublishedSerializer(serializers.ModelSerializer):
    """Base of the serializers of records, all read-only; `Meta.fields` begins by COMMON_FIELDS."""

    serializer_choice_field = CodeField
    # An address that is not known is an empty text, which the format « uri » of a schema refuses.
    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.URLField: serializers.CharField
    }

    slug = serializers.CharField(read_only=True, help_text="Identifiant de la fiche.")
    url = ApiAddressField(help_text="Adresse dans l’API.")
    html_url = PageAddressField(help_text="Adresse de la page.")
    published_at = serializers.DateTimeField(
        source="publish_at",
        read_only=True,
        allow_null=True,
        help_text="Publiée à partir de cet instant ; null : jamais, et un jeton seul la voit.",
    )

    def include_extra_kwargs(
        self, kwargs: dict[str, Any], extra_kwargs: dict[str, Any]
    ) -> dict[str, Any]:
        return super().include_extra_kwargs(kwargs, extra_kwargs | {"read_only": True})


class AnomalySerializer(serializers.Serializer):
    """Contradiction trouvée par une règle générale."""

    rule = serializers.CharField(source="anomaly.rule", help_text="Code stable de la règle.")
    title = serializers.SerializerMethodField(help_text="La règle, en français.")
    severity = CodeField(source="anomaly.severity", choices=Severity.choices)
    status = CodeField(source="anomaly.status", choices=Anomaly.Status.choices)
    contests = serializers.BooleanField(
        source="anomaly.contests", help_text="Elle fait dire le chiffre « contesté »."
    )
    message = serializers.CharField(source="anomaly.message", help_text="Le calcul, en français.")
    note = serializers.CharField(
        source="anomaly.public_note", help_text="Ce qu’en dit la rédaction ; vide : rien encore."
    )
    url = serializers.SerializerMethodField(help_text="Adresse dans l’API.")
    html_url = serializers.SerializerMethodField(help_text="Adresse de la page.")

    @extend_schema_field(OpenApiTypes.STR)
    def get_title(self, row: AnomalyRecord) -> str:
        return rule_title(row.anomaly.rule)

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, row: AnomalyRecord) -> str:
        return self.context["site"] + anomaly_path(row.anomaly)

    @extend_schema_field(OpenApiTypes.URI)
    def get_html_url(self, row: AnomalyRecord) -> str:
        return self.context["site"] + row.anomaly.get_absolute_url()


class AccusedSerializer(serializers.Serializer):
    """Mixin: the anomalies that put a record in doubt, loaded by `accusations_prefetch()`."""

    anomalies = AnomalySerializer(
        source="accusations",
        many=True,
        read_only=True,
        help_text="Les anomalies publiques qui mettent la fiche en cause, la plus grave d’abord.",
    )


class IllustratedSerializer(serializers.Serializer):
    """Mixin: the image of an `Illustrated` record, or null."""

    image = ImageSerializer(source="*", read_only=True, allow_null=True)


COMMON_FIELDS = (
    "id",
    "slug",
    "url",
    "html_url",
    "published_at",
    "created_at",
    "updated_at",
    "verified_on",
    "provenance",
)
BODY_FIELDS = ("body", "body_html")
