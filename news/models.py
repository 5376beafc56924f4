"""News items."""

from __future__ import annotations

from dataclasses import replace

from django.db import models
from django.db.models import Prefetch

from companies.models import Company
from events.models import Event
from publishing.fields import ApproximateDateField, approximate_date_order
from publishing.models import (
    Illustrated,
    Publishable,
    PublishableQuerySet,
    Titled,
    Written,
    latest_order,
    public_order,
)
from publishing.posters import Poster
from sources.models import Cited, SourceRequired, cited_prefetch
from topics.models import Topical, topics_prefetch


class NewsItemQuerySet(PublishableQuerySet):
    def latest_first(self) -> NewsItemQuerySet:
        return self.order_by("-date_sort", "-pk")

    def for_cards(self) -> NewsItemQuerySet:
        return self.select_related("source").prefetch_related(topics_prefetch())

    def for_detail(self) -> NewsItemQuerySet:
        return self.for_cards().prefetch_related(
            cited_prefetch(),
            Prefetch("companies", Company.objects.published().in_order()),
            Prefetch("events", Event.objects.published().chronological()),
        )


class NewsItem(Titled, Written, Topical, Cited, SourceRequired, Illustrated, Publishable):
    api_name = "news"

    date = ApproximateDateField("date de publication")
    companies = models.ManyToManyField(
        Company, verbose_name="entreprises", blank=True, related_name="news"
    )
    events = models.ManyToManyField(
        Event, verbose_name="événements", blank=True, related_name="news"
    )

    objects = NewsItemQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = "actualité"
        verbose_name_plural = "actualités"
        ordering = ["-date_sort", "-pk"]
        indexes = [
            *Publishable.Meta.indexes,
            public_order("date_sort", "id"),
            latest_order(),
            public_order("title", "id", name="title"),
        ]
        constraints = [
            *Publishable.Meta.constraints,
            *SourceRequired.Meta.constraints,
            approximate_date_order("date"),
        ]

    def poster(self) -> Poster:
        source = self.source.label if self.source and self.source.is_public else ""
        return replace(super().poster(), note=" · ".join(filter(None, (self.date.display, source))))

    def missing_for_publication(self) -> dict[str, str]:
        missing = super().missing_for_publication()
        if not self.date.is_known:
            missing["date"] = "Une actualité se publie avec sa date, même approximative."
        return missing
