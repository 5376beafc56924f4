"""Filters of the companies."""

from __future__ import annotations

from django.db.models import QuerySet

from companies.models import CompanyRole
from publishing.filters import (
    AnyOfFilter,
    CountryFilter,
    PublishedFilterSet,
    SlugFilter,
    YesNoFilter,
)
from topics.models import Topic


class CompanyFilterSet(PublishedFilterSet):
    search_fields = ("name", "also_known_as", "summary")

    role = AnyOfFilter(
        method="with_any_role",
        choices=CompanyRole.Role.choices,
        label="Rôle",
        help_text="Au moins un de ces rôles ; le paramètre se répète.",
    )
    country = CountryFilter()
    featured = YesNoFilter(field_name="featured", label="Au répertoire")
    topic = SlugFilter(Topic, field_name="topics")

    def with_any_role(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.in_role(*value) if value else queryset
