"""What every page knows of the site and of itself: its sections, its own address."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

from publishing.addresses import absolute_url, with_query

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


# What is drawn of a page where it is shared; 1200 × 630.
SHARE_IMAGE = "img/partage.png"
PAGE = "page"


def head(request: HttpRequest) -> dict[str, Any]:
    """Context processor, for the head of a page: `canonical`, `is_variant`, `share_image`.

    A page of a list has an address of its own; the same list filtered or sorted is a variant of
    the whole list, which search engines are asked not to keep.
    """
    number = request.GET.get(PAGE, "")
    query = urlencode({PAGE: number}) if number.isdecimal() and int(number) > 1 else ""
    is_variant = bool(set(request.GET) - {PAGE})
    return {
        "canonical": absolute_url(with_query(request.path, "" if is_variant else query)),
        "is_variant": is_variant,
        "share_image": absolute_url(static(SHARE_IMAGE)),
    }


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `navigation`, each item with its label, address and `aria-current`."""
    return {"navigation": [_item(label, reverse(name), request.path) for label, name in SECTIONS]}


def _item(label: str, url: str, here: str) -> dict[str, str]:
    current = "page" if here == url else "true" if here.startswith(url) else ""
    return {"label": label, "url": url, "current": current}
