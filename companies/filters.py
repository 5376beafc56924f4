"""Filters of the companies."""

from __future__ import annotations

from string import ascii_lowercase

from django.db.models import QuerySet

from companies.models import CompanyRole
from publishing.filters import (
    AnyOfFilter,
    ChoiceFilter,
    CountryFilter,
    PublishedFilterSet,
    SlugFilter,
    YesNoFilter,
)
from publishing.typography import DIGITS, OTHER_INITIALS
from topics.models import Topic

INITIALS = (
    *((letter, letter.upper()) for letter in ascii_lowercase),
    (DIGITS, "0–9"),
    (OTHER_INITIALS, "Autres"),
)


class CompanyFilterSet(PublishedFilterSet):
    search_fields = ("name", "also_known_as", "summary")

    role = AnyOfFilter(
        method="with_any_role",
        choices=CompanyRole.Role.choices,
        label="Rôle",
        help_text="Au moins un de ces rôles ; le paramètre se répète.",
    )
    letter = ChoiceFilter(
        field_name="initial",
        choices=INITIALS,
        label="Lettre",
        help_text="Première lettre du nom, sans accent ; « 0-9 » pour un chiffre.",
    )
    country = CountryFilter()
    featured = YesNoFilter(field_name="featured", label="Au répertoire")
    topic = SlugFilter(Topic, field_name="topics")

    def with_any_role(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.in_role(*value) if value else queryset
