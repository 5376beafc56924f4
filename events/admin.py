"""Events and their series in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from events.models import Event, EventSeries
from publishing.admin import FOLLOW_UP_COLUMNS, PublishableAdmin, YearFilter, state_badge
from sources.admin import CitationInline, SingleSourceFilter


@admin.register(EventSeries)
class EventSeriesAdmin(PublishableAdmin):
    content_fields = ["name", "website", "summary", "body"]
    list_display = ["name", "state", "website", *FOLLOW_UP_COLUMNS]
    search_fields = ["name", "summary", "slug"]
    readonly_fields = [*PublishableAdmin.readonly_fields, "editions"]

    def get_fieldsets(
        self, request: HttpRequest, obj: EventSeries | None = None
    ) -> list[tuple[str | None, dict[str, Any]]]:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None:
            fieldsets.insert(1, ("Éditions", {"fields": ["editions"]}))
        return fieldsets

    @admin.display(description="événements de la série")
    def editions(self, series: EventSeries) -> str:
        rows = format_html_join(
            "",
            '<li><a href="{}">{}</a>, {} {}</li>',
            (
                (
                    reverse("admin:events_event_change", args=[event.pk]),
                    event.title,
                    event.date.display,
                    state_badge(event),
                )
                for event in series.events.chronological()
            ),
        )
        return format_html('<ul class="uses">{}</ul>', rows) if rows else "aucun"


@admin.register(Event)
class EventAdmin(PublishableAdmin):
    content_fields = [
        "title",
        ("series", "edition"),
        "kind",
        "date",
        "event_status",
        "attendance_mode",
        "venue",
        "city",
        "country",
        "organiser",
        "significance",
        "summary",
        "body",
        "url",
        "cfp_url",
        "cfp_deadline",
        "topics",
    ]
    list_display = [
        "title",
        "state",
        "date",
        "place",
        "event_status",
        "significance",
        *FOLLOW_UP_COLUMNS,
    ]
    list_filter = [
        *PublishableAdmin.list_filter,
        SingleSourceFilter,
        YearFilter,
        "kind",
        "event_status",
        "significance",
        "attendance_mode",
    ]
    search_fields = ["title", "city", "venue", "slug", "series__name", "organiser__name"]
    autocomplete_fields = ["series", "organiser", "topics"]
    inlines = [CitationInline]

    @admin.display(description="lieu", ordering="city")
    def place(self, event: Event) -> str:
        return event.place
