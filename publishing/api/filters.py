"""The FilterSet of the page, asked by the API: what it refuses is a problem that says why."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.request import Request

from publishing.api.pagination import KeysetPagination
from publishing.api.problems import InvalidParameters
from publishing.filters import StrictForm

# `format` chooses the renderer, before the filters are read.
API_PARAMETERS = KeysetPagination.parameters | {"format"}


class StrictFilterBackend(DjangoFilterBackend):
    """Filters through the viewset's `filterset_class`; refuses what it does not know."""

    def get_filterset_kwargs(
        self, request: Request, queryset: QuerySet, view: Any
    ) -> dict[str, Any]:
        kwargs = super().get_filterset_kwargs(request, queryset, view)
        own = getattr(view, "own_parameters", frozenset())
        return kwargs | {"allowed_parameters": API_PARAMETERS | own}

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        if not filterset.is_valid():
            raise InvalidParameters(refusals(filterset.form))
        return filterset.qs


def refusals(form: StrictForm) -> list[tuple[str, str, str]]:
    """(parameter, code, sentence) for each parameter that `form` refuses."""
    return [
        ((error.params or {}).get("parameter", field), error.code or "invalid", message)
        for field, errors in form.errors.as_data().items()
        for error in errors
        for message in error.messages
    ]
