"""Public pages of the sources."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404
from django.views.generic import ListView

from publishing.views import PAGE_SIZE, PublishedDetailView, PublishedListView
from sources import exports, schema_org
from sources.filters import SourceFilterSet
from sources.models import Source, by_kind
from sources.quality import quality_of
from sources.single import Kind, kinds, on_one_source


class SourceListView(PublishedListView):
    model = Source
    filterset_class = SourceFilterSet
    columns = exports.SOURCE
    ordering_method = "by_publisher"
    template_name = "sources/source_list.html"
    title = "Sources"
    intro = "Tout ce que la veille affirme s’appuie sur une source, jugée et citée ici."


class SourceDetailView(PublishedDetailView):
    model = Source
    described_by = schema_org.source

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "uses_by_kind": by_kind(self.object.uses()),
            "quality": quality_of(self.object),
        }


class SingleSourceView(ListView):
    """« Ce qui repose sur une seule source », one kind of record at a time (`?type=`)."""

    template_name = "sources/single_source.html"
    paginate_by = PAGE_SIZE

    @cached_property
    def kinds(self) -> list[Kind]:
        return kinds()

    @cached_property
    def chosen(self) -> Kind:
        """The kind that is asked for, or the first that has records."""
        code = self.request.GET.get("type")
        if code is None:
            return next((kind for kind in self.kinds if kind.total), self.kinds[0])
        found = next((kind for kind in self.kinds if kind.code == code), None)
        if found is None:
            raise Http404("Aucune fiche de ce type ne repose sur des sources.")
        return found

    def get_queryset(self) -> QuerySet:
        return on_one_source(self.chosen.model).for_cards().order_by("-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        page = context["page_obj"]
        return context | {
            "title": "Ce qui repose sur une seule source",
            "parents": [("Sources", Source.list_url())],
            "kinds": self.kinds,
            "chosen": self.chosen,
            "page_range": page.paginator.get_elided_page_range(page.number, on_each_side=1),
            "query_without_page": urlencode({"type": self.chosen.code}),
        }
