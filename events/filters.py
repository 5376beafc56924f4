"""Filters of the events and their series."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django.db.models import QuerySet

from companies.models import Company
from events.models import Event, EventSeries
from publishing.filters import (
    ChoiceFilter,
    CountryFilter,
    PublishedFilterSet,
    SlugFilter,
    YesNoFilter,
    after_filter,
    before_filter,
)
from topics.models import Topic

PERIODS = (("upcoming", "à venir"), ("current", "en cours"), ("past", "passés"))


class EventFilterSet(PublishedFilterSet):
    search_fields = ("title", "summary", "city", "venue")

    period = ChoiceFilter(
        method="in_period",
        choices=PERIODS,
        label="Période",
        help_text="Une date approximative compte par ses bornes.",
    )
    after = after_filter()
    before = before_filter()
    country = CountryFilter()
    kind = ChoiceFilter(choices=Event.Kind.choices, label="Nature")
    event_status = ChoiceFilter(choices=Event.EventStatus.choices, label="État")
    attendance_mode = ChoiceFilter(choices=Event.AttendanceMode.choices, label="Participation")
    significance = ChoiceFilter(choices=Event.Significance.choices, label="Importance")
    topic = SlugFilter(Topic, field_name="topics")
    series = SlugFilter(EventSeries, field_name="series")
    organiser = SlugFilter(Company, field_name="organiser", label="Organisateur")
    open_call = YesNoFilter(
        method="with_open_call",
        label="Appel à communications ouvert",
        help_text="L’appel à communications reçoit encore des propositions.",
    )

    def query_with(self, **changes: str) -> str:
        """`query` with these values in place of its own; an empty one takes the filter away."""
        kept = [(name, value) for name, value in parse_qsl(self.query) if name not in changes]
        return urlencode([*kept, *((name, value) for name, value in changes.items() if value)])

    def in_period(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return getattr(queryset, value)()

    def with_open_call(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        if value:
            return queryset.with_open_call()
        return queryset.exclude(pk__in=Event.objects.with_open_call().values("pk"))


class EventSeriesFilterSet(PublishedFilterSet):
    search_fields = ("name", "summary")
