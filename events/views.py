"""Public pages of the events and their series."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotFound
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import http_date
from django.views import View
from django.views.decorators.http import require_safe

from events import agenda, exports, ical, schema_org
from events.agenda import Month, MonthSheet
from events.filters import EventFilterSet, EventSeriesFilterSet
from events.models import Event, EventQuerySet, EventSeries, is_over
from publishing import clock
from publishing.addresses import absolute_url, feed_links, with_query
from publishing.dates import WEEKDAYS
from publishing.kept import is_long, kept
from publishing.typography import number
from publishing.views import Placed, PublishedDetailView, PublishedListView

PLAIN_TEXT = "text/plain; charset=utf-8"
FEED = "events:event"
MONTH_ADDRESS = re.compile(r"([0-9]{4})/(0?[1-9]|1[0-2])")
# The parameter by which a calendar takes in approximate dates too, as their bounds.
APPROXIMATE = "approximatifs"


class Tab(NamedTuple):
    label: str
    url: str
    number: int
    is_current: bool

    @property
    def shown_number(self) -> str:
        return number(self.number)


class Link(NamedTuple):
    label: str
    url: str


class EventListView(PublishedListView):
    """What comes, the soonest first, then what is over: all of it, as in the agenda and the API.

    A list in the order of its dates is headed by them.
    """

    model = Event
    template_name = "events/event_list.html"
    filterset_class = EventFilterSet
    columns = exports.EVENT
    ordering_method = "in_agenda_order"
    list_class = "rows"
    title = "Événements"
    has_feeds = True
    intro = (
        "Salons, conférences, forums et webinaires. Une date approximative reste telle "
        "qu’annoncée : aucun jour n’est inventé."
    )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        filterset = self.filterset
        page = context["page_obj"]
        return (
            context
            | agenda_links(filterset.query)
            | {
                "calendar_path": with_query(reverse("events:calendar"), filterset.query),
                "parts": agenda.parts(page, page.paginator.object_list.query.order_by),
                "tabs": self._tabs() if filterset.is_valid() else [],
            }
        )

    def _tabs(self) -> list[Tab]:
        """What comes, what is over, all, with the other filters in force. One query."""
        chosen = self.filterset.form.cleaned_data["period"]
        found = kept(
            self.filterset, "periods", self._periods, worth_it=lambda found: is_long(found["total"])
        )
        numbers = {"upcoming": found["total"] - found["over"], "past": found["over"]}
        return [
            Tab(
                label,
                with_query(self.request.path, self.filterset.query_with(period=period)),
                numbers.get(period, found["total"]),
                chosen == period,
            )
            for label, period in (("À venir", "upcoming"), ("Passés", "past"), ("Tous", ""))
        ]

    def _periods(self) -> dict[str, int]:
        events = self.filterset.narrowed(without="period").order_by()
        over = Count("pk", filter=is_over(clock.today()))
        return events.aggregate(total=Count("pk"), over=over)


class CallListView(PublishedListView):
    """The events whose call for papers is open, the first to close first."""

    model = Event
    template_name = "events/call_list.html"
    filterset_class = EventFilterSet
    columns = exports.EVENT
    export_name = "events:call"
    natural_order = "Par date de clôture"
    ordering_method = "with_open_call"
    parent_models = (Event,)
    list_class = "rows"
    counted = "appel ouvert,appels ouverts"
    title = "Appels à communications ouverts"
    intro = "Les événements qui reçoivent encore des propositions, par date de clôture."
    empty_words = "Aucun appel à communications n’est ouvert."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        query = self.filterset.query_with(open_call="true")
        return context | agenda_links(query) | {"feeds": feed_links(FEED, self.title, query)}


class MonthView(Placed, View):
    """One month as a calendar, through the filters of the list.

    Without a month in its address: the present one, or the nearest that holds something.
    """

    parent_models = (Event,)
    template_name = "events/month.html"

    def get(self, request: HttpRequest, year: str = "", month: str = "") -> HttpResponse:
        self.today = clock.today()
        self.earliest, self.latest = agenda.reach(self.today)
        asked = self._read(year, month) if year else Month.of(self.today)
        if asked is None:
            return self._no_such_month(f"{month}/{year}" if month else year)
        # What lies out of reach is no neighbour of any month.
        events = Event.objects.published().within(self.earliest.first, self.latest.last)
        if year and not month:
            return self._first_of_year(asked, events)
        if month and asked.path != request.path:
            return redirect(with_query(asked.path, request.GET.urlencode()), permanent=True)
        self.filterset = EventFilterSet(request.GET, events, allowed_parameters=())
        self.filterset.form.offer_on_page()
        return self._page(asked, may_move=not year)

    def _read(self, year: str, month: str) -> Month | None:
        """None for what is no month, or one out of reach."""
        match = MONTH_ADDRESS.fullmatch(f"{year}/{month or 1}")
        if match is None:
            return None
        asked = Month(int(match[1]), int(match[2]))
        return asked if self.earliest <= asked <= self.latest else None

    def _first_of_year(self, january: Month, events: EventQuerySet) -> HttpResponse:
        """To the first month of the year that holds something."""
        first = agenda.around(events, january.shifted(-1)).following
        month = first if first and first.year == january.year else january
        return redirect(with_query(month.path, self.request.GET.urlencode()))

    def _page(self, asked: Month, *, may_move: bool) -> HttpResponse:
        valid = self.filterset.is_valid()
        events = self.filterset.qs if valid else Event.objects.none()
        sheet = self._sheet(asked, events)
        around = agenda.around(events, asked)
        moved = may_move and not sheet.total and around.nearest(asked)
        if moved:
            sheet, around = self._sheet(moved, events), agenda.around(events, moved)
        query = self.filterset.query
        month = sheet.month
        context = agenda_links(query) | {
            "view": self,
            "filterset": self.filterset,
            "sheet": sheet,
            "moved_from": asked if moved else None,
            "previous": self._link(month.shifted(-1), query),
            "following": self._link(month.shifted(1), query),
            "previous_held": self._held(around.previous, month.shifted(-1), query),
            "following_held": self._held(around.following, month.shifted(1), query),
            "weekdays": [(name[:3], name) for name in WEEKDAYS],
            "list_base": Event.list_url(),
            "list_path": with_query(Event.list_url(), query),
            "touching_path": self._touching(month.first, month.last),
            "day_query": self.filterset.query_with(after="", before=""),
        }
        return render(self.request, self.template_name, context, status=200 if valid else 400)

    def _sheet(self, month: Month, events: EventQuerySet) -> MonthSheet:
        shown = events.for_calendar().within(month.first, month.last)
        return agenda.sheet(month, shown.order_by("date_sort", "title", "pk"), self.today)

    def _link(self, month: Month, query: str) -> Link | None:
        if not self.earliest <= month <= self.latest:
            return None
        return Link(str(month), with_query(month.path, query))

    def _held(self, month: Month | None, beside: Month, query: str) -> Link | None:
        """The way to the nearest month that holds something, unless it is the one beside."""
        return self._link(month, query) if month and month != beside else None

    def _touching(self, first: date, last: date) -> str:
        query = self.filterset.query_with(after=first.isoformat(), before=last.isoformat())
        return with_query(Event.list_url(), query)

    def _no_such_month(self, asked: str) -> HttpResponse:
        context = {"view": self, "asked": asked, "earliest": self.earliest, "latest": self.latest}
        response = render(self.request, "events/month_missing.html", context, status=404)
        response.is_own_page = True
        return response


class EventDetailView(PublishedDetailView):
    model = Event
    described_by = schema_org.event

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event = self.object
        followed = series_of(event)
        previous, following = event.editions_around()
        return (
            super().get_context_data(**kwargs)
            | agenda_links(f"series={followed.slug}" if followed else "")
            | {
                "calendar_url": calendar_url(event),
                "followed_series": followed,
                "previous_edition": previous,
                "following_edition": following,
            }
        )


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
def calendar_file(request: HttpRequest) -> HttpResponse:
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


def agenda_links(query: str = "") -> dict[str, str]:
    """The addresses of the agenda with the filters of `query`: to download, to subscribe to."""
    return {
        "agenda_path": agenda_path(query),
        "agenda_url": agenda_url(query),
        "subscription_url": subscription_url(agenda_url(query)),
        "wider_agenda_url": agenda_url(query, approximate=True),
    }


def subscription_url(address: str) -> str:
    """« webcal://… »: what an agenda takes as a calendar to follow, and not as a file to copy."""
    return f"webcal://{address.partition('://')[2]}"


def series_of(event: Event) -> EventSeries | None:
    return event.series if event.series and event.series.is_public else None


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
    columns = exports.EVENT_SERIES
    ordering_method = "in_order"
    parent_models = (Event,)
    title = "Séries d’événements"
    intro = "Les rendez-vous qui reviennent, et leurs éditions."


class EventSeriesDetailView(PublishedDetailView):
    model = EventSeries
    described_by = schema_org.series
    parent_models = (Event, EventSeries)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | agenda_links(f"series={self.object.slug}")


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
