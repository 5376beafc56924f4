"""News items in the admin."""

from __future__ import annotations

from django.contrib import admin

from news.models import NewsItem
from publishing.admin import FOLLOW_UP_COLUMNS, PublishableAdmin, YearFilter
from sources.admin import CitationInline, SingleSourceFilter


@admin.register(NewsItem)
class NewsItemAdmin(PublishableAdmin):
    content_fields = ["title", "date", "summary", "body", "companies", "events", "topics"]
    extra_fieldsets = [("Source", {"fields": ["source", "locator", "quote", "credibility"]})]
    list_display = ["title", "state", "date", "source", *FOLLOW_UP_COLUMNS]
    list_filter = [
        *PublishableAdmin.list_filter,
        SingleSourceFilter,
        YearFilter,
        ("topics", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["source"]
    search_fields = ["title", "summary", "slug", "source__title", "source__publisher"]
    autocomplete_fields = ["companies", "events", "topics", "source"]
    inlines = [CitationInline]
