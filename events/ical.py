"""Events as iCalendar (RFC 5545, with the names of RFC 7986): what an agenda takes in.

Each event is a whole-day one, so no time zone is involved, and leaves its reader free. Its UID is
made from the record, never from its slug; SEQUENCE grows with its date, place and state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import icalendar

from events.models import Event
from publishing.addresses import absolute_url, site_host
from publishing.typography import NBSP, printable

MEDIA_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//Veille//Agenda//FR"
REFRESH = timedelta(days=1)
ONE_DAY = timedelta(days=1)
END = b"END:VCALENDAR\r\n"
# An announced event says nothing of its certainty: it has no STATUS.
STATUSES = {
    Event.EventStatus.TO_CONFIRM: "TENTATIVE",
    Event.EventStatus.CONFIRMED: "CONFIRMED",
    Event.EventStatus.POSTPONED: "TENTATIVE",
    Event.EventStatus.CANCELLED: "CANCELLED",
}


class Text(icalendar.vText):
    r"""A text that is read back as it was.

    Writing it, the library takes « \N » for a line break: « C:\News » would lose a letter.
    """

    def to_ical(self) -> bytes:
        return rb"\\N".join(icalendar.vText(part).to_ical() for part in self.split(r"\N"))


def to_ical(events: Iterable[Event], *, name: str, address: str) -> bytes:
    """The calendar called `name`, which is found at the absolute `address`; see `in_turn`."""
    return b"".join(in_turn(events, name=name, address=address))


def in_turn(events: Iterable[Event], *, name: str, address: str) -> Iterator[bytes]:
    """The parts of that calendar: what it says of itself, each event as it is read, its end.

    `events` have both bounds (`EventQuerySet.with_bounds`). An approximate date is given as its
    bounds, as tentative, with its label in the summary: no day is passed off as known.
    """
    yield _calendar(name, address).to_ical().removesuffix(END)
    for event in events:
        yield _component(event).to_ical()
    yield END


def _calendar(name: str, address: str) -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    # Said to be a text: the library does not know, and would leave its commas as they are.
    calendar.add("name", _text(name))
    calendar.add("x-wr-calname", _text(name))
    calendar.add("source", address, parameters={"VALUE": "URI"})
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    # The name that older software knows.
    calendar.add("x-published-ttl", "P1D")
    return calendar


def _component(event: Event) -> icalendar.Event:
    component = icalendar.Event()
    component.add("uid", f"{event.api_name}-{event.pk}@{site_host()}")
    component.add("sequence", event.sequence)
    component.add("dtstamp", event.updated_at)
    component.add("last-modified", event.updated_at)
    component.add("dtstart", event.date_start)
    component.add("dtend", _day_after(event.date_end))
    component.add("summary", _text(_summary(event)))
    component.add("description", _text(_description(event)))
    component.add("location", _text(event.place))
    component.add("url", absolute_url(event.get_absolute_url()))
    component.add("transp", "TRANSPARENT")
    if status := _status(event):
        component.add("status", status)
    return component


def _text(words: str) -> Text:
    return Text(printable(words))


def _day_after(day: date) -> date:
    """DTEND is exclusive. The calendar of Python, as that of RFC 3339, ends with the year 9999."""
    return min(day, date.max - ONE_DAY) + ONE_DAY


def _status(event: Event) -> str:
    status = STATUSES.get(event.event_status, "")
    if event.date.is_exact or status == "CANCELLED":
        return status
    return "TENTATIVE"


def _summary(event: Event) -> str:
    """« Salon (automne 2025, annulé) »: many agendas do not show the state of an event."""
    remarks = [] if event.date.is_exact else [event.date.display]
    if event.is_unsettled:
        remarks.append(event.get_event_status_display())
    return f"{event.title} ({', '.join(remarks)})" if remarks else event.title


def _description(event: Event) -> str:
    lines = [event.summary] if event.summary else []
    if not event.date.is_exact:
        lines.append(
            f"Date telle qu’annoncée{NBSP}: {event.date.display}. Les jours précis ne sont pas "
            "connus : l’agenda montre la période entière."
        )
    lines.append(f"État{NBSP}: {event.get_event_status_display()}.")
    if event.url:
        lines.append(f"Site de l’événement{NBSP}: {event.url}")
    lines.append(f"Fiche{NBSP}: {absolute_url(event.get_absolute_url())}")
    return "\n".join(lines)
