"""The two pages that every published record has: a list, filtered and paged, and a detail."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponsePermanentRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst, slugify
from django.views.generic import DetailView, ListView, View

from publishing import schema_org
from publishing.addresses import FeedLink, absolute_url, feed_links, with_query
from publishing.drawings import png_of
from publishing.exports import (
    CSV_PARAMETERS,
    EXPORT_LINKS,
    MEDIA_TYPES,
    Column,
    Dialect,
    WrongDialect,
    as_csv,
    as_json,
    let_go,
    records_in_turn,
)
from publishing.filters import SORT, PublishedFilterSet, Sort
from publishing.kept import is_long, kept
from publishing.models import Publishable, published_models
from publishing.posters import drawing_of
from publishing.redirects import Gone, Moved, find_public

PAGE_SIZE = 24
MAX_PAGE_DIGITS = 9

LATEST = Sort("latest", "Publiées récemment", ("-publish_at", "-pk"))
CHANGED = Sort("changed", "Modifiées récemment", ("-updated_at", "-pk"))


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
    exist answers 404 and says how many there are. `ordering_method` names the queryset method
    that gives the natural order, which `natural_order` calls by its French name, and `sorts` are
    the others. `has_feeds` says that `publishing.feeds.feed_paths` gave addresses to the feeds of
    the model, or to those that `feed_name` names. `counted` is what is listed, for
    `typography.counted`, and `empty_words` what is said when there is nothing. `columns` are those
    of its exports, whose addresses `export_paths` gave under the name of the model, or under
    `export_name`.
    """

    filterset_class: ClassVar[type[PublishedFilterSet]]
    ordering_method: ClassVar[str]
    natural_order: ClassVar[str] = "Ordre de la rubrique"
    sorts: ClassVar[tuple[Sort, ...]] = (LATEST, CHANGED)
    paginate_by = PAGE_SIZE
    title: ClassVar[str]
    intro: ClassVar[str] = ""
    list_class: ClassVar[str] = "columns"
    counted: ClassVar[str] = "fiche"
    empty_words: ClassVar[str] = ""
    has_feeds: ClassVar[bool] = False
    feed_name: ClassVar[str] = ""
    columns: ClassVar[tuple[Column, ...]]
    export_name: ClassVar[str] = ""
    template_name = "layouts/list.html"
    no_such_page = False

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        if not self.filterset.is_valid():
            response.status_code = 400
        elif self.no_such_page:
            response.status_code = 404
            response.is_own_page = True
        return response

    def get_base_queryset(self) -> QuerySet:
        """The public records, in their natural order, with what a card shows."""
        published = self.model._default_manager.published()
        return getattr(published, self.ordering_method)().for_cards()

    def get_filterset(self, **kwargs: Any) -> PublishedFilterSet:
        sorts = (Sort("", self.natural_order, ()), *self.sorts) if self.sorts else ()
        return self.filterset_class(
            self.request.GET,
            queryset=self.get_base_queryset(),
            sorts=sorts,
            listed=type(self).__qualname__,
            **kwargs,
        )

    def get_queryset(self) -> QuerySet:
        self.filterset = self.get_filterset()
        return (
            self.filterset.qs if self.filterset.is_valid() else self.model._default_manager.none()
        )

    def paginate_queryset(
        self, queryset: QuerySet, page_size: int
    ) -> tuple[Paginator, Page, QuerySet, bool]:
        paginator = self.get_paginator(queryset, page_size)
        if self.filterset.is_valid():
            paginator.count = self.filterset.total()
        try:
            page = paginator.page(self._page_number())
        except InvalidPage:
            # Shown empty, with the way to those that exist.
            self.no_such_page = True
            page = Page([], paginator.num_pages + 1, paginator)
        if is_long(paginator.count) and not self.no_such_page:
            page.object_list = self._in_kept_order(page)
        return paginator, page, page.object_list, page.has_other_pages()

    def _in_kept_order(self, page: Page) -> QuerySet:
        """The records of a page of a long list, which is put in order once."""
        keys = page.object_list.values_list("pk", flat=True)
        name = f"page {page.number} {self.request.GET.get(SORT, '')}"
        shown = kept(self.filterset, name, lambda: list(keys))
        return page.paginator.object_list.filter(pk__in=shown)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        page: Page = context["page_obj"]
        total = page.paginator.count
        facets = self.filterset.facets() if self.filterset.is_valid() else {}
        self.filterset.form.offer_on_page(facets)
        return context | {
            "filterset": self.filterset,
            "title": self.title,
            "intro": self.intro,
            "total": total,
            "facets": facets,
            "no_such_page": self.no_such_page,
            "page_range": []
            if self.no_such_page
            else page.paginator.get_elided_page_range(page.number, on_each_side=1),
            "query_without_page": self.filterset.query_with_sort,
            "exports": self._exports(),
            "feeds": self._feeds(),
        }

    def _page_number(self) -> str:
        """As a reader would write it: « 1e9 », « 007 » or « ٣ » are pages of no list."""
        given = self.request.GET.get(self.page_kwarg, "1")
        usual = given.isascii() and given.isdigit() and len(given) <= MAX_PAGE_DIGITS
        return given if usual and not given.startswith("0") else ""

    def exported(self, records: Iterable[Any]) -> Iterable[Any]:
        """The records of an export, with what its columns ask of them."""
        return records

    def _exports(self) -> list[dict[str, str]]:
        """The links to this list as a file, with its filters and its order."""
        if not self.filterset.is_valid():
            return []
        meta = self.model._meta
        name = self.export_name or f"{meta.app_label}:{meta.model_name}"
        return [
            {
                "label": one.label,
                "media_type": one.media_type,
                "url": with_query(
                    reverse(f"{name}_export_{one.extension}"),
                    "&".join(part for part in (self.filterset.query_with_sort, one.query) if part),
                ),
            }
            for one in EXPORT_LINKS
        ]

    def _feeds(self) -> list[FeedLink]:
        """The feeds of this list, with its filters."""
        if not self.has_feeds:
            return []
        meta = self.model._meta
        name = self.feed_name or f"{meta.app_label}:{meta.model_name}"
        return feed_links(name, self.title, self.filterset.query)


class ExportView(View):
    """The list of `list_view` as a file: its filters, its order, as many rows as it says.

    CSV in UTF-8, with a byte order mark for `?bom=1` and semicolons for `?delimiter=semicolon`, or
    JSON. A wrong parameter answers 400 with the reason in plain text.
    """

    http_method_names = ["get", "head"]
    list_view: type[PublishedListView] | None = None
    extension = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        page = self.list_view()
        page.setup(request)
        own = CSV_PARAMETERS if self.extension == "csv" else ()
        page.filterset = page.get_filterset(allowed_parameters=own)
        if not page.filterset.is_valid():
            return _refused(page.filterset.refusal)
        try:
            dialect = Dialect.asked(request.GET)
        except WrongDialect as wrong:
            return _refused(str(wrong))
        records = let_go(page.exported(records_in_turn(page.filterset.qs)))
        if self.extension == "csv":
            rows = as_csv(records, page.columns, dialect)
        else:
            rows = as_json(records, page.columns)
        name = f"{slugify(page.title)}.{self.extension}"
        return StreamingHttpResponse(
            rows,
            content_type=MEDIA_TYPES[self.extension],
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "X-Robots-Tag": "noindex",
            },
        )


def export_paths(
    list_view: type[PublishedListView], name: str, prefix: str = ""
) -> list[URLPattern]:
    """The addresses of a list as a file: `<prefix>export.csv` and `.json`."""
    return [
        path(
            f"{prefix}export.{extension}",
            ExportView.as_view(list_view=list_view, extension=extension),
            name=f"{name}_export_{extension}",
        )
        for extension in MEDIA_TYPES
    ]


def _refused(text: str) -> HttpResponse:
    return HttpResponseBadRequest(text, content_type="text/plain; charset=utf-8")


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

    def poster_address(self) -> str:
        return absolute_url(self.object.poster_url)

    def breadcrumb(self) -> list[tuple[str, Any]]:
        return super().breadcrumb() or [(_plural(self.model), self.model.list_url())]

    def gone(self, record: Publishable) -> HttpResponse:
        context = {"kind": record._meta.verbose_name, "list_url": record.list_url()}
        return render(self.request, "errors/410.html", context, status=410)


class PosterView(PublishedDetailView):
    """The picture of a record of any kind, for where it is shared; moved or gone as its page is."""

    http_method_names = ["get", "head"]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        kinds = {model.kind_slug(): model for model in published_models()}
        if kwargs["kind"] not in kinds:
            raise Http404("Aucune fiche de ce type.")
        self.model = kinds[kwargs["kind"]]

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        picture = png_of(drawing_of(self.object.poster()))
        return HttpResponse(picture, content_type="image/png")

    def address_of(self, record: Publishable) -> str:
        return record.poster_url
