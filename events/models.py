"""Events (salons, conférences, forums, webinaires), their series and editions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, Q, When
from django.utils.text import capfirst
from django_countries.fields import CountryField

from companies.models import Company
from publishing import clock
from publishing.documents import SearchDocument, lines
from publishing.fields import ApproximateDateField, approximate_date_order
from publishing.models import (
    Illustrated,
    Named,
    Publishable,
    PublishableQuerySet,
    Titled,
    Written,
    latest_order,
    public_order,
)
from publishing.posters import Poster
from publishing.typography import count
from sources.models import Cited, SiteOwner, cited_prefetch
from topics.models import Topical, topics_prefetch

NO_PLACE = "Lieu à déterminer"
# A calendar tells those who follow it that an event has changed when one of these does.
CALENDAR_COLUMNS = (
    "date_start",
    "date_end",
    "date_precision",
    "venue",
    "city",
    "country",
    "attendance_mode",
    "event_status",
)


class EventSeriesQuerySet(PublishableQuerySet):
    def in_order(self) -> EventSeriesQuerySet:
        return self.order_by("name", "pk")


class EventSeries(Named, Written, SiteOwner, Illustrated, Publishable):
    """An event that comes back: each of its editions is an `Event`."""

    api_name = "event-series"

    website = models.URLField("site", max_length=500, blank=True)

    objects = EventSeriesQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = "série d’événements"
        verbose_name_plural = "séries d’événements"
        ordering = ["name", "pk"]
        indexes = [*Publishable.Meta.indexes, public_order("name", "id")]


def is_over(today: date) -> Q:
    """The last possible day has passed."""
    return Q(date_end__lt=today) | Q(date_end__isnull=True, date_start__lt=today)


class EventQuerySet(PublishableQuerySet):
    """An approximate date counts by its bounds: an event of « mai 2025 » is past in June."""

    def upcoming(self, today: date | None = None) -> EventQuerySet:
        """Not over yet, current ones included, or with no known date; the soonest first."""
        today = today or clock.today()
        return self.filter(
            Q(date_end__gte=today)
            | Q(date_end__isnull=True, date_start__gte=today)
            | Q(date_end__isnull=True, date_start__isnull=True)
        ).order_by("date_sort", "title", "pk")

    def current(self, today: date | None = None) -> EventQuerySet:
        """Taking place on the day, as far as the day is known; the soonest to end first."""
        today = today or clock.today()
        return self.filter(
            date_start__lte=today, date_end__gte=today, date_precision__in=("day", "range")
        ).order_by("date_end", "title", "pk")

    def past(self, today: date | None = None) -> EventQuerySet:
        """Over; the latest first."""
        return self.filter(is_over(today or clock.today())).order_by("-date_sort", "title", "pk")

    def chronological(self) -> EventQuerySet:
        return self.order_by("date_sort", "title", "pk")

    def in_agenda_order(self, today: date | None = None) -> EventQuerySet:
        """All of them: what is not over, the soonest first, then what is, the latest first."""
        over = Case(When(is_over(today or clock.today()), then=1), default=0)
        coming, gone = Case(When(over=0, then="date_sort")), Case(When(over=1, then="date_sort"))
        return self.alias(over=over).order_by("over", coming, gone.desc(), "title", "pk")

    def with_days(self) -> EventQuerySet:
        """Whose days are known: what a calendar can show without inventing any."""
        return self.with_bounds().filter(date_precision__in=("day", "range"))

    def with_bounds(self) -> EventQuerySet:
        """Whose first and last possible days are known, be they months apart."""
        return self.filter(date_start__isnull=False, date_end__isnull=False)

    def for_calendar(self) -> EventQuerySet:
        """What a calendar of one month may show, on its days or beside them."""
        without_day = Q(date_precision__in=("month", "month_range", "season", "quarter"))
        return self.with_bounds().filter(without_day | Q(date_precision__in=("day", "range")))

    def within(self, first: date, last: date) -> EventQuerySet:
        """Whose known bounds touch the days from `first` to `last`, both included."""
        return self.filter(date_start__lte=last, date_end__gte=first)

    def with_open_call(self, today: date | None = None) -> EventQuerySet:
        """Whose call for papers still takes proposals; the first to close first."""
        today = today or clock.today()
        return (
            self.upcoming(today)
            .exclude(cfp_url="")
            .filter(Q(cfp_deadline__gte=today) | Q(cfp_deadline__isnull=True))
            .order_by(models.F("cfp_deadline").asc(nulls_last=True), "pk")
        )

    def for_cards(self) -> EventQuerySet:
        return self.select_related("series", "organiser").prefetch_related(topics_prefetch())

    def for_detail(self) -> EventQuerySet:
        return self.for_cards().prefetch_related(cited_prefetch())


class Event(Titled, Written, Topical, Cited, SiteOwner, Illustrated, Publishable):
    class Kind(models.TextChoices):
        TRADE_SHOW = "trade_show", "salon"
        CONFERENCE = "conference", "conférence"
        CONGRESS = "congress", "congrès"
        FORUM = "forum", "forum"
        WEBINAR = "webinar", "webinaire"
        OTHER = "other", "autre"

    class EventStatus(models.TextChoices):
        ANNOUNCED = "announced", "annoncé"
        TO_CONFIRM = "to_confirm", "à confirmer"
        CONFIRMED = "confirmed", "confirmé"
        POSTPONED = "postponed", "reporté"
        CANCELLED = "cancelled", "annulé"

    class AttendanceMode(models.TextChoices):
        ON_SITE = "on_site", "sur place"
        ONLINE = "online", "en ligne"
        HYBRID = "hybrid", "hybride"

    class Significance(models.TextChoices):
        MAJOR = "major", "majeur"
        NOTABLE = "notable", "notable"

    api_name = "events"
    reserved_slugs = frozenset({"series", "agenda", "calendrier", "appels"})
    site_field = "url"

    series = models.ForeignKey(
        EventSeries,
        verbose_name="série",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
    )
    edition = models.CharField("édition", max_length=40, blank=True, help_text="2025, 12e…")
    kind = models.CharField("nature", max_length=10, choices=Kind.choices, default=Kind.CONFERENCE)
    event_status = models.CharField(
        "état de l’événement",
        max_length=10,
        choices=EventStatus.choices,
        default=EventStatus.ANNOUNCED,
    )
    date = ApproximateDateField("dates")
    venue = models.CharField("lieu", max_length=200, blank=True)
    city = models.CharField("ville", max_length=120, blank=True)
    country = CountryField("pays", blank=True)
    attendance_mode = models.CharField(
        "participation", max_length=7, choices=AttendanceMode.choices, blank=True
    )
    organiser = models.ForeignKey(
        Company,
        verbose_name="organisateur",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
    )
    url = models.URLField("site de l’événement", max_length=500, blank=True)
    cfp_url = models.URLField("appel à communications", max_length=500, blank=True)
    cfp_deadline = models.DateField("clôture de l’appel", null=True, blank=True)
    significance = models.CharField(
        "importance", max_length=7, choices=Significance.choices, blank=True
    )

    sequence = models.PositiveIntegerField("révision pour les agendas", default=0, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = "événement"
        verbose_name_plural = "événements"
        ordering = ["date_sort", "title", "pk"]
        indexes = [
            *Publishable.Meta.indexes,
            public_order("date_sort", "id"),
            latest_order(),
            public_order("title", "id", name="title"),
        ]
        constraints = [*Publishable.Meta.constraints, approximate_date_order("date")]

    def clean(self) -> None:
        super().clean()
        if self.cfp_deadline and self.date_end and self.cfp_deadline > self.date_end:
            raise ValidationError(
                {"cfp_deadline": "L’appel à communications se clôt avant la fin de l’événement."}
            )

    def save(self, *args: Any, **kwargs: Any) -> None:
        written = kwargs.get("update_fields")
        with transaction.atomic():
            if self._revise(written) and written is not None:
                kwargs["update_fields"] = {*written, "sequence"}
            super().save(*args, **kwargs)

    @property
    def place(self) -> str:
        """« Palais des congrès, Cannes, France », with what is known; never an empty string."""
        parts = [self.venue, self.city, self.country.name if self.country else ""]
        if self.city and self.city == parts[2]:
            parts[2] = ""
        known = ", ".join(part for part in parts if part)
        if known:
            return known
        return "En ligne" if self.attendance_mode == self.AttendanceMode.ONLINE else NO_PLACE

    def poster(self) -> Poster:
        told = (self.get_event_status_display(), self.place) if self.is_unsettled else (self.place,)
        return replace(super().poster(), value=capfirst(self.date.display), note=" · ".join(told))

    @property
    def is_unsettled(self) -> bool:
        """A reader of the agenda must be told: it may not take place as dated, or at all."""
        status = self.EventStatus
        return self.event_status in (status.TO_CONFIRM, status.POSTPONED, status.CANCELLED)

    @property
    def is_over(self) -> bool:
        """The same answer as `past()`, for a record already loaded."""
        last_day = self.date_end or self.date_start
        return last_day is not None and last_day < clock.today()

    @property
    def timing(self) -> str:
        """« à venir », « en cours » or « passé »; empty when the date is unknown."""
        if not self.date.is_known:
            return ""
        if self.is_over:
            return "passé"
        if self.date.is_exact and self.date_start <= clock.today():
            return "en cours"
        return "à venir"

    @property
    def call_days_left(self) -> int | None:
        """Days until its call for papers closes, 0 on the last one; None without a known day."""
        return (self.cfp_deadline - clock.today()).days if self.cfp_deadline else None

    @property
    def call_time_left(self) -> str:
        """« dernier jour », « encore 12 jours », « clos »; empty when no deadline is known."""
        left = self.call_days_left
        if left is None:
            return ""
        if left < 0:
            return "clos"
        if left == 0:
            return "dernier jour"
        return "jusqu’à demain" if left == 1 else f"encore {count(left, 'jour')}"

    def editions_around(self) -> tuple[Event | None, Event | None]:
        """The public editions of its series before and after it, by date. Two queries."""
        if self.series is None or not self.series.is_public:
            return None, None
        editions = self.series.events.published()
        return (
            editions.filter(_sorted_beside(self, "lt"))
            .order_by("-date_sort", "-title", "-pk")
            .first(),
            editions.filter(_sorted_beside(self, "gt")).chronological().first(),
        )

    def search_document(self) -> SearchDocument:
        country = self.country.name if self.country else ""
        return (
            super()
            .search_document()
            .extended(
                keywords=lines(self.edition, self.venue, self.city, country),
                ends_on=self.date_end or self.date_start,
            )
        )

    @property
    def has_bounds(self) -> bool:
        """The same answer as `with_bounds()`, for a record already loaded."""
        return self.date_start is not None and self.date_end is not None

    def _revise(self, written: Collection[str] | None) -> bool:
        """Raises `sequence` when the saved date, place or state is about to change (one query)."""
        watched = [name for name in CALENDAR_COLUMNS if written is None or name in written]
        if self.pk is None or not watched:
            return False
        rows = Event.objects.filter(pk=self.pk).values("sequence", *watched)
        # Another save waits for this one, so that no two states bear one number.
        saved = rows.select_for_update().first()
        if saved is None:
            return False
        changed = any(saved[name] != getattr(self, name) for name in watched)
        self.sequence = saved["sequence"] + changed
        return changed


def _sorted_beside(event: Event, side: str) -> Q:
    """Stands before (`lt`) or after (`gt`) `event` in chronological order."""
    same_day = Q(date_sort=event.date_sort)
    same_title = same_day & Q(title=event.title)
    return (
        Q(**{f"date_sort__{side}": event.date_sort})
        | (same_day & Q(**{f"title__{side}": event.title}))
        | (same_title & Q(**{f"pk__{side}": event.pk}))
    )
