"""Pages that speak of the whole site: home, about, health, robots, errors."""

from __future__ import annotations

import logging
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from analyses.models import Analysis
from companies.models import Company
from events.models import Event
from market.key_figures import KeyFigure, key_figures
from market.models import Figure, Indicator
from market.views import panel_of
from news.models import NewsItem
from publishing import schema_org
from publishing.addresses import feed_links
from publishing.api.problems import CONTENT_TYPE, problem
from publishing.models import published_models
from topics.models import Topic, Trend
from veille.navigation import SECTIONS
from veille.panorama.years import years

logger = logging.getLogger(__name__)

# How many indicators are looked at, and how many are told.
KEY_INDICATORS, KEY_FIGURES = 12, 6
API = "/api"


class HomeView(TemplateView):
    """What is new and what comes; when nothing comes any more, what has been."""

    template_name = "pages/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        events = Event.objects.published().for_cards()
        upcoming = list(events.upcoming()[:6])
        panels = [panel_of(indicator) for indicator in self._indicators()]
        lead = panels[0]["headline"] if panels else None
        return super().get_context_data(**kwargs) | {
            "upcoming": upcoming,
            "past": [] if upcoming else list(events.past()[:6]),
            "lead": lead,
            "keys": self._keys(panels, lead),
            "trends": Trend.objects.published().major().in_order().for_cards()[:5],
            "topics": Topic.objects.published().in_order()[:8],
            "news": NewsItem.objects.published().latest_first().for_cards()[:4],
            "analysis": Analysis.objects.published().latest_first().for_cards().first(),
            "companies": Company.objects.published().featured().in_order().for_cards()[:8],
            "last_update": last_update(),
            "feeds": feed_links("everything", "Tout ce qui paraît"),
            "structured_data": schema_org.script(schema_org.website(reverse("search:results"))),
        }

    def _keys(self, panels: list[dict[str, Any]], lead: Figure | None) -> list[KeyFigure]:
        """What is told of the market, but a figure that leads and has nothing more to tell."""
        found = key_figures(panels, KEY_FIGURES)
        return [one for one in found if one.has_chart or one.headline != lead]

    def _indicators(self) -> list[Indicator]:
        return list(Indicator.objects.published().in_order().with_live_figures()[:KEY_INDICATORS])


class AboutView(TemplateView):
    """What the site is, how it works, and what it holds."""

    template_name = "pages/about.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counts = [
            (model._meta.verbose_name_plural, model.list_url(), model.objects.published().count())
            for model in published_models()
        ]
        return super().get_context_data(**kwargs) | {
            "counts": counts,
            "last_update": last_update(),
        }


class AccessibilityView(TemplateView):
    """The accessibility statement, after the model of the RGAA: what was measured, and when."""

    template_name = "pages/accessibility.html"
    # The day of the last measurements: to be changed with what the page tells of them.
    extra_context = {"stated_on": date(2026, 11, 23)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"contact": settings.CONTACT_EMAIL}


def last_update() -> datetime | None:
    """When the latest public record was published; None on an empty site. One query a model."""
    moments = [
        model.objects.published()
        .order_by("-publish_at")
        .values_list("publish_at", flat=True)
        .first()
        for model in published_models()
    ]
    return max((moment for moment in moments if moment), default=None)


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, 503 when it does not; for monitoring."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("The database does not answer.")
        return JsonResponse({"etat": "panne", "base_de_donnees": "injoignable"}, status=503)
    return JsonResponse({"etat": "ok", "base_de_donnees": "joignable"})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        f"Disallow: {reverse('admin:index')}",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def llms(request: HttpRequest) -> HttpResponse:
    """What the site is and where its data are, for language models (llmstxt.org)."""
    context = {"base": settings.SITE_URL, "sections": SECTIONS, "years": years()}
    return render(request, "pages/llms.txt", context, content_type="text/markdown; charset=utf-8")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _problem(request, 400) or render(request, "errors/400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _problem(request, 403) or render(request, "errors/403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form posted without its token: most often a page left open for too long."""
    return render(request, "errors/403.html", {"form_expired": True}, status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _problem(request, 404) or render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Stands without the database and without context processors: what failed may be either."""
    return _problem(request, 500) or render(None, "errors/500.html", status=500)


def _problem(request: HttpRequest, status: int) -> HttpResponse | None:
    """What is said to a program at an address of the API; None elsewhere, where a page is shown."""
    path = request.path_info
    if path != API and not path.startswith(f"{API}/"):
        return None
    return JsonResponse(problem(status), status=status, content_type=CONTENT_TYPE)
