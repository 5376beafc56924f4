"""The feeds of the figures, and of those that correct others."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse

from market.filters import ErratumFilterSet, FigureFilterSet
from market.models import Figure
from sources.feeds import SourcedFeed


class FigureFeed(SourcedFeed):
    model = Figure
    filterset_class = FigureFilterSet
    feed_title = "Chiffres"


class ErratumFeed(SourcedFeed):
    model = Figure
    filterset_class = ErratumFilterSet
    feed_title = "Errata"

    def get_base_queryset(self) -> QuerySet:
        return Figure.objects.errata()

    def list_path(self) -> str:
        return reverse("market:erratum_list")
