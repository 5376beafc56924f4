"""The admin site: its name, the order of its rooms, and what waits for the editors."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Count, Model, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import capfirst

from publishing import clock
from publishing.models import Anomaly, Publishable, Severity, Status, published_models
from publishing.typography import plural

# The order in which the site is read, then who works on it.
APP_ORDER = (
    "events",
    "market",
    "companies",
    "topics",
    "news",
    "analyses",
    "sources",
    "publishing",
    "search",
)
ACCOUNTS = ("auth",)


class VeilleAdminSite(admin.AdminSite):
    site_header = "Veille : la rédaction"
    site_title = "Veille"
    index_title = "Rédaction"

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        app_list = super().get_app_list(request, app_label)
        for app in app_list:
            app["models"].sort(key=_model_rank)
        return sorted(app_list, key=lambda app: _app_rank(app["app_label"]))

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The contents, under what waits: one query for each kind of record."""
        return super().index(request, {"waiting": self.waiting(request)} | (extra_context or {}))

    def waiting(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The anomalies to settle, then the records in review, to verify again and scheduled."""
        kinds = [
            (model, _counts(model))
            for model in sorted(published_models(), key=lambda one: _app_rank(one._meta.app_label))
            if self.is_registered(model)
            and self.get_model_admin(model).has_view_or_change_permission(request)
        ]
        queues = [
            {
                "title": title,
                "nothing": nothing,
                "rows": [
                    {
                        "label": _name(model, counts[key]),
                        "count": counts[key],
                        "url": _url(model, query),
                    }
                    for model, counts in kinds
                    if counts[key]
                ],
            }
            for key, title, nothing, query in _QUEUES
        ]
        return [self._anomalies(request), *queues]

    def _anomalies(self, request: HttpRequest) -> dict[str, Any]:
        """The open anomalies, by gravity; one query for who may see the register."""
        may_see = self.get_model_admin(Anomaly).has_view_permission(request)
        counts = Anomaly.objects.open().by_severity() if may_see else {}
        return {
            "title": "Anomalies",
            "nothing": "Aucune anomalie n’est à traiter.",
            "rows": [
                {
                    "label": capfirst(plural(counts[severity], severity.label)),
                    "count": counts[severity],
                    "url": _url(Anomaly, f"severity__exact={severity}"),
                }
                for severity in Severity
                if counts.get(severity)
            ],
        }


_QUEUES = (
    ("in_review", "En relecture", "Aucune fiche n’attend de relecture.", "etat=in_review"),
    ("due", "À revoir", "Aucune échéance de vérification n’est passée.", "revue=due"),
    ("scheduled", "Planifié", "Aucune publication n’est planifiée.", "etat=scheduled"),
)


def _counts(model: type[Publishable]) -> dict[str, int]:
    return model._default_manager.aggregate(
        in_review=Count("pk", filter=Q(status=Status.IN_REVIEW)),
        due=Count("pk", filter=Q(review_due__lte=clock.today())),
        scheduled=Count("pk", filter=Q(status=Status.PUBLISHED, publish_at__gt=clock.now())),
    )


def _name(model: type[Publishable], number: int) -> str:
    meta = model._meta
    return capfirst(plural(number, meta.verbose_name, meta.verbose_name_plural))


def _url(model: type[Model], query: str) -> str:
    meta = model._meta
    return f"{reverse(f'admin:{meta.app_label}_{meta.model_name}_changelist')}?{query}"


def _app_rank(label: str) -> tuple[int, str]:
    if label in APP_ORDER:
        return APP_ORDER.index(label), label
    return len(APP_ORDER) + (label in ACCOUNTS), label


def _model_rank(entry: dict[str, Any]) -> tuple[bool, int]:
    """Records before the words they share, each in the order of their module."""
    model = entry["model"]
    order = list(apps.get_app_config(model._meta.app_label).get_models())
    return not issubclass(model, Publishable), order.index(model)
