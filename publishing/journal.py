"""Writing the journal of changes: what is public now, compared with what it last announced.

A record comes out and goes by the clock, or because another does: no signal tells it. The journal
is caught up when it is read, as soon as the version of the content is another (two queries when it
is not), and by `manage.py announce_changes`.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import NamedTuple, TypeVar

from django.db import DatabaseError, transaction

from publishing import versions
from publishing.changes import Announced, Change, Journal
from publishing.fingerprints import fingerprint_of
from publishing.models import Publishable, published_models

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

    Two queries for each kind of record, which hold the keys and fingerprints of one kind at a time,
    and a few for so many changes. Raises `DatabaseError` when the database refuses to write.
    """
    with transaction.atomic():
        journal = Journal.objects.hold()
        # Read before the records: what is written meanwhile gives another, and is looked at again.
        version = versions.current()
        if journal.version == version.name:
            return Told(Counter(), is_all=True)
        found = _differences()
        told = found[:most]
        for packet in _packets(told):
            _write(packet, version)
        is_all = len(told) == len(found)
        if is_all:
            journal.version = version.name
            journal.save()
    return Told(Counter(one.what for one in told), is_all)


def _differences() -> list[Difference]:
    """In the order of the journal.

    All leave before any comes: an address that one gives up is free for another. What rests on
    other records leaves before them, and comes after them.
    """
    by_kind = [list(_differences_of(model)) for model in published_models()]
    gone = [one for kind in reversed(by_kind) for one in kind if one.now is None]
    return gone + [one for kind in by_kind for one in kind if one.now is not None]


def _differences_of(model: type[Publishable]) -> Iterator[Difference]:
    """Two queries: comparing here costs less than asking the database of each record."""
    kind = model.api_name
    announced = Announced.objects.filter(kind=kind).order_by("object_id")
    rows = announced.values_list("object_id", "slug", "fingerprint", "is_public")
    known = {key: Known(*said) for key, *said in rows}
    public = model._default_manager.published().annotate(fingerprint=fingerprint_of(model))
    for key, slug, fingerprint in public.order_by("pk").values_list("pk", "slug", "fingerprint"):
        before, now = known.pop(key, None), Known(slug, fingerprint, is_public=True)
        if before != now:
            yield Difference(kind, key, before, now)
    for key, before in known.items():
        if before.is_public:
            yield Difference(kind, key, before, None)


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
