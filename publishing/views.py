"""The two pages that every published record has: a list, filtered and paged, and a detail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.views.generic import DetailView, ListView

from publishing import schema_org
from publishing.addresses import FeedLink, feed_links
from publishing.filters import PublishedFilterSet
from publishing.models import Publishable
from publishing.redirects import Gone, Moved, find_public

PAGE_SIZE = 24


class Placed:
    """A page that knows where it stands: `parents`, as (label, address), for the breadcrumb."""

    parents: ClassVar[tuple[tuple[str, Any], ...]] = ()
    parent_models: ClassVar[tuple[type[Publishable], ...]] = ()

    def breadcrumb(self) -> list[tuple[str, Any]]:
        return [
            *self.parents,
            *((_plural(model), model.list_url()) for model in self.parent_models),
        ]


def _plural(model: type[Publishable]) -> str:
    return capfirst(model._meta.verbose_name_plural)


class PublishedListView(Placed, ListView):
    """List of the public records of one model, through its FilterSet.

    A wrong filter answers 400 with the form, its errors and what was typed; a page that does not
    exist answers 404. `ordering_method` names the queryset method that gives the natural order;
    `has_feeds` says that `publishing.feeds.feed_paths` gave addresses to the feeds of the model,
    or to those that `feed_name` names. `counted` is what is listed, for `typography.counted`, and
    `empty_words` what is said when there is nothing.
    """

    filterset_class: ClassVar[type[PublishedFilterSet]]
    ordering_method: ClassVar[str]
    paginate_by = PAGE_SIZE
    title: ClassVar[str]
    intro: ClassVar[str] = ""
    list_class: ClassVar[str] = "columns"
    counted: ClassVar[str] = "fiche"
    empty_words: ClassVar[str] = ""
    has_feeds: ClassVar[bool] = False
    feed_name: ClassVar[str] = ""
    template_name = "layouts/list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        if not self.filterset.is_valid():
            response.status_code = 400
        return response

    def get_base_queryset(self) -> QuerySet:
        """The public records, in their natural order, with what a card shows."""
        published = self.model._default_manager.published()
        return getattr(published, self.ordering_method)().for_cards()

    def get_queryset(self) -> QuerySet:
        self.filterset = self.filterset_class(self.request.GET, queryset=self.get_base_queryset())
        self.filterset.form.offer_on_page()
        return (
            self.filterset.qs if self.filterset.is_valid() else self.model._default_manager.none()
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        page: Page = context["page_obj"]
        return context | {
            "filterset": self.filterset,
            "title": self.title,
            "intro": self.intro,
            "total": page.paginator.count,
            "page_range": page.paginator.get_elided_page_range(page.number, on_each_side=1),
            "query_without_page": self._query_without_page(),
            "feeds": self._feeds(),
        }

    def _feeds(self) -> list[FeedLink]:
        """The feeds of this list, with its filters."""
        if not self.has_feeds:
            return []
        meta = self.model._meta
        name = self.feed_name or f"{meta.app_label}:{meta.model_name}"
        return feed_links(name, self.title, self.filterset.query)

    def _query_without_page(self) -> str:
        query = self.request.GET.copy()
        query.pop(self.page_kwarg, None)
        return query.urlencode()


class PublishedDetailView(Placed, DetailView):
    """Page of one public record: 301 from its former addresses, 410 once withdrawn.

    `described_by` says the record in the words of schema.org; see the `schema_org` of its app.
    """

    described_by: ClassVar[Callable[[Any], schema_org.Data]]
    context_object_name = "record"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().get(request, *args, **kwargs)
        except Moved as moved:
            return HttpResponsePermanentRedirect(self.address_of(moved.record))
        except Gone as gone:
            return self.gone(gone.record)

    def get_object(self, queryset: QuerySet | None = None) -> Publishable:
        everything = self.model._default_manager.for_detail()
        try:
            return find_public(everything, self.kwargs["slug"])
        except self.model.DoesNotExist as nothing:
            raise Http404("Aucune fiche publiée à cette adresse.") from nothing

    def structured_data(self) -> SafeString:
        """JSON-LD of the page, for its template."""
        return schema_org.script(self.describe(self.object))

    def describe(self, record: Publishable) -> schema_org.Data:
        return type(self).described_by(record)

    def address_of(self, record: Publishable) -> str:
        """Where this view now shows a record that has left its former address."""
        return record.get_absolute_url()

    def breadcrumb(self) -> list[tuple[str, Any]]:
        return super().breadcrumb() or [(_plural(self.model), self.model.list_url())]

    def gone(self, record: Publishable) -> HttpResponse:
        context = {"kind": record._meta.verbose_name, "list_url": record.list_url()}
        return render(self.request, "errors/410.html", context, status=410)
