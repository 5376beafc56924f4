"""Amounts that a text sets side by side, and that do not measure the same thing.

A text is read a part at a time, from one heading to the next. What it states is recognised when it
is the value of a public figure: « 79 Md$ », « 79 milliards de dollars ».
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, islice
from typing import NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import models

from analyses.models import Analysis, AnalysisSection
from market.facts import Statement, judged_figures, read_measures, read_statements
from market.models import DECIMAL_PLACES, Figure, Indicator
from news.models import NewsItem
from publishing.anomalies import Finding, Reference, Subject, register
from publishing.doubles import judged
from publishing.models import AnomalyRecord, Publishable, Severity
from publishing.typography import NBSP, SCALES, join
from topics.models import Topic, TopicSection

TEXTS: tuple[type[Publishable], ...] = (Topic, NewsItem, Analysis)
TEXTS_AT_ONCE = 500
FEWEST_AMOUNTS = 2
# A column holds twenty digits.
WHOLE_DIGITS = 20 - DECIMAL_PLACES
HEADING = re.compile(r"^#{1,6} .*$", re.MULTILINE)
SCALE_OF_WORD = {"k": 3, "M": 6, "Md": 9, "millier": 3, "million": 6, "milliard": 9}
UNIT_OF_WORD = {"$": "USD", "€": "EUR", "£": "GBP", "dollar": "USD", "euro": "EUR", "livre": "GBP"}
AMOUNT = re.compile(
    r"(?<![\d,.])(?P<number>\d{1,3}(?:\s\d{3})+|\d+)(?:,(?P<decimals>\d+))?\s*"
    r"(?:(?P<word>millier|million|milliard)s?\s+(?:de\s+|d[’'])?)?"
    r"(?:(?P<prefix>Md|M|k)?(?P<symbol>[$€£])|(?P<currency>dollar|euro|livre)s?\b)"
)


class Amount(NamedTuple):
    """What a text states: a currency, and a value in units of it."""

    unit: str
    value: Decimal


@dataclass(frozen=True)
class ReadText:
    """A text, and the figures that each of its parts states, an amount a list."""

    record: Publishable
    parts: list[list[list[Statement]]]


class SideBySide(Subject):
    name = "side-by-side"
    label = "Montants rapprochés dans un texte"
    watched = (*TEXTS, TopicSection, AnalysisSection, Figure)

    def scopes_of(self, row: models.Model) -> Iterable[str]:
        match row:
            case TopicSection():
                return {_scope(Topic, row.topic_id)}
            case AnalysisSection():
                return {_scope(Analysis, row.analysis_id)}
            case Figure():
                # A figure that no finding names yet is looked for by a check of everything.
                kind = ContentType.objects.get_for_model(Figure)
                named = AnomalyRecord.objects.filter(content_type=kind, object_id=row.pk)
                ours = named.filter(anomaly__subject=self.name)
                return set(ours.values_list("anomaly__scope", flat=True))
        return {_scope(type(row), row.pk)}

    def read(self, scopes: Collection[str] | None) -> Iterator[tuple[str, ReadText]]:
        for model in TEXTS:
            texts = judged(model.objects.order_by("pk"))
            if scopes is not None:
                texts = texts.filter(pk__in=_keys(model, scopes))
            if model is not NewsItem:
                texts = texts.prefetch_related("sections")
            rows = texts.iterator(chunk_size=TEXTS_AT_ONCE)
            while batch := list(islice(rows, TEXTS_AT_ONCE)):
                for text in _recognised(batch):
                    yield _scope(model, text.record.pk), text


side_by_side = register(SideBySide())


@side_by_side.rule(
    "amounts-side-by-side",
    title="Des montants qui ne se comparent pas, côte à côte",
    explanation="Une même partie d’un texte donne deux montants d’une même publication qui ne "
    "mesurent pas la même chose : un autre périmètre, ou un trimestre et une année.",
    severity=Severity.NOTICE,
)
def amounts_side_by_side(text: ReadText) -> Iterator[Finding]:
    figures = {one.pk: one for part in text.parts for one in _incomparable(part)}
    if figures:
        named = [_named(one) for one in figures.values()]
        yield Finding(
            accused=(Reference.of(text.record),),
            context=tuple(one.reference for one in figures.values()),
            message=f"«{NBSP}{text.record.title}{NBSP}», à lire sans les comparer{NBSP}: "
            f"{join(*named)}.",
            values=tuple(sorted(one.trace for one in figures.values())),
        )


def amounts_in(markdown: str) -> list[Amount]:
    """The amounts of money that French text states, in the order of reading, each once."""
    return list(dict.fromkeys(_amount(found) for found in AMOUNT.finditer(markdown)))


def _amount(found: re.Match[str]) -> Amount:
    digits = "".join(found["number"].split())
    scale = SCALE_OF_WORD.get(found["word"] or "", 0) + SCALE_OF_WORD.get(found["prefix"] or "", 0)
    value = Decimal(f"{digits}.{found['decimals'] or 0}").scaleb(scale)
    return Amount(UNIT_OF_WORD[found["symbol"] or found["currency"]], value.normalize())


def _incomparable(part: list[list[Statement]]) -> Iterator[Statement]:
    """The first figures of one edition that two amounts of a part are, whatever they may be."""
    for one, other in combinations(part, 2):
        together = [(a, b) for a in one for b in other if a.stands_with(b)]
        if together and not any(_compare(a, b) for a, b in together):
            yield from together[0]


def _compare(one: Statement, other: Statement) -> bool:
    return (one.measure.perimeter, one.measure.periodicity) == (
        other.measure.perimeter,
        other.measure.periodicity,
    )


def _named(one: Statement) -> str:
    periodicity = Indicator.Periodicity(one.measure.periodicity).label
    return f"{one.display} ({one.measure.name}, {periodicity})"


def _recognised(texts: Iterable[Publishable]) -> Iterator[ReadText]:
    """The texts that have a part with several amounts; one query for the figures of all."""
    stated = {text: _parts(text) for text in texts}
    wanted = {amount for parts in stated.values() for part in parts for amount in part}
    figures = _figures(wanted) if wanted else {}
    for text, parts in stated.items():
        if parts:
            known = [[figures[amount] for amount in part if amount in figures] for part in parts]
            yield ReadText(text, known)


def _parts(text: Publishable) -> list[list[Amount]]:
    """The amounts of each part that states several."""
    sections = [] if isinstance(text, NewsItem) else text.sections.all()
    bodies = [text.body, *(section.body for section in sections)]
    parts = (amounts_in(part) for body in bodies for part in HEADING.split(body))
    return [amounts for amounts in parts if len(amounts) >= FEWEST_AMOUNTS]


def _figures(amounts: set[Amount]) -> dict[Amount, list[Statement]]:
    """The public figures of whole markets that have these values, by amount."""
    written = (amount.value.scaleb(-scale) for amount in amounts for scale in SCALES)
    values = {value for value in written if _can_be_stored(value)}
    figures = judged_figures().filter(
        indicator__kind=Indicator.Kind.AMOUNT,
        indicator__unit__in={amount.unit for amount in amounts},
        segment=None,
        company=None,
        value__in=values,
    )
    measures = read_measures(
        Indicator.objects.filter(pk__in=figures.order_by().values("indicator"))
    )
    found: dict[Amount, list[Statement]] = defaultdict(list)
    for one in read_statements(figures.order_by("pk"), measures):
        if one.is_public:
            value = (one.value * one.measure.multiplier).normalize()
            found[Amount(one.measure.unit, value)].append(one)
    return found


def _can_be_stored(value: Decimal) -> bool:
    return -value.as_tuple().exponent <= DECIMAL_PLACES and value.adjusted() < WHOLE_DIGITS


def _scope(model: type[models.Model], pk: int) -> str:
    return f"{model._meta.label_lower}:{pk}"


def _keys(model: type[models.Model], scopes: Collection[str]) -> list[int]:
    label = model._meta.label_lower
    split = (scope.split(":") for scope in scopes)
    return [int(pk) for name, pk in split if name == label]
