"""Topics and trends in the admin."""

from __future__ import annotations

from django.contrib import admin

from publishing.admin import FOLLOW_UP_COLUMNS, PublishableAdmin, SearchedRelations
from publishing.fields import MarkdownField
from publishing.forms import ShortMarkdownTextarea
from sources.admin import CitationInline, SingleSourceFilter
from topics.models import Topic, TopicReading, TopicSection, Trend


class TopicSectionInline(admin.StackedInline):
    model = TopicSection
    fields = ["position", "title", "body"]
    formfield_overrides = {MarkdownField: {"widget": ShortMarkdownTextarea}}
    extra = 0


class TopicReadingInline(SearchedRelations, admin.TabularInline):
    model = TopicReading
    fields = ["position", "source", "note"]
    autocomplete_fields = ["source"]
    extra = 0


@admin.register(Topic)
class TopicAdmin(PublishableAdmin):
    content_fields = ["title", "position", "summary", "body"]
    list_display = ["title", "state", "position", *FOLLOW_UP_COLUMNS]
    search_fields = ["title", "summary", "slug"]
    inlines = [TopicSectionInline, TopicReadingInline, CitationInline]


@admin.register(Trend)
class TrendAdmin(PublishableAdmin):
    content_fields = ["title", "year", "level", "position", "summary", "body", "topics"]
    list_display = ["title", "state", "year", "level", "position", *FOLLOW_UP_COLUMNS]
    list_filter = [
        *PublishableAdmin.list_filter,
        SingleSourceFilter,
        "year",
        "level",
        ("topics", admin.RelatedOnlyFieldListFilter),
    ]
    search_fields = ["title", "summary", "slug"]
    autocomplete_fields = ["topics"]
    inlines = [CitationInline]
