"""Indicators, figures and growth drivers in the API."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from market import exports
from market.filters import FigureFilterSet, GrowthDriverFilterSet, IndicatorFilterSet
from market.forecasts import Verdict, judge
from market.models import Figure, FigureQuerySet, GrowthDriver, Indicator, IndicatorQuerySet
from publishing.api.rights import reads_drafts
from publishing.api.schema import answers
from publishing.api.serializers import (
    BODY_FIELDS,
    COMMON_FIELDS,
    AccusedSerializer,
    ApproximateDateSerializer,
    CodeField,
    LinkSerializer,
    NamedLinkSerializer,
    PageAddressField,
    PublishedSerializer,
)
from publishing.api.viewsets import PublishedViewSet
from publishing.typography import SCALE_CHOICES, UNIT_CHOICES
from sources.api import EVIDENCE_FIELDS, CitedSerializer, SourcedSerializer
from topics.api import TopicalSerializer


class PerimeterSerializer(serializers.Serializer):
    """Ce qu’un indicateur compte, et ce qu’il laisse de côté."""

    slug = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()


class SegmentSerializer(serializers.Serializer):
    """Partie d’un marché."""

    slug = serializers.CharField()
    name = serializers.CharField()
    full_name = serializers.CharField()


class FigureLinkSerializer(LinkSerializer):
    """Chiffre, en bref."""

    label = serializers.CharField(help_text="Ce que le chiffre mesure, où et quand.")
    display = serializers.CharField(help_text="« plus de 150 Md$ ».")

    class Meta(LinkSerializer.Meta):
        model = Figure


class ForecastSerializer(serializers.Serializer):
    """Ce qu’il est advenu d’une prévision."""

    horizon = ApproximateDateSerializer(
        source="horizon.period", allow_null=True, help_text="La période où elle se juge."
    )
    horizon_reckoning = serializers.CharField(
        source="horizon.reckoning",
        default="",
        help_text="Si l’échéance est calculée : « quatre ans après le 4 février 2025 ».",
    )
    verdict = CodeField(choices=Verdict.choices)
    actual = FigureLinkSerializer(allow_null=True, help_text="Le chiffre qui permet d’en juger.")
    base = FigureLinkSerializer(allow_null=True, help_text="Ce que multiplie un facteur.")
    error = serializers.DecimalField(
        max_digits=None,
        decimal_places=None,
        allow_null=True,
        help_text="Constat moins prévision, dans l’unité et l’échelle du constat ; 0 pour une "
        "borne respectée.",
    )
    relative_error = serializers.DecimalField(
        max_digits=None,
        decimal_places=2,
        rounding=ROUND_HALF_UP,
        allow_null=True,
        help_text="L’écart en pour cent de la prévision ; null entre deux pourcentages.",
    )


class JudgedFigures(serializers.ListSerializer):
    """Figures whose forecasts are judged together: many cost no more queries than one."""

    def to_representation(self, data: Any) -> list[Any]:
        figures = data.all() if hasattr(data, "all") else data
        if "forecast" in self.child.fields:
            figures = with_outcomes(figures)
        return super().to_representation(figures)


def with_outcomes(figures: Iterable[Figure]) -> list[Figure]:
    """Gives each its `outcome`: None for what is no forecast, or is corrected by an erratum."""
    figures = list(figures)
    outcomes = {one.forecast.pk: one for one in judge(filter(_is_forecast, figures))}
    for figure in figures:
        figure.outcome = outcomes.get(figure.pk)
    return figures


def _is_forecast(figure: Figure) -> bool:
    """As `FigureQuerySet.forecasts()`, for a figure loaded by `for_detail()`."""
    is_corrected = any(successor.erratum for successor in figure.superseded_by.all())
    return figure.nature == Figure.Nature.FORECAST and not is_corrected


class FigureSerializer(AccusedSerializer, SourcedSerializer, PublishedSerializer):
    """Chiffre : une valeur, pour une période, telle que publiée à une date."""

    label = serializers.CharField(
        read_only=True, help_text="Ce que le chiffre mesure, où et quand."
    )
    indicator = NamedLinkSerializer(read_only=True, allow_null=True)
    value = serializers.DecimalField(
        source="stated_value",
        max_digits=None,
        decimal_places=None,
        read_only=True,
        help_text="La valeur avec les décimales que lui a données sa source.",
    )
    display = serializers.CharField(
        read_only=True, help_text="La même, écrite en français : « plus de 150 Md$ »."
    )
    unit = CodeField(source="indicator.unit", choices=UNIT_CHOICES, read_only=True)
    scale = CodeField(
        source="indicator.scale",
        choices=SCALE_CHOICES,
        read_only=True,
        help_text="Puissance de dix par laquelle multiplier la valeur.",
    )
    period = ApproximateDateSerializer(read_only=True)
    vintage = ApproximateDateSerializer(read_only=True, help_text="Quand il a été publié.")
    segment = SegmentSerializer(read_only=True, allow_null=True)
    company = NamedLinkSerializer(read_only=True, allow_null=True)
    attributed_to = NamedLinkSerializer(read_only=True, allow_null=True)
    supersedes = FigureLinkSerializer(read_only=True, allow_null=True)
    superseded_by = FigureLinkSerializer(many=True, read_only=True)
    is_unsupported = serializers.BooleanField(
        read_only=True,
        help_text="« Non sourcé » : il n’a pour appui qu’un texte généré par IA ou un fichier "
        "privé, et aucune source vérifiable ne dit la même chose.",
    )
    corrected_by = FigureLinkSerializer(
        source="corrections",
        many=True,
        read_only=True,
        help_text="Les chiffres qui le remplacent par un erratum.",
    )
    is_live = serializers.SerializerMethodField(help_text="Aucun chiffre publié ne le remplace.")
    components = FigureLinkSerializer(
        many=True, read_only=True, help_text="Les chiffres qu’il totalise."
    )
    totals = FigureLinkSerializer(
        many=True, read_only=True, help_text="Les chiffres qui le totalisent."
    )

    forecast = ForecastSerializer(
        source="outcome",
        read_only=True,
        allow_null=True,
        help_text="D’une prévision, ce qu’il en est advenu.",
    )

    class Meta:
        model = Figure
        list_serializer_class = JudgedFigures
        fields = (
            *COMMON_FIELDS,
            "label",
            "indicator",
            "value",
            "display",
            "qualifier",
            "unit",
            "scale",
            "nature",
            "period",
            "vintage",
            "segment",
            "company",
            "attributed_to",
            "supersedes",
            "superseded_by",
            "erratum",
            "corrected_by",
            "is_live",
            "is_unsupported",
            "components",
            "totals",
            "forecast",
            "anomalies",
            *EVIDENCE_FIELDS,
        )

    def to_representation(self, figure: Figure) -> dict[str, Any]:
        if "forecast" in self.fields and not hasattr(figure, "outcome"):
            with_outcomes([figure])
        return super().to_representation(figure)

    @extend_schema_field(OpenApiTypes.BOOL)
    def get_is_live(self, figure: Figure) -> bool:
        return not any(successor.is_public for successor in figure.superseded_by.all())


class FigureDetailSerializer(FigureSerializer):
    """Chiffre, avec sa note."""

    class Meta(FigureSerializer.Meta):
        fields = (*FigureSerializer.Meta.fields, "note", "note_html")


class FigureViewSet(PublishedViewSet):
    model = Figure
    filterset_class = FigureFilterSet
    serializer_class = FigureSerializer
    detail_serializer_class = FigureDetailSerializer
    ordering = ("indicator_id", "-period_sort", "id")
    orders = {"period": "period_sort", "vintage": "vintage_sort"}
    columns = exports.FIGURE
    write_example = {
        "indicator": "depenses-mondiales-cloud",
        "value": "723.4",
        "qualifier": "eq",
        "nature": "forecast",
        "period": "2025",
        "vintage": "novembre 2024",
    }

    def load_list(self, records: FigureQuerySet) -> FigureQuerySet:
        return records.with_links()

    def load_detail(self, records: FigureQuerySet) -> FigureQuerySet:
        return records.with_links()


class IndicatorSerializer(TopicalSerializer, PublishedSerializer):
    """Indicateur."""

    perimeter = PerimeterSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Indicator
        fields = (
            *COMMON_FIELDS,
            "name",
            "summary",
            "kind",
            "unit",
            "scale",
            "geography",
            "perimeter",
            "periodicity",
            "position",
            "topics",
        )


class FileAddressField(PageAddressField):
    """The address of a file of the indicator, in place of its page."""

    def __init__(self, extension: str, **kwargs: Any) -> None:
        self.extension = extension
        super().__init__(**kwargs)

    def to_representation(self, indicator: Indicator) -> str:
        return self.absolute(reverse(f"market:indicator_{self.extension}", args=[indicator.slug]))


class DownloadsSerializer(serializers.Serializer):
    """Les chiffres d’un indicateur, à emporter."""

    csv = FileAddressField("csv", help_text="Tous les millésimes.")
    metadata = FileAddressField(
        "csv-metadata.json", help_text="Ce que sont ces chiffres, selon CSVW (W3C)."
    )
    readme = FileAddressField("txt", help_text="Comment les lire et les citer, en français.")
    archive = FileAddressField("zip", help_text="Les trois, en une archive ZIP.")


class IndicatorDetailSerializer(CitedSerializer, IndicatorSerializer):
    """Indicateur, avec ses chiffres."""

    downloads = DownloadsSerializer(
        source="*", read_only=True, help_text="Les fichiers de ses chiffres."
    )
    figures = FigureSerializer(source="loaded_figures", many=True, read_only=True)

    class Meta(IndicatorSerializer.Meta):
        fields = (
            *IndicatorSerializer.Meta.fields,
            *BODY_FIELDS,
            "figures",
            "downloads",
            "citations",
        )


class TrailSerializer(serializers.Serializer):
    """Tous les millésimes d’un indicateur, en une page."""

    next = serializers.URLField(allow_null=True, help_text="Toujours null.")
    previous = serializers.URLField(allow_null=True, help_text="Toujours null.")
    results = FigureSerializer(many=True)


class IndicatorViewSet(PublishedViewSet):
    model = Indicator
    filterset_class = IndicatorFilterSet
    serializer_class = IndicatorSerializer
    detail_serializer_class = IndicatorDetailSerializer
    ordering = ("position", "name", "id")
    orders = {"name": "name"}
    columns = exports.INDICATOR
    write_example = {
        "name": "Dépenses européennes dans le cloud public",
        "kind": "amount",
        "unit": "EUR",
        "scale": 9,
        "geography": "Europe",
        "periodicity": "annual",
    }

    def get_queryset(self) -> IndicatorQuerySet:
        # Of the indicator itself, a trail tells nothing.
        return Indicator.objects.all() if self.action == "trail" else super().get_queryset()

    def load_detail(self, records: IndicatorQuerySet) -> IndicatorQuerySet:
        figures = Figure.objects.published().with_links().in_order()
        loaded = Prefetch("figures", figures, to_attr="loaded_figures")
        return super().load_detail(records).prefetch_related(loaded)

    @extend_schema(
        summary="Suivre les millésimes d’un indicateur",
        description="Tous les chiffres publiés de l’indicateur, du plus ancien millésime au plus "
        "récent pour chaque période, segment et entreprise. Avec un jeton, un indicateur qui n’est "
        "pas public répond aussi, sans chiffre : aucun n’est public avant lui.",
        responses=answers(
            TrailSerializer, "Les millésimes.", refused=(400, 401, 404, 406, 410, 429)
        ),
    )
    @action(detail=True, url_path="trail")
    def trail(self, request: Request, slug: str) -> Response:
        """Its public figures alone, as in its detail, whoever asks: of a draft there are none."""
        editor = reads_drafts(request, Indicator)
        indicator = self.find_for_editor(slug) if editor else self.get_object()
        figures = indicator.figures.published().with_links().trail()
        trail = {"next": None, "previous": None, "results": figures}
        return Response(TrailSerializer(trail, context=self.get_serializer_context()).data)


class GrowthDriverSerializer(TopicalSerializer, PublishedSerializer):
    """Facteur de croissance."""

    class Meta:
        model = GrowthDriver
        fields = (*COMMON_FIELDS, "title", "summary", "position", "topics")


class GrowthDriverDetailSerializer(CitedSerializer, GrowthDriverSerializer):
    """Facteur de croissance, avec son texte."""

    class Meta(GrowthDriverSerializer.Meta):
        fields = (*GrowthDriverSerializer.Meta.fields, *BODY_FIELDS, "citations")


class GrowthDriverViewSet(PublishedViewSet):
    model = GrowthDriver
    filterset_class = GrowthDriverFilterSet
    serializer_class = GrowthDriverSerializer
    detail_serializer_class = GrowthDriverDetailSerializer
    ordering = ("position", "title", "id")
    orders = {"title": "title"}
    columns = exports.GROWTH_DRIVER
    write_example = {"title": "Les agents d’IA", "summary": "Ils calculent sans relâche."}
