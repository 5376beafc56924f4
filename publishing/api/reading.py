"""Reading what is public: what the lists and the single objects of the API have in common."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from rest_framework.serializers import Serializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from publishing.api.parameters import FORMAT, StrictReading
from publishing.api.problems import InvalidParameters
from publishing.api.selection import FIELDS, asked_of, keep, lean
from publishing.filters import PublishedFilterSet

ORDERING = "ordering"


class ReadingViewSet(StrictReading, ReadOnlyModelViewSet):
    """Objects made of `model`: a list through its FilterSet, and each one alone.

    `ordering`: columns that are never null, ending on `id` (see `KeysetPagination`). A subclass
    says what is public, and loads it with what its serializers show.
    """

    model: ClassVar[type[Model]]
    filterset_class: ClassVar[type[PublishedFilterSet]]
    serializer_class: ClassVar[type[Serializer]]
    detail_serializer_class: ClassVar[type[Serializer]]
    ordering: ClassVar[tuple[str, ...]]

    # What its list is asked besides its filters and its pages.
    own_parameters = frozenset({FIELDS, ORDERING})
    # What `?ordering=` accepts, up and, after « - », down, and the column of each, never null.
    orders: ClassVar[dict[str, str]] = {}
    shared_orders: ClassVar[dict[str, str]] = {
        "created_at": "created_at",
        "updated_at": "updated_at",
    }

    def accepted_parameters(self) -> Collection[str] | None:
        if self.action == "list":
            # Its filters judge them.
            return None
        return (FIELDS, FORMAT) if self.action == "retrieve" else (FORMAT,)

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
        if tree:
            keep(serializer, tree)
        return serializer

    def get_serializer_class(self) -> type[Serializer]:
        return self.serializer_class if self.action == "list" else self.detail_serializer_class

    def get_serializer_context(self) -> dict[str, Any]:
        # Worked out once: an answer holds hundreds of addresses.
        site = "" if self._is_described else self.request.build_absolute_uri("/").removesuffix("/")
        return super().get_serializer_context() | {"site": site}

    @property
    def _is_described(self) -> bool:
        """Whether this is for the schema, in which case nobody asks anything."""
        return self.request is None or getattr(self, "swagger_fake_view", False)

    def _lean(self, records: QuerySet) -> QuerySet:
        """Without what the request does not ask for."""
        chosen = not self._is_described and FIELDS in self.request.query_params
        return lean(records, self.get_serializer()) if chosen else records
