"""Analyses, their parts and notes, and recommendations in the admin."""

from __future__ import annotations

from django.contrib import admin

from analyses.models import Analysis, AnalysisSection, Recommendation
from publishing.admin import FOLLOW_UP_COLUMNS, PublishableAdmin, YearFilter
from publishing.fields import MarkdownField
from publishing.forms import ShortMarkdownTextarea
from sources.admin import CitationInline, SingleSourceFilter


class AnalysisSectionInline(admin.StackedInline):
    model = AnalysisSection
    fields = [("position", "level"), "title", "body"]
    formfield_overrides = {MarkdownField: {"widget": ShortMarkdownTextarea}}
    extra = 0


@admin.register(Analysis)
class AnalysisAdmin(PublishableAdmin):
    content_fields = ["title", "date", "summary", "body", "topics"]
    list_display = ["title", "state", "date", *FOLLOW_UP_COLUMNS]
    list_filter = [
        *PublishableAdmin.list_filter,
        SingleSourceFilter,
        YearFilter,
        ("topics", admin.RelatedOnlyFieldListFilter),
    ]
    search_fields = ["title", "summary", "slug"]
    autocomplete_fields = ["topics"]
    inlines = [AnalysisSectionInline, CitationInline]


@admin.register(Recommendation)
class RecommendationAdmin(PublishableAdmin):
    content_fields = ["title", "analysis", "position", "summary", "body", "topics"]
    list_display = ["title", "state", "analysis", "position", *FOLLOW_UP_COLUMNS]
    list_select_related = ["analysis"]
    search_fields = ["title", "summary", "slug"]
    autocomplete_fields = ["analysis", "topics"]
