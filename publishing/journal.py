"""Writing the journal of changes: what is public now, compared with what it last announced.

A record comes out and goes by the clock, or because another does: no signal tells it. The journal
is caught up when it is read, as soon as the version of the content is another (two queries when it
is not), and by `manage.py announce_changes`. Kinds whose tables are as they were are not looked at.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, auto
from functools import cache
from typing import NamedTuple, TypeVar

from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from publishing import versions
from publishing.changes import Announced, Change, Compared, Journal
from publishing.fingerprints import fingerprint_of
from publishing.models import Publishable, TableVersion, published_models
from publishing.triggers import content_tables

# So many rows a statement, that a first journal of a hundred thousand is no single one.
AT_ONCE = 2000
# A reader waits for so many lines to be written at most: the next reading writes the following.
MOST_FOR_A_READER = 10_000

Item = TypeVar("Item")

logger = logging.getLogger(__name__)


class State(Enum):
    """How far the journal tells what is published."""

    CAUGHT_UP = auto()
    # There was too much to tell at once: more comes with the next reading.
    BEHIND = auto()
    # The database refuses to write: it may lack the latest.
    REFUSED = auto()


class Told(NamedTuple):
    """What was added: how many lines of each sort, and whether that is all there was to tell."""

    lines: Counter[Change.What]
    is_all: bool


class Known(NamedTuple):
    """What was last announced of a record."""

    slug: str
    fingerprint: str
    is_public: bool


class Difference(NamedTuple):
    """A record that is not as it was announced (`before`, if it ever was); `now` None: hidden."""

    kind: str
    key: int
    before: Known | None
    now: Known | None

    @property
    def what(self) -> Change.What:
        if self.now is None:
            return Change.What.WITHDRAWN
        if self.before is None:
            return Change.What.CREATED
        return Change.What.UPDATED if self.before.is_public else Change.What.PUBLISHED

    @property
    def slug(self) -> str:
        return self.now.slug if self.now else self.before.slug

    @property
    def former_slug(self) -> str:
        return self.before.slug if self.before and self.before.slug != self.slug else ""


def read_journal() -> State:
    """Catches the journal up for a reader. Two queries when nothing has changed, and no lock."""
    if Journal.objects.filter(version=versions.current().name).exists():
        return State.CAUGHT_UP
    try:
        told = catch_up(most=MOST_FOR_A_READER)
    except DatabaseError:
        # A copy that is only read, a load that keeps the writers waiting: what is known is given.
        logger.warning("The journal of changes could not be caught up.", exc_info=True)
        return State.REFUSED
    return State.CAUGHT_UP if told.is_all else State.BEHIND


def catch_up(*, most: int | None = None) -> Told:
    """Adds to the journal what changed since; `most` lines of it, if that is said.

    Two queries for each kind of record that may have changed, which hold the keys and fingerprints
    of one kind at a time, and a few for so many changes. Raises `DatabaseError` when the database
    refuses to write.
    """
    with transaction.atomic():
        journal = Journal.objects.hold()
        # Read before the records: what is written meanwhile gives another, and is looked at again.
        version = versions.current()
        if journal.version == version.name:
            return Told(Counter(), is_all=True)
        states = _states(version)
        compared = dict(Compared.objects.values_list("kind", "state"))
        changed = [one for one in states if states[one] != compared.get(one.api_name)]
        found = _differences(changed)
        told = found[:most]
        for packet in _packets(told):
            _write(packet, version)
        is_all = len(told) == len(found)
        if is_all:
            journal.version = version.name
            journal.save()
            _note({model.api_name: states[model] for model in changed})
    return Told(Counter(one.what for one in told), is_all)


def _states(version: versions.Version) -> dict[type[Publishable], str]:
    """What names the state that each kind is compared in: that of its tables, and of the clock.

    One query, to be asked before the records, as the version is.
    """
    names = dict(TableVersion.objects.values_list("table", "name"))
    clock_and_tables = {
        model: [str(version.turned_at), *(names[table] for table in _tables_of(model))]
        for model in published_models()
    }
    return {model: _digest(*names) for model, names in clock_and_tables.items()}


def _digest(*names: str) -> str:
    return hashlib.blake2b("|".join(names).encode(), digest_size=16).hexdigest()


@cache
def _tables_of(model: type[Publishable]) -> tuple[str, ...]:
    """The tables of the content that tell what is public of a kind, and what it states."""
    sql, _ = _public(model).query.sql_with_params()
    return tuple(sorted(table for table in content_tables() if f'"{table}"' in sql))


def _note(states: dict[str, str]) -> None:
    Compared.objects.bulk_create(
        [Compared(kind=kind, state=state) for kind, state in states.items()],
        update_conflicts=True,
        unique_fields=["kind"],
        update_fields=["state"],
    )


def _differences(models: Iterable[type[Publishable]]) -> list[Difference]:
    """Those of these kinds, in the order of the journal.

    All leave before any comes: an address that one gives up is free for another. What rests on
    other records leaves before them, and comes after them.
    """
    by_kind = [list(_differences_of(model)) for model in models]
    gone = [one for kind in reversed(by_kind) for one in kind if one.now is None]
    return gone + [one for kind in by_kind for one in kind if one.now is not None]


def _differences_of(model: type[Publishable]) -> Iterator[Difference]:
    """Two queries: comparing here costs less than asking the database of each record."""
    kind = model.api_name
    announced = Announced.objects.filter(kind=kind).order_by("object_id")
    rows = announced.values_list("object_id", "slug", "fingerprint", "is_public")
    known = {key: Known(*said) for key, *said in rows}
    for key, slug, fingerprint in _public(model):
        before, now = known.pop(key, None), Known(slug, fingerprint, is_public=True)
        if before != now:
            yield Difference(kind, key, before, now)
    for key, before in known.items():
        if before.is_public:
            yield Difference(kind, key, before, None)


def _public(model: type[Publishable]) -> QuerySet:
    """The key, the slug and the fingerprint of what is public of a kind."""
    public = model._default_manager.published().annotate(fingerprint=fingerprint_of(model))
    return public.order_by("pk").values_list("pk", "slug", "fingerprint")


def _write(differences: Sequence[Difference], version: versions.Version) -> None:
    Change.objects.bulk_create(
        Change(
            kind=one.kind,
            object_id=one.key,
            what=one.what,
            slug=one.slug,
            former_slug=one.former_slug,
            at=version.since,
        )
        for one in differences
    )
    Announced.objects.bulk_create(
        (
            Announced(
                kind=one.kind,
                object_id=one.key,
                is_public=one.now is not None,
                slug=one.slug,
                fingerprint=one.now.fingerprint if one.now else "",
            )
            for one in differences
        ),
        update_conflicts=True,
        unique_fields=["kind", "object_id"],
        update_fields=["is_public", "slug", "fingerprint"],
    )


def _packets(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))
