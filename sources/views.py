"""Public pages of the sources."""

from __future__ import annotations

from typing import Any

from publishing.views import PublishedDetailView, PublishedListView
from sources.filters import SourceFilterSet
from sources.models import Source
from sources.quality import quality_of


class SourceListView(PublishedListView):
    model = Source
    filterset_class = SourceFilterSet
    ordering_method = "by_publisher"
    title = "Sources"
    intro = "Tout ce que la veille affirme s’appuie sur une source, jugée et citée ici."


class SourceDetailView(PublishedDetailView):
    model = Source

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "uses": self.object.uses(),
            "quality": quality_of(self.object),
        }
