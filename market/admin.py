"""Perimeters, segments, indicators, figures and growth drivers in the admin."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from market.models import (
    Figure,
    FigureComponent,
    GrowthDriver,
    Indicator,
    Perimeter,
    Segment,
    stated_decimals,
)
from publishing.admin import (
    FOLLOW_UP_COLUMNS,
    AnomalyFilter,
    PublishableAdmin,
    SearchedRelations,
    YearFilter,
)
from publishing.fields import MarkdownField
from publishing.forms import PublishableForm, ShortMarkdownTextarea, StatedDecimalField
from sources.admin import CitationInline, SingleSourceFilter


@admin.register(Perimeter)
class PerimeterAdmin(admin.ModelAdmin):
    list_display = ["name", "description"]
    search_fields = ["name", "description"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Segment)
class SegmentAdmin(admin.ModelAdmin):
    list_display = ["name", "full_name", "position"]
    search_fields = ["name", "full_name"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Indicator)
class IndicatorAdmin(PublishableAdmin):
    content_fields = [
        "name",
        "kind",
        ("unit", "scale"),
        "perimeter",
        "geography",
        "periodicity",
        "base",
        "breakdown",
        "position",
        "summary",
        "body",
        "topics",
    ]
    list_display = [
        "name",
        "state",
        "kind",
        "unit_label",
        "perimeter",
        "geography",
        "periodicity",
        *FOLLOW_UP_COLUMNS,
    ]
    list_filter = [*PublishableAdmin.list_filter, "kind", "unit", "perimeter", "periodicity"]
    list_select_related = ["perimeter"]
    search_fields = ["name", "summary", "geography", "slug"]
    autocomplete_fields = ["perimeter", "base", "topics"]
    inlines = [CitationInline]

    @admin.display(description="unité", ordering="unit")
    def unit_label(self, indicator: Indicator) -> str:
        return indicator.unit_label


class FigureForm(PublishableForm):
    """The value is typed, and shown again, with the decimals that its publisher gave."""

    value = StatedDecimalField(label="Valeur")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["value"] = self.instance.stated_value

    def _post_clean(self) -> None:
        value = self.cleaned_data.get("value")
        if value is not None:
            self.instance.decimals = stated_decimals(value)
        super()._post_clean()


class PeriodFilter(YearFilter):
    title = "période"
    date_name = "period"


class FigureComponentInline(SearchedRelations, admin.TabularInline):
    model = FigureComponent
    fk_name = "total"
    fields = ["part"]
    autocomplete_fields = ["part"]
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        names = ("part__indicator", "part__segment", "part__company")
        return super().get_queryset(request).select_related(*names)

    def get_field_queryset(self, *args: Any) -> QuerySet:
        return Figure.objects.for_links()


@admin.register(Figure)
class FigureAdmin(PublishableAdmin):
    form = FigureForm
    content_fields = [
        "indicator",
        ("qualifier", "value"),
        "nature",
        "period",
        "vintage",
        "segment",
        "company",
        "attributed_to",
        "supersedes",
        "erratum",
        "note",
    ]
    extra_fieldsets = [("Source", {"fields": ["source", "locator", "quote", "credibility"]})]
    list_display = [
        "label",
        "value_as_stated",
        "open_anomalies",
        "state",
        "nature",
        "period",
        "vintage",
        "source",
        *FOLLOW_UP_COLUMNS,
    ]
    compared_columns = [
        "value_as_stated",
        "nature",
        "period",
        "segment",
        "company",
        "perimeter",
        "geography",
        "vintage",
        "attributed_to",
        "source",
        "state",
    ]
    list_filter = [
        *PublishableAdmin.list_filter,
        SingleSourceFilter,
        AnomalyFilter,
        PeriodFilter,
        "nature",
        "indicator__kind",
        ("segment", admin.RelatedOnlyFieldListFilter),
    ]
    search_fields = [
        "indicator__name",
        "segment__name",
        "company__name",
        "period_label",
        "slug",
    ]
    autocomplete_fields = [
        "indicator",
        "segment",
        "company",
        "attributed_to",
        "supersedes",
        "source",
    ]
    formfield_overrides = PublishableAdmin.formfield_overrides | {
        MarkdownField: {"widget": ShortMarkdownTextarea}
    }
    inlines = [FigureComponentInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        # The name of a figure is made of other records', wherever a figure is named.
        return (
            super().get_queryset(request).for_links().select_related("source").with_open_anomalies()
        )

    def correction_url(self, figure: Figure) -> str:
        """The form of a figure that corrects this one; value, source and erratum are to type."""
        known = {
            "supersedes": figure.pk,
            "indicator": figure.indicator_id,
            "segment": figure.segment_id,
            "company": figure.company_id,
            "attributed_to": figure.attributed_to_id,
            "qualifier": figure.qualifier,
            "nature": figure.nature,
            "period": figure.period.display if figure.period.is_known else figure.period.label,
        }
        query = urlencode({name: value for name, value in known.items() if value})
        return f"{reverse('admin:market_figure_add')}?{query}"

    @admin.display(description="périmètre")
    def perimeter(self, figure: Figure) -> str:
        return str(figure.indicator.perimeter or "non précisé")

    @admin.display(description="géographie")
    def geography(self, figure: Figure) -> str:
        return figure.indicator.geography

    @admin.display(description="chiffre", ordering="indicator__name")
    def label(self, figure: Figure) -> str:
        return figure.label

    @admin.display(description="valeur", ordering="value")
    def value_as_stated(self, figure: Figure) -> str:
        return figure.display


@admin.register(GrowthDriver)
class GrowthDriverAdmin(PublishableAdmin):
    content_fields = ["title", "position", "summary", "body", "topics"]
    list_display = ["title", "state", "position", *FOLLOW_UP_COLUMNS]
    search_fields = ["title", "summary", "slug"]
    autocomplete_fields = ["topics"]
    inlines = [CitationInline]
