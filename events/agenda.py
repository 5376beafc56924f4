"""The agenda as one reads it: events under their months, and a month as a calendar.

No day is ever invented. An event stands under a month when its first day, or at least its first
month, was stated; anything wider stands under the words of its own date (« Automne 2025 »). In a
calendar, only events whose days are known stand on days.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Max, Min, Q
from django.urls import reverse
from django.utils.text import capfirst

from events.models import Event, EventQuerySet
from publishing.dates import MONTHS, WEEKDAYS, WITHOUT_DATE, ApproximateDate, Precision
from publishing.dates import format_french as canonical_label
from publishing.typography import NBSP

ONE_DAY = timedelta(days=1)
DECEMBER = 12
# The years that the filters of the site accept: a calendar goes no further.
FIRST_YEAR, LAST_YEAR = 1900, 2200
# The events that one day of a calendar shows before it says « + 3 autres ».
LANES = 4
UNDER_A_MONTH = (Precision.DAY, Precision.RANGE, Precision.MONTH, Precision.MONTH_RANGE)
# A date of these precisions may be said to be « this month, without a day »; a wider one may not.
WITHOUT_DAY = (Precision.MONTH, Precision.MONTH_RANGE, Precision.SEASON, Precision.QUARTER)


# --- Months ---


@dataclass(frozen=True, order=True, slots=True)
class Month:
    year: int
    number: int

    def __str__(self) -> str:
        return f"{MONTHS[self.number - 1]}{NBSP}{self.year}"

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    @property
    def of_name(self) -> str:
        """« de mai 2025 », « d’avril 2025 »."""
        return f"d’{self}" if str(self)[0] in "ao" else f"de{NBSP}{self}"

    def shifted(self, months: int) -> Month:
        years, index = divmod(self.number - 1 + months, DECEMBER)
        return Month(self.year + years, index + 1)

    def distance(self, other: Month) -> int:
        """How many months lie from one to the other, whichever comes first."""
        return abs((other.year - self.year) * DECEMBER + other.number - self.number)

    @property
    def path(self) -> str:
        return reverse("events:month", args=[f"{self.year:04}", f"{self.number:02}"])


# --- A list, under its months ---


@dataclass(frozen=True, slots=True)
class Group:
    """Events of one month, or of one wider date, under its `title`."""

    title: str
    events: list[Event]


@dataclass(frozen=True, slots=True)
class Part:
    """The groups of what comes, or of what is over; without a title when there is one part only.

    `level` is that of the headings of its groups; `start` tells their anchors apart.
    """

    title: str
    groups: list[Group]
    level: int

    @property
    def heading(self) -> str:
        return f"h{self.level}"

    @property
    def card_level(self) -> int:
        return self.level + 1


def parts(events: Iterable[Event], order: Sequence) -> list[Part]:
    """The events of a page under their headings; nothing when `order` is not that of their dates.

    `order` is how the query was sorted: as `in_agenda_order`, or by `date_sort` either way.
    """
    events = list(events)
    leading = order[0] if order else ""
    if leading in ("date_sort", "-date_sort"):
        return [Part("", _grouped(events, latest_first=leading.startswith("-")), 3)]
    if leading != "over":
        return []
    coming = _grouped([event for event in events if not event.is_over])
    past = _grouped([event for event in events if event.is_over], latest_first=True)
    if coming and past:
        return [Part("À venir", coming, 4), Part("Passés", past, 4)]
    return [Part("", coming or past, 3)]


def heading(value: ApproximateDate) -> str:
    """« Mai 2025 », « Automne 2025 », « Année 2025 », « Date à déterminer »."""
    if not value.is_known:
        return WITHOUT_DATE
    if _begins_in_a_known_month(value):
        return capfirst(str(Month.of(value.start)))
    label = canonical_label(value)
    if value.precision is Precision.YEAR and label[0].isdigit():
        return f"{'Année' if label.isdigit() else 'Années'}{NBSP}{label}"
    return capfirst(label)


def _grouped(events: Iterable[Event], *, latest_first: bool = False) -> list[Group]:
    """In the order of their dates; of two that begin together, the wider one comes first."""
    found: dict[str, list[Event]] = {}
    for event in events:
        found.setdefault(heading(event.date), []).append(event)
    groups = [Group(title, members) for title, members in found.items()]
    return sorted(groups, key=_place, reverse=latest_first)


def _place(group: Group) -> tuple[date, int]:
    value = group.events[0].date
    if _begins_in_a_known_month(value):
        month = Month.of(value.start)
        return month.first, (month.first - month.last).days
    # An open date is wider than any other.
    width = (value.end - value.start).days if value.start and value.end else date.max.toordinal()
    return value.sort_key, -width


def _begins_in_a_known_month(value: ApproximateDate) -> bool:
    """« vers mai 2025 » (EDTF `2025-05~`) may be of another month."""
    stated = value.start is not None and not value.edtf.endswith("~")
    return stated and value.precision in UNDER_A_MONTH


# --- A month, as a calendar ---


@dataclass(frozen=True, slots=True)
class Bar:
    """An event on one day of a calendar. `days` is how many it goes on for in that week, from the
    day on which its bar begins; 0 on the following ones. `rank` of `total` is the day of the event.
    """

    event: Event
    lane: int
    days: int
    rank: int
    total: int

    @property
    def is_first_of_event(self) -> bool:
        return self.rank == 1


@dataclass(slots=True)
class Day:
    date: date
    is_today: bool
    bars: list[Bar] = field(default_factory=list)
    hidden: int = 0

    @property
    def weekday(self) -> str:
        return WEEKDAYS[self.date.weekday()]


Week = list[Day | None]
"""Seven days from Monday; None outside the month."""


@dataclass(frozen=True, slots=True)
class MonthSheet:
    """What one month holds: `weeks` of days, and the events that have no day."""

    month: Month
    weeks: list[Week]
    without_day: list[Event]
    total: int


def sheet(month: Month, events: Iterable[Event], today: date) -> MonthSheet:
    """The calendar of `month`. Of `events`, those that cannot be shown in it are left out."""
    dated: list[Event] = []
    without_day: list[Event] = []
    for event in events:
        if not (event.has_bounds and _overlaps(event, month.first, month.last)):
            continue
        if event.date.is_exact:
            dated.append(event)
        elif event.date.precision in WITHOUT_DAY:
            without_day.append(event)
    weeks = [
        _week(dates, month, dated, today)
        for dates in calendar.Calendar().monthdatescalendar(month.year, month.number)
    ]
    without_day.sort(key=lambda event: (-event.date_start.toordinal(), event.title, event.pk))
    return MonthSheet(month, weeks, without_day, len(dated) + len(without_day))


def _week(dates: list[date], month: Month, events: list[Event], today: date) -> Week:
    days = [Day(day, day == today) for day in dates if Month.of(day) == month]
    first, last = days[0].date, days[-1].date
    # The bars that last longest come first, so that they stay straight.
    going_on = sorted(
        (event for event in events if _overlaps(event, first, last)),
        key=lambda event: (max(event.date_start, first), -_length(event), event.title, event.pk),
    )
    busy_until: list[date] = []
    for event in going_on:
        begins, ends = max(event.date_start, first), min(event.date_end, last)
        lane = _free_lane(busy_until, begins, ends)
        for day in days:
            if not begins <= day.date <= ends:
                continue
            if lane >= LANES:
                day.hidden += 1
                continue
            span = (ends - begins).days + 1 if day.date == begins else 0
            rank = (day.date - event.date_start).days + 1
            day.bars.append(Bar(event, lane + 1, span, rank, _length(event)))
    for day in days:
        day.bars.sort(key=lambda bar: bar.lane)
    by_date = {day.date: day for day in days}
    return [by_date.get(day) for day in dates]


def _free_lane(busy_until: list[date], begins: date, ends: date) -> int:
    for lane, until in enumerate(busy_until):
        if until < begins:
            busy_until[lane] = ends
            return lane
    busy_until.append(ends)
    return len(busy_until) - 1


def _overlaps(event: Event, first: date, last: date) -> bool:
    return event.date_start <= last and event.date_end >= first


def _length(event: Event) -> int:
    return (event.date_end - event.date_start).days + 1


# --- The months around ---


@dataclass(frozen=True, slots=True)
class Around:
    """The nearest months that hold events, before and after a month; None when there is none."""

    previous: Month | None
    following: Month | None

    def nearest(self, month: Month) -> Month | None:
        """Of two as near, the one to come."""
        known = [one for one in (self.following, self.previous) if one is not None]
        return min(known, key=month.distance, default=None)


def around(events: EventQuerySet, month: Month) -> Around:
    """Among `events`, as a calendar shows them. One query."""
    found = events.for_calendar().aggregate(
        ended=Max("date_end", filter=Q(date_start__lt=month.first)),
        begun=Min("date_start", filter=Q(date_end__gt=month.last)),
    )
    ended, begun = found["ended"], found["begun"]
    return Around(
        ended and Month.of(min(ended, month.first - ONE_DAY)),
        begun and Month.of(max(begun, month.last + ONE_DAY)),
    )


def reach(today: date) -> tuple[Month, Month]:
    """The first and the last month that the calendar goes to. One query.

    From the year of the earliest public event, or the present one, to that of the latest, or the
    next one.
    """
    found = (
        Event.objects.published()
        .for_calendar()
        .aggregate(first=Min("date_start"), last=Max("date_end"))
    )
    first = min(today.year, (found["first"] or today).year)
    last = max(today.year + 1, (found["last"] or today).year)
    return Month(max(first, FIRST_YEAR), 1), Month(min(last, LAST_YEAR), DECEMBER)
