"""The French formatter, for templates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone

from publishing import typography

register = template.Library()


@register.filter
def counted(total: int, noun: str) -> str:
    """`{{ 3|counted:"fiche" }}`: « 3 fiches ». An irregular plural comes after a comma."""
    singular, _, plural = noun.partition(",")
    return typography.count(total, singular, plural or None)


@register.filter
def counted_word(singular: str, total: int) -> str:
    """`{{ "ouverte"|counted_word:3 }}`: « ouvertes », without the number."""
    return typography.plural(total, singular)


@register.filter
def french_date(value: date | datetime | None) -> str:
    """« 20 mai 2025 », in the time of Paris; empty for nothing."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localdate(value)
    return typography.french_date(value)


@register.filter
def unlocalized(value: Any) -> str:
    """A number as machines write it, for SVG attributes: « 12.5 »."""
    return str(value)
