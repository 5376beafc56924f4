"""Public pages of the events and their series."""

from __future__ import annotations

from events.filters import EventFilterSet, EventSeriesFilterSet
from events.models import Event, EventSeries
from publishing.views import PublishedDetailView, PublishedListView


class EventListView(PublishedListView):
    model = Event
    filterset_class = EventFilterSet
    ordering_method = "chronological"
    list_class = "rows"
    title = "Événements"
    has_feeds = True
    intro = (
        "Salons, conférences, forums et webinaires. Une date approximative reste telle "
        "qu’annoncée : aucun jour n’est inventé."
    )


class EventDetailView(PublishedDetailView):
    model = Event


class EventSeriesListView(PublishedListView):
    model = EventSeries
    filterset_class = EventSeriesFilterSet
    ordering_method = "in_order"
    parent_models = (Event,)
    title = "Séries d’événements"
    intro = "Les rendez-vous qui reviennent, et leurs éditions."


class EventSeriesDetailView(PublishedDetailView):
    model = EventSeries
    parent_models = (Event, EventSeries)
