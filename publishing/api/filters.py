"""The FilterSet of the page, asked by the API: what it refuses is a problem that says why.

To the filters of the page it adds what programs need: `updated_since`, and ranges of dates that can
be told to keep what is certain alone.
"""

from __future__ import annotations

from datetime import datetime, time
from functools import lru_cache
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.request import Request

from publishing.api.pagination import KeysetPagination
from publishing.api.problems import InvalidParameters
from publishing.filters import (
    OverlapFilter,
    PublishedFilterSet,
    StrictForm,
    YesNoFilter,
    after_filter,
    described,
)

# `format` chooses the renderer, before the filters are read.
API_PARAMETERS = KeysetPagination.parameters | {"format"}


# Of ISO 8601, as the schema tells them; a day may yet be none of its month.
DAY = r"[1-9]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
TIME = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-](0\d|1[0-2]):?[0-5]\d)?"


class InstantField(forms.Field):
    """An instant of ISO 8601, or a day, which stands for its first instant in Paris."""

    def to_python(self, value: Any) -> datetime | None:
        if not value:
            return None
        try:
            # A « + » that was not escaped in an address came as a space.
            instant = parse_datetime(value.strip().replace(" ", "+")) or _first_of(value)
        except ValueError:
            instant = None
        if instant is None:
            raise ValidationError(
                "Un instant qui existe est attendu (2025-05-20T14:30:00Z), ou un jour.",
                code="invalid",
            )
        return instant if instant.tzinfo else timezone.make_aware(instant)


def _first_of(text: str) -> datetime | None:
    day = parse_date(text.strip())
    return day and datetime.combine(day, time())


class ChangedSinceFilter(django_filters.Filter):
    """Keeps what changed at an instant or later; the records know how to find it quickly."""

    field_class = InstantField

    def filter(self, queryset: QuerySet, value: datetime | None) -> QuerySet:
        return queryset.changed_since(value) if value else queryset


class ProgramFilters(PublishedFilterSet):
    """What programs may ask of any list, besides what the page offers."""

    updated_since = described(
        ChangedSinceFilter(
            field_name="updated_at",
            label="Modifiées depuis",
            help_text="Un instant ISO 8601, ou un jour : les fiches modifiées depuis.",
        ),
        type="string",
        pattern=rf"^{DAY}([T ]{TIME})?$",
        examples=["2025-05-20T14:30:00Z", "2025-05-20"],
    )


class DatedFilters(ProgramFilters):
    """What they may ask besides of what has an approximate date.

    A range keeps what may fall in it, as on the page; `certain` what does, from its first possible
    day to the last.
    """

    on_or_after = after_filter()
    certain = YesNoFilter(
        method="keep_certain",
        label="Certain",
        help_text="« true » : ce qui tombe tout entier, à coup sûr, dans l’intervalle que "
        "donnent « on_or_after » (ou « after ») et « before », tous deux compris. « false » : "
        "ce qui peut y tomber, même en partie.",
    )

    def keep_certain(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        if not value:
            return queryset
        for a_filter_name, a_filter in self.filters.items():
            day = self.form.cleaned_data.get(a_filter_name)
            if isinstance(a_filter, OverlapFilter) and day:
                queryset = queryset.filter(_within(a_filter, day))
        return queryset


def _within(a_filter: OverlapFilter, day: Any) -> Q:
    if a_filter.edge == "after":
        return Q(**{f"{a_filter.field_name}_start__gte": day})
    return Q(**{f"{a_filter.field_name}_end__lte": day})


@lru_cache(maxsize=64)
def for_programs(filterset_class: type[PublishedFilterSet]) -> type[PublishedFilterSet]:
    """`filterset_class` with what programs may ask besides."""
    after = filterset_class.base_filters.get("after")
    if after is None:
        return type(filterset_class.__name__, (filterset_class, ProgramFilters), {})
    own = {"on_or_after": after_filter(after.field_name)}
    return type(filterset_class.__name__, (filterset_class, DatedFilters), own)


class StrictFilterBackend(DjangoFilterBackend):
    """Filters through the viewset's `filterset_class`, for programs; refuses what it does not
    know.
    """

    def get_filterset_class(self, view: Any, queryset: QuerySet | None = None) -> Any:
        found = super().get_filterset_class(view, queryset)
        return found and for_programs(found)

    def get_filterset_kwargs(
        self, request: Request, queryset: QuerySet, view: Any
    ) -> dict[str, Any]:
        kwargs = super().get_filterset_kwargs(request, queryset, view)
        return kwargs | {"allowed_parameters": _not_filters(view)}

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        asked = frozenset(request.query_params) - _not_filters(view)
        filterset_class = self.get_filterset_class(view, queryset)
        if not asked or filterset_class is None:
            return queryset
        kwargs = self.get_filterset_kwargs(request, queryset, view)
        filterset = asking(filterset_class, asked)(**kwargs)
        if not filterset.is_valid():
            raise InvalidParameters(refusals(filterset.form))
        return filterset.qs


def asking(
    filterset_class: type[PublishedFilterSet], names: frozenset[str]
) -> type[PublishedFilterSet]:
    """`filterset_class` with these filters alone: the form of all costs more than a page.

    With all of them where one of `names` is no filter: the refusal tells which there are.
    """
    known = names <= filterset_class.base_filters.keys()
    return _narrowed(filterset_class, names) if known else filterset_class


@lru_cache(maxsize=256)
def _narrowed(
    filterset_class: type[PublishedFilterSet], names: frozenset[str]
) -> type[PublishedFilterSet]:
    narrow = type(filterset_class.__name__, (filterset_class,), {})
    narrow.base_filters = {
        name: one for name, one in filterset_class.base_filters.items() if name in names
    }
    return narrow


def filters_asked(request: Request, view: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The parameters that decide which records a list holds, with their values, none checked."""
    others = _not_filters(view)
    asked = request.query_params.lists()
    return tuple(sorted((name, tuple(values)) for name, values in asked if name not in others))


def _not_filters(view: Any) -> frozenset[str]:
    return API_PARAMETERS | getattr(view, "own_parameters", frozenset())


def refusals(form: StrictForm) -> list[tuple[str, str, str]]:
    """(parameter, code, sentence) for each parameter that `form` refuses."""
    return [
        ((error.params or {}).get("parameter", field), error.code or "invalid", message)
        for field, errors in form.errors.as_data().items()
        for error in errors
        for message in error.messages
    ]
