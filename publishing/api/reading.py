"""Reading what is public: what the lists and the single objects of the API have in common."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from typing import Any, ClassVar

import orjson
from django.db.models import Model, QuerySet
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from publishing import versions
from publishing.api.filters import filters_asked
from publishing.api.inclusion import (
    INCLUDE,
    INCLUDED,
    Relation,
    asked_relations,
    included,
    relations_of,
)
from publishing.api.listing import Listing
from publishing.api.parameters import FORMAT, StrictReading
from publishing.api.problems import InvalidParameters
from publishing.api.ready import ready_objects
from publishing.api.selection import FIELDS, also, asked_of, keep, lean
from publishing.filters import PublishedFilterSet
from publishing.versions import Version

ORDERING = "ordering"
SHOWING = ("list", "retrieve")


class ReadingViewSet(StrictReading, ReadOnlyModelViewSet):
    """Objects made of `model`: a list through its FilterSet, and each one alone.

    `ordering`: columns that are never null, ending on `id` (see `KeysetPagination`). A subclass
    says what is public, and loads it with what its serializers show: a list, when its page is
    known (`load_list`); one alone, with `get_queryset`.
    """

    model: ClassVar[type[Model]]
    filterset_class: ClassVar[type[PublishedFilterSet]]
    serializer_class: ClassVar[type[Serializer]]
    detail_serializer_class: ClassVar[type[Serializer]]
    ordering: ClassVar[tuple[str, ...]]

    # What `?ordering=` accepts, up and, after « - », down, and the column of each, never null.
    orders: ClassVar[dict[str, str]] = {}
    shared_orders: ClassVar[dict[str, str]] = {
        "created_at": "created_at",
        "updated_at": "updated_at",
    }

    # What the request asks to include.
    relations: tuple[Relation, ...] = ()

    def load_list(self, records: QuerySet) -> QuerySet:
        """`records` with what an object of the list shows."""
        return records.for_cards()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action in SHOWING:
            self.relations = asked_relations(request, self.get_serializer_class())

    @property
    def own_parameters(self) -> frozenset[str]:
        """What the list is asked besides its filters and its pages."""
        return frozenset({FIELDS, ORDERING, *self._inclusion()})

    def accepted_parameters(self) -> Collection[str] | None:
        if self.action == "list":
            # Its filters judge them.
            return None
        if self.action == "retrieve":
            return (FIELDS, *self._inclusion(), FORMAT)
        return (FORMAT,)

    def _inclusion(self) -> tuple[str, ...]:
        """What names no other record has nothing to include."""
        return (INCLUDE,) if relations_of(self.get_serializer_class()) else ()

    def get_ordering(self) -> tuple[str, ...]:
        """The order that the request asks for, which ends on `id`. Raises `InvalidParameters`."""
        asked = self.request.query_params.get(ORDERING)
        if asked is None:
            return self.ordering
        column = self.accepted_orders().get(asked)
        if column is None:
            accepted = ", ".join(self.accepted_orders())
            detail = f"« {asked} » n’est pas un ordre. Ordres acceptés : {accepted}."
            raise InvalidParameters({ORDERING: ("invalid_choice", detail)})
        return (column, "-id" if column.startswith("-") else "id")

    @classmethod
    def accepted_orders(cls) -> dict[str, str]:
        """What `?ordering=` accepts, and the column of each with its direction."""
        columns = cls.orders | cls.shared_orders
        downwards = {f"-{name}": f"-{column}" for name, column in columns.items()}
        return columns | downwards

    def get_serializer(self, *args: Any, **kwargs: Any) -> Serializer:
        serializer = super().get_serializer(*args, **kwargs)
        tree = {} if self._is_described else asked_of(self.request)
        if not tree:
            return serializer
        for relation in self.relations:
            # Else what is included would be named nowhere.
            for path in relation.needed:
                tree = also(tree, path)
        keep(serializer, tree)
        return serializer

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if self._has_it_already():
            return Response(status=status.HTTP_304_NOT_MODIFIED)
        version = versions.seen_by(request._request)
        keys = self.paginator.keys(self._listing(version), request, self)
        if not keys:
            # Else nothing would say that it is asked for fields that are none.
            self.get_serializer()
        objects = ready_objects(version, self._told(), keys, self._made)
        if not self.relations:
            return self.get_paginated_response([orjson.Fragment(one) for one in objects])
        results = [orjson.loads(one) for one in objects]
        response = self.get_paginated_response(results)
        response.data |= self.included_with(results)
        return response

    def _has_it_already(self) -> bool:
        """Whether the caller, who showed a token, may read this list and has it unchanged.

        To others the middleware says so, before anything is asked of the API.
        """
        validators = getattr(self.request._request, "validators", None)
        if self.request.auth is None or validators is None:
            return False
        # Raises for who may not, be it unchanged.
        self.get_queryset()
        return validators.are_in(self.request)

    def _listing(self, version: Version) -> Listing:
        return Listing(
            self.model,
            lambda: self.filter_queryset(self.get_queryset()),
            version,
            self.list_name(),
        )

    def list_name(self) -> Hashable | None:
        """What tells this list from those that others read; None for one that not all may read."""
        return type(self), filters_asked(self.request, self)

    def _told(self) -> Hashable:
        """What the objects of this list follow from, besides their records."""
        fields = self.request.query_params.get(FIELDS)
        return self.serializer_class, self._site(), fields, self.relations

    def _made(self, keys: Sequence[int]) -> dict[int, Any]:
        """The objects of the records that have these keys, by key."""
        records = list(self._lean(self.load_list(self.get_queryset().filter(pk__in=keys))))
        objects = self.get_serializer(records, many=True).data
        return {record.pk: one for record, one in zip(records, objects, strict=True)}

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().retrieve(request, *args, **kwargs)
        response.data = dict(response.data) | self.included_with(response.data)
        return response

    def included_with(self, data: Any) -> dict[str, Any]:
        """`included`, the related records of `data` that the request asks for; else nothing."""
        if not self.relations:
            return {}
        return {INCLUDED: included(self.relations, data, self.get_serializer_context())}

    def get_serializer_class(self) -> type[Serializer]:
        return self.serializer_class if self.action == "list" else self.detail_serializer_class

    def get_serializer_context(self) -> dict[str, Any]:
        # Worked out once: an answer holds hundreds of addresses.
        return super().get_serializer_context() | {"site": self._site()}

    def _site(self) -> str:
        return "" if self._is_described else self.request.build_absolute_uri("/").removesuffix("/")

    @property
    def _is_described(self) -> bool:
        """Whether this is for the schema, in which case nobody asks anything."""
        return self.request is None or getattr(self, "swagger_fake_view", False)

    def _lean(self, records: QuerySet) -> QuerySet:
        """Without what the request does not ask for."""
        chosen = not self._is_described and FIELDS in self.request.query_params
        return lean(records, self.get_serializer()) if chosen else records
