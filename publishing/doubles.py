"""Two records of one model that are about one thing: the base of the rules that compare them.

Records that share a **key** (series and edition, title and year, address…) are compared two by two.
"""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, ClassVar

from django.db.models import Model, Q, QuerySet, TextField

from publishing import clock
from publishing.anomalies import Finding, Reference, Subject
from publishing.models import Publishable, Status

# So many records under one key are a series that the key does not tell apart.
LARGEST_GROUP = 50
LONGEST_PLACE = 150
JUDGED_STATUSES = (Status.DRAFT, Status.IN_REVIEW, Status.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that share a key, in the order in which they were written."""

    one: Any
    other: Any

    def finding(self, message: str, *values: str) -> Finding:
        """Both are accused: nothing tells which is wrong."""
        return Finding((Reference.of(self.one), Reference.of(self.other)), message, values)


class Doubles(Subject):
    """Subject whose evidence is the records that share a key, which is the scope."""

    model: ClassVar[type[Publishable]]

    @abstractmethod
    def keys(self, record: Any) -> Iterable[str]:
        """The keys of a record, made by `key_of`; no query beyond its columns."""

    def candidates(self, scopes: Collection[str]) -> QuerySet:
        """The records among which those of these scopes are; the fewer the better."""
        return self.model._default_manager.all()

    def scopes_of(self, row: Any) -> Iterable[str]:
        return self.keys(row)

    def read(self, scopes: Collection[str] | None) -> Iterator[tuple[str, list[Any]]]:
        everything = self.model._default_manager.all()
        chosen = judged(everything if scopes is None else self.candidates(scopes))
        records = chosen.defer(*_long_texts(self.model)).order_by("pk")
        # Read twice rather than kept: nearly all are alone under their keys.
        bearers = Counter(key for record in _each(records) for key in self.keys(record))
        shared = {
            key
            for key, number in bearers.items()
            if 1 < number <= LARGEST_GROUP and (scopes is None or key in scopes)
        }
        groups: dict[str, list[Any]] = defaultdict(list)
        for record in _each(records) if shared else ():
            for key in shared.intersection(self.keys(record)):
                groups[key].append(record)
        yield from groups.items()

    def pieces(self, evidence: list[Any]) -> Iterable[Pair]:
        return (Pair(one, other) for one, other in combinations(evidence, 2))


def judged(records: QuerySet) -> QuerySet:
    """What is written or published: neither refused nor withdrawn."""
    stays = Q(expire_at__isnull=True) | Q(expire_at__gt=clock.now())
    return records.filter(stays, status__in=JUDGED_STATUSES)


def key_of(kind: str, place: object, *parts: object) -> str:
    """A scope: what is compared, a place to look for it (`scope.split(":")[1]`), and the rest."""
    rest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:32]
    return f"{kind}:{str(place)[:LONGEST_PLACE]}:{rest}"


def _each(records: QuerySet) -> Iterator[Any]:
    return records.iterator(chunk_size=2000)


def _long_texts(model: type[Model]) -> list[str]:
    return [one.name for one in model._meta.concrete_fields if isinstance(one, TextField)]
