"""Invented records by the thousand, alike enough to real ones to be listed, filtered and found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import accumulate, islice
from random import Random
from typing import Any

from django.db import models, transaction

from analyses.models import Analysis
from bench.figures import LAST_DAY, fill_figures, public
from companies.models import Company, CompanyRole
from events.models import Event
from market.models import Figure
from news.models import NewsItem
from publishing.dates import parse
from publishing.models import Publishable
from publishing.planner import look_again
from search.index import index_records
from sources.models import Reliability, Source
from topics.models import Topic

TOPICS = 12
TOPICS_EACH = 2
FIRST_SOURCES = 50
PUBLISHERS = 80
COUNTRIES = ("FR", "DE", "US", "GB", "ES", "IT", "BE", "CA", "JP", "IN")
CITIES = ("Paris", "Lyon", "Cannes", "Berlin", "Londres", "Montréal")
BATCH = 2_000
DAYS = 3_650

# What a search looks for: a word of one record in a thousand, one of most of them, and two words
# that follow one another in one record out of twenty.
RARE_WORD = "quantique"
RARE_EACH = 1_000
COMMON_WORD = "cloud"
PHRASE = "intelligence artificielle"
PHRASE_EACH = 20
TEXT = (
    "le marché du cloud souverain progresse une région de calcul ouvre les modèles "
    "gagnent en précision et leurs coûts baissent de moitié"
)
SYLLABLES = ("ba", "cor", "di", "fel", "gu", "li", "mon", "nar", "po", "ra", "sti", "tu", "ver")
WORDS = [*TEXT.split(), *(a + b + c for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES)]
# A few words make most of a text, as in any language.
WEIGHTS = list(accumulate(1 / rank for rank in range(1, len(WORDS) + 1)))

Row = Callable[[int, Random], Publishable]


def fill(size: int) -> None:
    """Makes `size` public records of each kind that is listed, in one transaction; always the same.

    `size` of them all, as many of each kind, are in the search index. Does nothing to a database
    that is filled already.
    """
    if NewsItem.objects.exists():
        return
    with transaction.atomic():
        topics = Topic.objects.bulk_create(
            Topic(title=f"Thématique {n}", slug=f"thematique-{n}", **public())
            for n in range(TOPICS)
        )
        sources = _make(Source, _source, size, [])
        kinds = [sources]
        kinds.append(companies := _make(Company, _company, size, topics))
        roles = list(CompanyRole.Role)
        _in_turn(
            CompanyRole.objects,
            (CompanyRole(company=one, role=roles[n % 5]) for n, one in enumerate(companies)),
        )
        kinds.append(_make(Event, _event, size, topics))
        kinds.append(_make(NewsItem, _news_of(sources[:FIRST_SOURCES]), size, topics))
        kinds.append(_make(Analysis, _analysis, size, topics))
        fill_figures(size)
        kinds.append(list(Figure.objects.for_links().order_by("pk")[: size // len(kinds)]))
        for records in kinds:
            for batch in _batches(records[: size // len(kinds)]):
                index_records(batch)
    look_again()


def _make(model: type[Publishable], row: Row, size: int, topics: list[Topic]) -> list[Publishable]:
    records = _in_turn(model.objects, (row(n, Random(n)) for n in range(size)))
    if topics:
        tag = model.topics.through
        owner = f"{model._meta.model_name}_id"
        _in_turn(
            tag.objects,
            (
                tag(**{owner: one.pk}, topic=topic)
                for n, one in enumerate(records)
                for topic in Random(n).sample(topics, TOPICS_EACH)
            ),
        )
    return records


def _in_turn(manager: models.Manager, rows: Iterable[models.Model]) -> list[Any]:
    return [one for batch in _batches(rows) for one in manager.bulk_create(batch)]


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _words(dice: Random, count: int) -> str:
    return " ".join(dice.choices(WORDS, cum_weights=WEIGHTS, k=count)).capitalize()


def _summary(n: int, dice: Random) -> str:
    rare = f" {RARE_WORD}" if n % RARE_EACH == 0 else ""
    phrase = f" {PHRASE}" if n % PHRASE_EACH == 0 else ""
    return f"{_words(dice, 40)}{rare}{phrase}."


def _day(dice: Random) -> datetime:
    return LAST_DAY - timedelta(days=dice.randrange(DAYS))


def _date(day: datetime) -> Any:
    return parse(day.date().isoformat())


def _source(n: int, dice: Random) -> Source:
    day = _day(dice)
    return Source(
        title=_words(dice, 8),
        slug=f"source-{n}",
        summary=_summary(n, dice),
        publisher=f"Éditeur {dice.randrange(PUBLISHERS)}",
        url=f"https://example.org/{n}",
        kind=dice.choice(Source.Kind.values),
        reliability=dice.choice(Reliability.values),
        date=_date(day),
        **public(day),
    )


def _company(n: int, dice: Random) -> Company:
    return Company(
        name=f"{_words(dice, 2)} {n}",
        slug=f"societe-{n}",
        summary=_summary(n, dice),
        country=dice.choice(COUNTRIES),
        featured=n % 10 == 0,
        **public(_day(dice)),
    )


def _event(n: int, dice: Random) -> Event:
    day = _day(dice)
    return Event(
        title=_words(dice, 6),
        slug=f"evenement-{n}",
        summary=_summary(n, dice),
        kind=dice.choice(Event.Kind.values),
        event_status=dice.choice(Event.EventStatus.values),
        attendance_mode=dice.choice(Event.AttendanceMode.values),
        city=dice.choice(CITIES),
        country=dice.choice(COUNTRIES),
        # Announced two years before: one event in five is still to come on the last day.
        date=_date(day + timedelta(days=730)),
        **public(day),
    )


def _news_of(sources: list[Source]) -> Row:
    def row(n: int, dice: Random) -> NewsItem:
        day = _day(dice)
        return NewsItem(
            title=_words(dice, 8),
            slug=f"actualite-{n}",
            summary=_summary(n, dice),
            date=_date(day),
            source=dice.choice(sources),
            **public(day),
        )

    return row


def _analysis(n: int, dice: Random) -> Analysis:
    day = _day(dice)
    return Analysis(
        title=_words(dice, 8),
        slug=f"analyse-{n}",
        summary=_summary(n, dice),
        date=_date(day),
        **public(day),
    )
