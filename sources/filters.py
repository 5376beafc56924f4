"""Filters of the sources."""

from __future__ import annotations

from publishing.filters import ChoiceFilter, KnownValueFilter, PublishedFilterSet
from sources.models import Reliability, Source


class SourceFilterSet(PublishedFilterSet):
    search_fields = ("title", "publisher", "author", "summary")

    kind = ChoiceFilter(choices=Source.Kind.choices, label="Nature")
    reliability = ChoiceFilter(choices=Reliability.choices, label="Fiabilité")
    publisher = KnownValueFilter(Source, field_name="publisher", label="Éditeur de la source")
    language = KnownValueFilter(
        Source, field_name="language", label="Langue", help_text="Code BCP 47, comme « fr »."
    )
