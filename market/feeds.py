"""The feed of the figures."""

from __future__ import annotations

from market.filters import FigureFilterSet
from market.models import Figure
from sources.feeds import SourcedFeed


class FigureFeed(SourcedFeed):
    model = Figure
    filterset_class = FigureFilterSet
    feed_title = "Chiffres"
