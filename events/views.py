"""Public pages of the events and their series."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotFound
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from events import ical
from events.filters import EventFilterSet, EventSeriesFilterSet
from events.models import Event, EventSeries
from publishing.addresses import absolute_url, with_query
from publishing.views import PublishedDetailView, PublishedListView

PLAIN_TEXT = "text/plain; charset=utf-8"
# The parameter by which a calendar takes in approximate dates too, as their bounds.
APPROXIMATE = "approximatifs"


class EventListView(PublishedListView):
    model = Event
    template_name = "events/event_list.html"
    filterset_class = EventFilterSet
    ordering_method = "chronological"
    list_class = "rows"
    title = "Événements"
    has_feeds = True
    intro = (
        "Salons, conférences, forums et webinaires. Une date approximative reste telle "
        "qu’annoncée : aucun jour n’est inventé."
    )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        query = self.filterset.query
        return context | {
            "agenda_path": agenda_path(query),
            "agenda_url": agenda_url(query),
            "wider_agenda_url": agenda_url(query, approximate=True),
        }


class EventDetailView(PublishedDetailView):
    model = Event

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "calendar_url": calendar_url(self.object),
            "agenda_url": agenda_url(),
        }


class EventCalendarView(PublishedDetailView):
    """One event, to be added once: it does not follow changes, unlike the agenda."""

    model = Event
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if unknown := set(request.GET) - {APPROXIMATE}:
            return _refused(f"Paramètre inconnu : {_quoted(unknown)}.\n")
        if not _is_understood(request):
            return _refused(WRONG_APPROXIMATE)
        return super().get(request, *args, **kwargs)

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        event = self.object
        with_approximate = _wants_approximate(self.request)
        if not event.has_bounds or not (event.date.is_exact or with_approximate):
            return HttpResponseNotFound(_why_no_calendar(event), content_type=PLAIN_TEXT)
        address = absolute_url(calendar_url(event))
        response = _calendar_response([event], name=event.title, address=address)
        response.headers["Content-Disposition"] = f'attachment; filename="{event.slug}.ics"'
        return response

    def address_of(self, record: Event) -> str:
        path = reverse("events:event_calendar", args=[record.slug])
        return with_query(path, self.request.GET.urlencode())


@require_safe
def agenda(request: HttpRequest) -> HttpResponse:
    """Every dated event of the list, through the same filters; to subscribe to."""
    events = Event.objects.published().chronological()
    filterset = EventFilterSet(request.GET, events, allowed_parameters=(APPROXIMATE,))
    if not filterset.is_valid():
        return _refused(filterset.refusal)
    if not _is_understood(request):
        return _refused(WRONG_APPROXIMATE)
    approximate = _wants_approximate(request)
    dated = filterset.qs.with_bounds() if approximate else filterset.qs.with_days()
    criteria = ", ".join(label for _, label in filterset.active)
    return _calendar_response(
        dated,
        name=f"Veille – Événements ({criteria})" if criteria else "Veille – Événements",
        address=agenda_url(filterset.query, approximate=approximate),
    )


def agenda_path(query: str = "", *, approximate: bool = False) -> str:
    wider = f"{APPROXIMATE}=1" if approximate else ""
    parameters = "&".join(part for part in (query, wider) if part)
    return with_query(reverse("events:agenda"), parameters)


def agenda_url(query: str = "", *, approximate: bool = False) -> str:
    """Absolute, because it is copied into another program."""
    return absolute_url(agenda_path(query, approximate=approximate))


def calendar_url(event: Event) -> str:
    """Path of the calendar file of one event; empty when its date has not both bounds."""
    if not event.has_bounds:
        return ""
    path = reverse("events:event_calendar", args=[event.slug])
    return path if event.date.is_exact else with_query(path, f"{APPROXIMATE}=1")


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


WRONG_APPROXIMATE = f"{APPROXIMATE} : « 1 » ou « 0 » est attendu, une seule fois.\n"


def _is_understood(request: HttpRequest) -> bool:
    return request.GET.getlist(APPROXIMATE) in ([], ["0"], ["1"])


def _wants_approximate(request: HttpRequest) -> bool:
    return request.GET.get(APPROXIMATE) == "1"


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"« {name} »" for name in sorted(names))


def _refused(text: str) -> HttpResponse:
    return HttpResponseBadRequest(text, content_type=PLAIN_TEXT)


def _why_no_calendar(event: Event) -> str:
    if not event.has_bounds:
        return f"Les dates de cet événement ne sont pas connues : {event.date.display}.\n"
    return (
        f"Cet événement n’a pas de jour précis : {event.date.display}. "
        f"Avec « ?{APPROXIMATE}=1 », l’agenda montre la période entière.\n"
    )


def _calendar_response(events: Iterable[Event], *, name: str, address: str) -> HttpResponse:
    events = list(events)
    content = ical.to_ical(events, name=name, address=address)
    response = HttpResponse(content, content_type=ical.MEDIA_TYPE)
    if events:
        latest = max(event.updated_at for event in events)
        response.headers["Last-Modified"] = http_date(latest.timestamp())
    return response
