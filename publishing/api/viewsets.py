"""The one viewset: list and detail of the public records of a model, and writing them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404

from publishing.api import rights
from publishing.api.editing import EditedViewSet
from publishing.api.inclusion import VIEWSETS
from publishing.api.problems import Forbidden, InvalidParameters
from publishing.api.reading import ReadingViewSet
from publishing.api.schema import PublishedAutoSchema
from publishing.exports import Column
from publishing.models import Publishable, Status, accusations_prefetch
from publishing.redirects import find_public
from publishing.tokens import ApiToken

STATUS = "status"
EVERY_STATUS = "all"


class PublishedViewSet(EditedViewSet, ReadingViewSet):
    """Public records of `model`: a list through its FilterSet, and each one by its slug.

    A token whose owner may see drafts reads each of them by its slug too, and lists those of
    `?status=`. `columns` are those of the whole list as a file (see `publishing.api.bulk`).
    """

    model: ClassVar[type[Publishable]]
    columns: ClassVar[tuple[Column, ...]]

    permission_classes = (rights.EditorsRights,)
    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    schema = PublishedAutoSchema()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if hasattr(cls, "model"):
            VIEWSETS[cls.model] = cls

    @property
    def own_parameters(self) -> frozenset[str]:
        return super().own_parameters | {STATUS}

    def get_queryset(self) -> QuerySet:
        if self.action == "list":
            return self._listed()
        return self._lean(self.load_detail(self.model._default_manager.all()))

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

    def list_name(self) -> Hashable | None:
        return None if STATUS in self.request.query_params else super().list_name()

    def load_detail(self, records: QuerySet) -> QuerySet:
        """`records` with what the object alone shows."""
        return records.for_detail()

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
