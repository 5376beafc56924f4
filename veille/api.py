"""The API on one screen: its resources, its schema, its documentation page."""

from __future__ import annotations

from threading import Lock
from typing import Any

from django.http import Http404
from django.urls import Resolver404, URLResolver, include, path, re_path, resolve, reverse
from django.views.generic import TemplateView
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from analyses.api import AnalysisViewSet, RecommendationViewSet
from companies.api import CompanyViewSet
from events.api import CalendarView, EventSeriesViewSet, EventViewSet
from market.anomaly_api import AnomalyViewSet
from market.api import FigureViewSet, GrowthDriverViewSet, IndicatorViewSet
from news.api import NewsItemViewSet
from publishing.api.bulk import bulk_paths
from publishing.api.changes import ChangesView
from publishing.api.parameters import StrictReading
from publishing.api.renderers import JSONRenderer
from publishing.api.viewsets import PublishedViewSet
from search.api import SearchApi
from sources.api import SourceViewSet
from topics.api import TopicViewSet, TrendViewSet

DESCRIBING = Lock()
VIEWSETS = (
    EventViewSet,
    EventSeriesViewSet,
    CompanyViewSet,
    NewsItemViewSet,
    TopicViewSet,
    TrendViewSet,
    IndicatorViewSet,
    FigureViewSet,
    GrowthDriverViewSet,
    AnalysisViewSet,
    RecommendationViewSet,
    SourceViewSet,
)


def addresses_of(viewset: type[PublishedViewSet]) -> URLResolver:
    """All that stands below `/api/v1/<type>/`: whole lists, the list, the records, their own."""
    name = viewset.model.api_name
    router = SimpleRouter()
    router.register("", viewset, basename=name)
    return path(f"{name}/", include([*bulk_paths(viewset), *router.urls]))


class ApiRoot(StrictReading, APIView):
    """Where everything is."""

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        names = {one.model.api_name: f"{one.model.api_name}-list" for one in VIEWSETS}
        names |= {
            "anomalies": "anomalies-list",
            "changes": "changes",
            "search": "search",
            "schema": "schema",
            "docs": "docs",
        }
        return Response(
            {
                name: request.build_absolute_uri(reverse(f"api:{address}"))
                for name, address in names.items()
            }
        )


class SchemaView(StrictReading, SpectacularAPIView):
    """The description of the API, made by one request at a time: the generator keeps its state in
    the views that it describes, and two at once would name operations twice.
    """

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        # A problem is JSON, in whatever form the schema was asked for.
        self.request.accepted_renderer = JSONRenderer()
        self.request.accepted_media_type = JSONRenderer.media_type
        return response

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with DESCRIBING:
            return super().get(request, *args, **kwargs)


class NoSuchAddress(APIView):
    """Below the API, what is nowhere is a problem in JSON; a forgotten final slash is added."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not self._needs_slash_only():
            raise Http404

    def get(self, request: Request, **kwargs: Any) -> Response:
        address = request.build_absolute_uri(f"{request.path}/")
        query = request.META["QUERY_STRING"]
        return Response(
            status=status.HTTP_301_MOVED_PERMANENTLY,
            headers={"Location": f"{address}?{query}" if query else address},
        )

    def _elsewhere(self, request: Request, **kwargs: Any) -> Response:
        """A request that writes is sent on with its method and its body."""
        response = self.get(request)
        response.status_code = status.HTTP_308_PERMANENT_REDIRECT
        return response

    post = put = patch = delete = _elsewhere

    def _needs_slash_only(self) -> bool:
        path_info = self.request.path_info
        if path_info.endswith("/"):
            return False
        try:
            match = resolve(f"{path_info}/")
        except Resolver404:
            return False
        return getattr(match.func, "view_class", None) is not NoSuchAddress


urlpatterns = [
    path("", ApiRoot.as_view(), name="root"),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", TemplateView.as_view(template_name="pages/api_docs.html"), name="docs"),
    path("changes/", ChangesView.as_view(), name="changes"),
    path("search/", SearchApi.as_view(), name="search"),
    path("events/", include(bulk_paths(EventViewSet, [CalendarView]))),
    *map(addresses_of, VIEWSETS),
    path("anomalies/", include(bulk_paths(AnomalyViewSet))),
    path("anomalies/", AnomalyViewSet.as_view({"get": "list"}), name="anomalies-list"),
    path(
        f"anomalies/<int:{AnomalyViewSet.lookup_url_kwarg}>/",
        AnomalyViewSet.as_view({"get": "retrieve"}),
        name="anomalies-detail",
    ),
    re_path(r"", NoSuchAddress.as_view()),
]
