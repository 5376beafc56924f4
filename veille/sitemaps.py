"""The map of the site for search engines, built from the contract, not app by app."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet
from django.db.models.functions import Greatest
from django.urls import reverse

from publishing.models import Anomaly, Publishable, published_models
from veille.panorama.years import years

PAGES = (
    "home",
    "events:calendar",
    "events:call_list",
    "market:overview",
    "market:comparison",
    "market:forecast_list",
    "market:anomaly_list",
    "market:method",
    "market:erratum_list",
    "sources:single_source",
    "about",
    "accessibility",
    "panorama_list",
)


class PageSitemap(Sitemap):
    """The pages that are no record: home, about, those of the market, panoramas, and the lists."""

    def items(self) -> list[str]:
        pages = [reverse(name) for name in PAGES]
        panoramas = [reverse("panorama", args=[year]) for year in years()]
        return pages + panoramas + [model.list_url() for model in published_models()]

    def location(self, item: str) -> str:
        return item


class RecordSitemap(Sitemap):
    """The public records of one model, each with the moment of its last change."""

    def __init__(self, model: type[Publishable]) -> None:
        self.model = model

    def items(self) -> QuerySet:
        published = self.model._default_manager.published()
        return published.only("slug", "publish_at", "updated_at").order_by("pk")

    def lastmod(self, item: Publishable) -> datetime:
        # A scheduled record is new on the day it comes out, however long ago it was written.
        return item.changed_at

    def get_latest_lastmod(self) -> datetime | None:
        # One line computed by the database: Django would load every record to find it.
        latest = Max(Greatest("publish_at", "updated_at"))
        return self.items().aggregate(latest=latest)["latest"]


class AnomalySitemap(Sitemap):
    """What the public register lists."""

    def items(self) -> QuerySet:
        return Anomaly.objects.published().only("updated_at").order_by("pk")

    def lastmod(self, item: Anomaly) -> datetime:
        return item.updated_at

    def get_latest_lastmod(self) -> datetime | None:
        return self.items().aggregate(latest=Max("updated_at"))["latest"]


def sitemaps() -> dict[str, Sitemap]:
    """Every section of the map, by its name in `/sitemap-<section>.xml`."""
    records = {model.api_name: RecordSitemap(model) for model in published_models()}
    return {"pages": PageSitemap()} | records | {"anomalies": AnomalySitemap()}
