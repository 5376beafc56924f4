"""Events that are described twice, and differently."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from django.db.models import Q, QuerySet

from events.models import Event
from publishing.anomalies import Finding, register
from publishing.doubles import Doubles, Pair, key_of
from publishing.models import Severity
from sources.addresses import same_page
from sources.publishers import folded, words_of

# Not held as dated: another record may give its new date.
_MOVED = (Event.EventStatus.CANCELLED, Event.EventStatus.POSTPONED)
# One city in two languages begins alike: Londres, London; Genève, Geneva; Munich, München.
_SAME_BEGINNING = 3
_YEAR = re.compile(r"\b(?:19|20)?\d\d\b")


class EventDoubles(Doubles):
    """Events of one series and edition, or of one title or official site in one year."""

    name = "event-doubles"
    label = "Événements en double"
    model = Event
    watched = (Event,)

    def keys(self, event: Event) -> set[str]:
        keys = set()
        if event.series_id and event.edition:
            keys.add(key_of("series", event.series_id, folded(event.edition)))
        if event.date_start:
            year = event.date_start.year
            keys.add(key_of("title", year, *title_words(event)))
            if event.url:
                keys.add(key_of("site", year, same_page(event.url)))
        return keys

    def candidates(self, scopes: Collection[str]) -> QuerySet:
        wanted = Q()
        for scope in scopes:
            kind, place, _ = scope.split(":")
            wanted |= Q(series=place) if kind == "series" else Q(date_start__year=place)
        return Event.objects.filter(wanted)


def title_words(event: Event) -> tuple[str, ...]:
    """The words of its title but its year: « KubeCon ’25 » is « KubeCon 2025 »."""
    return tuple(word for word in words_of(event.title) if not _YEAR.fullmatch(word))


event_doubles = register(EventDoubles())


@event_doubles.rule(
    "event-described-twice",
    title="Un événement, deux dates ou deux lieux",
    explanation="Deux fiches parlent du même événement (même série et même édition, ou même titre "
    "ou même site la même année), mais leurs dates ne peuvent pas coïncider, ou leurs villes ou "
    "leurs pays diffèrent. Deux éditions, deux étapes d’une tournée, un événement annulé ou "
    "reporté et celui qui le remplace ne sont pas rapprochés.",
    severity=Severity.ERROR,
)
def described_twice(pair: Pair) -> Iterator[Finding]:
    one, other = pair.one, pair.other
    if {one.event_status, other.event_status} & set(_MOVED) or _are_two_editions(one, other):
        return
    when, where = one.date.excludes(other.date), _places_conflict(one, other)
    if when and where and not _have_one_title(one, other):
        # Two stops of one tour.
        return
    if when and not _have_one_edition(one, other) and (where or _may_come_back(one, other)):
        return
    if not when and not where:
        return
    message = (
        f"« {one.title} » est décrit deux fois : {_described(one)} d’une part, "
        f"{_described(other)} d’autre part."
    )
    yield pair.finding(message, *(value for event in (one, other) for value in _stated(event)))


def _places_conflict(one: Event, other: Event) -> bool:
    if one.country and other.country and one.country != other.country:
        return True
    if not one.city or not other.city:
        return False
    city, other_city = folded(one.city), folded(other.city)
    if city in other_city or other_city in city:
        return False
    return city[:_SAME_BEGINNING] != other_city[:_SAME_BEGINNING]


def _are_two_editions(one: Event, other: Event) -> bool:
    return bool(one.edition and other.edition) and folded(one.edition) != folded(other.edition)


def _have_one_edition(one: Event, other: Event) -> bool:
    return bool(one.series_id and one.edition) and (one.series_id, folded(one.edition)) == (
        other.series_id,
        folded(other.edition),
    )


def _have_one_title(one: Event, other: Event) -> bool:
    return title_words(one) == title_words(other)


def _may_come_back(one: Event, other: Event) -> bool:
    """Webinars come back each month under one title."""
    return Event.Kind.WEBINAR in (one.kind, other.kind)


def _described(event: Event) -> str:
    return f"{event.date.display[:1].lower()}{event.date.display[1:]}, {event.place}"


def _stated(event: Event) -> tuple[str, str, str]:
    return event.date.edtf, event.city, str(event.country)
