"""What a page tells machines of itself, as schema.org words it (JSON-LD).

Each app says in its own `schema_org.py` what its records are. Nothing is told that the page does
not show, and a date is told at the precision at which it is known, never a finer one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from publishing.addresses import absolute_url
from publishing.dates import ApproximateDate, Precision
from publishing.models import Publishable

Data = dict[str, Any]

CONTEXT = "https://schema.org"
SITE_NAME = "Veille"
HOME = "/"
# What would end the script, or begin another: told by its number, which JSON reads as well.
ESCAPES = {ord(one): f"\\u{ord(one):04x}" for one in "<>&\u2028\u2029"}
CIRCA = "~"


# --- What a page says ---


def script(*things: Data) -> SafeString:
    """The content of a `<script type="application/ld+json">`: one thing, or a graph of several."""
    told = things[0] if len(things) == 1 else {"@graph": list(things)}
    text = json.dumps({"@context": CONTEXT} | told, ensure_ascii=False).translate(ESCAPES)
    return mark_safe(text)


def thing(kind: str, record: Publishable, **properties: Any) -> Data:
    """What every record tells, and its own properties; those that are empty are left out."""
    address = absolute_url(record.get_absolute_url())
    common = {
        "@type": kind,
        "@id": address,
        "name": record.label,
        "description": getattr(record, "summary", ""),
        "url": address,
        "image": image_of(record),
    }
    return filled(common | properties)


def article(kind: str, record: Publishable, **properties: Any) -> Data:
    """A record that is read: its headline, its dates on the site, who publishes it."""
    return thing(
        kind,
        record,
        **{
            "headline": record.label,
            "inLanguage": "fr",
            "datePublished": record.publish_at.isoformat(timespec="seconds"),
            "dateModified": record.changed_at.isoformat(timespec="seconds"),
            "author": publisher(),
            "publisher": publisher(),
            "mainEntityOfPage": absolute_url(record.get_absolute_url()),
            "about": [reference("Thing", topic) for topic in public(record, "topics")],
        }
        | properties,
    )


def reference(kind: str, record: Publishable) -> Data:
    """Another record, by its name and its page."""
    address = absolute_url(record.get_absolute_url())
    return {"@type": kind, "@id": address, "name": record.label, "url": address}


def breadcrumb(parents: Iterable[tuple[str, Any]], current: str) -> Data:
    """Where a page stands: the home page, its parents as (label, address), itself."""
    steps = [("Accueil", HOME), *parents]
    items = [
        {"@type": "ListItem", "position": place, "name": label, "item": absolute_url(str(url))}
        for place, (label, url) in enumerate(steps, start=1)
    ]
    # A last step without an address is the page that one reads.
    items.append({"@type": "ListItem", "position": len(items) + 1, "name": current})
    return {"@type": "BreadcrumbList", "itemListElement": items}


def publisher() -> Data:
    return {"@type": "Organization", "name": SITE_NAME, "url": absolute_url(HOME)}


def website(search_path: str) -> Data:
    """The site itself, and where it is searched: `search_path` takes the words as `q`."""
    return {
        "@type": "WebSite",
        "@id": absolute_url(HOME),
        "name": SITE_NAME,
        "url": absolute_url(HOME),
        "inLanguage": "fr",
        "publisher": publisher(),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": absolute_url(search_path) + "?q={search_term_string}",
            },
            "query-input": "required name=search_term_string",
        },
    }


# --- Values ---


def filled(properties: Data) -> Data:
    return {name: value for name, value in properties.items() if value not in (None, "", [], {})}


def public(record: Publishable, name: str) -> list[Publishable]:
    """The public records that `record` is tied to by `name`; none where it has no such tie."""
    related = getattr(record, name, None)
    return [other for other in related.all() if other.is_public] if related is not None else []


def image_of(record: Publishable) -> Data | None:
    image = getattr(record, "image", None)
    if not image:
        return None
    return filled(
        {
            "@type": "ImageObject",
            "url": absolute_url(image.url),
            "width": record.image_width,
            "height": record.image_height,
            "caption": record.image_alt,
            "creditText": record.image_credit,
        }
    )


def first_day(value: ApproximateDate) -> str:
    """ISO 8601 at the precision that is known: « 2025-05-20 », « 2025-05 », « 2025 », or nothing.

    A season, a quarter or a half is told as its year, which is wider and therefore true.
    """
    return _told(value, value.start)


def last_day(value: ApproximateDate) -> str:
    return _told(value, value.end)


def period(value: ApproximateDate) -> str:
    """ISO 8601: a date, or an interval of two; nothing when a bound is not known."""
    first, last = first_day(value), last_day(value)
    if not first or not last:
        return ""
    return first if first == last else f"{first}/{last}"


def _told(value: ApproximateDate, day: Any) -> str:
    if day is None or value.edtf.endswith(CIRCA):
        return ""
    match value.precision:
        case Precision.DAY | Precision.RANGE:
            return day.isoformat()
        case Precision.MONTH | Precision.MONTH_RANGE:
            return f"{day:%Y-%m}"
        case Precision.DECADE | Precision.UNKNOWN:
            return ""
    return f"{day:%Y}"
