"""The feed of the events: what has been announced lately, whenever it takes place."""

from __future__ import annotations

from events.filters import EventFilterSet
from events.models import Event
from publishing.feeds import PublishedFeed


class EventFeed(PublishedFeed):
    model = Event
    filterset_class = EventFilterSet
    feed_title = "Événements"
