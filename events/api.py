"""Events and their series in the API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from events import exports, ical
from events.filters import EventFilterSet, EventSeriesFilterSet
from events.models import Event, EventQuerySet, EventSeries
from publishing.addresses import absolute_url
from publishing.api.bulk import BulkView, Refused
from publishing.api.serializers import (
    BODY_FIELDS,
    COMMON_FIELDS,
    AccusedSerializer,
    ApproximateDateSerializer,
    CountryCodeField,
    IllustratedSerializer,
    NamedLinkSerializer,
    PublishedSerializer,
)
from publishing.api.viewsets import AccusedViewSet, PublishedViewSet
from publishing.exports import in_packets
from sources.api import CitedSerializer
from topics.api import TopicalSerializer

# The parameter by which a calendar takes in approximate dates too, as their bounds.
APPROXIMATE = "approximate"


class EventSerializer(
    AccusedSerializer, TopicalSerializer, IllustratedSerializer, PublishedSerializer
):
    """Événement."""

    series = NamedLinkSerializer(read_only=True, allow_null=True)
    date = ApproximateDateSerializer(read_only=True)
    timing = serializers.CharField(
        read_only=True, help_text="« à venir », « en cours », « passé » ; vide : date inconnue."
    )
    place = serializers.CharField(read_only=True, help_text="Le lieu en une ligne, jamais vide.")
    country = CountryCodeField()
    organiser = NamedLinkSerializer(read_only=True, allow_null=True)
    website = serializers.CharField(source="url", read_only=True)

    class Meta:
        model = Event
        fields = (
            *COMMON_FIELDS,
            "title",
            "summary",
            "image",
            "series",
            "edition",
            "kind",
            "event_status",
            "date",
            "timing",
            "place",
            "venue",
            "city",
            "country",
            "attendance_mode",
            "organiser",
            "website",
            "cfp_url",
            "cfp_deadline",
            "significance",
            "topics",
            "anomalies",
        )


class EventDetailSerializer(CitedSerializer, EventSerializer):
    """Événement, avec son texte."""

    class Meta(EventSerializer.Meta):
        fields = (*EventSerializer.Meta.fields, *BODY_FIELDS, "citations")


class EventViewSet(AccusedViewSet):
    model = Event
    filterset_class = EventFilterSet
    serializer_class = EventSerializer
    detail_serializer_class = EventDetailSerializer
    ordering = ("date_sort", "id")
    orders = {"title": "title", "date": "date_sort"}
    columns = exports.EVENT
    write_names = {"url": "website"}
    write_example = {
        "title": "Cloud Expo Europe 2027",
        "kind": "trade_show",
        "event_status": "confirmed",
        "date": "18-19 novembre 2027",
        "city": "Paris",
        "country": "FR",
        "website": "https://www.cloudexpoeurope.fr/",
        "summary": "Le salon français du cloud et des centres de données.",
    }


class CalendarView(BulkView):
    """The events as a calendar: those whose days are known, and the others with `?approximate=1`.

    The same as the agenda of the pages.
    """

    extension = "ics"
    format_name = "iCalendar"
    media_type = ical.MEDIA_TYPE
    description = (
        "RFC 5545 : les événements dont les jours sont connus, chacun sur des journées entières ; "
        "son UID reste le même, quoi qu’il change."
    )
    parameters = (
        OpenApiParameter(
            APPROXIMATE,
            {"type": "string", "enum": ["0", "1"], "default": "0"},
            description="« 1 » : aussi les événements dont la date est approximative, sur toute la "
            "période où ils peuvent se tenir, comme provisoires.",
        ),
    )

    def read_parameters(self, request: Request) -> list[Refused]:
        refusals = super().read_parameters(request)
        given = request.query_params.getlist(APPROXIMATE)
        self.approximate = given == ["1"]
        if given not in ([], ["0"], ["1"]):
            words = "« 1 » ou « 0 » est attendu, une seule fois."
            refusals.append((APPROXIMATE, "invalid_choice", words))
        return refusals

    def narrowed(self, records: EventQuerySet) -> EventQuerySet:
        dated = records.with_bounds() if self.approximate else records.with_days()
        return super().narrowed(dated)

    def rows(self, records: Iterator[Event]) -> Iterable[bytes]:
        address = absolute_url(self.request.get_full_path())
        return in_packets(ical.in_turn(records, name="Veille – Événements", address=address))


class EventSeriesSerializer(IllustratedSerializer, PublishedSerializer):
    """Série d’événements."""

    class Meta:
        model = EventSeries
        fields = (*COMMON_FIELDS, "name", "summary", "image", "website")


class EventSeriesDetailSerializer(EventSeriesSerializer):
    """Série d’événements, avec son texte."""

    class Meta(EventSeriesSerializer.Meta):
        fields = (*EventSeriesSerializer.Meta.fields, *BODY_FIELDS)


class EventSeriesViewSet(PublishedViewSet):
    model = EventSeries
    filterset_class = EventSeriesFilterSet
    serializer_class = EventSeriesSerializer
    detail_serializer_class = EventSeriesDetailSerializer
    ordering = ("name", "id")
    orders = {"name": "name"}
    columns = exports.EVENT_SERIES
    write_example = {
        "name": "Cloud Expo Europe",
        "website": "https://www.cloudexpoeurope.fr/",
        "summary": "Un salon par an, à Paris, Londres et Francfort.",
    }
