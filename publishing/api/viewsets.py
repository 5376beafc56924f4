"""The one viewset: list and detail of the public records of a model, and writing them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.serializers import Serializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from publishing.api import rights
from publishing.api.editing import EditedViewSet
from publishing.api.problems import Forbidden, InvalidParameters
from publishing.api.schema import PublishedAutoSchema
from publishing.api.selection import FIELDS, asked_of, keep, lean
from publishing.exports import Column
from publishing.filters import PublishedFilterSet
from publishing.models import Publishable, Status, accusations_prefetch
from publishing.redirects import find_public
from publishing.tokens import ApiToken


class StrictNegotiation(DefaultContentNegotiation):
    """An unknown `?format=` is a refused parameter, not an address that does not exist."""

    def filter_renderers(self, renderers: list[BaseRenderer], wanted: str) -> list[BaseRenderer]:
        found = [renderer for renderer in renderers if renderer.format == wanted]
        if not found:
            accepted = ", ".join(renderer.format for renderer in renderers)
            detail = f"« {wanted} » n’est pas un format. Valeurs acceptées : {accepted}."
            raise InvalidParameters({"format": ("invalid_choice", detail)})
        return found


STATUS = "status"
ORDERING = "ordering"
EVERY_STATUS = "all"


class PublishedViewSet(EditedViewSet, ReadOnlyModelViewSet):
    """Public records of `model`: a list through its FilterSet, and each one by its slug.

    A token whose owner may see drafts reads each of them by its slug too, and lists those of
    `?status=`.

    `ordering`: columns that are never null, ending on `id` (see `KeysetPagination`). `columns` are
    those of the whole list as a file (see `publishing.api.bulk`).
    """

    model: ClassVar[type[Publishable]]
    filterset_class: ClassVar[type[PublishedFilterSet]]
    serializer_class: ClassVar[type[Serializer]]
    detail_serializer_class: ClassVar[type[Serializer]]
    ordering: ClassVar[tuple[str, ...]]
    columns: ClassVar[tuple[Column, ...]]

    own_parameters = frozenset({STATUS, FIELDS, ORDERING})
    # What `?ordering=` accepts, up and, after « - », down, and the column of each, never null.
    orders: ClassVar[dict[str, str]] = {}
    permission_classes = (rights.EditorsRights,)
    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    content_negotiation_class = StrictNegotiation
    schema = PublishedAutoSchema()

    def get_queryset(self) -> QuerySet:
        if self.action == "list":
            return self._lean(self.load_list(self._listed()))
        return self._lean(self.load_detail(self.model._default_manager.all()))

    def get_ordering(self) -> tuple[str, ...]:
        """The order that the request asks for, which ends on `id`. Raises `InvalidParameters`."""
        asked = self.request.query_params.get(ORDERING)
        if asked is None:
            return self.ordering
        column = self.accepted_orders().get(asked)
        if column is None:
            accepted = ", ".join(self.accepted_orders())
            detail = f"« {asked} » n’est pas un ordre. Ordres acceptés : {accepted}."
            raise InvalidParameters({ORDERING: ("invalid_choice", detail)})
        return (column, "-id" if column.startswith("-") else "id")

    @classmethod
    def accepted_orders(cls) -> dict[str, str]:
        """What `?ordering=` accepts, and the column of each with its direction."""
        columns = cls.orders | {"created_at": "created_at", "updated_at": "updated_at"}
        downwards = {f"-{name}": f"-{column}" for name, column in columns.items()}
        return columns | downwards

    def get_serializer(self, *args: Any, **kwargs: Any) -> Serializer:
        serializer = super().get_serializer(*args, **kwargs)
        tree = {} if self._is_described else asked_of(self.request)
        if tree:
            keep(serializer, tree)
        return serializer

    @property
    def _is_described(self) -> bool:
        """Whether this is for the schema, in which case nobody asks anything."""
        return self.request is None or getattr(self, "swagger_fake_view", False)

    def _lean(self, records: QuerySet) -> QuerySet:
        """Without what the request does not ask for."""
        chosen = not self._is_described and FIELDS in self.request.query_params
        return lean(records, self.get_serializer()) if chosen else records

    def _listed(self) -> QuerySet:
        """What is public; for a token that asks for them, the records of a status."""
        wanted = self.request.query_params.get(STATUS) if self.request else None
        if wanted is None:
            return self.model._default_manager.published()
        rights.need_scope(self.request, ApiToken.Scope.READ)
        if not rights.reads_drafts(self.request, self.model):
            raise Forbidden
        if wanted == EVERY_STATUS:
            return self.model._default_manager.all()
        if wanted not in Status.values:
            accepted = ", ".join([*Status.values, EVERY_STATUS])
            detail = f"« {wanted} » n’est pas un choix. Valeurs acceptées : {accepted}."
            raise InvalidParameters({STATUS: ("invalid_choice", detail)})
        return self.model._default_manager.filter(status=wanted)

    def load_list(self, records: QuerySet) -> QuerySet:
        """`records` with what an object of the list shows."""
        return records.for_cards()

    def load_detail(self, records: QuerySet) -> QuerySet:
        """`records` with what the object alone shows."""
        return records.for_detail()

    def get_serializer_class(self) -> type[Serializer]:
        return self.serializer_class if self.action == "list" else self.detail_serializer_class

    def get_serializer_context(self) -> dict[str, Any]:
        # Worked out once: an answer holds hundreds of addresses.
        site = "" if self._is_described else self.request.build_absolute_uri("/").removesuffix("/")
        return super().get_serializer_context() | {"site": site}

    def get_object(self) -> Publishable:
        return find_or_404(self.get_queryset(), self.kwargs["slug"])


class AccusedViewSet(PublishedViewSet):
    """Records that tell the anomalies that put them in doubt (see `AccusedSerializer`)."""

    def load_list(self, records: QuerySet) -> QuerySet:
        return super().load_list(records).prefetch_related(accusations_prefetch())

    def load_detail(self, records: QuerySet) -> QuerySet:
        return super().load_detail(records).prefetch_related(accusations_prefetch())


def find_or_404(records: QuerySet, slug: str) -> Publishable:
    """The public record at `slug`; raises `Http404`, or `Gone` and `Moved` (`problem_handler`)."""
    try:
        return find_public(records, slug)
    except records.model.DoesNotExist as nothing:
        raise Http404 from nothing
