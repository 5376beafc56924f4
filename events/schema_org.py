"""Events and their series, as schema.org words them."""

from __future__ import annotations

from events.models import Event, EventSeries
from publishing.schema_org import Data, filled, first_day, last_day, reference, thing

STATES = {
    Event.EventStatus.CANCELLED: "EventCancelled",
    Event.EventStatus.POSTPONED: "EventPostponed",
}
MODES = {
    Event.AttendanceMode.ON_SITE: "OfflineEventAttendanceMode",
    Event.AttendanceMode.ONLINE: "OnlineEventAttendanceMode",
    Event.AttendanceMode.HYBRID: "MixedEventAttendanceMode",
}
TERM = "https://schema.org/"


def event(record: Event) -> Data:
    """https://schema.org/Event. A place or a day that is not known is not told."""
    mode = MODES.get(record.attendance_mode)
    organiser, series = record.organiser, record.series
    return thing(
        "Event",
        record,
        startDate=first_day(record.date),
        endDate=last_day(record.date),
        eventStatus=TERM + STATES.get(record.event_status, "EventScheduled"),
        eventAttendanceMode=TERM + mode if mode else "",
        location=_places(record),
        organizer=reference("Organization", organiser)
        if organiser and organiser.is_public
        else None,
        superEvent=reference("EventSeries", series) if series and series.is_public else None,
        sameAs=record.url,
        inLanguage="fr",
    )


def series(record: EventSeries) -> Data:
    """https://schema.org/EventSeries."""
    return thing("EventSeries", record, sameAs=record.website)


def _places(record: Event) -> list[Data]:
    places = []
    address = filled({"addressLocality": record.city, "addressCountry": record.country.code or ""})
    if record.venue or address:
        postal = {"@type": "PostalAddress"} | address if address else None
        name = record.venue or record.place
        places.append(filled({"@type": "Place", "name": name, "address": postal}))
    if record.attendance_mode in (Event.AttendanceMode.ONLINE, Event.AttendanceMode.HYBRID):
        places.append(filled({"@type": "VirtualLocation", "url": record.url}))
    return places
