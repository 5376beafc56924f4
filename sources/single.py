"""« Ce qui repose sur une seule source »: the records that a single source bears out."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Exists, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.text import capfirst

from publishing.models import Publishable, published_models
from sources.models import Citation, Cited, Sourced


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record that rests on sources, and how many public ones rest on a single one."""

    model: type[Publishable]
    total: int

    @property
    def label(self) -> str:
        return capfirst(self.model._meta.verbose_name_plural)

    @property
    def code(self) -> str:
        return self.model.api_name


def resting_models() -> list[type[Publishable]]:
    """The models whose records cite sources, or have one of their own."""
    return [model for model in published_models() if issubclass(model, Cited | Sourced)]


def kinds() -> list[Kind]:
    """Every kind, with its count: one query each."""
    return [Kind(model, on_one_source(model).count()) for model in resting_models()]


def on_one_source(model: type[Publishable]) -> QuerySet:
    """The public records of `model` that rest on exactly one source.

    Its own source counts as one, each other source that it cites as another. What an independent
    publisher states as well (`corroborated()`) rests on more than its source.
    """
    records = model._default_manager.published()
    others = _citations(model)
    if not issubclass(model, Sourced):
        return records.alias(sources=_number_of_sources(others)).filter(sources=1)
    others = others.exclude(source=OuterRef("source"))
    alone = records.filter(source__isnull=False).exclude(Exists(others))
    if hasattr(alone, "corroborated"):
        alone = alone.exclude(pk__in=records.corroborated().values("pk"))
    return alone


def _citations(model: type[Publishable]) -> QuerySet:
    kind = ContentType.objects.get_for_model(model)
    return Citation.objects.filter(content_type=kind, object_id=OuterRef("pk"))


def _number_of_sources(citations: QuerySet) -> Coalesce:
    by_record = citations.order_by().values("object_id")
    counted = by_record.annotate(number=Count(F("source"), distinct=True)).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
