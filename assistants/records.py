"""The public records as the API tells them: its querysets, filters and serializers, in process.

Whatever is read here starts from `published()`, or from `find_public`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.http import QueryDict

from publishing.api.filters import refusals
from publishing.api.pagination import Cursor, Order
from publishing.api.problems import KNOWN, InvalidParameters
from publishing.api.viewsets import PublishedViewSet
from publishing.models import Publishable
from publishing.redirects import Gone, Moved, find_public
from sources.models import Cited, Source, Sourced, cited_prefetch
from veille.api import VIEWSETS

KINDS: dict[str, type[PublishedViewSet]] = {one.model.api_name: one for one in VIEWSETS}
"""Each kind of record by its name in the API."""

Key = tuple[str, int]
"""The name of a kind, and the primary key of a record."""


class Absent(Exception):
    """Nothing public is at an address. `message` is a French sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Told:
    """A public record, with its object in the API."""

    record: Publishable
    answer: dict[str, Any]

    @property
    def kind(self) -> str:
        return self.record.api_name

    @property
    def sources(self) -> list[Source]:
        """The public sources that it rests on, each once, its own before those that it cites."""
        found = []
        if isinstance(self.record, Sourced) and self.record.source is not None:
            found.append(self.record.source)
        if isinstance(self.record, Cited):
            found += [citation.source for citation in self.record.public_citations]
        return list({source.pk: source for source in found if source.is_public}.values())


@dataclass(frozen=True)
class Page:
    """Some of the records of a list: how many there are in all, and where the next ones begin."""

    count: int
    told: list[Told]
    next_cursor: str | None


def page_of(
    kind: str, filters: Mapping[str, str], *, limit: int, cursor: str | None = None
) -> Page:
    """The public records of `kind` that the filters of the API keep, in the order of the API.

    `cursor` is the `next_cursor` of the page before. Raises `InvalidParameters`, which names the
    filters as the API does.
    """
    viewset = KINDS[kind]
    order = Order(viewset.ordering)
    found = _filtered(viewset, filters)
    rows, more = order.page(_loaded(viewset, found), _cursor(cursor, viewset, order), limit)
    following = order.cursor(rows[-1]).encode() if more else None
    return Page(found.count(), _told(viewset, rows), following)


def chosen(keys: Iterable[Key]) -> list[Told]:
    """The records of `keys` that are public, in that order.

    The queries of a list of the API for each kind, however many records there are of it.
    """
    keys = list(keys)
    wanted = defaultdict(list)
    for kind, pk in keys:
        wanted[kind].append(pk)
    found = {}
    for kind, pks in wanted.items():
        viewset = KINDS[kind]
        public = viewset.model._default_manager.published().filter(pk__in=pks)
        for told in _told(viewset, _loaded(viewset, public)):
            found[kind, told.record.pk] = told
    return [found[key] for key in keys if key in found]


def latest(kinds: Iterable[str], limit: int) -> list[Told]:
    """The last `limit` records of these kinds to come out, the latest first."""
    newest = sorted(
        (
            (publish_at, kind, pk)
            for kind in kinds
            for publish_at, pk in KINDS[kind]
            .model._default_manager.published()
            .order_by("-publish_at", "-pk")
            .values_list("publish_at", "pk")[:limit]
        ),
        reverse=True,
    )
    return chosen((kind, pk) for _, kind, pk in newest[:limit])


def whole(kind: str, slug: str) -> Told:
    """The public record at `slug`, or at the slug that it has taken since, with all that it says.

    Raises `Absent`; a draft is never told from nothing.
    """
    viewset = KINDS[kind]
    records = viewset().load_detail(viewset.model._default_manager.all())
    try:
        record = find_public(records, slug)
    except Moved as moved:
        return whole(kind, moved.record.slug)
    except Gone as gone:
        raise Absent(KNOWN[410][2]) from gone
    except viewset.model.DoesNotExist as nothing:
        raise Absent(f"Aucune fiche publiée de type « {kind} » n’a cet identifiant.") from nothing
    return Told(record, viewset.detail_serializer_class(record, context=_context()).data)


def _filtered(viewset: type[PublishedViewSet], filters: Mapping[str, str]) -> QuerySet:
    filterset = viewset.filterset_class(
        QueryDict(urlencode(filters)),
        viewset.model._default_manager.published(),
        allowed_parameters=(),
    )
    if not filterset.is_valid():
        raise InvalidParameters(refusals(filterset.form))
    return filterset.qs


def _cursor(text: str | None, viewset: type[PublishedViewSet], order: Order) -> Cursor | None:
    if text is None:
        return None
    try:
        return Cursor.decode(text, viewset.model, order)
    except ValueError as error:
        said = "Ce repère n’est pas l’un de ceux que donne « next_cursor »."
        raise InvalidParameters({"cursor": ("invalid_cursor", said)}) from error


def _loaded(viewset: type[PublishedViewSet], records: QuerySet) -> QuerySet:
    """`records` with what a list of the API shows, and the sources that they cite."""
    loaded = viewset().load_list(records)
    return loaded.prefetch_related(cited_prefetch()) if issubclass(viewset.model, Cited) else loaded


def _told(viewset: type[PublishedViewSet], records: Iterable[Publishable]) -> list[Told]:
    records = list(records)
    answers = viewset.serializer_class(records, many=True, context=_context()).data
    return [Told(record, answer) for record, answer in zip(records, answers, strict=True)]


def _context() -> dict[str, Any]:
    return {"site": settings.SITE_URL}
