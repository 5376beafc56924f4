"""The sections of the site, in the order of its navigation."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

SECTIONS = (
    ("Événements", "events:event_list"),
    ("Marché", "market:overview"),
    ("Entreprises", "companies:company_list"),
    ("Thématiques", "topics:topic_list"),
    ("Tendances", "topics:trend_list"),
    ("Actualités", "news:newsitem_list"),
    ("Analyses", "analyses:analysis_list"),
    ("Sources", "sources:source_list"),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `navigation`, each item with its label, address and `aria-current`."""
    return {"navigation": [_item(label, reverse(name), request.path) for label, name in SECTIONS]}


def _item(label: str, url: str, here: str) -> dict[str, str]:
    current = "page" if here == url else "true" if here.startswith(url) else ""
    return {"label": label, "url": url, "current": current}
